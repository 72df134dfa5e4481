#pragma once
#include <bolus/core/qc_flag.hpp>
#include <bolus/core/verdict.hpp>
#include <bolus/preprocess/rigid_transform.hpp>

namespace bolus {

/// What a registration found, and how far it can be trusted.
struct RegistrationResult {
  RigidTransform transform;  ///< points of the fixed image to points of the moving one, LPS mm
  Verdict verdict = Verdict::good;
  double metric = 0.0;           ///< mutual information at the end, nats; more is better
  double initial_metric = 0.0;   ///< the same with the headers as they were, on the same samples
  double chance_metric = 0.0;    ///< the largest of the same at poses far from the one found
  double overlap = 0.0;          ///< share of the fixed samples that land in the moving image
  double coverage = 0.0;         ///< share of the fixed image's foreground (or mask) that lies where the moving one has signal
  double moving_coverage = 0.0;  ///< share of the moving image's foreground that lies where the fixed one has signal
  double agreement = 0.0;        ///< share of blocks whose own best place is where the transform puts them, either way round
  double local_residual = 0.0;   ///< median distance of the blocks' own best places from there, mm
  double rotation = 0.0;         ///< degrees
  double translation = 0.0;      ///< of the middle of the fixed image, mm
  int iterations = 0;            ///< evaluations of the metric, over all levels and starts
  /// Reasons for the verdict, preprocess.registration.{overlap, coverage, agreement, gain, motion, iterations}, and what is
  /// worth knowing besides: .no_gain (the pose in the headers was kept).
  QcFlags flags;
};

}  // namespace bolus

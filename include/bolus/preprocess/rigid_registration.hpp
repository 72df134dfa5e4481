#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include <bolus/core/image.hpp>
#include <bolus/core/progress.hpp>
#include <bolus/core/qc_flag.hpp>
#include <bolus/preprocess/rigid_transform.hpp>

namespace bolus {

/// What a registration found.
struct RegistrationResult {
  RigidTransform transform;     ///< points of the fixed image to points of the moving one, LPS mm
  double metric = 0.0;          ///< mutual information at the end, nats; more is better
  double initial_metric = 0.0;  ///< the same with the headers as they were, on the same samples
  double overlap = 0.0;         ///< share of the fixed samples that land in the moving image
  int iterations = 0;           ///< over all levels
  QcFlags flags;                ///< preprocess.registration.{no_gain, overlap, motion, iterations}
};

/// Rigid registration by mutual information (Mattes et al. 2003; ITK's v4 metric), coarse to fine, for images of different
/// contrast. From several starts (headers as they are, centres aligned, turned about each axis) the best go through the
/// coarsest level, the best of those to the end. Samples lie on a lattice with a small seeded jitter, so that they never sit
/// on voxel borders; the metric is summed by one thread, in order: the same bits on any number of threads.
struct RigidRegistration {
  int bins = 32;                                ///< of the joint histogram, per image; at least 5
  double sampling = 0.25;                       ///< share of the lattice points that are used, over 0 to 1
  std::vector<double> spacings{8.0, 4.0, 2.0};  ///< mm between lattice points per level; thick slices keep their own
  std::vector<double> sigmas{4.0, 2.0, 1.0};    ///< mm of Gaussian smoothing per level
  std::vector<int> iterations{100, 100, 100};   ///< evaluations of the metric, at most, per level and start
  std::vector<double> start_angles{0.0, 10.0, -10.0, 20.0, -20.0};  ///< degrees about each axis tried at the coarsest level
  int starts = 3;                ///< best of them that are followed through the coarsest level
  double minimum_overlap = 0.5;  ///< below it the result is flagged, and a start is not followed
  std::uint64_t seed = 0;        ///< of the jitter
  int threads = 0;               ///< for smoothing; 0: all cores

  /// `fixed_mask`, on the grid of `fixed`, says where the metric is measured.
  /// Throws OptionError, DataError for empty or constant images or non-finite voxels, GeometryError for a mask on another grid,
  /// ConvergenceError when the images never overlap, Cancelled.
  RegistrationResult operator()(const Image<float>& fixed, const Image<float>& moving,
                                const std::optional<Mask>& fixed_mask = std::nullopt, const Progress& progress = {}) const;
};

}  // namespace bolus

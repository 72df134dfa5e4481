#pragma once
#include <functional>
#include <limits>

#include "mutual_information.hpp"

namespace bolus {

/// Where an ascent ended.
struct Climb {
  Pose pose = Pose::Zero();
  double value = -std::numeric_limits<double>::infinity();
  int iterations = 0;  ///< evaluations
  bool converged = false;
};

/// Quasi-Newton ascent (BFGS) that only ever goes up. Steps are at most `step` mm and end below `smallest_step` mm; rotations
/// count as mm at the samples' mean radius. The samples stay the same, so the metric is a fixed function of the pose.
struct PoseSearch {
  double step = 1.0;
  double smallest_step = 0.005;
  int iterations = 100;
  double minimum_overlap = 0.0;
  int threads = 1;

  Climb operator()(const MutualInformation& metric, const Pose& start, const std::function<void()>& tick) const;
};

}  // namespace bolus

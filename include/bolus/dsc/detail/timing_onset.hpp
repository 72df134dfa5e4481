#pragma once
#include <algorithm>
#include <bolus/core/eigen.hpp>
#include <cmath>
#include <limits>

namespace bolus::detail {

/// Time (s) at which a bolus arrives, finer than the samples: of all t0 between the sample before `arrival` and `steepest`, the
/// one whose baseline of 0 followed by b (t - t0)^2 fits `depth` (0 in the baseline, positive in the bolus) best in the least
/// squares sense, from `first` to `steepest`, the sample of the steepest rise. A gamma variate of exponent 2 to 4 rises like
/// this.
inline double onset_time(const Eigen::VectorXd& depth, const Eigen::VectorXd& times, Eigen::Index first, Eigen::Index arrival,
                         Eigen::Index steepest) {
  const double start = times[std::max<Eigen::Index>(arrival - 2, 0)], end = times[steepest];
  double best = times[arrival], smallest = std::numeric_limits<double>::infinity();
  constexpr int steps = 200;
  for (int k = 0; k < steps; ++k) {
    const double onset = start + (end - start) * k / steps;
    double xy = 0.0, xx = 0.0;
    for (Eigen::Index t = first; t <= steepest; ++t) {
      const double x = std::max(0.0, times[t] - onset) * std::max(0.0, times[t] - onset);
      xy += x * depth[t];
      xx += x * x;
    }
    const double explained = xx > 0.0 && xy > 0.0 ? xy * xy / xx : 0.0;  // of the sum of squares, which is the same for all
    if (-explained < smallest) {
      smallest = -explained;
      best = onset;
    }
  }
  return best;
}

}  // namespace bolus::detail

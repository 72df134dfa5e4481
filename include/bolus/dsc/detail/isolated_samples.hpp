#pragma once
#include <algorithm>
#include <array>
#include <bolus/dsc/bolus_timing.hpp>
#include <vector>

namespace bolus::detail {

/// What makes a sample an outlier, see `VolumeOutliers`.
struct OutlierLimits {
  double noise = 6.0, isolation = 3.0, level = 0.01;
};

/// How far the samples [first, first + run) stand out, in units of what is allowed: more than 1 is an outlier. They must lie
/// beyond both neighbours on the same side by more than the noise, and by several times the range of the two samples before and
/// the two after them (the furthest of the four aside). A bolus, which needs a few samples to fall and to rise again, has
/// neighbours that differ as much.
inline double outlier_score(const Eigen::VectorXd& curve, Eigen::Index first, Eigen::Index run, double floor, double isolation,
                            bool last_too = false) {
  const Eigen::Index count = curve.size(), after = first + run;
  if (first < 1 || (after >= count && !(last_too && after == count))) return 0.0;
  const double before = curve[first - 1], next = after < count ? curve[after] : before;
  const double low = std::min(before, next), high = std::max(before, next);
  std::vector<double> outer;
  for (const Eigen::Index t : {first - 3, first - 2, after + 1}) {
    if (t >= 0 && t < count && (t > first - 3 || after == count)) outer.push_back(curve[t]);
  }
  if (outer.empty()) return 0.0;
  const auto range = [&](double value) { return std::max(high, value) - std::min(low, value); };
  const double first_range = range(outer.front()), last_range = range(outer.back());
  const double around = run == 1 && after < count ? std::min(first_range, last_range) : std::max(first_range, last_range);
  const auto samples = curve.segment(first, run);
  const double out = std::max(low - samples.maxCoeff(), samples.minCoeff() - high);
  return out / std::max(floor, isolation * around);
}

/// Straight line over the samples [first, first + run) from their neighbours (the one neighbour at the end of the curve).
inline void bridge(Eigen::VectorXd& curve, const Eigen::VectorXd& times, Eigen::Index first, Eigen::Index run) {
  const Eigen::Index before = first - 1, after = first + run;
  for (Eigen::Index t = first; t < after; ++t) {
    const double x = after < curve.size() ? (times[t] - times[before]) / (times[after] - times[before]) : 0.0;
    curve[t] = curve[before] + x * (after < curve.size() ? curve[after] - curve[before] : 0.0);
  }
}

/// Samples of one signal curve that stand out alone, and pairs of them and the last sample where no bolus can be meant; in
/// increasing order. The worst is bridged first, then the curve is judged again.
inline std::vector<Eigen::Index> isolated_samples(Eigen::VectorXd curve, const Eigen::VectorXd& times,
                                                  const OutlierLimits& limits) {
  const Eigen::Index count = curve.size();
  std::vector<Eigen::Index> found;
  if (count < 6) return found;
  std::vector<double> sizes(curve.data(), curve.data() + count);
  for (double& size : sizes) size = std::abs(size);
  const double floor = std::max({limits.noise * robust_noise(curve.data(), count), limits.level * median(sizes), 1e-300});
  const auto search = [&](Eigen::Index run, auto&& eligible) {
    while (static_cast<Eigen::Index>(found.size()) < count / 4) {
      double worst = 1.0;
      Eigen::Index at = -1;
      for (Eigen::Index t = 1; t + run <= count; ++t) {
        if (!eligible(t)) continue;
        const double score = outlier_score(curve, t, run, floor, limits.isolation, true);
        if (score > worst) {
          worst = score;
          at = t;
        }
      }
      if (at < 0) return;
      for (Eigen::Index t = at; t < at + run; ++t) {
        if (std::find(found.begin(), found.end(), t) == found.end()) found.push_back(t);
      }
      bridge(curve, times, at, run);
    }
  };
  search(1, [&](Eigen::Index t) { return t + 1 < count; });
  const auto timing = BolusTiming{}(curve, times);
  if (timing.found) {
    // Two samples may be a whole sharp bolus, and the last one the start of one: only where the bolus is not.
    search(2, [&](Eigen::Index t) { return t + 2 < count && (t + 2 < timing.arrival - 1 || t > timing.first_pass_end + 1); });
    search(1, [&](Eigen::Index t) { return t + 1 == count && t > timing.first_pass_end + 3; });
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace bolus::detail

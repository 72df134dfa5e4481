#pragma once
#include <algorithm>
#include <bolus/core/eigen.hpp>
#include <bolus/dsc/detail/robust_noise.hpp>
#include <cmath>

namespace bolus::detail {

/// What the search for the bolus in one signal curve found; indices into the curve.
struct Arrival {
  bool found = false;
  Eigen::Index index = 0;  ///< first sample of the drop
  double drop = 0.0;       ///< baseline minus the smallest mean of three samples, signal units
  double noise = 0.0;      ///< robust standard deviation of the noise before the bolus, signal units
};

/// Index of the first sample after the steepest fall, from `first` on: where the mean of the (up to) three samples from
/// there on lies furthest below the mean of the three before, in units of that difference's standard error. Three, because
/// in a leaky tumour the fall is hardly deeper than the noise of one sample. `first` when the signal never falls.
inline Eigen::Index steepest_descent(const Eigen::VectorXd& signal, Eigen::Index first) {
  Eigen::Index steepest = first;
  double largest = 0.0;
  for (Eigen::Index i = first + 1; i < signal.size(); ++i) {
    const auto before = std::min<Eigen::Index>(3, i - first), after = std::min<Eigen::Index>(3, signal.size() - i);
    const double fall = (signal.segment(i - before, before).mean() - signal.segment(i, after).mean()) /
                        std::sqrt(1.0 / static_cast<double>(before) + 1.0 / static_cast<double>(after));
    if (fall > largest) {
      largest = fall;
      steepest = i;
    }
  }
  return steepest;
}

/// Finds where the signal starts to fall: a one-sided CUSUM (Page 1954) of (level - S) / noise - 1 is followed to the
/// sample of the steepest descent; the drop starts after the last sample at which the sum was zero. Level and noise are
/// first the median and the robust noise of what lies before the steepest descent, then the mean and the standard
/// deviation (if that is larger) of the samples found before the drop.
inline Arrival find_arrival(const Eigen::VectorXd& signal, Eigen::Index first, double threshold) {
  Arrival arrival;
  const Eigen::Index count = signal.size();
  const Eigen::Index seed = steepest_descent(signal, first);
  if (seed == first) return arrival;
  const auto before = [&](Eigen::Index last) { return signal.segment(first, last - first); };
  double level = median({signal.data() + first, signal.data() + seed});
  const double floor = 1e-6 * signal.cwiseAbs().maxCoeff();
  // Few differences before the fall say little about noise. Those of the whole curve, most of which are no bolus, back
  // them up where it is decided whether there is a bolus at all.
  const double overall = robust_noise(signal.data() + first, count - first);
  arrival.noise = std::max(seed - first >= 5 ? robust_noise(signal.data() + first, seed - first) : overall, floor);

  double minimum = level;
  for (Eigen::Index i = seed; i + 2 < count; ++i) minimum = std::min(minimum, signal.segment(i, 3).mean());
  arrival.drop = level - minimum;
  // Standard error of a mean of three less a median of n samples, whose variance is pi / 2n.
  const double error = std::max(arrival.noise, overall) * std::sqrt(1.0 / 3.0 + 1.5708 / static_cast<double>(seed - first));
  if (!(arrival.drop > threshold * error)) return arrival;

  arrival.found = true;
  for (int pass = 0; pass < 2; ++pass) {
    double sum = 0.0;
    Eigen::Index last_zero = first - 1;
    for (Eigen::Index i = first; i <= seed; ++i) {
      sum = std::max(0.0, sum + (level - signal[i]) / arrival.noise - 1.0);
      if (sum == 0.0) last_zero = i;
    }
    arrival.index = std::min(last_zero + 1, seed);
    if (arrival.index - first < 5) break;
    level = before(arrival.index).mean();
    const double variance =
        (before(arrival.index).array() - level).square().sum() / static_cast<double>(arrival.index - first - 1);
    arrival.noise = std::max(arrival.noise, std::sqrt(variance));
  }
  return arrival;
}

}  // namespace bolus::detail

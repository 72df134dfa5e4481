#pragma once
#include <bolus/dsc/detail/timing_first_pass.hpp>
#include <optional>

namespace bolus::detail {

/// Time at which the straight line between two neighbouring samples crosses `level`.
inline double crossing_time(const Eigen::VectorXd& values, const Eigen::VectorXd& times, Eigen::Index t, double level) {
  const double rise = values[t + 1] - values[t];
  const double part = rise == 0.0 ? 0.0 : std::clamp((level - values[t]) / rise, 0.0, 1.0);
  return times[t] + part * (times[t + 1] - times[t]);
}

/// Last crossing of `level` before `peak` and first one after it, within the samples [first, last); empty where there is none.
inline std::optional<double> rising_time(const Eigen::VectorXd& values, const Eigen::VectorXd& times, Eigen::Index first,
                                         Eigen::Index peak, double level) {
  for (Eigen::Index t = peak - 1; t >= first; --t) {
    if (values[t] < level) return crossing_time(values, times, t, level);
  }
  return {};
}
inline std::optional<double> falling_time(const Eigen::VectorXd& values, const Eigen::VectorXd& times, Eigen::Index peak,
                                          Eigen::Index last, double level) {
  for (Eigen::Index t = peak + 1; t < last; ++t) {
    if (values[t] < level) return crossing_time(values, times, t - 1, level);
  }
  return {};
}

/// Width and slopes of one bolus passage in a dR2* curve; empty where the curve does not fall or rise far enough.
struct PassShape {
  double largest = 0.0;                            ///< of the samples, 1/s
  std::optional<double> width, wash_in, wash_out;  ///< s at half the largest sample; 1/s^2
};

/// Over the samples [first, last) around `peak`. Slopes are those of the 3-point mean, between 20 and 80 % of its peak on the
/// way up and from 80 to 50 % on the way down.
inline PassShape pass_shape(const Eigen::VectorXd& curve, const Eigen::VectorXd& times, Eigen::Index first, Eigen::Index peak,
                            Eigen::Index last) {
  PassShape shape;
  shape.largest = curve.segment(first, last - first).maxCoeff();
  const auto up = rising_time(curve, times, first, peak, 0.5 * shape.largest);
  const auto down = falling_time(curve, times, peak, last, 0.5 * shape.largest);
  if (up && down) shape.width = *down - *up;
  Eigen::VectorXd smooth(curve.size());
  for (Eigen::Index t = 0; t < curve.size(); ++t) smooth[t] = mean_of_three(curve, t);
  Eigen::Index top = 0;
  const double height = smooth.segment(first, last - first).maxCoeff(&top);
  top += first;
  if (!(height > 0.0)) return shape;
  const auto low = rising_time(smooth, times, first, top, 0.2 * height),
             high = rising_time(smooth, times, first, top, 0.8 * height);
  if (low && high && *high > *low) shape.wash_in = 0.6 * height / (*high - *low);
  const auto early = falling_time(smooth, times, top, last, 0.8 * height),
             late = falling_time(smooth, times, top, last, 0.5 * height);
  if (early && late && *late > *early) shape.wash_out = -0.3 * height / (*late - *early);
  return shape;
}

}  // namespace bolus::detail

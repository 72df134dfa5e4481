#pragma once
#include <algorithm>
#include <bolus/core/eigen.hpp>
#include <cmath>

namespace bolus::detail {

/// Mean of up to three samples around `t`.
inline double mean_of_three(const Eigen::VectorXd& values, Eigen::Index t) {
  const Eigen::Index begin = std::max<Eigen::Index>(t - 1, 0), end = std::min(t + 2, values.size());
  return values.segment(begin, end - begin).mean();
}

/// Time (s) of the top of the parabola through a peak sample and its neighbours, at most half a sample away from it.
inline double vertex_time(const Eigen::VectorXd& values, const Eigen::VectorXd& times, Eigen::Index peak) {
  if (peak == 0 || peak + 1 >= values.size()) return times[peak];
  const double before = times[peak - 1] - times[peak], after = times[peak + 1] - times[peak];
  const double left = (values[peak - 1] - values[peak]) / before, right = (values[peak + 1] - values[peak]) / after;
  const double curvature = (right - left) / (after - before);
  if (!(curvature < 0.0)) return times[peak];
  const double slope = left - curvature * before;
  return times[peak] + std::clamp(-0.5 * slope / curvature, 0.5 * before, 0.5 * after);
}

/// Exponent alpha of the gamma variate y = peak (x e^(1 - x))^alpha, x = (t - onset) / (peak_time - onset), through the samples
/// [first, last), by least squares of ln y weighted with y^2 (Madsen, Phys Med Biol 1992). 0 when there is nothing to fit.
inline double gamma_exponent(const Eigen::VectorXd& depth, const Eigen::VectorXd& times, double onset, double peak_time,
                             double height, Eigen::Index first, Eigen::Index last) {
  double xy = 0.0, xx = 0.0;
  for (Eigen::Index t = first; t < last; ++t) {
    const double x = (times[t] - onset) / (peak_time - onset);
    if (!(x > 0.0) || !(depth[t] > 0.0)) continue;
    const double g = 1.0 + std::log(x) - x, weight = depth[t] * depth[t];
    xy += weight * g * std::log(depth[t] / height);
    xx += weight * g * g;
  }
  return xx > 0.0 ? std::max(0.0, xy / xx) : 0.0;
}

/// Time (s) after the peak at which that gamma variate has fallen to `fraction` of its peak, by bisection.
inline double gamma_tail_time(double onset, double peak_time, double exponent, double fraction) {
  const double goal = std::log(fraction) / exponent;  // of 1 + ln x - x, which falls for x > 1
  double low = 1.0, high = 2.0 - 2.0 * goal + 2.0;    // 1 + ln x - x < -x / 2 + 1 for x > 1
  for (int i = 0; i < 60; ++i) {
    const double middle = 0.5 * (low + high);
    (1.0 + std::log(middle) - middle > goal ? low : high) = middle;
  }
  return onset + low * (peak_time - onset);
}

}  // namespace bolus::detail

#pragma once
#include <algorithm>
#include <bolus/core/eigen.hpp>
#include <bolus/dsc/detail/robust_noise.hpp>
#include <cmath>
#include <limits>

namespace bolus {

/// How a curve goes between its samples.
enum class TimeInterpolation {
  linear,   ///< straight lines
  monotone  ///< cubics that never overshoot the samples (Fritsch and Butland, SIAM J Sci Stat Comput 1984)
};

namespace detail {

/// A curve through samples at increasing times: piecewise cubic in Hermite form, its edges held outside.
class CurveInterpolation {
 public:
  CurveInterpolation(const Eigen::VectorXd& times, const Eigen::VectorXd& values, TimeInterpolation kind)
      : times_(times), values_(values), kind_(kind), slope_(Eigen::VectorXd::Zero(times.size())) {
    const Eigen::Index count = times.size();
    if (kind == TimeInterpolation::linear || count < 2) return;
    const auto secant = [&](Eigen::Index t) { return (values_[t + 1] - values_[t]) / (times_[t + 1] - times_[t]); };
    for (Eigen::Index t = 1; t + 1 < count; ++t) {
      const double before = secant(t - 1), after = secant(t);
      if (before * after <= 0.0) continue;  // an extremum stays one
      const double h0 = times_[t] - times_[t - 1], h1 = times_[t + 1] - times_[t];
      const double w0 = 2.0 * h1 + h0, w1 = h1 + 2.0 * h0;
      slope_[t] = (w0 + w1) / (w0 / before + w1 / after);  // weighted harmonic mean
    }
    slope_[0] = edge_slope(secant(0), count > 2 ? secant(1) : secant(0), times_[1] - times_[0],
                           count > 2 ? times_[2] - times_[1] : times_[1] - times_[0]);
    const Eigen::Index n = count - 1;
    slope_[n] = edge_slope(secant(n - 1), count > 2 ? secant(n - 2) : secant(n - 1), times_[n] - times_[n - 1],
                           count > 2 ? times_[n - 1] - times_[n - 2] : times_[n] - times_[n - 1]);
  }

  double operator()(double time) const {
    if (time <= times_[0]) return values_[0];
    if (time >= times_[times_.size() - 1]) return values_[values_.size() - 1];
    const Eigen::Index t = interval(time);
    return value(t, (time - times_[t]) / (times_[t + 1] - times_[t]));
  }

  /// Mean over [from, to], exact for the piecewise cubic.
  double mean(double from, double to) const {
    const Eigen::Index last = times_.size() - 1;
    double sum = 0.0;
    if (from < times_[0]) sum += (std::min(to, times_[0]) - from) * values_[0];
    if (to > times_[last]) sum += (to - std::max(from, times_[last])) * values_[last];
    for (Eigen::Index t = last > 0 ? interval(std::max(from, times_[0])) : last; t < last && times_[t] < to; ++t) {
      const double h = times_[t + 1] - times_[t];
      const double a = std::max(0.0, (from - times_[t]) / h), b = std::min(1.0, (to - times_[t]) / h);
      if (b <= a) continue;
      const double middle = 0.5 * (a + b);  // Simpson's rule is exact for cubics
      sum += h * (b - a) / 6.0 * (value(t, a) + 4.0 * value(t, middle) + value(t, b));
    }
    return sum / (to - from);
  }

 private:
  Eigen::Index interval(double time) const {
    const double* begin = times_.data();
    const auto after = std::upper_bound(begin, begin + times_.size(), time) - begin;
    return std::clamp<Eigen::Index>(after - 1, 0, std::max<Eigen::Index>(0, times_.size() - 2));
  }

  double value(Eigen::Index t, double x) const {
    const double y0 = values_[t], y1 = values_[t + 1];
    if (kind_ == TimeInterpolation::linear) return y0 + x * (y1 - y0);
    const double h = times_[t + 1] - times_[t], y = 1.0 - x;
    return y0 * (1.0 + 2.0 * x) * y * y + slope_[t] * h * x * y * y + y1 * x * x * (3.0 - 2.0 * x) -
           slope_[t + 1] * h * x * x * y;
  }

  /// Three-point slope at an edge, kept within what monotonicity allows.
  static double edge_slope(double near, double next, double h0, double h1) {
    const double slope = ((2.0 * h0 + h1) * near - h0 * next) / (h0 + h1);
    if (slope * near <= 0.0) return 0.0;
    if (near * next <= 0.0 && std::abs(slope) > 3.0 * std::abs(near)) return 3.0 * near;
    return slope;
  }

  Eigen::VectorXd times_, values_;
  TimeInterpolation kind_;
  Eigen::VectorXd slope_;
};

}  // namespace detail
}  // namespace bolus

#pragma once
#include <algorithm>
#include <bolus/core/eigen.hpp>
#include <bolus/dsc/detail/incomplete_gamma.hpp>
#include <cmath>

namespace bolus::detail {

/// (f * exp(-rate t))(t) for f given by straight lines between its samples, `step` s apart and 0 before the first. Exact
/// for such f, by recursion.
inline Eigen::VectorXd convolve_exponential(const Eigen::VectorXd& f, double step, double rate) {
  Eigen::VectorXd result = Eigen::VectorXd::Zero(f.size());
  const double x = rate * step, decay = std::exp(-x);
  // Weights of the old and the new sample; for small x by series, where the closed form cancels.
  double old_weight, new_weight;
  if (x < 1e-4) {
    old_weight = step * (0.5 - x / 3.0);
    new_weight = step * (0.5 - x / 6.0);
  } else {
    const double whole = (1.0 - decay) / x;
    new_weight = step * (1.0 - whole) / x;
    old_weight = step * whole - new_weight;
  }
  for (Eigen::Index i = 1; i < f.size(); ++i) result[i] = decay * result[i - 1] + old_weight * f[i - 1] + new_weight * f[i];
  return result;
}

/// (f * box)(t), the integral of f over the last `width` s, for f as above.
inline Eigen::VectorXd convolve_box(const Eigen::VectorXd& f, double step, double width) {
  const Eigen::VectorXd area = convolve_exponential(f, step, 0.0);
  Eigen::VectorXd result = area;
  const double shift = width / step;
  for (Eigen::Index i = 0; i < f.size(); ++i) {
    const double at = static_cast<double>(i) - shift;
    if (at <= 0.0) continue;
    const auto k = static_cast<Eigen::Index>(at);
    const double part = at - static_cast<double>(k);
    const double slope = k + 1 < f.size() ? f[k + 1] - f[k] : 0.0;
    result[i] -= area[k] + step * (f[k] * part + 0.5 * slope * part * part);
  }
  return result;
}

/// (f * Q)(t) for f as above, where Q(t) is the share of a gamma distribution of this mean and shape k beyond t. Exact, from
/// the integrals of Q and of t Q in each step: t Q(k, x) + mean P(k + 1, x) and t^2 Q(k, x) / 2 + (k + 1) mean^2 P(k + 2, x) /
/// 2k.
inline Eigen::VectorXd convolve_gamma(const Eigen::VectorXd& f, double step, double mean, double shape) {
  const Eigen::Index count = f.size();
  Eigen::VectorXd new_weight(count), old_weight(count);
  double area = 0.0, moment = 0.0;
  Eigen::Index length = 0;
  for (; length < count; ++length) {
    const double t = step * static_cast<double>(length + 1), x = t * shape / mean;
    const double beyond = 1.0 - incomplete_gamma(shape, x);
    const double next_area = t * beyond + mean * incomplete_gamma(shape + 1.0, x);
    const double next_moment =
        0.5 * t * t * beyond + 0.5 * mean * mean * (shape + 1.0) / shape * incomplete_gamma(shape + 2.0, x);
    old_weight[length] = (next_moment - moment) / step - static_cast<double>(length) * (next_area - area);
    new_weight[length] = next_area - area - old_weight[length];
    area = next_area;
    moment = next_moment;
    if (beyond < 1e-12) {
      ++length;
      break;
    }
  }
  Eigen::VectorXd result(count);
  for (Eigen::Index i = 0; i < count; ++i) {
    double sum = 0.0;
    for (Eigen::Index j = 0; j < std::min(length, i); ++j) sum += new_weight[j] * f[i - j] + old_weight[j] * f[i - j - 1];
    result[i] = sum;
  }
  return result;
}

/// Samples of f, `step` apart from `start` on, at time t: straight lines between them, 0 before the first.
inline double interpolate(const Eigen::VectorXd& f, double start, double step, double t) {
  const double at = (t - start) / step;
  if (at <= 0.0) return 0.0;
  const auto k = std::min(static_cast<Eigen::Index>(at), f.size() - 2);
  const double part = at - static_cast<double>(k);
  return f[k] + part * (f[k + 1] - f[k]);
}

}  // namespace bolus::detail

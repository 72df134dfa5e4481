#pragma once
#include <algorithm>
#include <bolus/core/eigen.hpp>
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

/// Samples of f, `step` apart from `start` on, at time t: straight lines between them, 0 before the first.
inline double interpolate(const Eigen::VectorXd& f, double start, double step, double t) {
  const double at = (t - start) / step;
  if (at <= 0.0) return 0.0;
  const auto k = std::min(static_cast<Eigen::Index>(at), f.size() - 2);
  const double part = at - static_cast<double>(k);
  return f[k] + part * (f[k + 1] - f[k]);
}

}  // namespace bolus::detail

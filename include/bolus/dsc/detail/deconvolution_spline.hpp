#pragma once
#include <bolus/core/eigen.hpp>

namespace bolus::detail {

/// Natural cubic spline through even samples, read `parts` times as densely: (samples - 1) * parts + 1 values. A straight
/// line between samples cuts the peak off a bolus that lasts only a few of them.
inline Eigen::VectorXd natural_spline(const Eigen::VectorXd& samples, Eigen::Index parts) {
  const Eigen::Index count = samples.size();
  Eigen::VectorXd second = Eigen::VectorXd::Zero(count), factor = Eigen::VectorXd::Zero(count);
  // Second derivatives (times step^2) from m[i-1] + 4 m[i] + m[i+1] = 6 (y[i-1] - 2 y[i] + y[i+1]), by Thomas' algorithm.
  for (Eigen::Index i = 1; i + 1 < count; ++i) {
    const double pivot = 1.0 / (4.0 - factor[i - 1]);
    factor[i] = pivot;
    second[i] = pivot * (6.0 * (samples[i - 1] - 2.0 * samples[i] + samples[i + 1]) - second[i - 1]);
  }
  for (Eigen::Index i = count - 2; i >= 1; --i) second[i] -= factor[i] * second[i + 1];
  Eigen::VectorXd dense((count - 1) * parts + 1);
  for (Eigen::Index i = 0; i + 1 < count; ++i) {
    for (Eigen::Index p = 0; p < parts; ++p) {
      const double u = static_cast<double>(p) / static_cast<double>(parts), v = 1.0 - u;
      dense[i * parts + p] =
          v * samples[i] + u * samples[i + 1] + ((v * v * v - v) * second[i] + (u * u * u - u) * second[i + 1]) / 6.0;
    }
  }
  dense[dense.size() - 1] = samples[count - 1];
  return dense;
}

}  // namespace bolus::detail

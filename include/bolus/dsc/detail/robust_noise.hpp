#pragma once
#include <algorithm>
#include <cmath>
#include <vector>

namespace bolus::detail {

/// Middle value; the mean of the two middle ones for an even count. `values` must not be empty.
inline double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return 0.5 * (*middle + *std::max_element(values.begin(), middle));
}

/// Standard deviation of white noise on a slowly changing curve: the median absolute first difference over
/// 0.6745 sqrt(2). A few large steps (the bolus) hardly move it. 0 for fewer than two samples.
inline double robust_noise(const double* values, std::ptrdiff_t count) {
  if (count < 2) return 0.0;
  std::vector<double> steps(static_cast<std::size_t>(count - 1));
  for (std::ptrdiff_t i = 1; i < count; ++i) steps[static_cast<std::size_t>(i - 1)] = std::abs(values[i] - values[i - 1]);
  return median(std::move(steps)) / (0.67448975 * 1.41421356);
}

}  // namespace bolus::detail

#pragma once
#include <algorithm>
#include <cmath>
#include <vector>

namespace bolus::detail {

/// The value below which `percent` of the values lie (nearest rank). `values` must not be empty.
inline float percentile(std::vector<float> values, double percent) {
  const auto rank = static_cast<std::ptrdiff_t>(std::lround(percent / 100.0 * static_cast<double>(values.size() - 1)));
  std::nth_element(values.begin(), values.begin() + rank, values.end());
  return values[static_cast<std::size_t>(rank)];
}

}  // namespace bolus::detail

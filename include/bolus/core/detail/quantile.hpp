#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

namespace bolus::detail {

/// Quantile of sorted values by linear interpolation (Hyndman and Fan's type 7, numpy's default). At least one value.
inline double sorted_quantile(std::span<const double> sorted, double probability) {
  const double place = probability * static_cast<double>(sorted.size() - 1);
  const auto low = std::min(static_cast<std::size_t>(std::floor(place)), sorted.size() - 1);
  const auto high = std::min(low + 1, sorted.size() - 1);
  return std::lerp(sorted[low], sorted[high], place - static_cast<double>(low));
}

}  // namespace bolus::detail

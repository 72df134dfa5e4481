#pragma once
#include <algorithm>
#include <bolus/core/error.hpp>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

namespace bolus {

/// P values adjusted for their number by Holm's step-down method (Scand J Statist 1979;6:65), in the order given: compare each
/// with the level of the whole family. Throws DataError for none, or one that is not between 0 and 1.
inline std::vector<double> holm(std::span<const double> p_values) {
  const std::size_t count = p_values.size();
  detail::require<DataError>(count > 0, "there are no p values; expected at least one");
  for (std::size_t i = 0; i < count; ++i) {
    detail::require<DataError>(p_values[i] >= 0.0 && p_values[i] <= 1.0, "p value ", i, " is ", p_values[i],
                               "; expected a number from 0 to 1: leave tests without a result out of the family");
  }
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
  std::vector<double> adjusted(count);
  double largest = 0.0;
  for (std::size_t rank = 0; rank < count; ++rank) {
    largest = std::max(largest, static_cast<double>(count - rank) * p_values[order[rank]]);
    adjusted[order[rank]] = std::min(1.0, largest);
  }
  return adjusted;
}

}  // namespace bolus

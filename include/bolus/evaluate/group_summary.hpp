#pragma once
#include <algorithm>
#include <bolus/core/error.hpp>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>

namespace bolus {

/// Size, mean and spread of a group of values.
struct GroupSummary {
  std::size_t count = 0;
  double mean = 0.0;
  double standard_deviation = 0.0;  ///< with count - 1; 0 for a single value
};

namespace detail {

/// Throws DataError for no values or one that is not finite. `name`: of the group, for messages.
inline void require_values(std::span<const double> values, const std::string& name) {
  require<DataError>(!values.empty(), "group ", name, " is empty; expected at least one value");
  for (std::size_t i = 0; i < values.size(); ++i) {
    require<DataError>(std::isfinite(values[i]), "value ", i, " of group ", name, " is ", values[i],
                       "; drop missing values first");
  }
}

/// As GroupSummary, exactly 0 spread where all values are the same. Throws DataError as require_values, and for values too
/// large to square.
inline GroupSummary summarise_group(std::span<const double> values, const std::string& name) {
  require_values(values, name);
  GroupSummary summary{values.size(), 0.0, 0.0};
  const auto [least, largest] = std::minmax_element(values.begin(), values.end());
  if (*least == *largest) {
    summary.mean = *least;
    return summary;
  }
  const auto count = static_cast<double>(values.size());
  // The mean from the deviations of one value: no digits are lost where the values lie close together and far from 0.
  double sum = 0.0, squares = 0.0, rest = 0.0;
  for (const double value : values) sum += value - *least;
  summary.mean = *least + sum / count;
  for (const double value : values) {
    squares += (value - summary.mean) * (value - summary.mean);
    rest += value - summary.mean;
  }
  summary.standard_deviation = std::sqrt(std::max(0.0, squares - rest * rest / count) / (count - 1.0));
  require<DataError>(std::isfinite(summary.standard_deviation), "group ", name,
                     " has values too large to square; use another unit");
  return summary;
}

}  // namespace detail
}  // namespace bolus

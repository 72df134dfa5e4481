#pragma once
#include <algorithm>
#include <bolus/dsc/detail/robust_noise.hpp>
#include <cmath>
#include <vector>

namespace bolus::detail {

/// Huber's robust mean (Ann Math Stat 1964): values further than 1.345 standard deviations from it count only as if they lay
/// there, so that it loses 5 % of efficiency on normal data and cannot be carried away by some bright vessels. The scale is the
/// median absolute deviation over 0.6745, kept fixed; where it is 0 the result is the median. `values` must not be empty.
inline double huber_location(const std::vector<double>& values) {
  double centre = median(values);
  std::vector<double> apart(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) apart[i] = std::abs(values[i] - centre);
  const double reach = 1.345 * median(std::move(apart)) / 0.67448975;
  if (!(reach > 0.0)) return centre;
  for (int step = 0; step < 100; ++step) {
    double sum = 0.0, total = 0.0;
    for (const double value : values) {
      const double weight = std::min(1.0, reach / std::max(std::abs(value - centre), 1e-300));
      sum += weight * (value - centre);
      total += weight;
    }
    const double move = sum / total;
    centre += move;
    if (std::abs(move) <= 1e-10 * reach) break;
  }
  return centre;
}

}  // namespace bolus::detail

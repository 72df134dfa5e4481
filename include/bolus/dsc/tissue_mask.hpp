#pragma once
#include <bolus/core/image.hpp>
#include <bolus/core/qc_flag.hpp>
#include <cmath>
#include <vector>

namespace bolus {

/// Voxels of one tissue, found automatically, with what speaks for or against them.
struct TissueMask {
  Mask mask;                              ///< on the grid of the series; 1 where the tissue is
  std::size_t voxel_count = 0;            ///< voxels of the mask
  double coefficient_of_variation = 0.0;  ///< standard deviation (n - 1) over mean of what the step measures; 0 for one voxel
  QcFlags flags;                          ///< reasons to doubt the mask
};

namespace detail {

/// Standard deviation (n - 1) over mean; 0 for fewer than two values or a mean of 0.
inline double variation(const std::vector<float>& values) {
  if (values.size() < 2) return 0.0;
  double mean = 0.0, square = 0.0;
  for (const float value : values) mean += static_cast<double>(value);
  mean /= static_cast<double>(values.size());
  for (const float value : values) square += (static_cast<double>(value) - mean) * (static_cast<double>(value) - mean);
  return mean == 0.0 ? 0.0 : std::sqrt(square / static_cast<double>(values.size() - 1)) / std::abs(mean);
}

}  // namespace detail
}  // namespace bolus

#pragma once
#include <array>
#include <bolus/core/image.hpp>
#include <vector>

namespace bolus::detail {

/// Mean of `values` over a box of `radius` voxels to each side along each axis, counting only voxels of the mask; 0 where the
/// box holds none. One value per voxel of the grid. Running sums: the size of the box costs nothing.
inline std::vector<float> box_mean(const std::vector<float>& values, const std::vector<std::uint8_t>& mask,
                                   const std::array<std::int64_t, 3>& size, const std::array<std::int64_t, 3>& radius) {
  std::vector<double> sum(values.size()), weight(values.size());
  for (std::size_t v = 0; v < values.size(); ++v) {
    weight[v] = mask[v] ? 1.0 : 0.0;
    sum[v] = mask[v] ? static_cast<double>(values[v]) : 0.0;
  }
  const std::array<std::int64_t, 3> stride{1, size[0], size[0] * size[1]};
  std::vector<double> running;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const std::int64_t count = size[axis], half = radius[axis];
    if (half == 0 || count < 2) continue;
    running.resize(static_cast<std::size_t>(count) + 1);
    for (std::int64_t row = 0; row < static_cast<std::int64_t>(values.size()) / count; ++row) {
      const std::int64_t first = axis == 0 ? row * size[0] : axis == 1 ? row % size[0] + row / size[0] * stride[2] : row;
      for (auto* data : {&sum, &weight}) {
        for (std::int64_t i = 0; i < count; ++i) {
          running[static_cast<std::size_t>(i) + 1] =
              running[static_cast<std::size_t>(i)] + (*data)[static_cast<std::size_t>(first + i * stride[axis])];
        }
        for (std::int64_t i = 0; i < count; ++i) {
          (*data)[static_cast<std::size_t>(first + i * stride[axis])] =
              running[static_cast<std::size_t>(std::min(count, i + half + 1))] -
              running[static_cast<std::size_t>(std::max<std::int64_t>(0, i - half))];
        }
      }
    }
  }
  std::vector<float> mean(values.size(), 0.0F);
  for (std::size_t v = 0; v < values.size(); ++v) {
    if (weight[v] > 0.5) mean[v] = static_cast<float>(sum[v] / weight[v]);
  }
  return mean;
}

}  // namespace bolus::detail

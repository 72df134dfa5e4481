#pragma once
#include <algorithm>
#include <bolus/core/image.hpp>

namespace bolus::detail {

/// A box of voxels: the first along each axis and how many.
struct MaskBox {
  std::array<std::int64_t, 3> first{0, 0, 0}, size{0, 0, 0};

  bool empty() const { return size[0] == 0; }

  /// Larger by `margin` voxels on every side, as far as the grid goes.
  MaskBox grown(std::int64_t margin, const std::array<std::int64_t, 3>& grid) const {
    if (empty()) return *this;
    MaskBox result;
    for (std::size_t k = 0; k < 3; ++k) {
      result.first[k] = std::max<std::int64_t>(0, first[k] - margin);
      result.size[k] = std::min(grid[k], first[k] + size[k] + margin) - result.first[k];
    }
    return result;
  }
};

/// The smallest box around the voxels for which `inside(offset)` holds; empty when there is none.
template <class Inside>
MaskBox box_of(const std::array<std::int64_t, 3>& grid, Inside&& inside) {
  std::array<std::int64_t, 3> low = grid, high{-1, -1, -1};
  std::size_t v = 0;
  for (std::int64_t z = 0; z < grid[2]; ++z) {
    for (std::int64_t y = 0; y < grid[1]; ++y) {
      for (std::int64_t x = 0; x < grid[0]; ++x, ++v) {
        if (!inside(v)) continue;
        low = {std::min(low[0], x), std::min(low[1], y), std::min(low[2], z)};
        high = {std::max(high[0], x), std::max(high[1], y), std::max(high[2], z)};
      }
    }
  }
  if (high[0] < 0) return {};
  return {low, {high[0] - low[0] + 1, high[1] - low[1] + 1, high[2] - low[2] + 1}};
}

/// The voxels of a box for which `inside(offset)` holds, as a mask of its own with the grid's spacing.
template <class Inside>
Mask cut_out(const Geometry& grid, const MaskBox& box, Inside&& inside) {
  Geometry geometry;
  geometry.size = box.size;
  geometry.spacing = grid.spacing;
  Mask result(geometry);
  auto* target = result.data();
  for (std::int64_t z = 0; z < box.size[2]; ++z) {
    for (std::int64_t y = 0; y < box.size[1]; ++y) {
      const std::int64_t row = box.first[0] + grid.size[0] * (box.first[1] + y + grid.size[1] * (box.first[2] + z));
      for (std::int64_t x = 0; x < box.size[0]; ++x) *target++ = inside(static_cast<std::size_t>(row + x)) ? 1 : 0;
    }
  }
  return result;
}

inline std::size_t marked(const Mask& mask) {
  return static_cast<std::size_t>(
      std::count_if(mask.values().begin(), mask.values().end(), [](auto value) { return value != 0; }));
}

}  // namespace bolus::detail

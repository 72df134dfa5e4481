#pragma once
#include <algorithm>
#include <bolus/core/image.hpp>
#include <vector>

namespace bolus::detail {

/// Calls `visit(neighbour)` for the voxels around `v` that differ from it in at most `axes` coordinates: 1 faces, 2 also
/// edges (18 neighbours), 3 also corners (26).
template <class Visit>
void for_each_around(const std::array<std::int64_t, 3>& size, std::size_t v, int axes, Visit&& visit) {
  const auto at = static_cast<std::int64_t>(v);
  const std::int64_t x = at % size[0], y = at / size[0] % size[1], z = at / (size[0] * size[1]);
  for (std::int64_t k = std::max<std::int64_t>(z - 1, 0); k <= std::min(z + 1, size[2] - 1); ++k) {
    for (std::int64_t j = std::max<std::int64_t>(y - 1, 0); j <= std::min(y + 1, size[1] - 1); ++j) {
      for (std::int64_t i = std::max<std::int64_t>(x - 1, 0); i <= std::min(x + 1, size[0] - 1); ++i) {
        const int moved = (i != x) + (j != y) + (k != z);
        if (moved > 0 && moved <= axes) visit(static_cast<std::size_t>(i + size[0] * (j + size[1] * k)));
      }
    }
  }
}

/// Parts of a mask whose voxels touch by faces, edges or corners, numbered from 1 in the order of their first voxels.
struct Components {
  std::vector<std::uint32_t> of_voxel;  ///< 0: outside the mask
  std::uint32_t count = 0;
};

inline Components components(const Mask& mask) {
  Components result{std::vector<std::uint32_t>(mask.size(), 0), 0};
  std::vector<std::size_t> queue;
  for (std::size_t seed = 0; seed < mask.size(); ++seed) {
    if (!mask.data()[seed] || result.of_voxel[seed]) continue;
    const auto number = ++result.count;
    result.of_voxel[seed] = number;
    queue.assign(1, seed);
    for (std::size_t next = 0; next < queue.size(); ++next) {
      for_each_around(mask.geometry().size, queue[next], 3, [&](std::size_t n) {
        if (!mask.data()[n] || result.of_voxel[n]) return;
        result.of_voxel[n] = number;
        queue.push_back(n);
      });
    }
  }
  return result;
}

/// The mask grown `times` times by the voxels that touch it by faces or edges.
inline Mask dilated(Mask mask, int times) {
  std::vector<std::size_t> rim, next;
  for (std::size_t v = 0; v < mask.size(); ++v) {
    if (mask.data()[v]) rim.push_back(v);
  }
  for (int round = 0; round < times; ++round) {
    next.clear();
    for (const auto v : rim) {
      for_each_around(mask.geometry().size, v, 2, [&](std::size_t n) {
        if (mask.data()[n]) return;
        mask.data()[n] = 1;
        next.push_back(n);
      });
    }
    rim.swap(next);
  }
  return mask;
}

}  // namespace bolus::detail

#pragma once
#include <bolus/core/image.hpp>
#include <vector>

namespace bolus::detail {

/// Calls `visit(neighbour)` for the face neighbours of voxel `v`; `axes` 2 stays within the slice (z constant), 3 does not.
template <class Visit>
void for_each_neighbour(const Geometry& geometry, std::size_t v, int axes, Visit&& visit) {
  const auto nx = static_cast<std::size_t>(geometry.size[0]), ny = static_cast<std::size_t>(geometry.size[1]),
             nz = static_cast<std::size_t>(geometry.size[2]);
  const std::size_t x = v % nx, y = v / nx % ny, z = v / (nx * ny);
  if (x > 0) visit(v - 1);
  if (x + 1 < nx) visit(v + 1);
  if (y > 0) visit(v - nx);
  if (y + 1 < ny) visit(v + nx);
  if (axes < 3) return;
  if (z > 0) visit(v - nx * ny);
  if (z + 1 < nz) visit(v + nx * ny);
}

/// The largest part of a mask whose voxels touch by faces; of equally large ones the first in memory.
inline Mask largest_component(const Mask& mask) {
  std::vector<std::uint32_t> component(mask.size(), 0), queue, sizes{0};
  for (std::size_t seed = 0; seed < mask.size(); ++seed) {
    if (!mask.data()[seed] || component[seed]) continue;
    const auto label = static_cast<std::uint32_t>(sizes.size());
    queue.assign(1, static_cast<std::uint32_t>(seed));
    component[seed] = label;
    for (std::size_t next = 0; next < queue.size(); ++next) {
      for_each_neighbour(mask.geometry(), queue[next], 3, [&](std::size_t n) {
        if (!mask.data()[n] || component[n]) return;
        component[n] = label;
        queue.push_back(static_cast<std::uint32_t>(n));
      });
    }
    sizes.push_back(static_cast<std::uint32_t>(queue.size()));
  }
  std::size_t largest = 0;
  for (std::size_t k = 1; k < sizes.size(); ++k) {
    if (sizes[k] > sizes[largest]) largest = k;
  }
  Mask result(mask.geometry());
  for (std::size_t v = 0; v < mask.size(); ++v) result.data()[v] = largest > 0 && component[v] == largest ? 1 : 0;
  return result;
}

/// Fills what is enclosed by the mask within its slice (z constant): what the edge of the slice does not reach.
inline void fill_holes(Mask& mask) {
  std::vector<std::uint8_t> open(mask.size(), 0);
  std::vector<std::uint32_t> queue;
  const auto& size = mask.geometry().size;
  const auto reach = [&](std::size_t v) {
    if (mask.data()[v] || open[v]) return;
    open[v] = 1;
    queue.push_back(static_cast<std::uint32_t>(v));
  };
  for (std::int64_t z = 0; z < size[2]; ++z) {
    for (std::int64_t y = 0; y < size[1]; ++y) {
      const bool edge = y == 0 || y + 1 == size[1];
      for (std::int64_t x = 0; x < size[0]; x += edge ? 1 : std::max<std::int64_t>(1, size[0] - 1)) {
        reach(static_cast<std::size_t>(x + size[0] * (y + size[1] * z)));
      }
    }
  }
  for (std::size_t next = 0; next < queue.size(); ++next) for_each_neighbour(mask.geometry(), queue[next], 2, reach);
  for (std::size_t v = 0; v < mask.size(); ++v) mask.data()[v] = mask.data()[v] || !open[v] ? 1 : 0;
}

}  // namespace bolus::detail

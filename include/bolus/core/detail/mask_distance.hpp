#pragma once
#include <algorithm>
#include <bolus/core/image.hpp>
#include <bolus/core/parallel.hpp>
#include <limits>
#include <vector>

namespace bolus::detail {

/// Squared distance to the nearest zero along one row of `count` samples `stride` apart, added to what the row holds: the
/// lower envelope of parabolas (Felzenszwalb and Huttenlocher, Theory of Computing 2012). `step` is the spacing in mm.
inline void distance_along_row(float* row, std::size_t count, std::size_t stride, double step, std::vector<std::size_t>& site,
                               std::vector<double>& border, std::vector<float>& value) {
  constexpr double far = std::numeric_limits<double>::infinity();
  const double square = step * step;
  std::size_t top = 0;
  bool any = false;
  for (std::size_t i = 0; i < count; ++i) {
    value[i] = row[i * stride];
    if (value[i] == std::numeric_limits<float>::infinity()) continue;
    const double at = static_cast<double>(i);
    double start = -far;
    while (any) {
      const double other = static_cast<double>(site[top]);
      start = (static_cast<double>(value[i]) - static_cast<double>(value[site[top]]) + square * (at * at - other * other)) /
              (2.0 * square * (at - other));
      if (start > border[top]) break;
      if (top == 0) {
        any = false;
        start = -far;
      } else {
        --top;
      }
    }
    top = any ? top + 1 : 0;
    any = true;
    site[top] = i;
    border[top] = start;
  }
  if (!any) return;
  std::size_t k = 0;
  for (std::size_t i = 0; i < count; ++i) {
    while (k < top && border[k + 1] < static_cast<double>(i)) ++k;
    const double apart = static_cast<double>(i) - static_cast<double>(site[k]);
    row[i * stride] = static_cast<float>(square * apart * apart) + value[site[k]];
  }
}

/// Squared distance in mm^2 from each voxel's centre to the nearest voxel of the mask: 0 inside, infinite for an empty mask.
inline std::vector<float> squared_distance(const Mask& mask, bool to_outside, int threads) {
  constexpr float far = std::numeric_limits<float>::infinity();
  std::vector<float> distance(mask.size());
  for (std::size_t v = 0; v < distance.size(); ++v) distance[v] = ((mask.data()[v] != 0) != to_outside) ? 0.0F : far;
  const auto& geometry = mask.geometry();
  const auto nx = static_cast<std::size_t>(geometry.size[0]), ny = static_cast<std::size_t>(geometry.size[1]),
             nz = static_cast<std::size_t>(geometry.size[2]);
  const std::array<std::size_t, 3> length{nx, ny, nz}, stride{1, nx, nx * ny};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    if (length[axis] < 2) continue;
    parallel_for(distance.size() / length[axis], 256, threads, [&](std::size_t begin, std::size_t end) {
      std::vector<std::size_t> site(length[axis]);
      std::vector<double> border(length[axis]);
      std::vector<float> value(length[axis]);
      for (std::size_t row = begin; row < end; ++row) {
        const std::size_t first = axis == 0 ? row * nx : axis == 1 ? row % nx + row / nx * nx * ny : row;
        distance_along_row(distance.data() + first, length[axis], stride[axis],
                           geometry.spacing[static_cast<Eigen::Index>(axis)], site, border, value);
      }
    });
  }
  return distance;
}

/// The mask with everything within `margin` mm of it (between voxel centres).
inline Mask grown(const Mask& mask, double margin, int threads) {
  const auto distance = squared_distance(mask, false, threads);
  Mask result(mask.geometry());
  const double limit = margin * margin * (1.0 + 1e-6);
  for (std::size_t v = 0; v < result.size(); ++v) result.data()[v] = static_cast<double>(distance[v]) <= limit ? 1 : 0;
  return result;
}

/// The mask without what lies within `margin` mm of a voxel outside it. Beyond the edge of the image nothing is outside.
inline Mask eroded(const Mask& mask, double margin, int threads) {
  const auto distance = squared_distance(mask, true, threads);
  Mask result(mask.geometry());
  const double limit = margin * margin * (1.0 + 1e-6);
  for (std::size_t v = 0; v < result.size(); ++v) {
    result.data()[v] = mask.data()[v] && static_cast<double>(distance[v]) > limit ? 1 : 0;
  }
  return result;
}

}  // namespace bolus::detail

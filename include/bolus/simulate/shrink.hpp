#pragma once
#include <algorithm>
#include <array>
#include <bolus/core/label_map.hpp>
#include <cstdint>

namespace bolus {

/// The grid of blocks of `factors` voxels: each new voxel's centre is the centre of its block. Blocks at the far edges may be
/// incomplete; their voxels keep the full size. Throws OptionError for factors below 1.
inline Geometry shrink_geometry(const Geometry& geometry, const std::array<int, 3>& factors) {
  Geometry shrunk = geometry;
  Eigen::Vector3d first_centre;
  for (int axis = 0; axis < 3; ++axis) {
    detail::require<OptionError>(factors[axis] >= 1, "the shrink factor along axis ", axis, " is ", factors[axis],
                                 "; expected at least 1");
    shrunk.size[axis] = (geometry.size[axis] + factors[axis] - 1) / factors[axis];
    shrunk.spacing[axis] = geometry.spacing[axis] * factors[axis];
    first_centre[axis] = 0.5 * (factors[axis] - 1);
  }
  shrunk.origin = geometry.point_of(first_centre);
  return shrunk;
}

namespace detail {

/// The most frequent value (0 to 255) of each block; of equally frequent ones the larger, so that small parts survive.
inline Image<std::uint8_t> shrink_by_majority(const Image<std::uint8_t>& image, const std::array<int, 3>& factors) {
  const auto& size = image.geometry().size;
  Image<std::uint8_t> shrunk(shrink_geometry(image.geometry(), factors));
  const auto& small = shrunk.geometry().size;
  for (std::int64_t z = 0; z < small[2]; ++z) {
    for (std::int64_t y = 0; y < small[1]; ++y) {
      for (std::int64_t x = 0; x < small[0]; ++x) {
        std::array<int, 256> counts{};
        for (std::int64_t k = z * factors[2]; k < std::min(size[2], (z + 1) * factors[2]); ++k) {
          for (std::int64_t j = y * factors[1]; j < std::min(size[1], (y + 1) * factors[1]); ++j) {
            for (std::int64_t i = x * factors[0]; i < std::min(size[0], (x + 1) * factors[0]); ++i) ++counts[image(i, j, k)];
          }
        }
        std::uint8_t best = 0;
        for (int value = 1; value < 256; ++value) {
          if (counts[static_cast<std::size_t>(value)] >= counts[best]) best = static_cast<std::uint8_t>(value);
        }
        shrunk(x, y, z) = best;
      }
    }
  }
  return shrunk;
}

}  // namespace detail

/// Labels on a coarser grid, such as that of a DSC series: the most frequent label of each block of `factors` voxels.
/// Throws OptionError for factors below 1.
inline LabelMap shrink_labels(const LabelMap& labels, const std::array<int, 3>& factors) {
  return LabelMap(detail::shrink_by_majority(labels.image(), factors));
}

/// A mask on a coarser grid: a block belongs to it when at least half of its voxels do. Throws as `shrink_labels`.
inline Mask shrink_mask(const Mask& mask, const std::array<int, 3>& factors) {
  Mask binary(mask.geometry());
  for (std::size_t v = 0; v < mask.size(); ++v) binary.data()[v] = mask.data()[v] ? 1 : 0;
  return detail::shrink_by_majority(binary, factors);
}

}  // namespace bolus

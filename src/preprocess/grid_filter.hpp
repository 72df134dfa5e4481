#pragma once
// Plain filters on values of a grid (x fastest): what brain, tissue and symmetry search share.
#include <bolus/core/image.hpp>
#include <vector>

namespace bolus::preprocess {

/// Gaussian of `sigma` mm, separable, cut at three sigma; at the border of the grid the last value continues.
std::vector<float> gaussian(std::vector<float> values, const Geometry& grid, double sigma, int threads);

/// The same axes and box with other voxel sizes (the far side rounded to whole voxels).
Geometry with_spacing(const Geometry& grid, const Eigen::Vector3d& spacing);

/// From one grid to another of `with_spacing`: the mean over the target's voxel where that is larger than the source's, linear
/// interpolation where it is smaller, axis by axis.
std::vector<float> averaged(const std::vector<float>& values, const Geometry& grid, const Geometry& target, int threads);

/// LPS position of a voxel given by its place in memory.
inline Eigen::Vector3d position_of(const Geometry& grid, std::size_t v) {
  const auto x = static_cast<std::int64_t>(v) % grid.size[0], rest = static_cast<std::int64_t>(v) / grid.size[0];
  return grid.point_of(Eigen::Vector3d(static_cast<double>(x), static_cast<double>(rest % grid.size[1]),
                                       static_cast<double>(rest / grid.size[1])));
}

/// Signed distance in mm to the border of a mask, positive inside; half a voxel (of the finest axis) is taken off, so that 0
/// lies between the voxels. Cut at +-`limit`.
std::vector<float> signed_distance(const Mask& mask, double limit, int threads);

/// The value below which the given share of `values` lies (nearest rank); 0 when there are none.
double quantile(std::vector<float> values, double share);

/// Throws DataError for an image that is empty, holds NaN or infinity, or is constant.
void require_usable(const Image<float>& image);

}  // namespace bolus::preprocess

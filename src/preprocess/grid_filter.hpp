#pragma once
// Plain filters on values of a grid (x fastest): what brain, tissue and symmetry search share.
#include <bolus/core/image.hpp>
#include <vector>

namespace bolus::preprocess {

/// Values between voxels of an image by trilinear interpolation at LPS points; beyond the image the nearest voxel's.
class Trilinear {
 public:
  /// `values` lie on `grid` and must outlive this.
  Trilinear(const Geometry& grid, const float* values);
  explicit Trilinear(const Image<float>& image) : Trilinear(image.geometry(), image.data()) {}

  float operator()(const Eigen::Vector3d& point) const;
  bool inside(const Eigen::Vector3d& point) const;  ///< within the outer faces of the grid's voxels

 private:
  Eigen::Matrix3d to_index_;
  Eigen::Vector3d offset_;
  std::array<std::int64_t, 3> size_;
  const float* values_;
};

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

/// Signed distance in mm to the border of a mask, positive inside; half a voxel (of the finest axis) is taken off, so that 0 lies
/// between the voxels. Cut at +-`limit`.
std::vector<float> signed_distance(const Mask& mask, double limit, int threads);

/// The value below which the given share of `values` lies (nearest rank); 0 when there are none.
double quantile(std::vector<float> values, double share);

/// Throws DataError for an image that is empty, holds NaN or infinity, or is constant.
void require_usable(const Image<float>& image);

}  // namespace bolus::preprocess

#pragma once
#include <algorithm>
#include <array>
#include <bolus/core/image.hpp>

namespace bolus::detail {

/// Values between voxels of an image by trilinear interpolation at LPS points; beyond the image the nearest voxel's.
class Trilinear {
 public:
  /// `values` lie on `grid` and must outlive this.
  Trilinear(const Geometry& grid, const float* values)
      : to_index_(grid.spacing.cwiseInverse().asDiagonal() * grid.direction.inverse()),
        offset_(-(to_index_ * grid.origin)),
        size_(grid.size),
        values_(values) {}
  explicit Trilinear(const Image<float>& image) : Trilinear(image.geometry(), image.data()) {}

  /// Whether a point lies within the outer faces of the grid's voxels.
  bool inside(const Eigen::Vector3d& point) const {
    const Eigen::Vector3d index = to_index_ * point + offset_;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const double at = index[static_cast<Eigen::Index>(axis)];
      if (!(at >= -0.5 && at <= static_cast<double>(size_[axis]) - 0.5)) return false;
    }
    return true;
  }

  float operator()(const Eigen::Vector3d& point) const {
    const Eigen::Vector3d index = to_index_ * point + offset_;
    std::array<std::int64_t, 3> at{}, step{};
    std::array<float, 3> part{};
    std::int64_t stride = 1;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const double place = std::clamp(index[static_cast<Eigen::Index>(axis)], 0.0, static_cast<double>(size_[axis] - 1));
      at[axis] = std::min<std::int64_t>(static_cast<std::int64_t>(place), std::max<std::int64_t>(size_[axis] - 2, 0));
      part[axis] = static_cast<float>(place - static_cast<double>(at[axis]));
      step[axis] = size_[axis] > 1 ? stride : 0;
      stride *= size_[axis];
    }
    const float* corner = values_ + at[0] + size_[0] * (at[1] + size_[1] * at[2]);
    const auto along_x = [&](const float* p) { return p[0] + part[0] * (p[step[0]] - p[0]); };
    const auto in_slice = [&](const float* p) {
      const float a = along_x(p);
      return a + part[1] * (along_x(p + step[1]) - a);
    };
    const float a = in_slice(corner);
    return a + part[2] * (in_slice(corner + step[2]) - a);
  }

 private:
  Eigen::Matrix3d to_index_;
  Eigen::Vector3d offset_;
  std::array<std::int64_t, 3> size_;
  const float* values_;
};

}  // namespace bolus::detail

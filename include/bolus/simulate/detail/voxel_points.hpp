#pragma once
#include <bolus/core/geometry.hpp>

namespace bolus::detail {

/// The inverse of a rotation with a translation.
inline Eigen::Matrix4d rigid_inverse(const Eigen::Matrix4d& matrix) {
  Eigen::Matrix4d inverse = Eigen::Matrix4d::Identity();
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      inverse(i, j) = matrix(j, i);
      inverse(i, 3) -= matrix(j, i) * matrix(j, 3);
    }
  }
  return inverse;
}

/// First `first`, then `second`.
inline Eigen::Matrix4d rigid_product(const Eigen::Matrix4d& second, const Eigen::Matrix4d& first) {
  Eigen::Matrix4d product = Eigen::Matrix4d::Identity();
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 4; ++j) {
      product(i, j) = j == 3 ? second(i, 3) : 0.0;
      for (int k = 0; k < 3; ++k) product(i, j) += second(i, k) * first(k, j);
    }
  }
  return product;
}

/// Throws OptionError unless `matrix` is a rotation with a translation (to 1e-6).
inline void require_rigid(const Eigen::Matrix4d& matrix, const char* name) {
  double worst = 0.0;
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      double product = i == j ? -1.0 : 0.0;
      for (int k = 0; k < 3; ++k) product += matrix(k, i) * matrix(k, j);
      worst = std::max(worst, std::abs(product));
    }
    worst = std::max(worst, std::abs(matrix(3, i)));
  }
  double determinant = 0.0;
  for (int i = 0; i < 3; ++i) {
    determinant +=
        matrix(0, i) * (matrix(1, (i + 1) % 3) * matrix(2, (i + 2) % 3) - matrix(1, (i + 2) % 3) * matrix(2, (i + 1) % 3));
  }
  require<OptionError>(matrix.allFinite() && worst < 1e-6 && determinant > 0.0 && matrix(3, 3) == 1.0, name,
                       " is not a rotation with a translation; expected a rigid 4 x 4 matrix in LPS mm");
}

/// From the voxels of a grid to points in mm: LPS, or that moved by a rigid map.
class VoxelPoints {
 public:
  explicit VoxelPoints(const Geometry& grid, const Eigen::Matrix4d& map = Eigen::Matrix4d::Identity()) : size_(grid.size) {
    for (int i = 0; i < 3; ++i) {
      for (int j = 0; j < 4; ++j) {
        double sum = j == 3 ? map(i, 3) : 0.0;
        for (int k = 0; k < 3; ++k) sum += map(i, k) * (j == 3 ? grid.origin[k] : grid.direction(k, j) * grid.spacing[j]);
        map_[i][j] = sum;
      }
    }
  }

  /// Of a voxel by its place in memory, moved by a part of a voxel.
  Eigen::Vector3d operator()(std::size_t voxel, double dx = 0.0, double dy = 0.0, double dz = 0.0) const {
    const auto row = static_cast<std::int64_t>(voxel) / size_[0];
    const double x = static_cast<double>(static_cast<std::int64_t>(voxel) % size_[0]) + dx,
                 y = static_cast<double>(row % size_[1]) + dy, z = static_cast<double>(row / size_[1]) + dz;
    return {map_[0][0] * x + map_[0][1] * y + map_[0][2] * z + map_[0][3],
            map_[1][0] * x + map_[1][1] * y + map_[1][2] * z + map_[1][3],
            map_[2][0] * x + map_[2][1] * y + map_[2][2] * z + map_[2][3]};
  }

 private:
  std::array<std::int64_t, 3> size_;
  double map_[3][4];
};

/// Position of a voxel in mm along the grid's own axes, from its first voxel.
inline Eigen::Vector3d grid_position(const Geometry& grid, std::size_t voxel) {
  const auto row = static_cast<std::int64_t>(voxel) / grid.size[0];
  return {grid.spacing[0] * static_cast<double>(static_cast<std::int64_t>(voxel) % grid.size[0]),
          grid.spacing[1] * static_cast<double>(row % grid.size[1]), grid.spacing[2] * static_cast<double>(row / grid.size[1])};
}

}  // namespace bolus::detail

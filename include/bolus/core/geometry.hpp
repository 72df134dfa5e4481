#pragma once
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include <bolus/core/eigen.hpp>
#include <bolus/core/error.hpp>

namespace bolus {

/// Where the voxels of a 3-D image lie in the patient: LPS, millimetres, as in ITK and DICOM.
struct Geometry {
  std::array<std::int64_t, 3> size{0, 0, 0};                ///< voxels along x, y, z; x is fastest in memory
  Eigen::Vector3d spacing = Eigen::Vector3d::Ones();        ///< mm between voxel centres
  Eigen::Vector3d origin = Eigen::Vector3d::Zero();         ///< LPS position of the centre of voxel (0, 0, 0), mm
  Eigen::Matrix3d direction = Eigen::Matrix3d::Identity();  ///< column k: LPS unit vector of the k-th axis

  /// Number of voxels. Call `validate` first on a geometry from outside: it excludes overflow.
  std::size_t voxel_count() const {
    return static_cast<std::size_t>(size[0]) * static_cast<std::size_t>(size[1]) * static_cast<std::size_t>(size[2]);
  }

  /// LPS position in mm of a (possibly fractional) voxel index.
  Eigen::Vector3d point_of(const Eigen::Vector3d& index) const { return origin + direction * spacing.cwiseProduct(index); }

  /// Voxel index (fractional) of an LPS position in mm.
  Eigen::Vector3d index_of(const Eigen::Vector3d& point) const {
    return (direction.inverse() * (point - origin)).cwiseQuotient(spacing);
  }

  /// The 4 x 4 matrix from voxel index to RAS mm, as in nibabel and NIfTI.
  Eigen::Matrix4d affine_ras() const {
    Eigen::Matrix4d affine = Eigen::Matrix4d::Identity();
    affine.topLeftCorner<3, 3>() = direction * spacing.asDiagonal();
    affine.topRightCorner<3, 1>() = origin;
    affine.topRows<2>() *= -1.0;  // LPS to RAS
    return affine;
  }

  /// The inverse of `affine_ras`. Throws GeometryError for an affine that is singular, sheared or not finite.
  static Geometry from_affine_ras(Eigen::Matrix4d affine, const std::array<std::int64_t, 3>& size) {
    detail::require<GeometryError>(affine.allFinite(), "the affine holds NaN or infinity");
    affine.topRows<2>() *= -1.0;
    const Eigen::Matrix3d linear = affine.topLeftCorner<3, 3>();
    Geometry geometry;
    geometry.size = size;
    geometry.spacing = linear.colwise().norm().transpose();
    detail::require<GeometryError>(geometry.spacing.minCoeff() > 0.0, "the affine has a column of zeros: no voxel size");
    geometry.direction = linear * geometry.spacing.cwiseInverse().asDiagonal();
    geometry.origin = affine.topRightCorner<3, 1>();
    geometry.validate();
    return geometry;
  }

  /// Throws GeometryError unless sizes are positive and addressable, spacing is positive and the axes are orthonormal.
  void validate() const {
    double voxels = 1.0;
    for (int axis = 0; axis < 3; ++axis) {
      detail::require<GeometryError>(size[axis] > 0, "size along axis ", axis, " is ", size[axis], "; expected at least 1");
      detail::require<GeometryError>(std::isfinite(spacing[axis]) && spacing[axis] > 0.0, "voxel spacing along axis ", axis,
                                     " is ", spacing[axis], " mm; expected a positive number");
      voxels *= static_cast<double>(size[axis]);
    }
    detail::require<GeometryError>(voxels < 4e9, "the image would hold ", voxels,
                                   " voxels; more than 4e9 are not supported: is the header damaged?");
    detail::require<GeometryError>(origin.allFinite(), "the origin holds NaN or infinity");
    const double skew = (direction.transpose() * direction - Eigen::Matrix3d::Identity()).cwiseAbs().maxCoeff();
    detail::require<GeometryError>(skew < 1e-3, "the axes are not orthonormal (largest deviation ", skew,
                                   "): sheared images are not supported, resample first");
  }

  /// Empty when both describe the same grid, else what differs, for an error message. `tolerance` in mm, measured at
  /// the corners of the grid, where a difference of direction is largest.
  std::string difference(const Geometry& other, double tolerance = 1e-2) const {
    if (size != other.size) {
      return detail::message("size ", size[0], "x", size[1], "x", size[2], " and ", other.size[0], "x", other.size[1], "x",
                             other.size[2]);
    }
    double largest = 0.0;
    for (int corner = 0; corner < 8; ++corner) {
      const Eigen::Vector3d index(corner & 1 ? size[0] - 1 : 0, corner & 2 ? size[1] - 1 : 0, corner & 4 ? size[2] - 1 : 0);
      largest = std::max(largest, (point_of(index) - other.point_of(index)).norm());
    }
    if (largest <= tolerance) return {};
    return detail::message("voxel positions up to ", largest, " mm apart (tolerance ", tolerance, " mm)");
  }
};

}  // namespace bolus

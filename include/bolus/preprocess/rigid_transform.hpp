#pragma once
#include <filesystem>

#include <bolus/core/atomic_file.hpp>
#include <bolus/core/eigen.hpp>

namespace bolus {

/// A rotation and a translation in LPS millimetres. As in ITK, the transform of a registration maps points of the fixed image
/// to points of the moving image.
struct RigidTransform {
  Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();  ///< homogeneous, LPS mm

  Eigen::Vector3d operator()(const Eigen::Vector3d& point) const {
    return matrix.topLeftCorner<3, 3>() * point + matrix.topRightCorner<3, 1>();
  }

  /// From the moving image to the fixed one.
  RigidTransform inverse() const {
    RigidTransform result;
    result.matrix.topLeftCorner<3, 3>() = matrix.topLeftCorner<3, 3>().transpose();
    result.matrix.topRightCorner<3, 1>() = -(result.matrix.topLeftCorner<3, 3>() * matrix.topRightCorner<3, 1>());
    return result;
  }

  /// First `first`, then this one.
  RigidTransform compose(const RigidTransform& first) const { return {matrix * first.matrix}; }

  /// The same transform between RAS coordinates, as nibabel and FreeSurfer count them.
  Eigen::Matrix4d to_ras() const {
    const Eigen::Vector4d flip(-1.0, -1.0, 1.0, 1.0);
    return flip.asDiagonal() * matrix * flip.asDiagonal();
  }

  /// Angle of the rotation, degrees, 0 to 180.
  double rotation_angle() const;

  /// How far a point moves, mm. At the centre of the head this is what one calls the translation: the last column of the
  /// matrix also holds what the rotation about the scanner's origin adds.
  double displacement(const Eigen::Vector3d& point) const { return ((*this)(point)-point).norm(); }

  /// Throws GeometryError unless the matrix is finite and a proper rotation with a translation (to 1e-6).
  void validate() const;
};

/// Writes an ITK transform file (.tfm or .txt), which 3D Slicer, ANTs and SimpleITK read. Throws IoError, FormatError for
/// another ending, GeometryError for a matrix that is not rigid.
void write_transform(const std::filesystem::path& path, const RigidTransform& transform, Overwrite overwrite = Overwrite::no);

/// Reads an ITK transform file that holds one linear transform. Throws IoError, FormatError when it is damaged, holds several
/// or another kind, and when the transform is not rigid.
RigidTransform read_transform(const std::filesystem::path& path);

/// Writes `to_ras` as text, four rows of four numbers, which numpy.loadtxt reads: points of the fixed image to points of the
/// moving one in RAS mm, as nibabel counts them. Throws IoError, FormatError for the endings .tfm (see `write_transform`), .nii
/// and .gz, GeometryError for a matrix that is not rigid.
void write_matrix_ras(const std::filesystem::path& path, const RigidTransform& transform, Overwrite overwrite = Overwrite::no);

/// Reads such a text file; lines that begin with # are skipped. Throws IoError, FormatError when it does not hold 16 numbers or
/// they are not rigid.
RigidTransform read_matrix_ras(const std::filesystem::path& path);

}  // namespace bolus

#pragma once
#include <bolus/core/label_map.hpp>
#include <bolus/preprocess/rigid_transform.hpp>

namespace bolus {

/// How values between voxels are found.
enum class Interpolation { linear, nearest };

/// The box of `geometry` with cubic voxels of `spacing` mm: same axes, first voxel's outer corner kept, the far side rounded to
/// whole voxels. Throws OptionError unless 0 < spacing <= 100, GeometryError for an impossible grid.
Geometry isotropic_geometry(const Geometry& geometry, double spacing = 1.0);

/// Resamples onto another grid in one step. `transform` maps points of the target to points of the image, as a registration
/// with the target as fixed image gives it; compose transforms first instead of resampling twice. Outside the image is 0.
struct Resample {
  Interpolation interpolation = Interpolation::linear;  ///< of images; masks and labels always take the nearest voxel
  int threads = 0;                                      ///< 0: all cores

  /// Throws DataError for an empty image, GeometryError for an impossible target or transform.
  Image<float> operator()(const Image<float>& image, const Geometry& target, const RigidTransform& transform = {}) const;
  Mask operator()(const Mask& mask, const Geometry& target, const RigidTransform& transform = {}) const;
  LabelMap operator()(const LabelMap& labels, const Geometry& target, const RigidTransform& transform = {}) const;
};

}  // namespace bolus

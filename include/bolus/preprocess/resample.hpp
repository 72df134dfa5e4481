#pragma once
#include <bolus/core/label_map.hpp>
#include <bolus/preprocess/rigid_transform.hpp>

namespace bolus {

/// How values between voxels are found.
enum class Interpolation {
  linear,         ///< between the eight voxels around; never leaves their range
  bspline,        ///< cubic B-spline through the voxels (Unser 1999), 64 voxels
  windowed_sinc,  ///< sinc under a Lanczos window of radius 5, 1000 voxels
  nearest         ///< the value of the nearest voxel
};

/// How a label is chosen.
enum class LabelInterpolation {
  nearest,  ///< that of the nearest voxel
  gaussian  ///< the one with most weight under a Gaussian as wide as a voxel: for coarser grids, where voxels hold several
};

/// The box of `geometry` with cubic voxels of `spacing` mm: same axes, first voxel's outer corner kept, the far side rounded to
/// whole voxels. Throws OptionError unless 0 < spacing <= 100, GeometryError for an impossible grid.
Geometry isotropic_geometry(const Geometry& geometry, double spacing = 1.0);

/// Resamples onto another grid in one step. `transform` maps points of the target to points of the image, as a registration
/// with the target as fixed image gives it; compose transforms first instead of resampling twice. Outside the image is 0.
struct Resample {
  Interpolation interpolation = Interpolation::linear;      ///< of images
  LabelInterpolation labels = LabelInterpolation::nearest;  ///< of masks and label maps
  bool clamp = true;  ///< keep B-spline and sinc within the image's range: they ring at edges, below zero beside air
  int threads = 0;    ///< 0: all cores; the same bits for any number

  /// Throws DataError for an empty image, or NaN and infinity where the interpolation would spread them over the image
  /// (B-spline and sinc), GeometryError for an impossible target or transform.
  Image<float> operator()(const Image<float>& image, const Geometry& target, const RigidTransform& transform = {}) const;
  Mask operator()(const Mask& mask, const Geometry& target, const RigidTransform& transform = {}) const;
  LabelMap operator()(const LabelMap& labels, const Geometry& target, const RigidTransform& transform = {}) const;
};

}  // namespace bolus

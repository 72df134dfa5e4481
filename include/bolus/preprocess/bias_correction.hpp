#pragma once
#include <array>
#include <optional>
#include <vector>

#include <bolus/core/image.hpp>
#include <bolus/core/progress.hpp>
#include <bolus/core/qc_flag.hpp>

namespace bolus {

/// A smooth multiplicative field over the box of a grid: exp of a cubic B-spline. It is known wherever it is asked for, so it
/// can be estimated on one image and taken from another, raw or resampled, of the same scan.
struct BiasField {
  Geometry grid;                        ///< whose box the spline covers
  std::array<int, 3> control_points{};  ///< of the spline, per axis
  std::vector<double> coefficients;     ///< x fastest, of the log field
  double scale = 1.0;                   ///< factor that keeps the mean within the mask

  /// The field on any grid; `to_grid` (LPS mm, 4 x 4) maps its points to those of `grid`. Beyond the box the value at its edge
  /// is taken. Throws GeometryError for an impossible target or matrix.
  Image<float> operator()(const Geometry& target, const Eigen::Matrix4d& to_grid = Eigen::Matrix4d::Identity(),
                          int threads = 0) const;
};

/// image / field, voxel by voxel; voxels at 0 or below stay as they are. Throws GeometryError unless both lie on one grid,
/// DataError for a field that is not positive.
Image<float> divide_bias(const Image<float>& image, const Image<float>& field);

/// An image without its bias field.
struct BiasCorrectionResult {
  Image<float> corrected;       ///< image / field
  Image<float> field;           ///< multiplicative, around 1
  BiasField spline;             ///< the same field for other grids
  std::vector<int> iterations;  ///< done, per level
  QcFlags flags;                ///< preprocess.bias.iterations: a level stopped at its limit
};

/// Where the image is not air: voxels above Otsu's threshold (1979) on a histogram of `bins` from the smallest to the largest
/// value. Throws DataError for an empty, constant or non-finite image.
Mask foreground_mask(const Image<float>& image, int bins = 200);

/// N4 bias field correction (Tustison et al. 2010): the log field is a cubic B-spline, fitted again and again to the
/// difference between the log image and its histogram-sharpened self (Sled et al. 1998), its lattice refined per level. The
/// field is estimated on every `shrink`-th voxel and evaluated on all. The mean within the mask is preserved; voxels at 0 or
/// below take no part and stay as they are. The same bits on any number of threads.
struct BiasCorrection {
  int shrink = 4;  ///< step between the voxels used, at most 5 mm; axes with thick or few voxels are thinned less
  std::vector<int> iterations{50, 50, 50};  ///< at most, per level; each level doubles the spans of the lattice
  double tolerance = 1e-6;     ///< a level ends when the coefficient of variation of the field's change falls below
  int control_points = 4;      ///< per axis at the first level, at least 4
  int bins = 200;              ///< of the log histogram
  double full_width = 0.15;    ///< FWHM of the Gaussian that widens the log histogram
  double wiener_noise = 0.01;  ///< noise term of the deconvolution
  int threads = 0;             ///< 0: all cores

  /// Without a `mask` the foreground of the image is used, see `foreground_mask`. `weights` (0 or more, on the image's grid)
  /// say how much a voxel of the mask counts in the fit, e.g. the probability of white matter. Throws OptionError, DataError
  /// for a non-finite image or no positive voxel in the mask, GeometryError, Cancelled.
  BiasCorrectionResult operator()(const Image<float>& image, const std::optional<Mask>& mask = std::nullopt,
                                  const std::optional<Image<float>>& weights = std::nullopt,
                                  const Progress& progress = {}) const;
};

}  // namespace bolus

#pragma once
#include <bolus/dsc/arterial_input.hpp>
#include <bolus/dsc/bolus_timing.hpp>

namespace bolus {

/// An arterial input function scaled to the area of the venous output, and what was found on the way.
struct RescaledArterial {
  ArterialCurve arterial;      ///< its dR2* times `factor`, and the signal that goes with it
  ArterialCurve venous;        ///< mean of the venous voxels
  Mask mask;                   ///< the venous voxels, on the grid of the series
  double arterial_area = 0.0;  ///< area of the first pass of -ln(S / S0), s
  double venous_area = 0.0;    ///< the same of the venous output
  double factor = 1.0;         ///< venous over arterial area, at least 1
  QcFlags flags;               ///< dsc.venous.not_larger, .few_voxels, .no_fit, and those of the venous curve
};

/// Makes up for partial volume in an arterial input function: what flows in flows out, so the area of its first pass should be
/// that of a large vein's, where partial volume is small (as is usual since Lin et al., JMRI 2001; AIF taken as AIF times the
/// ratio of the areas). Partial volume acts on the signal, not on its logarithm, so a factor can mend the area but not the
/// shape; and a vein with partial volume of its own gives too small a factor. Areas are those of a fitted gamma variate
/// (`GammaVariateFit`), because the second pass runs into the first.
struct VenousRescaling {
  std::size_t voxels = 20;        ///< venous voxels averaged when they are found automatically, at most
  double area_percentile = 99.0;  ///< of the voxels searched: venous ones have an area above it
  double tumour_margin = 10.0;    ///< mm around the tumour that are left out
  double signal_to_noise = 5.0;   ///< voxels with a smaller S0 over the noise are left out
  double saturation = 0.1;        ///< of S0, as in ArterialSearch: saturated voxels are left out while others are there
  BolusTiming timing = {};        ///< of the mean curve of the searched voxels
  int threads = 0;                ///< 0: all cores; the result is the same for any number

  /// `brain`, and `venous` and `tumour` (nullptr for none), on the grid of `series`; `arterial` on its times. With `venous` its
  /// voxels are the output; else late voxels of large area are, outside the tumour. Throws GeometryError, ShapeError (other
  /// times), OptionError, DataError (no venous voxel, no bolus).
  RescaledArterial operator()(const PerfusionSeries& series, const Mask& brain, const ArterialCurve& arterial,
                              const Mask* venous = nullptr, const Mask* tumour = nullptr, const Progress& progress = {}) const;
};

}  // namespace bolus

#include <bolus/dsc/detail/arterial_venous.hpp>

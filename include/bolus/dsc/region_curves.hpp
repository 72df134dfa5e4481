#pragma once
#include <bolus/core/curve_set.hpp>
#include <bolus/core/label_map.hpp>
#include <bolus/dsc/detail/huber_location.hpp>
#include <bolus/dsc/detail/region_sums.hpp>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace bolus {

/// What stands for the curve of a region without voxels, such as ET in a tumour that does not enhance.
enum class EmptyRegion {
  whole_tumour,  ///< the curve of the whole tumour
  not_a_number,  ///< NaN: a missing curve (`CurveSet::missing`), which windows and the model refuse
  error          ///< throw DataError
};

/// How the voxels of a region become one curve.
enum class RegionAverage {
  mean,         ///< arithmetic mean, as Choi et al. 2019
  robust_mean,  ///< Huber's M-estimate in each volume: vessels and broken voxels in the region hardly count
};

/// T2*-weighted signal of each tumour region over time, and of arterial voxels as the channel AIF (Choi et al. 2019: the five
/// time courses).
struct RegionCurves {
  std::vector<Region> regions{all_regions.begin(), all_regions.end()};  ///< channels, in this order
  EmptyRegion empty = EmptyRegion::whole_tumour;                        ///< what a region without voxels becomes
  RegionAverage average = RegionAverage::mean;                          ///< over the voxels of a region, and of the artery
  int threads = 0;                                                      ///< 0: all cores; the result is the same for any number

  /// `labels` and `arterial` must lie on the grid of `series`. Voxels that are not finite in some frame are excluded from
  /// all frames and flagged dsc.region.not_finite; a region without voxels is flagged dsc.region.empty and has the voxel
  /// count 0; one with fewer than 10 is flagged dsc.region.small. Means are formed in double in a fixed order. Throws
  /// GeometryError (other grids), DataError (no tumour or no arterial voxel), OptionError (no region).
  CurveSet operator()(const PerfusionSeries& series, const LabelMap& labels, const std::optional<Mask>& arterial = std::nullopt,
                      const Progress& progress = {}) const {
    return compute(series, labels, arterial ? &*arterial : nullptr, progress);
  }

  /// The same without a copy of the mask; nullptr for none.
  CurveSet compute(const PerfusionSeries& series, const LabelMap& labels, const Mask* arterial,
                   const Progress& progress = {}) const;
};

}  // namespace bolus

#include <bolus/dsc/detail/read_region_curves.hpp>

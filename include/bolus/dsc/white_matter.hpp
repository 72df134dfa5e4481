#pragma once
#include <bolus/core/label_map.hpp>
#include <bolus/core/perfusion_series.hpp>
#include <bolus/core/progress.hpp>
#include <bolus/dsc/bolus_timing.hpp>
#include <bolus/dsc/tissue_mask.hpp>

namespace bolus {

/// Normal-appearing white matter for normalising blood volume: white matter of the half of the brain without the tumour. The
/// two halves are told apart by the plane about which the brain is most symmetric; white matter is the class of low blood
/// volume and low T2*-weighted baseline signal in a mixture of three normal distributions (bright on T1 where that is given),
/// without its border. The tumour and what mirrors it are left out with a margin, as are vessels, fluid, the edge of the brain
/// and the midline. Nothing in it is random. Choices of this library: the literature draws the region by hand.
struct WhiteMatter {
  BolusTiming timing = {};       ///< of the mean curve of the brain
  double tumour_margin = 10.0;   ///< mm around the tumour and around its mirror image that are left out
  double edge_margin = 4.0;      ///< mm of the brain's edge that are left out
  double midline_margin = 3.0;   ///< mm to each side of the mirror plane that are left out
  double vessel_ratio = 2.5;     ///< a blood volume above this times the median is a vessel
  double fluid_ratio = 0.25;     ///< a blood volume below this times the median is fluid
  double certainty = 0.7;        ///< least probability of the class
  int erosion = 1;               ///< voxels taken off the class in its slice
  std::size_t min_voxels = 100;  ///< flagged when fewer are found
  double max_variation = 0.3;    ///< flagged when the coefficient of variation is larger
  int threads = 0;               ///< 0: all cores; the result is the same for any number

  /// `brain` on the grid of `series`, and there too (nullptr for none) `labels`, `t1` and `flair`. Without a tumour both halves
  /// are used. The coefficient of variation is that of the relative blood volume. Flags: those of the timing, and
  /// dsc.white_matter.crosses_midline (more than a fifth of the tumour on the other side), .not_symmetric (the mirror plane is
  /// uncertain), .not_eroded (too small for it), .small, .heterogeneous. Throws GeometryError, OptionError, DataError (empty
  /// mask, no bolus, nothing left).
  TissueMask operator()(const PerfusionSeries& series, const Mask& brain, const LabelMap* labels = nullptr,
                        const Image<float>* t1 = nullptr, const Image<float>* flair = nullptr,
                        const Progress& progress = {}) const;

  /// Throws OptionError for options outside their range.
  void validate() const {
    for (const double margin : {tumour_margin, edge_margin, midline_margin}) {
      detail::require<OptionError>(std::isfinite(margin) && margin >= 0.0, "a margin is ", margin, "; expected mm, 0 or more");
    }
    detail::require<OptionError>(fluid_ratio >= 0.0 && vessel_ratio > 1.0 && fluid_ratio < 1.0, "fluid_ratio is ", fluid_ratio,
                                 " and vessel_ratio ", vessel_ratio, "; expected 0 <= fluid_ratio < 1 < vessel_ratio");
    detail::require<OptionError>(certainty >= 0.0 && certainty < 1.0, "certainty is ", certainty,
                                 "; expected a probability in [0, 1)");
    detail::require<OptionError>(erosion >= 0, "erosion is ", erosion, "; expected 0 or more voxels");
    detail::require<OptionError>(max_variation > 0.0, "max_variation is ", max_variation, "; expected a positive number");
  }
};

}  // namespace bolus

#include <bolus/dsc/detail/find_white_matter.hpp>

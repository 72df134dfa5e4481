#pragma once
#include <bolus/core/detail/mask_distance.hpp>
#include <bolus/core/label_map.hpp>
#include <bolus/dsc/arterial_input.hpp>
#include <bolus/dsc/detail/arterial_quality.hpp>
#include <string>

namespace bolus {

/// How the arterial voxels are told from the rest.
enum class ArterialMethod {
  mouridsen,  ///< k-means of curves of equal area, the earliest cluster (Mouridsen et al., MRM 2006)
  peruzzo     ///< hierarchical clustering, split again and again towards the higher, narrower peak (Peruzzo et al., CMPB 2011)
};

/// The arterial input function that was found, and where.
struct ArterialSelection {
  ArterialCurve curve;                                  ///< mean of the chosen voxels: signal, and dR2* where TE is known
  Mask mask;                                            ///< 1 in the chosen voxels, on the grid of the series
  std::vector<std::array<std::int64_t, 3>> voxels;      ///< their indices (x, y, z), the fullest of blood first
  std::vector<std::array<std::int64_t, 3>> candidates;  ///< indices of all voxels that could be an artery's
  double quality = 0.0;                                 ///< in [0, 1]: `parts.overall()`; below 0.3 flagged dsc.aif.low_quality
  ArterialQuality parts;                                ///< what the quality is made of
  BolusTimes brain;                                     ///< timing of the mean curve of the searched voxels
  std::size_t searched_count = 0;                       ///< voxels of the brain outside the tumour and its margin
  std::size_t tumour_count = 0;                         ///< voxels of the brain left out for the tumour and its margin
  std::size_t invalid_count = 0;    ///< searched voxels left out: NaN, a signal <= 0, or S0 too near the noise
  std::size_t saturated_count = 0;  ///< candidates left out because their peak is cut off by the noise
  QcFlags flags;  ///< of the timing and the curve, and dsc.aif.not_arterial, .few_voxels, .voxels_saturated, .voxels_invalid,
                  ///< .low_quality
};

/// Finds the arterial input function in the whole brain, with nothing clicked and nothing random. Voxels that carry much agent
/// until the brain's mean curve peaks, whose curves are smooth, and which arrive no later, run through sooner, rise higher and
/// are no wider than the brain's mean are the candidates; the method chooses among them, and of its choice those fullest
/// of blood are averaged. Percentiles and clusters follow Mouridsen's method as OSIPI codes it, and Peruzzo's as the
/// dsc-mri-toolbox does; both here run in 3-D, on windows from the timing of the bolus, and with irregularity made free of the
/// curve's width, because otherwise it throws out the narrowest curves, which are the arteries.
struct ArterialSearch {
  ArterialMethod method = ArterialMethod::mouridsen;  ///< how the voxels are told apart
  std::size_t voxels = 20;                            ///< at most this many are averaged
  double fullness =
      0.8;  ///< a chosen voxel's height is at least this fraction of the mean of the five fullest (half of it for these)
  double tumour_margin = 10.0;            ///< mm around the tumour that are left out, between voxel centres
  double signal_to_noise = 5.0;           ///< voxels with a smaller S0 over the noise are left out
  double saturation = 0.1;                ///< of S0: a voxel whose signal falls below it, or below 3 noise, is saturated
  double area_percentile = 90.0;          ///< mouridsen: voxels with a smaller early area are left out
  double irregularity_percentile = 75.0;  ///< mouridsen: of those, more irregular ones are left out
  std::size_t clusters = 5;               ///< mouridsen: of the k-means
  int rounds = 2;                         ///< mouridsen: how often the earliest cluster is clustered again, at most
  BolusTiming timing = {};                ///< of the mean curve of the searched voxels, and the baseline of the result
  std::optional<double> echo_time = {};   ///< TE, s; that of the series' protocol when not given
  int threads = 0;                        ///< 0: all cores; the result is the same for any number

  /// `brain`, and `tumour` (optional), on the grid of `series`. A brain without an artery gives the best there is, flagged
  /// dsc.aif.not_arterial and with a low quality. Throws GeometryError; DataError for an empty brain, a tumour that leaves
  /// nothing, no bolus, no usable voxel; OptionError.
  ArterialSelection operator()(const PerfusionSeries& series, const Mask& brain,
                               const std::optional<Mask>& tumour = std::nullopt, const Progress& progress = {}) const {
    return compute(series, brain, tumour ? &*tumour : nullptr, progress);
  }

  /// The same with the whole tumour of a label map.
  ArterialSelection operator()(const PerfusionSeries& series, const Mask& brain, const LabelMap& labels,
                               const Progress& progress = {}) const {
    const Mask tumour = labels.mask(Region::whole_tumour);
    return compute(series, brain, &tumour, progress);
  }

  /// The same without a copy of the mask; nullptr for none.
  ArterialSelection compute(const PerfusionSeries& series, const Mask& brain, const Mask* tumour,
                            const Progress& progress = {}) const;

  /// Throws OptionError for options outside their range.
  void validate() const {
    const auto fits = [](const char* name, double value, double low, double high) {
      detail::require<OptionError>(value >= low && value <= high, name, " is ", value, "; expected ", low, " to ", high);
    };
    fits("voxels", static_cast<double>(voxels), 1, 1e6);
    fits("fullness", fullness, 0, 1);
    fits("tumour_margin", tumour_margin, 0, 1000);
    fits("signal_to_noise", signal_to_noise, 0, 1e6);
    fits("saturation", saturation, 0, 0.99);
    fits("area_percentile", area_percentile, 0, 99.99);
    fits("irregularity_percentile", irregularity_percentile, 1, 100);
    fits("clusters", static_cast<double>(clusters), 2, 1000);
    fits("rounds", rounds, 0, 100);
  }
};

}  // namespace bolus

#include <bolus/dsc/detail/arterial_selection.hpp>

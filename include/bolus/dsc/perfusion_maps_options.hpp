#pragma once
#include <bolus/dsc/deconvolution_operator.hpp>
#include <bolus/dsc/leakage_correction.hpp>
#include <bolus/dsc/parametric_maps.hpp>
#include <vector>

namespace bolus {

/// What some quantities need besides the series and the mask; all on the grid of the series, nullptr where not given.
struct PerfusionReferences {
  const Mask* white_matter = nullptr;         ///< normal-appearing: nrCBV, corrected_nrCBV, relative_PH, normalised_PSR
  const Mask* tissue = nullptr;               ///< brain that does not enhance, the reference of the leakage correction
  const Eigen::VectorXd* arterial = nullptr;  ///< arterial signal, what delay is counted from; the mean curve without it
  const DeconvolutionOperator* deconvolution = nullptr;  ///< prepared with the arterial dR2*: CBF, CBV, MTT, Tmax
  const PerfusionSeries* second_echo = nullptr;          ///< another echo of the same volumes, with its TE
};

/// Maps any set of perfusion quantities. The windows come from the timing of the mask's mean curve; then the series is read
/// once, in blocks of voxels that go through every quantity while they are in the cache, with several voxels in one
/// instruction. What is not asked for is not computed. With two echoes dR2* is free of T1 (see `DualEcho`), and signal
/// quantities and timing are those of the longer echo.
struct PerfusionMaps {
  std::vector<PerfusionQuantity> quantities = {PerfusionQuantity::snr,          PerfusionQuantity::arrival_time,
                                               PerfusionQuantity::time_to_peak, PerfusionQuantity::delta_r2s_max,
                                               PerfusionQuantity::rCBV,         PerfusionQuantity::PH,
                                               PerfusionQuantity::PSR};  ///< what is mapped
  std::optional<double> echo_time = {};             ///< TE of the series, s; that of its protocol when not given
  BolusTiming timing = {};                          ///< of the mean curve
  IntegrationRange range = IntegrationRange::full;  ///< samples that make rCBV, also the corrected one
  LeakageCorrection leakage = {};    ///< its model, max_kep and limit of K2; range, baseline and threads are those here
  double search_margin = 5.0;        ///< s that a voxel's pass may begin before or end after that of the mean curve
  double contrast_threshold = 3.0;   ///< S0 - Smin below this many standard deviations of the baseline is no bolus
  std::size_t timing_voxels = 5000;  ///< about so many, evenly spread, make the mean curve; 0 for all voxels of the mask
  int threads = 0;                   ///< 0: all cores; the result is the same for any number

  /// Of each voxel of `mask`, on the grid of `series`. Throws GeometryError, ShapeError (echoes of different length),
  /// OptionError, and DataError: an empty mask, no TE, no bolus in the mean curve, a reference that a quantity needs and that
  /// is not given or is of no use.
  ParametricMaps operator()(const PerfusionSeries& series, const Mask& mask, const PerfusionReferences& references = {},
                            const Progress& progress = {}) const;

  /// Whether a quantity is asked for.
  bool wants(PerfusionQuantity quantity) const {
    return std::find(quantities.begin(), quantities.end(), quantity) != quantities.end();
  }

  /// Throws OptionError for options outside their range.
  void validate() const {
    detail::require<OptionError>(!quantities.empty(), "no quantity is asked for; choose at least one");
    detail::require<OptionError>(std::isfinite(search_margin) && search_margin >= 0.0, "search_margin is ", search_margin,
                                 "; expected 0 or more seconds");
    detail::require<OptionError>(std::isfinite(contrast_threshold) && contrast_threshold >= 0.0, "contrast_threshold is ",
                                 contrast_threshold, "; expected 0 or more standard deviations");
  }
};

}  // namespace bolus

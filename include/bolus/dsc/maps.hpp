#pragma once
#include <bolus/dsc/arterial_search.hpp>
#include <bolus/dsc/brain_mask.hpp>
#include <bolus/dsc/deconvolution.hpp>
#include <bolus/dsc/perfusion_maps.hpp>
#include <bolus/dsc/reference_tissue.hpp>
#include <bolus/dsc/white_matter.hpp>

namespace bolus {

/// What is already known about a series, all on its grid; what is nullptr and needed is found.
struct PerfusionGiven {
  const Mask* brain = nullptr;                   ///< else BrainMask
  const LabelMap* labels = nullptr;              ///< the tumour, which the references keep away from
  const Mask* white_matter = nullptr;            ///< normal-appearing; else WhiteMatter
  const Mask* tissue = nullptr;                  ///< brain that does not enhance; else ReferenceTissue
  const ArterialCurve* arterial = nullptr;       ///< else ArterialSearch
  const PerfusionSeries* second_echo = nullptr;  ///< another echo of the same volumes, with its TE
};

/// Maps, and what was found on the way to them. What was given or not needed is empty.
struct FoundMaps : ParametricMaps {
  TissueMask brain;                           ///< brain mask, if found
  TissueMask white_matter;                    ///< normal-appearing white matter, if found
  TissueMask tissue;                          ///< reference tissue that does not enhance, if found
  std::optional<ArterialSelection> arterial;  ///< arterial input, if found
};

namespace detail {

inline std::vector<PerfusionQuantity> usual_quantities() {
  using Q = PerfusionQuantity;
  return {Q::snr,
          Q::arrival_time,
          Q::time_to_peak,
          Q::delay,
          Q::delta_r2s_max,
          Q::FWHM,
          Q::rCBV,
          Q::nrCBV,
          Q::corrected_rCBV,
          Q::corrected_nrCBV,
          Q::K2,
          Q::K2_error,
          Q::PH,
          Q::relative_PH,
          Q::PSR,
          Q::normalised_PSR,
          Q::CBF,
          Q::MTT,
          Q::Tmax};
}

/// A mask that was given, or the one that `find` finds and `keep` keeps.
template <class Find>
const Mask* given_or_found(const Mask* given, bool needed, TissueMask& keep, QcFlags& flags, Find&& find) {
  if (given || !needed) return given;
  keep = find();
  flags.insert(flags.end(), keep.flags.begin(), keep.flags.end());
  return &keep.mask;
}

}  // namespace detail

/// Maps a series with nothing else at hand: finds the brain, and as far as the quantities need them white matter, reference
/// tissue and arterial input, with each step's defaults. Flags of what was found are among those of the maps. Throws what the
/// steps throw; the message says which one could not find what, and giving it or leaving out the quantity helps.
inline FoundMaps maps(const PerfusionSeries& series, const PerfusionGiven& given = {},
                      const PerfusionMaps& options = {.quantities = detail::usual_quantities()},
                      const Deconvolution& deconvolution = {}, const Progress& progress = {}) {
  const detail::MapsRequirements needed(options.quantities, options.leakage.model == LeakageModel::bidirectional);
  const int threads = options.threads;
  FoundMaps found;
  QcFlags flags;
  const auto echoes = needed.echoes(options, series, given.second_echo);
  const PerfusionSeries& source = *echoes.longer;  // the echo in which the bolus is deepest
  const Mask* brain = detail::given_or_found(given.brain, true, found.brain, flags, [&] {
    return BrainMask{.baseline = options.timing.baseline, .threads = threads}(source, progress);
  });
  PerfusionReferences references;
  references.second_echo = given.second_echo;
  references.white_matter = detail::given_or_found(given.white_matter, needed.white_matter, found.white_matter, flags, [&] {
    return WhiteMatter{.timing = options.timing, .threads = threads}(source, *brain, given.labels, nullptr, nullptr, progress);
  });
  const ArterialCurve* arterial = given.arterial;
  if (!arterial && (needed.deconvolution || needed.has(PerfusionQuantity::delay))) {
    const ArterialSearch search{.timing = options.timing, .echo_time = options.echo_time, .threads = threads};
    const Mask tumour = given.labels ? given.labels->mask(Region::whole_tumour) : Mask();
    found.arterial = search.compute(source, *brain, given.labels ? &tumour : nullptr, progress);
    flags.insert(flags.end(), found.arterial->flags.begin(), found.arterial->flags.end());
    arterial = &found.arterial->curve;
  }
  references.tissue = detail::given_or_found(given.tissue, needed.leakage, found.tissue, flags, [&] {
    return ReferenceTissue{.timing = options.timing, .threads = threads}(
        source, *brain, given.labels, found.arterial ? &found.arterial->mask : nullptr, progress);
  });
  if (arterial) references.arterial = &arterial->signal;
  std::optional<DeconvolutionOperator> prepared;
  if (needed.deconvolution) {
    detail::require<DataError>(arterial->delta_r2s.size() > 0,
                               "the arterial input has no dR2*; make it with a known TE, or from a series that has one");
    references.deconvolution = &prepared.emplace(deconvolution.prepare(series.times(), arterial->delta_r2s));
  }
  static_cast<ParametricMaps&>(found) = options(series, *brain, references, progress);
  found.flags.insert(found.flags.end(), flags.begin(), flags.end());
  return found;
}

}  // namespace bolus

#pragma once
#include <bolus/dsc/arterial_search.hpp>
#include <bolus/dsc/detail/arterial_choice.hpp>

namespace bolus {

inline ArterialSelection ArterialSearch::compute(const PerfusionSeries& series, const Mask& brain, const Mask* tumour,
                                                 const Progress& progress) const {
  validate();
  detail::require<DataError>(series.data() != nullptr && !brain.empty(), "the series or the brain mask is empty");
  require_same_space(brain.geometry(), series.geometry(), "the brain mask", "the DSC series");
  ArterialSelection result;
  Mask searched(series.geometry());
  std::vector<std::uint8_t> left_out(series.voxel_count(), 0);
  if (tumour) {
    require_same_space(tumour->geometry(), series.geometry(), "the tumour mask", "the DSC series");
    const Mask grown = detail::grown(*tumour, tumour_margin, threads);
    std::copy_n(grown.data(), grown.size(), left_out.data());
  }
  for (std::size_t v = 0; v < searched.size(); ++v) {
    if (!brain.data()[v]) continue;
    searched.data()[v] = left_out[v] ? 0 : 1;
    ++(left_out[v] ? result.tumour_count : result.searched_count);
  }
  detail::require<DataError>(result.searched_count + result.tumour_count > 0, "the brain mask holds no voxel");
  detail::require<DataError>(result.searched_count > 0, "no brain voxel lies more than ", tumour_margin,
                             " mm from the tumour; use a smaller tumour_margin, or give an arterial mask to ArterialInput");
  const auto mean = detail::mask_curve(series, &searched, "the brain outside the tumour", threads, progress);
  result.brain = timing(mean.signal, series.times());
  detail::require<DataError>(
      result.brain.found,
      "no bolus was found in the mean curve of the brain, so there is no arterial input to find; is it a "
      "DSC series with its volumes in order?");
  detail::require<DataError>(result.brain.baseline.mean > 0.0 && mean.signal.minCoeff() > 0.0,
                             "the mean signal of the brain is not positive; is the brain mask on the brain?");
  result.flags = result.brain.flags;
  const auto flag = [&](const char* code, auto... parts) { result.flags.push_back({code, detail::message(parts...)}); };

  const detail::ArterialWindow window(result.brain, series.times());
  const auto candidates = detail::arterial_candidates(series, searched, window, signal_to_noise, saturation, threads, progress);
  result.invalid_count = candidates.not_finite + candidates.not_positive + candidates.noisy;
  detail::require<DataError>(!candidates.voxels.empty(), "none of the ", result.searched_count,
                             " voxels searched can be used: ", candidates.not_finite, " hold NaN or infinity, ",
                             candidates.not_positive, " a signal <= 0, ", candidates.noisy, " have S0 below ", signal_to_noise,
                             " times the noise");
  if (candidates.not_finite + candidates.not_positive > 0) {
    flag("dsc.aif.voxels_invalid", candidates.not_finite, " voxels with NaN or infinity and ", candidates.not_positive,
         " with a signal <= 0 were left out of the search");
  }

  const bool by_clusters = method == ArterialMethod::mouridsen;
  auto pool = detail::arterial_pool(
      series, window, candidates,
      by_clusters ? detail::at_least(candidates.early_area, area_percentile) : detail::at_least(candidates.area, 40.0),
      threads);
  detail::require<DataError>(pool.size() > 0, "in no voxel does the signal fall with the bolus; there is no artery to find");
  if (!by_clusters) {
    const double late = pool.percentile_of(&detail::ArterialFeatures::peak_time, 60.0) + 1e-4;
    pool.keep_if([&](std::size_t i) { return pool.features[i].peak_time <= late; });
  }
  const double rough =
      pool.percentile_of(&detail::ArterialFeatures::irregularity, by_clusters ? irregularity_percentile : 95.0);
  pool.keep_if([&](std::size_t i) { return static_cast<float>(pool.features[i].irregularity) <= static_cast<float>(rough); });

  const auto brain_features = detail::arterial_features(window.depth(mean.signal), window.times);
  auto arterial = pool;
  arterial.keep_if([&](std::size_t i) { return detail::like_artery(arterial.features[i], brain_features); });
  if (arterial.size() > 0) {
    pool = std::move(arterial);
  } else {
    flag("dsc.aif.not_arterial",
         "no voxel arrives no later, runs through sooner, rises higher and is no wider than the "
         "brain's mean: the chosen ones are hardly arteries");
  }
  const auto index_of = [&](std::uint32_t v) {
    const auto& size = series.geometry().size;
    const auto at = static_cast<std::int64_t>(v);
    return std::array<std::int64_t, 3>{at % size[0], at / size[0] % size[1], at / (size[0] * size[1])};
  };
  for (const auto v : pool.voxels) result.candidates.push_back(index_of(v));

  // A clipped peak is worse than one lowered by partial volume: saturated voxels go as long as a few others are there.
  const auto clipped = static_cast<std::size_t>(std::count(pool.saturated.begin(), pool.saturated.end(), std::uint8_t{1}));
  if (clipped > 0 && pool.size() - clipped >= std::min<std::size_t>(voxels, 5)) {
    result.saturated_count = clipped;
    pool.keep_if([&](std::size_t i) { return !pool.saturated[i]; });
    flag("dsc.aif.voxels_saturated", clipped, " candidates fall to the noise floor at their peak and were left out");
  }
  if (by_clusters) {
    detail::keep_earliest(pool, voxels, clusters, rounds);
  } else {
    detail::keep_highest(pool, window.times, voxels);
  }
  detail::keep_fullest(pool, voxels, fullness);

  result.mask = Mask(series.geometry());
  for (const auto v : pool.voxels) {
    result.voxels.push_back(index_of(v));
    result.mask.data()[v] = 1;
  }
  result.curve =
      ArterialInput{.baseline = timing.baseline, .saturation = saturation, .echo_time = echo_time, .threads = threads}(
          series, result.mask, progress);
  for (const auto& one : result.curve.flags) {
    if (std::find(result.flags.begin(), result.flags.end(), one) == result.flags.end()) result.flags.push_back(one);
  }
  if (pool.size() < std::min<std::size_t>(voxels, 5)) {
    flag("dsc.aif.few_voxels", "only ", pool.size(), " voxels were chosen: the curve is noisy");
  }
  result.parts = detail::arterial_quality(pool, result.curve, window, brain_features, saturation);
  result.quality = result.parts.overall();
  if (result.quality < 0.3) {
    flag("dsc.aif.low_quality", "the quality is ", result.quality, " of 1: look at the curve and its voxels before using it, ",
         "or give an arterial mask");
  }
  return result;
}

}  // namespace bolus

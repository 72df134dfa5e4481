#pragma once
#include <bolus/core/detail/mask_distance.hpp>
#include <bolus/dsc/detail/arterial_choice.hpp>
#include <bolus/dsc/gamma_variate_fit.hpp>
#include <bolus/dsc/venous_rescaling.hpp>

namespace bolus {
namespace detail {

/// Area of the first pass of -ln(S / S0), s. `fitted` tells whether it is that of a gamma variate; else it is the trapezoid
/// rule's.
inline double first_pass_area(const ArterialCurve& curve, const BolusTiming& timing, bool& fitted) {
  const double floor = smallest_positive(curve.signal);
  const Eigen::VectorXd depth = -(curve.signal.array().max(floor) / curve.baseline.mean).log();
  const auto times = timing(-depth, curve.times);
  require<DataError>(times.found, "no bolus was found in the curve, so it has no area to compare");
  fitted = false;
  if (depth.size() - times.arrival >= 6) {
    const auto fit = GammaVariateFit{.timing = timing}(depth, curve.times);
    fitted = fit.converged && fit.r_squared >= 0.9 && fit.first_pass_integral > 0.0;
    if (fitted) return fit.first_pass_integral;
  }
  return trapezoid(curve.times, depth, std::max<Eigen::Index>(times.arrival - 1, 0), times.first_pass_end);
}

/// Late voxels of large area, the largest first. Throws DataError when there is none.
inline std::vector<std::uint32_t> venous_voxels(const VenousRescaling& step, const PerfusionSeries& series,
                                                const Mask& searched, const ArterialCurve& arterial, const Progress& progress) {
  const auto mean = mask_curve(series, &searched, "the brain outside the tumour", step.threads, progress);
  const auto timing = step.timing(mean.signal, series.times());
  require<DataError>(timing.found && mean.signal.minCoeff() > 0.0 && timing.baseline.mean > 0.0,
                     "no bolus was found in the mean curve of the brain, so there is no venous output to find; is it a DSC "
                     "series, and are its volumes in order?");
  const ArterialWindow window(timing, series.times());
  const auto candidates =
      arterial_candidates(series, searched, window, step.signal_to_noise, step.saturation, step.threads, progress);
  require<DataError>(!candidates.voxels.empty(),
                     "no voxel of the brain mask can be used: all hold NaN, a signal <= 0 or noise; is the mask on the brain?");
  auto pool = arterial_pool(series, window, candidates, at_least(candidates.area, step.area_percentile), step.threads);
  const auto brain = arterial_features(window.depth(mean.signal), window.times);
  const auto artery = arterial_features(window.depth(arterial.signal), window.times);
  pool.keep_if([&](std::size_t i) {
    const auto& one = pool.features[i];
    return one.first_moment > std::max(brain.first_moment, artery.first_moment) && one.arrival > artery.arrival &&
           one.height > brain.height;
  });
  require<DataError>(pool.size() > 0, "no late voxel with a large area was found; give a mask of a large vein");
  const auto clipped = static_cast<std::size_t>(std::count(pool.saturated.begin(), pool.saturated.end(), std::uint8_t{1}));
  if (clipped > 0 && pool.size() - clipped >= 5) pool.keep_if([&](std::size_t i) { return !pool.saturated[i]; });
  std::vector<std::size_t> order(pool.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return pool.features[a].area > pool.features[b].area; });
  order.resize(std::min(order.size(), step.voxels));
  pool.keep_only(order);
  return pool.voxels;
}

}  // namespace detail

inline RescaledArterial VenousRescaling::operator()(const PerfusionSeries& series, const Mask& brain,
                                                    const ArterialCurve& arterial, const Mask* venous, const Mask* tumour,
                                                    const Progress& progress) const {
  detail::require<OptionError>(voxels >= 1, "voxels is 0; expected at least 1");
  detail::require<OptionError>(area_percentile >= 0.0 && area_percentile < 100.0, "area_percentile is ", area_percentile,
                               "; expected 0 or more, less than 100");
  detail::require<OptionError>(tumour_margin >= 0.0 && tumour_margin <= 1000.0, "tumour_margin is ", tumour_margin,
                               "; expected mm, 0 to 1000");
  detail::require<OptionError>(saturation >= 0.0 && saturation < 1.0, "saturation is ", saturation,
                               "; expected a fraction of S0 in [0, 1)");
  detail::require<DataError>(series.data() != nullptr && !brain.empty(), "the series or the brain mask is empty");
  require_same_space(brain.geometry(), series.geometry(), "the brain mask", "the DSC series");
  detail::require<ShapeError>(arterial.times.size() == series.times().size() &&
                                  arterial.signal.size() == arterial.times.size() &&
                                  (arterial.times - series.times()).cwiseAbs().maxCoeff() < 1e-6,
                              "the arterial curve has other times than the series (", arterial.times.size(), " and ",
                              series.times().size(), " samples)");
  detail::require<DataError>(arterial.signal.allFinite() && arterial.signal.minCoeff() > 0.0 && arterial.baseline.mean > 0.0,
                             "the arterial signal holds NaN or samples <= 0");
  RescaledArterial result;
  if (venous) {
    require_same_space(venous->geometry(), series.geometry(), "the venous mask", "the DSC series");
    result.mask = *venous;
  } else {
    Mask searched = brain;
    if (tumour) {
      require_same_space(tumour->geometry(), series.geometry(), "the tumour mask", "the DSC series");
      const Mask grown = detail::grown(*tumour, tumour_margin, threads);
      for (std::size_t v = 0; v < searched.size(); ++v) searched.data()[v] = searched.data()[v] && !grown.data()[v] ? 1 : 0;
    }
    result.mask = Mask(series.geometry());
    for (const auto v : detail::venous_voxels(*this, series, searched, arterial, progress)) result.mask.data()[v] = 1;
  }
  const ArterialInput mean{
      .baseline = timing.baseline, .saturation = saturation, .echo_time = arterial.echo_time, .threads = threads};
  result.venous = mean(series, result.mask, progress);
  result.flags = result.venous.flags;
  const auto flag = [&](const char* code, auto... parts) { result.flags.push_back({code, detail::message(parts...)}); };
  bool arterial_fitted = false, venous_fitted = false;
  result.arterial_area = detail::first_pass_area(arterial, timing, arterial_fitted);
  result.venous_area = detail::first_pass_area(result.venous, timing, venous_fitted);
  detail::require<DataError>(result.arterial_area > 0.0, "the arterial curve has no positive area under its first pass");
  if (!arterial_fitted || !venous_fitted) {
    flag("dsc.venous.no_fit", "a gamma variate does not fit the ", arterial_fitted ? "venous" : "arterial",
         " curve: its area is that of the samples up to the end of the first pass");
  }
  if (result.venous.voxel_count < 5) flag("dsc.venous.few_voxels", "only ", result.venous.voxel_count, " venous voxels");
  result.factor = std::max(1.0, result.venous_area / result.arterial_area);
  if (result.venous_area < result.arterial_area) {
    flag("dsc.venous.not_larger", "the venous area is ", result.venous_area / result.arterial_area,
         " of the arterial one: the arterial input was left as it is");
  }
  result.arterial = arterial;
  const Eigen::ArrayXd depth = -(arterial.signal.array() / arterial.baseline.mean).log();
  result.arterial.signal = arterial.baseline.mean * (-result.factor * depth).exp();
  const auto voxel_flags = arterial.flags;
  mean.judge(result.arterial, arterial.echo_time);
  if (arterial.delta_r2s.size() > 0) result.arterial.delta_r2s = result.factor * arterial.delta_r2s;
  for (const auto& one : voxel_flags) {
    if (std::find(result.arterial.flags.begin(), result.arterial.flags.end(), one) == result.arterial.flags.end()) {
      result.arterial.flags.push_back(one);
    }
  }
  return result;
}

}  // namespace bolus

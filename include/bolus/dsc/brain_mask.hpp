#pragma once
#include <bolus/core/detail/mask_components.hpp>
#include <bolus/core/detail/mask_distance.hpp>
#include <bolus/dsc/detail/intensity_split.hpp>
#include <bolus/dsc/detail/mask_curve.hpp>
#include <bolus/dsc/tissue_mask.hpp>

namespace bolus {

/// Brain of a T2*-weighted series from its intensity alone: the mean baseline image is cut between its background and its
/// tissue level (Otsu, IEEE Trans Syst Man Cybern 1979), thin bridges are opened, the largest part is kept and the holes of its
/// slices are filled. Scalp that stays connected, or brain that has lost its signal near air, it cannot tell; a skull strip
/// of a structural image, brought to this grid, is better where there is one.
struct BrainMask {
  Baseline baseline = {};  ///< how the pre-bolus window of the whole series is found
  double fraction = 0.5;   ///< threshold between the median of the background (0) and that of the tissue (1)
  double opening = 6.0;    ///< mm eroded before the largest part is chosen, and grown back
  int threads = 0;         ///< 0: all cores; the result is the same for any number

  /// The coefficient of variation is that of the baseline signal in the mask. Voxels with NaN or infinity in some volume are
  /// left out. Flags: those of the baseline, and dsc.brain.not_finite, .no_background (nothing darker than the tissue), .small
  /// (below 200 mL), .fragmented (the largest part is less than 80 % of what is bright). Throws DataError when no voxel has
  /// signal, OptionError.
  TissueMask operator()(const PerfusionSeries& series, const Progress& progress = {}) const {
    detail::require<OptionError>(fraction > 0.0 && fraction < 1.0, "fraction is ", fraction, "; expected one in (0, 1)");
    detail::require<OptionError>(std::isfinite(opening) && opening >= 0.0, "opening is ", opening, "; expected mm, 0 or more");
    detail::require<DataError>(series.data() != nullptr, "the series is empty");
    const auto mean = detail::mask_curve(series, nullptr, "the series", threads, progress);
    BaselineWindow window;
    window.last = static_cast<Eigen::Index>(series.frames());
    if (mean.signal.size() - baseline.skip >= 3) window = baseline(mean.signal, series.times());
    TissueMask result{Mask(series.geometry()), 0, 0.0, window.flags};
    const auto flag = [&](const char* code, auto... parts) { result.flags.push_back({code, detail::message(parts...)}); };
    if (mean.excluded > 0) {
      flag("dsc.brain.not_finite", mean.excluded, " voxels hold NaN or infinity in some volume and are not brain");
    }

    const auto image = mean_image(series, window, progress);
    const auto levels = detail::split_intensity(image);
    detail::require<DataError>(levels.bright > 0.0,
                               "no voxel of the series has a positive signal before the bolus; are these magnitude images?");
    if (levels.dark > 0.5 * levels.bright) {
      flag("dsc.brain.no_background", "the darker part of the image has ", levels.dark, ", the brighter ", levels.bright,
           ": there may be no background in it, and the mask may be a part of the brain");
    }
    const double threshold = levels.dark + fraction * (levels.bright - levels.dark);
    Mask bright(series.geometry());
    std::size_t bright_count = 0;
    for (std::size_t v = 0; v < bright.size(); ++v) {
      bright_count += bright.data()[v] = static_cast<double>(image[v]) > threshold ? 1 : 0;
    }
    const Mask core = detail::largest_component(opening > 0.0 ? opened(bright, image) : bright);
    const bool kept = std::any_of(core.values().begin(), core.values().end(), [](auto v) { return v != 0; });
    const Mask whole = kept ? detail::grown(core, opening, threads) : detail::largest_component(bright);
    std::size_t whole_count = 0;
    for (std::size_t v = 0; v < bright.size(); ++v) {
      whole_count += result.mask.data()[v] = whole.data()[v] && bright.data()[v] ? 1 : 0;
    }
    detail::fill_holes(result.mask);

    std::vector<float> values;
    for (std::size_t v = 0; v < bright.size(); ++v) {
      if (!(image[v] >= 0.0F)) result.mask.data()[v] = 0;
      if (result.mask.data()[v]) values.push_back(image[v]);
    }
    result.voxel_count = values.size();
    result.coefficient_of_variation = detail::variation(values);
    if (static_cast<double>(whole_count) < 0.8 * static_cast<double>(bright_count)) {
      flag("dsc.brain.fragmented", "the largest part holds ", whole_count, " of ", bright_count, " bright voxels");
    }
    const double volume = static_cast<double>(result.voxel_count) * series.geometry().spacing.prod() / 1000.0;
    if (volume < 200.0) flag("dsc.brain.small", "the brain mask holds only ", volume, " mL");
    return result;
  }

 private:
  /// The mask eroded by `opening`. Slices without any signal take no part: nothing is known there, as beyond the image.
  Mask opened(const Mask& bright, const std::vector<float>& image) const {
    const auto& size = bright.geometry().size;
    const auto slice = static_cast<std::size_t>(size[0] * size[1]);
    std::vector<std::size_t> empty;
    Mask padded = bright;
    for (std::size_t first = 0; first < bright.size(); first += slice) {
      const auto begin = image.begin() + static_cast<std::ptrdiff_t>(first);
      if (std::any_of(begin, begin + static_cast<std::ptrdiff_t>(slice), [](float value) { return value > 0.0F; })) continue;
      empty.push_back(first);
      std::fill_n(padded.data() + first, slice, std::uint8_t{1});
    }
    Mask result = detail::eroded(padded, opening, threads);
    for (const auto first : empty) std::fill_n(result.data() + first, slice, std::uint8_t{0});
    return result;
  }

  /// Mean over the window; -1 where a volume of the series is not finite.
  std::vector<float> mean_image(const PerfusionSeries& series, const BaselineWindow& window, const Progress& progress) const {
    std::vector<float> image(series.voxel_count(), 0.0F);
    const auto first = static_cast<std::size_t>(window.first), last = static_cast<std::size_t>(window.last);
    parallel_for(
        image.size(), 8192, threads,
        [&](std::size_t begin, std::size_t end) {
          std::vector<float> sum(end - begin, 0.0F), check(end - begin, 0.0F);
          for (std::size_t t = 0; t < series.frames(); ++t) {
            const auto frame = series.frame(t);
            const bool inside = t >= first && t < last;
            for (std::size_t v = begin; v < end; ++v) {
              if (inside) sum[v - begin] += frame[v];
              check[v - begin] += 0.0F * frame[v];  // NaN for NaN and for infinity
            }
          }
          for (std::size_t v = begin; v < end; ++v) {
            const bool finite = check[v - begin] == 0.0F && std::isfinite(sum[v - begin]);
            image[v] = finite ? std::max(0.0F, sum[v - begin] / static_cast<float>(last - first)) : -1.0F;
          }
        },
        progress, "brain mask");
    return image;
  }
};

}  // namespace bolus

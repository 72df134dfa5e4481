#pragma once
#include <bolus/core/curve_set.hpp>
#include <bolus/dsc/detail/intensity_split.hpp>
#include <bolus/dsc/detail/region_sums.hpp>

namespace bolus::detail {

/// Mean curves of the voxels of a mask in three equal parts by how much their signal changes over time, relative to its mean:
/// least, middle, most. Without a mask the voxels brighter than the background. Throws DataError when there is none.
inline CurveSet voxel_tiers(const PerfusionSeries& series, const Mask* mask, int threads, const Progress& progress) {
  const std::size_t count = series.voxel_count();
  std::vector<float> mean(count), change(count);
  const auto frames = static_cast<float>(series.frames());
  parallel_for(
      count, 8192, threads,
      [&](std::size_t begin, std::size_t end) {
        std::vector<float> sum(end - begin, 0.0F), square(end - begin, 0.0F);
        const auto first = series.frame(0);
        for (std::size_t t = 0; t < series.frames(); ++t) {
          const auto frame = series.frame(t);
          for (std::size_t v = begin; v < end; ++v) {
            const float apart = frame[v] - first[v];  // around the first volume: float is enough then
            sum[v - begin] += apart;
            square[v - begin] += apart * apart;
          }
        }
        for (std::size_t v = begin; v < end; ++v) {
          const float offset = sum[v - begin] / frames;
          const float level = first[v] + offset, variance = square[v - begin] / frames - offset * offset;
          const bool usable = std::isfinite(level) && std::isfinite(variance) && level > 0.0F;
          mean[v] = usable ? level : -1.0F;
          change[v] = usable ? std::sqrt(std::max(0.0F, variance)) / level : 0.0F;
        }
      },
      progress, "volume outliers");
  double threshold = 0.0;
  if (!mask) {
    const auto levels = split_intensity(mean);
    threshold = levels.dark + 0.4 * (levels.bright - levels.dark);
  }
  std::vector<std::pair<float, std::uint32_t>> order;
  for (std::size_t v = 0; v < count; ++v) {
    if (mean[v] > 0.0F && (mask ? mask->data()[v] != 0 : static_cast<double>(mean[v]) >= threshold)) {
      order.emplace_back(change[v], static_cast<std::uint32_t>(v));
    }
  }
  require<DataError>(!order.empty(), "no voxel ", mask ? "of the mask " : "", "has a finite, positive mean signal");
  std::sort(order.begin(), order.end());
  std::vector<std::uint8_t> classes(count, 0);
  for (std::size_t i = 0; i < order.size(); ++i) {
    classes[order[i].second] = static_cast<std::uint8_t>(1U << (3 * i / order.size()));
  }
  const auto sums = sum_regions(series, classes, threads, progress);
  CurveSet curves;
  curves.times = series.times();
  for (const std::size_t tier : {std::size_t{1}, std::size_t{2}, std::size_t{4}}) {
    if (sums.counts[tier] == 0) continue;
    curves.names.push_back(message("tier ", tier));
    curves.values.conservativeResize(curves.times.size(), static_cast<Eigen::Index>(curves.names.size()));
    for (Eigen::Index t = 0; t < curves.times.size(); ++t) {
      curves.values(t, curves.values.cols() - 1) =
          sums.sums[static_cast<std::size_t>(t)][tier] / static_cast<double>(sums.counts[tier]);
    }
  }
  return curves;
}

}  // namespace bolus::detail

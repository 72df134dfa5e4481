#pragma once
#include <array>
#include <bolus/core/parallel.hpp>
#include <bolus/core/perfusion_series.hpp>
#include <cmath>
#include <cstdint>
#include <vector>

namespace bolus::detail {

/// Sums of signal over classes of voxels. A voxel's class is a set of bits; each combination of bits is summed apart.
struct RegionSums {
  static constexpr std::size_t combinations = 16;
  using Sums = std::array<double, combinations>;
  std::vector<Sums> sums;                            ///< one per frame, signal units
  std::array<std::size_t, combinations> counts{};    ///< voxels of each combination that were summed
  std::array<std::size_t, combinations> excluded{};  ///< voxels left out because a frame holds NaN or infinity there
  std::vector<std::uint32_t> voxels;                 ///< those that were summed, in the order of memory

  /// Mean signal of one combination, which must hold a voxel.
  Eigen::VectorXd mean(std::size_t combination) const {
    Eigen::VectorXd curve(static_cast<Eigen::Index>(sums.size()));
    for (std::size_t t = 0; t < sums.size(); ++t) {
      curve[static_cast<Eigen::Index>(t)] = sums[t][combination] / static_cast<double>(counts[combination]);
    }
    return curve;
  }
};

/// Reads every frame once, in the order of the voxels, frames in parallel. Voxels that are not finite in some frame are
/// left out of all of them; only when there are such voxels is the series read a second time.
inline RegionSums sum_regions(const PerfusionSeries& series, const std::vector<std::uint8_t>& classes, int threads,
                              const Progress& progress) {
  std::vector<std::uint32_t> voxels;
  for (std::size_t v = 0; v < classes.size(); ++v) {
    if (classes[v] != 0) voxels.push_back(static_cast<std::uint32_t>(v));
  }
  RegionSums result;
  std::vector<std::uint8_t> left_out;
  while (true) {
    result.sums.assign(series.frames(), RegionSums::Sums{});
    std::vector<std::vector<std::uint32_t>> broken(series.frames());
    parallel_for(
        series.frames(), 1, threads,
        [&](std::size_t t, std::size_t) {
          const auto frame = series.frame(t);
          auto& sums = result.sums[t];
          for (const auto v : voxels) {
            if (std::isfinite(frame[v])) {
              sums[classes[v]] += static_cast<double>(frame[v]);
            } else {
              broken[t].push_back(v);
            }
          }
        },
        progress, "reading region curves");
    left_out.assign(series.voxel_count(), 0);
    bool any = false;
    for (const auto& frame : broken) {
      for (const auto v : frame) left_out[v] = 1;
      any = any || !frame.empty();
    }
    if (!any) break;
    std::erase_if(voxels, [&](std::uint32_t v) {
      if (left_out[v]) ++result.excluded[classes[v]];
      return left_out[v] != 0;
    });
  }
  for (const auto v : voxels) ++result.counts[classes[v]];
  result.voxels = std::move(voxels);
  return result;
}

}  // namespace bolus::detail

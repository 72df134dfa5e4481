#pragma once
#include <bolus/dsc/bolus_timing.hpp>
#include <bolus/dsc/detail/region_sums.hpp>

namespace bolus::detail {

/// Mean signal of the voxels of a mask (every voxel without one), and how many were finite in every volume and averaged.
struct MaskCurve {
  Eigen::VectorXd signal;
  std::size_t voxel_count = 0, excluded = 0;
};

/// Throws DataError when no voxel is left. `what` names the mask in messages.
inline MaskCurve mask_curve(const PerfusionSeries& series, const Mask* mask, const char* what, int threads,
                            const Progress& progress) {
  std::vector<std::uint8_t> classes(series.voxel_count(), 1);
  std::size_t marked = classes.size();
  if (mask) {
    marked = 0;
    for (std::size_t v = 0; v < classes.size(); ++v) marked += classes[v] = mask->data()[v] ? 1 : 0;
  }
  require<DataError>(marked > 0, what, " holds no voxel");
  const auto sums = sum_regions(series, classes, threads, progress);
  require<DataError>(sums.counts[1] > 0, "every voxel of ", what, " holds NaN or infinity in some volume");
  return {sums.mean(1), sums.counts[1], sums.excluded[1]};
}

}  // namespace bolus::detail

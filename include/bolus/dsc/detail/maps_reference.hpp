#pragma once
#include <bolus/dsc/detail/maps_engine.hpp>

namespace bolus::detail {

/// Mean dR2* of the reference tissue, and what the leakage fits of all voxels share.
inline void MapsEngine::find_reference() {
  const VoxelRuns tissue(*references_.tissue);
  require<DataError>(tissue.count() > 0, "the mask of the reference tissue holds no voxel; give another");
  const auto frames = static_cast<std::size_t>(plan_.frames);
  const std::size_t columns = MapsWorkspace::columns_for(plan_.frames);
  const std::size_t blocks = (tissue.count() + columns - 1) / columns;
  std::vector<std::vector<double>> parts(blocks, std::vector<double>(frames + 1, 0.0));
  for_blocks(tissue, 1, "reference curve", [&](MapsWorkspace&, const MapsBlock& block, std::size_t begin, std::size_t) {
    sum_maps_block(plan_, block, parts[begin / columns].data(), maps_lanes());
  });
  maps_.reference.setZero(plan_.frames);
  double voxels = 0.0;
  for (const auto& part : parts) {
    for (std::size_t t = 0; t < frames; ++t) maps_.reference[static_cast<Eigen::Index>(t)] += part[t];
    voxels += part[frames];
  }
  require<DataError>(voxels > 0.0, "no voxel of the reference tissue is positive and finite in every volume");
  for (Eigen::Index t = 0; t < plan_.frames; ++t) maps_.reference[t] /= voxels;

  LeakageCorrection leakage = options_.leakage;
  leakage.range = options_.range;
  leakage.baseline = options_.timing.baseline;
  solver_ = leakage.prepare(maps_.times, maps_.reference, &maps_.flags);
  solver_.volume_first = first_;
  solver_.volume_last = last_;
  if (required_.bidirectional) return;
  const LeakageBasis& basis = solver_.plain;
  const Eigen::Index count = plan_.frames;
  leakage_rows_ = {cast(basis.solve.data(), count), cast(basis.solve.data() + count, count),  // row-major: 2 x n
                   cast(maps_.reference.data(), count), cast(basis.integral.data(), count)};
  leakage_volume_ = trapezoid(maps_.times, basis.integral, first_, last_);
  plan_.leakage = {leakage_rows_[0].data(),
                   leakage_rows_[1].data(),
                   leakage_rows_[2].data(),
                   leakage_rows_[3].data(),
                   static_cast<int>(solver_.first),
                   static_cast<int>(solver_.last),
                   static_cast<int>(solver_.noise_first),
                   static_cast<int>(solver_.noise_last),
                   static_cast<float>(-basis.covariance(0, 1) / basis.covariance(1, 1)),
                   static_cast<float>(std::sqrt(basis.covariance(1, 1))),
                   static_cast<float>(std::min(options_.leakage.max_coefficient_of_variation, 3e38))};
}

}  // namespace bolus::detail

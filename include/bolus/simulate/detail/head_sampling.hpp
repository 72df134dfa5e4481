#pragma once
#include <bolus/core/label_map.hpp>
#include <bolus/simulate/detail/head_anatomy.hpp>

namespace bolus::detail {

/// Shares of all tissues in each voxel of a grid, vessels included; `grid_from_head` is rigid, LPS mm. Wide voxels are averaged
/// over points at most 2.5 mm apart.
inline std::vector<TissueShares> sample_head(const HeadAnatomy& anatomy, const Geometry& grid,
                                             const Eigen::Matrix4d& grid_from_head, int threads,
                                             const Progress& progress = {}) {
  const VoxelPoints points_of(grid, rigid_inverse(grid_from_head));
  std::array<int, 3> parts;
  for (int axis = 0; axis < 3; ++axis) parts[axis] = std::max(1, static_cast<int>(std::ceil(grid.spacing[axis] / 2.5)));
  const int points = parts[0] * parts[1] * parts[2];
  const double width = std::cbrt(grid.spacing.prod() / points);
  const auto arteries = tube_occupancy(anatomy.arteries(), grid, grid_from_head, threads);
  const auto veins = tube_occupancy(anatomy.veins(), grid, grid_from_head, threads);
  std::vector<TissueShares> shares(grid.voxel_count());
  parallel_for(
      shares.size(), 4096, threads,
      [&](std::size_t begin, std::size_t end) {
        for (std::size_t v = begin; v < end; ++v) {
          auto& sum = shares[v];
          for (int point = 0; point < points; ++point) {
            const auto one = anatomy.shares(
                points_of(v, (point % parts[0] + 0.5) / parts[0] - 0.5, (point / parts[0] % parts[1] + 0.5) / parts[1] - 0.5,
                          (point / parts[0] / parts[1] + 0.5) / parts[2] - 0.5),
                width);
            for (std::size_t k = 0; k < tissue_class_count; ++k) sum[k] += one[k] / static_cast<float>(points);
          }
          const float artery = arteries.data()[v], vein = std::min(veins.data()[v], 1.0F - artery);
          for (auto& share : sum) share *= 1.0F - artery - vein;
          sum[static_cast<std::size_t>(TissueClass::artery)] = artery;
          sum[static_cast<std::size_t>(TissueClass::vein)] = vein;
        }
      },
      progress, "sampling the head");
  return shares;
}

/// The class with the largest share; of equal ones the first.
inline TissueClass largest_share(const TissueShares& shares) {
  return static_cast<TissueClass>(std::max_element(shares.begin(), shares.end()) - shares.begin());
}

/// BraTS label of a voxel: the part of the tumour with the largest share, where the tumour has at least half of it.
inline std::uint8_t label_of(const TissueShares& shares) {
  const float enhancing = shares[static_cast<std::size_t>(TissueClass::enhancing)],
              core = shares[static_cast<std::size_t>(TissueClass::non_enhancing)],
              oedema = shares[static_cast<std::size_t>(TissueClass::oedema)];
  if (enhancing + core + oedema < 0.5F) return LabelValue::background;
  if (enhancing >= core && enhancing >= oedema) return LabelValue::enhancing;
  return core >= oedema ? LabelValue::non_enhancing : LabelValue::oedema;
}

}  // namespace bolus::detail

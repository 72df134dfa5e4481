#pragma once
#include <bolus/core/detail/mask_distance.hpp>
#include <bolus/core/detail/quantile.hpp>
#include <bolus/segment/detail/mask_box.hpp>
#include <cmath>

namespace bolus::detail {

/// Voxels of the mask with a face on something else; what lies beyond the edge of the grid counts as something else.
inline Mask surface_voxels(const Mask& mask) {
  const auto nx = mask.geometry().size[0], ny = mask.geometry().size[1], nz = mask.geometry().size[2];
  Mask surface(mask.geometry());
  const auto* in = mask.data();
  std::int64_t v = 0;
  for (std::int64_t z = 0; z < nz; ++z) {
    for (std::int64_t y = 0; y < ny; ++y) {
      for (std::int64_t x = 0; x < nx; ++x, ++v) {
        if (!in[v]) continue;
        const bool within = x > 0 && x + 1 < nx && y > 0 && y + 1 < ny && z > 0 && z + 1 < nz && in[v - 1] && in[v + 1] &&
                            in[v - nx] && in[v + nx] && in[v - nx * ny] && in[v + nx * ny];
        surface.data()[v] = within ? 0 : 1;
      }
    }
  }
  return surface;
}

/// How far two surfaces lie apart.
struct SurfaceDistances {
  double hausdorff = 0.0, hausdorff95 = 0.0;  ///< mm
  double surface_dice = 1.0;
};

/// Distances in mm from the surface voxels `from` to the nearest of those whose squared distances are given; ascending.
inline std::vector<double> directed_distances(const Mask& from, const std::vector<float>& squared) {
  std::vector<double> distances;
  for (std::size_t v = 0; v < from.size(); ++v) {
    if (from.data()[v]) distances.push_back(std::sqrt(static_cast<double>(squared[v])));
  }
  std::sort(distances.begin(), distances.end());
  return distances;
}

/// Between two masks on one (small) grid, neither of them empty.
inline SurfaceDistances surface_distances(const Mask& first, const Mask& second, double tolerance, int threads) {
  const auto a = surface_voxels(first), b = surface_voxels(second);
  const auto to_b = directed_distances(a, squared_distance(b, false, threads));
  const auto to_a = directed_distances(b, squared_distance(a, false, threads));
  SurfaceDistances result;
  result.hausdorff = std::max(to_a.back(), to_b.back());
  result.hausdorff95 = std::max(sorted_quantile(to_a, 0.95), sorted_quantile(to_b, 0.95));
  const double limit = tolerance * (1.0 + 1e-6);  // a distance of exactly the tolerance counts, rounded or not
  const auto near = [&](const std::vector<double>& distances) {
    return static_cast<double>(std::upper_bound(distances.begin(), distances.end(), limit) - distances.begin());
  };
  result.surface_dice = (near(to_a) + near(to_b)) / static_cast<double>(to_a.size() + to_b.size());
  return result;
}

}  // namespace bolus::detail

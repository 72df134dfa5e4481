#pragma once
#include <algorithm>
#include <array>
#include <bolus/core/image.hpp>
#include <bolus/dsc/detail/voxel_block.hpp>
#include <cmath>
#include <vector>

namespace bolus::detail {

/// The plane between the two halves of a brain, in LPS mm.
struct MirrorPlane {
  Eigen::Vector3d point = Eigen::Vector3d::Zero();
  Eigen::Vector3d normal = Eigen::Vector3d::UnitX();  ///< towards the patient's left
  double asymmetry = 0.0;                             ///< 0: both halves alike, 1: nothing has a counterpart

  double distance(const Eigen::Vector3d& position) const { return normal.dot(position - point); }
  Eigen::Vector3d mirrored(const Eigen::Vector3d& position) const { return position - 2.0 * distance(position) * normal; }
};

/// How unlike two mirrored halves are: the mean over `samples` of 1 where the counterpart lies outside the mask, else half the
/// relative difference of the intensities. Counterparts above or below the slab do not count; 1 when most lie there.
inline double asymmetry_of(const MirrorPlane& plane, const Mask& mask, const std::vector<float>& intensity,
                           const std::vector<std::uint32_t>& samples) {
  const Geometry& geometry = mask.geometry();
  // From index to mirrored index is one affine map: its offset and its three columns.
  const auto mapped = [&](double x, double y, double z) {
    return geometry.index_of(plane.mirrored(geometry.point_of(Eigen::Vector3d(x, y, z))));
  };
  std::array<Eigen::Vector3d, 4> map{mapped(0.0, 0.0, 0.0), mapped(1.0, 0.0, 0.0), mapped(0.0, 1.0, 0.0),
                                     mapped(0.0, 0.0, 1.0)};
  for (std::size_t k = 1; k < 4; ++k) map[k] -= map[0];
  double sum = 0.0;
  std::size_t counted = 0;
  for (const auto v : samples) {
    const auto rest = static_cast<std::int64_t>(v) / geometry.size[0];
    const std::array<double, 3> index{static_cast<double>(static_cast<std::int64_t>(v) % geometry.size[0]),
                                      static_cast<double>(rest % geometry.size[1]),
                                      static_cast<double>(rest / geometry.size[1])};
    const auto nearest = [&](Eigen::Index axis) {
      return static_cast<std::int64_t>(
          std::floor(map[0][axis] + index[0] * map[1][axis] + index[1] * map[2][axis] + index[2] * map[3][axis] + 0.5));
    };
    const std::int64_t i = nearest(0), j = nearest(1), k = nearest(2);
    if (k < 0 || k >= geometry.size[2]) continue;
    ++counted;
    const bool in = i >= 0 && i < geometry.size[0] && j >= 0 && j < geometry.size[1];
    const auto n = in ? static_cast<std::size_t>(i + geometry.size[0] * (j + geometry.size[1] * k)) : std::size_t{0};
    if (!in || !mask.data()[n]) {
      sum += 1.0;
      continue;
    }
    const double one = static_cast<double>(intensity[v]), two = static_cast<double>(intensity[n]);
    sum += one + two > 0.0 ? 0.5 * std::abs(one - two) / (one + two) : 0.0;
  }
  return 2 * counted > samples.size() ? sum / static_cast<double>(counted) : 1.0;
}

/// The plane about which mask and intensity (one value per voxel of the grid) are most alike: a search over shift, yaw and roll
/// around the sagittal plane through the centre of the mask, coarse first, then with halved steps. The patient must lie about
/// straight (within 20 degrees) in a geometry that knows left from right. `mask` must not be empty.
inline MirrorPlane find_mirror_plane(const Mask& mask, const std::vector<float>& intensity) {
  const Geometry& geometry = mask.geometry();
  const auto voxels = voxels_of(mask);
  Eigen::Vector3d centre = Eigen::Vector3d::Zero();
  for (const auto v : voxels) {
    const auto rest = static_cast<std::int64_t>(v) / geometry.size[0];
    centre += Eigen::Vector3d(static_cast<double>(static_cast<std::int64_t>(v) % geometry.size[0]),
                              static_cast<double>(rest % geometry.size[1]), static_cast<double>(rest / geometry.size[1]));
  }
  centre = geometry.point_of(centre / static_cast<double>(voxels.size()));
  const auto every = [&](std::size_t wanted) {
    std::vector<std::uint32_t> chosen;
    const std::size_t step = std::max<std::size_t>(1, voxels.size() / wanted) | 1U;  // odd: no stripes along x
    for (std::size_t i = 0; i < voxels.size(); i += step) chosen.push_back(voxels[i]);
    return chosen;
  };
  constexpr double largest_angle = 25.0;
  const auto plane_of = [&](const Eigen::Vector3d& p) {  // shift in mm, yaw and roll in degrees
    constexpr double degree = 3.14159265358979323846 / 180.0;
    MirrorPlane plane;
    plane.normal = Eigen::Vector3d(std::cos(p[1] * degree) * std::cos(p[2] * degree), std::sin(p[1] * degree),
                                   std::cos(p[1] * degree) * std::sin(p[2] * degree));
    plane.point = centre + p[0] * plane.normal;
    return plane;
  };
  const auto cost = [&](const Eigen::Vector3d& p, const std::vector<std::uint32_t>& samples) {
    if (std::max(std::abs(p[1]), std::abs(p[2])) > largest_angle) return 2.0;
    return asymmetry_of(plane_of(p), mask, intensity, samples) +
           2e-4 * (std::abs(p[0]) + std::abs(p[1]) + std::abs(p[2]));  // of equals the straightest
  };
  Eigen::Vector3d best = Eigen::Vector3d::Zero();
  const auto few = every(1500), many = every(8000);
  double smallest = cost(best, few);
  for (double shift = -16.0; shift <= 16.0; shift += 4.0) {
    for (double yaw = -20.0; yaw <= 20.0; yaw += 5.0) {
      for (double roll = -20.0; roll <= 20.0; roll += 5.0) {
        const Eigen::Vector3d p(shift, yaw, roll);
        const double value = cost(p, few);
        if (value < smallest) {
          smallest = value;
          best = p;
        }
      }
    }
  }
  smallest = cost(best, many);
  for (double step = 2.0; step > 0.2; step *= 0.5) {
    for (bool better = true; better;) {
      better = false;
      for (int k = 0; k < 6; ++k) {
        Eigen::Vector3d p = best;
        p[k / 2] += k % 2 ? step : -step;
        const double value = cost(p, many);
        if (value >= smallest - 1e-9) continue;
        smallest = value;
        best = p;
        better = true;
      }
    }
  }
  MirrorPlane plane = plane_of(best);
  plane.asymmetry = asymmetry_of(plane, mask, intensity, many);
  return plane;
}

}  // namespace bolus::detail

#pragma once
#include <algorithm>
#include <bolus/core/label_map.hpp>
#include <bolus/core/random.hpp>
#include <bolus/simulate/detail/voxel_points.hpp>
#include <cmath>
#include <vector>

namespace bolus::detail {

/// Voxels near the point that mirrors the tumour in the brain's centre, where
/// the phantom puts its artery: `count` brain voxels outside the tumour, the
/// nearest first, in mm; of equally near ones the first in memory. The middle
/// of the way is taken so that the artery lies well inside the brain.
inline Mask place_artery(const LabelMap& labels, const Mask& brain, std::size_t count) {
  const Geometry& geometry = brain.geometry();
  Eigen::Vector3d brain_centre = Eigen::Vector3d::Zero(), tumour_centre = Eigen::Vector3d::Zero();
  double brain_voxels = 0.0, tumour_voxels = 0.0;
  std::vector<std::pair<std::uint32_t, Eigen::Vector3d>> candidates;
  for (std::size_t v = 0; v < brain.size(); ++v) {
    const bool tumour = labels.image().data()[v] != 0;
    if (!brain.data()[v] && !tumour) continue;
    const Eigen::Vector3d point = grid_position(geometry, v);
    brain_centre += point;
    brain_voxels += 1.0;
    if (tumour) {
      tumour_centre += point;
      tumour_voxels += 1.0;
    } else {
      candidates.emplace_back(static_cast<std::uint32_t>(v), point);
    }
  }
  require<DataError>(candidates.size() >= count, "the brain has only ", candidates.size(),
                     " voxels outside the tumour; an artery of ", count, " voxels does not fit");
  brain_centre /= brain_voxels;
  if (tumour_voxels > 0.0) tumour_centre /= tumour_voxels;
  const Eigen::Vector3d target = tumour_voxels > 0.0 ? brain_centre + 0.5 * (brain_centre - tumour_centre) : brain_centre;
  std::vector<std::pair<double, std::uint32_t>> order;
  for (const auto& [voxel, point] : candidates) order.emplace_back((point - target).squaredNorm(), voxel);
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end());
  Mask artery(geometry);
  for (std::size_t i = 0; i < count; ++i) artery.data()[order[i].second] = 1;
  return artery;
}

/// Smooth random field in [0, 1]: random values on a lattice `cell` mm wide,
/// straight lines between them.
class SmoothNoise {
 public:
  SmoothNoise(RandomStream random, double cell) : random_(random), cell_(cell) {}

  double operator()(const Eigen::Vector3d& position) const {
    double base[3], part[3];
    for (int axis = 0; axis < 3; ++axis) {
      const double scaled = position[axis] / cell_;
      base[axis] = std::floor(scaled);
      part[axis] = scaled - base[axis];
    }
    double value = 0.0;
    for (int corner = 0; corner < 8; ++corner) {
      double weight = 1.0;
      std::uint64_t index = 0;
      for (int axis = 0; axis < 3; ++axis) {
        const int up = (corner >> axis) & 1;
        weight *= up ? part[axis] : 1.0 - part[axis];
        index = (index << 21) | (static_cast<std::uint64_t>(static_cast<std::int64_t>(base[axis]) + up) & 0x1FFFFF);
      }
      value += weight * random_.uniform(index);
    }
    return value;
  }

 private:
  RandomStream random_;
  double cell_;
};

}  // namespace bolus::detail

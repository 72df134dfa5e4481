#pragma once
#include <bolus/core/label_map.hpp>
#include <bolus/dsc/detail/mirror_plane.hpp>

namespace bolus::detail {

/// LPS position in mm of a voxel given by its place in memory.
inline Eigen::Vector3d position_of(const Geometry& geometry, std::size_t v) {
  const auto x = static_cast<std::int64_t>(v) % geometry.size[0], rest = static_cast<std::int64_t>(v) / geometry.size[0];
  return geometry.point_of(Eigen::Vector3d(static_cast<double>(x), static_cast<double>(rest % geometry.size[1]),
                                           static_cast<double>(rest / geometry.size[1])));
}

/// The half of the brain without the tumour, and the tumour mirrored into it.
struct ContralateralSide {
  double sign = 0.0;         ///< of the distance from the plane; 0 without a tumour: both halves
  double other_share = 0.0;  ///< of the tumour, on that side
  Mask tumour_and_mirror;    ///< without margin
};

inline ContralateralSide contralateral_side(const LabelMap& labels, const MirrorPlane& plane) {
  const Geometry& geometry = labels.geometry();
  ContralateralSide side{0.0, 0.0, Mask(geometry)};
  std::size_t left = 0, right = 0;
  for (std::size_t v = 0; v < side.tumour_and_mirror.size(); ++v) {
    if (!labels.image().data()[v]) continue;
    const Eigen::Vector3d position = position_of(geometry, v), index = geometry.index_of(plane.mirrored(position));
    (plane.distance(position) > 0.0 ? left : right) += 1;
    side.tumour_and_mirror.data()[v] = 1;
    std::array<std::int64_t, 3> at{};
    bool inside = true;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      at[axis] = std::llround(index[static_cast<Eigen::Index>(axis)]);
      inside = inside && at[axis] >= 0 && at[axis] < geometry.size[axis];
    }
    if (inside) side.tumour_and_mirror(at[0], at[1], at[2]) = 1;
  }
  if (left + right == 0) return side;
  side.sign = left > right ? -1.0 : 1.0;
  side.other_share = static_cast<double>(std::min(left, right)) / static_cast<double>(left + right);
  return side;
}

}  // namespace bolus::detail

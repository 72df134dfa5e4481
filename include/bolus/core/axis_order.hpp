#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <bolus/core/image.hpp>

namespace bolus {
namespace detail {

inline constexpr std::string_view positive_letters = "LPS", negative_letters = "RAI";

/// Patient axis (0 R/L, 1 A/P, 2 S/I) and sign of every grid axis; each patient axis once, strongest alignment first.
inline std::array<std::pair<int, int>, 3> patient_axes(const Geometry& geometry) {
  Eigen::Matrix3d left = geometry.direction.cwiseAbs();
  std::array<std::pair<int, int>, 3> axes;
  for (int round = 0; round < 3; ++round) {
    Eigen::Index row = 0, column = 0;
    left.maxCoeff(&row, &column);
    axes[static_cast<std::size_t>(column)] = {static_cast<int>(row), geometry.direction(row, column) < 0.0 ? -1 : 1};
    left.row(row).setConstant(-1.0);
    left.col(column).setConstant(-1.0);
  }
  return axes;
}

/// How axis k of a reordered grid comes from an axis of the source.
struct AxisOrder {
  std::array<int, 3> from{0, 1, 2};
  std::array<bool, 3> flipped{};
};

/// The order that makes the axes of `geometry` run as `orientation` says (see `orientation_of`). Throws OptionError unless that
/// is one letter of each of R/L, A/P and S/I.
inline AxisOrder axis_order(const Geometry& geometry, const std::string& orientation) {
  const auto axes = patient_axes(geometry);
  AxisOrder order;
  std::array<bool, 3> seen{};
  bool possible = orientation.size() == 3;
  for (std::size_t k = 0; possible && k < 3; ++k) {
    const auto up = positive_letters.find(orientation[k]), down = negative_letters.find(orientation[k]);
    possible = up != std::string_view::npos || down != std::string_view::npos;
    if (!possible) break;
    const auto patient_axis = up != std::string_view::npos ? up : down;
    possible = !seen[patient_axis];
    seen[patient_axis] = true;
    for (int source = 0; source < 3; ++source) {
      const auto& [axis, sign] = axes[static_cast<std::size_t>(source)];
      if (axis != static_cast<int>(patient_axis)) continue;
      order.from[k] = source;
      order.flipped[k] = (sign > 0) != (up != std::string_view::npos);
    }
  }
  require<OptionError>(possible, "orientation is '", orientation,
                       "'; expected one letter each of R/L, A/P and S/I, e.g. LPS or RAS");
  return order;
}

/// The same voxels in the same places, their axes in another order.
inline Geometry reordered(const Geometry& source, const AxisOrder& order) {
  Geometry result;
  Eigen::Vector3d first = Eigen::Vector3d::Zero();
  for (int k = 0; k < 3; ++k) {
    const int from = order.from[static_cast<std::size_t>(k)];
    const bool flipped = order.flipped[static_cast<std::size_t>(k)];
    result.size[static_cast<std::size_t>(k)] = source.size[static_cast<std::size_t>(from)];
    result.spacing[k] = source.spacing[from];
    result.direction.col(k) = (flipped ? -1.0 : 1.0) * source.direction.col(from);
    if (flipped) first[from] = static_cast<double>(source.size[static_cast<std::size_t>(from)] - 1);
  }
  result.origin = source.point_of(first);
  return result;
}

/// Copies voxels from a grid of `size` (x fastest) into the reordered one.
template <class T>
void reorder_voxels(const T* source, const std::array<std::int64_t, 3>& size, const AxisOrder& order, T* target) {
  const std::array<std::int64_t, 3> strides{1, size[0], size[0] * size[1]};
  std::array<std::int64_t, 3> step{}, to{};
  std::int64_t start = 0;
  for (std::size_t k = 0; k < 3; ++k) {
    to[k] = size[static_cast<std::size_t>(order.from[k])];
    step[k] = strides[static_cast<std::size_t>(order.from[k])];
    if (order.flipped[k]) {
      start += step[k] * (to[k] - 1);
      step[k] = -step[k];
    }
  }
  for (std::int64_t z = 0; z < to[2]; ++z) {
    for (std::int64_t y = 0; y < to[1]; ++y) {
      const T* line = source + (start + z * step[2] + y * step[1]);
      for (std::int64_t x = 0; x < to[0]; ++x) *target++ = line[x * step[0]];
    }
  }
}

template <class T>
Image<T> reordered(const Image<T>& image, const AxisOrder& order) {
  require<DataError>(!image.empty(), "there are no voxels to reorient");
  Image<T> result(reordered(image.geometry(), order));
  reorder_voxels(image.data(), image.geometry().size, order, result.data());
  return result;
}

}  // namespace detail

/// How the axes of a grid run: for x, y, z the letter of the direction, of R/L, A/P, S/I, towards which the index grows (as
/// nibabel's aff2axcodes). Oblique axes take the letter they are nearest to, so that each pair is used once.
inline std::string orientation_of(const Geometry& geometry) {
  std::string letters;
  for (const auto& [axis, sign] : detail::patient_axes(geometry)) {
    letters += (sign > 0 ? detail::positive_letters : detail::negative_letters)[static_cast<std::size_t>(axis)];
  }
  return letters;
}

}  // namespace bolus

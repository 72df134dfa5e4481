#pragma once
#include <algorithm>
#include <bolus/core/image.hpp>
#include <bolus/core/parallel.hpp>
#include <bolus/core/random.hpp>
#include <bolus/simulate/detail/voxel_points.hpp>
#include <cmath>
#include <vector>

namespace bolus::detail {

/// A piece of a vessel: a cone between two points, with rounded ends. mm.
struct TubePiece {
  Eigen::Vector3d from, to;
  double from_radius, to_radius;

  /// How much of a neighbourhood `width` mm wide lies inside.
  double cover(const Eigen::Vector3d& point, double width) const {
    double length = 1e-12, onto = 0.0, away = 0.0;
    for (int axis = 0; axis < 3; ++axis) {
      const double along = to[axis] - from[axis];
      length += along * along;
      onto += along * (point[axis] - from[axis]);
    }
    const double at = std::clamp(onto / length, 0.0, 1.0), radius = from_radius + at * (to_radius - from_radius);
    for (int axis = 0; axis < 3; ++axis) {
      const double apart = point[axis] - from[axis] - at * (to[axis] - from[axis]);
      away += apart * apart;
    }
    const double reach = radius + 0.5 * width;
    if (away >= reach * reach) return 0.0;
    return std::clamp((radius - std::sqrt(away)) / width + 0.5, 0.0, 1.0);
  }
};

/// A curved vessel through control points (Catmull-Rom spline), its radius going straight from one end to the other, in
/// pieces of about 1.5 mm.
inline void add_tube(std::vector<TubePiece>& pieces, const std::vector<Eigen::Vector3d>& points, double from_radius,
                     double to_radius) {
  const auto count = points.size();
  const auto at = [&](std::ptrdiff_t i) {
    return points[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(i, 0, count - 1))];
  };
  std::vector<Eigen::Vector3d> line{points.front()};
  for (std::size_t i = 0; i + 1 < count; ++i) {
    const auto k = static_cast<std::ptrdiff_t>(i);
    const Eigen::Vector3d a = at(k - 1), b = at(k), c = at(k + 1), d = at(k + 2);
    const int steps = std::max(1, static_cast<int>(std::ceil((c - b).norm() / 1.5)));
    for (int s = 1; s <= steps; ++s) {
      const double t = static_cast<double>(s) / steps;
      Eigen::Vector3d point;
      for (int axis = 0; axis < 3; ++axis) {
        point[axis] = 0.5 * (2.0 * b[axis] + t * (c[axis] - a[axis] +
                                                  t * (2.0 * a[axis] - 5.0 * b[axis] + 4.0 * c[axis] - d[axis] +
                                                       t * (3.0 * b[axis] - a[axis] - 3.0 * c[axis] + d[axis]))));
      }
      line.push_back(point);
    }
  }
  for (std::size_t i = 0; i + 1 < line.size(); ++i) {
    const double first = static_cast<double>(i) / static_cast<double>(line.size() - 1),
                 second = static_cast<double>(i + 1) / static_cast<double>(line.size() - 1);
    pieces.push_back({line[i], line[i + 1], from_radius + first * (to_radius - from_radius),
                      from_radius + second * (to_radius - from_radius)});
  }
}

/// The share of each voxel that lies in one of the tubes, from points at most 0.6 mm apart. `grid_from_head` is the rigid
/// map (LPS mm) from the tubes' space to that of the grid.
inline Image<float> tube_occupancy(const std::vector<TubePiece>& pieces, const Geometry& grid,
                                   const Eigen::Matrix4d& grid_from_head, int threads) {
  std::array<int, 3> parts;
  for (int axis = 0; axis < 3; ++axis) parts[axis] = std::max(2, static_cast<int>(std::ceil(grid.spacing[axis] / 0.6)));
  const int points = parts[0] * parts[1] * parts[2];
  const double width = std::cbrt(grid.spacing[0] * grid.spacing[1] * grid.spacing[2] / points);
  std::vector<TubePiece> moved;  // in mm along the grid's axes, from its first voxel
  std::vector<std::pair<std::size_t, std::uint32_t>> near;
  for (const auto& piece : pieces) {
    const auto place = [&](const Eigen::Vector3d& point) {
      Eigen::Vector3d along = Eigen::Vector3d::Zero();
      for (int i = 0; i < 3; ++i) {
        double moved_point = grid_from_head(i, 3) - grid.origin[i];
        for (int j = 0; j < 3; ++j) moved_point += grid_from_head(i, j) * point[j];
        for (int axis = 0; axis < 3; ++axis) along[axis] += grid.direction(i, axis) * moved_point;
      }
      return along;
    };
    moved.push_back({place(piece.from), place(piece.to), piece.from_radius, piece.to_radius});
    const auto& tube = moved.back();
    const double reach = std::max(tube.from_radius, tube.to_radius) + 0.5 * width;
    std::array<std::int64_t, 3> low, high;
    for (int axis = 0; axis < 3; ++axis) {
      const double step = grid.spacing[axis], least = std::min(tube.from[axis], tube.to[axis]) - reach,
                   most = std::max(tube.from[axis], tube.to[axis]) + reach;
      low[axis] = std::max<std::int64_t>(0, static_cast<std::int64_t>(std::floor(least / step + 0.5)));
      high[axis] = std::min(grid.size[axis] - 1, static_cast<std::int64_t>(std::floor(most / step + 0.5)));
    }
    for (auto z = low[2]; z <= high[2]; ++z) {
      for (auto y = low[1]; y <= high[1]; ++y) {
        for (auto x = low[0]; x <= high[0]; ++x) {
          near.emplace_back(static_cast<std::size_t>(x + grid.size[0] * (y + grid.size[1] * z)),
                            static_cast<std::uint32_t>(moved.size() - 1));
        }
      }
    }
  }
  std::sort(near.begin(), near.end());
  std::vector<std::size_t> starts;
  for (std::size_t i = 0; i < near.size(); ++i) {
    if (i == 0 || near[i].first != near[i - 1].first) starts.push_back(i);
  }
  starts.push_back(near.size());
  Image<float> occupancy(grid);
  parallel_for(starts.size() - 1, 256, threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t group = begin; group < end; ++group) {
      const auto voxel = near[starts[group]].first;
      const Eigen::Vector3d centre = grid_position(grid, voxel);
      double inside = 0.0;
      for (int point = 0; point < points; ++point) {
        const std::array<int, 3> part{point % parts[0], point / parts[0] % parts[1], point / parts[0] / parts[1]};
        Eigen::Vector3d position = centre;
        for (int axis = 0; axis < 3; ++axis) position[axis] += grid.spacing[axis] * ((part[axis] + 0.5) / parts[axis] - 0.5);
        double most = 0.0;
        for (std::size_t i = starts[group]; i < starts[group + 1] && most < 1.0; ++i) {
          most = std::max(most, moved[near[i].second].cover(position, width));
        }
        inside += most;
      }
      occupancy.data()[voxel] = static_cast<float>(inside / points);
    }
  });
  return occupancy;
}

}  // namespace bolus::detail

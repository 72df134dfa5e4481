#pragma once
#include <algorithm>
#include <bolus/core/image.hpp>
#include <bolus/core/random.hpp>
#include <bolus/simulate/detail/voxel_points.hpp>
#include <cmath>
#include <numbers>
#include <span>
#include <vector>

namespace bolus::detail {

/// A rotation by angles about x, y and z (radians, in that order) about a point, and a translation in mm.
inline Eigen::Matrix4d rigid_matrix(const std::array<double, 3>& angles, const Eigen::Vector3d& shift,
                                    const Eigen::Vector3d& centre) {
  Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
  for (int axis = 0; axis < 3; ++axis) {  // left-multiplied by a rotation in the plane of the other two axes
    const int a = (axis + 1) % 3, b = (axis + 2) % 3;
    const double c = std::cos(angles[axis]), s = std::sin(angles[axis]);
    for (int j = 0; j < 3; ++j) {
      const double first = matrix(a, j), second = matrix(b, j);
      matrix(a, j) = c * first - s * second;
      matrix(b, j) = s * first + c * second;
    }
  }
  for (int i = 0; i < 3; ++i) {
    matrix(i, 3) = shift[i] + centre[i];
    for (int j = 0; j < 3; ++j) matrix(i, 3) -= matrix(i, j) * centre[j];
  }
  return matrix;
}

/// Where a head that was at rest in the first volume lies in each later one: six smooth random walks that change within about
/// 15 s and stay within the given amounts, in mm and degrees about `centre`.
inline std::vector<Eigen::Matrix4d> draw_motion(const RandomStream& random, const Eigen::VectorXd& times, double translation,
                                                double rotation, const Eigen::Vector3d& centre) {
  const auto wander = [&](std::uint64_t parameter, double at) {  // quadratic B-spline of random numbers, within -1 to 1
    const double nearest = std::floor(at + 0.5), part = at - nearest;
    const std::uint64_t first = (parameter << 32) + static_cast<std::uint64_t>(nearest);
    const double sum = 0.5 * (0.5 - part) * (0.5 - part) * random.normal(first) +
                       (0.75 - part * part) * random.normal(first + 1) +
                       0.5 * (0.5 + part) * (0.5 + part) * random.normal(first + 2);
    return std::clamp(sum / 1.5, -1.0, 1.0);
  };
  std::vector<Eigen::Matrix4d> motion;
  for (Eigen::Index t = 0; t < times.size(); ++t) {
    std::array<double, 3> angles;
    Eigen::Vector3d shift;
    for (int axis = 0; axis < 3; ++axis) {
      const auto moved = [&](int parameter) {
        const auto number = static_cast<std::uint64_t>(parameter);
        return 0.5 * (wander(number, (times[t] - times[0]) / 15.0) - wander(number, 0.0));
      };
      shift[axis] = translation * moved(axis);
      angles[axis] = rotation * std::numbers::pi / 180.0 * moved(3 + axis);
    }
    motion.push_back(rigid_matrix(angles, shift, centre));
  }
  return motion;
}

/// A volume with the head moved by `motion`, by cubic interpolation (Catmull-Rom; the border repeated). Rings of negative
/// signal at sharp edges are cut off at 0.
inline void move_volume(std::span<const float> still, std::span<float> moved, const Geometry& grid,
                        const Eigen::Matrix4d& motion) {
  const VoxelPoints points(grid, rigid_inverse(motion));
  double to_index[3][3];
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) to_index[i][j] = grid.direction(j, i) / grid.spacing[i];
  }
  for (std::size_t v = 0; v < still.size(); ++v) {
    const Eigen::Vector3d point = points(v);
    std::int64_t place[3][4];
    double weight[3][4];
    for (int i = 0; i < 3; ++i) {
      double at = 0.0;
      for (int j = 0; j < 3; ++j) at += to_index[i][j] * (point[j] - grid.origin[j]);
      const double base = std::floor(at), t = at - base;
      weight[i][0] = 0.5 * t * (-1.0 + t * (2.0 - t));
      weight[i][1] = 0.5 * (2.0 + t * t * (-5.0 + 3.0 * t));
      weight[i][2] = 0.5 * t * (1.0 + t * (4.0 - 3.0 * t));
      weight[i][3] = 0.5 * t * t * (t - 1.0);
      for (int k = 0; k < 4; ++k) {
        place[i][k] = std::clamp<std::int64_t>(static_cast<std::int64_t>(base) - 1 + k, 0, grid.size[i] - 1);
      }
    }
    double sum = 0.0;
    for (int c = 0; c < 4; ++c) {
      for (int b = 0; b < 4; ++b) {
        const float* row = still.data() + grid.size[0] * (place[1][b] + grid.size[1] * place[2][c]);
        double along = 0.0;
        for (int a = 0; a < 4; ++a) along += weight[0][a] * static_cast<double>(row[place[0][a]]);
        sum += weight[1][b] * weight[2][c] * along;
      }
    }
    moved[v] = static_cast<float>(std::max(sum, 0.0));
  }
}

}  // namespace bolus::detail

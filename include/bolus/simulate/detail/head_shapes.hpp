#pragma once
#include <algorithm>
#include <bolus/core/eigen.hpp>
#include <cmath>

namespace bolus::detail {

/// Sizes of the geometric brain, mm in LPS: the cerebrum's ellipsoid.
inline const Eigen::Vector3d cerebrum_centre{0.0, 0.0, 10.0}, cerebrum_radii{66.0, 84.0, 58.0};

// Approximate signed distances in mm, positive inside.

/// Distance under the surface of an ellipsoid.
inline double ellipsoid(const Eigen::Vector3d& p, const Eigen::Vector3d& centre, const Eigen::Vector3d& radii) {
  double length = 0.0, slope = 0.0;
  for (int axis = 0; axis < 3; ++axis) {
    const double unit = (p[axis] - centre[axis]) / radii[axis], steep = unit / radii[axis];
    length += unit * unit;
    slope += steep * steep;
  }
  length = std::sqrt(length);
  return length < 1e-9 ? std::min({radii[0], radii[1], radii[2]}) : length * (1.0 - length) / std::sqrt(slope);
}

/// Distance under the surface of a cylinder with round ends.
inline double capsule(const Eigen::Vector3d& p, const Eigen::Vector3d& from, const Eigen::Vector3d& to, double radius) {
  double length = 0.0, onto = 0.0, away = 0.0;
  for (int axis = 0; axis < 3; ++axis) {
    const double along = to[axis] - from[axis];
    length += along * along;
    onto += along * (p[axis] - from[axis]);
  }
  const double at = std::clamp(onto / length, 0.0, 1.0);
  for (int axis = 0; axis < 3; ++axis) {
    const double apart = p[axis] - from[axis] - at * (to[axis] - from[axis]);
    away += apart * apart;
  }
  return radius - std::sqrt(away);
}

/// Distance under the surface of cerebrum, cerebellum and brain stem together.
inline double brain_surface(const Eigen::Vector3d& p) {
  return std::max({ellipsoid(p, cerebrum_centre, cerebrum_radii), ellipsoid(p, {0, 42, -42}, {48, 31, 25}),
                   capsule(p, {0, 14, -25}, {0, 24, -120}, 10.0)});
}

}  // namespace bolus::detail

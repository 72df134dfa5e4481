#pragma once
#include <bolus/simulate/detail/head_shapes.hpp>
#include <bolus/simulate/detail/vessel_tubes.hpp>
#include <numbers>

namespace bolus::detail {

/// The point of the cerebrum's surface in the direction of `point`, `outside` mm further out.
inline Eigen::Vector3d on_cerebrum(const Eigen::Vector3d& point, double outside) {
  const Eigen::Vector3d ray = point - cerebrum_centre;
  return cerebrum_centre + ray * (1.0 / ray.cwiseQuotient(cerebrum_radii).norm() + outside / ray.norm());
}

/// Moves each control point a little, so that no two heads are alike.
class VesselJitter {
 public:
  VesselJitter(const RandomStream& random, double amount) : random_(random), amount_(amount) {}
  std::vector<Eigen::Vector3d> operator()(std::vector<Eigen::Vector3d> points, double side = 1.0) {
    for (auto& point : points) {
      point[0] *= side;
      for (int axis = 0; axis < 3; ++axis) point[axis] += amount_ * std::clamp(random_.normal(index_++), -2.0, 2.0);
    }
    return points;
  }

 private:
  RandomStream random_;
  double amount_;
  std::uint64_t index_ = 0;
};

/// Carotid, vertebral and basilar arteries, and the anterior, middle and posterior cerebral arteries of both sides, 4 to 1.6 mm
/// wide, as in a textbook's picture.
inline std::vector<TubePiece> head_arteries(const RandomStream& random) {
  VesselJitter jitter(random, 1.0);
  std::vector<TubePiece> pieces;
  for (const double side : {-1.0, 1.0}) {
    add_tube(pieces, jitter({{15, -2, -110}, {15, -4, -80}, {15, -8, -60}, {13, -12, -46}, {8, -9, -32}}, side), 2.2, 1.9);
    add_tube(
        pieces,
        jitter({{8, -9, -32}, {20, -12, -27}, {33, -9, -19}, {41, -2, -15}, {44, 10, -11}, {46, 22, -7}, {48, 36, -1}}, side),
        1.6, 1.0);
    add_tube(pieces, jitter({{40, -4, -16}, {46, 2, -9}, {49, 8, 2}, {50, 14, 12}}, side), 1.1, 0.8);
    add_tube(
        pieces,
        jitter(
            {{8, -9, -32}, {3, -18, -30}, {2, -34, -24}, {2, -50, -8}, {2, -53, 12}, {2, -38, 31}, {2, -12, 40}, {2, 16, 42}},
            side),
        1.3, 0.9);
    add_tube(pieces, jitter({{6, 16, -110}, {5, 10, -80}, {1, 3, -60}}, side), 1.5, 1.4);
    add_tube(pieces, jitter({{1, 6, -31}, {13, 13, -28}, {22, 30, -22}, {17, 50, -14}, {9, 66, -5}}, side), 1.2, 0.9);
  }
  add_tube(pieces, jitter({{0, 3, -60}, {0, 2, -45}, {0, 6, -31}}), 1.8, 1.6);
  return pieces;
}

/// The superior sagittal, straight and transverse sinuses, the internal cerebral veins, and cortical veins to the first.
inline std::vector<TubePiece> head_veins(const RandomStream& random) {
  VesselJitter jitter(random, 0.8);
  std::vector<TubePiece> pieces;
  std::vector<Eigen::Vector3d> sagittal;
  for (int i = 0; i <= 12; ++i) {
    const double angle = (25.0 + 165.0 * i / 12.0) * std::numbers::pi / 180.0;
    sagittal.push_back(on_cerebrum({0.0, -84.0 * std::cos(angle), 10.0 + 58.0 * std::sin(angle)}, 0.5));
  }
  add_tube(pieces, jitter(sagittal), 2.0, 4.2);
  const Eigen::Vector3d confluence = sagittal.back();
  add_tube(pieces, jitter({{0, 24, 16}, {0, 40, 14}, {0, 62, 6}, confluence}), 1.6, 2.2);
  for (const double side : {-1.0, 1.0}) {
    add_tube(pieces, jitter({{2, -8, 14}, {3, 8, 13}, {0, 24, 16}}, side), 0.9, 1.3);
    add_tube(pieces,
             jitter({confluence,
                     on_cerebrum({24, 80, -6}, 0.5),
                     on_cerebrum({46, 58, -14}, 0.5),
                     on_cerebrum({56, 36, -22}, 1.0),
                     {48, 22, -44},
                     {32, 12, -70},
                     {30, 8, -110}},
                    side),
             3.8, 3.4);
    for (int i = 0; i < 6; ++i) {
      const double angle = (48.0 + 19.0 * i) * std::numbers::pi / 180.0;
      const double y = -84.0 * std::cos(angle), z = 58.0 * std::sin(angle);
      add_tube(pieces,
               jitter({on_cerebrum({52, 0.9 * y, 10.0 + 0.5 * z}, -0.5), on_cerebrum({34, y, 10.0 + 0.85 * z}, -0.5),
                       on_cerebrum({14, y, 10.0 + z}, 0.0), on_cerebrum({0, y - 4.0, 10.0 + z}, 0.5)},
                      side),
               0.8, 1.3);
    }
  }
  return pieces;
}

}  // namespace bolus::detail

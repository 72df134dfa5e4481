#pragma once
// A closed surface of triangles, and which voxels lie inside it.
#include <array>
#include <bolus/core/image.hpp>
#include <vector>

namespace bolus::preprocess {

struct SurfaceMesh {
  std::vector<Eigen::Vector3d> vertices;      ///< LPS mm
  std::vector<std::array<int, 3>> triangles;  ///< counter-clockwise seen from outside
  std::vector<std::vector<int>> neighbours;   ///< of each vertex, in order around it for none: by triangle

  /// A sphere from an icosahedron whose triangles are split in four `splits` times: 10 x 4^splits + 2 vertices.
  static SurfaceMesh sphere(const Eigen::Vector3d& centre, double radius, int splits);

  /// Splits every triangle in four; new vertices lie in the middle of the edges.
  SurfaceMesh refined() const;

  /// Unit normals at the vertices, outwards.
  std::vector<Eigen::Vector3d> normals() const;

  double mean_edge() const;
  double volume() const;  ///< mm^3
};

/// Voxels whose centre lies inside, where inside is what the surface winds around (so that small folds do no harm).
Mask voxels_inside(const SurfaceMesh& mesh, const Geometry& grid, int threads);

}  // namespace bolus::preprocess

#include "surface_mesh.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include <bolus/core/parallel.hpp>

namespace bolus::preprocess {
namespace {

void find_neighbours(SurfaceMesh& mesh) {
  mesh.neighbours.assign(mesh.vertices.size(), {});
  for (const auto& triangle : mesh.triangles) {
    for (std::size_t k = 0; k < 3; ++k) {
      // Each edge of a closed surface is met once in either direction.
      mesh.neighbours[static_cast<std::size_t>(triangle[k])].push_back(triangle[(k + 1) % 3]);
    }
  }
}

SurfaceMesh icosahedron() {
  SurfaceMesh mesh;
  const double t = (1.0 + std::sqrt(5.0)) / 2.0;
  for (const double a : {-1.0, 1.0}) {
    for (const double b : {-t, t}) {
      mesh.vertices.emplace_back(a, b, 0.0);
      mesh.vertices.emplace_back(0.0, a, b);
      mesh.vertices.emplace_back(b, 0.0, a);
    }
  }
  // A face is each triple of vertices that are one edge (2) apart.
  const auto touch = [&](int i, int j) {
    return std::abs((mesh.vertices[static_cast<std::size_t>(i)] - mesh.vertices[static_cast<std::size_t>(j)]).norm() - 2.0) <
           1e-9;
  };
  for (int i = 0; i < 12; ++i) {
    for (int j = i + 1; j < 12; ++j) {
      for (int k = j + 1; k < 12; ++k) {
        if (!touch(i, j) || !touch(j, k) || !touch(i, k)) continue;
        const auto &a = mesh.vertices[static_cast<std::size_t>(i)], &b = mesh.vertices[static_cast<std::size_t>(j)],
                   &c = mesh.vertices[static_cast<std::size_t>(k)];
        const bool outwards = (b - a).cross(c - a).dot(a + b + c) > 0.0;
        mesh.triangles.push_back(outwards ? std::array<int, 3>{i, j, k} : std::array<int, 3>{i, k, j});
      }
    }
  }
  return mesh;
}

}  // namespace

SurfaceMesh SurfaceMesh::refined() const {
  SurfaceMesh fine;
  fine.vertices = vertices;
  std::map<std::pair<int, int>, int> middles;
  const auto middle = [&](int i, int j) {
    const auto [found, added] = middles.try_emplace({std::min(i, j), std::max(i, j)}, static_cast<int>(fine.vertices.size()));
    if (added) fine.vertices.push_back((vertices[static_cast<std::size_t>(i)] + vertices[static_cast<std::size_t>(j)]) / 2.0);
    return found->second;
  };
  for (const auto& [a, b, c] : triangles) {
    const int ab = middle(a, b), bc = middle(b, c), ca = middle(c, a);
    fine.triangles.insert(fine.triangles.end(), {{a, ab, ca}, {b, bc, ab}, {c, ca, bc}, {ab, bc, ca}});
  }
  find_neighbours(fine);
  return fine;
}

SurfaceMesh SurfaceMesh::sphere(const Eigen::Vector3d& centre, double radius, int splits) {
  SurfaceMesh mesh = icosahedron();
  find_neighbours(mesh);
  for (int i = 0; i < splits; ++i) mesh = mesh.refined();
  for (auto& vertex : mesh.vertices) vertex = centre + radius * vertex.normalized();
  return mesh;
}

std::vector<Eigen::Vector3d> SurfaceMesh::normals() const {
  std::vector<Eigen::Vector3d> result(vertices.size(), Eigen::Vector3d::Zero());
  for (const auto& triangle : triangles) {
    const auto &a = vertices[static_cast<std::size_t>(triangle[0])], &b = vertices[static_cast<std::size_t>(triangle[1])],
               &c = vertices[static_cast<std::size_t>(triangle[2])];
    const Eigen::Vector3d area = (b - a).cross(c - a);
    for (const int corner : triangle) result[static_cast<std::size_t>(corner)] += area;
  }
  for (auto& normal : result) normal.normalize();
  return result;
}

double SurfaceMesh::mean_edge() const {
  double sum = 0.0, count = 0.0;
  for (std::size_t v = 0; v < vertices.size(); ++v) {
    for (const int n : neighbours[v]) {
      sum += (vertices[v] - vertices[static_cast<std::size_t>(n)]).norm();
      count += 1.0;
    }
  }
  return sum / count;
}

double SurfaceMesh::volume() const {
  double sum = 0.0;
  for (const auto& triangle : triangles) {
    sum += vertices[static_cast<std::size_t>(triangle[0])].dot(
        vertices[static_cast<std::size_t>(triangle[1])].cross(vertices[static_cast<std::size_t>(triangle[2])]));
  }
  return sum / 6.0;
}

Mask voxels_inside(const SurfaceMesh& mesh, const Geometry& grid, int threads) {
  // Where each row of voxels along x passes through the surface, and in which direction.
  struct Crossing {
    double x;
    int turn;
  };
  const auto ny = grid.size[1], nz = grid.size[2];
  std::vector<std::vector<Crossing>> crossings(static_cast<std::size_t>(ny * nz));
  std::vector<Eigen::Vector3d> index;
  for (const auto& vertex : mesh.vertices) index.push_back(grid.index_of(vertex));
  const double handed = grid.direction.determinant() > 0.0 ? 1.0 : -1.0;
  // Rows pass beside the voxel centres by far less than matters, so that none meets a vertex or an edge exactly.
  constexpr double aside_y = 1.234567e-7, aside_z = 2.345678e-7;
  for (const auto& triangle : mesh.triangles) {
    const auto &a = index[static_cast<std::size_t>(triangle[0])], &b = index[static_cast<std::size_t>(triangle[1])],
               &c = index[static_cast<std::size_t>(triangle[2])];
    const double area = (b[1] - a[1]) * (c[2] - a[2]) - (b[2] - a[2]) * (c[1] - a[1]);
    if (area == 0.0) continue;
    const auto range = [&](int axis, std::int64_t size) {
      const auto [low, high] = std::minmax({a[axis], b[axis], c[axis]});
      return std::pair{static_cast<std::int64_t>(std::max(0.0, std::floor(low))),
                       static_cast<std::int64_t>(std::min(static_cast<double>(size - 1), std::ceil(high)))};
    };
    const auto [y_first, y_last] = range(1, ny);
    const auto [z_first, z_last] = range(2, nz);
    for (auto z = z_first; z <= z_last; ++z) {
      for (auto y = y_first; y <= y_last; ++y) {
        const double py = static_cast<double>(y) + aside_y, pz = static_cast<double>(z) + aside_z;
        const double u = ((py - a[1]) * (c[2] - a[2]) - (pz - a[2]) * (c[1] - a[1])) / area;
        const double v = ((b[1] - a[1]) * (pz - a[2]) - (b[2] - a[2]) * (py - a[1])) / area;
        if (u < 0.0 || v < 0.0 || u + v > 1.0) continue;
        // area > 0: the normal points towards +x, the row leaves the inside here.
        crossings[static_cast<std::size_t>(y + ny * z)].push_back(
            {a[0] + u * (b[0] - a[0]) + v * (c[0] - a[0]), area * handed > 0.0 ? -1 : 1});
      }
    }
  }
  Mask mask(grid);
  parallel_for(crossings.size(), 256, threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      auto& row_crossings = crossings[row];
      std::sort(row_crossings.begin(), row_crossings.end(),
                [](const Crossing& one, const Crossing& two) { return one.x != two.x ? one.x < two.x : one.turn < two.turn; });
      int depth = 0;
      std::size_t next = 0;
      for (std::int64_t x = 0; x < grid.size[0]; ++x) {
        while (next < row_crossings.size() && row_crossings[next].x <= static_cast<double>(x))
          depth += row_crossings[next++].turn;
        mask.data()[row * static_cast<std::size_t>(grid.size[0]) + static_cast<std::size_t>(x)] = depth > 0 ? 1 : 0;
      }
    }
  });
  return mask;
}

}  // namespace bolus::preprocess

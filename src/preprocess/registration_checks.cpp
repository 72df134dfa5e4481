#include "registration_checks.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <bolus/core/parallel.hpp>
#include <bolus/core/random.hpp>

namespace bolus {
namespace {

constexpr double block_width = 24.0, reach = 8.0;  // mm
constexpr std::size_t classes = 8;                 // of the fixed values in a block, equally full

struct Block {
  std::vector<Eigen::Vector3d> points;
  std::vector<std::uint8_t> classes;
};

/// Correlation ratio of the moving values given the class of the fixed one, 0 to 1; negative where too few land in the image.
double correlation_ratio(const Block& block, const Interpolated& moving, const Interpolated::ToIndex& map) {
  std::array<double, classes> count{}, sum{};
  double squares = 0.0, all = 0.0, n = 0.0;
  for (std::size_t s = 0; s < block.points.size(); ++s) {
    const Eigen::Vector3f p = block.points[s].cast<float>();
    float index[3], value = 0.0F;
    for (int i = 0; i < 3; ++i) {
      index[i] = map.matrix[i][0] * p[0] + map.matrix[i][1] * p[1] + map.matrix[i][2] * p[2] + map.offset[i];
    }
    if (!moving(index, value)) continue;
    const auto v = static_cast<double>(value);
    count[block.classes[s]] += 1.0;
    sum[block.classes[s]] += v;
    squares += v * v;
    all += v;
    n += 1.0;
  }
  if (n < 0.7 * static_cast<double>(block.points.size())) return -1.0;
  const double total = squares - all * all / n;
  if (!(total > 1e-6 * squares)) return 0.0;
  double between = -all * all / n;
  for (std::size_t c = 0; c < classes; ++c) {
    if (count[c] > 0.0) between += sum[c] * sum[c] / count[c];
  }
  return between / total;
}

}  // namespace

double coverage_of(const Mask& foreground, const Image<float>& moving, float floor, const RigidTransform& transform) {
  const auto& grid = foreground.geometry();
  const Interpolated values(moving);
  const auto map = values.to_index(transform, grid.origin);
  Eigen::Matrix3f matrix;
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) matrix(i, j) = map.matrix[i][j];
  }
  matrix = matrix * (grid.direction * grid.spacing.asDiagonal()).cast<float>();
  std::size_t covered = 0, all = 0;
  const auto* inside = foreground.data();
  for (std::int64_t z = 0; z < grid.size[2]; ++z) {
    for (std::int64_t y = 0; y < grid.size[1]; ++y) {
      for (std::int64_t x = 0; x < grid.size[0]; ++x) {
        if (*inside++ == 0) continue;
        ++all;
        const Eigen::Vector3f at =
            matrix * Eigen::Vector3d(x, y, z).cast<float>() + Eigen::Vector3f(map.offset[0], map.offset[1], map.offset[2]);
        float value = 0.0F;
        if (values(at.data(), value)) covered += value > floor;
      }
    }
  }
  return all > 0 ? static_cast<double>(covered) / static_cast<double>(all) : 0.0;
}

LocalAgreement local_agreement(const Image<float>& fixed, const Image<float>& moving, const Mask& foreground,
                               const RigidTransform& transform, std::uint64_t seed, int threads) {
  const auto& grid = fixed.geometry();
  std::array<std::int64_t, 3> width, step, across;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double spacing = grid.spacing[static_cast<Eigen::Index>(axis)];
    width[axis] = std::clamp<std::int64_t>(std::llround(block_width / spacing), 2, std::max<std::int64_t>(2, grid.size[axis]));
    step[axis] = std::max<std::int64_t>(1, std::llround(2.0 / spacing));
    across[axis] = std::max<std::int64_t>(1, grid.size[axis] / width[axis]);
  }
  // Between thick slices there is nothing to tell where a block belongs.
  const double tolerance = std::max({3.0, 0.75 * grid.spacing.maxCoeff(), 0.75 * moving.geometry().spacing.maxCoeff()});
  const std::size_t count = static_cast<std::size_t>(across[0] * across[1] * across[2]);
  const RandomStream random(seed, 100);
  const Interpolated fixed_values(fixed), moving_values(moving);
  // The image may be a thinned out version of what the foreground was found on.
  const Eigen::Vector3d finer = grid.spacing.cwiseQuotient(foreground.geometry().spacing);
  const auto in_foreground = [&](std::int64_t x, std::int64_t y, std::int64_t z) {
    const Eigen::Vector3d centre = foreground.geometry().index_of(grid.origin) + finer.cwiseProduct(Eigen::Vector3d(x, y, z));
    std::array<std::int64_t, 3> place;
    for (std::size_t i = 0; i < 3; ++i) {
      place[i] =
          std::clamp<std::int64_t>(std::llround(centre[static_cast<Eigen::Index>(i)]), 0, foreground.geometry().size[i] - 1);
    }
    return foreground(place[0], place[1], place[2]) != 0;
  };
  const auto to_fixed = fixed_values.to_index({}, Eigen::Vector3d::Zero());
  std::vector<double> distance(count, -1.0);  // negative: not asked
  parallel_for(count, 1, threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t b = begin; b < end; ++b) {
      const std::array<std::int64_t, 3> which{static_cast<std::int64_t>(b) % across[0],
                                              static_cast<std::int64_t>(b) / across[0] % across[1],
                                              static_cast<std::int64_t>(b) / (across[0] * across[1])};
      std::array<std::int64_t, 3> first;
      for (std::size_t i = 0; i < 3; ++i) first[i] = (grid.size[i] - across[i] * width[i]) / 2 + which[i] * width[i];
      Block block;
      std::vector<std::pair<float, Eigen::Vector3d>> found;
      std::size_t places = 0;
      for (std::int64_t z = std::max<std::int64_t>(0, first[2]); z < std::min(grid.size[2], first[2] + width[2]);
           z += step[2]) {
        for (std::int64_t y = std::max<std::int64_t>(0, first[1]); y < std::min(grid.size[1], first[1] + width[1]);
             y += step[1]) {
          for (std::int64_t x = std::max<std::int64_t>(0, first[0]); x < std::min(grid.size[0], first[0] + width[0]);
               x += step[0]) {
            ++places;
            if (!in_foreground(x, y, z)) continue;
            Eigen::Vector3d index(x, y, z);
            const auto draw = 4 * static_cast<std::uint64_t>(x + grid.size[0] * (y + grid.size[1] * z));
            for (std::uint64_t i = 0; i < 3; ++i) {
              const auto axis = static_cast<Eigen::Index>(i);
              const double jitter = (random.uniform(draw + i) - 0.5) * static_cast<double>(step[i]);
              index[axis] = std::clamp(index[axis] + jitter, 0.0, static_cast<double>(grid.size[i] - 1));
            }
            const Eigen::Vector3d point = grid.point_of(index);
            const Eigen::Vector3f p = point.cast<float>();
            float at[3], value = 0.0F;
            for (int i = 0; i < 3; ++i) {
              const auto& row = to_fixed.matrix[i];
              at[i] = row[0] * p[0] + row[1] * p[1] + row[2] * p[2] + to_fixed.offset[i];
            }
            if (fixed_values(at, value)) found.emplace_back(value, point);
          }
        }
      }
      if (found.size() < 10 * classes || found.size() < places * 7 / 10) continue;
      std::stable_sort(found.begin(), found.end(), [](const auto& one, const auto& other) { return one.first < other.first; });
      if (!(found[found.size() * 9 / 10].first > found[found.size() / 10].first)) continue;
      for (std::size_t s = 0; s < found.size(); ++s) {
        block.points.push_back(found[s].second);
        block.classes.push_back(static_cast<std::uint8_t>(s * classes / found.size()));
      }
      // From coarse to fine about the best so far; ties stay with the smaller move.
      Eigen::Vector3d best = Eigen::Vector3d::Zero();
      const auto fit = [&](const Eigen::Vector3d& move) {
        RigidTransform moved = transform;
        moved.matrix.topRightCorner<3, 1>() += move;
        return correlation_ratio(block, moving_values, moving_values.to_index(moved, Eigen::Vector3d::Zero()));
      };
      double highest = fit(best);
      if (highest < 0.0) continue;  // outside: that is for the coverage to tell
      for (const double by : {4.0, 2.0, 1.0}) {
        const Eigen::Vector3d from = best;
        const int far = by == 4.0 ? static_cast<int>(reach / by) : 1;
        for (int k = -far; k <= far; ++k) {
          for (int j = -far; j <= far; ++j) {
            for (int i = -far; i <= far; ++i) {
              const Eigen::Vector3d move = from + by * Eigen::Vector3d(i, j, k);
              const double value = fit(move);
              if (value > highest) {
                highest = value;
                best = move;
              }
            }
          }
        }
      }
      distance[b] = highest > 0.0 ? best.norm() : 2.0 * reach;
    }
  });
  LocalAgreement result;
  std::vector<double> asked;
  for (const double value : distance) {
    if (value >= 0.0) asked.push_back(value);
  }
  result.blocks = asked.size();
  if (asked.empty()) return result;
  std::sort(asked.begin(), asked.end());
  result.residual = asked[asked.size() / 2];
  const auto near = std::count_if(asked.begin(), asked.end(), [&](double value) { return value <= tolerance; });
  result.agreement = static_cast<double>(near) / static_cast<double>(asked.size());
  return result;
}

}  // namespace bolus

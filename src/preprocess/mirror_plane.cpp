#include <bolus/preprocess/mirror_plane.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

#include <bolus/core/detail/mask_distance.hpp>
#include <bolus/core/detail/trilinear.hpp>
#include <bolus/core/parallel.hpp>
#include <bolus/preprocess/bias_correction.hpp>

#include "grid_filter.hpp"

namespace bolus {
namespace {

using detail::message;
using detail::require;
using detail::Trilinear;
using Eigen::Vector3d;

constexpr const char* stage = "finding the mirror plane";

/// Points of the patient with the image's value there, and how much they count.
struct Samples {
  std::vector<Vector3d> points;
  std::vector<float> values, weights;
};

class Symmetry {
 public:
  Symmetry(const Geometry& grid, const std::vector<float>& values, const Vector3d& centre, int threads)
      : inside_(grid, values.data()), centre_(centre), threads_(threads) {}

  /// The plane for a shift in mm, and yaw and roll in degrees, from the sagittal plane through the centre.
  MirrorPlane plane(const Vector3d& p) const {
    constexpr double degree = std::numbers::pi / 180.0;
    MirrorPlane plane;
    plane.normal = Vector3d(std::cos(p[1] * degree) * std::cos(p[2] * degree), std::sin(p[1] * degree),
                            std::cos(p[1] * degree) * std::sin(p[2] * degree));
    plane.point = centre_ + p[0] * plane.normal;
    return plane;
  }

  /// Weighted correlation of the samples with what is mirrored onto them; -1 where most of it lies outside the image.
  double operator()(const MirrorPlane& plane, const Samples& samples) const {
    using Sums = Eigen::Matrix<double, 7, 1>;
    const Sums sums =
        parallel_sum<Sums>(samples.points.size(), 4096, threads_, Sums(Sums::Zero()), [&](std::size_t begin, std::size_t end) {
          Sums part = Sums::Zero();
          for (std::size_t i = begin; i < end; ++i) {
            const double weight = static_cast<double>(samples.weights[i]);
            part[6] += weight;
            const Vector3d other = plane.mirrored(samples.points[i]);
            if (!inside_.inside(other)) continue;
            const double a = static_cast<double>(samples.values[i]), b = static_cast<double>(inside_(other));
            Sums one;
            one << weight, weight * a, weight * b, weight * a * a, weight * b * b, weight * a * b, 0.0;
            part += one;
          }
          return part;
        });
    if (sums[0] < 0.5 * sums[6] || sums[0] <= 0.0) return -1.0;
    const double a = sums[1] / sums[0], b = sums[2] / sums[0];
    const double aa = sums[3] / sums[0] - a * a, bb = sums[4] / sums[0] - b * b, ab = sums[5] / sums[0] - a * b;
    return aa > 0.0 && bb > 0.0 ? ab / std::sqrt(aa * bb) : -1.0;
  }

  /// Climbs from `start` by halved steps along each parameter.
  Vector3d climbed(Vector3d start, const Samples& samples, double first_step, double last_step, double max_angle) const {
    double best = (*this)(plane(start), samples);
    for (double step = first_step; step >= last_step; step *= 0.5) {
      for (int turn = 0; turn < 50; ++turn) {
        const Vector3d from = start;
        for (int k = 0; k < 6; ++k) {
          Vector3d p = start;
          p[k / 2] += k % 2 ? step : -step;
          if (std::max(std::abs(p[1]), std::abs(p[2])) > max_angle) continue;
          const double value = (*this)(plane(p), samples);
          if (value <= best + 1e-12) continue;
          best = value;
          start = p;
        }
        if (start == from) break;
      }
    }
    return start;
  }

  /// Lowers the weight of what its counterpart does not resemble, judged over its surroundings.
  void reweight(const MirrorPlane& plane, Samples& samples, const Geometry& grid,
                const std::vector<std::size_t>& voxels) const {
    std::vector<float> apart(grid.voxel_count(), 0.0F), counted(grid.voxel_count(), 0.0F);
    for (std::size_t i = 0; i < voxels.size(); ++i) {
      const Vector3d other = plane.mirrored(samples.points[i]);
      if (!inside_.inside(other)) continue;
      apart[voxels[i]] = std::abs(samples.values[i] - inside_(other));
      counted[voxels[i]] = 1.0F;
    }
    apart = preprocess::gaussian(std::move(apart), grid, 6.0, threads_);
    counted = preprocess::gaussian(std::move(counted), grid, 6.0, threads_);
    std::vector<float> local(voxels.size());
    for (std::size_t i = 0; i < voxels.size(); ++i) {
      const auto v = voxels[i];
      local[i] = counted[v] > 1e-3F ? apart[v] / counted[v] : 0.0F;
    }
    const auto usual = static_cast<float>(std::max(preprocess::quantile(local, 0.5), 1e-12));
    for (std::size_t i = 0; i < voxels.size(); ++i) {
      const float ratio = local[i] / (2.0F * usual);
      samples.weights[i] = 1.0F / (1.0F + ratio * ratio * ratio * ratio);
    }
  }

 private:
  Trilinear inside_;
  Vector3d centre_;
  int threads_;
};

Samples every(const Samples& all, std::size_t wanted) {
  Samples some;
  const std::size_t step = std::max<std::size_t>(1, all.points.size() / wanted) | 1U;  // odd: no stripes
  for (std::size_t i = 0; i < all.points.size(); i += step) {
    some.points.push_back(all.points[i]);
    some.values.push_back(all.values[i]);
    some.weights.push_back(all.weights[i]);
  }
  return some;
}

}  // namespace

Mask MirrorPlane::mirrored(const Mask& mask) const {
  require<DataError>(!mask.empty(), "the mask is empty");
  const Geometry& grid = mask.geometry();
  const auto mapped = [&](double x, double y, double z) { return grid.index_of(mirrored(grid.point_of(Vector3d(x, y, z)))); };
  const Vector3d start = mapped(0, 0, 0), by_x = mapped(1, 0, 0) - start, by_y = mapped(0, 1, 0) - start,
                 by_z = mapped(0, 0, 1) - start;
  Mask result(grid);
  std::size_t v = 0;
  for (std::int64_t z = 0; z < grid.size[2]; ++z) {
    for (std::int64_t y = 0; y < grid.size[1]; ++y) {
      for (std::int64_t x = 0; x < grid.size[0]; ++x, ++v) {
        const Vector3d index =
            start + static_cast<double>(x) * by_x + static_cast<double>(y) * by_y + static_cast<double>(z) * by_z;
        const std::int64_t i = std::llround(index[0]), j = std::llround(index[1]), k = std::llround(index[2]);
        const bool inside = i >= 0 && i < grid.size[0] && j >= 0 && j < grid.size[1] && k >= 0 && k < grid.size[2];
        if (inside && mask(i, j, k)) result.data()[v] = 1;
      }
    }
  }
  return result;
}

MirrorPlane SymmetrySearch::operator()(const Image<float>& image, const std::optional<Mask>& brain,
                                       const Progress& progress) const {
  require<OptionError>(max_angle > 0.0 && max_angle <= 45.0, "max_angle is ", max_angle,
                       "; expected more than 0, at most 45 degrees");
  require<OptionError>(min_score >= -1.0 && min_score <= 1.0, "min_score is ", min_score, "; expected -1 to 1");
  report(progress, stage, 0, 4);
  preprocess::require_usable(image);
  if (brain) require_same_space(brain->geometry(), image.geometry(), "the brain mask", "the image");
  const Mask where = brain ? *brain : foreground_mask(image);

  const Geometry grid = preprocess::with_spacing(image.geometry(), image.geometry().spacing.cwiseMax(2.5));
  std::vector<float> values(image.values().begin(), image.values().end());
  // Bright spots, as vessels and fat, must not outweigh the rest.
  std::vector<float> of_tissue;
  for (std::size_t v = 0; v < image.size(); ++v) {
    if (where.data()[v]) of_tissue.push_back(values[v]);
  }
  require<DataError>(!of_tissue.empty(), "the brain mask marks no voxel");
  const auto highest = static_cast<float>(preprocess::quantile(of_tissue, 0.98)),
             lowest = static_cast<float>(preprocess::quantile(of_tissue, 0.01));
  for (float& value : values) value = std::clamp(value, std::min(lowest, 0.0F), highest);
  const auto smooth = preprocess::gaussian(preprocess::averaged(values, image.geometry(), grid, threads), grid, 2.0, threads);
  std::vector<float> share(where.size());
  for (std::size_t v = 0; v < share.size(); ++v) share[v] = where.data()[v] ? 1.0F : 0.0F;
  share = preprocess::averaged(share, image.geometry(), grid, threads);
  // The border of the brain is what is most alike: some of what lies around it is compared too.
  Mask coarse(grid);
  for (std::size_t v = 0; v < share.size(); ++v) coarse.data()[v] = share[v] >= 0.25F ? 1 : 0;
  coarse = detail::grown(coarse, 8.0, threads);

  Samples all;
  std::vector<std::size_t> voxels;
  Vector3d centre = Vector3d::Zero();
  for (std::size_t v = 0; v < share.size(); ++v) {
    if (!coarse.data()[v]) continue;
    voxels.push_back(v);
    all.points.push_back(preprocess::position_of(grid, v));
    all.values.push_back(smooth[v]);
    centre += all.points.back();
  }
  require<DataError>(all.points.size() >= 200, "only ", all.points.size(),
                     " samples of 2.5 mm lie in the brain; expected at least 200: is this a brain?");
  centre /= static_cast<double>(all.points.size());
  all.weights.assign(all.points.size(), 1.0F);
  const Symmetry symmetry(grid, smooth, centre, threads);

  const Samples few = every(all, 1500);
  Vector3d best = Vector3d::Zero();
  double highest_score = -2.0;
  for (double shift = -16.0; shift <= 16.0; shift += 4.0) {
    for (double yaw = -max_angle; yaw <= max_angle; yaw += max_angle / 6.0) {
      for (double roll = -max_angle; roll <= max_angle; roll += max_angle / 6.0) {
        const Vector3d p(shift, yaw, roll);
        const double score = symmetry(symmetry.plane(p), few) - 2e-4 * (std::abs(shift) + std::abs(yaw) + std::abs(roll));
        if (score <= highest_score) continue;
        highest_score = score;
        best = p;
      }
    }
  }
  report(progress, stage, 1, 4);
  best = symmetry.climbed(best, every(all, 8000), 2.0, 0.25, max_angle);
  for (int round = 0; round < 2; ++round) {
    symmetry.reweight(symmetry.plane(best), all, grid, voxels);
    best = symmetry.climbed(best, every(all, 40000), 0.5, 0.02, max_angle);
    report(progress, stage, 2 + static_cast<std::size_t>(round), 4);
  }
  MirrorPlane plane = symmetry.plane(best);
  all.weights.assign(all.points.size(), 1.0F);
  plane.score = symmetry(plane, all);
  if (plane.score < min_score) {
    plane.flags.push_back({"preprocess.mirror.asymmetric", message("the halves correlate by ", plane.score, " only; expected ",
                                                                   min_score, " or more: the mirror plane is uncertain")});
  }
  if (std::max(std::abs(best[1]), std::abs(best[2])) > max_angle - 0.5) {
    plane.flags.push_back({"preprocess.mirror.limit", message("the plane is turned as far as max_angle (", max_angle,
                                                              " degrees) lets it: it may lie farther")});
  }
  report(progress, stage, 4, 4);
  return plane;
}

}  // namespace bolus

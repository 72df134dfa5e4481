#include <bolus/preprocess/brain_extraction.hpp>

#include <algorithm>
#include <array>
#include <cmath>

#include <bolus/core/detail/mask_components.hpp>
#include <bolus/core/detail/mask_distance.hpp>
#include <bolus/core/detail/trilinear.hpp>
#include <bolus/core/parallel.hpp>

#include "grid_filter.hpp"
#include "optimal_surface.hpp"
#include "surface_mesh.hpp"

namespace bolus {
namespace {

using detail::message;
using detail::require;
using detail::Trilinear;
using Eigen::Vector3d;
using preprocess::SurfaceMesh;

constexpr const char* stage = "extracting the brain";

/// Numbers of the method; lengths in mm. What has to do with the image's contrast is learned from the image.
constexpr double crown_to_base = 140.0;  // a head's part that is looked at, from the top down
constexpr double scalp = 8.0;            // less deep than this below the skin there is no brain
constexpr double strongest_odds = 1.5;   // log odds of brain that one voxel may bring
constexpr double strongest_doubt = 3.0;  // and against it
constexpr double certain_tissue = 0.5;   // least log odds of the commonest 80 % of the intensities inside
constexpr double forgetting = 10.0;      // mm x log odds lost after which what lies beyond counts less

/// Intensities relative to the brain's median, counted.
struct IntensityCounts {
  static constexpr std::size_t bins = 128;
  std::array<double, bins> count{};
  double total = 0.0;

  static std::size_t bin_of(float value) {
    return static_cast<std::size_t>(std::clamp(value * (bins / 4.0F), 0.0F, static_cast<float>(bins - 1)));
  }
  void add(float value) {
    count[bin_of(value)] += 1.0;
    total += 1.0;
  }
  /// Share of each bin, smoothed over its neighbours and never 0.
  std::array<double, bins> shares() const {
    constexpr double width = 2.5, least = 2e-4;
    std::array<double, bins> result{};
    for (std::size_t i = 0; i < bins; ++i) {
      double sum = 0.0, weight = 0.0;
      for (std::size_t j = 0; j < bins; ++j) {
        const double apart = (static_cast<double>(i) - static_cast<double>(j)) / width;
        const double w = std::exp(-0.5 * apart * apart);
        sum += w * count[j];
        weight += w;
      }
      result[i] = (sum / weight + total * least) / (std::max(total, 1.0) * (1.0 + least * bins));
    }
    return result;
  }
};

/// Log odds of brain for every bin, from what lies inside and what lies around.
std::array<float, IntensityCounts::bins> odds_of(const IntensityCounts& inside, const IntensityCounts& around) {
  const auto brain = inside.shares(), other = around.shares();
  double sum = 0.0, below = 0.0;
  for (const double share : brain) sum += share;
  std::array<float, IntensityCounts::bins> result{};
  for (std::size_t i = 0; i < result.size(); ++i) {
    const double rank = (below + 0.5 * brain[i]) / sum;
    below += brain[i];
    double odds = std::log(brain[i] / other[i]);
    if (rank > 0.1 && rank < 0.9) odds = std::max(odds, certain_tissue);
    result[i] = static_cast<float>(std::clamp(odds, -strongest_doubt, strongest_odds));
  }
  return result;
}

/// Smooths a surface without shrinking it (Taubin 1995).
void fair(SurfaceMesh& mesh, int times) {
  for (int k = 0; k < times; ++k) {
    for (const double pull : {0.5, -0.53}) {
      auto moved = mesh.vertices;
      for (std::size_t v = 0; v < moved.size(); ++v) {
        Vector3d mean = Vector3d::Zero();
        for (const int n : mesh.neighbours[v]) mean += mesh.vertices[static_cast<std::size_t>(n)];
        moved[v] += pull * (mean / static_cast<double>(mesh.neighbours[v].size()) - mesh.vertices[v]);
      }
      mesh.vertices = std::move(moved);
    }
  }
}

class Extraction {
 public:
  Extraction(const Image<float>& image, const BrainExtraction& options, const Progress& progress)
      : options_(options), progress_(progress) {
    sample(image);
    find_head();
  }

  /// The brain as signed distance on the working grid, 0 at its border.
  std::vector<float> operator()() {
    step(1);
    learn_from_middle();
    auto surface = first_surface();
    step(3);
    surface = surface.refined();
    for (int pass = 0; pass < 2; ++pass) {
      const auto inside = preprocess::voxels_inside(surface, grid_, options_.threads);
      find_shading(inside);
      learn(inside, 3.0);
      surface = settled(std::move(surface));
    }
    step(5);
    auto phase = settled_region(preprocess::voxels_inside(surface, grid_, options_.threads));
    step(9);
    return to_outer_border(rounded_off(phase));
  }

  const Geometry& grid() const { return grid_; }
  double contrast() const { return contrast_; }

 private:
  void step(std::size_t done) const { report(progress_, stage, done, 10); }

  /// The image on a grid that is fine enough for its intensities, and its mean on the working grid.
  void sample(const Image<float>& image) {
    fine_grid_ = image.geometry();
    fine_.assign(image.values().begin(), image.values().end());
    if (fine_grid_.spacing.minCoeff() < 0.7) {
      fine_grid_ = preprocess::with_spacing(image.geometry(), image.geometry().spacing.cwiseMax(1.0));
      fine_ = preprocess::averaged(fine_, image.geometry(), fine_grid_, options_.threads);
    }
    const auto floor = static_cast<float>(std::min(0.0, preprocess::quantile(fine_, 0.01)));
    for (float& value : fine_) value = std::max(0.0F, value - floor);
    grid_ = preprocess::with_spacing(fine_grid_, Vector3d::Constant(options_.resolution));
    coarse_ = preprocess::averaged(fine_, fine_grid_, grid_, options_.threads);
    shading_.assign(coarse_.size(), 1.0F);
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const auto k = static_cast<Eigen::Index>(axis);
      for (std::int64_t i = 0; i < fine_grid_.size[axis]; ++i) {
        const double place = (static_cast<double>(i) + 0.5) * fine_grid_.spacing[k] / grid_.spacing[k];
        nearest_[axis].push_back(std::clamp<std::int64_t>(static_cast<std::int64_t>(place), 0, grid_.size[axis] - 1));
      }
    }
  }

  /// Head, how deep each voxel lies in it, the middle of the skull and a first level of the brain.
  void find_head() {
    std::vector<float> positive;
    for (const float value : coarse_) {
      if (value > 0.0F) positive.push_back(value);
    }
    require<DataError>(!positive.empty(), "the image has no positive voxel: there is no head in it");
    const double low = preprocess::quantile(positive, 0.02), high = preprocess::quantile(positive, 0.98);
    const auto threshold = static_cast<float>(low + 0.1 * (high - low));
    Mask bright(grid_);
    for (std::size_t v = 0; v < coarse_.size(); ++v) bright.data()[v] = coarse_[v] > threshold ? 1 : 0;
    head_ = detail::largest_component(bright);
    detail::fill_holes(head_);
    std::vector<float> heights;
    for (std::size_t v = 0; v < head_.size(); ++v) {
      if (head_.data()[v]) heights.push_back(static_cast<float>(position(v)[2]));
    }
    const double voxel = grid_.spacing.prod() / 1000.0;
    require<DataError>(static_cast<double>(heights.size()) * voxel > 150.0, "the largest bright part of the image holds ",
                       static_cast<double>(heights.size()) * voxel,
                       " mL; expected a head (more than 150 mL): are the voxel sizes right?");
    top_ = preprocess::quantile(heights, 0.999) + missing_crown();
    double count = 0.0;
    for (std::size_t v = 0; v < head_.size(); ++v) {
      if (!head_.data()[v] || position(v)[2] < top_ - crown_to_base) continue;
      middle_ += position(v);
      count += 1.0;
    }
    middle_ /= count;
    middle_[2] = std::max(middle_[2], top_ - 85.0);
    const double volume = count * voxel;
    radius_ = std::cbrt(0.75 * volume * 1000.0 / 3.14159265358979323846);
    has_scalp_ = volume > 1900.0;
    std::vector<float> central;
    for (std::size_t v = 0; v < head_.size(); ++v) {
      if (coarse_[v] > threshold && (position(v) - middle_).norm() < 0.5 * radius_) central.push_back(coarse_[v]);
    }
    require<DataError>(!central.empty(), "the middle of the head is dark: is there a brain in the image?");
    level_ = static_cast<float>(preprocess::quantile(central, 0.5));
    const auto squared = detail::squared_distance(head_, true, options_.threads);
    against_.assign(head_.size(), 0.0F);
    depth_.resize(head_.size());
    for (std::size_t v = 0; v < head_.size(); ++v) {
      depth_[v] = std::sqrt(squared[v]);
      double doubt = 0.0;
      if (has_scalp_) {
        doubt += 2.0 / (1.0 + std::exp((static_cast<double>(depth_[v]) - scalp + 2.0) / 1.0));
        // The face: in front, less far below the crown than the cerebellum behind. Loose, as heads are tilted.
        const Vector3d at = position(v);
        const double base = top_ - 142.0 - 0.45 * (at[1] - middle_[1]);
        doubt += 1.5 / (1.0 + std::exp((at[2] - base + 6.0) / 4.0));
      }
      against_[v] = static_cast<float>(doubt);
    }
  }

  /// How far the crown lies above an image that cuts through the head, from the size of its highest section: a skull's roof is
  /// about half an ellipsoid.
  double missing_crown() const {
    constexpr double roof = 85.0;
    Eigen::Index axis = 0;
    grid_.direction.row(2).cwiseAbs().maxCoeff(&axis);
    const auto up = static_cast<std::size_t>(axis);
    std::vector<double> area(static_cast<std::size_t>(grid_.size[up]), 0.0);
    const std::array<std::size_t, 3> stride{1, static_cast<std::size_t>(grid_.size[0]),
                                            static_cast<std::size_t>(grid_.size[0] * grid_.size[1])};
    for (std::size_t v = 0; v < head_.size(); ++v) area[v / stride[up] % area.size()] += head_.data()[v];
    if (grid_.direction(2, axis) > 0.0) std::reverse(area.begin(), area.end());
    const auto seen = std::min(area.size(), static_cast<std::size_t>(crown_to_base / grid_.spacing[axis]));
    const double largest = *std::max_element(area.begin(), area.begin() + static_cast<std::ptrdiff_t>(seen));
    const double share = largest > 0.0 ? area.front() / largest : 0.0;
    return roof * (1.0 - std::sqrt(1.0 - std::min(share, 1.0)));
  }

  Vector3d position(std::size_t v) const { return preprocess::position_of(grid_, v); }
  float relative(std::size_t v) const { return coarse_[v] / (level_ * shading_[v]); }

  /// Log odds of brain on the working grid: found where the image is fine, as a mean of tissues is another tissue.
  void judge(const IntensityCounts& inside, const IntensityCounts& around) {
    const auto table = odds_of(inside, around);
    std::vector<float> fine(fine_.size());
    const auto& size = fine_grid_.size;
    parallel_for(static_cast<std::size_t>(size[1] * size[2]), 256, options_.threads, [&](std::size_t begin, std::size_t end) {
      for (std::size_t row = begin; row < end; ++row) {
        const auto y = row % static_cast<std::size_t>(size[1]), z = row / static_cast<std::size_t>(size[1]);
        const float* shading = shading_.data() + grid_.size[0] * (nearest_[1][y] + grid_.size[1] * nearest_[2][z]);
        const std::size_t first = row * static_cast<std::size_t>(size[0]);
        for (std::size_t x = 0; x < static_cast<std::size_t>(size[0]); ++x) {
          fine[first + x] = table[IntensityCounts::bin_of(fine_[first + x] / (level_ * shading[nearest_[0][x]]))];
        }
      }
    });
    odds_ = preprocess::averaged(fine, fine_grid_, grid_, options_.threads);
    for (std::size_t v = 0; v < odds_.size(); ++v) odds_[v] -= against_[v];
  }

  void learn_from_middle() {
    IntensityCounts inside, around;
    for (std::size_t v = 0; v < head_.size(); ++v) {
      const Vector3d at = position(v);
      if (at[2] < top_ - crown_to_base) continue;
      const double far = (at - middle_).norm();
      if (far < 0.55 * radius_ && head_.data()[v]) {
        inside.add(relative(v));
      } else if (far > 0.5 * radius_ && far < 1.4 * radius_ && static_cast<double>(depth_[v]) < scalp) {
        around.add(relative(v));
      }
    }
    judge(inside, around);
  }

  /// `margin`: mm outside the region that are not counted as surroundings, as the border may be wrong by that.
  void learn(const Mask& region, double margin) {
    const auto distance = preprocess::signed_distance(region, 25.0, options_.threads);
    IntensityCounts inside, around;
    const auto near = static_cast<float>(-margin - 0.5 * options_.resolution), far = static_cast<float>(-20.0);
    for (std::size_t v = 0; v < region.size(); ++v) {
      if (distance[v] > 0.5F * static_cast<float>(options_.resolution)) {
        inside.add(relative(v));
      } else if (distance[v] < near && distance[v] > far && position(v)[2] > middle_[2] - 60.0) {
        around.add(relative(v));
      }
    }
    if (inside.total > 0.0 && around.total > 0.0) judge(inside, around);
  }

  /// Adds up the odds along a line. What lies beyond a skull must not pull the border out: gains fade with what was lost.
  class OddsAlong {
   public:
    void pass(double odds, double length) {
      if (odds > 0.0) odds *= std::exp(-(highest_ - sum_) / forgetting);
      sum_ += length * odds;
      highest_ = std::max(highest_, sum_);
    }
    double sum() const { return sum_; }

   private:
    double sum_ = 0.0, highest_ = 0.0;
  };

  /// The best star-shaped surface around the middle.
  SurfaceMesh first_surface() const {
    constexpr double nearest = 20.0, farthest = 115.0, apart = 2.5;
    auto mesh = SurfaceMesh::sphere(Vector3d::Zero(), 1.0, 3);
    const int levels = static_cast<int>((farthest - nearest) / apart);
    const Trilinear odds(grid_, odds_.data());
    std::vector<float> cost;
    for (const auto& direction : mesh.vertices) {
      OddsAlong along;
      for (int level = 0; level < levels; ++level) {
        cost.push_back(static_cast<float>(-along.sum()));
        const Vector3d at = middle_ + (nearest + level * apart) * direction;
        along.pass(odds.inside(at) ? static_cast<double>(odds(at)) : 0.0, apart);
      }
    }
    const auto chosen = preprocess::optimal_surface(cost, levels, mesh.neighbours, apart, 3);
    for (std::size_t v = 0; v < mesh.vertices.size(); ++v) {
      mesh.vertices[v] = middle_ + (nearest + chosen[v] * apart) * mesh.vertices[v];
    }
    return mesh;
  }

  /// The best surface within 12 mm of a given one, with more vertices.
  SurfaceMesh settled(SurfaceMesh mesh) const {
    constexpr double reach = 12.0, apart = 1.5, edge_weight = 1.0;
    fair(mesh, 10);
    const int levels = static_cast<int>(2.0 * reach / apart) + 1;
    const auto normals = mesh.normals();
    const Trilinear odds(grid_, odds_.data()), values(grid_, coarse_.data());
    std::vector<float> cost(mesh.vertices.size() * static_cast<std::size_t>(levels));
    parallel_for(mesh.vertices.size(), 64, options_.threads, [&](std::size_t begin, std::size_t end) {
      for (std::size_t v = begin; v < end; ++v) {
        OddsAlong along;
        for (int level = 0; level < levels; ++level) {
          const Vector3d at = mesh.vertices[v] + (level * apart - reach) * normals[v];
          const Vector3d next = at + 0.5 * apart * normals[v];
          const double edge = static_cast<double>((values(at - apart * normals[v]) - values(at + apart * normals[v])) / level_);
          cost[v * static_cast<std::size_t>(levels) + static_cast<std::size_t>(level)] =
              static_cast<float>(-along.sum() - edge_weight * std::clamp(edge, -1.0, 1.0));
          along.pass(odds.inside(next) ? static_cast<double>(odds(next)) : 0.0, apart);
        }
      }
    });
    const auto chosen = preprocess::optimal_surface(cost, levels, mesh.neighbours, apart, 2);
    for (std::size_t v = 0; v < mesh.vertices.size(); ++v) mesh.vertices[v] += (chosen[v] * apart - reach) * normals[v];
    return mesh;
  }

  /// The smooth change of brightness over the brain, from its commonest tissue.
  void find_shading(const Mask& region) {
    const auto distance = preprocess::signed_distance(region, 25.0, options_.threads);
    std::vector<float> value(region.size(), 0.0F), weight(region.size(), 0.0F);
    for (std::size_t v = 0; v < region.size(); ++v) {
      const float ratio = coarse_[v] / level_;
      if (distance[v] < 2.0F || ratio < 0.5F || ratio > 1.6F) continue;
      value[v] = std::log(ratio);
      weight[v] = 1.0F;
    }
    value = preprocess::gaussian(std::move(value), grid_, 20.0, options_.threads);
    weight = preprocess::gaussian(std::move(weight), grid_, 20.0, options_.threads);
    double sum = 0.0, count = 0.0;
    for (std::size_t v = 0; v < region.size(); ++v) {
      if (!region.data()[v] || weight[v] < 1e-3F) continue;
      sum += static_cast<double>(value[v] / weight[v]);
      count += 1.0;
    }
    const auto mean = static_cast<float>(count > 0.0 ? sum / count : 0.0);
    for (std::size_t v = 0; v < region.size(); ++v) shading_[v] = std::exp(weight[v] > 1e-3F ? value[v] / weight[v] : mean);
  }

  /// The region near a first one that has the best odds and a smooth border: threshold dynamics (Merriman, Bence and Osher
  /// 1992; Esedoglu and Tsai 2006), with a border some voxels wide so that it moves by fractions of them. 0 to 1.
  std::vector<float> settled_region(const Mask& first) {
    constexpr float gain = 2.5F, pull = 0.15F;
    constexpr double band = 8.0;
    constexpr int rounds = 3, steps = 12;
    const auto distance = preprocess::signed_distance(first, 20.0, options_.threads);
    std::vector<float> phase(first.size()), lowest(first.size()), highest(first.size());
    for (std::size_t v = 0; v < phase.size(); ++v) {
      phase[v] = std::clamp(0.5F + 0.25F * distance[v], 0.0F, 1.0F);
      lowest[v] = static_cast<double>(distance[v]) > band + 4.0 ? 1.0F : 0.0F;
      highest[v] = static_cast<double>(distance[v]) < -band ? 0.0F : 1.0F;
    }
    for (int round = 0; round < rounds; ++round) {
      learn(region_of(phase), 4.0);
      for (int k = 0; k < steps; ++k) {
        const auto smooth = preprocess::gaussian(phase, grid_, options_.smoothness, options_.threads);
        for (std::size_t v = 0; v < phase.size(); ++v) {
          phase[v] = std::clamp(0.5F + gain * (smooth[v] + pull * odds_[v] - 0.5F), lowest[v], highest[v]);
        }
      }
      step(6 + static_cast<std::size_t>(round));
    }
    return phase;
  }

  Mask region_of(const std::vector<float>& phase) const {
    Mask region(grid_);
    for (std::size_t v = 0; v < phase.size(); ++v) region.data()[v] = phase[v] > 0.5F ? 1 : 0;
    return region;
  }

  /// The largest part without holes, notches of its convex upper half filled: there a tumour of unusual brightness reaches the
  /// border. Signed distance.
  std::vector<float> rounded_off(const std::vector<float>& phase) const {
    constexpr double notch = 10.0;
    Mask region = detail::largest_component(region_of(phase));
    const Mask closed = detail::eroded(detail::grown(region, notch, options_.threads), notch, options_.threads);
    for (std::size_t v = 0; v < region.size(); ++v) {
      if (!closed.data()[v] || region.data()[v] || position(v)[2] < middle_[2]) continue;
      if (!has_scalp_ || static_cast<double>(depth_[v]) > scalp + 2.0) region.data()[v] = 1;
    }
    detail::fill_holes(region);
    return preprocess::gaussian(preprocess::signed_distance(region, 20.0, options_.threads), grid_, options_.resolution,
                                options_.threads);
  }

  /// Moves the border from the edge of the brain to the foot of the fall in brightness outside it, which is where thick slices
  /// and smoothing let the brain end; where a rim is bright as fluid (T2), to just outside its inner edge. In an image with
  /// such rims, thick slices blur some of them away: there one as thick as the others begins at half of the fall.
  std::vector<float> to_outer_border(std::vector<float> distance) {
    constexpr double fluid = 1.6, rim = 3.0, kept_rim = 1.0, farthest = 5.0, rims_of_fluid = 0.2;
    std::vector<float> relative_values(coarse_.size());
    for (std::size_t v = 0; v < coarse_.size(); ++v) relative_values[v] = relative(v);
    const Trilinear values(grid_, relative_values.data()), border(grid_, distance.data()), odds(grid_, odds_.data());
    std::vector<float> shift(distance.size(), 0.0F), weight(distance.size(), 0.0F), half(distance.size(), 0.0F);
    std::vector<float> inner(distance.size(), 0.0F), rims(distance.size(), 0.0F);
    const auto shell = static_cast<float>(0.75 * options_.resolution);
    parallel_for(distance.size(), 4096, options_.threads, [&](std::size_t begin, std::size_t end) {
      for (std::size_t v = begin; v < end; ++v) {
        if (std::abs(distance[v]) >= shell) continue;
        const Vector3d at = position(v);
        Vector3d normal;
        for (int k = 0; k < 3; ++k) {
          const Vector3d aside = options_.resolution * Vector3d::Unit(k);
          normal[k] = static_cast<double>(border(at - aside) - border(at + aside));
        }
        if (normal.norm() < 1e-6) continue;
        normal.normalize();
        const Vector3d edge = at + static_cast<double>(distance[v]) * normal;
        const auto value = [&](double d) { return static_cast<double>(values(edge + d * normal)); };
        double level = 0.0;
        for (double d = -4.0; d <= -2.0; d += 1.0) level = std::max(level, value(d));
        double lowest = level;
        for (double d = -1.0; d <= 6.0; d += 0.5) lowest = std::min(lowest, value(d));
        const double foot = lowest + options_.edge * (level - lowest);
        double moved = -2.0, middle = -4.0;
        while (moved < farthest && value(moved) > foot) moved += 0.5;
        while (middle < farthest && value(middle) > 0.5 * (std::min(level, 1.0) + lowest)) middle += 0.5;
        // A voxel this long across the border spreads the fall over its length: half of it is where the border was.
        const double across = (fine_grid_.direction.transpose() * normal).cwiseProduct(fine_grid_.spacing).norm();
        moved -= std::max(0.0, 0.5 - options_.edge) * std::max(0.0, across - options_.resolution);
        double outer = 2.0;
        while (outer > -3.5 && value(outer) <= fluid) outer -= 0.5;
        if (outer > -3.5) {
          double thickness = 0.0;
          while (thickness < rim && value(outer - thickness) > fluid) thickness += 0.5;
          moved = std::min(moved, outer + 0.5 - thickness + kept_rim);
          rims[v] = static_cast<float>(thickness);
        }
        half[v] = static_cast<float>(middle);
        shift[v] = static_cast<float>(moved);
        weight[v] = 1.0F;
        inner[v] = odds(edge - 3.0 * normal) - odds(edge + 3.0 * normal);
      }
    });
    double sum = 0.0, count = 0.0, with_rim = 0.0, thickness = 0.0;
    for (std::size_t v = 0; v < distance.size(); ++v) {
      sum += static_cast<double>(inner[v]);
      count += static_cast<double>(weight[v]);
      with_rim += rims[v] > 0.0F ? 1.0 : 0.0;
      thickness += static_cast<double>(rims[v]);
    }
    if (with_rim > rims_of_fluid * count) {
      const auto covered = static_cast<float>(std::max(0.0, thickness / with_rim - kept_rim));
      for (std::size_t v = 0; v < distance.size(); ++v) {
        if (weight[v] > 0.0F && rims[v] == 0.0F) shift[v] = std::min(shift[v], half[v] - covered);
      }
    }
    contrast_ = count > 0.0 ? sum / count : 0.0;
    shift = preprocess::gaussian(std::move(shift), grid_, 4.0, options_.threads);
    weight = preprocess::gaussian(std::move(weight), grid_, 4.0, options_.threads);
    for (std::size_t v = 0; v < distance.size(); ++v) {
      if (weight[v] > 1e-4F) distance[v] += shift[v] / weight[v];
    }
    return distance;
  }

  const BrainExtraction& options_;
  const Progress& progress_;
  Geometry fine_grid_, grid_;
  std::vector<float> fine_, coarse_, shading_, depth_, against_, odds_;
  std::array<std::vector<std::int64_t>, 3> nearest_;  // working voxel of each fine one
  Mask head_;
  Vector3d middle_ = Vector3d::Zero();
  double top_ = 0.0, radius_ = 0.0, contrast_ = 0.0;
  float level_ = 1.0F;
  bool has_scalp_ = true;
};

void validate(const BrainExtraction& options) {
  require<OptionError>(options.resolution >= 1.0 && options.resolution <= 4.0, "resolution is ", options.resolution,
                       "; expected 1 to 4 mm");
  require<OptionError>(options.smoothness >= 1.0 && options.smoothness <= 10.0, "smoothness is ", options.smoothness,
                       "; expected 1 to 10 mm");
  require<OptionError>(options.edge > 0.0 && options.edge < 1.0, "edge is ", options.edge, "; expected a share in (0, 1)");
  require<OptionError>(std::abs(options.margin) <= 20.0, "margin is ", options.margin, "; expected -20 to 20 mm");
}

}  // namespace

BrainExtractionResult BrainExtraction::operator()(const Image<float>& image, const Progress& progress) const {
  validate(*this);
  report(progress, stage, 0, 10);
  preprocess::require_usable(image);
  const Geometry& geometry = image.geometry();
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double extent = static_cast<double>(geometry.size[axis]) * geometry.spacing[static_cast<Eigen::Index>(axis)];
    require<DataError>(geometry.size[axis] >= 4 && extent >= 40.0, "the image has ", geometry.size[axis], " voxels and ",
                       extent, " mm along axis ", axis, "; a head needs at least 4 voxels and 40 mm: is it a single slice?");
    require<DataError>(extent <= 1000.0, "the image spans ", extent, " mm along axis ", axis, "; are the voxel sizes right?");
  }
  Extraction extraction(image, *this, progress);
  const auto distance = extraction();
  const Trilinear inside(extraction.grid(), distance.data());
  BrainExtractionResult result{Mask(geometry), {}, {}};
  const auto limit = static_cast<float>(-margin);
  parallel_for(static_cast<std::size_t>(geometry.size[1] * geometry.size[2]), 64, threads,
               [&](std::size_t begin, std::size_t end) {
                 for (std::size_t row = begin; row < end; ++row) {
                   for (std::int64_t x = 0; x < geometry.size[0]; ++x) {
                     const std::size_t v = row * static_cast<std::size_t>(geometry.size[0]) + static_cast<std::size_t>(x);
                     result.mask.data()[v] = inside(preprocess::position_of(geometry, v)) > limit ? 1 : 0;
                   }
                 }
               });
  result.mask = detail::largest_component(result.mask);
  result.quality = BrainMaskCheck{.threads = threads}(result.mask);
  result.flags = result.quality.flags;
  if (extraction.contrast() < 0.5) {
    result.flags.push_back({"preprocess.brain.no_boundary",
                            message("inside and outside of the border look alike (log odds differ by ", extraction.contrast(),
                                    "; expected 0.5 or more): the mask may be wrong where the brain seems to end")});
  }
  report(progress, stage, 10, 10);
  return result;
}

}  // namespace bolus

#include <bolus/preprocess/tissue_classification.hpp>

#include <algorithm>
#include <cmath>

#include <bolus/core/parallel.hpp>

#include "grid_filter.hpp"

namespace bolus {
namespace {

using detail::message;
using detail::require;

constexpr const char* stage = "classifying tissue";
using Three = std::array<double, 3>;

/// The smallest box of voxels around a mask.
struct Box {
  std::array<std::int64_t, 3> first{}, last{};

  explicit Box(const Mask& mask) : first(mask.geometry().size), last{-1, -1, -1} {
    std::size_t v = 0;
    const auto& size = mask.geometry().size;
    std::array<std::int64_t, 3> at{};
    for (at[2] = 0; at[2] < size[2]; ++at[2]) {
      for (at[1] = 0; at[1] < size[1]; ++at[1]) {
        for (at[0] = 0; at[0] < size[0]; ++at[0], ++v) {
          if (!mask.data()[v]) continue;
          for (std::size_t axis = 0; axis < 3; ++axis) {
            first[axis] = std::min(first[axis], at[axis]);
            last[axis] = std::max(last[axis], at[axis]);
          }
        }
      }
    }
  }
  bool empty() const { return last[0] < first[0]; }
  Geometry grid_in(const Geometry& whole) const {
    Geometry grid = whole;
    grid.origin = whole.point_of(
        Eigen::Vector3d(static_cast<double>(first[0]), static_cast<double>(first[1]), static_cast<double>(first[2])));
    for (std::size_t axis = 0; axis < 3; ++axis) grid.size[axis] = last[axis] - first[axis] + 1;
    return grid;
  }
  /// Calls `visit(voxel in the box, voxel in the whole)`.
  template <class Visit>
  void each(const Geometry& whole, Visit&& visit) const {
    std::size_t inner = 0;
    for (auto z = first[2]; z <= last[2]; ++z) {
      for (auto y = first[1]; y <= last[1]; ++y) {
        for (auto x = first[0]; x <= last[0]; ++x, ++inner) {
          visit(inner, static_cast<std::size_t>(x + whole.size[0] * (y + whole.size[1] * z)));
        }
      }
    }
  }
};

/// Darkest, middle and brightest class of values by k-means on a histogram, from fixed quantiles: where the mixture starts.
struct Start {
  Three mean{}, deviation{}, share{};

  explicit Start(const std::vector<float>& values) {
    constexpr std::size_t bins = 512;
    const double low = preprocess::quantile(values, 0.001), high = preprocess::quantile(values, 0.999);
    require<DataError>(high > low, "the brain is constant (", low, "): there are no tissues to tell apart");
    std::array<double, bins> count{}, centre{};
    for (const float value : values) {
      const double place = (static_cast<double>(value) - low) / (high - low) * bins;
      count[static_cast<std::size_t>(std::clamp(place, 0.0, static_cast<double>(bins - 1)))] += 1.0;
    }
    for (std::size_t b = 0; b < bins; ++b) centre[b] = low + (static_cast<double>(b) + 0.5) * (high - low) / bins;
    mean = {preprocess::quantile(values, 0.05), preprocess::quantile(values, 0.4), preprocess::quantile(values, 0.85)};
    for (int turn = 0; turn < 100; ++turn) {
      Three sum{}, square{}, total{};
      for (std::size_t b = 0; b < bins; ++b) {
        std::size_t nearest = 0;
        for (std::size_t k = 1; k < 3; ++k) {
          if (std::abs(centre[b] - mean[k]) < std::abs(centre[b] - mean[nearest])) nearest = k;
        }
        sum[nearest] += count[b] * centre[b];
        square[nearest] += count[b] * centre[b] * centre[b];
        total[nearest] += count[b];
      }
      const Three before = mean;
      for (std::size_t k = 0; k < 3; ++k) {
        if (total[k] <= 0.0) continue;
        mean[k] = sum[k] / total[k];
        deviation[k] = std::sqrt(std::max(square[k] / total[k] - mean[k] * mean[k], 1e-6 * (high - low) * (high - low)));
        share[k] = total[k] / static_cast<double>(values.size());
      }
      if (mean == before) break;
    }
    for (std::size_t k = 0; k < 3; ++k) {
      if (deviation[k] <= 0.0) deviation[k] = 0.05 * (high - low);
      share[k] = std::max(share[k], 0.01);
    }
  }
};

void validate(const TissueClassification& options) {
  require<OptionError>(options.iterations >= 1 && options.iterations <= 1000, "iterations is ", options.iterations,
                       "; expected 1 to 1000");
  require<OptionError>(options.neighbours >= 0.0 && options.neighbours <= 10.0, "neighbours is ", options.neighbours,
                       "; expected 0 to 10");
  require<OptionError>(options.bias_width == 0.0 || (options.bias_width >= 10.0 && options.bias_width <= 500.0),
                       "bias_width is ", options.bias_width, "; expected 0 (no bias field) or 10 to 500 mm");
  require<OptionError>(options.tolerance >= 0.0, "tolerance is ", options.tolerance, "; expected 0 or more");
}

class Mixture {
 public:
  Mixture(const TissueClassification& options, const Geometry& grid, std::vector<float> values, std::vector<std::uint8_t> used)
      : options_(options), grid_(grid), values_(std::move(values)), used_(std::move(used)), log_bias_(values_.size(), 0.0F) {
    for (std::size_t v = 0; v < values_.size(); ++v) {
      if (used_[v]) voxels_.push_back(v);
    }
    std::vector<float> inside;
    for (const auto v : voxels_) inside.push_back(values_[v]);
    const Start start(inside);
    mean_ = start.mean;
    deviation_ = start.deviation;
    share_ = start.share;
    ceiling_ = preprocess::quantile(inside, 0.995);
    for (auto& probability : probability_) probability.assign(values_.size(), 0.0F);
    bias_grid_ = preprocess::with_spacing(grid, grid.spacing.cwiseMax(4.0));
  }

  /// Rounds done, and the last mean change of the probabilities.
  std::pair<int, double> fit(const Progress& progress) {
    double change = 1.0;
    int done = 0;
    while (done < options_.iterations && change > options_.tolerance) {
      report(progress, stage, static_cast<std::size_t>(done), static_cast<std::size_t>(options_.iterations));
      change = expect(false);
      maximise();
      if (options_.bias_width > 0.0) find_bias();
      ++done;
    }
    // Neighbours only then: during the fit they would widen the classes.
    for (int round = 0; round < 3 && options_.neighbours > 0.0; ++round) expect(true);
    return {done, change};
  }

  const std::array<std::vector<float>, 3>& probability() const { return probability_; }
  const std::vector<float>& log_bias() const { return log_bias_; }
  const Three& mean() const { return mean_; }
  const Three& deviation() const { return deviation_; }
  std::size_t voxel_count() const { return voxels_.size(); }

 private:
  double unbiased(std::size_t v) const {
    // Vessels that took up contrast medium are brighter than any tissue: they count as the brightest of it.
    return std::min(static_cast<double>(values_[v]), ceiling_) * std::exp(-static_cast<double>(log_bias_[v]));
  }

  /// Probabilities from the classes and, if asked for, from the neighbours' last probabilities.
  double expect(bool with_neighbours) {
    const auto before = probability_;
    const std::array<std::int64_t, 3> stride{1, grid_.size[0], grid_.size[0] * grid_.size[1]};
    std::array<double, 3> near{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
      near[axis] = options_.neighbours * grid_.spacing.minCoeff() / grid_.spacing[static_cast<Eigen::Index>(axis)];
    }
    const double change = parallel_sum(voxels_.size(), 16384, options_.threads, 0.0, [&](std::size_t begin, std::size_t end) {
      double sum = 0.0;
      for (std::size_t i = begin; i < end; ++i) {
        const std::size_t v = voxels_[i];
        Three weight{};
        const double value = unbiased(v);
        for (std::size_t k = 0; k < 3; ++k) {
          const double apart = (value - mean_[k]) / deviation_[k];
          weight[k] = std::log(share_[k] / deviation_[k]) - 0.5 * apart * apart;
        }
        if (with_neighbours && options_.neighbours > 0.0) {
          const auto nx = static_cast<std::size_t>(grid_.size[0]), ny = static_cast<std::size_t>(grid_.size[1]);
          const std::array<std::size_t, 3> at{v % nx, v / nx % ny, v / (nx * ny)};
          for (std::size_t axis = 0; axis < 3; ++axis) {
            for (const std::int64_t step : {-1, 1}) {
              const auto next = static_cast<std::int64_t>(at[axis]) + step;
              if (next < 0 || next >= grid_.size[axis]) continue;
              const auto n = static_cast<std::size_t>(static_cast<std::int64_t>(v) + step * stride[axis]);
              for (std::size_t k = 0; k < 3; ++k) weight[k] += near[axis] * static_cast<double>(before[k][n]);
            }
          }
        }
        const double largest = *std::max_element(weight.begin(), weight.end());
        double total = 0.0;
        for (double& w : weight) total += w = std::exp(w - largest);
        for (std::size_t k = 0; k < 3; ++k) {
          const auto probability = static_cast<float>(weight[k] / total);
          sum += std::abs(static_cast<double>(probability - before[k][v]));
          probability_[k][v] = probability;
        }
      }
      return sum;
    });
    return change / static_cast<double>(voxels_.size());
  }

  void maximise() {
    using Sums = Eigen::Matrix<double, 9, 1>;
    const Sums sums = parallel_sum<Sums>(voxels_.size(), 16384, options_.threads, Sums(Sums::Zero()),
                                         [&](std::size_t begin, std::size_t end) {
                                           Sums part = Sums::Zero();
                                           for (std::size_t i = begin; i < end; ++i) {
                                             const double value = unbiased(voxels_[i]);
                                             for (std::size_t k = 0; k < 3; ++k) {
                                               const double p = static_cast<double>(probability_[k][voxels_[i]]);
                                               const auto row = static_cast<Eigen::Index>(3 * k);
                                               part[row] += p;
                                               part[row + 1] += p * value;
                                               part[row + 2] += p * value * value;
                                             }
                                           }
                                           return part;
                                         });
    const double smallest = 1e-3 * std::abs(mean_[2] - mean_[0]);
    for (std::size_t k = 0; k < 3; ++k) {
      const auto row = static_cast<Eigen::Index>(3 * k);
      if (sums[row] <= 1.0) continue;
      mean_[k] = sums[row + 1] / sums[row];
      deviation_[k] = std::sqrt(std::max(sums[row + 2] / sums[row] - mean_[k] * mean_[k], smallest * smallest));
      share_[k] = sums[row] / static_cast<double>(voxels_.size());
    }
  }

  /// What is left between the image and its classes, as a logarithm, weighted by how sure it is, and smoothed. Its mean is 0.
  void find_bias() {
    std::vector<float> residual(values_.size(), 0.0F), weight(values_.size(), 0.0F);
    parallel_for(voxels_.size(), 16384, options_.threads, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        const std::size_t v = voxels_[i];
        const double value = static_cast<double>(values_[v]);
        if (value <= 0.0 || value >= ceiling_) continue;
        double expected = 0.0, sure = 0.0;
        for (std::size_t k = 1; k < 3; ++k) {  // fluid is dark: its logarithm is mostly noise
          const double relative = deviation_[k] / std::max(mean_[k], 1e-12);
          const double w = static_cast<double>(probability_[k][v]) / (relative * relative);
          if (mean_[k] <= 0.0) continue;
          expected += w * std::log(mean_[k]);
          sure += w;
        }
        residual[v] = static_cast<float>(sure * std::log(value) - expected);
        weight[v] = static_cast<float>(sure);
      }
    });
    auto coarse = preprocess::averaged(residual, grid_, bias_grid_, options_.threads);
    auto certainty = preprocess::averaged(weight, grid_, bias_grid_, options_.threads);
    coarse = preprocess::gaussian(std::move(coarse), bias_grid_, 0.5 * options_.bias_width, options_.threads);
    certainty = preprocess::gaussian(std::move(certainty), bias_grid_, 0.5 * options_.bias_width, options_.threads);
    const float least = 1e-4F * *std::max_element(certainty.begin(), certainty.end());
    for (std::size_t v = 0; v < coarse.size(); ++v) coarse[v] = certainty[v] > least ? coarse[v] / certainty[v] : 0.0F;
    log_bias_ = preprocess::averaged(coarse, bias_grid_, grid_, options_.threads);
    double sum = 0.0;
    for (const auto v : voxels_) sum += static_cast<double>(log_bias_[v]);
    const auto middle = static_cast<float>(sum / static_cast<double>(voxels_.size()));
    for (float& value : log_bias_) value -= middle;
  }

  const TissueClassification& options_;
  Geometry grid_, bias_grid_;
  std::vector<float> values_;
  std::vector<std::uint8_t> used_;
  std::vector<float> log_bias_;
  std::vector<std::size_t> voxels_;
  std::array<std::vector<float>, 3> probability_;
  Three mean_{}, deviation_{}, share_{};
  double ceiling_ = 0.0;
};

}  // namespace

Mask TissueMaps::mask(std::uint8_t tissue) const {
  Mask result(labels.geometry());
  for (std::size_t v = 0; v < labels.size(); ++v) result.data()[v] = labels.data()[v] == tissue ? 1 : 0;
  return result;
}

TissueMaps TissueClassification::operator()(const Image<float>& t1, const Mask& brain, const std::optional<Mask>& excluded,
                                            const Progress& progress) const {
  validate(*this);
  preprocess::require_usable(t1);
  const Geometry& geometry = t1.geometry();
  require_same_space(brain.geometry(), geometry, "the brain mask", "the image");
  if (excluded) require_same_space(excluded->geometry(), geometry, "the excluded mask", "the image");
  Mask used(geometry);
  std::size_t count = 0, left_out = 0;
  for (std::size_t v = 0; v < used.size(); ++v) {
    const bool out = excluded && excluded->data()[v];
    left_out += out && brain.data()[v];
    count += used.data()[v] = brain.data()[v] && !out && t1.data()[v] > 0.0F ? 1 : 0;
  }
  require<DataError>(count >= 1000, "only ", count, " voxels of the brain are left and positive; expected at least 1000");
  const Box box(used);
  const Geometry grid = box.grid_in(geometry);
  std::vector<float> values(grid.voxel_count());
  std::vector<std::uint8_t> inside(grid.voxel_count());
  box.each(geometry, [&](std::size_t inner, std::size_t outer) {
    values[inner] = t1.data()[outer];
    inside[inner] = used.data()[outer];
  });
  Mixture mixture(*this, grid, std::move(values), std::move(inside));
  const auto [done, change] = mixture.fit(progress);

  TissueMaps maps{Image<std::uint8_t>(geometry),
                  Image<float>(geometry),
                  Image<float>(geometry),
                  Image<float>(geometry),
                  Image<float>(geometry, 1.0F),
                  mixture.mean(),
                  mixture.deviation(),
                  {},
                  {}};
  const std::array<Image<float>*, 3> images{&maps.csf, &maps.grey_matter, &maps.white_matter};
  const double voxel = geometry.spacing.prod() / 1000.0;
  box.each(geometry, [&](std::size_t inner, std::size_t outer) {
    if (brain.data()[outer]) maps.bias_field.data()[outer] = std::exp(mixture.log_bias()[inner]);
    if (!used.data()[outer]) return;
    std::size_t most = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      images[k]->data()[outer] = mixture.probability()[k][inner];
      if (mixture.probability()[k][inner] > mixture.probability()[most][inner]) most = k;
    }
    maps.labels.data()[outer] = static_cast<std::uint8_t>(most + 1);
    maps.volume[most] += voxel;
  });
  const auto flag = [&](const char* code, auto... parts) { maps.flags.push_back({code, message(parts...)}); };
  if (change > tolerance && change > 0.01) {
    flag("preprocess.tissue.iterations", "the classes still changed by ", change, " after ", done,
         " iterations; raise iterations");
  }
  const double apart = (maps.mean[2] - maps.mean[1]) / std::max(maps.deviation[1] + maps.deviation[2], 1e-12);
  if (apart < 0.75) {
    flag("preprocess.tissue.contrast", "grey (", maps.mean[1], ") and white matter (", maps.mean[2],
         ") are hardly told apart: is this a T1-weighted image?");
  }
  const double total = maps.volume[0] + maps.volume[1] + maps.volume[2];
  constexpr std::array<const char*, 3> names{"fluid", "grey matter", "white matter"};
  constexpr Three least{0.0, 0.2, 0.2}, most{0.35, 0.7, 0.7};
  for (std::size_t k = 0; k < 3; ++k) {
    const double share = maps.volume[k] / total;
    if (share < least[k] || share > most[k]) {
      flag("preprocess.tissue.share", names[k], " takes ", 100.0 * share, " % of the brain; expected ", 100.0 * least[k],
           " to ", 100.0 * most[k], ": is the image T1-weighted and the brain mask right?");
    }
  }
  if (static_cast<double>(left_out) > 0.4 * static_cast<double>(left_out + count)) {
    flag("preprocess.tissue.excluded", left_out, " of ", left_out + count, " voxels of the brain were excluded");
  }
  report(progress, stage, static_cast<std::size_t>(iterations), static_cast<std::size_t>(iterations));
  return maps;
}

}  // namespace bolus

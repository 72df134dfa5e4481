#pragma once
#include <algorithm>
#include <array>
#include <bolus/dsc/detail/robust_noise.hpp>
#include <cmath>
#include <vector>

namespace bolus::detail {

/// Features of voxels, each a column with one value per voxel.
using FeatureTable = std::vector<std::vector<double>>;

/// A mixture of three normal distributions with independent features.
struct TissueClasses {
  static constexpr std::size_t count = 3;
  using Weights = std::array<double, count>;
  std::vector<Weights> mean, variance;  ///< of each feature
  Weights share{};                      ///< of the voxels

  /// Probability of each class for one voxel of a table.
  Weights operator()(const FeatureTable& features, std::size_t voxel) const {
    Weights weight{};
    for (std::size_t k = 0; k < count; ++k) {
      weight[k] = std::log(std::max(share[k], 1e-300));
      for (std::size_t f = 0; f < features.size(); ++f) {
        const double apart = features[f][voxel] - mean[f][k];
        weight[k] -= 0.5 * (apart * apart / variance[f][k] + std::log(variance[f][k]));
      }
    }
    const double largest = *std::max_element(weight.begin(), weight.end());
    double sum = 0.0;
    for (double& value : weight) sum += value = std::exp(value - largest);
    for (double& value : weight) value /= sum;
    return weight;
  }
};

/// Fits the classes by expectation maximisation from a start that depends on the data alone: the lower, middle and upper third
/// in the first feature. The same input always gives the same classes. Features are to be standardised.
inline TissueClasses fit_tissue_classes(const FeatureTable& features) {
  constexpr double smallest_variance = 1e-3;
  const std::size_t samples = features[0].size(), width = features.size();
  std::vector<double> first = features[0];
  std::sort(first.begin(), first.end());
  const double low = first[samples / 3], high = first[2 * samples / 3];
  std::vector<TissueClasses::Weights> weight(samples, TissueClasses::Weights{});
  for (std::size_t i = 0; i < samples; ++i) weight[i][features[0][i] <= low ? 0 : features[0][i] <= high ? 1 : 2] = 1.0;
  TissueClasses classes{std::vector<TissueClasses::Weights>(width), std::vector<TissueClasses::Weights>(width), {}};
  double change = 1.0;
  for (int step = 0; step < 60 && change > 1e-4; ++step) {
    TissueClasses::Weights total{};
    for (const auto& one : weight) {
      for (std::size_t k = 0; k < classes.count; ++k) total[k] += one[k];
    }
    for (std::size_t k = 0; k < classes.count; ++k) {
      total[k] = std::max(total[k], 1e-9);
      classes.share[k] = total[k] / static_cast<double>(samples);
      for (std::size_t f = 0; f < width; ++f) {
        double sum = 0.0, square = 0.0;
        for (std::size_t i = 0; i < samples; ++i) sum += weight[i][k] * features[f][i];
        const double mean = sum / total[k];
        for (std::size_t i = 0; i < samples; ++i) {
          square += weight[i][k] * (features[f][i] - mean) * (features[f][i] - mean);
        }
        classes.mean[f][k] = mean;
        classes.variance[f][k] = std::max(smallest_variance, square / total[k]);
      }
    }
    change = 0.0;
    for (std::size_t i = 0; i < samples; ++i) {
      const auto probability = classes(features, i);
      for (std::size_t k = 0; k < classes.count; ++k) change += std::abs(probability[k] - weight[i][k]);
      weight[i] = probability;
    }
    change /= static_cast<double>(samples);
  }
  return classes;
}

/// Centres on the median and scales by the median absolute deviation, so that outliers do not rule; clipped to 5 of those.
inline void standardise(std::vector<double>& feature) {
  const double middle = median(feature);
  std::vector<double> apart;
  for (double& value : feature) apart.push_back(std::abs(value -= middle));
  const double spread = median(std::move(apart)) / 0.67448975;
  for (double& value : feature) value = std::clamp(spread > 0.0 ? value / spread : value, -5.0, 5.0);
}

}  // namespace bolus::detail

#pragma once
#include <algorithm>
#include <bolus/core/error.hpp>
#include <bolus/evaluate/detail/binary_labels.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace bolus {

/// How probabilities are put into bins.
enum class BinStrategy {
  uniform,  ///< bins of the same width from 0 to 1
  quantile  ///< bins of about as many samples; equal probabilities stay together
};

namespace detail {

/// Throws DataError for no samples or a probability out of 0 to 1, ShapeError where lengths differ.
inline void require_probabilities(std::span<const int> labels, std::span<const double> probabilities) {
  require<ShapeError>(labels.size() == probabilities.size(), "there are ", labels.size(), " labels and ", probabilities.size(),
                      " probabilities; expected one probability for each label");
  count_classes(labels);
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    require<DataError>(probabilities[i] >= 0.0 && probabilities[i] <= 1.0, "probability ", i, " is ", probabilities[i],
                       "; expected 0 to 1: turn scores into probabilities first");
  }
}

/// Samples whose probability lies in (from, to].
struct ProbabilityBin {
  double from = 0.0;
  double to = 0.0;
  std::int64_t count = 0;
  std::int64_t positives = 0;
  double sum = 0.0;  ///< of the probabilities
};

/// Bins that hold samples, rising: those of scikit-learn's calibration_curve, to the bit of their edges.
inline std::vector<ProbabilityBin> probability_bins(std::span<const int> labels, std::span<const double> probabilities,
                                                    int bins, BinStrategy strategy) {
  require<OptionError>(bins > 0, "bins is ", bins, "; expected at least 1");
  require_probabilities(labels, probabilities);
  std::vector<double> edges;
  const double step = 1.0 / bins;
  for (int i = 0; i <= bins; ++i) edges.push_back(i == bins ? 1.0 : i * step);
  if (strategy == BinStrategy::quantile) {
    std::vector<double> sorted(probabilities.begin(), probabilities.end());
    std::sort(sorted.begin(), sorted.end());
    for (auto& edge : edges) {  // numpy.percentile's arithmetic, since an edge that is a sample's value decides its bin
      const double place = edge * static_cast<double>(sorted.size() - 1);
      const auto low = static_cast<std::size_t>(std::floor(place));
      const auto high = std::min(low + 1, sorted.size() - 1);
      const double share = place - static_cast<double>(low), width = sorted[high] - sorted[low];
      edge = share >= 0.5 ? sorted[high] - width * (1.0 - share) : sorted[low] + width * share;
    }
  }
  std::vector<ProbabilityBin> found(static_cast<std::size_t>(bins));
  for (std::size_t i = 0; i < found.size(); ++i) {
    found[i].from = edges[i];
    found[i].to = edges[i + 1];
  }
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto place = std::lower_bound(edges.begin() + 1, edges.end() - 1, probabilities[i]) - edges.begin() - 1;
    auto& bin = found[static_cast<std::size_t>(place)];
    ++bin.count;
    bin.positives += labels[i];
    bin.sum += probabilities[i];
  }
  std::erase_if(found, [](const ProbabilityBin& bin) { return bin.count == 0; });
  return found;
}

}  // namespace detail
}  // namespace bolus

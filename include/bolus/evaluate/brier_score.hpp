#pragma once
#include <bolus/evaluate/detail/probability_bins.hpp>
#include <optional>
#include <span>

namespace bolus {

/// Brier score (Monthly Weather Review 1950;78:1): mean squared difference of probability and label, 0 is best. `labels` (0 or
/// 1) and `probabilities` (0 to 1), one per sample. Throws ShapeError where lengths differ; DataError for no samples or a
/// probability out of 0 to 1.
inline double brier_score(std::span<const int> labels, std::span<const double> probabilities) {
  detail::require_probabilities(labels, probabilities);
  double sum = 0.0;
  for (std::size_t i = 0; i < labels.size(); ++i) sum += (probabilities[i] - labels[i]) * (probabilities[i] - labels[i]);
  return sum / static_cast<double>(labels.size());
}

/// Where a Brier score comes from: score = reliability - resolution + uncertainty + within_bins (Murphy, J Appl Meteorol
/// 1973;12:595; the last term, Stephenson et al., Weather and Forecasting 2008;23:752).
struct BrierDecomposition {
  double score = 0.0;
  double reliability = 0.0;      ///< mean squared difference of predicted and observed share of a bin; 0 is best
  double resolution = 0.0;       ///< mean squared difference of a bin's observed share and that of all; the more the better
  double uncertainty = 0.0;      ///< share of class 1 * share of class 0
  double within_bins = 0.0;      ///< what probabilities of one bin differ: spread less twice the covariance with the labels
  std::optional<double> scaled;  ///< 1 - score / uncertainty: 1 is best, 0 is no better than the share; none for one class
};

/// Decomposition of the Brier score over bins of the probability. Throws as calibration_curve.
inline BrierDecomposition brier_decomposition(std::span<const int> labels, std::span<const double> probabilities, int bins = 10,
                                              BinStrategy strategy = BinStrategy::uniform) {
  const auto parts = detail::probability_bins(labels, probabilities, bins, strategy);
  BrierDecomposition result;
  result.score = brier_score(labels, probabilities);
  const auto total = static_cast<double>(labels.size());
  const double share = static_cast<double>(detail::count_classes(labels)[1]) / total;
  for (const auto& part : parts) {
    const auto count = static_cast<double>(part.count);
    const double observed = static_cast<double>(part.positives) / count, predicted = part.sum / count;
    result.reliability += count / total * (predicted - observed) * (predicted - observed);
    result.resolution += count / total * (observed - share) * (observed - share);
  }
  result.uncertainty = share * (1.0 - share);
  result.within_bins = result.score - result.reliability + result.resolution - result.uncertainty;
  if (result.uncertainty > 0.0) result.scaled = 1.0 - result.score / result.uncertainty;
  return result;
}

}  // namespace bolus

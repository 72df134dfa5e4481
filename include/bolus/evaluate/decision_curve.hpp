#pragma once
#include <algorithm>
#include <bolus/evaluate/detail/probability_bins.hpp>
#include <span>
#include <utility>
#include <vector>

namespace bolus {

/// Net benefit of acting on a probability, over thresholds.
struct DecisionCurve {
  std::vector<double> thresholds;   ///< probability from which one acts
  std::vector<double> net_benefit;  ///< true positives per sample, less false positives weighted by threshold / (1 - threshold)
  std::vector<double> treat_all;    ///< net benefit of acting on everyone; acting on nobody has 0
  double prevalence = 0.0;          ///< share of class 1, the largest net benefit there can be
};

/// Decision curve (Vickers and Elkin, Med Decis Making 2006;26:565). `labels` (0 or 1) and `probabilities` (0 to 1), one per
/// sample; a sample counts as positive where its probability is the threshold or more. `thresholds`: between 0 and 1; none:
/// 0.01 to 0.99 by 0.01. Throws OptionError for a threshold out of range; ShapeError where lengths differ; DataError for one
/// class or a probability out of 0 to 1.
inline DecisionCurve decision_curve(std::span<const int> labels, std::span<const double> probabilities,
                                    std::vector<double> thresholds = {}) {
  detail::require_probabilities(labels, probabilities);
  detail::require_both_classes(labels);
  if (thresholds.empty())
    for (int i = 1; i < 100; ++i) thresholds.push_back(i / 100.0);
  DecisionCurve result;
  const auto total = static_cast<double>(labels.size());
  std::vector<double> positive, negative;
  for (std::size_t i = 0; i < labels.size(); ++i) (labels[i] == 1 ? positive : negative).push_back(probabilities[i]);
  std::sort(positive.begin(), positive.end());
  std::sort(negative.begin(), negative.end());
  const auto reach = [](const std::vector<double>& sorted, double threshold) {
    return static_cast<double>(sorted.end() - std::lower_bound(sorted.begin(), sorted.end(), threshold));
  };
  result.prevalence = static_cast<double>(positive.size()) / total;
  for (const double threshold : thresholds) {
    detail::require<OptionError>(threshold > 0.0 && threshold < 1.0, "threshold ", threshold, " is not between 0 and 1");
    const double weight = threshold / (1.0 - threshold);
    result.net_benefit.push_back(reach(positive, threshold) / total - reach(negative, threshold) / total * weight);
    result.treat_all.push_back(result.prevalence - (1.0 - result.prevalence) * weight);
  }
  result.thresholds = std::move(thresholds);
  return result;
}

}  // namespace bolus

#pragma once
#include <bolus/evaluate/roc_curve.hpp>
#include <cstdint>
#include <span>

namespace bolus {

/// The threshold with the largest Youden index, sensitivity + specificity - 1 (Youden, Cancer 1950;3:32). A sample is called
/// positive where its score is at least the threshold, which is one of the scores; of several equally good ones, the highest.
/// Choose it on other samples than those it is judged on: on the same ones sensitivity and specificity come out too high.
/// Throws ShapeError and DataError as roc_curve, and DataError where no threshold is better than chance.
inline double youden_threshold(std::span<const int> labels, std::span<const double> scores) {
  const auto totals = detail::require_scores(labels, scores);
  std::int64_t negatives = 0, positives = 0, best = 0;
  double threshold = 0.0;
  detail::for_each_score(labels, scores, [&](double score, std::uint64_t more_negatives, std::uint64_t more_positives) {
    negatives += static_cast<std::int64_t>(more_negatives);
    positives += static_cast<std::int64_t>(more_positives);
    // The index times both class sizes, in integers: equal thresholds compare equal.
    const auto index = positives * static_cast<std::int64_t>(totals[0]) - negatives * static_cast<std::int64_t>(totals[1]);
    if (index > best) {
      best = index;
      threshold = score;
    }
  });
  detail::require<DataError>(best > 0, "no threshold is better than chance: Youden's index is nowhere above 0 for these ",
                             labels.size(), " scores; a higher score must mean positive (label 1)");
  return threshold;
}

}  // namespace bolus

#pragma once
#include <algorithm>
#include <bolus/core/eigen.hpp>
#include <bolus/evaluate/detail/binary_labels.hpp>
#include <bolus/evaluate/detail/sorted_scores.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

namespace bolus {

/// The receiver operating characteristic. Points run from (0, 0) to (1, 1); a sample is called positive where its score is at
/// least the threshold. Same points as sklearn.metrics.roc_curve(drop_intermediate=False).
struct RocCurve {
  Eigen::VectorXd thresholds;           ///< falling; the first is infinity (nothing is called positive)
  Eigen::VectorXd false_positive_rate;  ///< 1 - specificity at each threshold
  Eigen::VectorXd true_positive_rate;   ///< sensitivity at each threshold

  /// Area under the curve by the trapezoidal rule; equals roc_auc up to rounding.
  double auc() const {
    double area = 0.0;
    for (Eigen::Index i = 1; i < thresholds.size(); ++i) {
      area += (false_positive_rate[i] - false_positive_rate[i - 1]) * (true_positive_rate[i] + true_positive_rate[i - 1]) / 2.0;
    }
    return area;
  }
};

namespace detail {

/// Calls `visit(score, negatives, positives)` for each distinct score, from high to low, with the class counts of its ties.
template <class Visit>
void for_each_score(std::span<const int> labels, std::span<const double> scores, Visit&& visit) {
  const auto order = sorted_scores(scores);
  for (std::size_t begin = order.size(), end = begin; begin > 0; end = begin) {
    std::uint64_t counts[2] = {0, 0};
    for (; begin > 0 && order[begin - 1].key == order[end - 1].key; --begin) ++counts[labels[order[begin - 1].sample]];
    visit(scores[order[begin].sample], counts[0], counts[1]);
  }
}

}  // namespace detail

/// The ROC curve of `scores` (higher means positive) for `labels` (0 negative, 1 positive), one of each per sample.
/// Throws ShapeError where the lengths differ; DataError for no samples, one class only, or a score that is not finite.
/// Fawcett, Pattern Recognit Lett 2006;27:861, algorithm 1.
inline RocCurve roc_curve(std::span<const int> labels, std::span<const double> scores) {
  const auto totals = detail::require_scores(labels, scores);
  std::vector<double> thresholds{std::numeric_limits<double>::infinity()}, false_positive{0.0}, true_positive{0.0};
  std::uint64_t negatives = 0, positives = 0;
  detail::for_each_score(labels, scores, [&](double score, std::uint64_t more_negatives, std::uint64_t more_positives) {
    negatives += more_negatives;
    positives += more_positives;
    thresholds.push_back(score);
    false_positive.push_back(static_cast<double>(negatives) / static_cast<double>(totals[0]));
    true_positive.push_back(static_cast<double>(positives) / static_cast<double>(totals[1]));
  });
  const auto vector = [](const std::vector<double>& values) {
    return Eigen::VectorXd(Eigen::Map<const Eigen::VectorXd>(values.data(), static_cast<Eigen::Index>(values.size())));
  };
  return {vector(thresholds), vector(false_positive), vector(true_positive)};
}

/// The area under the ROC curve: the probability that a positive sample scores higher than a negative one, ties counting half
/// (Mann-Whitney; Hanley and McNeil, Radiology 1982;143:29). Counted in integers, so no rounding but the last division.
/// The direction is fixed, higher means positive: a score that works the other way round has an area below 0.5.
/// Throws as roc_curve.
inline double roc_auc(std::span<const int> labels, std::span<const double> scores) {
  const auto totals = detail::require_scores(labels, scores);
  std::uint64_t positives_above = 0, doubled = 0;
  detail::for_each_score(labels, scores, [&](double, std::uint64_t negatives, std::uint64_t positives) {
    doubled += negatives * (2 * positives_above + positives);
    positives_above += positives;
  });
  return static_cast<double>(doubled) / (2.0 * static_cast<double>(totals[0]) * static_cast<double>(totals[1]));
}

}  // namespace bolus

#pragma once
#include <bolus/evaluate/roc_curve.hpp>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

namespace bolus {

/// Precision (positive predictive value) over recall (sensitivity), from no sample called positive to all of them. The first
/// point, at recall 0, repeats the precision of the highest score, since nothing called positive has none.
struct PrecisionRecallCurve {
  Eigen::VectorXd thresholds;  ///< falling; the first is infinity
  Eigen::VectorXd precision;
  Eigen::VectorXd recall;   ///< rising from 0 to 1
  double prevalence = 0.0;  ///< share of positives: the precision of a score without information
  double average_precision =
      0.0;           ///< sum of precision times gain in recall: no interpolation; sklearn.metrics.average_precision_score
  double auc = 0.0;  ///< area with precision between two points as the counts give it (Davis and Goadrich, ICML 2006;
                     ///< Keilwagen, Grosse and Grau, PLoS One 2014;9:e92209), not by straight lines, which are too high
};

/// Throws as roc_curve.
inline PrecisionRecallCurve precision_recall_curve(std::span<const int> labels, std::span<const double> scores) {
  const auto totals = detail::require_scores(labels, scores);
  const auto all = static_cast<double>(totals[1]);
  std::vector<double> thresholds{std::numeric_limits<double>::infinity()}, precision{1.0}, recall{0.0};
  PrecisionRecallCurve result;
  result.prevalence = all / static_cast<double>(labels.size());
  double tp = 0.0, fp = 0.0;
  detail::for_each_score(labels, scores, [&](double score, std::uint64_t negatives, std::uint64_t positives) {
    const auto more_fp = static_cast<double>(negatives), more_tp = static_cast<double>(positives);
    // Between two points false positives rise in proportion to true ones: precision = t / (a t + b) at t true positives.
    if (more_tp > 0.0) {
      const double a = 1.0 + more_fp / more_tp, b = fp - more_fp / more_tp * tp;
      // Near b = 0 the logarithm's difference is b times a series, so no digits are lost.
      const double log_part = b == 0.0 ? 0.0 : b / a * std::log1p(a * more_tp / (a * tp + b));
      result.auc += (more_tp - (a * tp + b > 0.0 ? log_part : 0.0)) / a / all;
    }
    tp += more_tp;
    fp += more_fp;
    thresholds.push_back(score);
    precision.push_back(tp / (tp + fp));
    recall.push_back(tp / all);
    result.average_precision += more_tp / all * precision.back();
  });
  precision[0] = precision[1];
  const auto vector = [](const std::vector<double>& values) {
    return Eigen::VectorXd(Eigen::Map<const Eigen::VectorXd>(values.data(), static_cast<Eigen::Index>(values.size())));
  };
  result.thresholds = vector(thresholds);
  result.precision = vector(precision);
  result.recall = vector(recall);
  return result;
}

}  // namespace bolus

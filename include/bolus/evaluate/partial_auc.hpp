#pragma once
#include <algorithm>
#include <bolus/evaluate/roc_curve.hpp>
#include <span>

namespace bolus {

/// Which rate the range of a partial area is of.
enum class PartialAucRange { specificity, sensitivity };

/// A part of the area under the ROC curve.
struct PartialAuc {
  double area = 0.0;       ///< as it is, at most high - low
  double corrected = 0.0;  ///< McClish (Med Decis Making 1989;9:190): 0.5 for no discrimination, 1 for perfect
  double low = 0.0, high = 0.0;
  PartialAucRange range{};
};

/// The area under the ROC curve between two specificities (between the curve and sensitivity 0), or between two sensitivities
/// (between the curve and specificity 0). specificity low .. 1 corrected equals sklearn.metrics.roc_auc_score(max_fpr = 1 -
/// low). Throws OptionError unless 0 <= low < high <= 1; ShapeError and DataError as roc_curve.
inline PartialAuc partial_auc(std::span<const int> labels, std::span<const double> scores, double low = 0.8, double high = 1.0,
                              PartialAucRange range = PartialAucRange::specificity) {
  detail::require<OptionError>(low >= 0.0 && low < high && high <= 1.0, "the range of the partial area is ", low, " to ", high,
                               "; expected two rising numbers from 0 to 1, such as 0.8 and 1");
  const auto curve = roc_curve(labels, scores);
  // x runs over the rate of the range, y is the other rate, the diagonal of no discrimination is y = 1 - x on both.
  const bool by_specificity = range == PartialAucRange::specificity;
  PartialAuc result{0.0, 0.0, low, high, range};
  for (Eigen::Index i = 1; i < curve.thresholds.size(); ++i) {
    double x[2], y[2];
    for (const int k : {0, 1}) {
      const double specificity = 1.0 - curve.false_positive_rate[i - k], sensitivity = curve.true_positive_rate[i - k];
      x[k] = by_specificity ? specificity : sensitivity;
      y[k] = by_specificity ? sensitivity : specificity;
    }
    if (x[0] > x[1]) {
      std::swap(x[0], x[1]);
      std::swap(y[0], y[1]);
    }
    const double from = std::max(x[0], low), to = std::min(x[1], high);
    if (!(from < to)) continue;
    const auto at = [&](double place) { return y[0] + (y[1] - y[0]) * (place - x[0]) / (x[1] - x[0]); };
    result.area += (to - from) * (at(from) + at(to)) / 2.0;
  }
  const double least = (high - low) * (1.0 - 0.5 * (low + high)), most = high - low;
  result.corrected = 0.5 * (1.0 + (result.area - least) / (most - least));
  return result;
}

}  // namespace bolus

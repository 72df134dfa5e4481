#pragma once
#include <bolus/evaluate/bootstrap.hpp>
#include <bolus/evaluate/confusion_matrix.hpp>
#include <bolus/evaluate/roc_curve.hpp>
#include <vector>

namespace bolus {

/// How well scores tell the classes apart: what a paper's table holds.
struct Performance {
  std::size_t samples = 0;    ///< scores that were judged
  double threshold = 0.0;     ///< score from which a sample counted as positive
  ConfusionMatrix confusion;  ///< at the threshold: accuracy, sensitivity, specificity
  BootstrapResult auc;        ///< area under the ROC curve with its interval
};

/// Judges scores against labels: rates at a threshold, and the area under the ROC curve with a bootstrap interval.
struct MeasurePerformance {
  double threshold = 0.5;  ///< a sample counts as positive where its score is at least this
  Bootstrap bootstrap{};   ///< of the interval

  /// `labels` (0, 1) and `scores`, one of each per sample. Samples of one patient are not independent: name the patients, and
  /// the bootstrap draws patients instead of samples. Throws ShapeError where lengths differ, DataError for one class only or
  /// a score that is not finite, OptionError.
  Performance operator()(std::span<const int> labels, std::span<const double> scores, const Patients& patients = {},
                         const Progress& progress = {}) const {
    Performance result;
    result.auc = bootstrap(labels, scores, patients, progress);
    std::vector<int> predictions(scores.size());
    for (std::size_t i = 0; i < scores.size(); ++i) predictions[i] = scores[i] >= threshold ? 1 : 0;
    result.confusion = confusion_matrix(labels, predictions);
    result.samples = labels.size();
    result.threshold = threshold;
    return result;
  }
};

}  // namespace bolus

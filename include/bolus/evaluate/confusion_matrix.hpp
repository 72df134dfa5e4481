#pragma once
#include <bolus/core/eigen.hpp>
#include <bolus/core/qc_flag.hpp>
#include <bolus/evaluate/detail/binary_labels.hpp>
#include <bolus/evaluate/proportion_interval.hpp>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bolus {

/// Which interval of a proportion.
enum class ProportionIntervalKind { wilson, clopper_pearson };

/// A rate of a confusion matrix with its interval.
struct RateInterval {
  std::string name;             ///< accuracy, sensitivity, specificity, positive_predictive_value or negative_predictive_value
  ProportionInterval interval;  ///< with the counts it comes from
};

/// The rates of a confusion matrix with their intervals. They take the samples for independent: with several samples per
/// patient they are too narrow, and Bootstrap with patients is the way.
struct RateIntervals {
  std::vector<RateInterval> rates;  ///< those that exist
  ProportionIntervalKind kind{};
  QcFlags flags;  ///< evaluate.confusion.no_rate, one for each rate whose denominator is empty
};

/// How predictions fell out against the truth; positive is class 1, IDH-mutant. A rate that does not exist, because nothing
/// stands in its denominator, is never a NaN: asking for it throws DataError and says which class is missing.
struct ConfusionMatrix {
  std::size_t true_negative = 0;
  std::size_t false_positive = 0;
  std::size_t false_negative = 0;
  std::size_t true_positive = 0;

  std::size_t total() const { return true_negative + false_positive + false_negative + true_positive; }

  /// Share of all samples that were predicted rightly.
  double accuracy() const { return rate(true_negative + true_positive, total(), "accuracy", "there are no samples"); }
  /// Share of the positive samples that were predicted positive (recall).
  double sensitivity() const {
    return rate(true_positive, true_positive + false_negative, "sensitivity", "no sample is positive");
  }
  /// Share of the negative samples that were predicted negative.
  double specificity() const {
    return rate(true_negative, true_negative + false_positive, "specificity", "no sample is negative");
  }
  /// Share of the positive predictions that were right (precision).
  double positive_predictive_value() const {
    return rate(true_positive, true_positive + false_positive, "positive predictive value", "nothing was predicted positive");
  }
  /// Share of the negative predictions that were right.
  double negative_predictive_value() const {
    return rate(true_negative, true_negative + false_negative, "negative predictive value", "nothing was predicted negative");
  }

  /// Harmonic mean of sensitivity and positive predictive value, 2 tp / (2 tp + fp + fn).
  double f1() const {
    return rate(2 * true_positive, 2 * true_positive + false_positive + false_negative, "F1",
                "no sample is positive, and none was predicted so");
  }

  /// The rates with their intervals (Wilson's, or the exact one of Clopper and Pearson). Throws OptionError for a confidence
  /// out of range, DataError for no samples.
  RateIntervals intervals(double confidence = 0.95, ProportionIntervalKind kind = ProportionIntervalKind::wilson) const {
    detail::require<DataError>(total() > 0, "there are no samples, so there are no rates");
    RateIntervals result;
    result.kind = kind;
    const auto add = [&](const char* name, std::size_t part, std::size_t whole) {
      if (whole == 0) {
        result.flags.push_back({"evaluate.confusion.no_rate",
                                detail::message("the ", name, " does not exist: nothing stands in its denominator")});
        return;
      }
      const auto k = static_cast<std::int64_t>(part), n = static_cast<std::int64_t>(whole);
      result.rates.push_back({name, kind == ProportionIntervalKind::wilson ? wilson_interval(k, n, confidence)
                                                                           : clopper_pearson_interval(k, n, confidence)});
    };
    add("accuracy", true_negative + true_positive, total());
    add("sensitivity", true_positive, true_positive + false_negative);
    add("specificity", true_negative, true_negative + false_positive);
    add("positive_predictive_value", true_positive, true_positive + false_positive);
    add("negative_predictive_value", true_negative, true_negative + false_negative);
    return result;
  }

  /// Counts, row = true class (0, 1), column = predicted class (0, 1), as sklearn.metrics.confusion_matrix.
  Eigen::Matrix2d counts() const {
    Eigen::Matrix2d matrix;
    matrix << static_cast<double>(true_negative), static_cast<double>(false_positive), static_cast<double>(false_negative),
        static_cast<double>(true_positive);
    return matrix;
  }
  /// As counts, each row divided by its sum: the diagonal is specificity, sensitivity. Throws DataError for a missing class.
  Eigen::Matrix2d normalised() const {
    Eigen::Matrix2d matrix;
    matrix(0, 0) = specificity();
    matrix(0, 1) = 1.0 - matrix(0, 0);
    matrix(1, 1) = sensitivity();
    matrix(1, 0) = 1.0 - matrix(1, 1);
    return matrix;
  }

 private:
  static double rate(std::size_t part, std::size_t whole, std::string_view name, std::string_view reason) {
    detail::require<DataError>(whole > 0, "the ", name, " does not exist: ", reason);
    return static_cast<double>(part) / static_cast<double>(whole);
  }
};

/// Counts predictions (0 or 1) against labels (0 or 1), one of each per sample. One class only is allowed.
/// Throws ShapeError where the lengths differ, DataError for no samples or a value that is neither 0 nor 1.
inline ConfusionMatrix confusion_matrix(std::span<const int> labels, std::span<const int> predictions) {
  detail::require<ShapeError>(labels.size() == predictions.size(), "there are ", labels.size(), " labels and ",
                              predictions.size(), " predictions; expected one prediction for each label");
  detail::count_classes(labels);
  detail::count_classes(predictions, "prediction");
  std::size_t counts[2][2] = {};
  for (std::size_t i = 0; i < labels.size(); ++i) ++counts[labels[i]][predictions[i]];
  return {counts[0][0], counts[0][1], counts[1][0], counts[1][1]};
}

}  // namespace bolus

#pragma once
#include <algorithm>
#include <bit>
#include <bolus/evaluate/confusion_matrix.hpp>
#include <bolus/evaluate/patients.hpp>
#include <bolus/evaluate/youden_threshold.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace bolus {

/// A threshold and where it comes from. Choose it on validation samples, apply it to others: applied to the samples it was
/// chosen on, or to samples of the same patients, it throws, since there sensitivity and specificity come out too high.
class OperatingPoint {
 public:
  OperatingPoint() = default;

  /// A threshold set beforehand, such as 0.5; it may be applied to any samples. Throws OptionError unless finite.
  static OperatingPoint fixed(double threshold = 0.5) {
    detail::require<OptionError>(std::isfinite(threshold), "threshold is ", threshold, "; expected a finite number");
    OperatingPoint point;
    point.threshold_ = threshold;
    return point;
  }

  /// The largest sensitivity + specificity - 1 on the validation samples, as youden_threshold.
  static OperatingPoint youden(std::span<const int> labels, std::span<const double> scores, const Patients& patients = {}) {
    return chosen("youden", 0.0, youden_threshold(labels, scores), labels, scores, patients);
  }

  /// The highest threshold whose sensitivity on the validation samples is at least `sensitivity` (so the specificity is the
  /// largest such). Throws OptionError unless above 0 and at most 1; ShapeError and DataError as roc_curve.
  static OperatingPoint at_sensitivity(std::span<const int> labels, std::span<const double> scores, double sensitivity = 0.9,
                                       const Patients& patients = {}) {
    require_rate(sensitivity, "sensitivity");
    const auto totals = detail::require_scores(labels, scores);
    double threshold = 0.0;
    std::uint64_t positives = 0;
    bool found = false;
    detail::for_each_score(labels, scores, [&](double score, std::uint64_t, std::uint64_t more) {
      positives += more;
      if (found || static_cast<double>(positives) < sensitivity * static_cast<double>(totals[1]) * (1.0 - 1e-12)) return;
      threshold = score;
      found = true;
    });
    return chosen("sensitivity", sensitivity, threshold, labels, scores, patients);
  }

  /// The lowest threshold whose specificity on the validation samples is at least `specificity` (so the sensitivity is the
  /// largest such). Throws as at_sensitivity, and DataError where even the highest score has too many negatives.
  static OperatingPoint at_specificity(std::span<const int> labels, std::span<const double> scores, double specificity = 0.9,
                                       const Patients& patients = {}) {
    require_rate(specificity, "specificity");
    const auto totals = detail::require_scores(labels, scores);
    double threshold = 0.0;
    std::uint64_t negatives = 0;
    bool found = false;
    detail::for_each_score(labels, scores, [&](double score, std::uint64_t more, std::uint64_t) {
      negatives += more;
      const auto right = static_cast<double>(totals[0] - negatives);
      if (right < specificity * static_cast<double>(totals[0]) * (1.0 - 1e-12)) return;
      threshold = score;
      found = true;
    });
    detail::require<DataError>(found, "no score has a specificity of ", specificity,
                               " as threshold: negatives share the highest score; ask for less, or look at the scores");
    return chosen("specificity", specificity, threshold, labels, scores, patients);
  }

  double threshold() const { return threshold_; }                    ///< a sample is positive where its score is at least this
  const std::string& rule() const { return rule_; }                  ///< fixed, youden, sensitivity or specificity
  double target() const { return target_; }                          ///< the rate asked for, else 0
  const ConfusionMatrix& validation() const { return validation_; }  ///< on the samples it was chosen on; empty when fixed

  /// The point from its parts, as they were; for storing and loading.
  struct State {
    double threshold = 0.5;
    std::string rule = "fixed";
    double target = 0.0;
    ConfusionMatrix validation{};
    std::uint64_t fingerprint = 0;
    std::vector<std::string> patients;
  };
  State state() const { return {threshold_, rule_, target_, validation_, fingerprint_, patients_}; }
  static OperatingPoint from_state(State state) {
    OperatingPoint point;
    point.threshold_ = state.threshold;
    point.rule_ = std::move(state.rule);
    point.target_ = state.target;
    point.validation_ = state.validation;
    point.fingerprint_ = state.fingerprint;
    point.patients_ = std::move(state.patients);
    return point;
  }

  /// 0 or 1 for each score.
  std::vector<int> predict(std::span<const double> scores) const {
    std::vector<int> predictions(scores.size());
    for (std::size_t i = 0; i < scores.size(); ++i) {
      detail::require<DataError>(std::isfinite(scores[i]), "score ", i, " is ", scores[i], "; every score must be finite");
      predictions[i] = scores[i] >= threshold_ ? 1 : 0;
    }
    return predictions;
  }

  /// The confusion matrix of other samples at this point. Throws DataError for the samples it was chosen on, or patients among
  /// them; else as confusion_matrix.
  ConfusionMatrix operator()(std::span<const int> labels, std::span<const double> scores, const Patients& patients = {}) const {
    detail::require<ShapeError>(labels.size() == scores.size(), "there are ", labels.size(), " labels and ", scores.size(),
                                " scores; expected one score for each label");
    detail::require<DataError>(
        rule_ == "fixed" || fingerprint(labels, scores) != fingerprint_,
        "these are the very samples on which the threshold was chosen (", rule_,
        "): sensitivity and specificity would come out too high. Judge other samples, or look at validation");
    for (const auto& name : patients.names()) {
      detail::require<DataError>(!std::binary_search(patients_.begin(), patients_.end(), name), "patient '", name,
                                 "' is among those on whom the threshold was chosen; judge other patients");
    }
    return confusion_matrix(labels, predict(scores));
  }

 private:
  static void require_rate(double rate, const char* name) {
    detail::require<OptionError>(rate > 0.0 && rate <= 1.0, name, " is ", rate, "; expected a number above 0 and at most 1");
  }

  static OperatingPoint chosen(const char* rule, double target, double threshold, std::span<const int> labels,
                               std::span<const double> scores, const Patients& patients) {
    detail::require<ShapeError>(patients.empty() || patients.samples() == labels.size(), "there are ", labels.size(),
                                " labels and ", patients.samples(), " patients; expected one patient for each label");
    OperatingPoint point;
    point.threshold_ = threshold;
    point.rule_ = rule;
    point.target_ = target;
    point.validation_ = confusion_matrix(labels, point.predict(scores));
    point.fingerprint_ = fingerprint(labels, scores);
    point.patients_ = patients.names();
    return point;
  }

  /// A number that tells sets of samples apart, whatever their order.
  static std::uint64_t fingerprint(std::span<const int> labels, std::span<const double> scores) {
    std::uint64_t sum = labels.size();
    for (std::size_t i = 0; i < labels.size(); ++i) {
      std::uint64_t word =
          std::bit_cast<std::uint64_t>(scores[i] + 0.0) + 0x9E3779B97F4A7C15u * static_cast<std::uint64_t>(labels[i] + 1);
      word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9u;  // splitmix64
      word = (word ^ (word >> 27)) * 0x94D049BB133111EBu;
      sum += word ^ (word >> 31);
    }
    return sum;
  }

  double threshold_ = 0.5;
  std::string rule_ = "fixed";
  double target_ = 0.0;
  ConfusionMatrix validation_;
  std::uint64_t fingerprint_ = 0;
  std::vector<std::string> patients_;  ///< sorted
};

}  // namespace bolus

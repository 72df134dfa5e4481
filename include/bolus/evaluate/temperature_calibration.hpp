#pragma once
#include <bolus/evaluate/detail/calibration_input.hpp>
#include <cmath>

namespace bolus {

/// A fitted temperature: probability = 1 / (1 + exp(-logit / temperature)).
struct TemperatureFit {
  double temperature = 1.0;      ///< above 1: the model was too sure of itself
  double log_loss_before = 0.0;  ///< mean cross-entropy of the samples without calibration
  double log_loss_after = 0.0;   ///< and with it; never higher

  /// The calibrated probability of each logit. Throws DataError for a logit that is not finite.
  Eigen::VectorXd operator()(std::span<const double> logits) const {
    detail::require_finite_scores(logits);
    Eigen::VectorXd result(static_cast<Eigen::Index>(logits.size()));
    for (std::size_t i = 0; i < logits.size(); ++i) {
      result[static_cast<Eigen::Index>(i)] = detail::logistic(logits[i] / temperature);
    }
    return result;
  }
};

/// Temperature scaling: logits are divided by the one number that gives validation samples the smallest cross-entropy (Guo et
/// al., ICML 2017). It moves no decision at 0.5 and changes no AUC.
struct TemperatureCalibration {
  double tolerance = 1e-12;  ///< of the inverse temperature, relative

  /// `labels` (0 or 1) and `logits`, one each per sample. Throws OptionError; ShapeError where lengths differ; DataError for
  /// one class, a logit that is not finite, logits all equal, logits that go against the labels (no positive temperature is
  /// best), or that are right for every sample (temperature 0 would be best).
  TemperatureFit fit(std::span<const int> labels, std::span<const double> logits) const {
    detail::require<OptionError>(tolerance > 0.0 && tolerance < 0.1, "tolerance is ", tolerance,
                                 "; expected between 0 and 0.1");
    detail::require_calibration_input(labels, logits);
    bool wrong_one = false;
    for (std::size_t i = 0; i < logits.size(); ++i)
      wrong_one = wrong_one || (labels[i] == 1 ? logits[i] < 0.0 : logits[i] > 0.0);
    detail::require<DataError>(wrong_one, "every logit has the sign of its class, so the best temperature is 0: ",
                               "calibrate on more samples, or with Platt's curve");
    const auto slope = [&](double inverse) {  // of the loss over the inverse temperature; it rises
      double sum = 0.0;
      for (std::size_t i = 0; i < logits.size(); ++i) sum += (detail::logistic(inverse * logits[i]) - labels[i]) * logits[i];
      return sum;
    };
    detail::require<DataError>(slope(0.0) < 0.0, "the logits go against the labels, so no positive temperature is best; ",
                               "check which class is the positive one");
    double low = 0.0, high = 1.0;
    while (slope(high) < 0.0) {
      low = high;
      high *= 2.0;
      detail::require<DataError>(high < 1e12, "the best temperature is next to 0; check that the scores are logits");
    }
    while (high - low > tolerance * high) {
      const double middle = 0.5 * (low + high);
      if (middle <= low || middle >= high) break;
      (slope(middle) < 0.0 ? low : high) = middle;
    }
    TemperatureFit result;
    result.temperature = 2.0 / (low + high);
    result.log_loss_before = loss(labels, logits, 1.0);
    result.log_loss_after = loss(labels, logits, result.temperature);
    return result;
  }

 private:
  static double loss(std::span<const int> labels, std::span<const double> logits, double temperature) {
    double sum = 0.0;
    for (std::size_t i = 0; i < logits.size(); ++i) {
      const double odds = logits[i] / temperature;
      sum += std::max(odds, 0.0) + std::log1p(std::exp(-std::abs(odds))) - labels[i] * odds;
    }
    return sum / static_cast<double>(logits.size());
  }
};

}  // namespace bolus

#pragma once
#include <algorithm>
#include <bolus/core/qc_flag.hpp>
#include <bolus/evaluate/detail/probability_bins.hpp>
#include <bolus/evaluate/logistic_regression.hpp>
#include <cmath>
#include <span>
#include <vector>

namespace bolus {

/// Calibration in the large and calibration slope, each with its standard error and Wald interval.
struct CalibrationLine {
  double intercept = 0.0;  ///< with the slope held at 1: 0 is best, below 0 the probabilities are too high on average
  double intercept_standard_error = 0.0;
  double intercept_low = 0.0;
  double intercept_high = 0.0;
  double slope = 1.0;  ///< of the log odds: 1 is best, below 1 the probabilities are too extreme
  double slope_standard_error = 0.0;
  double slope_low = 0.0;
  double slope_high = 0.0;
  double confidence = 0.95;
  QcFlags flags;  ///< evaluate.calibration.clipped
};

/// Calibration intercept and slope (Cox, Biometrika 1958;45:562; Van Calster et al., J Clin Epidemiol 2016;74:167): logistic
/// regression of the labels on the log odds of the probabilities. Probabilities within `clip` of 0 or 1 are set there, with a
/// flag, since their log odds are infinite. Throws OptionError for an option out of range; ShapeError where lengths differ;
/// DataError for one class, a probability out of 0 to 1, or all the same; ConvergenceError where they separate the classes.
inline CalibrationLine calibration_line(std::span<const int> labels, std::span<const double> probabilities,
                                        double confidence = 0.95, double clip = 1e-9) {
  detail::require<OptionError>(clip > 0.0 && clip < 0.5, "clip is ", clip, "; expected a number between 0 and 0.5");
  detail::require_probabilities(labels, probabilities);
  detail::require_both_classes(labels);
  Eigen::MatrixXd odds(static_cast<Eigen::Index>(labels.size()), 1);
  std::size_t clipped = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const double p = std::clamp(probabilities[i], clip, 1.0 - clip);
    clipped += p != probabilities[i] ? 1 : 0;
    odds(static_cast<Eigen::Index>(i), 0) = std::log(p) - std::log1p(-p);
  }
  const auto fit = LogisticRegression{.confidence = confidence}.fit(odds, labels, {"log odds of the probability"});
  CalibrationLine result;
  result.slope = fit.coefficients[0];
  result.slope_standard_error = fit.standard_errors[1];
  result.slope_low = fit.low[1];
  result.slope_high = fit.high[1];
  result.confidence = confidence;

  // The intercept with the slope held at 1: the score falls, so bisection finds where the probabilities sum to the positives.
  const auto positives = static_cast<double>(std::count(labels.begin(), labels.end(), 1));
  double low = -2.0 * odds.cwiseAbs().maxCoeff() - 50.0, high = -low, information = 0.0;
  for (int step = 0; step < 200 && high - low > 1e-15 * std::max(1.0, std::abs(low + high)); ++step) {
    result.intercept = 0.5 * (low + high);
    double sum = 0.0;
    for (Eigen::Index i = 0; i < odds.rows(); ++i) sum += detail::logistic(odds(i, 0) + result.intercept);
    (sum > positives ? high : low) = result.intercept;
  }
  for (Eigen::Index i = 0; i < odds.rows(); ++i) {
    const double at = odds(i, 0) + result.intercept;
    information += detail::logistic(at) * detail::logistic(-at);
  }
  result.intercept_standard_error = 1.0 / std::sqrt(information);
  const double half = -detail::normal_quantile(0.5 * (1.0 - confidence)) * result.intercept_standard_error;
  result.intercept_low = result.intercept - half;
  result.intercept_high = result.intercept + half;
  if (clipped > 0) {
    result.flags.push_back({"evaluate.calibration.clipped",
                            detail::message(clipped, " of ", labels.size(), " probabilities are 0 or 1 (within ", clip,
                                            ") and were set to that distance: slope and intercept depend on it")});
  }
  return result;
}

}  // namespace bolus

#pragma once
#include <bolus/core/qc_flag.hpp>
#include <bolus/evaluate/detail/calibration_input.hpp>
#include <cmath>

namespace bolus {

/// A fitted Platt calibration: probability = 1 / (1 + exp(-(slope * score + intercept))).
struct PlattFit {
  double slope = 1.0;      ///< per unit of the score; Platt's -A
  double intercept = 0.0;  ///< Platt's -B
  int iterations = 0;      ///< Newton steps taken
  QcFlags flags;           ///< evaluate.calibration.inverted

  /// The calibrated probability of each score. Throws DataError for a score that is not finite.
  Eigen::VectorXd operator()(std::span<const double> scores) const {
    detail::require_finite_scores(scores);
    Eigen::VectorXd result(static_cast<Eigen::Index>(scores.size()));
    for (std::size_t i = 0; i < scores.size(); ++i) {
      result[static_cast<Eigen::Index>(i)] = detail::logistic(slope * scores[i] + intercept);
    }
    return result;
  }
};

/// Platt scaling: a logistic curve through the scores of validation samples, by Newton's method (Platt, Advances in Large
/// Margin Classifiers 1999; Lin, Lin and Weng, Mach Learn 2007;68:267). Targets are smoothed as Platt does, (n1 + 1) / (n1 + 2)
/// and 1 / (n0 + 2), so the fit is finite where the classes are separated. The same as scikit-learn's method "sigmoid". Give it
/// logits, of samples that took no part in training.
struct PlattCalibration {
  int max_iterations = 100;  ///< Newton steps before giving up
  double tolerance = 1e-10;  ///< stop when no parameter of the standardised scores moves by more

  /// `labels` (0 or 1) and `scores`, one each per sample. Throws OptionError; ShapeError where lengths differ; DataError for
  /// one class, a score that is not finite, or scores that are all equal; ConvergenceError.
  PlattFit fit(std::span<const int> labels, std::span<const double> scores) const {
    detail::require<OptionError>(max_iterations > 0, "max_iterations is ", max_iterations, "; expected at least 1");
    detail::require<OptionError>(tolerance > 0.0 && tolerance < 1.0, "tolerance is ", tolerance, "; expected between 0 and 1");
    const auto counts = detail::require_calibration_input(labels, scores);
    const auto size = static_cast<double>(scores.size());
    const double negatives = static_cast<double>(counts[0]), positives = static_cast<double>(counts[1]);
    const double target[2] = {1.0 / (negatives + 2.0), (positives + 1.0) / (positives + 2.0)};
    double mean = 0.0, squares = 0.0;
    for (const double score : scores) mean += score / size;
    for (const double score : scores) squares += (score - mean) * (score - mean);
    const double scale = std::sqrt(squares / size);

    double slope = 0.0, intercept = std::log((positives + 1.0) / (negatives + 1.0));
    const auto loss = [&](double a, double b) {
      double sum = 0.0;
      for (std::size_t i = 0; i < scores.size(); ++i) {
        const double odds = a * (scores[i] - mean) / scale + b;
        sum += std::max(odds, 0.0) + std::log1p(std::exp(-std::abs(odds))) - target[labels[i]] * odds;
      }
      return sum;
    };
    PlattFit result;
    double current = loss(slope, intercept), moved = 1.0;
    while (moved > tolerance) {
      detail::require<ConvergenceError>(result.iterations < max_iterations, "Platt's curve did not settle in ", max_iterations,
                                        " steps; allow more");
      ++result.iterations;
      double ga = 0.0, gb = 0.0, h_aa = 0.0, h_ab = 0.0, h_bb = 0.0;
      for (std::size_t i = 0; i < scores.size(); ++i) {
        const double x = (scores[i] - mean) / scale, p = detail::logistic(slope * x + intercept), w = p * (1.0 - p);
        ga += (p - target[labels[i]]) * x;
        gb += p - target[labels[i]];
        h_aa += w * x * x;
        h_ab += w * x;
        h_bb += w;
      }
      const double determinant = h_aa * h_bb - h_ab * h_ab;
      detail::require<ConvergenceError>(determinant > 0.0, "Platt's curve cannot be fitted: the scores hardly vary");
      const double da = -(h_bb * ga - h_ab * gb) / determinant, db = -(h_aa * gb - h_ab * ga) / determinant;
      double step = 1.0, next = loss(slope + da, intercept + db);
      for (; next > current + 1e-12 * std::abs(current) && step > 1e-10;
           next = loss(slope + step * da, intercept + step * db)) {
        step /= 2.0;
      }
      slope += step * da;
      intercept += step * db;
      current = next;
      moved = std::max(std::abs(da), std::abs(db)) / std::max({1.0, std::abs(slope), std::abs(intercept)});
    }
    result.slope = slope / scale;
    result.intercept = intercept - slope * mean / scale;
    if (!(result.slope > 0.0)) {
      result.flags.push_back({"evaluate.calibration.inverted",
                              detail::message("the slope is ", result.slope,
                                              ": a higher score does not go with the positive class on these samples")});
    }
    return result;
  }
};

}  // namespace bolus

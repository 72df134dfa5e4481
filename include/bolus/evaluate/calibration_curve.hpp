#pragma once
#include <algorithm>
#include <bolus/core/error.hpp>
#include <bolus/evaluate/detail/probability_bins.hpp>
#include <bolus/evaluate/proportion_interval.hpp>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace bolus {

/// Predicted against observed shares of class 1, over bins of the predicted probability; bins without samples are left out.
struct CalibrationCurve {
  std::vector<double> predicted;             ///< mean probability of each bin
  std::vector<ProportionInterval> observed;  ///< share of class 1 of each bin, with Wilson's interval
  std::vector<double> from;                  ///< lower end of each bin, open but for the first
  std::vector<double> to;                    ///< upper end of each bin, closed
  double expected_error = 0.0;               ///< ECE: mean of |observed - predicted| over the samples
  double largest_error = 0.0;                ///< largest |observed - predicted| of a bin
  BinStrategy strategy = BinStrategy::uniform;
};

/// Calibration curve. `labels` (0 or 1; one class alone will do) and `probabilities` (0 to 1), one per sample; `bins`: how
/// many; `strategy`: of the same width, or with the same number of samples as far as ties let. Throws OptionError for fewer
/// than one bin or a confidence out of range; ShapeError where lengths differ; DataError for no samples or a probability out of
/// 0 to 1.
inline CalibrationCurve calibration_curve(std::span<const int> labels, std::span<const double> probabilities, int bins = 10,
                                          BinStrategy strategy = BinStrategy::uniform, double confidence = 0.95) {
  const auto parts = detail::probability_bins(labels, probabilities, bins, strategy);
  CalibrationCurve result;
  result.strategy = strategy;
  for (const auto& part : parts) {
    result.from.push_back(part.from);
    result.to.push_back(part.to);
    result.predicted.push_back(part.sum / static_cast<double>(part.count));
    result.observed.push_back(wilson_interval(part.positives, part.count, confidence));
    const double error = std::abs(result.observed.back().estimate - result.predicted.back());
    result.expected_error += error * static_cast<double>(part.count) / static_cast<double>(labels.size());
    result.largest_error = std::max(result.largest_error, error);
  }
  return result;
}

/// Expected calibration error (Naeini, Cooper and Hauskrecht, AAAI 2015): see CalibrationCurve. Throws as calibration_curve.
inline double expected_calibration_error(std::span<const int> labels, std::span<const double> probabilities, int bins = 10,
                                         BinStrategy strategy = BinStrategy::uniform) {
  return calibration_curve(labels, probabilities, bins, strategy).expected_error;
}

}  // namespace bolus

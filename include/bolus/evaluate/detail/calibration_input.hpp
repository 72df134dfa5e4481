#pragma once
#include <algorithm>
#include <bolus/core/eigen.hpp>
#include <bolus/evaluate/detail/binary_labels.hpp>
#include <bolus/evaluate/detail/logistic_newton.hpp>
#include <span>

namespace bolus::detail {

/// Scores and labels that a calibration can be fitted on. Throws ShapeError or DataError; returns the class counts.
inline std::array<std::size_t, 2> require_calibration_input(std::span<const int> labels, std::span<const double> scores) {
  const auto counts = require_scores(labels, scores);
  const auto [low, high] = std::minmax_element(scores.begin(), scores.end());
  require<DataError>(*low < *high, "all ", scores.size(), " scores are ", *low,
                     ": nothing can be learnt from them; calibrate on samples that the model tells apart");
  return counts;
}

/// Throws DataError for a score that is not finite.
inline void require_finite_scores(std::span<const double> scores) {
  for (std::size_t i = 0; i < scores.size(); ++i) {
    require<DataError>(std::isfinite(scores[i]), "score ", i, " is ", scores[i], "; every score must be finite");
  }
}

}  // namespace bolus::detail

#pragma once
#include <array>
#include <bolus/core/error.hpp>
#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>

namespace bolus::detail {

/// How many labels are 0 and how many are 1. Throws DataError when there are none or one is neither 0 nor 1.
inline std::array<std::size_t, 2> count_classes(std::span<const int> labels, std::string_view what = "label") {
  require<DataError>(!labels.empty(), "there are no ", what, "s; at least one sample is needed");
  std::array<std::size_t, 2> counts{};
  for (std::size_t i = 0; i < labels.size(); ++i) {
    require<DataError>(labels[i] == 0 || labels[i] == 1, what, " ", i, " is ", labels[i],
                       "; expected 0 (negative, IDH-wildtype) or 1 (positive, IDH-mutant)");
    ++counts[static_cast<std::size_t>(labels[i])];
  }
  return counts;
}

/// As count_classes, and throws DataError when only one class is there.
inline std::array<std::size_t, 2> require_both_classes(std::span<const int> labels) {
  const auto counts = count_classes(labels);
  require<DataError>(counts[0] > 0 && counts[1] > 0, "all ", labels.size(), " labels are ", labels.front(),
                     "; both classes, 0 and 1, are needed");
  return counts;
}

/// Labels of both classes with as many finite scores. Throws ShapeError or DataError; returns the class counts.
inline std::array<std::size_t, 2> require_scores(std::span<const int> labels, std::span<const double> scores) {
  require<ShapeError>(labels.size() == scores.size(), "there are ", labels.size(), " labels and ", scores.size(),
                      " scores; expected one score for each label");
  const auto counts = require_both_classes(labels);
  bool finite = true;
  for (const double score : scores) finite &= std::isfinite(score);
  for (std::size_t i = 0; !finite && i < scores.size(); ++i) {
    require<DataError>(std::isfinite(scores[i]), "score ", i, " is ", scores[i],
                       "; every score must be finite: drop the sample or repair what made the score");
  }
  return counts;
}

}  // namespace bolus::detail

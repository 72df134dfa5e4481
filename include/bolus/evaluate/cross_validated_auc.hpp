#pragma once
#include <bolus/evaluate/delong.hpp>
#include <cmath>
#include <map>
#include <vector>

namespace bolus {

/// Areas of a cross-validation: of each fold, and of all out-of-fold scores in one pool.
struct CrossValidatedAuc {
  std::vector<int> folds;         ///< numbers of the folds that have an area, rising
  std::vector<double> areas;      ///< one per fold in `folds`
  std::vector<int> without_area;  ///< folds with one class only
  double mean = 0.0;              ///< of the folds' areas
  double standard_deviation =
      0.0;  ///< between the folds (n - 1); 0 for a single fold. Not a standard error of the mean: folds share training data
  AucEstimate pooled;  ///< of all scores together, as if one model had made them
  QcFlags flags;       ///< evaluate.folds.no_area, evaluate.folds.shifted, and those of `pooled`
};

/// Pooled and per-fold area of out-of-fold scores. The models of different folds may be scaled differently: then the pooled
/// area, which compares scores across folds, falls below that within folds, and a flag says so. `folds`: the number of the fold
/// that scored each sample. Throws as DelongAuc; ShapeError for another number of folds; DataError where no fold has both
/// classes.
inline CrossValidatedAuc cross_validated_auc(std::span<const int> labels, std::span<const double> scores,
                                             std::span<const int> folds, const Patients& patients = {},
                                             double confidence = 0.95) {
  detail::require<ShapeError>(folds.size() == labels.size(), "there are ", labels.size(), " labels and ", folds.size(),
                              " fold numbers; expected one for each label");
  CrossValidatedAuc result;
  result.pooled = DelongAuc{confidence, AucIntervalKind::logit, 0}(labels, scores, patients);
  result.flags = result.pooled.flags;
  std::map<int, std::pair<std::vector<int>, std::vector<double>>> members;
  for (std::size_t i = 0; i < folds.size(); ++i) {
    members[folds[i]].first.push_back(labels[i]);
    members[folds[i]].second.push_back(scores[i]);
  }
  double weighted = 0.0, weights = 0.0;
  for (const auto& [fold, samples] : members) {
    const auto counts = detail::count_classes(samples.first);
    if (counts[0] == 0 || counts[1] == 0) {
      result.without_area.push_back(fold);
      result.flags.push_back({"evaluate.folds.no_area", detail::message("fold ", fold, " has one class only and no area")});
      continue;
    }
    const detail::Placements placements(samples.first, samples.second);
    const double pairs = static_cast<double>(counts[0]) * static_cast<double>(counts[1]);
    result.folds.push_back(fold);
    result.areas.push_back(static_cast<double>(placements.total) / (2.0 * pairs));
    weighted += pairs * result.areas.back();
    weights += pairs;
  }
  detail::require<DataError>(!result.areas.empty(), "no fold has both classes, so no fold has an area");
  const auto count = static_cast<double>(result.areas.size());
  for (const double area : result.areas) result.mean += area / count;
  for (const double area : result.areas) result.standard_deviation += (area - result.mean) * (area - result.mean);
  result.standard_deviation = count > 1.0 ? std::sqrt(result.standard_deviation / (count - 1.0)) : 0.0;
  const double within = weighted / weights;
  if (result.areas.size() > 1 && within - result.pooled.estimate > result.pooled.standard_error &&
      result.pooled.standard_error > 0.0)
    result.flags.push_back(
        {"evaluate.folds.shifted",
         detail::message("the pooled area ", result.pooled.estimate, " lies below the area within folds, ", within,
                         ", by more than its standard error: the folds' models score on different scales. "
                         "Calibrate them, or report the folds.")});
  return result;
}

}  // namespace bolus

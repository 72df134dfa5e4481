#pragma once
#include <algorithm>
#include <bolus/evaluate/temporal_pattern.hpp>
#include <span>
#include <string>
#include <vector>

namespace bolus {

/// How often each temporal pattern occurs in each group of patients.
struct PatternFrequencies {
  std::string stratum;              ///< part of the patients that was counted, e.g. "4"; empty: all of them
  std::vector<std::string> groups;  ///< sorted, e.g. mutant and wildtype
  Eigen::MatrixXi counts;           ///< (groups x 6) patients with TP1 to TP6
  std::vector<int> undetermined;    ///< patients of each group without a pattern: not in `counts`
  QcFlags flags;                    ///< evaluate.pattern_frequencies.undetermined, .one_group

  /// (groups x 6) share of each pattern among the group's patients that have one; 0 in a group without any.
  Eigen::MatrixXd shares() const {
    Eigen::MatrixXd result = counts.cast<double>();
    for (Eigen::Index g = 0; g < result.rows(); ++g) result.row(g) /= std::max(1.0, result.row(g).sum());
    return result;
  }

  /// `counts` without the patterns and groups that nobody has, which chi-square and exact tests cannot use.
  Eigen::MatrixXi occurring() const {
    std::vector<Eigen::Index> rows, columns;
    for (Eigen::Index g = 0; g < counts.rows(); ++g) {
      if (counts.row(g).sum() > 0) rows.push_back(g);
    }
    for (Eigen::Index p = 0; p < counts.cols(); ++p) {
      if (counts.col(p).sum() > 0) columns.push_back(p);
    }
    return counts(rows, columns);
  }
};

/// Counts patterns (1 to 6; 0: not determined) by group, one of each per patient. Throws ShapeError where lengths differ,
/// DataError for no patients, another number, or a group without a name.
inline PatternFrequencies pattern_frequencies(std::span<const int> patterns, std::span<const std::string> groups) {
  detail::require<ShapeError>(patterns.size() == groups.size(), "there are ", patterns.size(), " patterns and ", groups.size(),
                              " groups; expected one group for each patient");
  detail::require<DataError>(!patterns.empty(), "there are no patients whose patterns could be counted");
  PatternFrequencies result;
  result.groups.assign(groups.begin(), groups.end());
  std::sort(result.groups.begin(), result.groups.end());
  result.groups.erase(std::unique(result.groups.begin(), result.groups.end()), result.groups.end());
  detail::require<DataError>(!result.groups.front().empty(), "a patient has a group without a name");
  result.counts = Eigen::MatrixXi::Zero(static_cast<Eigen::Index>(result.groups.size()), 6);
  result.undetermined.assign(result.groups.size(), 0);
  int without = 0;
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    detail::require<DataError>(patterns[i] >= 0 && patterns[i] <= 6, "the pattern of patient ", i, " is ", patterns[i],
                               "; expected 1 to 6, or 0 where it is not determined");
    const auto group = static_cast<std::size_t>(std::lower_bound(result.groups.begin(), result.groups.end(), groups[i]) -
                                                result.groups.begin());
    if (patterns[i] == 0) {
      ++result.undetermined[group];
      ++without;
    } else {
      ++result.counts(static_cast<Eigen::Index>(group), patterns[i] - 1);
    }
  }
  if (without > 0) {
    result.flags.push_back(
        {"evaluate.pattern_frequencies.undetermined",
         detail::message(without, " of ", patterns.size(), " patients have no pattern and are not counted")});
  }
  if (result.groups.size() < 2) {
    result.flags.push_back({"evaluate.pattern_frequencies.one_group",
                            detail::message("all patients are '", result.groups.front(), "': there is nothing to compare")});
  }
  return result;
}

/// The same within each stratum (e.g. grade), sorted. Throws as above, and for a stratum missing or without a name.
inline std::vector<PatternFrequencies> pattern_frequencies(std::span<const int> patterns, std::span<const std::string> groups,
                                                           std::span<const std::string> strata) {
  detail::require<ShapeError>(patterns.size() == groups.size() && strata.size() == groups.size(), "there are ", patterns.size(),
                              " patterns, ", groups.size(), " groups and ", strata.size(),
                              " strata; expected one of each per patient");
  std::vector<std::string> names(strata.begin(), strata.end());
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  detail::require<DataError>(names.empty() || !names.front().empty(), "a patient has a stratum without a name");
  std::vector<PatternFrequencies> result;
  for (const auto& name : names) {
    std::vector<int> chosen;
    std::vector<std::string> of;
    for (std::size_t i = 0; i < strata.size(); ++i) {
      if (strata[i] != name) continue;
      chosen.push_back(patterns[i]);
      of.push_back(groups[i]);
    }
    result.push_back(pattern_frequencies(std::span<const int>(chosen), std::span<const std::string>(of)));
    result.back().stratum = name;
  }
  return result;
}

}  // namespace bolus

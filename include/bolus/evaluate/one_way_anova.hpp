#pragma once
#include <bolus/evaluate/detail/distributions.hpp>
#include <bolus/evaluate/group_summary.hpp>
#include <span>
#include <string>
#include <vector>

namespace bolus {

/// Whether the means of several groups differ.
struct AnovaResult {
  double statistic = 0.0;   ///< F
  int degrees_between = 0;  ///< groups - 1
  int degrees_within = 0;   ///< values - groups
  double p_value = 1.0;
  double sum_squares_between = 0.0;
  double sum_squares_within = 0.0;
  double eta_squared = 0.0;  ///< share of the variance that the groups explain
  std::vector<GroupSummary> groups;
};

/// One-way analysis of variance (Fisher 1925). Throws DataError for fewer than two groups, an empty one, a value that is not
/// finite, one value in each group, or when every group is constant.
inline AnovaResult one_way_anova(std::span<const std::vector<double>> groups) {
  detail::require<DataError>(groups.size() >= 2, "there are ", groups.size(), " groups; expected at least two");
  AnovaResult result;
  std::size_t values = 0;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    result.groups.push_back(detail::summarise_group(groups[i], std::to_string(i)));
    values += groups[i].size();
  }
  detail::require<DataError>(values > groups.size(), "each group has a single value; the analysis needs at least one with two");
  const double reference = result.groups.front().mean;
  double grand = 0.0;  // deviation of the grand mean from the first group's
  for (const auto& group : result.groups) grand += static_cast<double>(group.count) * (group.mean - reference);
  grand /= static_cast<double>(values);
  for (const auto& group : result.groups) {
    const double off = group.mean - reference - grand;
    result.sum_squares_between += static_cast<double>(group.count) * off * off;
    result.sum_squares_within += (static_cast<double>(group.count) - 1.0) * group.standard_deviation * group.standard_deviation;
  }
  detail::require<DataError>(result.sum_squares_within > 0.0,
                             "every group is constant: without spread in the groups there is no test");
  result.degrees_between = static_cast<int>(groups.size()) - 1;
  result.degrees_within = static_cast<int>(values - groups.size());
  result.statistic =
      (result.sum_squares_between / result.degrees_between) / (result.sum_squares_within / result.degrees_within);
  detail::require<DataError>(std::isfinite(result.statistic), "the values are too large to square; use another unit");
  result.p_value = detail::f_upper(result.statistic, result.degrees_between, result.degrees_within);
  result.eta_squared = result.sum_squares_between / (result.sum_squares_between + result.sum_squares_within);
  return result;
}

}  // namespace bolus

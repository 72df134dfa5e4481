#pragma once
#include <bolus/evaluate/detail/distributions.hpp>
#include <bolus/evaluate/group_summary.hpp>
#include <cmath>
#include <span>

namespace bolus {

/// Difference of the means of two groups, with its test.
struct MeanDifference {
  double statistic = 0.0;  ///< t
  double degrees_of_freedom = 0.0;
  double p_value = 1.0;         ///< two-sided
  double difference = 0.0;      ///< mean of a - mean of b
  double standard_error = 0.0;  ///< of the difference
  double low = 0.0;             ///< of its confidence interval
  double high = 0.0;
  double confidence = 0.95;
  double cohens_d = 0.0;  ///< difference / pooled standard deviation
  GroupSummary a;
  GroupSummary b;
};

namespace detail {

inline MeanDifference mean_difference(const GroupSummary& a, const GroupSummary& b, double standard_error,
                                      double degrees_of_freedom, double confidence) {
  MeanDifference result{.a = a, .b = b};
  const auto na = static_cast<double>(a.count), nb = static_cast<double>(b.count);
  const double pooled = std::sqrt(
      ((na - 1.0) * a.standard_deviation * a.standard_deviation + (nb - 1.0) * b.standard_deviation * b.standard_deviation) /
      (na + nb - 2.0));
  result.difference = a.mean - b.mean;
  result.standard_error = standard_error;
  result.degrees_of_freedom = degrees_of_freedom;
  result.statistic = result.difference / standard_error;
  result.p_value = student_two_sided(result.statistic, degrees_of_freedom);
  const double half = student_two_sided_quantile(1.0 - confidence, degrees_of_freedom) * standard_error;
  result.low = result.difference - half;
  result.high = result.difference + half;
  result.confidence = confidence;
  result.cohens_d = result.difference / pooled;
  return result;
}

inline void require_spread(const GroupSummary& a, const GroupSummary& b, double confidence) {
  require<OptionError>(confidence > 0.0 && confidence < 1.0, "confidence is ", confidence,
                       "; expected a number between 0 and 1, such as 0.95");
  require<DataError>(a.count + b.count > 2, "both groups have a single value; the t test needs at least three values in all");
  require<DataError>(a.standard_deviation > 0.0 || b.standard_deviation > 0.0, "both groups are constant (", a.mean, " and ",
                     b.mean, "): without spread there is no t test");
}

}  // namespace detail

/// Student's t test of two independent groups with equal variances, two-sided. Throws OptionError for a confidence out of
/// range; DataError for an empty group, a value that is not finite, one value in each group, or two constant groups.
inline MeanDifference student_test(std::span<const double> a, std::span<const double> b, double confidence = 0.95) {
  const auto sa = detail::summarise_group(a, "a"), sb = detail::summarise_group(b, "b");
  detail::require_spread(sa, sb, confidence);
  const auto na = static_cast<double>(sa.count), nb = static_cast<double>(sb.count);
  const double variance = ((na - 1.0) * sa.standard_deviation * sa.standard_deviation +
                           (nb - 1.0) * sb.standard_deviation * sb.standard_deviation) /
                          (na + nb - 2.0);
  return detail::mean_difference(sa, sb, std::sqrt(variance * (1.0 / na + 1.0 / nb)), na + nb - 2.0, confidence);
}

}  // namespace bolus

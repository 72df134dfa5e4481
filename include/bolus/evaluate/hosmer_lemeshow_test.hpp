#pragma once
#include <bolus/evaluate/detail/distributions.hpp>
#include <bolus/evaluate/detail/probability_bins.hpp>
#include <span>

namespace bolus {

/// Whether observed counts agree with predicted ones over groups of the probability.
struct HosmerLemeshowResult {
  double statistic = 0.0;
  int degrees_of_freedom = 0;  ///< groups - 2
  double p_value = 1.0;
  int groups = 0;  ///< that hold samples; ties can leave fewer than were asked for
};

/// Hosmer and Lemeshow's test (Commun Stat 1980;9:1043) over quantile groups, for probabilities of a model fitted to these
/// samples. Its power is low and it depends on the grouping: show the calibration curve as well. Throws as calibration_curve,
/// and DataError for fewer than three groups or a group whose probabilities are all 0 or all 1.
inline HosmerLemeshowResult hosmer_lemeshow_test(std::span<const int> labels, std::span<const double> probabilities,
                                                 int groups = 10) {
  const auto parts = detail::probability_bins(labels, probabilities, groups, BinStrategy::quantile);
  detail::require<DataError>(parts.size() >= 3, "the probabilities fall into ", parts.size(),
                             " groups; the test needs at least 3");
  HosmerLemeshowResult result;
  for (const auto& part : parts) {
    const auto count = static_cast<double>(part.count);
    const double room = part.sum * (1.0 - part.sum / count);
    detail::require<DataError>(room > 0.0, "the probabilities from ", part.from, " to ", part.to,
                               " are all 0 or all 1; the test has no variance there");
    const double difference = static_cast<double>(part.positives) - part.sum;
    result.statistic += difference * difference / room;
  }
  result.groups = static_cast<int>(parts.size());
  result.degrees_of_freedom = result.groups - 2;
  result.p_value = detail::chi_square_upper(result.statistic, result.degrees_of_freedom);
  return result;
}

}  // namespace bolus

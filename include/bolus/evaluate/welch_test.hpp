#pragma once
#include <bolus/evaluate/student_test.hpp>

namespace bolus {

/// Welch's t test of two independent groups whose variances may differ (Biometrika 1947;34:28), two-sided, with Satterthwaite's
/// degrees of freedom. Cohen's d still divides by the pooled standard deviation. Throws as student_test, and DataError for a
/// group with a single value.
inline MeanDifference welch_test(std::span<const double> a, std::span<const double> b, double confidence = 0.95) {
  const auto sa = detail::summarise_group(a, "a"), sb = detail::summarise_group(b, "b");
  for (const auto* group : {&sa, &sb}) {
    detail::require<DataError>(group->count > 1, "group ", group == &sa ? "a" : "b",
                               " has a single value, so its variance is unknown; use student_test, or more values");
  }
  detail::require_spread(sa, sb, confidence);
  const auto na = static_cast<double>(sa.count), nb = static_cast<double>(sb.count);
  const double va = sa.standard_deviation * sa.standard_deviation / na, vb = sb.standard_deviation * sb.standard_deviation / nb;
  const double share = va / (va + vb);  // not the squares of the variances, which may underflow
  const double degrees = 1.0 / (share * share / (na - 1.0) + (1.0 - share) * (1.0 - share) / (nb - 1.0));
  return detail::mean_difference(sa, sb, std::sqrt(va + vb), degrees, confidence);
}

}  // namespace bolus

#pragma once
#include <bolus/core/error.hpp>
#include <bolus/evaluate/detail/distributions.hpp>
#include <cmath>
#include <cstdint>

namespace bolus {

/// A proportion with its confidence interval.
struct ProportionInterval {
  std::int64_t successes = 0;  ///< e.g. true positives
  std::int64_t trials = 0;     ///< e.g. positives
  double estimate = 0.0;       ///< successes / trials
  double low = 0.0;            ///< lower end of the interval, 0 or more
  double high = 0.0;           ///< upper end of the interval, 1 or less
  double confidence = 0.0;     ///< of the interval, e.g. 0.95
};

namespace detail {

inline ProportionInterval proportion(std::int64_t successes, std::int64_t trials, double confidence) {
  require<OptionError>(confidence > 0.0 && confidence < 1.0, "confidence is ", confidence,
                       "; expected a number between 0 and 1, such as 0.95");
  require<DataError>(trials > 0, "trials is ", trials, "; a proportion needs at least one trial");
  require<DataError>(successes >= 0 && successes <= trials, "successes is ", successes, "; expected 0 to ", trials,
                     ", the number of trials");
  return {successes, trials, static_cast<double>(successes) / static_cast<double>(trials), 0.0, 1.0, confidence};
}

}  // namespace detail

/// Wilson's score interval (JASA 1927;22:209), without continuity correction: about the stated coverage on average, also for
/// proportions near 0 and 1, and never outside them. Throws OptionError for a confidence out of range; DataError for no trials
/// or successes out of 0 .. trials.
inline ProportionInterval wilson_interval(std::int64_t successes, std::int64_t trials, double confidence = 0.95) {
  auto result = detail::proportion(successes, trials, confidence);
  const double z = -detail::normal_quantile(0.5 * (1.0 - confidence)), n = static_cast<double>(trials);
  const double p = result.estimate, square = z * z;
  const double middle = (p + square / (2.0 * n)) / (1.0 + square / n);
  const double half = z / (1.0 + square / n) * std::sqrt(p * (1.0 - p) / n + square / (4.0 * n * n));
  if (successes > 0) result.low = middle - half;
  if (successes < trials) result.high = middle + half;
  return result;
}

/// Clopper and Pearson's exact interval (Biometrika 1934;26:404): the coverage is never below the stated one, so it is wider
/// than Wilson's. Throws as wilson_interval.
inline ProportionInterval clopper_pearson_interval(std::int64_t successes, std::int64_t trials, double confidence = 0.95) {
  auto result = detail::proportion(successes, trials, confidence);
  const double tail = 0.5 * (1.0 - confidence);
  const auto hits = static_cast<double>(successes), misses = static_cast<double>(trials - successes);
  if (successes > 0) result.low = detail::beta_quantile(hits, misses + 1.0, tail);
  if (successes < trials) result.high = 1.0 - detail::beta_quantile(misses, hits + 1.0, tail);
  return result;
}

}  // namespace bolus

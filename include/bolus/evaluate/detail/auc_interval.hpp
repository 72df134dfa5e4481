#pragma once
#include <algorithm>
#include <bolus/core/error.hpp>
#include <bolus/evaluate/detail/distributions.hpp>
#include <cmath>
#include <cstddef>
#include <utility>

namespace bolus::detail {

inline void require_confidence(double confidence) {
  require<OptionError>(confidence > 0.0 && confidence < 1.0, "confidence is ", confidence,
                       "; expected a number between 0 and 1, such as 0.95");
}

/// Estimate +- z standard errors on the scale of the log odds; the estimate lies between 0 and 1 and is neither.
inline std::pair<double, double> logit_interval(double estimate, double standard_error, double z) {
  if (!(estimate > 0.0 && estimate < 1.0)) return {estimate, estimate};
  const double middle = std::log(estimate / (1.0 - estimate)), half = z * standard_error / (estimate * (1.0 - estimate));
  const auto probability = [](double odds) { return 1.0 / (1.0 + std::exp(-odds)); };
  return {probability(middle - half), probability(middle + half)};
}

/// Newcombe's interval of an area (method 5, Stat Med 2006;25:559): the areas t with |estimate - t| <= z sqrt(V(t)), where V is
/// Hanley and McNeil's variance with both class sizes set to their mean inside the bracket. Holds at 0 and 1 too.
inline std::pair<double, double> newcombe_interval(double estimate, std::size_t positives, std::size_t negatives, double z) {
  const auto m = static_cast<double>(positives), n = static_cast<double>(negatives);
  const auto outside = [&](double t) {
    const double more = (0.5 * (m + n) - 1.0) * ((1.0 - t) / (2.0 - t) + t / (1.0 + t));
    return std::abs(estimate - t) - z * std::sqrt(std::max(0.0, t * (1.0 - t) * (1.0 + more) / (m * n)));
  };
  const auto end = [&](double far) {
    if (far == estimate) return estimate;
    double out = far, in = estimate;
    // Start inside: at the estimate itself unless that is 0 or 1, where V is zero; there a step away.
    if (estimate == 0.0 || estimate == 1.0) in = estimate + (far - estimate) * 1e-9;
    for (int step = 0; step < 200; ++step) {
      const double middle = 0.5 * (out + in);
      (outside(middle) > 0.0 ? out : in) = middle;
    }
    return in;
  };
  return {end(0.0), end(1.0)};
}

}  // namespace bolus::detail

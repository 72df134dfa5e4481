#pragma once
#include <algorithm>
#include <bolus/evaluate/detail/auc_interval.hpp>
#include <bolus/evaluate/detail/distributions.hpp>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace bolus::detail {

/// Bias correction z0 and acceleration a of a BCa interval.
struct BcaShift {
  double bias = 0.0;
  double acceleration = 0.0;

  /// The probability whose quantile stands at the nominal probability `tail`.
  double moved(double tail) const {
    const double z = bias + normal_quantile(tail);
    return normal_cdf(bias + z / (1.0 - acceleration * z));
  }
};

/// From the sorted replicates, the estimate, and the figure with each unit left out in turn (units of a stratum lie together, a
/// stratum is one sample of a multi-sample statistic). As scipy.stats.bootstrap: ties of replicate and estimate count half; the
/// acceleration sums the strata's third and second moments, each by its own size (Efron and Tibshirani 1993, 14.15 and chapter
/// 22). Nothing where one of them does not exist.
inline std::optional<BcaShift> bca_shift(std::span<const double> sorted, double estimate,
                                         const std::vector<std::optional<double>>& left_out,
                                         const std::vector<std::size_t>& strata) {
  const auto below = std::lower_bound(sorted.begin(), sorted.end(), estimate) - sorted.begin();
  const auto level = std::upper_bound(sorted.begin(), sorted.end(), estimate) - sorted.begin();
  const double share = static_cast<double>(below + level) / (2.0 * static_cast<double>(sorted.size()));
  if (!(share > 0.0 && share < 1.0)) return std::nullopt;
  double third = 0.0, second = 0.0;
  std::size_t first = 0;
  for (const std::size_t size : strata) {
    const auto n = static_cast<double>(size);
    double mean = 0.0;
    if (size > 1) {
      for (std::size_t i = first; i < first + size; ++i) {
        if (!left_out[i]) return std::nullopt;
        mean += *left_out[i] / n;
      }
      for (std::size_t i = first; i < first + size; ++i) {
        const double u = (n - 1.0) * (mean - *left_out[i]);
        second += u * u / (n * n);
        third += u * u * u / (n * n * n);
      }
    }
    first += size;
  }
  if (!(second > 0.0)) return std::nullopt;
  return BcaShift{normal_quantile(share), third / (6.0 * std::pow(second, 1.5))};
}

}  // namespace bolus::detail

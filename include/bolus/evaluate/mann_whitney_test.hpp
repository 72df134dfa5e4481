#pragma once
#include <algorithm>
#include <bolus/evaluate/detail/distributions.hpp>
#include <bolus/evaluate/group_summary.hpp>
#include <cmath>
#include <numeric>
#include <span>
#include <vector>

namespace bolus {

/// How the Mann-Whitney test gets its P value.
enum class MannWhitneyMethod {
  automatic,  ///< exact where the smaller group has at most 8 values and none are tied, else asymptotic
  exact,      ///< distribution of U over all orders; values must not be tied
  asymptotic  ///< normal approximation with correction for ties and continuity
};

/// Whether values of one group tend to be larger than those of another.
struct MannWhitneyResult {
  double statistic = 0.0;                                    ///< U of a: pairs in which a is larger, ties half
  double p_value = 1.0;                                      ///< two-sided
  MannWhitneyMethod method = MannWhitneyMethod::asymptotic;  ///< that was used: exact or asymptotic
  double probability_of_superiority = 0.5;                   ///< U / pairs: that a value of a is larger; the ROC area
  double rank_biserial = 0.0;                                ///< effect size, -1 to 1
  std::size_t tied = 0;                                      ///< values that equal another one
  std::size_t count_a = 0;
  std::size_t count_b = 0;
};

namespace detail {

/// P(U <= u) of groups of m and n untied values: coefficients of the Gaussian binomial, of which the lower half suffices.
inline double mann_whitney_lower(std::size_t m, std::size_t n, std::size_t u) {
  if (m > n) std::swap(m, n);
  std::vector<double> counts(u + 1, 0.0);
  counts[0] = 1.0;
  for (std::size_t i = 1; i <= m; ++i) {
    for (std::size_t k = u; k >= n + i && k < counts.size(); --k) counts[k] -= counts[k - n - i];
    for (std::size_t k = i; k <= u; ++k) counts[k] += counts[k - i];
    const double scale = static_cast<double>(i) / static_cast<double>(n + i);
    for (auto& count : counts) count *= scale;  // a share of all orders, so that large groups do not overflow
  }
  return std::accumulate(counts.begin(), counts.end(), 0.0);
}

}  // namespace detail

/// Mann and Whitney's test (Ann Math Statist 1947;18:50), two-sided, as scipy.stats.mannwhitneyu. Values all equal give P = 1.
/// Throws DataError for an empty group or a value that is not finite, OptionError for `exact` with ties or with groups of more
/// than 1e7 pairs.
inline MannWhitneyResult mann_whitney_test(std::span<const double> a, std::span<const double> b,
                                           MannWhitneyMethod method = MannWhitneyMethod::automatic) {
  detail::require_values(a, "a");
  detail::require_values(b, "b");
  const std::size_t total = a.size() + b.size();
  std::vector<double> values(a.begin(), a.end());
  values.insert(values.end(), b.begin(), b.end());
  std::vector<std::size_t> order(total);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) { return values[i] < values[j]; });

  MannWhitneyResult result;
  result.count_a = a.size();
  result.count_b = b.size();
  const auto na = static_cast<double>(a.size()), nb = static_cast<double>(b.size()), n = na + nb;
  double rank_sum = 0.0, tie_term = 0.0;
  for (std::size_t begin = 0; begin < total;) {
    std::size_t end = begin, of_a = 0;
    while (end < total && values[order[end]] == values[order[begin]]) of_a += order[end++] < a.size() ? 1 : 0;
    const auto size = static_cast<double>(end - begin);
    rank_sum += static_cast<double>(of_a) * 0.5 * (static_cast<double>(begin + end) + 1.0);
    tie_term += size * size * size - size;
    if (end - begin > 1) result.tied += end - begin;
    begin = end;
  }
  result.statistic = rank_sum - 0.5 * na * (na + 1.0);
  result.probability_of_superiority = result.statistic / (na * nb);
  result.rank_biserial = 2.0 * result.probability_of_superiority - 1.0;

  if (method == MannWhitneyMethod::automatic) {
    const bool small = std::min(a.size(), b.size()) <= 8 && na * nb <= 1e7;
    method = small && result.tied == 0 ? MannWhitneyMethod::exact : MannWhitneyMethod::asymptotic;
  }
  result.method = method;
  const double smaller = std::min(result.statistic, na * nb - result.statistic);
  if (method == MannWhitneyMethod::exact) {
    detail::require<OptionError>(result.tied == 0, result.tied, " values are tied; the exact distribution is for values ",
                                 "without ties: use the asymptotic method");
    detail::require<OptionError>(na * nb <= 1e7, "the exact distribution of ", na * nb,
                                 " pairs is too large; use the asymptotic method");
    const auto u = static_cast<std::size_t>(std::llround(smaller));
    result.p_value = std::min(1.0, 2.0 * detail::mann_whitney_lower(a.size(), b.size(), u));
    return result;
  }
  const double variance = na * nb / 12.0 * (n + 1.0 - tie_term / (n * (n - 1.0)));
  const double distance = std::max(0.0, 0.5 * na * nb - smaller - 0.5);
  const bool all_equal = values[order.front()] == values[order.back()];
  result.p_value = all_equal ? 1.0 : detail::normal_two_sided(distance / std::sqrt(variance));
  return result;
}

}  // namespace bolus

#pragma once
#include <algorithm>
#include <bolus/core/eigen.hpp>
#include <bolus/core/error.hpp>
#include <cmath>
#include <numeric>
#include <optional>
#include <vector>

namespace bolus {
namespace detail {

/// Ranks from 1; equal values share the mean of their ranks.
inline Eigen::VectorXd middle_ranks(const Eigen::VectorXd& values) {
  std::vector<Eigen::Index> order(static_cast<std::size_t>(values.size()));
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return values[a] < values[b]; });
  Eigen::VectorXd ranks(values.size());
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    for (std::size_t i = begin; i < end; ++i) ranks[order[i]] = 0.5 * static_cast<double>(begin + end + 1);
  }
  return ranks;
}

}  // namespace detail

/// Spearman's rank correlation, -1 to 1: Pearson's correlation of the ranks, equal values sharing their mean rank. Nothing
/// where one side is constant, since its ranks do not vary. Throws ShapeError for lengths that differ or below 2, DataError for
/// NaN.
inline std::optional<double> spearman_correlation(const Eigen::VectorXd& a, const Eigen::VectorXd& b) {
  detail::require<ShapeError>(a.size() == b.size() && a.size() > 1, "there are ", a.size(), " and ", b.size(),
                              " values; expected as many, and at least 2");
  detail::require<DataError>(a.allFinite() && b.allFinite(), "the values to correlate hold NaN or infinity");
  const double middle = 0.5 * static_cast<double>(a.size() + 1);
  const Eigen::VectorXd x = detail::middle_ranks(a).array() - middle, y = detail::middle_ranks(b).array() - middle;
  const double spread = x.squaredNorm() * y.squaredNorm();
  if (spread == 0.0) return std::nullopt;
  return std::clamp(x.dot(y) / std::sqrt(spread), -1.0, 1.0);
}

}  // namespace bolus

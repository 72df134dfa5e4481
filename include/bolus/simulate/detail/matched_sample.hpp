#pragma once
#include <algorithm>
#include <bolus/core/random.hpp>
#include <cmath>
#include <vector>

namespace bolus::detail {

/// `count` values in [low, high] from a normal (or log-normal) distribution with this mean and standard deviation (n - 1).
/// From five values on they are shifted and stretched so that their own mean and standard deviation are the wanted ones
/// (within 1 %, as far as the bounds allow): a simulated group then shows the published summary, not a draw around it.
inline std::vector<double> matched_sample(const RandomStream& random, std::size_t count, double mean, double deviation,
                                          double low, double high, bool log_normal) {
  std::vector<double> values(count);
  const double variance = log_normal ? std::log1p(deviation * deviation / (mean * mean)) : 0.0;
  for (std::size_t i = 0; i < count; ++i) {
    const double z = std::clamp(random.normal(i), -3.5, 3.5);
    values[i] = log_normal ? std::exp(std::log(mean) - 0.5 * variance + std::sqrt(variance) * z) : mean + deviation * z;
    values[i] = std::clamp(values[i], low, high);
  }
  for (int pass = 0; pass < 50 && count >= 5; ++pass) {
    double sum = 0.0, squares = 0.0;
    for (const double value : values) sum += value;
    const double found_mean = sum / static_cast<double>(count);
    for (const double value : values) squares += (value - found_mean) * (value - found_mean);
    const double found_deviation = std::sqrt(squares / static_cast<double>(count - 1));
    if (!(found_deviation > 0.0)) break;
    for (double& value : values) {
      value = std::clamp(mean + (value - found_mean) * deviation / found_deviation, low, high);
    }
  }
  return values;
}

/// Each value less the mean, over the standard deviation (n); 0 where all are equal.
inline std::vector<double> standard_scores(const std::vector<double>& values) {
  const auto count = static_cast<double>(values.size());
  double mean = 0.0, squares = 0.0;
  for (const double value : values) mean += value / count;
  for (const double value : values) squares += (value - mean) * (value - mean) / count;
  std::vector<double> scores;
  for (const double value : values) scores.push_back(squares > 0.0 ? (value - mean) / std::sqrt(squares) : 0.0);
  return scores;
}

/// The given values in another order, so that their correlation with `partners` is about `correlation`: each partner's standard
/// score is mixed with a normal number, and the smallest value goes to the smallest mixture.
inline std::vector<double> paired_sample(const RandomStream& random, const std::vector<double>& partners,
                                         std::vector<double> values, double correlation) {
  const auto count = partners.size();
  const auto scores = standard_scores(partners);
  std::vector<double> mixtures(count), result(count);
  std::vector<std::size_t> order(count);
  for (std::size_t i = 0; i < count; ++i) {
    mixtures[i] = correlation * scores[i] + std::sqrt(1.0 - correlation * correlation) * random.normal(i);
    order[i] = i;
  }
  std::sort(values.begin(), values.end());
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return mixtures[a] < mixtures[b]; });
  for (std::size_t i = 0; i < count; ++i) result[order[i]] = values[i];
  return result;
}

/// Shares `total` out by `weights` with the method of the largest remainder; of equal remainders the first wins.
inline std::vector<std::size_t> share_out(std::size_t total, const std::vector<double>& weights) {
  double sum = 0.0;
  for (const double weight : weights) sum += weight;
  std::vector<std::size_t> shares(weights.size()), order(weights.size());
  std::vector<double> remainders(weights.size());
  std::size_t given = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double exact = static_cast<double>(total) * weights[i] / sum;
    shares[i] = static_cast<std::size_t>(std::floor(exact + 1e-9));
    remainders[i] = exact - static_cast<double>(shares[i]);
    given += shares[i];
    order[i] = i;
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return remainders[a] > remainders[b] + 1e-9; });
  for (std::size_t i = 0; given < total; ++i, ++given) ++shares[order[i % order.size()]];
  return shares;
}

}  // namespace bolus::detail

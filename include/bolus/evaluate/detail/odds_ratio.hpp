#pragma once
#include <algorithm>
#include <bolus/evaluate/detail/distributions.hpp>
#include <cmath>
#include <limits>
#include <vector>

namespace bolus::detail {

/// log n!
inline double log_factorial(double n) {
  if (n < 2.0) return 0.0;
  return stirling_error(n) + 0.91893853320467274178 + (n + 0.5) * std::log(n) - n;
}

/// The first cell of a 2 x 2 table with given margins: Fisher's noncentral hypergeometric distribution, its parameter the odds
/// ratio.
class NoncentralHypergeometric {
 public:
  /// `row`, `column`: totals of the first row and column; `total`: of all.
  NoncentralHypergeometric(int row, int column, int total)
      : low_(std::max(0, row + column - total)), high_(std::min(row, column)) {
    // log binomials up to a constant, by the ratio of neighbours, so that equal probabilities come out equal to rounding.
    weights_.reserve(static_cast<std::size_t>(high_ - low_ + 1));
    for (double x = low_; x <= high_; ++x) {
      weights_.push_back(-log_factorial(x) - log_factorial(row - x) - log_factorial(column - x) -
                         log_factorial(total - row - column + x));
    }
  }

  int low() const { return low_; }
  int high() const { return high_; }

  /// Probabilities of low() .. high() for exp(log_odds).
  std::vector<double> probabilities(double log_odds) const {
    std::vector<double> values(weights_.size());
    double largest = -std::numeric_limits<double>::infinity(), sum = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = weights_[i] + log_odds * static_cast<double>(i);
      largest = std::max(largest, values[i]);
    }
    for (auto& value : values) sum += value = std::exp(value - largest);
    for (auto& value : values) value /= sum;
    return values;
  }

  double mean(double log_odds) const {
    double sum = 0.0, x = low_;
    for (const double p : probabilities(log_odds)) sum += p * x++;
    return sum;
  }

  /// P(X >= x), or P(X <= x) where not `upper`.
  double tail(int x, double log_odds, bool upper) const {
    const auto values = probabilities(log_odds);
    double sum = 0.0;
    for (int k = upper ? x : low_; k <= (upper ? high_ : x); ++k) sum += values[static_cast<std::size_t>(k - low_)];
    return sum;
  }

  /// exp of the log odds where a rising function is `target`, by bisection.
  template <class Function>
  static double solve(const Function& rising, double target) {
    double low = -1.0, high = 1.0;
    while (rising(low) > target && low > -700.0) low *= 2.0;
    while (rising(high) < target && high < 700.0) high *= 2.0;
    for (int step = 0; step < 200 && high - low > 1e-15 * std::max(std::abs(low), std::abs(high)); ++step) {
      const double middle = 0.5 * (low + high);
      (rising(middle) > target ? high : low) = middle;
    }
    return std::exp(0.5 * (low + high));
  }

 private:
  int low_, high_;
  std::vector<double> weights_;
};

}  // namespace bolus::detail

#pragma once
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

/// Distribution functions, relative error below 1e-10 also far in the tails (both tails are computed, never one from the other
/// where it is small). The incomplete beta and gamma functions by series and continued fractions (Numerical Recipes, chapter
/// 6), their leading factors by Loader's saddle-point expansion (Fast and Accurate Computation of Binomial Probabilities,
/// 2000), which does not lose digits where the parameters are large.
namespace bolus::detail {

/// log Gamma(n + 1) minus Stirling's approximation, n > 0.
inline double stirling_error(double n) {
  if (n <= 16.0) {
    // By recurrence from a place where the series holds: log n! = log (n + k)! - log((n + 1) ... (n + k)).
    double product = 1.0, shifted = n;
    while (shifted <= 16.0) product *= ++shifted;
    const double half_log_two_pi = 0.91893853320467274178;
    const double log_factorial =
        stirling_error(shifted) + half_log_two_pi + (shifted + 0.5) * std::log(shifted) - shifted - std::log(product);
    return log_factorial - (half_log_two_pi + (n + 0.5) * std::log(n) - n);
  }
  const double square = n * n;
  return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - (1.0 / 1188) / square) / square) / square) / square) / n;
}

/// x log(x / mean) + mean - x without cancellation, x > 0, mean > 0.
inline double deviance_part(double x, double mean) {
  const double difference = x - mean;
  if (std::abs(difference) >= 0.1 * (x + mean)) return x * std::log(x / mean) + mean - x;
  const double v = difference / (x + mean), square = v * v;
  double sum = difference * v, term = 2.0 * x * v;
  for (int k = 1; k < 1000; ++k) {
    term *= square;
    const double next = sum + term / (2 * k + 1);
    if (next == sum) break;
    sum = next;
  }
  return sum;
}

/// x^a y^b / B(a, b) with y = 1 - x given by itself, since near x = 1 it cannot be had from x. 0 < x < 1.
inline double beta_factor(double a, double b, double x, double y) {
  const double n = a + b;
  const double exponent =
      stirling_error(n) - stirling_error(a) - stirling_error(b) - deviance_part(a, n * x) - deviance_part(b, n * y);
  return std::exp(exponent) * std::sqrt(a * b / (2.0 * std::numbers::pi * n));
}

/// Continued fraction of the incomplete beta function by Lentz's method.
inline double beta_fraction(double a, double b, double x) {
  constexpr double tiny = 1e-300;
  double c = 1.0, d = 1.0 - (a + b) * x / (a + 1.0);
  d = 1.0 / (std::abs(d) < tiny ? tiny : d);
  double value = d;
  for (int m = 1; m < 1000000; ++m) {
    const double k = m;
    const double even = k * (b - k) * x / ((a + 2 * k - 1) * (a + 2 * k));
    d = 1.0 + even * d;
    c = 1.0 + even / c;
    d = 1.0 / (std::abs(d) < tiny ? tiny : d);
    c = std::abs(c) < tiny ? tiny : c;
    value *= d * c;
    const double odd = -(a + k) * (a + b + k) * x / ((a + 2 * k) * (a + 2 * k + 1));
    d = 1.0 + odd * d;
    c = 1.0 + odd / c;
    d = 1.0 / (std::abs(d) < tiny ? tiny : d);
    c = std::abs(c) < tiny ? tiny : c;
    value *= d * c;
    if (std::abs(d * c - 1.0) < 4e-16) break;
  }
  return value;
}

/// Regularised incomplete beta function I_x(a, b), y = 1 - x; a, b > 0. The upper tail is beta_cdf(b, a, y, x).
inline double beta_cdf(double a, double b, double x, double y) {
  if (!(x > 0.0)) return 0.0;
  if (!(y > 0.0)) return 1.0;
  const double factor = beta_factor(a, b, x, y);
  if (x < (a + 1.0) / (a + b + 2.0)) return factor * beta_fraction(a, b, x) / a;
  return 1.0 - factor * beta_fraction(b, a, y) / b;
}

/// The x with I_x(a, b) = probability: Newton's method inside a shrinking bracket.
inline double beta_quantile(double a, double b, double probability) {
  if (probability <= 0.0) return 0.0;
  if (probability >= 1.0) return 1.0;
  double low = 0.0, high = 1.0, x = a / (a + b);
  for (int step = 0; step < 3000; ++step) {
    const double error = beta_cdf(a, b, x, 1.0 - x) - probability;
    (error > 0.0 ? high : low) = x;
    const double slope = beta_factor(a, b, x, 1.0 - x) / (x * (1.0 - x));
    double next = x - error / slope;
    if (error == 0.0 || std::abs(next - x) <= 4e-16 * x || !(high - low > 2e-16 * high)) return x;
    if (!(next > low && next < high)) next = low > 0.0 ? 0.5 * (low + high) : std::max(high * 1e-3, 1e-305);
    x = next;
  }
  return x;
}

/// Upper tail of the regularised incomplete gamma function, Q(a, x), a > 0.
inline double gamma_upper(double a, double x) {
  if (!(x > 0.0)) return 1.0;
  if (std::isinf(x)) return 0.0;
  const double factor = std::exp(-stirling_error(a) - deviance_part(a, x)) * std::sqrt(a / (2.0 * std::numbers::pi));
  if (x < a + 1.0) {
    double term = 1.0 / a, sum = term;
    for (double k = a + 1.0; term > 1e-17 * sum; k += 1.0) sum += term *= x / k;
    return 1.0 - factor * sum;
  }
  double b = x + 1.0 - a, c = 1e300, d = 1.0 / b, value = d;
  for (int k = 1; k < 1000000; ++k) {
    const double numerator = -k * (k - a);
    b += 2.0;
    d = 1.0 / (numerator * d + b);
    c = b + numerator / c;
    value *= d * c;
    if (std::abs(d * c - 1.0) < 4e-16) break;
  }
  return factor * value;
}

/// Standard normal distribution function.
inline double normal_cdf(double z) { return 0.5 * std::erfc(-z * std::numbers::sqrt2 / 2.0); }

/// P(|Z| >= |z|) of a standard normal.
inline double normal_two_sided(double z) { return std::erfc(std::abs(z) * std::numbers::sqrt2 / 2.0); }

/// Standard normal quantile; Abramowitz and Stegun 26.2.23, then Halley steps to full precision.
inline double normal_quantile(double probability) {
  if (probability > 0.5) return -normal_quantile(1.0 - probability);
  if (probability == 0.5) return 0.0;
  if (!(probability > 0.0)) return -std::numeric_limits<double>::infinity();
  const double t = std::sqrt(-2.0 * std::log(probability));
  double z = (2.515517 + t * (0.802853 + t * 0.010328)) / (1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t;
  for (int step = 0; step < 3; ++step) {
    const double u = (normal_cdf(z) - probability) * std::sqrt(2.0 * std::numbers::pi) * std::exp(0.5 * z * z);
    z -= u / (1.0 + 0.5 * z * u);
  }
  return z;
}

/// P(|T| >= |t|) of Student's t.
inline double student_two_sided(double t, double degrees_of_freedom) {
  const double v = degrees_of_freedom, ratio = t * t / v;  // not t^2 + v, so that a large t does not overflow first
  if (std::isinf(ratio)) return 0.0;
  return beta_cdf(0.5 * v, 0.5, 1.0 / (1.0 + ratio), ratio / (1.0 + ratio));
}

/// The t >= 0 with P(|T| >= t) = probability, 0 < probability < 1.
inline double student_two_sided_quantile(double probability, double degrees_of_freedom) {
  const double v = degrees_of_freedom;
  double t = -normal_quantile(0.5 * probability);  // below the root, where the convex tail makes Newton's method rise to it
  if (t <= 0.0) return 0.0;
  for (int step = 0; step < 10000; ++step) {
    const double x = v / (v + t * t), y = t * t / (v + t * t);
    const double slope = 2.0 * beta_factor(0.5 * v, 0.5, x, y) / t;  // 2 * density
    const double change = (student_two_sided(t, v) - probability) / slope;
    t += change;
    if (std::abs(change) <= 1e-15 * t) break;
  }
  return t;
}

/// P(F >= f).
inline double f_upper(double f, double numerator, double denominator) {
  if (!(f > 0.0)) return 1.0;
  const double ratio = f * (numerator / denominator);
  if (std::isinf(ratio)) return 0.0;
  return beta_cdf(0.5 * denominator, 0.5 * numerator, 1.0 / (1.0 + ratio), ratio / (1.0 + ratio));
}

/// P(X >= x) of chi-square.
inline double chi_square_upper(double x, double degrees_of_freedom) { return gamma_upper(0.5 * degrees_of_freedom, 0.5 * x); }

}  // namespace bolus::detail

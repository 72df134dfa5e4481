#pragma once
#include <cmath>

namespace bolus::detail {

/// Regularised lower incomplete gamma function P(a, x), a > 0: the share of a gamma variate's area before x. Series for
/// small x, Lentz's continued fraction for large x (Abramowitz and Stegun 6.5.29, 6.5.31); relative error about 1e-14.
inline double incomplete_gamma(double a, double x) {
  if (x <= 0.0) return 0.0;
  const double factor = std::exp(a * std::log(x) - x - std::lgamma(a));
  if (x < a + 1.0) {
    double term = 1.0 / a, sum = term;
    for (int n = 1; n < 500 && term > 1e-16 * sum; ++n) sum += term *= x / (a + n);
    return factor * sum;
  }
  double b = x + 1.0 - a, c = 1e300, d = 1.0 / b, fraction = d;
  for (int n = 1; n < 500; ++n) {
    const double an = -n * (n - a);
    b += 2.0;
    d = 1.0 / (an * d + b);
    c = b + an / c;
    fraction *= d * c;
    if (std::abs(d * c - 1.0) < 1e-16) break;
  }
  return 1.0 - factor * fraction;
}

}  // namespace bolus::detail

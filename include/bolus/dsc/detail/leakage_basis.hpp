#pragma once
#include <bolus/core/eigen.hpp>
#include <bolus/core/error.hpp>
#include <cmath>

namespace bolus {

/// How the running integral of the reference curve is taken.
enum class RunningIntegral {
  trapezoid,  ///< straight lines between the samples
  rectangle   ///< each sample holds for the step that ends with it: a cumulative sum times the step
};

namespace detail {

/// I(t), the integral of r(t') exp(-kep (t - t')) from sample `first` to each sample, in the unit of r times s; 0 before
/// `first`. With `derivative`, also its derivative by kep. The rule is applied to the whole integrand, so for kep = 0 it is the
/// plain one.
inline Eigen::VectorXd leakage_integral(const Eigen::VectorXd& times, const Eigen::VectorXd& reference, double kep,
                                        Eigen::Index first = 0, RunningIntegral rule = RunningIntegral::trapezoid,
                                        Eigen::VectorXd* derivative = nullptr) {
  Eigen::VectorXd integral = Eigen::VectorXd::Zero(times.size());
  if (derivative) derivative->setZero(times.size());
  const double old_weight = rule == RunningIntegral::trapezoid ? 0.5 : 0.0, new_weight = 1.0 - old_weight;
  if (rule == RunningIntegral::rectangle && first + 1 < times.size()) {
    integral[first] = reference[first] * (times[first + 1] - times[first]);
  }
  double step = 0.0, decay = 1.0;
  for (Eigen::Index t = first + 1; t < times.size(); ++t) {
    const double width = times[t] - times[t - 1];
    if (std::abs(width - step) > 1e-12 * width) {  // on an even time axis one exponential does
      step = width;
      decay = std::exp(-kep * step);
    }
    const double before = integral[t - 1] + old_weight * step * reference[t - 1];
    integral[t] = decay * before + new_weight * step * reference[t];
    if (derivative) (*derivative)[t] = decay * ((*derivative)[t - 1] - step * before);
  }
  return integral;
}

/// What is the same for all curves in fitting dR2* = K1 r - K2 I, given r and kep. All of length n, the length of the curves;
/// samples outside the fitted range have no weight in `solve`.
struct LeakageBasis {
  using Rows = Eigen::Matrix<double, 2, Eigen::Dynamic, Eigen::RowMajor>;
  Eigen::VectorXd reference;       ///< r, 1/s, n values
  Eigen::VectorXd integral;        ///< I, no unit, n values
  Rows solve;                      ///< (K1, K2) = solve dR2*, 2 x n
  Rows normal;                     ///< orthonormal rows: along r, and along what I has besides r, 2 x n
  Eigen::Matrix2d covariance;      ///< of (K1, K2) for noise of variance 1
  double length = 0.0;             ///< of r over the fitted samples, 1/s
  double independent_share = 0.0;  ///< sine of the angle between I and r: near 0, K1 and K2 cannot be told apart
};

/// Least squares by Gram-Schmidt over the samples [first, last), `last` -1 for the end; the integral starts at `first`. Throws
/// ShapeError, OptionError (kep < 0), DataError: NaN, fewer than 3 samples, a reference that is 0 or makes both terms alike.
inline LeakageBasis leakage_basis(const Eigen::VectorXd& times, const Eigen::VectorXd& reference, double kep = 0.0,
                                  Eigen::Index first = 0, Eigen::Index last = -1,
                                  RunningIntegral rule = RunningIntegral::trapezoid) {
  const Eigen::Index count = times.size();
  if (last < 0) last = count;
  require<ShapeError>(reference.size() == count, "the reference curve has ", reference.size(), " samples but there are ", count,
                      " time points");
  require<ShapeError>(first >= 0 && first <= last && last <= count, "leakage is to be fitted to the samples ", first, " to ",
                      last, " of a curve of ", count);
  require<DataError>(last - first >= 3, "leakage is to be fitted to ", last - first, " samples; it needs at least 3");
  require<DataError>(times.allFinite() && reference.allFinite(), "the time axis or the reference curve holds NaN or infinity");
  require<OptionError>(std::isfinite(kep) && kep >= 0.0, "kep is ", kep, "; expected 0 or more, in 1/s");
  LeakageBasis basis;
  basis.reference = reference;
  basis.integral = leakage_integral(times, reference, kep, first, rule);
  basis.normal.setZero(2, count);
  basis.solve.setZero(2, count);
  auto along = basis.normal.row(0), across = basis.normal.row(1);
  const auto sum = [&](const auto& term) {
    double total = 0.0;
    for (Eigen::Index t = first; t < last; ++t) total += term(t);
    return total;
  };
  basis.length = std::sqrt(sum([&](Eigen::Index t) { return reference[t] * reference[t]; }));
  const double whole = std::sqrt(sum([&](Eigen::Index t) { return basis.integral[t] * basis.integral[t]; }));
  require<DataError>(basis.length > 0.0 && whole > 0.0,
                     "the reference curve is 0 throughout; choose tissue that contrast agent reaches");
  for (Eigen::Index t = first; t < last; ++t) {
    along[t] = reference[t] / basis.length;
    across[t] = -basis.integral[t];
  }
  double shared = 0.0;
  for (int pass = 0; pass < 2; ++pass) {  // twice: the first subtraction cancels where I resembles r
    const double part = sum([&](Eigen::Index t) { return along[t] * across[t]; });
    for (Eigen::Index t = first; t < last; ++t) across[t] -= part * along[t];
    shared += part;
  }
  const double rest = std::sqrt(sum([&](Eigen::Index t) { return across[t] * across[t]; }));
  basis.independent_share = rest / whole;
  require<DataError>(basis.independent_share > 1e-9,
                     "the reference curve and its integral are proportional: K1 and K2 cannot be told apart");
  for (Eigen::Index t = first; t < last; ++t) {
    across[t] /= rest;
    basis.solve(1, t) = across[t] / rest;
    basis.solve(0, t) = (along[t] - shared * basis.solve(1, t)) / basis.length;
  }
  const double k2 = 1.0 / (rest * rest), length = basis.length, covariance = -shared * k2 / length;
  basis.covariance << (1.0 + shared * shared * k2) / (length * length), covariance, covariance, k2;
  return basis;
}

}  // namespace detail
}  // namespace bolus

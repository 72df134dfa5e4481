#pragma once
#include <algorithm>
#include <bolus/evaluate/detail/logistic_newton.hpp>
#include <cmath>
#include <span>
#include <vector>

namespace bolus::detail {

/// Profile of the likelihood over one coefficient of a fit on standardised columns, the others at their best.
struct LogisticProfile {
  LogisticNewton newton;
  const Eigen::MatrixXd& design;
  std::span<const int> y;
  Eigen::VectorXd shift;  ///< mean / scale of each column
  const LogisticNewton::Solution& solution;

  struct Found {
    double low = 0.0;
    double high = 0.0;
    double statistic_at_zero = 0.0;  ///< likelihood ratio of the coefficient 0
  };

  /// Where twice the fall of the profile is `fall`, for coefficient `k` of the standardised columns, or the intercept (0) of
  /// the columns that are scaled but not centred. `standard_error` sets the first step.
  Found operator()(Eigen::Index k, double standard_error, double fall) const {
    Eigen::MatrixXd columns = design;
    Eigen::VectorXd best = solution.coefficients;
    if (k == 0) {  // the intercept proper: shift the columns back
      for (Eigen::Index c = 1; c < columns.cols(); ++c) {
        columns.col(c).array() += shift[c - 1];
        best[0] -= shift[c - 1] * best[c];
      }
    }
    const auto deviance = [&](double value, Eigen::VectorXd& start) {
      start[k] = value;
      const auto held = newton(columns, y, Eigen::VectorXd::Zero(best.size()), start, {}, k);
      start = held.coefficients;
      return 2.0 * (solution.objective - held.objective);
    };
    Found found;
    Eigen::VectorXd start = best;
    found.statistic_at_zero = std::max(0.0, deviance(0.0, start));
    found.low = edge(deviance, best, k, -standard_error * std::sqrt(fall), fall);
    found.high = edge(deviance, best, k, standard_error * std::sqrt(fall), fall);
    return found;
  }

  /// Largest penalised likelihood with every coefficient but the intercept 0, the penalty still of the whole design.
  double null_objective() const {
    // With all odds equal the leverages sum to the number of columns, so the score is 0 where n1 - n p + c (1/2 - p) = 0.
    const auto rows = static_cast<double>(design.rows()), columns = static_cast<double>(design.cols());
    const auto positives = static_cast<double>(std::count(y.begin(), y.end(), 1));
    const double p = (positives + 0.5 * columns) / (rows + columns);
    Eigen::VectorXd start = Eigen::VectorXd::Zero(design.cols());
    start[0] = std::log(p / (1.0 - p));
    return newton.objective_at(design, y, start);
  }

 private:
  /// Bracket, then regula falsi with halved ends (Illinois) on the root of the deviance, which is nearly straight.
  template <class Deviance>
  static double edge(const Deviance& deviance, const Eigen::VectorXd& best, Eigen::Index k, double step, double fall) {
    const double target = std::sqrt(fall);
    Eigen::VectorXd start = best;
    double inner = best[k], outer = inner + step;
    double inner_value = -target, outer_value = std::sqrt(std::max(0.0, deviance(outer, start))) - target;
    for (int widening = 0; outer_value < 0.0; ++widening) {
      require<ConvergenceError>(widening < 60, "the profile of a coefficient has no end within ", outer,
                                "; use Wald intervals, or penalty = firth");
      inner = outer;
      inner_value = outer_value;
      step *= 1.5;
      outer += step;
      outer_value = std::sqrt(std::max(0.0, deviance(outer, start))) - target;
    }
    double value = outer;
    int side = 0;
    for (int iteration = 0; iteration < 100; ++iteration) {
      value = (inner * outer_value - outer * inner_value) / (outer_value - inner_value);
      const double error = std::sqrt(std::max(0.0, deviance(value, start))) - target;
      if (std::abs(error) < 1e-12 * target || std::abs(outer - inner) < 1e-13 * std::abs(value)) break;
      if (error > 0.0) {
        outer = value;
        outer_value = error;
        if (side == 1) inner_value *= 0.5;
        side = 1;
      } else {
        inner = value;
        inner_value = error;
        if (side == -1) outer_value *= 0.5;
        side = -1;
      }
    }
    return value;
  }
};

}  // namespace bolus::detail

#pragma once
#include <algorithm>
#include <bolus/core/eigen.hpp>
#include <bolus/core/error.hpp>
#include <bolus/evaluate/detail/logistic_columns.hpp>
#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace bolus::detail {

/// 1 / (1 + exp(-odds)) without overflow.
inline double logistic(double odds) {
  const double small = std::exp(-std::abs(odds));
  return odds >= 0.0 ? 1.0 / (1.0 + small) : small / (1.0 + small);
}

/// Newton's method for the logistic likelihood of a design matrix, plain, with a squared penalty, or with Firth's (half the log
/// determinant of the information; Firth, Biometrika 1993;80:27; Heinze and Schemper, Stat Med 2002;21:2409).
struct LogisticNewton {
  int max_iterations = 100;
  double tolerance = 1e-8;
  bool firth = false;

  struct Solution {
    Eigen::VectorXd coefficients;
    Eigen::MatrixXd covariance;  ///< empty where a coefficient was held
    double log_likelihood = 0.0;
    double objective = 0.0;  ///< the log likelihood less the penalty, which is what was made largest
    int iterations = 0;
  };

  /// `held`: the coefficient that keeps its start, or -1. `names` of the columns after the first, for messages.
  Solution operator()(const Eigen::MatrixXd& design, std::span<const int> y, const Eigen::VectorXd& penalty,
                      const Eigen::VectorXd& start, const std::vector<std::string>& names, Eigen::Index held = -1) const {
    const Eigen::VectorXd truth =
        Eigen::Map<const Eigen::VectorXi>(y.data(), static_cast<Eigen::Index>(y.size())).cast<double>();
    const Eigen::VectorXd signs = 2.0 * truth.array() - 1.0;
    State now = at(design, signs, penalty, start);
    Solution solution{.coefficients = start, .covariance = {}};
    // A profile goes where the likelihood is flat, and Firth's steps then are short: they are cheap, so more are allowed.
    const int most = held >= 0 ? 100 * std::min(max_iterations, 1000000) : max_iterations;
    while (true) {
      Eigen::VectorXd residual = truth - now.probability;
      if (firth) residual += leverage(design, now).cwiseProduct((0.5 - now.probability.array()).matrix());
      Eigen::VectorXd gradient = design.transpose() * residual - penalty.cwiseProduct(solution.coefficients);
      Eigen::MatrixXd information = now.information;
      if (held >= 0) {
        gradient[held] = 0.0;
        information.row(held).setZero();
        information.col(held).setZero();
        information(held, held) = 1.0;
      }
      const Eigen::LDLT<Eigen::MatrixXd> factors(information);
      Eigen::VectorXd step = factors.solve(gradient);
      const bool solved = factors.isPositive() && factors.rcond() > 1e-15 && step.allFinite();
      const double size = solution.coefficients.cwiseAbs().maxCoeff();
      // Firth's steps use the information of the plain likelihood and come closer by a constant factor only.
      const double close = (firth ? 1e-3 : 1.0) * tolerance;
      if (solved && step.cwiseAbs().maxCoeff() <= close * std::max(1.0, size)) {
        solution.coefficients += step;
        now = at(design, signs, penalty, solution.coefficients);
        if (held < 0) solution.covariance = inverse(factors);
        solution.log_likelihood = now.log_likelihood;
        solution.objective = now.objective;
        return solution;
      }
      if (!firth && held < 0 && penalty.isZero(0.0) && solution.iterations >= 4)
        require_overlap(design, signs, solved ? step : solution.coefficients, names);
      require<ConvergenceError>(solved && solution.iterations < most, "the logistic regression did not converge in ",
                                solution.iterations, " of ", most,
                                " steps; raise max_iterations, look for extreme values, or use ridge > 0 or penalty = firth");
      if (firth) step *= std::min(1.0, 5.0 / step.cwiseAbs().maxCoeff());  // as logistf: no step over 5
      for (int halving = 0; halving < 40; ++halving, step *= 0.5) {
        State trial = at(design, signs, penalty, solution.coefficients + step);
        if (trial.objective >= now.objective - 1e-12 * std::abs(now.objective)) {
          now = std::move(trial);
          break;
        }
        if (halving == 39) now = std::move(trial);
      }
      solution.coefficients += step;
      ++solution.iterations;
    }
  }

  /// What is made largest, at given coefficients without a squared penalty.
  double objective_at(const Eigen::MatrixXd& design, std::span<const int> y, const Eigen::VectorXd& coefficients) const {
    const Eigen::VectorXd signs =
        2.0 * Eigen::Map<const Eigen::VectorXi>(y.data(), static_cast<Eigen::Index>(y.size())).cast<double>().array() - 1.0;
    return at(design, signs, Eigen::VectorXd::Zero(coefficients.size()), coefficients).objective;
  }

 private:
  /// The likelihood at some coefficients.
  struct State {
    Eigen::VectorXd probability;
    Eigen::VectorXd weight;
    Eigen::MatrixXd information;
    double log_likelihood = 0.0;
    double objective = 0.0;
  };

  State at(const Eigen::MatrixXd& design, const Eigen::VectorXd& signs, const Eigen::VectorXd& penalty,
           const Eigen::VectorXd& coefficients) const {
    State state;
    const Eigen::VectorXd odds = design * coefficients;
    state.log_likelihood = -(signs.cwiseProduct(odds))
                                .unaryExpr([](double m) { return std::log1p(std::exp(-std::abs(m))) + std::max(-m, 0.0); })
                                .sum();
    state.objective = state.log_likelihood - 0.5 * penalty.dot(coefficients.cwiseAbs2());
    state.probability = odds.unaryExpr([](double value) { return logistic(value); });
    state.weight = odds.unaryExpr([](double value) { return logistic(value) * logistic(-value); });
    state.information.resize(design.cols(), design.cols());
    for (Eigen::Index k = 0; k < design.cols(); ++k) {
      const Eigen::VectorXd weighted = state.weight.cwiseProduct(design.col(k));
      state.information.col(k) = design.transpose() * weighted;
    }
    state.information.diagonal() += penalty;
    if (firth) {
      const Eigen::LDLT<Eigen::MatrixXd> factors(state.information);
      const Eigen::VectorXd pivots = factors.vectorD();
      // Where the information vanishes the penalised likelihood is minus infinity, and the step is halved.
      state.objective = pivots.minCoeff() > 0.0 ? state.objective + 0.5 * pivots.array().log().sum()
                                                : -std::numeric_limits<double>::infinity();
    }
    return state;
  }

  static Eigen::MatrixXd inverse(const Eigen::LDLT<Eigen::MatrixXd>& factors) {
    Eigen::MatrixXd result(factors.rows(), factors.cols());
    for (Eigen::Index k = 0; k < factors.cols(); ++k) {
      const Eigen::VectorXd unit = Eigen::VectorXd::Unit(factors.rows(), k);
      result.col(k) = factors.solve(unit);
    }
    return result;
  }

  /// Diagonal of the weighted hat matrix.
  static Eigen::VectorXd leverage(const Eigen::MatrixXd& design, const State& state) {
    const Eigen::MatrixXd covariance = inverse(Eigen::LDLT<Eigen::MatrixXd>(state.information));
    Eigen::VectorXd values = Eigen::VectorXd::Zero(design.rows());
    for (Eigen::Index k = 0; k < design.cols(); ++k) {
      const Eigen::VectorXd column = covariance.col(k);
      values += design.col(k).cwiseProduct(design * column);
    }
    return values.cwiseProduct(state.weight);
  }

  /// Throws ConvergenceError where `direction` shows that the classes are separated: no sample lies on its wrong side, so the
  /// likelihood keeps rising along it (Albert and Anderson, Biometrika 1984;71:1).
  static void require_overlap(const Eigen::MatrixXd& design, const Eigen::VectorXd& signs, const Eigen::VectorXd& direction,
                              const std::vector<std::string>& names) {
    const Eigen::VectorXd margin = signs.cwiseProduct(design * direction);
    const double largest = margin.maxCoeff();
    if (!(largest > 0.0) || margin.minCoeff() < -1e-6 * largest) return;
    std::string together;
    for (std::size_t k = 0; k < names.size(); ++k) {
      if (std::abs(direction[static_cast<Eigen::Index>(k) + 1]) > 1e-3 * direction.cwiseAbs().maxCoeff())
        together += (together.empty() ? "'" : ", '") + names[k] + "'";
    }
    throw_separated(message("the columns separate the classes: ", together, " together"));
  }
};

}  // namespace bolus::detail

#pragma once
#include <algorithm>
#include <bolus/core/eigen.hpp>
#include <bolus/core/error.hpp>
#include <cmath>
#include <span>
#include <string>
#include <vector>

namespace bolus::detail {

/// 1 / (1 + exp(-odds)) without overflow.
inline double logistic(double odds) {
  const double small = std::exp(-std::abs(odds));
  return odds >= 0.0 ? 1.0 / (1.0 + small) : small / (1.0 + small);
}

/// Throws DataError naming the first value that is not finite.
inline void require_finite_columns(const Eigen::Ref<const Eigen::MatrixXd>& x, const std::vector<std::string>& names) {
  for (Eigen::Index column = 0; column < x.cols(); ++column) {
    for (Eigen::Index row = 0; row < x.rows(); ++row) {
      require<DataError>(std::isfinite(x(row, column)), "row ", row, " of column '", names[static_cast<std::size_t>(column)],
                         "' is ", x(row, column), "; drop or fill the rows with missing values first");
    }
  }
}

/// Throws DataError for a column that is constant up to rounding.
inline void require_usable_columns(const Eigen::Ref<const Eigen::MatrixXd>& x, const Eigen::VectorXd& mean,
                                   const Eigen::VectorXd& scale, const std::vector<std::string>& names) {
  for (Eigen::Index column = 0; column < x.cols(); ++column) {
    const auto& name = names[static_cast<std::size_t>(column)];
    require<DataError>(std::isfinite(scale[column]), "column '", name, "' has values too large to square; use another unit");
    const double largest = x.col(column).cwiseAbs().maxCoeff();
    require<DataError>(scale[column] > 1e-12 * largest, "column '", name, "' is constant (", mean[column],
                       ") and cannot be told from the intercept; leave it out");
  }
}

/// Throws DataError where a column is a combination of the others. `standardised`: columns with mean 0 and variance 1. By
/// Gram-Schmidt, the longest remaining column first: a few lines, where Eigen's QR costs every user 2 s of compile time.
inline void require_independent_columns(Eigen::MatrixXd standardised, const std::vector<std::string>& names) {
  const Eigen::Index columns = standardised.cols();
  std::vector<bool> used(static_cast<std::size_t>(columns), false);
  double first_length = 0.0;
  for (Eigen::Index rank = 0; rank < columns; ++rank) {
    Eigen::Index longest = 0;
    double length = -1.0;
    for (Eigen::Index k = 0; k < columns; ++k) {
      if (!used[static_cast<std::size_t>(k)] && standardised.col(k).norm() > length) {
        length = standardised.col(k).norm();
        longest = k;
      }
    }
    if (rank == 0) first_length = length;
    require<DataError>(length > 1e-10 * first_length, "the columns determine each other (rank ", rank, " of ", columns,
                       "): column '", names[static_cast<std::size_t>(longest)],
                       "' is a combination of others; leave it out, or use ridge > 0");
    used[static_cast<std::size_t>(longest)] = true;
    const Eigen::VectorXd unit = standardised.col(longest) / length;
    for (Eigen::Index k = 0; k < columns; ++k) {
      if (!used[static_cast<std::size_t>(k)]) standardised.col(k) -= unit * unit.dot(standardised.col(k));
    }
  }
}

/// Newton's method for the (penalised) logistic likelihood of a design matrix whose first column is ones.
struct LogisticNewton {
  int max_iterations = 100;
  double tolerance = 1e-8;

  struct Solution {
    Eigen::VectorXd coefficients;
    Eigen::MatrixXd covariance;
    double log_likelihood = 0.0;
    int iterations = 0;
  };

  Solution operator()(const Eigen::MatrixXd& design, std::span<const int> y, const Eigen::VectorXd& penalty,
                      double start) const {
    const Eigen::VectorXd truth =
        Eigen::Map<const Eigen::VectorXi>(y.data(), static_cast<Eigen::Index>(y.size())).cast<double>();
    const Eigen::VectorXd signs = 2.0 * truth.array() - 1.0;
    const auto log_likelihood = [&](const Eigen::VectorXd& coefficients) {
      const Eigen::ArrayXd margin = signs.array() * (design * coefficients).array();
      return -margin.unaryExpr([](double m) { return std::log1p(std::exp(-std::abs(m))) + std::max(-m, 0.0); }).sum();
    };
    const auto objective = [&](const Eigen::VectorXd& coefficients) {
      return log_likelihood(coefficients) - 0.5 * penalty.dot(coefficients.cwiseAbs2());
    };

    Solution solution;
    solution.coefficients = Eigen::VectorXd::Zero(design.cols());
    solution.coefficients[0] = start;
    double value = objective(solution.coefficients);
    while (true) {
      const Eigen::VectorXd probability =
          (design * solution.coefficients).unaryExpr([](double odds) { return logistic(odds); });
      const Eigen::VectorXd weight = probability.array() * (1.0 - probability.array());
      Eigen::MatrixXd information(design.cols(), design.cols());
      for (Eigen::Index k = 0; k < design.cols(); ++k) {
        const Eigen::VectorXd weighted = weight.cwiseProduct(design.col(k));
        information.col(k) = design.transpose() * weighted;
      }
      information.diagonal() += penalty;
      const Eigen::LDLT<Eigen::MatrixXd> factors(information);
      const Eigen::VectorXd gradient = design.transpose() * (truth - probability) - penalty.cwiseProduct(solution.coefficients);
      Eigen::VectorXd step = factors.solve(gradient);
      const bool solved = factors.isPositive() && factors.rcond() > 1e-15 && step.allFinite();
      const double size = solution.coefficients.cwiseAbs().maxCoeff();
      if (solved && step.cwiseAbs().maxCoeff() <= tolerance * std::max(1.0, size)) {
        solution.coefficients += step;
        solution.covariance.resize(design.cols(), design.cols());
        for (Eigen::Index k = 0; k < design.cols(); ++k) {
          const Eigen::VectorXd unit = Eigen::VectorXd::Unit(design.cols(), k);
          solution.covariance.col(k) = factors.solve(unit);
        }
        solution.log_likelihood = log_likelihood(solution.coefficients);
        return solution;
      }
      if (penalty.isZero(0.0) && solution.iterations >= 4)
        require_overlap(design, signs, solved ? step : solution.coefficients);
      require<ConvergenceError>(solved && solution.iterations < max_iterations, "the logistic regression did not converge in ",
                                solution.iterations, " of ", max_iterations,
                                " steps; raise max_iterations, look for extreme values, or use ridge > 0");
      for (int halving = 0; halving < 40; ++halving, step *= 0.5) {
        const double trial = objective(solution.coefficients + step);
        if (trial >= value - 1e-12 * std::abs(value)) {
          value = trial;
          break;
        }
      }
      solution.coefficients += step;
      ++solution.iterations;
    }
  }

 private:
  /// Throws ConvergenceError where `direction` shows that the classes are separated: no sample lies on its wrong side, so the
  /// likelihood keeps rising along it (Albert and Anderson, Biometrika 1984;71:1).
  static void require_overlap(const Eigen::MatrixXd& design, const Eigen::VectorXd& signs, const Eigen::VectorXd& direction) {
    const Eigen::VectorXd margin = signs.cwiseProduct(design * direction);
    const double largest = margin.maxCoeff();
    if (!(largest > 0.0) || margin.minCoeff() < -1e-6 * largest) return;
    throw ConvergenceError(message(
        "the columns separate the classes, completely or nearly so: the maximum likelihood lies at infinity, and coefficients "
        "and standard errors do not exist. Use ridge > 0 (for example 1), or leave out the column that decides the class"));
  }
};

}  // namespace bolus::detail

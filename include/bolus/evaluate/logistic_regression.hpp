#pragma once
#include <bolus/core/eigen.hpp>
#include <bolus/evaluate/detail/binary_labels.hpp>
#include <bolus/evaluate/detail/logistic_newton.hpp>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace bolus {

/// A fitted logistic regression. Vectors of length 1 + columns have the intercept first.
struct LogisticFit {
  double intercept = 0.0;
  Eigen::VectorXd coefficients;      ///< per column, in the columns' own units: change of the log odds per unit
  Eigen::VectorXd standard_errors;   ///< length 1 + columns
  Eigen::VectorXd z_values;          ///< Wald: estimate / standard error, length 1 + columns
  Eigen::VectorXd p_values;          ///< two-sided, length 1 + columns
  Eigen::MatrixXd covariance;        ///< inverse of the (penalised) information, (1 + columns) squared
  double log_likelihood = 0.0;       ///< at the fit, without the penalty
  double null_log_likelihood = 0.0;  ///< of the intercept alone
  int iterations = 0;                ///< Newton steps taken
  std::vector<std::string> names;    ///< of the columns

  /// Probability of class 1 for each row of `x` (rows x columns). Throws ShapeError for another number of columns, DataError
  /// for a value that is not finite.
  Eigen::VectorXd predict_probability(const Eigen::Ref<const Eigen::MatrixXd>& x) const {
    detail::require<ShapeError>(x.cols() == coefficients.size(), "the fit has ", coefficients.size(), " columns, found ",
                                x.cols());
    detail::require_finite_columns(x, names);
    return ((x * coefficients).array() + intercept).unaryExpr([](double odds) { return detail::logistic(odds); });
  }
};

/// Logistic regression by maximum likelihood: Newton's method (iteratively reweighted least squares) with step halving;
/// McCullagh and Nelder, Generalized Linear Models, 1989, chapter 4. Wald standard errors from the inverse information. With
/// `ridge` the log likelihood loses ridge / 2 * the sum of squared coefficients (not the intercept), the same as scikit-learn
/// with C = 1 / ridge; standard errors then come from the penalised information and are conditional on the penalty.
struct LogisticRegression {
  int max_iterations = 100;  ///< Newton steps before giving up
  double tolerance =
      1e-8;  ///< stop when no coefficient of the standardised columns moves by more than this, relative to the largest
  double ridge = 0.0;  ///< penalty; 0: none

  /// `x`: rows x columns, without a column of ones; `y`: 0 or 1 per row; `names` of the columns, for messages and tables (x0,
  /// x1,
  /// ... when not given). Throws OptionError for an option out of range; ShapeError for wrong lengths; DataError for one class
  /// only, a value that is not finite, a constant column or (without ridge) columns that determine each other; ConvergenceError
  /// where the classes are separated, so that no finite maximum exists, or the steps run out.
  LogisticFit fit(const Eigen::Ref<const Eigen::MatrixXd>& x, std::span<const int> y,
                  std::vector<std::string> names = {}) const {
    validate(x, y, names);
    const auto rows = static_cast<double>(x.rows());
    const Eigen::Index columns = x.cols();
    Eigen::VectorXd mean(columns), scale(columns);
    Eigen::MatrixXd design(x.rows(), columns + 1);
    design.col(0).setOnes();
    for (Eigen::Index k = 0; k < columns; ++k) {
      mean[k] = x.col(k).mean();
      design.col(k + 1) = x.col(k).array() - mean[k];
      scale[k] = std::sqrt(design.col(k + 1).squaredNorm() / rows);
    }
    detail::require_usable_columns(x, mean, scale, names);
    for (Eigen::Index k = 0; k < columns; ++k) design.col(k + 1) /= scale[k];
    if (ridge == 0.0) detail::require_independent_columns(design.rightCols(columns), names);

    const auto counts = detail::count_classes(y);
    const double share = static_cast<double>(counts[1]) / rows;
    Eigen::VectorXd penalty = Eigen::VectorXd::Zero(columns + 1);
    penalty.tail(columns) = ridge * scale.cwiseAbs2().cwiseInverse();
    const detail::LogisticNewton newton{max_iterations, tolerance};
    const auto solution = newton(design, y, penalty, std::log(share / (1.0 - share)));

    // Back to the columns' own units: coefficients divide by the scale, the intercept takes up the means.
    Eigen::MatrixXd back = Eigen::MatrixXd::Zero(columns + 1, columns + 1);
    back.diagonal().tail(columns) = scale.cwiseInverse();
    back(0, 0) = 1.0;
    back.row(0).tail(columns) = -mean.cwiseQuotient(scale).transpose();
    const Eigen::VectorXd estimates = back * solution.coefficients;
    LogisticFit result;
    result.intercept = estimates[0];
    result.coefficients = estimates.tail(columns);
    result.covariance = back.lazyProduct(Eigen::MatrixXd(solution.covariance.lazyProduct(back.transpose())));
    result.standard_errors = result.covariance.diagonal().cwiseSqrt();
    result.z_values = estimates.cwiseQuotient(result.standard_errors);
    result.p_values = result.z_values.unaryExpr([](double z) { return std::erfc(std::abs(z) / std::sqrt(2.0)); });
    result.log_likelihood = solution.log_likelihood;
    result.null_log_likelihood = rows * (share * std::log(share) + (1.0 - share) * std::log1p(-share));
    result.iterations = solution.iterations;
    result.names = std::move(names);
    return result;
  }

 private:
  void validate(const Eigen::Ref<const Eigen::MatrixXd>& x, std::span<const int> y, std::vector<std::string>& names) const {
    detail::require<OptionError>(max_iterations > 0, "max_iterations is ", max_iterations, "; expected at least 1");
    detail::require<OptionError>(tolerance > 0.0 && tolerance < 1.0, "tolerance is ", tolerance, "; expected between 0 and 1");
    detail::require<OptionError>(ridge >= 0.0 && std::isfinite(ridge), "ridge is ", ridge, "; expected 0 or a positive number");
    detail::require<ShapeError>(x.cols() > 0, "there are no columns to fit; expected at least one");
    detail::require<ShapeError>(static_cast<std::size_t>(x.rows()) == y.size(), "there are ", x.rows(), " rows and ", y.size(),
                                " labels; expected one label for each row");
    detail::require_both_classes(y);
    detail::require<ShapeError>(names.empty() || static_cast<Eigen::Index>(names.size()) == x.cols(), "there are ",
                                names.size(), " names for ", x.cols(), " columns");
    for (Eigen::Index column = static_cast<Eigen::Index>(names.size()); column < x.cols(); ++column) {
      names.push_back(detail::message("x", column));
    }
    detail::require_finite_columns(x, names);
  }
};

}  // namespace bolus

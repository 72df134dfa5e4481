#pragma once
#include <bolus/evaluate/detail/binary_labels.hpp>
#include <bolus/evaluate/detail/logistic_profile.hpp>
#include <bolus/evaluate/logistic_fit.hpp>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace bolus {

/// Logistic regression by maximum likelihood: Newton's method (iteratively reweighted least squares) with step halving;
/// McCullagh and Nelder, Generalized Linear Models, 1989, chapter 4. Wald standard errors from the inverse information. With
/// `ridge` the log likelihood loses ridge / 2 * the sum of squared coefficients (not the intercept), the same as scikit-learn
/// with C = 1 / ridge; standard errors then come from the penalised information and are conditional on the penalty. With
/// Firth's penalty use the profile intervals: Wald's are poor where the classes are separated (Heinze and Schemper, Stat Med
/// 2002).
struct LogisticRegression {
  int max_iterations = 100;  ///< Newton steps before giving up
  double tolerance =
      1e-8;  ///< stop when no coefficient of the standardised columns moves by more than this, relative to the largest
  double ridge = 0.0;                                  ///< penalty; 0: none
  LogisticPenalty penalty = LogisticPenalty::none;     ///< `ridge` > 0 alone also means a ridge
  LogisticInterval interval = LogisticInterval::wald;  ///< also of the P values: Wald's test, or the likelihood ratio
  double confidence = 0.95;                            ///< of the intervals

  /// `x`: rows x columns, without a column of ones; `y`: 0 or 1 per row; `names` of the columns, for messages and tables (x0,
  /// x1, ... when not given). Throws OptionError for an option out of range; ShapeError for wrong lengths; DataError for one
  /// class only, a value that is not finite, a constant column or (without ridge) columns that determine each other;
  /// ConvergenceError where the classes are separated, so that no finite maximum exists, naming the column, or the steps run
  /// out.
  LogisticFit fit(const Eigen::Ref<const Eigen::MatrixXd>& x, std::span<const int> y,
                  std::vector<std::string> names = {}) const {
    validate(x, y, names);
    const auto rows = static_cast<double>(x.rows());
    const Eigen::Index columns = x.cols();
    const bool firth = penalty == LogisticPenalty::firth;
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
    if (ridge == 0.0) {
      detail::require_independent_columns(design.rightCols(columns), names);
      if (!firth) detail::require_overlapping_columns(x, y, names);
    }

    const auto counts = detail::count_classes(y);
    const double share = static_cast<double>(counts[1]) / rows;
    Eigen::VectorXd squares = Eigen::VectorXd::Zero(columns + 1);
    squares.tail(columns) = ridge * scale.cwiseAbs2().cwiseInverse();
    const detail::LogisticNewton newton{max_iterations, tolerance, firth};
    Eigen::VectorXd start = Eigen::VectorXd::Zero(columns + 1);
    start[0] = std::log(share / (1.0 - share));
    const auto solution = newton(design, y, squares, start, names);

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
    result.p_values = result.z_values.unaryExpr([](double z) { return detail::normal_two_sided(z); });
    result.log_likelihood = solution.log_likelihood;
    result.null_log_likelihood = rows * (share * std::log(share) + (1.0 - share) * std::log1p(-share));
    result.iterations = solution.iterations;
    result.names = std::move(names);
    result.penalty = ridge > 0.0 ? LogisticPenalty::ridge : penalty;
    result.interval = interval;
    result.confidence = confidence;
    const double quantile = -detail::normal_quantile(0.5 * (1.0 - confidence));
    result.low = estimates - quantile * result.standard_errors;
    result.high = estimates + quantile * result.standard_errors;

    const detail::LogisticProfile profile{newton, design, y, mean.cwiseQuotient(scale), solution};
    const double null = firth ? profile.null_objective() : result.null_log_likelihood;
    result.likelihood_ratio.statistic = std::max(0.0, 2.0 * ((firth ? solution.objective : solution.log_likelihood) - null));
    result.likelihood_ratio.degrees_of_freedom = static_cast<int>(columns);
    result.likelihood_ratio.p_value = detail::chi_square_upper(result.likelihood_ratio.statistic, static_cast<double>(columns));
    if (interval == LogisticInterval::profile) {
      for (Eigen::Index k = 0; k <= columns; ++k) {
        const double unit = k == 0 ? 1.0 : scale[k - 1];
        const auto found = profile(k, result.standard_errors[k] * unit, quantile * quantile);
        result.low[k] = found.low / unit;
        result.high[k] = found.high / unit;
        result.p_values[k] = detail::chi_square_upper(found.statistic_at_zero, 1.0);
      }
    }
    return result;
  }

 private:
  void validate(const Eigen::Ref<const Eigen::MatrixXd>& x, std::span<const int> y, std::vector<std::string>& names) const {
    detail::require<OptionError>(max_iterations > 0, "max_iterations is ", max_iterations, "; expected at least 1");
    detail::require<OptionError>(tolerance > 0.0 && tolerance < 1.0, "tolerance is ", tolerance, "; expected between 0 and 1");
    detail::require<OptionError>(ridge >= 0.0 && std::isfinite(ridge), "ridge is ", ridge, "; expected 0 or a positive number");
    detail::require<OptionError>(penalty != LogisticPenalty::ridge || ridge > 0.0,
                                 "penalty is ridge, but ridge is 0; give its strength, for example ridge = 1");
    detail::require<OptionError>(penalty != LogisticPenalty::firth || ridge == 0.0, "penalty is firth and ridge is ", ridge,
                                 "; use one of them");
    detail::require<OptionError>(interval != LogisticInterval::profile || ridge == 0.0,
                                 "a ridge has no profile intervals: it pulls the coefficients towards 0 on purpose");
    detail::require<OptionError>(confidence > 0.0 && confidence < 1.0, "confidence is ", confidence,
                                 "; expected a number between 0 and 1, such as 0.95");
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

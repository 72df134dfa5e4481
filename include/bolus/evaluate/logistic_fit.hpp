#pragma once
#include <bolus/core/eigen.hpp>
#include <bolus/evaluate/detail/distributions.hpp>
#include <bolus/evaluate/detail/logistic_columns.hpp>
#include <bolus/evaluate/detail/logistic_newton.hpp>
#include <string>
#include <vector>

namespace bolus {

/// What is taken from the log likelihood of a logistic regression.
enum class LogisticPenalty {
  none,   ///< nothing, or the squares where `ridge` > 0 is given
  ridge,  ///< ridge / 2 * the sum of squared coefficients
  firth   ///< half the log determinant of the information is added: finite also where the classes are separated
};

/// Confidence intervals of the coefficients.
enum class LogisticInterval {
  wald,    ///< estimate +- normal quantile * standard error
  profile  ///< where the profile of the (penalised) likelihood has fallen by half the chi-square quantile
};

/// A test that some coefficients are 0, by the likelihood.
struct LikelihoodRatio {
  double statistic = 0.0;  ///< twice the difference of the log likelihoods
  int degrees_of_freedom = 0;
  double p_value = 1.0;
};

/// A fitted logistic regression. Vectors of length 1 + columns have the intercept first.
struct LogisticFit {
  double intercept = 0.0;
  Eigen::VectorXd coefficients;     ///< per column, in the columns' own units: change of the log odds per unit
  Eigen::VectorXd standard_errors;  ///< length 1 + columns
  Eigen::VectorXd z_values;         ///< Wald: estimate / standard error, length 1 + columns
  Eigen::VectorXd p_values;         ///< two-sided, length 1 + columns; of Wald's test or of the likelihood ratio, as `interval`
  Eigen::MatrixXd covariance;       ///< inverse of the (penalised) information, (1 + columns) squared
  double log_likelihood = 0.0;      ///< at the fit, without the penalty
  double null_log_likelihood = 0.0;                    ///< of the intercept alone
  int iterations = 0;                                  ///< Newton steps taken
  std::vector<std::string> names;                      ///< of the columns
  Eigen::VectorXd low = {};                            ///< lower ends of the coefficients' intervals, length 1 + columns
  Eigen::VectorXd high = {};                           ///< upper ends
  double confidence = 0.95;                            ///< of the intervals
  LogisticPenalty penalty = LogisticPenalty::none;     ///< that was used
  LogisticInterval interval = LogisticInterval::wald;  ///< that was used
  LikelihoodRatio likelihood_ratio = {};  ///< against the intercept alone; with Firth's penalty of the penalised likelihoods

  /// Intercept and coefficients, length 1 + columns.
  Eigen::VectorXd estimates() const {
    Eigen::VectorXd all(1 + coefficients.size());
    all << intercept, coefficients;
    return all;
  }

  /// exp of the coefficients: factor of the odds per unit of the column.
  Eigen::VectorXd odds_ratios() const { return coefficients.array().exp(); }

  /// Probability of class 1 for each row of `x` (rows x columns). Throws ShapeError for another number of columns, DataError
  /// for a value that is not finite.
  Eigen::VectorXd predict_probability(const Eigen::Ref<const Eigen::MatrixXd>& x) const {
    detail::require<ShapeError>(x.cols() == coefficients.size(), "the fit has ", coefficients.size(), " columns, found ",
                                x.cols());
    detail::require_finite_columns(x, names);
    return ((x * coefficients).array() + intercept).unaryExpr([](double odds) { return detail::logistic(odds); });
  }
};

/// Likelihood ratio test of a fit against one on fewer of its columns and the same rows, both without a penalty (with Firth's,
/// the likelihoods of models with other columns cannot be compared). Throws DataError where the smaller has a column that the
/// larger has not, as many columns or a higher likelihood; OptionError for a penalised fit.
inline LikelihoodRatio likelihood_ratio_test(const LogisticFit& larger, const LogisticFit& smaller) {
  detail::require<OptionError>(larger.penalty == LogisticPenalty::none && smaller.penalty == LogisticPenalty::none,
                               "the likelihood ratio test is for fits without a penalty");
  for (const auto& name : smaller.names) {
    detail::require<DataError>(std::find(larger.names.begin(), larger.names.end(), name) != larger.names.end(),
                               "the smaller fit has the column '", name, "', which the larger has not");
  }
  const auto extra = static_cast<int>(larger.names.size()) - static_cast<int>(smaller.names.size());
  detail::require<DataError>(extra > 0, "the larger fit has ", larger.names.size(), " columns, the smaller ",
                             smaller.names.size(), "; expected fewer");
  detail::require<DataError>(larger.null_log_likelihood == smaller.null_log_likelihood,
                             "the fits are not on the same rows: their null likelihoods differ");
  const double statistic = 2.0 * (larger.log_likelihood - smaller.log_likelihood);
  detail::require<DataError>(statistic > -1e-6, "the smaller fit has the higher likelihood; the columns are not the same data");
  return {std::max(0.0, statistic), extra, detail::chi_square_upper(statistic, extra)};
}

}  // namespace bolus

#pragma once
#include <bolus/core/eigen.hpp>
#include <bolus/core/qc_flag.hpp>
#include <bolus/evaluate/detail/logistic_columns.hpp>
#include <cmath>
#include <string>
#include <vector>

namespace bolus {

/// How much the other columns inflate the variance of each column's coefficient.
struct VarianceInflation {
  Eigen::VectorXd factors;         ///< per column, 1 or more: 1 / (1 - R2) of the column on the others
  std::vector<std::string> names;  ///< of the columns
  QcFlags flags;                   ///< evaluate.variance_inflation.high, above 10
};

/// Variance inflation factors (Marquardt, Technometrics 1970;12:591) of the columns of `x` (rows x columns, without a column of
/// ones; an intercept is always in). Throws ShapeError for no columns or another number of names; DataError for a value that is
/// not finite, a constant column or columns that determine each other.
inline VarianceInflation variance_inflation(const Eigen::Ref<const Eigen::MatrixXd>& x, std::vector<std::string> names = {}) {
  const Eigen::Index columns = x.cols();
  detail::require<ShapeError>(columns > 0, "there are no columns; expected at least one");
  detail::require<DataError>(x.rows() > 1, "there are ", x.rows(), " rows; expected at least 2");
  detail::require<ShapeError>(names.empty() || static_cast<Eigen::Index>(names.size()) == columns, "there are ", names.size(),
                              " names for ", columns, " columns");
  for (Eigen::Index k = static_cast<Eigen::Index>(names.size()); k < columns; ++k) names.push_back(detail::message("x", k));
  detail::require_finite_columns(x, names);
  Eigen::VectorXd mean(columns), scale(columns);
  Eigen::MatrixXd standardised(x.rows(), columns);
  for (Eigen::Index k = 0; k < columns; ++k) {
    mean[k] = x.col(k).mean();
    standardised.col(k) = x.col(k).array() - mean[k];
    scale[k] = std::sqrt(standardised.col(k).squaredNorm() / static_cast<double>(x.rows()));
  }
  detail::require_usable_columns(x, mean, scale, names);
  for (Eigen::Index k = 0; k < columns; ++k) standardised.col(k) /= scale[k];
  detail::require_independent_columns(standardised, names);

  VarianceInflation result{Eigen::VectorXd(columns), std::move(names), {}};
  for (Eigen::Index k = 0; k < columns; ++k) {
    // What is left of the column beside the others, by Gram-Schmidt done twice.
    Eigen::MatrixXd basis(x.rows(), columns - 1);
    Eigen::Index used = 0;
    const auto beside = [&](Eigen::VectorXd column) {
      for (int pass = 0; pass < 2; ++pass) {
        for (Eigen::Index b = 0; b < used; ++b) column -= basis.col(b) * basis.col(b).dot(column);
      }
      return column;
    };
    for (Eigen::Index other = 0; other < columns; ++other) {
      if (other == k) continue;
      const Eigen::VectorXd rest = beside(standardised.col(other));
      basis.col(used) = rest / rest.norm();
      ++used;
    }
    result.factors[k] = standardised.col(k).squaredNorm() / beside(standardised.col(k)).squaredNorm();
    if (result.factors[k] > 10.0) {
      result.flags.push_back({"evaluate.variance_inflation.high",
                              detail::message("column '", result.names[static_cast<std::size_t>(k)], "' has a factor of ",
                                              result.factors[k], " (above 10): the other columns say nearly the same")});
    }
  }
  return result;
}

}  // namespace bolus

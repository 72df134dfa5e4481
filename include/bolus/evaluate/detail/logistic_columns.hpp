#pragma once
#include <algorithm>
#include <bolus/core/eigen.hpp>
#include <bolus/core/error.hpp>
#include <cmath>
#include <span>
#include <string>
#include <vector>

/// What a regression asks of its columns.
namespace bolus::detail {

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

/// Throws ConvergenceError: what separates the classes, and what to do.
[[noreturn]] inline void throw_separated(const std::string& what) {
  throw ConvergenceError(what +
                         ", completely or nearly so: the maximum likelihood lies at infinity, and coefficients and standard "
                         "errors do not exist. Use penalty = firth, ridge > 0 (for example 1), or leave out a column");
}

/// Throws ConvergenceError naming a column that separates the classes by itself: none of one class lies above any of the other.
inline void require_overlapping_columns(const Eigen::Ref<const Eigen::MatrixXd>& x, std::span<const int> y,
                                        const std::vector<std::string>& names) {
  for (Eigen::Index column = 0; column < x.cols(); ++column) {
    double least[2] = {HUGE_VAL, HUGE_VAL}, largest[2] = {-HUGE_VAL, -HUGE_VAL};
    for (Eigen::Index row = 0; row < x.rows(); ++row) {
      const auto label = static_cast<std::size_t>(y[static_cast<std::size_t>(row)]);
      least[label] = std::min(least[label], x(row, column));
      largest[label] = std::max(largest[label], x(row, column));
    }
    if (largest[0] <= least[1] || largest[1] <= least[0])
      throw_separated(message("the columns separate the classes: '", names[static_cast<std::size_t>(column)],
                              "' by itself (class 0 has ", least[0], " to ", largest[0], ", class 1 has ", least[1], " to ",
                              largest[1], ")"));
  }
}

}  // namespace bolus::detail

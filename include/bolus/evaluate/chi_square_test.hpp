#pragma once
#include <algorithm>
#include <bolus/core/eigen.hpp>
#include <bolus/core/qc_flag.hpp>
#include <bolus/evaluate/detail/contingency_table.hpp>
#include <bolus/evaluate/detail/distributions.hpp>
#include <cmath>

namespace bolus {

/// Whether the rows and columns of a table of counts depend on each other.
struct ChiSquareResult {
  double statistic = 0.0;         ///< Pearson's chi-square, with Yates' correction where it was asked for
  int degrees_of_freedom = 0;     ///< (rows - 1) (columns - 1)
  double p_value = 1.0;           ///< of the chi-square distribution
  Eigen::MatrixXd expected;       ///< counts (rows x columns) if rows and columns were independent
  Eigen::MatrixXd residuals;      ///< adjusted: standard normal where row and column are independent (Haberman 1973)
  double cramers_v = 0.0;         ///< effect size, 0 to 1, from the chi-square without correction
  bool yates_correction = false;  ///< whether `statistic` has it
  QcFlags flags;                  ///< evaluate.chi_square.small_expected
};

/// Pearson's chi-square test of independence. `table`: counts (rows x columns), at least 2 x 2. `yates`: continuity correction
/// (2 x 2 only; as R and scipy do by default): conservative. An expected count below 5 is flagged; use fisher_exact_test there.
/// Throws ShapeError below 2 x 2; DataError for a negative count, an empty row or an empty column; OptionError for `yates` with
/// a larger table.
inline ChiSquareResult chi_square_test(const Eigen::Ref<const Eigen::MatrixXi>& table, bool yates = false) {
  detail::require_table(table);
  detail::require<OptionError>(!yates || (table.rows() == 2 && table.cols() == 2),
                               "Yates' correction is for 2 x 2 tables; this one is ", table.rows(), " x ", table.cols());
  const Eigen::MatrixXd observed = table.cast<double>();
  const Eigen::VectorXd rows = observed.rowwise().sum(), columns = observed.colwise().sum().transpose();
  const double total = rows.sum();
  for (Eigen::Index i = 0; i < rows.size(); ++i)
    detail::require<DataError>(rows[i] > 0.0, "row ", i, " of the table is empty; leave it out");
  for (Eigen::Index i = 0; i < columns.size(); ++i)
    detail::require<DataError>(columns[i] > 0.0, "column ", i, " of the table is empty; leave it out");

  ChiSquareResult result;
  result.yates_correction = yates;
  result.expected = rows * columns.transpose() / total;
  result.residuals.resize(table.rows(), table.cols());
  double uncorrected = 0.0;
  for (Eigen::Index column = 0; column < table.cols(); ++column) {
    for (Eigen::Index row = 0; row < table.rows(); ++row) {
      const double expected = result.expected(row, column), difference = observed(row, column) - expected;
      const double corrected = std::abs(difference) - (yates ? std::min(0.5, std::abs(difference)) : 0.0);
      uncorrected += difference * difference / expected;
      result.statistic += corrected * corrected / expected;
      // A row or column that holds everybody has no room to deviate.
      const double room = expected * (1.0 - rows[row] / total) * (1.0 - columns[column] / total);
      result.residuals(row, column) = room > 0.0 ? difference / std::sqrt(room) : 0.0;
    }
  }
  result.degrees_of_freedom = static_cast<int>((table.rows() - 1) * (table.cols() - 1));
  result.p_value = detail::chi_square_upper(result.statistic, result.degrees_of_freedom);
  const auto shorter = static_cast<double>(std::min(table.rows(), table.cols()) - 1);
  result.cramers_v = std::min(1.0, std::sqrt(uncorrected / (total * shorter)));
  if (result.expected.minCoeff() < 5.0) {
    result.flags.push_back(
        {"evaluate.chi_square.small_expected",
         detail::message((result.expected.array() < 5.0).count(), " of ", table.size(), " expected counts are below 5 (least ",
                         result.expected.minCoeff(), "): the P value is rough; use Fisher's exact test")});
  }
  return result;
}

}  // namespace bolus

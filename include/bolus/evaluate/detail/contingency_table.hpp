#pragma once
#include <bolus/core/eigen.hpp>
#include <bolus/core/error.hpp>
#include <string_view>

namespace bolus::detail {

/// Throws ShapeError below 2 x 2, DataError for a negative count or a table without any.
inline void require_table(const Eigen::Ref<const Eigen::MatrixXi>& table) {
  require<ShapeError>(table.rows() >= 2 && table.cols() >= 2, "the table is ", table.rows(), " x ", table.cols(),
                      "; expected counts in at least 2 rows and 2 columns");
  for (Eigen::Index row = 0; row < table.rows(); ++row) {
    for (Eigen::Index column = 0; column < table.cols(); ++column) {
      require<DataError>(table(row, column) >= 0, "the count in row ", row, ", column ", column, " is ", table(row, column),
                         "; expected 0 or more");
    }
  }
  require<DataError>(table.cast<double>().sum() > 0.0, "the table counts nobody: every count is 0");
  require<DataError>(table.cast<double>().sum() < 2147483647.0, "the table counts ", table.cast<double>().sum(),
                     "; expected fewer than 2147483647 in all");
}

}  // namespace bolus::detail

#pragma once
#include <algorithm>
#include <bolus/core/eigen.hpp>
#include <cmath>
#include <numeric>
#include <vector>

namespace bolus::detail {

/// A = U diag(values) V', values descending.
struct SingularValues {
  Eigen::MatrixXd left;    ///< U, rows x n, orthonormal columns where the value is not 0
  Eigen::VectorXd values;  ///< n, descending
  Eigen::MatrixXd right;   ///< V, n x n
};

/// Singular value decomposition of a small dense matrix (rows >= columns) by one-sided Jacobi rotations (Hestenes 1958;
/// Golub and Van Loan, Matrix Computations, 8.6.3), in a fixed order. Written here because Eigen's own costs seconds to
/// compile.
inline SingularValues singular_values(Eigen::MatrixXd matrix) {
  const Eigen::Index count = matrix.cols();
  Eigen::MatrixXd right = Eigen::MatrixXd::Identity(count, count);
  const auto rotate = [](Eigen::MatrixXd& columns, Eigen::Index i, Eigen::Index j, double cosine, double sine) {
    double* a = columns.col(i).data();
    double* b = columns.col(j).data();
    for (Eigen::Index r = 0; r < columns.rows(); ++r) {
      const double old = a[r];
      a[r] = cosine * old - sine * b[r];
      b[r] = sine * old + cosine * b[r];
    }
  };
  const double floor = 1e-32 * matrix.squaredNorm();
  for (int sweep = 0; sweep < 40; ++sweep) {
    bool rotated = false;
    for (Eigen::Index i = 0; i + 1 < count; ++i) {
      for (Eigen::Index j = i + 1; j < count; ++j) {
        const double ii = matrix.col(i).squaredNorm(), jj = matrix.col(j).squaredNorm(), ij = matrix.col(i).dot(matrix.col(j));
        if (!(std::abs(ij) > 1e-14 * std::sqrt(ii * jj) && std::abs(ij) > floor)) continue;
        rotated = true;
        const double zeta = (jj - ii) / (2.0 * ij);
        const double tangent = (zeta < 0.0 ? -1.0 : 1.0) / (std::abs(zeta) + std::sqrt(1.0 + zeta * zeta));
        const double cosine = 1.0 / std::sqrt(1.0 + tangent * tangent);
        rotate(matrix, i, j, cosine, cosine * tangent);
        rotate(right, i, j, cosine, cosine * tangent);
      }
    }
    if (!rotated) break;
  }
  std::vector<Eigen::Index> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  const Eigen::VectorXd norms = matrix.colwise().norm().transpose();
  std::stable_sort(order.begin(), order.end(), [&](Eigen::Index a, Eigen::Index b) { return norms[a] > norms[b]; });
  SingularValues result{Eigen::MatrixXd::Zero(matrix.rows(), count), Eigen::VectorXd(count), Eigen::MatrixXd(count, count)};
  for (Eigen::Index c = 0; c < count; ++c) {
    const Eigen::Index from = order[static_cast<std::size_t>(c)];
    result.values[c] = norms[from];
    if (norms[from] > 0.0) result.left.col(c) = matrix.col(from) / norms[from];
    result.right.col(c) = right.col(from);
  }
  return result;
}

}  // namespace bolus::detail

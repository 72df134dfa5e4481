#pragma once
#include <algorithm>
#include <bolus/core/eigen.hpp>
#include <cmath>
#include <vector>

namespace bolus::detail {

/// Solves a x = b for a symmetric positive definite `a` of a few rows (Cholesky, plain loops: Eigen's decompositions take long
/// to compile); `b` becomes x. Returns false, and leaves nothing useful, where `a` is not positive definite.
inline bool solve_positive(std::vector<std::vector<double>> a, std::vector<double>& b) {
  const std::size_t count = b.size();
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = a[i][j];
      for (std::size_t k = 0; k < j; ++k) sum -= a[i][k] * a[j][k];
      if (i == j && !(sum > 0.0)) return false;
      a[i][j] = i == j ? std::sqrt(sum) : sum / a[j][j];
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t k = 0; k < i; ++k) b[i] -= a[i][k] * b[k];
    b[i] /= a[i][i];
  }
  for (std::size_t i = count; i-- > 0;) {
    for (std::size_t k = i + 1; k < count; ++k) b[i] -= a[k][i] * b[k];
    b[i] /= a[i][i];
  }
  return true;
}

/// Where a least-squares fit of few parameters ended.
struct LeastSquaresEnd {
  Eigen::VectorXd parameters;
  Eigen::MatrixXd inverse;  ///< of the normal matrix of the free parameters (0 for fixed ones and ones at a bound)
  double cost = 0.0;        ///< sum of squared weighted residuals
  int iterations = 0;
  bool converged = false;
};

/// Levenberg-Marquardt (Marquardt, SIAM J Appl Math 1963) with bounds: a parameter at a bound that would leave its range stays
/// there for the step. `residual(p)` gives n values; derivatives are central differences. A parameter whose bounds coincide is
/// fixed. Converged: the cost changes by less than 1e-12 of itself in an accepted step, or no step lowers it any more.
template <class Residual>
LeastSquaresEnd fit_least_squares(const Residual& residual, Eigen::VectorXd p, const Eigen::VectorXd& low,
                                  const Eigen::VectorXd& high, int most) {
  const Eigen::Index count = p.size();
  for (Eigen::Index k = 0; k < count; ++k) p[k] = std::clamp(p[k], low[k], high[k]);
  LeastSquaresEnd end;
  Eigen::VectorXd r = residual(p);
  double cost = r.squaredNorm(), damping = 1e-3;
  std::vector<Eigen::VectorXd> slope(static_cast<std::size_t>(count));
  std::vector<std::size_t> free;
  std::vector<std::vector<double>> normal;
  std::vector<double> descent;  // minus the gradient
  const auto linearise = [&] {
    free.clear();
    descent.clear();
    for (Eigen::Index k = 0; k < count; ++k) {
      if (!(high[k] > low[k])) continue;
      const double step = 1e-5 * std::max(std::abs(p[k]), 1e-2 * (high[k] - low[k]));
      Eigen::VectorXd up = p, down = p;
      up[k] = std::min(p[k] + step, high[k]);
      down[k] = std::max(p[k] - step, low[k]);
      auto& column = slope[static_cast<std::size_t>(k)];
      column = (residual(up) - residual(down)) / (up[k] - down[k]);
      const double gradient = column.dot(r);
      const bool held = (p[k] <= low[k] && gradient >= 0.0) || (p[k] >= high[k] && gradient <= 0.0);
      if (held || !(column.squaredNorm() > 0.0)) continue;
      free.push_back(static_cast<std::size_t>(k));
      descent.push_back(-gradient);
    }
    normal.assign(free.size(), std::vector<double>(free.size()));
    for (std::size_t i = 0; i < free.size(); ++i) {
      for (std::size_t j = 0; j <= i; ++j) normal[i][j] = normal[j][i] = slope[free[i]].dot(slope[free[j]]);
    }
  };
  const auto damped = [&](double factor) {
    auto matrix = normal;
    for (std::size_t i = 0; i < matrix.size(); ++i) matrix[i][i] *= 1.0 + factor;
    return matrix;
  };
  linearise();
  for (end.iterations = 1; end.iterations <= most && !end.converged; ++end.iterations) {
    end.converged = free.empty() || cost == 0.0;
    while (!end.converged) {
      auto step = descent;
      double found = cost;
      Eigen::VectorXd next = p, trial;
      if (solve_positive(damped(damping), step)) {
        for (std::size_t i = 0; i < free.size(); ++i) {
          const auto k = static_cast<Eigen::Index>(free[i]);
          next[k] = std::clamp(p[k] + step[i], low[k], high[k]);
        }
        trial = residual(next);
        found = trial.squaredNorm();
      }
      if (std::isfinite(found) && found < cost) {
        end.converged = cost - found < 1e-12 * cost;
        p = next;
        r = trial;
        cost = found;
        damping = std::max(damping * 0.2, 1e-12);
        break;
      }
      damping *= 4.0;
      end.converged = damping > 1e12;
    }
    if (!end.converged) linearise();
  }
  linearise();
  end.parameters = p;
  end.cost = cost;
  end.inverse = Eigen::MatrixXd::Zero(count, count);
  for (std::size_t i = 0; i < free.size(); ++i) {
    std::vector<double> unit(free.size(), 0.0);
    unit[i] = 1.0;
    if (!solve_positive(damped(1e-12), unit)) continue;
    for (std::size_t j = 0; j < free.size(); ++j) {
      end.inverse(static_cast<Eigen::Index>(free[j]), static_cast<Eigen::Index>(free[i])) = unit[j];
    }
  }
  return end;
}

}  // namespace bolus::detail

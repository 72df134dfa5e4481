#pragma once
#include <algorithm>
#include <bolus/dsc/detail/leakage_basis.hpp>
#include <bolus/dsc/integral.hpp>
#include <limits>
#include <utility>

namespace bolus::detail {

/// Leakage in one curve.
struct CurveLeakage {
  double k1 = 0.0, k2 = 0.0, kep = 0.0;                    ///< no unit, 1/s, 1/s
  double k1_error = 0.0, k2_error = 0.0, kep_error = 0.0;  ///< standard errors
  double coefficient_of_variation = 0.0;                   ///< of K2 at the kep that was found
  double noise = 0.0;                                      ///< standard deviation of the curve before the bolus, 1/s
  double residual = 0.0;                                   ///< root mean square of what the model leaves, 1/s
  double volume = 0.0, corrected_volume = 0.0;             ///< integral of the curve and of the corrected curve, no unit
  bool constant = false, insignificant = false, at_border = false;
};

/// Fits the leakage model to curves that share a time axis and a reference curve. For the bidirectional model what all curves
/// share is laid out over a grid of kep: the part of each integral that is at right angles to the reference, of length 1. The
/// squared product of a curve with it is what that kep explains, so the best one costs one product per grid point; it is
/// then refined by Gauss-Newton steps on the derivative of the variable projection (Golub and Pereyra 1973; Kaufman 1975),
/// with bisection as the way out.
struct LeakageSolver {
  Eigen::VectorXd times, reference;                ///< n values
  Eigen::Index first = 0, last = 0;                ///< samples that are fitted; the integral starts at the first
  Eigen::Index noise_first = 0, noise_last = 0;    ///< samples before the bolus; fewer than 5: noise is the residual
  Eigen::Index volume_first = 0, volume_last = 0;  ///< samples that are integrated to a blood volume
  double max_coefficient_of_variation = 1.0;       ///< K2 is taken as 0 above it
  double tolerance = 1e-7;                         ///< kep is refined until it moves by less, 1/s
  RunningIntegral rule = RunningIntegral::trapezoid;
  LeakageBasis plain;      ///< for kep = 0
  Eigen::VectorXd grid;    ///< kep, 1/s; empty for the unidirectional model
  Eigen::MatrixXd normal;  ///< n x grid

  /// Computes what the curves share, up to `max_kep` in `points` steps; 0 for the unidirectional model.
  void prepare(double max_kep, Eigen::Index points) {
    plain = leakage_basis(times, reference, 0.0, first, last, rule);
    if (max_kep <= 0.0) return;
    grid = Eigen::VectorXd::LinSpaced(points, 0.0, max_kep);
    normal.resize(times.size(), points);
    for (Eigen::Index i = 0; i < points; ++i) {
      normal.col(i) = leakage_basis(times, reference, grid[i], first, last, rule).normal.row(1).transpose();
    }
  }

  /// `curve`: dR2* in 1/s, n finite values.
  CurveLeakage operator()(const Eigen::VectorXd& curve) const {
    CurveLeakage fit;
    fit.volume = fit.corrected_volume = trapezoid(times, curve, volume_first, volume_last);
    fit.kep_error = grid.size() == 0 ? 0.0 : std::numeric_limits<double>::infinity();
    const double* samples = curve.data();
    if (std::all_of(samples + first, samples + last, [&](double value) { return value == samples[first]; })) {
      fit.constant = true;
      return fit;
    }
    Slope at;
    if (grid.size() > 0) {
      fit.kep = search(curve, fit.at_border);
      at = slope_at(fit.kep);
    }
    const LeakageBasis& basis = grid.size() > 0 ? at.basis : plain;
    const Eigen::Vector2d k = product(basis.solve, curve);
    const auto remainder = [&](double k1, double k2) {
      double squares = 0.0;
      for (Eigen::Index t = first; t < last; ++t) {
        const double rest = curve[t] - k1 * reference[t] + k2 * basis.integral[t];
        squares += rest * rest;
      }
      return std::sqrt(squares / static_cast<double>(std::max<Eigen::Index>(last - first - (grid.size() == 0 ? 2 : 3), 1)));
    };
    fit.k1 = k[0];
    fit.k2 = k[1];
    fit.residual = remainder(fit.k1, fit.k2);
    fit.noise = noise_last - noise_first >= 5 ? deviation(curve, noise_first, noise_last) : fit.residual;
    fit.coefficient_of_variation =
        fit.noise == 0.0 && fit.k2 != 0.0 ? 0.0 : fit.noise * std::sqrt(basis.covariance(1, 1)) / std::abs(fit.k2);
    Eigen::Vector2d added = Eigen::Vector2d::Zero();  // what not knowing kep adds to the variances: see `Slope`
    if (at.rest_squared > 0.0) {
      added = {at.mixed[0] * at.mixed[0] / at.rest_squared, at.mixed[1] * at.mixed[1] / at.rest_squared};
      if (fit.k2 != 0.0) fit.kep_error = fit.noise / (std::abs(fit.k2) * std::sqrt(at.rest_squared));
    }
    fit.k1_error = fit.noise * std::sqrt(basis.covariance(0, 0) + added[0]);
    fit.k2_error = fit.noise * std::sqrt(basis.covariance(1, 1) + added[1]);
    if (fit.k2 == 0.0 || fit.coefficient_of_variation > max_coefficient_of_variation) {
      fit.insignificant = true;
      fit.at_border = false;
      fit.k1 = plain.normal.row(0).dot(curve) / plain.length;
      fit.k1_error = fit.noise / plain.length;
      fit.k2 = fit.kep = 0.0;
      fit.kep_error = grid.size() == 0 ? 0.0 : std::numeric_limits<double>::infinity();
      fit.residual = remainder(fit.k1, 0.0);
      return fit;
    }
    fit.corrected_volume += fit.k2 * trapezoid(times, basis.integral, volume_first, volume_last);
    return fit;
  }

  /// What leakage adds to a curve with these parameters, -K2 I(t) in 1/s; subtract it to correct the curve.
  Eigen::VectorXd leaked(const CurveLeakage& fit) const {
    if (fit.kep == 0.0) return -fit.k2 * plain.integral;
    return -fit.k2 * leakage_integral(times, reference, fit.kep, first, rule);
  }

 private:
  /// The basis at one kep, and the derivative D of its integral by kep: what D has in common with the basis, and the squared
  /// length of the rest. The Jacobian of the whole model is [r, -I, -K2 D], and its inverse follows by blocks.
  struct Slope {
    LeakageBasis basis;
    Eigen::VectorXd derivative;
    Eigen::Vector2d mixed = Eigen::Vector2d::Zero();
    double rest_squared = 0.0;
  };

  Slope slope_at(double kep) const {
    Slope at{leakage_basis(times, reference, kep, first, last, rule), {}, {}, 0.0};
    leakage_integral(times, reference, kep, first, rule, &at.derivative);
    at.mixed = product(at.basis.solve, at.derivative);
    const Eigen::Vector2d inside = product(at.basis.normal, at.derivative);
    for (Eigen::Index t = first; t < last; ++t) at.rest_squared += at.derivative[t] * at.derivative[t];
    at.rest_squared -= inside[0] * inside[0] + inside[1] * inside[1];
    return at;
  }

  /// The kep in [0, max_kep] that leaves the least of the curve.
  double search(const Eigen::VectorXd& curve, bool& at_border) const {
    Eigen::Index best = 0;
    double most = -1.0;
    for (Eigen::Index i = 0; i < grid.size(); ++i) {
      const double explained = std::abs(normal.col(i).dot(curve));
      if (explained > most) {
        most = explained;
        best = i;
      }
    }
    const double border = grid[grid.size() - 1];
    double low = grid[std::max<Eigen::Index>(best - 1, 0)], high = grid[std::min(best + 1, grid.size() - 1)];
    double kep = grid[best];
    for (int step = 0;; ++step) {
      const auto [gradient, curvature] = derivatives(curve, kep);
      at_border = (kep == 0.0 && gradient >= 0.0) || (kep == border && gradient <= 0.0);
      if (at_border) return kep;
      (gradient > 0.0 ? high : low) = kep;
      double next = curvature > 0.0 && step < 20 ? kep - gradient / curvature : 0.5 * (low + high);
      if (!(next > low && next < high)) next = 0.5 * (low + high);
      const double change = std::abs(next - kep);
      kep = next;
      if (change < tolerance || step == 100) return kep;
    }
  }

  /// Half the derivative by kep of the sum of squares that the best K1 and K2 leave, and its Gauss-Newton second derivative;
  /// all from products of r, I, D and the curve, which one pass over the samples gathers.
  std::pair<double, double> derivatives(const Eigen::VectorXd& curve, double kep) const {
    const double old_weight = rule == RunningIntegral::trapezoid ? 0.5 : 0.0, new_weight = 1.0 - old_weight;
    double rr = 0.0, ri = 0.0, rd = 0.0, ry = 0.0, ii = 0.0, id = 0.0, iy = 0.0, dd = 0.0, dy = 0.0;
    double integral = 0.0, derivative = 0.0, step = 0.0, decay = 1.0;
    if (rule == RunningIntegral::rectangle) integral = reference[first] * (times[first + 1] - times[first]);
    for (Eigen::Index t = first; t < last; ++t) {
      const double r = reference[t], y = curve[t];
      if (t > first) {
        const double width = times[t] - times[t - 1];
        if (std::abs(width - step) > 1e-12 * width) {
          step = width;
          decay = std::exp(-kep * step);
        }
        const double before = integral + old_weight * step * reference[t - 1];
        integral = decay * before + new_weight * step * r;
        derivative = decay * (derivative - step * before);
      }
      rr += r * r;
      ri += r * integral;
      rd += r * derivative;
      ry += r * y;
      ii += integral * integral;
      id += integral * derivative;
      iy += integral * y;
      dd += derivative * derivative;
      dy += derivative * y;
    }
    const double scale = rr * ii - ri * ri;
    const double k1 = (ii * ry - ri * iy) / scale, k2 = (ri * ry - rr * iy) / scale;
    const double in_r = (ii * rd - ri * id) / scale, in_i = (rr * id - ri * rd) / scale;
    return {k2 * (dy - k1 * rd + k2 * id), k2 * k2 * (dd - in_r * rd - in_i * id)};
  }

  static Eigen::Vector2d product(const LeakageBasis::Rows& rows, const Eigen::VectorXd& curve) {
    return {rows.row(0).dot(curve), rows.row(1).dot(curve)};
  }

  static double deviation(const Eigen::VectorXd& curve, Eigen::Index begin, Eigen::Index end) {
    const auto count = static_cast<double>(end - begin);
    double sum = 0.0, squares = 0.0;
    for (Eigen::Index t = begin; t < end; ++t) sum += curve[t];
    for (Eigen::Index t = begin; t < end; ++t) squares += (curve[t] - sum / count) * (curve[t] - sum / count);
    return std::sqrt(squares / (count - 1.0));
  }
};

}  // namespace bolus::detail

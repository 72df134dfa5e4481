#pragma once
#include <bolus/dsc/bolus_timing.hpp>
#include <bolus/dsc/detail/arterial_least_squares.hpp>
#include <bolus/dsc/gamma_variate.hpp>
#include <bolus/dsc/integral.hpp>
#include <string>
#include <vector>

namespace bolus {

/// A gamma variate through a measured curve. Heights are in the unit of the curve: 1/s for dR2*, mM for a concentration.
struct FittedGammaVariate {
  GammaVariate curve;                   ///< the parameters; its `peak` in the unit of the curve
  Eigen::VectorXd fitted;               ///< its values at the samples
  double first_pass_integral = 0.0;     ///< area of the first pass alone, unit of the curve times s
  double integral_error = 0.0;          ///< standard error of that area, from the residuals and the fit's curvature
  double r_squared = 0.0;               ///< share of the curve's variance that is explained, on the samples fitted
  double residual_deviation = 0.0;      ///< standard deviation of the residuals, unit of the curve
  bool converged = false;               ///< whether the iteration reached its end
  int iterations = 0;                   ///< steps in all
  std::vector<std::string> parameters;  ///< names of the fitted parameters, as in GammaVariate
  Eigen::VectorXd standard_errors;      ///< one per name; 0 where the parameter ended at its bound
  QcFlags flags;                        ///< of the timing, and dsc.gamma.not_converged, .at_bound, .poor, .truncated
};

/// Fits a gamma variate with recirculation and tail (see `GammaVariate`) to a curve that rises with the bolus: dR2* or
/// concentration. First the first pass alone, from three starting shapes; then, from the best of them, everything at once. The
/// least squares are robust: residuals beyond 1.345 robust standard deviations count less (Huber, Ann Math Stat 1964).
struct GammaVariateFit {
  bool recirculation = true;  ///< fit the second pass and the tail too; else only samples of the first pass are fitted
  double clearance_time =
      600.0;                 ///< time constant of the tail's decay, s: too long to be seen in a series, so it is not fitted
  double poor = 0.9;         ///< flagged when less of the variance than this is explained
  int max_iterations = 200;  ///< steps of each fit
  BolusTiming timing = {};   ///< where the first pass lies

  /// `curve` at `times` (s), of the same length. Doubtful fits are flagged, not thrown away. Throws ShapeError, OptionError;
  /// DataError for NaN, no bolus, or fewer than 6 samples from its arrival on.
  FittedGammaVariate operator()(const Eigen::VectorXd& curve, const Eigen::VectorXd& times) const;
};

}  // namespace bolus

#include <bolus/dsc/detail/arterial_gamma_fit.hpp>

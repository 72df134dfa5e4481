#pragma once
#include <bolus/core/eigen.hpp>
#include <bolus/core/error.hpp>
#include <bolus/dsc/detail/incomplete_gamma.hpp>
#include <cmath>

namespace bolus {

/// Concentration of contrast agent in arterial blood over time: a gamma variate A (t - t0)^alpha exp(-(t - t0) / beta) as the
/// first pass (Thompson et al., Circ Res 1964; exponents as there, CAPLEX M.DM1.006 counts alpha one higher), a broader second
/// one as recirculation, and a tail that fills as the bolus spreads over the body and is cleared slowly.
struct GammaVariate {
  double arrival = 15.0;              ///< t0, s
  double peak = 6.0;                  ///< concentration at the peak of the first pass, mM
  double alpha = 3.0;                 ///< shape, no unit
  double beta = 1.5;                  ///< scale, s; the first pass peaks alpha * beta after t0
  double recirculation = 0.2;         ///< area of the second pass over that of the first
  double recirculation_delay = 10.0;  ///< s from the first arrival to the second
  double recirculation_width = 2.0;   ///< beta of the second pass over that of the first
  double equilibrium = 0.1;           ///< height of the tail over the peak
  double clearance_time = 600.0;      ///< time constant of the tail's decay, s

  /// Throws OptionError for a parameter that is not finite or outside its range.
  void validate() const {
    detail::require<OptionError>(std::isfinite(arrival), "arrival is not a finite number of seconds");
    for (const double value : {peak, alpha, beta, recirculation_width, clearance_time}) {
      detail::require<OptionError>(std::isfinite(value) && value > 0.0,
                                   "a gamma variate's peak, alpha, beta, "
                                   "recirculation_width and clearance_time must be positive; found ",
                                   value);
    }
    for (const double value : {recirculation, recirculation_delay, equilibrium}) {
      detail::require<OptionError>(std::isfinite(value) && value >= 0.0,
                                   "a gamma variate's recirculation, "
                                   "recirculation_delay and equilibrium must not be negative; found ",
                                   value);
    }
  }

  /// First pass at time `t` (s), in mM.
  double first_pass(double t) const { return peak * shape((t - arrival) / beta); }

  /// Concentration at time `t` (s), in mM.
  double operator()(double t) const {
    double value = first_pass(t);
    const double later = (t - arrival - recirculation_delay) / (recirculation_width * beta);
    if (later <= 0.0) return value;
    if (recirculation > 0.0) value += recirculation / recirculation_width * peak * shape(later);
    if (equilibrium > 0.0) {
      value += equilibrium * peak * detail::incomplete_gamma(alpha + 1.0, later) *
               std::exp(-later * recirculation_width * beta / clearance_time);
    }
    return value;
  }

  /// Concentration at each of `times` (s), in mM.
  Eigen::VectorXd operator()(const Eigen::VectorXd& times) const {
    validate();
    return times.unaryExpr([this](double t) { return (*this)(t); });
  }

  /// Area of the first pass, A beta^(alpha + 1) Gamma(alpha + 1), in mM s.
  double first_pass_integral() const {
    return peak * beta * std::exp(std::lgamma(alpha + 1.0) + alpha - alpha * std::log(alpha));
  }

 private:
  /// The gamma variate with its peak of 1 at x = alpha, x in units of beta.
  double shape(double x) const { return x <= 0.0 ? 0.0 : std::exp(alpha * (1.0 + std::log(x / alpha)) - x); }
};

}  // namespace bolus

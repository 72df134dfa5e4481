#pragma once
#include <bolus/dsc/arterial_input.hpp>
#include <bolus/dsc/gamma_variate.hpp>

namespace bolus {

/// An arterial input function that was measured in nobody, for where the patient's own cannot be: the gamma variate that
/// Ostergaard et al. (MRM 1996) and simulations after them take for a standard injection, alpha 3 and beta 1.5 s, with a
/// second pass and a tail. Its shape is not the patient's: flow and transit times from it are no more than relative.
struct PopulationInput {
  double arrival = 15.0;           ///< of the bolus, s, e.g. `BolusTimes::arrival_time`
  GammaVariate shape = {};         ///< concentration in mM; its own `arrival` is not used. Its peak of 6 mM is an assumption
  double linear = 2.62;            ///< dR2* of blood per mM, 1/(s mM), at 3 T; at 1.5 T take 7.62
  double quadratic = 0.49;         ///< dR2* of blood per mM squared, 1/(s mM^2), at 3 T; at 1.5 T take 0.574
  double baseline_signal = 100.0;  ///< S0 of the signal, any unit
  double echo_time = 0.03;         ///< TE, s

  /// The gamma variate with its arrival: a value to call at times.
  GammaVariate concentration() const {
    GammaVariate curve = shape;
    curve.arrival = arrival;
    return curve;
  }

  /// dR2* = linear c + quadratic c^2 at `times` (s) and the signal S0 exp(-TE dR2*), as an arterial curve of no voxel, flagged
  /// dsc.aif.population. Throws OptionError, and DataError for times that are too few or not finite, or an impossible TE.
  ArterialCurve operator()(const Eigen::VectorXd& times) const {
    for (const double value : {linear, quadratic}) {
      detail::require<OptionError>(std::isfinite(value) && value >= 0.0, "the relaxivities linear and quadratic are ", linear,
                                   " and ", quadratic, "; expected 0 or more");
    }
    detail::require<OptionError>(linear + quadratic > 0.0, "both relaxivities are 0: there would be no bolus in the signal");
    detail::require<OptionError>(std::isfinite(baseline_signal) && baseline_signal > 0.0, "baseline_signal is ",
                                 baseline_signal, "; expected a positive number");
    detail::require<DataError>(times.allFinite(), "the time axis holds NaN or infinity");
    PerfusionProtocol protocol;
    protocol.echo_time = echo_time;
    const double te = protocol.required_echo_time();
    const Eigen::ArrayXd agent = concentration()(times);
    ArterialCurve curve;
    curve.times = times;
    curve.signal = baseline_signal * (-te * (linear * agent + quadratic * agent.square())).exp();
    ArterialInput{}.judge(curve, te);
    curve.delta_r2s = linear * agent + quadratic * agent.square();  // exactly, not through the signal's baseline
    curve.flags.push_back({"dsc.aif.population", "a population's arterial input, not this patient's"});
    return curve;
  }
};

}  // namespace bolus

#pragma once
#include <bolus/core/perfusion_series.hpp>
#include <bolus/simulate/tissue.hpp>
#include <cmath>
#include <numbers>

namespace bolus {

/// How strongly contrast agent changes relaxation, per mM. Values as commonly quoted, taken as assumptions and not checked
/// against the papers: r1 of gadobutrol in plasma (Rohrer et al., Invest Radiol 2005), a linear effective r2* of tissue of 87
/// at 3 T as is usual in DSC simulation (Kjolby et al., MRM 2006) and half of it at 1.5 T, blood after van Osch et al. (MRM
/// 2003) at 1.5 T and Akbudak et al. at 3 T. The extravascular r2* depends on the geometry of the cells and is free.
struct Relaxivity {
  double r1 = 5.0;                      ///< 1/(s mM), of extravascular agent
  double r2_star_vascular = 87.0;       ///< 1/(s mM), agent in capillaries, per mmol per litre of tissue
  double r2_star_extravascular = 20.0;  ///< 1/(s mM), agent outside them, per mmol per litre of tissue
  double blood_linear = 2.62;           ///< 1/(s mM), in arterial blood
  double blood_quadratic = 0.49;        ///< 1/(s mM^2), in arterial blood

  /// The values for a field strength in T: those for 3 T from 2.25 T on, below it those for 1.5 T. Throws OptionError.
  static Relaxivity at_field(double field_strength) {
    detail::require<OptionError>(field_strength > 0.1 && field_strength < 12.0, "field_strength is ", field_strength,
                                 "; expected T");
    if (field_strength >= 2.25) return {};
    return {.r1 = 5.2, .r2_star_vascular = 43.5, .r2_star_extravascular = 10.0, .blood_linear = 7.62, .blood_quadratic = 0.574};
  }
};

/// Signal of a spoiled gradient-echo (EPI) sequence in the steady state,
/// S = S0 sin(a) (1 - E1) / (1 - cos(a) E1) exp(-TE R2*), E1 = exp(-TR R1).
struct GradientEcho {
  double echo_time = 0.03;       ///< TE, s
  double repetition_time = 1.5;  ///< TR, s
  double flip_angle = 35.0;      ///< degrees
  Relaxivity relaxivity = {};    ///< of the contrast agent at the field strength

  /// Throws OptionError for an impossible protocol.
  void validate() const {
    detail::require<OptionError>(echo_time > 0.0 && echo_time < 1.0, "echo_time is ", echo_time, "; expected s, e.g. 0.03");
    detail::require<OptionError>(repetition_time > echo_time && repetition_time < 100.0, "repetition_time is ", repetition_time,
                                 "; expected s, longer than the echo time");
    detail::require<OptionError>(flip_angle > 0.0 && flip_angle <= 90.0, "flip_angle is ", flip_angle,
                                 "; expected degrees in (0, 90]");
  }

  /// Signal in the unit of `equilibrium_signal` for relaxation rates in 1/s.
  double signal(double equilibrium_signal, double r1, double r2_star) const {
    const double angle = flip_angle * std::numbers::pi / 180.0, e1 = std::exp(-repetition_time * r1);
    return equilibrium_signal * std::sin(angle) * (1.0 - e1) / (1.0 - std::cos(angle) * e1) * std::exp(-echo_time * r2_star);
  }

  /// Signal of a tissue with contrast agent in it. R2* rises with agent inside and outside the capillaries, R1 with that
  /// outside only (water hardly leaves an intact capillary within TR). So leakage raises the signal through T1 and lowers it
  /// through T2*, and which of both wins is up to the protocol.
  Eigen::VectorXd tissue(const TissueParameters& parameters, const TissueConcentration& concentration) const {
    validate();
    Eigen::VectorXd result(concentration.vascular.size());
    for (Eigen::Index t = 0; t < result.size(); ++t) {
      const double leaked = concentration.extravascular[t];
      result[t] = signal(parameters.equilibrium_signal, 1.0 / parameters.t1 + relaxivity.r1 * leaked,
                         1.0 / parameters.t2_star + relaxivity.r2_star_vascular * concentration.vascular[t] +
                             relaxivity.r2_star_extravascular * leaked);
    }
    return result;
  }

  /// Signal of arterial blood with a concentration in mM, whose R2* is quadratic in it. `r1` and `r2_star` in 1/s before
  /// contrast agent; inflow of fresh blood keeps T1 from showing.
  Eigen::VectorXd blood(const Eigen::VectorXd& concentration, double equilibrium_signal, double r1 = 0.6,
                        double r2_star = 15.0) const {
    validate();
    return concentration.unaryExpr([&](double c) {
      return signal(equilibrium_signal, r1, r2_star + relaxivity.blood_linear * c + relaxivity.blood_quadratic * c * c);
    });
  }
};

}  // namespace bolus

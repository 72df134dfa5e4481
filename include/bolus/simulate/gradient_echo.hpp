#pragma once
#include <bolus/core/perfusion_series.hpp>
#include <bolus/simulate/tissue.hpp>
#include <cmath>
#include <numbers>
#include <optional>

namespace bolus {

/// How R2* of arterial blood depends on its concentration.
enum class BloodRelaxation {
  quadratic,  ///< as measured in blood
  linear      ///< as many deconvolutions take it; the same R2* at 6 mM
};

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
  static Relaxivity at_field(double field_strength, BloodRelaxation blood = BloodRelaxation::quadratic) {
    detail::require<OptionError>(field_strength > 0.1 && field_strength < 12.0, "field_strength is ", field_strength,
                                 "; expected T");
    Relaxivity values;
    if (field_strength < 2.25) {
      values = {
          .r1 = 5.2, .r2_star_vascular = 43.5, .r2_star_extravascular = 10.0, .blood_linear = 7.62, .blood_quadratic = 0.574};
    }
    if (blood == BloodRelaxation::linear) {
      values.blood_linear += 6.0 * values.blood_quadratic;
      values.blood_quadratic = 0.0;
    }
    return values;
  }
};

/// Signal of a spoiled gradient-echo (EPI) sequence in the steady state,
/// S = S0 sin(a) (1 - E1) / (1 - cos(a) E1) exp(-TE R2*), E1 = exp(-TR R1).
struct GradientEcho {
  double echo_time = 0.03;       ///< TE, s
  double repetition_time = 1.5;  ///< TR, s
  double flip_angle = 35.0;      ///< degrees
  Relaxivity relaxivity = {};    ///< of the contrast agent at the field strength
  /// Excitations before the first sample of a series, from 0 on: its first samples are then brighter, on their way to the
  /// steady state. Nothing: the steady state is reached. Samples must be TR apart.
  std::optional<int> dummy_scans{};

  /// Throws OptionError for an impossible protocol.
  void validate() const {
    detail::require<OptionError>(echo_time > 0.0 && echo_time < 1.0, "echo_time is ", echo_time, "; expected s, e.g. 0.03");
    detail::require<OptionError>(repetition_time > echo_time && repetition_time < 100.0, "repetition_time is ", repetition_time,
                                 "; expected s, longer than the echo time");
    detail::require<OptionError>(flip_angle > 0.0 && flip_angle <= 90.0, "flip_angle is ", flip_angle,
                                 "; expected degrees in (0, 90]");
    detail::require<OptionError>(!dummy_scans || (*dummy_scans >= 0 && *dummy_scans <= 1000), "dummy_scans is ",
                                 dummy_scans.value_or(0), "; expected 0 to 1000");
  }

  /// Signal in the unit of `equilibrium_signal` for relaxation rates in 1/s.
  double signal(double equilibrium_signal, double r1, double r2_star) const {
    const double angle = flip_angle * std::numbers::pi / 180.0, e1 = std::exp(-repetition_time * r1);
    return equilibrium_signal * std::sin(angle) * (1.0 - e1) / (1.0 - std::cos(angle) * e1) * std::exp(-echo_time * r2_star);
  }

  /// Signal of a tissue with contrast agent in it, in mmol per litre of tissue. R2* rises with agent inside and outside the
  /// capillaries, R1 with that outside only (water hardly leaves an intact capillary within TR). So leakage raises the
  /// signal through T1 and lowers it through T2*, and which of both wins is up to the protocol.
  double tissue_signal(const TissueParameters& parameters, double vascular, double extravascular) const {
    return signal(
        parameters.equilibrium_signal, 1.0 / parameters.t1 + relaxivity.r1 * extravascular,
        1.0 / parameters.t2_star + relaxivity.r2_star_vascular * vascular + relaxivity.r2_star_extravascular * extravascular);
  }

  /// The same over time, (t,), with the way to the steady state when `dummy_scans` is given.
  Eigen::VectorXd tissue(const TissueParameters& parameters, const TissueConcentration& concentration) const {
    validate();
    Eigen::VectorXd result(concentration.vascular.size());
    for (Eigen::Index t = 0; t < result.size(); ++t) {
      result[t] = tissue_signal(parameters, concentration.vascular[t], concentration.extravascular[t]);
    }
    if (dummy_scans) {
      const auto factors = steady_state_factors(parameters, concentration.extravascular);
      for (Eigen::Index t = 0; t < result.size(); ++t) result[t] *= factors[t];
    }
    return result;
  }

  /// Longitudinal magnetisation over that of the steady state in each sample, (t,), from the recursion of a spoiled gradient
  /// echo M' = 1 - (1 - M cos(a)) E1 that starts at M = 1 `dummy_scans` excitations before the first sample.
  Eigen::VectorXd steady_state_factors(const TissueParameters& parameters, const Eigen::VectorXd& extravascular) const {
    const double cosine = std::cos(flip_angle * std::numbers::pi / 180.0);
    double magnetisation = 1.0;
    Eigen::VectorXd factors(extravascular.size());
    for (Eigen::Index n = -dummy_scans.value_or(0); n < factors.size(); ++n) {
      const double leaked = extravascular[std::max<Eigen::Index>(n, 0)];
      const double e1 = std::exp(-repetition_time * (1.0 / parameters.t1 + relaxivity.r1 * leaked));
      if (n >= 0) factors[n] = magnetisation * (1.0 - cosine * e1) / (1.0 - e1);
      magnetisation = 1.0 - (1.0 - magnetisation * cosine) * e1;
    }
    return factors;
  }

  /// Change of the apparent dR2* = -ln(S / S0) / TE per mM of agent outside the capillaries, 1/(s mM), for small amounts: its
  /// r2* less what shorter T1 adds to the signal, r1 TR E1 (1 - cos(a)) / ((1 - E1) (1 - cos(a) E1) TE). Below 0, T1 wins.
  double leakage_relaxivity(double t1) const {
    const double cosine = std::cos(flip_angle * std::numbers::pi / 180.0), e1 = std::exp(-repetition_time / t1);
    const double brighter = repetition_time * e1 * (1.0 - cosine) / ((1.0 - e1) * (1.0 - cosine * e1));
    return relaxivity.r2_star_extravascular - relaxivity.r1 * brighter / echo_time;
  }

  /// The K2 (1/s) that this sequence makes of a tissue's leakage, to first order: without back-flux, for a reference curve of
  /// intact tissue with `reference_blood_volume` in mL/100 mL. Above 0 where T1 wins (Boxerman et al., AJNR 2006).
  double leakage_rate(const TissueParameters& tissue, double reference_blood_volume, double haematocrit = 0.42) const {
    return -leakage_relaxivity(tissue.t1) * tissue.transfer_constant / 60.0 / (1.0 - haematocrit) /
           (relaxivity.r2_star_vascular * reference_blood_volume / 100.0);
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

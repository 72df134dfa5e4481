#pragma once
#include <bolus/dsc/relaxation.hpp>

namespace bolus {

/// What two echoes of one excitation tell apart: T2* and T1. All curve sets have the names and times of the signals.
struct DualEchoCurves {
  CurveSet delta_r2s;     ///< dR2* free of T1, 1/s
  CurveSet signal;        ///< signal extrapolated to TE = 0: what T1 (and inflow) alone make of it, scanner units
  CurveSet t1_delta_r2s;  ///< what T1 adds to the dR2* of the second echo alone, 1/s: negative where T1 shortens
  std::vector<BaselineWindow> baselines;  ///< of each curve, found in the second echo and used for both
  QcFlags flags;                          ///< of the baselines, and dsc.signal.not_positive; each curve set carries them too
};

/// dR2*(t) = ln[(S1 / S1_0) / (S2 / S2_0)] / (TE2 - TE1), in which the signal at TE = 0 cancels and T1 with it (Vonken et al.,
/// JMRI 1999; CAPLEX Q.EL1.009), and that signal itself: S1 (S1 / S2)^(TE1 / (TE2 - TE1)).
struct DualEcho {
  std::optional<double> first_echo_time = {};                 ///< TE1, s; must be given
  std::optional<double> second_echo_time = {};                ///< TE2 > TE1, s; must be given
  Baseline baseline = {};                                     ///< how S0 is found
  NonPositiveSignal non_positive = NonPositiveSignal::floor;  ///< what a signal <= 0 becomes, in either echo

  /// `first`, `second`: times x channels, quantity signal, with the same names and times. Throws DataError (no TE, TE1 >= TE2,
  /// S0 <= 0, not signals), ShapeError, OptionError.
  DualEchoCurves operator()(const CurveSet& first, const CurveSet& second) const {
    const double te1 = required(first_echo_time, "first"), te2 = required(second_echo_time, "second");
    detail::require<DataError>(te2 > te1, "the second echo, at ", te2, " s, must come after the first, at ", te1, " s");
    first.validate();
    second.validate();
    detail::require<ShapeError>(first.names == second.names && first.times.size() == second.times.size(),
                                "the echoes differ in their curves: ", first.values.rows(), " x ", first.values.cols(), " and ",
                                second.values.rows(), " x ", second.values.cols(), ", which must have the same names as well");
    detail::require<DataError>(same_times(first.times, second.times, te2), "the time axes of the echoes differ");
    detail::require<DataError>(first.quantity == CurveQuantity::signal && second.quantity == CurveQuantity::signal,
                               "two echoes are combined as signals; these are already dR2* or normalised");
    DualEchoCurves result;
    result.delta_r2s = second;
    result.delta_r2s.quantity = CurveQuantity::delta_r2s;
    result.delta_r2s.simulated = first.simulated || second.simulated;
    result.t1_delta_r2s = result.delta_r2s;
    result.signal = result.delta_r2s;
    result.signal.quantity = CurveQuantity::signal;
    for (Eigen::Index c = 0; c < second.values.cols(); ++c) {
      const std::string& name = second.names[static_cast<std::size_t>(c)];
      const auto window = baseline(Eigen::VectorXd(second.values.col(c)), second.times);
      for (const auto& flag : window.flags) result.flags.push_back({flag.code, name + ": " + flag.message});
      const Eigen::VectorXd short_echo = logarithm(first.values.col(c), window, te1, name + ", first echo", result.flags);
      const Eigen::VectorXd long_echo = logarithm(second.values.col(c), window, te2, name + ", second echo", result.flags);
      const Eigen::VectorXd relaxation = (short_echo - long_echo) / (te2 - te1);
      const Eigen::VectorXd at_zero = short_echo + te1 * relaxation;  // ln of S(TE = 0) over its baseline
      const auto mean = [&](const CurveSet& echo) {
        return echo.values.col(c).segment(window.first, window.last - window.first).mean();
      };
      result.delta_r2s.values.col(c) = relaxation;
      result.t1_delta_r2s.values.col(c) = -at_zero / te2;
      const double zero = mean(first) * std::pow(mean(first) / mean(second), te1 / (te2 - te1));
      for (Eigen::Index t = 0; t < at_zero.size(); ++t) result.signal.values(t, c) = zero * std::exp(at_zero[t]);
      result.baselines.push_back(window);
    }
    for (CurveSet* set : {&result.delta_r2s, &result.signal, &result.t1_delta_r2s}) {
      set->flags.insert(set->flags.end(), result.flags.begin(), result.flags.end());
    }
    return result;
  }

 private:
  static double required(const std::optional<double>& echo_time, const char* which) {
    detail::require<DataError>(echo_time.has_value(), "the ", which, " echo time is not known; set ", which, "_echo_time in s");
    PerfusionProtocol protocol;
    protocol.echo_time = echo_time;
    return protocol.required_echo_time();
  }

  /// Whether each sample of one echo is at the time of the other's, give or take an echo time.
  static bool same_times(const Eigen::VectorXd& first, const Eigen::VectorXd& second, double tolerance) {
    for (Eigen::Index t = 0; t < first.size(); ++t) {
      if (std::abs(first[t] - second[t]) > tolerance) return false;
    }
    return true;
  }

  /// ln(S / S0) of one echo.
  Eigen::VectorXd logarithm(const Eigen::VectorXd& signal, const BaselineWindow& window, double echo_time,
                            const std::string& name, QcFlags& flags) const {
    const double s0 = signal.segment(window.first, window.last - window.first).mean();
    detail::require<DataError>(s0 > 0.0, name, ": the baseline signal S0 is ", s0, "; dR2* needs a positive one");
    Eigen::Index bad = 0;
    for (Eigen::Index t = 0; t < signal.size(); ++t) bad += signal[t] <= 0.0;
    if (bad > 0) {
      detail::require<DataError>(non_positive == NonPositiveSignal::floor, name, " has ", bad,
                                 " samples <= 0; drop them or choose the policy 'floor'");
      flags.push_back({"dsc.signal.not_positive",
                       detail::message(name, ": ", bad, " samples <= 0 were taken as the smallest positive one")});
    }
    return -echo_time * delta_r2s(signal, s0, echo_time);
  }
};

}  // namespace bolus

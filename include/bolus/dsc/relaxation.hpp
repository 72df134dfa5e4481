#pragma once
#include <algorithm>
#include <bolus/core/perfusion_series.hpp>
#include <bolus/dsc/baseline.hpp>
#include <optional>

namespace bolus {

/// What to do with samples whose signal is zero or negative, of which there is no logarithm.
enum class NonPositiveSignal {
  floor,  ///< take the smallest positive sample of the same curve instead, and flag it
  error   ///< throw DataError
};

namespace detail {

/// The smallest positive value of a curve; 0 when there is none.
template <class Curve>
double smallest_positive(const Curve& signal) {
  double smallest = 0.0;
  for (Eigen::Index t = 0; t < signal.size(); ++t) {
    const double value = signal[t];
    if (value > 0.0 && (smallest == 0.0 || value < smallest)) smallest = value;
  }
  return smallest;
}

}  // namespace detail

/// dR2*(t) = -ln(S(t) / S0) / TE in 1/s (CAPLEX Q.EL1.009) for one curve of any length. `baseline` is S0 in signal units,
/// `echo_time` TE in s. A signal <= 0 is taken as the smallest positive sample. Throws DataError when S0 or TE is not
/// positive or a sample is not finite.
inline Eigen::VectorXd delta_r2s(const Eigen::VectorXd& signal, double baseline, double echo_time) {
  detail::require<DataError>(std::isfinite(baseline) && baseline > 0.0, "the baseline signal S0 is ", baseline,
                             "; dR2* needs a positive one");
  PerfusionProtocol protocol;
  protocol.echo_time = echo_time;
  echo_time = protocol.required_echo_time();
  detail::require<DataError>(signal.allFinite(), "the signal holds NaN or infinity; repair or drop the curve first");
  const double floor = detail::smallest_positive(signal);
  detail::require<DataError>(floor > 0.0, "no sample of the signal is positive; dR2* cannot be computed");
  return -(signal.array().max(floor) / baseline).log() / echo_time;
}

/// Turns signal curves into dR2* curves. Each curve has its own baseline.
struct DeltaR2s {
  std::optional<double> echo_time = {};                       ///< TE, s; must be given
  Baseline baseline = {};                                     ///< how S0 is found
  NonPositiveSignal non_positive = NonPositiveSignal::floor;  ///< what a signal <= 0 becomes

  /// `signal`: times x channels, quantity signal. The result has the same shape, in 1/s, and carries the flags of each
  /// baseline and dsc.signal.not_positive. Throws DataError (no TE, S0 <= 0, not a signal), ShapeError, OptionError.
  CurveSet operator()(const CurveSet& signal) const {
    PerfusionProtocol protocol;
    protocol.echo_time = echo_time;
    const double te = protocol.required_echo_time();
    signal.validate();
    detail::require<DataError>(signal.quantity == CurveQuantity::signal,
                               "dR2* is computed from signal curves; these are already dR2* or normalised");
    CurveSet result = signal;
    result.quantity = CurveQuantity::delta_r2s;
    for (Eigen::Index c = 0; c < signal.values.cols(); ++c) {
      const std::string& name = signal.names[static_cast<std::size_t>(c)];
      const Eigen::VectorXd curve = signal.values.col(c);
      const auto window = baseline(curve, signal.times);
      detail::require<DataError>(window.mean > 0.0, "curve ", name, ": the baseline signal S0 is ", window.mean,
                                 "; dR2* needs a positive one");
      for (const auto& flag : window.flags) result.flags.push_back({flag.code, name + ": " + flag.message});
      const auto bad = (curve.array() <= 0.0).count();
      if (bad > 0) {
        const double floor = detail::smallest_positive(curve);
        detail::require<DataError>(non_positive == NonPositiveSignal::floor, "curve ", name, " has ", bad,
                                   " samples <= 0; drop them or choose the policy 'floor'");
        result.flags.push_back({"dsc.signal.not_positive", detail::message(name, ": ", bad, " samples <= 0 were taken as ",
                                                                           floor, ", the smallest positive one")});
      }
      result.values.col(c) = delta_r2s(curve, window.mean, te);
    }
    return result;
  }
};

}  // namespace bolus

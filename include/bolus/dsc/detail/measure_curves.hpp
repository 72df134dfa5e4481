#pragma once
#include <bolus/dsc/curve_quantities.hpp>
#include <bolus/dsc/detail/pass_shape.hpp>

namespace bolus {
namespace detail {

/// Measures one curve after the other.
class CurveMeasurement {
 public:
  CurveMeasurement(const CurveQuantities& options, const CurveSet& curves, CurveMeasures& measures)
      : options_(options), curves_(curves), measures_(measures), signals_(curves.quantity == CurveQuantity::signal) {
    const Eigen::Index count = curves.values.cols();
    measures.names = curves.names;
    measures.flags = curves.flags;
    measures.timing.resize(static_cast<std::size_t>(count));
    for (auto* values : {&measures.time_to_peak, &measures.delta_r2s_max, &measures.auc, &measures.FWHM, &measures.wash_in,
                         &measures.wash_out, &measures.rCBV}) {
      values->setZero(count);
    }
    if (!signals_) return;
    for (auto* values : {&measures.snr, &measures.cnr, &measures.PH, &measures.PSR}) values->setZero(count);
  }

  void measure(Eigen::Index c) {
    const Eigen::VectorXd& times = curves_.times;
    const Eigen::VectorXd curve = curves_.values.col(c);
    const std::string& name = curves_.names[static_cast<std::size_t>(c)];
    BolusTimes& timing = measures_.timing[static_cast<std::size_t>(c)];
    timing = options_.timing(signals_ ? curve : Eigen::VectorXd(-curve), times);
    for (const auto& each : timing.flags) measures_.flags.push_back({each.code, name + ": " + each.message});
    Eigen::VectorXd relaxation = curve;
    if (signals_) {
      require<DataError>(timing.baseline.mean > 0.0, "curve ", name, ": the baseline signal S0 is ", timing.baseline.mean,
                         "; dR2* needs a positive one");
      if (curve.minCoeff() <= 0.0) {
        flag("dsc.signal.not_positive", name, ": samples <= 0 were taken as the smallest positive one");
      }
      relaxation = delta_r2s(curve, timing.baseline.mean, echo_time());
    }
    const Eigen::Index start = std::max<Eigen::Index>(timing.arrival - 1, 0), end = timing.first_pass_end;
    const bool first_pass = options_.range == IntegrationRange::first_pass && timing.found;
    const Eigen::Index full = signals_ ? timing.baseline.first : 0;
    measures_.rCBV[c] = trapezoid(times, relaxation, first_pass ? start : full, first_pass ? end : times.size());
    if (signals_) measure_signal(c, curve, timing, name);
    if (!timing.found) {
      flag("dsc.quantity.undefined", name,
           ": without a bolus there are no times, slopes, widths and no signal recovery; they are 0");
      return;
    }
    measures_.auc[c] = trapezoid(times, relaxation, start, end);
    measures_.time_to_peak[c] = timing.peak_time - timing.arrival_time;
    const PassShape shape = pass_shape(relaxation, times, start, timing.peak, end);
    measures_.delta_r2s_max[c] = shape.largest;
    set(measures_.FWHM[c], shape.width, name, "FWHM");
    set(measures_.wash_in[c], shape.wash_in, name, "wash-in slope");
    set(measures_.wash_out[c], shape.wash_out, name, "wash-out slope");
  }

  /// Divides every curve's value by that of curve `c`.
  void relate(Eigen::VectorXd& ratios, const Eigen::VectorXd& values, Eigen::Index c, const char* what, double factor = 1.0) {
    require<DataError>(values[c] > 0.0, "the ", what, " of the curve ", curves_.names[static_cast<std::size_t>(c)], " is ",
                       values[c], "; expected a positive one");
    ratios = values * (factor / values[c]);
  }

  void delays(Eigen::Index zero) {
    const BolusTimes& reference = measures_.timing[static_cast<std::size_t>(zero)];
    require<DataError>(reference.found, "no bolus was found in the curve ", curves_.names[static_cast<std::size_t>(zero)],
                       ", from which delays are to be counted");
    measures_.delay.setZero(curves_.values.cols());
    for (Eigen::Index c = 0; c < measures_.delay.size(); ++c) {
      const BolusTimes& timing = measures_.timing[static_cast<std::size_t>(c)];
      if (timing.found) measures_.delay[c] = timing.arrival_time - reference.arrival_time;
    }
  }

  void log_ratios() {
    measures_.log_PSR_ratio.setZero(curves_.values.cols());
    for (Eigen::Index c = 0; c < measures_.log_PSR_ratio.size(); ++c) {
      const double ratio = measures_.normalised_PSR[c];
      set(measures_.log_PSR_ratio[c], ratio > 0.0 ? std::optional(std::log(ratio)) : std::nullopt,
          curves_.names[static_cast<std::size_t>(c)], "log ratio of the PSR, which is not positive,");
    }
  }

 private:
  void measure_signal(Eigen::Index c, const Eigen::VectorXd& signal, const BolusTimes& timing, const std::string& name) {
    const BaselineWindow& baseline = timing.baseline;
    const bool noisy = baseline.standard_deviation > 0.0;
    if (noisy) measures_.snr[c] = baseline.mean / baseline.standard_deviation;
    if (!timing.found) return;
    const double lowest = signal.segment(timing.arrival, timing.first_pass_end - timing.arrival).minCoeff();
    const double drop = measures_.PH[c] = baseline.mean - lowest;
    if (noisy) measures_.cnr[c] = drop / baseline.standard_deviation;
    if (!noisy) flag("dsc.quantity.undefined", name, ": the baseline has no noise, so SNR and CNR are not defined and are 0");
    if (drop < options_.contrast_threshold * baseline.standard_deviation) {
      flag("dsc.quantity.weak_drop", name, ": S0 - Smin is ", drop, " with a standard deviation of ",
           baseline.standard_deviation, "; PH and PSR are uncertain");
    }
    const Eigen::Index plateau = timing.plateau_last - timing.plateau_first;
    std::optional<double> recovery;
    if (plateau > 0 && drop > 0.0) {
      recovery = 100.0 * (signal.segment(timing.plateau_first, plateau).mean() - lowest) / drop;
    }
    set(measures_.PSR[c], recovery, name, "PSR");
  }

  void set(double& target, const std::optional<double>& value, const std::string& name, const char* what) {
    target = value.value_or(0.0);
    if (!value) flag("dsc.quantity.undefined", name, ": the ", what, " is not defined and is 0");
  }

  double echo_time() const {
    PerfusionProtocol protocol;
    protocol.echo_time = options_.echo_time;
    return protocol.required_echo_time();
  }

  template <class... Parts>
  void flag(const char* code, const Parts&... parts) {
    measures_.flags.push_back({code, message(parts...)});
  }

  const CurveQuantities& options_;
  const CurveSet& curves_;
  CurveMeasures& measures_;
  bool signals_;
};

}  // namespace detail

inline CurveMeasures CurveQuantities::operator()(const CurveSet& curves) const {
  detail::require<DataError>(curves.quantity != CurveQuantity::normalised,
                             "normalised curves have lost their scale; measure them before normalisation");
  detail::require<OptionError>(std::isfinite(contrast_threshold) && contrast_threshold >= 0.0, "contrast_threshold is ",
                               contrast_threshold, "; expected 0 or more standard deviations");
  curves.validate();
  CurveMeasures measures;
  detail::CurveMeasurement measurement(*this, curves, measures);
  for (Eigen::Index c = 0; c < curves.values.cols(); ++c) measurement.measure(c);
  const bool signals = curves.quantity == CurveQuantity::signal;
  if (!reference_channel.empty()) {
    const Eigen::Index c = curves.channel(reference_channel);
    measurement.relate(measures.nrCBV, measures.rCBV, c, "integral of dR2*");
    if (signals) {
      measurement.relate(measures.relative_PH, measures.PH, c, "peak height");
      measurement.relate(measures.normalised_PSR, measures.PSR, c, "PSR");
      measurement.log_ratios();
    }
    if (arterial_channel.empty()) measurement.delays(c);
  }
  if (!arterial_channel.empty()) {
    const Eigen::Index c = curves.channel(arterial_channel);
    measurement.relate(measures.CBV, measures.rCBV, c, "integral of dR2*", 100.0);
    measurement.delays(c);
  }
  return measures;
}

}  // namespace bolus

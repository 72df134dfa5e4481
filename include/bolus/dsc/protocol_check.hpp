#pragma once
#include <bolus/core/perfusion_series.hpp>
#include <bolus/core/qc_flag.hpp>
#include <bolus/dsc/detail/robust_noise.hpp>
#include <cmath>

namespace bolus {

/// Looks whether the protocol of a DSC series is known, plausible, and in keeping with its time stamps. It only flags: a step
/// that needs what is missing throws on its own. Plausible is what guidance for DSC allows, with a wide margin
/// (Boxerman et al., Neuro Oncol 2020 recommend TE 20 to 50 ms, flip 30 to 60 degrees, TR up to 1.5 s).
struct ProtocolCheck {
  double step_tolerance = 0.02;   ///< relative difference of TR and the median time step that is let pass
  double longest_step = 2.5;      ///< s; a longer TR samples the first pass too coarsely
  double shortest_series = 60.0;  ///< s; a shorter series may end before the tail

  /// Flags dsc.protocol.*_missing and *_implausible for echo_time, repetition_time, flip_angle, field_strength;
  /// dsc.protocol.step_mismatch (TR is not the time step), .uneven (steps differ by more than 10 %), .gap (a volume seems to be
  /// missing), .slow, .short. Throws OptionError.
  QcFlags operator()(const PerfusionSeries& series) const { return check(series.protocol(), series.times()); }

  /// The same for a protocol and time stamps (s, increasing). Throws DataError when they do not increase.
  QcFlags check(const PerfusionProtocol& protocol, const Eigen::VectorXd& times) const {
    detail::require<OptionError>(step_tolerance > 0.0 && longest_step > 0.0 && shortest_series >= 0.0,
                                 "the limits of a protocol check must be positive");
    QcFlags flags;
    const auto flag = [&](std::string code, auto... parts) {
      flags.push_back({"dsc.protocol." + std::move(code), detail::message(parts...)});
    };
    const auto known = [&](const char* code, const char* name, const std::optional<double>& value, double low, double high,
                           const char* unit) {
      if (!value) {
        flag(std::string(code) + "_missing", "the ", name, " is not known");
      } else if (!(*value >= low && *value <= high)) {
        flag(std::string(code) + "_implausible", "the ", name, " is ", *value, " ", unit, "; expected ", low, " to ", high, " ",
             unit);
      }
    };
    known("echo_time", "echo time", protocol.echo_time, 0.005, 0.1, "s");
    known("repetition_time", "repetition time", protocol.repetition_time, 0.2, 5.0, "s");
    known("flip_angle", "flip angle", protocol.flip_angle, 5.0, 90.0, "degrees");
    known("field_strength", "field strength", protocol.field_strength, 0.2, 11.8, "T");
    if (protocol.echo_time && protocol.repetition_time && *protocol.echo_time >= *protocol.repetition_time) {
      flag("echo_time_implausible", "the echo time ", *protocol.echo_time, " s is not shorter than the repetition time ",
           *protocol.repetition_time, " s");
    }
    if (times.size() < 2) {
      flag("short", "the series has ", times.size(), " volumes");
      return flags;
    }
    std::vector<double> steps;
    for (Eigen::Index t = 1; t < times.size(); ++t) {
      steps.push_back(times[t] - times[t - 1]);
      detail::require<DataError>(std::isfinite(steps.back()) && steps.back() > 0.0, "time must increase: sample ", t, " is at ",
                                 times[t], " s, the one before at ", times[t - 1], " s");
    }
    const double step = detail::median(steps);
    if (protocol.repetition_time && *protocol.repetition_time > 0.0 &&
        std::abs(step / *protocol.repetition_time - 1.0) > step_tolerance) {
      flag("step_mismatch", "the time stamps are ", step, " s apart, the repetition time is ", *protocol.repetition_time,
           " s: segmented or multi-band acquisition, milliseconds taken for seconds, or a wrong header");
    }
    std::size_t uneven = 0, gap = 0;
    for (std::size_t t = 0; t < steps.size(); ++t) {
      if (gap == 0 && steps[t] > 1.7 * step) gap = t + 1;
      uneven += std::abs(steps[t] / step - 1.0) > 0.1;
    }
    if (gap > 0) {
      flag("gap", "volume ", gap, " comes ", steps[gap - 1], " s after the one before, usual are ", step,
           " s: volumes seem to be missing");
    }
    if (uneven > 0) flag("uneven", uneven, " of ", steps.size(), " time steps differ by more than 10 % from ", step, " s");
    if (step > longest_step) flag("slow", "a volume every ", step, " s is too slow for the first pass of a bolus");
    const double length = times[times.size() - 1] - times[0];
    if (length < shortest_series) flag("short", "the series lasts only ", length, " s");
    return flags;
  }
};

}  // namespace bolus

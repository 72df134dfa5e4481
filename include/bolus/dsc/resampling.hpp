#pragma once
#include <algorithm>
#include <bolus/core/curve_set.hpp>
#include <bolus/dsc/detail/curve_interpolation.hpp>

namespace bolus {

/// What stands at times before the first or after the last sample.
enum class OutsideSeries {
  error,     ///< throw DataError
  hold_edge  ///< the first or last sample goes on, flagged
};

/// Brings curves to an even time axis. Between samples it interpolates; where the new step is longer than the old one, it takes
/// the mean of the interpolated curve over each new step instead (anti-aliasing), so that noise is averaged and nothing falls
/// between samples. A scanner with a long TR does not average: turn it off to imitate one.
struct Resampling {
  double time_step = 1.5;                                         ///< s between the new samples
  TimeInterpolation interpolation = TimeInterpolation::monotone;  ///< between the old ones
  bool anti_alias = true;                        ///< average over each new step where it is longer than the old one
  OutsideSeries outside = OutsideSeries::error;  ///< times that the series does not cover, half a step forgiven

  /// From the first sample on as long as the series lasts. Missing curves stay missing. Flagged dsc.resampling.uneven when the
  /// time axis had gaps of more than 1.5 times its median step, and dsc.resampling.finer when the new step is shorter than half
  /// the old one: that adds samples, not information. Throws ShapeError, DataError, OptionError.
  CurveSet operator()(const CurveSet& curves) const {
    curves.validate(MissingCurves::allowed);
    validate();
    const double span = curves.times[curves.times.size() - 1] - curves.times[0];
    detail::require<DataError>(span / time_step < 1e6, "a series of ", span, " s in steps of ", time_step, " s is too long");
    const auto count = static_cast<Eigen::Index>(span / time_step + 1e-6) + 1;
    Eigen::VectorXd times(count);
    for (Eigen::Index t = 0; t < count; ++t) times[t] = curves.times[0] + time_step * static_cast<double>(t);
    return at(curves, times);
  }

  /// At the given times (s, increasing), which should be `time_step` apart. Throws as above; DataError for times outside the
  /// series unless the edge is held, which is flagged dsc.resampling.extrapolated.
  CurveSet at(const CurveSet& curves, const Eigen::VectorXd& times) const {
    curves.validate(MissingCurves::allowed);
    validate();
    detail::require<DataError>(times.size() > 0 && times.allFinite(), "the new time axis is empty or not finite");
    const double first = curves.times[0], last = curves.times[curves.times.size() - 1];
    const double step = median_step(curves.times);
    const double early = first - times.minCoeff(), late = times.maxCoeff() - last, forgiven = 1e-6 * std::max(1.0, time_step);
    CurveSet result = curves;
    const auto flag = [&](const char* code, auto... parts) { result.flags.push_back({code, detail::message(parts...)}); };
    if (early > forgiven || late > forgiven) {
      detail::require<DataError>(outside == OutsideSeries::hold_edge, "the new time axis runs from ", times.minCoeff(), " to ",
                                 times.maxCoeff(), " s, the series only from ", first, " to ", last,
                                 " s; choose a shorter window, or outside = hold_edge");
      flag("dsc.resampling.extrapolated", "the series was continued by its edge for ", std::max(0.0, early), " s before and ",
           std::max(0.0, late), " s after it");
    }
    for (Eigen::Index t = 1; t < curves.times.size(); ++t) {
      if (curves.times[t] - curves.times[t - 1] > 1.5 * step) {
        flag("dsc.resampling.uneven", "the series has a gap of ", curves.times[t] - curves.times[t - 1], " s before sample ", t,
             " (median step ", step, " s): the curve is interpolated there");
        break;
      }
    }
    if (step > 0.0 && time_step < 0.5 * step) {
      flag("dsc.resampling.finer", "a step of ", time_step, " s is less than half the ", step,
           " s of the series: samples are added, information is not");
    }
    const double averaged = anti_alias && time_step > 1.001 * step ? time_step : 0.0;
    result.times = times;
    result.values.setConstant(times.size(), curves.values.cols(), std::numeric_limits<double>::quiet_NaN());
    for (Eigen::Index c = 0; c < curves.values.cols(); ++c) {
      if (curves.missing(c)) continue;
      const detail::CurveInterpolation curve(curves.times, curves.values.col(c), interpolation);
      for (Eigen::Index t = 0; t < times.size(); ++t) {
        result.values(t, c) =
            averaged > 0.0 ? curve.mean(times[t] - 0.5 * averaged, times[t] + 0.5 * averaged) : curve(times[t]);
      }
    }
    result.validate(MissingCurves::allowed);
    return result;
  }

 private:
  void validate() const {
    detail::require<OptionError>(std::isfinite(time_step) && time_step > 0.0, "time_step is ", time_step,
                                 "; expected a positive number of seconds");
  }

  static double median_step(const Eigen::VectorXd& times) {
    if (times.size() < 2) return 0.0;
    std::vector<double> steps;
    for (Eigen::Index t = 1; t < times.size(); ++t) steps.push_back(times[t] - times[t - 1]);
    return detail::median(std::move(steps));
  }
};

}  // namespace bolus

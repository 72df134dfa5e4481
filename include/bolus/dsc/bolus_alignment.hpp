#pragma once
#include <bolus/dsc/bolus_timing.hpp>
#include <bolus/dsc/resampling.hpp>
#include <string>

namespace bolus {

/// Curves on a time axis that counts from the arrival of the bolus.
struct AlignedCurves {
  CurveSet curves;            ///< times in s from the arrival: -before to after in steps of time_step
  BolusTimes timing;          ///< of the curve that was timed, on the time axis of the series
  double arrival_time = 0.0;  ///< s on the time axis of the series: add it to get back there
};

/// Brings the curves of a patient to a common time axis: from `before` s before the arrival of the bolus to `after` s after it
/// in equal steps. Patients of different protocols then have the same steps, and `join_datasets` accepts them together.
struct BolusAlignment {
  double before = 12.0;        ///< s before the arrival
  double after = 54.0;         ///< s after the arrival
  Resampling resampling = {};  ///< time step, interpolation, and what stands where the series does not reach
  BolusTiming timing = {};     ///< how the arrival is found
  std::string channel = {};    ///< curve that is timed; when empty AIF, else WT, else the mean of all

  /// Signal curves of one patient. Missing curves stay missing. Throws ShapeError, OptionError; DataError without a bolus, for
  /// curves that are not signals, and for a series that does not cover the window, unless resampling.outside is hold_edge.
  AlignedCurves operator()(const CurveSet& curves) const {
    curves.validate(MissingCurves::allowed);
    detail::require<OptionError>(std::isfinite(before) && std::isfinite(after) && before >= 0.0 && after > 0.0, "before is ",
                                 before, " and after ", after, "; expected seconds, before 0 or more, after positive");
    detail::require<OptionError>(resampling.time_step > 0.0 && (before + after) / resampling.time_step < 1e6, "time_step is ",
                                 resampling.time_step, "; expected a positive number of seconds");
    detail::require<DataError>(curves.quantity == CurveQuantity::signal,
                               "the bolus is timed on signal curves; align before dR2* or normalisation");
    AlignedCurves result;
    result.timing = timing(timed_curve(curves), curves.times);
    detail::require<DataError>(
        result.timing.found,
        "no bolus was found, so there is nothing to align to; is it a DSC series, and are its volumes in order?");
    result.arrival_time = result.timing.arrival_time;
    const double step = resampling.time_step;
    const auto back = static_cast<Eigen::Index>(before / step + 1e-6), ahead = static_cast<Eigen::Index>(after / step + 1e-6);
    Eigen::VectorXd offsets(back + ahead + 1);
    for (Eigen::Index t = 0; t < offsets.size(); ++t) offsets[t] = step * static_cast<double>(t - back);
    result.curves = resampling.at(curves, (offsets.array() + result.arrival_time).matrix());
    result.curves.times = offsets;
    result.curves.flags.insert(result.curves.flags.end(), result.timing.flags.begin(), result.timing.flags.end());
    return result;
  }

 private:
  Eigen::VectorXd timed_curve(const CurveSet& curves) const {
    if (!channel.empty()) {
      const auto column = curves.channel(channel);
      detail::require<DataError>(!curves.missing(column), "curve ", channel, " is missing; choose another channel");
      return curves.values.col(column);
    }
    for (const char* name : {"AIF", "WT"}) {
      for (std::size_t c = 0; c < curves.names.size(); ++c) {
        const auto column = static_cast<Eigen::Index>(c);
        if (curves.names[c] == name && !curves.missing(column)) return curves.values.col(column);
      }
    }
    Eigen::VectorXd sum = Eigen::VectorXd::Zero(curves.times.size());
    double count = 0.0;
    for (Eigen::Index c = 0; c < curves.values.cols(); ++c) {
      if (curves.missing(c)) continue;
      sum += curves.values.col(c);
      count += 1.0;
    }
    detail::require<DataError>(count > 0.0, "every curve is missing");
    return sum / count;
  }
};

}  // namespace bolus

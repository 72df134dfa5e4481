#pragma once
#include <bolus/dsc/baseline.hpp>
#include <bolus/dsc/detail/timing_first_pass.hpp>
#include <bolus/dsc/detail/timing_onset.hpp>

namespace bolus {

/// When the bolus arrives, peaks and has passed in one curve. Samples are indices into the curve, times are s on its time axis.
/// Without a bolus every index is the number of samples and every time that of the last sample.
struct BolusTimes {
  BaselineWindow baseline;           ///< the samples before the bolus
  bool found = false;                ///< whether there is a bolus
  Eigen::Index arrival = 0;          ///< first sample of the drop
  Eigen::Index peak = 0;             ///< sample of the smallest signal of the first pass, where dR2* peaks
  Eigen::Index first_pass_end = 0;   ///< one past the last sample of the first pass
  Eigen::Index plateau_first = 0;    ///< first sample of the window after the bolus
  Eigen::Index plateau_last = 0;     ///< one past its last; equal to plateau_first when there is none
  double arrival_time = 0.0;         ///< bolus arrival time, finer than the samples (CAPLEX Q.BA1.001)
  double peak_time = 0.0;            ///< finer than the samples
  double first_pass_end_time = 0.0;  ///< finer than the samples where the tail of the gamma variate ends the pass
  QcFlags flags;                     ///< of the baseline, and dsc.timing.no_bolus, .at_start, .truncated, .no_plateau
};

/// Times one bolus passage in a T2*-weighted signal curve. The arrival is found by `Baseline` and refined between the samples
/// by a baseline followed by a parabola (a linear-quadratic model as in Cheong et al., Phys Med Biol 2003). The peak is the
/// smallest mean of three samples soon after it. The first pass ends at the first minimum of dR2* after the peak that noise
/// does not explain, or where the gamma variate of the pass (Madsen, Phys Med Biol 1992) has fallen to `tail` of its peak,
/// whichever comes first. The plateau starts a fixed time after that. Nothing is a percentage of the series; times in seconds
/// are choices of this library.
struct BolusTiming {
  Baseline baseline = {};          ///< how the pre-bolus window and the arrival are found
  double longest_rise = 25.0;      ///< s after the arrival within which the peak lies
  double tail = 0.1;               ///< fraction of the peak at which the gamma variate ends the first pass
  double plateau_delay = 5.0;      ///< s from the end of the first pass to the plateau window
  double plateau_duration = 30.0;  ///< s, the longest plateau window
  double shortest_plateau = 5.0;   ///< s; a plateau window shorter than this is flagged

  /// `signal`: samples; `times`: s, increasing, of the same length. For a dR2* or concentration curve pass its negative. Throws
  /// ShapeError, DataError (NaN, too few samples, times that do not increase) and OptionError.
  BolusTimes operator()(const Eigen::VectorXd& signal, const Eigen::VectorXd& times) const {
    for (const double seconds : {longest_rise, plateau_duration}) {
      detail::require<OptionError>(std::isfinite(seconds) && seconds > 0.0,
                                   "longest_rise and plateau_duration must be positive numbers of seconds; found ", seconds);
    }
    for (const double seconds : {plateau_delay, shortest_plateau}) {
      detail::require<OptionError>(std::isfinite(seconds) && seconds >= 0.0,
                                   "plateau_delay and shortest_plateau must be 0 or more seconds; found ", seconds);
    }
    detail::require<OptionError>(tail > 0.0 && tail < 1.0, "tail is ", tail, "; expected a fraction of the peak in (0, 1)");
    detail::require<DataError>(times.allFinite(), "the time axis holds NaN or infinity");
    for (Eigen::Index t = 1; t < times.size(); ++t) {
      detail::require<DataError>(times[t] > times[t - 1], "time must increase: sample ", t, " is at ", times[t],
                                 " s, the one before at ", times[t - 1], " s");
    }
    BolusTimes result;
    result.baseline = baseline(signal, times);
    result.flags = result.baseline.flags;
    const Eigen::Index count = signal.size();
    result.found = result.baseline.bolus_found;
    result.arrival = result.peak = result.first_pass_end = result.plateau_first = result.plateau_last = count;
    result.arrival_time = result.peak_time = result.first_pass_end_time = times[count - 1];
    const auto flag = [&](const char* code, auto... parts) { result.flags.push_back({code, detail::message(parts...)}); };
    if (!result.found) {
      flag("dsc.timing.no_bolus", "no bolus was found, so nothing is timed");
      return result;
    }
    for (const auto& one : result.baseline.flags) {
      if (one.code == "dsc.baseline.none")
        flag("dsc.timing.at_start", "the bolus arrives with the first volumes: ", one.message);
    }
    const Eigen::VectorXd depth = bolus_depth(signal, result.baseline);
    result.arrival = result.baseline.arrival;
    find_peak(result, depth, times);
    find_end(result, signal, depth, times);
    if (result.first_pass_end >= count) {
      flag("dsc.timing.truncated", "the series ends at ", times[count - 1], " s, before the first pass of the bolus does");
    }
    const double start = result.first_pass_end_time + plateau_delay;
    while (result.plateau_last > result.first_pass_end && times[result.plateau_last - 1] > start + plateau_duration) {
      --result.plateau_last;
    }
    result.plateau_first = std::min(result.first_pass_end, result.plateau_last);
    while (result.plateau_first < result.plateau_last && times[result.plateau_first] < start) ++result.plateau_first;
    const double length =
        result.plateau_first < result.plateau_last ? times[result.plateau_last - 1] - times[result.plateau_first] : 0.0;
    if (result.plateau_first == result.plateau_last || length < shortest_plateau) {
      flag("dsc.timing.no_plateau", "only ", length, " s of plateau lie between ", start, " s and the end of the series");
    }
    return result;
  }

 private:
  /// What the bolus does to the signal, 0 in the baseline: -ln(S / S0), or S0 - S where S0 is not clearly positive.
  static Eigen::VectorXd bolus_depth(const Eigen::VectorXd& signal, const BaselineWindow& baseline) {
    if (!(baseline.mean > 5.0 * baseline.noise)) return baseline.mean - signal.array();
    const double floor = std::max(0.2 * baseline.noise, 1e-6 * baseline.mean);
    return -(signal.array().max(floor) / baseline.mean).log();
  }

  void find_peak(BolusTimes& result, const Eigen::VectorXd& depth, const Eigen::VectorXd& times) const {
    const Eigen::Index count = depth.size(), arrival = result.arrival;
    Eigen::Index last = arrival + 1;
    while (last < count && (times[last] <= times[arrival] + longest_rise || last < arrival + 3)) ++last;
    result.peak = arrival;
    for (Eigen::Index t = arrival; t < last; ++t) {
      if (detail::mean_of_three(depth, t) > detail::mean_of_three(depth, result.peak)) result.peak = t;
    }
    for (const Eigen::Index t : {result.peak - 1, result.peak + 1}) {
      if (t >= arrival && t < last && depth[t] > depth[result.peak]) result.peak = t;
    }
    result.peak_time = detail::vertex_time(depth, times, result.peak);
    Eigen::Index steepest = std::max<Eigen::Index>(arrival, 1);
    double largest = 0.0;
    for (Eigen::Index t = steepest; t <= result.peak; ++t) {
      const double slope = (depth[t] - depth[t - 1]) / (times[t] - times[t - 1]);
      if (slope > largest) {
        largest = slope;
        steepest = t;
      }
    }
    const double height = detail::mean_of_three(depth, result.peak);
    while (steepest < result.peak && depth[steepest + 1] < 0.75 * height) ++steepest;
    result.arrival_time = detail::onset_time(depth, times, result.baseline.first, arrival, steepest);
  }

  void find_end(BolusTimes& result, const Eigen::VectorXd& signal, const Eigen::VectorXd& depth,
                const Eigen::VectorXd& times) const {
    const Eigen::Index count = depth.size(), peak = result.peak;
    const double height = depth[peak];
    // A minimum counts once the mean of three has risen from it by more than three standard errors of that difference.
    const double scale =
        depth[peak] > 0.0 ? result.baseline.noise / std::max(result.baseline.mean - signal[peak], 1e-300) : 0.0;
    const double rise = 3.0 * height * scale * std::sqrt(2.0 / 3.0);
    // The peak is that of the samples, and the mean of three may peak one sample later.
    Eigen::Index lowest = peak, minimum = count, half = count;
    if (peak + 1 < count && detail::mean_of_three(depth, peak + 1) > detail::mean_of_three(depth, peak)) ++lowest;
    const double top = detail::mean_of_three(depth, lowest);
    for (Eigen::Index t = lowest + 1; t < count && minimum == count; ++t) {
      const double level = detail::mean_of_three(depth, t);
      if (level < 0.4 * height) half = std::min(half, t);
      if (level < detail::mean_of_three(depth, lowest)) lowest = t;
      const double bottom = detail::mean_of_three(depth, lowest);
      if (level > bottom + rise && bottom < 0.8 * top) minimum = lowest;
    }
    result.first_pass_end = std::min(minimum + 1, count);
    result.first_pass_end_time = times[std::min(minimum, count - 1)];
    if (minimum == count) result.first_pass_end = count;
    const Eigen::Index last = std::min({half + 1, minimum + 1, count});
    const double onset = std::min(result.arrival_time, result.peak_time - 1e-3);
    const double exponent = detail::gamma_exponent(depth, times, onset, result.peak_time, height, result.arrival, last);
    if (!(exponent > 0.0)) return;
    const double tail_time = detail::gamma_tail_time(onset, result.peak_time, exponent, tail);
    if (!(tail_time < times[result.first_pass_end - 1])) return;
    result.first_pass_end_time = tail_time;
    Eigen::Index end = peak + 1;
    while (end < result.first_pass_end && times[end] <= tail_time) ++end;
    result.first_pass_end = end;
  }
};

}  // namespace bolus

#pragma once
#include <bolus/core/curve_set.hpp>
#include <bolus/dsc/detail/arrival_search.hpp>
#include <cmath>
#include <optional>

namespace bolus {

/// The samples of a signal curve before the bolus arrives, and when it arrives.
struct BaselineWindow {
  Eigen::Index first = 0;           ///< first sample of the window
  Eigen::Index last = 0;            ///< one past the last sample
  double mean = 0.0;                ///< S0, mean signal in the window, signal units (CAPLEX Q.MS1.002)
  double standard_deviation = 0.0;  ///< of the samples in the window (n - 1), signal units; 0 for one sample
  double noise = 0.0;               ///< standard deviation of the noise used to find the drop, signal units
  bool bolus_found = false;         ///< whether the signal falls by more than the noise explains
  Eigen::Index arrival = 0;         ///< first sample of the drop; the number of samples when there is none
  double arrival_time = 0.0;        ///< s: time of that sample (CAPLEX Q.BA1.001); of the last sample when there is none
  QcFlags flags;                    ///< dsc.baseline.no_bolus, .short, .none
};

/// Finds the pre-bolus window of a T2*-weighted signal curve (CAPLEX P.BL2.003) from the curve itself, with no fixed
/// percentage: the steepest fall seeds the search, noise is estimated robustly from the samples before it, and a CUSUM
/// finds where the fall starts. Choices of this library where the literature leaves them open.
struct Baseline {
  Eigen::Index skip = 1;                   ///< volumes at the start that are not in steady state and never used
  Eigen::Index hold_back = 1;              ///< samples before the arrival that are kept out of the window
  double threshold = 5.0;                  ///< a bolus lowers the mean of three samples by more than this many standard errors
  std::optional<Eigen::Index> first = {};  ///< start of the window; `skip` when not given
  std::optional<Eigen::Index> last = {};   ///< one past its end; found automatically when not given

  /// `signal`: samples; `times`: s, of the same length. A curve with no bolus in it gives a window over all samples and a
  /// flag. Throws ShapeError, DataError (NaN, too few samples) and OptionError (a window outside the curve).
  BaselineWindow operator()(const Eigen::VectorXd& signal, const Eigen::VectorXd& times) const {
    detail::require<OptionError>(skip >= 0, "skip is ", skip, "; expected 0 or more volumes");
    detail::require<OptionError>(hold_back >= 0, "hold_back is ", hold_back, "; expected 0 or more samples");
    detail::require<OptionError>(std::isfinite(threshold) && threshold > 0.0, "threshold is ", threshold,
                                 "; expected a positive number of standard errors");
    const Eigen::Index count = signal.size();
    const Eigen::Index begin = first.value_or(skip);
    detail::require<ShapeError>(times.size() == count, "the curve has ", count, " samples but there are ", times.size(),
                                " time points");
    detail::require<DataError>(count - skip >= 3, "the curve has ", count, " samples, of which the first ", skip,
                               " are skipped; a baseline needs at least 3 after those");
    for (Eigen::Index t = 0; t < count; ++t) {
      detail::require<DataError>(std::isfinite(signal[t]), "the signal is NaN or infinite at sample ", t,
                                 "; repair or drop the curve first");
    }
    detail::require<OptionError>(begin >= 0 && begin < last.value_or(count) && last.value_or(count) <= count,
                                 "the baseline window [", begin, ", ", last.value_or(count), ") does not fit a curve of ",
                                 count, " samples");

    const auto found = detail::find_arrival(signal, std::min(begin, count - 3), threshold);
    BaselineWindow window;
    window.first = begin;
    window.noise = found.noise;
    window.bolus_found = found.found;
    window.arrival = found.found ? found.index : count;
    window.arrival_time = times[std::min(window.arrival, count - 1)];
    const auto flag = [&](const char* code, auto... parts) { window.flags.push_back({code, detail::message(parts...)}); };
    if (!found.found) {
      flag("dsc.baseline.no_bolus", "no bolus was found: the signal falls by ", found.drop, " with noise of ", found.noise,
           " (a bolus lowers the mean of three samples by ", threshold, " standard errors); the baseline is the whole curve");
    }
    window.last = last.value_or(found.found ? std::max(begin + 1, window.arrival - hold_back) : count);
    if (!last && found.found && window.arrival - hold_back <= begin) {
      flag("dsc.baseline.none", "the bolus arrives at sample ", window.arrival,
           ": no sample lies safely before it, the first one stands in for the baseline");
    } else if (window.last - window.first < 5 && found.found) {
      flag("dsc.baseline.short", "the baseline has only ", window.last - window.first, " samples; S0 is uncertain");
    }
    const auto samples = signal.segment(window.first, window.last - window.first);
    window.mean = samples.mean();
    if (samples.size() > 1) {
      window.standard_deviation =
          std::sqrt((samples.array() - window.mean).square().sum() / static_cast<double>(samples.size() - 1));
    }
    return window;
  }
};

}  // namespace bolus

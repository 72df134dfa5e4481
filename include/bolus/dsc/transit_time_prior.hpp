#pragma once
#include <bolus/core/error.hpp>
#include <cmath>

namespace bolus {

/// What is believed about tissue before its curve is seen; the default deconvolution weighs it against the curve. Wide
/// enough to say little where the curve is clear, and to keep a noisy voxel within what tissue can do.
struct TransitTimePrior {
  double transit_time = 5.0;         ///< s: median of the mean transit time, whose logarithm is normal
  double transit_time_spread = 0.7;  ///< standard deviation of that logarithm; 0.7: 95 % between 1.3 and 20 s
  double delay_spread = 4.0;         ///< s: standard deviation of the arrival in tissue after that in the artery
  double earliest_delay = -2.0;      ///< s: delays are sought from here
  double latest_delay = 12.0;        ///< s: to here
  double first_reading = 0.0;        ///< s: the residue function is read from here on; see the page on deconvolution

  /// Throws OptionError for a value outside its range.
  void validate() const {
    for (const double value : {transit_time, transit_time_spread, delay_spread}) {
      detail::require<OptionError>(std::isfinite(value) && value > 0.0,
                                   "transit_time, transit_time_spread and delay_spread must be positive; found ", value);
    }
    detail::require<OptionError>(std::isfinite(earliest_delay) && std::isfinite(latest_delay) && earliest_delay <= 0.0 &&
                                     latest_delay >= 0.0 && latest_delay - earliest_delay <= 120.0,
                                 "delays are sought from ", earliest_delay, " to ", latest_delay,
                                 " s; expected a range around 0 of at most 120 s");
    detail::require<OptionError>(std::isfinite(first_reading) && first_reading <= 0.0, "first_reading is ", first_reading,
                                 "; expected 0 or a negative number of seconds");
  }
};

}  // namespace bolus

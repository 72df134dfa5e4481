#pragma once
#include <bolus/core/eigen.hpp>
#include <bolus/core/error.hpp>
#include <cmath>

namespace bolus::detail {

/// The step of an even time axis, s; 0 for one sample. Throws DataError where a step differs from the mean by more than 1 %.
inline double even_step(const Eigen::VectorXd& times) {
  if (times.size() < 2) return 0.0;
  const double step = (times[times.size() - 1] - times[0]) / static_cast<double>(times.size() - 1);
  for (Eigen::Index t = 1; t < times.size(); ++t) {
    require<DataError>(std::abs(times[t] - times[t - 1] - step) <= 0.01 * step, "the time axis is not even: step ", t, " is ",
                       times[t] - times[t - 1], " s, the mean step ", step,
                       " s (tolerance 1 %); resample the curves to an even time axis first");
  }
  return step;
}

}  // namespace bolus::detail

#pragma once
#include <bolus/core/eigen.hpp>
#include <bolus/core/error.hpp>

namespace bolus {

/// Integral of samples over time by the trapezoid rule, in the unit of the values times s. `first` and `last` (exclusive)
/// choose the samples; -1 for `last` means to the end. One sample has the integral 0. The times need not be even.
/// Throws ShapeError when the lengths differ or the range does not fit.
inline double trapezoid(const Eigen::VectorXd& times, const Eigen::VectorXd& values, Eigen::Index first = 0,
                        Eigen::Index last = -1) {
  detail::require<ShapeError>(times.size() == values.size(), "trapezoid: ", values.size(), " values for ", times.size(),
                              " time points");
  if (last < 0) last = times.size();
  detail::require<ShapeError>(first >= 0 && last <= times.size() && first <= last, "trapezoid: samples ", first, " to ", last,
                              " of a curve of ", times.size());
  double sum = 0.0;
  for (Eigen::Index t = first + 1; t < last; ++t) sum += 0.5 * (values[t] + values[t - 1]) * (times[t] - times[t - 1]);
  return sum;
}

}  // namespace bolus

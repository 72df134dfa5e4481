#pragma once
#include <algorithm>
#include <bolus/core/dataset.hpp>
#include <bolus/dsc/bolus_segments.hpp>
#include <cmath>

namespace bolus {

/// Where the steps of one patient's windows lie in the series they were cut from.
struct WindowMapping {
  Eigen::VectorXd times;             ///< s, of every step of the grid from the first window's start to the last one's end
  std::vector<Eigen::Index> starts;  ///< of each window, as a step of that grid
  Eigen::Index length = 0;           ///< steps of a window
  Eigen::VectorXi coverage;          ///< windows over each step; 0 in a gap between windows

  /// Seconds of a window's steps. Throws ShapeError when there is no such window.
  Eigen::VectorXd window_times(std::size_t window) const {
    detail::require<ShapeError>(window < starts.size(), "window ", window, " was asked for, but there are ", starts.size());
    return times.segment(starts[window], length);
  }

  /// Values of each window's steps (windows x steps), averaged where windows overlap: one value per step of `times`, 0 in a
  /// gap. A sum would favour the middle of the series, which more windows cover. Values in padding must be 0. Throws
  /// ShapeError, DataError for NaN.
  Eigen::VectorXd average(const Eigen::MatrixXd& values) const {
    detail::require<ShapeError>(values.rows() == static_cast<Eigen::Index>(starts.size()) && values.cols() == length,
                                "the values are ", values.rows(), " x ", values.cols(), "; expected ", starts.size(),
                                " windows x ", length, " steps");
    Eigen::VectorXd sum = Eigen::VectorXd::Zero(times.size());
    for (Eigen::Index w = 0; w < values.rows(); ++w) {
      for (Eigen::Index t = 0; t < length; ++t) {
        detail::require<DataError>(std::isfinite(values(w, t)), "the value of window ", w, ", step ", t, " is not finite");
        sum[starts[static_cast<std::size_t>(w)] + t] += values(w, t);
      }
    }
    for (Eigen::Index t = 0; t < sum.size(); ++t) sum[t] /= std::max(1, coverage[t]);
    return sum;
  }

  /// Share of each segment (baseline, downslope, upslope, plateau) in a course of non-negative values at `times`, such as
  /// averaged attention: they add up to 1, or are all 0 when the course is. Throws ShapeError; DataError for a negative value
  /// and for times outside the segmented series.
  Eigen::Vector4d segment_shares(const Eigen::VectorXd& course, const SegmentedSeries& segments) const {
    detail::require<ShapeError>(course.size() == times.size(), "the course has ", course.size(), " values, the windows cover ",
                                times.size(), " steps");
    Eigen::Vector4d shares = Eigen::Vector4d::Zero();
    for (Eigen::Index t = 0; t < course.size(); ++t) {
      detail::require<DataError>(std::isfinite(course[t]) && course[t] >= 0.0, "the course is ", course[t], " at ", times[t],
                                 " s; expected finite values of 0 or more");
      shares[static_cast<Eigen::Index>(segments.at_time(times[t]))] += course[t];
    }
    const double total = shares.sum();
    if (total > 0.0) shares /= total;
    return shares;
  }
};

/// Maps the windows of one patient back to their series. Throws DataError where they lack start times or a time step, belong to
/// several patients or do not start on one time grid (a tenth of a step is forgiven).
inline WindowMapping map_windows(const Dataset& windows) {
  const auto& curves = windows.curves;
  detail::require<DataError>(curves.samples > 0 && curves.steps > 0, "there are no windows to map");
  detail::require<DataError>(windows.start_times.size() == curves.samples && (windows.time_step > 0.0 || curves.steps == 1),
                             "the windows carry no start times or time step, so they cannot be mapped to seconds");
  for (const auto& patient : windows.patients) {
    detail::require<DataError>(patient == windows.patients.front(), "windows of several patients ('", windows.patients.front(),
                               "' and '", patient, "'): select one patient first");
  }
  const double step = windows.time_step > 0.0 ? windows.time_step : 1.0;
  const auto [first, last] = std::minmax_element(windows.start_times.begin(), windows.start_times.end());
  WindowMapping mapping;
  mapping.length = static_cast<Eigen::Index>(curves.steps);
  const double reach = (*last - *first) / step;
  detail::require<DataError>(std::isfinite(reach) && reach < 1e7, "the windows start from ", *first, " to ", *last,
                             " s: not one series with steps of ", step, " s");
  const auto count = static_cast<Eigen::Index>(std::llround(reach)) + mapping.length;
  mapping.coverage = Eigen::VectorXi::Zero(count);
  for (std::size_t w = 0; w < windows.start_times.size(); ++w) {
    const double offset = (windows.start_times[w] - *first) / step;
    detail::require<DataError>(std::abs(offset - std::round(offset)) < 0.1, "window ", w, " starts ", offset,
                               " steps after the first: windows do not lie on one time grid");
    mapping.starts.push_back(static_cast<Eigen::Index>(std::llround(offset)));
    const auto used = static_cast<Eigen::Index>(curves.length(w));  // padding covers nothing
    for (Eigen::Index t = 0; t < used; ++t) ++mapping.coverage[mapping.starts.back() + t];
  }
  mapping.times.resize(count);
  for (Eigen::Index t = 0; t < count; ++t) mapping.times[t] = *first + step * static_cast<double>(t);
  return mapping;
}

}  // namespace bolus

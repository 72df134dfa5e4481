#pragma once
#include <algorithm>
#include <cmath>

#include <bolus/core/curve_set.hpp>
#include <bolus/core/dataset.hpp>

namespace bolus {

/// Attention over a patient's whole series, put together from the windows that cover it.
struct AttentionCourse {
  Eigen::VectorXd times;      ///< s, every step that some window covers
  Eigen::VectorXd attention;  ///< weight per step: mean over the windows that cover it, scaled to sum 1
};

/// Maps the attention of one patient's windows (samples x steps) back to the seconds of the series. Each window's weights
/// sum to 1 on their own, so a step is averaged over the windows that cover it: summing would favour the middle, which more
/// windows cover. Throws ShapeError where attention and windows do not fit, DataError where windows lack times, belong to
/// several patients or do not start on a common time grid.
inline AttentionCourse attention_course(const Dataset& windows, const Eigen::MatrixXd& attention) {
  const auto& curves = windows.curves;
  detail::require<ShapeError>(attention.rows() == static_cast<Eigen::Index>(curves.samples) &&
                                  attention.cols() == static_cast<Eigen::Index>(curves.steps),
                              "attention is ", attention.rows(), " x ", attention.cols(), ", expected one row for each of ",
                              curves.samples, " windows and one column for each of ", curves.steps, " steps");
  detail::require<DataError>(attention.allFinite(), "attention holds NaN or infinity");
  detail::require<DataError>(windows.start_times.size() == curves.samples && (windows.time_step > 0.0 || curves.steps == 1),
                             "the windows carry no start times or time step, so attention cannot be mapped to seconds");
  for (const auto& patient : windows.patients) {
    detail::require<DataError>(patient == windows.patients.front(), "windows of several patients ('", windows.patients.front(),
                               "' and '", patient, "'): select one patient first");
  }
  const double step = windows.time_step > 0.0 ? windows.time_step : 1.0;
  const double first = *std::min_element(windows.start_times.begin(), windows.start_times.end());
  const double last = *std::max_element(windows.start_times.begin(), windows.start_times.end());
  const auto length = static_cast<Eigen::Index>(std::llround((last - first) / step)) + attention.cols();

  Eigen::VectorXd sum = Eigen::VectorXd::Zero(length), count = Eigen::VectorXd::Zero(length);
  for (Eigen::Index w = 0; w < attention.rows(); ++w) {
    const double offset = (windows.start_times[static_cast<std::size_t>(w)] - first) / step;
    detail::require<DataError>(std::abs(offset - std::round(offset)) < 0.1, "window ", w, " starts ", offset,
                               " steps after the first: windows do not lie on one time grid");
    sum.segment(std::llround(offset), attention.cols()) += attention.row(w).transpose();
    count.segment(std::llround(offset), attention.cols()).array() += 1.0;
  }
  AttentionCourse course;
  const Eigen::Index covered = (count.array() > 0.0).count();
  course.times.resize(covered);
  course.attention.resize(covered);
  for (Eigen::Index t = 0, k = 0; t < length; ++t) {
    if (count[t] == 0.0) continue;
    course.times[k] = first + static_cast<double>(t) * step;
    course.attention[k++] = sum[t] / count[t];
  }
  const double total = course.attention.sum();
  if (total > 0.0) course.attention /= total;
  return course;
}

}  // namespace bolus

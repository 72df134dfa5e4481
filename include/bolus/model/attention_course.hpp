#pragma once
#include <bolus/dsc/window_mapping.hpp>

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
  const auto mapping = map_windows(windows);
  const Eigen::VectorXd average = mapping.average(attention);
  AttentionCourse course;
  const Eigen::Index covered = (mapping.coverage.array() > 0).count();
  course.times.resize(covered);
  course.attention.resize(covered);
  for (Eigen::Index t = 0, k = 0; t < average.size(); ++t) {
    if (mapping.coverage[t] == 0) continue;
    course.times[k] = mapping.times[t];
    course.attention[k++] = average[t];
  }
  const double total = course.attention.sum();
  if (total > 0.0) course.attention /= total;
  return course;
}

}  // namespace bolus

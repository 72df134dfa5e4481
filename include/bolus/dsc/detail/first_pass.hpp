#pragma once
#include <bolus/core/eigen.hpp>

namespace bolus::detail {

/// One past the last sample of the bolus's first passage in a dR2* curve that arrives at sample `arrival`: the first local
/// minimum of the 3-point mean after its peak, or the end of the curve.
inline Eigen::Index first_pass_end(const Eigen::VectorXd& delta_r2s, Eigen::Index arrival) {
  const Eigen::Index count = delta_r2s.size();
  if (arrival >= count) return count;
  Eigen::Index peak = 0;
  delta_r2s.tail(count - arrival).maxCoeff(&peak);
  const auto smooth = [&](Eigen::Index t) { return delta_r2s.segment(t - 1, 3).mean(); };
  for (Eigen::Index t = arrival + peak + 2; t + 2 < count; ++t) {
    if (smooth(t) <= smooth(t - 1) && smooth(t) <= smooth(t + 1) && smooth(t) < 0.5 * delta_r2s[arrival + peak]) return t + 1;
  }
  return count;
}

}  // namespace bolus::detail

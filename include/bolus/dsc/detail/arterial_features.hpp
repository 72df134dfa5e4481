#pragma once
#include <algorithm>
#include <bolus/core/eigen.hpp>
#include <cmath>
#include <vector>

namespace bolus::detail {

/// What tells an artery from tissue in a curve c(t) that rises with the bolus (dR2*, or -ln(S / S0) where TE is not known).
/// Times in s, heights in the unit of c. None depends on TE but the height and the area.
struct ArterialFeatures {
  double height = 0.0;        ///< largest sample
  double peak_time = 0.0;     ///< of that sample
  double arrival = 0.0;       ///< when c first passes a fifth of the height on its way to the peak
  double width = 0.0;         ///< full width at half maximum (CAPLEX Q.CD1.011); to the end of the window where c stays above
  double area = 0.0;          ///< integral by the trapezoid rule
  double first_moment = 0.0;  ///< integral of t c over that of c
  double irregularity = 0.0;  ///< integral of c''^2 times width^5 / area^2: no unit, and not larger only because c is narrow
};

/// The features of samples `curve` at `times`; the area is 0 and the rest meaningless where c has no positive area.
inline ArterialFeatures arterial_features(const Eigen::VectorXd& curve, const Eigen::VectorXd& times) {
  ArterialFeatures found;
  const Eigen::Index count = curve.size();
  Eigen::Index peak = 0;
  found.height = curve.maxCoeff(&peak);
  found.peak_time = times[peak];
  if (!(found.height > 0.0)) return found;
  // Where straight lines between the samples cross `level`, going from the peak to earlier (-1) or later (+1) samples.
  const auto crossing = [&](double level, Eigen::Index way) {
    Eigen::Index t = peak;
    while (t + way >= 0 && t + way < count && curve[t + way] > level) t += way;
    if (t + way < 0 || t + way >= count) return times[t];
    return times[t] + (curve[t] - level) / (curve[t] - curve[t + way]) * (times[t + way] - times[t]);
  };
  found.arrival = crossing(0.2 * found.height, -1);
  found.width = crossing(0.5 * found.height, 1) - crossing(0.5 * found.height, -1);
  double moment = 0.0, bend = 0.0;
  for (Eigen::Index t = 1; t < count; ++t) {
    const double half = 0.5 * (times[t] - times[t - 1]);
    found.area += half * (curve[t] + curve[t - 1]);
    moment += half * (curve[t] * times[t] + curve[t - 1] * times[t - 1]);
    if (t + 1 == count) break;
    const double before = times[t] - times[t - 1], after = times[t + 1] - times[t], span = 0.5 * (before + after);
    const double second = ((curve[t + 1] - curve[t]) / after - (curve[t] - curve[t - 1]) / before) / span;
    bend += second * second * span;
  }
  if (!(found.area > 0.0)) {
    found.area = 0.0;
    return found;
  }
  found.first_moment = moment / found.area;
  found.irregularity = bend * std::pow(found.width, 5) / (found.area * found.area);
  return found;
}

/// Whether a curve could be an artery's beside the brain's mean: it arrives no later, runs through sooner, rises higher and is
/// no wider.
inline bool like_artery(const ArterialFeatures& one, const ArterialFeatures& brain) {
  return one.area > 0.0 && one.height > brain.height && one.arrival <= brain.arrival && one.first_moment < brain.first_moment &&
         one.width <= brain.width;
}

}  // namespace bolus::detail

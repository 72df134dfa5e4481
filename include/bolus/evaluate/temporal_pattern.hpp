#pragma once
#include <algorithm>
#include <array>
#include <bolus/core/eigen.hpp>
#include <bolus/core/error.hpp>
#include <bolus/core/qc_flag.hpp>
#include <cmath>
#include <cstddef>

namespace bolus {

/// The two segments of a bolus passage with the most attention.
struct TemporalPattern {
  int number = 0;                         ///< 1 to 6; 0: not determined
  std::array<std::size_t, 2> segments{};  ///< the two, rising: 0 baseline, 1 downslope, 2 upslope, 3 plateau
  bool tied = false;                      ///< the second and the third are equal: the earlier one was taken
  QcFlags flags;                          ///< evaluate.temporal_pattern.tied, .segment_missing, .undetermined
};

/// Pair of segments (0 to 3, the first below the second) of a pattern's number 1 to 6.
inline constexpr std::array<std::array<std::size_t, 2>, 6> temporal_pattern_segments{
    {{0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}}};

/// The temporal pattern of Choi et al. 2019 from the attention of the four segments (baseline, downslope, upslope, plateau):
/// TP1 = baseline + downslope, TP2 = baseline + upslope, TP3 = baseline + plateau, TP4 = downslope + upslope, TP5 = downslope +
/// plateau, TP6 = upslope + plateau. The numbers are inferred: the paper names TP1 and TP6, its Figure 4A shows the rest.
///
/// `shares`: amounts of 0 or more on any common scale; NaN is a segment that the series does not have: it is flagged and cannot
/// be chosen. Where the second and third differ by at most `tie` times the largest, they are tied. With fewer than two
/// segments, or attention in none, the pattern is 0, not determined. Throws DataError for a negative or infinite share.
inline TemporalPattern temporal_pattern(const Eigen::Vector4d& shares, double tie = 1e-9) {
  detail::require<OptionError>(tie >= 0.0 && tie < 1.0, "tie is ", tie, "; expected 0 to below 1");
  TemporalPattern result;
  constexpr std::array names{"baseline", "downslope", "upslope", "plateau"};
  std::array<std::size_t, 4> order{};
  std::size_t present = 0;
  for (std::size_t k = 0; k < 4; ++k) {
    const double share = shares[static_cast<Eigen::Index>(k)];
    if (std::isnan(share)) {
      result.flags.push_back({"evaluate.temporal_pattern.segment_missing",
                              detail::message("there is no ", names[k], ": the pattern is one of the other segments")});
      continue;
    }
    detail::require<DataError>(std::isfinite(share) && share >= 0.0, "the share of the ", names[k], " is ", share,
                               "; expected 0 or more, or NaN where the series does not have the segment");
    std::size_t place = present++;  // insertion: the earlier segment stays before an equal one
    for (; place > 0 && share > shares[static_cast<Eigen::Index>(order[place - 1])]; --place) order[place] = order[place - 1];
    order[place] = k;
  }
  const auto value = [&](std::size_t place) { return shares[static_cast<Eigen::Index>(order[place])]; };
  if (present < 2 || value(0) <= 0.0) {
    result.flags.push_back({"evaluate.temporal_pattern.undetermined",
                            present < 2 ? "fewer than two segments are there" : "no segment has any attention"});
    return result;
  }
  if (present > 2 && value(1) - value(2) <= tie * value(0)) {
    // Equal up to rounding: the earliest of those that tie is taken, whatever the rounding.
    std::size_t last = 2;
    while (last + 1 < present && value(1) - value(last + 1) <= tie * value(0)) ++last;
    std::size_t first = value(0) - value(1) <= tie * value(0) ? 0 : 1;
    std::array<std::size_t, 4> equal = order;
    for (std::size_t i = first; i <= last; ++i) {
      for (std::size_t j = i; j > first && equal[j] < equal[j - 1]; --j) std::swap(equal[j], equal[j - 1]);
    }
    order = equal;
    result.tied = true;
    result.flags.push_back({"evaluate.temporal_pattern.tied",
                            detail::message("the second and third highest segment are equal: the earlier one, the ",
                                            names[order[1]], ", was taken")});
  }
  result.segments = {std::min(order[0], order[1]), std::max(order[0], order[1])};
  while (temporal_pattern_segments[static_cast<std::size_t>(result.number)] != result.segments) ++result.number;
  ++result.number;
  return result;
}

}  // namespace bolus

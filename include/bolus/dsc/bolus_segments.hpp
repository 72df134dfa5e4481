#pragma once
#include <array>
#include <bolus/dsc/bolus_timing.hpp>
#include <string>
#include <string_view>

namespace bolus {

/// Parts of a bolus passage in a T2*-weighted signal curve, as Choi et al. 2019 number them from 1 to 4.
enum class BolusSegment { baseline, downslope, upslope, plateau };

inline constexpr std::array<BolusSegment, 4> all_bolus_segments{BolusSegment::baseline, BolusSegment::downslope,
                                                                BolusSegment::upslope, BolusSegment::plateau};

/// Name used for columns: baseline, downslope, upslope, plateau.
constexpr std::string_view bolus_segment_name(BolusSegment segment) {
  constexpr std::array<std::string_view, 4> names{"baseline", "downslope", "upslope", "plateau"};
  return names[static_cast<std::size_t>(segment)];
}

/// A series cut into four segments: every sample belongs to exactly one.
struct SegmentedSeries {
  Eigen::VectorXd times;                ///< s, of the curve
  std::array<Eigen::Index, 5> edges{};  ///< segment k holds the samples edges[k] to edges[k + 1] - 1; empty when they are equal
  BolusTimes timing;                    ///< they come from
  QcFlags flags;                        ///< of the timing, and dsc.segments.missing

  Eigen::Index first(BolusSegment segment) const { return edges[static_cast<std::size_t>(segment)]; }
  Eigen::Index last(BolusSegment segment) const { return edges[static_cast<std::size_t>(segment) + 1]; }  ///< one past
  bool missing(BolusSegment segment) const { return first(segment) == last(segment); }

  /// The segment of a sample. Throws ShapeError for one outside the series.
  BolusSegment at(Eigen::Index sample) const {
    detail::require<ShapeError>(sample >= 0 && sample < times.size(), "sample ", sample, " of a series of ", times.size());
    std::size_t k = 0;
    while (sample >= edges[k + 1]) ++k;
    return all_bolus_segments[k];
  }

  /// The segment at a time (s): that of the last sample not after it. Throws DataError outside the series; half a step before
  /// its start and after its end are forgiven.
  BolusSegment at_time(double time) const {
    const Eigen::Index count = times.size();
    const double half = count > 1 ? 0.5 * (times[count - 1] - times[0]) / static_cast<double>(count - 1) : 0.5;
    detail::require<DataError>(time >= times[0] - half && time <= times[count - 1] + half, "no sample at ", time,
                               " s: the series runs from ", times[0], " to ", times[count - 1], " s");
    Eigen::Index sample = 0;
    while (sample + 1 < count && times[sample + 1] <= time + 1e-9) ++sample;
    return at(sample);
  }
};

/// Cuts a series by the timing of one curve: baseline up to the arrival, downslope to the lowest signal, upslope to the end of
/// the first pass, plateau to the end of the series.
struct BolusSegments {
  BolusTiming timing = {};     ///< how the curve is timed
  std::string channel = "WT";  ///< curve of a set that is timed

  /// One signal curve. Without a bolus all of it is baseline. Throws ShapeError, DataError, OptionError as BolusTiming.
  SegmentedSeries operator()(const Eigen::VectorXd& signal, const Eigen::VectorXd& times) const {
    SegmentedSeries result;
    result.times = times;
    result.timing = timing(signal, times);
    result.flags = result.timing.flags;
    const auto& found = result.timing;
    const Eigen::Index count = times.size();
    const Eigen::Index bottom = std::min(count, found.peak + 1), end = std::min(count, std::max(found.first_pass_end, bottom));
    Eigen::Index start = 0;  // by the refined arrival: the sample found first errs to the early side
    while (start < found.peak && times[start] <= found.arrival_time) ++start;
    result.edges = found.found ? std::array<Eigen::Index, 5>{0, start, bottom, end, count}
                               : std::array<Eigen::Index, 5>{0, count, count, count, count};
    for (const auto segment : all_bolus_segments) {
      if (!result.missing(segment)) continue;
      result.flags.push_back({"dsc.segments.missing", detail::message("the series has no ", bolus_segment_name(segment))});
    }
    return result;
  }

  /// The curve `channel` of a set of signals. Throws as above, and DataError when there is no such curve, when it is missing,
  /// or when the curves are dR2*.
  SegmentedSeries operator()(const CurveSet& curves) const {
    curves.validate(MissingCurves::allowed);
    detail::require<DataError>(curves.quantity != CurveQuantity::delta_r2s,
                               "segments are cut by a signal curve; give signals, not dR2*");
    const Eigen::Index column = curves.channel(channel);
    detail::require<DataError>(!curves.missing(column), "curve ", channel, " is missing; choose another channel");
    return (*this)(Eigen::VectorXd(curves.values.col(column)), curves.times);
  }
};

}  // namespace bolus

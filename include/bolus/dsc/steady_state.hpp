#pragma once
#include <bolus/core/curve_set.hpp>
#include <bolus/core/perfusion_series.hpp>
#include <bolus/dsc/baseline.hpp>
#include <bolus/dsc/detail/mask_curve.hpp>
#include <optional>

namespace bolus {

/// Curves without the volumes before the steady state.
struct SteadyCurves {
  CurveSet curves;           ///< the rest, at the times they had
  Eigen::Index dropped = 0;  ///< volumes taken off the start
  QcFlags flags;             ///< dsc.steady_state.dropped, .no_baseline, .long (also among the curves' flags)
};

/// A series without the volumes before the steady state.
struct SteadySeries {
  PerfusionSeries series;    ///< the rest, at the times they had; a view that shares memory with the series given
  Eigen::Index dropped = 0;  ///< volumes taken off the start
  QcFlags flags;             ///< dsc.steady_state.dropped, .no_baseline, .long
};

/// Drops the volumes at the start whose magnetisation is not yet in its steady state: the run of samples from the first one on
/// that lie further from the level of the later baseline than noise explains. A choice of this library; the public tools keep
/// them or drop a fixed number.
struct SteadyState {
  std::optional<Eigen::Index> volumes = {};  ///< dropped; found automatically when not given
  Eigen::Index longest = 5;                  ///< volumes looked at; the level is that of the baseline after them
  double threshold = 4.0;                    ///< standard deviations of the noise that a volume may lie from the level
  double smallest = 0.005;                   ///< departure from the level that is let pass at any noise, fraction of it

  /// The largest number any of the curves needs is dropped from all of them. Missing curves are passed on. Throws ShapeError
  /// and DataError for curves that are not valid or would have no sample left, OptionError.
  SteadyCurves operator()(const CurveSet& curves) const {
    curves.validate(MissingCurves::allowed);
    SteadyCurves result{curves, volumes.value_or(0), {}};
    const Eigen::Index count = curves.times.size();
    bool judged = volumes.has_value();
    for (Eigen::Index c = 0; c < curves.values.cols() && !volumes; ++c) {
      if (curves.missing(c)) continue;
      const auto found = find(curves.values.col(c), curves.times);
      judged = judged || found.has_value();
      result.dropped = std::max(result.dropped, found.value_or(0));
    }
    describe(result.dropped, judged, count, result.flags);
    result.curves.times = curves.times.tail(count - result.dropped).eval();
    result.curves.values = curves.values.bottomRows(count - result.dropped).eval();
    result.curves.flags.insert(result.curves.flags.end(), result.flags.begin(), result.flags.end());
    return result;
  }

  /// Judged by the mean over all voxels that are finite. Throws DataError, OptionError as above.
  SteadySeries operator()(const PerfusionSeries& series, int threads = 0, const Progress& progress = {}) const {
    detail::require<DataError>(series.data() != nullptr, "the series is empty");
    SteadySeries result;
    std::optional<Eigen::Index> found = volumes;
    const Eigen::Index count = series.times().size();
    if (!volumes) {
      found = find(detail::mask_curve(series, nullptr, "the series", threads, progress).signal, series.times());
    }
    result.dropped = found.value_or(0);
    describe(result.dropped, found.has_value(), count, result.flags);
    result.series = PerfusionSeries::wrap(
        series.geometry(), series.times().tail(count - result.dropped), series.protocol(),
        series.shared_data().get() + static_cast<std::size_t>(result.dropped) * series.voxel_count(), series.shared_data());
    return result;
  }

  /// Volumes to drop by one signal curve; empty where no baseline after the first `longest` samples tells. Throws OptionError,
  /// ShapeError, DataError (NaN).
  std::optional<Eigen::Index> find(const Eigen::VectorXd& signal, const Eigen::VectorXd& times) const {
    detail::require<OptionError>(longest >= 1, "longest is ", longest, "; expected at least 1 volume");
    detail::require<OptionError>(threshold > 0.0 && smallest >= 0.0, "threshold is ", threshold, " and smallest ", smallest,
                                 "; expected a positive number and a fraction of 0 or more");
    if (signal.size() < longest + 5) return std::nullopt;
    const auto window = Baseline{.skip = longest}(signal, times);
    if (!window.bolus_found || window.last - window.first < 2) return std::nullopt;
    const auto samples = signal.segment(window.first, window.last - window.first);
    const double level = detail::median({samples.data(), samples.data() + samples.size()});
    // A short baseline can show too little noise by chance; that of the whole curve backs it up.
    const double noise =
        std::max({window.noise, window.standard_deviation, detail::robust_noise(signal.data(), signal.size())});
    const double allowed = std::max(threshold * noise, smallest * std::abs(level));
    Eigen::Index run = 0;
    while (run < longest && std::abs(signal[run] - level) > allowed) ++run;
    return run;
  }

 private:
  void describe(Eigen::Index dropped, bool judged, Eigen::Index count, QcFlags& flags) const {
    detail::require<OptionError>(dropped >= 0, "volumes is ", dropped, "; expected 0 or more");
    detail::require<DataError>(dropped < count, "dropping ", dropped, " volumes leaves nothing of ", count);
    const auto flag = [&](const char* code, auto... parts) { flags.push_back({code, detail::message(parts...)}); };
    if (!judged) {
      flag("dsc.steady_state.no_baseline", "no baseline follows the first ", longest,
           " volumes, so whether they are in steady state is not known; none was dropped");
    } else if (dropped > 0) {
      flag("dsc.steady_state.dropped", "the first ", dropped, " of ", count, " volumes were dropped",
           volumes ? " as asked" : ": not in steady state");
    }
    if (!volumes && dropped >= longest) {
      flag("dsc.steady_state.long", "all of the first ", longest,
           " volumes lie off the baseline: give `volumes`, or look for drift");
    }
  }
};

}  // namespace bolus

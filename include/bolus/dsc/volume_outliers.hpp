#pragma once
#include <bolus/core/curve_set.hpp>
#include <bolus/core/perfusion_series.hpp>
#include <bolus/dsc/detail/isolated_samples.hpp>
#include <bolus/dsc/detail/voxel_tiers.hpp>

namespace bolus {

/// Curves whose outlying volumes were replaced.
struct RepairedCurves {
  CurveSet curves;                     ///< with straight lines over the outliers
  std::vector<Eigen::Index> outliers;  ///< samples that were replaced, in increasing order
  QcFlags flags;                       ///< dsc.volume.outlier, .many (also among the curves' flags)
};

/// A series whose outlying volumes were replaced.
struct RepairedSeries {
  PerfusionSeries series;              ///< a repaired copy; without outliers a view that shares memory with the series given
  std::vector<Eigen::Index> outliers;  ///< volumes that were replaced, in increasing order
  QcFlags flags;                       ///< dsc.volume.outlier, .many
};

/// Finds volumes that stand out from their neighbours as a whole (spikes, dropped volumes) and bridges them in time. A sample
/// is an outlier when it lies beyond both its neighbours by more than `threshold` standard deviations of the noise and by more
/// than `isolation` times the range of the samples around it. The passage of a bolus never does, even a sharp one, because the
/// signal needs more than one sample to fall and to rise; the price is that an outlier within the passage is only found when it
/// is taller than the passage. The first sample is left to `SteadyState`. A choice of this library.
struct VolumeOutliers {
  double threshold = 6.0;  ///< standard deviations of the noise
  double isolation = 3.0;  ///< times the range of the neighbours
  double smallest = 0.01;  ///< departure that is let pass at any noise, fraction of the median signal
  double share = 0.5;      ///< of the curves of a set that must show it
  double many = 0.1;       ///< flagged when more than this share of the volumes are outliers: look for motion
  int threads = 0;         ///< 0: all cores; the result is the same for any number

  /// Signal curves (or normalised ones) of one patient. Missing curves are passed on and not asked. Throws ShapeError,
  /// DataError (dR2* curves), OptionError.
  RepairedCurves operator()(const CurveSet& curves) const {
    curves.validate(MissingCurves::allowed);
    detail::require<DataError>(curves.quantity != CurveQuantity::delta_r2s,
                               "outliers are found on signal curves; repair before dR2*");
    RepairedCurves result{curves, {}, {}};
    result.outliers = find(curves, share);
    describe(result.outliers, curves.times, result.flags);
    for (Eigen::Index c = 0; c < curves.values.cols(); ++c) {
      Eigen::VectorXd curve = curves.values.col(c);
      for_each_run(result.outliers, [&](Eigen::Index first, Eigen::Index run) {
        if (!curves.missing(c)) detail::bridge(curve, curves.times, first, run);
      });
      result.curves.values.col(c) = curve;
    }
    result.curves.flags.insert(result.curves.flags.end(), result.flags.begin(), result.flags.end());
    return result;
  }

  /// A series, judged by three curves: the means of the third of the voxels whose signal changes least over time, of the middle
  /// third and of the rest. One of them is enough: the first hardly shows the bolus, so that outliers are found within it too.
  /// The voxels are those of `mask` on the same grid (nullptr: those brighter than the background). Every voxel is repaired.
  /// Throws GeometryError, DataError (empty, no voxel), OptionError.
  RepairedSeries operator()(const PerfusionSeries& series, const Mask* mask = nullptr, const Progress& progress = {}) const {
    detail::require<DataError>(series.data() != nullptr, "the series is empty");
    if (mask) require_same_space(mask->geometry(), series.geometry(), "the mask", "the DSC series");
    RepairedSeries result;
    result.outliers = find(detail::voxel_tiers(series, mask, threads, progress), 0.0);
    describe(result.outliers, series.times(), result.flags);
    if (result.outliers.empty()) {
      result.series = PerfusionSeries::wrap(series.geometry(), series.times(), series.protocol(), series.shared_data().get(),
                                            series.shared_data());
      return result;
    }
    result.series = series;
    const auto frames = static_cast<Eigen::Index>(series.frames());
    for_each_run(result.outliers, [&](Eigen::Index first, Eigen::Index run) {
      const Eigen::Index before = first - 1, after = std::min(first + run, frames - 1);
      const bool bridged = first + run < frames;
      const auto earlier = series.frame(static_cast<std::size_t>(before)),
                 later = series.frame(static_cast<std::size_t>(after));
      for (Eigen::Index t = first; t < first + run; ++t) {
        const auto x = static_cast<float>(
            bridged ? (series.times()[t] - series.times()[before]) / (series.times()[after] - series.times()[before]) : 0.0);
        auto frame = result.series.frame(static_cast<std::size_t>(t));
        for (std::size_t v = 0; v < frame.size(); ++v)
          frame[v] = x > 0.0F ? earlier[v] + x * (later[v] - earlier[v]) : earlier[v];
      }
    });
    return result;
  }

 private:
  std::vector<Eigen::Index> find(const CurveSet& curves, double needed) const {
    detail::require<OptionError>(threshold > 0.0 && isolation >= 1.0 && smallest >= 0.0, "threshold is ", threshold,
                                 ", isolation ", isolation, " and smallest ", smallest,
                                 "; expected a positive number, at least 1 and at least 0");
    detail::require<OptionError>(share >= 0.0 && share <= 1.0 && many > 0.0, "share is ", share, " and many ", many,
                                 "; expected a fraction of the curves and a positive fraction of the volumes");
    std::vector<double> votes(static_cast<std::size_t>(curves.times.size()), 0.0);
    double voters = 0.0;
    for (Eigen::Index c = 0; c < curves.values.cols(); ++c) {
      if (curves.missing(c)) continue;
      voters += 1.0;
      for (const auto t : detail::isolated_samples(curves.values.col(c), curves.times, {threshold, isolation, smallest})) {
        votes[static_cast<std::size_t>(t)] += 1.0;
      }
    }
    std::vector<Eigen::Index> found;
    for (std::size_t t = 0; t < votes.size(); ++t) {
      if (votes[t] > 0.0 && votes[t] >= needed * voters) found.push_back(static_cast<Eigen::Index>(t));
    }
    return found;
  }

  template <class Act>
  static void for_each_run(const std::vector<Eigen::Index>& outliers, Act&& act) {
    for (std::size_t i = 0; i < outliers.size();) {
      std::size_t end = i + 1;
      while (end < outliers.size() && outliers[end] == outliers[end - 1] + 1) ++end;
      act(outliers[i], static_cast<Eigen::Index>(end - i));
      i = end;
    }
  }

  void describe(const std::vector<Eigen::Index>& outliers, const Eigen::VectorXd& times, QcFlags& flags) const {
    for (const auto t : outliers) {
      flags.push_back({"dsc.volume.outlier", detail::message("volume ", t, " at ", times[t],
                                                             " s stands out from its neighbours and was replaced by them")});
    }
    if (static_cast<double>(outliers.size()) > many * static_cast<double>(times.size())) {
      flags.push_back({"dsc.volume.many", detail::message(outliers.size(), " of ", times.size(),
                                                          " volumes were replaced: is there motion or a scanner fault?")});
    }
  }
};

}  // namespace bolus

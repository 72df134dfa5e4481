#pragma once
#include <bolus/dsc/baseline.hpp>
#include <bolus/dsc/region_curves.hpp>

namespace bolus {

/// An arterial input function as T2*-weighted signal, with what speaks for or against it.
struct ArterialCurve {
  Eigen::VectorXd times;           ///< s
  Eigen::VectorXd signal;          ///< mean signal of the voxels, scanner units
  std::size_t voxel_count = 0;     ///< voxels averaged
  BaselineWindow baseline;         ///< of the mean curve
  double relative_drop = 0.0;      ///< (S0 - Smin) / S0
  double contrast_to_noise = 0.0;  ///< (S0 - Smin) / noise; 0 when the noise is 0
  Eigen::Index peak = 0;           ///< sample of the smallest signal, where the concentration peaks
  QcFlags flags;                   ///< of the baseline, and dsc.aif.no_drop, .saturated, dsc.region.not_finite
};

/// The arterial input function , as signal as the mean of the voxels of a mask.
struct ArterialInput {
  Baseline baseline = {};   ///< how the pre-bolus window is found
  double saturation = 0.1;  ///< flagged when the signal falls below this fraction of S0: the peak is then cut off by the noise
  int threads = 0;          ///< 0: all cores; the result is the same for any number

  /// `mask` on the grid of `series`. Throws GeometryError, DataError (empty mask, all voxels NaN, S0 <= 0), OptionError.
  ArterialCurve operator()(const PerfusionSeries& series, const Mask& mask, const Progress& progress = {}) const {
    detail::require<OptionError>(saturation >= 0.0 && saturation < 1.0, "saturation is ", saturation,
                                 "; expected a fraction of S0 in [0, 1)");
    require_same_space(mask.geometry(), series.geometry(), "the arterial mask", "the DSC series");
    std::vector<std::uint8_t> classes(series.voxel_count());
    std::size_t marked = 0;
    for (std::size_t v = 0; v < classes.size(); ++v) marked += classes[v] = mask.data()[v] ? 1 : 0;
    detail::require<DataError>(marked > 0, "the arterial mask holds no voxel");
    const auto sums = detail::sum_regions(series, classes, threads, progress);
    ArterialCurve curve;
    curve.voxel_count = sums.counts[1];
    detail::require<DataError>(curve.voxel_count > 0, "every arterial voxel holds NaN or infinity in some volume");
    curve.times = series.times();
    curve.signal.resize(curve.times.size());
    for (Eigen::Index t = 0; t < curve.signal.size(); ++t) {
      curve.signal[t] = sums.sums[static_cast<std::size_t>(t)][1] / static_cast<double>(curve.voxel_count);
    }
    curve.baseline = baseline(curve.signal, curve.times);
    detail::require<DataError>(curve.baseline.mean > 0.0, "the arterial baseline signal is ", curve.baseline.mean,
                               "; expected a positive one");
    curve.flags = curve.baseline.flags;
    if (sums.excluded[1] > 0) {
      curve.flags.push_back(
          {"dsc.region.not_finite", detail::message("AIF: ", sums.excluded[1], " voxels left out, ", curve.voxel_count,
                                                    " used: NaN or infinity in some volume")});
    }
    const double smallest = curve.signal.tail(curve.signal.size() - curve.baseline.first).minCoeff(&curve.peak);
    curve.peak += curve.baseline.first;
    const double drop = curve.baseline.mean - smallest;
    curve.relative_drop = drop / curve.baseline.mean;
    curve.contrast_to_noise = curve.baseline.noise > 0.0 ? drop / curve.baseline.noise : 0.0;
    if (!curve.baseline.bolus_found) {
      curve.flags.push_back({"dsc.aif.no_drop", "the arterial signal does not fall: the mask may not lie on an artery"});
    } else if (smallest < std::max(saturation * curve.baseline.mean, 3.0 * curve.baseline.noise)) {
      curve.flags.push_back({"dsc.aif.saturated", detail::message("the arterial signal falls to ", smallest, " of ",
                                                                  curve.baseline.mean, ": its peak is probably cut off")});
    }
    return curve;
  }
};

}  // namespace bolus

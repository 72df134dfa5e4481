#pragma once
#include <bolus/dsc/baseline.hpp>
#include <bolus/dsc/detail/mask_curve.hpp>
#include <bolus/dsc/relaxation.hpp>

namespace bolus {

/// An arterial input function as T2*-weighted signal and, where TE is known, as dR2*, with what speaks for or against it.
struct ArterialCurve {
  Eigen::VectorXd times;            ///< s
  Eigen::VectorXd signal;           ///< mean signal of the voxels, scanner units
  std::size_t voxel_count = 0;      ///< voxels averaged; 0 for a population's
  BaselineWindow baseline;          ///< of the mean curve
  double relative_drop = 0.0;       ///< (S0 - Smin) / S0
  double contrast_to_noise = 0.0;   ///< (S0 - Smin) / noise; 0 when the noise is 0
  Eigen::Index peak = 0;            ///< sample of the smallest signal, where the concentration peaks
  QcFlags flags;                    ///< of the baseline, and dsc.aif.no_drop, .saturated, .population, dsc.region.not_finite
  std::optional<double> echo_time;  ///< TE, s; empty when not known
  Eigen::VectorXd delta_r2s;        ///< dR2* of the mean signal, 1/s (CAPLEX Q.EL1.009); empty when TE is not known
};

/// The arterial input function as the mean of the voxels of a mask.
struct ArterialInput {
  Baseline baseline = {};   ///< how the pre-bolus window is found
  double saturation = 0.1;  ///< flagged when the signal falls below this fraction of S0: the peak is then cut off by the noise
  std::optional<double> echo_time = {};  ///< TE, s; that of the series' protocol when not given
  int threads = 0;                       ///< 0: all cores; the result is the same for any number

  /// `mask` on the grid of `series`. Without a possible TE in the protocol there is no dR2*, which is no error. Throws
  /// GeometryError, DataError (empty mask, all voxels NaN, S0 <= 0, an impossible `echo_time`), OptionError.
  ArterialCurve operator()(const PerfusionSeries& series, const Mask& mask, const Progress& progress = {}) const {
    detail::require<OptionError>(saturation >= 0.0 && saturation < 1.0, "saturation is ", saturation,
                                 "; expected a fraction of S0 in [0, 1)");
    require_same_space(mask.geometry(), series.geometry(), "the arterial mask", "the DSC series");
    auto mean = detail::mask_curve(series, &mask, "the arterial mask", threads, progress);
    ArterialCurve curve;
    curve.voxel_count = mean.voxel_count;
    curve.times = series.times();
    curve.signal = std::move(mean.signal);
    const auto& known = series.protocol().echo_time;
    judge(curve, echo_time || !(known && *known > 0.0 && *known < 1.0) ? echo_time : known);
    if (mean.excluded > 0) {
      curve.flags.push_back(
          {"dsc.region.not_finite", detail::message("AIF: ", mean.excluded, " voxels left out, ", curve.voxel_count,
                                                    " used: NaN or infinity in some volume")});
    }
    return curve;
  }

  /// Fills in everything that follows from a curve's times, signal and TE: baseline, drop, contrast, peak, dR2*, flags.
  void judge(ArterialCurve& curve, std::optional<double> te) const {
    curve.baseline = baseline(curve.signal, curve.times);
    detail::require<DataError>(curve.baseline.mean > 0.0, "the arterial baseline signal is ", curve.baseline.mean,
                               "; expected a positive one");
    curve.flags = curve.baseline.flags;
    const double smallest = curve.signal.tail(curve.signal.size() - curve.baseline.first).minCoeff(&curve.peak);
    curve.peak += curve.baseline.first;
    const double drop = curve.baseline.mean - smallest;
    curve.relative_drop = drop / curve.baseline.mean;
    curve.contrast_to_noise = curve.baseline.noise > 0.0 ? drop / curve.baseline.noise : 0.0;
    curve.echo_time = te;
    if (te) curve.delta_r2s = delta_r2s(curve.signal, curve.baseline.mean, *te);
    if (!curve.baseline.bolus_found) {
      curve.flags.push_back({"dsc.aif.no_drop", "the arterial signal does not fall: the mask may not lie on an artery"});
    } else if (smallest < std::max(saturation * curve.baseline.mean, 3.0 * curve.baseline.noise)) {
      curve.flags.push_back({"dsc.aif.saturated", detail::message("the arterial signal falls to ", smallest, " of ",
                                                                  curve.baseline.mean, ": its peak is probably cut off")});
    }
  }
};

}  // namespace bolus

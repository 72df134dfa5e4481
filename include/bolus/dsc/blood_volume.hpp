#pragma once
#include <bolus/dsc/arterial_input.hpp>
#include <bolus/dsc/detail/first_pass.hpp>
#include <bolus/dsc/integral.hpp>
#include <bolus/dsc/relaxation.hpp>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace bolus {

/// Which samples are integrated for the blood volume.
enum class IntegrationRange {
  full,       ///< the whole series after the baseline, as Boxerman et al. 2006
  first_pass  ///< from the bolus arrival to the first minimum of dR2* after its peak
};

/// Blood volume of each curve.
struct BloodVolumes {
  std::vector<std::string> names;  ///< one per curve
  Eigen::VectorXd values;          ///< integral of dR2* (no unit), or mL/100 mL when divided by an arterial integral
  QcFlags flags;
};

/// Blood volume of each voxel.
struct BloodVolumeMap {
  Image<float> image;             ///< on the grid of the series; 0 outside the mask and where invalid
  std::size_t invalid_count = 0;  ///< voxels of the mask with NaN or S0 <= 0 or no positive sample
  std::size_t floored_count = 0;  ///< voxels of the mask with some samples <= 0, replaced as in `delta_r2s`
  double reference_mean = 0.0;    ///< mean of the reference voxels before division; 0 without a reference
  BaselineWindow baseline;        ///< of the mean curve of the mask, used for every voxel
  QcFlags flags;                  ///< of the baseline, and dsc.voxel.invalid, dsc.signal.not_positive
};

/// Relative cerebral blood volume without leakage correction: the integral of dR2* by the trapezoid rule (rCBV, relative to
/// CAPLEX Q.PH1.001.[b]), normalised by a reference region to nrCBV for maps, or by an arterial integral for curves. Where
/// contrast agent leaks it is wrong in either direction (Boxerman et al., AJNR 2006): read it together with the signal's
/// recovery.
struct RelativeBloodVolume {
  std::optional<double> echo_time = {};             ///< TE, s; for a series that of its protocol when not given
  Baseline baseline = {};                           ///< how S0 and the arrival are found
  IntegrationRange range = IntegrationRange::full;  ///< samples that are integrated
  std::string arterial_channel = {};                ///< when not empty: divide curves by this one's integral, times 100
  int threads = 0;                                  ///< 0: all cores; the result is the same for any number

  /// Of each curve of a set of signals, or of dR2* or concentration curves (quantity delta_r2s), which are integrated as they
  /// are. Throws DataError (normalised curves, no TE, S0 <= 0, arterial integral <= 0, no such channel), ShapeError.
  BloodVolumes operator()(const CurveSet& curves) const {
    detail::require<DataError>(curves.quantity != CurveQuantity::normalised,
                               "normalised curves have lost their scale; compute blood volume before normalisation");
    curves.validate();
    const CurveSet relaxation =
        curves.quantity == CurveQuantity::signal ? DeltaR2s{.echo_time = echo_time, .baseline = baseline}(curves) : curves;
    BloodVolumes result{curves.names, Eigen::VectorXd(curves.values.cols()), relaxation.flags};
    for (Eigen::Index c = 0; c < curves.values.cols(); ++c) {
      const Eigen::VectorXd curve = relaxation.values.col(c);
      Eigen::Index first = 0, last = curve.size();
      if (curves.quantity == CurveQuantity::signal || range == IntegrationRange::first_pass) {
        const auto window =
            baseline(curves.quantity == CurveQuantity::signal ? Eigen::VectorXd(curves.values.col(c)) : Eigen::VectorXd(-curve),
                     curves.times);
        std::tie(first, last) = integrated(curve, window);
      }
      result.values[c] = trapezoid(curves.times, curve, first, last);
    }
    if (!arterial_channel.empty()) {
      const double arterial = result.values[curves.channel(arterial_channel)];
      detail::require<DataError>(arterial > 0.0, "the integral of the arterial curve ", arterial_channel, " is ", arterial,
                                 "; expected a positive one");
      result.values *= 100.0 / arterial;
    }
    return result;
  }

  /// Of each voxel of `mask`, both on the grid of `series`. With a `reference` mask (normal-appearing white matter) the map is
  /// divided by its mean there: nrCBV. The baseline is that of the mean curve of the mask. Throws GeometryError,
  /// DataError (empty masks, no TE, no bolus, reference mean <= 0).
  BloodVolumeMap operator()(const PerfusionSeries& series, const Mask& mask,
                            const std::optional<Mask>& reference = std::nullopt, const Progress& progress = {}) const {
    return map(series, mask, reference ? &*reference : nullptr, progress);
  }

  /// The same without a copy of the reference mask; nullptr for none.
  BloodVolumeMap map(const PerfusionSeries& series, const Mask& mask, const Mask* reference = nullptr,
                     const Progress& progress = {}) const;

 private:
  std::pair<Eigen::Index, Eigen::Index> integrated(const Eigen::VectorXd& relaxation, const BaselineWindow& window) const {
    if (range == IntegrationRange::full) return {window.first, relaxation.size()};
    return {std::max<Eigen::Index>(window.arrival - 1, 0), detail::first_pass_end(relaxation, window.arrival)};
  }
};

}  // namespace bolus

#include <bolus/dsc/detail/blood_volume_map.hpp>

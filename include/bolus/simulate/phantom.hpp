#pragma once
#include <array>
#include <bolus/core/curve_set.hpp>
#include <bolus/core/parallel.hpp>
#include <bolus/simulate/detail/phantom_anatomy.hpp>
#include <bolus/simulate/gradient_echo.hpp>
#include <bolus/simulate/shrink.hpp>
#include <optional>

namespace bolus {

/// How noise enters the signal of a voxel.
enum class NoiseModel {
  rician,   ///< magnitude of a complex signal with Gaussian noise in both parts, as in a scanner
  gaussian  ///< added to the signal; voxels can become negative
};

/// A simulated DSC series on an anatomy, with its truth.
struct PhantomStudy {
  PerfusionSeries series;     ///< the signal, with TE, TR, flip angle and field strength
  LabelMap labels;            ///< on the grid of the series
  Mask brain;                 ///< on the grid of the series
  Mask arterial;              ///< voxels that hold the artery
  Image<float> blood_volume;  ///< true CBV, mL/100 mL; 0 outside the brain and in the artery
  CurveSet truth;             ///< signal without noise or texture: ET, NET, ED, white matter, grey matter, AIF
};

/// Makes a 4-D DSC series on any brain with labels: each tumour part has its tissue, the brain around it is a smooth mixture of
/// white and grey matter, and some voxels are an artery. Coil sensitivity and tissue texture scale each voxel's signal.
struct PerfusionPhantom {
  TissueParameters enhancing{.blood_volume = 7.0,
                             .mean_transit_time = 6.0,
                             .delay = 1.0,
                             .transfer_constant = 0.08,
                             .extravascular_volume = 0.25,
                             .t1 = 1.3,
                             .t2_star = 0.06,
                             .equilibrium_signal = 1000.0};  ///< ET
  TissueParameters non_enhancing{.blood_volume = 4.0,
                                 .mean_transit_time = 5.5,
                                 .delay = 1.0,
                                 .transfer_constant = 0.02,
                                 .extravascular_volume = 0.25,
                                 .t1 = 1.4,
                                 .t2_star = 0.07,
                                 .equilibrium_signal = 1050.0};  ///< NET
  TissueParameters oedema{.blood_volume = 2.2,
                          .mean_transit_time = 5.0,
                          .delay = 1.0,
                          .transfer_constant = 0.0,
                          .extravascular_volume = 0.25,
                          .t1 = 1.3,
                          .t2_star = 0.08,
                          .equilibrium_signal = 1150.0};  ///< ED
  TissueParameters white_matter{};                        ///< normal
  TissueParameters grey_matter{.blood_volume = 4.0,
                               .mean_transit_time = 4.0,
                               .delay = 0.5,
                               .t1 = 1.4,
                               .t2_star = 0.055,
                               .equilibrium_signal = 1100.0};  ///< normal
  GammaVariate arterial_input = {};                            ///< concentration in arterial blood, mM
  GradientEcho sequence = {};                                  ///< TE, TR, flip angle and relaxivity; the volumes are TR apart
  double field_strength = 3.0;            ///< T, written to the protocol; choose `sequence.relaxivity` to fit
  std::size_t volumes = 60;               ///< frames of the series
  std::array<int, 3> shrink{1, 1, 1};     ///< blocks of this many label voxels become one voxel of the series
  double arterial_share = 0.6;            ///< blood in the voxels of the artery; the rest is white matter
  std::size_t arterial_voxels = 30;       ///< size of the artery when no mask is given
  double texture = 0.05;                  ///< standard deviation of each voxel's scale, relative
  double signal_to_noise = 50.0;          ///< of white matter before the bolus; infinity for no noise
  NoiseModel noise = NoiseModel::rician;  ///< how noise enters
  std::uint64_t seed = 0;                 ///< same seed, same series, on any number of threads
  int threads = 0;                        ///< 0: all cores

  /// `labels`, `brain` and (optional) `arterial` on one grid; all are shrunk together. Label voxels outside the brain count
  /// as brain. Throws GeometryError (other grids), DataError (empty brain, no room for the artery), OptionError.
  PhantomStudy operator()(const LabelMap& labels, const Mask& brain, const std::optional<Mask>& arterial = std::nullopt,
                          const Progress& progress = {}) const;

  /// Throws OptionError for options outside their range.
  void validate() const {
    sequence.validate();
    detail::require<OptionError>(volumes >= 1 && volumes <= 100000, "volumes is ", volumes, "; expected 1 to 100000");
    detail::require<OptionError>(arterial_share > 0.0 && arterial_share <= 1.0, "arterial_share is ", arterial_share,
                                 "; expected a fraction in (0, 1]");
    detail::require<OptionError>(arterial_voxels >= 1, "arterial_voxels is 0; expected at least 1");
    detail::require<OptionError>(texture >= 0.0 && texture < 0.3, "texture is ", texture, "; expected a fraction in [0, 0.3)");
    detail::require<OptionError>(signal_to_noise > 0.0, "signal_to_noise is ", signal_to_noise, "; expected a positive number");
  }
};

}  // namespace bolus

#include <bolus/simulate/detail/phantom_series.hpp>

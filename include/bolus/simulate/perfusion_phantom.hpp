#pragma once
#include <array>
#include <bolus/simulate/detail/rigid_motion.hpp>
#include <bolus/simulate/gradient_echo.hpp>
#include <bolus/simulate/head_phantom.hpp>
#include <bolus/simulate/phantom_study.hpp>
#include <bolus/simulate/shrink.hpp>
#include <optional>

namespace bolus {

/// How noise enters the signal of a voxel.
enum class NoiseModel {
  rician,   ///< magnitude of a complex signal with Gaussian noise in both parts, as in a scanner
  gaussian  ///< added to the signal; voxels can become negative
};

/// Makes a 4-D DSC series. On a head, each voxel is the mixture of tissues, CSF, arteries and veins that it holds. On any other
/// brain with labels, each tumour part has its tissue, the brain around it is a smooth mixture of white and grey matter, and
/// some voxels are an artery. Coil sensitivity and tissue texture scale each voxel's signal.
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
  TissueParameters csf{.blood_volume = 0.0, .t1 = 4.0, .t2_star = 0.25, .equilibrium_signal = 1500.0};  ///< of a head
  TissueParameters scalp{.blood_volume = 2.0,
                         .mean_transit_time = 6.0,
                         .delay = 2.0,
                         .transfer_constant = 0.05,
                         .t1 = 0.9,
                         .t2_star = 0.03,
                         .equilibrium_signal = 500.0};  ///< of a head
  double venous_delay = 4.0;                            ///< from arteries to veins, s, of a head
  double venous_dispersion = 3.0;                       ///< mean of the exponential that smears the bolus on the way, s
  double artery_threshold = 0.3;                        ///< share from which a voxel of a head counts as artery or vein
  double heterogeneity = 0.0;        ///< standard deviation of the log of CBV, and of Ktrans with ve, within the tumour
  double heterogeneity_scale = 6.0;  ///< mm over which they vary
  Preload preload = {};              ///< an earlier injection
  double drift = 0.0;                ///< relative change of the signal over the series, even in time
  double motion_translation = 0.0;   ///< mm: each volume moves smoothly by up to this along each axis against the first
  double motion_rotation = 0.0;      ///< degrees: and turns by up to this about each axis
  Eigen::Matrix4d misalignment = Eigen::Matrix4d::Identity();  ///< LPS mm: maps a point of a head to that of the series; rigid

  /// `labels`, `brain` and (optional) `arterial` on one grid; all are shrunk together. Label voxels outside the brain count
  /// as brain. Throws GeometryError (other grids), DataError (empty brain, no room for the artery), OptionError.
  PhantomStudy operator()(const LabelMap& labels, const Mask& brain, const std::optional<Mask>& arterial = std::nullopt,
                          const Progress& progress = {}) const;

  /// On a simulated head, sampled from its shape on `grid`, e.g. `HeadPhantom::centred_grid({128, 128, 20}, {1.8, 1.8, 5})`, or
  /// on the head's own grid shrunk by `shrink`. Throws DataError where the grid holds no brain, GeometryError, OptionError.
  PhantomStudy operator()(const HeadStudy& head, const std::optional<Geometry>& grid = std::nullopt,
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
    detail::require<OptionError>(std::isfinite(venous_delay), "venous_delay is not a finite number of seconds");
    detail::require<OptionError>(std::isfinite(venous_dispersion) && venous_dispersion >= 0.0, "venous_dispersion is ",
                                 venous_dispersion, "; expected 0 or more, in s");
    detail::require<OptionError>(artery_threshold > 0.0 && artery_threshold <= 1.0, "artery_threshold is ", artery_threshold,
                                 "; expected a fraction in (0, 1]");
    detail::require<OptionError>(heterogeneity >= 0.0 && heterogeneity <= 1.0, "heterogeneity is ", heterogeneity,
                                 "; expected 0 to 1");
    detail::require<OptionError>(heterogeneity_scale >= 1.0 && heterogeneity_scale <= 100.0, "heterogeneity_scale is ",
                                 heterogeneity_scale, "; expected 1 to 100 mm");
    preload.validate();
    detail::require<OptionError>(std::abs(drift) < 0.5, "drift is ", drift, "; expected a fraction between -0.5 and 0.5");
    detail::require<OptionError>(motion_translation >= 0.0 && motion_translation <= 30.0, "motion_translation is ",
                                 motion_translation, "; expected 0 to 30 mm");
    detail::require<OptionError>(motion_rotation >= 0.0 && motion_rotation <= 30.0, "motion_rotation is ", motion_rotation,
                                 "; expected 0 to 30 degrees");
    detail::require_rigid(misalignment, "misalignment");
  }
};

}  // namespace bolus

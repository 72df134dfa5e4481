#pragma once
#include <optional>
#include <vector>

#include <bolus/core/perfusion_series.hpp>
#include <bolus/core/progress.hpp>
#include <bolus/core/qc_flag.hpp>
#include <bolus/preprocess/resample.hpp>

namespace bolus {

/// Whether the volumes are resampled.
enum class MotionResampling {
  when_needed,  ///< all of them once some volume has moved by `MotionCorrection::smallest_motion`; else none
  always,       ///< all of them
  never         ///< none: the motion is only measured
};

/// The motion of a series, and the series without it.
struct MotionResult {
  PerfusionSeries corrected;               ///< shares its memory with the series given when nothing was resampled
  bool resampled = false;                  ///< whether `corrected` differs from the series given
  Image<float> reference;                  ///< mean of the volumes before the bolus, each in its place
  Mask covered;                            ///< voxels that lie within every volume; others hold a border's value in some
  std::vector<RigidTransform> transforms;  ///< per volume: points of the reference to points of the volume, LPS mm
  /// frames x 6: translation of the middle of the brain along L, P, S, mm; rotation about these axes there, degrees.
  Eigen::MatrixXd parameters;
  Eigen::VectorXd framewise_displacement;  ///< mm, against the volume before, 0 for the first (Power et al. 2012, 50 mm)
  Eigen::VectorXd displacement;            ///< mean over the brain, mm, against the reference
  double largest_motion = 0.0;             ///< of any voxel of the brain in any volume, voxels along an axis
  Eigen::Index reference_first = 0;        ///< first volume of the reference
  Eigen::Index reference_last = 0;         ///< one past its last
  Eigen::Index bolus_first = 0;            ///< first volume of the bolus's first pass
  Eigen::Index bolus_last = 0;             ///< one past its last; equal to `bolus_first` when no bolus was found
  std::vector<Eigen::Index> moved;         ///< volumes whose framewise displacement exceeds the threshold
  /// preprocess.motion.during_bolus (volumes moved in the first pass), .large (further than `largest_displacement`),
  /// .no_bolus, .one_volume, .not_settled (the fit of some volumes stopped at its limit)
  QcFlags flags;
};

/// Realigns the volumes of a DSC series: six parameters each, against the mean of the volumes before the bolus. The metric
/// survives the bolus: within each small block of the brain the signal may be any smooth function of the reference (a parabola
/// is fitted, voxels that fit badly count less), so that neither the drop of the signal nor most of its difference between
/// tissues matters. What is left of it imitates some tenths of a millimetre of motion at the depth of the bolus; a series at
/// rest is told from that by looking whether its volumes, darkened as they darken at rest, want to move at all. Each volume
/// starts where its neighbour ended. The same bits on any number of threads.
struct MotionCorrection {
  MotionResampling resampling = MotionResampling::when_needed;
  double smallest_motion = 0.5;  ///< voxels: while no voxel of the brain moves further in any volume, none is resampled
  Interpolation interpolation = Interpolation::bspline;
  double displacement_threshold = 0.5;  ///< mm of framewise displacement above which a volume counts as moved
  double largest_displacement = 5.0;    ///< mm, mean over the brain; flagged above it
  double block = 12.0;                  ///< mm, edge of the blocks of the metric
  /// mm of smoothing while measuring, at least half a voxel; one pass over the series for each, before which the reference is
  /// averaged anew
  std::vector<double> sigmas{3.0, 2.5, 2.5};
  /// mm, mean over the brain: while no volume wants to leave its place by more, and none seems to have moved by more than a
  /// bolus can imitate, the series counts as still and all poses are those at rest; 0 never does
  double still_tolerance = 0.05;
  int iterations = 20;  ///< at most, per volume and pass
  int threads = 0;      ///< 0: all cores

  /// `mask` (on the grid of the series): the brain, found from the signal when not given. One volume has no motion and is
  /// handed back. Throws OptionError, DataError (empty, constant or non-finite series, fewer than four voxels along an axis,
  /// too few in the mask), GeometryError (mask on another grid), Cancelled.
  MotionResult operator()(const PerfusionSeries& series, const std::optional<Mask>& mask = std::nullopt,
                          const Progress& progress = {}) const;
};

}  // namespace bolus

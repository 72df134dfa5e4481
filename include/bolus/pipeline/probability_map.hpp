#pragma once
#include <bolus/core/image.hpp>
#include <bolus/core/label_map.hpp>
#include <bolus/core/perfusion_series.hpp>
#include <bolus/core/provenance.hpp>
#include <bolus/model/attention_lstm.hpp>
#include <bolus/pipeline/make_windows.hpp>

namespace bolus {

/// Which of the model's channels a voxel's own curve takes; the others keep the curves of the patient.
enum class VoxelChannels {
  tissue,  ///< all but AIF: as if the whole tumour were like this voxel
  region   ///< that of the voxel's own region (ET, NET or ED) alone: as if that region were like this voxel
};

/// Probability of an IDH mutation in every voxel of a tumour.
struct VoxelProbability {
  Image<float> probability;         ///< on the grid of the series; NaN outside the tumour and where nothing could be said
  Image<float> standard_deviation;  ///< of the probabilities of the voxel's windows (n); NaN as above
  std::size_t voxel_count = 0;      ///< voxels with a probability
  std::size_t excluded_count = 0;   ///< tumour voxels without one: not finite somewhere, or constant
  double mean = 0.0;                ///< of the probability over its voxels
  QcFlags flags;                    ///< pipeline.voxel.excluded, pipeline.voxel.noisy, model.simulated and those of its steps
  Provenance provenance;            ///< options and hashes; marked as simulated where the network or the series are
};

/// Sends every voxel's curve of a tumour through the model. The model was trained on mean curves of regions, which have far
/// less noise than a voxel: read the map for where, not for how probable, and smooth the series first where it is noisy.
struct ProbabilityMap {
  VoxelChannels channels = VoxelChannels::tissue;  ///< which channels the voxel's curve takes
  MakeWindows make_windows{};                      ///< normalisation and windows, as in training
  PredictOptions predict{};                        ///< `aggregation` puts the voxel's windows together
  Region region = Region::whole_tumour;            ///< the voxels to map
  std::size_t block = 4096;                        ///< voxels that go through the network together

  /// `labels` on the grid of `series`; `signals`: the patient's curves (ET, NET, ED, WT, AIF), as `ExtractCurves` or
  /// `RegionCurves` make them. The result does not depend on threads or `block`. Throws GeometryError for another grid;
  /// DataError for an empty region, other time points in series and curves, or curves that the network needs and that are
  /// missing; OptionError; Cancelled.
  VoxelProbability operator()(const PerfusionSeries& series, const LabelMap& labels, const CurveSet& signals,
                              const AttentionLSTM& network, const Progress& progress = {}) const;
};

}  // namespace bolus

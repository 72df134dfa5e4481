#pragma once
#include <bolus/core/progress.hpp>
#include <bolus/preprocess/brain_mask_quality.hpp>
#include <vector>

namespace bolus {

/// A brain mask, with what speaks for or against it.
struct BrainExtractionResult {
  Mask mask;                 ///< on the grid of the image
  BrainMaskQuality quality;  ///< of the mask
  QcFlags flags;             ///< those of the quality, and preprocess.brain.{no_boundary, disagreement}
};

/// Skull stripping without weights or atlas: a closed surface grows from inside the brain to its border (Smith, Hum Brain Mapp
/// 2002, the Brain Extraction Tool), then settles on the best border near it. Made for tumours, contrast medium, thick slices
/// and T2*-weighted echo-planar images as well as for plain T1. Nothing in it is random.
struct BrainExtraction {
  int threads = 0;  ///< 0: all cores; the result is the same for any number

  /// Throws DataError for an empty, constant or non-finite image or one without a head, OptionError, Cancelled.
  BrainExtractionResult operator()(const Image<float>& image, const Progress& progress = {}) const;
};

/// One brain mask from those of several images of a patient on one grid: inside where the median of the signed distances to
/// their borders is, so that one mask that is far off has no say.
struct BrainConsensus {
  double min_agreement = 0.9;  ///< Dice with the consensus below which a mask is flagged
  int threads = 0;             ///< 0: all cores; the result is the same for any number

  /// Flags: preprocess.brain.disagreement for each mask unlike the consensus. Throws DataError when there is no mask or one
  /// marks nothing, GeometryError when grids differ, OptionError.
  BrainExtractionResult operator()(const std::vector<Mask>& masks, const Progress& progress = {}) const;
};

}  // namespace bolus

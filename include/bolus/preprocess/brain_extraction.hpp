#pragma once
#include <bolus/core/progress.hpp>
#include <bolus/preprocess/brain_mask_quality.hpp>

namespace bolus {

/// A brain mask, with what speaks for or against it.
struct BrainExtractionResult {
  Mask mask;                 ///< on the grid of the image
  BrainMaskQuality quality;  ///< of the mask
  QcFlags flags;             ///< those of the quality, and preprocess.brain.no_boundary or .disagreement
};

/// Skull stripping without weights or atlas, by a surface model of the kind of the Brain Extraction Tool (Smith, Human Brain
/// Mapping 2002). What brain looks like is learned from the middle of the head and what surrounds it from the rim, in whatever
/// contrast the image has; the best closed surface between the two is a minimum cut (Li et al., IEEE PAMI 2006), which then
/// settles on the best smooth border near it. Made for tumours, contrast medium, thick slices and T2*-weighted echo-planar
/// images as well as for plain T1. The mask ends where the image of the brain fades: brain and the thin fluid around it.
/// Nothing in it is random.
struct BrainExtraction {
  double resolution = 2.0;  ///< mm of the voxels worked on; the border lies between them
  double smoothness = 3.0;  ///< mm: folds of the border finer than this are smoothed away
  double edge = 0.2;        ///< where the fall from brain (1) to what is darkest outside (0) counts as the border
  double margin = 0.0;      ///< mm to be added to the mask, or taken off where negative
  int threads = 0;          ///< 0: all cores; the result is the same for any number

  /// Throws DataError for an empty, constant or non-finite image or one without a head, OptionError, Cancelled.
  BrainExtractionResult operator()(const Image<float>& image, const Progress& progress = {}) const;
};

}  // namespace bolus

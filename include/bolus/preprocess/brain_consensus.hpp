#pragma once
#include <bolus/preprocess/brain_extraction.hpp>
#include <vector>

namespace bolus {

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

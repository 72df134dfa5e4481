#pragma once
#include <bolus/core/label_map.hpp>
#include <vector>

namespace bolus {

/// One lesion of the reference and what was predicted there.
struct LesionScore {
  double volume = 0.0;              ///< of the reference's lesion, mL
  std::size_t predicted_parts = 0;  ///< connected parts of the prediction that touch the dilated lesion; 0: it was missed
  double dice = 0.0;
  double hausdorff95 = 0.0;  ///< mm
  bool counted = true;       ///< false: too small to count, see SegmentationMetrics::lesion_volume
};

/// How well a predicted region agrees with a reference. No value is ever NaN: see `SegmentationMetrics` for empty regions.
struct RegionScore {
  std::size_t predicted_voxels = 0, reference_voxels = 0, common_voxels = 0;
  double predicted_volume = 0.0, reference_volume = 0.0;  ///< mL
  double volume_error = 0.0;                              ///< predicted - reference, mL
  double relative_volume_error = 0.0;                     ///< % of the reference
  double dice = 0.0;
  double sensitivity = 0.0;  ///< share of the reference that was found
  double specificity = 0.0;  ///< share of the voxels outside the reference that were left out; of the whole image
  double hausdorff95 = 0.0;  ///< mm
  double hausdorff = 0.0;    ///< mm
  double surface_dice = 0.0;
  double lesion_dice = 0.0;         ///< mean over lesions and false lesions
  double lesion_hausdorff95 = 0.0;  ///< mm, mean over lesions and false lesions
  std::size_t found_lesions = 0, missed_lesions = 0, false_lesions = 0;
  std::vector<LesionScore> lesions;  ///< of the reference, in the order of their first voxels
};

}  // namespace bolus

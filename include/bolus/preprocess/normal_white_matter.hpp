#pragma once
#include <bolus/core/image.hpp>
#include <bolus/core/label_map.hpp>
#include <bolus/core/qc_flag.hpp>
#include <bolus/preprocess/mirror_plane.hpp>
#include <bolus/preprocess/tissue_classification.hpp>

namespace bolus {

/// White matter taken as normal.
struct NormalWhiteMatterResult {
  Mask mask;
  std::size_t voxel_count = 0;
  double volume = 0.0;  ///< mL
  QcFlags flags;        ///< preprocess.white_matter.{small, crosses_midline, not_eroded}
};

/// Normal-appearing white matter from the tissue of a structural image, as reference for perfusion: white matter of the half
/// without the tumour, without its border, away from the midline, from the tumour and from what mirrors it.
/// `dsc::WhiteMatter` finds it on the grid of the series from the perfusion itself; this one does not depend on the perfusion.
struct NormalWhiteMatter {
  double probability = 0.9;     ///< least probability of white matter
  double erosion = 2.0;         ///< mm taken off the border of white matter (in the slice where slices are thicker)
  double tumour_margin = 10.0;  ///< mm around the tumour and around its mirror image that are left out
  double midline_margin = 3.0;  ///< mm to each side of the mirror plane that are left out
  double min_volume = 5.0;      ///< mL, flagged below
  int threads = 0;              ///< 0: all cores; the result is the same for any number

  /// `labels` (nullptr: no tumour, both halves are used) on the grid of `tissue`.
  /// Throws GeometryError, OptionError, DataError when nothing is left.
  NormalWhiteMatterResult operator()(const TissueMaps& tissue, const MirrorPlane& plane,
                                     const LabelMap* labels = nullptr) const;
};

}  // namespace bolus

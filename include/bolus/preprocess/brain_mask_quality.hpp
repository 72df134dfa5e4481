#pragma once
#include <bolus/core/image.hpp>
#include <bolus/core/qc_flag.hpp>
#include <bolus/core/verdict.hpp>

namespace bolus {

/// What a brain mask looks like, in numbers.
struct BrainMaskQuality {
  double volume = 0.0;        ///< mL
  double symmetry = 0.0;      ///< Dice of the mask with its mirror image about its best sagittal plane, 0 to 1
  double holes = 0.0;         ///< mL enclosed by the mask that do not belong to it
  double fragments = 0.0;     ///< mL outside its largest part
  double compactness = 0.0;   ///< surface of the sphere of that volume over its own surface: 1 for a sphere
  double border_share = 0.0;  ///< of its outermost voxels those on a side of the image that is neither top nor bottom
  double cut_below = 0.0;     ///< area of the lowest section of the image over that of the largest one
  double cut_above = 0.0;     ///< the same of the highest section
  Verdict verdict = Verdict::good;
  QcFlags flags;  ///< preprocess.brain.{empty, volume, asymmetric, holes, fragments, shape, border, cut}
};

/// Judges a brain mask by itself: its volume, how alike its halves are, holes, parts, shape, and whether it touches the border
/// of the image. A large tumour does not change these much, a lost lobe or an eye taken for brain does. The limits hold for the
/// whole brain of an adult; for a child or a slab give your own.
struct BrainMaskCheck {
  double min_volume = 900.0;       ///< mL, doubtful below; failed below half of it
  double max_volume = 2000.0;      ///< mL, doubtful above; failed above one and a half times it
  double min_symmetry = 0.90;      ///< doubtful below; failed below it by 0.15
  double max_holes = 1.0;          ///< mL, doubtful above
  double max_fragments = 5.0;      ///< mL, doubtful above
  double min_compactness = 0.45;   ///< doubtful below
  double max_border_share = 0.01;  ///< doubtful above
  double max_cut = 0.5;            ///< of the largest section, doubtful above
  int threads = 0;                 ///< 0: all cores; the result is the same for any number

  /// `mask` in a geometry that knows left from right. Never throws for a bad mask: an empty one is `failed`.
  /// Throws DataError for a mask without memory, OptionError.
  BrainMaskQuality operator()(const Mask& mask) const;
};

}  // namespace bolus

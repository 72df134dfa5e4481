#pragma once
#include <array>
#include <bolus/core/image.hpp>
#include <bolus/core/label_map.hpp>
#include <bolus/core/provenance.hpp>
#include <bolus/core/qc_flag.hpp>
#include <bolus/segment/cascade_weights.hpp>
#include <cstdint>
#include <optional>

namespace bolus {

/// Voxels of a box, both ends included, along x, y, z of the image.
struct VoxelBox {
  std::array<std::int64_t, 3> first{0, 0, 0}, last{-1, -1, -1};

  bool operator==(const VoxelBox&) const = default;
};

/// Volumes in mL.
struct TumourVolumes {
  double enhancing = 0.0, non_enhancing = 0.0, oedema = 0.0;
  double tumour_core = 0.0;  ///< enhancing and non-enhancing
  double whole_tumour = 0.0;
};

/// What the cascade found, on the grid of the images that were given.
struct TumourSegmentation {
  LabelMap labels;  ///< BraTS values: 1 NET, 2 ED, 4 ET

  /// Probability of the whole tumour, its core and its enhancing part: mean over the votes, before post-processing; 0 where a
  /// stage did not look, outside its box and outside the brain.
  Image<float> whole_tumour, tumour_core, enhancing;

  /// How much the votes (three views, twice as many when mirrored) differ: the standard deviation of their probabilities, 0 to
  /// 0.5, of the stage where it is largest.
  Image<float> uncertainty;

  TumourVolumes volumes;
  std::array<VoxelBox, 3> boxes;      ///< where each stage looked
  std::array<std::size_t, 3> voxels;  ///< that each stage marked, before post-processing
  std::size_t components = 0;         ///< separate parts of the whole tumour that touch neither by faces nor by edges
  QcFlags flags;
  Provenance provenance;
};

}  // namespace bolus

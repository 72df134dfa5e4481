#pragma once
#include <array>
#include <bolus/core/aligned_study.hpp>
#include <bolus/core/axis_order.hpp>
#include <bolus/core/random.hpp>
#include <bolus/segment/segment_tumour.hpp>
#include <map>
#include <string>
#include <vector>

#include "cascade_regions.hpp"
#include "numpy_noise.hpp"

namespace bolus::detail {

/// FLAIR, T1, contrast-enhanced T1, T2: the networks' channels.
inline constexpr std::array<Modality, 4> channel_order{Modality::flair, Modality::t1, Modality::cet1, Modality::t2};

/// The images as the networks see them.
struct CascadeImages {
  Geometry geometry;                          ///< of the study
  AxisOrder order;                            ///< from the study's axes to L, P, S
  Triple size{};                              ///< of the whole grid in L, P, S; z, y, x
  Box box;                                    ///< around the brain; what follows is cut to it
  std::array<std::vector<float>, 4> channel;  ///< normalised, background filled with noise
  Marks brain{Triple{}};                      ///< FLAIR > 0
  std::map<std::string, std::string> hashes;  ///< of the images as given, by modality
  QcFlags flags;
};

/// The noise at a place of the head, in voxels of the whole grid (it may lie outside). Channels have streams of their own.
inline float noise_at(std::uint64_t seed, std::size_t channel, const Triple& place) {
  constexpr std::int64_t extent = 1 << 20, middle = extent / 2;
  const auto index =
      static_cast<std::uint64_t>(((place[0] + middle) * extent + place[1] + middle) * extent + place[2] + middle);
  return static_cast<float>(RandomStream(seed, channel).normal(index));
}

/// Checks, reorders, masks, cuts and normalises. `noise` is drawn from when the options ask for numpy's stream.
CascadeImages prepare_images(const AlignedStudy& study, const std::optional<Mask>& brain, const SegmentTumour& options,
                             NumpyNoise& noise);

}  // namespace bolus::detail

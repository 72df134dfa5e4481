#pragma once
#include <bolus/core/perfusion_series.hpp>
#include <bolus/dsc/bolus_timing.hpp>
#include <bolus/dsc/perfusion_quantity.hpp>
#include <map>
#include <optional>

namespace bolus {

/// Why a voxel's values can or cannot be used.
enum class VoxelState : std::uint8_t {
  outside,   ///< not in the mask: 0 in every map
  valid,     ///< nothing to say against it
  floored,   ///< some samples are <= 0 and were taken as the smallest positive one
  no_bolus,  ///< S0 - Smin is within the noise: what is computed all the same means little
  invalid    ///< NaN, infinity, S0 <= 0 or no positive sample: 0 in every map
};

/// Maps of perfusion quantities on the grid of a series. No map holds NaN.
struct ParametricMaps {
  std::map<PerfusionQuantity, Image<float>> images;           ///< one for each quantity asked for, but dR2*
  std::optional<PerfusionSeries> delta_r2s;                   ///< dR2* of every volume, 1/s, when asked for
  Image<std::uint8_t> states;                                 ///< a `VoxelState` for each voxel
  std::size_t voxel_count = 0;                                ///< voxels of the mask
  std::size_t invalid_count = 0;                              ///< of those, VoxelState::invalid
  std::size_t floored_count = 0;                              ///< with samples <= 0, whatever else is the matter with them
  std::size_t no_bolus_count = 0;                             ///< VoxelState::no_bolus
  std::map<PerfusionQuantity, std::size_t> undefined_counts;  ///< usable voxels in which a quantity has no value and is 0
  std::map<PerfusionQuantity, double> white_matter_means;     ///< what maps were divided by
  Eigen::VectorXd times;                                      ///< s
  Eigen::VectorXd mean_signal;                                ///< mean curve of the mask, from which the windows were found
  Eigen::VectorXd reference;  ///< reference dR2* of the leakage correction, 1/s; empty without one
  BolusTimes timing;          ///< of the mean curve; its windows hold for every voxel
  QcFlags
      flags;  ///< of the timing and the leakage reference, and dsc.voxel.invalid, dsc.signal.not_positive, dsc.maps.no_bolus

  /// The map of a quantity. Throws DataError naming the maps there are.
  const Image<float>& operator[](PerfusionQuantity quantity) const {
    const auto found = images.find(quantity);
    if (found != images.end()) return found->second;
    std::string known;
    for (const auto& [each, image] : images) known += (known.empty() ? "" : ", ") + std::string(quantity_name(each));
    throw DataError(detail::message("there is no map of ", quantity_name(quantity), "; there are: ", known));
  }
};

}  // namespace bolus

#pragma once
#include <bolus/core/perfusion_series.hpp>
#include <cstdint>
#include <span>
#include <vector>

namespace bolus::detail {

/// Indices of the voxels of a mask, in the order of memory.
inline std::vector<std::uint32_t> voxels_of(const Mask& mask) {
  std::vector<std::uint32_t> voxels;
  for (std::size_t v = 0; v < mask.size(); ++v) {
    if (mask.data()[v]) voxels.push_back(static_cast<std::uint32_t>(v));
  }
  return voxels;
}

/// Signal of some voxels, frames x voxels: frame after frame, so that memory is read along rows; a voxel's samples then lie
/// together in the cache.
template <class Value>
Eigen::Matrix<Value, Eigen::Dynamic, Eigen::Dynamic> voxel_block(const PerfusionSeries& series,
                                                                 std::span<const std::uint32_t> voxels) {
  Eigen::Matrix<Value, Eigen::Dynamic, Eigen::Dynamic> signals(static_cast<Eigen::Index>(series.frames()),
                                                               static_cast<Eigen::Index>(voxels.size()));
  for (Eigen::Index t = 0; t < signals.rows(); ++t) {
    const auto frame = series.frame(static_cast<std::size_t>(t));
    for (std::size_t i = 0; i < voxels.size(); ++i) {
      signals(t, static_cast<Eigen::Index>(i)) = static_cast<Value>(frame[voxels[i]]);
    }
  }
  return signals;
}

}  // namespace bolus::detail

#pragma once
#include <array>
#include <bolus/segment/anisotropic_network.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace bolus::detail {

/// A residual block of the anisotropic network and the dilation within its slices.
struct ResidualBlock {
  const char* name;
  int dilation;
};

/// The blocks of each of the four levels; a 3x1x1 convolution ("fuse1" to "fuse4") follows each level.
inline const std::array<std::vector<ResidualBlock>, 4>& residual_blocks() {
  static const std::array<std::vector<ResidualBlock>, 4> levels{{{{"block1_1", 1}, {"block1_2", 1}},
                                                                 {{"block2_1", 1}, {"block2_2", 1}},
                                                                 {{"block3_1", 1}, {"block3_2", 2}, {"block3_3", 3}},
                                                                 {{"block4_1", 3}, {"block4_2", 2}, {"block4_3", 1}}}};
  return levels;
}

/// Slices that a network needs on each side of those it predicts.
inline constexpr auto halo = static_cast<std::int64_t>(AnisotropicNetwork::lost_slices) / 2;

/// Places of the three predictions among the 14 channels that the last convolution sees.
inline constexpr std::array<std::size_t, 3> prediction_channels{2, 4, 8}, prediction_offsets{0, 2, 6};
inline constexpr std::size_t predictions = 14, classes = 2;

/// Channels of the input's skip connection in the first block: 14 empty ones before and after.
inline constexpr std::size_t first_skip_offset = 14;

}  // namespace bolus::detail

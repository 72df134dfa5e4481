#pragma once
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <utility>
#include <vector>

namespace bolus {

/// Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw (SC'11): four random words for each
/// counter and key, with no state, so that any number can be drawn by any thread without changing another.
inline std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xD2511F53} * counter[0];
    const std::uint64_t b = std::uint64_t{0xCD9E8D57} * counter[2];
    counter = {static_cast<std::uint32_t>(b >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(b),
               static_cast<std::uint32_t>(a >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(a)};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return counter;
}

/// Random numbers addressed by (seed, stream, index): the same address always gives the same number. A stream is one use
/// of randomness (a patient, a replicate, a voxel), an index one draw in it.
class RandomStream {
 public:
  RandomStream(std::uint64_t seed, std::uint64_t stream) : seed_(seed), stream_(stream) {}

  /// 64 random bits.
  std::uint64_t bits(std::uint64_t index) const {
    const auto words = block(index);
    return words[0] | (std::uint64_t{words[1]} << 32);
  }

  /// Uniform in [0, 1), 53 bits.
  double uniform(std::uint64_t index) const { return unit(bits(index)); }

  /// Standard normal (Box-Muller on one counter's words).
  double normal(std::uint64_t index) const {
    const auto words = block(index);
    const double u = 1.0 - unit(words[0] | (std::uint64_t{words[1]} << 32));  // (0, 1]: the logarithm is finite
    const double v = unit(words[2] | (std::uint64_t{words[3]} << 32));
    return std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * v);
  }

  /// Uniform integer in [0, bound), bound at most 2^32. The bias of the multiply-shift is below bound / 2^64.
  std::size_t below(std::uint64_t index, std::size_t bound) const {
    __extension__ using wide = unsigned __int128;
    return static_cast<std::size_t>((static_cast<wide>(bits(index)) * bound) >> 64);
  }

  /// A random order of 0 .. count-1 (Fisher-Yates), from the indices `first_index` on.
  std::vector<std::size_t> permutation(std::size_t count, std::uint64_t first_index = 0) const {
    std::vector<std::size_t> order(count);
    for (std::size_t i = 0; i < count; ++i) order[i] = i;
    for (std::size_t i = count; i > 1; --i) std::swap(order[i - 1], order[below(first_index + i, i)]);
    return order;
  }

 private:
  std::array<std::uint32_t, 4> block(std::uint64_t index) const {
    return philox4x32({static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32),
                       static_cast<std::uint32_t>(stream_), static_cast<std::uint32_t>(stream_ >> 32)},
                      {static_cast<std::uint32_t>(seed_), static_cast<std::uint32_t>(seed_ >> 32)});
  }
  static double unit(std::uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1.0p-53; }

  std::uint64_t seed_, stream_;
};

}  // namespace bolus

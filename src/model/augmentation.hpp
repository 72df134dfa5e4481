#pragma once
#include <algorithm>
#include <array>
#include <bolus/core/random.hpp>
#include <bolus/model/idh_classifier.hpp>
#include <cmath>
#include <numbers>

#include "random_streams.hpp"

namespace bolus::detail {

/// Varies training curves in the order in which a measurement does: the bolus comes earlier or later (all curves together, for
/// tissue and artery share the clock), noise is added, the z-score divides by an SD, and that SD is itself uncertain. What is
/// drawn for a sample depends on seed, epoch and sample alone.
class Augmentation {
 public:
  Augmentation(const IDHClassifier& options, std::size_t channels, std::size_t steps)
      : options_(options), channels_(channels), steps_(steps) {}

  bool active() const { return options_.augment_shift > 0 || options_.augment_noise > 0.0 || options_.augment_scale > 0.0; }

  /// `values` (channels, steps) of a sample, of which `used` steps are in use.
  void operator()(float* values, std::size_t used, std::size_t sample, std::size_t epoch) const {
    const auto stream = random_stream(Randomness::augmentation, epoch);
    const RandomStream random(options_.seed, stream);
    const auto reach = options_.augment_shift;
    const auto first = sample * (1 + channels_);  // indices of the shift and the factors; noise has a stream of its own
    std::size_t moved = 0;
    if (reach > 0) moved = random.below(first, 2 * reach + 1);
    const double noise = options_.augment_noise;
    const double unit = 1.0 / std::sqrt(1.0 + noise * noise);
    for (std::size_t c = 0; c < channels_; ++c) {
      float* curve = values + c * steps_;
      if (reach > 0) shift(curve, used, moved, reach);
      if (noise > 0.0)
        add_noise(curve, used, sample * channels_ + c, epoch, static_cast<float>(noise), static_cast<float>(unit));
      if (options_.augment_scale > 0.0) {
        const auto factor = static_cast<float>(std::exp(options_.augment_scale * random.normal(first + 1 + c)));
        for (std::size_t t = 0; t < used; ++t) curve[t] *= factor;
      }
    }
  }

 private:
  /// Moves a curve by `moved` - `reach` steps towards later ones; the step at the edge fills what opens.
  static void shift(float* curve, std::size_t used, std::size_t moved, std::size_t reach) {
    if (moved > reach) {
      const auto by = std::min(moved - reach, used - 1);
      std::move_backward(curve, curve + used - by, curve + used);
      std::fill(curve, curve + by, curve[by]);
    } else if (moved < reach) {
      const auto by = std::min(reach - moved, used - 1);
      std::move(curve + by, curve + used, curve);
      std::fill(curve + used - by, curve + used, curve[used - by - 1]);
    }
  }

  /// curve = (curve + noise * normal) * unit. Four normal numbers from each block of random words (Box and Muller 1958).
  void add_noise(float* curve, std::size_t used, std::size_t row, std::size_t epoch, float noise, float unit) const {
    const auto stream = random_stream(Randomness::noise, epoch);
    const auto blocks = (steps_ + 3) / 4;
    for (std::size_t block = 0; 4 * block < used; ++block) {
      const std::uint64_t counter = row * blocks + block;
      const auto words =
          philox4x32({static_cast<std::uint32_t>(counter), static_cast<std::uint32_t>(counter >> 32),
                      static_cast<std::uint32_t>(stream), static_cast<std::uint32_t>(stream >> 32)},
                     {static_cast<std::uint32_t>(options_.seed), static_cast<std::uint32_t>(options_.seed >> 32)});
      std::array<float, 4> normal;
      for (std::size_t k = 0; k < 4; k += 2) {
        const float u = static_cast<float>((words[k] >> 8) + 1) * 0x1.0p-24F;  // (0, 1]: the logarithm is finite
        const float angle = static_cast<float>(words[k + 1] >> 8) * (0x1.0p-23F * std::numbers::pi_v<float>);
        const float radius = std::sqrt(-2.0F * std::log(u));
        normal[k] = radius * std::cos(angle);
        normal[k + 1] = radius * std::sin(angle);
      }
      const auto end = std::min(used, 4 * block + 4);
      for (std::size_t t = 4 * block; t < end; ++t) curve[t] = (curve[t] + noise * normal[t % 4]) * unit;
    }
  }

  const IDHClassifier& options_;
  std::size_t channels_, steps_;
};

}  // namespace bolus::detail

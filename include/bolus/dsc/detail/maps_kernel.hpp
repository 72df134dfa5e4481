// No #pragma once: see maps_lanes.hpp.
#ifdef BOLUS_MAPS_LANES
#include <bolus/dsc/detail/maps_shape.hpp>

namespace bolus::detail::BOLUS_MAPS_SET {

/// Everything asked for of `lanes` voxels, from column `at` of the block on.
BOLUS_MAPS_INLINE void compute_lanes(const MapsPlan& plan, const MapsBlock& block, std::size_t at) {
  const float* signal = block.signal + at;
  const std::size_t stride = block.stride;
  SignalLevels long_echo = levels(plan, signal, stride);
  Floats squares{}, lowest = all(3.4e38F), plateau{};
  for (int t = plan.baseline_first; t < plan.baseline_last; ++t) {
    const Floats x = load(signal + static_cast<std::size_t>(t) * stride) - long_echo.baseline;
    squares = squares + product(x, x);
  }
  for (int t = plan.search_first; t < plan.search_last; ++t) {
    lowest = smaller(lowest, load(signal + static_cast<std::size_t>(t) * stride));
  }
  for (int t = plan.plateau_first; t < plan.plateau_last; ++t) {
    plateau = plateau + load(signal + static_cast<std::size_t>(t) * stride);
  }
  const int samples = plan.baseline_last - plan.baseline_first;
  const Floats deviation = square_root(squares / all(static_cast<float>(samples > 1 ? samples - 1 : 1)));
  const Floats drop = long_echo.baseline - lowest, undefined = all(__builtin_nanf(""));
  const Choice noisy = deviation > Floats{};
  const Floats divisor = noisy ? deviation : all(1.0F);
  if (block.out.snr) store(block.out.snr + at, noisy ? long_echo.baseline / divisor : undefined);
  if (block.out.cnr) store(block.out.cnr + at, noisy ? drop / divisor : undefined);
  if (block.out.drop) store(block.out.drop + at, drop);
  if (block.out.recovered) {
    const bool none = plan.plateau_first >= plan.plateau_last;
    const Floats after = plateau / all(static_cast<float>(none ? 1 : plan.plateau_last - plan.plateau_first)) - lowest;
    const Choice known = drop > Floats{};
    const Floats share = product(after, all(100.0F)) / (known ? drop : all(1.0F));
    store(block.out.recovered + at, none ? undefined : (known ? share : undefined));
  }

  Choice good = long_echo.good, floored = long_echo.floored;
  if (plan.relaxation) {
    SignalLevels other = long_echo;
    if (block.short_echo) {
      other = levels(plan, block.short_echo + at, stride);
      good = good & other.good;
      floored = floored | other.floored;
    }
    relax(plan, block, at, long_echo, other, good, floored);
  }
  if (plan.timing) time_curves(plan, block, at);

  const Choice weak = drop < product(deviation, all(plan.contrast_threshold));
  const Integers one = Integers{} + 1;
  const Integers state =
      good ? (weak ? one * MapsState::no_bolus : (floored ? one * MapsState::floored : one * MapsState::valid))
           : one * MapsState::invalid;
  std::int32_t states[lanes];
  __builtin_memcpy(states, &state, sizeof states);
  for (int i = 0; i < lanes; ++i) block.out.state[at + static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(states[i]);
}

inline void compute_block(const MapsPlan& plan, const MapsBlock& block) {
  for (std::size_t at = 0; at < block.count; at += lanes) {
    if (block.ahead && at % 16 == 0) block.ahead->step(at / 16);
    compute_lanes(plan, block, at);
  }
}

/// Adds up dR2* of the block's usable voxels: volume t to sums[t], their number to sums[frames]. A sum of logarithms is the
/// logarithm of a product, of which eight factors at a time fit into a float; sixteen such sums run side by side whatever the
/// number of lanes is. S / S0 is taken as 1e-4 to 1e4.
inline void sum_block(const MapsPlan& plan, const MapsBlock& block, double* sums) {
  const auto frames = static_cast<std::size_t>(plan.frames);
  float *logarithms = block.smooth, *products = block.smooth + 16 * frames;
  for (std::size_t i = 0; i < 16 * frames; ++i) {
    logarithms[i] = 0.0F;
    products[i] = 1.0F;
  }
  for (std::size_t first = 0; first < block.count; first += 16) {
    if (block.ahead) block.ahead->step(first / 16);
    const Prefetch prefetch(block);
    for (std::size_t lane = 0; lane < 16; lane += lanes) {
      const std::size_t at = first + lane;
      const SignalLevels level = levels(plan, block.signal + at, block.stride);
      const SignalLevels other = block.short_echo ? levels(plan, block.short_echo + at, block.stride) : level;
      const Choice good = level.good & other.good & no(level.floored) & no(other.floored);
      const Floats inverse = all(1.0F) / level.baseline, other_inverse = all(1.0F) / other.baseline;
      for (std::size_t t = 0; t < frames; ++t) {
        prefetch(static_cast<int>(t));
        const Floats ratio = relative_signal(block, at + t * block.stride, level, inverse, other, other_inverse);
        const Floats inside = smaller(larger(ratio, all(1e-4F)), all(1e4F));
        float* to = products + 16 * t + lane;
        store(to, product(load(to), good ? inside : all(1.0F)));
      }
      const Floats counted = good ? all(1.0F) : Floats{};
      float counts[lanes];
      store(counts, counted);
      for (const float each : counts) sums[frames] += static_cast<double>(each);
    }
    if (first / 16 % 8 != 7 && first + 16 < block.count) continue;
    for (std::size_t i = 0; i < 16 * frames; i += lanes) {
      store(logarithms + i, load(logarithms + i) + logarithm(load(products + i)));
      store(products + i, all(1.0F));
    }
  }
  for (std::size_t t = 0; t < frames; ++t) {
    double sum = 0.0;
    for (std::size_t i = 0; i < 16; ++i) sum += static_cast<double>(logarithms[16 * t + i]);
    sums[t] -= sum * static_cast<double>(plan.inverse_echo_time);
  }
}

}  // namespace bolus::detail::BOLUS_MAPS_SET

#endif

// No #pragma once: see maps_lanes.hpp.
#ifdef BOLUS_MAPS_LANES
#include <bolus/dsc/detail/maps_lanes.hpp>

namespace bolus::detail::BOLUS_MAPS_SET {

/// What the signal says before any logarithm is taken.
struct SignalLevels {
  Floats baseline, floor;  ///< S0 and the smallest positive sample; 1 where the curve is no use
  Choice good, floored;    ///< finite, with S0 > 0 and some sample > 0; some sample <= 0
};

BOLUS_MAPS_INLINE SignalLevels levels(const MapsPlan& plan, const float* signal, std::size_t stride) {
  constexpr float huge = 3.402823466e38F, tiny = 1.17549435e-38F;
  Floats total{}, smallest = all(huge), sum{};
  for (int t = 0; t < plan.frames; ++t) {
    const Floats x = load(signal + static_cast<std::size_t>(t) * stride);
    total = total + x;  // NaN or infinity once x is
    smallest = smaller(x, smallest);
  }
  for (int t = plan.baseline_first; t < plan.baseline_last; ++t)
    sum = sum + load(signal + static_cast<std::size_t>(t) * stride);
  const Floats mean = sum / all(static_cast<float>(plan.baseline_last - plan.baseline_first));
  SignalLevels found;
  found.floored = smallest <= Floats{};
  Floats positive = smallest;
  if (any(found.floored)) {
    positive = all(huge);
    for (int t = 0; t < plan.frames; ++t) {
      const Floats x = load(signal + static_cast<std::size_t>(t) * stride);
      positive = smaller(x > Floats{} ? x : all(huge), positive);
    }
  }
  const Choice finite = product(total, Floats{}) == Floats{};
  found.good = finite & (mean >= all(tiny)) & (mean < all(huge)) & (positive < all(huge));
  found.baseline = found.good ? mean : all(1.0F);
  found.floor = found.good ? positive : all(1.0F);
  return found;
}

BOLUS_MAPS_INLINE Floats weighted_sum(const float* curve, std::size_t stride, const float* weights, int first, int last) {
  Floats sum{};
  for (int t = first; t < last; ++t) {
    sum = sum + product(load(curve + static_cast<std::size_t>(t) * stride), all(weights[t]));
  }
  return sum;
}

/// K1 and K2 of the linear leakage model, as `LeakageSolver` finds them.
BOLUS_MAPS_INLINE void fit_leakage(const MapsPlan& plan, const MapsBlock& block, std::size_t at, Floats k1, Floats k2) {
  const float* d = block.relaxation + at;
  const MapsLeakage& fit = plan.leakage;
  const std::size_t stride = block.stride;
  Floats squares{};
  const int samples = fit.noise_last - fit.noise_first;
  if (samples >= 5) {
    Floats mean{};
    for (int t = fit.noise_first; t < fit.noise_last; ++t) mean = mean + load(d + static_cast<std::size_t>(t) * stride);
    mean = mean / all(static_cast<float>(samples));
    for (int t = fit.noise_first; t < fit.noise_last; ++t) {
      const Floats x = load(d + static_cast<std::size_t>(t) * stride) - mean;
      squares = squares + product(x, x);
    }
    squares = squares / all(static_cast<float>(samples - 1));
  } else {
    for (int t = fit.first; t < fit.last; ++t) {
      const Floats fitted = product(k1, all(fit.reference[t])) - product(k2, all(fit.integral[t]));
      const Floats x = load(d + static_cast<std::size_t>(t) * stride) - fitted;
      squares = squares + product(x, x);
    }
    squares = squares / all(static_cast<float>(fit.last - fit.first > 3 ? fit.last - fit.first - 2 : 1));
  }
  const Floats error = product(square_root(squares), all(fit.spread));
  const Floats size = k2 < Floats{} ? -k2 : k2;
  const Choice doubtful = error > product(size, all(fit.max_variation));
  k1 = doubtful ? k1 + product(k2, all(fit.shared)) : k1;
  k2 = doubtful ? Floats{} : k2;
  if (block.out.k1) store(block.out.k1 + at, k1);
  if (block.out.k2) store(block.out.k2 + at, k2);
  if (block.out.k2_error) store(block.out.k2_error + at, error);
}

/// S / S0 of one sample, over that of the shorter echo where there is one.
BOLUS_MAPS_INLINE Floats relative_signal(const MapsBlock& block, std::size_t place, const SignalLevels& level, Floats inverse,
                                         const SignalLevels& other, Floats other_inverse) {
  Floats ratio = product(larger(load(block.signal + place), level.floor), inverse);
  if (block.short_echo) ratio = ratio / product(larger(load(block.short_echo + place), other.floor), other_inverse);
  return ratio;
}

/// ln(S / S0) times `scale` of every sample, given to `use`; 0 where `good` is not set.
template <class Use>
BOLUS_MAPS_INLINE void relax_samples(const MapsPlan& plan, const MapsBlock& block, std::size_t at, const SignalLevels& level,
                                     const SignalLevels& other, Choice good, Choice floored, Use&& use) {
  const Floats inverse = all(1.0F) / level.baseline, scale = all(-plan.inverse_echo_time);
  const std::size_t stride = block.stride;
  const float* from = block.signal + at;
  float* to = block.relaxation + at;
  const int frames = plan.frames;
  const Prefetch prefetch(block);
  if (!block.short_echo && !any(no(good) | floored)) {  // as nearly always: the same values with less work
    for (int t = 0; t < frames; ++t, from += stride, to += stride) {
      prefetch(t);
      const Floats d = product(logarithm(product(load(from), inverse)), scale);
      store(to, d);
      use(t, d);
    }
    return;
  }
  const Floats other_inverse = all(1.0F) / other.baseline;
  for (int t = 0; t < frames; ++t, to += stride) {
    const std::size_t place = at + static_cast<std::size_t>(t) * stride;
    const Floats value = logarithm(relative_signal(block, place, level, inverse, other, other_inverse));
    const Floats d = good ? product(value, scale) : Floats{};
    store(to, d);
    use(t, d);
  }
}

/// dR2* of every sample, and the weighted sums of it while it is in a register.
BOLUS_MAPS_INLINE void relax(const MapsPlan& plan, const MapsBlock& block, std::size_t at, const SignalLevels& level,
                             const SignalLevels& other, Choice good, Choice floored) {
  const MapsSum &volume = plan.volume, &area = plan.area;
  const float *weights = volume.weights, *solve1 = plan.leakage.solve1, *solve2 = plan.leakage.solve2;
  Floats integral{}, k1{}, k2{};
  if (solve1) {
    relax_samples(plan, block, at, level, other, good, floored, [&](int t, Floats d) BOLUS_MAPS_LAMBDA {
      integral = integral + product(d, all(weights[t]));
      k1 = k1 + product(d, all(solve1[t]));
      k2 = k2 + product(d, all(solve2[t]));
    });
    fit_leakage(plan, block, at, k1, k2);
  } else if (block.out.volume) {
    relax_samples(plan, block, at, level, other, good, floored,
                  [&](int t, Floats d) BOLUS_MAPS_LAMBDA { integral = integral + product(d, all(weights[t])); });
  } else {
    relax_samples(plan, block, at, level, other, good, floored, [](int, Floats) BOLUS_MAPS_LAMBDA {});
  }
  if (block.out.volume) store(block.out.volume + at, integral);
  if (block.out.area) {
    store(block.out.area + at, weighted_sum(block.relaxation + at, block.stride, area.weights, area.first, area.last));
  }
}

}  // namespace bolus::detail::BOLUS_MAPS_SET

#endif

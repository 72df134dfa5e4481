// No #pragma once: see maps_lanes.hpp.
#ifdef BOLUS_MAPS_LANES
#include <bolus/dsc/detail/maps_relaxation.hpp>

namespace bolus::detail::BOLUS_MAPS_SET {

/// Where a line between two samples crosses `level`.
struct Crossing {
  Floats from{}, to{}, time{}, gap{};  ///< the two samples, the time of the first, and how much later the second is
  Choice found{};
  BOLUS_MAPS_INLINE void take(Choice where, Floats first, Floats second, float at, float step) {
    from = where ? first : from;
    to = where ? second : to;
    time = where ? all(at) : time;
    gap = where ? all(step) : gap;
    found = found | where;
  }
  BOLUS_MAPS_INLINE Floats at(Floats level) const {
    const Floats rise = to - from;
    const Floats part = (level - from) / (rise != Floats{} ? rise : all(1.0F));
    return time + product(gap, smaller(larger(part, Floats{}), all(1.0F)));
  }
};

/// Peak, arrival and slopes of the first pass from the 3-point mean of dR2*, widths and largest value from dR2* itself.
BOLUS_MAPS_INLINE void time_curves(const MapsPlan& plan, const MapsBlock& block, std::size_t at) {
  const float* d = block.relaxation + at;
  const auto row = [&](int t) BOLUS_MAPS_LAMBDA { return load(d + static_cast<std::size_t>(t) * block.stride); };
  const auto smooth = [&](int t) BOLUS_MAPS_LAMBDA { return load(block.smooth + static_cast<std::size_t>(t) * lanes); };
  const int first = plan.search_first, last = plan.search_last, end = plan.frames - 1;
  const int from = first > 0 ? first - 1 : 0, to = last < end ? last : end;
  for (int t = from; t <= to; ++t) {
    const Floats sides = (t > 0 ? row(t - 1) : Floats{}) + (t < end ? row(t + 1) : Floats{});
    store(block.smooth + static_cast<std::size_t>(t) * lanes,
          product(sides + row(t), all(t > 0 && t < end ? 1.0F / 3.0F : 0.5F)));
  }

  Floats peak = all(-3.4e38F), largest = all(-3.4e38F), position{}, time{}, before{}, after{}, gap_before{}, gap_after{};
  for (int t = first; t < last; ++t) {
    const Floats value = smooth(t);
    const Choice better = value > peak;
    peak = better ? value : peak;
    position = better ? all(static_cast<float>(t)) : position;
    time = better ? all(plan.times[t]) : time;
    before = better ? (t > 0 ? smooth(t - 1) : value) : before;
    after = better ? (t < end ? smooth(t + 1) : value) : after;
    gap_before = better ? all(t > 0 ? plan.times[t] - plan.times[t - 1] : 1.0F) : gap_before;
    gap_after = better ? all(t < end ? plan.times[t + 1] - plan.times[t] : 1.0F) : gap_after;
    largest = larger(largest, row(t));
  }
  if (block.out.largest) store(block.out.largest + at, largest);
  if (block.out.peak_time) {
    const Floats left = (peak - before) / gap_before, right = (after - peak) / gap_after;
    const Floats curvature = (right - left) / (gap_before + gap_after);
    const Choice top = curvature < Floats{};
    const Floats shift = product(left + product(curvature, gap_before), all(-0.5F)) / (top ? curvature : all(1.0F));
    const Floats inside = smaller(larger(shift, product(gap_before, all(-0.5F))), product(gap_after, all(0.5F)));
    store(block.out.peak_time + at, time + (top ? inside : Floats{}));
  }

  const Floats undefined = all(__builtin_nanf(""));
  const Floats low = product(peak, all(0.2F)), high = product(peak, all(0.8F)), half = product(peak, all(0.5F)),
               middle = product(largest, all(0.5F));
  Crossing rise_low, rise_high, rise_half, fall_high, fall_half, fall_middle;
  const bool rising = block.out.arrival || block.out.wash_in, falling = block.out.wash_out, width = block.out.width;
  if (rising) {
    float positions[lanes], furthest = 0.0F;
    store(positions, position);
    for (const float each : positions) furthest = furthest < each ? each : furthest;
    const int stop = static_cast<int>(furthest);  // no voxel rises any more
    for (int t = first; t < stop; ++t) {
      const Choice ahead = all(static_cast<float>(t)) < position;
      const Floats value = smooth(t), next = smooth(t + 1);
      const float gap = plan.times[t + 1] - plan.times[t];
      rise_low.take(ahead & (value < low), value, next, plan.times[t], gap);
      rise_high.take(ahead & (value < high), value, next, plan.times[t], gap);
    }
    const Floats early = rise_low.at(low), late = rise_high.at(high);
    const Choice known = rise_low.found & rise_high.found & (late > early) & (peak > Floats{});
    if (block.out.arrival) {
      const Floats onset = early - product(late - early, all(1.0F / 3.0F)) + all(plan.arrival_shift);
      store(block.out.arrival + at, known ? onset : undefined);
    }
    if (block.out.wash_in) {
      store(block.out.wash_in + at, known ? product(peak, all(0.6F)) / (known ? late - early : all(1.0F)) : undefined);
    }
  }
  if (falling) {
    for (int t = first + 1; t < last; ++t) {
      const Choice behind = all(static_cast<float>(t)) > position;
      const Floats value = smooth(t), previous = smooth(t - 1);
      const float gap = plan.times[t] - plan.times[t - 1];
      fall_high.take(behind & no(fall_high.found) & (value < high), previous, value, plan.times[t - 1], gap);
      fall_half.take(behind & no(fall_half.found) & (value < half), previous, value, plan.times[t - 1], gap);
    }
    const Floats early = fall_high.at(high), late = fall_half.at(half);
    const Choice known = fall_high.found & fall_half.found & (late > early) & (peak > Floats{});
    store(block.out.wash_out + at, known ? product(peak, all(-0.3F)) / (known ? late - early : all(1.0F)) : undefined);
  }
  if (width) {
    for (int t = first; t + 1 < last; ++t) {
      const Choice ahead = all(static_cast<float>(t)) < position, behind = all(static_cast<float>(t)) >= position;
      const Floats value = row(t), next = row(t + 1);
      const float gap = plan.times[t + 1] - plan.times[t];
      rise_half.take(ahead & (value < middle), value, next, plan.times[t], gap);
      fall_middle.take(behind & no(fall_middle.found) & (next < middle), value, next, plan.times[t], gap);
    }
    const Choice known = rise_half.found & fall_middle.found & (peak > Floats{});
    store(block.out.width + at, known ? fall_middle.at(middle) - rise_half.at(middle) : undefined);
  }
}

}  // namespace bolus::detail::BOLUS_MAPS_SET

#endif

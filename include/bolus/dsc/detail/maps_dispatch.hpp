#pragma once
#include <bolus/dsc/detail/maps_plan.hpp>

/// The kernel is compiled once for every instruction set and chosen when the program runs; the one for any processor is four
/// lanes of the compiler's own vectors (SSE2, NEON), or one lane where the compiler has none. All give the same bits.
#if defined(__GNUC__)
#define BOLUS_MAPS_INLINE [[gnu::always_inline]] inline
#define BOLUS_MAPS_LAMBDA __attribute__((always_inline))
#define BOLUS_MAPS_LANES 4
#else
#define BOLUS_MAPS_INLINE inline
#define BOLUS_MAPS_LAMBDA
#define BOLUS_MAPS_LANES 1
#endif

#define BOLUS_MAPS_SET maps_any
#include <bolus/dsc/detail/maps_kernel.hpp>
#undef BOLUS_MAPS_SET
#undef BOLUS_MAPS_LANES

#if defined(__x86_64__) && defined(__GNUC__)
#define BOLUS_MAPS_X86 1
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2")
#endif
#define BOLUS_MAPS_LANES 8
#define BOLUS_MAPS_SET maps_avx2
#include <bolus/dsc/detail/maps_kernel.hpp>
#undef BOLUS_MAPS_SET
#undef BOLUS_MAPS_LANES
#if defined(__clang__)
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx512f"))), apply_to = function)
#else
#pragma GCC pop_options
#pragma GCC push_options
#pragma GCC target("avx512f")
#endif
#define BOLUS_MAPS_LANES 16
#define BOLUS_MAPS_SET maps_avx512
#include <bolus/dsc/detail/maps_kernel.hpp>
#undef BOLUS_MAPS_SET
#undef BOLUS_MAPS_LANES
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif

namespace bolus::detail {

/// Lanes of the widest kernel that this processor runs: 16, 8 or 4 (1 where the compiler has no vectors).
inline int maps_lanes() {
#ifdef BOLUS_MAPS_X86
  if (__builtin_cpu_supports("avx512f")) return maps_avx512::lanes;
  if (__builtin_cpu_supports("avx2")) return maps_avx2::lanes;
#endif
  return maps_any::lanes;
}

/// Computes every voxel of a block on `lanes` lanes at once, a number that this processor has.
inline void compute_maps_block(const MapsPlan& plan, const MapsBlock& block, int lanes) {
#ifdef BOLUS_MAPS_X86
  if (lanes == maps_avx512::lanes) return maps_avx512::compute_block(plan, block);
  if (lanes == maps_avx2::lanes) return maps_avx2::compute_block(plan, block);
#endif
  maps_any::compute_block(plan, block);
}

/// Adds up dR2* of a block's usable voxels: see `sum_block`.
inline void sum_maps_block(const MapsPlan& plan, const MapsBlock& block, double* sums, int lanes) {
#ifdef BOLUS_MAPS_X86
  if (lanes == maps_avx512::lanes) return maps_avx512::sum_block(plan, block, sums);
  if (lanes == maps_avx2::lanes) return maps_avx2::sum_block(plan, block, sums);
#endif
  maps_any::sum_block(plan, block, sums);
}

}  // namespace bolus::detail

#undef BOLUS_MAPS_X86
#undef BOLUS_MAPS_INLINE
#undef BOLUS_MAPS_LAMBDA

// No #pragma once: maps_dispatch.hpp includes this once for each instruction set, with BOLUS_MAPS_LANES floats in a register
// and BOLUS_MAPS_SET as the name of a namespace. Included alone it is empty.
#ifdef BOLUS_MAPS_LANES

namespace bolus::detail::BOLUS_MAPS_SET {

inline constexpr int lanes = BOLUS_MAPS_LANES;

#if BOLUS_MAPS_LANES > 1
typedef float Floats __attribute__((vector_size(4 * BOLUS_MAPS_LANES)));
typedef std::int32_t Integers __attribute__((vector_size(4 * BOLUS_MAPS_LANES)));
typedef Integers Choice;  // all bits of a lane set where a comparison is true
BOLUS_MAPS_INLINE Choice no(Choice choice) { return ~choice; }
#else
typedef float Floats;
typedef std::int32_t Integers;
typedef bool Choice;
BOLUS_MAPS_INLINE Choice no(Choice choice) { return !choice; }
#endif

BOLUS_MAPS_INLINE Floats load(const float* from) {
  Floats value;
  __builtin_memcpy(&value, from, sizeof value);
  return value;
}
BOLUS_MAPS_INLINE void store(float* to, Floats value) { __builtin_memcpy(to, &value, sizeof value); }
BOLUS_MAPS_INLINE Floats all(float value) { return value - Floats{}; }

/// a * b, rounded: never joined with a following addition, so that processors with and without such an instruction agree.
BOLUS_MAPS_INLINE Floats product(Floats a, Floats b) {
  Floats value = a * b;
#if defined(__x86_64__)
  __asm__("" : "+v"(value));
#elif defined(__aarch64__)
  __asm__("" : "+w"(value));
#endif
  return value;
}
BOLUS_MAPS_INLINE bool any(Choice choice) {
#if BOLUS_MAPS_LANES > 1
  std::int64_t words[BOLUS_MAPS_LANES / 2], found = 0;
  __builtin_memcpy(words, &choice, sizeof words);
  for (const std::int64_t word : words) found |= word;
  return found != 0;
#else
  return choice;
#endif
}
BOLUS_MAPS_INLINE Floats larger(Floats a, Floats b) { return a > b ? a : b; }
BOLUS_MAPS_INLINE Floats smaller(Floats a, Floats b) { return a < b ? a : b; }

BOLUS_MAPS_INLINE Floats square_root(Floats x) {
#if defined(__x86_64__) && BOLUS_MAPS_LANES > 4
  __asm__("vsqrtps %0, %0" : "+v"(x));
  return x;
#elif defined(__x86_64__) && BOLUS_MAPS_LANES == 4
  __asm__("sqrtps %0, %0" : "+x"(x));
  return x;
#else
  float values[lanes];
  __builtin_memcpy(values, &x, sizeof values);
  for (int i = 0; i < lanes; ++i) values[i] = __builtin_sqrtf(values[i]);
  return load(values);
#endif
}

/// Asks for the lines of the next block, one with each volume of this one.
struct Prefetch {
  const float *first, *second;
  int turn;
  BOLUS_MAPS_INLINE explicit Prefetch(const MapsBlock& block)
      : first(block.ahead ? block.ahead->first : block.signal),
        second(block.ahead ? block.ahead->second : block.signal),
        turn(block.ahead ? block.ahead->turn : 0) {}
  BOLUS_MAPS_INLINE void operator()(int t) const {
#if defined(__GNUC__)
    __builtin_prefetch((t < turn ? first : second) + 16 * t, 0, 2);
#endif
  }
};

/// Natural logarithm of positive normal numbers, within 2 units in the last place. x = 2^e m with m in [2/3, 4/3), f = m - 1,
/// and ln m = f - f^2 / 2 + f^3 q(f) with q a polynomial of degree 7 fitted to the smallest largest relative error.
BOLUS_MAPS_INLINE Floats logarithm(Floats x) {
  Integers bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  const Integers exponent = (bits - 0x3F2AAAAB) >> 23;
  bits -= exponent << 23;
  Floats f;
  __builtin_memcpy(&f, &bits, sizeof f);
  f = f - 1.0F;
#if BOLUS_MAPS_LANES > 1
  const Floats e = __builtin_convertvector(exponent, Floats);
#else
  const Floats e = static_cast<float>(exponent);
#endif
  Floats q = all(-0x1.07ed60p-3F);
  q = product(q, f) + 0x1.1e6c0ap-3F;
  q = product(q, f) - 0x1.f31b38p-4F;
  q = product(q, f) + 0x1.1ed610p-3F;
  q = product(q, f) - 0x1.559d7ap-3F;
  q = product(q, f) + 0x1.99d038p-3F;
  q = product(q, f) - 0x1.fffef2p-3F;
  q = product(q, f) + 0x1.555506p-2F;
  const Floats square = product(f, f);
  // ln 2 in two parts, of which the product of e with the first is exact.
  const Floats small = product(product(square, f), q) + product(e, all(-0x1.bd0106p-13F));
  return ((small - product(square, all(0.5F))) + f) + product(e, all(0x1.63p-1F));
}

}  // namespace bolus::detail::BOLUS_MAPS_SET

#endif

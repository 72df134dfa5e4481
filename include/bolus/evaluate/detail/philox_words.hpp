#pragma once
#include <array>
#include <bolus/core/random.hpp>
#include <cstddef>
#include <cstdint>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define BOLUS_PHILOX_X86 1
#endif

namespace bolus::detail {

/// Consecutive Philox counters in bulk: words[2 b] and words[2 b + 1] are the four 32-bit words of the block with counter
/// {first + b, high, stream, stream >> 32} and the key `seed`, low word first. The same bits on every machine; on x86-64
/// several blocks are made at once where the processor has AVX-512 or AVX2.
struct PhiloxWords {
  static constexpr std::size_t blocks = 16;  ///< made by one call
  using Buffer = std::array<std::uint64_t, 2 * blocks>;

  std::uint64_t seed = 0;
  std::uint64_t stream = 0;
  std::uint32_t high = 0;

  void operator()(std::uint32_t first, Buffer& words) const {
#ifdef BOLUS_PHILOX_X86
    static const bool avx512 = __builtin_cpu_supports("avx512f"), avx2 = __builtin_cpu_supports("avx2");
    return avx512 ? fill_avx512(first, words) : avx2 ? fill_avx2(first, words) : fill_scalar(first, words);
#else
    fill_scalar(first, words);
#endif
  }

  void fill_scalar(std::uint32_t first, Buffer& words) const {
    for (std::uint32_t b = 0; b < blocks; ++b) {
      const auto block =
          philox4x32({first + b, high, static_cast<std::uint32_t>(stream), static_cast<std::uint32_t>(stream >> 32)},
                     {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)});
      words[2 * b] = block[0] | (std::uint64_t{block[1]} << 32);
      words[2 * b + 1] = block[2] | (std::uint64_t{block[3]} << 32);
    }
  }

#ifdef BOLUS_PHILOX_X86
  // Each 64-bit lane holds one 32-bit word of one block; the multiplication reads the low half of a lane and leaves the high
  // half of the product in place, so what stands in a lane's high half never matters until the words are joined.
  [[gnu::target("avx2")]] void fill_avx2(std::uint32_t first, Buffer& words) const {
    constexpr std::size_t lanes = 4, vectors = 2;
    for (std::size_t start = 0; start < blocks; start += lanes * vectors) {
      __m256i c0[vectors], c1[vectors], c2[vectors], c3[vectors];
      for (std::size_t v = 0; v < vectors; ++v) {
        const auto counter = static_cast<std::uint32_t>(first + start + lanes * v);
        c0[v] = _mm256_set_epi64x(counter + 3u, counter + 2u, counter + 1u, counter);
        c1[v] = _mm256_set1_epi64x(high);
        c2[v] = _mm256_set1_epi64x(static_cast<std::uint32_t>(stream));
        c3[v] = _mm256_set1_epi64x(static_cast<std::uint32_t>(stream >> 32));
      }
      std::uint32_t key0 = static_cast<std::uint32_t>(seed), key1 = static_cast<std::uint32_t>(seed >> 32);
      for (int round = 0; round < 10; ++round, key0 += 0x9E3779B9u, key1 += 0xBB67AE85u) {
        const __m256i k0 = _mm256_set1_epi64x(key0), k1 = _mm256_set1_epi64x(key1);
        for (std::size_t v = 0; v < vectors; ++v) {
          const __m256i a = _mm256_mul_epu32(c0[v], _mm256_set1_epi64x(0xD2511F53));
          const __m256i b = _mm256_mul_epu32(c2[v], _mm256_set1_epi64x(0xCD9E8D57));
          c0[v] = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(b, 32), c1[v]), k0);
          c2[v] = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(a, 32), c3[v]), k1);
          c1[v] = b;
          c3[v] = a;
        }
      }
      const __m256i mask = _mm256_set1_epi64x(0xFFFFFFFFll);
      for (std::size_t v = 0; v < vectors; ++v) {
        const __m256i even = _mm256_or_si256(_mm256_and_si256(c0[v], mask), _mm256_slli_epi64(c1[v], 32));
        const __m256i odd = _mm256_or_si256(_mm256_and_si256(c2[v], mask), _mm256_slli_epi64(c3[v], 32));
        const __m256i first_pair = _mm256_unpacklo_epi64(even, odd), second_pair = _mm256_unpackhi_epi64(even, odd);
        auto* out = reinterpret_cast<__m256i*>(words.data() + 2 * (start + lanes * v));
        _mm256_storeu_si256(out, _mm256_permute2x128_si256(first_pair, second_pair, 0x20));
        _mm256_storeu_si256(out + 1, _mm256_permute2x128_si256(first_pair, second_pair, 0x31));
      }
    }
  }

  [[gnu::target("avx512f")]] void fill_avx512(std::uint32_t first, Buffer& words) const {
    constexpr std::size_t lanes = 8, vectors = 2;
    constexpr __mmask8 all = 0xFF;  // GCC 12 warns of its own header at the forms without a mask
    const __m512i join_low = _mm512_set_epi64(11, 3, 10, 2, 9, 1, 8, 0),
                  join_high = _mm512_set_epi64(15, 7, 14, 6, 13, 5, 12, 4);
    for (std::size_t start = 0; start < blocks; start += lanes * vectors) {
      __m512i c0[vectors], c1[vectors], c2[vectors], c3[vectors];
      for (std::size_t v = 0; v < vectors; ++v) {
        const auto counter = static_cast<std::uint32_t>(first + start + lanes * v);
        c0[v] = _mm512_set_epi64(counter + 7u, counter + 6u, counter + 5u, counter + 4u, counter + 3u, counter + 2u,
                                 counter + 1u, counter);
        c1[v] = _mm512_set1_epi64(high);
        c2[v] = _mm512_set1_epi64(static_cast<std::uint32_t>(stream));
        c3[v] = _mm512_set1_epi64(static_cast<std::uint32_t>(stream >> 32));
      }
      std::uint32_t key0 = static_cast<std::uint32_t>(seed), key1 = static_cast<std::uint32_t>(seed >> 32);
      for (int round = 0; round < 10; ++round, key0 += 0x9E3779B9u, key1 += 0xBB67AE85u) {
        const __m512i k0 = _mm512_set1_epi64(key0), k1 = _mm512_set1_epi64(key1);
        for (std::size_t v = 0; v < vectors; ++v) {
          const __m512i a = _mm512_maskz_mul_epu32(all, c0[v], _mm512_set1_epi64(0xD2511F53));
          const __m512i b = _mm512_maskz_mul_epu32(all, c2[v], _mm512_set1_epi64(0xCD9E8D57));
          c0[v] = _mm512_ternarylogic_epi64(_mm512_maskz_srli_epi64(all, b, 32), c1[v], k0, 0x96);  // exclusive or of all three
          c2[v] = _mm512_ternarylogic_epi64(_mm512_maskz_srli_epi64(all, a, 32), c3[v], k1, 0x96);
          c1[v] = b;
          c3[v] = a;
        }
      }
      const __m512i mask = _mm512_set1_epi64(0xFFFFFFFFll);
      for (std::size_t v = 0; v < vectors; ++v) {
        const __m512i even = _mm512_or_si512(_mm512_and_si512(c0[v], mask), _mm512_maskz_slli_epi64(all, c1[v], 32));
        const __m512i odd = _mm512_or_si512(_mm512_and_si512(c2[v], mask), _mm512_maskz_slli_epi64(all, c3[v], 32));
        auto* out = words.data() + 2 * (start + lanes * v);
        _mm512_storeu_si512(out, _mm512_permutex2var_epi64(even, join_low, odd));
        _mm512_storeu_si512(out + lanes, _mm512_permutex2var_epi64(even, join_high, odd));
      }
    }
  }
#endif
};

}  // namespace bolus::detail

#undef BOLUS_PHILOX_X86

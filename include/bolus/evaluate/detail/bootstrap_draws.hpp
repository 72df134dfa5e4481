#pragma once
#include <algorithm>
#include <array>
#include <bolus/evaluate/detail/philox_words.hpp>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace bolus::detail {

/// Draws `units` times from `units` things with replacement and calls visit(i) each time number i is drawn. What is drawn
/// depends on (seed, replicate, stratum) alone.
///
/// One 64-bit random word gives several draws (Brackett-Rozinsky and Lemire, "Batched ranged random integer generation", Softw
/// Pract Exper 2025): the high half of word * units is a draw, the low half is the word for the next. As many as keep
/// units^draws below 2^58; a word whose last low half falls into the uneven remainder (probability below 1/64) is replaced, so
/// every draw is exactly uniform. Words: counter {word / 2, stratum, replicate}; the n-th replacement: {word, stratum + 2 n,
/// replicate}.
struct BootstrapDraws {
  std::uint64_t seed = 0;
  std::uint64_t replicate = 0;
  std::uint32_t stratum = 0;  ///< 0 or 1

  template <class Visit>
  void operator()(std::size_t units, Visit visit) const {
    std::size_t draws = 1;
    std::uint64_t product = units;
    while (draws < max_draws && product <= (std::uint64_t{1} << 58) / units) {
      product *= units;
      ++draws;
    }
    dispatch(draws, units, product, visit, std::make_index_sequence<max_draws>());
  }

 private:
  static constexpr std::size_t max_draws = 8;
  __extension__ typedef unsigned __int128 uint128;

  template <class Visit, std::size_t... I>
  void dispatch(std::size_t draws, std::size_t units, std::uint64_t product, Visit& visit, std::index_sequence<I...>) const {
    ((draws == I + 1 ? draw<I + 1>(units, product, visit) : void()), ...);
  }

  /// Splits a word into draws and returns what is left of it.
  template <std::size_t Draws>
  static std::uint64_t split(std::uint64_t word, std::uint64_t units, std::array<std::size_t, Draws>& drawn) {
    for (auto& index : drawn) {
      const uint128 wide = static_cast<uint128>(word) * units;
      index = static_cast<std::size_t>(wide >> 64);
      word = static_cast<std::uint64_t>(wide);
    }
    return word;
  }

  template <std::size_t Draws, class Visit>
  void draw(std::size_t units, std::uint64_t product, Visit& visit) const {
    const PhiloxWords make{seed, replicate, stratum};
    PhiloxWords::Buffer words;
    std::array<std::size_t, Draws> drawn;
    std::uint64_t number = 0;  // of the word
    for (std::size_t left = units; left > 0;) {
      make(static_cast<std::uint32_t>(number / 2), words);
      for (std::size_t i = 0; i < words.size() && left > 0; ++i, ++number) {
        const auto rest = split(words[i], units, drawn);
        if (rest < product) [[unlikely]]
          redraw(number, rest, units, product, drawn);
        if (left >= Draws) [[likely]] {
          for (const auto index : drawn) visit(index);
          left -= Draws;
        } else {
          for (std::size_t k = 0; k < left; ++k) visit(drawn[k]);
          left = 0;
        }
      }
    }
  }

  template <std::size_t Draws>
  void redraw(std::uint64_t number, std::uint64_t rest, std::size_t units, std::uint64_t product,
              std::array<std::size_t, Draws>& drawn) const {
    const std::uint64_t uneven = (std::uint64_t{0} - product) % product;
    for (std::uint32_t attempt = 1; rest < uneven; ++attempt) {
      const auto block = philox4x32({static_cast<std::uint32_t>(number), stratum + 2 * attempt,
                                     static_cast<std::uint32_t>(replicate), static_cast<std::uint32_t>(replicate >> 32)},
                                    {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)});
      rest = split(block[0] | (std::uint64_t{block[1]} << 32), units, drawn);
    }
  }
};

}  // namespace bolus::detail

#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace bolus::detail {

/// A score as a whole number that orders as the scores do (equal scores, and the two zeros, have equal keys) and its sample.
struct ScoreKey {
  std::uint64_t key;
  std::uint32_t sample;
};

inline std::uint64_t score_key(double score) {
  const auto bits = std::bit_cast<std::uint64_t>(score + 0.0);  // -0 becomes 0
  return bits >> 63 ? ~bits : bits | (std::uint64_t{1} << 63);
}

/// A sample and the upper half of its score's key.
struct SortedSample {
  std::uint32_t upper, sample;
};

/// Whether two samples have the same score; the halves of their keys are compared first, since they are at hand.
inline bool same_score(const SortedSample& a, const SortedSample& b, std::span<const double> scores) {
  return a.upper == b.upper && scores[a.sample] == scores[b.sample];
}

/// The samples in the rising order of their finite scores, equal ones by number. Many are sorted digit by digit by the upper
/// half of their keys (11 bits at a time, from the lowest); the few that agree in it are then sorted by comparison. Linear
/// time for all but scores that differ in their last digits only, several times faster than by comparison.
inline std::vector<SortedSample> sorted_samples(std::span<const double> scores) {
  constexpr unsigned bits = 11, digits = 3;
  constexpr std::uint32_t mask = (1u << bits) - 1;
  const bool many = scores.size() >= 2000;
  std::vector<SortedSample> samples(scores.size());
  std::array<std::array<std::uint32_t, 1u << bits>, digits> counts;
  if (many) counts = {};
  for (std::uint32_t i = 0; i < samples.size(); ++i) {
    samples[i] = {static_cast<std::uint32_t>(score_key(scores[i]) >> 32), i};
    for (unsigned digit = 0; many && digit < digits; ++digit) ++counts[digit][(samples[i].upper >> (bits * digit)) & mask];
  }
  const auto before = [&](const SortedSample& a, const SortedSample& b) {
    if (a.upper != b.upper) return a.upper < b.upper;
    return scores[a.sample] != scores[b.sample] ? scores[a.sample] < scores[b.sample] : a.sample < b.sample;
  };
  if (!many) {
    std::sort(samples.begin(), samples.end(), before);
    return samples;
  }
  std::vector<SortedSample> other(scores.size());
  for (unsigned digit = 0; digit < digits; ++digit) {
    auto& place = counts[digit];
    if (place[(samples.front().upper >> (bits * digit)) & mask] == samples.size()) continue;  // the same everywhere
    std::uint32_t sum = 0;
    for (auto& count : place) {
      const auto here = count;
      count = sum;
      sum += here;
    }
    for (const auto& sample : samples) other[place[(sample.upper >> (bits * digit)) & mask]++] = sample;
    samples.swap(other);
  }
  for (std::size_t begin = 0, end = 0; begin < samples.size(); begin = end) {
    bool rising = true;
    for (end = begin + 1; end < samples.size() && samples[end].upper == samples[begin].upper; ++end) {
      rising = rising && !before(samples[end], samples[end - 1]);
    }
    const auto first = samples.begin() + static_cast<std::ptrdiff_t>(begin);
    if (!rising) std::sort(first, samples.begin() + static_cast<std::ptrdiff_t>(end), before);
  }
  return samples;
}

/// As sorted_samples, with the whole keys.
inline std::vector<ScoreKey> sorted_scores(std::span<const double> scores) {
  std::vector<ScoreKey> keys;
  keys.reserve(scores.size());
  for (const auto& sorted : sorted_samples(scores)) keys.push_back({score_key(scores[sorted.sample]), sorted.sample});
  return keys;
}

}  // namespace bolus::detail

#pragma once
#include <bolus/core/parallel.hpp>
#include <bolus/core/random.hpp>
#include <bolus/evaluate/detail/sorted_scores.hpp>
#include <bolus/evaluate/detail/weighted_auc.hpp>
#include <bolus/evaluate/patients.hpp>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

namespace bolus::detail {

/// Ranks of scores, equal ones sharing their mean, times two.
inline std::vector<double> doubled_ranks(std::span<const double> scores) {
  const auto order = sorted_scores(scores);
  std::vector<double> ranks(scores.size());
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    while (end < order.size() && order[end].key == order[begin].key) ++end;
    for (std::size_t i = begin; i < end; ++i) ranks[order[i].sample] = static_cast<double>(begin + end + 1);
  }
  return ranks;
}

/// Two-sided p value of the difference of two areas when the two models' ranks change places at random within each sample, or
/// in all samples of a patient (Bandos, Rockette and Gur, Stat Med 2005;24:2873): the share, the observed one included, of
/// differences at least as large. Replicate r depends on (seed, r) alone.
inline double permutation_p_value(std::span<const int> labels, std::span<const double> first, std::span<const double> second,
                                  const Patients& patients, int replicates, std::uint64_t seed, int threads,
                                  const Progress& progress) {
  const std::size_t samples = labels.size(), units = patients.empty() ? samples : patients.count();
  std::vector<int> both_labels(labels.begin(), labels.end());
  both_labels.insert(both_labels.end(), labels.begin(), labels.end());
  auto ranks = doubled_ranks(first);
  const auto others = doubled_ranks(second);
  ranks.insert(ranks.end(), others.begin(), others.end());
  std::vector<std::uint32_t> places(2 * samples);  // 2 * unit + model
  for (std::size_t i = 0; i < samples; ++i) {
    const auto unit = patients.empty() ? static_cast<std::uint32_t>(i) : patients.codes()[i];
    places[i] = 2 * unit;
    places[samples + i] = 2 * unit + 1;
  }
  const WeightedAuc area(both_labels, ranks, places);
  const auto difference = [&](const RandomStream* random, std::vector<std::uint32_t>& taken, std::vector<std::uint32_t>& room) {
    for (std::size_t unit = 0; unit < units; ++unit) {
      const std::uint32_t swapped = random ? static_cast<std::uint32_t>(random->bits(unit / 64) >> (unit % 64)) & 1u : 0u;
      taken[2 * unit] = 1u - swapped;
      taken[2 * unit + 1] = swapped;
    }
    const double one = *area(taken.data(), room.data());
    for (auto& weight : taken) weight = 1u - weight;
    return one - *area(taken.data(), room.data());
  };
  const auto count = static_cast<std::size_t>(replicates);
  std::vector<double> differences(count);
  const auto work = [&](std::size_t begin, std::size_t end) {
    std::vector<std::uint32_t> taken(2 * units), room(area.room());
    for (std::size_t r = begin; r < end; ++r) {
      const RandomStream random(seed, r);
      differences[r] = difference(&random, taken, room);
    }
  };
  parallel_for(count, 32, threads, work, progress, "permutation");
  std::vector<std::uint32_t> taken(2 * units), room(area.room());
  const double observed = std::abs(difference(nullptr, taken, room)) - 1e-12;  // equal ones differ by rounding at most
  const auto extreme = std::count_if(differences.begin(), differences.end(), [&](double d) { return std::abs(d) >= observed; });
  return static_cast<double>(extreme + 1) / static_cast<double>(count + 1);
}

}  // namespace bolus::detail

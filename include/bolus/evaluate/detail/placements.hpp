#pragma once
#include <bolus/core/error.hpp>
#include <bolus/evaluate/detail/sorted_scores.hpp>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace bolus::detail {

/// For each sample, twice the samples of the other class that it beats (a positive those that score lower, a negative those
/// that score higher), a tie counting half: the placement values of DeLong, DeLong and Clarke-Pearson times twice the size of
/// the other class, in whole numbers. One sort (Sun and Xu, IEEE Signal Process Lett 2014;21:1389).
struct Placements {
  std::vector<std::int32_t> doubled;  ///< one per sample
  std::int64_t total = 0;             ///< their sum over the positives, which is also that over the negatives

  /// Throws DataError for more samples than the numbers hold.
  Placements(std::span<const int> labels, std::span<const double> scores) : doubled(labels.size()) {
    require<DataError>(labels.size() < (std::size_t{1} << 30), "there are ", labels.size(), " samples; fewer than 2^30 fit");
    const auto order = sorted_samples(scores);
    std::int32_t positives = 0, below[2] = {0, 0};
    for (const int label : labels) positives += label;
    for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
      end = begin + 1;
      const auto first = order[begin].sample;
      if (end == order.size() || !same_score(order[end], order[begin], scores)) {  // alone: no sum over ties
        const std::int32_t label = labels[first], of_positive = 2 * below[0];
        doubled[first] = label == 1 ? of_positive : 2 * (positives - below[1]);
        total += label * of_positive;
        below[1] += label;
        below[0] += 1 - label;
        continue;
      }
      std::int32_t level[2] = {0, 0};
      ++level[labels[first]];
      for (; end < order.size() && same_score(order[end], order[begin], scores); ++end) ++level[labels[order[end].sample]];
      const std::int32_t of_positive = 2 * below[0] + level[0];
      const std::int32_t of_negative = 2 * (positives - below[1] - level[1]) + level[1];
      for (std::size_t i = begin; i < end; ++i) {
        doubled[order[i].sample] = labels[order[i].sample] == 1 ? of_positive : of_negative;
      }
      total += std::int64_t{level[1]} * of_positive;
      below[0] += level[0];
      below[1] += level[1];
    }
  }
};

}  // namespace bolus::detail

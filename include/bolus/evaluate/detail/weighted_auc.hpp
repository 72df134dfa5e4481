#pragma once
#include <algorithm>
#include <bolus/evaluate/detail/sorted_scores.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace bolus::detail {

/// The area under the ROC curve for any whole-number weights of the samples, after one sort. Every sample takes the weight of
/// its unit (itself, or its patient). Per call: one running sum over the larger class in order of score, then for each
/// sample of the smaller class the weight below it and level with it. Integers throughout: exact, whatever the order.
class WeightedAuc {
 public:
  /// `unit_of_sample` gives each sample's place in the weights. Labels of both classes, finite scores.
  WeightedAuc(std::span<const int> labels, std::span<const double> scores, std::span<const std::uint32_t> unit_of_sample) {
    const auto order = sorted_scores(scores);
    const auto positives = static_cast<std::size_t>(std::count(labels.begin(), labels.end(), 1));
    smaller_is_positive_ = 2 * positives <= labels.size();
    const int smaller = smaller_is_positive_ ? 1 : 0;
    std::vector<std::uint32_t> slot_of_sample(labels.size());
    for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
      while (end < order.size() && order[end].key == order[begin].key) ++end;
      const auto below = static_cast<std::uint32_t>(larger_.size());
      for (std::size_t i = begin; i < end; ++i) {
        if (labels[order[i].sample] != smaller) larger_.push_back(unit_of_sample[order[i].sample]);
      }
      const auto level = static_cast<std::uint32_t>(larger_.size());
      const auto first = static_cast<std::uint32_t>(smaller_.size());
      for (std::size_t i = begin; i < end; ++i) {
        if (labels[order[i].sample] == smaller) smaller_.push_back({unit_of_sample[order[i].sample], below, level, first});
      }
      // Between two of the smaller class: slot 2 j after j of them; level with some, of which the last is number j: 2 j + 1.
      const auto last = static_cast<std::uint32_t>(smaller_.size());
      for (std::size_t i = begin; i < end; ++i) slot_of_sample[order[i].sample] = last == first ? 2 * last : 2 * last - 1;
    }
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (labels[i] != smaller) larger_slots_.push_back(slot_of_sample[i]);
    }
  }

  /// Length of the room that operator() and fill() need.
  std::size_t room() const { return std::max(larger_.size(), 3 * smaller_.size() + 1) + 1; }

  int smaller_class() const { return smaller_is_positive_ ? 1 : 0; }

  /// For each sample of the larger class, in the order of the samples, its place in what fill() returns.
  const std::vector<std::uint32_t>& larger_slots() const { return larger_slots_; }

  /// The area, or nothing where a class has no weight. The sum of all samples' weights must stay below 2^31.
  std::optional<double> operator()(const std::uint32_t* weights, std::uint32_t* running) const {
    std::uint32_t sum = 0;
    running[0] = 0;
    for (std::size_t i = 0; i < larger_.size(); ++i) running[i + 1] = sum += weights[larger_[i]];
    std::uint64_t doubled = 0, total = 0;
    for (const auto& sample : smaller_) {
      const std::uint64_t weight = weights[sample.unit];
      doubled += weight * (running[sample.below] + running[sample.level]);
      total += weight;
    }
    return area(doubled, total, sum);
  }

  /// For each slot, what a sample of the larger class in it adds: twice the weight of the smaller class below, plus the weight
  /// level with it. For replicates that draw the larger class singly and can sum it as they go. Lies in `room`.
  const std::uint32_t* fill(const std::uint32_t* weights, std::uint32_t* room) const {
    std::uint32_t *running = room, *table = room + smaller_.size() + 1;
    std::uint32_t sum = running[0] = table[0] = 0;
    for (std::size_t j = 0; j < smaller_.size(); ++j) {
      running[j + 1] = sum += weights[smaller_[j].unit];
      table[2 * j + 1] = running[smaller_[j].first] + sum;
      table[2 * j + 2] = 2 * sum;
    }
    return table;
  }

  /// The area from what the drawn samples of the larger class add up to: twice the pairs in which that class scores higher, a
  /// tie counting half. Nothing where a class has no weight.
  std::optional<double> area_from_larger(std::uint64_t doubled, std::uint64_t smaller_weight,
                                         std::uint64_t larger_weight) const {
    return area(2 * smaller_weight * larger_weight - doubled, smaller_weight, larger_weight);
  }

 private:
  /// `doubled`: twice the pairs in which the smaller class scores higher, a tie counting half.
  std::optional<double> area(std::uint64_t doubled, std::uint64_t smaller_weight, std::uint64_t larger_weight) const {
    const std::uint64_t pairs = 2 * smaller_weight * larger_weight;
    if (pairs == 0) return std::nullopt;
    return static_cast<double>(smaller_is_positive_ ? doubled : pairs - doubled) / static_cast<double>(pairs);
  }

  struct Sample {
    std::uint32_t unit;
    std::uint32_t below;  ///< samples of the larger class with a lower score
    std::uint32_t level;  ///< samples of the larger class with a lower or equal score
    std::uint32_t first;  ///< samples of the smaller class with a lower score
  };
  std::vector<std::uint32_t> larger_;  ///< unit of each sample of the larger class, by rising score
  std::vector<std::uint32_t> larger_slots_;
  std::vector<Sample> smaller_;
  bool smaller_is_positive_ = true;
};

}  // namespace bolus::detail

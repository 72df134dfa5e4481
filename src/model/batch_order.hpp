#pragma once
#include <bolus/core/random.hpp>
#include <bolus/evaluate/patients.hpp>
#include <bolus/model/training_options.hpp>
#include <cstddef>
#include <vector>

#include "random_streams.hpp"

namespace bolus::detail {

/// Puts the samples of an epoch into batches.
class BatchMaker {
 public:
  /// `patients` may be empty: then each sample is its own.
  BatchMaker(BatchOrder kind, std::size_t samples, std::size_t batch_size, std::uint64_t seed,
             const std::vector<std::string>& patients)
      : samples_(samples), batch_size_(batch_size), seed_(seed) {
    if (kind == BatchOrder::shuffled || patients.empty()) return;
    const Patients known(patients);
    windows_.resize(known.count());
    for (std::size_t i = 0; i < samples; ++i) windows_[known.codes()[i]].push_back(i);
  }

  std::size_t batches() const { return (samples_ + batch_size_ - 1) / batch_size_; }

  struct Epoch {
    std::vector<std::size_t> order;  ///< every sample once
    std::vector<std::size_t> begin;  ///< (batches + 1) where each batch starts in it
  };

  /// The batches of an epoch. Mixed: patients in random order deal their samples, in random order, to one batch after another,
  /// like cards; so batches differ by one sample at most in size and in how many samples of a patient they hold.
  Epoch operator()(std::size_t epoch) const {
    const RandomStream random(seed_, random_stream(Randomness::order, epoch));
    const auto count = batches();
    Epoch result;
    if (windows_.empty()) {
      result.order = random.permutation(samples_);
      for (std::size_t b = 0; b < count; ++b) result.begin.push_back(b * batch_size_);
      result.begin.push_back(samples_);
      return result;
    }
    std::uint64_t drawn = 0;  // permutation(n, first) draws the indices first + 2 to first + n
    const auto shuffled = [&](std::size_t n) {
      drawn += n + 1;
      return random.permutation(n, drawn - n - 1);
    };
    const auto turn = shuffled(count);  // which batch is dealt to at each turn
    std::vector<std::vector<std::size_t>> batch(count);
    std::size_t dealt = 0;
    for (const auto patient : shuffled(windows_.size())) {
      for (const auto window : shuffled(windows_[patient].size())) {
        batch[turn[dealt++ % count]].push_back(windows_[patient][window]);
      }
    }
    for (const auto& part : batch) {
      result.begin.push_back(result.order.size());
      result.order.insert(result.order.end(), part.begin(), part.end());
    }
    result.begin.push_back(samples_);
    return result;
  }

 private:
  std::size_t samples_, batch_size_;
  std::uint64_t seed_;
  std::vector<std::vector<std::size_t>> windows_;  ///< samples of each patient; empty: shuffled
};

}  // namespace bolus::detail

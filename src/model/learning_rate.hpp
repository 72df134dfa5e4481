#pragma once
#include <algorithm>
#include <bolus/model/idh_classifier.hpp>
#include <cmath>
#include <numbers>

namespace bolus::detail {

/// The learning rate over a training: warm-up, then one of the schedules. What it remembers follows from which epochs were
/// better, so that a resumed training only has to tell it these again.
class LearningRate {
 public:
  LearningRate(const IDHClassifier& options, std::size_t steps_per_epoch)
      : options_(options), steps_(static_cast<double>(steps_per_epoch)) {}

  /// Of a step, both counted from 0.
  double operator()(std::size_t epoch, std::size_t step) const {
    const auto epochs = static_cast<double>(epoch), warm = static_cast<double>(options_.warmup_epochs);
    if (epoch < options_.warmup_epochs) {
      return options_.learning_rate * (epochs * steps_ + static_cast<double>(step) + 1.0) / (warm * steps_);
    }
    if (options_.schedule == LearningRateSchedule::cosine) {
      const double share = (epochs - warm) / (static_cast<double>(options_.max_epochs) - warm);
      return options_.learning_rate * 0.5 * (1.0 + std::cos(std::numbers::pi * share));
    }
    return options_.learning_rate * factor_;
  }

  /// After each epoch: whether it was the best so far.
  void observe(bool better) {
    waited_ = better ? 0 : waited_ + 1;
    if (options_.schedule != LearningRateSchedule::plateau || waited_ < std::max<std::size_t>(1, options_.patience / 2)) return;
    factor_ *= 0.5;
    waited_ = 0;
  }

 private:
  const IDHClassifier& options_;
  double steps_, factor_ = 1.0;
  std::size_t waited_ = 0;
};

}  // namespace bolus::detail

#pragma once
#include <atomic>
#include <bolus/model/idh_classifier.hpp>

namespace bolus::detail {

/// A training that is ready to run: data checked, validation samples held out.
struct TrainingPlan {
  Dataset training;
  std::optional<Dataset> validation;
  QcFlags flags;
  std::optional<AttentionLSTM> initial = std::nullopt;  ///< weights to start from instead of random ones
};

/// Checks options and data and holds validation patients out, as `IDHClassifier::fit` documents.
TrainingPlan plan_training(const IDHClassifier& classifier, const Dataset& training, const std::optional<Dataset>& validation);

/// Trains on the calling thread, which must be one of `run_on_torch_threads`. Counts epochs in `epochs_done`; looks at `stop`
/// after every batch, and then throws Cancelled.
FittedModel train(const IDHClassifier& classifier, const TrainingPlan& plan, std::atomic<std::size_t>& epochs_done,
                  const std::atomic<bool>& stop, const TrainingCallback& callback = {});

}  // namespace bolus::detail

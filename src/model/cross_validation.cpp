#include <atomic>
#include <bolus/core/parallel.hpp>
#include <bolus/evaluate/patient_split.hpp>
#include <bolus/evaluate/roc_curve.hpp>
#include <bolus/model/cross_validation.hpp>
#include <cmath>
#include <numeric>

#include "torch_team.hpp"
#include "training.hpp"

namespace bolus {

double CrossValidationResult::mean_auc() const {
  return std::accumulate(auc.begin(), auc.end(), 0.0) / static_cast<double>(auc.size());
}

double CrossValidationResult::standard_deviation_auc() const {
  double squares = 0.0;
  for (const double value : auc) squares += (value - mean_auc()) * (value - mean_auc());
  return std::sqrt(squares / static_cast<double>(auc.size() - 1));
}

CrossValidationResult CrossValidation::operator()(const IDHClassifier& classifier, const Dataset& dataset,
                                                  const Progress& progress) const {
  classifier.validate();
  dataset.validate();
  resolve_threads(threads);
  detail::require<DataError>(!dataset.patients.empty(),
                             "the data set does not say which patient each sample belongs to; without ",
                             "patients, samples of one patient would be trained on and tested on");
  detail::require<DataError>(!dataset.labels.empty(), "the samples have no labels; expected 0 or 1 for each");
  const auto parts = PatientFolds{.folds = folds, .seed = seed}(dataset.patients, dataset.labels);

  const auto samples = static_cast<Eigen::Index>(dataset.curves.samples);
  CrossValidationResult result;
  result.prediction.probability.resize(samples);
  result.prediction.logit.resize(samples);
  result.prediction.attention.resize(samples, static_cast<Eigen::Index>(dataset.curves.steps));
  result.fold.resize(dataset.curves.samples);
  result.models.resize(parts.size());
  result.auc.resize(parts.size());

  std::vector<std::atomic<std::size_t>> epochs(parts.size());
  std::atomic<bool> stop{false};
  const std::size_t total = parts.size() * classifier.max_epochs;
  const auto run_fold = [&](std::size_t k) {
    auto options = classifier;
    options.seed += k;
    const auto plan = detail::plan_training(options, dataset.select(parts[k].training), std::nullopt);
    result.models[k] = detail::train(options, plan, epochs[k], stop);
    epochs[k] = classifier.max_epochs;

    const auto& held_out = parts[k].validation;
    const auto part = dataset.select(held_out);
    const auto prediction = result.models[k].network.predict(part.curves, {.threads = 1});
    for (std::size_t i = 0; i < held_out.size(); ++i) {
      const auto row = static_cast<Eigen::Index>(held_out[i]), source = static_cast<Eigen::Index>(i);
      result.prediction.probability[row] = prediction.probability[source];
      result.prediction.logit[row] = prediction.logit[source];
      result.prediction.attention.row(row) = prediction.attention.row(source);
      result.fold[held_out[i]] = k;
    }
    result.auc[k] = roc_auc(part.labels, {prediction.logit.data(), held_out.size()});
  };
  const auto tick = [&] {
    std::size_t done = 0;
    for (const auto& count : epochs) done += count;
    report(progress, "cross-validation", done, total);
  };
  tick();
  detail::run_on_torch_threads(parts.size(), threads, run_fold, tick, stop);
  report(progress, "cross-validation", total, total);
  return result;
}

}  // namespace bolus

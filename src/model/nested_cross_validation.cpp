#include <bolus/core/parallel.hpp>
#include <bolus/model/nested_cross_validation.hpp>
#include <cmath>
#include <numeric>

#include "fold_team.hpp"

namespace bolus {

double NestedTrial::mean_auc() const { return std::accumulate(auc.begin(), auc.end(), 0.0) / static_cast<double>(auc.size()); }

double NestedTrial::standard_deviation_auc() const {
  if (auc.size() < 2) return 0.0;
  double squares = 0.0;
  for (const double value : auc) squares += (value - mean_auc()) * (value - mean_auc());
  return std::sqrt(squares / static_cast<double>(auc.size() - 1));
}

std::vector<Parameters> NestedCrossValidationResult::chosen() const {
  std::vector<Parameters> best(outer.auc.size());
  for (const auto& trial : trials) {
    if (trial.chosen) best.at(trial.outer_fold) = trial.parameters;
  }
  return best;
}

std::vector<Parameters> choose_trials(std::vector<NestedTrial>& trials, std::size_t outer_folds) {
  std::vector<Parameters> best;
  for (std::size_t k = 0; k < outer_folds; ++k) {
    NestedTrial* winner = nullptr;
    for (auto& trial : trials) {
      if (trial.outer_fold != k || trial.auc.empty()) continue;
      trial.chosen = false;
      if (!winner || trial.mean_auc() > winner->mean_auc()) winner = &trial;
    }
    detail::require<DataError>(winner != nullptr, "nothing was tried for outer fold ", k);
    winner->chosen = true;
    best.push_back(winner->parameters);
  }
  return best;
}

std::vector<FoldIndices> NestedCrossValidation::make_outer_folds(const Dataset& dataset) const {
  return CrossValidation{.folds = outer_folds, .seed = seed}.make_folds(dataset);
}

std::vector<FoldIndices> NestedCrossValidation::make_inner_folds(const Dataset& dataset, const FoldIndices& outer,
                                                                 std::size_t number) const {
  std::vector<std::string> patients;
  std::vector<int> labels;
  for (const auto index : outer.training) {
    patients.push_back(dataset.patients.at(index));
    labels.push_back(dataset.labels.at(index));
  }
  auto folds = PatientFolds{.folds = inner_folds, .seed = seed + 1 + number}(patients, labels);
  for (auto& fold : folds) {
    for (auto& index : fold.training) index = outer.training[index];
    for (auto& index : fold.validation) index = outer.training[index];
  }
  return folds;
}

NestedCrossValidationResult NestedCrossValidation::operator()(const IDHClassifier& classifier, const Dataset& dataset,
                                                              const std::vector<Parameters>& candidates,
                                                              const Progress& progress) const {
  resolve_threads(threads);
  detail::require<OptionError>(!candidates.empty(), "there are no candidates to choose from; expected at least one");
  std::vector<IDHClassifier> classifiers;
  for (const auto& parameters : candidates) {
    classifiers.push_back(with_parameters(classifier, parameters));
    classifiers.back().checkpoint.clear();
  }
  const auto outer = make_outer_folds(dataset);
  std::vector<std::vector<FoldIndices>> inner;
  for (std::size_t k = 0; k < outer.size(); ++k) inner.push_back(make_inner_folds(dataset, outer[k], k));

  std::vector<detail::FoldJob> jobs;
  for (std::size_t k = 0; k < outer.size(); ++k) {
    const auto seeds = fold_seeds(classifier.seed, inner[k], dataset);
    for (const auto& candidate : classifiers) {
      for (std::size_t i = 0; i < inner[k].size(); ++i) {
        jobs.push_back({candidate, &inner[k][i]});
        jobs.back().classifier.seed = seeds[i];
      }
    }
  }
  const auto tried = detail::run_folds(jobs, dataset, threads, "searching", progress);
  NestedCrossValidationResult result;
  std::size_t next = 0;
  for (std::size_t k = 0; k < outer.size(); ++k) {
    for (const auto& parameters : candidates) {
      NestedTrial trial{k, parameters, {}, false};
      for (std::size_t i = 0; i < inner[k].size(); ++i) trial.auc.push_back(tried[next++].auc);
      result.trials.push_back(std::move(trial));
    }
  }
  const auto best = choose_trials(result.trials, outer.size());
  auto seeds = fold_seeds(classifier.seed, outer, dataset);
  jobs.clear();
  for (std::size_t k = 0; k < outer.size(); ++k) {
    jobs.push_back({with_parameters(classifier, best[k]), &outer[k]});
    jobs.back().classifier.seed = seeds[k];
    jobs.back().classifier.checkpoint.clear();
  }
  result.outer = join_folds(dataset, outer, detail::run_folds(jobs, dataset, threads, "judging", progress), std::move(seeds));
  return result;
}

}  // namespace bolus

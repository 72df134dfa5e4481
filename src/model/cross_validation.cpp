#include <algorithm>
#include <atomic>
#include <bolus/core/parallel.hpp>
#include <bolus/evaluate/roc_curve.hpp>
#include <bolus/model/cross_validation.hpp>
#include <cmath>
#include <numeric>
#include <set>

#include "../compute/torch_team.hpp"
#include "fold_team.hpp"

namespace bolus {
namespace {

void require_usable(const Dataset& dataset) {
  dataset.validate();
  detail::require<DataError>(!dataset.patients.empty(),
                             "the data set does not say which patient each sample belongs to; without ",
                             "patients, samples of one patient would be trained on and tested on");
  detail::require<DataError>(!dataset.labels.empty(), "the samples have no labels; expected 0 or 1 for each");
}

/// One fold by itself: indices, patients, classes. `name` begins the messages.
void require_fold(const FoldIndices& fold, const Dataset& dataset, const std::string& name) {
  using detail::require;
  const auto samples = dataset.curves.samples;
  std::vector<char> used(samples);
  std::set<std::string> trained;
  const auto check = [&](const std::vector<std::size_t>& part, const char* side) {
    std::array<bool, 2> classes{};
    for (const auto index : part) {
      require<DataError>(index < samples, name, " has sample ", index, " in its ", side, " part, but there are ", samples);
      require<DataError>(!used[index], name, " holds sample ", index, " twice; each sample may be in one part, once");
      used[index] = 1;
      classes[static_cast<std::size_t>(dataset.labels[index])] = true;
    }
    require<DataError>(!part.empty(), name, " has no sample in its ", side, " part");
    require<DataError>(classes[0] && classes[1], name, " has only samples of class ", classes[1] ? 1 : 0, " in its ", side,
                       " part; both classes are needed: use fewer folds, or PatientFolds, which sees to it");
  };
  check(fold.training, "training");
  for (const auto index : fold.training) trained.insert(dataset.patients[index]);
  check(fold.validation, "validation");
  for (const auto index : fold.validation) {
    require<DataError>(!trained.contains(dataset.patients[index]), name, " has patient '", dataset.patients[index],
                       "' in its training and in its validation part; all samples of a patient must be on one side");
  }
}

}  // namespace

double CrossValidationResult::mean_auc() const {
  return std::accumulate(auc.begin(), auc.end(), 0.0) / static_cast<double>(auc.size());
}

double CrossValidationResult::standard_deviation_auc() const {
  if (auc.size() < 2) return 0.0;
  double squares = 0.0;
  for (const double value : auc) squares += (value - mean_auc()) * (value - mean_auc());
  return std::sqrt(squares / static_cast<double>(auc.size() - 1));
}

void require_folds(const std::vector<FoldIndices>& folds, const Dataset& dataset) {
  require_usable(dataset);
  detail::require<DataError>(folds.size() >= 2, "there are ", folds.size(), " folds; expected at least 2");
  std::vector<std::size_t> held_out_by(dataset.curves.samples, folds.size());
  for (std::size_t k = 0; k < folds.size(); ++k) {
    const auto name = "fold " + std::to_string(k);
    require_fold(folds[k], dataset, name);
    for (const auto index : folds[k].validation) {
      detail::require<DataError>(held_out_by[index] == folds.size(), "sample ", index, " is held out by fold ",
                                 held_out_by[index], " and by ", name, "; expected one fold for each sample");
      held_out_by[index] = k;
    }
  }
  const auto missing = std::find(held_out_by.begin(), held_out_by.end(), folds.size());
  detail::require<DataError>(missing == held_out_by.end(), "sample ", missing - held_out_by.begin(),
                             " is held out by no fold; expected one fold for each sample");
}

std::vector<std::uint64_t> fold_seeds(std::uint64_t seed, const std::vector<FoldIndices>& folds, const Dataset& dataset) {
  std::vector<std::pair<std::string, std::size_t>> first;
  for (std::size_t k = 0; k < folds.size(); ++k) {
    std::string name;
    for (const auto index : folds[k].validation) {
      detail::require<DataError>(index < dataset.patients.size(), "fold ", k, " holds out sample ", index, ", but there are ",
                                 dataset.patients.size(), " with a patient");
      const auto& patient = dataset.patients[index];
      if (name.empty() || patient < name) name = patient;
    }
    first.emplace_back(name, k);
  }
  std::sort(first.begin(), first.end());
  std::vector<std::uint64_t> seeds(folds.size());
  for (std::size_t rank = 0; rank < first.size(); ++rank) seeds[first[rank].second] = seed + rank;
  return seeds;
}

PredictOptions detail::predict_options(const IDHClassifier& classifier) {
  PredictOptions options;
  options.threads = 1;
  options.engine = classifier.engine;
  options.device = classifier.device;
  return options;
}

FoldResult run_fold(const IDHClassifier& classifier, const Dataset& dataset, const FoldIndices& fold,
                    const Progress& progress) {
  require_usable(dataset);
  require_fold(fold, dataset, "the fold");
  FoldResult result;
  result.model = classifier.fit(dataset.select(fold.training), std::nullopt, progress);
  const auto held_out = dataset.select(fold.validation);
  result.prediction = result.model.network.predict(held_out.curves, detail::predict_options(classifier));
  result.auc = roc_auc(held_out.labels, {result.prediction.logit.data(), held_out.labels.size()});
  return result;
}

std::vector<FoldResult> detail::run_folds(const std::vector<FoldJob>& jobs, const Dataset& dataset, int threads,
                                          std::string_view stage, const Progress& progress) {
  std::vector<FoldResult> results(jobs.size());
  std::vector<std::atomic<std::size_t>> epochs(jobs.size());
  std::atomic<bool> stop{false};
  std::size_t total = 0;
  for (const auto& job : jobs) total += job.classifier.max_epochs;
  const auto run = [&](std::size_t k) {
    auto classifier = jobs[k].classifier;
    classifier.threads = 1;
    results[k] = run_fold(classifier, dataset, *jobs[k].fold, [&](const ProgressEvent& event) {
      epochs[k] = event.done;
      return !stop;
    });
  };
  const auto tick = [&] {
    std::size_t done = 0;
    for (const auto& count : epochs) done += count;
    report(progress, stage, std::min(done, total), total);
  };
  tick();
  run_on_torch_threads(jobs.size(), threads, run, tick, stop);
  report(progress, stage, total, total);
  return results;
}

CrossValidationResult join_folds(const Dataset& dataset, const std::vector<FoldIndices>& folds, std::vector<FoldResult> results,
                                 std::vector<std::uint64_t> seeds) {
  require_folds(folds, dataset);
  detail::require<ShapeError>(folds.size() == results.size() && folds.size() == seeds.size(), "there are ", folds.size(),
                              " folds, ", results.size(), " results and ", seeds.size(), " seeds; expected as many");
  const auto samples = static_cast<Eigen::Index>(dataset.curves.samples);
  CrossValidationResult joined;
  joined.prediction.probability.resize(samples);
  joined.prediction.logit.resize(samples);
  joined.prediction.attention.resize(samples, static_cast<Eigen::Index>(dataset.curves.steps));
  joined.fold.resize(dataset.curves.samples);
  joined.seeds = std::move(seeds);
  for (std::size_t k = 0; k < folds.size(); ++k) {
    const auto& prediction = results[k].prediction;
    const auto& held_out = folds[k].validation;
    detail::require<ShapeError>(static_cast<std::size_t>(prediction.probability.size()) == held_out.size() &&
                                    prediction.attention.cols() == joined.prediction.attention.cols(),
                                "the result of fold ", k, " has ", prediction.probability.size(), " predictions of ",
                                prediction.attention.cols(), " steps; expected ", held_out.size(), " of ",
                                joined.prediction.attention.cols());
    for (std::size_t i = 0; i < held_out.size(); ++i) {
      const auto row = static_cast<Eigen::Index>(held_out[i]), source = static_cast<Eigen::Index>(i);
      joined.prediction.probability[row] = prediction.probability[source];
      joined.prediction.logit[row] = prediction.logit[source];
      joined.prediction.attention.row(row) = prediction.attention.row(source);
      joined.fold[held_out[i]] = k;
    }
    joined.auc.push_back(results[k].auc);
    joined.models.push_back(std::move(results[k].model));
  }
  joined.pooled_auc = roc_auc(dataset.labels, {joined.prediction.logit.data(), dataset.labels.size()});
  return joined;
}

std::vector<FoldIndices> CrossValidation::make_folds(const Dataset& dataset) const {
  require_usable(dataset);
  return PatientFolds{.folds = folds, .seed = seed}(dataset.patients, dataset.labels);
}

CrossValidationResult CrossValidation::operator()(const IDHClassifier& classifier, const Dataset& dataset,
                                                  const Progress& progress) const {
  classifier.validate();
  return (*this)(classifier, dataset, make_folds(dataset), progress);
}

CrossValidationResult CrossValidation::operator()(const IDHClassifier& classifier, const Dataset& dataset,
                                                  const std::vector<FoldIndices>& given, const Progress& progress) const {
  classifier.validate();
  resolve_threads(threads);
  require_folds(given, dataset);
  auto seeds = fold_seeds(classifier.seed, given, dataset);
  std::vector<detail::FoldJob> jobs;
  for (std::size_t k = 0; k < given.size(); ++k) {
    jobs.push_back({classifier, &given[k]});
    jobs.back().classifier.seed = seeds[k];
    if (!classifier.checkpoint.empty()) jobs.back().classifier.checkpoint += ".seed-" + std::to_string(seeds[k]);
  }
  return join_folds(dataset, given, detail::run_folds(jobs, dataset, threads, "cross-validation", progress), std::move(seeds));
}

}  // namespace bolus

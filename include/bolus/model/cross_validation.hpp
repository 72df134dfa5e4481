#pragma once
#include <bolus/evaluate/patient_split.hpp>
#include <bolus/model/idh_classifier.hpp>
#include <vector>

namespace bolus {

/// One fold: a network that never saw the held-out patients, and what it says about them.
struct FoldResult {
  FittedModel model;
  Prediction prediction;  ///< of the held-out samples, in the order of `FoldIndices::validation`
  double auc = 0.0;       ///< area under the ROC curve of the held-out samples
};

/// Every sample predicted by a network that never saw its patient.
struct CrossValidationResult {
  Prediction prediction;             ///< out-of-fold, one entry per sample of the data set
  std::vector<std::size_t> fold;     ///< (samples) fold that held the sample out, from 0
  std::vector<FittedModel> models;   ///< one per fold
  std::vector<double> auc;           ///< area under the ROC curve of each fold's held-out samples
  std::vector<std::uint64_t> seeds;  ///< that each fold was trained with
  double pooled_auc = 0.0;           ///< of all samples together: scores of several networks, so not one classifier's

  double mean_auc() const;                ///< mean of `auc`
  double standard_deviation_auc() const;  ///< sample standard deviation of `auc` (n - 1)
};

/// Throws DataError naming the fold and what is wrong with it: an index past the end or twice, a patient on both sides, one
/// class on a side, or a sample that is not held out by exactly one fold; and where the samples have no patients or labels.
void require_folds(const std::vector<FoldIndices>& folds, const Dataset& dataset);

/// The seed to train each fold with: `seed` + its rank by the name of its first held-out patient. So the same folds in another
/// order give the same networks.
std::vector<std::uint64_t> fold_seeds(std::uint64_t seed, const std::vector<FoldIndices>& folds, const Dataset& dataset);

/// Trains one fold with the classifier's own seed, and predicts the samples it holds out. Part of the training patients are
/// held out for early stopping, as in `IDHClassifier::fit`. This is what `CrossValidation` does side by side, and what another
/// process or machine can do with the same result. Throws as `IDHClassifier::fit`; DataError for a patient on both sides.
FoldResult run_fold(const IDHClassifier& classifier, const Dataset& dataset, const FoldIndices& fold,
                    const Progress& progress = {});

/// Puts the folds' results together. Throws ShapeError where they do not fit.
CrossValidationResult join_folds(const Dataset& dataset, const std::vector<FoldIndices>& folds, std::vector<FoldResult> results,
                                 std::vector<std::uint64_t> seeds);

/// Cross-validation by patient: folds are stratified by class and share no patient (`PatientFolds`). Folds run side by side,
/// one core each, with the same bits on any number of threads and in any order (`fold_seeds`).
struct CrossValidation {
  int folds = 5;           ///< 2 or more, at most the patients of the smaller class
  std::uint64_t seed = 0;  ///< of the division into folds
  int threads = 0;         ///< folds trained at the same time; 0: all cores

  /// Throws as `IDHClassifier::fit`; DataError when the samples name no patients or a class has fewer than `folds`.
  CrossValidationResult operator()(const IDHClassifier& classifier, const Dataset& dataset,
                                   const Progress& progress = {}) const;

  /// The same on folds of your own, which are checked (`require_folds`); `folds` and `seed` then say nothing.
  CrossValidationResult operator()(const IDHClassifier& classifier, const Dataset& dataset,
                                   const std::vector<FoldIndices>& given, const Progress& progress = {}) const;

  /// The folds that the first form uses.
  std::vector<FoldIndices> make_folds(const Dataset& dataset) const;
};

}  // namespace bolus

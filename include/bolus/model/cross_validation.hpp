#pragma once
#include <bolus/model/idh_classifier.hpp>

namespace bolus {

/// Every sample predicted by a network that never saw its patient.
struct CrossValidationResult {
  Prediction prediction;            ///< out-of-fold, one entry per sample of the data set
  std::vector<std::size_t> fold;    ///< (samples) fold that held the sample out, from 0
  std::vector<FittedModel> models;  ///< one per fold
  std::vector<double> auc;          ///< area under the ROC curve of each fold's held-out samples

  double mean_auc() const;                ///< mean of `auc`
  double standard_deviation_auc() const;  ///< sample standard deviation of `auc` (n - 1)
};

/// Cross-validation by patient: folds are stratified by class and share no patient (`PatientFolds`). In each, part of the
/// training patients is held out for early stopping, as in `IDHClassifier::fit`; fold k is trained with the classifier's
/// seed + k. Folds run side by side, one core each, with the same bits on any number of threads.
struct CrossValidation {
  int folds = 5;           ///< 2 or more, at most the patients of the smaller class
  std::uint64_t seed = 0;  ///< of the division into folds
  int threads = 0;         ///< folds trained at the same time; 0: all cores

  /// Throws as `IDHClassifier::fit`; DataError when the samples name no patients or a class has fewer than `folds`.
  CrossValidationResult operator()(const IDHClassifier& classifier, const Dataset& dataset,
                                   const Progress& progress = {}) const;
};

}  // namespace bolus

#pragma once
#include <bolus/model/cross_validation.hpp>
#include <bolus/model/hyper_parameters.hpp>

namespace bolus {

/// One set of options, tried on the training patients of one outer fold.
struct NestedTrial {
  std::size_t outer_fold = 0;  ///< from 0
  Parameters parameters;       ///< what was changed against the classifier's own options
  std::vector<double> auc;     ///< area under the ROC curve of each inner fold
  bool chosen = false;         ///< the best of its outer fold, of equals the first

  double mean_auc() const;                ///< mean of `auc`
  double standard_deviation_auc() const;  ///< sample standard deviation of `auc` (n - 1)
};

/// A search judged by patients who took no part in it.
struct NestedCrossValidationResult {
  std::vector<NestedTrial> trials;  ///< by outer fold, then in the order of the candidates
  CrossValidationResult outer;      ///< of the chosen options, each outer fold with its own

  /// The chosen options of each outer fold.
  std::vector<Parameters> chosen() const;
};

/// Marks the best trial of each outer fold by its mean inner AUC, of equals the first, and returns its options per outer fold.
/// Throws DataError where an outer fold has no trial.
std::vector<Parameters> choose_trials(std::vector<NestedTrial>& trials, std::size_t outer_folds);

/// Nested cross-validation (Varma and Simon, BMC Bioinformatics 2006;7:91): the inner folds, within the training patients of an
/// outer fold, choose the options; the outer fold judges them. The AUC of a search on the same folds that judge it is too high.
/// All trainings run side by side with the same bits on any number of threads.
struct NestedCrossValidation {
  int outer_folds = 5;     ///< judge
  int inner_folds = 3;     ///< choose
  std::uint64_t seed = 0;  ///< of the division into folds
  int threads = 0;         ///< networks trained at the same time; 0: all cores

  /// `candidates`: options to try, from `parameter_grid`, `random_parameters` or your own. Throws OptionError for none or for
  /// an option that does not exist; as `CrossValidation` otherwise.
  NestedCrossValidationResult operator()(const IDHClassifier& classifier, const Dataset& dataset,
                                         const std::vector<Parameters>& candidates, const Progress& progress = {}) const;

  std::vector<FoldIndices> make_outer_folds(const Dataset& dataset) const;

  /// Folds within the training part of outer fold `number`; indices are those of the whole data set.
  std::vector<FoldIndices> make_inner_folds(const Dataset& dataset, const FoldIndices& outer, std::size_t number) const;
};

}  // namespace bolus

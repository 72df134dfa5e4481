#pragma once
#include <bolus/model/attention_lstm.hpp>
#include <optional>

namespace bolus {

/// How much a sample counts in the loss.
enum class ClassWeights {
  balanced,  ///< n / (2 n_class), from the training samples: both classes count the same in sum
  none       ///< every sample counts 1
};

/// The course of a training, one entry per epoch. The validation columns are empty when there was no validation set.
struct TrainingHistory {
  std::vector<double> loss;             ///< mean weighted cross-entropy over the epoch's batches, while training
  std::vector<double> validation_loss;  ///< weighted cross-entropy after the epoch, weights as in training
  std::vector<double> validation_auc;   ///< area under the ROC curve after the epoch
  std::size_t best_epoch = 0;           ///< epoch (from 0) whose weights were kept
  bool stopped_early = false;           ///< `patience` epochs went by without a better validation loss
};

/// The result of a training.
struct FittedModel {
  AttentionLSTM network;
  TrainingHistory history;
  QcFlags flags;  ///< model.channel.constant, model.input.not_normalised, model.training.not_converged
};

/// Trains the attention-LSTM of Choi et al. 2019 to tell label 1 (IDH-mutant) from label 0 (wildtype): Adam (Kingma and Ba
/// 2015) on weighted binary cross-entropy, early stopping on the validation loss, best weights restored. The paper does not
/// give its optimiser or schedule; these defaults train its 3160 samples in well under a minute on one core.
///
/// The same data, options and seed give bit-identical weights on one machine, whatever else runs beside it.
struct IDHClassifier {
  std::size_t hidden_size = 16;                                          ///< LSTM states per direction
  std::size_t convolution_channels = 16;                                 ///< filters of the convolution
  std::size_t kernel_size = 5;                                           ///< steps of the convolution's kernel, odd
  AttentionActivation attention_activation = AttentionActivation::none;  ///< applied to the attention scores
  double dropout = 0.0;              ///< share of the context vector set to 0 in training, 0 to below 1
  double learning_rate = 2e-3;       ///< step size of Adam
  std::size_t batch_size = 64;       ///< samples per step
  std::size_t max_epochs = 100;      ///< passes over the training samples at most
  std::size_t patience = 10;         ///< epochs without a better validation loss before stopping
  double validation_fraction = 0.1;  ///< share of patients held out when no validation set is given; 0: none, no early stop
  ClassWeights class_weights = ClassWeights::balanced;  ///< how much a sample counts
  double weight_decay = 0.0;                            ///< L2 penalty added to the gradient
  double gradient_clip = 1.0;                           ///< largest norm of the gradient; 0: not clipped
  std::uint64_t seed = 0;                               ///< of the first weights, the order of samples, the split and dropout

  /// Throws OptionError naming an option out of range.
  void validate() const;

  /// Trains. Without `validation`, `validation_fraction` of the patients (by class, whole patients) are held out; without
  /// patients in `training` every sample counts as one of its own. `progress` gets the epochs done, at least every 50 ms.
  ///
  /// Throws ShapeError when the parts do not fit or training and validation differ in channels or steps; DataError for NaN,
  /// one class only, missing labels, too few patients to hold some out, or a patient on both sides; OptionError; Cancelled.
  FittedModel fit(const Dataset& training, const std::optional<Dataset>& validation = std::nullopt,
                  const Progress& progress = {}) const;
};

}  // namespace bolus

#pragma once
#include <bolus/core/compute.hpp>
#include <bolus/model/attention_lstm.hpp>
#include <bolus/model/training_history.hpp>
#include <bolus/model/training_options.hpp>
#include <optional>
#include <string>

namespace bolus {

/// Trains the attention-LSTM of Choi et al. 2019 to tell label 1 (IDH-mutant) from label 0 (wildtype): Adam (Kingma and Ba
/// 2015) on weighted binary cross-entropy, early stopping on the validation loss, best weights restored. The paper does not
/// give its optimiser or schedule; these defaults train its 3160 samples in well under a minute on one core.
///
/// The same data, options and seed give bit-identical weights on one machine, on any number of threads, whatever else runs
/// beside it, and also when the training was killed and resumed from its `checkpoint`.
struct IDHClassifier {
  std::size_t hidden_size = 16;                                          ///< LSTM states per direction
  std::size_t convolution_channels = 16;                                 ///< filters of the convolution
  std::size_t kernel_size = 5;                                           ///< steps of the convolution's kernel, odd
  AttentionActivation attention_activation = AttentionActivation::none;  ///< applied to the attention scores
  double dropout = 0.0;              ///< share of each LSTM layer's outputs set to 0 in training, 0 to below 1
  double learning_rate = 2e-3;       ///< step size of Adam
  std::size_t batch_size = 64;       ///< samples per step
  std::size_t max_epochs = 100;      ///< passes over the training samples at most
  std::size_t patience = 10;         ///< epochs without a better one before stopping
  double validation_fraction = 0.1;  ///< share of patients held out when no validation set is given; 0: none, no early stop
  ClassWeights class_weights = ClassWeights::balanced;             ///< how much a sample counts
  double weight_decay = 0.0;                                       ///< what it does depends on the optimiser
  double gradient_clip = 1.0;                                      ///< largest norm of the gradient; 0: not clipped
  std::size_t lstm_layers = 1;                                     ///< bidirectional LSTM layers
  std::size_t convolution_layers = 1;                              ///< convolutions before them
  std::size_t attention_hidden_size = 0;                           ///< units of the attention's hidden layer; 0: none
  Optimizer optimizer = Optimizer::adam;                           ///< what makes a step of the gradient
  TrainingLoss loss = TrainingLoss::cross_entropy;                 ///< what is made small
  double focal_gamma = 2.0;                                        ///< exponent of the focal loss; 0: cross-entropy
  LearningRateSchedule schedule = LearningRateSchedule::constant;  ///< course of the learning rate
  std::size_t warmup_epochs = 0;                                   ///< epochs of linear rise, step by step; 0: none
  StoppingCriterion early_stopping = StoppingCriterion::loss;      ///< which epoch is better
  BatchOrder batches = BatchOrder::shuffled;                       ///< how samples are put into batches
  std::size_t augment_shift = 0;  ///< steps: all curves of a sample move together by up to so many, edges held
  double augment_noise = 0.0;     ///< SD of noise added to the z-scores, which are then scaled back to unit variance
  double augment_scale = 0.0;     ///< SD of the logarithm of a factor on each curve
  Engine engine = Engine::fused;  ///< which code runs the network
  Device device = Device::cpu;    ///< where it runs; cuda: always by LibTorch
  int threads = 0;                ///< of the fused engine; 0: all cores. The weights do not depend on it
  std::string checkpoint{};       ///< file that holds the training's state after each epoch; resumed when there; "": none
  std::uint64_t seed = 0;         ///< of the first weights, the order of samples, the split, dropout and augmentation

  /// Throws OptionError naming an option out of range.
  void validate() const;

  /// The network's sizes for samples of so many channels.
  NetworkShape shape(std::size_t channels) const;

  /// The samples that `fit` holds out for validation when it gets no validation set, sorted. Throws as `fit`.
  std::vector<std::size_t> held_out(const Dataset& training) const;

  /// Trains. Without `validation`, `validation_fraction` of the patients (by class, whole patients) are held out; without
  /// patients in `training` every sample counts as one of its own. `progress` gets the epochs done, at least every 50 ms.
  /// With `initial` the training starts from these weights instead of random ones. `callback` may look on and end it.
  ///
  /// Throws ShapeError when the parts do not fit, training and validation differ in channels or steps, or `initial` has
  /// another architecture; DataError for NaN, one class only, missing labels, too few patients to hold some out, a patient on
  /// both sides, or a checkpoint of another training; IoError, FormatError and VersionError for a checkpoint that cannot be
  /// read or written; ConvergenceError when gradients are not finite; OptionError; Cancelled.
  FittedModel fit(const Dataset& training, const std::optional<Dataset>& validation = std::nullopt,
                  const Progress& progress = {}, const std::optional<AttentionLSTM>& initial = std::nullopt,
                  const TrainingCallback& callback = {}) const;
};

}  // namespace bolus

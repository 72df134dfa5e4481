#pragma once
#include <array>
#include <bolus/core/compute.hpp>
#include <bolus/core/progress.hpp>
#include <bolus/core/qc_flag.hpp>
#include <bolus/segment/cascade_weights.hpp>
#include <bolus/segment/training_case.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bolus {

/// What is made small. p is the softmax, g 1 for a voxel's own class; sums run over all voxels of the batch.
enum class SegmentationLoss {
  dice,               ///< as published: 1 - mean over both classes of 2 sum(p g) / (sum(p^2) + sum(g) + 1e-5)
  dice_cross_entropy  ///< the same plus the mean cross-entropy
};

/// How patches are varied in training; the published networks were trained without any of it. Images change inside the brain
/// only: what lies outside is noise in any case.
struct PatchAugmentation {
  bool flip = false;             ///< left and right change places in half of the patches
  double rotation = 0.0;         ///< largest turn within the slices, degrees; images linearly, labels to the nearest voxel
  double intensity_scale = 0.0;  ///< SD of the logarithm of a factor on each image
  double intensity_shift = 0.0;  ///< SD of what is added to each image, in units of its own SD
  double noise = 0.0;            ///< SD of noise added to every voxel, in the same units

  bool operator==(const PatchAugmentation&) const = default;
};

/// The course of one network's training, one entry per epoch. Validation columns are empty where there were no such cases.
struct SegmentationHistory {
  std::vector<double> loss;             ///< mean over the epoch's batches
  std::vector<double> dice;             ///< Dice of the epoch's patches together, as predicted while training
  std::vector<double> validation_loss;  ///< mean over the validation patches' batches, after the epoch
  std::vector<double> validation_dice;  ///< Dice of all validation patches together, after the epoch
  std::vector<double> seconds;          ///< that the epoch took; no two runs agree in it
  std::size_t best_epoch = 0;           ///< epoch (from 0) whose weights were kept: best validation Dice, or the last

  /// Whether the numbers are the same, to the bit. The seconds are not compared.
  bool operator==(const SegmentationHistory& other) const {
    return loss == other.loss && dice == other.dice && validation_loss == other.validation_loss &&
           validation_dice == other.validation_dice && best_epoch == other.best_epoch;
  }
};

/// The result of a training.
struct TrainedCascade {
  CascadeWeights weights;
  std::array<std::array<SegmentationHistory, 3>, 3> histories;  ///< by stage and view; empty for what was not trained
  QcFlags flags;                                                ///< segment.training.{no_region, untrained, not_learning}

  const SegmentationHistory& history(CascadeStage stage, View view) const {
    return histories[static_cast<std::size_t>(stage)][static_cast<std::size_t>(view)];
  }
};

/// Trains the networks of the cascade on labelled cases, as Wang et al. 2017 (doi:10.1007/978-3-319-75238-9_16) did: patches of
/// 19 slices cut at random from the brain (WT), from the box around the tumour (TC) or around its core (ET), each batch with at
/// least one voxel of what is sought, Adam. The networks of the three stages are trained side by side, then those of the
/// other views, which start from the axial one.
///
/// The same cases, options and seed give bit-identical weights on the CPU, on any number of threads, and also when the training
/// was killed and resumed from its `checkpoint`. On a GPU they do not.
struct TrainCascade {
  std::vector<CascadeStage> stages{all_stages.begin(), all_stages.end()};  ///< which to train
  std::vector<View> views{all_views.begin(), all_views.end()};             ///< which to train
  std::size_t epochs = 80;                                                 ///< of the axial networks
  std::size_t view_epochs = 20;                        ///< of the other views' where they start from the axial one
  bool views_from_axial = true;                        ///< false: random start, `epochs` epochs
  std::size_t epoch_batches = 250;                     ///< batches in an epoch
  std::size_t batch_size = 5;                          ///< patches in a batch, whose moments normalise the layers
  std::size_t slices = 19;                             ///< of a patch; the inner ones, 8 fewer, are predicted
  std::array<std::size_t, 3> patch_size{144, 96, 64};  ///< rows and columns of WT, TC and ET, multiples of 4
  SegmentationLoss loss = SegmentationLoss::dice;
  double learning_rate = 1e-3;  ///< step size of Adam
  double weight_decay = 0.0;    ///< L2 penalty, added to the gradient
  double gradient_clip = 0.0;   ///< largest norm of the gradient; 0: not clipped
  PatchAugmentation augmentation{};
  std::size_t validation_patches = 4;  ///< of each validation case, the same in every epoch
  Device device = Device::cpu;         ///< cuda: one network after the other
  int threads = 0;                     ///< networks trained at once on the CPU, each on a thread of its own; 0: all cores
  std::string checkpoint{};  ///< folder for each network's state after each epoch; resumed where there is one; "": none
  std::string scratch{};     ///< folder for prepared cases, mapped rather than held in memory; ""(default): held
  std::uint64_t seed = 0;    ///< of weights, patches, noise and augmentation

  /// Throws OptionError naming an option out of range.
  void validate() const;

  /// Trains. `initial` gives the weights to start from, and those of what is not trained; without it these are random, and
  /// flagged. `progress` gets the batches done, with the latest Dice in the name of the stage.
  ///
  /// Throws DataError naming the case whose images or labels are missing or do not fit, or when no case has what a stage looks
  /// for; what a case's `load` throws; GeometryError; OptionError; ConvergenceError when gradients are not finite; IoError,
  /// FormatError, VersionError and DataError for a checkpoint that cannot be used; Cancelled.
  TrainedCascade operator()(const std::vector<TrainingCase>& training, const std::vector<TrainingCase>& validation = {},
                            const Progress& progress = {}, const std::optional<CascadeWeights>& initial = std::nullopt) const;
};

}  // namespace bolus

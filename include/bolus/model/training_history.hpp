#pragma once
#include <bolus/model/attention_lstm.hpp>
#include <functional>
#include <vector>

namespace bolus {

/// The course of a training, one entry per epoch. The validation columns are empty when there was no validation set.
struct TrainingHistory {
  std::vector<double> loss;             ///< mean weighted loss over the epoch's batches, while training
  std::vector<double> validation_loss;  ///< weighted loss after the epoch, weights as in training
  std::vector<double> validation_auc;   ///< area under the ROC curve after the epoch
  std::vector<double> learning_rate;    ///< of the epoch's last step
  std::vector<double> seconds;          ///< that the epoch took; no two runs agree in it
  std::size_t best_epoch = 0;           ///< epoch (from 0) whose weights were kept
  bool stopped_early = false;           ///< `patience` epochs went by without a better one

  /// Whether the numbers are the same, to the bit. The seconds are not compared.
  bool operator==(const TrainingHistory& other) const {
    return loss == other.loss && validation_loss == other.validation_loss && validation_auc == other.validation_auc &&
           learning_rate == other.learning_rate && best_epoch == other.best_epoch && stopped_early == other.stopped_early;
  }
};

/// The result of a training.
struct FittedModel {
  AttentionLSTM network;
  TrainingHistory history;
  QcFlags flags;  ///< model.channel.constant, model.input.not_normalised, model.training.not_converged
};

/// A moment of a training.
enum class TrainingMoment { epoch_begin, batch_begin, batch_end, epoch_end };

/// Where a training stands.
struct TrainingEvent {
  TrainingMoment moment;
  const TrainingHistory& history;          ///< of the epochs that have ended
  std::size_t epoch = 0;                   ///< the one that goes on or has just ended, from 0
  std::size_t batch = 0;                   ///< in the epoch, from 0; at batch_begin and batch_end
  std::size_t batches = 0;                 ///< in the epoch
  double batch_loss = 0.0;                 ///< at batch_end
  std::function<AttentionLSTM()> network;  ///< a copy of the weights as they are now
};

/// Called in the course of a training, from the thread that called `fit`, while the training waits.
struct TrainingCallback {
  std::function<bool(const TrainingEvent&)> call;  ///< returns false to end the training here, as if it were over
  bool batches = false;                            ///< also at the begin and end of each batch, not of epochs alone
};

}  // namespace bolus

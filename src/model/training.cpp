#include "training.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <bolus/core/atomic_file.hpp>
#include <bolus/core/detail/sha256.hpp>
#include <bolus/core/random.hpp>
#include <bolus/core/version.hpp>
#include <bolus/evaluate/roc_curve.hpp>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>

#include "../compute/adam.hpp"
#include "../weights/read_bytes.hpp"
#include "../weights/training_state.hpp"
#include "augmentation.hpp"
#include "batch_order.hpp"
#include "learning_rate.hpp"
#include "random_streams.hpp"
#include "sample_loss.hpp"
#include "torch_network.hpp"

namespace bolus::detail {
namespace {

/// One mask for each LSTM layer; 32 random bits decide about each value.
std::vector<at::Tensor> dropout_masks(const IDHClassifier& classifier, std::uint64_t step, std::size_t count) {
  std::vector<at::Tensor> masks;
  if (classifier.dropout == 0.0) return masks;
  const auto kept = static_cast<float>(1.0 / (1.0 - classifier.dropout));
  const auto limit = static_cast<std::uint64_t>(std::llround(classifier.dropout * 0x1.0p32));
  const RandomStream random(classifier.seed, random_stream(Randomness::dropout, step));
  std::uint64_t index = 0;
  for (std::size_t layer = 0; layer < classifier.lstm_layers; ++layer) {
    auto& mask = masks.emplace_back(
        at::empty({static_cast<std::int64_t>(count), static_cast<std::int64_t>(2 * classifier.hidden_size)}, at::kFloat));
    float* values = mask.data_ptr<float>();
    for (std::int64_t i = 0; i < mask.numel(); i += 2) {  // 2 hidden states: the number of values is even
      const auto bits = random.bits(index++);
      values[i] = (bits & 0xffffffffU) < limit ? 0.0F : kept;
      values[i + 1] = (bits >> 32) < limit ? 0.0F : kept;
    }
  }
  return masks;
}

struct Score {
  double loss, auc;
};

/// Weighted loss and AUC on samples that take no part in training.
Score score(const TorchNetwork& network, const Dataset& data, std::size_t batch_size, const SampleLoss& sample_loss,
            const std::atomic<bool>& stop) {
  const c10::NoGradGuard no_gradients;
  std::vector<double> logits;
  double loss = 0.0;
  for (std::size_t begin = 0; begin < data.labels.size() && !stop; begin += batch_size) {
    std::vector<std::size_t> rows(std::min(batch_size, data.labels.size() - begin));
    std::iota(rows.begin(), rows.end(), begin);
    const auto output = network.forward(gather(data.curves, rows.data(), rows.size()));
    const float* values = output.logit.const_data_ptr<float>();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      logits.push_back(values[i]);
      loss += sample_loss(values[i], data.labels[rows[i]]).loss;
    }
  }
  if (stop) return {0.0, 0.0};
  return {loss / static_cast<double>(data.labels.size()), roc_auc(data.labels, logits)};
}

/// What a training starts from: if that is the same, its course is the same to the bit. Threads and the path of the state have
/// no part in it, and the number of epochs only where the learning rate depends on it: else a training can be prolonged.
std::map<std::string, std::string> origin_of(const IDHClassifier& c, const TrainingPlan& plan) {
  std::map<std::string, std::string> origin;
  origin["the version of bolus"] = BOLUS_VERSION;
  const bool bounded = c.schedule == LearningRateSchedule::cosine;
  origin["architecture"] = exact_text(plan.training.curves.channels, c.hidden_size, c.convolution_channels, c.kernel_size,
                                      c.attention_activation, c.lstm_layers, c.convolution_layers, c.attention_hidden_size);
  origin["options"] =
      exact_text(c.dropout, c.learning_rate, c.batch_size, bounded ? c.max_epochs : 0, c.patience, c.class_weights,
                 c.weight_decay, c.gradient_clip, c.optimizer, c.loss, c.focal_gamma, c.schedule, c.warmup_epochs,
                 c.early_stopping, c.batches, c.augment_shift, c.augment_noise, c.augment_scale);
  origin["engine or device"] = exact_text(c.engine, c.device);
  origin["seed"] = std::to_string(c.seed);
  Sha256 hash;
  const auto add_values = [&](const auto& values) {
    const std::uint64_t count = values.size();
    hash.update(&count, sizeof count);
    if (count > 0) hash.update(values.data(), count * sizeof values[0]);
  };
  const auto add_samples = [&](const Dataset& data) {
    for (const std::uint64_t size : {data.curves.samples, data.curves.channels, data.curves.steps}) {
      hash.update(&size, sizeof size);
    }
    if (data.curves.lengths.empty()) {
      add_values(data.curves.values);
    } else {  // padding may hold anything
      for (std::size_t row = 0; row < data.curves.samples * data.curves.channels; ++row) {
        const auto* curve = data.curves.values.data() + row * data.curves.steps;
        hash.update(curve, data.curves.length(row / data.curves.channels) * sizeof(float));
      }
    }
    add_values(data.curves.lengths);
    add_values(data.labels);
    for (const auto& patient : data.patients) add_values(patient);
  };
  add_samples(plan.training);
  if (plan.validation) add_samples(*plan.validation);
  origin["the samples"] = hash.hex();
  Sha256 weights;
  if (plan.initial) {
    for (const auto& [name, array] : plan.initial->weights) {
      weights.update(array.values.data(), array.values.size() * sizeof(float));
    }
  }
  origin["the first weights"] = plan.initial ? weights.hex() : "random";
  return origin;
}

using HistoryColumn = std::pair<const char*, std::vector<double> TrainingHistory::*>;
constexpr std::array<HistoryColumn, 5> history_columns{{{"loss", &TrainingHistory::loss},
                                                        {"validation_loss", &TrainingHistory::validation_loss},
                                                        {"validation_auc", &TrainingHistory::validation_auc},
                                                        {"learning_rate", &TrainingHistory::learning_rate},
                                                        {"seconds", &TrainingHistory::seconds}}};

TrainingStateFormat state_format(const NetworkShape& shape) {
  TrainingStateFormat format{"bolus.training_state", 1, shape.weight_shapes(), {}};
  for (const auto& [name, column] : history_columns) format.columns.emplace_back(name);
  return format;
}

/// A training in progress.
class Training {
 public:
  Training(const IDHClassifier& options, const TrainingPlan& plan, std::atomic<std::size_t>& epochs_done,
           const std::atomic<bool>& stop, const TrainingCallback& callback)
      : options_(options),
        plan_(plan),
        epochs_done_(epochs_done),
        stop_(stop),
        callback_(callback),
        sample_loss_(options.loss, options.focal_gamma, options.class_weights, plan.training.labels),
        batches_(options.batches, plan.training.curves.samples, options.batch_size, options.seed, plan.training.patients),
        rate_(options, batches_.batches()),
        augment_(options, plan.training.curves.channels, plan.training.curves.steps),
        fitted_{first_network(), {}, plan.flags},
        network_(fitted_.network, true, Compute{options.engine, options.device, options.threads}),
        adam_(network_.parameters(), {options.optimizer == Optimizer::adamw, options.weight_decay, options.gradient_clip}) {
    if (!options.checkpoint.empty()) resume();
  }

  FittedModel run() {
    auto& history = fitted_.history;
    while (!over()) {
      const auto begin = std::chrono::steady_clock::now();
      const auto epoch = history.loss.size();
      if (!tell(TrainingMoment::epoch_begin, epoch) || !run_epoch(epoch)) {
        ended_by_callback_ = true;
        if (history.loss.empty()) network_.copy_to(fitted_.network);
        break;
      }
      bool better = true;
      if (plan_.validation) {
        const auto [loss, auc] = score(network_, *plan_.validation, options_.batch_size, sample_loss_, stop_);
        require_going_on(epoch);
        history.validation_loss.push_back(loss);
        history.validation_auc.push_back(auc);
        better = is_better(epoch);
      }
      if (better) {
        history.best_epoch = epoch;
        network_.copy_to(fitted_.network);
      }
      rate_.observe(better);
      history.seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
      history.stopped_early = patience_is_out();
      epochs_done_ = epoch + 1;
      if (!options_.checkpoint.empty()) save();
      if (!tell(TrainingMoment::epoch_end, epoch)) {
        ended_by_callback_ = true;
        break;
      }
    }
    flag_unfinished();
    fitted_.network.validate();
    return std::move(fitted_);
  }

 private:
  AttentionLSTM first_network() const {
    const auto& data = plan_.training;
    auto network = random_network(options_.shape(data.curves.channels), options_.seed);
    if (plan_.initial) network.weights = plan_.initial->weights;
    network.channel_names = data.channel_names;
    network.steps = data.curves.steps;
    network.time_step = data.time_step;
    network.simulated = data.simulated || (plan_.initial && plan_.initial->simulated);
    return network;
  }

  bool over() const {
    return ended_by_callback_ || fitted_.history.stopped_early || fitted_.history.loss.size() >= options_.max_epochs;
  }

  bool patience_is_out() const {
    const auto& history = fitted_.history;
    return plan_.validation && history.loss.size() - 1 - history.best_epoch >= options_.patience;
  }

  void require_going_on(std::size_t epoch) const {
    require<Cancelled>(!stop_, "stopped during training, in epoch ", epoch + 1);
  }

  /// Whether an epoch of the history is better than the best before it.
  bool is_better(std::size_t epoch) const {
    const auto& history = fitted_.history;
    if (epoch == 0) return true;
    const auto best = history.best_epoch;
    const bool lower = history.validation_loss[epoch] < history.validation_loss[best];
    if (options_.early_stopping == StoppingCriterion::loss) return lower;
    const double gain = history.validation_auc[epoch] - history.validation_auc[best];
    return gain > 0.0 || (gain == 0.0 && lower);
  }

  bool tell(TrainingMoment moment, std::size_t epoch, std::size_t batch = 0, double loss = 0.0) {
    const bool of_batch = moment == TrainingMoment::batch_begin || moment == TrainingMoment::batch_end;
    if (!callback_.call || (of_batch && !callback_.batches)) return true;
    const auto copy = [this] {
      auto network = fitted_.network;
      network_.copy_to(network);
      return network;
    };
    return callback_.call({moment, fitted_.history, epoch, batch, batches_.batches(), loss, copy});
  }

  /// False when a callback ended the training in the middle of it.
  bool run_epoch(std::size_t epoch) {
    const auto& data = plan_.training;
    const auto batches = batches_(epoch);
    double sum = 0.0, rate = 0.0;
    for (std::size_t b = 0; b + 1 < batches.begin.size(); ++b) {
      require_going_on(epoch);
      if (!tell(TrainingMoment::batch_begin, epoch, b)) return false;
      const auto* rows = batches.order.data() + batches.begin[b];
      const auto count = batches.begin[b + 1] - batches.begin[b];
      auto batch = gather(data.curves, rows, count);
      if (augment_.active()) {
        float* values = batch.curves.data_ptr<float>();
        for (std::size_t i = 0; i < count; ++i) {
          augment_(values + i * data.curves.channels * data.curves.steps, data.curves.length(rows[i]), rows[i], epoch);
        }
      }
      batch.dropout = dropout_masks(options_, adam_.state.steps, count);
      const auto output = network_.forward(batch);
      auto slopes = at::empty_like(output.logit);
      const float* logits = output.logit.const_data_ptr<float>();
      float* slope = slopes.data_ptr<float>();
      double loss = 0.0;
      for (std::size_t i = 0; i < count; ++i) {
        const auto value = sample_loss_(logits[i], data.labels[rows[i]]);
        loss += value.loss;
        slope[i] = static_cast<float>(value.slope / static_cast<double>(count));
      }
      sum += loss;
      output.logit.backward(slopes);
      rate = rate_(epoch, b);
      require<ConvergenceError>(adam_.step(rate), "the training diverged in epoch ", epoch + 1,
                                ": gradients are not finite; normalise the curves or lower the learning rate (now ", rate, ")");
      if (!tell(TrainingMoment::batch_end, epoch, b, loss / static_cast<double>(count))) return false;
    }
    fitted_.history.loss.push_back(sum / static_cast<double>(batches.order.size()));
    fitted_.history.learning_rate.push_back(rate);
    return true;
  }

  void save() const {
    const auto& h = fitted_.history;
    TrainingState state{origin_, {}, fitted_.network.weights, adam_.state, {}, h.best_epoch};
    for (const auto& [name, column] : history_columns) state.history[name] = h.*column;
    auto now = fitted_.network;
    network_.copy_to(now);
    state.weights = std::move(now.weights);
    write_atomically(options_.checkpoint, Overwrite::yes, encode_training_state(state, state_format(now.shape)));
  }

  /// Goes on from the state where there is one.
  void resume() {
    origin_ = origin_of(options_, plan_);
    if (!std::filesystem::exists(options_.checkpoint)) return;
    const auto& source = options_.checkpoint;
    auto state = decode_training_state(read_bytes(source), state_format(fitted_.network.shape), origin_, source);
    const auto epochs = state.history["loss"].size();
    require<FormatError>(state.adam.steps == epochs * batches_.batches() &&
                             state.history["validation_loss"].size() == (plan_.validation ? epochs : 0),
                         source, ": the counts of steps and epochs do not fit each other: the file is damaged");
    require<DataError>(epochs <= options_.max_epochs, source, ": is the state of a training after ", epochs,
                       " epochs, but max_epochs is ", options_.max_epochs, "; raise it, or remove the file to begin anew");
    auto now = fitted_.network;
    now.weights = std::move(state.weights);
    const auto shapes = now.shape.weight_shapes();
    for (std::size_t i = 0; i < network_.parameters().size(); ++i) {
      const auto& values = now.weights.at(shapes[i].first).values;
      std::copy(values.begin(), values.end(), network_.parameters()[i].mutable_data_ptr<float>());
    }
    adam_.state = std::move(state.adam);

    // The schedule is told again which epochs were better; that also shows whether the best epoch is what the file says.
    auto& history = fitted_.history;
    for (const auto& [name, column] : history_columns) history.*column = std::move(state.history[name]);
    history.best_epoch = 0;
    for (std::size_t epoch = 0; epoch < epochs; ++epoch) {
      const bool better = !plan_.validation || is_better(epoch);
      if (better) history.best_epoch = epoch;
      rate_.observe(better);
    }
    require<FormatError>(history.best_epoch == state.best_epoch, source, ": epoch ", state.best_epoch + 1,
                         " is not the best of its history: the file is damaged");
    history.stopped_early = patience_is_out();
    fitted_.network.weights = std::move(state.best_weights);
    epochs_done_ = epochs;
  }

  void flag_unfinished() {
    const auto& history = fitted_.history;
    const bool runs_out = options_.schedule == LearningRateSchedule::cosine;  // the rate ends at 0: that is the plan
    if (!plan_.validation || history.stopped_early || ended_by_callback_ || runs_out) return;
    fitted_.flags.push_back(
        {"model.training.not_converged",
         message("the validation ", options_.early_stopping == StoppingCriterion::auc ? "AUC" : "loss",
                 " was still best in epoch ", history.best_epoch + 1, " of ", options_.max_epochs, ", less than patience (",
                 options_.patience, ") epochs before the end; more epochs may do better")});
  }

  const IDHClassifier& options_;
  const TrainingPlan& plan_;
  std::atomic<std::size_t>& epochs_done_;
  const std::atomic<bool>& stop_;
  const TrainingCallback& callback_;
  SampleLoss sample_loss_;
  BatchMaker batches_;
  LearningRate rate_;
  Augmentation augment_;
  FittedModel fitted_;
  TorchNetwork network_;
  Adam adam_;
  std::map<std::string, std::string> origin_;
  bool ended_by_callback_ = false;
};

}  // namespace

FittedModel train(const IDHClassifier& classifier, const TrainingPlan& plan, std::atomic<std::size_t>& epochs_done,
                  const std::atomic<bool>& stop, const TrainingCallback& callback) {
  return Training(classifier, plan, epochs_done, stop, callback).run();
}

}  // namespace bolus::detail

#include "network_training.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <bolus/core/atomic_file.hpp>
#include <bolus/core/detail/sha256.hpp>
#include <bolus/core/version.hpp>
#include <chrono>
#include <utility>

#include "../../compute/adam.hpp"
#include "../../weights/read_bytes.hpp"
#include "../../weights/training_state.hpp"
#include "../torch_anisotropic_network.hpp"
#include "patch_sampler.hpp"

namespace bolus::detail {
namespace {

using HistoryColumn = std::pair<const char*, std::vector<double> SegmentationHistory::*>;
constexpr std::array<HistoryColumn, 5> history_columns{{{"loss", &SegmentationHistory::loss},
                                                        {"dice", &SegmentationHistory::dice},
                                                        {"validation_loss", &SegmentationHistory::validation_loss},
                                                        {"validation_dice", &SegmentationHistory::validation_dice},
                                                        {"seconds", &SegmentationHistory::seconds}}};

/// Voxels predicted, sought, and both, over any number of batches.
struct DiceCounts {
  std::int64_t predicted = 0, sought = 0, both = 0;

  double dice() const {
    return predicted + sought == 0 ? 1.0 : 2.0 * static_cast<double>(both) / static_cast<double>(predicted + sought);
  }
};

/// One training in progress.
class NetworkTraining {
 public:
  NetworkTraining(const TrainCascade& options, const NetworkPlan& plan, const std::vector<PreparedCase>& training,
                  const std::vector<PreparedCase>& validation, const std::atomic<bool>& stop, const BatchReport& report)
      : options_(options),
        plan_(plan),
        stop_(stop),
        report_(report),
        place_(options.device == Device::cuda ? at::kCUDA : at::kCPU),
        sampler_(options, plan.stage, plan.view, training),
        validation_(options, plan.stage, plan.view, validation),
        result_{plan.first, {}},
        network_(plan.first, true, place_) {
    for (const auto& [name, tensor] : network_.parameters()) parameters_.push_back(tensor);
    adam_.emplace(parameters_, Adam::Options{false, options.weight_decay, options.gradient_clip});
    if (!options.checkpoint.empty()) resume(training, validation);
  }

  TrainedNetwork run() {
    auto& history = result_.history;
    while (history.loss.size() < plan_.epochs) {
      const auto begin = std::chrono::steady_clock::now();
      run_epoch(history.loss.size());
      bool better = true;
      if (validation_.cases() > 0) {
        validate();
        better = is_better(history.loss.size() - 1);
      }
      if (better) {
        history.best_epoch = history.loss.size() - 1;
        result_.network = network_.values();
      }
      history.seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
      if (!options_.checkpoint.empty()) save();
    }
    return std::move(result_);
  }

 private:
  std::string name() const { return std::string(stage_name(plan_.stage)) + " " + std::string(view_name(plan_.view)); }

  bool is_better(std::size_t epoch) const {
    const auto& dice = result_.history.validation_dice;
    return epoch == 0 || dice[epoch] > dice[result_.history.best_epoch];
  }

  struct Step {
    at::Tensor loss;
    DiceCounts counts;
  };

  /// Loss, and what is counted for the Dice, of one batch.
  Step forward(const PatchBatch& batch, std::size_t items) const {
    const auto count = static_cast<std::int64_t>(items), slices = static_cast<std::int64_t>(sampler_.slices()),
               side = static_cast<std::int64_t>(sampler_.side());
    const auto lost = static_cast<std::int64_t>(AnisotropicNetwork::lost_slices);
    // Channels stay beside each other in memory, which is the layout that the convolutions are fastest with.
    const auto input = at::from_blob(const_cast<float*>(batch.input.data()), {count, slices, side, side, 4}, at::kFloat)
                           .permute({0, 4, 1, 2, 3})
                           .to(place_);
    const auto target =
        at::from_blob(const_cast<std::uint8_t*>(batch.target.data()), {count, slices - lost, side, side}, at::kByte).to(place_);
    const auto logits = network_.forward(input);
    const auto sought = target.to(at::kFloat);
    const auto probability = at::softmax(logits, 1);
    at::Tensor loss;
    for (std::int64_t c = 0; c < 2; ++c) {
      const auto p = probability.select(1, c);
      const auto g = c == 1 ? sought : 1.0 - sought;
      const auto dice = 2.0 * (p * g).sum() / ((p * p).sum() + g.sum() + 1e-5);
      loss = c == 0 ? 1.0 - 0.5 * dice : loss - 0.5 * dice;
    }
    if (options_.loss == SegmentationLoss::dice_cross_entropy) {
      const auto log_probability = at::log_softmax(logits, 1);
      loss = loss - (log_probability.select(1, 1) * sought + log_probability.select(1, 0) * (1.0 - sought)).mean();
    }
    const auto marked = logits.select(1, 1).gt(logits.select(1, 0));
    const auto wanted = target.to(at::kBool);
    return {loss,
            {marked.sum().item<std::int64_t>(), wanted.sum().item<std::int64_t>(),
             marked.logical_and(wanted).sum().item<std::int64_t>()}};
  }

  static void add(DiceCounts& sum, const DiceCounts& more) {
    sum.predicted += more.predicted;
    sum.sought += more.sought;
    sum.both += more.both;
  }

  void require_going_on() const { require<Cancelled>(!stop_, "stopped during training of ", name()); }

  void run_epoch(std::size_t epoch) {
    auto& history = result_.history;
    DiceCounts counts;
    double loss = 0.0;
    for (std::size_t b = 0; b < options_.epoch_batches; ++b) {
      require_going_on();
      sampler_.draw(epoch * options_.epoch_batches + b, batch_);
      const auto step = forward(batch_, options_.batch_size);
      step.loss.backward();
      loss += step.loss.item<double>();
      add(counts, step.counts);
      require<ConvergenceError>(adam_->step(options_.learning_rate), "the training of ", name(), " diverged in epoch ",
                                epoch + 1, ": gradients are not finite; lower learning_rate (now ", options_.learning_rate,
                                ") or set gradient_clip");
      report_(epoch * options_.epoch_batches + b + 1, history.dice.empty() ? counts.dice() : history.dice.back());
    }
    history.loss.push_back(loss / static_cast<double>(options_.epoch_batches));
    history.dice.push_back(counts.dice());
  }

  void validate() {
    const c10::NoGradGuard no_gradients;
    auto& history = result_.history;
    const auto patches = validation_.cases() * options_.validation_patches;
    DiceCounts counts;
    double loss = 0.0;
    std::size_t batches = 0;
    for (std::size_t first = 0; first < patches; first += options_.batch_size, ++batches) {
      require_going_on();
      const auto items = std::min(options_.batch_size, patches - first);
      validation_.draw_fixed(first, items, batch_);
      const auto step = forward(batch_, items);
      loss += step.loss.item<double>();
      add(counts, step.counts);
    }
    history.validation_loss.push_back(loss / static_cast<double>(batches));
    history.validation_dice.push_back(counts.dice());
  }

  /// What the training starts from: if that is the same, its course is the same to the bit. Epochs have no part in it, so that
  /// a training can be prolonged.
  std::map<std::string, std::string> origin_of(const std::vector<PreparedCase>& training,
                                               const std::vector<PreparedCase>& validation) const {
    const auto& o = options_;
    const auto& a = o.augmentation;
    std::map<std::string, std::string> origin;
    origin["the version of bolus"] = BOLUS_VERSION;
    origin["the network"] = name();
    origin["options"] =
        exact_text(o.epoch_batches, o.batch_size, sampler_.slices(), sampler_.side(), o.loss, o.learning_rate, o.weight_decay,
                   o.gradient_clip, o.validation_patches, a.flip, a.rotation, a.intensity_scale, a.intensity_shift, a.noise);
    origin["the device"] = exact_text(o.device);
    origin["seed"] = std::to_string(o.seed);
    Sha256 cases, weights;
    for (const auto* group : {&training, &validation}) {
      for (const auto& one : *group) {
        const auto text = one.hash + " " + exact_text(one.weight);
        cases.update(text.data(), text.size());
      }
      cases.update("|", 1);
    }
    origin["the cases"] = cases.hex();
    for (const auto& [name, array] : plan_.first.weights) {
      weights.update(array.values.data(), array.values.size() * sizeof(float));
    }
    origin["the first weights"] = weights.hex();
    return origin;
  }

  std::filesystem::path state_path() const {
    const auto file = std::string(stage_name(plan_.stage)) + "_" + std::string(view_name(plan_.view)) + ".safetensors";
    return std::filesystem::path(options_.checkpoint) / file;
  }

  TrainingStateFormat format() const {
    TrainingStateFormat format{"bolus.segmentation_training_state", 1, {}, {}};
    for (const auto& shape : AnisotropicNetwork::weight_shapes(plan_.first.downsample_twice)) format.shapes.push_back(shape);
    for (const auto& [name, column] : history_columns) format.columns.emplace_back(name);
    return format;
  }

  void save() const {
    const auto& h = result_.history;
    TrainingState state{origin_, network_.values().weights, result_.network.weights, adam_->state, {}, h.best_epoch};
    for (const auto& [name, column] : history_columns) state.history[name] = h.*column;
    write_atomically(state_path(), Overwrite::yes, encode_training_state(state, format()));
  }

  /// Goes on from the state where there is one.
  void resume(const std::vector<PreparedCase>& training, const std::vector<PreparedCase>& validation) {
    origin_ = origin_of(training, validation);
    const auto path = state_path();
    if (!std::filesystem::exists(path)) return;
    auto state = decode_training_state(read_bytes(path), format(), origin_, path.string());
    const auto epochs = state.history["loss"].size();
    require<FormatError>(state.adam.steps == epochs * options_.epoch_batches &&
                             state.history["validation_loss"].size() == (validation_.cases() > 0 ? epochs : 0),
                         path.string(), ": the counts of steps and epochs do not fit each other: the file is damaged");
    require<DataError>(epochs <= plan_.epochs, path.string(), ": is the state of a training after ", epochs,
                       " epochs, of which ", plan_.epochs, " are asked for; ask for more, or remove the file to begin anew");
    std::size_t p = 0;
    for (const auto& [name, tensor] : network_.parameters()) {
      const auto& values = state.weights.at(name).values;
      std::copy(values.begin(), values.end(), parameters_[p++].mutable_data_ptr<float>());
    }
    adam_->state = std::move(state.adam);
    for (const auto& [name, column] : history_columns) result_.history.*column = std::move(state.history[name]);
    result_.history.best_epoch = state.best_epoch;
    result_.network.weights = std::move(state.best_weights);
    report_(epochs * options_.epoch_batches, result_.history.dice.back());
  }

  const TrainCascade& options_;
  const NetworkPlan& plan_;
  const std::atomic<bool>& stop_;
  const BatchReport& report_;
  at::Device place_;
  PatchSampler sampler_, validation_;
  TrainedNetwork result_;
  TorchAnisotropicNetwork network_;
  std::vector<at::Tensor> parameters_;
  std::optional<Adam> adam_;
  PatchBatch batch_;
  std::map<std::string, std::string> origin_;
};

}  // namespace

TrainedNetwork train_network(const TrainCascade& options, const NetworkPlan& plan, const std::vector<PreparedCase>& training,
                             const std::vector<PreparedCase>& validation, const std::atomic<bool>& stop,
                             const BatchReport& report) {
  return NetworkTraining(options, plan, training, validation, stop, report).run();
}

}  // namespace bolus::detail

#include <algorithm>
#include <bolus/core/parallel.hpp>
#include <bolus/core/random.hpp>
#include <bolus/core/version.hpp>
#include <bolus/segment/train_cascade.hpp>
#include <cmath>
#include <filesystem>
#include <mutex>
#include <set>

#include "../../compute/require_device.hpp"
#include "../../compute/torch_team.hpp"
#include "network_training.hpp"

namespace bolus {
namespace {

using namespace detail;

constexpr std::uint64_t hold_out_stream = 128;  // the streams below belong to weights and to the noise around the brain

std::size_t number_of(CascadeStage stage) { return static_cast<std::size_t>(stage); }
std::size_t number_of(View view) { return static_cast<std::size_t>(view); }

template <class Choice>
bool has(const std::vector<Choice>& chosen, Choice one) {
  return std::find(chosen.begin(), chosen.end(), one) != chosen.end();
}

/// Batches done of all networks, and the latest news, for whoever waits.
class TrainingProgress {
 public:
  TrainingProgress(const Progress& progress, std::size_t total) : progress_(progress), total_(total) {}

  /// From any thread.
  void tell(std::size_t& done_before, std::size_t done, const NetworkPlan& plan, double dice) {
    const std::lock_guard guard(lock_);
    done_ += done - done_before;
    done_before = done;
    char number[8];
    std::snprintf(number, sizeof number, "%.2f", dice);
    text_ = message("training ", stage_name(plan.stage), " ", view_name(plan.view), ", Dice ", number);
  }

  /// From the thread that called the step.
  void show() {
    std::unique_lock guard(lock_);
    const auto text = text_;
    const auto done = std::min(done_, total_);
    guard.unlock();
    report(progress_, text, done, total_);
  }

 private:
  const Progress& progress_;
  std::size_t total_, done_ = 0;
  std::string text_ = "training";
  std::mutex lock_;
};

std::vector<PreparedCase> prepare(const std::vector<TrainingCase>& cases, const TrainCascade& options,
                                  const Progress& progress) {
  std::vector<PreparedCase> prepared;
  for (const auto& one : cases) {
    report(progress, "preparing cases", prepared.size(), cases.size());
    require<DataError>(static_cast<bool>(one.load), "case '", one.name, "' has nothing to load");
    require<DataError>(std::isfinite(one.weight) && one.weight > 0.0, "case '", one.name, "' has the weight ", one.weight,
                       "; expected a positive number");
    prepared.emplace_back(one, options.seed, options.scratch);
  }
  report(progress, "preparing cases", prepared.size(), cases.size());
  return prepared;
}

void require_learnable(CascadeStage stage, const std::vector<PreparedCase>& cases, const char* which, QcFlags& flags) {
  constexpr std::array<const char*, 3> sought{"tumour", "tumour core (labels 1 and 4)", "enhancing tumour (label 4)"};
  std::size_t without = 0;
  for (const auto& one : cases) without += one.positive_voxels(stage) == 0;
  require<DataError>(without < cases.size(), "no ", which, " case has any ", sought[number_of(stage)], ", which ",
                     stage_name(stage), " is to learn; leave that stage out of `stages`, or give cases that have it");
  if (without > 0) {
    flags.push_back(
        {"segment.training.no_region", message(without, " of ", cases.size(), " ", which, " cases have no ",
                                               sought[number_of(stage)], " and took no part in training ", stage_name(stage))});
  }
}

}  // namespace

HeldOut hold_out(const std::vector<TrainingCase>& cases, double fraction, std::uint64_t seed) {
  require<OptionError>(fraction >= 0.0 && fraction <= 0.5, "fraction is ", fraction, "; expected 0 to 0.5");
  HeldOut parts;
  if (fraction == 0.0) return {cases, {}};
  const auto count =
      std::max<std::size_t>(1, static_cast<std::size_t>(std::llround(fraction * static_cast<double>(cases.size()))));
  require<DataError>(count < cases.size(), "of ", cases.size(), " case(s) none would be left to train on after holding ", count,
                     " out; give more cases, or set the fraction to 0");
  const auto order = RandomStream(seed, hold_out_stream).permutation(cases.size());
  const std::set<std::size_t> chosen(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count));
  for (std::size_t i = 0; i < cases.size(); ++i) (chosen.contains(i) ? parts.validation : parts.training).push_back(cases[i]);
  return parts;
}

void TrainCascade::validate() const {
  const auto at_least = [](const char* name, std::size_t value, std::size_t least) {
    require<OptionError>(value >= least, name, " is ", value, "; expected at least ", least);
  };
  const auto within = [](const char* name, double value, double high) {
    require<OptionError>(value >= 0.0 && value <= high, name, " is ", value, "; expected 0 to ", high);
  };
  const auto each_once = [](const char* name, const auto& chosen) {
    require<OptionError>(!chosen.empty(), name, " is empty; there would be nothing to train: name at least one");
    require<OptionError>(std::set(chosen.begin(), chosen.end()).size() == chosen.size(), name, " names one twice");
  };
  each_once("stages", stages);
  each_once("views", views);
  at_least("epochs", epochs, 1);
  at_least("view_epochs", view_epochs, 1);
  at_least("epoch_batches", epoch_batches, 1);
  at_least("batch_size", batch_size, 1);
  require<OptionError>(batch_size <= 256, "batch_size is ", batch_size, "; expected at most 256");
  at_least("slices", slices, AnisotropicNetwork::lost_slices + 1);
  at_least("validation_patches", validation_patches, 1);
  for (const auto stage : all_stages) {
    const auto size = patch_size[number_of(stage)];
    require<OptionError>(size >= 8 && size % 4 == 0, "patch_size of ", stage_name(stage), " is ", size,
                         "; expected a multiple of 4, 8 or more");
  }
  require<OptionError>(std::isfinite(learning_rate) && learning_rate > 0.0, "learning_rate is ", learning_rate,
                       "; expected a positive number");
  within("weight_decay", weight_decay, 1.0);
  require<OptionError>(std::isfinite(gradient_clip) && gradient_clip >= 0.0, "gradient_clip is ", gradient_clip,
                       "; expected 0 or a positive number");
  within("augmentation.rotation", augmentation.rotation, 180.0);
  within("augmentation.intensity_scale", augmentation.intensity_scale, 2.0);
  within("augmentation.intensity_shift", augmentation.intensity_shift, 10.0);
  within("augmentation.noise", augmentation.noise, 10.0);
  resolve_threads(threads);
}

TrainedCascade TrainCascade::operator()(const std::vector<TrainingCase>& training, const std::vector<TrainingCase>& validation,
                                        const Progress& progress, const std::optional<CascadeWeights>& initial) const {
  validate();
  require_device(device);
  require<DataError>(!training.empty(), "there are no cases to train on");
  std::set<std::string> names;
  for (const auto& one : training) names.insert(one.name);
  for (const auto& one : validation) {
    require<DataError>(!names.contains(one.name), "case '", one.name,
                       "' is among the training and the validation cases; leave it in one of them");
  }
  if (initial) initial->validate();
  if (!checkpoint.empty()) {
    std::error_code failed;
    std::filesystem::create_directories(checkpoint, failed);
    require<IoError>(!failed, "cannot make the folder ", checkpoint, " for checkpoints: ", failed.message());
  }
  const auto cases = prepare(training, *this, progress), checks = prepare(validation, *this, progress);

  TrainedCascade result;
  result.weights = initial ? *initial : random_cascade(seed);
  for (const auto stage : stages) {
    require_learnable(stage, cases, "training", result.flags);
    if (!checks.empty()) require_learnable(stage, checks, "validation", result.flags);
  }
  const bool from_axial = views_from_axial && !initial && has(views, View::axial);
  require<OptionError>(initial || !views_from_axial || has(views, View::axial),
                       "views does not name 'axial', which the other views start from; add it, give initial weights, or set "
                       "views_from_axial to false");

  // First whatever starts by itself, then the views that start from a trained axial network.
  std::array<std::vector<NetworkPlan>, 2> rounds;
  for (const auto stage : stages) {
    for (const auto view : views) {
      const bool later = from_axial && view != View::axial;
      rounds[later ? 1 : 0].push_back({stage, view, later ? view_epochs : epochs, result.weights.network(stage, view)});
    }
  }
  std::size_t total = 0;
  for (const auto& round : rounds) {
    for (const auto& plan : round) total += plan.epochs * epoch_batches;
  }
  TrainingProgress shared(progress, total);
  std::atomic<bool> stop{false};
  const int at_once = device == Device::cuda ? 1 : threads;
  for (auto& round : rounds) {
    std::vector<TrainedNetwork> trained(round.size());
    for (auto& plan : round) {
      if (&round == &rounds[1]) plan.first = result.weights.network(plan.stage, View::axial);
    }
    run_on_torch_threads(
        round.size(), at_once,
        [&](std::size_t i) {
          std::size_t before = 0;
          trained[i] = train_network(*this, round[i], cases, checks, stop,
                                     [&](std::size_t done, double dice) { shared.tell(before, done, round[i], dice); });
        },
        [&] { shared.show(); }, stop);
    for (std::size_t i = 0; i < round.size(); ++i) {
      const auto s = number_of(round[i].stage), v = number_of(round[i].view);
      result.weights.networks[s][v] = std::move(trained[i].network);
      result.histories[s][v] = std::move(trained[i].history);
    }
  }
  report(progress, "training", total, total);

  for (const auto stage : all_stages) {
    for (const auto view : all_views) {
      const auto name = message(stage_name(stage), " ", view_name(view));
      const auto& history = result.history(stage, view);
      if (history.loss.empty() && !initial) {
        result.flags.push_back({"segment.training.untrained", name + " was not trained: its weights are random"});
      } else if (!history.validation_dice.empty() && history.validation_dice[history.best_epoch] < 0.1) {
        result.flags.push_back({"segment.training.not_learning",
                                name + ": the validation Dice never reached 0.1; more epochs, or a look at the labels"});
      }
    }
  }
  auto& notes = result.weights.notes;
  if (!initial) notes.clear();
  bool simulated = initial && notes.contains("simulated") && notes["simulated"] == "true";
  for (const auto& one : training) simulated = simulated || one.simulated;
  notes["source"] =
      initial && notes.contains("source") ? "trained further by bolus from: " + notes["source"] : "trained by bolus";
  notes["training_cases"] = std::to_string(training.size());
  notes["training_seed"] = std::to_string(seed);
  notes["simulated"] = simulated ? "true" : "false";
  return result;
}

}  // namespace bolus

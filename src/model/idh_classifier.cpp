#include <algorithm>
#include <array>
#include <atomic>
#include <bolus/evaluate/patient_split.hpp>
#include <bolus/model/idh_classifier.hpp>
#include <cmath>
#include <set>

#include "../compute/torch_team.hpp"
#include "calling_thread.hpp"
#include "random_streams.hpp"
#include "training.hpp"

namespace bolus {
namespace {

void require_labelled(const Dataset& data, const char* which) {
  data.validate();
  detail::require<DataError>(!data.labels.empty(), "the ", which, " samples have no labels; expected 0 or 1 for each");
  const bool both = std::find(data.labels.begin(), data.labels.end(), 0) != data.labels.end() &&
                    std::find(data.labels.begin(), data.labels.end(), 1) != data.labels.end();
  detail::require<DataError>(both, "the ", which, " samples hold 1 class only: all ", data.labels.size(), " labels are ",
                             data.labels.front(), "; expected both 0 and 1");
}

/// Patients of the samples; where there are none, each sample is its own.
std::vector<std::string> patients_of(const Dataset& data) {
  if (!data.patients.empty()) return data.patients;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < data.curves.samples; ++i) names.push_back("sample " + std::to_string(i));
  return names;
}

void require_disjoint(const Dataset& training, const Dataset& validation) {
  const std::set<std::string> known(training.patients.begin(), training.patients.end());
  for (const auto& patient : validation.patients) {
    detail::require<DataError>(
        !known.contains(patient), "patient '", patient,
        "' is in the training and in the validation samples; all samples of a patient must be on one side");
  }
}

/// Doubts about the input: curves that say nothing, or that were not normalised.
QcFlags inspect(const Dataset& data) {
  QcFlags flags;
  const auto& curves = data.curves;
  for (std::size_t c = 0; c < curves.channels; ++c) {
    float low = curves(0, c, 0), high = low;
    for (std::size_t s = 0; s < curves.samples; ++s) {
      for (std::size_t t = 0; t < curves.length(s); ++t) {
        low = std::min(low, curves(s, c, t));
        high = std::max(high, curves(s, c, t));
      }
    }
    const auto name = data.channel_names.empty() ? std::to_string(c) : data.channel_names[c];
    if (low == high) {
      flags.push_back({"model.channel.constant", detail::message("channel ", name, " is ", low, " in every training sample")});
    } else if (std::max(std::abs(low), std::abs(high)) > 100.0F) {
      flags.push_back({"model.input.not_normalised", detail::message("channel ", name, " ranges from ", low, " to ", high,
                                                                     "; the network expects z-scores, which rarely pass 10")});
    }
  }
  return flags;
}

/// Throws ShapeError naming the size in which a network to start from differs, DataError for other channels.
void require_fits(const AttentionLSTM& network, const NetworkShape& expected, const Dataset& training) {
  network.validate();
  const auto same = [&](const char* name, auto found, auto wanted) {
    detail::require<ShapeError>(found == wanted, "the network to start from has ", name, " ", static_cast<std::size_t>(found),
                                "; this training asks for ", static_cast<std::size_t>(wanted),
                                ": weights of another architecture cannot be used");
  };
  const auto& found = network.shape;
  same("channels", found.channels, expected.channels);
  same("hidden_size", found.hidden_size, expected.hidden_size);
  same("convolution_channels", found.convolution_channels, expected.convolution_channels);
  same("kernel_size", found.kernel_size, expected.kernel_size);
  same("convolution_layers", found.convolution_layers, expected.convolution_layers);
  same("lstm_layers", found.lstm_layers, expected.lstm_layers);
  same("attention_hidden_size", found.attention_hidden_size, expected.attention_hidden_size);
  detail::require<ShapeError>(found.attention_activation == expected.attention_activation,
                              "the network to start from has another attention_activation than this training asks for; set "
                              "warm_start to False, or ask for the same");
  detail::require<DataError>(
      network.channel_names.empty() || training.channel_names.empty() || network.channel_names == training.channel_names,
      "the network to start from was trained on the channels ", detail::joined(network.channel_names), "; the samples have ",
      detail::joined(training.channel_names));
}

/// Rows of `training` that are held out, sorted; empty when `validation_fraction` is 0.
FoldIndices split(const IDHClassifier& classifier, const Dataset& training) {
  const Patients patients(patients_of(training));
  std::array<int, 2> counts{};
  for (const int label : detail::class_of_patients(patients, training.labels)) ++counts[static_cast<std::size_t>(label)];
  detail::require<DataError>(
      std::min(counts[0], counts[1]) >= 2, "to hold patients out for validation each class needs 2 patients, found ", counts[0],
      " of class 0 and ", counts[1], " of class 1; give a validation set, more patients, or set validation_fraction to 0");
  const int count = counts[0] + counts[1];
  const int held_out = std::max(2, static_cast<int>(std::lround(classifier.validation_fraction * count)));
  const auto parts = PatientSplit{.training = count - held_out, .validation = held_out, .test = 0, .seed = classifier.seed}(
      patients, training.labels);
  return {parts.training, parts.validation};
}

}  // namespace

std::vector<std::size_t> IDHClassifier::held_out(const Dataset& training) const {
  validate();
  require_labelled(training, "training");
  if (validation_fraction == 0.0) return {};
  auto rows = split(*this, training).validation;
  std::sort(rows.begin(), rows.end());
  return rows;
}

NetworkShape IDHClassifier::shape(std::size_t channels) const {
  return {channels,           hidden_size, convolution_channels, kernel_size, attention_activation,
          convolution_layers, lstm_layers, attention_hidden_size};
}

void IDHClassifier::validate() const {
  const auto require_that = [](bool holds, const char* name, auto value, const char* expected) {
    detail::require<OptionError>(holds, name, " is ", value, "; expected ", expected);
  };
  const auto at_least_0 = [&](const char* name, double value) {
    require_that(std::isfinite(value) && value >= 0.0, name, value, "0 or a positive number");
  };
  shape(1).validate();
  require_that(dropout >= 0.0 && dropout < 1.0, "dropout", dropout, "0 to below 1");
  require_that(std::isfinite(learning_rate) && learning_rate > 0.0, "learning_rate", learning_rate, "a positive number");
  require_that(batch_size > 0, "batch_size", batch_size, "at least 1");
  require_that(max_epochs > 0, "max_epochs", max_epochs, "at least 1");
  require_that(patience > 0, "patience", patience, "at least 1");
  require_that(validation_fraction >= 0.0 && validation_fraction <= 0.5, "validation_fraction", validation_fraction,
               "0 to 0.5");
  at_least_0("weight_decay", weight_decay);
  at_least_0("gradient_clip", gradient_clip);
  at_least_0("focal_gamma", focal_gamma);
  require_that(focal_gamma <= 100.0, "focal_gamma", focal_gamma, "0 to 100; Lin et al. 2017 used 0.5 to 5");
  detail::require<OptionError>(warmup_epochs < max_epochs, "warmup_epochs is ", warmup_epochs,
                               "; expected less than max_epochs, ", max_epochs);
  at_least_0("augment_noise", augment_noise);
  at_least_0("augment_scale", augment_scale);
  require_that(augment_scale <= 2.0, "augment_scale", augment_scale, "0 to 2: it is the SD of a logarithm");
  detail::require<OptionError>(threads >= 0, "threads is ", threads, "; expected 0 (all cores) or a positive number");
}

detail::TrainingPlan detail::plan_training(const IDHClassifier& classifier, const Dataset& training,
                                           const std::optional<Dataset>& validation) {
  classifier.validate();
  require_labelled(training, "training");
  if (validation) {
    require_labelled(*validation, "validation");
    require<ShapeError>(
        validation->curves.channels == training.curves.channels && validation->curves.steps == training.curves.steps,
        "validation samples are ", validation->curves.channels, " channels x ", validation->curves.steps,
        " steps, training samples ", training.curves.channels, " x ", training.curves.steps);
    require<DataError>(validation->channel_names.empty() || training.channel_names.empty() ||
                           validation->channel_names == training.channel_names,
                       "validation and training name their channels differently: ", joined(validation->channel_names), " and ",
                       joined(training.channel_names));
    require_disjoint(training, *validation);
    return {training, validation, inspect(training)};
  }
  if (classifier.validation_fraction == 0.0) return {training, std::nullopt, inspect(training)};
  const auto rows = split(classifier, training);
  TrainingPlan plan{training.select(rows.training), training.select(rows.validation), {}};
  plan.flags = inspect(plan.training);
  return plan;
}

FittedModel IDHClassifier::fit(const Dataset& training, const std::optional<Dataset>& validation, const Progress& progress,
                               const std::optional<AttentionLSTM>& initial, const TrainingCallback& callback) const {
  auto plan = detail::plan_training(*this, training, validation);
  if (initial) {
    require_fits(*initial, shape(training.curves.channels), training);
    plan.initial = initial;
  }
  report(progress, "training", 0, max_epochs);
  FittedModel fitted;
  std::atomic<std::size_t> epochs{0};
  std::atomic<bool> stop{false};
  const auto tick = [&] { report(progress, "training", epochs, max_epochs); };
  if (!callback.call) {
    detail::run_on_torch_threads(1, 1, [&](std::size_t) { fitted = detail::train(*this, plan, epochs, stop); }, tick, stop);
  } else {
    detail::CallingThread caller;
    TrainingCallback there{[&](const TrainingEvent& event) { return caller.ask([&] { return callback.call(event); }); },
                           callback.batches};
    caller.serve(
        [&] {
          detail::run_on_torch_threads(
              1, 1, [&](std::size_t) { fitted = detail::train(*this, plan, epochs, stop, there); }, [] {}, stop);
        },
        tick, stop);
  }
  report(progress, "training", max_epochs, max_epochs);
  return fitted;
}

}  // namespace bolus

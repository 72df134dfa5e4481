// Training: options, history, result.
#include "model.hpp"

namespace {

using namespace model_binding;

py::dict history_columns(const TrainingHistory& history) {
  std::vector<std::size_t> epochs;
  for (std::size_t i = 0; i < history.loss.size(); ++i) epochs.push_back(i + 1);
  py::dict columns("epoch"_a = epochs, "loss"_a = history.loss);
  if (!history.validation_loss.empty()) {
    columns["validation_loss"] = history.validation_loss;
    columns["validation_auc"] = history.validation_auc;
  }
  columns["learning_rate"] = history.learning_rate;
  columns["seconds"] = history.seconds;
  return columns;
}

void bind_fitted_model(py::module_& m) {
  py::class_<TrainingHistory> history(m, "TrainingHistory", "The course of a training, one entry per epoch.");
  add_results(history, "TrainingHistory",
              Field{"loss", &TrainingHistory::loss, "Mean weighted loss over the epoch's batches, while training."},
              Field{"validation_loss", &TrainingHistory::validation_loss, "After the epoch; empty without validation."},
              Field{"validation_auc", &TrainingHistory::validation_auc, "After the epoch; empty without validation."},
              Field{"learning_rate", &TrainingHistory::learning_rate, "Of the epoch's last step."},
              Field{"seconds", &TrainingHistory::seconds, "That the epoch took."},
              Field{"best_epoch", &TrainingHistory::best_epoch, "Epoch, from 0, whose weights were kept."},
              Field{"stopped_early", &TrainingHistory::stopped_early, "Patience ran out before the last epoch."});
  history.def("__len__", [](const TrainingHistory& self) { return self.loss.size(); })
      .def(
          "to_frame", [](const TrainingHistory& self) { return data_frame(history_columns(self)); },
          "Epoch (from 1), losses, AUC, learning rate and seconds as a pandas DataFrame.")
      .def(
          "__eq__", [](const TrainingHistory& a, const TrainingHistory& b) { return a == b; }, py::is_operator(),
          "Whether the numbers are the same; the seconds are not compared.")
      .def("__repr__", [](const TrainingHistory& self) {
        return detail::message("TrainingHistory(", self.loss.size(), " epochs, best_epoch=", self.best_epoch,
                               ", stopped_early=", self.stopped_early ? "True" : "False", ")");
      });
  add_html(history);

  py::class_<FittedModel> fitted(m, "FittedModel", "The result of a training.");
  add_results(fitted, "FittedModel", Field{"network", &FittedModel::network, "The trained AttentionLSTM."},
              Field{"history", &FittedModel::history, "Losses and AUC per epoch."},
              Field{"flags", &FittedModel::flags, "Reasons to doubt the training."});
  fitted
      .def(
          "to_frame", [](const FittedModel& self) { return data_frame(history_columns(self.history)); },
          "The history as a pandas DataFrame.")
      .def("__repr__", [](const FittedModel& self) {
        return detail::message("FittedModel(", self.history.loss.size(), " epochs, ", self.flags.size(), " flags)");
      });
  add_html(fitted);
}

/// A Python callable as a TrainingCallback. `fit` calls it on its own thread, which has let go of the GIL. It holds no
/// reference: the object must outlive the training.
TrainingCallback callback_from(const py::object& callable, bool batches) {
  if (callable.is_none()) return {};
  return {[object = callable.ptr()](const TrainingEvent& event) {
            const py::gil_scoped_acquire lock;
            static constexpr const char* names[]{"epoch_begin", "batch_begin", "batch_end", "epoch_end"};
            const bool ended = event.moment == TrainingMoment::epoch_end || event.moment == TrainingMoment::batch_end;
            const auto network = ended ? py::cast(event.network()) : py::object(py::none());
            const auto loss = event.moment == TrainingMoment::batch_end ? py::cast(event.batch_loss) : py::object(py::none());
            const auto answer = py::reinterpret_borrow<py::object>(object)(
                names[static_cast<std::size_t>(event.moment)], TrainingHistory(event.history), network, event.batch, loss);
            return !(py::isinstance<py::bool_>(answer) && !answer.cast<bool>());
          },
          batches};
}

FittedModel fit(const IDHClassifier& self, const Dataset& training, const Dataset* validation, const py::object& progress,
                const AttentionLSTM* initial, const py::object& callback, bool batches) {
  const auto report = progress_from(progress);
  const auto watch = callback_from(callback, batches);
  const py::gil_scoped_release release;
  return self.fit(training, validation ? std::optional<Dataset>(*validation) : std::nullopt, report,
                  initial ? std::optional<AttentionLSTM>(*initial) : std::nullopt, watch);
}

void bind_classifier(py::module_& m) {
  const IDHClassifier d;
  py::class_<IDHClassifier>(m, "IDHClassifier",
                            R"(The training options behind the estimator bolus.IDHClassifier, which documents them.)")
      .def(py::init([](std::int64_t hidden_size, std::int64_t convolution_channels, std::int64_t kernel_size,
                       AttentionActivation attention_activation, double dropout, double learning_rate, std::int64_t batch_size,
                       std::int64_t max_epochs, std::int64_t patience, double validation_fraction, ClassWeights class_weights,
                       double weight_decay, double gradient_clip, std::int64_t lstm_layers, std::int64_t convolution_layers,
                       std::int64_t attention_hidden_size, Optimizer optimizer, TrainingLoss loss, double focal_gamma,
                       LearningRateSchedule schedule, std::int64_t warmup_epochs, StoppingCriterion early_stopping,
                       BatchOrder batches, std::int64_t augment_shift, double augment_noise, double augment_scale,
                       Engine engine, Device device, int threads, std::string checkpoint, std::uint64_t seed) {
             IDHClassifier classifier;
             classifier.hidden_size = size_from("hidden_size", hidden_size);
             classifier.convolution_channels = size_from("convolution_channels", convolution_channels);
             classifier.kernel_size = size_from("kernel_size", kernel_size);
             classifier.attention_activation = attention_activation;
             classifier.dropout = dropout;
             classifier.learning_rate = learning_rate;
             classifier.batch_size = size_from("batch_size", batch_size);
             classifier.max_epochs = size_from("max_epochs", max_epochs);
             classifier.patience = size_from("patience", patience);
             classifier.validation_fraction = validation_fraction;
             classifier.class_weights = class_weights;
             classifier.weight_decay = weight_decay;
             classifier.gradient_clip = gradient_clip;
             classifier.lstm_layers = size_from("lstm_layers", lstm_layers);
             classifier.convolution_layers = size_from("convolution_layers", convolution_layers);
             classifier.attention_hidden_size = size_from("attention_hidden_size", attention_hidden_size);
             classifier.optimizer = optimizer;
             classifier.loss = loss;
             classifier.focal_gamma = focal_gamma;
             classifier.schedule = schedule;
             classifier.warmup_epochs = size_from("warmup_epochs", warmup_epochs);
             classifier.early_stopping = early_stopping;
             classifier.batches = batches;
             classifier.augment_shift = size_from("augment_shift", augment_shift);
             classifier.augment_noise = augment_noise;
             classifier.augment_scale = augment_scale;
             classifier.engine = engine;
             classifier.device = device;
             classifier.threads = threads;
             classifier.checkpoint = std::move(checkpoint);
             classifier.seed = seed;
             classifier.validate();
             return classifier;
           }),
           "hidden_size"_a = d.hidden_size, "convolution_channels"_a = d.convolution_channels, "kernel_size"_a = d.kernel_size,
           "attention_activation"_a = d.attention_activation, "dropout"_a = d.dropout, "learning_rate"_a = d.learning_rate,
           "batch_size"_a = d.batch_size, "max_epochs"_a = d.max_epochs, "patience"_a = d.patience,
           "validation_fraction"_a = d.validation_fraction, "class_weights"_a = d.class_weights,
           "weight_decay"_a = d.weight_decay, "gradient_clip"_a = d.gradient_clip, "lstm_layers"_a = d.lstm_layers,
           "convolution_layers"_a = d.convolution_layers, "attention_hidden_size"_a = d.attention_hidden_size,
           "optimizer"_a = d.optimizer, "loss"_a = d.loss, "focal_gamma"_a = d.focal_gamma, "schedule"_a = d.schedule,
           "warmup_epochs"_a = d.warmup_epochs, "early_stopping"_a = d.early_stopping, "batches"_a = d.batches,
           "augment_shift"_a = d.augment_shift, "augment_noise"_a = d.augment_noise, "augment_scale"_a = d.augment_scale,
           "engine"_a = d.engine, "device"_a = d.device, "threads"_a = d.threads, "checkpoint"_a = d.checkpoint,
           "seed"_a = d.seed)
      .def(
          "options",
          [](const IDHClassifier& c) {
            py::dict options;
            options["hidden_size"] = c.hidden_size;
            options["convolution_channels"] = c.convolution_channels;
            options["kernel_size"] = c.kernel_size;
            options["attention_activation"] = py::cast(c.attention_activation);
            options["dropout"] = c.dropout;
            options["learning_rate"] = c.learning_rate;
            options["batch_size"] = c.batch_size;
            options["max_epochs"] = c.max_epochs;
            options["patience"] = c.patience;
            options["validation_fraction"] = c.validation_fraction;
            options["class_weights"] = py::cast(c.class_weights);
            options["weight_decay"] = c.weight_decay;
            options["gradient_clip"] = c.gradient_clip;
            options["lstm_layers"] = c.lstm_layers;
            options["convolution_layers"] = c.convolution_layers;
            options["attention_hidden_size"] = c.attention_hidden_size;
            options["optimizer"] = py::cast(c.optimizer);
            options["loss"] = py::cast(c.loss);
            options["focal_gamma"] = c.focal_gamma;
            options["schedule"] = py::cast(c.schedule);
            options["warmup_epochs"] = c.warmup_epochs;
            options["early_stopping"] = py::cast(c.early_stopping);
            options["batches"] = py::cast(c.batches);
            options["augment_shift"] = c.augment_shift;
            options["augment_noise"] = c.augment_noise;
            options["augment_scale"] = c.augment_scale;
            options["engine"] = py::cast(c.engine);
            options["device"] = py::cast(c.device);
            options["threads"] = c.threads;
            options["checkpoint"] = c.checkpoint;
            options["seed"] = c.seed;
            return options;
          },
          "Every option and its value.")
      .def("held_out", &IDHClassifier::held_out, "training"_a, py::call_guard<py::gil_scoped_release>(),
           "Indices of the samples that `fit` holds out for validation when it gets no validation set; sorted.")
      .def("fit", &fit, "training"_a, "validation"_a = py::none(), "progress"_a = py::none(), "initial"_a = py::none(),
           "callback"_a = py::none(), "batches"_a = false, R"(Train.

Parameters
----------
training : Dataset
validation : Dataset, optional
progress : callable (stage, done, total), optional
initial : AttentionLSTM, optional
    Weights to start from instead of random ones.
callback : callable (moment, history, network, batch, loss), optional
    Called at 'epoch_begin' and 'epoch_end', and with `batches` at 'batch_begin' and 'batch_end'; returning False ends the
    training. The network is None at the begin of an epoch or batch.
batches : bool
    Call at batches, too.

Returns
-------
FittedModel
)")
      .def("__repr__", [](const py::object& self) {
        std::string text;
        for (const auto& [name, value] : self.attr("options")().cast<py::dict>()) {
          text += (text.empty() ? "" : ", ") + py::str(name).cast<std::string>() + "=" + py::repr(value).cast<std::string>();
        }
        return "IDHClassifier(" + text + ")";
      });
}

}  // namespace

void bind_model_training(py::module_& m) {
  bind_fitted_model(m);
  bind_classifier(m);
}

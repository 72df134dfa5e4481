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
  return columns;
}

void bind_fitted_model(py::module_& m) {
  py::class_<TrainingHistory> history(m, "TrainingHistory", "The course of a training, one entry per epoch.");
  add_results(history, "TrainingHistory",
              Field{"loss", &TrainingHistory::loss, "Mean weighted cross-entropy over the epoch's batches, while training."},
              Field{"validation_loss", &TrainingHistory::validation_loss, "After the epoch; empty without validation."},
              Field{"validation_auc", &TrainingHistory::validation_auc, "After the epoch; empty without validation."},
              Field{"best_epoch", &TrainingHistory::best_epoch, "Epoch, from 0, whose weights were kept."},
              Field{"stopped_early", &TrainingHistory::stopped_early, "Patience ran out before the last epoch."});
  history.def("__len__", [](const TrainingHistory& self) { return self.loss.size(); })
      .def(
          "to_frame", [](const TrainingHistory& self) { return data_frame(history_columns(self)); },
          "Epoch (from 1), losses and AUC as a pandas DataFrame.")
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

void bind_classifier(py::module_& m) {
  const IDHClassifier d;
  py::class_<IDHClassifier>(m, "IDHClassifier",
                            R"(The training options behind the estimator bolus.IDHClassifier, which documents them.)")
      .def(py::init([](std::int64_t hidden_size, std::int64_t convolution_channels, std::int64_t kernel_size,
                       AttentionActivation attention_activation, double dropout, double learning_rate, std::int64_t batch_size,
                       std::int64_t max_epochs, std::int64_t patience, double validation_fraction, ClassWeights class_weights,
                       double weight_decay, double gradient_clip, std::uint64_t seed) {
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
             classifier.seed = seed;
             classifier.validate();
             return classifier;
           }),
           "hidden_size"_a = d.hidden_size, "convolution_channels"_a = d.convolution_channels, "kernel_size"_a = d.kernel_size,
           "attention_activation"_a = d.attention_activation, "dropout"_a = d.dropout, "learning_rate"_a = d.learning_rate,
           "batch_size"_a = d.batch_size, "max_epochs"_a = d.max_epochs, "patience"_a = d.patience,
           "validation_fraction"_a = d.validation_fraction, "class_weights"_a = d.class_weights,
           "weight_decay"_a = d.weight_decay, "gradient_clip"_a = d.gradient_clip, "seed"_a = d.seed)
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
            options["seed"] = c.seed;
            return options;
          },
          "Every option and its value.")
      .def(
          "fit",
          [](const IDHClassifier& self, const Dataset& training, const Dataset* validation, const py::object& progress) {
            const auto report = progress_from(progress);
            const py::gil_scoped_release release;
            return self.fit(training, validation ? std::optional<Dataset>(*validation) : std::nullopt, report);
          },
          "training"_a, "validation"_a = py::none(), "progress"_a = py::none(), R"(Train.

Parameters
----------
training : Dataset
validation : Dataset, optional
progress : callable (stage, done, total), optional

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

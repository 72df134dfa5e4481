#include <bolus/model/attention_course.hpp>
#include <bolus/model/checkpoint.hpp>
#include <bolus/model/cross_validation.hpp>

#include "arrays.hpp"
#include "option_class.hpp"
#include "progress.hpp"

BOLUS_STRING_ENUM(bolus::AttentionActivation, "attention_activation", "typing.Literal['none', 'tanh']",
                  std::string_view("none"), std::string_view("tanh"))
BOLUS_STRING_ENUM(bolus::ClassWeights, "class_weights", "typing.Literal['balanced', 'none']", std::string_view("balanced"),
                  std::string_view("none"))

namespace {

using namespace bolus;

/// A size from Python, where -1 is a number like any other.
std::size_t size_from(const char* name, std::int64_t value) {
  detail::require<OptionError>(value >= 0, name, " is ", value, "; expected a positive number");
  return static_cast<std::size_t>(value);
}

/// The option given in Python, which may be the scikit-learn estimator.
IDHClassifier classifier_from(py::object classifier) {
  if (py::hasattr(classifier, "_options")) classifier = classifier.attr("_options")();
  detail::require<OptionError>(py::isinstance<IDHClassifier>(classifier), "classifier is ",
                               py::str(py::type::of(classifier)).cast<std::string>(), "; expected a bolus.IDHClassifier");
  return classifier.cast<IDHClassifier>();
}

void bind_network_shape(py::module_& m) {
  py::class_<NetworkShape> shape(m, "NetworkShape", R"(The sizes of the attention-LSTM of Choi et al. 2019.

Parameters
----------
channels : int
    Input curves, e.g. ET, NET, ED, WT, AIF.
hidden_size : int
    LSTM states per direction.
convolution_channels : int
    Filters of the convolution.
kernel_size : int
    Steps of the convolution's kernel, odd.
attention_activation : {'none', 'tanh'}
    What the attention scores pass through before the softmax.
)");
  add_options(shape, "NetworkShape", Field{"channels", &NetworkShape::channels, "Input curves."},
              Field{"hidden_size", &NetworkShape::hidden_size, "LSTM states per direction."},
              Field{"convolution_channels", &NetworkShape::convolution_channels, "Filters of the convolution."},
              Field{"kernel_size", &NetworkShape::kernel_size, "Steps of the convolution's kernel, odd."},
              Field{"attention_activation", &NetworkShape::attention_activation, "Applied to the attention scores."});
  shape
      .def(
          "weight_shapes",
          [](const NetworkShape& self) {
            py::dict shapes;
            for (const auto& [name, dimensions] : self.weight_shapes()) shapes[py::str(name)] = py::tuple(py::cast(dimensions));
            return shapes;
          },
          "Name and dimensions of every weight array, as in PyTorch.")
      .def("__eq__", [](const NetworkShape& a, const NetworkShape& b) { return a == b; }, py::is_operator());
}

void bind_prediction(py::module_& m) {
  py::class_<Prediction> prediction(m, "Prediction", "What the network says about each sample.");
  add_results(prediction, "Prediction",
              Field{"probability", &Prediction::probability, "(samples,) probability of the positive class."},
              Field{"logit", &Prediction::logit, "(samples,) log odds of the positive class."},
              Field{"attention", &Prediction::attention, "(samples, steps) weight of each time step; each row sums to 1."},
              Field{"flags", &Prediction::flags, "Reasons to doubt the prediction."});
  prediction.def("__len__", [](const Prediction& self) { return self.probability.size(); })
      .def(
          "to_frame",
          [](const Prediction& self) {
            std::vector<Eigen::Index> peaks;
            for (Eigen::Index i = 0; i < self.attention.rows(); ++i) self.attention.row(i).maxCoeff(&peaks.emplace_back());
            return data_frame(py::dict("probability"_a = self.probability, "logit"_a = self.logit, "attention_peak"_a = peaks));
          },
          "Probability, logit and the step with most attention, one row per sample, as a pandas DataFrame.")
      .def("__repr__", [](const Prediction& self) {
        return detail::message("Prediction(", self.probability.size(), " samples, mean probability ", self.probability.mean(),
                               ", ", self.flags.size(), " flags)");
      });
  add_html(prediction);

  py::class_<PatientPrediction> patients(m, "PatientPrediction",
                                         "What the network says about each patient: the mean over its samples.");
  add_results(patients, "PatientPrediction",
              Field{"patients", &PatientPrediction::patients, "In the order of their first sample."},
              Field{"probability", &PatientPrediction::probability, "(patients,) mean probability of the patient's samples."},
              Field{"attention", &PatientPrediction::attention, "(patients, steps) mean attention of the patient's samples."},
              Field{"sample_counts", &PatientPrediction::sample_counts, "Samples averaged."},
              Field{"flags", &PatientPrediction::flags, "Reasons to doubt the prediction."});
  patients.def("__len__", [](const PatientPrediction& self) { return self.patients.size(); })
      .def(
          "to_frame",
          [](const PatientPrediction& self) {
            return data_frame(
                py::dict("patient"_a = self.patients, "probability"_a = self.probability, "samples"_a = self.sample_counts));
          },
          "Patient, probability and number of samples as a pandas DataFrame.")
      .def("__repr__", [](const PatientPrediction& self) {
        return detail::message("PatientPrediction(", self.patients.size(), " patients, ", self.flags.size(), " flags)");
      });
  add_html(patients);

  py::class_<AttentionCourse> course(m, "AttentionCourse", "Attention over a patient's whole series.");
  add_results(course, "AttentionCourse",
              Field{"times", &AttentionCourse::times, "Seconds, every step that some window covers."},
              Field{"attention", &AttentionCourse::attention, "Weight per step; sums to 1."});
  course
      .def(
          "to_frame",
          [](const AttentionCourse& self) {
            return data_frame(py::dict("time"_a = self.times, "attention"_a = self.attention));
          },
          "Time and attention as a pandas DataFrame.")
      .def("__repr__", [](const AttentionCourse& self) {
        return detail::message("AttentionCourse(", self.times.size(), " steps, ", self.times[0], " to ",
                               self.times[self.times.size() - 1], " s)");
      });
  add_html(course);
  m.def("attention_course", &attention_course, "windows"_a, "attention"_a,
        R"(Map the attention of one patient's windows back to seconds.

Parameters
----------
windows : Dataset
    One patient's windows, with start times and time step.
attention : array (windows, steps)

Returns
-------
AttentionCourse
    Each step averaged over the windows that cover it, scaled to sum 1.

Raises
------
ShapeError, DataError
)");
}

py::array weight_array(const WeightArray& array) {
  return py::array_t<float>(std::vector<py::ssize_t>(array.shape.begin(), array.shape.end()), array.values.data());
}

void bind_attention_lstm(py::module_& m) {
  py::class_<AttentionLSTM>(m, "AttentionLSTM", R"(A trained attention-LSTM: plain values, picklable.

IDHClassifier makes one, load_checkpoint reads one.

Parameters
----------
shape : NetworkShape
weights : dict of str to array
    float32, named and shaped as NetworkShape.weight_shapes says.
channel_names : sequence of str, optional
steps : int
    Time steps per sample in training; 0 when not known.
time_step : float
    Seconds between steps in training; 0 when not known.

Raises
------
FormatError
    If weights are missing, unknown, of another shape or not finite.
)")
      .def(py::init([](const NetworkShape& shape, const py::dict& weights, std::vector<std::string> channel_names,
                       std::size_t steps, double time_step) {
             AttentionLSTM network;
             network.shape = shape;
             for (const auto& [name, value] : weights) {
               const auto array = py::array_t<float, py::array::c_style | py::array::forcecast>::ensure(value);
               detail::require<ShapeError>(static_cast<bool>(array), "weights '", name.cast<std::string>(), "' are no array");
               network.weights[name.cast<std::string>()] = {
                   std::vector<std::size_t>(array.shape(), array.shape() + array.ndim()),
                   std::vector<float>(array.data(), array.data() + array.size())};
             }
             network.channel_names = std::move(channel_names);
             network.steps = steps;
             network.time_step = time_step;
             network.validate();
             return network;
           }),
           "shape"_a, "weights"_a, "channel_names"_a = std::vector<std::string>{}, "steps"_a = 0, "time_step"_a = 0.0)
      .def_readonly("shape", &AttentionLSTM::shape)
      .def_property_readonly(
          "weights",
          [](const AttentionLSTM& self) {
            py::dict weights;
            for (const auto& [name, dimensions] : self.shape.weight_shapes()) {
              weights[py::str(name)] = weight_array(self.weights.at(name));
            }
            return weights;
          },
          "Copies of the weight arrays, float32, by name: what a PyTorch module's load_state_dict takes.")
      .def_readwrite("channel_names", &AttentionLSTM::channel_names, "Input curves in order.")
      .def_readonly("steps", &AttentionLSTM::steps, "Time steps per sample in training; 0 when not known.")
      .def_readonly("time_step", &AttentionLSTM::time_step, "Seconds between steps in training; 0 when not known.")
      .def_readwrite("normalisation", &AttentionLSTM::normalisation, "What was done to the curves before.")
      .def_readwrite("classes", &AttentionLSTM::classes, "Names of label 0 and of label 1, the positive class.")
      .def_readwrite("simulated", &AttentionLSTM::simulated, "Trained on simulated patients.")
      .def_readwrite("notes", &AttentionLSTM::notes, "Further text that is saved with the weights.")
      .def(
          "predict",
          [](const AttentionLSTM& self, const py::array_t<float, py::array::c_style | py::array::forcecast>& samples,
             std::int64_t batch_size, int threads, const py::object& progress) {
            const PredictOptions options{size_from("batch_size", batch_size), threads};
            const auto array = sample_array(samples);
            const auto report = progress_from(progress);
            const py::gil_scoped_release release;
            return self.predict(array, options, report);
          },
          "samples"_a, "batch_size"_a = 64, "threads"_a = 0, "progress"_a = py::none(),
          R"(Probability and attention of each sample.

Parameters
----------
samples : array (samples, channels, steps)
batch_size : int
    Samples that go through the network together.
threads : int
    0: all cores. The result does not depend on it.
progress : callable (stage, done, total), optional

Returns
-------
Prediction

Raises
------
ShapeError, DataError, OptionError, Cancelled
)")
      .def(
          "predict_patients",
          [](const AttentionLSTM& self, const Dataset& dataset, std::int64_t batch_size, int threads,
             const py::object& progress) {
            const PredictOptions options{size_from("batch_size", batch_size), threads};
            const auto report = progress_from(progress);
            const py::gil_scoped_release release;
            return self.predict_patients(dataset, options, report);
          },
          "dataset"_a, "batch_size"_a = 64, "threads"_a = 0, "progress"_a = py::none(),
          R"(Mean over the samples of each patient.

Parameters
----------
dataset : Dataset
    With patients.
batch_size, threads, progress
    As in `predict`.

Returns
-------
PatientPrediction

Raises
------
ShapeError, DataError, OptionError, Cancelled
)")
      .def(
          "__eq__", [](const AttentionLSTM& a, const AttentionLSTM& b) { return a == b; }, py::is_operator())
      .def("__repr__",
           [](const AttentionLSTM& self) {
             std::size_t count = 0;
             for (const auto& [name, array] : self.weights) count += array.values.size();
             return detail::message("AttentionLSTM(", self.shape.channels, " channels, hidden_size=", self.shape.hidden_size,
                                    ", ", count, " weights", self.simulated ? ", trained on simulated patients" : "", ")");
           })
      .def(py::pickle([](const AttentionLSTM& self) { return py::bytes(encode_checkpoint(self)); },
                      [](const py::bytes& bytes) { return decode_checkpoint(std::string(bytes), "the pickled network"); }));

  m.def("random_network", &random_network, "shape"_a, "seed"_a, R"(A network with random weights, distributed as in PyTorch.

Parameters
----------
shape : NetworkShape
seed : int

Returns
-------
AttentionLSTM
)");
  m.def(
      "save_checkpoint",
      [](const AttentionLSTM& network, const std::filesystem::path& path, bool overwrite) {
        const py::gil_scoped_release release;
        save_checkpoint(network, path, overwrite ? Overwrite::yes : Overwrite::no);
      },
      "network"_a, "path"_a, "overwrite"_a = false,
      R"(Write a network as .safetensors, with all that is needed to use it as metadata.

Parameters
----------
network : AttentionLSTM
path : path-like
overwrite : bool
    Without it an existing file is an error.

Raises
------
IoError
)");
  m.def("load_checkpoint", &load_checkpoint, "path"_a, py::call_guard<py::gil_scoped_release>(),
        R"(Read a network from .safetensors.

Parameters
----------
path : path-like

Returns
-------
AttentionLSTM

Raises
------
IoError
    If the file cannot be read.
FormatError
    If it is cut short or holds something else; the message names the field or array.
VersionError
    If it was written by a newer bolus with another schema.
)");
}

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

void bind_cross_validation(py::module_& m) {
  using Result = CrossValidationResult;
  py::class_<Result> result(m, "CrossValidationResult", "Every sample predicted by a network that never saw its patient.");
  add_results(result, "CrossValidationResult",
              Field{"prediction", &Result::prediction, "Out-of-fold Prediction, one entry per sample."},
              Field{"fold", &Result::fold, ""}, Field{"models", &Result::models, "One FittedModel per fold."},
              Field{"auc", &Result::auc, ""});
  result
      .def_property_readonly(
          "fold", [](const Result& self) { return py::array_t<std::size_t>(self.fold.size(), self.fold.data()); },
          "(samples,) fold that held the sample out, from 0.")
      .def_property_readonly(
          "auc", [](const Result& self) { return py::array_t<double>(self.auc.size(), self.auc.data()); },
          "(folds,) area under the ROC curve of each fold's held-out samples.")
      .def_property_readonly("mean_auc", &Result::mean_auc, "Mean of `auc`.")
      .def_property_readonly("standard_deviation_auc", &Result::standard_deviation_auc, "Sample standard deviation of `auc`.")
      .def(
          "to_frame",
          [](const Result& self) {
            std::vector<std::size_t> folds, epochs, samples(self.auc.size());
            for (const auto fold : self.fold) ++samples[fold];
            for (std::size_t k = 0; k < self.auc.size(); ++k) {
              folds.push_back(k);
              epochs.push_back(self.models[k].history.best_epoch + 1);
            }
            return data_frame(py::dict("fold"_a = folds, "samples"_a = samples, "best_epoch"_a = epochs, "auc"_a = self.auc));
          },
          "Samples held out, best epoch (from 1) and AUC per fold as a pandas DataFrame.")
      .def("__repr__", [](const Result& self) {
        return detail::message("CrossValidationResult(", self.auc.size(), " folds, AUC ", self.mean_auc(), " +- ",
                               self.standard_deviation_auc(), ")");
      });
  add_html(result);

  py::class_<CrossValidation> cross_validation(m, "CrossValidation", R"(Cross-validation by patient, stratified by class.

Folds run side by side, one core each, with the same numbers on any number of threads.

Parameters
----------
folds : int
    2 or more, at most the patients of the smaller class.
seed : int
    Of the division into folds. Fold k is trained with the classifier's seed + k.
threads : int
    Folds trained at the same time; 0: all cores.
)");
  add_options(cross_validation, "CrossValidation", Field{"folds", &CrossValidation::folds, "2 or more."},
              Field{"seed", &CrossValidation::seed, "Of the division into folds."},
              Field{"threads", &CrossValidation::threads, "Folds trained at the same time; 0 means all cores."});
  cross_validation.def(
      "__call__",
      [](const CrossValidation& self, const py::object& classifier, const Dataset& dataset, const py::object& progress) {
        const auto options = classifier_from(classifier);
        const auto report = progress_from(progress);
        const py::gil_scoped_release release;
        return self(options, dataset, report);
      },
      "classifier"_a, "dataset"_a, "progress"_a = py::none(), R"(Train and predict every fold.

Parameters
----------
classifier : IDHClassifier
    Its options are used; it is not changed.
dataset : Dataset
    With labels and patients.
progress : callable (stage, done, total), optional
    Returning False stops.

Returns
-------
CrossValidationResult

Raises
------
ShapeError, DataError, OptionError, Cancelled
)");
}

}  // namespace

void bind_model(py::module_& module) {
  auto m = module.def_submodule("model", "The attention-LSTM: training, prediction, weights.");
  m.attr("checkpoint_schema_version") = checkpoint_schema_version;
  bind_network_shape(m);
  bind_prediction(m);
  bind_attention_lstm(m);
  bind_fitted_model(m);
  bind_classifier(m);
  bind_cross_validation(m);
}

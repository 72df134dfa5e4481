// The attention-LSTM: networks, predictions and weight files here, the rest in the files model_*.cpp.
#include <bolus/model/attention_course.hpp>
#include <bolus/model/checkpoint.hpp>

#include "model.hpp"

namespace {

using namespace model_binding;

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
convolution_layers, lstm_layers : int
    How many convolutions and bidirectional LSTM layers.
attention_hidden_size : int
    Hidden units of the attention's feed-forward layer; 0: it has none.
)");
  add_options(shape, "NetworkShape", Field{"channels", &NetworkShape::channels, "Input curves."},
              Field{"hidden_size", &NetworkShape::hidden_size, "LSTM states per direction."},
              Field{"convolution_channels", &NetworkShape::convolution_channels, "Filters of the convolution."},
              Field{"kernel_size", &NetworkShape::kernel_size, "Steps of the convolution's kernel, odd."},
              Field{"attention_activation", &NetworkShape::attention_activation, "Applied to the attention scores."},
              Field{"convolution_layers", &NetworkShape::convolution_layers, "Convolutions before the LSTM."},
              Field{"lstm_layers", &NetworkShape::lstm_layers, "Bidirectional LSTM layers."},
              Field{"attention_hidden_size", &NetworkShape::attention_hidden_size, "Hidden units of the attention; 0: none."});
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
  prediction.def("_repr_html_", &notebook_html);

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
  patients.def("_repr_html_", &notebook_html);

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
  course.def("_repr_html_", &notebook_html);
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
             std::int64_t batch_size, int threads, const py::object& progress,
             const std::optional<std::vector<std::int64_t>>& lengths, Engine engine, Device device) {
            const PredictOptions options{size_from("batch_size", batch_size), threads, engine, device};
            auto view = samples_in(samples);
            std::vector<std::size_t> sizes;
            if (lengths) {
              for (const auto length : *lengths) sizes.push_back(size_from("a length", length));
              detail::require<ShapeError>(sizes.size() == view.samples, "there are ", sizes.size(), " lengths for ",
                                          view.samples, " samples");
              view.lengths = sizes;
            }
            const auto report = progress_from(progress);
            const py::gil_scoped_release release;
            return self.predict(view, options, report);
          },
          "samples"_a, "batch_size"_a = 64, "threads"_a = 0, "progress"_a = py::none(), "lengths"_a = py::none(),
          "engine"_a = Engine::fused, "device"_a = Device::cpu,
          R"(Probability and attention of each sample.

Parameters
----------
samples : array (samples, channels, steps)
batch_size : int
    Samples that go through the network together, where LibTorch computes.
threads : int
    0: all cores. The result does not depend on it.
progress : callable (stage, done, total), optional
lengths : sequence of int, optional
    Steps in use of each sample; the rest is padding, which may be NaN. None: all of them.
engine : {'fused', 'libtorch'}
    What computes on the CPU: the own kernel, with which a sample's result does not depend on its neighbours, or LibTorch.
device : {'cpu', 'cuda'}
    cuda always uses LibTorch.

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
             const py::object& progress, Aggregation aggregation, Engine engine, Device device) {
            PredictOptions options{size_from("batch_size", batch_size), threads, engine, device};
            options.aggregation = aggregation;
            const auto report = progress_from(progress);
            const py::gil_scoped_release release;
            return self.predict_patients(dataset, options, report);
          },
          "dataset"_a, "batch_size"_a = 64, "threads"_a = 0, "progress"_a = py::none(), "aggregation"_a = Aggregation::mean,
          "engine"_a = Engine::fused, "device"_a = Device::cpu,
          R"(The samples of each patient put together.

Parameters
----------
dataset : Dataset
    With patients.
batch_size, threads, progress
    As in `predict`.
aggregation : {'mean', 'median', 'maximum', 'logit_mean'}
    How the probabilities of a patient's samples become one; attention is averaged.
engine, device
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

}  // namespace

void bind_model(py::module_& module) {
  auto m = module.def_submodule("model", "The attention-LSTM: training, prediction, weights.");
  m.attr("checkpoint_schema_version") = checkpoint_schema_version;
  bind_network_shape(m);
  bind_prediction(m);
  bind_attention_lstm(m);
  bind_model_training(m);
  bind_model_validation(m);
  bind_model_explain(m);
  bind_model_ensemble(m);
}

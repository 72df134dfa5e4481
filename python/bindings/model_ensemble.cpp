// Ensembles, and windows put together to patients.
#include <bolus/model/aggregate_patients.hpp>
#include <bolus/model/ensemble.hpp>

#include "model.hpp"

namespace {

using namespace model_binding;

void bind_predictions(py::module_& m) {
  using Samples = EnsemblePrediction;
  py::class_<Samples> samples(m, "EnsemblePrediction", "What several networks say about each sample.");
  add_results(samples, "EnsemblePrediction", Field{"probability", &Samples::probability, "(samples,) mean over the networks."},
              Field{"standard_deviation", &Samples::standard_deviation, "(samples,) how far the networks disagree."},
              Field{"logit", &Samples::logit, "(samples,) mean over the networks: what to calibrate."},
              Field{"attention", &Samples::attention, "(samples, steps) mean over the networks."},
              Field{"members", &Samples::members, "(samples, networks) probability by each."},
              Field{"flags", &Samples::flags, "Reasons to doubt the prediction."});
  samples.def("__len__", [](const Samples& self) { return self.probability.size(); })
      .def(
          "to_frame",
          [](const Samples& self) {
            return data_frame(py::dict("probability"_a = self.probability, "standard_deviation"_a = self.standard_deviation));
          },
          "Probability and standard deviation per sample as a pandas DataFrame.")
      .def("__repr__", [](const Samples& self) {
        return detail::message("EnsemblePrediction(", self.members.rows(), " samples, ", self.members.cols(), " networks)");
      });
  samples.def("_repr_html_", &notebook_html);

  using Of = EnsemblePatientPrediction;
  py::class_<Of> patients(m, "EnsemblePatientPrediction", "What several networks say about each patient.");
  add_results(patients, "EnsemblePatientPrediction", Field{"patients", &Of::patients, "In the order of their first sample."},
              Field{"probability", &Of::probability, "(patients,) mean over the networks."},
              Field{"standard_deviation", &Of::standard_deviation, "(patients,) how far the networks disagree."},
              Field{"attention", &Of::attention, "(patients, steps) mean over samples and networks."},
              Field{"members", &Of::members, "(patients, networks) probability by each."},
              Field{"sample_counts", &Of::sample_counts, "Samples of each patient."},
              Field{"flags", &Of::flags, "Reasons to doubt the prediction."});
  patients.def("__len__", [](const Of& self) { return self.patients.size(); })
      .def(
          "to_frame",
          [](const Of& self) {
            return data_frame(py::dict("patient"_a = self.patients, "probability"_a = self.probability,
                                       "standard_deviation"_a = self.standard_deviation, "samples"_a = self.sample_counts));
          },
          "Patient, probability, standard deviation and samples as a pandas DataFrame.")
      .def("__repr__", [](const Of& self) {
        return detail::message("EnsemblePatientPrediction(", self.members.rows(), " patients, ", self.members.cols(),
                               " networks)");
      });
  patients.def("_repr_html_", &notebook_html);
}

void bind_networks(py::module_& m) {
  py::class_<Ensemble>(m, "Ensemble", R"(Several networks of one kind of input: of folds, or of other seeds.

Their mean is steadier than each; their standard deviation says how much of the probability is the training's chance.

Parameters
----------
networks : list of AttentionLSTM

Raises
------
DataError, ShapeError, FormatError
    For no network, or networks that take other channels, classes or steps.
)")
      .def(py::init([](std::vector<AttentionLSTM> networks) {
             Ensemble ensemble{std::move(networks)};
             ensemble.validate();
             return ensemble;
           }),
           "networks"_a)
      .def_readonly("networks", &Ensemble::networks, "List of AttentionLSTM.")
      .def("__len__", [](const Ensemble& self) { return self.networks.size(); })
      .def(
          "__eq__", [](const Ensemble& a, const Ensemble& b) { return a == b; }, py::is_operator())
      .def(
          "predict",
          [](const Ensemble& self, const py::array_t<float, py::array::c_style | py::array::forcecast>& samples,
             std::int64_t batch_size, int threads, const py::object& progress) {
            PredictOptions options;
            options.batch_size = size_from("batch_size", batch_size);
            options.threads = threads;
            const auto view = samples_in(samples);
            const auto report = progress_from(progress);
            const py::gil_scoped_release release;
            return self.predict(view, options, report);
          },
          "samples"_a, "batch_size"_a = 64, "threads"_a = 0, "progress"_a = py::none(), R"(Predict each sample.

Parameters
----------
samples : array (samples, channels, steps)
batch_size, threads, progress
    As in `AttentionLSTM.predict`.

Returns
-------
EnsemblePrediction
)")
      .def(
          "predict_patients",
          [](const Ensemble& self, const Dataset& dataset, std::int64_t batch_size, int threads, Aggregation aggregation,
             const py::object& progress) {
            PredictOptions options;
            options.batch_size = size_from("batch_size", batch_size);
            options.threads = threads;
            options.aggregation = aggregation;
            const auto report = progress_from(progress);
            const py::gil_scoped_release release;
            return self.predict_patients(dataset, options, report);
          },
          "dataset"_a, "batch_size"_a = 64, "threads"_a = 0, "aggregation"_a = Aggregation::mean, "progress"_a = py::none(),
          R"(Predict each patient: first the samples of each network are put together, then the networks.

Parameters
----------
dataset : Dataset
    With patients.
aggregation : {'mean', 'median', 'maximum', 'logit_mean'}
    Of a patient's samples.
batch_size, threads, progress
    As in `AttentionLSTM.predict`.

Returns
-------
EnsemblePatientPrediction
)")
      .def(
          "to_frame",
          [](const Ensemble& self) {
            std::vector<std::size_t> number, hidden;
            std::vector<bool> simulated;
            for (const auto& network : self.networks) {
              number.push_back(number.size());
              hidden.push_back(network.shape.hidden_size);
              simulated.push_back(network.simulated);
            }
            return data_frame(py::dict("network"_a = number, "hidden_size"_a = hidden, "simulated"_a = simulated));
          },
          "One row per network as a pandas DataFrame.")
      .def("_repr_html_", [](const py::object& self) { return self.attr("to_frame")().attr("to_html")("max_rows"_a = 12); })
      .def("__repr__",
           [](const Ensemble& self) {
             return detail::message("Ensemble(", self.networks.size(), " networks, ", self.networks.front().shape.channels,
                                    " channels)");
           })
      .def(py::pickle([](const Ensemble& self) { return py::bytes(encode_ensemble(self)); },
                      [](const py::bytes& bytes) { return decode_ensemble(std::string(bytes), "the pickled ensemble"); }));

  m.def("fold_ensemble", &fold_ensemble, "result"_a,
        "The networks of a CrossValidationResult as an Ensemble, for new patients.");
  py::class_<SeedEnsemble> seeds(m, "SeedEnsemble", R"(Trains the same options with several seeds, side by side.

Parameters
----------
members : int
    Networks; number k has the classifier's seed + k.
threads : int
    Networks trained at the same time; 0: all cores. The result does not depend on it.
)");
  add_options(seeds, "SeedEnsemble", Field{"members", &SeedEnsemble::members, "Networks."},
              Field{"threads", &SeedEnsemble::threads, "0 means all cores."});
  seeds.def(
      "__call__",
      [](const SeedEnsemble& self, const py::object& classifier, const Dataset& training, const Dataset* validation,
         const py::object& progress) {
        const auto options = classifier_from(classifier);
        const auto held_out = validation ? std::optional<Dataset>(*validation) : std::nullopt;
        const auto report = progress_from(progress);
        const py::gil_scoped_release release;
        return self(options, training, held_out, report);
      },
      "classifier"_a, "training"_a, "validation"_a = py::none(), "progress"_a = py::none(), R"(Train.

Parameters
----------
classifier : IDHClassifier
training : Dataset
validation : Dataset, optional
    For early stopping; without it each network holds out patients of its own.
progress : callable (stage, done, total), optional

Returns
-------
Ensemble
)");
  m.attr("ensemble_schema_version") = ensemble_schema_version;
  m.def(
      "save_ensemble",
      [](const Ensemble& ensemble, const std::filesystem::path& path, bool overwrite) {
        const py::gil_scoped_release release;
        save_ensemble(ensemble, path, overwrite ? Overwrite::yes : Overwrite::no);
      },
      "ensemble"_a, "path"_a, "overwrite"_a = false, "Write an Ensemble as one .safetensors file. Raises IoError.");
  m.def("load_ensemble", &load_ensemble, "path"_a, py::call_guard<py::gil_scoped_release>(),
        "Read an Ensemble from .safetensors. Raises IoError, FormatError, VersionError.");
  m.def("aggregate_patients", &aggregate_patients, "patients"_a, "samples"_a, "aggregation"_a = Aggregation::mean,
        R"(One probability per patient from those of the patient's samples.

Parameters
----------
patients : list of str
    One per sample.
samples : Prediction
aggregation : {'mean', 'median', 'maximum', 'logit_mean'}

Returns
-------
PatientPrediction
)");
}

}  // namespace

void bind_model_ensemble(py::module_& m) {
  bind_predictions(m);
  bind_networks(m);
}

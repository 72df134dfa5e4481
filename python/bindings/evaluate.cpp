// How good predictions are: splits by patient and whole performances here, the rest in the files evaluate_*.cpp.
#include <bolus/evaluate/measure_performance.hpp>
#include <bolus/evaluate/patient_split.hpp>

#include "evaluate.hpp"

namespace {

using namespace evaluate_binding;

/// Which part each sample fell into, by rising sample.
py::object frame_of_parts(const std::vector<std::pair<std::vector<std::size_t>, std::string>>& parts) {
  std::map<std::size_t, std::string> part_of_sample;
  for (const auto& [samples, name] : parts) {
    for (const auto sample : samples) part_of_sample[sample] = name;
  }
  py::list samples, names;
  for (const auto& [sample, name] : part_of_sample) {
    samples.append(sample);
    names.append(name);
  }
  return data_frame(py::dict("sample"_a = samples, "part"_a = names));
}

void bind_splits(py::module_& m) {
  py::class_<SplitIndices>(m, "SplitIndices", R"(Indices of samples, rising, of the three parts of a split.

Attributes
----------
training, validation, test : array of int
)")
      .def_property_readonly("training", [](const SplitIndices& self) { return index_array(self.training); })
      .def_property_readonly("validation", [](const SplitIndices& self) { return index_array(self.validation); })
      .def_property_readonly("test", [](const SplitIndices& self) { return index_array(self.test); })
      .def("__iter__",
           [](const SplitIndices& self) {
             return py::iter(py::make_tuple(index_array(self.training), index_array(self.validation), index_array(self.test)));
           })
      .def(
          "to_frame",
          [](const SplitIndices& self) {
            return frame_of_parts({{self.training, "training"}, {self.validation, "validation"}, {self.test, "test"}});
          },
          "One row per sample as a pandas DataFrame: sample, part.")
      .def("_repr_html_", &html)
      .def("__repr__",
           [](const SplitIndices& self) {
             return detail::message("SplitIndices(training=", self.training.size(), ", validation=", self.validation.size(),
                                    ", test=", self.test.size(), " samples)");
           })
      .def(py::pickle([](const SplitIndices& self) { return py::make_tuple(self.training, self.validation, self.test); },
                      [](const py::tuple& state) {
                        const auto part = [&](std::size_t i) { return state[i].cast<std::vector<std::size_t>>(); };
                        return SplitIndices{part(0), part(1), part(2)};
                      }));

  py::class_<FoldIndices>(m, "FoldIndices", R"(Indices of samples, rising, of one fold. Unpacks into (training, validation).

Attributes
----------
training, validation : array of int
)")
      .def_property_readonly("training", [](const FoldIndices& self) { return index_array(self.training); })
      .def_property_readonly("validation", [](const FoldIndices& self) { return index_array(self.validation); })
      .def("__iter__",
           [](const FoldIndices& self) {
             return py::iter(py::make_tuple(index_array(self.training), index_array(self.validation)));
           })
      .def(
          "to_frame",
          [](const FoldIndices& self) {
            return frame_of_parts({{self.training, "training"}, {self.validation, "validation"}});
          },
          "One row per sample as a pandas DataFrame: sample, part.")
      .def("_repr_html_", &html)
      .def("__repr__",
           [](const FoldIndices& self) {
             return detail::message("FoldIndices(training=", self.training.size(), ", validation=", self.validation.size(),
                                    " samples)");
           })
      .def(py::pickle([](const FoldIndices& self) { return py::make_tuple(self.training, self.validation); },
                      [](const py::tuple& state) {
                        return FoldIndices{state[0].cast<std::vector<std::size_t>>(),
                                           state[1].cast<std::vector<std::size_t>>()};
                      }));

  const PatientSplit split;
  py::class_<PatientSplit>(m, "PatientSplit", R"(Random split by patient, stratified by class (largest remainder).

All samples of a patient fall into one part; each part has both classes. Depends on the seed and the patients' names, not on
the order of the samples.

Parameters
----------
training, validation, test : int
    Patients; together all of them. validation and test may be 0.
seed : int
)")
      .def(py::init([](int training, int validation, int test, std::uint64_t seed) {
             return PatientSplit{training, validation, test, seed};
           }),
           "training"_a = split.training, "validation"_a = split.validation, "test"_a = split.test, "seed"_a = split.seed)
      .def_readwrite("training", &PatientSplit::training)
      .def_readwrite("validation", &PatientSplit::validation)
      .def_readwrite("test", &PatientSplit::test)
      .def_readwrite("seed", &PatientSplit::seed)
      .def(
          "__call__",
          [](const PatientSplit& self, const py::object& patients, const py::object& labels) {
            return self(patients_from(patients), labels_from(labels));
          },
          "patients"_a, "labels"_a, R"(Split.

Parameters
----------
patients : sequence (samples,)
    Names or numbers.
labels : array (samples,) of bool or int

Returns
-------
SplitIndices

Raises
------
OptionError
    If a count is negative.
ShapeError
    If lengths differ.
DataError
    If the counts do not sum to the number of patients, a patient has two classes, or a class has too few patients.
)")
      .def("__repr__",
           [](const PatientSplit& self) {
             return detail::message("PatientSplit(training=", self.training, ", validation=", self.validation,
                                    ", test=", self.test, ", seed=", self.seed, ")");
           })
      .def(py::pickle(
          [](const PatientSplit& self) { return py::make_tuple(self.training, self.validation, self.test, self.seed); },
          [](const py::tuple& state) {
            return PatientSplit{state[0].cast<int>(), state[1].cast<int>(), state[2].cast<int>(),
                                state[3].cast<std::uint64_t>()};
          }));

  const PatientFolds folds;
  py::class_<PatientFolds>(m, "PatientFolds", R"(Folds for cross-validation, grouped by patient and stratified by class.

The list it returns can be given to scikit-learn as ``cv``. Depends on the seed and the patients' names, not on the order of the
samples.

Parameters
----------
folds : int
    At least 2.
seed : int
)")
      .def(py::init([](int count, std::uint64_t seed) { return PatientFolds{count, seed}; }), "folds"_a = folds.folds,
           "seed"_a = folds.seed)
      .def_readwrite("folds", &PatientFolds::folds)
      .def_readwrite("seed", &PatientFolds::seed)
      .def(
          "__call__",
          [](const PatientFolds& self, const py::object& patients, const py::object& labels) {
            return self(patients_from(patients), labels_from(labels));
          },
          "patients"_a, "labels"_a, R"(Make the folds.

Parameters
----------
patients : sequence (samples,)
    Names or numbers.
labels : array (samples,) of bool or int

Returns
-------
list of FoldIndices

Raises
------
OptionError
    If there are fewer than 2 folds.
ShapeError
    If lengths differ.
DataError
    If a patient has two classes, or a class has fewer patients than there are folds.
)")
      .def("__repr__",
           [](const PatientFolds& self) {
             return detail::message("PatientFolds(folds=", self.folds, ", seed=", self.seed, ")");
           })
      .def(py::pickle(
          [](const PatientFolds& self) { return py::make_tuple(self.folds, self.seed); },
          [](const py::tuple& state) { return PatientFolds{state[0].cast<int>(), state[1].cast<std::uint64_t>()}; }));
}

py::dict performance_figures(const Performance& self) {
  return py::dict("n"_a = self.samples, "threshold"_a = self.threshold, "accuracy"_a = self.confusion.accuracy(),
                  "sensitivity"_a = self.confusion.sensitivity(), "specificity"_a = self.confusion.specificity(),
                  "auc"_a = self.auc.estimate, "auc_low"_a = self.auc.low, "auc_high"_a = self.auc.high);
}

void bind_performance(py::module_& m) {
  py::class_<Performance> result(m, "Performance", "How well scores tell the classes apart: what a paper's table holds.");
  add_results(result, "Performance", Field{"samples", &Performance::samples, "Scores that were judged."},
              Field{"threshold", &Performance::threshold, "Score from which a sample counted as positive."},
              Field{"confusion", &Performance::confusion, "ConfusionMatrix at the threshold."},
              Field{"auc", &Performance::auc, "BootstrapResult, the area under the ROC curve with its interval."});
  result.def("to_dict", &performance_figures, "n, threshold, accuracy, sensitivity, specificity, auc, auc_low, auc_high.")
      .def(
          "to_frame",
          [](const Performance& self) {
            return py::module_::import("pandas").attr("DataFrame")(py::make_tuple(performance_figures(self)));
          },
          "The figures of `to_dict` as one row of a pandas DataFrame.")
      .def("_repr_html_", &html)
      .def("__repr__", [](const Performance& self) {
        return detail::message("Performance(", self.samples, " samples, accuracy=", self.confusion.accuracy(),
                               ", auc=", self.auc.estimate, " (", self.auc.low, " to ", self.auc.high, "))");
      });

  py::class_<MeasurePerformance> step(
      m, "MeasurePerformance",
      R"(Judges scores: rates at a threshold, and the area under the ROC curve with its interval.

Parameters
----------
threshold : float
    A sample counts as positive where its score is at least this.
bootstrap : Bootstrap
    Of the interval.
)");
  add_options(step, "MeasurePerformance", Field{"threshold", &MeasurePerformance::threshold, "Score from which positive."},
              Field{"bootstrap", &MeasurePerformance::bootstrap, "Of the interval."});
  step.def(
      "__call__",
      [](const MeasurePerformance& self, const py::object& labels, const py::object& scores, const py::object& patients,
         const py::object& progress) {
        const auto truth = labels_from(labels);
        const auto values = scores_from(scores);
        const auto grouping = patients_from(patients);
        const auto reporting = progress_from(progress);
        const py::gil_scoped_release release;
        return self(truth, values, grouping, reporting);
      },
      "labels"_a, "scores"_a, "patients"_a = py::none(), "progress"_a = py::none(), R"(Judge scores against labels.

Parameters
----------
labels : array (samples,) of bool or int
    1 is positive (IDH-mutant), 0 negative.
scores : array (samples,)
    Finite; higher means positive.
patients : sequence (samples,), optional
    Names or numbers; the bootstrap then draws patients.
progress : callable ``(stage, done, total)``, optional
    Stops the work by returning False.

Returns
-------
Performance

Raises
------
OptionError, ShapeError, DataError
    As `Bootstrap`.
)");
}

}  // namespace

void bind_evaluate(py::module_& module) {
  auto m = module.def_submodule("evaluate", "How good predictions are, and splits by patient.");
  bind_evaluate_statistics(m);
  bind_evaluate_roc(m);
  bind_evaluate_comparison(m);
  bind_performance(m);
  bind_evaluate_regression(m);
  bind_evaluate_calibration(m);
  bind_evaluate_calibrators(m);
  bind_splits(m);
  bind_evaluate_patterns(m);
}

// ROC curves, bootstrap intervals and confusion matrices.
#include <bolus/evaluate/bootstrap_auc.hpp>
#include <bolus/evaluate/confusion_matrix.hpp>
#include <bolus/evaluate/roc_curve.hpp>
#include <bolus/evaluate/youden_threshold.hpp>

#include "evaluate.hpp"

namespace {

using namespace evaluate_binding;

void bind_roc(py::module_& m) {
  py::class_<RocCurve>(m, "RocCurve", R"(The receiver operating characteristic, from (0, 0) to (1, 1).

Attributes
----------
thresholds : array (points,)
    Falling; the first is infinity. A sample is called positive where its score is at least the threshold.
false_positive_rate, true_positive_rate : array (points,)
    1 - specificity, and sensitivity, at each threshold.
)")
      .def_readonly("thresholds", &RocCurve::thresholds)
      .def_readonly("false_positive_rate", &RocCurve::false_positive_rate)
      .def_readonly("true_positive_rate", &RocCurve::true_positive_rate)
      .def("auc", &RocCurve::auc, "Area under the curve by the trapezoidal rule.")
      .def(
          "to_frame",
          [](const RocCurve& self) {
            return data_frame(py::dict("threshold"_a = self.thresholds, "false_positive_rate"_a = self.false_positive_rate,
                                       "true_positive_rate"_a = self.true_positive_rate));
          },
          "The points as a pandas DataFrame.")
      .def("_repr_html_", &html)
      .def("__repr__",
           [](const RocCurve& self) {
             return detail::message("RocCurve(", self.thresholds.size(), " points, AUC ", self.auc(), ")");
           })
      .def(py::pickle(
          [](const RocCurve& self) {
            return py::make_tuple(self.thresholds, self.false_positive_rate, self.true_positive_rate);
          },
          [](const py::tuple& state) {
            return RocCurve{state[0].cast<Eigen::VectorXd>(), state[1].cast<Eigen::VectorXd>(),
                            state[2].cast<Eigen::VectorXd>()};
          }));

  m.def(
      "roc_curve",
      [](const py::object& labels, const py::object& scores) { return roc_curve(labels_from(labels), scores_from(scores)); },
      "labels"_a, "scores"_a, R"(The ROC curve; the same points as sklearn.metrics.roc_curve(drop_intermediate=False).

Parameters
----------
labels : array (samples,) of bool or int
    1 is positive (IDH-mutant), 0 negative.
scores : array (samples,)
    Finite; higher means positive.

Returns
-------
RocCurve

Raises
------
ShapeError
    If the lengths differ.
DataError
    If there are no samples, one class only, or a score that is not finite.
)");
  m.def(
      "roc_auc",
      [](const py::object& labels, const py::object& scores) { return roc_auc(labels_from(labels), scores_from(scores)); },
      "labels"_a, "scores"_a,
      R"(Area under the ROC curve: the probability that a positive scores above a negative, ties counting half.

The direction is fixed: scores that work the other way round give an area below 0.5. Parameters and errors as `roc_curve`.
)");
  m.def(
      "youden_threshold",
      [](const py::object& labels, const py::object& scores) {
        return youden_threshold(labels_from(labels), scores_from(scores));
      },
      "labels"_a, "scores"_a,
      R"(The score with the largest sensitivity + specificity - 1 when used as threshold (score >= threshold is positive).

Of several equally good ones the highest. Choose it on other samples than those it is judged on. Parameters and errors as
`roc_curve`; also DataError where no threshold is better than chance.
)");
}

void bind_bootstrap(py::module_& m) {
  py::class_<BootstrapResult>(m, "BootstrapResult", R"(An area under the ROC curve with its bootstrap interval.

Attributes
----------
estimate : float
    Area on the samples themselves.
low, high : float
    Ends of the percentile interval.
confidence : float
    Of the interval.
values : array
    Area of every replicate that has one, in the order of the replicates.
skipped : int
    Replicates without an area, because they drew one class only.
skipped_replicates : array of int
    Their numbers.
flags : list of QcFlag
)")
      .def_readonly("estimate", &BootstrapResult::estimate)
      .def_readonly("low", &BootstrapResult::low)
      .def_readonly("high", &BootstrapResult::high)
      .def_readonly("confidence", &BootstrapResult::confidence)
      .def_readonly("values", &BootstrapResult::values)
      .def_readonly("skipped", &BootstrapResult::skipped)
      .def_property_readonly("skipped_replicates",
                             [](const BootstrapResult& self) { return index_array(self.skipped_replicates); })
      .def_readonly("flags", &BootstrapResult::flags)
      .def(
          "to_frame",
          [](const BootstrapResult& self) {
            const auto column = [](auto value) { return py::make_tuple(value); };
            return data_frame(py::dict("auc"_a = column(self.estimate), "low"_a = column(self.low),
                                       "high"_a = column(self.high), "confidence"_a = column(self.confidence),
                                       "replicates"_a = column(self.values.size()), "skipped"_a = column(self.skipped)));
          },
          "One row as a pandas DataFrame: auc, low, high, confidence, replicates, skipped.")
      .def("_repr_html_", &html)
      .def("__repr__",
           [](const BootstrapResult& self) {
             return detail::message("BootstrapResult(", self.estimate, ", ", 100.0 * self.confidence, " % interval ", self.low,
                                    " to ", self.high, ", ", self.values.size(), " replicates, ", self.skipped, " skipped)");
           })
      .def(py::pickle(
          [](const BootstrapResult& self) {
            std::vector<std::pair<std::string, std::string>> flags;
            for (const auto& flag : self.flags) flags.emplace_back(flag.code, flag.message);
            return py::make_tuple(self.estimate, self.low, self.high, self.confidence, self.values, self.skipped_replicates,
                                  flags);
          },
          [](const py::tuple& state) {
            BootstrapResult result{state[0].cast<double>(),
                                   state[1].cast<double>(),
                                   state[2].cast<double>(),
                                   state[3].cast<double>(),
                                   state[4].cast<Eigen::VectorXd>(),
                                   0,
                                   state[5].cast<std::vector<std::size_t>>(),
                                   {}};
            result.skipped = result.skipped_replicates.size();
            for (const auto& [code, text] : state[6].cast<std::vector<std::pair<std::string, std::string>>>()) {
              result.flags.push_back({code, text});
            }
            return result;
          }));

  const BootstrapAuc defaults;
  py::class_<BootstrapAuc>(m, "BootstrapAuc", R"(Bootstrap percentile interval of the area under the ROC curve.

Replicate r depends on (seed, r) alone: the same on any number of threads, and for any scores.

Parameters
----------
replicates : int
    Resamples.
confidence : float
    Of the interval, between 0 and 1.
seed : int
    Of the random numbers.
stratified : bool
    Draw each class (of samples, or of patients) by itself, so that its size stays.
threads : int
    0: all cores.
)")
      .def(py::init([](int replicates, double confidence, std::uint64_t seed, bool stratified, int threads) {
             return BootstrapAuc{replicates, confidence, seed, stratified, threads};
           }),
           "replicates"_a = defaults.replicates, "confidence"_a = defaults.confidence, "seed"_a = defaults.seed,
           "stratified"_a = defaults.stratified, "threads"_a = defaults.threads)
      .def_readwrite("replicates", &BootstrapAuc::replicates)
      .def_readwrite("confidence", &BootstrapAuc::confidence)
      .def_readwrite("seed", &BootstrapAuc::seed)
      .def_readwrite("stratified", &BootstrapAuc::stratified)
      .def_readwrite("threads", &BootstrapAuc::threads)
      .def(
          "__call__",
          [](const BootstrapAuc& self, const py::object& labels, const py::object& scores, const py::object& patients,
             const py::object& progress) {
            const auto truth = labels_from(labels);
            const auto values = scores_from(scores);
            const auto grouping = patients_from(patients);
            const auto reporting = progress_from(progress);
            const py::gil_scoped_release release;
            return self(truth, values, grouping, reporting);
          },
          "labels"_a, "scores"_a, "patients"_a = py::none(), "progress"_a = py::none(), R"(Bootstrap the area.

Parameters
----------
labels : array (samples,) of bool or int
    1 is positive (IDH-mutant), 0 negative.
scores : array (samples,)
    Finite; higher means positive.
patients : sequence (samples,), optional
    Names or numbers. Samples of a patient are then drawn together; without that, several samples per patient give an
    interval that is too narrow.
progress : callable ``(stage, done, total)``, optional
    Stops the work by returning False.

Returns
-------
BootstrapResult

Raises
------
OptionError
    If an option is out of range.
ShapeError
    If lengths differ.
DataError
    If there are no samples, one class only, a score that is not finite, a patient of both classes (when stratified), or
    every replicate drew one class only.
)")
      .def(
          "resample",
          [](const BootstrapAuc& self, const py::object& labels, std::size_t replicate, const py::object& patients) {
            return index_array(self.resample(labels_from(labels), replicate, patients_from(patients)));
          },
          "labels"_a, "replicate"_a, "patients"_a = py::none(),
          "How often a replicate (counted from 0) draws each sample: array (samples,) of int, for np.repeat.")
      .def("__repr__",
           [](const BootstrapAuc& self) {
             return detail::message("BootstrapAuc(replicates=", self.replicates, ", confidence=", self.confidence,
                                    ", seed=", self.seed, ", stratified=", python_bool(self.stratified),
                                    ", threads=", self.threads, ")");
           })
      .def(py::pickle(
          [](const BootstrapAuc& self) {
            return py::make_tuple(self.replicates, self.confidence, self.seed, self.stratified, self.threads);
          },
          [](const py::tuple& state) {
            return BootstrapAuc{state[0].cast<int>(), state[1].cast<double>(), state[2].cast<std::uint64_t>(),
                                state[3].cast<bool>(), state[4].cast<int>()};
          }));
}

void bind_confusion(py::module_& m) {
  py::class_<ConfusionMatrix>(m, "ConfusionMatrix",
                              R"(How predictions fell out against the truth; positive is class 1, IDH-mutant.

A rate whose denominator is empty does not exist: asking for it raises DataError, never gives a NaN.

Attributes
----------
true_negative, false_positive, false_negative, true_positive : int
)")
      .def(py::init([](std::size_t true_negative, std::size_t false_positive, std::size_t false_negative,
                       std::size_t true_positive) {
             return ConfusionMatrix{true_negative, false_positive, false_negative, true_positive};
           }),
           "true_negative"_a = 0, "false_positive"_a = 0, "false_negative"_a = 0, "true_positive"_a = 0)
      .def_readwrite("true_negative", &ConfusionMatrix::true_negative)
      .def_readwrite("false_positive", &ConfusionMatrix::false_positive)
      .def_readwrite("false_negative", &ConfusionMatrix::false_negative)
      .def_readwrite("true_positive", &ConfusionMatrix::true_positive)
      .def("total", &ConfusionMatrix::total, "Number of samples.")
      .def("accuracy", &ConfusionMatrix::accuracy, "Share of all samples predicted rightly.")
      .def("sensitivity", &ConfusionMatrix::sensitivity, "Share of the positive samples predicted positive.")
      .def("specificity", &ConfusionMatrix::specificity, "Share of the negative samples predicted negative.")
      .def("positive_predictive_value", &ConfusionMatrix::positive_predictive_value,
           "Share of the positive predictions that were right.")
      .def("negative_predictive_value", &ConfusionMatrix::negative_predictive_value,
           "Share of the negative predictions that were right.")
      .def("counts", &ConfusionMatrix::counts, "Counts (2, 2): row = true class, column = predicted class.")
      .def("normalised", &ConfusionMatrix::normalised, "As `counts`, each row divided by its sum.")
      .def(
          "to_frame",
          [](const ConfusionMatrix& self) {
            return data_frame(py::dict("label"_a = py::make_tuple(0, 1),
                                       "predicted_0"_a = py::make_tuple(self.true_negative, self.false_negative),
                                       "predicted_1"_a = py::make_tuple(self.false_positive, self.true_positive)));
          },
          "The counts as a pandas DataFrame, one row per true class.")
      .def("_repr_html_", &html)
      .def("__repr__",
           [](const ConfusionMatrix& self) {
             return detail::message("ConfusionMatrix(true_negative=", self.true_negative,
                                    ", false_positive=", self.false_positive, ", false_negative=", self.false_negative,
                                    ", true_positive=", self.true_positive, ")");
           })
      .def(py::pickle(
          [](const ConfusionMatrix& self) {
            return py::make_tuple(self.true_negative, self.false_positive, self.false_negative, self.true_positive);
          },
          [](const py::tuple& state) {
            return ConfusionMatrix{state[0].cast<std::size_t>(), state[1].cast<std::size_t>(), state[2].cast<std::size_t>(),
                                   state[3].cast<std::size_t>()};
          }));
  m.def(
      "confusion_matrix",
      [](const py::object& labels, const py::object& predictions) {
        return confusion_matrix(labels_from(labels), labels_from(predictions, "prediction"));
      },
      "labels"_a, "predictions"_a, R"(Count predictions against labels.

Parameters
----------
labels, predictions : array (samples,) of bool or int
    0 or 1. One class only is allowed.

Returns
-------
ConfusionMatrix

Raises
------
ShapeError
    If the lengths differ.
DataError
    If there are no samples, or a value is neither 0 nor 1.
)");
}

}  // namespace

void bind_evaluate_roc(py::module_& m) {
  bind_roc(m);
  bind_bootstrap(m);
  bind_confusion(m);
}

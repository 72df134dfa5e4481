// ROC curves, bootstrap intervals and confusion matrices.
#include <bolus/evaluate/bootstrap.hpp>
#include <bolus/evaluate/confusion_matrix.hpp>
#include <bolus/evaluate/operating_point.hpp>
#include <bolus/evaluate/partial_auc.hpp>
#include <bolus/evaluate/precision_recall.hpp>
#include <bolus/evaluate/roc_band.hpp>
#include <bolus/evaluate/roc_curve.hpp>
#include <bolus/evaluate/youden_threshold.hpp>

#include "evaluate.hpp"

using namespace std::string_view_literals;

BOLUS_STRING_ENUM(bolus::BootstrapInterval, "interval", "typing.Literal['percentile', 'bca']", "percentile"sv, "bca"sv)
BOLUS_STRING_ENUM(bolus::BootstrapMetric, "metric",
                  "typing.Literal['auc', 'sensitivity', 'specificity', 'accuracy', 'positive_predictive_value', "
                  "'negative_predictive_value', 'f1', 'brier']",
                  "auc"sv, "sensitivity"sv, "specificity"sv, "accuracy"sv, "positive_predictive_value"sv,
                  "negative_predictive_value"sv, "f1"sv, "brier"sv)
BOLUS_STRING_ENUM(bolus::PartialAucRange, "range", "typing.Literal['specificity', 'sensitivity']", "specificity"sv,
                  "sensitivity"sv)
BOLUS_STRING_ENUM(bolus::ProportionIntervalKind, "method", "typing.Literal['wilson', 'clopper_pearson']", "wilson"sv,
                  "clopper_pearson"sv)

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
  py::class_<BootstrapResult> result(m, "BootstrapResult", "A figure with its bootstrap interval.");
  add_results(result, "BootstrapResult", Field{"estimate", &BootstrapResult::estimate, "The figure on the samples themselves."},
              Field{"low", &BootstrapResult::low, "Lower end of the interval."},
              Field{"high", &BootstrapResult::high, "Upper end of the interval."},
              Field{"confidence", &BootstrapResult::confidence, "Of the interval."},
              Field{"standard_error", &BootstrapResult::standard_error, "Standard deviation of the replicates."},
              Field{"metric", &BootstrapResult::metric, "What the figure is: auc, sensitivity, ..."},
              Field{"interval", &BootstrapResult::interval, "How the interval was made: percentile or bca."},
              Field{"bias", &BootstrapResult::bias, "z0 of bca, else 0."},
              Field{"acceleration", &BootstrapResult::acceleration, "a of bca, else 0."},
              Field{"values", &BootstrapResult::values, "Array: figure of every replicate that has one, in their order."},
              Field{"skipped", &BootstrapResult::skipped, "Replicates in which the figure does not exist."},
              Field{"_skipped_replicates", &BootstrapResult::skipped_replicates, "Their numbers."},
              Field{"flags", &BootstrapResult::flags, "List of QcFlag."});
  result
      .def_property_readonly(
          "skipped_replicates", [](const BootstrapResult& self) { return index_array(self.skipped_replicates); },
          "Array of int: numbers of the replicates without a figure.")
      .def(
          "to_frame",
          [](const BootstrapResult& self) {
            const auto column = [](auto value) { return py::make_tuple(value); };
            const auto name = std::string(bootstrap_metric_names[static_cast<std::size_t>(self.metric)]);
            return data_frame(py::dict(py::arg(name.c_str()) = column(self.estimate), "low"_a = column(self.low),
                                       "high"_a = column(self.high), "confidence"_a = column(self.confidence),
                                       "interval"_a = py::make_tuple(self.interval),
                                       "replicates"_a = column(self.values.size()), "skipped"_a = column(self.skipped)));
          },
          "One row as a pandas DataFrame: the figure under its name, low, high, confidence, interval, replicates, skipped.")
      .def("_repr_html_", &html)
      .def("__repr__", [](const BootstrapResult& self) {
        return detail::message("BootstrapResult(", bootstrap_metric_names[static_cast<std::size_t>(self.metric)], " ",
                               self.estimate, ", ", 100.0 * self.confidence, " % interval ", self.low, " to ", self.high, ", ",
                               self.values.size(), " replicates, ", self.skipped, " skipped)");
      });

  py::class_<Bootstrap> step(m, "Bootstrap", R"(Bootstrap interval of a figure of labels and scores.

Replicate r depends on (seed, r) alone: the same on any number of threads, for any scores and for any figure.

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
interval : {"percentile", "bca"}
    How its ends are made from the replicates.
metric : {"auc", "sensitivity", "specificity", "accuracy", "positive_predictive_value", "negative_predictive_value", "f1", "brier"}
    The figure. "brier" needs probabilities as scores.
threshold : float
    From which score on a sample counts as positive; all but auc and brier use it.
)");
  add_options(step, "Bootstrap", Field{"replicates", &Bootstrap::replicates, "Resamples."},
              Field{"confidence", &Bootstrap::confidence, "Of the interval."},
              Field{"seed", &Bootstrap::seed, "Of the random numbers."},
              Field{"stratified", &Bootstrap::stratified, "Draw each class by itself."},
              Field{"threads", &Bootstrap::threads, "0: all cores."},
              Field{"interval", &Bootstrap::interval, "percentile or bca."}, Field{"metric", &Bootstrap::metric, "The figure."},
              Field{"threshold", &Bootstrap::threshold, "From which score on a sample counts as positive."});
  step.def(
          "__call__",
          [](const Bootstrap& self, const py::object& labels, const py::object& scores, const py::object& patients,
             const py::object& progress) {
            const auto truth = labels_from(labels);
            const auto values = scores_from(scores);
            const auto grouping = patients_from(patients);
            const auto reporting = progress_from(progress);
            const py::gil_scoped_release release;
            return self(truth, values, grouping, reporting);
          },
          "labels"_a, "scores"_a, "patients"_a = py::none(), "progress"_a = py::none(), R"(Bootstrap the figure.

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
    If there are no samples, one class only, a score that is not finite, a patient of both classes (when stratified), or the
    figure does not exist in the samples or in any replicate.
)")
      .def(
          "difference",
          [](const Bootstrap& self, const py::object& labels, const py::object& first, const py::object& second,
             const py::object& patients, std::optional<double> second_threshold, const py::object& progress) {
            const auto truth = labels_from(labels);
            const auto one = scores_from(first), two = scores_from(second);
            const auto grouping = patients_from(patients);
            const auto reporting = progress_from(progress);
            const py::gil_scoped_release release;
            return self.difference(truth, one, two, grouping, second_threshold, reporting);
          },
          "labels"_a, "first"_a, "second"_a, "patients"_a = py::none(), "second_threshold"_a = py::none(),
          "progress"_a = py::none(),
          R"(The figure of the first model minus that of the second, both on the same resamples.

Parameters and errors as the call; `second_threshold` is the second model's, by default the same.

Returns
-------
BootstrapResult
)")
      .def(
          "resample",
          [](const Bootstrap& self, const py::object& labels, std::size_t replicate, const py::object& patients) {
            return index_array(self.resample(labels_from(labels), replicate, patients_from(patients)));
          },
          "labels"_a, "replicate"_a, "patients"_a = py::none(),
          "How often a replicate (counted from 0) draws each sample: array (samples,) of int, for np.repeat.");

  py::class_<RocBandResult> band(m, "RocBandResult", "A ROC curve with a pointwise bootstrap band.");
  add_results(band, "RocBandResult",
              Field{"false_positive_rate", &RocBandResult::false_positive_rate, "Array (points,): even grid from 0 to 1."},
              Field{"true_positive_rate", &RocBandResult::true_positive_rate, "Array (points,): the samples' own curve."},
              Field{"low", &RocBandResult::low, "Array (points,): lower end of the sensitivity's interval."},
              Field{"high", &RocBandResult::high, "Array (points,): upper end."},
              Field{"confidence", &RocBandResult::confidence, "At each point, not of the whole curve."},
              Field{"skipped", &RocBandResult::skipped, "Replicates of one class only."});
  band.def(
          "to_frame",
          [](const RocBandResult& self) {
            return data_frame(py::dict("false_positive_rate"_a = self.false_positive_rate,
                                       "true_positive_rate"_a = self.true_positive_rate, "low"_a = self.low,
                                       "high"_a = self.high));
          },
          "One row per point as a pandas DataFrame.")
      .def("_repr_html_", &html)
      .def("__repr__", [](const RocBandResult& self) {
        return detail::message("RocBandResult(", self.low.size(), " points, ", 100.0 * self.confidence, " % at each)");
      });
  py::class_<RocBand> band_step(m, "RocBand", R"(Pointwise bootstrap band of a ROC curve: intervals of sensitivity on a grid.

Parameters
----------
replicates, confidence, seed, stratified, threads
    As `Bootstrap`.
points : int
    Of the even grid of false positive rates.
)");
  add_options(band_step, "RocBand", Field{"replicates", &RocBand::replicates, "Resamples."},
              Field{"confidence", &RocBand::confidence, "At each point."},
              Field{"seed", &RocBand::seed, "Of the random numbers."},
              Field{"stratified", &RocBand::stratified, "Draw each class by itself."},
              Field{"threads", &RocBand::threads, "0: all cores."}, Field{"points", &RocBand::points, "Of the grid."});
  band_step.def(
      "__call__",
      [](const RocBand& self, const py::object& labels, const py::object& scores, const py::object& patients,
         const py::object& progress) {
        const auto truth = labels_from(labels);
        const auto values = scores_from(scores);
        const auto grouping = patients_from(patients);
        const auto reporting = progress_from(progress);
        const py::gil_scoped_release release;
        return self(truth, values, grouping, reporting);
      },
      "labels"_a, "scores"_a, "patients"_a = py::none(), "progress"_a = py::none(),
      "The band as a RocBandResult. Parameters and errors as `Bootstrap`.");
}

void bind_parts(py::module_& m) {
  py::class_<PartialAuc> part(m, "PartialAuc", "A part of the area under the ROC curve.");
  add_results(part, "PartialAuc", Field{"area", &PartialAuc::area, "As it is, at most high - low."},
              Field{"corrected", &PartialAuc::corrected, "McClish: 0.5 for no discrimination, 1 for perfect."},
              Field{"low", &PartialAuc::low, "Lower end of the range."}, Field{"high", &PartialAuc::high, "Upper end."},
              Field{"range", &PartialAuc::range, "specificity or sensitivity."});
  part.def("to_frame",
           [](const PartialAuc& self) {
             return data_frame(py::dict("area"_a = py::make_tuple(self.area), "corrected"_a = py::make_tuple(self.corrected),
                                        "range"_a = py::make_tuple(self.range), "low"_a = py::make_tuple(self.low),
                                        "high"_a = py::make_tuple(self.high)));
           })
      .def("_repr_html_", &html)
      .def("__repr__", [](const PartialAuc& self) {
        return detail::message("PartialAuc(", self.area, ", corrected ", self.corrected, ")");
      });
  m.def(
      "partial_auc",
      [](const py::object& labels, const py::object& scores, double low, double high, PartialAucRange range) {
        return partial_auc(labels_from(labels), scores_from(scores), low, high, range);
      },
      "labels"_a, "scores"_a, "low"_a = 0.8, "high"_a = 1.0, "range"_a = PartialAucRange::specificity,
      R"(The area under the ROC curve between two specificities, or between two sensitivities.

Parameters
----------
labels, scores
    As `roc_curve`.
low, high : float
    The range.
range : {"specificity", "sensitivity"}
    What the range is of.

Returns
-------
PartialAuc

Raises
------
OptionError
    Unless 0 <= low < high <= 1.
)");

  py::class_<PrecisionRecallCurve> curve(m, "PrecisionRecallCurve", "Precision over recall, recall rising from 0 to 1.");
  add_results(curve, "PrecisionRecallCurve",
              Field{"thresholds", &PrecisionRecallCurve::thresholds, "Array (points,): falling; the first is infinity."},
              Field{"precision", &PrecisionRecallCurve::precision, "Array (points,)."},
              Field{"recall", &PrecisionRecallCurve::recall, "Array (points,): rising from 0 to 1."},
              Field{"prevalence", &PrecisionRecallCurve::prevalence, "Precision of a score without information."},
              Field{"average_precision", &PrecisionRecallCurve::average_precision, "Sum of precision times gain in recall."},
              Field{"auc", &PrecisionRecallCurve::auc, "Area without straight lines between the points (Davis and Goadrich)."});
  curve
      .def("to_frame",
           [](const PrecisionRecallCurve& self) {
             return data_frame(
                 py::dict("threshold"_a = self.thresholds, "precision"_a = self.precision, "recall"_a = self.recall));
           })
      .def("_repr_html_", &html)
      .def("__repr__", [](const PrecisionRecallCurve& self) {
        return detail::message("PrecisionRecallCurve(", self.thresholds.size(), " points, average precision ",
                               self.average_precision, ", prevalence ", self.prevalence, ")");
      });
  m.def(
      "precision_recall_curve",
      [](const py::object& labels, const py::object& scores) {
        return precision_recall_curve(labels_from(labels), scores_from(scores));
      },
      "labels"_a, "scores"_a, "The precision-recall curve with its areas. Parameters and errors as `roc_curve`.");

  py::class_<OperatingPoint>(m, "OperatingPoint", R"(A threshold and where it comes from.

Make it by one of `fixed`, `youden`, `at_sensitivity`, `at_specificity`, the last three from validation samples; call it with other
samples. It refuses the samples it was chosen on, and patients among them.
)")
      .def_static("fixed", &OperatingPoint::fixed, "threshold"_a = 0.5, "A threshold set beforehand.")
      .def_static(
          "youden",
          [](const py::object& labels, const py::object& scores, const py::object& patients) {
            return OperatingPoint::youden(labels_from(labels), scores_from(scores), patients_from(patients));
          },
          "labels"_a, "scores"_a, "patients"_a = py::none(), "The largest sensitivity + specificity - 1 on validation samples.")
      .def_static(
          "at_sensitivity",
          [](const py::object& labels, const py::object& scores, double sensitivity, const py::object& patients) {
            return OperatingPoint::at_sensitivity(labels_from(labels), scores_from(scores), sensitivity,
                                                  patients_from(patients));
          },
          "labels"_a, "scores"_a, "sensitivity"_a = 0.9, "patients"_a = py::none(),
          "The highest threshold with at least that sensitivity on validation samples.")
      .def_static(
          "at_specificity",
          [](const py::object& labels, const py::object& scores, double specificity, const py::object& patients) {
            return OperatingPoint::at_specificity(labels_from(labels), scores_from(scores), specificity,
                                                  patients_from(patients));
          },
          "labels"_a, "scores"_a, "specificity"_a = 0.9, "patients"_a = py::none(),
          "The lowest threshold with at least that specificity on validation samples.")
      .def_property_readonly("threshold", &OperatingPoint::threshold, "A sample is positive where its score is at least this.")
      .def_property_readonly("rule", &OperatingPoint::rule, "fixed, youden, sensitivity or specificity.")
      .def_property_readonly("target", &OperatingPoint::target, "The rate asked for, else 0.")
      .def_property_readonly("validation", &OperatingPoint::validation, "ConfusionMatrix of the samples it was chosen on.")
      .def(
          "predict",
          [](const OperatingPoint& self, const py::object& scores) { return index_array(self.predict(scores_from(scores))); },
          "scores"_a, "0 or 1 for each score.")
      .def(
          "__call__",
          [](const OperatingPoint& self, const py::object& labels, const py::object& scores, const py::object& patients) {
            return self(labels_from(labels), scores_from(scores), patients_from(patients));
          },
          "labels"_a, "scores"_a, "patients"_a = py::none(), R"(The ConfusionMatrix of other samples at this point.

Raises
------
DataError
    For the samples it was chosen on, or a patient among them.
)")
      .def(
          "to_frame",
          [](const OperatingPoint& self) {
            return data_frame(py::dict("rule"_a = py::make_tuple(self.rule()), "threshold"_a = py::make_tuple(self.threshold()),
                                       "target"_a = py::make_tuple(self.target()),
                                       "validation_samples"_a = py::make_tuple(self.validation().total())));
          })
      .def("_repr_html_", &html)
      .def("__repr__",
           [](const OperatingPoint& self) {
             return detail::message("OperatingPoint(", self.rule(), ", threshold ", self.threshold(), ", chosen on ",
                                    self.validation().total(), " samples)");
           })
      .def(py::pickle(
          [](const OperatingPoint& self) {
            const auto state = self.state();
            return py::make_tuple(state.threshold, state.rule, state.target, state.validation, state.fingerprint,
                                  state.patients);
          },
          [](const py::tuple& state) {
            return OperatingPoint::from_state({state[0].cast<double>(), state[1].cast<std::string>(), state[2].cast<double>(),
                                               state[3].cast<ConfusionMatrix>(), state[4].cast<std::uint64_t>(),
                                               state[5].cast<std::vector<std::string>>()});
          }));
}

void bind_confusion(py::module_& m) {
  py::class_<RateInterval> rate(m, "RateInterval", "A rate of a confusion matrix with its interval.");
  add_results(rate, "RateInterval", Field{"name", &RateInterval::name, "Such as sensitivity."},
              Field{"interval", &RateInterval::interval, "ProportionInterval."});
  rate.def("__repr__", [](const RateInterval& self) {
    return detail::message("RateInterval(", self.name, " ", self.interval.estimate, ", ", self.interval.low, " to ",
                           self.interval.high, ")");
  });
  py::class_<RateIntervals> rates(m, "RateIntervals", R"(Rates of a confusion matrix with their intervals.

They take the samples for independent; with several samples per patient use `Bootstrap`.
)");
  add_results(rates, "RateIntervals", Field{"rates", &RateIntervals::rates, "List of RateInterval, those that exist."},
              Field{"method", &RateIntervals::kind, "wilson or clopper_pearson."},
              Field{"flags", &RateIntervals::flags, "List of QcFlag, one for each rate that does not exist."});
  rates
      .def(
          "to_frame",
          [](const RateIntervals& self) {
            py::list names, estimates, lows, highs, successes, trials;
            for (const auto& each : self.rates) {
              names.append(each.name);
              estimates.append(each.interval.estimate);
              lows.append(each.interval.low);
              highs.append(each.interval.high);
              successes.append(each.interval.successes);
              trials.append(each.interval.trials);
            }
            return data_frame(py::dict("rate"_a = names, "estimate"_a = estimates, "low"_a = lows, "high"_a = highs,
                                       "successes"_a = successes, "trials"_a = trials));
          },
          "One row per rate as a pandas DataFrame.")
      .def("_repr_html_", &html)
      .def("__repr__", [](const RateIntervals& self) {
        return detail::message("RateIntervals(", self.rates.size(), " rates, ",
                               self.kind == ProportionIntervalKind::wilson ? "wilson" : "clopper_pearson", ")");
      });
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
      .def("f1", &ConfusionMatrix::f1, "Harmonic mean of sensitivity and positive predictive value.")
      .def("intervals", &ConfusionMatrix::intervals, "confidence"_a = 0.95, "method"_a = ProportionIntervalKind::wilson,
           R"(The rates with their intervals, as RateIntervals.

Parameters
----------
confidence : float
method : {"wilson", "clopper_pearson"}
)")
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
  bind_parts(m);
}

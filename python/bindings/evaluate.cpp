// How good predictions are: ROC, bootstrap, confusion matrix, logistic regression, and splits by patient.
#include <algorithm>
#include <bolus/evaluate/bootstrap_auc.hpp>
#include <bolus/evaluate/confusion_matrix.hpp>
#include <bolus/evaluate/logistic_regression.hpp>
#include <bolus/evaluate/measure_performance.hpp>
#include <bolus/evaluate/patient_split.hpp>
#include <bolus/evaluate/roc_curve.hpp>
#include <bolus/evaluate/youden_threshold.hpp>
#include <cmath>
#include <map>

#include "arrays.hpp"
#include "option_class.hpp"
#include "progress.hpp"

namespace {

using namespace bolus;
using detail::require;

py::array as_array(const py::object& values, const char* what) {
  try {
    return py::module_::import("numpy").attr("asarray")(values).cast<py::array>();
  } catch (py::error_already_set& error) {
    if (!error.matches(PyExc_ValueError)) throw;
    throw ShapeError(detail::message("the ", what, "s cannot be made an array: ", py::str(error.value()).cast<std::string>()));
  }
}

py::array one_dimensional(const py::object& values, const char* what) {
  auto array = as_array(values, what);
  require<ShapeError>(array.ndim() == 1, "expected the ", what, "s as a one-dimensional array, found ", array.ndim(),
                      " dimension(s)");
  return array;
}

/// Numbers as float64. Throws DataError for what is no number.
py::array_t<double, py::array::c_style> as_numbers(const py::array& array, const char* what) {
  try {
    require<DataError>(array.dtype().kind() != 'c', "the ", what, "s are complex; expected real numbers");
    return array.attr("astype")("float64").cast<py::array_t<double, py::array::c_style>>();
  } catch (py::error_already_set& error) {
    if (!error.matches(PyExc_ValueError) && !error.matches(PyExc_TypeError)) throw;
    throw DataError(detail::message("the ", what, "s are not numbers: ", py::str(error.value()).cast<std::string>()));
  }
}

/// Labels or predictions, 0 or 1, from booleans, integers, or floats that are exactly that.
std::vector<int> labels_from(const py::object& values, const char* what = "label") {
  const auto array = one_dimensional(values, what);
  require<DataError>(array.size() == 0 || std::string("biuf").find(array.dtype().kind()) != std::string::npos, "the ", what,
                     "s are of dtype ", py::str(array.dtype()).cast<std::string>(),
                     "; expected booleans or integers, 0 (IDH-wildtype) and 1 (IDH-mutant)");
  const auto numbers = as_numbers(array, what);
  std::vector<int> labels(static_cast<std::size_t>(numbers.size()));
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const double value = numbers.data()[i];
    require<DataError>(value == 0.0 || value == 1.0, what, " ", i, " is ", value,
                       "; expected 0 (negative, IDH-wildtype) or 1 (positive, IDH-mutant)");
    labels[i] = static_cast<int>(value);
  }
  return labels;
}

std::vector<double> scores_from(const py::object& values) {
  const auto numbers = as_numbers(one_dimensional(values, "score"), "score");
  return {numbers.data(), numbers.data() + numbers.size()};
}

std::string patient_name(const py::handle& value, std::size_t sample) {
  const bool missing = value.is_none() || (py::isinstance<py::float_>(value) && std::isnan(value.cast<double>())) ||
                       py::type::of(value).attr("__name__").cast<std::string>() == "NAType";
  require<DataError>(!missing, "the patient of sample ", sample, " is missing; name every patient");
  auto name = py::str(value).cast<std::string>();
  require<DataError>(!name.empty(), "the patient of sample ", sample, " has an empty name; name every patient");
  return name;
}

/// One patient per sample, told apart by their text. Arrays of numbers or text are sorted by numpy, which is quick.
Patients patients_from(const py::object& values) {
  if (values.is_none()) return {};
  const auto array = one_dimensional(values, "patient");
  std::vector<std::uint32_t> codes(static_cast<std::size_t>(array.size()));
  std::vector<std::string> found;  // names in the order of the codes, which may repeat (1 and "1")
  if (array.dtype().kind() == 'O') {
    std::map<std::string, std::uint32_t> known;
    std::size_t sample = 0;
    for (const auto& value : array) {
      const auto [entry, added] = known.try_emplace(patient_name(value, sample), static_cast<std::uint32_t>(found.size()));
      if (added) found.push_back(entry->first);
      codes[sample++] = entry->second;
    }
  } else {
    const py::tuple unique =
        py::module_::import("numpy").attr("unique")(array, "return_index"_a = true, "return_inverse"_a = true);
    const auto first = unique[1].cast<py::array_t<std::int64_t>>();
    const auto inverse = unique[2].cast<py::array_t<std::int64_t>>();
    py::ssize_t place = 0;
    for (const auto& value : unique[0].attr("tolist")()) {
      found.push_back(patient_name(value, static_cast<std::size_t>(first.at(place++))));
    }
    for (std::size_t i = 0; i < codes.size(); ++i)
      codes[i] = static_cast<std::uint32_t>(inverse.at(static_cast<py::ssize_t>(i)));
  }
  auto names = found;
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::vector<std::uint32_t> sorted(found.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    sorted[i] = static_cast<std::uint32_t>(std::lower_bound(names.begin(), names.end(), found[i]) - names.begin());
  }
  for (auto& code : codes) code = sorted[code];
  return Patients::from_codes(std::move(codes), std::move(names));
}

Eigen::MatrixXd matrix_from(const py::object& values) {
  const auto array = as_array(values, "input");
  require<ShapeError>(array.ndim() == 2, "expected the inputs as a two-dimensional array (rows, columns), found ", array.ndim(),
                      " dimension(s)");
  const auto numbers = as_numbers(array, "input");
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  return Eigen::Map<const RowMajor>(numbers.data(), numbers.shape(0), numbers.shape(1));
}

template <class Integer>
py::array_t<std::int64_t> index_array(const std::vector<Integer>& values) {
  py::array_t<std::int64_t> array(static_cast<py::ssize_t>(values.size()));
  std::copy(values.begin(), values.end(), array.mutable_data());
  return array;
}

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

const char* python_bool(bool value) { return value ? "True" : "False"; }

py::object html(const py::object& self) { return self.attr("to_frame")().attr("to_html")("index"_a = false); }

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

void bind_logistic(py::module_& m) {
  py::class_<LogisticFit>(m, "LogisticFit",
                          R"(A fitted logistic regression. Arrays of length 1 + columns have the intercept first.

Attributes
----------
intercept : float
coefficients : array (columns,)
    Change of the log odds per unit of the column.
standard_errors, z_values, p_values : array (1 + columns,)
    Wald; p two-sided.
covariance : array (1 + columns, 1 + columns)
log_likelihood, null_log_likelihood : float
    At the fit, and of the intercept alone; without the penalty.
iterations : int
names : list of str
)")
      .def_readonly("intercept", &LogisticFit::intercept)
      .def_readonly("coefficients", &LogisticFit::coefficients)
      .def_readonly("standard_errors", &LogisticFit::standard_errors)
      .def_readonly("z_values", &LogisticFit::z_values)
      .def_readonly("p_values", &LogisticFit::p_values)
      .def_readonly("covariance", &LogisticFit::covariance)
      .def_readonly("log_likelihood", &LogisticFit::log_likelihood)
      .def_readonly("null_log_likelihood", &LogisticFit::null_log_likelihood)
      .def_readonly("iterations", &LogisticFit::iterations)
      .def_readonly("names", &LogisticFit::names)
      .def(
          "predict_probability",
          [](const LogisticFit& self, const py::object& x) { return self.predict_probability(matrix_from(x)); }, "x"_a,
          "Probability of class 1 per row of `x` (rows, columns).")
      .def(
          "to_frame",
          [](const LogisticFit& self) {
            std::vector<std::string> terms{"intercept"};
            terms.insert(terms.end(), self.names.begin(), self.names.end());
            Eigen::VectorXd estimates(1 + self.coefficients.size());
            estimates << self.intercept, self.coefficients;
            const Eigen::VectorXd odds = estimates.array().exp();
            const Eigen::VectorXd margin = 1.959963984540054 * self.standard_errors;  // normal quantile of 0.975
            const Eigen::VectorXd low = (estimates - margin).array().exp(), high = (estimates + margin).array().exp();
            return data_frame(py::dict("term"_a = terms, "coefficient"_a = estimates, "standard_error"_a = self.standard_errors,
                                       "z"_a = self.z_values, "p"_a = self.p_values, "odds_ratio"_a = odds,
                                       "odds_ratio_low"_a = low, "odds_ratio_high"_a = high));
          },
          "One row per term as a pandas DataFrame, with the odds ratio and its 95 % Wald interval.")
      .def("_repr_html_", &html)
      .def("__repr__",
           [](const LogisticFit& self) {
             auto text = detail::message("LogisticFit(intercept=", self.intercept);
             for (std::size_t i = 0; i < self.names.size(); ++i) {
               text += detail::message(", ", self.names[i], "=", self.coefficients[static_cast<Eigen::Index>(i)]);
             }
             return text + detail::message(", log_likelihood=", self.log_likelihood, ")");
           })
      .def(py::pickle(
          [](const LogisticFit& self) {
            return py::make_tuple(self.intercept, self.coefficients, self.standard_errors, self.z_values, self.p_values,
                                  self.covariance, self.log_likelihood, self.null_log_likelihood, self.iterations, self.names);
          },
          [](const py::tuple& s) {
            const auto vector = [&](std::size_t i) { return s[i].cast<Eigen::VectorXd>(); };
            return LogisticFit{s[0].cast<double>(), vector(1),
                               vector(2),           vector(3),
                               vector(4),           s[5].cast<Eigen::MatrixXd>(),
                               s[6].cast<double>(), s[7].cast<double>(),
                               s[8].cast<int>(),    s[9].cast<std::vector<std::string>>()};
          }));

  const LogisticRegression defaults;
  py::class_<LogisticRegression>(m, "LogisticRegression", R"(Logistic regression by maximum likelihood (Newton's method).

Parameters
----------
max_iterations : int
    Newton steps before giving up.
tolerance : float
    Stop when no coefficient of the standardised columns moves by more than this, relative to the largest.
ridge : float
    The log likelihood loses ridge / 2 * the sum of squared coefficients, not the intercept: scikit-learn's C = 1 / ridge.
)")
      .def(py::init([](int max_iterations, double tolerance, double ridge) {
             return LogisticRegression{max_iterations, tolerance, ridge};
           }),
           "max_iterations"_a = defaults.max_iterations, "tolerance"_a = defaults.tolerance, "ridge"_a = defaults.ridge)
      .def_readwrite("max_iterations", &LogisticRegression::max_iterations)
      .def_readwrite("tolerance", &LogisticRegression::tolerance)
      .def_readwrite("ridge", &LogisticRegression::ridge)
      .def(
          "fit",
          [](const LogisticRegression& self, const py::object& x, const py::object& y, const py::object& names) {
            std::vector<std::string> columns;
            const py::object given = names.is_none() && py::hasattr(x, "columns") ? x.attr("columns") : names;
            if (!given.is_none()) {
              for (const auto& name : given) columns.push_back(py::str(name).cast<std::string>());
            }
            const auto inputs = matrix_from(x);
            const auto labels = labels_from(y);
            const py::gil_scoped_release release;
            return self.fit(inputs, labels, columns);
          },
          "x"_a, "y"_a, "names"_a = py::none(), R"(Fit.

Parameters
----------
x : array (rows, columns) or DataFrame
    Without a column of ones.
y : array (rows,) of bool or int
    0 or 1.
names : sequence of str, optional
    Of the columns; those of the DataFrame, or x0, x1, ... when not given.

Returns
-------
LogisticFit

Raises
------
OptionError
    If an option is out of range.
ShapeError
    If lengths differ.
DataError
    If there is one class only, a value that is not finite, a constant column, or columns that determine each other.
ConvergenceError
    If the columns separate the classes, so that no finite maximum exists, or the steps run out.
)")
      .def("__repr__",
           [](const LogisticRegression& self) {
             return detail::message("LogisticRegression(max_iterations=", self.max_iterations, ", tolerance=", self.tolerance,
                                    ", ridge=", self.ridge, ")");
           })
      .def(py::pickle(
          [](const LogisticRegression& self) { return py::make_tuple(self.max_iterations, self.tolerance, self.ridge); },
          [](const py::tuple& state) {
            return LogisticRegression{state[0].cast<int>(), state[1].cast<double>(), state[2].cast<double>()};
          }));
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
bootstrap : BootstrapAuc
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
    As `BootstrapAuc`.
)");
}

}  // namespace

void bind_evaluate(py::module_& module) {
  auto m = module.def_submodule("evaluate", "How good predictions are, and splits by patient.");
  bind_roc(m);
  bind_bootstrap(m);
  bind_confusion(m);
  bind_performance(m);
  bind_logistic(m);
  bind_splits(m);
}

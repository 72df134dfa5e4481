// Calibration of probabilities: curve, scores, line, decision curve.
#include <bolus/evaluate/brier_score.hpp>
#include <bolus/evaluate/calibration_curve.hpp>
#include <bolus/evaluate/calibration_line.hpp>
#include <bolus/evaluate/decision_curve.hpp>
#include <bolus/evaluate/hosmer_lemeshow_test.hpp>

#include "evaluate.hpp"

BOLUS_STRING_ENUM(bolus::BinStrategy, "strategy", "typing.Literal['uniform', 'quantile']", std::string_view("uniform"),
                  std::string_view("quantile"))

namespace {

using namespace evaluate_binding;

std::vector<double> probabilities_from(const py::object& values) {
  const auto numbers = as_numbers(one_dimensional(values, "probability"), "probability");
  return {numbers.data(), numbers.data() + numbers.size()};
}

Eigen::VectorXd array_of(const std::vector<double>& values) {
  return Eigen::Map<const Eigen::VectorXd>(values.data(), static_cast<Eigen::Index>(values.size()));
}

template <class T>
std::vector<T> one(T value) {
  return {value};
}

void bind_curve(py::module_& m) {
  using C = CalibrationCurve;
  py::class_<C> curve(m, "CalibrationCurve", "Predicted against observed shares of class 1; empty bins are left out.");
  curve.def_property_readonly(
           "predicted", [](const C& c) { return array_of(c.predicted); }, "Mean probability of each bin.")
      .def_property_readonly(
          "observed",
          [](const C& c) {
            std::vector<double> values;
            for (const auto& bin : c.observed) values.push_back(bin.estimate);
            return array_of(values);
          },
          "Share of class 1 of each bin.")
      .def_readonly("intervals", &C::observed, "ProportionInterval of each bin's share (Wilson).")
      .def_property_readonly(
          "edges_from", [](const C& c) { return array_of(c.from); }, "Lower end of each bin.")
      .def_property_readonly(
          "edges_to", [](const C& c) { return array_of(c.to); }, "Upper end of each bin.")
      .def_readonly("expected_error", &C::expected_error, "ECE: mean of abs(observed - predicted) over the samples.")
      .def_readonly("largest_error", &C::largest_error, "Largest abs(observed - predicted) of a bin.")
      .def_readonly("strategy", &C::strategy, "'uniform' or 'quantile'.")
      .def(
          "to_frame",
          [](const C& c) {
            std::vector<std::int64_t> counts, positives;
            std::vector<double> observed, low, high;
            for (const auto& bin : c.observed) {
              counts.push_back(bin.trials);
              positives.push_back(bin.successes);
              observed.push_back(bin.estimate);
              low.push_back(bin.low);
              high.push_back(bin.high);
            }
            return data_frame(py::dict("from"_a = c.from, "to"_a = c.to, "count"_a = counts, "positives"_a = positives,
                                       "predicted"_a = c.predicted, "observed"_a = observed, "low"_a = low, "high"_a = high));
          },
          "One row per bin as a pandas DataFrame.")
      .def("__repr__",
           [](const C& c) {
             return detail::message("CalibrationCurve(", c.predicted.size(), " bins, expected_error=", c.expected_error,
                                    ", largest_error=", c.largest_error, ")");
           })
      .def(py::pickle(
          [](const C& c) {
            return py::make_tuple(c.predicted, c.observed, c.from, c.to, c.expected_error, c.largest_error, c.strategy);
          },
          [](const py::tuple& s) {
            return C{s[0].cast<std::vector<double>>(),
                     s[1].cast<std::vector<ProportionInterval>>(),
                     s[2].cast<std::vector<double>>(),
                     s[3].cast<std::vector<double>>(),
                     s[4].cast<double>(),
                     s[5].cast<double>(),
                     s[6].cast<BinStrategy>()};
          }));
  add_html(curve);
  m.def(
      "calibration_curve",
      [](const py::object& labels, const py::object& probabilities, int bins, BinStrategy strategy, double confidence) {
        return calibration_curve(labels_from(labels), probabilities_from(probabilities), bins, strategy, confidence);
      },
      "labels"_a, "probabilities"_a, "bins"_a = 10, "strategy"_a = BinStrategy::uniform, "confidence"_a = 0.95,
      R"(Calibration curve: the bins of scikit-learn's calibration_curve, each with Wilson's interval.

Parameters
----------
labels : array (samples,) of bool or int
    0 or 1; one class alone will do.
probabilities : array (samples,)
    Of class 1.
bins : int
strategy : str
    "uniform": bins of the same width. "quantile": of about as many samples.
confidence : float
    Of the intervals.

Returns
-------
CalibrationCurve

Raises
------
OptionError
    If there is not at least one bin, or the confidence is not between 0 and 1.
ShapeError
    If lengths differ.
DataError
    If there are no samples, or a probability is not between 0 and 1.
)");
  m.def(
      "expected_calibration_error",
      [](const py::object& labels, const py::object& probabilities, int bins, BinStrategy strategy) {
        return expected_calibration_error(labels_from(labels), probabilities_from(probabilities), bins, strategy);
      },
      "labels"_a, "probabilities"_a, "bins"_a = 10, "strategy"_a = BinStrategy::uniform,
      "Expected calibration error (ECE): mean of abs(observed - predicted) over the samples. See calibration_curve.");
}

void bind_scores(py::module_& m) {
  m.def(
      "brier_score",
      [](const py::object& labels, const py::object& probabilities) {
        return brier_score(labels_from(labels), probabilities_from(probabilities));
      },
      "labels"_a, "probabilities"_a, R"(Brier score: mean squared difference of probability and label, 0 is best.

Parameters
----------
labels : array (samples,) of bool or int
probabilities : array (samples,)

Returns
-------
float

Raises
------
ShapeError
    If lengths differ.
DataError
    If there are no samples, or a probability is not between 0 and 1.
)");
  using B = BrierDecomposition;
  py::class_<B> parts(m, "BrierDecomposition", "score = reliability - resolution + uncertainty + within_bins.");
  add_results(parts, "BrierDecomposition", Field{"score", &B::score, "Brier score."},
              Field{"reliability", &B::reliability, "Squared difference of predicted and observed shares; 0 is best."},
              Field{"resolution", &B::resolution, "Squared difference of the bins' shares and that of all."},
              Field{"uncertainty", &B::uncertainty, "Share of class 1 * share of class 0."},
              Field{"within_bins", &B::within_bins, "What probabilities of one bin differ."},
              Field{"scaled", &B::scaled, "1 - score / uncertainty; None for one class."});
  parts
      .def(
          "to_frame",
          [](const B& b) {
            return data_frame(py::dict("score"_a = one(b.score), "reliability"_a = one(b.reliability),
                                       "resolution"_a = one(b.resolution), "uncertainty"_a = one(b.uncertainty),
                                       "within_bins"_a = one(b.within_bins), "scaled"_a = one(b.scaled)));
          },
          "One row as a pandas DataFrame.")
      .def("__repr__", [](const B& b) {
        return detail::message("BrierDecomposition(score=", b.score, ", reliability=", b.reliability,
                               ", resolution=", b.resolution, ", uncertainty=", b.uncertainty, ")");
      });
  add_html(parts);
  m.def(
      "brier_decomposition",
      [](const py::object& labels, const py::object& probabilities, int bins, BinStrategy strategy) {
        return brier_decomposition(labels_from(labels), probabilities_from(probabilities), bins, strategy);
      },
      "labels"_a, "probabilities"_a, "bins"_a = 10, "strategy"_a = BinStrategy::uniform,
      R"(Where a Brier score comes from: reliability, resolution and uncertainty (Murphy 1973) over bins of the probability.

Parameters, raises: see calibration_curve.

Returns
-------
BrierDecomposition
)");
}

void bind_line(py::module_& m) {
  using L = CalibrationLine;
  py::class_<L> line(m, "CalibrationLine", "Calibration in the large and calibration slope, with Wald intervals.");
  add_results(
      line, "CalibrationLine",
      Field{"intercept", &L::intercept, "With the slope held at 1: 0 is best, below 0 the probabilities are too high."},
      Field{"intercept_standard_error", &L::intercept_standard_error, "Of the intercept."},
      Field{"intercept_low", &L::intercept_low, "Lower end."}, Field{"intercept_high", &L::intercept_high, "Upper end."},
      Field{"slope", &L::slope, "Of the log odds: 1 is best, below 1 the probabilities are too extreme."},
      Field{"slope_standard_error", &L::slope_standard_error, "Of the slope."}, Field{"slope_low", &L::slope_low, "Lower end."},
      Field{"slope_high", &L::slope_high, "Upper end."}, Field{"confidence", &L::confidence, "Of the intervals."},
      Field{"flags", &L::flags, "QC flags: evaluate.calibration.clipped."});
  line.def(
          "to_frame",
          [](const L& l) {
            return data_frame(py::dict(
                "measure"_a = std::vector<std::string>{"intercept", "slope"}, "estimate"_a = std::vector{l.intercept, l.slope},
                "standard_error"_a = std::vector{l.intercept_standard_error, l.slope_standard_error},
                "low"_a = std::vector{l.intercept_low, l.slope_low}, "high"_a = std::vector{l.intercept_high, l.slope_high}));
          },
          "Intercept and slope as a pandas DataFrame.")
      .def("__repr__", [](const L& l) {
        return detail::message("CalibrationLine(intercept=", l.intercept, " (", l.intercept_low, " to ", l.intercept_high,
                               "), slope=", l.slope, " (", l.slope_low, " to ", l.slope_high, "))");
      });
  add_html(line);
  m.def(
      "calibration_line",
      [](const py::object& labels, const py::object& probabilities, double confidence, double clip) {
        return calibration_line(labels_from(labels), probabilities_from(probabilities), confidence, clip);
      },
      "labels"_a, "probabilities"_a, "confidence"_a = 0.95, "clip"_a = 1e-9,
      R"(Calibration intercept (in the large) and slope: logistic regression of the labels on the log odds.

Parameters
----------
labels : array (samples,) of bool or int
probabilities : array (samples,)
confidence : float
clip : float
    Probabilities nearer to 0 or 1 are set to this distance, with a flag.

Returns
-------
CalibrationLine

Raises
------
OptionError
    If an option is out of range.
ShapeError
    If lengths differ.
DataError
    If there is one class only, a probability is not between 0 and 1, or all are the same.
ConvergenceError
    If the probabilities separate the classes, so that the slope is infinite.
)");

  using H = HosmerLemeshowResult;
  py::class_<H> test(m, "HosmerLemeshowResult", "Hosmer and Lemeshow's test of calibration.");
  add_results(test, "HosmerLemeshowResult", Field{"statistic", &H::statistic, "Chi-square."},
              Field{"degrees_of_freedom", &H::degrees_of_freedom, "Groups - 2."}, Field{"p_value", &H::p_value, "P value."},
              Field{"groups", &H::groups, "That hold samples."});
  test.def(
          "to_frame",
          [](const H& h) {
            return data_frame(py::dict("chi_square"_a = one(h.statistic), "degrees_of_freedom"_a = one(h.degrees_of_freedom),
                                       "p"_a = one(h.p_value), "groups"_a = one(h.groups)));
          },
          "One row as a pandas DataFrame.")
      .def("__repr__", [](const H& h) {
        return detail::message("HosmerLemeshowResult(statistic=", h.statistic, ", degrees_of_freedom=", h.degrees_of_freedom,
                               ", p_value=", h.p_value, ", groups=", h.groups, ")");
      });
  add_html(test);
  m.def(
      "hosmer_lemeshow_test",
      [](const py::object& labels, const py::object& probabilities, int groups) {
        return hosmer_lemeshow_test(labels_from(labels), probabilities_from(probabilities), groups);
      },
      "labels"_a, "probabilities"_a, "groups"_a = 10,
      R"(Hosmer and Lemeshow's test over quantile groups, for probabilities of a model fitted to these samples.

Parameters
----------
labels : array (samples,) of bool or int
probabilities : array (samples,)
groups : int

Returns
-------
HosmerLemeshowResult

Raises
------
DataError
    If there are fewer than three groups, or a group's probabilities are all 0 or all 1; else as calibration_curve.
)");
}

void bind_decision(py::module_& m) {
  using D = DecisionCurve;
  py::class_<D> curve(m, "DecisionCurve", "Net benefit of acting on a probability, over thresholds.");
  curve
      .def_property_readonly(
          "thresholds", [](const D& d) { return array_of(d.thresholds); }, "Probability from which one acts.")
      .def_property_readonly(
          "net_benefit", [](const D& d) { return array_of(d.net_benefit); }, "Of the model.")
      .def_property_readonly(
          "treat_all", [](const D& d) { return array_of(d.treat_all); }, "Of acting on everyone.")
      .def_readonly("prevalence", &D::prevalence, "Share of class 1, the largest net benefit there can be.")
      .def(
          "to_frame",
          [](const D& d) {
            return data_frame(py::dict("threshold"_a = d.thresholds, "net_benefit"_a = d.net_benefit,
                                       "treat_all"_a = d.treat_all,
                                       "treat_none"_a = std::vector<double>(d.thresholds.size(), 0.0)));
          },
          "One row per threshold as a pandas DataFrame.")
      .def("__repr__",
           [](const D& d) {
             return detail::message("DecisionCurve(", d.thresholds.size(), " thresholds, prevalence=", d.prevalence, ")");
           })
      .def(py::pickle([](const D& d) { return py::make_tuple(d.thresholds, d.net_benefit, d.treat_all, d.prevalence); },
                      [](const py::tuple& s) {
                        const auto values = [&](std::size_t i) { return s[i].cast<std::vector<double>>(); };
                        return D{values(0), values(1), values(2), s[3].cast<double>()};
                      }));
  add_html(curve);
  m.def(
      "decision_curve",
      [](const py::object& labels, const py::object& probabilities, const py::object& thresholds) {
        std::vector<double> values;
        if (!thresholds.is_none()) {
          values = probabilities_from(thresholds);
          require<OptionError>(!values.empty(), "there are no thresholds; expected at least one");
        }
        return decision_curve(labels_from(labels), probabilities_from(probabilities), values);
      },
      "labels"_a, "probabilities"_a, "thresholds"_a = py::none(), R"(Decision curve (Vickers and Elkin 2006).

Parameters
----------
labels : array (samples,) of bool or int
probabilities : array (samples,)
thresholds : array, optional
    Between 0 and 1; 0.01 to 0.99 when not given. A sample is positive where its probability is the threshold or more.

Returns
-------
DecisionCurve

Raises
------
OptionError
    If a threshold is not between 0 and 1.
ShapeError
    If lengths differ.
DataError
    If there is one class only, or a probability is not between 0 and 1.
)");
}

}  // namespace

void bind_evaluate_calibration(py::module_& m) {
  bind_curve(m);
  bind_scores(m);
  bind_line(m);
  bind_decision(m);
}

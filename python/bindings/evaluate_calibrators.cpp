// Calibration of probabilities: Platt, isotonic, temperature.
#include <bolus/evaluate/isotonic_calibration.hpp>
#include <bolus/evaluate/platt_calibration.hpp>
#include <bolus/evaluate/temperature_calibration.hpp>

#include "evaluate.hpp"

namespace {

using namespace evaluate_binding;

/// Binds `fit(labels, scores)` of a calibration and the call of its result.
template <class Calibration, class Fit>
void add_calibration(py::class_<Calibration>& calibration, py::class_<Fit>& fit, const char* doc, const char* call_doc) {
  calibration.def(
      "fit",
      [](const Calibration& self, const py::object& labels, const py::object& scores) {
        const auto classes = labels_from(labels);
        const auto values = scores_from(scores);
        const py::gil_scoped_release release;
        return self.fit(classes, values);
      },
      "labels"_a, "scores"_a, doc);
  fit.def(
         "__call__", [](const Fit& self, const py::object& scores) { return self(scores_from(scores)); }, "scores"_a, call_doc)
      .def("_repr_html_", &html);
}

constexpr const char* fit_doc = R"(Fit on samples that took no part in training.

Parameters
----------
labels : array (samples,) of bool or int
scores : array (samples,)
    Logits, such as `Prediction.logit` or `decision_function`; a higher one means positive.

Raises
------
ShapeError, OptionError
DataError
    For one class, scores that are not finite or all equal.
ConvergenceError
)";
constexpr const char* call_doc = "The calibrated probability (samples,) of each score.";

}  // namespace

void bind_evaluate_calibrators(py::module_& m) {
  py::class_<PlattFit> platt_fit(m, "PlattFit", "A fitted Platt calibration: 1 / (1 + exp(-(slope * score + intercept))).");
  add_results(platt_fit, "PlattFit", Field{"slope", &PlattFit::slope, "Per unit of the score."},
              Field{"intercept", &PlattFit::intercept, "Log odds at a score of 0."},
              Field{"iterations", &PlattFit::iterations, "Newton steps."},
              Field{"flags", &PlattFit::flags, "Reasons to doubt the fit."});
  platt_fit
      .def(
          "to_frame",
          [](const PlattFit& self) {
            return data_frame(py::dict("slope"_a = std::vector{self.slope}, "intercept"_a = std::vector{self.intercept}));
          },
          "Slope and intercept as a pandas DataFrame of one row.")
      .def("__repr__", [](const PlattFit& self) {
        return detail::message("PlattFit(slope=", self.slope, ", intercept=", self.intercept, ")");
      });
  py::class_<PlattCalibration> platt(m, "PlattCalibration", R"(Platt scaling: a logistic curve through the scores.

Targets are smoothed as Platt does, so the fit is finite where the classes are separated. As scikit-learn's method "sigmoid".

Parameters
----------
max_iterations : int
    Newton steps before giving up.
tolerance : float
    Stop when no parameter moves by more.
)");
  add_options(platt, "PlattCalibration", Field{"max_iterations", &PlattCalibration::max_iterations, "Newton steps at most."},
              Field{"tolerance", &PlattCalibration::tolerance, "Of the parameters."});
  add_calibration(platt, platt_fit, fit_doc, call_doc);

  py::class_<IsotonicFit> isotonic_fit(m, "IsotonicFit", "A fitted isotonic calibration: a line that never falls.");
  add_results(isotonic_fit, "IsotonicFit", Field{"scores", &IsotonicFit::scores, "Rising, of the line's points."},
              Field{"probabilities", &IsotonicFit::probabilities, "Never falling, 0 to 1."},
              Field{"flags", &IsotonicFit::flags, "Reasons to doubt the fit."});
  isotonic_fit
      .def(
          "to_frame",
          [](const IsotonicFit& self) {
            return data_frame(py::dict("score"_a = self.scores, "probability"_a = self.probabilities));
          },
          "The line's points as a pandas DataFrame.")
      .def("__repr__", [](const IsotonicFit& self) { return detail::message("IsotonicFit(", self.scores.size(), " points)"); });
  py::class_<IsotonicCalibration> isotonic(m, "IsotonicCalibration",
                                           R"(Isotonic calibration: the never-falling line nearest to the labels.

As scikit-learn's IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip"). It wants some hundred samples.
)");
  add_options(isotonic, "IsotonicCalibration");
  add_calibration(isotonic, isotonic_fit, fit_doc, call_doc);

  py::class_<TemperatureFit> temperature_fit(m, "TemperatureFit", "A fitted temperature: 1 / (1 + exp(-logit / temperature)).");
  add_results(temperature_fit, "TemperatureFit",
              Field{"temperature", &TemperatureFit::temperature, "Above 1: the model was too sure of itself."},
              Field{"log_loss_before", &TemperatureFit::log_loss_before, "Mean cross-entropy without calibration."},
              Field{"log_loss_after", &TemperatureFit::log_loss_after, "And with it."});
  temperature_fit
      .def(
          "to_frame",
          [](const TemperatureFit& self) {
            return data_frame(py::dict("temperature"_a = std::vector{self.temperature},
                                       "log_loss_before"_a = std::vector{self.log_loss_before},
                                       "log_loss_after"_a = std::vector{self.log_loss_after}));
          },
          "Temperature and losses as a pandas DataFrame of one row.")
      .def("__repr__",
           [](const TemperatureFit& self) { return detail::message("TemperatureFit(temperature=", self.temperature, ")"); });
  py::class_<TemperatureCalibration> temperature(m, "TemperatureCalibration",
                                                 R"(Temperature scaling: logits are divided by one number (Guo et al. 2017).

It moves no decision at 0.5 and changes no AUC.

Parameters
----------
tolerance : float
    Of the inverse temperature, relative.
)");
  add_options(temperature, "TemperatureCalibration", Field{"tolerance", &TemperatureCalibration::tolerance, "Relative."});
  add_calibration(temperature, temperature_fit, fit_doc, call_doc);
}

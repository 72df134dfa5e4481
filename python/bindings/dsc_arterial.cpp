// The arterial input function.
#include <bolus/dsc/arterial_input.hpp>
#include <bolus/dsc/gamma_variate.hpp>

#include "arrays.hpp"
#include "dsc.hpp"
#include "progress.hpp"

namespace {

using namespace bolus;
using Released = py::call_guard<py::gil_scoped_release>;

void bind_gamma_variate(py::module_& m) {
  py::class_<GammaVariate> arterial(m, "GammaVariate", R"(Concentration of contrast agent in arterial blood over time.

A gamma variate as first pass, a broader one as recirculation, and a tail.

Parameters
----------
arrival : float
    s.
peak : float
    Concentration at the peak of the first pass, mM.
alpha, beta : float
    Shape (no unit) and scale (s); the first pass peaks alpha * beta after the arrival.
recirculation : float
    Area of the second pass over that of the first.
recirculation_delay : float
    s.
recirculation_width : float
    beta of the second pass over that of the first.
equilibrium : float
    Height of the tail over the peak.
clearance_time : float
    Time constant of the tail, s.
)");
  add_options(arterial, "GammaVariate", Field{"arrival", &GammaVariate::arrival, "s"}, Field{"peak", &GammaVariate::peak, "mM"},
              Field{"alpha", &GammaVariate::alpha, "Shape."}, Field{"beta", &GammaVariate::beta, "Scale, s."},
              Field{"recirculation", &GammaVariate::recirculation, "Area of the second pass over the first."},
              Field{"recirculation_delay", &GammaVariate::recirculation_delay, "s"},
              Field{"recirculation_width", &GammaVariate::recirculation_width, "Over the first pass."},
              Field{"equilibrium", &GammaVariate::equilibrium, "Height of the tail over the peak."},
              Field{"clearance_time", &GammaVariate::clearance_time, "s"});
  arterial
      .def("__call__", py::overload_cast<const Eigen::VectorXd&>(&GammaVariate::operator(), py::const_), "times"_a,
           "Concentration in mM at `times` (s). Raises OptionError for impossible parameters.")
      .def("first_pass_integral", &GammaVariate::first_pass_integral, "Area of the first pass in mM s.");
}

void bind_arterial_input(py::module_& m) {
  py::class_<ArterialCurve> curve(m, "ArterialCurve",
                                  "An arterial input function as signal, with what speaks for or against it.");
  add_results(curve, "ArterialCurve", Field{"times", &ArterialCurve::times, "Seconds."},
              Field{"signal", &ArterialCurve::signal, "Mean signal of the voxels (t,)."},
              Field{"voxel_count", &ArterialCurve::voxel_count, "Voxels averaged."},
              Field{"baseline", &ArterialCurve::baseline, "BaselineWindow of the mean curve."},
              Field{"relative_drop", &ArterialCurve::relative_drop, "(S0 - Smin) / S0."},
              Field{"contrast_to_noise", &ArterialCurve::contrast_to_noise, "(S0 - Smin) / noise."},
              Field{"peak", &ArterialCurve::peak, "Sample of the smallest signal."},
              Field{"flags", &ArterialCurve::flags, "QC flags of the baseline, dsc.aif.no_drop, .saturated."});
  curve
      .def(
          "to_frame", [](const ArterialCurve& c) { return data_frame(py::dict("time"_a = c.times, "signal"_a = c.signal)); },
          "Time and signal as a pandas DataFrame.")
      .def("__repr__", [](const ArterialCurve& c) {
        return detail::message("ArterialCurve(", c.voxel_count, " voxels, drop ", c.relative_drop, " of S0, contrast to noise ",
                               c.contrast_to_noise, ", ", c.flags.size(), " flags)");
      });
  add_html(curve);
  py::class_<ArterialInput> input(m, "ArterialInput", R"(The arterial input function as the mean of the voxels of a mask.

Parameters
----------
baseline : Baseline
    How the pre-bolus window is found.
saturation : float
    Flagged when the signal falls below this fraction of S0.
threads : int
    0: all cores.
)");
  add_options(input, "ArterialInput", Field{"baseline", &ArterialInput::baseline, "How the pre-bolus window is found."},
              Field{"saturation", &ArterialInput::saturation, "Fraction of S0."},
              Field{"threads", &ArterialInput::threads, "0 means all cores."});
  input.def(
      "__call__",
      [](const ArterialInput& self, const PerfusionSeries& series, const Mask& mask, const py::object& progress) {
        const auto callback = progress_from(progress);
        const py::gil_scoped_release release;
        return self(series, mask, callback);
      },
      "series"_a, "mask"_a, "progress"_a = py::none(),
      "Mean curve of the voxels of `mask`, as an ArterialCurve. Raises GeometryError, DataError.");
}

}  // namespace

void bind_dsc_arterial(py::module_& m) {
  bind_gamma_variate(m);
  bind_arterial_input(m);
}

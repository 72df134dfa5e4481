// The perfusion module: baseline, timing and dR2* here, the rest in the files dsc_*.cpp.
#include <bolus/dsc/baseline.hpp>
#include <bolus/dsc/bolus_timing.hpp>
#include <bolus/dsc/integral.hpp>
#include <bolus/dsc/relaxation.hpp>

#include "arrays.hpp"
#include "dsc.hpp"
#include "progress.hpp"

namespace {

using namespace bolus;
using Released = py::call_guard<py::gil_scoped_release>;

void bind_baseline(py::module_& m) {
  py::class_<BaselineWindow> window(m, "BaselineWindow", "The samples before the bolus arrives, and when it arrives.");
  add_results(window, "BaselineWindow", Field{"first", &BaselineWindow::first, "First sample of the window."},
              Field{"last", &BaselineWindow::last, "One past its last sample."},
              Field{"mean", &BaselineWindow::mean, "S0, mean signal in the window (CAPLEX Q.MS1.002)."},
              Field{"standard_deviation", &BaselineWindow::standard_deviation, "Of the samples in the window (n - 1)."},
              Field{"noise", &BaselineWindow::noise, "Standard deviation of the noise used to find the drop."},
              Field{"bolus_found", &BaselineWindow::bolus_found, "Whether the signal falls by more than noise explains."},
              Field{"arrival", &BaselineWindow::arrival, "First sample of the drop; the number of samples when there is none."},
              Field{"arrival_time", &BaselineWindow::arrival_time, "Seconds (CAPLEX Q.BA1.001)."},
              Field{"flags", &BaselineWindow::flags, "QC flags dsc.baseline.no_bolus, .short, .none."});
  window
      .def(
          "to_frame",
          [](const BaselineWindow& w) {
            return data_frame(
                py::dict("first"_a = std::vector{w.first}, "last"_a = std::vector{w.last}, "mean"_a = std::vector{w.mean},
                         "standard_deviation"_a = std::vector{w.standard_deviation}, "arrival"_a = std::vector{w.arrival},
                         "arrival_time"_a = std::vector{w.arrival_time}, "flags"_a = std::vector{w.flags.size()}));
          },
          "One row as a pandas DataFrame.")
      .def("__repr__", [](const BaselineWindow& w) {
        return detail::message("BaselineWindow(first=", w.first, ", last=", w.last, ", mean=", w.mean,
                               ", arrival_time=", w.arrival_time, " s, ", w.flags.size(), " flags)");
      });
  add_html(window);

  py::class_<Baseline> step(m, "Baseline", R"(Finds the pre-bolus window of a T2*-weighted signal curve from the curve itself.

The steepest fall seeds the search, noise is estimated robustly from the samples before it, and a CUSUM finds where the fall
starts. No fixed percentage of the series is used.

Parameters
----------
skip : int
    Volumes at the start that are not in steady state and never used.
hold_back : int
    Samples before the arrival that are kept out of the window.
threshold : float
    A bolus lowers the mean of three samples by more than this many standard errors.
first, last : int, optional
    Window given by hand: first sample and one past the last; found automatically when None.
)");
  add_options(step, "Baseline", Field{"skip", &Baseline::skip, "Volumes at the start that are never used."},
              Field{"hold_back", &Baseline::hold_back, "Samples before the arrival that are kept out."},
              Field{"threshold", &Baseline::threshold, "Standard errors that a bolus lowers three samples by."},
              Field{"first", &Baseline::first, "Start of the window, or None."},
              Field{"last", &Baseline::last, "One past its end, or None."});
  step.def("__call__", &Baseline::operator(), "signal"_a, "times"_a, Released(), R"(Find the window.

Parameters
----------
signal : array (t,)
    T2*-weighted signal.
times : array (t,)
    Seconds.

Returns
-------
BaselineWindow

Raises
------
ShapeError, DataError, OptionError
    If lengths differ, a sample is not finite, there are too few samples, or a given window does not fit.
)");
}

void bind_timing(py::module_& m) {
  using B = BolusTimes;
  py::class_<B> times(m, "BolusTimes", R"(When the bolus arrives, peaks and has passed in one curve.

Samples are indices into the curve, times are seconds on its time axis. Without a bolus every index is the number of samples and
every time that of the last sample.
)");
  add_results(
      times, "BolusTimes", Field{"baseline", &B::baseline, "BaselineWindow, the samples before the bolus."},
      Field{"found", &B::found, "Whether there is a bolus."}, Field{"arrival", &B::arrival, "First sample of the drop."},
      Field{"peak", &B::peak, "Sample of the smallest signal of the first pass, where dR2* peaks."},
      Field{"first_pass_end", &B::first_pass_end, "One past the last sample of the first pass."},
      Field{"plateau_first", &B::plateau_first, "First sample of the window after the bolus."},
      Field{"plateau_last", &B::plateau_last, "One past its last; equal to plateau_first when there is none."},
      Field{"arrival_time", &B::arrival_time, "Bolus arrival time in s, finer than the samples (CAPLEX Q.BA1.001)."},
      Field{"peak_time", &B::peak_time, "s, finer than the samples."},
      Field{"first_pass_end_time", &B::first_pass_end_time, "s."},
      Field{"flags", &B::flags, "QC flags of the baseline, and dsc.timing.no_bolus, .at_start, .truncated, .no_plateau."});
  times
      .def(
          "to_frame",
          [](const B& b) {
            return data_frame(py::dict("arrival_time"_a = std::vector{b.arrival_time}, "peak_time"_a = std::vector{b.peak_time},
                                       "first_pass_end_time"_a = std::vector{b.first_pass_end_time},
                                       "plateau_first"_a = std::vector{b.plateau_first},
                                       "plateau_last"_a = std::vector{b.plateau_last}, "found"_a = std::vector<bool>{b.found},
                                       "flags"_a = std::vector{b.flags.size()}));
          },
          "One row as a pandas DataFrame.")
      .def("__repr__", [](const B& b) {
        return b.found ? detail::message("BolusTimes(arrival_time=", b.arrival_time, " s, peak_time=", b.peak_time,
                                         " s, first_pass_end_time=", b.first_pass_end_time, " s, ", b.flags.size(), " flags)")
                       : detail::message("BolusTimes(no bolus, ", b.flags.size(), " flags)");
      });
  add_html(times);

  using T = BolusTiming;
  py::class_<T> step(m, "BolusTiming", R"(Times one bolus passage in a T2*-weighted signal curve.

Parameters
----------
baseline : Baseline
    How the pre-bolus window and the arrival are found.
longest_rise : float
    s after the arrival within which the peak lies.
tail : float
    Fraction of the peak at which the gamma variate ends the first pass.
plateau_delay : float
    s from the end of the first pass to the plateau window.
plateau_duration : float
    s, the longest plateau window.
shortest_plateau : float
    s; a plateau window shorter than this is flagged.
)");
  add_options(step, "BolusTiming", Field{"baseline", &T::baseline, "How the arrival is found."},
              Field{"longest_rise", &T::longest_rise, "s after the arrival within which the peak lies."},
              Field{"tail", &T::tail, "Fraction of the peak that ends the first pass."},
              Field{"plateau_delay", &T::plateau_delay, "s from the end of the first pass to the plateau."},
              Field{"plateau_duration", &T::plateau_duration, "s, the longest plateau window."},
              Field{"shortest_plateau", &T::shortest_plateau, "s; a shorter plateau is flagged."});
  step.def("__call__", &T::operator(), "signal"_a, "times"_a, Released(), R"(Time the bolus.

Parameters
----------
signal : array (t,)
    T2*-weighted signal; for a dR2* or concentration curve its negative.
times : array (t,)
    Seconds, increasing.

Returns
-------
BolusTimes

Raises
------
ShapeError, DataError, OptionError
    If lengths differ, a sample is not finite, times do not increase, or there are too few samples.
)");
}

void bind_relaxation(py::module_& m) {
  m.def("trapezoid", &trapezoid, "times"_a, "values"_a, "first"_a = 0, "last"_a = -1,
        R"(Integral of a curve by the trapezoid rule.

Parameters
----------
times : array (t,)
    Seconds, increasing. They come first, in contrast to numpy.trapezoid.
values : array (t,)
first, last : int
    From sample `first` to one before `last`; -1: the end.

Returns
-------
float
    Unit of the values times s.

Raises
------
ShapeError
    If lengths differ or there is no such sample.
)");
  m.def("delta_r2s", &delta_r2s, "signal"_a, "baseline"_a, "echo_time"_a, R"(dR2*(t) = -ln(S(t) / S0) / TE of one curve.

Parameters
----------
signal : array (t,)
baseline : float
    S0.
echo_time : float
    TE in s.

Returns
-------
array (t,)
    1/s (CAPLEX Q.EL1.009). A signal <= 0 is taken as the smallest positive sample.
)");
  py::class_<DeltaR2s> step(m, "DeltaR2s",
                            R"(Turns signal curves into dR2* curves (CAPLEX Q.EL1.009), each with its own baseline.

Parameters
----------
echo_time : float
    TE in s; must be given.
baseline : Baseline
    How S0 is found.
non_positive : {'floor', 'error'}
    What a signal <= 0 becomes: the smallest positive sample of the curve (flagged), or an error.
)");
  add_options(step, "DeltaR2s", Field{"echo_time", &DeltaR2s::echo_time, "TE in s."},
              Field{"baseline", &DeltaR2s::baseline, "How S0 is found."},
              Field{"non_positive", &DeltaR2s::non_positive, "'floor' or 'error'."});
  step.def("__call__", &DeltaR2s::operator(), "signal"_a, Released(), R"(CurveSet of signal -> CurveSet of dR2* in 1/s.

Raises
------
DataError
    If TE is not given, S0 is not positive, or the curves are not signals.
)");
}

}  // namespace

void bind_dsc(py::module_& module) {
  auto m = module.def_submodule("dsc", "From a DSC series to perfusion quantities, curves and the model's input.");
  bind_baseline(m);  // first: options of later classes hold a Baseline or a BolusTiming as default
  bind_timing(m);
  bind_relaxation(m);
  bind_dsc_curves(m);
  bind_dsc_masks(m);
  bind_dsc_arterial(m);
  bind_dsc_leakage(m);
  bind_dsc_deconvolution(m);
  bind_dsc_maps(m);
}

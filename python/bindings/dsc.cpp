// Perfusion steps: baseline, dR2*, region curves, arterial input, blood volume, normalisation, windows.
#include <bolus/dsc/arterial_input.hpp>
#include <bolus/dsc/baseline.hpp>
#include <bolus/dsc/blood_volume.hpp>
#include <bolus/dsc/integral.hpp>
#include <bolus/dsc/normalisation.hpp>
#include <bolus/dsc/region_curves.hpp>
#include <bolus/dsc/relaxation.hpp>
#include <bolus/dsc/sliding_windows.hpp>

#include "arrays.hpp"
#include "option_class.hpp"
#include "progress.hpp"

BOLUS_STRING_ENUM(bolus::NonPositiveSignal, "non_positive", "typing.Literal['floor', 'error']", std::string_view("floor"),
                  std::string_view("error"))
BOLUS_STRING_ENUM(bolus::EmptyRegion, "empty", "typing.Literal['whole_tumour', 'zeros', 'error']",
                  std::string_view("whole_tumour"), std::string_view("zeros"), std::string_view("error"))
BOLUS_STRING_ENUM(bolus::IntegrationRange, "range", "typing.Literal['full', 'first_pass']", std::string_view("full"),
                  std::string_view("first_pass"))
BOLUS_STRING_ENUM(bolus::Region, "region", "typing.Literal['ET', 'NET', 'ED', 'WT']", std::string_view("ET"),
                  std::string_view("NET"), std::string_view("ED"), std::string_view("WT"))

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

void bind_relaxation(py::module_& m) {
  m.def("trapezoid", &trapezoid, "times"_a, "values"_a, "first"_a = 0, "last"_a = -1,
        "Integral of values over times (s) by the trapezoid rule, from sample `first` to `last` (exclusive; -1: the end).");
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

void bind_regions(py::module_& m) {
  py::class_<RegionCurves> curves(m, "RegionCurves",
                                  R"(Mean signal of each tumour region over time, and of arterial voxels as 'AIF'.

Parameters
----------
regions : sequence of {'ET', 'NET', 'ED', 'WT'}
    Channels, in this order.
empty : {'whole_tumour', 'zeros', 'error'}
    What stands for a region without voxels; flagged dsc.region.empty.
threads : int
    0: all cores. The result is the same for any number.
)");
  add_options(curves, "RegionCurves", Field{"regions", &RegionCurves::regions, "Channels, in this order."},
              Field{"empty", &RegionCurves::empty, "What stands for a region without voxels."},
              Field{"threads", &RegionCurves::threads, "0 means all cores."});
  curves.def(
      "__call__",
      [](const RegionCurves& self, const PerfusionSeries& series, const LabelMap& labels, const Mask* arterial,
         const py::object& progress) {
        const auto callback = progress_from(progress);
        const py::gil_scoped_release release;
        return self.compute(series, labels, arterial, callback);
      },
      "series"_a, "labels"_a, "arterial"_a = py::none(), "progress"_a = py::none(), R"(Read the curves.

Parameters
----------
series : PerfusionSeries
labels : LabelMap
    On the grid of the series.
arterial : Mask, optional
    Arterial voxels, on the grid of the series.
progress : callable, optional
    Called with (stage, done, total); returning False stops.

Returns
-------
CurveSet
    With the number of voxels behind each curve, and flags.

Raises
------
GeometryError
    If the grids differ.
DataError
    If there is no tumour or no arterial voxel.
)");

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

void bind_blood_volume(py::module_& m) {
  py::class_<BloodVolumes> volumes(m, "BloodVolumes", "Blood volume of each curve.");
  add_results(volumes, "BloodVolumes", Field{"names", &BloodVolumes::names, "One per curve."},
              Field{"values", &BloodVolumes::values, "Integral of dR2*, or mL/100 mL when divided by an arterial integral."},
              Field{"flags", &BloodVolumes::flags, "QC flags."});
  volumes
      .def(
          "to_frame",
          [](const BloodVolumes& v) { return data_frame(py::dict("curve"_a = v.names, "blood_volume"_a = v.values)); },
          "Curves and volumes as a pandas DataFrame.")
      .def("__repr__", [](const BloodVolumes& v) {
        std::string text;
        for (std::size_t i = 0; i < v.names.size(); ++i) {
          text += detail::message(i ? ", " : "", v.names[i], "=", v.values[static_cast<Eigen::Index>(i)]);
        }
        return "BloodVolumes(" + text + ")";
      });
  add_html(volumes);
  py::class_<BloodVolumeMap> map(m, "BloodVolumeMap", "Blood volume of each voxel.");
  add_results(map, "BloodVolumeMap",
              Field{"invalid_count", &BloodVolumeMap::invalid_count, "Voxels with NaN or S0 <= 0; 0 in the map."},
              Field{"floored_count", &BloodVolumeMap::floored_count, "Voxels with samples <= 0 that were replaced."},
              Field{"reference_mean", &BloodVolumeMap::reference_mean, "Mean of the reference voxels; 0 without a reference."},
              Field{"baseline", &BloodVolumeMap::baseline, "BaselineWindow of the mean curve, used for every voxel."},
              Field{"image", &BloodVolumeMap::image, "Image on the grid of the series."},
              Field{"flags", &BloodVolumeMap::flags, "QC flags."});
  map.def("__repr__", [](const BloodVolumeMap& self) {
    const auto& size = self.image.geometry().size;
    return detail::message("BloodVolumeMap(", size[0], " x ", size[1], " x ", size[2], ", ", self.invalid_count, " invalid, ",
                           self.flags.size(), " flags)");
  });

  py::class_<RelativeBloodVolume> step(m, "RelativeBloodVolume", R"(Relative blood volume (rCBV) without leakage correction.

The integral of dR2* by the trapezoid rule. Where contrast agent leaks it is wrong in either direction.

Parameters
----------
echo_time : float, optional
    TE in s; for a series that of its protocol when not given.
baseline : Baseline
    How S0 and the arrival are found.
range : {'full', 'first_pass'}
    Samples that are integrated.
arterial_channel : str
    When not empty, curves are divided by this one's integral, times 100 (mL/100 mL).
threads : int
    0: all cores.
)");
  add_options(step, "RelativeBloodVolume", Field{"echo_time", &RelativeBloodVolume::echo_time, "TE in s, or None."},
              Field{"baseline", &RelativeBloodVolume::baseline, "How S0 and the arrival are found."},
              Field{"range", &RelativeBloodVolume::range, "'full' or 'first_pass'."},
              Field{"arterial_channel", &RelativeBloodVolume::arterial_channel, "Curve to divide by, or ''."},
              Field{"threads", &RelativeBloodVolume::threads, "0 means all cores."});
  step.def("__call__", py::overload_cast<const CurveSet&>(&RelativeBloodVolume::operator(), py::const_), "curves"_a, Released(),
           "Blood volume of each curve (signals, or dR2* or concentrations as they are), as BloodVolumes. Raises DataError.")
      .def(
          "__call__",
          [](const RelativeBloodVolume& self, const PerfusionSeries& series, const Mask& mask, const Mask* reference,
             const py::object& progress) {
            const auto callback = progress_from(progress);
            const py::gil_scoped_release release;
            return self.map(series, mask, reference, callback);
          },
          "series"_a, "mask"_a, "reference"_a = py::none(), "progress"_a = py::none(),
          R"(Blood volume of each voxel of `mask`, divided by the mean of `reference` (nrCBV) where given.

Returns
-------
BloodVolumeMap

Raises
------
GeometryError, DataError
    If grids differ, a mask is empty, or TE is not known.
)");
}

void bind_windows(py::module_& m) {
  py::class_<ZNormalisation> normalise(m, "ZNormalisation",
                                       "z-normalisation of each curve by its own mean and standard deviation (n). A constant "
                                       "curve becomes zeros and is flagged dsc.normalisation.constant.");
  add_options(normalise, "ZNormalisation");
  normalise.def("__call__", &ZNormalisation::operator(), "curves"_a, Released(), "CurveSet -> normalised CurveSet.");

  py::class_<SlidingWindows> windows(m, "SlidingWindows",
                                     R"(Cuts a patient's curves into overlapping windows, the samples of the model.

Parameters
----------
count : int
    Windows per patient: always exactly this many.
length : int
    Samples per window. 0: three quarters of the series, or what leaves `count` different starts.
)");
  add_options(windows, "SlidingWindows", Field{"count", &SlidingWindows::count, "Windows per patient."},
              Field{"length", &SlidingWindows::length, "Samples per window; 0: automatic."});
  windows
      .def("__call__", &SlidingWindows::operator(), "curves"_a, "patient"_a = "", "label"_a = py::none(), Released(),
           R"(Cut the curves.

Parameters
----------
curves : CurveSet
    On an even time axis (1 %).
patient : str
    Written to every window.
label : {0, 1}, optional
    1 = mutant, 0 = wildtype.

Returns
-------
Dataset
    (count, channels, length)

Raises
------
DataError, OptionError
    If the series is too short for `count` different windows, or its time axis is not even.
)")
      .def("length_for", &SlidingWindows::length_for, "samples"_a, "Samples per window for a series of `samples`.")
      .def("starts_for", &SlidingWindows::starts_for, "samples"_a, "First sample of each window.");
  m.def("join_datasets", &join_datasets, "parts"_a, Released(), R"(All samples of several datasets in one, in their order.

Raises
------
ShapeError, DataError
    If channels, steps or time steps differ, or only some have labels, patients or start times.
)");
}

}  // namespace

void bind_dsc(py::module_& module) {
  auto m = module.def_submodule("dsc", "From a DSC series to curves, blood volume and the model's input.");
  bind_baseline(m);
  bind_relaxation(m);
  bind_regions(m);
  bind_blood_volume(m);
  bind_windows(m);
}

// Curves of regions, their time axis, outliers, normalisation and segments, and windows of them.
#include <bolus/dsc/bolus_alignment.hpp>
#include <bolus/dsc/bolus_segments.hpp>
#include <bolus/dsc/normalisation.hpp>
#include <bolus/dsc/protocol_check.hpp>
#include <bolus/dsc/region_curves.hpp>
#include <bolus/dsc/sliding_windows.hpp>
#include <bolus/dsc/steady_state.hpp>
#include <bolus/dsc/volume_outliers.hpp>
#include <bolus/dsc/window_mapping.hpp>

#include "arrays.hpp"
#include "dsc.hpp"
#include "progress.hpp"

BOLUS_STRING_ENUM(bolus::RegionAverage, "average", "typing.Literal['mean', 'robust_mean']", std::string_view("mean"),
                  std::string_view("robust_mean"))
BOLUS_STRING_ENUM(bolus::NormalisationWindow, "window", "typing.Literal['curve', 'baseline']", std::string_view("curve"),
                  std::string_view("baseline"))
BOLUS_STRING_ENUM(bolus::TimeInterpolation, "interpolation", "typing.Literal['linear', 'monotone']", std::string_view("linear"),
                  std::string_view("monotone"))
BOLUS_STRING_ENUM(bolus::OutsideSeries, "outside", "typing.Literal['error', 'hold_edge']", std::string_view("error"),
                  std::string_view("hold_edge"))
BOLUS_STRING_ENUM(bolus::BolusSegment, "segment", "typing.Literal['baseline', 'downslope', 'upslope', 'plateau']",
                  std::string_view("baseline"), std::string_view("downslope"), std::string_view("upslope"),
                  std::string_view("plateau"))

namespace {

using namespace bolus;
using Released = py::call_guard<py::gil_scoped_release>;

/// The same series over the same memory, for a Python object of its own.
PerfusionSeries viewed(const PerfusionSeries& series) {
  return PerfusionSeries::wrap(series.geometry(), series.times(), series.protocol(), series.shared_data().get(),
                               series.shared_data());
}

void bind_regions(py::module_& m) {
  py::class_<RegionCurves> curves(m, "RegionCurves",
                                  R"(Signal of each tumour region over time, and of arterial voxels as 'AIF'.

Parameters
----------
regions : sequence of {'ET', 'NET', 'ED', 'WT'}
    Channels, in this order.
empty : {'whole_tumour', 'not_a_number', 'error'}
    What stands for a region without voxels; flagged dsc.region.empty. A curve that is not a number is missing: steps that need
    its values raise DataError.
average : {'mean', 'robust_mean'}
    Over the voxels of a region: the arithmetic mean, or Huber's M-estimate in each volume.
threads : int
    0: all cores. The result is the same for any number.
)");
  add_options(curves, "RegionCurves", Field{"regions", &RegionCurves::regions, "Channels, in this order."},
              Field{"empty", &RegionCurves::empty, "What stands for a region without voxels."},
              Field{"average", &RegionCurves::average, "Over the voxels of a region."},
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
}

void bind_steady_state(py::module_& m) {
  py::class_<SteadyCurves> curves(m, "SteadyCurves", "Curves without the volumes before the steady state.");
  add_results(curves, "SteadyCurves", Field{"curves", &SteadyCurves::curves, "The rest, at the times they had."},
              Field{"dropped", &SteadyCurves::dropped, "Volumes taken off the start."},
              Field{"flags", &SteadyCurves::flags, "QC flags dsc.steady_state.dropped, .no_baseline, .long."});
  curves
      .def(
          "to_frame", [](const py::object& self) { return self.attr("curves").attr("to_frame")(); },
          "Time and curves as a pandas DataFrame.")
      .def("__repr__", [](const SteadyCurves& s) {
        return detail::message("SteadyCurves(", s.dropped, " volumes dropped, ", s.curves.times.size(), " left, ",
                               s.flags.size(), " flags)");
      });
  add_html(curves);

  py::class_<SteadySeries>(m, "SteadySeries", "A series without the volumes before the steady state.")
      .def_property_readonly(
          "series", [](const SteadySeries& s) { return std::make_shared<PerfusionSeries>(viewed(s.series)); },
          "The rest, at the times they had; a view that shares memory with the series given.")
      .def_readonly("dropped", &SteadySeries::dropped, "Volumes taken off the start.")
      .def_readonly("flags", &SteadySeries::flags, "QC flags dsc.steady_state.dropped, .no_baseline, .long.")
      .def(
          "to_frame",
          [](const SteadySeries& s) {
            return data_frame(py::dict("dropped"_a = std::vector{s.dropped}, "volumes"_a = std::vector{s.series.frames()}));
          },
          "One row as a pandas DataFrame.")
      .def("_repr_html_", [](const py::object& self) { return self.attr("to_frame")().attr("to_html")(); })
      .def(py::pickle(
          [](const py::object& self) {
            return py::make_tuple(py::object(self.attr("series")), py::object(self.attr("dropped")),
                                  py::object(self.attr("flags")));
          },
          [](const py::tuple& t) {
            return SteadySeries{viewed(t[0].cast<const PerfusionSeries&>()), t[1].cast<Eigen::Index>(), t[2].cast<QcFlags>()};
          }))
      .def("__repr__", [](const SteadySeries& s) {
        return detail::message("SteadySeries(", s.dropped, " volumes dropped, ", s.series.frames(), " left, ", s.flags.size(),
                               " flags)");
      });

  using S = SteadyState;
  py::class_<S> step(m, "SteadyState", R"(Drops the volumes at the start that are not in steady state.

The run of samples from the first one on that lie further from the level of the later baseline than noise explains.

Parameters
----------
volumes : int, optional
    Dropped; found automatically when None.
longest : int
    Volumes looked at; the level is that of the baseline after them.
threshold : float
    Standard deviations of the noise that a volume may lie from the level.
smallest : float
    Departure from the level that is let pass at any noise, fraction of it.
)");
  add_options(step, "SteadyState", Field{"volumes", &S::volumes, "Dropped; None: automatic."},
              Field{"longest", &S::longest, "Volumes looked at."},
              Field{"threshold", &S::threshold, "Standard deviations of the noise."},
              Field{"smallest", &S::smallest, "Fraction of the level that is let pass."});
  step.def("__call__", py::overload_cast<const CurveSet&>(&S::operator(), py::const_), "curves"_a, Released(),
           R"(CurveSet -> SteadyCurves, or PerfusionSeries -> SteadySeries.

Raises
------
ShapeError, DataError, OptionError
    If the curves are not valid, or nothing would be left.
)")
      .def(
          "__call__",
          [](const S& self, const PerfusionSeries& series, int threads, const py::object& progress) {
            const auto callback = progress_from(progress);
            const py::gil_scoped_release release;
            return self(series, threads, callback);
          },
          "series"_a, "threads"_a = 0, "progress"_a = py::none());
}

void bind_outliers(py::module_& m) {
  py::class_<RepairedCurves> curves(m, "RepairedCurves", "Curves whose outlying volumes were replaced.");
  add_results(curves, "RepairedCurves", Field{"curves", &RepairedCurves::curves, "With straight lines over the outliers."},
              Field{"outliers", &RepairedCurves::outliers, "Samples that were replaced."},
              Field{"flags", &RepairedCurves::flags, "QC flags dsc.volume.outlier, .many."});
  curves
      .def(
          "to_frame", [](const py::object& self) { return self.attr("curves").attr("to_frame")(); },
          "Time and curves as a pandas DataFrame.")
      .def("__repr__", [](const RepairedCurves& r) {
        return detail::message("RepairedCurves(", r.outliers.size(), " of ", r.curves.times.size(), " samples replaced)");
      });
  add_html(curves);
  py::class_<RepairedSeries>(m, "RepairedSeries", "A series whose outlying volumes were replaced.")
      .def_property_readonly(
          "series", [](const RepairedSeries& r) { return std::make_shared<PerfusionSeries>(viewed(r.series)); },
          "A repaired copy; without outliers a view that shares memory with the series given.")
      .def_readonly("outliers", &RepairedSeries::outliers, "Volumes that were replaced.")
      .def_readonly("flags", &RepairedSeries::flags, "QC flags dsc.volume.outlier, .many.")
      .def(
          "to_frame",
          [](const RepairedSeries& r) {
            std::vector<double> times;
            for (const auto t : r.outliers) times.push_back(r.series.times()[t]);
            return data_frame(py::dict("volume"_a = r.outliers, "time"_a = times));
          },
          "One row per replaced volume as a pandas DataFrame.")
      .def("_repr_html_", [](const py::object& self) { return self.attr("to_frame")().attr("to_html")(); })
      .def(py::pickle(
          [](const py::object& self) {
            return py::make_tuple(py::object(self.attr("series")), py::object(self.attr("outliers")),
                                  py::object(self.attr("flags")));
          },
          [](const py::tuple& t) {
            return RepairedSeries{viewed(t[0].cast<const PerfusionSeries&>()), t[1].cast<std::vector<Eigen::Index>>(),
                                  t[2].cast<QcFlags>()};
          }))
      .def("__repr__", [](const RepairedSeries& r) {
        return detail::message("RepairedSeries(", r.outliers.size(), " of ", r.series.frames(), " volumes replaced)");
      });

  using V = VolumeOutliers;
  py::class_<V> step(m, "VolumeOutliers", R"(Finds spikes and dropped volumes and bridges them in time.

A sample is an outlier when it lies beyond both its neighbours by more than the noise and by several times the range of the samples
around it. The passage of a bolus never does. The first sample is left to `SteadyState`.

Parameters
----------
threshold : float
    Standard deviations of the noise.
isolation : float
    Times the range of the neighbours.
smallest : float
    Departure that is let pass at any noise, fraction of the median signal.
share : float
    Of the curves of a set that must show it.
many : float
    Flagged when more than this share of the volumes are outliers.
threads : int
    0: all cores. The result is the same for any number.
)");
  add_options(step, "VolumeOutliers", Field{"threshold", &V::threshold, "Standard deviations of the noise."},
              Field{"isolation", &V::isolation, "Times the range of the neighbours."},
              Field{"smallest", &V::smallest, "Fraction of the median signal that is let pass."},
              Field{"share", &V::share, "Of the curves that must show it."},
              Field{"many", &V::many, "Share of the volumes that is flagged."},
              Field{"threads", &V::threads, "0 means all cores."});
  step.def("__call__", py::overload_cast<const CurveSet&>(&V::operator(), py::const_), "curves"_a, Released(),
           R"(CurveSet of signals -> RepairedCurves, or PerfusionSeries -> RepairedSeries.

A series is judged by the mean curves of three thirds of its voxels, by how much their signal changes; `mask` says which voxels
(None: those brighter than the background).

Raises
------
GeometryError, ShapeError, DataError, OptionError
    If the mask lies on another grid, the curves are not valid signals, or no voxel is finite and positive.
)")
      .def(
          "__call__",
          [](const V& self, const PerfusionSeries& series, const Mask* mask, const py::object& progress) {
            const auto callback = progress_from(progress);
            const py::gil_scoped_release release;
            return self(series, mask, callback);
          },
          "series"_a, "mask"_a = py::none(), "progress"_a = py::none());
}

void bind_time_axis(py::module_& m) {
  using R = Resampling;
  py::class_<R> resampling(m, "Resampling", R"(Brings curves to an even time axis.

Where the new step is longer than the old one, the mean of the interpolated curve over each new step is taken (anti-aliasing).

Parameters
----------
time_step : float
    s between the new samples.
interpolation : {'linear', 'monotone'}
    Between the old ones; 'monotone' cubics never overshoot (Fritsch and Butland 1984).
anti_alias : bool
    Average over each new step where it is longer than the old one.
outside : {'error', 'hold_edge'}
    Times that the series does not cover; a held edge is flagged dsc.resampling.extrapolated.
)");
  add_options(resampling, "Resampling", Field{"time_step", &R::time_step, "s between the new samples."},
              Field{"interpolation", &R::interpolation, "Between the old samples."},
              Field{"anti_alias", &R::anti_alias, "Average where the new step is longer."},
              Field{"outside", &R::outside, "Times that the series does not cover."});
  resampling
      .def("__call__", &R::operator(), "curves"_a, Released(), R"(From the first sample on as long as the series lasts.

Returns
-------
CurveSet
    Flags dsc.resampling.uneven, .finer, .extrapolated.

Raises
------
ShapeError, DataError, OptionError
)")
      .def("at", &R::at, "curves"_a, "times"_a, Released(), "At the given times (s, increasing).");

  using A = AlignedCurves;
  py::class_<A> aligned(m, "AlignedCurves", "Curves on a time axis that counts from the arrival of the bolus.");
  add_results(aligned, "AlignedCurves", Field{"curves", &A::curves, "Times in s from the arrival."},
              Field{"timing", &A::timing, "BolusTimes of the curve that was timed, on the time axis of the series."},
              Field{"arrival_time", &A::arrival_time, "s on the time axis of the series."});
  aligned
      .def(
          "to_frame", [](const py::object& self) { return self.attr("curves").attr("to_frame")(); },
          "Time and curves as a pandas DataFrame.")
      .def("__repr__", [](const A& a) {
        return detail::message("AlignedCurves(", a.curves.times.size(), " samples, arrival at ", a.arrival_time, " s, ",
                               a.curves.flags.size(), " flags)");
      });
  add_html(aligned);
  using B = BolusAlignment;
  py::class_<B> alignment(m, "BolusAlignment",
                          R"(Brings a patient's curves to a common time axis around the arrival of the bolus.

Patients of different protocols then have the same steps, and `join_datasets` accepts them together.

Parameters
----------
before, after : float
    s before and after the arrival.
resampling : Resampling
    Time step, interpolation, and what stands where the series does not reach.
timing : BolusTiming
    How the arrival is found.
channel : str
    Curve that is timed; when empty AIF, else WT, else the mean of all.
)");
  add_options(alignment, "BolusAlignment", Field{"before", &B::before, "s before the arrival."},
              Field{"after", &B::after, "s after the arrival."}, Field{"resampling", &B::resampling, "Time step and edges."},
              Field{"timing", &B::timing, "How the arrival is found."}, Field{"channel", &B::channel, "Curve that is timed."});
  alignment.def("__call__", &B::operator(), "curves"_a, Released(), R"(Align signal curves.

Returns
-------
AlignedCurves

Raises
------
DataError
    Without a bolus, for curves that are not signals, and for a series that does not cover the window.
ShapeError, OptionError
)");

  using P = ProtocolCheck;
  py::class_<P> check(m, "ProtocolCheck", R"(Looks whether a protocol is known, plausible, and in keeping with the time stamps.

Parameters
----------
step_tolerance : float
    Relative difference of TR and the median time step that is let pass.
longest_step : float
    s; a longer TR samples the first pass too coarsely.
shortest_series : float
    s; a shorter series may end before the tail.
)");
  add_options(check, "ProtocolCheck", Field{"step_tolerance", &P::step_tolerance, "Of TR and the median time step."},
              Field{"longest_step", &P::longest_step, "s"}, Field{"shortest_series", &P::shortest_series, "s"});
  check.def("__call__", &P::operator(), "series"_a, Released(), R"(PerfusionSeries -> list of QcFlag.

dsc.protocol.<what>_missing and <what>_implausible for echo_time, repetition_time, flip_angle, field_strength; .step_mismatch,
.uneven, .gap, .slow, .short.
)");
}

void bind_segments(py::module_& m) {
  using S = SegmentedSeries;
  py::class_<S> segments(m, "SegmentedSeries", "A series cut into baseline, downslope, upslope and plateau.");
  add_results(segments, "SegmentedSeries", Field{"times", &S::times, "s (t,)."},
              Field{"edges", &S::edges, "Segment k holds the samples edges[k] to edges[k + 1] - 1."},
              Field{"timing", &S::timing, "BolusTimes they come from."},
              Field{"flags", &S::flags, "QC flags of the timing, and dsc.segments.missing."});
  segments.def("first", &S::first, "segment"_a, "First sample of a segment.")
      .def("last", &S::last, "segment"_a, "One past its last sample.")
      .def("missing", &S::missing, "segment"_a, "Whether it has no sample.")
      .def("at", &S::at, "sample"_a, "The segment of a sample.")
      .def("at_time", &S::at_time, "time"_a, "The segment at a time in s.")
      .def(
          "to_frame",
          [](const S& s) {
            std::vector<std::string> names;
            std::vector<Eigen::Index> first, last;
            std::vector<std::optional<double>> from, to;
            for (const auto segment : all_bolus_segments) {
              names.emplace_back(bolus_segment_name(segment));
              first.push_back(s.first(segment));
              last.push_back(s.last(segment));
              from.push_back(s.missing(segment) ? std::nullopt : std::optional(s.times[s.first(segment)]));
              to.push_back(s.missing(segment) ? std::nullopt : std::optional(s.times[s.last(segment) - 1]));
            }
            return data_frame(
                py::dict("segment"_a = names, "first"_a = first, "last"_a = last, "start_time"_a = from, "end_time"_a = to));
          },
          "One row per segment as a pandas DataFrame.")
      .def("__repr__", [](const S& s) {
        return detail::message("SegmentedSeries(baseline ", s.edges[0], ":", s.edges[1], ", downslope ", s.edges[1], ":",
                               s.edges[2], ", upslope ", s.edges[2], ":", s.edges[3], ", plateau ", s.edges[3], ":", s.edges[4],
                               ", ", s.flags.size(), " flags)");
      });
  add_html(segments);

  using B = BolusSegments;
  py::class_<B> step(m, "BolusSegments", R"(Cuts a series by the timing of one curve into four segments.

Baseline up to the arrival, downslope to the lowest signal, upslope to the end of the first pass, plateau to the end of the series
(Choi et al. 2019 number them from 1 to 4).

Parameters
----------
timing : BolusTiming
    How the curve is timed.
channel : str
    Curve of a set that is timed.
)");
  add_options(step, "BolusSegments", Field{"timing", &B::timing, "How the curve is timed."},
              Field{"channel", &B::channel, "Curve of a set that is timed."});
  step.def("__call__", py::overload_cast<const CurveSet&>(&B::operator(), py::const_), "curves"_a, Released(),
           R"(CurveSet, or signal and times of one curve -> SegmentedSeries.

Raises
------
ShapeError, DataError, OptionError
    If there is no such curve, it is missing, or it is dR2*.
)")
      .def("__call__", py::overload_cast<const Eigen::VectorXd&, const Eigen::VectorXd&>(&B::operator(), py::const_),
           "signal"_a, "times"_a, Released());
}

void bind_mapping(py::module_& m) {
  using W = WindowMapping;
  py::class_<W> mapping(m, "WindowMapping", "Where the steps of one patient's windows lie in the series they were cut from.");
  add_results(mapping, "WindowMapping", Field{"times", &W::times, "s (t,), of every step that the windows span."},
              Field{"starts", &W::starts, "Of each window, as a step of that grid."},
              Field{"length", &W::length, "Steps of a window."},
              Field{"coverage", &W::coverage, "Windows over each step (t,); 0 in a gap."});
  mapping.def("window_times", &W::window_times, "window"_a, "Seconds of a window's steps.")
      .def("average", &W::average, "values"_a, Released(),
           "Values of each window's steps (windows, steps), averaged where windows overlap: (t,).")
      .def("segment_shares", &W::segment_shares, "course"_a, "segments"_a, Released(),
           R"(Share of baseline, downslope, upslope and plateau in a course of non-negative values.

Parameters
----------
course : array (t,)
    At `times`, such as averaged attention.
segments : SegmentedSeries

Returns
-------
array (4,)
    They add up to 1, or are all 0 when the course is.
)")
      .def(
          "to_frame", [](const W& w) { return data_frame(py::dict("time"_a = w.times, "coverage"_a = w.coverage)); },
          "Time and coverage as a pandas DataFrame.")
      .def("__repr__", [](const W& w) {
        return detail::message("WindowMapping(", w.starts.size(), " windows of ", w.length, " steps over ", w.times.size(),
                               " steps)");
      });
  add_html(mapping);
  m.def("map_windows", &map_windows, "windows"_a, Released(), R"(Map the windows of one patient back to their series.

Parameters
----------
windows : Dataset

Returns
-------
WindowMapping

Raises
------
DataError
    If they lack start times or a time step, belong to several patients, or do not start on one time grid.
)");
}

void bind_windows(py::module_& m) {
  using Z = ZNormalisation;
  py::class_<Z> normalise(m, "ZNormalisation", R"(z-normalisation of each curve by its own mean and standard deviation.

Parameters
----------
window : {'curve', 'baseline'}
    Samples that give them: all (with n), as Choi et al. 2019, or those before the bolus (with n - 1), which keeps the depth of the
    drop in units of the noise.
baseline : Baseline
    How the baseline of a signal curve is found.
)");
  add_options(normalise, "ZNormalisation", Field{"window", &Z::window, "Samples that give mean and standard deviation."},
              Field{"baseline", &Z::baseline, "How the baseline is found."});
  normalise.def("__call__", &Z::operator(), "curves"_a, Released(), R"(CurveSet -> normalised CurveSet.

A constant curve becomes zeros and is flagged dsc.normalisation.constant; a missing one stays missing.

Raises
------
ShapeError, DataError
    If the curves are not valid, or a baseline has no noise to normalise by.
)");

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

void bind_dsc_curves(py::module_& m) {
  bind_regions(m);
  bind_steady_state(m);
  bind_outliers(m);
  bind_time_axis(m);
  bind_segments(m);
  bind_windows(m);
  bind_mapping(m);
}

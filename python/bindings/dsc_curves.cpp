// Curves of regions, their normalisation, and windows of them.
#include <bolus/dsc/normalisation.hpp>
#include <bolus/dsc/region_curves.hpp>
#include <bolus/dsc/sliding_windows.hpp>

#include "arrays.hpp"
#include "dsc.hpp"
#include "progress.hpp"

namespace {

using namespace bolus;
using Released = py::call_guard<py::gil_scoped_release>;

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

void bind_dsc_curves(py::module_& m) {
  bind_regions(m);
  bind_windows(m);
}

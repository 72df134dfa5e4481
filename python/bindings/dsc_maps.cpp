// Perfusion quantities of curves and of every voxel.
#include <bolus/dsc/blood_volume.hpp>

#include "arrays.hpp"
#include "dsc.hpp"
#include "progress.hpp"

namespace {

using namespace bolus;
using Released = py::call_guard<py::gil_scoped_release>;

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

}  // namespace

void bind_dsc_maps(py::module_& m) { bind_blood_volume(m); }

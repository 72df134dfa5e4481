// Motion of a DSC series.

#include "arrays.hpp"
#include "option_class.hpp"
#include "preprocess.hpp"
#include "progress.hpp"

using namespace bolus;

namespace {

using Result = std::shared_ptr<MotionResult>;

}  // namespace

void bind_preprocess_motion(py::module_& m) {
  py::class_<MotionResult, Result>(m, "MotionResult", "The motion of a series, and the series without it.")
      .def_property_readonly(
          "corrected", [](const Result& self) { return std::shared_ptr<PerfusionSeries>(self, &self->corrected); },
          "bolus.PerfusionSeries; shares its memory with the series given when nothing was resampled.")
      .def_readonly("resampled", &MotionResult::resampled, "Whether `corrected` differs from the series given.")
      .def_property_readonly(
          "reference", [](const Result& self) { return std::shared_ptr<Image<float>>(self, &self->reference); },
          "Mean of the volumes before the bolus, each in its place.")
      .def_property_readonly(
          "covered", [](const Result& self) { return std::shared_ptr<Mask>(self, &self->covered); },
          "Voxels that lie within every volume; others hold a border's value in some.")
      .def_readonly("transforms", &MotionResult::transforms,
                    "Per volume: points of the reference to points of the volume, LPS mm.")
      .def_readonly("parameters", &MotionResult::parameters,
                    "(frames, 6): translation of the middle of the brain along L, P, S, mm; rotation about them, degrees.")
      .def_readonly("framewise_displacement", &MotionResult::framewise_displacement,
                    "mm against the volume before, 0 for the first (Power et al. 2012, 50 mm).")
      .def_readonly("displacement", &MotionResult::displacement, "Mean over the brain, mm, against the reference.")
      .def_readonly("largest_motion", &MotionResult::largest_motion,
                    "Of any voxel of the brain in any volume, voxels along an axis.")
      .def_readonly("reference_first", &MotionResult::reference_first, "First volume of the reference.")
      .def_readonly("reference_last", &MotionResult::reference_last, "One past its last.")
      .def_readonly("bolus_first", &MotionResult::bolus_first, "First volume of the bolus's first pass.")
      .def_readonly("bolus_last", &MotionResult::bolus_last, "One past its last; equal to the first without a bolus.")
      .def_readonly("moved", &MotionResult::moved, "Volumes whose framewise displacement exceeds the threshold.")
      .def_readonly("flags", &MotionResult::flags, "Reasons to doubt.")
      .def(
          "to_frame",
          [](const MotionResult& self) {
            const auto frames = self.parameters.rows();
            py::dict columns("volume"_a = py::module_::import("numpy").attr("arange")(frames),
                             "time"_a = self.corrected.times());
            constexpr std::array names{"x", "y", "z", "rotation_x", "rotation_y", "rotation_z"};
            for (std::size_t i = 0; i < names.size(); ++i) {
              columns[names[i]] = Eigen::VectorXd(self.parameters.col(static_cast<Eigen::Index>(i)));
            }
            columns["framewise_displacement"] = self.framewise_displacement;
            columns["displacement"] = self.displacement;
            std::vector<bool> moved(static_cast<std::size_t>(frames), false), bolus = moved;
            for (const auto t : self.moved) moved[static_cast<std::size_t>(t)] = true;
            for (auto t = self.bolus_first; t < self.bolus_last; ++t) bolus[static_cast<std::size_t>(t)] = true;
            columns["moved"] = moved;
            columns["during_bolus"] = bolus;
            return data_frame(columns);
          },
          "One row per volume as a pandas DataFrame: mm and degrees.")
      .def("_repr_html_", [](const py::object& self) { return self.attr("to_frame")().attr("to_html")("max_rows"_a = 12); })
      .def("__repr__", [](const MotionResult& self) {
        return detail::message("MotionResult(", self.transforms.size(), " volumes, up to ", self.displacement.maxCoeff(),
                               " mm from the reference, ", self.moved.size(), " moved, ",
                               self.resampled ? "resampled" : "not resampled", ", ", self.flags.size(), " flags)");
      });

  auto correction = py::class_<MotionCorrection>(m, "MotionCorrection", R"(Realigns the volumes of a DSC series.

Six parameters each, against the mean of the volumes before the bolus. The metric survives the bolus: within each small block of
the brain the signal may be any smooth function of the reference (a parabola is fitted, voxels that fit badly count less). What
the bolus still imitates is told from motion by looking whether the series, darkened as it darkens at rest, wants to move at all.
Each volume starts where its neighbour ended. The same bits on any number of threads.

Parameters
----------
resampling : {'when_needed', 'always', 'never'}
    'when_needed': all volumes once some voxel of the brain has moved by `smallest_motion`, else none.
smallest_motion : float
    Voxels along an axis.
interpolation : {'linear', 'bspline', 'windowed_sinc', 'nearest'}
    Of the realigned volumes.
displacement_threshold : float
    mm of framewise displacement above which a volume counts as moved.
largest_displacement : float
    mm, mean over the brain; flagged above it.
block : float
    mm, edge of the blocks of the metric.
sigmas : sequence of float
    mm of smoothing while measuring, at least half a voxel; one pass over the series for each.
still_tolerance : float
    mm, mean over the brain. While no volume wants to leave its place by more, and none seems to have moved by more than a bolus
    can imitate, the series counts as still and all poses are those at rest; 0 never does.
iterations : int
    At most, per volume and pass.
threads : int
    0: all cores.
)");
  add_options(correction, "MotionCorrection",
              Field{"resampling", &MotionCorrection::resampling, "'when_needed', 'always' or 'never'"},
              Field{"smallest_motion", &MotionCorrection::smallest_motion, "Voxels."},
              Field{"interpolation", &MotionCorrection::interpolation, "Of the realigned volumes."},
              Field{"displacement_threshold", &MotionCorrection::displacement_threshold, "mm of framewise displacement."},
              Field{"largest_displacement", &MotionCorrection::largest_displacement, "mm over the brain."},
              Field{"block", &MotionCorrection::block, "mm"}, Field{"sigmas", &MotionCorrection::sigmas, "mm, per pass."},
              Field{"still_tolerance", &MotionCorrection::still_tolerance, "mm, below which a series counts as still."},
              Field{"iterations", &MotionCorrection::iterations, "At most, per volume and pass."},
              Field{"threads", &MotionCorrection::threads, "0 means all cores."});
  correction.def(
      "__call__",
      [](const MotionCorrection& self, const PerfusionSeries& series, const Mask* mask, const py::object& progress) {
        const auto callback = progress_from(progress);
        const py::gil_scoped_release unlocked;
        return std::make_shared<MotionResult>(self(series, mask ? std::optional<Mask>(*mask) : std::nullopt, callback));
      },
      "series"_a, "mask"_a = py::none(), "progress"_a = py::none(), R"(Realign a series.

Parameters
----------
series : bolus.PerfusionSeries
mask : bolus.Mask, optional
    The brain, on the grid of the series; found from the signal when not given.
progress : callable (stage, done, total), optional
    Return False to stop.

Returns
-------
MotionResult

Raises
------
DataError
    If the series is empty, constant or not finite, has fewer than four voxels along an axis, or too few in the mask.
GeometryError
    If the mask lies on another grid.
OptionError
    If an option is out of range.
)");
}

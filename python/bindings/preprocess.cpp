// From images as scanned to a study on one grid.
#include <bolus/preprocess/align_study.hpp>
#include <bolus/preprocess/reorient.hpp>

#include "arrays.hpp"
#include "option_class.hpp"
#include "preprocess_brain.hpp"
#include "progress.hpp"

using namespace bolus;

BOLUS_STRING_ENUM(Interpolation, "interpolation", "typing.Literal['linear', 'nearest']", std::string_view("linear"),
                  std::string_view("nearest"))

namespace {

using Unlocked = py::call_guard<py::gil_scoped_release>;

void bind_reorient(py::module_& m) {
  m.def("orientation_of", &orientation_of, "geometry"_a, R"(How the axes of a grid run.

Parameters
----------
geometry : bolus.Geometry

Returns
-------
str
    For x, y, z the letter of R/L, A/P, S/I towards which the index grows, as nibabel's aff2axcodes.
)");
  auto reorient =
      py::class_<Reorient>(m, "Reorient", R"(Permutes and flips axes until they run as asked; no voxel changes or moves.

Parameters
----------
orientation : str
    One letter of each of R/L, A/P, S/I, in any order: towards growing index.
)");
  add_options(reorient, "Reorient", Field{"orientation", &Reorient::orientation, "e.g. 'LPS'"});
  const char* doc = R"(Reorient an image, mask, label map or series.

Raises
------
OptionError
    If the orientation is impossible.
DataError
    If the image is empty.
)";
  reorient
      .def("__call__", py::overload_cast<const Image<float>&>(&Reorient::operator(), py::const_), "image"_a, Unlocked(), doc)
      .def("__call__", py::overload_cast<const Mask&>(&Reorient::operator(), py::const_), "image"_a, Unlocked(), doc)
      .def("__call__", py::overload_cast<const LabelMap&>(&Reorient::operator(), py::const_), "image"_a, Unlocked(), doc)
      .def("__call__", py::overload_cast<const PerfusionSeries&>(&Reorient::operator(), py::const_), "image"_a, Unlocked(),
           doc);
}

void bind_transform(py::module_& m) {
  py::class_<RigidTransform>(m, "RigidTransform", R"(A rotation and a translation in LPS millimetres.

The transform of a registration maps points of the fixed image to points of the moving one, as in ITK.

Parameters
----------
matrix : array (4, 4), optional
    The identity when not given.

Raises
------
GeometryError
    If the matrix is not rigid.
)")
      .def(py::init([](const Eigen::Matrix4d& matrix) {
             const RigidTransform transform{matrix};
             transform.validate();
             return transform;
           }),
           "matrix"_a = Eigen::Matrix4d::Identity().eval())
      .def_property_readonly(
          "matrix", [](const RigidTransform& self) { return self.matrix; }, "(4, 4), LPS mm.")
      .def(
          "__call__", [](const RigidTransform& self, const Eigen::Vector3d& point) -> Eigen::Vector3d { return self(point); },
          "point"_a, "Where an LPS point in mm goes.")
      .def("inverse", &RigidTransform::inverse, "From the moving image to the fixed one.")
      .def("compose", &RigidTransform::compose, "first"_a, "First `first`, then this one.")
      .def("to_ras", &RigidTransform::to_ras, "The same transform between RAS coordinates, (4, 4).")
      .def("rotation_angle", &RigidTransform::rotation_angle, "Degrees, 0 to 180.")
      .def("displacement", &RigidTransform::displacement, "point"_a, "How far an LPS point in mm moves, mm.")
      .def(
          "__eq__", [](const RigidTransform& a, const RigidTransform& b) { return a.matrix == b.matrix; }, py::is_operator())
      .def("__repr__",
           [](const RigidTransform& self) {
             return detail::message("RigidTransform(", self.rotation_angle(), " degrees, (", self.matrix(0, 3), ", ",
                                    self.matrix(1, 3), ", ", self.matrix(2, 3), ") mm)");
           })
      .def(py::pickle([](const RigidTransform& self) { return py::make_tuple(self.matrix); },
                      [](const py::tuple& t) { return RigidTransform{t[0].cast<Eigen::Matrix4d>()}; }));
  m.def(
      "write_transform",
      [](const std::filesystem::path& path, const RigidTransform& transform, bool overwrite) {
        write_transform(path, transform, overwrite ? Overwrite::yes : Overwrite::no);
      },
      "path"_a, "transform"_a, "overwrite"_a = false, R"(Write an ITK transform file (.tfm or .txt).

Raises
------
IoError
    If the folder is missing or not writable, or the file exists and `overwrite` is false.
FormatError
    If the ending is another.
)");
  m.def("read_transform", &read_transform, "path"_a, R"(Read an ITK transform file that holds one rigid transform.

Returns
-------
RigidTransform

Raises
------
IoError, FormatError
    If the file cannot be read, is damaged, or holds something else.
)");
}

void bind_registration(py::module_& m) {
  auto result = py::class_<RegistrationResult>(m, "RegistrationResult", "What a registration found.");
  add_results(
      result, "RegistrationResult",
      Field{"transform", &RegistrationResult::transform, "Points of the fixed image to points of the moving one, LPS mm."},
      Field{"metric", &RegistrationResult::metric, "Mutual information at the end, nats."},
      Field{"initial_metric", &RegistrationResult::initial_metric, "The same with the headers as they were."},
      Field{"overlap", &RegistrationResult::overlap, "Share of the fixed samples that land in the moving image."},
      Field{"iterations", &RegistrationResult::iterations, "Over all levels."},
      Field{"flags", &RegistrationResult::flags, "Reasons to doubt."});
  result
      .def(
          "to_frame",
          [](const RegistrationResult& self) {
            const auto one = [](const auto& value) {
              py::list values;
              values.append(value);
              return values;
            };
            return data_frame(py::dict("metric"_a = one(self.metric), "initial_metric"_a = one(self.initial_metric),
                                       "overlap"_a = one(self.overlap),
                                       "rotation_degrees"_a = one(self.transform.rotation_angle()),
                                       "iterations"_a = one(self.iterations), "flags"_a = one(self.flags.size())));
          },
          "One row as a pandas DataFrame.")
      .def("__repr__", [](const RegistrationResult& self) {
        return detail::message("RegistrationResult(mutual information ", self.initial_metric, " -> ", self.metric, ", ",
                               self.transform.rotation_angle(), " degrees, overlap ", self.overlap, ", ", self.flags.size(),
                               " flags)");
      });
  add_html(result);

  auto registration =
      py::class_<RigidRegistration>(m, "RigidRegistration", R"(Rigid registration by mutual information, coarse to fine.

Mattes et al. 2003, ITK's v4 metric. From several starts (headers as they are, centres aligned, turned about each axis) the best
go through the coarsest level, the best of those to the end. The same bits on any number of threads.

Parameters
----------
bins : int
    Of the joint histogram, per image; at least 5.
sampling : float
    Share of the lattice points that are used, over 0 to 1.
spacings : sequence of float
    Millimetres between lattice points, per level.
sigmas : sequence of float
    Millimetres of Gaussian smoothing, per level.
iterations : sequence of int
    At most, per level.
start_angles : sequence of float
    Degrees about each axis tried at the coarsest level.
starts : int
    Best of them that are followed through the coarsest level.
minimum_overlap : float
    Below it the result is flagged, and a start is not followed.
seed : int
    Of the jitter of the samples.
threads : int
    For smoothing; 0: all cores.
)");
  add_options(registration, "RigidRegistration", Field{"bins", &RigidRegistration::bins, "Of the joint histogram."},
              Field{"sampling", &RigidRegistration::sampling, "Share of the lattice points used."},
              Field{"spacings", &RigidRegistration::spacings, "mm between lattice points, per level."},
              Field{"sigmas", &RigidRegistration::sigmas, "mm of smoothing, per level."},
              Field{"iterations", &RigidRegistration::iterations, "At most, per level."},
              Field{"start_angles", &RigidRegistration::start_angles, "Degrees about each axis."},
              Field{"starts", &RigidRegistration::starts, "Followed through the coarsest level."},
              Field{"minimum_overlap", &RigidRegistration::minimum_overlap, "Below it the result is flagged."},
              Field{"seed", &RigidRegistration::seed, "Of the jitter."},
              Field{"threads", &RigidRegistration::threads, "0 means all cores."});
  registration.def(
      "__call__",
      [](const RigidRegistration& self, const Image<float>& fixed, const Image<float>& moving, const Mask* fixed_mask,
         const py::object& progress) {
        const auto callback = progress_from(progress);
        const py::gil_scoped_release unlocked;
        return self(fixed, moving, fixed_mask ? std::optional<Mask>(*fixed_mask) : std::nullopt, callback);
      },
      "fixed"_a, "moving"_a, "fixed_mask"_a = py::none(), "progress"_a = py::none(), R"(Register.

Parameters
----------
fixed, moving : bolus.Image
fixed_mask : bolus.Mask, optional
    On the grid of `fixed`: where the metric is measured.
progress : callable (stage, done, total), optional
    Return False to stop.

Returns
-------
RegistrationResult

Raises
------
DataError
    If an image is empty, constant or not finite.
GeometryError
    If the mask lies on another grid.
OptionError
    If an option is out of range.
ConvergenceError
    If the images never overlap.
)");
}

void bind_resample(py::module_& m) {
  m.def("isotropic_geometry", &isotropic_geometry, "geometry"_a, "spacing"_a = 1.0, R"(The box of a grid with cubic voxels.

Parameters
----------
geometry : bolus.Geometry
spacing : float
    Millimetres.

Returns
-------
bolus.Geometry
    Same axes, first voxel's outer corner kept.

Raises
------
OptionError
    If the spacing is not between 0 and 100.
)");
  auto resample = py::class_<Resample>(m, "Resample", R"(Resamples onto another grid in one step.

Parameters
----------
interpolation : {'linear', 'nearest'}
    Of images; masks and labels always take the nearest voxel.
threads : int
    0: all cores.
)");
  add_options(resample, "Resample", Field{"interpolation", &Resample::interpolation, "'linear' or 'nearest'"},
              Field{"threads", &Resample::threads, "0 means all cores."});
  const char* doc = R"(Resample an image, mask or label map.

Parameters
----------
image : bolus.Image, bolus.Mask or bolus.LabelMap
target : bolus.Geometry
transform : RigidTransform
    Points of the target to points of the image.

Returns
-------
Same kind as `image`, on the grid `target`; 0 outside the image.

Raises
------
DataError, GeometryError
    If the image is empty, or the target or transform impossible.
)";
  const auto add = [&](auto* kind) {
    using Kind = std::remove_pointer_t<decltype(kind)>;
    resample.def(
        "__call__",
        [](const Resample& self, const Kind& image, const Geometry& target, const RigidTransform& transform) {
          return self(image, target, transform);
        },
        "image"_a, "target"_a, "transform"_a = RigidTransform{}, Unlocked(), doc);
  };
  add(static_cast<Image<float>*>(nullptr));
  add(static_cast<Mask*>(nullptr));
  add(static_cast<LabelMap*>(nullptr));
}

void bind_align_study(py::module_& m) {
  using Result = std::shared_ptr<AlignmentResult>;
  py::class_<AlignmentResult, Result>(m, "AlignmentResult", "A study on one grid, and how it came there.")
      .def_property_readonly("study", [](const Result& self) { return std::shared_ptr<AlignedStudy>(self, &self->study); })
      .def_property_readonly(
          "registrations",
          [](const AlignmentResult& self) {
            py::dict found;
            for (const auto& [modality, registration] : self.registrations) {
              found[py::str(std::string(modality_name(modality)))] = registration;
            }
            return found;
          },
          "RegistrationResult of t1, t2, flair to CET1.")
      .def_readonly("perfusion_registration", &AlignmentResult::perfusion_registration,
                    "RegistrationResult of the mean of the first DSC volumes to CET1, or None.")
      .def_property_readonly(
          "bias_fields",
          [](const Result& self) {
            py::dict fields;
            for (auto& [modality, field] : self->bias_fields) {
              fields[py::str(std::string(modality_name(modality)))] = std::shared_ptr<Image<float>>(self, &field);
            }
            return fields;
          },
          "Each on its image's own grid.")
      .def(
          "to_frame",
          [](const AlignmentResult& self) {
            py::list names, metrics, initial, overlaps, angles;
            const auto add = [&](std::string_view name, const RegistrationResult& found) {
              names.append(std::string(name));
              metrics.append(found.metric);
              initial.append(found.initial_metric);
              overlaps.append(found.overlap);
              angles.append(found.transform.rotation_angle());
            };
            for (const auto& [modality, found] : self.registrations) add(modality_name(modality), found);
            if (self.perfusion_registration) add("dsc", *self.perfusion_registration);
            return data_frame(py::dict("image"_a = names, "metric"_a = metrics, "initial_metric"_a = initial,
                                       "overlap"_a = overlaps, "rotation_degrees"_a = angles));
          },
          "One row per registration as a pandas DataFrame.")
      .def("_repr_html_", [](const py::object& self) { return self.attr("to_frame")().attr("to_html")("index"_a = false); })
      .def("__repr__",
           [](const py::object& self) { return "AlignmentResult(" + py::repr(self.attr("study")).cast<std::string>() + ")"; });

  auto align = py::class_<AlignStudy>(m, "AlignStudy", R"(Brings a study onto the grid of CET1 at 1 mm.

T1, T2, FLAIR and the mean of the first DSC volumes are registered to CET1; the bias field of each structural image is divided
out on its own grid; and each is resampled once. The DSC series keeps its grid and signals; only its transform is kept. Labels on
a structural grid are carried along, labels on the DSC grid stay there.

Parameters
----------
spacing : float
    Millimetres of the target grid.
register_images : bool
    False where the headers are right already.
correct_bias : bool
    N4 on the structural images.
baseline_volumes : int
    First DSC volumes whose mean is registered: before the bolus.
registration : RigidRegistration
bias_correction : BiasCorrection
interpolation : {'linear', 'nearest'}
threads : int
    0: all cores; images are worked on side by side.
)");
  add_options(align, "AlignStudy", Field{"spacing", &AlignStudy::spacing, "mm"},
              Field{"register_images", &AlignStudy::register_images, "False where the headers are right already."},
              Field{"correct_bias", &AlignStudy::correct_bias, "N4 on the structural images."},
              Field{"baseline_volumes", &AlignStudy::baseline_volumes, "First DSC volumes whose mean is registered."},
              Field{"registration", &AlignStudy::registration, ""}, Field{"bias_correction", &AlignStudy::bias_correction, ""},
              Field{"interpolation", &AlignStudy::interpolation, "'linear' or 'nearest'"},
              Field{"threads", &AlignStudy::threads, "0 means all cores."});
  align.def(
      "__call__",
      [](const AlignStudy& self, const StudyImages& images, const py::object& progress) {
        const auto callback = progress_from(progress);
        const py::gil_scoped_release unlocked;
        return std::make_shared<AlignmentResult>(self(images, callback));
      },
      "images"_a, "progress"_a = py::none(), R"(Align a study.

Parameters
----------
images : bolus.io.StudyImages
progress : callable (stage, done, total), optional
    Return False to stop.

Returns
-------
AlignmentResult

Raises
------
DataError
    If CET1 is missing, or an image is empty, constant or not finite.
GeometryError
    If the labels lie on the grid of no image.
ConvergenceError
    If images never overlap.
)");
  m.def("labels_on_perfusion_grid", &labels_on_perfusion_grid, "study"_a, Unlocked(),
        R"(The study's labels on the grid of its DSC series, by nearest neighbour.

Parameters
----------
study : bolus.AlignedStudy

Returns
-------
bolus.LabelMap

Raises
------
DataError
    If the study has no labels or no series.
)");
}

}  // namespace

void bind_preprocess(py::module_& module) {
  auto m = module.def_submodule("preprocess", "From images as scanned to a study on one 1 mm grid.");
  bind_reorient(m);
  bind_transform(m);
  bind_registration(m);
  bind_preprocess_bias(m);
  bind_preprocess_brain(m);
  bind_resample(m);
  bind_align_study(m);
}

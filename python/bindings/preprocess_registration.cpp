// Rigid transforms, registration and resampling.

#include "arrays.hpp"
#include "option_class.hpp"
#include "preprocess.hpp"
#include "progress.hpp"

using namespace bolus;

namespace {

using Unlocked = py::call_guard<py::gil_scoped_release>;

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
  m.def(
      "write_matrix_ras",
      [](const std::filesystem::path& path, const RigidTransform& transform, bool overwrite) {
        write_matrix_ras(path, transform, overwrite ? Overwrite::yes : Overwrite::no);
      },
      "path"_a, "transform"_a, "overwrite"_a = false, R"(Write a transform between RAS points as text.

Four rows of four numbers, which numpy.loadtxt reads: points of the fixed image to points of the moving one, mm.

Raises
------
IoError
    If the folder is missing or not writable, or the file exists and `overwrite` is false.
FormatError
    If the ending is that of something else (.tfm, .nii, .gz).
)");
  m.def("read_matrix_ras", &read_matrix_ras, "path"_a, R"(Read a transform between RAS points from text.

Returns
-------
RigidTransform

Raises
------
IoError, FormatError
    If the file cannot be read, does not hold 16 numbers, or they are not rigid.
)");
}

void bind_registration(py::module_& m) {
  auto result =
      py::class_<RegistrationResult>(m, "RegistrationResult", "What a registration found, and how far it can be trusted.");
  add_results(
      result, "RegistrationResult",
      Field{"transform", &RegistrationResult::transform, "Points of the fixed image to points of the moving one, LPS mm."},
      Field{"verdict", &RegistrationResult::verdict, "'good', 'doubtful' (look at it; the flags say why) or 'failed'."},
      Field{"metric", &RegistrationResult::metric, "Mutual information at the end, nats."},
      Field{"initial_metric", &RegistrationResult::initial_metric, "The same with the headers as they were."},
      Field{"chance_metric", &RegistrationResult::chance_metric, "The largest of the same at poses far from the one found."},
      Field{"overlap", &RegistrationResult::overlap, "Share of the fixed samples that land in the moving image."},
      Field{"coverage", &RegistrationResult::coverage,
            "Share of the fixed image's foreground (or mask) that lies where the moving one has signal."},
      Field{"moving_coverage", &RegistrationResult::moving_coverage,
            "Share of the moving image's foreground that lies where the fixed one has signal."},
      Field{"agreement", &RegistrationResult::agreement,
            "Share of blocks whose own best place is where the transform puts them, either way round."},
      Field{"local_residual", &RegistrationResult::local_residual,
            "Median distance of the blocks' own best places from there, mm."},
      Field{"rotation", &RegistrationResult::rotation, "Degrees."},
      Field{"translation", &RegistrationResult::translation, "Of the middle of the fixed image, mm."},
      Field{"iterations", &RegistrationResult::iterations, "Evaluations of the metric, over all levels and starts."},
      Field{"flags", &RegistrationResult::flags, "Reasons for the verdict."});
  result
      .def(
          "to_frame",
          [](const py::object& self) {
            py::dict row;
            for (const char* name :
                 {"verdict", "metric", "initial_metric", "chance_metric", "overlap", "coverage", "moving_coverage", "agreement",
                  "local_residual", "rotation", "translation", "iterations"}) {
              py::list one;
              one.append(self.attr(name));
              row[name] = one;
            }
            py::list reasons, codes;
            for (const auto& flag : self.cast<const RegistrationResult&>().flags) codes.append(flag.code);
            reasons.append(py::str(", ").attr("join")(codes));
            row["reasons"] = reasons;
            return data_frame(row);
          },
          "One row as a pandas DataFrame.")
      .def("__repr__", [](const RegistrationResult& self) {
        return detail::message("RegistrationResult(", verdict_name(self.verdict), ", mutual information ", self.initial_metric,
                               " -> ", self.metric, ", ", self.rotation, " degrees, ", self.translation, " mm, agreement ",
                               self.agreement, ", ", self.flags.size(), " flags)");
      });
  add_html(result);

  auto registration =
      py::class_<RigidRegistration>(m, "RigidRegistration", R"(Rigid registration by mutual information, coarse to fine.

Mattes et al. 2003: samples of the fixed image fall into bins, those of the moving image are spread over four by a cubic
B-spline. From many starts (headers as they are, centres aligned, each turned about the axes) the best are followed through the
coarsest level, the best of those to the end. The verdict rests on mutual information far above that of poses elsewhere and on
blocks of the head which, moved on their own, each fit best where the transform puts them. The same bits on any number of
threads.

Parameters
----------
bins : int
    Of the joint histogram, per image; 5 to 128.
sampling : float
    Share of the lattice points that are used, over 0 to 1.
spacings : sequence of float
    mm between lattice points per level; thick slices keep their own.
sigmas : sequence of float
    mm of Gaussian smoothing per level.
iterations : sequence of int
    Evaluations of the metric, at most, per level and start.
start_angles : sequence of float
    Degrees; all combinations of them about the axes are tried.
starts : int
    Best of them that are followed through the coarsest level.
mask_from_level : int
    First level that is measured within the mask only; coarser ones see the whole head.
minimum_overlap : float
    Of the samples of the smaller image; a start below it is not followed.
minimum_coverage : float
    Doubtful below it.
minimum_agreement : float
    Doubtful below it, failed below half of it.
largest_rotation : float
    Degrees; doubtful above it.
largest_translation : float
    mm; doubtful above it.
seed : int
    Of the jitter of the samples.
threads : int
    0: all cores.
)");
  add_options(registration, "RigidRegistration", Field{"bins", &RigidRegistration::bins, "Of the joint histogram."},
              Field{"sampling", &RigidRegistration::sampling, "Share of the lattice points used."},
              Field{"spacings", &RigidRegistration::spacings, "mm between lattice points, per level."},
              Field{"sigmas", &RigidRegistration::sigmas, "mm of smoothing, per level."},
              Field{"iterations", &RigidRegistration::iterations, "At most, per level and start."},
              Field{"start_angles", &RigidRegistration::start_angles, "Degrees about the axes."},
              Field{"starts", &RigidRegistration::starts, "Followed through the coarsest level."},
              Field{"mask_from_level", &RigidRegistration::mask_from_level, "First level measured within the mask."},
              Field{"minimum_overlap", &RigidRegistration::minimum_overlap, "Of a start's samples."},
              Field{"minimum_coverage", &RigidRegistration::minimum_coverage, "Doubtful below it."},
              Field{"minimum_agreement", &RigidRegistration::minimum_agreement, "Doubtful below it, failed below half of it."},
              Field{"largest_rotation", &RigidRegistration::largest_rotation, "Degrees; doubtful above it."},
              Field{"largest_translation", &RigidRegistration::largest_translation, "mm; doubtful above it."},
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
    On the grid of `fixed`: where the metric is measured after the first pass.
progress : callable (stage, done, total), optional
    Return False to stop.

Returns
-------
RegistrationResult

Raises
------
DataError
    If an image is empty, constant, not finite or has fewer than four voxels along an axis.
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
interpolation : {'linear', 'bspline', 'windowed_sinc', 'nearest'}
    Of images: cubic B-spline through the voxels, or a sinc under a Lanczos window of radius 5.
labels : {'nearest', 'gaussian'}
    Of masks and label maps: the nearest voxel's, or the one with most weight under a Gaussian as wide as a voxel.
clamp : bool
    Keep B-spline and sinc within the image's range: they ring at edges, below zero beside air.
threads : int
    0: all cores.
)");
  add_options(resample, "Resample", Field{"interpolation", &Resample::interpolation, "Of images."},
              Field{"labels", &Resample::labels, "Of masks and label maps."},
              Field{"clamp", &Resample::clamp, "Keep B-spline and sinc within the image's range."},
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

}  // namespace

void bind_preprocess_registration(py::module_& m) {
  bind_transform(m);
  bind_registration(m);
  bind_resample(m);
}

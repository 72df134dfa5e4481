// From images as scanned to a study on one grid.
#include <bolus/preprocess/align_study.hpp>
#include <bolus/preprocess/reorient.hpp>

#include "arrays.hpp"
#include "option_class.hpp"
#include "preprocess.hpp"
#include "progress.hpp"

using namespace bolus;

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

void bind_bias_correction(py::module_& m) {
  m.def("foreground_mask", &foreground_mask, "image"_a, "bins"_a = 200, Unlocked(),
        R"(Where the image is not air: voxels above Otsu's threshold.

Parameters
----------
image : bolus.Image
bins : int
    Of the histogram.

Returns
-------
bolus.Mask

Raises
------
DataError
    If the image is empty, constant or not finite.
)");
  using Result = std::shared_ptr<BiasCorrectionResult>;
  py::class_<BiasCorrectionResult, Result>(m, "BiasCorrectionResult", "An image without its bias field.")
      .def_property_readonly(
          "corrected", [](const Result& self) { return std::shared_ptr<Image<float>>(self, &self->corrected); },
          "image / field")
      .def_property_readonly(
          "field", [](const Result& self) { return std::shared_ptr<Image<float>>(self, &self->field); },
          "Multiplicative, around 1.")
      .def_readonly("iterations", &BiasCorrectionResult::iterations, "Done, per level.")
      .def_readonly("flags", &BiasCorrectionResult::flags)
      .def(
          "to_frame",
          [](const BiasCorrectionResult& self) {
            py::list levels;
            for (std::size_t i = 0; i < self.iterations.size(); ++i) levels.append(i + 1);
            return data_frame(py::dict("level"_a = levels, "iterations"_a = self.iterations));
          },
          "Iterations per level as a pandas DataFrame.")
      .def("_repr_html_", [](const py::object& self) { return self.attr("to_frame")().attr("to_html")("index"_a = false); })
      .def("__repr__", [](const BiasCorrectionResult& self) {
        const auto [low, high] = std::minmax_element(self.field.values().begin(), self.field.values().end());
        return detail::message("BiasCorrectionResult(field ", *low, " to ", *high, ", ", self.flags.size(), " flags)");
      });

  auto correction = py::class_<BiasCorrection>(m, "BiasCorrection", R"(N4 bias field correction (Tustison et al. 2010).

The mean within the mask is preserved; voxels at 0 or below take no part and stay as they are. The same bits on any number of
threads.

Parameters
----------
shrink : int
    Step between the voxels used; axes with thick voxels are thinned less.
iterations : sequence of int
    At most, per level; each level doubles the spans of the spline's lattice.
tolerance : float
    A level ends when the coefficient of variation of the field's change falls below.
control_points : int
    Per axis at the first level, at least 4.
bins : int
    Of the log histogram.
full_width : float
    FWHM of the Gaussian that widens the log histogram.
wiener_noise : float
    Noise term of the deconvolution.
threads : int
    0: all cores.
)");
  add_options(correction, "BiasCorrection", Field{"shrink", &BiasCorrection::shrink, "Step between the voxels used."},
              Field{"iterations", &BiasCorrection::iterations, "At most, per level."},
              Field{"tolerance", &BiasCorrection::tolerance, "Ends a level."},
              Field{"control_points", &BiasCorrection::control_points, "Per axis at the first level."},
              Field{"bins", &BiasCorrection::bins, "Of the log histogram."},
              Field{"full_width", &BiasCorrection::full_width, "FWHM in log intensity."},
              Field{"wiener_noise", &BiasCorrection::wiener_noise, "Of the deconvolution."},
              Field{"threads", &BiasCorrection::threads, "0 means all cores."});
  correction.def(
      "__call__",
      [](const BiasCorrection& self, const Image<float>& image, const Mask* mask, const py::object& progress) {
        const auto callback = progress_from(progress);
        const py::gil_scoped_release unlocked;
        return std::make_shared<BiasCorrectionResult>(self(image, mask ? std::optional<Mask>(*mask) : std::nullopt, callback));
      },
      "image"_a, "mask"_a = py::none(), "progress"_a = py::none(), R"(Correct an image.

Parameters
----------
image : bolus.Image
mask : bolus.Mask, optional
    `foreground_mask(image)` when not given.
progress : callable (stage, done, total), optional
    Return False to stop.

Returns
-------
BiasCorrectionResult

Raises
------
DataError
    If the image is not finite or has no positive voxel in the mask.
GeometryError
    If the mask lies on another grid.
OptionError
    If an option is out of range.
)");
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
            py::list names, verdicts, metrics, initial, overlaps, angles;
            const auto add = [&](std::string_view name, const RegistrationResult& found) {
              names.append(std::string(name));
              verdicts.append(found.verdict);
              metrics.append(found.metric);
              initial.append(found.initial_metric);
              overlaps.append(found.overlap);
              angles.append(found.rotation);
            };
            for (const auto& [modality, found] : self.registrations) add(modality_name(modality), found);
            if (self.perfusion_registration) add("dsc", *self.perfusion_registration);
            return data_frame(py::dict("image"_a = names, "verdict"_a = verdicts, "metric"_a = metrics, "initial_metric"_a = initial,
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
interpolation : {'linear', 'bspline', 'windowed_sinc', 'nearest'}
threads : int
    0: all cores; images are worked on side by side.
)");
  add_options(align, "AlignStudy", Field{"spacing", &AlignStudy::spacing, "mm"},
              Field{"register_images", &AlignStudy::register_images, "False where the headers are right already."},
              Field{"correct_bias", &AlignStudy::correct_bias, "N4 on the structural images."},
              Field{"baseline_volumes", &AlignStudy::baseline_volumes, "First DSC volumes whose mean is registered."},
              Field{"registration", &AlignStudy::registration, ""}, Field{"bias_correction", &AlignStudy::bias_correction, ""},
              Field{"interpolation", &AlignStudy::interpolation, "Of the images."},
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
  bind_preprocess_registration(m);
  bind_preprocess_motion(m);
  bind_bias_correction(m);
  bind_align_study(m);
}

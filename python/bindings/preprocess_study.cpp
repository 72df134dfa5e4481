// A whole study onto one grid.
#include <bolus/preprocess/preprocess.hpp>

#include "arrays.hpp"
#include "option_class.hpp"
#include "preprocess.hpp"
#include "preprocess_brain.hpp"
#include "progress.hpp"

using namespace bolus;

namespace {

using Result = std::shared_ptr<PreprocessResult>;

/// A part of the result, which lives as long as anyone holds the part.
template <class Part>
py::object part_of(const Result& self, std::optional<Part>& part) {
  return part ? py::cast(std::shared_ptr<Part>(self, &*part)) : py::none();
}

template <class Part>
py::dict by_modality(const Result& self, std::map<Modality, Part>& parts) {
  py::dict found;
  for (auto& [modality, part] : parts) {
    found[py::str(std::string(modality_name(modality)))] = std::shared_ptr<Part>(self, &part);
  }
  return found;
}

py::object verdict_table(const PreprocessResult& self) {
  py::list images, stages, verdicts, reasons;
  const auto add = [&](std::string_view image, const char* stage, std::string_view verdict, const QcFlags& flags) {
    std::string codes;
    for (const auto& flag : flags) codes += (codes.empty() ? "" : " ") + flag.code;
    images.append(std::string(image)), stages.append(stage), verdicts.append(std::string(verdict)), reasons.append(codes);
  };
  const auto add_registration = [&](std::string_view image, const RegistrationResult& found) {
    add(image, "registration", verdict_name(found.verdict), found.flags);
  };
  for (const auto& [modality, found] : self.registrations) add_registration(modality_name(modality), found);
  if (self.perfusion_registration) add_registration("dsc", *self.perfusion_registration);
  if (self.motion) add("dsc", "motion", self.motion->flags.empty() ? "good" : "doubtful", self.motion->flags);
  if (self.brain_quality) {
    add("cet1", "brain", verdict_name(self.brain_quality->verdict), self.brain_quality->flags);
  }
  return data_frame(py::dict("image"_a = images, "stage"_a = stages, "verdict"_a = verdicts, "reasons"_a = reasons));
}

}  // namespace

void bind_preprocess_study(py::module_& m) {
  py::class_<PreprocessResult, Result>(m, "PreprocessResult", "A study on one grid, and everything that brought it there.")
      .def_property_readonly(
          "study", [](const Result& self) { return std::shared_ptr<AlignedStudy>(self, &self->study); },
          "The bolus.AlignedStudy.")
      .def_property_readonly(
          "registrations",
          [](const PreprocessResult& self) {
            py::dict found;
            for (const auto& [modality, registration] : self.registrations) {
              found[py::str(std::string(modality_name(modality)))] = registration;
            }
            return found;
          },
          "Dict of RegistrationResult: t1, t2, flair to CET1.")
      .def_readonly("perfusion_registration", &PreprocessResult::perfusion_registration,
                    "RegistrationResult of the mean DSC volume before the bolus to CET1, or None.")
      .def_readonly("brain_quality", &PreprocessResult::brain_quality, "BrainMaskQuality of `study.brain`, or None.")
      .def_property_readonly(
          "brain_masks", [](const Result& self) { return by_modality(self, self->brain_masks); },
          "Dict of masks found in each image, each on its image's own grid.")
      .def_property_readonly(
          "bias_fields", [](const Result& self) { return by_modality(self, self->bias_fields); },
          "Dict of fields, each on its image's own grid.")
      .def_property_readonly(
          "motion", [](const Result& self) { return part_of(self, self->motion); }, "MotionResult of the DSC series, or None.")
      .def_property_readonly(
          "tissue", [](const Result& self) { return part_of(self, self->tissue); },
          "TissueMaps on the structural grid, or None.")
      .def_readonly("mirror", &PreprocessResult::mirror, "MirrorPlane between the halves of the head, or None.")
      .def_property_readonly(
          "times",
          [](const PreprocessResult& self) {
            py::list stages, seconds, cached;
            for (const auto& time : self.times) {
              stages.append(time.stage), seconds.append(time.seconds), cached.append(time.cached);
            }
            return data_frame(py::dict("stage"_a = stages, "seconds"_a = seconds, "cached"_a = cached));
          },
          "How long each stage took, and whether it came from the cache, as a pandas DataFrame.")
      .def("to_frame", &verdict_table, "One row per verdict as a pandas DataFrame: image, stage, verdict, reasons.")
      .def("_repr_html_", [](const py::object& self) { return self.attr("to_frame")().attr("to_html")("index"_a = false); })
      .def("__repr__",
           [](const py::object& self) { return "PreprocessResult(" + py::repr(self.attr("study")).cast<std::string>() + ")"; });

  auto step = py::class_<Preprocess>(m, "Preprocess", R"(Brings a study onto the grid of CET1 at 1 mm.

1. The DSC series is corrected for motion.
2. The brain is found in CET1, and after 3. in every other image, and the masks are made one.
3. T1, T2, FLAIR and the mean DSC volume before the bolus are registered to CET1, within the brain after a first pass.
4. The bias field of each structural image is estimated within the brain, on the image's own grid.
5. Each structural image is divided by its field and resampled once, from its own grid to the target.
6. Tissue, mirror plane and normal white matter are found on the target.

The DSC series keeps its grid; only its transform is kept, and without motion its signals stay as they are. Labels on a
structural grid are carried along, labels on the DSC grid stay there. The same bits on any number of threads, from the cache
or not.

Parameters
----------
spacing : float
    Millimetres of the target grid.
register_images : bool
    False where the headers are right already (co-registered data).
extract_brain : bool
    False: no brain mask, nor what needs one (tissue).
brain_consensus : bool
    False: the brain of CET1 alone.
correct_bias : bool
    N4 on the structural images.
correct_motion : bool
    Of the DSC series.
classify_tissue : bool
    Tissue, mirror plane, normal white matter.
baseline_volumes : int
    First DSC volumes whose mean is registered where motion is not corrected.
registration : RigidRegistration
brain_extraction : BrainExtraction
brain_check : BrainMaskCheck
bias_correction : BiasCorrection
motion_correction : MotionCorrection
tissue_classification : TissueClassification
symmetry_search : SymmetrySearch
normal_white_matter : NormalWhiteMatter
interpolation : {'linear', 'bspline', 'windowed_sinc', 'nearest'}
    Of images; linear as published.
labels : {'nearest', 'gaussian'}
    Of labels and masks.
cache : path, optional
    Folder for the stages' results, which are found again by content.
threads : int
    0: all cores.
)");
  add_options(
      step, "Preprocess", Field{"spacing", &Preprocess::spacing, "mm"},
      Field{"register_images", &Preprocess::register_images, "False where the headers are right already."},
      Field{"extract_brain", &Preprocess::extract_brain, "False: no brain mask, nor what needs one."},
      Field{"brain_consensus", &Preprocess::brain_consensus, "False: the brain of CET1 alone."},
      Field{"correct_bias", &Preprocess::correct_bias, "N4 on the structural images."},
      Field{"correct_motion", &Preprocess::correct_motion, "Of the DSC series."},
      Field{"classify_tissue", &Preprocess::classify_tissue, "Tissue, mirror plane, normal white matter."},
      Field{"baseline_volumes", &Preprocess::baseline_volumes, "Where motion is not corrected."},
      Field{"registration", &Preprocess::registration, ""}, Field{"brain_extraction", &Preprocess::brain_extraction, ""},
      Field{"brain_check", &Preprocess::brain_check, ""}, Field{"bias_correction", &Preprocess::bias_correction, ""},
      Field{"motion_correction", &Preprocess::motion_correction, ""},
      Field{"tissue_classification", &Preprocess::tissue_classification, ""},
      Field{"symmetry_search", &Preprocess::symmetry_search, ""},
      Field{"normal_white_matter", &Preprocess::normal_white_matter, ""},
      Field{"interpolation", &Preprocess::interpolation, "Of images."},
      Field{"labels", &Preprocess::labels, "Of labels and masks."}, Field{"cache", &Preprocess::cache, "Folder, or None."},
      Field{"threads", &Preprocess::threads, "0 means all cores."});
  step.def(
      "__call__",
      [](const Preprocess& self, const StudyImages& images, const BrainExtractor* extractor, const py::object& progress) {
        const auto callback = progress_from(progress);
        const py::gil_scoped_release unlocked;
        return std::make_shared<PreprocessResult>(self(images, extractor, callback));
      },
      "images"_a, "extractor"_a = py::none(), "progress"_a = py::none(), R"(Preprocess a study.

Parameters
----------
images : bolus.io.StudyImages
extractor : BrainExtractor, optional
    Finds the brain in CET1 in place of `brain_extraction`: a network, or your own mask as GivenBrainMask.
progress : callable (stage, done, total), optional
    Return False to stop.

Returns
-------
PreprocessResult

Raises
------
DataError
    If CET1 is missing, or an image is empty, constant or not finite.
GeometryError
    If the labels lie on the grid of no image, or a brain mask not on that of CET1.
ConvergenceError
    If images never overlap.
IoError
    If the cache cannot be written.
)");
  m.def("labels_on_perfusion_grid", &labels_on_perfusion_grid, "study"_a, "labels"_a = LabelInterpolation::nearest,
        py::call_guard<py::gil_scoped_release>(),
        R"(The study's labels on the grid of its DSC series, for region curves from native signals.

Labels that lie there already stay as they are.

Parameters
----------
study : bolus.AlignedStudy
labels : {'nearest', 'gaussian'}
    The nearest voxel's, or the one with most weight under a Gaussian as wide as a voxel.

Returns
-------
bolus.LabelMap

Raises
------
DataError
    If the study has no labels or no series.
)");
}

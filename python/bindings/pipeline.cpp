#include <bolus/pipeline/predict_study.hpp>
#include <bolus/pipeline/write_aligned.hpp>
#include <bolus/pipeline/write_maps.hpp>
#include <bolus/pipeline/write_segmentation.hpp>

#include "arrays.hpp"
#include "progress.hpp"

void bind_probability_map(py::module_& m);
void bind_training_cases(py::module_& m);

namespace {

using namespace bolus;

void bind_extract_curves(py::module_& m) {
  py::class_<StudyCurves>(m, "StudyCurves", "A patient's curves and the labels they were taken from.")
      .def_readonly("patient", &StudyCurves::patient)
      .def_readonly("signals", &StudyCurves::signals,
                    "Mean T2*-weighted signal of ET, NET, ED, WT and, where an artery is known or found, AIF.")
      .def_readonly("arterial", &StudyCurves::arterial,
                    "The ArterialSelection that was found; None where the study has a mask of it.")
      .def_property_readonly(
          "labels", [](const StudyCurves& self) { return std::make_shared<LabelMap>(self.labels); },
          "On the grid of the DSC series.")
      .def_readonly("flags", &StudyCurves::flags, "Of every step on the way.")
      .def(
          "to_frame", [](const StudyCurves& self) { return py::cast(self.signals).attr("to_frame")(); },
          "Time and curves as a pandas DataFrame.")
      .def("_repr_html_", &notebook_html)
      .def("__repr__", [](const StudyCurves& self) {
        return detail::message("StudyCurves(", self.patient, ", ", self.signals.names.size(), " curves, ", self.flags.size(),
                               " flags)");
      });

  py::class_<ExtractCurves>(m, "ExtractCurves", R"(From a study's images to its curves.

Labels on the grid of the DSC series are used as they are; others are carried there through the registration to CET1. The series
keeps its grid, and its signals where nothing moved.

Parameters
----------
preprocess : bolus.preprocess.Preprocess
    Motion, and how the labels come to the series; stages not needed do not run.
region_curves : bolus.dsc.RegionCurves
    Which regions, and what an empty one becomes.
arterial_search : bolus.dsc.ArterialSearch
    Finds the artery where the study has no mask of it; where none is found the curves have no AIF (dsc.aif.not_found).
)")
      .def(py::init([](const Preprocess& preprocess, const RegionCurves& region_curves, const ArterialSearch& arterial_search) {
             return ExtractCurves{preprocess, region_curves, arterial_search};
           }),
           "preprocess"_a = Preprocess{}, "region_curves"_a = RegionCurves{}, "arterial_search"_a = ArterialSearch{})
      .def_readwrite("preprocess", &ExtractCurves::preprocess)
      .def_readwrite("region_curves", &ExtractCurves::region_curves)
      .def_readwrite("arterial_search", &ExtractCurves::arterial_search)
      .def("__repr__",
           [](const py::object& self) {
             return "ExtractCurves(" + py::repr(self.attr("preprocess")).cast<std::string>() + ", " +
                    py::repr(self.attr("region_curves")).cast<std::string>() + ", " +
                    py::repr(self.attr("arterial_search")).cast<std::string>() + ")";
           })
      .def(
          "__call__",
          [](const ExtractCurves& self, const StudyImages& images, const Segmenter* segmenter, const py::object& progress) {
            const auto callback = progress_from(progress);
            const py::gil_scoped_release unlocked;
            return self(images, segmenter, callback);
          },
          "images"_a, "segmenter"_a = py::none(), "progress"_a = py::none(), R"(Take the curves.

Parameters
----------
images : bolus.io.StudyImages
segmenter : bolus.segment.Segmenter, optional
    Finds the tumour; the study's own label map when not given.
progress : callable (stage, done, total), optional
    Return False to stop.

Returns
-------
StudyCurves

Raises
------
DataError
    If there is no DSC series or no tumour.
)");
}

void bind_predict_study(py::module_& m) {
  py::class_<MakeWindows>(m, "MakeWindows", R"(Cuts signal curves into the model's samples: z-score of each curve, then windows.

Parameters
----------
normalisation : bolus.dsc.ZNormalisation
windows : bolus.dsc.SlidingWindows
)")
      .def(py::init([](const ZNormalisation& normalisation, const SlidingWindows& windows) {
             return MakeWindows{normalisation, windows};
           }),
           "normalisation"_a = ZNormalisation{}, "windows"_a = SlidingWindows{})
      .def_readwrite("normalisation", &MakeWindows::normalisation)
      .def_readwrite("windows", &MakeWindows::windows)
      .def(
          "__call__",
          [](const MakeWindows& self, const CurveSet& signals, const std::string& patient, std::optional<int> label) {
            return self(signals, patient, label);
          },
          "signals"_a, "patient"_a = "", "label"_a = py::none(), "The samples of one patient as a Dataset.")
      .def(
          "__call__", [](const MakeWindows& self, const std::vector<PatientCurves>& patients) { return self(patients); },
          "patients"_a, "The samples of many patients as a Dataset; all have labels or none.")
      .def(
          "for_network",
          [](const MakeWindows& self, const std::vector<PatientCurves>& patients, const AttentionLSTM& network) {
            QcFlags flags;
            auto dataset = self.for_network(patients, network, flags);
            return py::make_tuple(std::move(dataset), flags);
          },
          "patients"_a, "network"_a, R"(The samples of many patients as a trained network wants them.

Returns
-------
(Dataset, list of QcFlag)
    Cut to the network's channels and, where `windows.length` is 0, its window length; and what to doubt.
)")
      .def("__repr__", [](const py::object& self) {
        return "MakeWindows(" + py::repr(self.attr("normalisation")).cast<std::string>() + ", " +
               py::repr(self.attr("windows")).cast<std::string>() + ")";
      });

  py::class_<StudyPrediction>(m, "StudyPrediction", "What the model says about one patient, and why.")
      .def_readonly("patient", &StudyPrediction::patient)
      .def_readonly("probability", &StudyPrediction::probability, "Of an IDH mutation, the mean over the windows.")
      .def_readonly("windows", &StudyPrediction::windows, "Each window on its own.")
      .def_readonly("attention", &StudyPrediction::attention, "Over the seconds of the series.")
      .def_readonly("signals", &StudyPrediction::signals, "The curves the model saw.")
      .def_readonly("flags", &StudyPrediction::flags, "Of every step on the way.")
      .def_readonly("provenance", &StudyPrediction::provenance)
      .def(
          "to_json", [](const StudyPrediction& self) { return to_json(self); }, "As JSON text.")
      .def(
          "to_frame",
          [](const StudyPrediction& self) {
            return data_frame(py::dict("patient"_a = std::vector{self.patient}, "probability"_a = std::vector{self.probability},
                                       "flags"_a = std::vector{self.flags.size()}));
          },
          "One row: patient, probability, number of flags.")
      .def("_repr_html_", &notebook_html)
      .def("__repr__", [](const StudyPrediction& self) {
        return detail::message("StudyPrediction(", self.patient, ", probability=", self.probability, ", ", self.flags.size(),
                               " flags)");
      });

  py::class_<PredictStudy>(m, "PredictStudy", R"(From a study to the probability of an IDH mutation, in one call.

Parameters
----------
extract : ExtractCurves
    Images to curves.
make_windows : MakeWindows
    Curves to samples.
threads : int
    For the network; 0: all cores. The result does not depend on it.
)")
      .def(py::init([](const ExtractCurves& extract, const MakeWindows& make_windows, int threads) {
             PredictStudy step{extract, make_windows, {}};
             step.predict.threads = threads;
             return step;
           }),
           "extract"_a = ExtractCurves{}, "make_windows"_a = MakeWindows{}, "threads"_a = 0)
      .def_readwrite("extract", &PredictStudy::extract)
      .def_readwrite("make_windows", &PredictStudy::make_windows)
      .def_property(
          "threads", [](const PredictStudy& self) { return self.predict.threads; },
          [](PredictStudy& self, int threads) { self.predict.threads = threads; })
      .def(
          "__call__",
          [](const PredictStudy& self, const StudyImages& images, const AttentionLSTM& network, const Segmenter* segmenter,
             const py::object& progress) {
            const auto callback = progress_from(progress);
            const py::gil_scoped_release unlocked;
            return self(images, network, segmenter, callback);
          },
          "images"_a, "network"_a, "segmenter"_a = py::none(), "progress"_a = py::none(), R"(Predict from images.

Parameters
----------
images : bolus.io.StudyImages
network : bolus.model.AttentionLSTM
segmenter : bolus.segment.Segmenter, optional
    Finds the tumour; the study's own label map when not given.
progress : callable (stage, done, total), optional
    Return False to stop.

Returns
-------
StudyPrediction

Raises
------
DataError
    If there is no DSC series, no tumour, or a curve that the network needs is missing.
)")
      .def(
          "from_curves",
          [](const PredictStudy& self, const CurveSet& signals, const AttentionLSTM& network, const std::string& patient,
             const py::object& progress) {
            const auto callback = progress_from(progress);
            const py::gil_scoped_release unlocked;
            return self.from_curves(signals, network, patient, callback);
          },
          "signals"_a, "network"_a, "patient"_a = "", "progress"_a = py::none(),
          "The second half alone: from signal curves on, e.g. measured elsewhere. Returns a StudyPrediction.");
}

void bind_write_maps(py::module_& m) {
  py::class_<WrittenMaps>(m, "WrittenMaps", "What was written, and what there is to say about it.")
      .def_readonly("files", &WrittenMaps::files, "Paths of the files.")
      .def_readonly("regions", &WrittenMaps::regions, "RegionTable, as in regions.csv.")
      .def_readonly("flags", &WrittenMaps::flags, "Of every step on the way.")
      .def(
          "to_frame", [](const WrittenMaps& self) { return py::cast(self.regions).attr("to_frame")(); },
          "The region table as a pandas DataFrame.")
      .def("_repr_html_", [](const py::object& self) { return self.attr("regions").attr("_repr_html_")(); })
      .def("__repr__", [](const WrittenMaps& self) {
        return detail::message("WrittenMaps(", self.files.size(), " files, ", self.flags.size(), " flags)");
      });
  py::class_<WriteMaps>(m, "WriteMaps", R"(Perfusion maps of a study as files.

Parameters
----------
preprocess : bolus.preprocess.Preprocess
    Motion, and how the labels come to the series; stages not needed do not run.
options : bolus.dsc.PerfusionMaps
    Which quantities, and how.
deconvolution : bolus.dsc.Deconvolution
    How flow is found.
statistics : bolus.dsc.RegionStatistics
    Which parts of the tumour go into the table.
)")
      .def(py::init(
               [](const Preprocess& preprocess, const PerfusionMaps& options, const Deconvolution& deconvolution,
                  const RegionStatistics& statistics) { return WriteMaps{preprocess, options, deconvolution, statistics}; }),
           "preprocess"_a = Preprocess{}, "options"_a = WriteMaps{}.options, "deconvolution"_a = Deconvolution{},
           "statistics"_a = RegionStatistics{})
      .def_readwrite("preprocess", &WriteMaps::preprocess)
      .def_readwrite("options", &WriteMaps::options)
      .def_readwrite("deconvolution", &WriteMaps::deconvolution)
      .def_readwrite("statistics", &WriteMaps::statistics)
      .def("__repr__",
           [](const py::object& self) {
             std::string text = "WriteMaps(";
             for (const char* name : {"preprocess", "options", "deconvolution", "statistics"}) {
               text += (text.back() == '(' ? "" : ", ") + py::repr(self.attr(name)).cast<std::string>();
             }
             return text + ")";
           })
      .def(
          "__call__",
          [](const WriteMaps& self, const StudyImages& images, const std::filesystem::path& folder, bool overwrite,
             const py::object& progress) {
            const auto callback = progress_from(progress);
            const py::gil_scoped_release unlocked;
            return self(images, folder, overwrite ? Overwrite::yes : Overwrite::no, callback);
          },
          "images"_a, "folder"_a, "overwrite"_a = false, "progress"_a = py::none(), R"(Map a study and write the maps.

One image for each quantity on the grid of the series, the masks that were found, `regions.csv` and `provenance.json`.

Parameters
----------
images : bolus.io.StudyImages
    With a DSC series; labels and arterial mask are used where there are any.
folder : path
    Made when missing.
overwrite : bool
progress : callable (stage, done, total), optional

Returns
-------
WrittenMaps

Raises
------
DataError, IoError
    If there is no series or no bolus, or a file exists already.
)");
}

}  // namespace

void bind_pipeline(py::module_& module) {
  auto m = module.def_submodule("pipeline", "From a study to a prediction.");
  bind_extract_curves(m);
  bind_predict_study(m);
  bind_write_maps(m);
  bind_probability_map(m);
  bind_training_cases(m);
  m.def(
      "write_segmentation",
      [](const TumourSegmentation& segmentation, const std::filesystem::path& folder, bool overwrite) {
        return write_segmentation(segmentation, folder, overwrite ? Overwrite::yes : Overwrite::no);
      },
      "segmentation"_a, "folder"_a, "overwrite"_a = false, py::call_guard<py::gil_scoped_release>(),
      R"(Write what the cascade found into a folder.

`labels.nii.gz` (BraTS values), the probabilities `whole_tumour.nii.gz`, `tumour_core.nii.gz`, `enhancing.nii.gz`,
`uncertainty.nii.gz`, and `segmentation.json` with volumes in mL, boxes, QC flags and provenance.

Parameters
----------
segmentation : bolus.segment.TumourSegmentation
folder : path
    Made when missing.
overwrite : bool

Returns
-------
list of path
    The files written.

Raises
------
IoError
    If a file exists already and `overwrite` is not set, or cannot be written.
)");
  m.def(
      "write_aligned",
      [](const PreprocessResult& result, const StudyImages& images, const std::filesystem::path& folder,
         const Preprocess& preprocess, bool overwrite) {
        const py::gil_scoped_release unlocked;
        return write_aligned(result, images, folder, preprocess, overwrite ? Overwrite::yes : Overwrite::no);
      },
      "result"_a, "images"_a, "folder"_a, "preprocess"_a = Preprocess{}, "overwrite"_a = false,
      R"(Write what Preprocess gave into a folder.

Structural images on the 1 mm grid, brain, tissue, white matter and labels; transforms (.tfm); bias fields; the series where
volumes were realigned, and motion.csv; preprocess.json with verdicts and measures; provenance.json.

Parameters
----------
result : bolus.preprocess.PreprocessResult
images : bolus.io.StudyImages
    What it was made from: their hashes go into the provenance.
folder : path
    Made when missing.
preprocess : bolus.preprocess.Preprocess
    Its options go into the provenance.
overwrite : bool
    Files of an earlier run that this one does not make are removed.

Returns
-------
list of path
    The files written.

Raises
------
IoError
    If a file exists already and `overwrite` is not set, or cannot be written.
)");
}

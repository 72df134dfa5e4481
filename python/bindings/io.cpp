// Reading and writing: images, label maps, DSC series, study folders, tables.
#include <bolus/io/cohort.hpp>
#include <bolus/io/curves.hpp>
#include <bolus/io/image_info.hpp>
#include <bolus/io/study.hpp>
#include <bolus/io/write_image.hpp>

#include "arrays.hpp"
#include "io.hpp"
#include "option_class.hpp"

using namespace bolus;

BOLUS_STRING_ENUM(NonFinite, "non_finite", "typing.Literal['error', 'zero']", std::string_view("error"),
                  std::string_view("zero"))

void bind_segmentation_file(py::module_& m);  // io_segmentation.cpp

namespace {

using Unlocked = py::call_guard<py::gil_scoped_release>;
using Path = std::filesystem::path;

Overwrite overwriting(bool overwrite) { return overwrite ? Overwrite::yes : Overwrite::no; }

void bind_readers(py::module_& m) {
  m.def("read_image", &read_image, "path"_a, "non_finite"_a = NonFinite::error, Unlocked(),
        R"(Read a 3-D image as float32 on the grid its header gives, stored scale and offset applied.

Parameters
----------
path : path
    NIfTI-1 (.nii, .nii.gz), NRRD (.nrrd) or MetaImage (.mha, .mhd). A 4-D file with one volume counts as 3-D.
non_finite : {'error', 'zero'}
    What happens with voxels that are NaN or infinite.

Returns
-------
bolus.Image

Raises
------
IoError
    If there is no such file or it cannot be opened.
FormatError
    If it is damaged, cut off, or of an unknown kind.
ShapeError
    If it is not 3-D.
GeometryError
    If its grid is impossible.
DataError
    If voxels are NaN or infinite and `non_finite` is 'error'.
)");
  m.def(
      "read_mask",
      [](const Path& path, const std::optional<Geometry>& grid, double tolerance) {
        return grid ? read_mask(path, *grid, tolerance) : read_mask(path);
      },
      "path"_a, "grid"_a = py::none(), "tolerance"_a = 1e-2, Unlocked(),
      R"(Read a 3-D mask: voxels that are not 0 become 1.

Parameters
----------
path : path
grid : bolus.Geometry, optional
    The mask must lie on it.
tolerance : float
    How far off a corner of the grid may be, mm.

Returns
-------
bolus.Mask

Raises
------
IoError, FormatError, ShapeError, GeometryError, DataError
    As `read_image`; GeometryError also where it does not lie on `grid`.
)");
  m.def(
      "read_label_map",
      [](const Path& path, const std::optional<Geometry>& grid, double tolerance) {
        return grid ? read_label_map(path, *grid, tolerance) : read_label_map(path);
      },
      "path"_a, "grid"_a = py::none(), "tolerance"_a = 1e-2, Unlocked(),
      R"(Read a tumour segmentation with the BraTS values 0, 1 (NET), 2 (ED), 4 (ET), stored in any type.

Parameters
----------
path : path
grid : bolus.Geometry, optional
    The labels must lie on it.
tolerance : float
    How far off a corner of the grid may be, mm.

Returns
-------
bolus.LabelMap

Raises
------
IoError, FormatError, ShapeError, GeometryError
    As `read_image`; GeometryError also where it does not lie on `grid`.
DataError
    If it holds any other value; names the values and the first voxel.
)");
  auto info = py::class_<ImageInfo>(m, "ImageInfo", "What an image file's header and sidecar say.");
  info.def_property_readonly("geometry", [](const ImageInfo& self) { return self.geometry; })
      .def_readonly("volumes", &ImageInfo::volumes)
      .def_property_readonly(
          "protocol", [](const ImageInfo& self) { return self.protocol; }, "ImageProtocol of the JSON sidecar.")
      .def_property_readonly(
          "flags", [](const ImageInfo& self) { return self.flags; }, "io.nifti.forms_disagree, io.nifti.no_orientation")
      .def("__repr__", [](const ImageInfo& self) {
        const auto& size = self.geometry.size;
        return detail::message("ImageInfo(", size[0], " x ", size[1], " x ", size[2], " x ", self.volumes, ", ",
                               self.flags.size(), " flags)");
      });
  m.def("image_info", &image_info, "path"_a, Unlocked(),
        R"(What the header and the JSON sidecar of an image say; no voxel is read.

Flags: io.nifti.forms_disagree where sform and qform place voxels more than a tenth of a voxel apart (the sform is used),
io.nifti.no_orientation where neither is set.

Parameters
----------
path : path
    NIfTI-1, NRRD or MetaImage; 3-D or 4-D.

Returns
-------
ImageInfo

Raises
------
IoError, FormatError, ShapeError, GeometryError
    As `read_image`.
)");
  m.def(
      "read_perfusion_series",
      [](const Path& path, std::optional<double> time_step, std::optional<double> echo_time,
         std::optional<double> repetition_time, std::optional<double> flip_angle, std::optional<double> field_strength,
         NonFinite non_finite) {
        return read_perfusion_series(path, {time_step, echo_time, repetition_time, flip_angle, field_strength, non_finite});
      },
      "path"_a, py::kw_only(), "time_step"_a = py::none(), "echo_time"_a = py::none(), "repetition_time"_a = py::none(),
      "flip_angle"_a = py::none(), "field_strength"_a = py::none(), "non_finite"_a = NonFinite::error, Unlocked(),
      R"(Read a 4-D DSC series (NIfTI-1, time last) as float32.

Time stamps start at 0 and come from, in this order: `time_step`; VolumeTiming of the sidecar; the header's time step with its
unit; the sidecar's RepetitionTime. The sidecar is a JSON file of the same name beside the series, with BIDS names. Values given
here win over the files.

Parameters
----------
path : path
time_step : float, optional
    Seconds between volumes.
echo_time, repetition_time : float, optional
    Seconds.
flip_angle : float, optional
    Degrees.
field_strength : float, optional
    Tesla.
non_finite : {'error', 'zero'}
    What happens with voxels that are NaN or infinite.

Returns
-------
bolus.PerfusionSeries

Raises
------
IoError, FormatError, GeometryError
    As `read_image`; FormatError also for a damaged sidecar or an implausible time step.
ShapeError
    If it is not 4-D.
DataError
    If the time step is not known.
OptionError
    If a value given is out of range.
)");
}

void bind_writers(py::module_& m) {
  const char* doc = R"(Write an image as a whole or not at all.

Parameters
----------
path : path
    Ending .nii, .nii.gz, .nrrd or .mha.
image
    Stored as float32 (images) or uint8 (masks, labels), with its geometry.
overwrite : bool
    Replace a file that is there.

Raises
------
IoError
    If the folder is missing or not writable, or the file exists and `overwrite` is false.
FormatError
    If the ending is unknown.
)";
  m.def(
      "write_image",
      [](const Path& path, const Image<float>& image, const std::optional<ImageProtocol>& protocol, bool overwrite) {
        if (protocol) return write_image(path, image, *protocol, overwriting(overwrite));
        write_image(path, image, overwriting(overwrite));
      },
      "path"_a, "image"_a, "protocol"_a = py::none(), "overwrite"_a = false, Unlocked(),
      R"(Write an image as a whole or not at all, and with a protocol a JSON sidecar (BIDS names) beside it.

Parameters
----------
path : path
    Ending .nii, .nii.gz, .nrrd or .mha.
image : bolus.Image
    Stored as float32, with its geometry.
protocol : ImageProtocol, optional
    What the sidecar says; without it none is written.
overwrite : bool
    Replace files that are there; else neither is written when one exists.

Raises
------
IoError
    If the folder is missing or not writable, or a file exists and `overwrite` is false.
FormatError
    If the ending is unknown.
)");
  m.def(
      "write_mask", [](const Path& path, const Mask& mask, bool overwrite) { write_mask(path, mask, overwriting(overwrite)); },
      "path"_a, "mask"_a, "overwrite"_a = false, Unlocked(), doc);
  m.def(
      "write_label_map",
      [](const Path& path, const LabelMap& labels, bool overwrite) { write_label_map(path, labels, overwriting(overwrite)); },
      "path"_a, "labels"_a, "overwrite"_a = false, Unlocked(), doc);
  m.def(
      "write_perfusion_series",
      [](const Path& path, const PerfusionSeries& series, bool overwrite) {
        write_perfusion_series(path, series, overwriting(overwrite));
      },
      "path"_a, "series"_a, "overwrite"_a = false, Unlocked(),
      R"(Write a DSC series as 4-D float32 NIfTI, and beside it a JSON sidecar with what is known of its protocol.

Parameters
----------
path : path
    Ending .nii or .nii.gz.
series : bolus.PerfusionSeries
overwrite : bool
    Replace files that are there; else neither is written when one exists.

Raises
------
IoError, FormatError
    As `write_image`.
)");
}

/// Modality -> path as a dict of str.
py::dict image_paths(const Study& study) {
  py::dict paths;
  for (const auto& [modality, path] : study.images) paths[py::str(std::string(modality_name(modality)))] = path;
  return paths;
}

py::dict image_series(const Study& study) {
  py::dict series;
  for (const auto& [modality, one] : study.dicom_images) series[py::str(std::string(modality_name(modality)))] = one;
  return series;
}

void bind_study(py::module_& m) {
  auto reading = py::class_<PerfusionReading>(m, "PerfusionReading", R"(What the reader is told about a DSC series.

Each value given wins over the sidecar and the header.

Parameters
----------
time_step, echo_time, repetition_time : float, optional
    Seconds.
flip_angle : float, optional
    Degrees.
field_strength : float, optional
    Tesla.
non_finite : {'error', 'zero'}
    What happens with voxels that are NaN or infinite.
)");
  add_options(reading, "PerfusionReading", Field{"time_step", &PerfusionReading::time_step, "s between volumes"},
              Field{"echo_time", &PerfusionReading::echo_time, "TE, s"},
              Field{"repetition_time", &PerfusionReading::repetition_time, "TR, s"},
              Field{"flip_angle", &PerfusionReading::flip_angle, "degrees"},
              Field{"field_strength", &PerfusionReading::field_strength, "T"},
              Field{"non_finite", &PerfusionReading::non_finite, "'error' or 'zero'"});

  py::class_<Study>(m, "Study", R"(Where the files of a patient's study are.

Parameters
----------
patient : str
images : dict of str to path
    By modality: t1, t2, flair, cet1.
perfusion, labels, arterial_mask : path, optional
perfusion_reading : PerfusionReading
dicom_images : dict of str to DicomSeries
    By modality; for what is DICOM.
dicom_perfusion : DicomSeries, optional
)")
      .def(py::init([](std::string patient, const std::map<std::string, Path>& images, std::optional<Path> perfusion,
                       std::optional<Path> labels, std::optional<Path> arterial_mask, const PerfusionReading& how,
                       const std::map<std::string, DicomSeries>& dicom_images, std::optional<DicomSeries> dicom_perfusion) {
             Study study{
                 std::move(patient),         {}, std::move(perfusion), std::move(labels), std::move(arterial_mask), how, {},
                 std::move(dicom_perfusion), {}};
             for (const auto& [name, path] : images) study.images[modality_from(name)] = path;
             for (const auto& [name, series] : dicom_images) study.dicom_images[modality_from(name)] = series;
             return study;
           }),
           "patient"_a = "", "images"_a = py::dict(), "perfusion"_a = py::none(), "labels"_a = py::none(),
           "arterial_mask"_a = py::none(), "perfusion_reading"_a = PerfusionReading{}, "dicom_images"_a = py::dict(),
           "dicom_perfusion"_a = py::none())
      .def_readwrite("patient", &Study::patient)
      .def_property(
          "images", &image_paths,
          [](Study& self, const std::map<std::string, Path>& images) {
            std::map<Modality, Path> chosen;
            for (const auto& [name, path] : images) chosen[modality_from(name)] = path;
            self.images = std::move(chosen);
          },
          "Paths by modality (t1, t2, flair, cet1).")
      .def_readwrite("perfusion", &Study::perfusion, "4-D DSC series, or None.")
      .def_readwrite("labels", &Study::labels, "Segmentation, or None.")
      .def_readwrite("arterial_mask", &Study::arterial_mask, "Voxels of the arterial input function, or None.")
      .def_readwrite("perfusion_reading", &Study::perfusion_reading)
      .def_property(
          "dicom_images", &image_series,
          [](Study& self, const std::map<std::string, DicomSeries>& images) {
            std::map<Modality, DicomSeries> chosen;
            for (const auto& [name, series] : images) chosen[modality_from(name)] = series;
            self.dicom_images = std::move(chosen);
          },
          "DicomSeries by modality (t1, t2, flair, cet1).")
      .def_property(
          "dicom_perfusion", [](const Study& self) { return self.dicom_perfusion; },
          [](Study& self, std::optional<DicomSeries> series) { self.dicom_perfusion = std::move(series); },
          "DSC series that is DICOM, or None.")
      .def_property_readonly(
          "flags", [](const Study& self) { return self.flags; }, "Doubts about which file or series is which.")
      .def(
          "to_frame",
          [](const Study& self) {
            py::list roles, files;
            const auto add = [&](const std::string& role, const Path& path) {
              roles.append(role);
              files.append(path.filename().string());
            };
            for (const auto& [modality, path] : self.images) add(std::string(modality_name(modality)), path);
            const auto add_series = [&](std::string_view role, const DicomSeries& series) {
              roles.append(std::string(role));
              files.append(detail::message("DICOM series of ", series.files.size(), " files: ", series.description));
            };
            for (const auto& [modality, series] : self.dicom_images) add_series(modality_name(modality), series);
            if (self.perfusion) add("dsc", *self.perfusion);
            if (self.dicom_perfusion) add_series("dsc", *self.dicom_perfusion);
            if (self.labels) add("labels", *self.labels);
            if (self.arterial_mask) add("aif", *self.arterial_mask);
            return data_frame(py::dict("role"_a = roles, "file"_a = files));
          },
          "Roles and file names as a pandas DataFrame.")
      .def("_repr_html_", &notebook_html)
      .def("__repr__",
           [](const Study& self) {
             std::string parts;
             const auto add = [&](std::string_view name) { parts += (parts.empty() ? "" : ", ") + std::string(name); };
             for (const auto& [modality, path] : self.images) add(modality_name(modality));
             for (const auto& [modality, series] : self.dicom_images) add(modality_name(modality));
             if (self.perfusion || self.dicom_perfusion) add("dsc");
             if (self.labels) add("labels");
             if (self.arterial_mask) add("aif");
             return "Study(" + self.patient + ": " + parts + ")";
           })
      .def(py::pickle(
          [](const Study& s) {
            return py::make_tuple(s.patient, image_paths(s), s.perfusion, s.labels, s.arterial_mask, s.perfusion_reading,
                                  image_series(s), s.dicom_perfusion, s.flags);
          },
          [](const py::tuple& t) {
            Study study{t[0].cast<std::string>(),
                        {},
                        t[2].cast<std::optional<Path>>(),
                        t[3].cast<std::optional<Path>>(),
                        t[4].cast<std::optional<Path>>(),
                        t[5].cast<PerfusionReading>(),
                        {},
                        t[7].cast<std::optional<DicomSeries>>(),
                        t[8].cast<QcFlags>()};
            for (const auto& [name, series] : t[6].cast<std::map<std::string, DicomSeries>>()) {
              study.dicom_images[modality_from(name)] = series;
            }
            for (const auto& [name, path] : t[1].cast<std::map<std::string, Path>>()) study.images[modality_from(name)] = path;
            return study;
          }));

  using Images = std::shared_ptr<StudyImages>;
  py::class_<StudyImages, Images>(m, "StudyImages", R"(A study's images, each on its own grid.

Parameters
----------
patient : str
structural : dict of str to bolus.Image
    By modality: t1, t2, flair, cet1.
perfusion : bolus.PerfusionSeries, optional
labels : bolus.LabelMap, optional
arterial_mask : bolus.Mask, optional
)")
      .def(py::init([](std::string patient, const std::map<std::string, Image<float>*>& structural,
                       const PerfusionSeries* perfusion, const LabelMap* labels, const Mask* arterial_mask) {
             auto images = std::make_shared<StudyImages>();
             images->patient = std::move(patient);
             for (const auto& [name, image] : structural) images->structural.emplace(modality_from(name), *image);
             if (perfusion) images->perfusion = *perfusion;
             if (labels) images->labels = *labels;
             if (arterial_mask) images->arterial_mask = *arterial_mask;
             return images;
           }),
           "patient"_a = "", "structural"_a = py::dict(), "perfusion"_a = py::none(), "labels"_a = py::none(),
           "arterial_mask"_a = py::none())
      .def_readwrite("patient", &StudyImages::patient)
      .def_property_readonly(
          "structural",
          [](const Images& self) {
            py::dict images;
            for (auto& [modality, image] : self->structural) {
              images[py::str(std::string(modality_name(modality)))] = std::shared_ptr<Image<float>>(self, &image);
            }
            return images;
          },
          "Images by modality.")
      .def_property_readonly("perfusion",
                             [](const Images& self) {
                               return self->perfusion ? std::shared_ptr<PerfusionSeries>(self, &*self->perfusion) : nullptr;
                             })
      .def_property_readonly(
          "labels", [](const Images& self) { return self->labels ? std::shared_ptr<LabelMap>(self, &*self->labels) : nullptr; })
      .def_property_readonly(
          "arterial_mask",
          [](const Images& self) { return self->arterial_mask ? std::shared_ptr<Mask>(self, &*self->arterial_mask) : nullptr; })
      .def_property_readonly(
          "other_echoes",
          [](const Images& self) {
            py::list all;
            for (auto& series : self->other_echoes) all.append(std::shared_ptr<PerfusionSeries>(self, &series));
            return all;
          },
          "Further echoes of the DSC series; `perfusion` is the one with TE nearest 30 ms.")
      .def_property_readonly(
          "flags", [](const StudyImages& self) { return self.flags; }, "What reading found doubtful.")
      .def("_repr_html_", &notebook_html)
      .def("__repr__", [](const StudyImages& self) {
        std::string names;
        for (const auto& [modality, image] : self.structural)
          names += (names.empty() ? "" : ", ") + std::string(modality_name(modality));
        return detail::message("StudyImages(", self.patient, ": [", names, "], perfusion=", self.perfusion ? "yes" : "no",
                               ", labels=", self.labels ? "yes" : "no", ", arterial_mask=", self.arterial_mask ? "yes" : "no",
                               ")");
      });

  m.def("find_study", &find_study, "folder"_a, Unlocked(),
        R"(Recognise a study's files in a folder by their names, and what is missing then among its DICOM series.

Parameters
----------
folder : path
    Holds t1, t2, flair, cet1 (or t1c, t1ce, t1gd, t1post), dsc (or perf, perfusion), labels (or seg, segmentation), aif; with
    the ending .nii, .nii.gz, .nrrd or .mha, in any case, alone or after a prefix as in case07_t1ce.nii.gz. A BIDS folder of one
    subject and session is looked through in its anat and perf, where a T1w with the entity ce is CET1.

Returns
-------
Study

Raises
------
IoError
    If the folder is missing.
DataError
    If two files claim a role, the DICOM files or BIDS folders are of several patients, or none is recognised.
)");
  m.def(
      "read_study", [](const Study& study) { return std::make_shared<StudyImages>(read_study(study)); }, "study"_a, Unlocked(),
      R"(Read all files of a study and check that they belong together.

Parameters
----------
study : Study

Returns
-------
StudyImages

Raises
------
IoError, FormatError, ShapeError, DataError
    As the readers.
GeometryError
    If the labels lie on no image's grid, or the arterial mask not on the series'.
)");
}

void bind_tables(py::module_& m) {
  auto row = py::class_<CohortRow>(m, "CohortRow", "One patient of a cohort table.");
  add_results(row, "CohortRow", Field{"patient", &CohortRow::patient, ""},
              Field{"label", &CohortRow::label, "1 = IDH-mutant, 0 = wildtype"},
              Field{"folder", &CohortRow::folder, "The study's folder, or None."},
              Field{"age", &CohortRow::age, "years, or None"}, Field{"sex", &CohortRow::sex, "'F', 'M' or None"},
              Field{"grade", &CohortRow::grade, "WHO grade 1 to 4, or None"},
              Field{"other", &CohortRow::other, "Further columns as text."});
  row.def("__repr__", [](const CohortRow& self) {
    return detail::message("CohortRow(", self.patient, ", ", self.label == 1 ? "mutant" : "wildtype", ")");
  });
  auto cohort = py::class_<Cohort>(m, "Cohort", "A table of patients, in the order of the file.");
  add_results(cohort, "Cohort", Field{"columns", &Cohort::columns, "Names in the file, lower case."},
              Field{"rows", &Cohort::rows, "One CohortRow per patient."});
  cohort.def("__len__", [](const Cohort& self) { return self.rows.size(); })
      .def(
          "to_frame",
          [](const Cohort& self) {
            py::list patient, label, folder, age, sex, grade;
            for (const auto& entry : self.rows) {
              patient.append(entry.patient);
              label.append(entry.label);
              folder.append(entry.folder);
              age.append(entry.age);
              sex.append(entry.sex);
              grade.append(entry.grade);
            }
            py::dict columns("patient"_a = patient, "label"_a = label, "folder"_a = folder, "age"_a = age, "sex"_a = sex,
                             "grade"_a = grade);
            for (const auto& name : self.columns) {
              if (columns.contains(name) || name == "idh") continue;
              py::list values;
              for (const auto& entry : self.rows) {
                const auto found = entry.other.find(name);
                values.append(found == entry.other.end() ? py::object(py::none()) : py::object(py::str(found->second)));
              }
              columns[py::str(name)] = values;
            }
            return data_frame(columns);
          },
          "The table as a pandas DataFrame.")
      .def("__repr__", [](const Cohort& self) {
        std::size_t mutant = 0;
        for (const auto& entry : self.rows) mutant += entry.label == 1;
        return detail::message("Cohort(", self.rows.size(), " patients, ", mutant, " mutant)");
      });
  cohort.def("_repr_html_", &notebook_html);
  m.def("read_cohort", &read_cohort, "path"_a, Unlocked(), R"(Read a comma-separated table of patients.

Parameters
----------
path : path
    With the columns patient and label (or idh: 0, 1, wildtype, mutant), and where present folder, age, sex, grade. A relative
    folder counts from the folder of the table.

Returns
-------
Cohort

Raises
------
IoError
    If the file cannot be read.
FormatError
    With every problem of the table at once, each with its row.
)");

  auto curves = py::class_<PatientCurves>(m, "PatientCurves", R"(The curves of one patient of a curve table.

Parameters
----------
patient : str
curves : bolus.CurveSet
    T2*-weighted signals.
label : int, optional
    1 = IDH-mutant, 0 = wildtype.
)");
  curves
      .def(py::init([](std::string patient, CurveSet signals, std::optional<int> label) {
             return PatientCurves{std::move(patient), label, std::move(signals)};
           }),
           "patient"_a, "curves"_a, "label"_a = py::none())
      .def_readwrite("patient", &PatientCurves::patient)
      .def_readwrite("curves", &PatientCurves::curves)
      .def_readwrite("label", &PatientCurves::label)
      .def("_repr_html_", &notebook_html)
      .def("__repr__",
           [](const PatientCurves& self) {
             return detail::message("PatientCurves(", self.patient, ", ", self.curves.names.size(),
                                    " curves, label=", self.label ? std::to_string(*self.label) : "None", ")");
           })
      .def(py::pickle([](const PatientCurves& c) { return py::make_tuple(c.patient, c.label, c.curves); },
                      [](const py::tuple& t) {
                        return PatientCurves{t[0].cast<std::string>(), t[1].cast<std::optional<int>>(), t[2].cast<CurveSet>()};
                      }));
  m.def("read_curves", &read_curves, "path"_a, Unlocked(), R"(Read a table of signal curves.

Parameters
----------
path : path
    Comma-separated, one row per patient and time point: patient, time (s), optionally label, and one column per curve.

Returns
-------
list of PatientCurves

Raises
------
IoError, FormatError, DataError
    If the file cannot be read, is damaged, or holds values that are no curve.
)");
  m.def(
      "write_curves",
      [](const Path& path, const std::vector<PatientCurves>& patients, bool overwrite) {
        write_curves(path, patients, overwriting(overwrite));
      },
      "path"_a, "patients"_a, "overwrite"_a = false, Unlocked(), R"(Write a table of signal curves; numbers survive unchanged.

Parameters
----------
path : path
patients : list of PatientCurves
    With the same curves each.
overwrite : bool
    Replace a file that is there.

Raises
------
IoError, ShapeError, DataError
    If it cannot be written, or the patients have different curves or the same name.
)");
}

}  // namespace

void bind_io(py::module_& module) {
  auto m = module.def_submodule("io", "Reading and writing images, DSC series, study folders and tables.");
  bind_io_dicom(m);
  bind_readers(m);
  bind_writers(m);
  bind_study(m);
  bind_tables(m);
  bind_segmentation_file(m);
}

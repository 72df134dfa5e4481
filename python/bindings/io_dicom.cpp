// DICOM: series found, described, chosen, read, and rid of what identifies a patient.
#include <bolus/io/deidentify.hpp>
#include <bolus/io/read_dicom.hpp>

#include <pybind11/typing.h>
#include "arrays.hpp"
#include "io.hpp"
#include "option_class.hpp"

using namespace bolus;

BOLUS_STRING_ENUM(SeriesRole, "role", "typing.Literal['t1', 't2', 'flair', 'cet1', 'dsc', 'other']", std::string_view("t1"),
                  std::string_view("t2"), std::string_view("flair"), std::string_view("cet1"), std::string_view("dsc"),
                  std::string_view("other"))
BOLUS_STRING_ENUM(PhilipsValues, "philips", "typing.Literal['precise', 'displayed']", std::string_view("precise"),
                  std::string_view("displayed"))

namespace {

using Unlocked = py::call_guard<py::gil_scoped_release>;
using Path = std::filesystem::path;

std::string shape_of(const DicomSeries& series) {
  auto shape = detail::message(series.size[0], " x ", series.size[1], " x ", series.size[2]);
  return series.volumes > 1 ? detail::message(shape, " x ", series.volumes) : shape;
}

py::object series_frame(const std::vector<DicomSeries>& all) {
  py::list number, role, confidence, description, layout, shape, echo_times, tr, patient, study, files;
  for (const auto& series : all) {
    number.append(series.number);
    role.append(std::string(series_role_name(series.role)));
    confidence.append(series.confidence);
    description.append(series.description);
    layout.append(series.layout);
    shape.append(shape_of(series));
    echo_times.append(series.echo_times);
    tr.append(series.protocol.repetition_time);
    patient.append(series.patient);
    study.append(series.study);
    files.append(series.files.size());
  }
  return data_frame(py::dict("number"_a = number, "role"_a = role, "confidence"_a = confidence, "description"_a = description,
                             "shape"_a = shape, "echo_times"_a = echo_times, "repetition_time"_a = tr, "layout"_a = layout,
                             "patient"_a = patient, "study"_a = study, "files"_a = files));
}

void bind_series(py::module_& m) {
  auto protocol = py::class_<ImageProtocol>(m, "ImageProtocol", R"(How an image was acquired, as far as its files say.

Parameters
----------
echo_time, repetition_time, inversion_time : float, optional
    Seconds.
flip_angle : float, optional
    Degrees.
field_strength : float, optional
    Tesla.
manufacturer : str
    Of the scanner; empty where it is not known.
contrast_agent : bool, optional
    Whether one had been given, where the header says so.
)");
  add_options(protocol, "ImageProtocol", Field{"echo_time", &ImageProtocol::echo_time, "TE, s, or None"},
              Field{"repetition_time", &ImageProtocol::repetition_time, "TR, s, or None"},
              Field{"inversion_time", &ImageProtocol::inversion_time, "TI, s, or None"},
              Field{"flip_angle", &ImageProtocol::flip_angle, "degrees, or None"},
              Field{"field_strength", &ImageProtocol::field_strength, "T, or None"},
              Field{"manufacturer", &ImageProtocol::manufacturer, "Of the scanner."},
              Field{"contrast_agent", &ImageProtocol::contrast_agent, "Given, not given, or None: not known."});
  protocol.def("__eq__", [](const ImageProtocol& a, const ImageProtocol& b) { return a == b; }, py::is_operator());

  auto series = py::class_<DicomSeries>(m, "DicomSeries", R"(One series of a DICOM folder.

Nothing here identifies a patient but `files`, which are as they were found.

Parameters
----------
files : sequence of path
role : {'t1', 't2', 'flair', 'cet1', 'dsc', 'other'}
    Recognised from the headers; set it to overrule.
)");
  series
      .def(py::init([](std::vector<Path> files, SeriesRole role) {
             DicomSeries made;
             made.files = std::move(files);
             made.role = role;
             made.confidence = 1.0;
             return made;
           }),
           "files"_a, "role"_a = SeriesRole::other)
      .def("__repr__", [](const DicomSeries& self) {
        return detail::message("DicomSeries('", self.description, "', ", shape_of(self), ", ", series_role_name(self.role), " ",
                               std::round(self.confidence * 100.0), " %, ", self.files.size(), " files)");
      });
  add_results(series, "DicomSeries", Field{"files", &DicomSeries::files, "As they were found."},
              Field{"role", &DicomSeries::role, "What it is in a study; set it to overrule."},
              Field{"confidence", &DicomSeries::confidence, "In the role, 0 to 1."},
              Field{"reasons", &DicomSeries::reasons, "What spoke for and against the role."},
              Field{"number", &DicomSeries::number, "On the scanner, or None."},
              Field{"description", &DicomSeries::description, "The scanner's, without names, dates and long numbers."},
              Field{"layout", &DicomSeries::layout, "'single-frame', 'mosaic' or 'multi-frame'"},
              Field{"size", &DicomSeries::size, "Columns, rows, slices."}, Field{"spacing", &DicomSeries::spacing, "mm"},
              Field{"volumes", &DicomSeries::volumes, "Per echo."},
              Field{"echo_times", &DicomSeries::echo_times, "Seconds, one for each echo."},
              Field{"protocol", &DicomSeries::protocol, "ImageProtocol with the first echo's TE."},
              Field{"patient", &DicomSeries::patient, "Counted in the folder from 0."},
              Field{"study", &DicomSeries::study, "Examination, counted in the folder from 0."});
  series.def_readwrite("files", &DicomSeries::files, "As they were found.")
      .def_property(
          "role", [](const DicomSeries& self) { return self.role; },
          [](DicomSeries& self, SeriesRole role) {
            self.role = role;
            self.confidence = 1.0;
          },
          "What it is in a study; set it to overrule, which makes its confidence 1.")
      .def_readwrite("confidence", &DicomSeries::confidence, "In the role, 0 to 1.");

  auto unreadable = py::class_<UnreadableFile>(m, "UnreadableFile", "A file that is no readable DICOM image.");
  add_results(unreadable, "UnreadableFile", Field{"file", &UnreadableFile::file, ""},
              Field{"reason", &UnreadableFile::reason, "Why it cannot be read, or was left out."});
  unreadable.def("__repr__", [](const UnreadableFile& self) {
    return detail::message("UnreadableFile(", self.file.filename().string(), ": ", self.reason, ")");
  });

  auto folder = py::class_<DicomFolder>(m, "DicomFolder", "What `find_series` found.");
  add_results(folder, "DicomFolder", Field{"series", &DicomFolder::series, "List of DicomSeries, in the order of acquisition."},
              Field{"unreadable", &DicomFolder::unreadable, "List of UnreadableFile; none of them is fatal."});
  // The series themselves, not copies: a role set by hand stays.
  folder.def_property_readonly(
      "series",
      [](const py::object& self) {
        py::typing::List<DicomSeries> all;
        for (auto& one : self.cast<DicomFolder&>().series) {
          all.append(py::cast(&one, py::return_value_policy::reference_internal, self));
        }
        return all;
      },
      "List of DicomSeries, in the order of acquisition. Set `role` of one to overrule what was recognised.");
  folder.def("__len__", [](const DicomFolder& self) { return self.series.size(); })
      .def(
          "to_frame", [](const DicomFolder& self) { return series_frame(self.series); },
          "One row per series, as a pandas DataFrame.")
      .def("_repr_html_", [](const py::object& self) { return self.attr("to_frame")().attr("to_html")(); })
      .def("__repr__", [](const DicomFolder& self) {
        return detail::message("DicomFolder(", self.series.size(), " series, ", self.unreadable.size(), " unreadable files)");
      });

  auto chosen = py::class_<ChosenSeries>(m, "ChosenSeries", "One series for each role.");
  chosen
      .def_property_readonly(
          "series",
          [](const ChosenSeries& self) {
            py::dict series_by_role;
            for (const auto& [role, one] : self.series) series_by_role[py::str(std::string(series_role_name(role)))] = one;
            return series_by_role;
          },
          "DicomSeries by role: t1, t2, flair, cet1, dsc.")
      .def_property_readonly(
          "flags", [](const ChosenSeries& self) { return self.flags; }, "Doubts about the choice.")
      .def("__repr__", [](const ChosenSeries& self) {
        std::string names;
        for (const auto& [role, one] : self.series) names += (names.empty() ? "" : ", ") + std::string(series_role_name(role));
        return detail::message("ChosenSeries([", names, "], ", self.flags.size(), " flags)");
      });

  m.def("find_series", &find_series, "folder"_a, Unlocked(), R"(Find every DICOM series below a folder.

Nested folders, files of any name, several series mixed. Files that cannot be read or are no images are listed, not fatal.
Magnitude and phase of one series come apart; echoes stay together. Roles come from sequence type, TE, TR, TI, contrast agent,
number of volumes, image type and the words of the description; a T1 without a word about contrast that was acquired after the
DSC series of its study counts as enhanced.

Parameters
----------
folder : path

Returns
-------
DicomFolder

Raises
------
IoError
    If there is no such folder or it cannot be listed.
)");
  m.def("choose_series", &choose_series, "folder"_a, "least_confidence"_a = 0.5, Unlocked(),
        R"(The likeliest series of each role.

All are of one study (examination): of several the one with most roles. Among equals the one with more slices, then the later.

Parameters
----------
folder : DicomFolder
least_confidence : float
    Series below are left out.

Returns
-------
ChosenSeries

Raises
------
DataError
    If the folder holds more than one patient, no series of a role, or studies between which nothing decides.
)");
}

void bind_reading(py::module_& m) {
  using Read = std::shared_ptr<DicomImage>;
  py::class_<DicomImage, Read>(m, "DicomImage", "A 3-D image from DICOM.")
      .def_property_readonly("image", [](const Read& self) { return std::shared_ptr<Image<float>>(self, &self->image); })
      .def_property_readonly(
          "protocol", [](const DicomImage& self) { return self.protocol; }, "ImageProtocol")
      .def_property_readonly(
          "reasons", [](const DicomImage& self) { return self.reasons; }, "How slices were put together.")
      .def_property_readonly(
          "flags", [](const DicomImage& self) { return self.flags; }, "What was doubtful.")
      .def("_repr_html_", &notebook_html)
      .def("__repr__", [](const DicomImage& self) {
        const auto& size = self.image.geometry().size;
        return detail::message("DicomImage(", size[0], " x ", size[1], " x ", size[2], ", ", self.flags.size(), " flags)");
      });
  using Series = std::shared_ptr<DicomPerfusion>;
  py::class_<DicomPerfusion, Series>(m, "DicomPerfusion", R"(A 4-D series from DICOM: one PerfusionSeries for each echo.)")
      .def_property_readonly(
          "series",
          [](const Series& self) {
            py::list all;
            for (auto& series : self->series) all.append(std::shared_ptr<PerfusionSeries>(self, &series));
            return all;
          },
          "List of PerfusionSeries in the order of TE (and of any further index, an ASL label for one), on one grid.")
      .def_property_readonly(
          "names", [](const DicomPerfusion& self) { return self.names; }, "E.g. 'TE 30 ms', one for each.")
      .def_property_readonly(
          "protocol", [](const DicomPerfusion& self) { return self.protocol; }, "ImageProtocol with the first TE")
      .def_property_readonly(
          "reasons", [](const DicomPerfusion& self) { return self.reasons; },
          "Which tag ordered the volumes, and where the time stamps come from.")
      .def_property_readonly(
          "flags", [](const DicomPerfusion& self) { return self.flags; }, "What was doubtful.")
      .def("_repr_html_", &notebook_html)
      .def("__repr__", [](const DicomPerfusion& self) {
        std::string names;
        for (const auto& name : self.names) names += (names.empty() ? "" : ", ") + name;
        return detail::message("DicomPerfusion([", names, "], ", self.flags.size(), " flags)");
      });

  m.def(
      "read_dicom_image",
      [](const DicomSeries& series, PhilipsValues philips) {
        return std::make_shared<DicomImage>(read_dicom_image(series, philips));
      },
      "series"_a, "philips"_a = PhilipsValues::precise, Unlocked(), R"(Read a 3-D DICOM series as float32 on its own grid.

x runs along the rows, y along the columns, z along their cross product; rescale is applied. Of several echoes the last is taken
for t2 and flair, else the first, and flagged.

Parameters
----------
series : DicomSeries
philips : {'precise', 'displayed'}
    What Philips' voxels mean: (stored x RS + RI) / (RS x SS), which can be compared between images (Chenevert et al., Transl Oncol
    2014) and is what dcm2niix writes, or stored x RS + RI.

Returns
-------
DicomImage

Raises
------
IoError
    If a file cannot be opened.
FormatError
    If one is damaged, cut off, in colour, or in an encoding that is not read, or a slice is missing.
GeometryError
    If there is no orientation, or several as in a localiser, a gantry tilt, or uneven spacing.
ShapeError
    If it is a time series.
DataError
    If it has one slice only.
)");
  m.def(
      "read_dicom_perfusion",
      [](const DicomSeries& series, std::optional<double> time_step, std::optional<double> echo_time,
         std::optional<double> repetition_time, std::optional<double> flip_angle, std::optional<double> field_strength,
         PhilipsValues philips) {
        return std::make_shared<DicomPerfusion>(read_dicom_perfusion(
            series, {time_step, echo_time, repetition_time, flip_angle, field_strength, NonFinite::error}, philips));
      },
      "series"_a, py::kw_only(), "time_step"_a = py::none(), "echo_time"_a = py::none(), "repetition_time"_a = py::none(),
      "flip_angle"_a = py::none(), "field_strength"_a = py::none(), "philips"_a = PhilipsValues::precise, Unlocked(),
      R"(Read a time series from DICOM.

Slices are grouped by where they lie along their normal, and ordered in time by the best tag there is: temporal position,
acquisition number, acquisition time, trigger time, content time, instance number. Times start at 0 and come from, in this order:
`time_step`; acquisition times; Philips' begin of the dynamic scan; trigger times; temporal resolution; duration of the acquisition;
content times; TR (the last two flagged). `reasons` says which tags were used and why others were not.

Parameters
----------
series : DicomSeries
time_step : float, optional
    Seconds between volumes.
echo_time, repetition_time : float, optional
    Seconds. Values given win over the headers.
flip_angle : float, optional
    Degrees.
field_strength : float, optional
    Tesla.
philips : {'precise', 'displayed'}
    As for `read_dicom_image`.

Returns
-------
DicomPerfusion

Raises
------
IoError, FormatError, GeometryError
    As `read_dicom_image`; FormatError also for volumes that lack slices, except the last, which is left out and flagged.
ShapeError
    If it is a single volume.
DataError
    If nothing says how far volumes are apart in time, or it has one slice only.
OptionError
    If a value given is out of range, or `echo_time` is given for several echoes.
)");

  auto done = py::class_<DeidentifiedFolder>(m, "DeidentifiedFolder", "What `deidentify` did.");
  add_results(done, "DeidentifiedFolder", Field{"written", &DeidentifiedFolder::written, "The new files."},
              Field{"left_out", &DeidentifiedFolder::left_out, "List of UnreadableFile, each with its reason."});
  done.def("__repr__", [](const DeidentifiedFolder& self) {
    return detail::message("DeidentifiedFolder(", self.written.size(), " written, ", self.left_out.size(), " left out)");
  });
  m.def(
      "deidentify",
      [](const Path& folder, const Path& out, std::string patient, std::string salt, bool keep_descriptions) {
        return deidentify(folder, out, {std::move(patient), std::move(salt), keep_descriptions});
      },
      "folder"_a, "out"_a, py::kw_only(), "patient"_a = "anonymous", "salt"_a = "", "keep_descriptions"_a = false, Unlocked(),
      R"(Write copies of the DICOM images below a folder without what identifies a patient.

The Basic Application Level Confidentiality Profile of DICOM PS3.15 annex E with its options Retain Longitudinal Temporal Information
With Modified Dates, Clean Descriptors (where kept) and Retain Safe Private, by a list of what stays: geometry, sequence parameters,
scaling, and the private elements that 4-D series need. UIDs are replaced consistently; dates and times are moved together so that
the first is 1 January 2000, 0:00, and intervals stay. Voxels are written anew, uncompressed. File names are not kept. A face in a
structural image stays there.

Parameters
----------
folder : path
out : path
    New or empty; gets series_001/000001.dcm and so on.
patient : str
    Name and ID in the copies; with several patients the next get -2, -3, ...
salt : str
    Decides the new UIDs: the same salt gives the same ones in another call; empty: at random.
keep_descriptions : bool
    Keep the scanner's series descriptions, cleaned; else they say the recognised role.

Returns
-------
DeidentifiedFolder

Raises
------
IoError
    If `folder` is missing, or `out` is not empty or cannot be written.
DataError
    If nothing is left to write.
)");
}

}  // namespace

void bind_io_dicom(py::module_& m) {
  bind_series(m);
  bind_reading(m);
}

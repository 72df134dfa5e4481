// Segmentations of 3D Slicer.
#include <bolus/io/segmentation_file.hpp>

#include "arrays.hpp"
#include "regions.hpp"

using namespace bolus;

void bind_segmentation_file(py::module_& m) {
  using S = Segment;
  auto segment = py::class_<S>(m, "Segment", "A segment as a .seg.nrrd file of 3D Slicer describes it.");
  add_results(segment, "Segment", Field{"id", &S::id, ""}, Field{"name", &S::name, ""},
              Field{"terminology", &S::terminology, "Code of its type, 'scheme^value^meaning', or ''."},
              Field{"colour", &S::colour, "Red, green, blue, 0 to 1."}, Field{"layer", &S::layer, "Of the file."},
              Field{"label_value", &S::label_value, "Of its voxels in that layer."}, Field{"voxels", &S::voxels, ""},
              Field{"region", &S::region, "What it was taken for; None when it was left out."});
  segment.def("__repr__", [](const S& self) {
    return detail::message("Segment('", self.name, "', ", self.voxels, " voxels, ",
                           self.region ? region_name(*self.region) : "left out", ")");
  });

  py::class_<Segmentation, std::shared_ptr<Segmentation>> read(m, "Segmentation", "A .seg.nrrd file as read.");
  read.def_property_readonly(
          "labels", [](const std::shared_ptr<Segmentation>& self) { return std::shared_ptr<LabelMap>(self, &self->labels); },
          "LabelMap")
      .def_property_readonly(
          "segments", [](const Segmentation& self) { return self.segments; }, "list of Segment")
      .def_property_readonly(
          "flags", [](const Segmentation& self) { return self.flags; }, "list of QcFlag")
      .def(
          "to_frame",
          [](const Segmentation& self) {
            py::list ids, names, regions, voxels, layers, values;
            for (const auto& one : self.segments) {
              ids.append(one.id);
              names.append(one.name);
              regions.append(py::cast(one.region));
              voxels.append(one.voxels);
              layers.append(one.layer);
              values.append(one.label_value);
            }
            return data_frame(py::dict("id"_a = ids, "name"_a = names, "region"_a = regions, "voxels"_a = voxels,
                                       "layer"_a = layers, "label_value"_a = values));
          },
          "One row per segment as a pandas DataFrame.")
      .def("__repr__",
           [](const Segmentation& self) { return detail::message("Segmentation(", self.segments.size(), " segments)"); });
  add_html(read);

  m.def(
      "read_segmentation",
      [](const std::filesystem::path& path, std::map<std::string, std::optional<Region>> regions, bool resolve_overlap,
         std::optional<Geometry> grid) {
        const py::gil_scoped_release release;
        return std::make_shared<Segmentation>(read_segmentation(path, {std::move(regions), resolve_overlap, std::move(grid)}));
      },
      "path"_a, py::kw_only(), "regions"_a = py::dict(), "resolve_overlap"_a = false, "grid"_a = py::none(),
      R"(Read a segmentation of 3D Slicer.

A segment is recognised by its ID, its name and the code of its terminology, never by its label value. One of the three is enough;
where they contradict each other it is an error. Whole tumour and tumour core are accepted as well: what they hold beyond the parts
becomes oedema and NET.

Parameters
----------
path : path
    ``.seg.nrrd``, 3-D, or 4-D with overlapping layers.
regions : dict of str to {'ET', 'NET', 'ED', 'WT', 'TC', None}, optional
    What a segment is, by its ID or name, where the file does not tell; None leaves it out.
resolve_overlap : bool
    A voxel in more than one part goes to the innermost (ET, then NET, then ED); else it is an error.
grid : Geometry, optional
    Of the images: a file that covers only a part of it is placed on it.

Returns
-------
Segmentation
    Flags: io.segmentation.renamed, .empty_segment, .missing, .overlap, .filled.

Raises
------
IoError, FormatError, ShapeError
    As `read_image`; FormatError also for voxels of no segment.
GeometryError
    If the file does not lie on the voxels of `grid`.
DataError
    For two segments of one region, an unknown segment with voxels, contradictions and overlap.
OptionError
    If `regions` names a segment that is not there.
)");
}

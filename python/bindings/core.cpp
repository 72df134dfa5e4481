// The values that every module speaks in, their interchange with numpy, nibabel and SimpleITK, and the errors.
#include <bolus/core/aligned_study.hpp>
#include <bolus/core/atomic_file.hpp>
#include <bolus/core/curve_set.hpp>
#include <bolus/core/dataset.hpp>
#include <bolus/core/label_map.hpp>
#include <bolus/core/parallel.hpp>
#include <bolus/core/perfusion_series.hpp>
#include <bolus/core/provenance.hpp>
#include <bolus/core/random.hpp>

#include "arrays.hpp"
#include "errors.hpp"
#include "images.hpp"

namespace {

using namespace bolus;

void bind_geometry(py::module_& m) {
  py::class_<Geometry>(m, "Geometry", R"(Where the voxels of a 3-D image lie in the patient: LPS, millimetres.

Parameters
----------
size : sequence of 3 int
    Voxels along x, y, z.
spacing : sequence of 3 float
    Millimetres between voxel centres.
origin : sequence of 3 float
    LPS position of the centre of voxel (0, 0, 0) in mm.
direction : array (3, 3)
    Column k is the LPS unit vector of the k-th axis.

Raises
------
GeometryError
    If a size is not positive, a spacing not positive, or the axes are not orthonormal.
)")
      .def(py::init([](std::array<std::int64_t, 3> size, const Eigen::Vector3d& spacing, const Eigen::Vector3d& origin,
                       const Eigen::Matrix3d& direction) {
             Geometry geometry{size, spacing, origin, direction};
             geometry.validate();
             return geometry;
           }),
           "size"_a, "spacing"_a = Eigen::Vector3d::Ones().eval(), "origin"_a = Eigen::Vector3d::Zero().eval(),
           "direction"_a = Eigen::Matrix3d::Identity().eval())
      .def_static("from_affine", &Geometry::from_affine_ras, "affine"_a, "size"_a,
                  "The geometry of a RAS affine (4, 4), as nibabel gives it, and a size.")
      .def_readonly("size", &Geometry::size)
      .def_property_readonly("spacing", [](const Geometry& g) { return g.spacing; })
      .def_property_readonly("origin", [](const Geometry& g) { return g.origin; })
      .def_property_readonly("direction", [](const Geometry& g) { return g.direction; })
      .def_property_readonly("affine", &Geometry::affine_ras, "RAS affine (4, 4), as in nibabel.")
      .def("point_of", &Geometry::point_of, "index"_a, "LPS position in mm of a voxel index.")
      .def("index_of", &Geometry::index_of, "point"_a, "Voxel index (fractional) of an LPS position in mm.")
      .def("difference", &Geometry::difference, "other"_a, "tolerance"_a = 1e-2,
           "Empty when both describe the same grid within `tolerance` mm, else what differs.")
      .def(
          "__eq__", [](const Geometry& a, const Geometry& b) { return a.difference(b, 1e-9).empty(); }, py::is_operator())
      .def("__repr__",
           [](const Geometry& g) {
             return detail::message("Geometry(size=(", g.size[0], ", ", g.size[1], ", ", g.size[2], "), spacing=(",
                                    g.spacing[0], ", ", g.spacing[1], ", ", g.spacing[2], ") mm)");
           })
      .def(py::pickle([](const Geometry& g) { return py::make_tuple(g.size, g.spacing, g.origin, g.direction); },
                      [](const py::tuple& t) {
                        return Geometry{t[0].cast<std::array<std::int64_t, 3>>(), t[1].cast<Eigen::Vector3d>(),
                                        t[2].cast<Eigen::Vector3d>(), t[3].cast<Eigen::Matrix3d>()};
                      }));
}

void bind_label_map(py::module_& m) {
  auto label_map = py::class_<LabelMap, std::shared_ptr<LabelMap>>(
      m, "LabelMap", R"(A tumour segmentation with BraTS values: 0 background, 1 NET, 2 ED, 4 ET.

Parameters
----------
array : array (x, y, z) of integers
    Used in place when it is uint8 and x is fastest in memory, else copied.
affine : array (4, 4), optional
    RAS affine as in nibabel; the identity when not given.

Raises
------
DataError
    If a voxel holds another value.
)");
  label_map
      .def(py::pickle(
          [](const py::object& self) -> py::tuple { return py::make_tuple(self.attr("array"), self.attr("affine")); },
          [](const py::tuple& state) {
            return LabelMap(image_from_array<std::uint8_t>(state[0].cast<py::array>(), state[1]));
          }))
      .def(py::init([](const py::array& array, const py::object& affine) {
             return LabelMap(image_from_array<std::uint8_t>(array, affine));
           }),
           "array"_a, "affine"_a = py::none())
      .def_property_readonly("array",
                             [](const std::shared_ptr<LabelMap>& self) { return image_array(self->image(), py::cast(self)); })
      .def_property_readonly("geometry", &LabelMap::geometry)
      .def_property_readonly("affine", [](const LabelMap& self) { return self.geometry().affine_ras(); })
      .def(
          "voxel_count", [](const LabelMap& self, const std::string& region) { return self.voxel_count(region_from(region)); },
          "region"_a, "Voxels of 'ET', 'NET', 'ED', 'WT' or 'TC'.")
      .def(
          "volume", [](const LabelMap& self, const std::string& region) { return self.volume(region_from(region)); },
          "region"_a, "Volume in mL of 'ET', 'NET', 'ED', 'WT' or 'TC'.")
      .def(
          "mask",
          [](const LabelMap& self, const std::string& region) {
            return std::make_shared<Mask>(self.mask(region_from(region)));
          },
          "region"_a, "Mask of 'ET', 'NET', 'ED', 'WT' or 'TC'.")
      .def(
          "to_frame",
          [](const LabelMap& self) {
            py::list names, counts, volumes;
            for (const auto region : all_regions) {
              names.append(std::string(region_name(region)));
              counts.append(self.voxel_count(region));
              volumes.append(self.volume(region));
            }
            return data_frame(py::dict("region"_a = names, "voxels"_a = counts, "volume_ml"_a = volumes));
          },
          "Voxels and volume per region as a pandas DataFrame.")
      .def("_repr_html_", &notebook_html)
      .def("__repr__", [](const LabelMap& self) {
        return detail::message("LabelMap(ET=", self.voxel_count(Region::enhancing),
                               ", NET=", self.voxel_count(Region::non_enhancing), ", ED=", self.voxel_count(Region::oedema),
                               ", WT=", self.voxel_count(Region::whole_tumour), " voxels)");
      });
  add_interchange<std::uint8_t>(label_map);
}

PerfusionSeries series_from_array(const py::array& array, const Eigen::VectorXd& times, const py::object& affine,
                                  const PerfusionProtocol& protocol) {
  detail::require<ShapeError>(array.ndim() == 4, "expected an array (x, y, z, t), found ", array.ndim(), " dimension(s)");
  detail::require<ShapeError>(array.shape(3) == times.size(), "the array has ", array.shape(3), " volumes but there are ",
                              times.size(), " times");
  auto values = writeable_first_index_fastest<float>(array);
  const auto geometry = geometry_from(array, affine);
  float* data = values.mutable_data();
  return PerfusionSeries::wrap(geometry, times, protocol, data, keep_alive(std::move(values)));
}

using Number = std::optional<double>;

/// Given, or evenly `step` s apart.
Eigen::VectorXd times_or_even(const std::optional<Eigen::VectorXd>& times, py::ssize_t frames, double step, const char* where) {
  if (times) return *times;
  detail::require<DataError>(std::isfinite(step) && step > 0.0, where,
                             " does not say how far volumes are apart in time; give times in seconds");
  return Eigen::VectorXd::LinSpaced(frames, 0.0, static_cast<double>(frames - 1)) * step;
}

void require_4d(const py::array& array) {
  detail::require<ShapeError>(array.ndim() == 4, "expected a 4-D image (x, y, z, t), found ", array.ndim(), " dimension(s)");
}

PerfusionSeries series_from_nibabel(const py::object& image, const std::optional<Eigen::VectorXd>& times, Number echo_time,
                                    Number repetition_time, Number flip_angle, Number field_strength) {
  const py::array data = py::module_::import("numpy").attr("asanyarray")(image.attr("dataobj"));
  require_4d(data);
  const auto zooms = image.attr("header").attr("get_zooms")().cast<std::vector<double>>();
  const auto unit = image.attr("header").attr("get_xyzt_units")().cast<std::pair<std::string, std::string>>().second;
  const double factor = unit == "msec" ? 1e-3 : unit == "usec" ? 1e-6 : 1.0;
  // A step of 1 without a unit is what tools write for "not known".
  const double step = unit == "unknown" && zooms.at(3) == 1.0 ? 0.0 : zooms.at(3) * factor;
  return series_from_array(data, times_or_even(times, data.shape(3), step, "the nibabel image"), image.attr("affine"),
                           {echo_time, repetition_time, flip_angle, field_strength, false});
}

PerfusionSeries series_from_peer(const py::array& data, const PeerGrid& grid, const char* peer,
                                 const std::optional<Eigen::VectorXd>& times, const PerfusionProtocol& protocol) {
  const auto geometry = geometry_of_peer(grid, 4, peer);
  require_4d(data);
  return series_from_array(data, times_or_even(times, data.shape(3), grid.spacing[3], peer), py::cast(geometry.affine_ras()),
                           protocol);
}

PerfusionSeries series_from_sitk(const py::object& image, const std::optional<Eigen::VectorXd>& times, Number echo_time,
                                 Number repetition_time, Number flip_angle, Number field_strength) {
  return series_from_peer(array_of_sitk(image), grid_of_sitk(image), "SimpleITK", times,
                          {echo_time, repetition_time, flip_angle, field_strength, false});
}

PerfusionSeries series_from_itk(const py::object& image, const std::optional<Eigen::VectorXd>& times, Number echo_time,
                                Number repetition_time, Number flip_angle, Number field_strength) {
  return series_from_peer(array_of_itk(image), grid_of_itk(image), "ITK", times,
                          {echo_time, repetition_time, flip_angle, field_strength, false});
}

void bind_perfusion_series(py::module_& m) {
  using Pointer = std::shared_ptr<PerfusionSeries>;
  auto bound =
      py::class_<PerfusionSeries, Pointer>(m, "PerfusionSeries", R"(A 4-D DSC series: T2*-weighted signal at increasing times.

Parameters
----------
array : array (x, y, z, t) of float32
    Used in place when it is float32 and x is fastest in memory, else copied.
times : array (t,)
    Seconds, strictly increasing.
affine : array (4, 4), optional
    RAS affine as in nibabel; the identity when not given.
echo_time, repetition_time : float, optional
    Seconds.
flip_angle : float, optional
    Degrees.
field_strength : float, optional
    Tesla.
simulated : bool
    Not acquired by a scanner.

Raises
------
ShapeError
    If the array is not 4-D or its last axis does not match `times`.
DataError
    If times do not increase.
)");
  bound
      .def(py::init([](const py::array& array, const Eigen::VectorXd& times, const py::object& affine,
                       std::optional<double> echo_time, std::optional<double> repetition_time, std::optional<double> flip_angle,
                       std::optional<double> field_strength, bool simulated) {
             return series_from_array(array, times, affine,
                                      {echo_time, repetition_time, flip_angle, field_strength, simulated});
           }),
           "array"_a, "times"_a, "affine"_a = py::none(), "echo_time"_a = py::none(), "repetition_time"_a = py::none(),
           "flip_angle"_a = py::none(), "field_strength"_a = py::none(), "simulated"_a = false)
      .def_property_readonly(
          "array",
          [](const Pointer& self) {
            const auto& size = self->geometry().size;
            return view_first_index_fastest(self->data(), {size[0], size[1], size[2], static_cast<py::ssize_t>(self->frames())},
                                            py::cast(self));
          },
          "The signal (x, y, z, t), a view of the same memory.")
      .def_property_readonly("geometry", &PerfusionSeries::geometry)
      .def_property_readonly("affine", [](const PerfusionSeries& self) { return self.geometry().affine_ras(); })
      .def_property_readonly("times", &PerfusionSeries::times, "Seconds from the first volume on.")
      .def_property_readonly(
          "echo_time", [](const PerfusionSeries& self) { return self.protocol().echo_time; }, "s, or None")
      .def_property_readonly(
          "repetition_time", [](const PerfusionSeries& self) { return self.protocol().repetition_time; }, "s, or None")
      .def_property_readonly(
          "flip_angle", [](const PerfusionSeries& self) { return self.protocol().flip_angle; }, "degrees, or None")
      .def_property_readonly(
          "field_strength", [](const PerfusionSeries& self) { return self.protocol().field_strength; }, "T, or None")
      .def_property_readonly(
          "simulated", [](const PerfusionSeries& self) { return self.protocol().simulated; }, "Not acquired by a scanner.")
      .def_static("from_nibabel", &series_from_nibabel, "image"_a, "times"_a = py::none(), py::kw_only(),
                  "echo_time"_a = py::none(), "repetition_time"_a = py::none(), "flip_angle"_a = py::none(),
                  "field_strength"_a = py::none(),
                  R"(From a 4-D nibabel image, over the same memory where it holds float32 with x fastest.

Parameters
----------
image : nibabel image
times : array (t,), optional
    Seconds; evenly by the header's time step when not given.
echo_time, repetition_time, flip_angle, field_strength : float, optional
    As for PerfusionSeries.

Raises
------
ShapeError
    If it is not 4-D.
DataError
    If neither `times` nor the header says how far volumes are apart.
)")
      .def_static("from_sitk", &series_from_sitk, "image"_a, "times"_a = py::none(), py::kw_only(), "echo_time"_a = py::none(),
                  "repetition_time"_a = py::none(), "flip_angle"_a = py::none(), "field_strength"_a = py::none(),
                  "From a 4-D SimpleITK image (copied); evenly by its fourth spacing in s when `times` is not given.")
      .def_static(
          "from_itk", &series_from_itk, "image"_a, "times"_a = py::none(), py::kw_only(), "echo_time"_a = py::none(),
          "repetition_time"_a = py::none(), "flip_angle"_a = py::none(), "field_strength"_a = py::none(),
          "From a 4-D image of ITK's Python package, over the same memory where it holds float32; times as `from_sitk`.")
      .def(py::pickle(
          [](const py::object& self) -> py::tuple {
            const auto& protocol = self.cast<const PerfusionSeries&>().protocol();
            return py::make_tuple(self.attr("array"), self.attr("times"), self.attr("affine"), protocol.echo_time,
                                  protocol.repetition_time, protocol.flip_angle, protocol.field_strength, protocol.simulated);
          },
          [](const py::tuple& t) {
            return series_from_array(
                t[0].cast<py::array>(), t[1].cast<Eigen::VectorXd>(), t[2],
                {t[3].cast<Number>(), t[4].cast<Number>(), t[5].cast<Number>(), t[6].cast<Number>(), t[7].cast<bool>()});
          }))
      .def("__len__", &PerfusionSeries::frames)
      .def("_repr_html_", &notebook_html)
      .def("__repr__", [](const PerfusionSeries& self) {
        const auto& g = self.geometry();
        return detail::message("PerfusionSeries(", g.size[0], " x ", g.size[1], " x ", g.size[2], ", ", self.frames(),
                               " volumes, ", self.times()[0], " to ", self.times()[self.times().size() - 1], " s)");
      });
  add_ways_out(bound);
}

constexpr std::array<std::string_view, 3> quantity_names{"signal", "delta_r2s", "normalised"};

void bind_curve_set(py::module_& m) {
  py::class_<CurveSet>(m, "CurveSet", R"(One patient's curves on a shared time axis.

Parameters
----------
names : sequence of str
    One per curve, e.g. ET, NET, ED, WT, AIF.
times : array (t,)
    Seconds, strictly increasing.
values : array (t, curves)
voxel_counts : sequence of int, optional
    Voxels averaged into each curve; 0 for a curve measured or simulated as such. A curve with 0 that is NaN throughout is
    missing: steps that need its values raise DataError.
quantity : {'signal', 'delta_r2s', 'normalised'}
    T2*-weighted signal (CAPLEX Q.MS1.001), change of R2* in 1/s (CAPLEX Q.EL1.009), or z-score.

Raises
------
ShapeError, DataError
    If the parts do not fit, a value is not finite, or times do not increase.
)")
      .def(py::init([](std::vector<std::string> names, Eigen::VectorXd times, Eigen::MatrixXd values,
                       std::vector<std::size_t> voxel_counts, const std::string& quantity, QcFlags flags, bool simulated) {
             const auto kind = choice_from("quantity", quantity, quantity_names);
             CurveSet curves{std::move(names),
                             std::move(times),
                             std::move(values),
                             std::move(voxel_counts),
                             static_cast<CurveQuantity>(kind),
                             std::move(flags),
                             simulated};
             curves.validate(MissingCurves::allowed);
             return curves;
           }),
           "names"_a, "times"_a, "values"_a, "voxel_counts"_a = std::vector<std::size_t>{}, "quantity"_a = "signal",
           "flags"_a = QcFlags{}, "simulated"_a = false)
      .def_readonly("names", &CurveSet::names)
      .def_property_readonly(
          "times", [](const CurveSet& self) { return self.times; }, "s")
      .def_property_readonly(
          "values", [](const CurveSet& self) { return self.values; }, "(times, curves)")
      .def_readonly("voxel_counts", &CurveSet::voxel_counts)
      .def_property_readonly(
          "quantity", [](const CurveSet& self) { return std::string(quantity_names[static_cast<std::size_t>(self.quantity)]); })
      .def_readonly("flags", &CurveSet::flags)
      .def_readonly("simulated", &CurveSet::simulated, "Simulated, not measured.")
      .def(
          "__getitem__",
          [](const CurveSet& self, const std::string& name) -> Eigen::VectorXd { return self.values.col(self.channel(name)); },
          "name"_a, "The curve called `name`, (t,).")
      .def("__len__", [](const CurveSet& self) { return self.names.size(); })
      .def(
          "to_frame",
          [](const CurveSet& self) {
            py::dict columns("time"_a = self.times);
            for (std::size_t i = 0; i < self.names.size(); ++i) {
              columns[py::str(self.names[i])] = Eigen::VectorXd(self.values.col(static_cast<Eigen::Index>(i)));
            }
            return data_frame(columns);
          },
          "Time and curves as a pandas DataFrame.")
      .def("_repr_html_", &notebook_html)
      .def("__repr__",
           [](const CurveSet& self) {
             std::string names;
             for (const auto& name : self.names) names += (names.empty() ? "" : ", ") + name;
             return detail::message("CurveSet([", names, "], ", self.times.size(), " time points, ",
                                    quantity_names[static_cast<std::size_t>(self.quantity)], ", ", self.flags.size(),
                                    " flags)");
           })
      .def(py::pickle(
          [](const CurveSet& c) {
            return py::make_tuple(c.names, c.times, c.values, c.voxel_counts, static_cast<int>(c.quantity), c.flags,
                                  c.simulated);
          },
          [](const py::tuple& t) {
            return CurveSet{t[0].cast<std::vector<std::string>>(),
                            t[1].cast<Eigen::VectorXd>(),
                            t[2].cast<Eigen::MatrixXd>(),
                            t[3].cast<std::vector<std::size_t>>(),
                            static_cast<CurveQuantity>(t[4].cast<int>()),
                            t[5].cast<QcFlags>(),
                            t[6].cast<bool>()};
          }));
}

void bind_dataset(py::module_& m) {
  py::class_<Dataset, std::shared_ptr<Dataset>>(m, "Dataset", R"(Samples of many patients with what is known about them.

Parameters
----------
curves : array (samples, channels, steps) of float32
channel_names : sequence of str, optional
labels : sequence of int, optional
    One per sample: 1 = mutant, 0 = wildtype.
patients : sequence of str, optional
    One per sample; samples of one patient share it.
start_times : sequence of float, optional
    Seconds: time of each sample's first step.
time_step : float
    Seconds between steps.
simulated : bool
    Some of it was simulated; networks trained on it, and what they predict, are marked so.
lengths : sequence of int, optional
    Steps in use of each sample where they differ; what stands behind them is padding and may be NaN.

Raises
------
ShapeError, DataError
    If the parts do not fit, or a value is not finite.
)")
      .def(py::init([](const py::array_t<float, py::array::c_style | py::array::forcecast>& curves,
                       std::vector<std::string> channel_names, std::vector<int> labels, std::vector<std::string> patients,
                       std::vector<double> start_times, double time_step, bool simulated, std::vector<std::size_t> lengths) {
             Dataset data{sample_array(curves),
                          std::move(channel_names),
                          std::move(labels),
                          std::move(patients),
                          std::move(start_times),
                          time_step,
                          simulated};
             data.curves.lengths = std::move(lengths);
             data.validate();
             return data;
           }),
           "curves"_a, "channel_names"_a = std::vector<std::string>{}, "labels"_a = std::vector<int>{},
           "patients"_a = std::vector<std::string>{}, "start_times"_a = std::vector<double>{}, "time_step"_a = 0.0,
           "simulated"_a = false, "lengths"_a = std::vector<std::size_t>{})
      .def_property_readonly(
          "curves", [](const std::shared_ptr<Dataset>& self) { return sample_view(self->curves, py::cast(self)); },
          "(samples, channels, steps), a view of the same memory.")
      .def_readonly("channel_names", &Dataset::channel_names)
      .def_property_readonly("labels",
                             [](const Dataset& self) { return py::array_t<int>(self.labels.size(), self.labels.data()); })
      .def_property_readonly(
          "patients",
          [](const Dataset& self) { return py::module_::import("numpy").attr("array")(self.patients, "dtype"_a = "str"); })
      .def_property_readonly(
          "start_times",
          [](const Dataset& self) { return py::array_t<double>(self.start_times.size(), self.start_times.data()); })
      .def_readonly("time_step", &Dataset::time_step)
      .def_readonly("simulated", &Dataset::simulated, "Some of it was simulated.")
      .def_property_readonly(
          "lengths",
          [](const Dataset& self) {
            return py::array_t<std::int64_t>(
                py::cast(std::vector<std::int64_t>(self.curves.lengths.begin(), self.curves.lengths.end())));
          },
          "Steps in use of each sample; empty where all are.")
      .def("__len__", [](const Dataset& self) { return self.curves.samples; })
      .def(
          "select", [](const Dataset& self, const std::vector<std::size_t>& samples) { return self.select(samples); },
          "samples"_a, "The given samples as a new Dataset.")
      .def("_repr_html_", &notebook_html)
      .def("__repr__",
           [](const Dataset& self) {
             return detail::message("Dataset(", self.curves.samples, " samples x ", self.curves.channels, " channels x ",
                                    self.curves.steps, " steps)");
           })
      .def(py::pickle(
          [](const Dataset& d) {
            return py::make_tuple(
                py::array_t<float>({d.curves.samples, d.curves.channels, d.curves.steps}, d.curves.values.data()),
                d.channel_names, d.labels, d.patients, d.start_times, d.time_step, d.simulated, d.curves.lengths);
          },
          [](const py::tuple& t) {
            Dataset data{sample_array(t[0].cast<py::array_t<float, py::array::c_style | py::array::forcecast>>()),
                         t[1].cast<std::vector<std::string>>(),
                         t[2].cast<std::vector<int>>(),
                         t[3].cast<std::vector<std::string>>(),
                         t[4].cast<std::vector<double>>(),
                         t[5].cast<double>(),
                         t[6].cast<bool>()};
            data.curves.lengths = t[7].cast<std::vector<std::size_t>>();
            return data;
          }));
}

void bind_aligned_study(py::module_& m) {
  py::class_<AlignedStudy, std::shared_ptr<AlignedStudy>>(m, "AlignedStudy",
                                                          "A patient's images on one grid, with the DSC series on its own.")
      .def(py::init([](const std::map<std::string, Image<float>*>& structural, const PerfusionSeries* perfusion,
                       const LabelMap* labels, const Eigen::Matrix4d& perfusion_to_structural, const Mask* brain,
                       const Mask* white_matter) {
             AlignedStudy study;
             for (const auto& [name, image] : structural) study.structural.emplace(modality_from(name), *image);
             if (perfusion) study.perfusion = *perfusion;
             if (labels) study.labels = *labels;
             if (brain) study.brain = *brain;
             if (white_matter) study.white_matter = *white_matter;
             study.perfusion_to_structural = perfusion_to_structural;
             return study;
           }),
           "structural"_a = py::dict(), "perfusion"_a = py::none(), "labels"_a = py::none(),
           "perfusion_to_structural"_a = Eigen::Matrix4d::Identity().eval(), "brain"_a = py::none(),
           "white_matter"_a = py::none())
      .def_property_readonly(
          "structural",
          [](const std::shared_ptr<AlignedStudy>& self) {
            py::dict images;
            for (auto& [modality, image] : self->structural) {
              images[py::str(std::string(modality_name(modality)))] = std::shared_ptr<Image<float>>(self, &image);
            }
            return images;
          },
          "Images by modality (t1, t2, flair, cet1).")
      .def_property_readonly("perfusion",
                             [](const std::shared_ptr<AlignedStudy>& self) {
                               return self->perfusion ? std::shared_ptr<PerfusionSeries>(self, &*self->perfusion) : nullptr;
                             })
      .def_property_readonly("labels",
                             [](const std::shared_ptr<AlignedStudy>& self) {
                               return self->labels ? std::shared_ptr<LabelMap>(self, &*self->labels) : nullptr;
                             })
      .def_property_readonly(
          "perfusion_to_structural", [](const AlignedStudy& self) { return self.perfusion_to_structural; },
          "4 x 4 matrix from LPS mm of the DSC grid to LPS mm of CET1.")
      .def_property_readonly(
          "brain",
          [](const std::shared_ptr<AlignedStudy>& self) {
            return self->brain ? std::shared_ptr<Mask>(self, &*self->brain) : nullptr;
          },
          "Mask on the structural grid, or None.")
      .def_property_readonly(
          "white_matter",
          [](const std::shared_ptr<AlignedStudy>& self) {
            return self->white_matter ? std::shared_ptr<Mask>(self, &*self->white_matter) : nullptr;
          },
          "Mask of white matter that looks normal, on the structural grid, or None.")
      .def_readonly("flags", &AlignedStudy::flags)
      .def("_repr_html_", &notebook_html)
      .def("__repr__", [](const AlignedStudy& self) {
        std::string names;
        for (const auto& [modality, image] : self.structural) {
          names += (names.empty() ? "" : ", ") + std::string(modality_name(modality));
        }
        return detail::message("AlignedStudy([", names, "], perfusion=", self.perfusion ? "yes" : "no",
                               ", labels=", self.labels ? "yes" : "no", ", ", self.flags.size(), " flags)");
      });
}

void bind_provenance(py::module_& m) {
  py::class_<QcFlag>(m, "QcFlag", "A reason to doubt a result that was computed all the same.")
      .def(py::init([](std::string code, std::string message) { return QcFlag{std::move(code), std::move(message)}; }),
           "code"_a, "message"_a)
      .def_readonly("code", &QcFlag::code, "Stable, machine-readable, e.g. 'dsc.region.empty'.")
      .def_readonly("message", &QcFlag::message, "For a person, what was seen and what it means.")
      .def(
          "__eq__", [](const QcFlag& a, const QcFlag& b) { return a == b; }, py::is_operator())
      .def("__hash__", [](const QcFlag& self) { return py::hash(py::make_tuple(self.code, self.message)); })
      .def("_repr_html_", &notebook_html)
      .def("__repr__", [](const QcFlag& self) { return "QcFlag(" + self.code + ": " + self.message + ")"; })
      .def(py::pickle([](const QcFlag& f) { return py::make_tuple(f.code, f.message); },
                      [](const py::tuple& t) { return QcFlag{t[0].cast<std::string>(), t[1].cast<std::string>()}; }));

  py::class_<Provenance>(m, "Provenance", "How a result came to be: version, options, input hashes, seed, QC flags.")
      .def(py::init([](std::string step, std::map<std::string, std::string> options, std::map<std::string, std::string> inputs,
                       std::optional<std::uint64_t> seed, bool simulated, QcFlags flags) {
             Provenance provenance;
             provenance.step = std::move(step);
             provenance.options = std::move(options);
             provenance.inputs = std::move(inputs);
             provenance.seed = seed;
             provenance.simulated = simulated;
             provenance.flags = std::move(flags);
             return provenance;
           }),
           "step"_a, "options"_a = py::dict(), "inputs"_a = py::dict(), "seed"_a = py::none(), "simulated"_a = false,
           "flags"_a = QcFlags{})
      .def_readwrite("step", &Provenance::step)
      .def_readonly("version", &Provenance::version)
      .def_readwrite("options", &Provenance::options, "Option name to its value as text.")
      .def_readwrite("inputs", &Provenance::inputs, "Role (never a path) to SHA-256.")
      .def_readwrite("seed", &Provenance::seed)
      .def_readwrite("simulated", &Provenance::simulated)
      .def_readwrite("flags", &Provenance::flags)
      .def("to_json", &to_json, "The provenance as JSON text.")
      .def("__repr__", [](const Provenance& self) { return "Provenance(" + self.step + ", bolus " + self.version + ")"; });
  m.def("file_hash", &file_hash, "path"_a, "SHA-256 of a file's bytes. Raises IoError when it cannot be read.");
  m.def(
      "write_atomically",
      [](const std::filesystem::path& path, const py::bytes& content, bool overwrite) {
        write_atomically(path, overwrite ? Overwrite::yes : Overwrite::no, std::string(content));
      },
      "path"_a, "content"_a, "overwrite"_a = false,
      "Write a file whole or not at all. Raises IoError when it exists and `overwrite` is not set, or cannot be written.");
  m.def("resolve_threads", &resolve_threads, "threads"_a = 0,
        "Threads that `threads` stands for: 0 means BOLUS_NUM_THREADS or else every core.");
  m.def("philox4x32", &philox4x32, "counter"_a, "key"_a, "Four random words of a counter and a key (Philox4x32-10).");
}

}  // namespace

void bind_core(py::module_& module) {
  auto m = module.def_submodule("core", "Values, errors, random numbers and provenance.");
  bind_errors(m);
  bind_provenance(m);
  bind_geometry(m);
  bind_image<float>(m, "Image", "A 3-D image of float32 voxels.");
  bind_image<std::uint8_t>(m, "Mask", "A 3-D image of uint8 voxels; those that take part are not 0.");
  bind_label_map(m);
  bind_perfusion_series(m);
  bind_curve_set(m);
  bind_dataset(m);
  bind_aligned_study(m);
}

#pragma once
// Image<T> for Python: views into the same memory for numpy, nibabel and ITK; SimpleITK copies.
#include <bolus/core/image.hpp>

#include "arrays.hpp"
#include "choices.hpp"

/// The geometry of an array (x, y, z, ...) and an optional RAS affine.
inline bolus::Geometry geometry_from(const py::array& array, const py::object& affine) {
  const auto matrix = affine.is_none() ? Eigen::Matrix4d(Eigen::Matrix4d::Identity()) : affine.cast<Eigen::Matrix4d>();
  return bolus::Geometry::from_affine_ras(matrix, {array.shape(0), array.shape(1), array.shape(2)});
}

/// An image over the memory of `array` (x, y, z) when type and order fit, else over a copy. Integers must be unchanged by it.
template <class T>
bolus::Image<T> image_from_array(const py::array& array, const py::object& affine) {
  bolus::detail::require<bolus::ShapeError>(array.ndim() == 3, "expected a 3-D array (x, y, z), found ", array.ndim(),
                                            " dimension(s)");
  auto values = writeable_first_index_fastest<T>(array);
  if constexpr (std::is_integral_v<T>) {
    const bool unchanged = py::module_::import("numpy").attr("array_equal")(values, array).template cast<bool>();
    bolus::detail::require<bolus::DataError>(unchanged, "the array holds values that are not integers between 0 and 255");
  }
  const auto geometry = geometry_from(array, affine);
  T* data = values.mutable_data();
  return bolus::Image<T>::wrap(geometry, data, keep_alive(std::move(values)));
}

template <class T>
py::array image_array(const bolus::Image<T>& image, const py::object& owner) {
  const auto& size = image.geometry().size;
  return view_first_index_fastest(image.data(), {size[0], size[1], size[2]}, owner);
}

/// `np.asarray(image)`: the view itself unless another type or a copy is asked for.
inline py::object as_array(const py::object& self, const py::object& dtype, const py::object& copy) {
  const py::object array = self.attr("array");
  const bool must_copy = !copy.is_none() && copy.cast<bool>();
  if (dtype.is_none() && !must_copy) return array;
  return array.attr("astype")(dtype.is_none() ? array.attr("dtype") : dtype, "copy"_a = must_copy);
}

/// Over the same memory; mm, and for a series the time step in s where there is one.
inline py::object to_nibabel(const py::object& self) {
  const auto image = py::module_::import("nibabel").attr("Nifti1Image")(self.attr("array"), self.attr("affine"));
  const bool series = py::hasattr(self, "times");
  image.attr("header").attr("set_xyzt_units")("mm", series ? py::object(py::str("sec")) : py::object(py::none()));
  if (series) {
    const auto times = self.attr("times").cast<Eigen::VectorXd>();
    if (times.size() > 1) {
      auto zooms = image.attr("header").attr("get_zooms")().cast<std::vector<double>>();
      zooms.at(3) = (times[times.size() - 1] - times[0]) / static_cast<double>(times.size() - 1);
      image.attr("header").attr("set_zooms")(zooms);
    }
  }
  return image;
}

/// Spacing, origin and direction (by rows) as ITK wants them, with time as a fourth axis where there is one.
struct PeerGrid {
  std::vector<double> spacing, origin, direction;
};

inline PeerGrid peer_grid(const py::object& self) {
  const auto geometry = self.attr("geometry").cast<bolus::Geometry>();
  const std::size_t n = py::hasattr(self, "times") ? 4 : 3;
  PeerGrid grid{std::vector<double>(n, 1.0), std::vector<double>(n, 0.0), std::vector<double>(n * n, 0.0)};
  grid.direction.back() = 1.0;
  for (std::size_t row = 0; row < 3; ++row) {
    const auto r = static_cast<Eigen::Index>(row);
    grid.spacing[row] = geometry.spacing[r];
    grid.origin[row] = geometry.origin[r];
    for (std::size_t column = 0; column < 3; ++column) {
      grid.direction[row * n + column] = geometry.direction(r, static_cast<Eigen::Index>(column));
    }
  }
  if (n == 4) {
    const auto times = self.attr("times").cast<Eigen::VectorXd>();
    if (times.size() > 1) grid.spacing[3] = (times[times.size() - 1] - times[0]) / static_cast<double>(times.size() - 1);
  }
  return grid;
}

/// The first three axes of a peer's grid.
inline bolus::Geometry geometry_of_peer(const PeerGrid& grid, std::size_t dimensions, const char* peer) {
  bolus::detail::require<bolus::ShapeError>(
      grid.spacing.size() == dimensions && grid.origin.size() == dimensions && grid.direction.size() == dimensions * dimensions,
      "expected a ", dimensions, "-D ", peer, " image, found one with ", grid.spacing.size(), " dimensions");
  bolus::Geometry geometry;
  for (std::size_t row = 0; row < 3; ++row) {
    const auto r = static_cast<Eigen::Index>(row);
    geometry.spacing[r] = grid.spacing[row];
    geometry.origin[r] = grid.origin[row];
    for (std::size_t column = 0; column < 3; ++column) {
      geometry.direction(r, static_cast<Eigen::Index>(column)) = grid.direction[row * dimensions + column];
    }
  }
  return geometry;
}

/// SimpleITK has no way to wrap foreign memory: this one copies.
inline py::object to_sitk(const py::object& self) {
  const auto sitk = py::module_::import("SimpleITK");
  const auto image = sitk.attr("GetImageFromArray")(self.attr("array").attr("T"), "isVector"_a = false);
  const auto grid = peer_grid(self);
  image.attr("SetSpacing")(grid.spacing);
  image.attr("SetOrigin")(grid.origin);
  image.attr("SetDirection")(grid.direction);
  return image;
}

inline PeerGrid grid_of_sitk(const py::object& image) {
  const auto values = [&](const char* name) { return image.attr(name)().cast<std::vector<double>>(); };
  return {values("GetSpacing"), values("GetOrigin"), values("GetDirection")};
}

inline py::array array_of_sitk(const py::object& image) {
  return py::module_::import("SimpleITK").attr("GetArrayViewFromImage")(image).attr("T");
}

/// Over the same memory: ITK's Python package keeps the array alive.
inline py::object to_itk(const py::object& self) {
  const auto itk = py::module_::import("itk");
  const auto numpy = py::module_::import("numpy");
  const auto image = itk.attr("image_view_from_array")(self.attr("array").attr("T"));
  const auto grid = peer_grid(self);
  const auto n = static_cast<py::ssize_t>(grid.spacing.size());
  image.attr("SetSpacing")(grid.spacing);
  image.attr("SetOrigin")(grid.origin);
  const auto direction = numpy.attr("array")(grid.direction).attr("reshape")(n, n);
  image.attr("SetDirection")(itk.attr("matrix_from_array")(direction));
  return image;
}

inline PeerGrid grid_of_itk(const py::object& image) {
  const auto itk = py::module_::import("itk");
  const auto values = [&](const char* name) {
    std::vector<double> result;
    for (const auto item : py::iter(image.attr(name)())) result.push_back(item.cast<double>());
    return result;
  };
  const auto direction = itk.attr("array_from_matrix")(image.attr("GetDirection")()).attr("ravel")();
  return {values("GetSpacing"), values("GetOrigin"), direction.cast<std::vector<double>>()};
}

/// A view; it holds the ITK image.
inline py::array array_of_itk(const py::object& image) {
  return py::module_::import("itk").attr("array_view_from_image")(image).attr("T");
}

/// numpy and DLPack, and the ways out to peers.
template <class Class>
void add_ways_out(Class& bound) {
  bound.def("__array__", &as_array, "dtype"_a = py::none(), "copy"_a = py::none())
      .def("__dlpack__",
           [](const py::object& self, const py::kwargs& options) { return self.attr("array").attr("__dlpack__")(**options); })
      .def("__dlpack_device__", [](const py::object& self) { return self.attr("array").attr("__dlpack_device__")(); })
      .def("to_nibabel", &to_nibabel, "A nibabel.Nifti1Image over the same memory.")
      .def("to_sitk", &to_sitk, "A SimpleITK.Image (copied: SimpleITK cannot wrap foreign memory).")
      .def("to_itk", &to_itk, "An image of ITK's Python package over the same memory.");
}

/// What images and label maps share: numpy, DLPack, nibabel, SimpleITK and ITK, both ways.
template <class T, class Class>
void add_interchange(Class& bound) {
  using Value = typename Class::type;
  add_ways_out(bound);
  bound
      .def_static(
          "from_nibabel",
          [](const py::object& image) {
            const py::array data = py::module_::import("numpy").attr("asanyarray")(image.attr("dataobj"));
            return Value(image_from_array<T>(data, image.attr("affine")));
          },
          "image"_a, "From a nibabel image; scaling is applied.")
      .def_static(
          "from_sitk",
          [](const py::object& image) {
            const auto geometry = geometry_of_peer(grid_of_sitk(image), 3, "SimpleITK");
            return Value(image_from_array<T>(array_of_sitk(image), py::cast(geometry.affine_ras())));
          },
          "image"_a, "From a 3-D SimpleITK image (copied: its memory is read-only to others).")
      .def_static(
          "from_itk",
          [](const py::object& image) {
            const auto geometry = geometry_of_peer(grid_of_itk(image), 3, "ITK");
            return Value(image_from_array<T>(array_of_itk(image), py::cast(geometry.affine_ras())));
          },
          "image"_a, "From a 3-D image of ITK's Python package, over the same memory where its voxels are of the same type.");
}

template <class T>
void bind_image(py::module_& m, const char* name, const std::string& what) {
  using Value = bolus::Image<T>;
  using Pointer = std::shared_ptr<Value>;
  auto image = py::class_<Value, Pointer>(m, name,
                                          (what + R"(

Parameters
----------
array : array (x, y, z)
    Used in place when its type fits and x is fastest in memory (order 'F'), else copied.
affine : array (4, 4), optional
    RAS affine as in nibabel; the identity when not given.

Raises
------
ShapeError
    If the array is not 3-D.
GeometryError
    If the affine is singular or sheared.
)")
                                              .c_str());
  image
      .def(py::init([](const py::array& array, const py::object& affine) { return image_from_array<T>(array, affine); }),
           "array"_a, "affine"_a = py::none())
      .def_property_readonly(
          "array", [](const Pointer& self) { return image_array(*self, py::cast(self)); },
          "The voxels (x, y, z), a view of the same memory.")
      .def_property_readonly("geometry", &Value::geometry)
      .def_property_readonly(
          "affine", [](const Value& self) { return self.geometry().affine_ras(); }, "RAS affine (4, 4), as in nibabel.")
      .def("_repr_html_", &notebook_html)
      .def("__repr__",
           [name = std::string(name)](const Value& self) {
             const auto& g = self.geometry();
             return bolus::detail::message(name, "(", g.size[0], " x ", g.size[1], " x ", g.size[2], ", ", g.spacing[0], " x ",
                                           g.spacing[1], " x ", g.spacing[2], " mm)");
           })
      .def(py::pickle(
          [](const py::object& self) -> py::tuple { return py::make_tuple(self.attr("array"), self.attr("affine")); },
          [](const py::tuple& state) { return image_from_array<T>(state[0].cast<py::array>(), state[1]); }));
  add_interchange<T>(image);
}

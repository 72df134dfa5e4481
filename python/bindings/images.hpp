#pragma once
// Image<T> for Python: views into the same memory for numpy, nibabel and SimpleITK.
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

inline py::object to_nibabel(const py::object& self) {
  return py::module_::import("nibabel").attr("Nifti1Image")(self.attr("array"), self.attr("affine"));
}

/// SimpleITK has no way to wrap foreign memory: this one copies.
inline py::object to_sitk(const py::object& self) {
  const auto sitk = py::module_::import("SimpleITK");
  const auto image = sitk.attr("GetImageFromArray")(self.attr("array").attr("T"));
  const auto geometry = self.attr("geometry").cast<bolus::Geometry>();
  const auto values = [](const auto& vector) { return std::vector<double>(vector.data(), vector.data() + vector.size()); };
  const Eigen::Matrix3d by_rows = geometry.direction.transpose();
  image.attr("SetSpacing")(values(geometry.spacing));
  image.attr("SetOrigin")(values(geometry.origin));
  image.attr("SetDirection")(values(by_rows));
  return image;
}

/// What images and label maps share: numpy, DLPack, nibabel and SimpleITK, both ways.
template <class T, class Class>
void add_interchange(Class& bound) {
  using Value = typename Class::type;
  bound.def("__array__", &as_array, "dtype"_a = py::none(), "copy"_a = py::none())
      .def("__dlpack__",
           [](const py::object& self, const py::kwargs& options) { return self.attr("array").attr("__dlpack__")(**options); })
      .def("__dlpack_device__", [](const py::object& self) { return self.attr("array").attr("__dlpack_device__")(); })
      .def("to_nibabel", &to_nibabel, "A nibabel.Nifti1Image over the same memory.")
      .def("to_sitk", &to_sitk, "A SimpleITK.Image (copied: SimpleITK cannot wrap foreign memory).")
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
            const py::array data = py::module_::import("SimpleITK").attr("GetArrayViewFromImage")(image).attr("T");
            const auto vector = [&](const char* name) { return image.attr(name)().template cast<std::vector<double>>(); };
            bolus::Geometry geometry;
            geometry.spacing = Eigen::Vector3d(vector("GetSpacing").data());
            geometry.origin = Eigen::Vector3d(vector("GetOrigin").data());
            const auto direction = vector("GetDirection");
            bolus::detail::require<bolus::ShapeError>(direction.size() == 9, "expected a 3-D SimpleITK image");
            geometry.direction = Eigen::Matrix3d(direction.data()).transpose();
            return Value(image_from_array<T>(data, py::cast(geometry.affine_ras())));
          },
          "image"_a, "From a 3-D SimpleITK image (copied: its memory is read-only to others).");
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

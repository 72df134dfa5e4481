#pragma once
// numpy and pandas at the border: views without copies where memory already lies right, checked copies elsewhere.
#include <memory>
#include <utility>

#include <bolus/core/dataset.hpp>
#include <bolus/core/error.hpp>

#include "module.hpp"

/// Keeps a Python object alive from C++ code that may let go of it on any thread.
inline std::shared_ptr<void> keep_alive(py::object object) {
  return {new py::object(std::move(object)), [](void* held) {
            const py::gil_scoped_acquire lock;
            delete static_cast<py::object*>(held);
          }};
}

/// A numpy array over memory that belongs to `owner`, first index fastest.
template <class T>
py::array view_first_index_fastest(T* data, const std::vector<py::ssize_t>& shape, const py::object& owner) {
  std::vector<py::ssize_t> strides(shape.size());
  py::ssize_t stride = sizeof(T);
  for (std::size_t i = 0; i < shape.size(); ++i) {
    strides[i] = stride;
    stride *= shape[i];
  }
  return py::array(py::dtype::of<T>(), shape, strides, data, owner);
}

/// The array itself when type and order fit and it may be written to, else a copy.
template <class T>
py::array_t<T, py::array::f_style | py::array::forcecast> writeable_first_index_fastest(const py::array& array) {
  py::array_t<T, py::array::f_style | py::array::forcecast> values(array);
  if (!values.writeable()) values = values.attr("copy")("F");
  return values;
}

/// numpy values as a SampleArray: (samples, channels, steps), or (samples, steps) for one channel. Throws ShapeError.
inline bolus::SampleArray sample_array(const py::array_t<float, py::array::c_style | py::array::forcecast>& array) {
  bolus::detail::require<bolus::ShapeError>(array.ndim() == 3 || array.ndim() == 2,
                                            "expected an array of samples x channels x steps (or samples x steps), found ",
                                            array.ndim(), " dimension(s)");
  const auto dimension = [&](int axis) { return static_cast<std::size_t>(array.shape(axis)); };
  bolus::SampleArray samples;
  samples.samples = dimension(0);
  samples.channels = array.ndim() == 3 ? dimension(1) : 1;
  samples.steps = dimension(static_cast<int>(array.ndim()) - 1);
  samples.values.assign(array.data(), array.data() + array.size());
  return samples;
}

/// A SampleArray as a numpy array (samples, channels, steps) over the same memory, which `owner` holds.
inline py::array sample_view(const bolus::SampleArray& samples, const py::object& owner) {
  return py::array(py::dtype::of<float>(), {samples.samples, samples.channels, samples.steps}, {}, samples.values.data(),
                   owner);
}

/// A pandas DataFrame of the given columns. pandas is imported only when a frame is asked for.
inline py::object data_frame(const py::dict& columns) { return py::module_::import("pandas").attr("DataFrame")(columns); }

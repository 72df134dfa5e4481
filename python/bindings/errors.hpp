#pragma once
// bolus's errors as Python exceptions: each is a bolus.Error and one of Python's own kinds.
#include <bolus/core/error.hpp>

#include "module.hpp"

namespace errors_detail {

inline py::object& registered(const char* name) {
  static std::map<std::string, py::object>* const exceptions = new std::map<std::string, py::object>();
  return (*exceptions)[name];
}

inline void add(py::module_& m, const char* name, PyObject* kind, const char* doc) {
  const std::string qualified = std::string("bolus.") + name;
  const py::object& base = registered("Error");
  py::object bases = base ? py::object(py::make_tuple(base, py::reinterpret_borrow<py::object>(kind)))
                          : py::reinterpret_borrow<py::object>(kind);
  auto exception = py::reinterpret_steal<py::object>(PyErr_NewExceptionWithDoc(qualified.c_str(), doc, bases.ptr(), nullptr));
  if (!exception) throw py::error_already_set();
  m.attr(name) = exception;
  registered(name) = exception;
}

/// A message may name a file whose name is no UTF-8: that must not turn into another error.
inline void set(const char* name, const std::exception& error) {
  const std::string_view text = error.what();
  const auto message = py::reinterpret_steal<py::object>(
      PyUnicode_DecodeUTF8(text.data(), static_cast<py::ssize_t>(text.size()), "backslashreplace"));
  PyErr_SetObject(registered(name).ptr(), message.ptr());
}

}  // namespace errors_detail

inline void bind_errors(py::module_& m) {
  using errors_detail::add;
  add(m, "Error", PyExc_Exception, "Base of everything bolus raises.");
  add(m, "IoError", PyExc_OSError, "A file or folder cannot be read or written.");
  add(m, "FormatError", PyExc_ValueError, "A file was read but its content is not what its format demands.");
  add(m, "GeometryError", PyExc_ValueError, "Images that must share a space do not, or a space is impossible.");
  add(m, "ShapeError", PyExc_ValueError, "An array has the wrong number of dimensions or the wrong length.");
  add(m, "DataError", PyExc_ValueError, "Values that cannot be used: NaN, empty, one class only, no voxel in a region.");
  add(m, "OptionError", PyExc_ValueError, "An option outside its range, or options that exclude each other.");
  add(m, "ConvergenceError", PyExc_RuntimeError, "An iteration did not reach its goal.");
  add(m, "VersionError", PyExc_RuntimeError, "A file or library of another version than this one can use.");
  add(m, "Cancelled", PyExc_RuntimeError, "A progress callback asked to stop.");

  py::register_exception_translator([](std::exception_ptr pointer) {
    using namespace errors_detail;
    try {
      if (pointer) std::rethrow_exception(pointer);
    } catch (const bolus::IoError& e) {
      set("IoError", e);
    } catch (const bolus::FormatError& e) {
      set("FormatError", e);
    } catch (const bolus::GeometryError& e) {
      set("GeometryError", e);
    } catch (const bolus::ShapeError& e) {
      set("ShapeError", e);
    } catch (const bolus::DataError& e) {
      set("DataError", e);
    } catch (const bolus::OptionError& e) {
      set("OptionError", e);
    } catch (const bolus::ConvergenceError& e) {
      set("ConvergenceError", e);
    } catch (const bolus::VersionError& e) {
      set("VersionError", e);
    } catch (const bolus::Cancelled& e) {
      set("Cancelled", e);
    } catch (const bolus::Error& e) {
      set("Error", e);
    }
  });
}

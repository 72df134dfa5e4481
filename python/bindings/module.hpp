#pragma once
// What every binding file shares: pybind11 with the conversions in use, and the declaration of each file's one function.
#include <pybind11/eigen.h>
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>
#include <bolus/core/eigen.hpp>
#include <bolus/core/qc_flag.hpp>

namespace py = pybind11;
using namespace py::literals;

/// Flags come to Python as bolus.QcFlags, a list that notebooks show as lights. Here, so that every binding file sees it.
template <>
struct pybind11::detail::type_caster<bolus::QcFlags> : list_caster<bolus::QcFlags, bolus::QcFlag> {
  template <class Flags>
  static handle cast(Flags&& flags, return_value_policy policy, handle parent) {
    const auto list =
        reinterpret_steal<object>(list_caster<bolus::QcFlags, bolus::QcFlag>::cast(std::forward<Flags>(flags), policy, parent));
    if (!list) return {};
    return module_::import("bolus.flags").attr("QcFlags")(list).release();
  }
};

/// `_repr_html_` of a value that bolus.notebook draws.
inline py::str notebook_html(const py::object& self) { return py::module_::import("bolus.notebook").attr("html")(self); }

void bind_core(py::module_& module);
void bind_dsc(py::module_& module);
void bind_simulate(py::module_& module);
void bind_evaluate(py::module_& module);
void bind_io(py::module_& module);
void bind_preprocess(py::module_& module);
void bind_segment(py::module_& module);
void bind_segment_brain(py::module_& module);
void bind_model(py::module_& module);
void bind_pipeline(py::module_& module);

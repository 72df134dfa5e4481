#pragma once
// What every binding file shares: pybind11 with the conversions in use, and the declaration of each file's one function.
#include <pybind11/eigen.h>
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>
#include <bolus/core/eigen.hpp>

namespace py = pybind11;
using namespace py::literals;

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

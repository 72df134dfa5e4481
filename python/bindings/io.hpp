#pragma once
// What the binding files of io share.
#include "module.hpp"

void bind_io_dicom(py::module_& m);

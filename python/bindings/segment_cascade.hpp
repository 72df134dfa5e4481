#pragma once
// The cascade's binding file: its one function.
#include "module.hpp"

void bind_segment_cascade(py::module_& m);

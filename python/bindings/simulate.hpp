#pragma once
// What the binding files of the simulator share.
#include "option_class.hpp"

void bind_simulate_head(py::module_& m);

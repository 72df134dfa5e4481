// Deconvolution: blood flow and transit times.
#include "dsc.hpp"

void bind_dsc_deconvolution(py::module_&) {}

// Leakage correction and dual echo.
#include "dsc.hpp"

void bind_dsc_leakage(py::module_&) {}

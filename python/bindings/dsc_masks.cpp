// Masks found from the series.
#include "dsc.hpp"

void bind_dsc_masks(py::module_&) {}

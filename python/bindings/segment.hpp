#pragma once
// Each binding file of the segmentation module: its one function.
#include "module.hpp"

void bind_segment_metrics(py::module_& m);
void bind_correction_audit(py::module_& m);
void bind_torchscript_segmenter(py::module_& m);

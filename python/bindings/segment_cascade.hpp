#pragma once
// What the binding files of the cascade share: its stages and views as strings, and each file's function.
#include <bolus/segment/cascade_weights.hpp>

#include "option_class.hpp"

BOLUS_STRING_ENUM(bolus::CascadeStage, "stage", "typing.Literal['WT', 'TC', 'ET']", std::string_view("WT"),
                  std::string_view("TC"), std::string_view("ET"))
BOLUS_STRING_ENUM(bolus::View, "view", "typing.Literal['axial', 'sagittal', 'coronal']", std::string_view("axial"),
                  std::string_view("sagittal"), std::string_view("coronal"))

void bind_segment_cascade(py::module_& m);
void bind_segment_training(py::module_& m);

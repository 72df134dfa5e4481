#pragma once
// What the binding files of the perfusion module share: enumerations as strings, and each file's one function.
#include <bolus/core/label_map.hpp>
#include <bolus/dsc/integration_range.hpp>
#include <bolus/dsc/region_curves.hpp>
#include <bolus/dsc/relaxation.hpp>

#include "option_class.hpp"
#include "regions.hpp"

BOLUS_STRING_ENUM(bolus::NonPositiveSignal, "non_positive", "typing.Literal['floor', 'error']", std::string_view("floor"),
                  std::string_view("error"))
BOLUS_STRING_ENUM(bolus::EmptyRegion, "empty", "typing.Literal['whole_tumour', 'not_a_number', 'error']",
                  std::string_view("whole_tumour"), std::string_view("not_a_number"), std::string_view("error"))
BOLUS_STRING_ENUM(bolus::IntegrationRange, "range", "typing.Literal['full', 'first_pass']", std::string_view("full"),
                  std::string_view("first_pass"))

void bind_dsc_curves(py::module_& m);
void bind_dsc_masks(py::module_& m);
void bind_dsc_arterial(py::module_& m);
void bind_dsc_leakage(py::module_& m);
void bind_dsc_deconvolution(py::module_& m);
void bind_dsc_maps(py::module_& m);

#pragma once
// What the binding files of preprocessing share: enumerations as strings, and each file's one function.
#include <bolus/preprocess/motion_correction.hpp>
#include <bolus/preprocess/rigid_registration.hpp>

#include "verdicts.hpp"

BOLUS_STRING_ENUM(bolus::Interpolation, "interpolation", "typing.Literal['linear', 'bspline', 'windowed_sinc', 'nearest']",
                  std::string_view("linear"), std::string_view("bspline"), std::string_view("windowed_sinc"),
                  std::string_view("nearest"))
BOLUS_STRING_ENUM(bolus::LabelInterpolation, "labels", "typing.Literal['nearest', 'gaussian']", std::string_view("nearest"),
                  std::string_view("gaussian"))
BOLUS_STRING_ENUM(bolus::MotionResampling, "resampling", "typing.Literal['when_needed', 'always', 'never']",
                  std::string_view("when_needed"), std::string_view("always"), std::string_view("never"))

void bind_preprocess_registration(py::module_& m);
void bind_preprocess_motion(py::module_& m);
void bind_preprocess_bias(py::module_& m);
void bind_preprocess_brain(py::module_& m);
void bind_preprocess_study(py::module_& m);

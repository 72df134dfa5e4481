#pragma once
// What the binding files of brain and bias field share.
#include <bolus/preprocess/brain_mask_quality.hpp>

#include "option_class.hpp"

BOLUS_STRING_ENUM(bolus::MaskVerdict, "verdict", "typing.Literal['good', 'doubtful', 'failed']", std::string_view("good"),
                  std::string_view("doubtful"), std::string_view("failed"))

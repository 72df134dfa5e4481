#pragma once
// Verdicts as strings.
#include <bolus/core/verdict.hpp>

#include "option_class.hpp"

BOLUS_STRING_ENUM(bolus::Verdict, "verdict", "typing.Literal['good', 'doubtful', 'failed']", std::string_view("good"),
                  std::string_view("doubtful"), std::string_view("failed"))

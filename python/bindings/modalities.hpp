#pragma once
// Structural images as strings.
#include <bolus/core/aligned_study.hpp>

#include "option_class.hpp"

BOLUS_STRING_ENUM(bolus::Modality, "modality", "typing.Literal['t1', 't2', 'flair', 'cet1']", std::string_view("t1"),
                  std::string_view("t2"), std::string_view("flair"), std::string_view("cet1"))

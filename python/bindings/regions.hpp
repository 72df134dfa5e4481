#pragma once
// Parts of the tumour as strings.
#include <bolus/core/label_map.hpp>

#include "option_class.hpp"

BOLUS_STRING_ENUM(bolus::Region, "region", "typing.Literal['ET', 'NET', 'ED', 'WT', 'TC']", std::string_view("ET"),
                  std::string_view("NET"), std::string_view("ED"), std::string_view("WT"), std::string_view("TC"))

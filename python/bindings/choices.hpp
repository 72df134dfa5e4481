#pragma once
// Enumerations appear in Python as strings; a wrong one is told what there is.
#include <array>
#include <string>
#include <string_view>

#include <bolus/core/aligned_study.hpp>
#include <bolus/core/error.hpp>
#include <bolus/core/label_map.hpp>

/// Position of `value` among `choices`. Throws OptionError listing them.
template <std::size_t N>
std::size_t choice_from(const char* option, const std::string& value, const std::array<std::string_view, N>& choices) {
  std::string known;
  for (std::size_t i = 0; i < N; ++i) {
    if (value == choices[i]) return i;
    known += (known.empty() ? "'" : ", '") + std::string(choices[i]) + "'";
  }
  throw bolus::OptionError(bolus::detail::message(option, " is '", value, "'; expected one of ", known));
}

inline bolus::Region region_from(const std::string& name) {
  std::array<std::string_view, 5> names;
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = bolus::region_name(static_cast<bolus::Region>(i));
  return static_cast<bolus::Region>(choice_from("region", name, names));
}

inline bolus::Modality modality_from(const std::string& name) {
  std::array<std::string_view, 4> names;
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = bolus::modality_name(bolus::all_modalities[i]);
  return bolus::all_modalities[choice_from("modality", name, names)];
}

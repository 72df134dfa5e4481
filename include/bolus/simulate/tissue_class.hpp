#pragma once
#include <array>
#include <cstdint>
#include <string_view>

namespace bolus {

/// What a voxel of a simulated head holds most of. Ventricles are CSF; `non_enhancing` is the tumour's core.
enum class TissueClass : std::uint8_t {
  background,
  scalp,
  skull,
  csf,
  grey_matter,
  white_matter,
  enhancing,
  non_enhancing,
  oedema,
  artery,
  vein
};

inline constexpr std::size_t tissue_class_count = 11;

/// Name used for tables and options, e.g. grey_matter.
constexpr std::string_view tissue_class_name(TissueClass tissue) {
  constexpr std::array<std::string_view, tissue_class_count> names{"background",  "scalp",        "skull",     "csf",
                                                                   "grey_matter", "white_matter", "enhancing", "non_enhancing",
                                                                   "oedema",      "artery",       "vein"};
  return names[static_cast<std::size_t>(tissue)];
}

/// Share of each tissue in a voxel, by the value of `TissueClass`; they sum to 1.
using TissueShares = std::array<float, tissue_class_count>;

}  // namespace bolus

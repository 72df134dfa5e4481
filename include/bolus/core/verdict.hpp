#pragma once
#include <cstddef>
#include <string_view>

namespace bolus {

/// Whether a result can be used; its flags say why not.
enum class Verdict {
  good,      ///< nothing speaks against it
  doubtful,  ///< look at it before it is used
  failed     ///< do not use it
};

/// Name used in tables and files: good, doubtful, failed.
constexpr std::string_view verdict_name(Verdict verdict) {
  constexpr std::string_view names[]{"good", "doubtful", "failed"};
  return names[static_cast<std::size_t>(verdict)];
}

}  // namespace bolus

#pragma once
#include <sstream>
#include <string>

namespace bolus::detail {

/// Joins the parts of an error message. Not fmt, because torch and Debian bring two versions of fmt and a public header
/// that includes it would tie its users to one of them.
template <class... Parts>
std::string message(const Parts&... parts) {
  std::ostringstream text;
  (text << ... << parts);
  return text.str();
}

}  // namespace bolus::detail

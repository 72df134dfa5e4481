#include "instruction_set.hpp"

#include <bolus/core/error.hpp>
#include <cstdlib>
#include <string>
#include <vector>

namespace bolus::detail {
namespace {

std::vector<std::string_view> instruction_sets_here() {
  std::vector<std::string_view> names;
#ifdef BOLUS_FUSED_X86
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512bw")) {
    names.emplace_back("avx512");
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) names.emplace_back("avx2");
#endif
#ifdef __aarch64__
  names.emplace_back("neon");
#else
  names.emplace_back("portable");
#endif
  return names;
}

}  // namespace

std::string_view instruction_set() {
  static const auto here = instruction_sets_here();
  const char* wanted = std::getenv("BOLUS_SIMD");
  if (!wanted || *wanted == '\0') return here.front();
  std::string names;
  for (const auto name : here) {
    if (name == wanted) return name;
    names += (names.empty() ? "" : ", ") + std::string(name);
  }
  throw OptionError(message("the environment variable BOLUS_SIMD is '", wanted, "'; this machine has: ", names));
}

}  // namespace bolus::detail

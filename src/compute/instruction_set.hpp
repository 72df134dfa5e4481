#pragma once
#include <string_view>

namespace bolus::detail {

/// The instruction set that the fused engines use: "avx512", "avx2", "neon" or "portable"; the best that this machine has, or
/// the one that the environment variable BOLUS_SIMD asks for. Throws OptionError when that is unknown or this machine lacks it.
/// Read at each call.
std::string_view instruction_set();

}  // namespace bolus::detail

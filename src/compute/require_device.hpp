#pragma once
#include <bolus/core/compute.hpp>

namespace bolus::detail {

/// Throws OptionError when LibTorch cannot compute there.
void require_device(Device device);

}  // namespace bolus::detail

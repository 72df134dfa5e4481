#include "require_device.hpp"

#include <ATen/Context.h>

#include <bolus/core/error.hpp>

namespace bolus::detail {

void require_device(Device device) {
  require<OptionError>(device == Device::cpu || at::globalContext().hasCUDA(),
                       "device is 'cuda', but this PyTorch has no CUDA or finds no GPU; use device='cpu', or install a PyTorch "
                       "with CUDA on a machine with an NVIDIA GPU");
}

}  // namespace bolus::detail

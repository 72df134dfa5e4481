#pragma once
#include <ATen/core/Tensor.h>

#include <memory>
#include <vector>

#include "fused_network.hpp"

namespace bolus::detail::fused {

struct FusedOutput {
  at::Tensor context;    ///< (batch, 2 hidden)
  at::Tensor attention;  ///< (steps, batch)
};

/// The fused engine as one operator of LibTorch on the CPU: autograd works through it, into the curves and the parameters, once
/// (no gradients of gradients). Float or double, as Number.
///
/// `curves`: (batch, channels, steps). `lengths`: undefined or int64 (batch). `dropout`: as in TorchBatch. `parameters`: in the
/// order of `NetworkShape::weight_shapes`; the classifier's are not used.
template <class Number>
FusedOutput apply_fused(const std::shared_ptr<FusedNetwork<Number>>& network, const at::Tensor& curves,
                        const at::Tensor& lengths, const std::vector<at::Tensor>& dropout,
                        const std::vector<at::Tensor>& parameters);

}  // namespace bolus::detail::fused

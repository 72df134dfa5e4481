#include "torch_anisotropic_network.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>

#include "../compute/require_device.hpp"
#include "network_layers.hpp"

namespace bolus::detail {
namespace {

constexpr auto features = static_cast<std::int64_t>(AnisotropicNetwork::features);

/// 1x3x3 within slices, as many rows and columns as before.
at::Tensor convolve(const at::Tensor& input, const at::Tensor& weight, int dilation) {
  return at::conv3d(input, weight, {}, {1, 1, 1}, {0, dilation, dilation}, {1, dilation, dilation});
}

/// Without `slices` slices at each end.
at::Tensor centre(const at::Tensor& input, std::int64_t slices) { return input.narrow(2, slices, input.size(2) - 2 * slices); }

}  // namespace

TorchAnisotropicNetwork::TorchAnisotropicNetwork(const AnisotropicNetwork& network, bool trainable, at::Device device,
                                                 at::ScalarType scalar)
    : downsample_twice_(network.downsample_twice), device_(device) {
  network.validate();
  for (const auto& [name, array] : network.weights) {
    auto tensor = at::empty(std::vector<std::int64_t>(array.shape.begin(), array.shape.end()), at::kFloat);
    std::copy(array.values.begin(), array.values.end(), tensor.data_ptr<float>());
    parameters_[name] = tensor.to(trainable ? at::Device(at::kCPU) : device, scalar).set_requires_grad(trainable);
  }
}

AnisotropicNetwork TorchAnisotropicNetwork::values() const {
  AnisotropicNetwork network;
  network.downsample_twice = downsample_twice_;
  for (const auto& [name, parameter] : parameters_) {
    const auto tensor = parameter.detach().to(at::kCPU, at::kFloat).contiguous();
    const auto* values = tensor.const_data_ptr<float>();
    network.weights[name] = {{tensor.sizes().begin(), tensor.sizes().end()}, {values, values + tensor.numel()}};
  }
  return network;
}

/// Batch norm by the batch's own moments, then PReLU.
at::Tensor TorchAnisotropicNetwork::normalise(const at::Tensor& input, const std::string& layer,
                                              const std::string& ending) const {
  const auto name = layer + ".bn" + ending;
  const auto normal = at::batch_norm(input, weight(name + ".weight"), weight(name + ".bias"), {}, {}, true, 0.0,
                                     AnisotropicNetwork::batch_norm_epsilon, false);
  return at::prelu(normal, weight(layer + ".prelu" + ending + ".weight"));
}

at::Tensor TorchAnisotropicNetwork::residual(const at::Tensor& input, const std::string& name, int dilation) const {
  auto values = convolve(normalise(input, name, "_0"), weight(name + ".conv_0.weight"), dilation);
  values = convolve(normalise(values, name, "_1"), weight(name + ".conv_1.weight"), dilation);
  const auto missing = features - input.size(1);
  if (missing == 0) return values + input;
  const auto before = static_cast<std::int64_t>(first_skip_offset);
  return values + at::constant_pad_nd(input, {0, 0, 0, 0, 0, 0, before, missing - before});
}

/// 3x1x1, as a 2-D convolution: the 3-D one adds up in another order on a single thread than on several.
at::Tensor TorchAnisotropicNetwork::fuse(const at::Tensor& input, const std::string& name) const {
  const auto sums = at::conv2d(input.flatten(3), weight(name + ".conv.weight").squeeze(4));
  return normalise(sums.unflatten(3, {input.size(3), input.size(4)}), name, "");
}

/// TensorFlow's SAME for even sizes: nothing before, one row and column of zeros behind.
at::Tensor TorchAnisotropicNetwork::downsample(const at::Tensor& input, const std::string& name) const {
  const auto padded = at::constant_pad_nd(input, {0, 1, 0, 1});
  return normalise(at::conv3d(padded, weight(name + ".conv.weight"), {}, {1, 2, 2}), name, "");
}

/// The full transposed convolution without its last row and column.
at::Tensor TorchAnisotropicNetwork::upsample(const at::Tensor& input, const std::string& name) const {
  const auto full = at::conv_transpose3d(input, weight(name + ".deconv.weight"), {}, {1, 2, 2});
  return normalise(full.narrow(3, 0, 2 * input.size(3)).narrow(4, 0, 2 * input.size(4)).contiguous(), name, "");
}

at::Tensor TorchAnisotropicNetwork::forward(const at::Tensor& input) const {
  std::array<at::Tensor, 3> predicted;
  auto values = input;
  for (std::size_t level = 0; level < 4; ++level) {
    for (const auto& [name, dilation] : residual_blocks()[level]) values = residual(values, name, dilation);
    values = fuse(values, "fuse" + std::to_string(level + 1));
    if (level == 0) {
      if (downsample_twice_) values = downsample(values, "downsample1");
      continue;
    }
    const auto prediction = std::to_string(level);
    const auto middle = centre(values, 3 - static_cast<std::int64_t>(level));
    if (level == 1 && !downsample_twice_) {
      predicted[0] = convolve(middle, weight("pred1.weight"), 1);
    } else if (level == 1) {
      predicted[0] = upsample(middle, "pred_up1");
    } else {
      predicted[level - 1] = upsample(middle, "pred_up" + prediction + "_1");
      if (downsample_twice_) predicted[level - 1] = upsample(predicted[level - 1], "pred_up" + prediction + "_2");
    }
    if (level == 1) values = downsample(values, "downsample2");
  }
  return convolve(at::cat({predicted[0], predicted[1], predicted[2]}, 1), weight("final_pred.weight"), 1);
}

void torch_logits(const AnisotropicNetwork& network, const float* input, const std::array<std::size_t, 5>& shape, Device device,
                  float* logits) {
  require_device(device);
  const c10::NoGradGuard no_gradients;
  const at::Device place = device == Device::cuda ? at::kCUDA : at::kCPU;
  const TorchAnisotropicNetwork reference(network, false, place);
  const std::vector<std::int64_t> sizes(shape.begin(), shape.end());
  const auto values = at::from_blob(const_cast<float*>(input), sizes, at::kFloat).to(place);
  const auto result =
      reference.forward(values.permute({0, 4, 1, 2, 3}).contiguous()).permute({0, 2, 3, 4, 1}).to(at::kCPU).contiguous();
  std::copy_n(result.const_data_ptr<float>(), result.numel(), logits);
}

}  // namespace bolus::detail

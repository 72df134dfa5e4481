#pragma once
#include <ATen/core/Tensor.h>

#include <array>
#include <bolus/segment/anisotropic_network.hpp>
#include <map>
#include <string>

namespace bolus::detail {

/// The anisotropic network by LibTorch's operators: the reference, and what is trained.
class TorchAnisotropicNetwork {
 public:
  /// Takes the weights as float32 or float64 parameters. With `trainable` they lie in the CPU's memory and collect gradients
  /// there, and `forward` brings them to `device`; else they lie on it.
  TorchAnisotropicNetwork(const AnisotropicNetwork& network, bool trainable, at::Device device = at::kCPU,
                          at::ScalarType scalar = at::kFloat);

  /// (items, 4, slices, rows, columns) to logits (items, 2, slices - 8, rows, columns).
  at::Tensor forward(const at::Tensor& input) const;

  /// By name, as `AnisotropicNetwork::weight_shapes`.
  const std::map<std::string, at::Tensor>& parameters() const { return parameters_; }

  /// The parameters as they are now.
  AnisotropicNetwork values() const;

 private:
  at::Tensor weight(const std::string& name) const { return parameters_.at(name).to(device_); }
  at::Tensor normalise(const at::Tensor& input, const std::string& layer, const std::string& ending) const;
  at::Tensor residual(const at::Tensor& input, const std::string& name, int dilation) const;
  at::Tensor fuse(const at::Tensor& input, const std::string& name) const;
  at::Tensor downsample(const at::Tensor& input, const std::string& name) const;
  at::Tensor upsample(const at::Tensor& input, const std::string& name) const;

  bool downsample_twice_;
  at::Device device_;
  std::map<std::string, at::Tensor> parameters_;
};

/// `AnisotropicNetwork::logits` by LibTorch. Throws OptionError for a device that is not there.
void torch_logits(const AnisotropicNetwork& network, const float* input, const std::array<std::size_t, 5>& shape, Device device,
                  float* logits);

}  // namespace bolus::detail

#pragma once
#include <ATen/core/Tensor.h>

#include <bolus/model/attention_lstm.hpp>
#include <vector>

namespace bolus::detail {

/// The weights of an AttentionLSTM as tensors, and the computation on them. Autograd works through `forward`.
class TorchNetwork {
 public:
  /// Copies the weights; `trainable`: they collect gradients.
  TorchNetwork(const AttentionLSTM& network, bool trainable);

  struct Output {
    at::Tensor logit;      ///< (batch)
    at::Tensor attention;  ///< (steps, batch)
  };

  /// `input`: float32 (batch, channels, steps). `context_mask`: undefined, or (batch, 2 hidden) that the context vector is
  /// multiplied with (dropout).
  Output forward(const at::Tensor& input, const at::Tensor& context_mask = {}) const;

  /// In the order of `NetworkShape::weight_shapes`.
  std::vector<at::Tensor>& parameters() { return parameters_; }

  /// Writes the weights back.
  void copy_to(AttentionLSTM& network) const;

 private:
  NetworkShape shape_;
  std::vector<at::Tensor> parameters_;
};

/// Samples `indices` of `samples` as a float32 tensor (batch, channels, steps).
at::Tensor gather(const SampleArray& samples, const std::size_t* indices, std::size_t count);

}  // namespace bolus::detail

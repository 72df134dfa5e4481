#pragma once
#include <ATen/core/Tensor.h>

#include <bolus/model/attention_lstm.hpp>
#include <vector>

namespace bolus::detail {

/// What goes through the network together.
struct TorchBatch {
  at::Tensor curves;                ///< float (batch, channels, steps)
  at::Tensor lengths = {};          ///< undefined, or int64 (batch): steps in use of each sample
  std::vector<at::Tensor> dropout;  ///< none, or one mask (batch, 2 hidden) per LSTM layer: it multiplies what the layer hands
                                    ///< on, the last one the context vector. The same at every step (Gal and Ghahramani 2016).
};

/// The weights of an AttentionLSTM as tensors, and the computation on them. Autograd works through `forward`.
class TorchNetwork {
 public:
  /// Copies the weights; `trainable`: they collect gradients.
  TorchNetwork(const AttentionLSTM& network, bool trainable);

  struct Output {
    at::Tensor logit;      ///< (batch)
    at::Tensor attention;  ///< (steps, batch); 0 in padding
  };

  Output forward(const TorchBatch& batch) const;

  /// In the order of `NetworkShape::weight_shapes`.
  std::vector<at::Tensor>& parameters() { return parameters_; }

  /// Writes the weights back.
  void copy_to(AttentionLSTM& network) const;

 private:
  at::Tensor features(const TorchBatch& batch, const at::Tensor& used) const;
  at::Tensor lstm(at::Tensor input, const TorchBatch& batch, const at::Tensor& used) const;
  const at::Tensor& weight(const std::string& name) const;

  NetworkShape shape_;
  std::vector<std::string> names_;
  std::vector<at::Tensor> parameters_;
};

/// Samples `indices` of `samples` as a batch without dropout; padding is 0.
TorchBatch gather(const SampleArray& samples, const std::size_t* indices, std::size_t count);

}  // namespace bolus::detail

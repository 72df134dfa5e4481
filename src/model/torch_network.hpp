#pragma once
#include <ATen/core/Tensor.h>

#include <bolus/core/compute.hpp>
#include <bolus/model/attention_lstm.hpp>
#include <memory>
#include <vector>

namespace bolus::detail {

namespace fused {
template <class Number>
class FusedNetwork;
}

/// What goes through the network together.
struct TorchBatch {
  at::Tensor curves;                ///< (batch, channels, steps), of the network's scalar type
  at::Tensor lengths = {};          ///< undefined, or int64 (batch): steps in use of each sample
  std::vector<at::Tensor> dropout;  ///< none, or one mask (batch, 2 hidden) per LSTM layer: it multiplies what the layer hands
                                    ///< on, the last one the context vector. The same at every step (Gal and Ghahramani 2016).
};

/// The weights of an AttentionLSTM as tensors, and the computation on them. Autograd works through `forward`.
class TorchNetwork {
 public:
  /// Copies the weights; `trainable`: they collect gradients. They lie in the CPU's memory on every device: `forward` moves
  /// what it needs and brings the output back, and gradients arrive on the CPU. `threads` is that of the fused engine; the
  /// default of one is for callers that run several networks side by side. Throws OptionError where there is no such device.
  TorchNetwork(const AttentionLSTM& network, bool trainable, const Compute& compute = {.threads = 1},
               at::ScalarType scalar = at::kFloat);
  ~TorchNetwork();

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
  NetworkShape shape_;
  at::DeviceType device_;
  at::ScalarType scalar_;
  std::vector<std::string> names_;
  std::vector<at::Tensor> parameters_;
  std::shared_ptr<fused::FusedNetwork<float>> single_;  ///< the fused engine in use, at most one of these two
  std::shared_ptr<fused::FusedNetwork<double>> twice_;
};

/// Samples `indices` of `samples` as a batch without dropout; padding is 0.
TorchBatch gather(const SampleView& samples, const std::size_t* indices, std::size_t count);

}  // namespace bolus::detail

#include "torch_network.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>

namespace bolus::detail {
namespace {

// Places in NetworkShape::weight_shapes.
enum Weight : std::size_t {
  convolution_weight,
  convolution_bias,
  lstm_first,
  lstm_last = lstm_first + 7,
  attention_weight,
  attention_bias,
  classifier_weight,
  classifier_bias
};

}  // namespace

TorchNetwork::TorchNetwork(const AttentionLSTM& network, bool trainable) : shape_(network.shape) {
  for (const auto& [name, dimensions] : shape_.weight_shapes()) {
    const auto& values = network.weights.at(name).values;
    auto tensor = at::empty(std::vector<std::int64_t>(dimensions.begin(), dimensions.end()), at::kFloat);
    std::copy(values.begin(), values.end(), tensor.data_ptr<float>());
    parameters_.push_back(tensor.set_requires_grad(trainable));
  }
}

TorchNetwork::Output TorchNetwork::forward(const at::Tensor& input, const at::Tensor& context_mask) const {
  const auto padding = static_cast<std::int64_t>(shape_.kernel_size / 2);
  const auto hidden = static_cast<std::int64_t>(shape_.hidden_size);
  const auto features = at::relu(at::conv1d(input, parameters_[convolution_weight], parameters_[convolution_bias], 1, padding))
                            .permute({2, 0, 1})
                            .contiguous();  // steps, batch, convolution channels
  const auto zeros = at::zeros({2, input.size(0), hidden}, at::kFloat);
  const std::vector<at::Tensor> lstm(parameters_.begin() + lstm_first, parameters_.begin() + lstm_last + 1);
  const auto states =
      std::get<0>(at::lstm(features, {zeros, zeros}, lstm, /*has_biases=*/true, /*num_layers=*/1, /*dropout=*/0.0,
                           /*train=*/c10::GradMode::is_enabled(), /*bidirectional=*/true, /*batch_first=*/false));
  // One output per row: a product and a sum, which unlike a matrix product never depend on a BLAS and its threads.
  auto scores = (states * parameters_[attention_weight]).sum(-1) + parameters_[attention_bias];
  if (shape_.attention_activation == AttentionActivation::tanh) scores = at::tanh(scores);
  const auto attention = at::softmax(scores, 0);
  auto context = (attention.unsqueeze(-1) * states).sum(0);
  if (context_mask.defined()) context = context * context_mask;
  return {(context * parameters_[classifier_weight]).sum(-1) + parameters_[classifier_bias], attention};
}

void TorchNetwork::copy_to(AttentionLSTM& network) const {
  std::size_t index = 0;
  for (const auto& [name, dimensions] : shape_.weight_shapes()) {
    const auto& tensor = parameters_[index++];
    const float* values = tensor.const_data_ptr<float>();
    network.weights[name] = {dimensions, std::vector<float>(values, values + tensor.numel())};
  }
}

at::Tensor gather(const SampleArray& samples, const std::size_t* indices, std::size_t count) {
  auto batch = at::empty(
      {static_cast<std::int64_t>(count), static_cast<std::int64_t>(samples.channels), static_cast<std::int64_t>(samples.steps)},
      at::kFloat);
  float* target = batch.data_ptr<float>();
  for (std::size_t i = 0; i < count; ++i) {
    const auto sample = samples.sample(indices[i]);
    target = std::copy(sample.begin(), sample.end(), target);
  }
  return batch;
}

}  // namespace bolus::detail

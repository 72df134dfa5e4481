#include "torch_network.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

#include "../compute/require_device.hpp"
#include "fused/fused_function.hpp"

namespace bolus::detail {

namespace {

/// The parameters by name, on the device that computes.
struct Weights {
  const std::vector<std::string>& names;
  std::vector<at::Tensor> tensors;

  const at::Tensor& operator()(const std::string& name) const {
    return tensors[static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin())];
  }
};

/// The convolutions: (steps, batch, filters). Padding is set to 0 after each, so that a sample's features do not depend on it.
at::Tensor features(const NetworkShape& shape, const Weights& weight, at::Tensor values, const at::Tensor& used) {
  const auto padding = static_cast<std::int64_t>(shape.kernel_size / 2);
  for (std::size_t layer = 0; layer < shape.convolution_layers; ++layer) {
    const auto name = "convolution." + std::to_string(layer);
    values = at::relu(at::conv1d(values, weight(name + ".weight"), weight(name + ".bias"), 1, padding));
    if (used.defined()) values = values * used.t().unsqueeze(1);
  }
  return values.permute({2, 0, 1}).contiguous();
}

/// The LSTM layers: (steps, batch, 2 hidden). With padding each direction runs on its own, and the reverse one on each sample
/// turned round within its length, so that it starts at the sample's last step.
at::Tensor lstm(const NetworkShape& shape, const Weights& weight, at::Tensor input, const TorchBatch& batch,
                const at::Tensor& used) {
  const auto hidden = static_cast<std::int64_t>(shape.hidden_size);
  const auto count = input.size(1), steps = input.size(0);
  const bool train = c10::GradMode::is_enabled();  // cuDNN's backward pass asks for it; LibTorch's own dropout is 0
  at::Tensor turned;                               // (steps, batch): the step that stands at each place after turning
  if (used.defined()) {
    const auto step = at::arange(steps, batch.lengths.options()).unsqueeze(1);
    turned = at::where(step < batch.lengths, batch.lengths - 1 - step, step);
  }
  const auto turn = [&](const at::Tensor& values) {
    return values.gather(0, turned.unsqueeze(-1).expand({steps, count, values.size(2)}));
  };
  for (std::size_t layer = 0; layer < shape.lstm_layers; ++layer) {
    std::vector<at::Tensor> weights[2];
    for (int direction = 0; direction < 2; ++direction) {
      const auto end = "_l" + std::to_string(layer) + (direction == 0 ? "" : "_reverse");
      for (const char* name : {"weight_ih", "weight_hh", "bias_ih", "bias_hh"}) {
        weights[direction].push_back(weight("lstm." + std::string(name) + end));
      }
    }
    if (!used.defined()) {
      weights[0].insert(weights[0].end(), weights[1].begin(), weights[1].end());
      const auto zeros = at::zeros({2, count, hidden}, input.options());
      input = std::get<0>(at::lstm(input, {zeros, zeros}, weights[0], true, 1, 0.0, train, true, false));
    } else {
      const auto zeros = at::zeros({1, count, hidden}, input.options());
      const auto forward = std::get<0>(at::lstm(input, {zeros, zeros}, weights[0], true, 1, 0.0, train, false, false));
      const auto reverse = std::get<0>(at::lstm(turn(input), {zeros, zeros}, weights[1], true, 1, 0.0, train, false, false));
      input = at::cat({forward, turn(reverse)}, 2) * used.unsqueeze(-1);
    }
    if (!batch.dropout.empty() && layer + 1 < shape.lstm_layers) input = input * batch.dropout[layer];
  }
  return input;
}

/// Context (batch, 2 hidden) and attention (steps, batch), by LibTorch's operators.
std::pair<at::Tensor, at::Tensor> reference(const NetworkShape& shape, const Weights& weight, const TorchBatch& batch) {
  at::Tensor used;  // (steps, batch): 1 within a sample's length, 0 in its padding
  if (batch.lengths.defined()) {
    const auto step = at::arange(batch.curves.size(2), batch.lengths.options()).unsqueeze(1);
    used = (step < batch.lengths).to(batch.curves.scalar_type());
  }
  const auto curves = used.defined() ? batch.curves.masked_fill(used.t().unsqueeze(1) == 0, 0.0) : batch.curves;
  const auto states = lstm(shape, weight, features(shape, weight, curves, used), batch, used);
  // One output per row: a product and a sum, which unlike a matrix product never depend on a BLAS and its threads.
  auto scores = states;
  if (shape.attention_hidden_size > 0) {
    scores = at::tanh(at::linear(states, weight("attention_hidden.weight"), weight("attention_hidden.bias")));
  }
  scores = (scores * weight("attention.weight")).sum(-1) + weight("attention.bias");
  if (shape.attention_activation == AttentionActivation::tanh) scores = at::tanh(scores);
  if (used.defined()) scores = scores.masked_fill(used == 0, -std::numeric_limits<double>::infinity());
  const auto attention = at::softmax(scores, 0);
  return {(attention.unsqueeze(-1) * states).sum(0), attention};
}

}  // namespace

TorchNetwork::~TorchNetwork() = default;

TorchNetwork::TorchNetwork(const AttentionLSTM& network, bool trainable, const Compute& compute, at::ScalarType scalar)
    : shape_(network.shape), device_(compute.device == Device::cuda ? at::kCUDA : at::kCPU), scalar_(scalar) {
  require_device(compute.device);
  if (compute.device == Device::cpu && compute.engine == Engine::fused) {
    if (scalar == at::kDouble) {
      twice_ = std::make_shared<fused::FusedNetwork<double>>(shape_, compute.threads);
    } else {
      single_ = std::make_shared<fused::FusedNetwork<float>>(shape_, compute.threads);
    }
  }
  for (const auto& [name, dimensions] : shape_.weight_shapes()) {
    const auto& values = network.weights.at(name).values;
    auto tensor = at::empty(std::vector<std::int64_t>(dimensions.begin(), dimensions.end()), at::kFloat);
    std::copy(values.begin(), values.end(), tensor.data_ptr<float>());
    names_.push_back(name);
    parameters_.push_back(tensor.to(scalar).set_requires_grad(trainable));
  }
}

TorchNetwork::Output TorchNetwork::forward(const TorchBatch& given) const {
  TorchBatch batch{given.curves.to(device_, scalar_), given.lengths, given.dropout};
  for (auto& mask : batch.dropout) mask = mask.to(device_, scalar_);
  Weights weight{names_, parameters_};
  at::Tensor context, attention;
  if (single_ || twice_) {
    const auto output = single_ ? fused::apply_fused(single_, batch.curves, batch.lengths, batch.dropout, parameters_)
                                : fused::apply_fused(twice_, batch.curves, batch.lengths, batch.dropout, parameters_);
    context = output.context;
    attention = output.attention;
  } else {
    if (batch.lengths.defined()) batch.lengths = batch.lengths.to(device_);
    for (auto& tensor : weight.tensors) tensor = tensor.to(device_);
    std::tie(context, attention) = reference(shape_, weight, batch);
  }
  if (!batch.dropout.empty()) context = context * batch.dropout.back();
  const auto logit = (context * weight("classifier.weight")).sum(-1) + weight("classifier.bias");
  return {logit.to(at::kCPU), attention.to(at::kCPU)};
}

void TorchNetwork::copy_to(AttentionLSTM& network) const {
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const auto tensor = parameters_[i].detach().to(at::kFloat);
    const float* values = tensor.const_data_ptr<float>();
    network.weights[names_[i]] = {{tensor.sizes().begin(), tensor.sizes().end()},
                                  std::vector<float>(values, values + tensor.numel())};
  }
}

TorchBatch gather(const SampleView& samples, const std::size_t* indices, std::size_t count) {
  TorchBatch batch;
  batch.curves = at::empty(
      {static_cast<std::int64_t>(count), static_cast<std::int64_t>(samples.channels), static_cast<std::int64_t>(samples.steps)},
      at::kFloat);
  float* target = batch.curves.data_ptr<float>();
  for (std::size_t i = 0; i < count; ++i) {
    const auto sample = samples.sample(indices[i]);
    target = std::copy(sample.begin(), sample.end(), target);
  }
  if (samples.lengths.empty()) return batch;
  batch.lengths = at::empty({static_cast<std::int64_t>(count)}, at::kLong);
  target = batch.curves.data_ptr<float>();
  for (std::size_t i = 0; i < count; ++i) {
    batch.lengths.data_ptr<std::int64_t>()[i] = static_cast<std::int64_t>(samples.lengths[indices[i]]);
    for (std::size_t c = 0; c < samples.channels; ++c, target += samples.steps) {
      std::fill(target + samples.lengths[indices[i]], target + samples.steps, 0.0F);  // may hold NaN
    }
  }
  return batch;
}

}  // namespace bolus::detail

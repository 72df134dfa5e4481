#include "fused_function.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <bolus/core/error.hpp>

namespace bolus::detail::fused {
namespace {

constexpr std::size_t classifier_arrays = 2;

/// What a forward pass leaves for the backward pass besides the curves.
template <class Number>
struct State : torch::CustomClassHolder {
  std::shared_ptr<FusedNetwork<Number>> network;
  at::Tensor lengths;
  std::vector<at::Tensor> dropout;
  std::vector<std::vector<std::int64_t>> sizes;  ///< of the parameters
  bool keep = false;
  typename FusedNetwork<Number>::Pass pass;

  Batch<Number> batch(const at::Tensor& curves) const {
    Batch<Number> batch;
    batch.curves = curves.const_data_ptr<Number>();
    batch.count = static_cast<std::size_t>(curves.size(0));
    batch.steps = static_cast<std::size_t>(curves.size(2));
    if (lengths.defined()) batch.lengths = lengths.const_data_ptr<std::int64_t>();
    for (const auto& mask : dropout) batch.dropout.push_back(mask.const_data_ptr<Number>());
    return batch;
  }

  std::vector<at::Tensor> forward(const at::Tensor& curves, at::TensorList parameters) {
    std::vector<Number> values;
    values.reserve(network->parameter_count());
    for (const auto& parameter : parameters) {
      const Number* begin = parameter.const_data_ptr<Number>();
      values.insert(values.end(), begin, begin + parameter.numel());
    }
    const auto states = 2 * static_cast<std::int64_t>(network->shape().hidden_size);
    auto context = at::empty({curves.size(0), states}, curves.options());
    auto attention = at::empty({curves.size(2), curves.size(0)}, curves.options());
    pass = network->forward(batch(curves), values.data(), context.mutable_data_ptr<Number>(),
                            attention.mutable_data_ptr<Number>(), keep);
    return {context, attention};
  }
};

template <class Number>
struct Function : torch::autograd::Function<Function<Number>> {
  static torch::autograd::variable_list forward(torch::autograd::AutogradContext* ctx, c10::intrusive_ptr<State<Number>> state,
                                                at::TensorList tensors) {
    ctx->set_materialize_grads(false);
    ctx->save_for_backward({tensors[0]});
    auto result = state->forward(tensors[0], tensors.slice(1));
    ctx->saved_data["state"] = c10::IValue::make_capsule(state);
    for (const auto& parameter : tensors.slice(1)) state->sizes.push_back(parameter.sizes().vec());
    return result;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* ctx,
                                                 const torch::autograd::variable_list& gradients) {
    require<OptionError>(!c10::GradMode::is_enabled(),
                         "the fused engine gives no gradients of gradients; use engine='libtorch'");
    const auto state = c10::static_intrusive_pointer_cast<State<Number>>(ctx->saved_data["state"].toCapsule());
    const auto curves = ctx->get_saved_variables()[0];
    const auto count = 1 + state->sizes.size();
    auto& network = *state->network;
    const auto of_context =
        gradients[0].defined()
            ? gradients[0].contiguous()
            : at::zeros({curves.size(0), 2 * static_cast<std::int64_t>(network.shape().hidden_size)}, curves.options());
    const auto of_attention = gradients[1].defined() ? gradients[1].contiguous() : at::Tensor();

    torch::autograd::variable_list result(1 + count);  // the state has none
    const bool of_curves = ctx->needs_input_grad(0);
    bool of_parameters = false;
    for (std::size_t i = 1; i < count; ++i) of_parameters = of_parameters || ctx->needs_input_grad(i);
    std::vector<Number> values(of_parameters ? network.parameter_count() : 0);
    if (of_curves) result[1] = at::empty_like(curves);
    network.backward(state->batch(curves), state->pass, of_context.template const_data_ptr<Number>(),
                     of_attention.defined() ? of_attention.template const_data_ptr<Number>() : nullptr,
                     of_parameters ? values.data() : nullptr,
                     of_curves ? result[1].template mutable_data_ptr<Number>() : nullptr);
    const Number* value = values.data();
    for (std::size_t i = 1; i < count && of_parameters; ++i) {
      auto gradient = at::empty(state->sizes[i - 1], curves.options());
      std::copy_n(value, gradient.numel(), gradient.template mutable_data_ptr<Number>());
      value += gradient.numel();
      if (ctx->needs_input_grad(i)) result[1 + i] = gradient;
    }
    return result;
  }
};

}  // namespace

template <class Number>
FusedOutput apply_fused(const std::shared_ptr<FusedNetwork<Number>>& network, const at::Tensor& curves,
                        const at::Tensor& lengths, const std::vector<at::Tensor>& dropout,
                        const std::vector<at::Tensor>& parameters) {
  const auto options = curves.options().requires_grad(false);
  auto state = c10::make_intrusive<State<Number>>();
  state->network = network;
  if (lengths.defined()) state->lengths = lengths.to(at::kCPU, at::kLong).contiguous();
  for (std::size_t layer = 0; layer + 1 < network->shape().lstm_layers && layer < dropout.size(); ++layer) {
    state->dropout.push_back(dropout[layer].detach().to(options.device(), options.dtype()).contiguous());
  }
  std::vector<at::Tensor> tensors{curves.contiguous()};
  tensors.insert(tensors.end(), parameters.begin(), parameters.end() - classifier_arrays);
  state->keep = c10::GradMode::is_enabled() &&
                std::any_of(tensors.begin(), tensors.end(), [](const at::Tensor& tensor) { return tensor.requires_grad(); });
  const auto result = state->keep ? Function<Number>::apply(state, at::TensorList(tensors))
                                  : state->forward(tensors[0], at::TensorList(tensors).slice(1));
  return {result[0], result[1]};
}

template FusedOutput apply_fused(const std::shared_ptr<FusedNetwork<float>>&, const at::Tensor&, const at::Tensor&,
                                 const std::vector<at::Tensor>&, const std::vector<at::Tensor>&);
template FusedOutput apply_fused(const std::shared_ptr<FusedNetwork<double>>&, const at::Tensor&, const at::Tensor&,
                                 const std::vector<at::Tensor>&, const std::vector<at::Tensor>&);

}  // namespace bolus::detail::fused

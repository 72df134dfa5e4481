#pragma once
#include <ATen/ATen.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

namespace bolus::detail {

/// Adam (Kingma and Ba, ICLR 2015, algorithm 1) and AdamW (Loshchilov and Hutter, ICLR 2019), with the gradient clipped to a
/// norm first, in the order of torch.nn.utils.clip_grad_norm_ and torch.optim. All in float32, as there.
class Adam {
 public:
  struct Options {
    bool decoupled;  ///< weight decay shrinks the weights themselves (AdamW); else it is added to the gradient
    double weight_decay;
    double gradient_clip;  ///< 0: not clipped
  };
  /// What the steps so far left behind: with it and the weights a training goes on with the same bits.
  struct State {
    std::vector<std::vector<float>> first, second;  ///< moments of each parameter's gradient
    std::uint64_t steps = 0;
  };

  Adam(std::vector<at::Tensor>& parameters, const Options& options) : parameters_(parameters), options_(options) {
    for (const auto& parameter : parameters_) {
      state.first.emplace_back(static_cast<std::size_t>(parameter.numel()));
      state.second.emplace_back(static_cast<std::size_t>(parameter.numel()));
    }
  }

  /// One update from the gradients, which are then taken away. False, and nothing changed, when they are not finite.
  bool step(double learning_rate) {
    double squares = 0.0;
    for (const auto& parameter : parameters_) squares += sum_of_squares(parameter.grad());
    if (!std::isfinite(squares)) return false;
    const double clip = options_.gradient_clip;
    const auto scale = static_cast<float>(clip > 0.0 ? std::min(1.0, clip / (std::sqrt(squares) + 1e-6)) : 1.0);

    ++state.steps;
    const auto steps = static_cast<double>(state.steps);
    const auto root = static_cast<float>(std::sqrt(1.0 - std::pow(second_decay, steps)));
    const auto size = static_cast<float>(learning_rate / (1.0 - std::pow(first_decay, steps)));
    const bool decoupled = options_.decoupled;
    const auto shrunk = static_cast<float>(decoupled ? 1.0 - learning_rate * options_.weight_decay : 1.0);
    const auto penalty = static_cast<float>(decoupled ? 0.0 : options_.weight_decay);
    constexpr auto first_share = static_cast<float>(1.0 - first_decay), second_kept = static_cast<float>(second_decay),
                   second_share = static_cast<float>(1.0 - second_decay);
    for (std::size_t p = 0; p < parameters_.size(); ++p) {
      auto& tensor = parameters_[p];
      const auto count = tensor.numel();
      float* __restrict value = tensor.mutable_data_ptr<float>();
      const float* __restrict gradient = tensor.grad().const_data_ptr<float>();
      float* __restrict first = state.first[p].data();
      float* __restrict second = state.second[p].data();
      for (std::int64_t i = 0; i < count; ++i) {
        const float kept = value[i] * shrunk;
        const float slope = gradient[i] * scale + penalty * kept;
        first[i] += (slope - first[i]) * first_share;
        second[i] = second[i] * second_kept + slope * slope * second_share;
        value[i] = kept - size * (first[i] / (std::sqrt(second[i]) / root + epsilon));
      }
      tensor.mutable_grad().reset();
    }
    return true;
  }

  State state;

 private:
  static constexpr double first_decay = 0.9, second_decay = 0.999;  // the paper's and PyTorch's values
  static constexpr float epsilon = 1e-8F;

  /// In a fixed order, in eight lanes so that the compiler can use vectors.
  static double sum_of_squares(const at::Tensor& tensor) {
    std::array<double, 8> lanes{};
    const float* values = tensor.const_data_ptr<float>();
    const auto count = tensor.numel();
    std::int64_t i = 0;
    for (; i + 8 <= count; i += 8) {
      for (std::int64_t k = 0; k < 8; ++k) {
        const double value = values[i + k];
        lanes[static_cast<std::size_t>(k)] += value * value;
      }
    }
    for (; i < count; ++i) lanes[0] += static_cast<double>(values[i]) * values[i];
    double sum = 0.0;
    for (const double lane : lanes) sum += lane;
    return sum;
  }

  std::vector<at::Tensor>& parameters_;
  Options options_;
};

}  // namespace bolus::detail

#pragma once
#include <ATen/ATen.h>

#include <cmath>
#include <vector>

namespace bolus::detail {

/// Adam (Kingma and Ba, ICLR 2015, algorithm 1), with the gradient clipped to a norm first and an L2 penalty added to it, in
/// the order of torch.nn.utils.clip_grad_norm_ and torch.optim.Adam.
class Adam {
 public:
  Adam(std::vector<at::Tensor>& parameters, double learning_rate, double weight_decay, double gradient_clip)
      : parameters_(parameters), learning_rate_(learning_rate), weight_decay_(weight_decay), gradient_clip_(gradient_clip) {
    for (const auto& parameter : parameters_) moments_.emplace_back(static_cast<std::size_t>(parameter.numel()));
  }

  /// One update from the gradients, which are then cleared. False, and nothing changed, when they are not finite.
  bool step() {
    double squares = 0.0;
    for (const auto& parameter : parameters_) {
      const float* gradient = parameter.grad().const_data_ptr<float>();
      for (std::int64_t i = 0; i < parameter.numel(); ++i) squares += static_cast<double>(gradient[i]) * gradient[i];
    }
    if (!std::isfinite(squares)) return false;
    const double norm = std::sqrt(squares);
    const double scale = gradient_clip_ > 0.0 ? std::min(1.0, gradient_clip_ / (norm + 1e-6)) : 1.0;

    ++steps_;
    const double first_correction = 1.0 - std::pow(first_decay, steps_);
    const double second_correction = 1.0 - std::pow(second_decay, steps_);
    for (std::size_t p = 0; p < parameters_.size(); ++p) {
      float* value = parameters_[p].mutable_data_ptr<float>();
      float* gradient = parameters_[p].mutable_grad().mutable_data_ptr<float>();
      for (auto& moment : moments_[p]) {
        const double slope = *gradient * scale + weight_decay_ * *value;
        moment.first = first_decay * moment.first + (1.0 - first_decay) * slope;
        moment.second = second_decay * moment.second + (1.0 - second_decay) * slope * slope;
        *value -= static_cast<float>(learning_rate_ * (moment.first / first_correction) /
                                     (std::sqrt(moment.second / second_correction) + epsilon));
        *gradient = 0.0F;
        ++value;
        ++gradient;
      }
    }
    return true;
  }

 private:
  static constexpr double first_decay = 0.9, second_decay = 0.999, epsilon = 1e-8;  // the paper's and PyTorch's values
  struct Moment {
    double first = 0.0, second = 0.0;
  };

  std::vector<at::Tensor>& parameters_;
  std::vector<std::vector<Moment>> moments_;
  double learning_rate_, weight_decay_, gradient_clip_;
  int steps_ = 0;
};

}  // namespace bolus::detail

#pragma once
#include <bolus/core/error.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace bolus {

/// What the attention score of a time step passes through before the softmax.
enum class AttentionActivation {
  none,  ///< e_t = w h_t + b: scores are unbounded, so attention can settle on few steps
  tanh   ///< e_t = tanh(w h_t + b), as in Raffel and Ellis 2015: no step gets more than e^2 times the weight of another
};

/// The sizes of the attention-LSTM of Choi et al. 2019 (Neuro-Oncology 21:1197): 1-D convolution over time, ReLU,
/// bidirectional LSTM, attention e_t = a(h_t) by one feed-forward layer, alpha = softmax(e), c = sum alpha_t h_t, one
/// feed-forward layer, sigmoid.
///
/// The paper fixes 16 hidden states per direction and 16 outputs per step. It leaves open the convolution's kernel (5 here:
/// about 7 s of a series with a TR of 1.5 s, shorter than the bolus passage), its padding (zeros, so that attention has
/// one weight per input step), its activation (ReLU), how many convolutions and LSTM layers there are (one of each) and what
/// the scores pass through (nothing, see AttentionActivation).
struct NetworkShape {
  std::size_t channels = 5;                                              ///< input curves, e.g. ET, NET, ED, WT, AIF
  std::size_t hidden_size = 16;                                          ///< LSTM states per direction
  std::size_t convolution_channels = 16;                                 ///< filters of each convolution
  std::size_t kernel_size = 5;                                           ///< steps of each convolution's kernel, odd
  AttentionActivation attention_activation = AttentionActivation::none;  ///< applied to the scores e_t
  std::size_t convolution_layers = 1;                                    ///< convolutions, each with a ReLU, before the LSTM
  std::size_t lstm_layers = 1;                                           ///< bidirectional LSTM layers
  std::size_t attention_hidden_size = 0;  ///< e_t = v tanh(W h_t + b) + c with so many rows in W (Bahdanau 2015); 0: w h_t + b

  bool operator==(const NetworkShape&) const = default;

  /// Throws OptionError when a size is 0, absurdly large or, for the kernel, even.
  void validate() const {
    const auto within = [](std::size_t value, std::size_t smallest, std::size_t largest, const char* name) {
      detail::require<OptionError>(value >= smallest && value <= largest, name, " is ", value, "; expected ", smallest, " to ",
                                   largest);
    };
    within(channels, 1, 4096, "channels");
    within(hidden_size, 1, 4096, "hidden_size");
    within(convolution_channels, 1, 4096, "convolution_channels");
    within(kernel_size, 1, 4095, "kernel_size");
    within(convolution_layers, 1, 8, "convolution_layers");
    within(lstm_layers, 1, 8, "lstm_layers");
    within(attention_hidden_size, 0, 4096, "attention_hidden_size");
    detail::require<OptionError>(kernel_size % 2 == 1, "kernel_size is ", kernel_size,
                                 "; expected an odd number, so that the kernel is centred on its step");
  }

  /// Name and dimensions of every weight array, in a fixed order: that of the computation. Names and layouts are those of
  /// PyTorch's Conv1d ("convolution.0" and so on, as in a ModuleList), LSTM ("lstm") and Linear ("attention_hidden" where there
  /// is one, "attention", "classifier"), so that a PyTorch module loads them as they are.
  std::vector<std::pair<std::string, std::vector<std::size_t>>> weight_shapes() const {
    std::vector<std::pair<std::string, std::vector<std::size_t>>> shapes;
    for (std::size_t layer = 0; layer < convolution_layers; ++layer) {
      const auto name = "convolution." + std::to_string(layer);
      shapes.push_back({name + ".weight", {convolution_channels, layer == 0 ? channels : convolution_channels, kernel_size}});
      shapes.push_back({name + ".bias", {convolution_channels}});
    }
    for (std::size_t layer = 0; layer < lstm_layers; ++layer) {
      const auto inputs = layer == 0 ? convolution_channels : 2 * hidden_size;
      for (const char* direction : {"", "_reverse"}) {
        const auto end = "_l" + std::to_string(layer) + direction;
        shapes.push_back({"lstm.weight_ih" + end, {4 * hidden_size, inputs}});
        shapes.push_back({"lstm.weight_hh" + end, {4 * hidden_size, hidden_size}});
        shapes.push_back({"lstm.bias_ih" + end, {4 * hidden_size}});
        shapes.push_back({"lstm.bias_hh" + end, {4 * hidden_size}});
      }
    }
    if (attention_hidden_size > 0) {
      shapes.push_back({"attention_hidden.weight", {attention_hidden_size, 2 * hidden_size}});
      shapes.push_back({"attention_hidden.bias", {attention_hidden_size}});
    }
    shapes.push_back({"attention.weight", {1, attention_hidden_size > 0 ? attention_hidden_size : 2 * hidden_size}});
    shapes.push_back({"attention.bias", {1}});
    shapes.push_back({"classifier.weight", {1, 2 * hidden_size}});
    shapes.push_back({"classifier.bias", {1}});
    return shapes;
  }
};

}  // namespace bolus

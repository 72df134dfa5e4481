#pragma once
// What the kernels of the fused engine are told. Plain data and nothing that has code: this file is compiled with the flags of
// several instruction sets, and the linker keeps one copy of an inline function for all of them.
#include <cstddef>

namespace bolus::detail::fused {

/// Samples that are computed together, whatever the instruction set.
constexpr int lanes = 16;

/// Rows of a packed matrix that stand next to each other.
constexpr int group_rows = 16;

constexpr int most_layers = 8;

/// Sizes and places. Inside, every number of rows is rounded up to a multiple of 4, with zeros. `*_step` is the distance from
/// one time step to the next, in elements; other places are offsets, in elements.
///
/// A row is `lanes` numbers. LSTM gates stand unit by unit: input, forget, cell, output.
struct Plan {
  int steps, channels, channel_rows, filters, kernel_size, convolutions, hidden, layers, attention_hidden;
  bool tanh_scores;  ///< the scores pass through tanh
  bool masked;       ///< samples have lengths
  bool dropout;      ///< masks between the LSTM layers
  bool keep;         ///< gates and cells are kept for the backward pass

  // A block's memory: what goes in, what is kept for the backward pass, what comes out.
  std::size_t input, input_step;      // steps x channel_rows
  std::size_t used;                   // steps x 1: 1 within a sample's length, else 0
  std::size_t masks[most_layers];     // 2 hidden
  std::size_t features[most_layers];  // steps x filters, of each convolution
  std::size_t features_step;
  std::size_t gates[most_layers][2];  // steps x 4 hidden
  std::size_t gates_step;
  std::size_t cells[most_layers][2];  // steps x hidden
  std::size_t cells_step;
  std::size_t states[most_layers];   // steps x 2 hidden
  std::size_t dropped[most_layers];  // the same times the mask
  std::size_t states_step;
  std::size_t inner, inner_step;  // steps x attention_hidden
  std::size_t scores, attention;  // steps x 1
  std::size_t context;            // 2 hidden
  std::size_t block_size;

  // A thread's memory in the backward pass.
  std::size_t context_gradient;     // 2 hidden: goes in
  std::size_t attention_gradient;   // steps x 1: goes in
  std::size_t state_gradient[2];    // steps x 2 hidden, of the layer at hand and of the one below
  std::size_t feature_gradient[2];  // steps x filters
  std::size_t input_gradient;       // steps x channel_rows: comes out
  std::size_t carry;                // hidden: gradient of the cells
  std::size_t recurrent;            // hidden: gradient of the states, from the step after
  std::size_t sums;                 // 2 hidden or attention_hidden, + 4
  std::size_t scratch_size;

  // Packed weights: groups of 16 rows; of a group its biases where there are any, then column by column its 16 rows.
  std::size_t convolution[most_layers], convolution_back[most_layers];
  // Those of `lstm` are multiplied by -1 / ln 2, and in the rows of the cell by -2 / ln 2.
  std::size_t lstm[most_layers][2], lstm_back[most_layers][2];
  std::size_t attention_inner, attention_inner_back;
  std::size_t attention_weight;  // one number per row, then the bias
  std::size_t weights_size;

  // Gradients, row by row.
  std::size_t convolution_gradient[most_layers], convolution_bias_gradient[most_layers];  // tap x filters x inputs
  std::size_t lstm_gradient[most_layers][2], lstm_bias_gradient[most_layers][2];          // 4 hidden x (inputs + hidden)
  std::size_t inner_gradient, inner_bias_gradient;                                        // attention_hidden x 2 hidden
  std::size_t attention_weight_gradient;                                                  // as attention_weight
  std::size_t gradients_size;
};

/// The kernels of one instruction set.
template <class Number>
struct Kernels {
  /// Computes a block from `input` to `context` and `attention`.
  void (*forward)(const Plan& plan, const Number* weights, Number* block);
  /// Gradients of a block that `forward` left, which are written over it. Adds those of the weights to `gradients` unless it is
  /// null; gives those of the input where asked.
  void (*backward)(const Plan& plan, const Number* weights, Number* block, Number* scratch, Number* gradients, bool of_input);
};

struct Kernel {
  const char* name;
  Kernels<float> single;
  Kernels<double> twice;
};

extern const Kernel portable_kernel;  // NEON where the compiler's baseline has it
#ifdef BOLUS_FUSED_X86
extern const Kernel avx2_kernel;
extern const Kernel avx512_kernel;
#endif

}  // namespace bolus::detail::fused

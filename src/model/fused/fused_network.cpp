#include "fused_network.hpp"

#include <algorithm>
#include <bolus/core/error.hpp>
#include <bolus/core/parallel.hpp>
#include <cstring>
#include <map>
#include <numbers>
#include <numeric>
#include <type_traits>

#include "../../compute/instruction_set.hpp"

namespace bolus::detail::fused {
namespace {

constexpr std::size_t no_memory_beyond = std::size_t{64} << 20;  ///< bytes that a forward pass keeps; more is computed again

std::size_t rows_of(std::size_t count) { return (count + 3) / 4 * 4; }
std::size_t whole_groups(std::size_t rows) { return (rows + group_rows - 1) / group_rows * group_rows; }

/// Distance between time steps. One row more than there are: a power of two would put all steps in the same lines of the cache.
std::size_t step_of(std::size_t rows) { return (rows + 1) * lanes; }

template <class Number>
const Kernels<Number>& kernels_for(const Kernel& kernel) {
  if constexpr (std::is_same_v<Number, float>) {
    return kernel.single;
  } else {
    return kernel.twice;
  }
}

/// Four curves, `curve_step` apart, to four numbers next to each other for each step.
template <class Number>
void transpose(const Number* curves, std::size_t curve_step, std::size_t steps, Number* out, std::size_t out_step) {
  typedef Number Four __attribute__((vector_size(4 * sizeof(Number))));
  std::size_t t = 0;
  for (; t + 4 <= steps; t += 4, out += 4 * out_step) {
    Four in[4];
    for (std::size_t i = 0; i < 4; ++i) std::memcpy(&in[i], curves + i * curve_step + t, sizeof(Four));
    const Four a = __builtin_shufflevector(in[0], in[1], 0, 4, 1, 5), b = __builtin_shufflevector(in[0], in[1], 2, 6, 3, 7);
    const Four c = __builtin_shufflevector(in[2], in[3], 0, 4, 1, 5), d = __builtin_shufflevector(in[2], in[3], 2, 6, 3, 7);
    const Four turned[4]{__builtin_shufflevector(a, c, 0, 1, 4, 5), __builtin_shufflevector(a, c, 2, 3, 6, 7),
                         __builtin_shufflevector(b, d, 0, 1, 4, 5), __builtin_shufflevector(b, d, 2, 3, 6, 7)};
    for (std::size_t i = 0; i < 4; ++i) std::memcpy(out + i * out_step, &turned[i], sizeof(Four));
  }
  for (; t < steps; ++t, out += out_step) {
    for (std::size_t i = 0; i < 4; ++i) out[i] = curves[i * curve_step + t];
  }
}

}  // namespace

const Kernel& machine_kernel() {
  [[maybe_unused]] const auto name = instruction_set();
#ifdef BOLUS_FUSED_X86
  if (name == avx512_kernel.name) return avx512_kernel;
  if (name == avx2_kernel.name) return avx2_kernel;
#endif
  return portable_kernel;
}

template <class Number>
FusedNetwork<Number>::FusedNetwork(const NetworkShape& shape, int threads)
    : shape_(shape), team_(std::make_unique<Team>(resolve_threads(threads))), kernels_(&kernels_for<Number>(machine_kernel())) {
  shape.validate();
  const auto filters = rows_of(shape.convolution_channels), hidden = rows_of(shape.hidden_size);
  const auto inner = rows_of(shape.attention_hidden_size), channel_rows = rows_of(shape.channels);
  auto& plan = sizes_;
  plan.channels = static_cast<int>(shape.channels);
  plan.channel_rows = static_cast<int>(channel_rows);
  plan.filters = static_cast<int>(filters);
  plan.kernel_size = static_cast<int>(shape.kernel_size);
  plan.convolutions = static_cast<int>(shape.convolution_layers);
  plan.hidden = static_cast<int>(hidden);
  plan.layers = static_cast<int>(shape.lstm_layers);
  plan.attention_hidden = static_cast<int>(inner);
  plan.tanh_scores = shape.attention_activation == AttentionActivation::tanh;

  std::map<std::string, std::size_t> begins;
  std::size_t parameters = 0;
  for (const auto& [name, dimensions] : shape.weight_shapes()) {
    begins[name] = parameters;
    if (name.starts_with("classifier")) break;
    parameters += std::accumulate(dimensions.begin(), dimensions.end(), std::size_t{1}, std::multiplies<>());
  }
  constexpr auto nothing = static_cast<std::size_t>(-1);
  gradient_places_.resize(parameters);

  // The weights of `rows` x `columns`, the first column being biases where `bias` says so.
  const auto add_matrix = [&](std::size_t rows, std::size_t columns, const auto& parameter) {
    const auto begin = weight_places_.size();
    for (std::size_t group = 0; group < whole_groups(rows); group += group_rows) {
      for (std::size_t column = 0; column < columns; ++column) {
        for (std::size_t row = group; row < group + group_rows; ++row) {
          const auto place = row < rows ? parameter(row, column) : nothing;
          weight_places_.push_back(static_cast<std::uint32_t>(place == nothing ? parameters : place));
        }
      }
    }
    return begin;
  };
  std::size_t gradients = 0;
  const auto add_gradient = [&](std::size_t rows, std::size_t columns, const auto& parameter) {
    const auto begin = gradients;
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t column = 0; column < columns; ++column, ++gradients) {
        const auto place = parameter(row, column);
        if (place != nothing) gradient_places_[place] = static_cast<std::uint32_t>(gradients);
      }
    }
    return begin;
  };
  // A row of 2 hidden: its number in PyTorch.
  const auto state = [&](std::size_t row) {
    return row % hidden < shape.hidden_size ? row / hidden * shape.hidden_size + row % hidden : nothing;
  };

  for (std::size_t layer = 0; layer < shape.convolution_layers; ++layer) {
    const auto name = "convolution." + std::to_string(layer);
    const auto weight = begins[name + ".weight"], bias = begins[name + ".bias"];
    const auto inputs = layer == 0 ? shape.channels : shape.convolution_channels;
    const auto read = layer == 0 ? shape.channels : filters, input_rows = layer == 0 ? channel_rows : filters;
    const auto filter = [&](std::size_t f, std::size_t input, std::size_t tap) {
      if (f >= shape.convolution_channels || input >= inputs) return nothing;
      return weight + (f * inputs + input) * shape.kernel_size + tap;
    };
    const auto filter_bias = [&](std::size_t f, std::size_t) { return f < shape.convolution_channels ? bias + f : nothing; };
    plan.convolution[layer] = add_matrix(filters, 1 + shape.kernel_size * read, [&](std::size_t row, std::size_t column) {
      return column == 0 ? filter_bias(row, 0) : filter(row, (column - 1) % read, (column - 1) / read);
    });
    plan.convolution_back[layer] =
        add_matrix(input_rows, shape.kernel_size * filters,
                   [&](std::size_t row, std::size_t column) { return filter(column % filters, row, column / filters); });
    // In each tap's matrix as many columns as are read, rounded up for layer 0, whose tiles are whole.
    plan.convolution_gradient[layer] =
        add_gradient(shape.kernel_size * filters, input_rows,
                     [&](std::size_t row, std::size_t column) { return filter(row % filters, column, row / filters); });
    plan.convolution_bias_gradient[layer] = add_gradient(filters, 1, filter_bias);
  }

  for (std::size_t layer = 0; layer < shape.lstm_layers; ++layer) {
    const auto inputs = layer == 0 ? shape.convolution_channels : 2 * shape.hidden_size;
    const auto input_rows = layer == 0 ? filters : 2 * hidden;
    for (std::size_t direction = 0; direction < 2; ++direction) {
      const auto end = "_l" + std::to_string(layer) + (direction == 0 ? "" : "_reverse");
      const auto of_input = begins["lstm.weight_ih" + end], of_state = begins["lstm.weight_hh" + end];
      const auto first_bias = begins["lstm.bias_ih" + end], second_bias = begins["lstm.bias_hh" + end];
      // Row r of the kernels: gate r % 4 of unit r / 4.
      const auto gate = [&](std::size_t row) {
        return row / 4 < shape.hidden_size ? row % 4 * shape.hidden_size + row / 4 : nothing;
      };
      const auto weight = [&](std::size_t row, std::size_t column) {
        const auto g = gate(row);
        if (g == nothing) return nothing;
        if (column >= input_rows) {
          column -= input_rows;
          return column < shape.hidden_size ? of_state + g * shape.hidden_size + column : nothing;
        }
        const auto input = layer > 0 ? state(column) : column < inputs ? column : nothing;
        return input == nothing ? nothing : of_input + g * inputs + input;
      };
      const auto bias = [&](std::size_t row, std::size_t) { return gate(row) == nothing ? nothing : first_bias + gate(row); };
      const auto begin = add_matrix(4 * hidden, 1 + input_rows + hidden, [&](std::size_t row, std::size_t column) {
        return column == 0 ? bias(row, 0) : weight(row, column - 1);
      });
      plan.lstm[layer][direction] = begin;
      for (std::size_t row = 0; row < 4 * hidden; ++row) {
        if (gate(row) == nothing) continue;
        const auto place = begin + row / group_rows * (1 + input_rows + hidden) * group_rows + row % group_rows;
        second_biases_.emplace_back(static_cast<std::uint32_t>(place), static_cast<std::uint32_t>(second_bias + gate(row)));
      }
      plan.lstm_back[layer][direction] =
          add_matrix(input_rows + hidden, 4 * hidden, [&](std::size_t row, std::size_t column) { return weight(column, row); });
      plan.lstm_gradient[layer][direction] = add_gradient(4 * hidden, input_rows + hidden, weight);
      plan.lstm_bias_gradient[layer][direction] = add_gradient(4 * hidden, 1, bias);
      for (std::size_t g = 0; g < 4 * shape.hidden_size; ++g) {
        gradient_places_[second_bias + g] = gradient_places_[first_bias + g];
      }
    }
  }

  if (inner > 0) {
    const auto weight = begins["attention_hidden.weight"], bias = begins["attention_hidden.bias"];
    const auto inner_weight = [&](std::size_t row, std::size_t column) {
      if (row >= shape.attention_hidden_size || state(column) == nothing) return nothing;
      return weight + row * 2 * shape.hidden_size + state(column);
    };
    const auto inner_bias = [&](std::size_t row, std::size_t) {
      return row < shape.attention_hidden_size ? bias + row : nothing;
    };
    plan.attention_inner = add_matrix(inner, 1 + 2 * hidden, [&](std::size_t row, std::size_t column) {
      return column == 0 ? inner_bias(row, 0) : inner_weight(row, column - 1);
    });
    plan.attention_inner_back =
        add_matrix(2 * hidden, inner, [&](std::size_t row, std::size_t column) { return inner_weight(column, row); });
    plan.inner_gradient = add_gradient(inner, 2 * hidden, inner_weight);
    plan.inner_bias_gradient = add_gradient(inner, 1, inner_bias);
  }
  const auto scored = inner > 0 ? inner : 2 * hidden;
  const auto score_weight = [&](std::size_t row, std::size_t) {
    if (row == scored) return begins["attention.bias"];
    const auto unit = inner == 0 ? state(row) : row < shape.attention_hidden_size ? row : nothing;
    return row > scored || unit == nothing ? nothing : begins["attention.weight"] + unit;
  };
  plan.attention_weight = add_matrix(scored + 1, 1, score_weight);
  plan.attention_weight_gradient = add_gradient(scored + 4, 1, score_weight);
  plan.weights_size = weight_places_.size();
  plan.gradients_size = (gradients + lanes - 1) / lanes * lanes;
}

template <class Number>
Plan FusedNetwork<Number>::plan_for(const Batch<Number>& batch, bool keep) const {
  Plan plan = sizes_;
  const auto steps = batch.steps;
  require<ShapeError>(steps < 1u << 24, "there are ", steps, " steps; the fused engine takes up to 16777215");
  plan.steps = static_cast<int>(steps);
  plan.masked = batch.lengths != nullptr;
  plan.dropout = !batch.dropout.empty();
  plan.keep = keep;
  const auto rows = [](int count) { return static_cast<std::size_t>(count) * lanes; };
  std::size_t size = 0;
  const auto place = [&](std::size_t count) {
    const auto begin = size;
    size += count;
    return begin;
  };
  plan.input_step = step_of(static_cast<std::size_t>(plan.channel_rows));
  plan.features_step = step_of(static_cast<std::size_t>(plan.filters));
  plan.states_step = step_of(static_cast<std::size_t>(2 * plan.hidden));
  plan.inner_step = step_of(static_cast<std::size_t>(plan.attention_hidden));
  plan.gates_step = keep ? step_of(static_cast<std::size_t>(4 * plan.hidden)) : 0;
  plan.cells_step = keep ? step_of(static_cast<std::size_t>(plan.hidden)) : 0;
  plan.input = place(steps * plan.input_step);
  plan.used = plan.masked ? place(steps * lanes) : 0;
  for (int layer = 0; layer < plan.convolutions; ++layer) plan.features[layer] = place(steps * plan.features_step);
  for (int layer = 0; layer < plan.layers; ++layer) {
    const bool dropped = plan.dropout && layer + 1 < plan.layers;
    plan.states[layer] = place(steps * plan.states_step);
    plan.masks[layer] = dropped ? place(rows(2 * plan.hidden)) : 0;
    plan.dropped[layer] = dropped ? place(steps * plan.states_step) : 0;
    for (int direction = 0; direction < 2; ++direction) {
      plan.gates[layer][direction] = keep ? place(steps * plan.gates_step) : 0;
      plan.cells[layer][direction] = place(keep ? steps * plan.cells_step : rows(plan.hidden));
    }
  }
  plan.inner = plan.attention_hidden > 0 ? place(steps * plan.inner_step) : 0;
  plan.scores = place(steps * lanes);
  plan.attention = place(steps * lanes);
  plan.context = place(rows(2 * plan.hidden));
  plan.block_size = size;

  size = 0;
  plan.context_gradient = place(rows(2 * plan.hidden));
  plan.attention_gradient = place(steps * lanes);
  for (auto& gradient : plan.state_gradient) gradient = place(steps * plan.states_step);
  for (auto& gradient : plan.feature_gradient) gradient = place(steps * plan.features_step);
  plan.input_gradient = place(steps * plan.input_step);
  plan.carry = place(rows(plan.hidden));
  plan.recurrent = place(rows(plan.hidden));
  plan.sums = place(rows(std::max(2 * plan.hidden, plan.attention_hidden) + 4));
  plan.scratch_size = size;
  return plan;
}

template <class Number>
typename FusedNetwork<Number>::Memory FusedNetwork<Number>::pack(const Number* parameters) const {
  auto weights = pool_->take(sizes_.weights_size);
  const auto count = gradient_places_.size();
  for (std::size_t i = 0; i < sizes_.weights_size; ++i) {
    weights[i] = weight_places_[i] < count ? parameters[weight_places_[i]] : Number(0);
  }
  for (const auto& [place, parameter] : second_biases_) weights[place] += parameters[parameter];
  // The forward pass takes 2^x, not e^x, and e^-x or e^-2x of each gate's sum.
  constexpr double sigmoid = -std::numbers::log2e, tanh = 2.0 * sigmoid;
  for (int layer = 0; layer < sizes_.layers; ++layer) {
    const auto columns = static_cast<std::size_t>(1 + (layer == 0 ? sizes_.filters : 2 * sizes_.hidden) + sizes_.hidden);
    for (const auto begin : sizes_.lstm[layer]) {
      const auto size = whole_groups(static_cast<std::size_t>(4 * sizes_.hidden)) * columns;
      for (std::size_t i = 0; i < size; ++i) {
        auto& weight = weights[begin + i];
        weight = static_cast<Number>((i % 4 == 2 ? tanh : sigmoid) * static_cast<double>(weight));
      }
    }
  }
  return weights;
}

/// What goes into the block of samples `first`, `first` + 1 and so on.
template <class Number>
void FusedNetwork<Number>::fill(const Plan& plan, const Batch<Number>& batch, std::size_t first, Number* block) const {
  const auto present = std::min<std::size_t>(lanes, batch.count - first), steps = batch.steps, channels = shape_.channels;
  Number* input = block + plan.input;
  const bool whole = present == lanes && !batch.lengths;
  for (std::size_t c = 0; whole && c < channels; ++c) {
    for (std::size_t lane = 0; lane < lanes; lane += 4) {
      const Number* curve = batch.curves + ((first + lane) * channels + c) * steps;
      transpose(curve, channels * steps, steps, input + c * lanes + lane, plan.input_step);
    }
  }
  for (std::size_t c = whole ? channels : 0; c < static_cast<std::size_t>(plan.channel_rows); ++c) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const auto used = lane >= present ? 0 : batch.lengths ? static_cast<std::size_t>(batch.lengths[first + lane]) : steps;
      Number* target = input + c * lanes + lane;
      const auto there = c < channels ? used : 0;
      const Number* curve = there > 0 ? batch.curves + ((first + lane) * channels + c) * steps : nullptr;
      for (std::size_t t = 0; t < there; ++t) target[t * plan.input_step] = curve[t];
      for (std::size_t t = there; t < steps; ++t) target[t * plan.input_step] = Number(0);
    }
  }
  for (std::size_t lane = 0; plan.masked && lane < lanes; ++lane) {
    const auto used = lane < present ? static_cast<std::size_t>(batch.lengths[first + lane]) : steps;
    for (std::size_t t = 0; t < steps; ++t) block[plan.used + t * lanes + lane] = t < used ? Number(1) : Number(0);
  }
  const auto hidden = static_cast<std::size_t>(plan.hidden);
  for (std::size_t layer = 0; layer + 1 < shape_.lstm_layers && plan.dropout; ++layer) {
    Number* mask = block + plan.masks[layer];
    std::fill(mask, mask + 2 * hidden * lanes, Number(0));
    for (std::size_t lane = 0; lane < present; ++lane) {
      for (std::size_t i = 0; i < 2 * shape_.hidden_size; ++i) {
        const auto row = i / shape_.hidden_size * hidden + i % shape_.hidden_size;
        mask[row * lanes + lane] = batch.dropout[layer][(first + lane) * 2 * shape_.hidden_size + i];
      }
    }
  }
}

template <class Number>
void FusedNetwork<Number>::read(const Plan& plan, const Number* block, std::size_t count, std::size_t first,
                                std::size_t present, Number* context, Number* attention) const {
  const auto hidden = static_cast<std::size_t>(plan.hidden);
  for (std::size_t lane = 0; lane < present; ++lane) {
    for (std::size_t i = 0; i < 2 * shape_.hidden_size; ++i) {
      const auto row = i / shape_.hidden_size * hidden + i % shape_.hidden_size;
      context[(first + lane) * 2 * shape_.hidden_size + i] = block[plan.context + row * lanes + lane];
    }
  }
  for (std::size_t t = 0; t < static_cast<std::size_t>(plan.steps); ++t) {
    std::copy_n(block + plan.attention + t * lanes, present, attention + t * count + first);
  }
}

template <class Number>
typename FusedNetwork<Number>::Pass FusedNetwork<Number>::forward(const Batch<Number>& batch, const Number* parameters,
                                                                  Number* context, Number* attention, bool keep) {
  Pass pass{pack(parameters), {}};
  const auto blocks = (batch.count + lanes - 1) / lanes;
  auto plan = plan_for(batch, true);
  keep = keep && blocks * plan.block_size * sizeof(Number) <= no_memory_beyond;
  if (!keep) plan = plan_for(batch, false);
  if (keep) pass.blocks = pool_->take(blocks * plan.block_size);
  std::vector<Memory> own;
  for (int i = 0; !keep && i < team_->threads(); ++i) own.push_back(pool_->take(plan.block_size));
  team_->run(blocks, [&](int worker, std::size_t index) {
    Number* block = keep ? pass.blocks.get() + index * plan.block_size : own[static_cast<std::size_t>(worker)].get();
    const auto first = index * lanes;
    fill(plan, batch, first, block);
    kernels_->forward(plan, pass.weights.get(), block);
    read(plan, block, batch.count, first, std::min<std::size_t>(lanes, batch.count - first), context, attention);
  });
  return pass;
}

template <class Number>
void FusedNetwork<Number>::backward(const Batch<Number>& batch, Pass& pass, const Number* context_gradient,
                                    const Number* attention_gradient, Number* gradients, Number* input_gradient) {
  const auto plan = plan_for(batch, true);
  const auto blocks = (batch.count + lanes - 1) / lanes;
  // Each part of the batch adds up its own gradients: how many parts there are depends on the batch alone.
  const auto parts = std::min<std::size_t>(blocks, 16);
  const auto hidden = static_cast<std::size_t>(plan.hidden), steps = batch.steps;
  auto sums = pool_->take(gradients ? parts * plan.gradients_size : 1);
  std::vector<Memory> scratch, own;
  for (int i = 0; i < team_->threads(); ++i) {
    scratch.push_back(pool_->take(plan.scratch_size));
    if (!pass.blocks) own.push_back(pool_->take(plan.block_size));
  }
  team_->run(parts, [&](int worker, std::size_t part) {
    Number* memory = scratch[static_cast<std::size_t>(worker)].get();
    Number* sum = gradients ? sums.get() + part * plan.gradients_size : nullptr;
    if (sum) std::fill(sum, sum + plan.gradients_size, Number(0));
    for (auto index = part * blocks / parts; index < (part + 1) * blocks / parts; ++index) {
      const auto first = index * lanes, present = std::min<std::size_t>(lanes, batch.count - first);
      Number* block = nullptr;
      if (pass.blocks) {
        block = pass.blocks.get() + index * plan.block_size;
      } else {
        block = own[static_cast<std::size_t>(worker)].get();
        fill(plan, batch, first, block);
        kernels_->forward(plan, pass.weights.get(), block);
      }
      std::fill_n(memory + plan.context_gradient, 2 * hidden * lanes, Number(0));
      std::fill_n(memory + plan.attention_gradient, steps * lanes, Number(0));
      for (std::size_t lane = 0; lane < present; ++lane) {
        for (std::size_t i = 0; i < 2 * shape_.hidden_size; ++i) {
          const auto row = i / shape_.hidden_size * hidden + i % shape_.hidden_size;
          memory[plan.context_gradient + row * lanes + lane] = context_gradient[(first + lane) * 2 * shape_.hidden_size + i];
        }
      }
      for (std::size_t t = 0; attention_gradient && t < steps; ++t) {
        std::copy_n(attention_gradient + t * batch.count + first, present, memory + plan.attention_gradient + t * lanes);
      }
      kernels_->backward(plan, pass.weights.get(), block, memory, sum, input_gradient != nullptr);
      for (std::size_t lane = 0; input_gradient && lane < present; ++lane) {
        const auto used = batch.lengths ? static_cast<std::size_t>(batch.lengths[first + lane]) : steps;
        for (std::size_t c = 0; c < shape_.channels; ++c) {
          Number* target = input_gradient + ((first + lane) * shape_.channels + c) * steps;
          for (std::size_t t = 0; t < steps; ++t) {
            target[t] = t < used ? memory[plan.input_gradient + t * plan.input_step + c * lanes + lane] : Number(0);
          }
        }
      }
    }
  });
  pass.blocks.reset();  // written over: the next call computes it again
  if (!gradients) return;
  Number* total = sums.get();
  for (std::size_t part = 1; part < parts; ++part) {
    const Number* more = sums.get() + part * plan.gradients_size;
    for (std::size_t i = 0; i < plan.gradients_size; ++i) total[i] += more[i];
  }
  for (std::size_t i = 0; i < gradient_places_.size(); ++i) gradients[i] = total[gradient_places_[i]];
}

template <class Number>
void FusedNetwork<Number>::predict(const Batch<Number>& batch, const Number* packed_weights, const Number* classifier,
                                   Number bias, double* logit, double* attention, std::size_t attention_step) const {
  const auto plan = plan_for(batch, false);
  const auto block = pool_->take(plan.block_size);
  const auto hidden = static_cast<std::size_t>(plan.hidden);
  for (std::size_t first = 0; first < batch.count; first += lanes) {
    fill(plan, batch, first, block.get());
    kernels_->forward(plan, packed_weights, block.get());
    const auto present = std::min<std::size_t>(lanes, batch.count - first);
    double sums[lanes];
    std::fill_n(sums, lanes, static_cast<double>(bias));
    for (std::size_t i = 0; i < 2 * shape_.hidden_size; ++i) {
      const Number* row = &block[plan.context + (i / shape_.hidden_size * hidden + i % shape_.hidden_size) * lanes];
      const auto weight = static_cast<double>(classifier[i]);
      for (std::size_t lane = 0; lane < lanes; ++lane) sums[lane] += weight * static_cast<double>(row[lane]);
    }
    std::copy_n(sums, present, logit + first);
    for (std::size_t t = 0; t < batch.steps; ++t) {
      const Number* row = &block[plan.attention + t * lanes];
      double* target = attention + t * attention_step + first;
      if (present == lanes) {
        for (std::size_t lane = 0; lane < lanes; ++lane) target[lane] = static_cast<double>(row[lane]);
      } else {
        std::copy_n(row, present, target);
      }
    }
  }
}

template class FusedNetwork<float>;
template class FusedNetwork<double>;

}  // namespace bolus::detail::fused

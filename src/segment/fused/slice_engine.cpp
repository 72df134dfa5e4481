#include "slice_engine.hpp"

#include <algorithm>
#include <bolus/core/error.hpp>
#include <bolus/core/parallel.hpp>
#include <cmath>
#include <cstring>
#include <string_view>

#include "../../compute/instruction_set.hpp"
#include "../../compute/memory_pool.hpp"
#include "../network_layers.hpp"
#include "slice_kernel.hpp"

namespace bolus::detail {
namespace {

using slices::ActivationRow;
using slices::ConvolutionRow;
using slices::most_channels;
using slices::SliceKernel;

using Pool = MemoryPool<float>;

constexpr std::size_t sums_size = 2 * most_channels;
constexpr std::size_t scratch_numbers = 1 << 17;  ///< 512 kB: the rows that a block reads stay in the second-level cache

const SliceKernel& machine_slice_kernel() {
  [[maybe_unused]] const auto name = instruction_set();
#ifdef BOLUS_FUSED_X86
  if (name == slices::avx512_slice_kernel.name) return slices::avx512_slice_kernel;
  if (name == slices::avx2_slice_kernel.name) return slices::avx2_slice_kernel;
#endif
  return slices::portable_slice_kernel;
}

/// Packs `taps` kernels, `weight(tap, input, output)`, as the kernels read them.
template <class Weight>
std::vector<float> packed(std::size_t taps, std::size_t inputs, std::size_t outputs, Weight&& weight) {
  const auto& kernel = machine_slice_kernel();
  const auto group = static_cast<std::size_t>(outputs == most_channels ? kernel.group : kernel.small_group);
  const std::size_t groups = (outputs + group - 1) / group;
  std::vector<float> result(groups * group * taps * inputs, 0.0F);
  for (std::size_t output = 0; output < outputs; ++output) {
    for (std::size_t tap = 0; tap < taps; ++tap) {
      for (std::size_t input = 0; input < inputs; ++input) {
        result[((output / group * taps + tap) * inputs + input) * group + output % group] = weight(tap, input, output);
      }
    }
  }
  return result;
}

/// Slices of pixels, channels fastest, of several items.
struct Volume {
  Pool::Memory memory;
  SliceEngine::Shape shape{};
  std::size_t channels = 0;
  const float* borrowed = nullptr;  ///< of someone else instead of `memory`

  const float* data() const { return borrowed ? borrowed : memory.get(); }
  float* data() { return memory.get(); }
  std::size_t pixels() const { return shape.rows * shape.columns; }
  std::size_t slice_size() const { return pixels() * channels; }
  std::size_t slice_count() const { return shape.items * shape.slices; }
};

/// Sums over all pixels of a volume.
struct Moments {
  std::vector<double> sum, squares;
  double count = 0.0;
};

ActivationRow identity() {
  ActivationRow activation{};
  std::fill_n(activation.scale, most_channels, 1.0F);
  std::fill_n(activation.alpha, most_channels, 1.0F);
  return activation;
}

/// Fills places [offset, offset + channels of the layer) of each `period` channels with a layer's batch norm and PReLU.
void set_activation(ActivationRow& activation, const Moments& moments, const PackedNetwork::Norm& norm, std::size_t period,
                    std::size_t offset = 0) {
  for (std::size_t c = 0; c < norm.gamma.size(); ++c) {
    const double mean = moments.sum[c] / moments.count;
    const double variance = std::max(0.0, moments.squares[c] / moments.count - mean * mean);
    const double scale = norm.gamma[c] / std::sqrt(variance + AnisotropicNetwork::batch_norm_epsilon);
    for (std::size_t place = offset + c; place < most_channels; place += period) {
      activation.scale[place] = static_cast<float>(scale);
      activation.shift[place] = static_cast<float>(norm.beta[c] - mean * scale);
      activation.alpha[place] = norm.alpha[c];
    }
  }
}

}  // namespace

PackedNetwork::PackedNetwork(const AnisotropicNetwork& network) : downsample_twice_(network.downsample_twice) {
  network.validate();
  for (const auto& [name, array] : network.weights) {
    const auto& values = array.values;
    const auto& shape = array.shape;
    if (name.ends_with(".deconv.weight")) {
      // Output row 2i takes kernel rows 0 and 2 of input rows i and i - 1, row 2i + 1 kernel row 1 of input row i; so columns.
      const auto layer = name.substr(0, name.find('.'));
      const std::size_t inputs = shape[0], outputs = shape[1];
      for (std::size_t phase = 0; phase < 4; ++phase) {
        const std::size_t rows = phase < 2 ? 2 : 1, columns = phase % 2 == 0 ? 2 : 1;
        phases_[layer][phase] = packed(rows * columns, inputs, outputs, [&](std::size_t tap, std::size_t in, std::size_t out) {
          const std::size_t row = rows == 2 ? 2 * (tap / columns) : 1, column = columns == 2 ? 2 * (tap % columns) : 1;
          return values[((in * outputs + out) * 3 + row) * 3 + column];
        });
      }
    } else if (shape.size() == 5) {
      const std::size_t outputs = shape[0], inputs = shape[1], taps = shape[2] * shape[3] * shape[4];
      kernels_[name] = packed(taps, inputs, outputs, [&](std::size_t tap, std::size_t in, std::size_t out) {
        return values[(out * inputs + in) * taps + tap];
      });
    } else {
      const auto first_dot = name.find('.'), second_dot = name.find('.', first_dot + 1);
      const auto part = name.substr(first_dot + 1, second_dot - first_dot - 1);  // "bn_0", "prelu", ...
      const auto line = part.find('_');
      auto& norm = norms_[name.substr(0, first_dot) + (line == std::string::npos ? "" : part.substr(line))];
      auto& target = part.starts_with("prelu") ? norm.alpha : name.ends_with(".bias") ? norm.beta : norm.gamma;
      target = values;
    }
  }
}

struct SliceEngine::Implementation {
  explicit Implementation(int wanted) : threads(resolve_threads(wanted)) {}

  int threads;
  std::shared_ptr<Pool> volumes = std::make_shared<Pool>(), scratch = std::make_shared<Pool>();
  const SliceKernel& kernel = machine_slice_kernel();
  const PackedNetwork* network = nullptr;
  Slabs slabs;
  std::size_t result_slices = 0;
  std::array<std::size_t, 4> last_shape{};
  Progress tick;

  Volume volume(const Shape& shape, std::size_t channels) {
    Volume result;
    result.shape = shape;
    result.channels = channels;
    result.memory = volumes->take((result.slice_count() * result.pixels() + slices::slack_pixels) * channels);
    return result;
  }

  /// How often the slices of a volume count.
  std::vector<double> slice_weights(std::size_t slices) const {
    std::vector<double> weights(slices, slabs.starts.empty() ? 1.0 : 0.0);
    const auto more = slices - result_slices;  // than there are in the end, half of them at each end
    for (const auto start : slabs.starts) {
      for (std::size_t z = start; z < start + slabs.length + more; ++z) weights[z] += 1.0;
    }
    return weights;
  }

  /// Calls `body(index, sums)` for `parts` parts of every slice of a volume; adds up what the calls put into `sums`, in order.
  template <class Body>
  Moments with_moments(const Volume& volume, std::size_t parts, std::size_t channels, Body&& body) const {
    const std::size_t count = volume.slice_count() * parts;
    std::vector<double> sums(count * sums_size, 0.0);
    parallel_for(
        count, 1, threads, [&](std::size_t begin, std::size_t) { body(begin, sums.data() + begin * sums_size); }, tick);
    const auto weights = slice_weights(volume.shape.slices);
    Moments moments{std::vector<double>(channels, 0.0), std::vector<double>(channels, 0.0), 0.0};
    for (const auto weight : weights) moments.count += weight * static_cast<double>(volume.shape.items * volume.pixels());
    for (std::size_t i = 0; i < count; ++i) {
      const double weight = weights[i / parts % volume.shape.slices];
      for (std::size_t c = 0; c < most_channels; ++c) {
        moments.sum[c % channels] += weight * sums[i * sums_size + c];
        moments.squares[c % channels] += weight * sums[i * sums_size + most_channels + c];
      }
    }
    return moments;
  }

  /// Moments of a volume that has 4 or 32 channels, without changing it.
  Moments moments_of(const Volume& volume) const {
    const auto size = volume.slice_size();
    return with_moments(volume, 1, volume.channels,
                        [&](std::size_t i, double* sums) { kernel.sum(volume.data() + i * size, size, sums); });
  }

  /// Applies an activation in place and takes the moments of what comes out.
  Moments activate_in_place(Volume& volume, const ActivationRow& activation) const {
    const auto size = volume.slice_size();
    constexpr std::size_t piece = 1 << 12;  // numbers: both passes in the cache
    return with_moments(volume, 1, volume.channels, [&](std::size_t i, double* sums) {
      float* slice = volume.data() + i * size;
      for (std::size_t begin = 0; begin < size; begin += piece) {
        const auto count = std::min(piece, size - begin);
        kernel.activate(activation, slice + begin, count, slice + begin);
        kernel.sum(slice + begin, count, sums);
      }
    });
  }

  ActivationRow activation_of(const Moments& moments, const std::string& layer) const {
    ActivationRow activation = identity();
    const auto& norm = network->norm(layer);
    set_activation(activation, moments, norm, norm.gamma.size());
    return activation;
  }

  /// How a convolution within slices goes.
  struct Convolution {
    int dilation = 1, stride = 1;
    std::size_t cropped = 0;  ///< input slices left out at each end of an item
  };

  /// A 3x3 convolution of every slice: `input`, activated, into channels [offset, offset + outputs) of `output`, plus `add`.
  Moments convolve(const Volume& input, const ActivationRow& activation, const float* weights, const Convolution& how,
                   Volume& output, std::size_t outputs, std::size_t offset = 0, const Volume* add = nullptr) const {
    const std::size_t rows = output.shape.rows, columns = output.shape.columns, channels = input.channels;
    const auto stride = static_cast<std::size_t>(how.stride), dilation = static_cast<std::size_t>(how.dilation);
    const std::size_t before = how.stride == 2 ? 0 : dilation;  // zeros; behind the end: 1 or as many
    const std::size_t behind = how.stride == 2 ? 1 : dilation;
    const std::size_t width = input.shape.columns + before + behind;
    const std::size_t pitch = (width + slices::slack_pixels * stride) * channels;
    // Rows of output in a block.
    const std::size_t read_rows = std::max<std::size_t>(scratch_numbers / pitch, 2 * dilation + 1);
    const std::size_t block = std::clamp<std::size_t>((read_rows - 2 * dilation - 1) / stride + 1, 1, rows);
    const std::size_t blocks = (rows + block - 1) / block;
    const std::size_t scratch_size = (stride * (block - 1) + 2 * dilation + 1) * pitch;
    return with_moments(output, blocks, outputs, [&](std::size_t index, double* sums) {
      const std::size_t slice = index / blocks, first = index % blocks * block, last = std::min(rows, first + block);
      const std::size_t item = slice / output.shape.slices, z = slice % output.shape.slices;
      const float* source = input.data() + (item * input.shape.slices + z + how.cropped) * input.slice_size();
      const auto memory = scratch->take(scratch_size);
      // Input rows, activated, between zeros.
      const std::size_t needed = stride * (last - first - 1) + 2 * dilation + 1;
      for (std::size_t r = 0; r < needed; ++r) {
        float* target = memory.get() + r * pitch;
        const std::size_t row = stride * first + r;  // counted from `before` rows above the first
        if (row < before || row >= before + input.shape.rows) {
          std::fill_n(target, pitch, 0.0F);
          continue;
        }
        std::fill_n(target, before * channels, 0.0F);
        target += before * channels;
        const std::size_t count = input.shape.columns * channels;
        kernel.activate(activation, source + (row - before) * count, count, target);
        std::fill_n(target + count, pitch - before * channels - count, 0.0F);
      }
      ConvolutionRow task{};
      task.tap_count = 9;
      task.inputs = static_cast<int>(std::min(channels, channels == 16 ? predictions : channels));
      task.input_step = static_cast<int>(stride * channels);
      task.weights = weights;
      task.outputs = static_cast<int>(outputs);
      task.pixels = static_cast<int>(columns);
      task.out_step = static_cast<int>(output.channels);
      task.sums = sums;
      for (std::size_t row = first; row < last; ++row) {
        for (std::size_t tap = 0; tap < 9; ++tap) {
          task.taps[tap] = memory.get() + (stride * (row - first) + tap / 3 * dilation) * pitch + tap % 3 * dilation * channels;
        }
        const std::size_t pixel = (slice * rows + row) * columns;
        task.out = output.data() + pixel * output.channels + offset;
        if (add) {
          task.add = add->data() + pixel * add->channels;
          task.add_step = task.add_channels = static_cast<int>(add->channels);
          task.add_offset = add->channels == most_channels ? 0 : static_cast<int>(first_skip_offset);
        }
        kernel.convolve(task);
      }
    });
  }

  /// A 3x1x1 convolution across slices; the output has two slices fewer.
  Moments fuse(const Volume& input, const std::string& name, Volume& output) const {
    const std::size_t pixels = output.pixels(), piece = 2048, pieces = (pixels + piece - 1) / piece;
    return with_moments(output, pieces, output.channels, [&](std::size_t index, double* sums) {
      const std::size_t slice = index / pieces, first = index % pieces * piece;
      const std::size_t item = slice / output.shape.slices, z = slice % output.shape.slices;
      ConvolutionRow task{};
      task.tap_count = 3;
      task.inputs = task.input_step = task.outputs = task.out_step = most_channels;
      for (std::size_t tap = 0; tap < 3; ++tap) {
        task.taps[tap] = input.data() + (item * input.shape.slices + z + tap) * input.slice_size() + first * most_channels;
      }
      task.weights = network->kernel(name + ".conv.weight");
      task.pixels = static_cast<int>(std::min(piece, pixels - first));
      task.out = output.data() + (slice * pixels + first) * most_channels;
      task.sums = sums;
      kernel.convolve(task);
    });
  }

  /// A transposed 3x3 convolution with stride 2 into channels [offset, offset + outputs) of `output`.
  Moments upsample(const Volume& input, const ActivationRow& activation, const std::string& name, std::size_t cropped,
                   Volume& output, std::size_t outputs, std::size_t offset) const {
    const std::size_t rows = input.shape.rows, columns = input.shape.columns, channels = input.channels;
    const std::size_t pitch = (1 + columns + slices::slack_pixels) * channels;
    const std::size_t block = std::clamp<std::size_t>(scratch_numbers / pitch - 1, 1, rows);
    const std::size_t blocks = (rows + block - 1) / block;
    return with_moments(output, blocks, outputs, [&](std::size_t index, double* sums) {
      const std::size_t slice = index / blocks, first = index % blocks * block, last = std::min(rows, first + block);
      const std::size_t item = slice / output.shape.slices, z = slice % output.shape.slices;
      const float* source = input.data() + (item * input.shape.slices + z + cropped) * input.slice_size();
      const auto memory = scratch->take((block + 1) * pitch);
      for (std::size_t r = 0; r <= last - first; ++r) {  // from the row above the first
        float* target = memory.get() + r * pitch;
        if (first + r == 0) {
          std::fill_n(target, pitch, 0.0F);
          continue;
        }
        std::fill_n(target, channels, 0.0F);
        const std::size_t count = columns * channels;
        kernel.activate(activation, source + (first + r - 1) * count, count, target + channels);
        std::fill_n(target + channels + count, slices::slack_pixels * channels, 0.0F);
      }
      ConvolutionRow task{};
      task.inputs = task.input_step = static_cast<int>(channels);
      task.outputs = static_cast<int>(outputs);
      task.pixels = static_cast<int>(columns);
      task.out_step = static_cast<int>(2 * output.channels);
      task.sums = sums;
      for (std::size_t row = first; row < last; ++row) {
        const float* here = memory.get() + (row - first + 1) * pitch + channels;
        for (std::size_t phase = 0; phase < 4; ++phase) {
          const std::size_t tap_rows = phase < 2 ? 2 : 1, tap_columns = phase % 2 == 0 ? 2 : 1;
          task.tap_count = static_cast<int>(tap_rows * tap_columns);
          for (std::size_t tap = 0; tap < tap_rows * tap_columns; ++tap) {
            task.taps[tap] = here - tap / tap_columns * pitch - tap % tap_columns * channels;
          }
          task.weights = network->phases(name, phase).data();
          const std::size_t pixel = (slice * 2 * rows + 2 * row + phase / 2) * 2 * columns + phase % 2;
          task.out = output.data() + pixel * output.channels + offset;
          kernel.convolve(task);
        }
      }
    });
  }

  /// A residual block in place; `moments` are those of `values` before and after. `first` is the input of the very first block,
  /// whose four channels `values` does not hold.
  void residual(Volume& values, Volume& between, Moments& moments, const ResidualBlock& block, const Volume* first) const {
    const std::string name = block.name;
    const Convolution how{block.dilation};
    const auto middle = convolve(first ? *first : values, activation_of(moments, name + "_0"),
                                 network->kernel(name + ".conv_0.weight"), how, between, most_channels);
    moments = convolve(between, activation_of(middle, name + "_1"), network->kernel(name + ".conv_1.weight"), how, values,
                       most_channels, 0, first ? first : &values);
  }

  void run(const PackedNetwork& weights, const float* input, const Shape& shape, float* logits) {
    const std::array<std::size_t, 4> all_sizes{shape.items, shape.slices, shape.rows, shape.columns};
    if (all_sizes != last_shape) volumes = std::make_shared<Pool>();  // what was kept would fit badly
    last_shape = all_sizes;
    network = &weights;
    result_slices = shape.slices - AnisotropicNetwork::lost_slices;
    const bool twice = weights.downsample_twice();
    Volume images;
    images.shape = shape;
    images.channels = AnisotropicNetwork::channels;
    images.borrowed = input;

    // All predictions side by side, 14 channels and two that stay 0, with their batch norms and PReLUs.
    const Shape result_shape{shape.items, result_slices, shape.rows, shape.columns};
    Volume predicted = volume(result_shape, 16);
    parallel_for(predicted.slice_count(), 1, threads, [&](std::size_t slice, std::size_t) {
      std::fill_n(predicted.data() + slice * predicted.slice_size(), predicted.slice_size(), 0.0F);
    });
    ActivationRow predicted_activation = identity();
    const auto predict = [&](const Volume& values, const ActivationRow& activation, std::size_t level) {
      const auto outputs = prediction_channels[level - 1], offset = prediction_offsets[level - 1], cropped = 3 - level;
      const auto name = "pred_up" + std::to_string(level) + (level == 1 ? "" : "_1");
      const bool two_steps = twice && level > 1;
      if (!two_steps) {
        const auto moments = upsample(values, activation, name, cropped, predicted, outputs, offset);
        set_activation(predicted_activation, moments, weights.norm(name), 16, offset);
        return;
      }
      Volume half = volume({shape.items, result_shape.slices, shape.rows / 2, shape.columns / 2}, outputs);
      const auto first = upsample(values, activation, name, cropped, half, outputs, 0);
      const auto second = "pred_up" + std::to_string(level) + "_2";
      const auto moments = upsample(half, activation_of(first, name), second, 0, predicted, outputs, offset);
      set_activation(predicted_activation, moments, weights.norm(second), 16, offset);
    };

    Shape here = shape;
    Volume values = volume(here, most_channels), between = volume(here, most_channels);
    Moments moments = moments_of(images);
    for (std::size_t level = 0; level < 4; ++level) {
      for (const auto& block : residual_blocks()[level]) {
        residual(values, between, moments, block, std::string_view(block.name) == "block1_1" ? &images : nullptr);
      }
      here.slices -= 2;
      const auto fused_name = "fuse" + std::to_string(level + 1);
      between.shape = here;
      const auto fused_moments = fuse(values, fused_name, between);
      std::swap(values, between);
      auto activation = activation_of(fused_moments, fused_name);
      const bool downsamples = level == 1 || (level == 0 && twice);
      if (!downsamples && level < 3) {
        moments = activate_in_place(values, activation);
        activation = identity();
      }
      if (level == 1 && !twice) {
        convolve(values, activation, weights.kernel("pred1.weight"), {.cropped = 2}, predicted, prediction_channels[0]);
      } else if (level > 0) {
        predict(values, activation, level);
      }
      if (downsamples) {
        const std::string name = level == 0 ? "downsample1" : "downsample2";
        here.rows /= 2;
        here.columns /= 2;
        between.shape = here;
        const auto down =
            convolve(values, activation, weights.kernel(name + ".conv.weight"), {.stride = 2}, between, most_channels);
        std::swap(values, between);
        moments = activate_in_place(values, activation_of(down, name));
      }
      between.shape = here;
    }
    Volume result;
    result.shape = result_shape;
    result.channels = classes;
    result.memory = volumes->take(result.slice_count() * result.slice_size());
    convolve(predicted, predicted_activation, weights.kernel("final_pred.weight"), {}, result, classes);
    std::copy_n(result.data(), result.slice_count() * result.slice_size(), logits);
    network = nullptr;
  }
};

SliceEngine::SliceEngine(int threads) : implementation_(std::make_unique<Implementation>(threads)) {}
SliceEngine::~SliceEngine() = default;

void SliceEngine::run(const PackedNetwork& network, const float* input, const Shape& shape, float* logits, const Slabs& slabs,
                      const Progress& tick) {
  implementation_->slabs = slabs;
  implementation_->tick = tick;
  implementation_->run(network, input, shape, logits);
}

}  // namespace bolus::detail

#include "cascade_votes.hpp"

#include <algorithm>
#include <bolus/core/parallel.hpp>
#include <cmath>

#include "network_layers.hpp"
#include "torch_anisotropic_network.hpp"
#include "view_axes.hpp"

namespace bolus::detail {
namespace {

constexpr std::int64_t slab = 11;             // slices of a prediction in training
constexpr std::int64_t batch = 5;             // slabs of a batch
constexpr std::uint64_t slab_streams = 4096;  // of the counter-based noise, one for each slab and channel from here on

/// Smallest rows and columns of the whole tumour's networks; the others' are 96.
constexpr std::array<std::array<std::int64_t, 2>, 3> smallest_slice{{{180, 160}, {160, 180}, {160, 160}}};

std::int64_t ceil4(std::int64_t size) { return (size + 3) / 4 * 4; }

}  // namespace

/// A box of the head as one view cuts it.
struct CascadeVotes::Cut {
  CascadeStage stage;
  View view;
  const AnisotropicNetwork* network;
  const PackedNetwork* packed;
  const std::array<std::vector<float>, 4>* channel;
  std::array<std::int64_t, 3> step;  ///< in memory, between slices, rows and columns
  std::int64_t start = 0;            ///< in memory, of the first voxel
  std::array<std::int64_t, 3> size;  ///< slices, rows, columns
  std::array<std::size_t, 3> axes;   ///< of z, y, x
  Triple origin;                     ///< of the box in the whole grid, z, y, x
  std::int64_t rows, columns;        ///< of the network's input
  std::int64_t row_offset, column_offset;

  std::size_t slice_size() const { return static_cast<std::size_t>(rows * columns); }
};

/// Slices to fill in.
struct CascadeVotes::Slab {
  std::int64_t first, count;  ///< slices of the cut; they may lie outside
  bool empty = false;         ///< nothing but noise
  std::uint64_t stream = 0;   ///< 0: noise by the place in the head
};

CascadeVotes::CascadeVotes(const CascadeWeights& weights, const SegmentTumour& options, NumpyNoise& noise)
    : weights_(weights), options_(options), noise_(noise), engine_(options.threads) {}

/// Data where there are any, noise elsewhere.
void CascadeVotes::fill(const Cut& cut, const Slab& slab, float* input) {
  const auto rows = static_cast<std::size_t>(cut.rows);
  parallel_for(static_cast<std::size_t>(slab.count) * rows, 16, options_.threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t line = begin; line < end; ++line) {
      const auto d = slab.first + static_cast<std::int64_t>(line / rows);
      const auto h = static_cast<std::int64_t>(line % rows) - cut.row_offset;
      float* out = input + line * static_cast<std::size_t>(cut.columns) * AnisotropicNetwork::channels;
      const bool inside = !slab.empty && d >= 0 && d < cut.size[0] && h >= 0 && h < cut.size[1];
      for (std::int64_t column = 0; column < cut.columns; ++column, out += AnisotropicNetwork::channels) {
        const auto w = column - cut.column_offset;
        if (inside && w >= 0 && w < cut.size[2]) {
          const auto place = static_cast<std::size_t>(cut.start + d * cut.step[0] + h * cut.step[1] + w * cut.step[2]);
          for (std::size_t c = 0; c < AnisotropicNetwork::channels; ++c) out[c] = (*cut.channel)[c][place];
        } else if (slab.stream > 0) {
          const auto index = line * static_cast<std::size_t>(cut.columns) + static_cast<std::size_t>(column);
          for (std::size_t c = 0; c < AnisotropicNetwork::channels; ++c) {
            out[c] = static_cast<float>(RandomStream(options_.seed, slab.stream + c).normal(index));
          }
        } else {
          Triple place = cut.origin;
          place[cut.axes[0]] += d;
          place[cut.axes[1]] += h;
          place[cut.axes[2]] += w;
          for (std::size_t c = 0; c < AnisotropicNetwork::channels; ++c) out[c] = noise_at(options_.seed, c, place);
        }
      }
    }
  });
}

/// The same with numpy's stream, which is drawn channel by channel for every voxel.
void CascadeVotes::fill_from_stream(const Cut& cut, const Slab& slab, float* input) {
  for (std::size_t c = 0; c < AnisotropicNetwork::channels; ++c) {
    float* out = input + c;
    const auto draw = [&](std::int64_t count) {
      for (std::int64_t i = 0; i < count; ++i, out += AnisotropicNetwork::channels) *out = static_cast<float>(noise_.normal());
    };
    for (std::int64_t d = slab.first; d < slab.first + slab.count; ++d) {
      if (slab.empty || d < 0 || d >= cut.size[0]) {
        draw(cut.rows * cut.columns);
        continue;
      }
      for (std::int64_t row = 0; row < cut.rows; ++row) {
        const auto h = row - cut.row_offset;
        if (h < 0 || h >= cut.size[1]) {
          draw(cut.columns);
          continue;
        }
        draw(cut.column_offset);
        const float* values = (*cut.channel)[c].data() + cut.start + d * cut.step[0] + h * cut.step[1];
        noise_.skip(static_cast<std::size_t>(cut.size[2]));
        for (std::int64_t w = 0; w < cut.size[2]; ++w, out += AnisotropicNetwork::channels) *out = values[w * cut.step[2]];
        draw(cut.columns - cut.column_offset - cut.size[2]);
      }
    }
  }
}

/// From `input_` to `logits_`.
void CascadeVotes::predict(const Cut& cut, std::size_t items, std::size_t slices, const SliceEngine::Slabs& slabs,
                           const Progress& tick) {
  const auto rows = static_cast<std::size_t>(cut.rows), columns = static_cast<std::size_t>(cut.columns);
  logits_.resize(items * (slices - AnisotropicNetwork::lost_slices) * cut.slice_size() * classes);
  if (options_.engine == Engine::fused && options_.device == Device::cpu) {
    engine_.run(*cut.packed, input_.data(), {items, slices, rows, columns}, logits_.data(), slabs, tick);
  } else {
    report(tick, "segmenting", 0, 0);
    if (slabs.starts.empty()) {
      torch_logits(*cut.network, input_.data(), {items, slices, rows, columns, AnisotropicNetwork::channels}, options_.device,
                   logits_.data());
      return;
    }
    // The slabs as a batch, each with its surroundings.
    const auto count = slabs.starts.size(), slab_slices = slabs.length + AnisotropicNetwork::lost_slices;
    const auto from_size = cut.slice_size() * AnisotropicNetwork::channels, to_size = cut.slice_size() * classes;
    std::vector<float> input(count * slab_slices * from_size), logits(count * slabs.length * to_size);
    for (std::size_t i = 0; i < count; ++i) {
      std::copy_n(input_.data() + slabs.starts[i] * from_size, slab_slices * from_size,
                  input.data() + i * slab_slices * from_size);
    }
    torch_logits(*cut.network, input.data(), {count, slab_slices, rows, columns, AnisotropicNetwork::channels}, options_.device,
                 logits.data());
    for (std::size_t i = 0; i < count; ++i) {
      std::copy_n(logits.data() + i * slabs.length * to_size, slabs.length * to_size,
                  logits_.data() + slabs.starts[i] * to_size);
    }
  }
}

/// Probabilities of `count` slices from `first` on; what lies outside the box is dropped.
void CascadeVotes::write(const Cut& cut, const float* logits, std::int64_t first, std::int64_t count,
                         std::vector<float>& votes) const {
  parallel_for(static_cast<std::size_t>(count), 1, options_.threads, [&](std::size_t slice, std::size_t) {
    const auto d = first + static_cast<std::int64_t>(slice);
    if (d < 0 || d >= cut.size[0]) return;
    for (std::int64_t h = 0; h < cut.size[1]; ++h) {
      const auto pixel = static_cast<std::size_t>((h + cut.row_offset) * cut.columns + cut.column_offset);
      const float* from = logits + (slice * cut.slice_size() + pixel) * classes;
      float* to = votes.data() + cut.start + d * cut.step[0] + h * cut.step[1];
      for (std::int64_t w = 0; w < cut.size[2]; ++w, from += classes) {
        to[w * cut.step[2]] = 1.0F / (1.0F + std::exp(from[0] - from[1]));
      }
    }
  });
}

/// Slices in runs of equal length, at most as many as a batch of the original predicts. Moments are those of the slabs that a
/// run is made of: the networks see what they saw in training, but every slab is real, and no slice is computed twice.
void CascadeVotes::predict_stable(const Cut& cut, std::vector<float>& votes, const Progress& tick) {
  const auto runs = (cut.size[0] + slab * batch - 1) / (slab * batch);
  for (std::int64_t run = 0; run < runs; ++run) {
    const auto first = run * cut.size[0] / runs, count = (run + 1) * cut.size[0] / runs - first;
    const auto slices = count + 2 * halo;
    SliceEngine::Slabs slabs{static_cast<std::size_t>(slab), {}};
    for (std::int64_t start = 0; count > slab && start < count; start += slab) {
      slabs.starts.push_back(static_cast<std::size_t>(std::min(start, count - slab)));
    }
    input_.resize(static_cast<std::size_t>(slices) * cut.slice_size() * AnisotropicNetwork::channels);
    fill(cut, {first - halo, slices}, input_.data());
    predict(cut, 1, static_cast<std::size_t>(slices), slabs, tick);
    write(cut, logits_.data(), first, count, votes);
  }
}

/// Slabs of 11 slices in batches of 5. The last batch is filled up with noise, whose prediction goes where the last slab's
/// goes.
void CascadeVotes::predict_published(const Cut& cut, std::vector<float>& votes, const Progress& tick) {
  const auto slices = slab + 2 * halo;
  const auto depth = cut.size[0], slabs = (depth + slab - 1) / slab;
  const auto item_size = static_cast<std::size_t>(slices) * cut.slice_size() * AnisotropicNetwork::channels;
  const auto result_size = static_cast<std::size_t>(slab) * cut.slice_size() * classes;
  const auto first_of = [&](std::int64_t number) { return std::min(slab / 2 + slab * number, depth - slab / 2) - slab / 2; };
  input_.resize(item_size * static_cast<std::size_t>(batch));
  for (std::int64_t begin = 0; begin < slabs; begin += batch) {
    for (std::int64_t i = 0; i < batch; ++i) {
      const auto number = begin + i;
      Slab one{first_of(number) - halo, slices, number >= slabs};
      float* input = input_.data() + static_cast<std::size_t>(i) * item_size;
      if (options_.noise == CascadeNoise::numpy) {
        fill_from_stream(cut, one, input);
      } else {
        const auto place = 3 * static_cast<std::uint64_t>(cut.stage) + static_cast<std::uint64_t>(cut.view);
        one.stream = slab_streams * (place + 1) + AnisotropicNetwork::channels * static_cast<std::uint64_t>(number);
        fill(cut, one, input);
      }
    }
    predict(cut, static_cast<std::size_t>(batch), static_cast<std::size_t>(slices), {}, tick);
    for (std::int64_t i = 0; i < batch; ++i) {
      write(cut, logits_.data() + static_cast<std::size_t>(i) * result_size, first_of(begin + i), slab, votes);
    }
  }
}

StageVotes CascadeVotes::operator()(CascadeStage stage, const std::array<std::vector<float>, 4>& channel, const Triple& size,
                                    const Triple& origin, const Progress& tick) {
  std::vector<std::vector<float>> votes;
  for (const auto view : all_views) {
    const PackedNetwork packed(weights_.network(stage, view));
    for (int mirrored = 0; mirrored <= (options_.mirror ? 1 : 0); ++mirrored) {
      std::array<std::int64_t, 3> strides{size[1] * size[2], size[2], mirrored ? -1 : 1};
      const auto& axes = view_axes[static_cast<std::size_t>(view)];
      Cut cut{};
      cut.stage = stage;
      cut.view = view;
      cut.network = &weights_.network(stage, view);
      cut.packed = &packed;
      cut.channel = &channel;
      cut.start = mirrored ? size[2] - 1 : 0;
      cut.axes = axes;
      cut.origin = origin;
      for (std::size_t k = 0; k < 3; ++k) {
        cut.step[k] = strides[axes[k]];
        cut.size[k] = size[axes[k]];
      }
      const bool whole = stage == CascadeStage::whole_tumour;
      const auto& smallest = smallest_slice[static_cast<std::size_t>(view)];
      cut.rows = std::max<std::int64_t>(ceil4(cut.size[1]), whole ? smallest[0] : 96);
      cut.columns = std::max<std::int64_t>(ceil4(cut.size[2]), whole ? smallest[1] : 96);
      cut.row_offset = cut.rows / 2 - cut.size[1] / 2;
      cut.column_offset = cut.columns / 2 - cut.size[2] / 2;
      auto& vote = votes.emplace_back(voxel_count(size), 0.0F);
      if (options_.mode == CascadeMode::published) {
        predict_published(cut, vote, tick);
      } else {
        predict_stable(cut, vote, tick);
      }
    }
  }
  StageVotes result{std::vector<float>(voxel_count(size)), std::vector<float>(voxel_count(size))};
  const auto number = static_cast<float>(votes.size());
  parallel_for(voxel_count(size), std::size_t{1} << 16, options_.threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t v = begin; v < end; ++v) {
      float sum = 0.0F, squares = 0.0F;
      for (const auto& vote : votes) sum += vote[v];
      const float mean = sum / number;
      for (const auto& vote : votes) squares += (vote[v] - mean) * (vote[v] - mean);
      result.probability[v] = mean;
      result.deviation[v] = std::sqrt(squares / number);
    }
  });
  return result;
}

}  // namespace bolus::detail

#include "patch_sampler.hpp"

#include <algorithm>
#include <bolus/core/parallel.hpp>
#include <bolus/core/random.hpp>
#include <cmath>
#include <numbers>

#include "../network_layers.hpp"
#include "../view_axes.hpp"

namespace bolus::detail {
namespace {

constexpr std::size_t channels = AnisotropicNetwork::channels;
constexpr std::size_t most_attempts = 100;  // at a batch with a voxel of what is sought
constexpr std::uint64_t numbers_per_attempt = 64, values_from = std::uint64_t{1} << 20;  // places in a patch's stream

/// Where a voxel of a patch comes from: a place within a slice of the region, in voxels.
struct InSlice {
  double row, column;
};

}  // namespace

/// Where a patch lies and how it is varied.
struct PatchSampler::Place {
  const PreparedCase* from;
  Box region;
  std::array<std::int64_t, 3> step;   ///< in memory, between slices, rows and columns
  std::array<std::int64_t, 3> first;  ///< of the patch, in the region: slice, row, column
  std::array<std::int64_t, 3> size;   ///< of the region
  std::int64_t start = 0;             ///< in memory, of the region's first voxel
  std::array<bool, 3> flipped{};      ///< which of slices, rows, columns run backwards
  double cosine = 1.0, sine = 0.0;    ///< of the turn within the slices
  std::array<float, channels> scale{1, 1, 1, 1}, shift{};

  /// In memory, of a voxel of the region; not checked.
  std::int64_t at(std::int64_t d, std::int64_t h, std::int64_t w) const {
    const auto line = [this](std::size_t axis, std::int64_t i) {
      return (flipped[axis] ? size[axis] - 1 - i : i) * step[axis];
    };
    return start + line(0, d) + line(1, h) + line(2, w);
  }
  bool has_slice(std::int64_t d) const { return d >= 0 && d < size[0]; }
  bool has(std::int64_t h, std::int64_t w) const { return h >= 0 && h < size[1] && w >= 0 && w < size[2]; }
  bool turned() const { return sine != 0.0; }

  /// Where row and column of a patch of `side` come from, in the region.
  InSlice source(std::int64_t row, std::int64_t column, std::int64_t side) const {
    const double middle = 0.5 * static_cast<double>(side - 1);
    const double y = static_cast<double>(row) - middle, x = static_cast<double>(column) - middle;
    return {static_cast<double>(first[1]) + middle + cosine * y + sine * x,
            static_cast<double>(first[2]) + middle - sine * y + cosine * x};
  }
};

PatchSampler::PatchSampler(const TrainCascade& options, CascadeStage stage, View view, const std::vector<PreparedCase>& cases)
    : options_(options),
      stage_(stage),
      view_(view),
      slices_(static_cast<std::int64_t>(options.slices)),
      side_(static_cast<std::int64_t>(options.patch_size[static_cast<std::size_t>(stage)])),
      threads_(options.device == Device::cuda ? options.threads : 1) {
  double sum = 0.0;
  for (const auto& one : cases) {
    if (one.positive_voxels(stage) == 0) continue;
    cases_.push_back(&one);
    up_to_.push_back(sum += one.weight);
  }
}

/// Numbers of one patch.
std::size_t PatchSampler::input_values() const { return static_cast<std::size_t>(slices_ * side_ * side_) * channels; }
std::size_t PatchSampler::target_values() const { return static_cast<std::size_t>((slices_ - 2 * halo) * side_ * side_); }

/// Attempts and items of a batch are told apart by `item`.
std::uint64_t PatchSampler::stream_of(PatchUse use, std::uint64_t number, std::uint64_t item) const {
  const auto network = 3 * static_cast<std::uint64_t>(stage_) + static_cast<std::uint64_t>(view_);
  // The lower streams belong to the weights and to the noise around the brain.
  return (((network * 2 + static_cast<std::uint64_t>(use) + 1) << 40) + number) * 256 + item;
}

PatchSampler::Place PatchSampler::place(const PreparedCase& from, std::uint64_t stream, std::uint64_t& index, bool vary) const {
  const RandomStream random(options_.seed, stream);
  Place place{};
  place.from = &from;
  place.region = from.region(stage_);
  const auto& axes = view_axes[static_cast<std::size_t>(view_)];
  const auto box = place.region.size();
  const std::array<std::int64_t, 3> memory{from.size[1] * from.size[2], from.size[2], 1};
  for (std::size_t k = 0; k < 3; ++k) {
    place.step[k] = memory[axes[k]];
    place.size[k] = box[axes[k]];
    place.start += place.region.first[k] * memory[k];
  }
  // Any slice may be in the middle; rows and columns so that the patch fits, or centred where it is larger than the region.
  place.first[0] = static_cast<std::int64_t>(random.below(index++, static_cast<std::size_t>(place.size[0]))) - slices_ / 2;
  for (std::size_t k = 1; k < 3; ++k) {
    const auto room = place.size[k] - side_;
    const auto draw = random.below(index++, static_cast<std::size_t>(std::max<std::int64_t>(room, 0)) + 1);
    place.first[k] = room >= 0 ? static_cast<std::int64_t>(draw) : -(side_ / 2 - place.size[k] / 2);
  }
  if (!vary) return place;
  const auto& a = options_.augmentation;
  constexpr std::size_t left_right = 2;  // x, of z, y, x
  if (a.flip && random.uniform(index) < 0.5) {
    for (std::size_t k = 0; k < 3; ++k) place.flipped[k] = axes[k] == left_right;
  }
  ++index;
  if (a.rotation > 0.0) {
    const double angle = (2.0 * random.uniform(index) - 1.0) * a.rotation * std::numbers::pi / 180.0;
    place.cosine = std::cos(angle);
    place.sine = std::sin(angle);
  }
  ++index;
  for (std::size_t c = 0; c < channels; ++c) {
    place.scale[c] = static_cast<float>(std::exp(a.intensity_scale * random.normal(index++)));
    place.shift[c] = static_cast<float>(a.intensity_shift * random.normal(index++));
  }
  return place;
}

/// The target of a patch; whether any of it is 1.
bool PatchSampler::mark(const Place& place, std::uint8_t* target) const {
  bool any = false;
  for (std::int64_t d = halo; d < slices_ - halo; ++d) {
    const auto slice = place.first[0] + d;
    for (std::int64_t row = 0; row < side_; ++row) {
      for (std::int64_t column = 0; column < side_; ++column) {
        auto h = place.first[1] + row, w = place.first[2] + column;
        if (place.turned()) {
          const auto source = place.source(row, column, side_);
          h = std::lround(source.row);
          w = std::lround(source.column);
        }
        std::uint8_t value = 0;
        if (place.has_slice(slice) && place.has(h, w)) {
          const auto label = place.from->marks()[place.at(slice, h, w)] & ~PreparedCase::brain_bit;
          value = is_positive(stage_, static_cast<std::uint8_t>(label)) ? 1 : 0;
        }
        any = any || value;
        *target++ = value;
      }
    }
  }
  return any;
}

/// The four images of a patch, noise where there are none.
void PatchSampler::fill(const Place& place, std::uint64_t stream, float* input, bool vary) const {
  const RandomStream random(options_.seed, stream);
  const auto& a = options_.augmentation;
  const bool noisy = vary && a.noise > 0.0;
  std::uint64_t index = values_from;
  const auto* values = place.from->values();
  const auto* marks = place.from->marks();
  const auto in_brain = [&](std::int64_t at) { return (marks[at] & PreparedCase::brain_bit) != 0; };
  for (std::int64_t d = 0; d < slices_; ++d) {
    const auto slice = place.first[0] + d;
    for (std::int64_t row = 0; row < side_; ++row) {
      for (std::int64_t column = 0; column < side_; ++column, input += channels, index += 2 * channels) {
        bool inside = place.has_slice(slice), brain = false;
        if (inside && !place.turned()) {
          const auto h = place.first[1] + row, w = place.first[2] + column;
          inside = place.has(h, w);
          if (inside) {
            const auto at = place.at(slice, h, w);
            brain = in_brain(at);
            std::copy_n(values + 4 * at, channels, input);
          }
        } else if (inside) {
          // Linear between the four voxels around; the background becomes new noise, as turned noise would be smooth.
          const auto source = place.source(row, column, side_);
          const auto nearest_row = std::lround(source.row), nearest_column = std::lround(source.column);
          inside = place.has(nearest_row, nearest_column) && in_brain(place.at(slice, nearest_row, nearest_column));
          brain = inside;
          if (inside) {
            const auto h = static_cast<std::int64_t>(std::floor(source.row)),
                       w = static_cast<std::int64_t>(std::floor(source.column));
            const auto y = static_cast<float>(source.row - static_cast<double>(h)),
                       x = static_cast<float>(source.column - static_cast<double>(w));
            std::array<float, channels> sum{};
            float whole = 0.0F;
            for (std::int64_t corner = 0; corner < 4; ++corner) {
              const auto ch = h + corner / 2, cw = w + corner % 2;
              const float share = (corner / 2 ? y : 1.0F - y) * (corner % 2 ? x : 1.0F - x);
              if (share == 0.0F || !place.has(ch, cw)) continue;
              const auto at = place.at(slice, ch, cw);
              if (!in_brain(at)) continue;
              whole += share;
              for (std::size_t c = 0; c < channels; ++c) sum[c] += share * values[4 * at + static_cast<std::int64_t>(c)];
            }
            for (std::size_t c = 0; c < channels; ++c) input[c] = sum[c] / whole;
          }
        }
        if (!inside) {
          for (std::size_t c = 0; c < channels; ++c) input[c] = static_cast<float>(random.normal(index + c));
        } else if (brain && vary) {
          for (std::size_t c = 0; c < channels; ++c) {
            input[c] = input[c] * place.scale[c] + place.shift[c];
            if (noisy) input[c] += static_cast<float>(a.noise * random.normal(index + channels + c));
          }
        }
      }
    }
  }
}

void PatchSampler::draw(std::uint64_t number, PatchBatch& batch) const {
  const auto items = options_.batch_size, input_size = input_values(), target_size = target_values();
  batch.input.resize(items * input_size);
  batch.target.resize(items * target_size);
  std::vector<Place> places(items);
  for (std::size_t attempt = 0; attempt < most_attempts; ++attempt) {
    bool any = false;
    for (std::size_t i = 0; i < items; ++i) {
      const auto own = stream_of(PatchUse::training, number, i);
      std::uint64_t index = attempt * numbers_per_attempt;
      const double drawn = RandomStream(options_.seed, own).uniform(index++) * up_to_.back();
      const auto which = std::upper_bound(up_to_.begin(), up_to_.end(), drawn) - up_to_.begin();
      const auto& from = *cases_[std::min(static_cast<std::size_t>(which), cases_.size() - 1)];
      places[i] = place(from, own, index, true);
      any = mark(places[i], batch.target.data() + i * target_size) || any;
    }
    if (any) break;
  }
  parallel_for(items, 1, threads_, [&](std::size_t i, std::size_t) {
    fill(places[i], stream_of(PatchUse::training, number, i), batch.input.data() + i * input_size, true);
  });
}

void PatchSampler::draw_fixed(std::size_t first, std::size_t count, PatchBatch& batch) const {
  const auto input_size = input_values(), target_size = target_values();
  batch.input.resize(count * input_size);
  batch.target.resize(count * target_size);
  for (std::size_t i = 0; i < count; ++i) {
    const auto& from = *cases_[(first + i) / options_.validation_patches];
    const auto own = stream_of(PatchUse::validation, first + i, 0);
    auto* target = batch.target.data() + i * target_size;
    Place found{};
    for (std::size_t attempt = 0; attempt < most_attempts; ++attempt) {
      std::uint64_t index = attempt * numbers_per_attempt;
      found = place(from, own, index, false);
      if (mark(found, target)) break;
    }
    fill(found, own, batch.input.data() + i * input_size, false);
  }
}

}  // namespace bolus::detail

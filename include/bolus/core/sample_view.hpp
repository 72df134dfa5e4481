#pragma once
#include <algorithm>
#include <bit>
#include <bolus/core/dataset.hpp>
#include <cmath>
#include <cstdint>
#include <span>

namespace bolus {

/// Samples that lie elsewhere: in a SampleArray, or in any memory laid out like one, samples x channels x steps.
struct SampleView {
  std::size_t samples = 0;
  std::size_t channels = 0;
  std::size_t steps = 0;
  std::span<const float> values;         ///< samples * channels * steps
  std::span<const std::size_t> lengths;  ///< steps in use of each sample, the rest is padding; empty: all of them

  SampleView() = default;
  SampleView(const SampleArray& array)  // NOLINT(google-explicit-constructor): as std::span is made of a vector
      : samples(array.samples), channels(array.channels), steps(array.steps), values(array.values), lengths(array.lengths) {}

  std::span<const float> sample(std::size_t index) const { return values.subspan(index * channels * steps, channels * steps); }

  /// Steps in use of a sample.
  std::size_t length(std::size_t sample) const { return lengths.empty() ? steps : lengths[sample]; }

  /// Throws ShapeError when empty or inconsistent.
  void validate_sizes() const {
    detail::require<ShapeError>(samples > 0 && channels > 0 && steps > 0, "the samples are empty: ", samples, " samples x ",
                                channels, " channels x ", steps, " steps");
    detail::require<ShapeError>(values.size() == samples * channels * steps, "expected ", samples * channels * steps,
                                " values for ", samples, " x ", channels, " x ", steps, ", found ", values.size());
    detail::require<ShapeError>(lengths.empty() || lengths.size() == samples, "there are ", lengths.size(), " lengths for ",
                                samples, " samples");
    for (std::size_t i = 0; i < lengths.size(); ++i) {
      detail::require<ShapeError>(lengths[i] >= 1 && lengths[i] <= steps, "the length of sample ", i, " is ", lengths[i],
                                  "; expected 1 to ", steps, " steps");
    }
  }

  /// Throws DataError when a value in use of samples [begin, end) is not finite, naming the first. Padding may hold anything.
  void require_finite(std::size_t begin, std::size_t end) const {
    for (std::size_t row = begin * channels; row < end * channels; ++row) {
      const auto used = lengths.empty() ? (end * channels - row) * steps : length(row / channels);
      const float* curve = values.data() + row * steps;
      std::uint32_t found = 0;  // whether an exponent has all its bits; without an early end, so that it is done in vectors
      for (std::size_t t = 0; t < used; ++t) {
        found |= (std::bit_cast<std::uint32_t>(curve[t]) & 0x7F800000U) == 0x7F800000U ? 1U : 0U;
      }
      if (found != 0) {
        const auto place = static_cast<std::size_t>(
            std::find_if(curve, curve + used, [](float value) { return !std::isfinite(value); }) - values.data());
        const auto at = place / steps;
        detail::require<DataError>(false, "sample ", at / channels, ", channel ", at % channels, ", step ", place % steps,
                                   " is NaN or infinite; drop or repair the curve first");
      }
      if (lengths.empty()) return;  // all of it was one piece
    }
  }

  /// Both of the above, for all samples.
  void validate() const {
    validate_sizes();
    require_finite(0, samples);
  }
};

}  // namespace bolus

#pragma once
#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include <bolus/core/eigen.hpp>
#include <bolus/core/error.hpp>

namespace bolus {

/// Samples for the model: samples x channels x steps, steps fastest, as (n_cases, n_channels, n_timepoints) in aeon and tsai.
struct SampleArray {
  std::size_t samples = 0;
  std::size_t channels = 0;
  std::size_t steps = 0;
  std::vector<float> values;         ///< samples * channels * steps
  std::vector<std::size_t> lengths;  ///< steps in use of each sample, the rest is padding; empty: all of them

  SampleArray() = default;
  SampleArray(std::size_t samples_, std::size_t channels_, std::size_t steps_)
      : samples(samples_), channels(channels_), steps(steps_), values(samples_ * channels_ * steps_) {}

  float& operator()(std::size_t sample, std::size_t channel, std::size_t step) {
    return values[(sample * channels + channel) * steps + step];
  }
  float operator()(std::size_t sample, std::size_t channel, std::size_t step) const {
    return values[(sample * channels + channel) * steps + step];
  }
  std::span<const float> sample(std::size_t index) const {
    return {values.data() + index * channels * steps, channels * steps};
  }

  /// Steps in use of a sample.
  std::size_t length(std::size_t sample) const { return lengths.empty() ? steps : lengths[sample]; }

  /// The given samples, in the given order. Throws ShapeError for an index past the end.
  SampleArray select(const std::vector<std::size_t>& chosen) const {
    SampleArray part(chosen.size(), channels, steps);
    auto* target = part.values.data();
    for (const auto index : chosen) {
      detail::require<ShapeError>(index < samples, "sample ", index, " was asked for, but there are ", samples);
      const auto source = sample(index);
      target = std::copy(source.begin(), source.end(), target);
      if (!lengths.empty()) part.lengths.push_back(lengths[index]);
    }
    return part;
  }

  /// Throws ShapeError when empty or inconsistent, DataError when a value in use is not finite, naming the place. Padding may
  /// hold anything.
  void validate() const {
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
    for (std::size_t row = 0; row < samples * channels; ++row) {
      const float* curve = values.data() + row * steps;
      const auto used = length(row / channels);
      for (std::size_t t = 0; t < used; ++t) {
        detail::require<DataError>(std::isfinite(curve[t]), "sample ", row / channels, ", channel ", row % channels, ", step ",
                                   t, " is NaN or infinite; drop or repair the curve first");
      }
    }
  }
};

/// Samples of many patients with what is known about them.
struct Dataset {
  SampleArray curves;
  std::vector<std::string> channel_names;  ///< one per channel
  std::vector<int> labels;                 ///< one per sample: 1 = mutant, 0 = wildtype; empty when unknown
  std::vector<std::string> patients;       ///< one per sample: samples of one patient share it
  std::vector<double> start_times;         ///< s: time of each sample's first step in its series
  double time_step = 0.0;                  ///< s between steps
  bool simulated = false;                  ///< some of it was simulated: not for conclusions about real patients

  /// The given samples, in the given order. Throws ShapeError for an index past the end.
  Dataset select(const std::vector<std::size_t>& chosen) const {
    Dataset part{curves.select(chosen), channel_names, {}, {}, {}, time_step, simulated};
    for (const auto index : chosen) {
      if (!labels.empty()) part.labels.push_back(labels[index]);
      if (!patients.empty()) part.patients.push_back(patients[index]);
      if (!start_times.empty()) part.start_times.push_back(start_times[index]);
    }
    return part;
  }

  /// Throws ShapeError or DataError when the parts do not fit.
  void validate() const {
    curves.validate();
    const auto fits = [&](std::size_t found, std::size_t expected, const char* what) {
      detail::require<ShapeError>(found == 0 || found == expected, "there are ", found, " ", what, ", expected ", expected);
    };
    fits(channel_names.size(), curves.channels, "channel names");
    fits(labels.size(), curves.samples, "labels");
    fits(patients.size(), curves.samples, "patients");
    fits(start_times.size(), curves.samples, "start times");
    for (std::size_t i = 0; i < labels.size(); ++i) {
      detail::require<DataError>(labels[i] == 0 || labels[i] == 1, "label of sample ", i, " is ", labels[i],
                                 "; expected 0 (wildtype) or 1 (mutant)");
    }
  }
};

}  // namespace bolus

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
  std::vector<float> values;  ///< samples * channels * steps

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

  /// Throws ShapeError when empty or inconsistent, DataError when a value is not finite, naming the place.
  void validate() const {
    detail::require<ShapeError>(samples > 0 && channels > 0 && steps > 0, "the samples are empty: ", samples, " samples x ",
                                channels, " channels x ", steps, " steps");
    detail::require<ShapeError>(values.size() == samples * channels * steps, "expected ", samples * channels * steps,
                                " values for ", samples, " x ", channels, " x ", steps, ", found ", values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      detail::require<DataError>(std::isfinite(values[i]), "sample ", i / (channels * steps), ", channel ",
                                 i / steps % channels, ", step ", i % steps,
                                 " is NaN or infinite; drop or repair the curve first");
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
    Dataset part{SampleArray(chosen.size(), curves.channels, curves.steps), channel_names, {}, {}, {}, time_step, simulated};
    auto* target = part.curves.values.data();
    for (const auto index : chosen) {
      detail::require<ShapeError>(index < curves.samples, "sample ", index, " was asked for, but there are ", curves.samples);
      const auto values = curves.sample(index);
      target = std::copy(values.begin(), values.end(), target);
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

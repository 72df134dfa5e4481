#pragma once
#include <algorithm>
#include <bolus/core/curve_set.hpp>
#include <bolus/core/dataset.hpp>
#include <bolus/dsc/detail/even_step.hpp>
#include <cmath>
#include <optional>

namespace bolus {

/// Cuts a patient's curves into overlapping windows, the samples of the model (Choi et al. 2019: 8 per patient; its window
/// length is not published). The first window starts at the first sample, the last ends at the last one, starts are spread
/// evenly and rounded to the nearest sample.
struct SlidingWindows {
  std::size_t count = 8;   ///< windows per patient: always exactly this many
  std::size_t length = 0;  ///< samples per window; 0: three quarters of the series, or what leaves `count` different starts

  /// The length used for a series of `samples`: `length`, or when 0 floor(3 samples / 4), at most samples - count + 1 (the
  /// whole series for one window). Throws OptionError and DataError when `count` different windows do not fit.
  std::size_t length_for(std::size_t samples) const {
    detail::require<OptionError>(count > 0, "count is 0; expected at least one window");
    detail::require<DataError>(samples >= count, "a series of ", samples, " samples cannot be cut into ", count,
                               " different windows; use count <= ", samples, " or resample the series");
    if (length == 0) return count == 1 ? samples : std::max<std::size_t>(1, std::min(3 * samples / 4, samples - count + 1));
    detail::require<DataError>(length <= samples - count + 1, count, " different windows of ", length,
                               " samples do not fit a series of ", samples, "; use length <= ", samples - count + 1,
                               " or fewer windows");
    return length;
  }

  /// Index of each window's first sample, in increasing order.
  std::vector<std::size_t> starts_for(std::size_t samples) const {
    const std::size_t slack = samples - length_for(samples);
    std::vector<std::size_t> starts(count, slack);  // one window: the last samples
    for (std::size_t k = 0; k + 1 < count; ++k) starts[k] = (2 * k * slack + (count - 1)) / (2 * (count - 1));
    return starts;
  }

  /// `curves`: times x channels on an even time axis (every step within 1 % of the mean step). `patient` and `label`
  /// (1 mutant, 0 wildtype) are written to every window. Result: count x channels x length. Throws ShapeError, DataError,
  /// OptionError.
  Dataset operator()(const CurveSet& curves, const std::string& patient = "", std::optional<int> label = std::nullopt) const {
    curves.validate();
    detail::require<ShapeError>(!curves.names.empty(), "there are no curves to cut into windows");
    detail::require<DataError>(!label || *label == 0 || *label == 1, "label is ", label.value_or(0),
                               "; expected 0 (wildtype), 1 (mutant) or none");
    const auto samples = static_cast<std::size_t>(curves.times.size());
    const auto starts = starts_for(samples);
    Dataset dataset;
    dataset.time_step = detail::even_step(curves.times);
    dataset.simulated = curves.simulated;
    dataset.curves = SampleArray(count, curves.names.size(), length_for(samples));
    dataset.channel_names = curves.names;
    if (!patient.empty()) dataset.patients.assign(count, patient);
    if (label) dataset.labels.assign(count, *label);
    for (std::size_t k = 0; k < count; ++k) {
      dataset.start_times.push_back(curves.times[static_cast<Eigen::Index>(starts[k])]);
      for (std::size_t c = 0; c < dataset.curves.channels; ++c) {
        for (std::size_t t = 0; t < dataset.curves.steps; ++t) {
          dataset.curves(k, c, t) =
              static_cast<float>(curves.values(static_cast<Eigen::Index>(starts[k] + t), static_cast<Eigen::Index>(c)));
        }
      }
    }
    return dataset;
  }
};

/// All samples of several datasets in one, in their order: usually one dataset per patient. They must agree in channels
/// (names and order), steps and time step (1 %), and either all or none have labels, patients and start times. Throws
/// ShapeError and DataError naming the first that differs.
inline Dataset join_datasets(const std::vector<Dataset>& parts) {
  detail::require<DataError>(!parts.empty(), "there is no dataset to join");
  std::size_t samples = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Dataset &part = parts[i], &front = parts.front();
    part.validate();
    detail::require<ShapeError>(part.channel_names == front.channel_names && part.curves.channels == front.curves.channels,
                                "dataset ", i,
                                " has other channels than dataset 0; select the same channels in the same order");
    detail::require<ShapeError>(part.curves.steps == front.curves.steps, "dataset ", i, " has ", part.curves.steps,
                                " steps, dataset 0 has ", front.curves.steps,
                                "; resample the series to one length or set the window length");
    detail::require<DataError>(std::abs(part.time_step - front.time_step) <= 0.01 * front.time_step, "dataset ", i,
                               " has a time step of ", part.time_step, " s, dataset 0 of ", front.time_step,
                               " s; resample the curves to one time step first");
    detail::require<DataError>(part.labels.empty() == front.labels.empty() && part.patients.empty() == front.patients.empty() &&
                                   part.start_times.empty() == front.start_times.empty(),
                               "dataset ", i,
                               " and dataset 0 differ in having labels, patients or start times; all or none must have them");
    samples += part.curves.samples;
  }
  Dataset joined = parts.front();
  joined.curves.samples = samples;
  joined.curves.values.reserve(samples * joined.curves.channels * joined.curves.steps);
  const auto add = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
  for (std::size_t i = 1; i < parts.size(); ++i) {
    add(joined.curves.values, parts[i].curves.values);
    add(joined.labels, parts[i].labels);
    add(joined.patients, parts[i].patients);
    add(joined.start_times, parts[i].start_times);
    joined.simulated = joined.simulated || parts[i].simulated;
  }
  return joined;
}

}  // namespace bolus

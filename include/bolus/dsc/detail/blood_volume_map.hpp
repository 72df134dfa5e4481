#pragma once
#include <bolus/dsc/blood_volume.hpp>
#include <cmath>
#include <vector>

namespace bolus {

inline BloodVolumeMap RelativeBloodVolume::map(const PerfusionSeries& series, const Mask& mask, const Mask* reference,
                                               const Progress& progress) const {
  PerfusionProtocol protocol = series.protocol();
  if (echo_time) protocol.echo_time = echo_time;
  const double te = protocol.required_echo_time();
  require_same_space(mask.geometry(), series.geometry(), "the mask", "the DSC series");
  if (reference) require_same_space(reference->geometry(), series.geometry(), "the reference mask", "the DSC series");

  // The mean curve of the mask gives the windows for all voxels: one voxel alone is too noisy for them.
  const auto mean = ArterialInput{.baseline = baseline, .threads = threads}(series, mask);
  BloodVolumeMap result;
  result.image = Image<float>(series.geometry());
  result.baseline = mean.baseline;
  result.flags = mean.baseline.flags;
  const auto range_indices = integrated(delta_r2s(mean.signal, mean.baseline.mean, te), mean.baseline);
  const Eigen::Index first = range_indices.first, last = range_indices.second;

  std::vector<std::uint32_t> voxels;
  for (std::size_t v = 0; v < mask.size(); ++v) {
    if (mask.data()[v]) voxels.push_back(static_cast<std::uint32_t>(v));
  }
  constexpr std::size_t block = 4096;
  enum : std::uint8_t { fine, floored, invalid };
  std::vector<std::uint8_t> state(voxels.size(), fine);
  const auto frames = static_cast<Eigen::Index>(series.frames());
  parallel_for(
      voxels.size(), block, threads,
      [&](std::size_t begin, std::size_t end) {
        // Frame after frame, so that memory is read along rows; one column per voxel, which then stays in cache.
        Eigen::MatrixXf signals(frames, static_cast<Eigen::Index>(end - begin));
        for (Eigen::Index t = 0; t < frames; ++t) {
          const auto frame = series.frame(static_cast<std::size_t>(t));
          for (std::size_t i = begin; i < end; ++i) signals(t, static_cast<Eigen::Index>(i - begin)) = frame[voxels[i]];
        }
        for (std::size_t i = begin; i < end; ++i) {
          const Eigen::VectorXd signal = signals.col(static_cast<Eigen::Index>(i - begin)).cast<double>();
          const double s0 = signal.segment(mean.baseline.first, mean.baseline.last - mean.baseline.first).mean();
          if (!signal.allFinite() || !(s0 > 0.0)) {
            state[i] = invalid;
            continue;
          }
          if (!(signal.minCoeff() > 0.0)) state[i] = floored;
          result.image.data()[voxels[i]] =
              static_cast<float>(trapezoid(series.times(), delta_r2s(signal, s0, te), first, last));
        }
      },
      progress, "blood volume");

  double sum = 0.0;
  std::size_t count = 0, marked = 0;
  for (std::size_t i = 0; i < voxels.size(); ++i) {
    result.invalid_count += state[i] == invalid;
    result.floored_count += state[i] == floored;
    if (reference && state[i] != invalid && reference->data()[voxels[i]]) {
      sum += static_cast<double>(result.image.data()[voxels[i]]);
      ++count;
    }
  }
  if (result.invalid_count > 0) {
    result.flags.push_back(
        {"dsc.voxel.invalid", detail::message(result.invalid_count, " of ", voxels.size(),
                                              " voxels have NaN or a baseline <= 0; they are 0 in the map")});
  }
  if (result.floored_count > 0) {
    result.flags.push_back({"dsc.signal.not_positive",
                            detail::message(result.floored_count, " of ", voxels.size(),
                                            " voxels have samples <= 0, taken as the smallest positive one of the voxel")});
  }
  if (reference) {
    for (const auto value : reference->values()) marked += value != 0;
    detail::require<DataError>(count > 0, "no valid voxel of the reference mask (", marked, " voxels) lies inside the mask");
    result.reference_mean = sum / static_cast<double>(count);
    detail::require<DataError>(result.reference_mean > 0.0, "the mean blood volume of the reference is ", result.reference_mean,
                               "; expected a positive one");
    const auto scale = static_cast<float>(1.0 / result.reference_mean);
    for (auto& value : result.image.values()) value *= scale;
  }
  return result;
}

}  // namespace bolus

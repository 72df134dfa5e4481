#pragma once
#include <array>
#include <bolus/dsc/bolus_timing.hpp>
#include <bolus/dsc/detail/mask_curve.hpp>
#include <bolus/dsc/detail/percentile.hpp>
#include <bolus/dsc/detail/voxel_block.hpp>

namespace bolus::detail {

/// What a bolus does in each voxel of a mask, on the windows of the mask's mean curve. No TE is needed: depths are -ln(S / S0).
struct VoxelFeatures {
  BolusTimes timing;            ///< of the mean curve
  Eigen::Index tail_first = 0;  ///< first of the last samples after the first pass; the number of samples when none are left
  std::vector<std::uint32_t> voxels;  ///< those of the mask whose samples are all finite and positive
  std::vector<float> baseline;        ///< S0
  std::vector<float> noise;           ///< standard deviation (n - 1) of the baseline samples over S0
  std::vector<float> volume;          ///< integral of the depth over the first pass, s
  std::vector<float> peak;            ///< largest depth in the first pass
  std::vector<std::uint16_t> early;   ///< 1 where that is before the peak of the mean curve
  std::vector<float> tail_signal;     ///< mean of S / S0 over the last samples
  std::vector<float> tail_depth;      ///< median depth over them
  std::size_t excluded = 0;           ///< voxels of the mask with NaN or a sample <= 0
};

/// Reads the series once for the mean curve and once for the voxels. Throws GeometryError; DataError for an empty mask, no
/// bolus in the mean curve, no usable voxel.
inline VoxelFeatures voxel_features(const PerfusionSeries& series, const Mask& mask, const BolusTiming& timing,
                                    Eigen::Index tail_samples, int threads, const Progress& progress) {
  require<DataError>(series.data() != nullptr && !mask.empty(), "the series or the brain mask is empty");
  require_same_space(mask.geometry(), series.geometry(), "the brain mask", "the DSC series");
  const auto mean = mask_curve(series, &mask, "the brain mask", threads, progress);
  VoxelFeatures found;
  found.timing = timing(mean.signal, series.times());
  require<DataError>(found.timing.found, "no bolus was found in the mean curve of the brain mask, so tissues cannot be told ",
                     "apart by perfusion; give the mask yourself");
  const auto frames = static_cast<Eigen::Index>(series.frames());
  const Eigen::Index base = found.timing.baseline.first, base_end = found.timing.baseline.last;
  const Eigen::Index pass = std::max<Eigen::Index>(found.timing.arrival - 1, 0), pass_end = found.timing.first_pass_end;
  found.tail_first = std::min(frames, std::max(pass_end, frames - tail_samples));

  const auto voxels = voxels_of(mask);
  struct Row {
    float baseline = 0.0F, noise = 0.0F, volume = 0.0F, peak = 0.0F, tail_signal = 1.0F, tail_depth = 0.0F;
    bool early = false, usable = false;
  };
  std::vector<Row> rows(voxels.size());
  Eigen::VectorXf weight = Eigen::VectorXf::Zero(frames);  // of the trapezoid rule
  for (Eigen::Index t = pass + 1; t < pass_end; ++t) {
    const auto half = static_cast<float>(0.5 * (series.times()[t] - series.times()[t - 1]));
    weight[t - 1] += half;
    weight[t] += half;
  }
  parallel_for(
      voxels.size(), 1024, threads,
      [&](std::size_t begin, std::size_t end) {
        const auto signals = voxel_block<float>(series, std::span(voxels).subspan(begin, end - begin));
        Eigen::VectorXf depth(frames);
        std::vector<float> last;
        for (std::size_t i = begin; i < end; ++i) {
          const auto signal = signals.col(static_cast<Eigen::Index>(i - begin));
          if (!(signal.minCoeff() > 0.0F) || !signal.allFinite()) continue;
          Row& row = rows[i];
          row.usable = true;
          const auto before = signal.segment(base, base_end - base);
          row.baseline = before.mean();
          if (before.size() > 1) {
            const float square = (before.array() - row.baseline).square().sum();
            row.noise = std::sqrt(square / static_cast<float>(before.size() - 1)) / row.baseline;
          }
          const auto part = [&](Eigen::Index from, Eigen::Index to) {
            depth.segment(from, to - from) = -(signal.segment(from, to - from).array() / row.baseline).log();
          };
          part(pass, pass_end);
          row.volume = depth.segment(pass, pass_end - pass).dot(weight.segment(pass, pass_end - pass));
          Eigen::Index at = 0;
          row.peak = depth.segment(pass, pass_end - pass).maxCoeff(&at);
          row.early = pass + at < found.timing.peak;
          if (found.tail_first >= frames) continue;
          part(found.tail_first, frames);
          row.tail_signal = signal.tail(frames - found.tail_first).mean() / row.baseline;
          last.assign(depth.data() + found.tail_first, depth.data() + frames);
          const auto middle = last.begin() + static_cast<std::ptrdiff_t>(last.size() / 2);
          std::nth_element(last.begin(), middle, last.end());
          row.tail_depth = *middle;
        }
      },
      progress, "tissue features");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    if (!row.usable) {
      ++found.excluded;
      continue;
    }
    found.voxels.push_back(voxels[i]);
    found.baseline.push_back(row.baseline);
    found.noise.push_back(row.noise);
    found.volume.push_back(row.volume);
    found.peak.push_back(row.peak);
    found.early.push_back(row.early ? 1 : 0);
    found.tail_signal.push_back(row.tail_signal);
    found.tail_depth.push_back(row.tail_depth);
  }
  require<DataError>(!found.voxels.empty(), "every voxel of the brain mask has NaN or a sample <= 0 in some volume");
  return found;
}

}  // namespace bolus::detail

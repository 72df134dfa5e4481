#pragma once
#include <bolus/dsc/bolus_timing.hpp>
#include <bolus/dsc/detail/arterial_features.hpp>
#include <bolus/dsc/detail/mask_curve.hpp>
#include <bolus/dsc/detail/voxel_block.hpp>

namespace bolus::detail {

/// The window of the first pass in which curves are compared: samples [first, last) of the series.
struct ArterialWindow {
  Eigen::Index first = 0, early = 0, last = 0;  ///< the mean curve of the searched voxels peaks at sample early - 1
  Eigen::Index base = 0, base_end = 0;          ///< samples of the baseline
  Eigen::VectorXd times;                        ///< of [first, last), s

  /// From two samples before the arrival in the mean curve to the end of its first pass.
  ArterialWindow(const BolusTimes& timing, const Eigen::VectorXd& all_times) {
    const Eigen::Index count = all_times.size();
    first = std::clamp<Eigen::Index>(timing.arrival - 2, 0, std::max<Eigen::Index>(count - 4, 0));
    last = std::clamp(timing.first_pass_end, std::min(first + 4, count), count);
    early = std::clamp(timing.peak + 1, std::min(first + 2, last), last);
    base = timing.baseline.first;
    base_end = timing.baseline.last;
    times = all_times.segment(first, last - first);
  }

  /// -ln(S / S0) of a whole positive signal curve, in the window.
  Eigen::VectorXd depth(const Eigen::VectorXd& signal) const {
    const double s0 = signal.segment(base, base_end - base).mean();
    return -(signal.segment(first, last - first).array() / s0).log();
  }
};

/// The voxels that can be judged, and how much agent passes through each.
struct ArterialCandidates {
  std::vector<std::uint32_t> voxels;    ///< finite and positive in every volume, S0 over the noise at least as asked
  std::vector<float> area;              ///< integral of -ln(S / S0) over the first pass, s
  std::vector<float> early_area;        ///< the same up to the peak of the mean curve, where arteries lead and veins lag
  std::vector<std::uint8_t> saturated;  ///< 1 where the signal comes near the noise floor at its peak
  std::size_t not_finite = 0, not_positive = 0, noisy = 0;  ///< voxels left out, and why
};

/// Reads each voxel of the mask once. Saturated: the smallest signal is below `saturation` times S0 or three times the noise.
inline ArterialCandidates arterial_candidates(const PerfusionSeries& series, const Mask& mask, const ArterialWindow& window,
                                              double signal_to_noise, double saturation, int threads,
                                              const Progress& progress) {
  const auto voxels = voxels_of(mask);
  enum class State : std::uint8_t { usable, not_finite, not_positive, noisy };
  struct Row {
    State state = State::usable;
    bool saturated = false;
    float area = 0.0F, early_area = 0.0F;
  };
  std::vector<Row> rows(voxels.size());
  const Eigen::Index length = window.last - window.first, early = window.early - window.first;
  Eigen::VectorXf weight = Eigen::VectorXf::Zero(length), early_weight = Eigen::VectorXf::Zero(length);
  for (Eigen::Index t = 1; t < length; ++t) {
    const auto half = static_cast<float>(0.5 * (window.times[t] - window.times[t - 1]));
    for (const Eigen::Index i : {t - 1, t}) {
      weight[i] += half;
      if (t < early) early_weight[i] += half;
    }
  }
  const auto frames = static_cast<Eigen::Index>(series.frames());
  parallel_for(
      voxels.size(), 1024, threads,
      [&](std::size_t begin, std::size_t end) {
        const auto signals = voxel_block<float>(series, std::span(voxels).subspan(begin, end - begin));
        Eigen::VectorXf depth(length);
        for (std::size_t i = begin; i < end; ++i) {
          const auto signal = signals.col(static_cast<Eigen::Index>(i - begin));
          Row& row = rows[i];
          if (!signal.allFinite()) {
            row.state = State::not_finite;
          } else if (!(signal.minCoeff() > 0.0F)) {
            row.state = State::not_positive;
          }
          if (row.state != State::usable) continue;
          const auto before = signal.segment(window.base, window.base_end - window.base);
          const float s0 = before.mean();
          float noise = 0.0F;
          if (before.size() >= 5) {
            noise = std::sqrt((before.array() - s0).square().sum() / static_cast<float>(before.size() - 1));
          } else {
            const Eigen::VectorXd all = signal.template cast<double>();
            noise = static_cast<float>(robust_noise(all.data(), frames));
          }
          if (s0 < static_cast<float>(signal_to_noise) * noise) row.state = State::noisy;
          const auto pass = signal.segment(window.first, length);
          row.saturated = pass.minCoeff() < std::max(static_cast<float>(saturation) * s0, 3.0F * noise);
          depth = -(pass.array() / s0).log();
          row.area = depth.dot(weight);
          row.early_area = depth.dot(early_weight);
        }
      },
      progress, "arterial candidates");
  ArterialCandidates found;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    found.not_finite += row.state == State::not_finite;
    found.not_positive += row.state == State::not_positive;
    found.noisy += row.state == State::noisy;
    if (row.state != State::usable) continue;
    found.voxels.push_back(voxels[i]);
    found.area.push_back(row.area);
    found.early_area.push_back(row.early_area);
    found.saturated.push_back(row.saturated ? 1 : 0);
  }
  return found;
}

}  // namespace bolus::detail

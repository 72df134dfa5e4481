#pragma once
#include <bolus/simulate/detail/phantom_volume.hpp>
#include <functional>

namespace bolus::detail {

/// What the voxels hold once the head has moved.
using MovedShares = std::function<std::vector<TissueShares>(const Eigen::Matrix4d& motion)>;

/// The series and the maps of a study whose labels and masks are there. Where
/// nothing can say what moved voxels hold, volumes with motion are
/// interpolated.
inline void fill_series(PhantomStudy& study, const PerfusionPhantom& phantom, bool pure_blood, const MovedShares& moved_shares,
                        const Progress& progress) {
  const auto& shares = study.shares;
  const Geometry& grid = study.labels.geometry();
  const auto frames = static_cast<Eigen::Index>(phantom.volumes);
  CurveSet& truth = study.truth;
  truth.simulated = true;
  truth.names = {"ET", "NET", "ED", "white_matter", "grey_matter", "AIF", "csf", "scalp", "vein"};
  truth.times.resize(frames);
  for (Eigen::Index t = 0; t < frames; ++t) truth.times[t] = phantom.sequence.repetition_time * static_cast<double>(t);
  truth.values.resize(frames, 9);
  const auto curves = phantom_curves(phantom, truth.times);
  constexpr std::array<TissueClass, 9> channels{TissueClass::enhancing,    TissueClass::non_enhancing, TissueClass::oedema,
                                                TissueClass::white_matter, TissueClass::grey_matter,   TissueClass::artery,
                                                TissueClass::csf,          TissueClass::scalp,         TissueClass::vein};
  for (std::size_t k = 0; k < channels.size(); ++k) {
    const auto from = static_cast<Eigen::Index>(channels[k]), to = static_cast<Eigen::Index>(k);
    for (Eigen::Index t = 0; t < frames; ++t) truth.values(t, to) = curves.signal(t, from);
  }
  for (Eigen::Index t = 0; t < frames && !pure_blood; ++t) {
    truth.values(t, 5) = phantom.arterial_share * truth.values(t, 5) + (1.0 - phantom.arterial_share) * truth.values(t, 3);
  }
  const TumourFields fields(grid, phantom);
  const auto variation = fields(shares, Eigen::Matrix4d::Identity());
  fill_truth_maps(study, shares, variation, phantom);
  study.provenance.step = "perfusion_phantom";
  study.provenance.simulated = true;
  study.provenance.seed = phantom.seed;

  const std::size_t count = shares.size();
  const auto packed = pack_shares(shares, variation);
  std::vector<float> scale(count), sensitivity(count);
  const bool moves = phantom.motion_translation > 0.0 || phantom.motion_rotation > 0.0;
  const SmoothNoise coil(RandomStream(phantom.seed, 2), 80.0);
  const RandomStream speckle(phantom.seed, 3);
  parallel_for(count, 1 << 14, phantom.threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t v = begin; v < end; ++v) {
      if (shares[v][0] >= 1.0F && !moves) continue;
      const double texture = 1.0 + phantom.texture * std::clamp(speckle.normal(v), -3.0, 3.0);
      scale[v] = static_cast<float>(texture);
      sensitivity[v] = static_cast<float>(0.9 + 0.2 * coil(grid_position(grid, v)));
    }
  });

  study.motion =
      draw_motion(RandomStream(phantom.seed, 6), truth.times, phantom.motion_translation, phantom.motion_rotation,
                  VoxelPoints(grid)(0, 0.5 * static_cast<double>(grid.size[0] - 1), 0.5 * static_cast<double>(grid.size[1] - 1),
                                    0.5 * static_cast<double>(grid.size[2] - 1)));
  const PerfusionProtocol protocol{phantom.sequence.echo_time, phantom.sequence.repetition_time, phantom.sequence.flip_angle,
                                   phantom.field_strength, true};
  study.series = PerfusionSeries(grid, truth.times, protocol);
  const double sigma = std::isinf(phantom.signal_to_noise) ? 0.0 : truth.values(0, 3) / phantom.signal_to_noise;
  parallel_for(
      phantom.volumes, 1, phantom.threads,
      [&](std::size_t t, std::size_t) {
        auto frame = study.series.frame(t);
        const bool away = moves && t > 0;
        if (away && moved_shares) {
          const auto now = moved_shares(study.motion[t]);
          const auto differing = fields(now, study.motion[t]);
          compose_volume(pack_shares(now, differing), now, differing, curves, phantom, t, scale, frame);
        } else {
          compose_volume(packed, shares, variation, curves, phantom, t, scale, frame);
          if (away) {
            const std::vector<float> still(frame.begin(), frame.end());
            move_volume(still, frame, grid, study.motion[t]);
          }
        }
        const double gain =
            1.0 + phantom.drift * (static_cast<double>(t) / std::max(1.0, static_cast<double>(phantom.volumes - 1)) - 0.5);
        for (std::size_t v = 0; v < count; ++v) frame[v] *= sensitivity[v] * static_cast<float>(gain);
        if (sigma <= 0.0) return;
        const RandomStream real(phantom.seed, 16 + 2 * t), imaginary(phantom.seed, 17 + 2 * t);
        for (std::size_t v = 0; v < count; ++v) {
          double signal = static_cast<double>(frame[v]) + sigma * real.normal(v);
          if (phantom.noise == NoiseModel::rician) signal = std::hypot(signal, sigma * imaginary.normal(v));
          frame[v] = static_cast<float>(signal);
        }
      },
      progress, "simulating the series");
}

}  // namespace bolus::detail

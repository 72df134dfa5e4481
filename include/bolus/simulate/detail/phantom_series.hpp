#pragma once
#include <algorithm>
#include <bolus/simulate/phantom.hpp>
#include <cmath>
#include <vector>

namespace bolus {
namespace detail {

/// The class of each voxel: 0 background, 1 to 3 ET, NET, ED, 4 brain (white and grey mixed), 5 artery.
inline std::vector<std::uint8_t> phantom_classes(const PhantomStudy& study) {
  std::vector<std::uint8_t> classes(study.brain.size());
  for (std::size_t v = 0; v < classes.size(); ++v) {
    switch (study.labels.image().data()[v]) {
      case LabelValue::enhancing:
        classes[v] = 1;
        break;
      case LabelValue::non_enhancing:
        classes[v] = 2;
        break;
      case LabelValue::oedema:
        classes[v] = 3;
        break;
      default:
        classes[v] = study.brain.data()[v] ? 4 : 0;
    }
    if (study.arterial.data()[v]) classes[v] = 5;  // wins over the tumour
  }
  return classes;
}

}  // namespace detail

inline PhantomStudy PerfusionPhantom::operator()(const LabelMap& labels, const Mask& brain, const std::optional<Mask>& arterial,
                                                 const Progress& progress) const {
  validate();
  detail::require<DataError>(!labels.image().empty() && !brain.empty(), "the label map or the brain mask is empty");
  require_same_space(brain.geometry(), labels.geometry(), "the brain mask", "the label map");
  if (arterial) require_same_space(arterial->geometry(), labels.geometry(), "the arterial mask", "the label map");
  PhantomStudy study;
  study.labels = shrink_labels(labels, shrink);
  study.brain = shrink_mask(brain, shrink);
  study.arterial = arterial ? shrink_mask(*arterial, shrink) : detail::place_artery(study.labels, study.brain, arterial_voxels);
  const Geometry& geometry = study.labels.geometry();
  detail::require<DataError>(
      std::any_of(study.arterial.values().begin(), study.arterial.values().end(), [](auto v) { return v; }),
      "the arterial mask holds no voxel on the grid of the series; shrink less or give a larger one");
  for (std::size_t v = 0; v < study.brain.size(); ++v) {
    if (study.labels.image().data()[v] || study.arterial.data()[v]) study.brain.data()[v] = 1;
  }

  // The few curves that all voxels are made of.
  const auto frames = static_cast<Eigen::Index>(volumes);
  CurveSet& truth = study.truth;
  truth.simulated = true;
  truth.names = {"ET", "NET", "ED", "white_matter", "grey_matter", "AIF"};
  truth.times = Eigen::VectorXd::LinSpaced(frames, 0.0, sequence.repetition_time * static_cast<double>(frames - 1));
  truth.values.resize(frames, 6);
  const std::array<const TissueParameters*, 5> tissues{&enhancing, &non_enhancing, &oedema, &white_matter, &grey_matter};
  for (std::size_t k = 0; k < tissues.size(); ++k) {
    truth.values.col(static_cast<Eigen::Index>(k)) =
        sequence.tissue(*tissues[k], TissueModel{}(arterial_input, *tissues[k], truth.times));
  }
  truth.values.col(5) = arterial_share * sequence.blood(arterial_input(truth.times), white_matter.equilibrium_signal) +
                        (1.0 - arterial_share) * truth.values.col(3);

  PerfusionProtocol protocol{sequence.echo_time, sequence.repetition_time, sequence.flip_angle, field_strength, true};
  study.series = PerfusionSeries(geometry, truth.times, protocol);
  study.blood_volume = Image<float>(geometry);
  const auto classes = detail::phantom_classes(study);
  const std::size_t count = classes.size();
  std::vector<float> scale(count), grey(count);
  const detail::SmoothNoise matter(RandomStream(seed, 1), 12.0), coil(RandomStream(seed, 2), 80.0);
  const RandomStream speckle(seed, 3);
  parallel_for(count, 1 << 14, threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t v = begin; v < end; ++v) {
      if (classes[v] == 0) continue;
      const auto x = static_cast<std::int64_t>(v) % geometry.size[0], rest = static_cast<std::int64_t>(v) / geometry.size[0];
      const Eigen::Vector3d position = geometry.spacing.cwiseProduct(Eigen::Vector3d(
          static_cast<double>(x), static_cast<double>(rest % geometry.size[1]), static_cast<double>(rest / geometry.size[1])));
      scale[v] = static_cast<float>((0.9 + 0.2 * coil(position)) * (1.0 + texture * std::clamp(speckle.normal(v), -3.0, 3.0)));
      if (classes[v] == 4) grey[v] = static_cast<float>(std::clamp(3.0 * matter(position) - 1.0, 0.0, 1.0));
      if (classes[v] != 5) {
        const double mixed = white_matter.blood_volume + grey[v] * (grey_matter.blood_volume - white_matter.blood_volume);
        study.blood_volume.data()[v] = static_cast<float>(classes[v] == 4 ? mixed : tissues[classes[v] - 1U]->blood_volume);
      }
    }
  });
  const double sigma = std::isinf(signal_to_noise) ? 0.0 : truth.values(0, 3) / signal_to_noise;
  parallel_for(
      volumes, 1, threads,
      [&](std::size_t t, std::size_t) {
        const RandomStream real(seed, 16 + 2 * t), imaginary(seed, 17 + 2 * t);
        const Eigen::RowVectorXd row = truth.values.row(static_cast<Eigen::Index>(t));
        auto frame = study.series.frame(t);
        for (std::size_t v = 0; v < count; ++v) {
          double signal = 0.0;
          if (classes[v] == 4)
            signal = row[3] + static_cast<double>(grey[v]) * (row[4] - row[3]);
          else if (classes[v] != 0)
            signal = row[classes[v] == 5 ? 5 : classes[v] - 1];
          signal *= static_cast<double>(scale[v]);
          if (sigma > 0.0) {
            signal += sigma * real.normal(v);
            if (noise == NoiseModel::rician) signal = std::hypot(signal, sigma * imaginary.normal(v));
          }
          frame[v] = static_cast<float>(signal);
        }
      },
      progress, "simulating the series");
  return study;
}

}  // namespace bolus

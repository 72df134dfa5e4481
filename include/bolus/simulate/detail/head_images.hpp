#pragma once
#include <bolus/simulate/detail/head_sampling.hpp>
#include <bolus/simulate/detail/rigid_motion.hpp>
#include <bolus/simulate/head_phantom.hpp>

namespace bolus {
namespace detail {

inline HeadAnatomy head_anatomy(const HeadPhantom& phantom) {
  return HeadAnatomy({phantom.seed, phantom.tumour, phantom.enhancement, phantom.tumour_centre, phantom.core_radius,
                      phantom.oedema_width, phantom.ring_width});
}

/// Signal of each tissue in each modality, in the order of TissueClass; typical contrasts, no unit.
inline constexpr std::array<std::array<float, tissue_class_count>, 4> head_contrasts{
    {{0, 900, 90, 170, 560, 800, 480, 380, 560, 330, 420},       // T1
     {0, 480, 60, 1150, 560, 400, 680, 900, 800, 70, 160},       // T2
     {0, 500, 60, 110, 600, 470, 760, 560, 980, 70, 160},        // FLAIR
     {0, 920, 95, 175, 590, 820, 1180, 410, 575, 1050, 1250}}};  // CET1

/// A smooth factor near 1: the exponential of five long waves whose sum is at most `amount`.
class BiasField {
 public:
  BiasField(const RandomStream& random, double amount) : amount_(amount) {
    for (std::uint64_t wave = 0; wave < 5; ++wave) {
      const double length = 180.0 + 220.0 * random.uniform(8 * wave + 3);  // mm
      double norm = 0.0;
      for (std::uint64_t axis = 0; axis < 3; ++axis) {
        waves_[wave][axis] = random.normal(8 * wave + axis);
        norm += waves_[wave][axis] * waves_[wave][axis];
      }
      for (int axis = 0; axis < 3; ++axis) waves_[wave][axis] *= 2.0 * std::numbers::pi / length / std::sqrt(norm);
      waves_[wave][3] = 2.0 * std::numbers::pi * random.uniform(8 * wave + 4);
    }
  }
  double operator()(const Eigen::Vector3d& point) const {
    double sum = 0.0;
    for (const auto& wave : waves_) {
      sum += std::cos(wave[0] * point[0] + wave[1] * point[1] + wave[2] * point[2] + wave[3]);
    }
    return std::exp(amount_ * sum / 5.0);
  }

 private:
  double amount_;
  std::array<std::array<double, 4>, 5> waves_;  // wave vector, phase
};

/// A random rotation about the middle of the head, within `degrees` about each axis, and a translation within `translation` mm
/// along each: from half of that on.
inline Eigen::Matrix4d random_misalignment(const RandomStream& random, double degrees, double translation) {
  const auto draw = [&](std::uint64_t index) {
    const double value = 2.0 * random.uniform(index) - 1.0;
    return std::copysign(0.5 + 0.5 * std::abs(value), value);
  };
  const double angle = degrees * std::numbers::pi / 180.0;
  return rigid_matrix({angle * draw(0), angle * draw(1), angle * draw(2)},
                      translation * Eigen::Vector3d(draw(3), draw(4), draw(5)), Eigen::Vector3d::Zero());
}

/// An image of a modality: what the voxels hold, the texture of the tissue, the bias field, and noise.
inline Image<float> head_image(const HeadPhantom& phantom, Modality modality, const std::vector<TissueShares>& shares,
                               const RandomField& texture, const Eigen::Matrix4d& misalignment, Image<float>& bias_field) {
  const Geometry& grid = bias_field.geometry();
  const auto number = static_cast<std::uint64_t>(modality);
  const BiasField bias(RandomStream(phantom.seed, bias_stream + number), phantom.bias);
  const VoxelPoints in_scanner(grid), in_head(grid, rigid_inverse(misalignment));
  const RandomStream real(phantom.seed, head_noise_stream + 2 * number),
      imaginary(phantom.seed, head_noise_stream + 2 * number + 1);
  const auto& contrast = head_contrasts[number];
  const double white = contrast[static_cast<std::size_t>(TissueClass::white_matter)];
  const double sigma = std::isinf(phantom.signal_to_noise) ? 0.0 : white / phantom.signal_to_noise;
  Image<float> image(grid);
  parallel_for(shares.size(), 1 << 14, phantom.threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t v = begin; v < end; ++v) {
      double signal = 0.0;
      for (std::size_t k = 0; k < tissue_class_count; ++k) signal += static_cast<double>(shares[v][k]) * contrast[k];
      if (phantom.texture > 0.0 && signal > 0.0) {
        signal *= 1.0 + phantom.texture * std::clamp(texture(in_head(v)), -3.0, 3.0);
      }
      const double gain = bias(in_scanner(v));
      bias_field.data()[v] = static_cast<float>(gain);
      signal *= gain;
      if (sigma > 0.0) signal = std::hypot(signal + sigma * real.normal(v), sigma * imaginary.normal(v));
      image.data()[v] = static_cast<float>(signal);
    }
  });
  return image;
}

/// The true maps of a head on the grid of its reference image.
inline void fill_head_truth(HeadStudy& study, const HeadAnatomy& anatomy, const std::vector<TissueShares>& shares,
                            const Geometry& grid) {
  Image<std::uint8_t> labels(grid);
  study.tissue = Image<std::uint8_t>(grid);
  study.brain = study.arteries = study.veins = Mask(grid);
  study.artery_share = study.vein_share = Image<float>(grid);
  const VoxelPoints points(grid);
  for (std::size_t v = 0; v < shares.size(); ++v) {
    const float artery = shares[v][static_cast<std::size_t>(TissueClass::artery)],
                vein = shares[v][static_cast<std::size_t>(TissueClass::vein)];
    labels.data()[v] = label_of(shares[v]);
    study.tissue.data()[v] = static_cast<std::uint8_t>(largest_share(shares[v]));
    study.brain.data()[v] = anatomy.brain_depth(points(v)) >= 0.0 ? 1 : 0;
    study.artery_share.data()[v] = artery;
    study.vein_share.data()[v] = vein;
    study.arteries.data()[v] = artery >= 0.5F ? 1 : 0;
    study.veins.data()[v] = vein >= 0.5F ? 1 : 0;
  }
  study.labels = LabelMap(std::move(labels));
}

}  // namespace detail

inline HeadStudy HeadPhantom::operator()(const Progress& progress) const {
  validate();
  const auto anatomy = detail::head_anatomy(*this);
  const detail::RandomField texture_field(RandomStream(seed, detail::texture_stream), 7.0, 150.0);
  HeadStudy study;
  study.phantom = *this;
  study.provenance.step = "head_phantom";
  study.provenance.simulated = true;
  study.provenance.seed = seed;
  const std::array<Image<float>*, 4> images{&study.t1, &study.t2, &study.flair, &study.contrast_t1};
  const Geometry head = centred_grid(size, spacing);
  for (const auto modality : all_modalities) {
    const auto number = static_cast<std::uint64_t>(modality);
    const auto own = grids.find(modality);
    const Geometry grid = own == grids.end() ? head : own->second;
    grid.validate();
    Eigen::Matrix4d misalignment = Eigen::Matrix4d::Identity();
    if (modality != Modality::cet1) {
      misalignment =
          detail::random_misalignment(RandomStream(seed, detail::misalignment_stream + number), rotation, translation);
    }
    const auto shares = detail::sample_head(anatomy, grid, misalignment, threads, progress);
    Image<float> bias_field(grid);
    *images[number] = detail::head_image(*this, modality, shares, texture_field, misalignment, bias_field);
    study.bias_fields[modality] = std::move(bias_field);
    study.misalignment[modality] = misalignment;
    if (modality == Modality::cet1) detail::fill_head_truth(study, anatomy, shares, grid);
  }
  return study;
}

}  // namespace bolus

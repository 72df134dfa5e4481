#pragma once
#include <bolus/simulate/detail/phantom_anatomy.hpp>
#include <bolus/simulate/perfusion_phantom.hpp>

namespace bolus::detail {

constexpr std::size_t index_of(TissueClass tissue) { return static_cast<std::size_t>(tissue); }

/// What each voxel of a labelled brain holds: one part of the tumour, the
/// artery with white matter, or a smooth mixture of white and grey matter.
inline std::vector<TissueShares> labelled_shares(const PhantomStudy& study, const PerfusionPhantom& phantom) {
  const Geometry& grid = study.brain.geometry();
  const SmoothNoise matter(RandomStream(phantom.seed, 1), 12.0);
  std::vector<TissueShares> shares(study.brain.size());
  parallel_for(shares.size(), 1 << 14, phantom.threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t v = begin; v < end; ++v) {
      auto& share = shares[v];
      const auto label = study.labels.image().data()[v];
      if (study.arterial.data()[v]) {  // wins over the tumour
        share[index_of(TissueClass::artery)] = static_cast<float>(phantom.arterial_share);
        share[index_of(TissueClass::white_matter)] = static_cast<float>(1.0 - phantom.arterial_share);
      } else if (label == LabelValue::enhancing) {
        share[index_of(TissueClass::enhancing)] = 1.0F;
      } else if (label == LabelValue::non_enhancing) {
        share[index_of(TissueClass::non_enhancing)] = 1.0F;
      } else if (label == LabelValue::oedema) {
        share[index_of(TissueClass::oedema)] = 1.0F;
      } else if (study.brain.data()[v]) {
        const auto grey = static_cast<float>(std::clamp(3.0 * matter(grid_position(grid, v)) - 1.0, 0.0, 1.0));
        share[index_of(TissueClass::grey_matter)] = grey;
        share[index_of(TissueClass::white_matter)] = 1.0F - grey;
      } else {
        share[index_of(TissueClass::background)] = 1.0F;
      }
    }
  });
  return shares;
}

/// How much more blood, and how much more leakage, a voxel of the tumour has
/// than its class; 1 elsewhere.
struct TumourVariation {
  std::vector<std::uint32_t> voxels;  ///< those that hold tumour, increasing;
                                      ///< empty without heterogeneity
  std::vector<double> blood, leakage;
};

/// The smooth fields by which the tumour differs from its classes; they move
/// with the head.
class TumourFields {
 public:
  TumourFields(const Geometry& grid, const PerfusionPhantom& phantom)
      : grid_(grid),
        sigma_(phantom.heterogeneity),
        middle_(VoxelPoints(grid)(0, 0.5 * static_cast<double>(grid.size[0] - 1), 0.5 * static_cast<double>(grid.size[1] - 1),
                                  0.5 * static_cast<double>(grid.size[2] - 1))),
        // Leakage scales Ktrans and ve together, so that ve stays a fraction.
        most_(1.0 / std::max({phantom.enhancing.extravascular_volume, phantom.non_enhancing.extravascular_volume,
                              phantom.oedema.extravascular_volume})) {
    if (!(sigma_ > 0.0)) return;
    const Eigen::Vector3d end = grid_position(grid, grid.voxel_count() - 1);
    const double reach = 0.5 * std::sqrt(end[0] * end[0] + end[1] * end[1] + end[2] * end[2]);
    const double cell = std::max(phantom.heterogeneity_scale, reach / 60.0);
    blood_.emplace(RandomStream(phantom.seed, 4), cell, reach);
    leakage_.emplace(RandomStream(phantom.seed, 5), cell, reach);
  }

  /// For the head moved by `motion`.
  TumourVariation operator()(const std::vector<TissueShares>& shares, const Eigen::Matrix4d& motion) const {
    TumourVariation variation;
    if (!blood_) return variation;
    const VoxelPoints at_rest(grid_, rigid_inverse(motion));
    const auto factor = [this](const RandomField& field, const Eigen::Vector3d& position) {
      return std::exp(sigma_ * (std::clamp(field(position), -3.0, 3.0) - 0.5 * sigma_));
    };
    for (std::size_t v = 0; v < shares.size(); ++v) {
      const auto& share = shares[v];
      const float tumour = share[index_of(TissueClass::enhancing)] + share[index_of(TissueClass::non_enhancing)] +
                           share[index_of(TissueClass::oedema)];
      if (tumour <= 0.0F) continue;
      Eigen::Vector3d position = at_rest(v);
      for (int axis = 0; axis < 3; ++axis) position[axis] -= middle_[axis];
      variation.voxels.push_back(static_cast<std::uint32_t>(v));
      variation.blood.push_back(factor(*blood_, position));
      variation.leakage.push_back(std::min(most_, factor(*leakage_, position)));
    }
    return variation;
  }

 private:
  Geometry grid_;
  double sigma_;
  Eigen::Vector3d middle_;
  double most_;
  std::optional<RandomField> blood_, leakage_;
};

}  // namespace bolus::detail

#pragma once
#include <bolus/simulate/detail/phantom_curves.hpp>
#include <span>

namespace bolus::detail {

/// What each voxel holds, without the zeros: tissues `parts[starts[v]]` up to
/// `parts[starts[v + 1]]`. Tumour that differs from its class is left out.
struct PackedShares {
  std::vector<std::uint32_t> starts;
  std::vector<std::pair<std::uint8_t, float>> parts;
};

inline PackedShares pack_shares(const std::vector<TissueShares>& shares, const TumourVariation& variation) {
  PackedShares packed;
  packed.starts.resize(shares.size() + 1);
  packed.parts.reserve(2 * shares.size());
  for (std::size_t v = 0, next = 0; v < shares.size(); ++v) {
    packed.starts[v] = static_cast<std::uint32_t>(packed.parts.size());
    const bool varied = next < variation.voxels.size() && variation.voxels[next] == v;
    next += varied;
    for (std::size_t k = 1; k < tissue_class_count; ++k) {
      const bool tumour = k >= index_of(TissueClass::enhancing) && k <= index_of(TissueClass::oedema);
      if (shares[v][k] > 0.0F && !(varied && tumour)) packed.parts.emplace_back(static_cast<std::uint8_t>(k), shares[v][k]);
    }
  }
  packed.starts[shares.size()] = static_cast<std::uint32_t>(packed.parts.size());
  return packed;
}

/// The signal of volume `t` without noise; `scale` is each voxel's texture.
inline void compose_volume(const PackedShares& packed, const std::vector<TissueShares>& shares,
                           const TumourVariation& variation, const PhantomCurves& curves, const PerfusionPhantom& phantom,
                           std::size_t t, const std::vector<float>& scale, std::span<float> frame) {
  const auto at = static_cast<Eigen::Index>(t);
  std::array<double, tissue_class_count> row;
  for (std::size_t k = 0; k < row.size(); ++k) row[k] = curves.signal(at, static_cast<Eigen::Index>(k));
  for (std::size_t v = 0; v < frame.size(); ++v) {
    double signal = 0.0;
    for (auto i = packed.starts[v]; i < packed.starts[v + 1]; ++i) {
      signal += row[packed.parts[i].first] * static_cast<double>(packed.parts[i].second);
    }
    frame[v] = static_cast<float>(signal * static_cast<double>(scale[v]));
  }
  const std::array<const TissueParameters*, 3> tissues{&phantom.enhancing, &phantom.non_enhancing, &phantom.oedema};
  for (std::size_t i = 0; i < variation.voxels.size(); ++i) {
    const auto v = variation.voxels[i];
    double signal = 0.0;
    for (std::size_t k = 0; k < 3; ++k) {
      const double share = shares[v][index_of(TissueClass::enhancing) + k];
      if (share <= 0.0) continue;
      const auto& concentration = curves.tumour[k];
      signal += share * curves.unsteady[k][at] *
                phantom.sequence.tissue_signal(*tissues[k], variation.blood[i] * concentration.vascular[at],
                                               variation.leakage[i] * concentration.extravascular[at]);
    }
    frame[v] += static_cast<float>(signal * static_cast<double>(scale[v]));
  }
}

}  // namespace bolus::detail

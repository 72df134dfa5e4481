#pragma once
#include <bolus/core/detail/mask_components.hpp>
#include <bolus/core/detail/mask_distance.hpp>
#include <bolus/dsc/detail/box_mean.hpp>
#include <bolus/dsc/detail/contralateral_side.hpp>
#include <bolus/dsc/detail/tissue_classes.hpp>
#include <bolus/dsc/detail/voxel_features.hpp>
#include <bolus/dsc/white_matter.hpp>

namespace bolus {
namespace detail {

/// Removes `steps` times every voxel that has a face neighbour outside the mask in its slice.
inline Mask without_border(Mask mask, int steps) {
  for (int k = 0; k < steps; ++k) {
    Mask smaller = mask;
    for (std::size_t v = 0; v < mask.size(); ++v) {
      if (!mask.data()[v]) continue;
      for_each_neighbour(mask.geometry(), v, 2, [&](std::size_t n) {
        if (!mask.data()[n]) smaller.data()[v] = 0;
      });
    }
    mask = std::move(smaller);
  }
  return mask;
}

/// Images on the whole grid from which white matter is told, each smoothed over its neighbours in the slice.
struct TissueFeatures {
  std::vector<std::uint8_t> usable;        ///< whether a voxel has a curve
  std::vector<float> volume;               ///< relative blood volume, as measured
  std::vector<float> baseline;             ///< S0
  std::vector<std::vector<float>> images;  ///< blood volume, ln S0 without the coil's shading, then T1 and FLAIR where given
};

inline TissueFeatures tissue_features(const VoxelFeatures& voxels, const Mask& brain, const Image<float>* t1,
                                      const Image<float>* flair) {
  const auto& size = brain.geometry().size;
  const auto count = brain.size();
  TissueFeatures features{
      std::vector<std::uint8_t>(count, 0), std::vector<float>(count, 0.0F), std::vector<float>(count, 0.0F), {}};
  std::vector<float> level(count, 0.0F);
  for (std::size_t i = 0; i < voxels.voxels.size(); ++i) {
    const auto v = voxels.voxels[i];
    features.usable[v] = 1;
    features.volume[v] = voxels.volume[i];
    features.baseline[v] = voxels.baseline[i];
    level[v] = std::log(voxels.baseline[i]);
  }
  std::array<std::int64_t, 3> wide{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    wide[axis] = std::max<std::int64_t>(1, std::llround(25.0 / brain.geometry().spacing[static_cast<Eigen::Index>(axis)]));
  }
  const std::array<std::int64_t, 3> near{1, 1, 0};
  const auto add = [&](std::vector<float> image, bool shaded) {
    if (shaded) {
      const auto shading = box_mean(box_mean(image, features.usable, size, wide), features.usable, size, wide);
      for (std::size_t v = 0; v < count; ++v) image[v] -= shading[v];
    }
    features.images.push_back(box_mean(image, features.usable, size, near));
  };
  add(features.volume, false);
  add(std::move(level), true);
  for (const auto* image : {t1, flair}) {
    if (!image) continue;
    std::vector<float> values(image->values().begin(), image->values().end());
    for (float& value : values) value = std::isfinite(value) ? value : 0.0F;
    add(std::move(values), false);
  }
  return features;
}

/// Leaves out the voxels of a mask whose (smoothed) blood volume lies more than three robust standard deviations from their
/// median: partial volume with fluid or cortex that the classes let pass.
inline void keep_usual(Mask& mask, const std::vector<float>& volume) {
  std::vector<float> values, apart;
  for (std::size_t v = 0; v < mask.size(); ++v) {
    if (mask.data()[v]) values.push_back(volume[v]);
  }
  if (values.empty()) return;
  const float middle = percentile(values, 50.0);
  for (const float value : values) apart.push_back(std::abs(value - middle));
  const float limit = 3.0F * percentile(std::move(apart), 50.0) / 0.67448975F;
  for (std::size_t v = 0; v < mask.size(); ++v) {
    if (mask.data()[v] && std::abs(volume[v] - middle) > limit) mask.data()[v] = 0;
  }
}

}  // namespace detail

inline TissueMask WhiteMatter::operator()(const PerfusionSeries& series, const Mask& brain, const LabelMap* labels,
                                          const Image<float>* t1, const Image<float>* flair, const Progress& progress) const {
  validate();
  const Geometry& geometry = series.geometry();
  if (labels) require_same_space(labels->geometry(), geometry, "the label map", "the DSC series");
  if (t1) require_same_space(t1->geometry(), geometry, "the T1 image", "the DSC series");
  if (flair) require_same_space(flair->geometry(), geometry, "the FLAIR image", "the DSC series");
  const auto voxels = detail::voxel_features(series, brain, timing, 1, threads, progress);
  const auto features = detail::tissue_features(voxels, brain, t1, flair);
  TissueMask result{Mask(geometry), 0, 0.0, voxels.timing.flags};
  const auto flag = [&](const char* code, auto... parts) { result.flags.push_back({code, detail::message(parts...)}); };

  const auto plane = detail::find_mirror_plane(brain, features.baseline);
  if (plane.asymmetry > 0.25) {
    flag("dsc.white_matter.not_symmetric", "the two halves of the brain differ by ", plane.asymmetry,
         " (0 alike, 1 nothing in common): the mirror plane is uncertain");
  }
  const auto side = labels ? detail::contralateral_side(*labels, plane) : detail::ContralateralSide{0.0, 0.0, Mask(geometry)};
  if (side.other_share > 0.2) {
    flag("dsc.white_matter.crosses_midline", 100.0 * side.other_share,
         " % of the tumour lie on the side taken as normal: look at the mask");
  }
  const Mask avoided = detail::grown(side.tumour_and_mirror, tumour_margin, threads);
  const Mask inner = edge_margin > 0.0 ? detail::eroded(brain, edge_margin, threads) : brain;
  std::vector<std::uint32_t> candidates;
  std::vector<float> volumes;
  for (const auto v : voxels.voxels) {
    if (!inner.data()[v] || avoided.data()[v]) continue;
    const double distance = plane.distance(detail::position_of(geometry, v));
    if (std::abs(distance) < midline_margin || (side.sign != 0.0 && distance * side.sign < 0.0)) continue;
    candidates.push_back(v);
    volumes.push_back(features.images[0][v]);
  }
  detail::require<DataError>(candidates.size() >= 10, "only ", candidates.size(),
                             " voxels lie in the normal half of the brain outside all margins; give smaller margins or your "
                             "own white-matter mask");
  const float middle = detail::percentile(volumes, 50.0);
  std::erase_if(candidates, [&](std::uint32_t v) {
    const float volume = features.images[0][v];
    return volume > static_cast<float>(vessel_ratio) * middle || volume < static_cast<float>(fluid_ratio) * middle;
  });
  detail::require<DataError>(middle > 0.0F && candidates.size() >= 10,
                             "the normal half of the brain shows no blood volume; give your own white-matter mask");

  detail::FeatureTable table, some;  // all candidates, and as many as the classes need
  const std::size_t stride = std::max<std::size_t>(1, candidates.size() / 8000);
  for (const auto& image : features.images) {
    auto& column = table.emplace_back();
    for (const auto v : candidates) column.push_back(static_cast<double>(image[v]));
    detail::standardise(column);
    auto& part = some.emplace_back();
    for (std::size_t i = 0; i < column.size(); i += stride) part.push_back(column[i]);
  }
  const auto classes = detail::fit_tissue_classes(some);
  const auto score = [&](std::size_t k) {  // low in blood volume, dark on T2*, bright on T1
    return classes.mean[0][k] + classes.mean[1][k] - (t1 ? classes.mean[2][k] : 0.0);
  };
  // White matter is no rare thing: a small class of low blood volume is the rim of the fluid.
  constexpr double least_share = 0.15;
  auto white = static_cast<std::size_t>(std::max_element(classes.share.begin(), classes.share.end()) - classes.share.begin());
  for (std::size_t k = 0; k < classes.count; ++k) {
    if (classes.share[k] >= least_share && score(k) < score(white)) white = k;
  }

  Mask found(geometry);
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (classes(table, i)[white] >= certainty) found.data()[candidates[i]] = 1;
  }
  result.mask = detail::without_border(found, erosion);
  const auto size_of = [](const Mask& mask) { return std::count(mask.values().begin(), mask.values().end(), 1); };
  if (size_of(result.mask) < static_cast<std::ptrdiff_t>(min_voxels) && size_of(found) > size_of(result.mask)) {
    flag("dsc.white_matter.not_eroded", "without its border only ", size_of(result.mask), " of ", size_of(found),
         " voxels would be left: the border is kept");
    result.mask = std::move(found);
  }
  detail::keep_usual(result.mask, features.images[0]);
  std::vector<float> kept;
  for (std::size_t v = 0; v < brain.size(); ++v) {
    if (result.mask.data()[v]) kept.push_back(features.volume[v]);
  }
  detail::require<DataError>(!kept.empty(), "no voxel passes as white matter; give your own white-matter mask");
  result.voxel_count = kept.size();
  result.coefficient_of_variation = detail::variation(kept);
  if (kept.size() < min_voxels) flag("dsc.white_matter.small", "only ", kept.size(), " voxels of white matter were found");
  if (result.coefficient_of_variation > max_variation) {
    flag("dsc.white_matter.heterogeneous", "the blood volume of the white matter varies by ",
         100.0 * result.coefficient_of_variation, " % of its mean: it may hold other tissue, or the series is noisy");
  }
  return result;
}

}  // namespace bolus

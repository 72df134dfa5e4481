#pragma once
#include <bolus/segment/detail/lesions.hpp>
#include <bolus/segment/detail/surface_distance.hpp>
#include <bolus/segment/region_score.hpp>

namespace bolus::detail {

struct ScoreOptions {
  double tolerance, missing_distance;  ///< mm
  int lesion_dilation;                 ///< voxels
  double lesion_volume;                ///< mm^3
  int threads;
};

inline double dice_of(std::size_t first, std::size_t second, std::size_t common) {
  return first + second == 0 ? 1.0 : 2.0 * static_cast<double>(common) / static_cast<double>(first + second);
}

inline std::size_t common_voxels(const Mask& first, const Mask& second) {
  std::size_t common = 0;
  for (std::size_t v = 0; v < first.size(); ++v) common += first.data()[v] && second.data()[v];
  return common;
}

/// Lesion by lesion after the BraTS 2023 evaluation: the reference's parts that touch once dilated are one lesion; the parts
/// (26 neighbours) of the prediction that touch a dilated lesion are compared with it as a whole; what touches none is false.
/// Both masks are cut out of the grid with room for the dilation.
inline void score_lesions(const Mask& predicted, const Mask& reference, const ScoreOptions& options, RegionScore& score) {
  const auto zone = components(dilated(reference, options.lesion_dilation));
  const auto part = components(predicted);
  std::vector<std::vector<char>> touches(zone.count + 1, std::vector<char>(part.count + 1, 0));
  std::vector<std::size_t> voxels(zone.count + 1, 0);
  for (std::size_t v = 0; v < part.of_voxel.size(); ++v) {
    touches[zone.of_voxel[v]][part.of_voxel[v]] = 1;
    if (reference.data()[v]) ++voxels[zone.of_voxel[v]];
  }
  std::vector<char> taken(part.count + 1, 0);
  double dice = 0.0, distance = 0.0;
  for (std::uint32_t lesion = 1; lesion <= zone.count; ++lesion) {
    LesionScore one;
    const double cubic_millimetres = static_cast<double>(voxels[lesion]) * reference.geometry().spacing.prod();
    one.volume = cubic_millimetres / 1000.0;
    one.counted = cubic_millimetres > options.lesion_volume;
    one.hausdorff95 = options.missing_distance;
    for (std::uint32_t k = 1; k <= part.count; ++k) {
      if (!touches[lesion][k]) continue;
      ++one.predicted_parts;
      taken[k] = 1;
    }
    if (one.predicted_parts > 0) {
      const auto in_reference = [&](std::size_t v) { return reference.data()[v] && zone.of_voxel[v] == lesion; };
      const auto in_predicted = [&](std::size_t v) { return part.of_voxel[v] > 0 && touches[lesion][part.of_voxel[v]]; };
      const auto box = box_of(reference.geometry().size, [&](std::size_t v) { return in_reference(v) || in_predicted(v); });
      const auto a = cut_out(reference.geometry(), box, in_predicted), b = cut_out(reference.geometry(), box, in_reference);
      const auto size = marked(a);
      one.dice = dice_of(size, voxels[lesion], common_voxels(a, b));
      const bool everything = voxels[lesion] == score.reference_voxels && size == score.predicted_voxels;
      one.hausdorff95 =
          everything ? score.hausdorff95 : surface_distances(a, b, options.tolerance, options.threads).hausdorff95;
    }
    if (one.counted) {
      ++(one.predicted_parts > 0 ? score.found_lesions : score.missed_lesions);
      dice += one.dice;
      distance += one.hausdorff95;
    }
    score.lesions.push_back(one);
  }
  for (std::uint32_t k = 1; k <= part.count; ++k) score.false_lesions += !taken[k];
  const auto terms = static_cast<double>(score.found_lesions + score.missed_lesions + score.false_lesions);
  score.lesion_dice = terms > 0.0 ? dice / terms : 1.0;
  score.lesion_hausdorff95 =
      terms > 0.0 ? (distance + static_cast<double>(score.false_lesions) * options.missing_distance) / terms : 0.0;
}

/// Compares two regions of one grid, each given as `inside(voxel offset)`.
template <class Predicted, class Reference>
RegionScore score_region(const Geometry& grid, Predicted&& predicted, Reference&& reference, const ScoreOptions& options) {
  RegionScore score;
  const auto box =
      box_of(grid.size, [&](std::size_t v) { return predicted(v) || reference(v); }).grown(options.lesion_dilation, grid.size);
  if (box.empty()) {
    score.dice = score.sensitivity = score.specificity = score.surface_dice = score.lesion_dice = 1.0;
    return score;
  }
  const auto a = cut_out(grid, box, predicted), b = cut_out(grid, box, reference);
  score.predicted_voxels = marked(a);
  score.reference_voxels = marked(b);
  score.common_voxels = common_voxels(a, b);
  const double millilitres = grid.spacing.prod() / 1000.0;
  const auto p = static_cast<double>(score.predicted_voxels), r = static_cast<double>(score.reference_voxels),
             c = static_cast<double>(score.common_voxels), outside = static_cast<double>(grid.voxel_count()) - r;
  score.predicted_volume = p * millilitres;
  score.reference_volume = r * millilitres;
  score.volume_error = (p - r) * millilitres;
  score.relative_volume_error = 100.0 * (p - r) / (r > 0.0 ? r : p);
  score.dice = dice_of(score.predicted_voxels, score.reference_voxels, score.common_voxels);
  score.sensitivity = r > 0.0 ? c / r : 0.0;
  score.specificity = outside > 0.0 ? (outside - (p - c)) / outside : 1.0;
  if (p > 0.0 && r > 0.0) {
    const auto distances = surface_distances(a, b, options.tolerance, options.threads);
    score.hausdorff = distances.hausdorff;
    score.hausdorff95 = distances.hausdorff95;
    score.surface_dice = distances.surface_dice;
  } else {
    score.hausdorff = score.hausdorff95 = options.missing_distance;
  }
  score_lesions(a, b, options, score);
  return score;
}

}  // namespace bolus::detail

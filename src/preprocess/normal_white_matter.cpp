#include <bolus/preprocess/normal_white_matter.hpp>

#include <algorithm>

#include <bolus/core/detail/mask_distance.hpp>

#include "grid_filter.hpp"

namespace bolus {
namespace {

std::size_t size_of(const Mask& mask) {
  return static_cast<std::size_t>(
      std::count_if(mask.values().begin(), mask.values().end(), [](std::uint8_t value) { return value != 0; }));
}

}  // namespace

NormalWhiteMatterResult NormalWhiteMatter::operator()(const TissueMaps& tissue, const MirrorPlane& plane,
                                                      const LabelMap* labels) const {
  using detail::message;
  using detail::require;
  require<OptionError>(probability > 0.0 && probability <= 1.0, "probability is ", probability,
                       "; expected more than 0, at most 1");
  for (const double margin : {erosion, tumour_margin, midline_margin, min_volume}) {
    require<OptionError>(std::isfinite(margin) && margin >= 0.0, "a margin or volume is ", margin, "; expected 0 or more");
  }
  require<DataError>(!tissue.white_matter.empty(), "the tissue maps are empty");
  const Geometry& grid = tissue.white_matter.geometry();
  require<GeometryError>(plane.point.allFinite() && std::abs(plane.normal.norm() - 1.0) < 1e-6,
                         "the mirror plane is not one: its normal has length ", plane.normal.norm(), "; expected 1");
  NormalWhiteMatterResult result{Mask(grid), 0, 0.0, {}};
  const auto flag = [&](const char* code, auto... parts) { result.flags.push_back({code, message(parts...)}); };

  double side = 0.0;  // of the tumour; 0 without one
  Mask avoided(grid);
  if (labels) {
    require_same_space(labels->geometry(), grid, "the label map", "the tissue maps");
    const Mask tumour = labels->mask(Region::whole_tumour), mirrored = plane.mirrored(tumour);
    std::size_t left = 0, right = 0;
    for (std::size_t v = 0; v < tumour.size(); ++v) {
      if (tumour.data()[v]) (plane.distance(preprocess::position_of(grid, v)) > 0.0 ? left : right) += 1;
      avoided.data()[v] = tumour.data()[v] || mirrored.data()[v] ? 1 : 0;
    }
    if (left + right > 0) {
      side = left > right ? 1.0 : -1.0;
      avoided = detail::grown(avoided, tumour_margin, threads);
      const double other = static_cast<double>(std::min(left, right)) / static_cast<double>(left + right);
      if (other > 0.2) {
        flag("preprocess.white_matter.crosses_midline", 100.0 * other,
             " % of the tumour lie on the side taken as normal: look at the mask");
      }
    }
  }
  Mask white(grid);
  for (std::size_t v = 0; v < white.size(); ++v) {
    white.data()[v] = static_cast<double>(tissue.white_matter.data()[v]) >= probability ? 1 : 0;
  }
  const auto kept_of = [&](const Mask& candidates) {
    Mask kept(grid);
    for (std::size_t v = 0; v < kept.size(); ++v) {
      if (!candidates.data()[v] || avoided.data()[v]) continue;
      const double distance = plane.distance(preprocess::position_of(grid, v));
      kept.data()[v] = std::abs(distance) >= midline_margin && distance * side <= 0.0 ? 1 : 0;
    }
    return kept;
  };
  // Slices that are thicker than the erosion have no neighbours within it: their border is taken off in the slice alone.
  result.mask = kept_of(erosion > 0.0 ? detail::eroded(white, erosion, threads) : white);
  const double voxel = grid.spacing.prod() / 1000.0;
  result.voxel_count = size_of(result.mask);
  if (static_cast<double>(result.voxel_count) * voxel < min_volume && erosion > 0.0) {
    const Mask whole = kept_of(white);
    const auto whole_count = size_of(whole);
    if (whole_count > result.voxel_count) {
      flag("preprocess.white_matter.not_eroded", "without its border only ", static_cast<double>(result.voxel_count) * voxel,
           " mL would be left: the border is kept");
      result.mask = whole;
      result.voxel_count = whole_count;
    }
  }
  result.volume = static_cast<double>(result.voxel_count) * voxel;
  require<DataError>(
      result.voxel_count > 0,
      "no white matter is left away from the tumour, its mirror image and the midline; give smaller margins or your "
      "own mask");
  if (result.volume < min_volume) {
    flag("preprocess.white_matter.small", "only ", result.volume, " mL of normal white matter were found");
  }
  return result;
}

}  // namespace bolus

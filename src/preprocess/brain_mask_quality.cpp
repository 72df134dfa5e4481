#include <bolus/preprocess/brain_mask_quality.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

#include <bolus/core/detail/mask_components.hpp>
#include <bolus/dsc/detail/mirror_plane.hpp>

#include "grid_filter.hpp"

namespace bolus {
namespace {

using detail::message;
using detail::require;

void validate(const BrainMaskCheck& options) {
  require<OptionError>(options.min_volume >= 0.0 && options.max_volume > options.min_volume, "min_volume is ",
                       options.min_volume, " and max_volume ", options.max_volume,
                       " mL; expected 0 <= min_volume < max_volume");
  for (const double share : {options.min_symmetry, options.min_compactness, options.max_border_share, options.max_cut}) {
    require<OptionError>(share >= 0.0 && share <= 1.0, "a share is ", share, "; expected 0 to 1");
  }
  require<OptionError>(options.max_holes >= 0.0 && options.max_fragments >= 0.0, "max_holes is ", options.max_holes,
                       " and max_fragments ", options.max_fragments, " mL; expected 0 or more");
}

/// The axis of the grid nearest to the patient's long axis, and whether it runs towards the head.
std::pair<std::size_t, bool> long_axis(const Geometry& grid) {
  Eigen::Index axis = 0;
  grid.direction.row(2).cwiseAbs().maxCoeff(&axis);
  return {static_cast<std::size_t>(axis), grid.direction(2, axis) > 0.0};
}

/// Voxels outside the mask that the border of the image does not reach.
std::size_t enclosed(const Mask& mask) {
  const auto& size = mask.geometry().size;
  std::vector<std::uint8_t> open(mask.size(), 0);
  std::vector<std::uint32_t> queue;
  const auto reach = [&](std::size_t v) {
    if (mask.data()[v] || open[v]) return;
    open[v] = 1;
    queue.push_back(static_cast<std::uint32_t>(v));
  };
  for (std::int64_t z = 0; z < size[2]; ++z) {
    for (std::int64_t y = 0; y < size[1]; ++y) {
      const bool face = z == 0 || z + 1 == size[2] || y == 0 || y + 1 == size[1];
      for (std::int64_t x = 0; x < size[0]; x += face ? 1 : std::max<std::int64_t>(1, size[0] - 1)) {
        reach(static_cast<std::size_t>(x + size[0] * (y + size[1] * z)));
      }
    }
  }
  for (std::size_t next = 0; next < queue.size(); ++next) detail::for_each_neighbour(mask.geometry(), queue[next], 3, reach);
  std::size_t count = 0;
  for (std::size_t v = 0; v < mask.size(); ++v) count += !mask.data()[v] && !open[v];
  return count;
}

/// Area of the mask's faces in mm^2, those at the border of the image among them; and voxels at its surface and at the sides.
struct Surface {
  double area = 0.0;
  std::size_t voxels = 0, at_side = 0;
  std::vector<std::size_t> per_slice;  ///< voxels of the mask, along the patient's long axis
};

Surface surface_of(const Mask& mask) {
  const Geometry& grid = mask.geometry();
  const auto up = long_axis(grid).first;
  std::array<double, 3> face{};
  for (std::size_t axis = 0; axis < 3; ++axis) face[axis] = grid.spacing.prod() / grid.spacing[static_cast<Eigen::Index>(axis)];
  const std::array<std::int64_t, 3> stride{1, grid.size[0], grid.size[0] * grid.size[1]};
  Surface surface;
  surface.per_slice.assign(static_cast<std::size_t>(grid.size[up]), 0);
  std::array<std::int64_t, 3> at{};
  std::size_t v = 0;
  for (at[2] = 0; at[2] < grid.size[2]; ++at[2]) {
    for (at[1] = 0; at[1] < grid.size[1]; ++at[1]) {
      for (at[0] = 0; at[0] < grid.size[0]; ++at[0], ++v) {
        if (!mask.data()[v]) continue;
        ++surface.per_slice[static_cast<std::size_t>(at[up])];
        bool outer = false, side = false;
        for (std::size_t axis = 0; axis < 3; ++axis) {
          for (const std::int64_t step : {-1, 1}) {
            const auto next = at[axis] + step;
            const bool beyond = next < 0 || next >= grid.size[axis];
            if (!beyond && mask.data()[static_cast<std::int64_t>(v) + step * stride[axis]]) continue;
            surface.area += face[axis];
            outer = true;
            side = side || (beyond && axis != up);
          }
        }
        surface.voxels += outer;
        surface.at_side += side;
      }
    }
  }
  return surface;
}

/// The mask on a grid of about 4 mm, for the mirror plane: that is all it needs.
Mask coarse(const Mask& mask) {
  const Geometry grid = preprocess::with_spacing(mask.geometry(), mask.geometry().spacing.cwiseMax(4.0));
  std::vector<float> values(mask.size());
  for (std::size_t v = 0; v < mask.size(); ++v) values[v] = mask.data()[v] ? 1.0F : 0.0F;
  const auto share = preprocess::averaged(values, mask.geometry(), grid, 1);
  Mask result(grid);
  for (std::size_t v = 0; v < share.size(); ++v) result.data()[v] = share[v] > 0.5F ? 1 : 0;
  return result;
}

}  // namespace

BrainMaskQuality BrainMaskCheck::operator()(const Mask& mask) const {
  validate(*this);
  require<DataError>(!mask.empty(), "the brain mask has no voxels at all");
  const Geometry& grid = mask.geometry();
  const double voxel = grid.spacing.prod() / 1000.0;
  BrainMaskQuality quality;
  const auto flag = [&](const char* code, auto... parts) {
    quality.flags.push_back({code, message(parts...)});
    if (quality.verdict == Verdict::good) quality.verdict = Verdict::doubtful;
  };
  const auto count = static_cast<std::size_t>(
      std::count_if(mask.values().begin(), mask.values().end(), [](std::uint8_t value) { return value != 0; }));
  if (count == 0) {
    flag("preprocess.brain.empty", "the brain mask marks no voxel");
    quality.verdict = Verdict::failed;
    return quality;
  }
  quality.volume = static_cast<double>(count) * voxel;
  const Mask largest = detail::largest_component(mask);
  const auto largest_count = static_cast<std::size_t>(std::count(largest.values().begin(), largest.values().end(), 1));
  quality.fragments = static_cast<double>(count - largest_count) * voxel;
  quality.holes = static_cast<double>(enclosed(mask)) * voxel;

  const Surface surface = surface_of(mask);
  // Faces of voxels overstate a smooth surface by one half.
  const double area = surface.area / 1.5, radius = std::cbrt(0.75 * quality.volume * 1000.0 / std::numbers::pi);
  quality.compactness = std::min(1.0, 4.0 * std::numbers::pi * radius * radius / area);
  quality.border_share = static_cast<double>(surface.at_side) / static_cast<double>(surface.voxels);
  const auto largest_slice = static_cast<double>(*std::max_element(surface.per_slice.begin(), surface.per_slice.end()));
  const bool upwards = long_axis(grid).second;
  const auto lowest = static_cast<double>(upwards ? surface.per_slice.front() : surface.per_slice.back());
  const auto highest = static_cast<double>(upwards ? surface.per_slice.back() : surface.per_slice.front());
  quality.cut_below = lowest / largest_slice;
  quality.cut_above = highest / largest_slice;
  const Mask small = coarse(mask);
  if (std::any_of(small.values().begin(), small.values().end(), [](std::uint8_t value) { return value != 0; })) {
    quality.symmetry = 1.0 - detail::find_mirror_plane(small, std::vector<float>(small.size(), 0.0F)).asymmetry;
  }

  if (quality.volume < min_volume || quality.volume > max_volume) {
    flag("preprocess.brain.volume", "the mask holds ", quality.volume, " mL; expected ", min_volume, " to ", max_volume);
  }
  if (quality.symmetry < min_symmetry) {
    flag("preprocess.brain.asymmetric", "the two halves agree by a Dice of ", quality.symmetry, "; expected ", min_symmetry,
         " or more: is a part lost, or something else taken for brain?");
  }
  if (quality.holes > max_holes) flag("preprocess.brain.holes", "the mask has holes of ", quality.holes, " mL");
  if (quality.fragments > max_fragments) {
    flag("preprocess.brain.fragments", quality.fragments, " mL of the mask lie apart from its largest part");
  }
  if (quality.compactness < min_compactness) {
    flag("preprocess.brain.shape", "the surface is large for the volume (compactness ", quality.compactness, "; expected ",
         min_compactness, " or more): the mask is ragged or reaches beyond the brain");
  }
  if (quality.border_share > max_border_share) {
    flag("preprocess.brain.border", 100.0 * quality.border_share,
         " % of the mask's surface lie on the side of the image: is the head cut off there?");
  }
  if (std::max(quality.cut_below, quality.cut_above) > max_cut) {
    flag("preprocess.brain.cut", "the image ends within the brain: its ", quality.cut_above > max_cut ? "upper" : "lower",
         " end holds ", std::max(quality.cut_below, quality.cut_above), " of the largest section");
  }
  if (quality.volume < min_volume / 2.0 || quality.volume > 1.5 * max_volume || quality.symmetry < min_symmetry - 0.15) {
    quality.verdict = Verdict::failed;
  }
  return quality;
}

}  // namespace bolus

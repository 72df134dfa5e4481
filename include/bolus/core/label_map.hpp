#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include <bolus/core/image.hpp>
#include <bolus/core/qc_flag.hpp>

namespace bolus {

/// Parts of the tumour, as in the BraTS challenge and Choi et al. 2019.
enum class Region { enhancing, non_enhancing, oedema, whole_tumour, tumour_core };

/// The regions that curves are taken from.
inline constexpr std::array<Region, 4> all_regions{Region::enhancing, Region::non_enhancing, Region::oedema,
                                                   Region::whole_tumour};

/// The regions that segmentations are judged by: the nested three of BraTS, and the two parts that they leave out.
inline constexpr std::array<Region, 5> scored_regions{Region::enhancing, Region::tumour_core, Region::whole_tumour,
                                                      Region::non_enhancing, Region::oedema};

/// Short name used for channels and columns: ET, NET, ED, WT, TC.
constexpr std::string_view region_name(Region region) {
  constexpr std::array<std::string_view, 5> names{"ET", "NET", "ED", "WT", "TC"};
  return names[static_cast<std::size_t>(region)];
}

/// BraTS label values: background 0, non-enhancing or necrotic core 1, oedema 2, enhancing tumour 4.
struct LabelValue {
  static constexpr std::uint8_t background = 0, non_enhancing = 1, oedema = 2, enhancing = 4;
};

/// A tumour segmentation. Voxels hold BraTS values (see `LabelValue`); whole tumour is everything that is not
/// background, tumour core everything but oedema.
class LabelMap {
 public:
  LabelMap() = default;

  /// Throws DataError when a voxel holds another value than 0, 1, 2 or 4.
  explicit LabelMap(Image<std::uint8_t> labels) : labels_(std::move(labels)) {
    for (std::size_t i = 0; i < labels_.size(); ++i) {
      const auto value = labels_.data()[i];
      detail::require<DataError>(value == 0 || value == 1 || value == 2 || value == 4, "label map holds the value ",
                                 static_cast<int>(value), " at voxel ", i,
                                 "; expected BraTS values 0, 1 (NET), 2 (ED), 4 (ET)");
    }
  }

  const Image<std::uint8_t>& image() const { return labels_; }
  const Geometry& geometry() const { return labels_.geometry(); }

  static constexpr bool belongs(std::uint8_t value, Region region) {
    switch (region) {
      case Region::enhancing:
        return value == LabelValue::enhancing;
      case Region::non_enhancing:
        return value == LabelValue::non_enhancing;
      case Region::oedema:
        return value == LabelValue::oedema;
      case Region::whole_tumour:
        return value != LabelValue::background;
      case Region::tumour_core:
        return value == LabelValue::enhancing || value == LabelValue::non_enhancing;
    }
    return false;
  }

  std::size_t voxel_count(Region region) const {
    std::size_t count = 0;
    for (const auto value : labels_.values()) count += belongs(value, region);
    return count;
  }

  /// Volume of a region in mL.
  double volume(Region region) const { return static_cast<double>(voxel_count(region)) * geometry().spacing.prod() / 1000.0; }

  Mask mask(Region region) const {
    Mask mask(geometry());
    for (std::size_t i = 0; i < labels_.size(); ++i) mask.data()[i] = belongs(labels_.data()[i], region) ? 1 : 0;
    return mask;
  }

 private:
  Image<std::uint8_t> labels_;
};

}  // namespace bolus

#pragma once
#include <bolus/core/detail/quantile.hpp>
#include <bolus/core/label_map.hpp>
#include <bolus/dsc/parametric_maps.hpp>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace bolus {

/// One map in one region.
struct RegionRow {
  std::string map;              ///< name of the quantity
  std::string region;           ///< ET, NET, ED, WT, or the name that was given
  std::size_t voxel_count = 0;  ///< voxels of the region
  std::size_t valid_count = 0;  ///< of those, with a value; all else is taken over these, and 0 when there is none
  double mean = 0.0;
  double standard_deviation = 0.0;  ///< n - 1; 0 for one voxel
  double median = 0.0;
  double percentile_5 = 0.0;
  double percentile_95 = 0.0;  ///< as the 95th percentile of rCBV of Choi et al. 2019

  bool operator==(const RegionRow&) const = default;
};

/// Every map in every region.
struct RegionTable {
  std::vector<RegionRow> rows;  ///< region after region, maps in the order given
  QcFlags flags;                ///< dsc.region.empty, .small (fewer than 10 voxels with a value), .invalid (some without)
};

/// Voxels that are set, with a name.
using NamedMask = std::pair<std::string, Mask>;

/// Statistics of maps over regions. Percentiles interpolate between voxels (type 7 of Hyndman and Fan, Am Stat 1996). Left out
/// are voxels outside the mask of the maps, invalid ones, and those in which a quantity is undefined.
struct RegionStatistics {
  std::vector<Region> regions = {all_regions.begin(), all_regions.end()};  ///< parts of the tumour, where labels are given

  /// Of maps, over the parts of the tumour in `labels` (nullptr for none) and over `masks`, all on the grid of the maps. Throws
  /// GeometryError, DataError (no map, no region).
  RegionTable operator()(const ParametricMaps& maps, const LabelMap* labels, const std::vector<NamedMask>& masks = {}) const {
    detail::require<DataError>(!maps.images.empty(), "there is no map to take statistics of");
    RegionTable table;
    for (const auto& [name, mask] : named(labels, masks)) {
      require_same_space(mask.geometry(), maps.states.geometry(), "the region " + name, "the maps");
      for (const auto& [quantity, image] : maps.images) {
        const bool undefined = maps.undefined_counts.count(quantity) > 0;  // those voxels are 0, and no other is
        std::vector<double> values;
        for (std::size_t v = 0; v < mask.size(); ++v) {
          if (!mask.data()[v]) continue;
          const auto state = static_cast<VoxelState>(maps.states.data()[v]);
          const float value = image.data()[v];
          if (state == VoxelState::outside || state == VoxelState::invalid || (undefined && value == 0.0F)) continue;
          values.push_back(static_cast<double>(value));
        }
        add(table, std::string(quantity_name(quantity)), name, mask, std::move(values));
      }
    }
    note(table);
    return table;
  }

  /// Of any image, called `name`; voxels that are not finite are left out.
  RegionTable operator()(const Image<float>& image, const std::string& name, const LabelMap* labels,
                         const std::vector<NamedMask>& masks = {}) const {
    RegionTable table;
    for (const auto& [region, mask] : named(labels, masks)) {
      require_same_space(mask.geometry(), image.geometry(), "the region " + region, "the map");
      std::vector<double> values;
      for (std::size_t v = 0; v < mask.size(); ++v) {
        if (mask.data()[v] && std::isfinite(image.data()[v])) values.push_back(static_cast<double>(image.data()[v]));
      }
      add(table, name, region, mask, std::move(values));
    }
    note(table);
    return table;
  }

 private:
  std::vector<NamedMask> named(const LabelMap* labels, const std::vector<NamedMask>& masks) const {
    std::vector<NamedMask> all;
    if (labels) {
      for (const auto region : regions) all.emplace_back(std::string(region_name(region)), labels->mask(region));
    }
    all.insert(all.end(), masks.begin(), masks.end());
    detail::require<DataError>(!all.empty(), "no region is given: give labels or masks");
    return all;
  }

  static void add(RegionTable& table, std::string map, const std::string& region, const Mask& mask,
                  std::vector<double> values) {
    RegionRow row;
    row.map = std::move(map);
    row.region = region;
    for (const auto value : mask.values()) row.voxel_count += value != 0;
    row.valid_count = values.size();
    if (!values.empty()) {
      std::sort(values.begin(), values.end());
      const auto count = static_cast<double>(values.size());
      double sum = 0.0, squares = 0.0;
      for (const double value : values) sum += value;
      row.mean = sum / count;
      for (const double value : values) squares += (value - row.mean) * (value - row.mean);
      row.standard_deviation = values.size() > 1 ? std::sqrt(squares / (count - 1.0)) : 0.0;
      row.median = detail::sorted_quantile(values, 0.5);
      row.percentile_5 = detail::sorted_quantile(values, 0.05);
      row.percentile_95 = detail::sorted_quantile(values, 0.95);
    }
    table.rows.push_back(std::move(row));
  }

  /// Doubts about the rows: those of a region that lack the same number of voxels share one.
  static void note(RegionTable& table) {
    const auto alike = [](const RegionRow& a, const RegionRow& b) {
      return a.region == b.region && a.voxel_count == b.voxel_count && a.valid_count == b.valid_count;
    };
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
      const auto& row = table.rows[i];
      std::string maps;
      bool said = false;
      for (std::size_t k = 0; k < table.rows.size(); ++k) {
        if (!alike(row, table.rows[k])) continue;
        said = said || k < i;
        maps += (maps.empty() ? "" : ", ") + table.rows[k].map;
      }
      if (said) continue;
      const auto flag = [&](const char* code, auto... parts) { table.flags.push_back({code, detail::message(parts...)}); };
      if (row.valid_count == 0) {
        flag("dsc.region.empty", "no voxel of the region ", row.region, " has a value in ", maps, "; the statistics are 0");
        continue;
      }
      if (row.valid_count < 10) {
        flag("dsc.region.small", "only ", row.valid_count, " voxels of the region ", row.region, " have a value in ", maps);
      }
      if (row.valid_count < row.voxel_count) {
        flag("dsc.region.invalid", row.voxel_count - row.valid_count, " of ", row.voxel_count, " voxels of the region ",
             row.region, " have no value in ", maps);
      }
    }
  }
};

}  // namespace bolus

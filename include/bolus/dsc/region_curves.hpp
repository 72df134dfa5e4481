#pragma once
#include <bolus/core/curve_set.hpp>
#include <bolus/core/label_map.hpp>
#include <bolus/dsc/detail/region_sums.hpp>
#include <optional>
#include <string>
#include <vector>

namespace bolus {

/// What stands for the curve of a region without voxels, such as ET in a tumour that does not enhance.
enum class EmptyRegion {
  whole_tumour,  ///< the curve of the whole tumour
  zeros,         ///< zeros
  error          ///< throw DataError
};

/// Mean T2*-weighted signal of each tumour region over time, and of arterial voxels as the channel AIF (Choi et al. 2019:
/// the five time courses).
struct RegionCurves {
  std::vector<Region> regions{all_regions.begin(), all_regions.end()};  ///< channels, in this order
  EmptyRegion empty = EmptyRegion::whole_tumour;                        ///< what a region without voxels becomes
  int threads = 0;                                                      ///< 0: all cores; the result is the same for any number

  /// `labels` and `arterial` must lie on the grid of `series`. Voxels that are not finite in some frame are excluded from
  /// all frames and flagged dsc.region.not_finite; a region without voxels is flagged dsc.region.empty and has the voxel
  /// count 0; one with fewer than 10 is flagged dsc.region.small. Means are formed in double in a fixed order. Throws
  /// GeometryError (other grids), DataError (no tumour or no arterial voxel), OptionError (no region).
  CurveSet operator()(const PerfusionSeries& series, const LabelMap& labels, const std::optional<Mask>& arterial = std::nullopt,
                      const Progress& progress = {}) const {
    return compute(series, labels, arterial ? &*arterial : nullptr, progress);
  }

  /// The same without a copy of the mask; nullptr for none.
  CurveSet compute(const PerfusionSeries& series, const LabelMap& labels, const Mask* arterial,
                   const Progress& progress = {}) const {
    detail::require<OptionError>(!regions.empty(), "regions is empty; choose at least one of ET, NET, ED, WT");
    detail::require<DataError>(!labels.image().empty() && series.data() != nullptr, "the series or the label map is empty");
    require_same_space(labels.geometry(), series.geometry(), "the label map", "the DSC series");
    if (arterial) require_same_space(arterial->geometry(), series.geometry(), "the arterial mask", "the DSC series");
    detail::require<DataError>(labels.voxel_count(Region::whole_tumour) > 0,
                               "the label map holds no tumour voxel on this grid");

    std::vector<std::uint8_t> classes(series.voxel_count());
    std::size_t arterial_voxels = 0;
    for (std::size_t v = 0; v < classes.size(); ++v) {
      classes[v] = labels.image().data()[v];  // bits 1, 2, 4
      if (arterial && arterial->data()[v]) {
        classes[v] |= arterial_bit;
        ++arterial_voxels;
      }
    }
    detail::require<DataError>(!arterial || arterial_voxels > 0, "the arterial mask holds no voxel");
    const auto sums = detail::sum_regions(series, classes, threads, progress);

    CurveSet curves;
    curves.times = series.times();
    curves.simulated = series.protocol().simulated;
    const auto channels = static_cast<Eigen::Index>(regions.size() + (arterial ? 1 : 0));
    curves.values.setZero(curves.times.size(), channels);
    const auto in = [](Region region) {
      return [region](std::size_t bits) { return LabelMap::belongs(static_cast<std::uint8_t>(bits & 7U), region); };
    };
    Eigen::VectorXd whole(curves.times.size());
    detail::require<DataError>(mean_of(sums, in(Region::whole_tumour), whole) > 0,
                               "every tumour voxel holds NaN or infinity in some volume");
    for (std::size_t r = 0; r < regions.size(); ++r) {
      add(curves, sums, std::string(region_name(regions[r])), in(regions[r]), static_cast<Eigen::Index>(r), whole);
    }
    if (arterial) {
      const auto is_arterial = [](std::size_t bits) { return (bits & arterial_bit) != 0; };
      Eigen::VectorXd curve(curves.times.size());
      detail::require<DataError>(mean_of(sums, is_arterial, curve) > 0,
                                 "every arterial voxel holds NaN or infinity in some volume");
      add(curves, sums, "AIF", is_arterial, channels - 1, whole);
    }
    return curves;
  }

 private:
  static constexpr std::uint8_t arterial_bit = 8;

  template <class Member>
  static std::size_t mean_of(const detail::RegionSums& sums, const Member& member, Eigen::VectorXd& curve) {
    std::size_t count = 0;
    for (std::size_t bits = 1; bits < sums.combinations; ++bits) count += member(bits) ? sums.counts[bits] : 0;
    curve.setZero();
    if (count == 0) return 0;
    for (Eigen::Index t = 0; t < curve.size(); ++t) {
      double sum = 0.0;
      for (std::size_t bits = 1; bits < sums.combinations; ++bits) {
        if (member(bits)) sum += sums.sums[static_cast<std::size_t>(t)][bits];
      }
      curve[t] = sum / static_cast<double>(count);
    }
    return count;
  }

  template <class Member>
  void add(CurveSet& curves, const detail::RegionSums& sums, const std::string& name, const Member& member, Eigen::Index column,
           const Eigen::VectorXd& whole) const {
    Eigen::VectorXd curve(curves.times.size());
    const std::size_t count = mean_of(sums, member, curve);
    std::size_t excluded = 0;
    for (std::size_t bits = 1; bits < sums.combinations; ++bits) excluded += member(bits) ? sums.excluded[bits] : 0;
    if (excluded > 0) {
      curves.flags.push_back({"dsc.region.not_finite", detail::message(name, ": ", excluded, " voxels left out, ", count,
                                                                       " used: NaN or infinity in some volume")});
    }
    if (count == 0) {
      detail::require<DataError>(empty != EmptyRegion::error, "region ", name,
                                 " has no voxel; leave it out of `regions` or choose empty = whole_tumour");
      if (empty == EmptyRegion::whole_tumour) curve = whole;
      curves.flags.push_back(
          {"dsc.region.empty",
           name + " has no voxel: " +
               (empty == EmptyRegion::zeros ? "its curve is zeros" : "the whole tumour's curve stands in for it")});
    } else if (count < 10) {
      curves.flags.push_back({"dsc.region.small", detail::message(name, " has only ", count, " voxels: its curve is noisy")});
    }
    curves.names.push_back(name);
    curves.voxel_counts.push_back(count);
    curves.values.col(column) = curve;
  }
};

}  // namespace bolus

#pragma once
#include <bolus/segment/detail/score_region.hpp>
#include <cmath>

namespace bolus {

/// The agreement of two label maps, region by region.
struct SegmentationScores {
  std::vector<Region> regions;      ///< in the order asked for
  std::vector<RegionScore> scores;  ///< one per region
  QcFlags flags;

  /// Throws OptionError when the region was not asked for.
  const RegionScore& operator[](Region region) const {
    for (std::size_t i = 0; i < regions.size(); ++i) {
      if (regions[i] == region) return scores[i];
    }
    throw OptionError(detail::message("there is no score of ", region_name(region), ": it was not among the regions"));
  }
};

/// Compares a predicted segmentation with a reference.
///
/// Surfaces are the voxels of a region with a face on something else (the edge of the image counts as something else), and
/// distances are Euclidean, in mm, between their centres. `hausdorff95` is the larger of the two directed 95th percentiles
/// (linear between ranks), as in MONAI; `hausdorff` the larger of the two maxima. `surface_dice` is the share of both surfaces
/// within `tolerance` of the other (Nikolov et al., J Med Internet Res 2021), each surface voxel counting once.
/// Lesion by lesion as the BraTS 2023 evaluation for gliomas: see `lesion_dilation` and `lesion_volume`.
///
/// Empty regions: in both, Dice, sensitivity, surface Dice and lesion Dice are 1, distances and volume errors 0, and
/// "segment.metrics.both_empty" is flagged. In one, Dice, sensitivity and surface Dice are 0, distances `missing_distance`, a
/// volume error without a reference counts as 100 %, and "segment.metrics.reference_empty" or
/// "segment.metrics.prediction_empty" is flagged. With neither a lesion that counts nor a false one
/// ("segment.metrics.no_lesion") the lesion Dice is 1 and the lesion distance 0.
struct SegmentationMetrics {
  std::vector<Region> regions{scored_regions.begin(), scored_regions.end()};
  double tolerance = 1.0;           ///< of the surface Dice, mm
  double missing_distance = 374.0;  ///< distance where only one side has a region, mm: about the diagonal of a BraTS image
  int lesion_dilation = 3;          ///< voxels (18 neighbours); lesions of the reference that then touch are one
  double lesion_volume = 50.0;      ///< mm^3; lesions of the reference up to this do not count
  int threads = 0;                  ///< 0: all cores; the result does not depend on it

  /// Throws GeometryError when the grids differ, DataError for empty images, OptionError for options out of range.
  SegmentationScores operator()(const LabelMap& predicted, const LabelMap& reference, const Progress& progress = {}) const {
    check(predicted.geometry(), reference.geometry(), predicted.image().empty() || reference.image().empty());
    SegmentationScores result;
    for (const Region region : regions) {
      report(progress, "comparing regions", result.scores.size(), regions.size());
      const auto inside = [region](const LabelMap& labels) {
        return [region, values = labels.image().data()](std::size_t v) { return LabelMap::belongs(values[v], region); };
      };
      result.regions.push_back(region);
      result.scores.push_back(detail::score_region(reference.geometry(), inside(predicted), inside(reference), options()));
      add_flags(result.scores.back(), region_name(region), result.flags);
    }
    report(progress, "comparing regions", regions.size(), regions.size());
    return result;
  }

  /// One region by itself. Throws as above.
  RegionScore operator()(const Mask& predicted, const Mask& reference) const {
    check(predicted.geometry(), reference.geometry(), predicted.empty() || reference.empty());
    const auto inside = [](const Mask& mask) { return [values = mask.data()](std::size_t v) { return values[v] != 0; }; };
    return detail::score_region(reference.geometry(), inside(predicted), inside(reference), options());
  }

 private:
  detail::ScoreOptions options() const { return {tolerance, missing_distance, lesion_dilation, lesion_volume, threads}; }

  void check(const Geometry& predicted, const Geometry& reference, bool empty) const {
    detail::require<OptionError>(tolerance >= 0.0 && std::isfinite(tolerance), "tolerance is ", tolerance,
                                 "; expected 0 mm or more");
    detail::require<OptionError>(missing_distance >= 0.0 && std::isfinite(missing_distance), "missing_distance is ",
                                 missing_distance, "; expected 0 mm or more");
    detail::require<OptionError>(lesion_dilation >= 0 && lesion_dilation <= 100, "lesion_dilation is ", lesion_dilation,
                                 "; expected 0 to 100 voxels");
    detail::require<OptionError>(lesion_volume >= 0.0 && std::isfinite(lesion_volume), "lesion_volume is ", lesion_volume,
                                 "; expected 0 mm^3 or more");
    detail::require<DataError>(!empty, "there are no voxels to compare");
    require_same_space(predicted, reference, "the predicted segmentation", "the reference");
  }

  static void add_flags(const RegionScore& score, std::string_view region, QcFlags& flags) {
    const bool predicted = score.predicted_voxels > 0, reference = score.reference_voxels > 0;
    if (!predicted && !reference) {
      flags.push_back({"segment.metrics.both_empty", detail::message(region, " is empty in prediction and reference: counted ",
                                                                     "as full agreement, which nothing was tested by")});
    } else if (!reference) {
      flags.push_back({"segment.metrics.reference_empty", detail::message("the reference has no ", region)});
    } else if (!predicted) {
      flags.push_back({"segment.metrics.prediction_empty", detail::message("the prediction has no ", region)});
    }
    if (reference && score.found_lesions + score.missed_lesions + score.false_lesions == 0) {
      flags.push_back({"segment.metrics.no_lesion", detail::message("every lesion of ", region, " is too small to count")});
    }
  }
};

}  // namespace bolus

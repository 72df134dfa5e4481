#pragma once
#include <bolus/core/detail/mask_distance.hpp>
#include <bolus/core/label_map.hpp>
#include <bolus/dsc/detail/voxel_features.hpp>
#include <bolus/dsc/tissue_mask.hpp>

namespace bolus {

/// Brain tissue that does not enhance, whose mean dR2* is the reference of leakage correction: voxels whose signal comes back
/// after the bolus. Two rules hold together: the mean of the last samples lies at most `above` standard deviations of the
/// baseline over S0 (Boxerman et al., AJNR 2006), and their median dR2* lies within `within` of what is usual for a voxel with
/// that blood volume. The second is the rule of the DSC toolbox of Peruzzo, Castellaro et al. (median within 2 SD of 0), made
/// independent of the noise: recirculating agent leaves a tail in all tissue, which at a high SNR would fail everywhere. The
/// tumour with a margin, vessels, voxels without a bolus and voxels with a signal <= 0 are left out.
struct ReferenceTissue {
  BolusTiming timing = {};          ///< of the mean curve of the brain
  Eigen::Index tail_samples = 10;   ///< samples at the end of the series that are judged
  double above = 1.0;               ///< baseline standard deviations that their mean may lie over S0
  double within = 2.0;              ///< standard deviations that their median dR2* may lie from what is usual
  double vessel_percentile = 95.0;  ///< voxels above it in blood volume, or early and above it in peak, are vessels
  double tumour_margin = 10.0;      ///< mm around the tumour that are left out
  int threads = 0;                  ///< 0: all cores; the result is the same for any number

  /// `brain`, and `labels` and `vessels` (nullptr for none), on the grid of `series`. The coefficient of variation is that of
  /// the relative blood volume. Flags: those of the timing, and dsc.reference.no_tail (the series ends with the first pass: the
  /// tail is not judged), .small (fewer than 100 voxels), .few (less than a quarter of the brain outside the tumour),
  /// .not_positive. Throws GeometryError, OptionError, DataError (empty mask, no bolus, no voxel left).
  TissueMask operator()(const PerfusionSeries& series, const Mask& brain, const LabelMap* labels = nullptr,
                        const Mask* vessels = nullptr, const Progress& progress = {}) const {
    detail::require<OptionError>(tail_samples >= 1, "tail_samples is ", tail_samples, "; expected at least 1");
    detail::require<OptionError>(above >= 0.0 && within > 0.0, "above is ", above, " and within ", within,
                                 "; expected standard deviations, above 0 or more, within positive");
    detail::require<OptionError>(vessel_percentile > 50.0 && vessel_percentile <= 100.0, "vessel_percentile is ",
                                 vessel_percentile, "; expected more than 50, at most 100");
    detail::require<OptionError>(std::isfinite(tumour_margin) && tumour_margin >= 0.0, "tumour_margin is ", tumour_margin,
                                 "; expected mm, 0 or more");
    if (labels) require_same_space(labels->geometry(), series.geometry(), "the label map", "the DSC series");
    if (vessels) require_same_space(vessels->geometry(), series.geometry(), "the vessel mask", "the DSC series");
    const auto voxels = detail::voxel_features(series, brain, timing, tail_samples, threads, progress);
    TissueMask result{Mask(series.geometry()), 0, 0.0, voxels.timing.flags};
    const auto flag = [&](const char* code, auto... parts) { result.flags.push_back({code, detail::message(parts...)}); };
    if (voxels.excluded > 0) {
      flag("dsc.reference.not_positive", voxels.excluded, " brain voxels have NaN or a signal <= 0 and are left out");
    }

    const Mask tumour =
        labels ? detail::grown(labels->mask(Region::whole_tumour), tumour_margin, threads) : Mask(series.geometry());
    std::vector<std::size_t> normal;  // outside tumour and given vessels
    std::vector<float> volume, peak;
    for (std::size_t i = 0; i < voxels.voxels.size(); ++i) {
      const auto v = voxels.voxels[i];
      if (tumour.data()[v] || (vessels && vessels->data()[v])) continue;
      normal.push_back(i);
      volume.push_back(voxels.volume[i]);
      peak.push_back(voxels.peak[i]);
    }
    detail::require<DataError>(!normal.empty(), "no brain voxel lies more than ", tumour_margin,
                               " mm from the tumour and outside the vessels; give a smaller margin or your own reference mask");
    const float large = detail::percentile(volume, vessel_percentile), high = detail::percentile(peak, vessel_percentile);
    const auto pass = voxels.timing.first_pass_end - voxels.timing.arrival + 1;
    const double duration =
        series.times()[voxels.timing.first_pass_end - 1] - series.times()[std::max<Eigen::Index>(voxels.timing.arrival - 1, 0)];
    std::erase_if(normal, [&](std::size_t i) {
      const double error = static_cast<double>(voxels.noise[i]) * duration / std::sqrt(static_cast<double>(pass));
      return voxels.volume[i] > large || (voxels.early[i] && voxels.peak[i] > high) ||
             !(static_cast<double>(voxels.volume[i]) > 2.0 * error) || !(voxels.volume[i] > 0.0F);
    });
    const std::size_t candidates = normal.size();
    if (voxels.tail_first >= static_cast<Eigen::Index>(series.frames())) {
      flag("dsc.reference.no_tail",
           "the series ends with the first pass: enhancing tissue is only left out where labels mark it");
    } else {
      keep_those_that_return(voxels, normal);
    }
    detail::require<DataError>(!normal.empty(), "no brain voxel passes as non-enhancing tissue; give your own reference mask");

    std::vector<float> kept;
    for (const auto i : normal) {
      result.mask.data()[voxels.voxels[i]] = 1;
      kept.push_back(voxels.volume[i]);
    }
    result.voxel_count = kept.size();
    result.coefficient_of_variation = detail::variation(kept);
    if (kept.size() < 100) flag("dsc.reference.small", "only ", kept.size(), " voxels are left: the reference curve is noisy");
    if (4 * kept.size() < candidates) {
      flag("dsc.reference.few", kept.size(), " of ", candidates,
           " brain voxels outside tumour and vessels come back to baseline: is there motion, drift or diffuse enhancement?");
    }
    return result;
  }

 private:
  void keep_those_that_return(const detail::VoxelFeatures& voxels, std::vector<std::size_t>& normal) const {
    std::vector<float> ratio, apart;
    for (const auto i : normal) ratio.push_back(voxels.tail_depth[i] / voxels.volume[i]);
    if (ratio.empty()) return;
    const float usual = detail::percentile(ratio, 50.0);
    const auto residual = [&](std::size_t i) { return std::abs(voxels.tail_depth[i] - usual * voxels.volume[i]); };
    for (const auto i : normal) apart.push_back(residual(i));
    const auto spread = static_cast<float>(static_cast<double>(detail::percentile(apart, 50.0)) / 0.67448975);
    std::erase_if(normal, [&](std::size_t i) {
      return voxels.tail_signal[i] > 1.0F + static_cast<float>(above) * voxels.noise[i] ||
             residual(i) > static_cast<float>(within) * std::max(voxels.noise[i], spread);
    });
  }
};

}  // namespace bolus

#pragma once
#include <bolus/dsc/region_curves.hpp>

namespace bolus {
namespace detail {

constexpr std::uint8_t arterial_bit = 8;  // beside the label's bits 1, 2 and 4

/// A channel to be read: its name and the combinations of bits that belong to it.
struct RegionChannel {
  std::string name;
  std::array<bool, RegionSums::combinations> member{};
};

/// Curve of a channel and the number of voxels behind it; the curve is untouched when there is none.
inline std::size_t region_mean(const RegionSums& sums, const RegionChannel& channel, Eigen::VectorXd& curve) {
  std::size_t count = 0;
  for (std::size_t bits = 1; bits < sums.combinations; ++bits) count += channel.member[bits] ? sums.counts[bits] : 0;
  for (Eigen::Index t = 0; t < curve.size() && count > 0; ++t) {
    double sum = 0.0;
    for (std::size_t bits = 1; bits < sums.combinations; ++bits) {
      if (channel.member[bits]) sum += sums.sums[static_cast<std::size_t>(t)][bits];
    }
    curve[t] = sum / static_cast<double>(count);
  }
  return count;
}

/// The same with Huber's mean in each volume.
inline void robust_region_mean(const PerfusionSeries& series, const RegionSums& sums, const std::vector<std::uint8_t>& classes,
                               const RegionChannel& channel, int threads, Eigen::VectorXd& curve) {
  std::vector<std::uint32_t> voxels;
  for (const auto v : sums.voxels) {
    if (channel.member[classes[v]]) voxels.push_back(v);
  }
  if (voxels.empty()) return;
  parallel_for(series.frames(), 1, threads, [&](std::size_t t, std::size_t) {
    const auto frame = series.frame(t);
    std::vector<double> values(voxels.size());
    for (std::size_t i = 0; i < voxels.size(); ++i) values[i] = static_cast<double>(frame[voxels[i]]);
    curve[static_cast<Eigen::Index>(t)] = huber_location(values);
  });
}

}  // namespace detail

inline CurveSet RegionCurves::compute(const PerfusionSeries& series, const LabelMap& labels, const Mask* arterial,
                                      const Progress& progress) const {
  detail::require<OptionError>(!regions.empty(), "regions is empty; choose at least one of ET, NET, ED, WT");
  detail::require<DataError>(!labels.image().empty() && series.data() != nullptr, "the series or the label map is empty");
  require_same_space(labels.geometry(), series.geometry(), "the label map", "the DSC series");
  if (arterial) require_same_space(arterial->geometry(), series.geometry(), "the arterial mask", "the DSC series");
  detail::require<DataError>(labels.voxel_count(Region::whole_tumour) > 0,
                             "the label map holds no tumour voxel on this grid; do labels and series belong together?");

  std::vector<std::uint8_t> classes(series.voxel_count());
  std::size_t arterial_voxels = 0;
  for (std::size_t v = 0; v < classes.size(); ++v) {
    classes[v] = labels.image().data()[v];  // bits 1, 2, 4
    if (arterial && arterial->data()[v]) {
      classes[v] |= detail::arterial_bit;
      ++arterial_voxels;
    }
  }
  detail::require<DataError>(!arterial || arterial_voxels > 0,
                             "the arterial mask holds no voxel; draw one, or leave the mask out");
  const auto sums = detail::sum_regions(series, classes, threads, progress);

  std::vector<detail::RegionChannel> channels;
  const auto add = [&](std::string name, auto&& belongs) {
    detail::RegionChannel channel{std::move(name), {}};
    for (std::size_t bits = 1; bits < channel.member.size(); ++bits) channel.member[bits] = belongs(bits);
    channels.push_back(std::move(channel));
  };
  for (const Region region : regions) {
    add(std::string(region_name(region)),
        [&](std::size_t bits) { return LabelMap::belongs(static_cast<std::uint8_t>(bits & 7U), region); });
  }
  if (arterial) add("AIF", [](std::size_t bits) { return (bits & detail::arterial_bit) != 0; });
  const std::size_t shown = channels.size();
  add("WT", [](std::size_t bits) { return (bits & 7U) != 0; });  // stands in for empty regions

  CurveSet curves;
  curves.times = series.times();
  curves.simulated = series.protocol().simulated;
  const auto flag = [&](const char* code, auto... parts) { curves.flags.push_back({code, detail::message(parts...)}); };
  curves.values.setConstant(curves.times.size(), static_cast<Eigen::Index>(channels.size()),
                            std::numeric_limits<double>::quiet_NaN());
  std::vector<std::size_t> counts;
  for (std::size_t c = 0; c < channels.size(); ++c) {
    Eigen::VectorXd curve = curves.values.col(static_cast<Eigen::Index>(c));
    counts.push_back(detail::region_mean(sums, channels[c], curve));
    if (average == RegionAverage::robust_mean) detail::robust_region_mean(series, sums, classes, channels[c], threads, curve);
    curves.values.col(static_cast<Eigen::Index>(c)) = curve;
  }
  detail::require<DataError>(counts.back() > 0, "every tumour voxel holds NaN or infinity in some volume");
  detail::require<DataError>(!arterial || counts[shown - 1] > 0, "every arterial voxel holds NaN or infinity in some volume");
  for (std::size_t c = 0; c < shown; ++c) {
    const auto& name = channels[c].name;
    std::size_t excluded = 0;
    for (std::size_t bits = 1; bits < sums.combinations; ++bits) excluded += channels[c].member[bits] ? sums.excluded[bits] : 0;
    if (excluded > 0) {
      flag("dsc.region.not_finite", name, ": ", excluded, " voxels left out, ", counts[c],
           " used: NaN or infinity in some volume");
    }
    curves.names.push_back(name);
    curves.voxel_counts.push_back(counts[c]);
    if (counts[c] == 0) {
      detail::require<DataError>(empty != EmptyRegion::error, "region ", name,
                                 " has no voxel; leave it out of `regions` or choose empty = whole_tumour");
      const bool stand_in = empty == EmptyRegion::whole_tumour;
      if (stand_in) curves.values.col(static_cast<Eigen::Index>(c)) = curves.values.rightCols(1);
      flag("dsc.region.empty", name,
           " has no voxel: ", stand_in ? "the whole tumour's curve stands in for it" : "its curve is missing (NaN)");
    } else if (counts[c] < 10) {
      flag("dsc.region.small", name, " has only ", counts[c], " voxels: its curve is noisy");
    }
  }
  curves.values.conservativeResize(Eigen::NoChange, static_cast<Eigen::Index>(shown));
  return curves;
}

}  // namespace bolus

#pragma once
#include <algorithm>
#include <array>
#include <vector>

namespace bolus::detail {

/// The two levels an image consists of.
struct IntensityLevels {
  double dark = 0.0;    ///< median below Otsu's threshold
  double bright = 0.0;  ///< median above it
};

/// Splits an image where the variance between the two parts is largest (Otsu 1979), on 512 bins up to its 99.9th percentile.
/// Negative values mark voxels that take no part. `bright` is 0 when nothing is positive.
inline IntensityLevels split_intensity(const std::vector<float>& image) {
  std::vector<float> positive, used;
  for (const float value : image) {
    if (value > 0.0F) positive.push_back(value);
    if (value >= 0.0F) used.push_back(value);
  }
  if (positive.empty()) return {};
  const auto rank = static_cast<std::ptrdiff_t>(0.999 * static_cast<double>(positive.size() - 1));
  std::nth_element(positive.begin(), positive.begin() + rank, positive.end());
  const double top = static_cast<double>(positive[static_cast<std::size_t>(rank)]);
  constexpr std::size_t bins = 512;
  std::array<double, bins> histogram{};
  const auto bin_of = [&](float value) {
    return std::min(bins - 1, static_cast<std::size_t>(static_cast<double>(value) / top * static_cast<double>(bins)));
  };
  for (const float value : used) histogram[bin_of(value)] += 1.0;
  double total = 0.0, moment = 0.0;
  for (std::size_t b = 0; b < bins; ++b) {
    total += histogram[b];
    moment += static_cast<double>(b) * histogram[b];
  }
  double below = 0.0, below_moment = 0.0, best = -1.0;
  std::size_t split = 0;  // last bin of the dark part
  for (std::size_t b = 0; b + 1 < bins; ++b) {
    below += histogram[b];
    below_moment += static_cast<double>(b) * histogram[b];
    if (below == 0.0 || below == total) continue;
    const double apart = below_moment / below - (moment - below_moment) / (total - below);
    const double between = below * (total - below) * apart * apart;
    if (between > best) {
      best = between;
      split = b;
    }
  }
  if (best <= 0.0) return {0.0, top};  // one value only
  std::vector<float> dark, bright;
  for (const float value : used) (bin_of(value) <= split ? dark : bright).push_back(value);
  const auto middle = [](std::vector<float>& values) {
    if (values.empty()) return 0.0;
    const auto half = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), half, values.end());
    return static_cast<double>(*half);
  };
  return {middle(dark), middle(bright)};
}

}  // namespace bolus::detail

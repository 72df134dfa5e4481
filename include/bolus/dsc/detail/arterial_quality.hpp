#pragma once
#include <bolus/dsc/arterial_input.hpp>
#include <bolus/dsc/detail/arterial_pool.hpp>

namespace bolus {

/// How much an arterial input function looks like one, in parts between 0 (no) and 1 (as an artery should). Where a part lies
/// between, it follows straight lines; the bounds are choices of this library, set on simulated heads with and without
/// arteries. Features are those of the mean curve of the chosen voxels beside those of the mean curve of the searched brain.
struct ArterialQuality {
  double contrast = 0.0;     ///< peak over its noise: 0 at 5, 1 at 20
  double height = 0.0;       ///< peak over the brain's peak: 0 at 1.25, 1 at 2.5
  double lead = 0.0;         ///< seconds by which its first moment precedes the brain's: 0 at 0, 1 at 1.5
  double narrowness = 0.0;   ///< width over the brain's width: 0 at 1, 1 at 0.75
  double agreement = 0.0;    ///< mean correlation of each chosen curve with their mean: 0 at 0.8, 1 at 0.95
  double unsaturated = 0.0;  ///< smallest signal over the level called saturated: 0 at 0.5, 1 at 1

  /// The quality: the smallest part, so that one good property cannot make up for a bad one.
  double overall() const { return std::min({contrast, height, lead, narrowness, agreement, unsaturated}); }
};

namespace detail {

/// `chosen`: the chosen voxels; `curve`: their mean; `brain`: features of the mean curve of the searched voxels.
inline ArterialQuality arterial_quality(const ArterialPool& chosen, const ArterialCurve& curve, const ArterialWindow& window,
                                        const ArterialFeatures& brain, double saturation) {
  const auto part = [](double value, double none, double all) { return std::clamp((value - none) / (all - none), 0.0, 1.0); };
  const Eigen::VectorXd mean = window.depth(curve.signal);
  const auto features = arterial_features(mean, window.times);
  const double smallest = curve.signal[curve.peak], noise = curve.baseline.noise;
  ArterialQuality quality;
  quality.contrast = noise > 0.0 ? part(curve.contrast_to_noise, 5.0, 20.0) : 1.0;
  quality.height = brain.height > 0.0 ? part(features.height / brain.height, 1.25, 2.5) : 0.0;
  quality.lead = features.area > 0.0 ? part(brain.first_moment - features.first_moment, 0.0, 1.5) : 0.0;
  quality.narrowness = brain.width > 0.0 ? part(features.width / brain.width, 1.0, 0.75) : 0.0;
  double sum = 0.0;
  const Eigen::VectorXd centred = mean.array() - mean.mean();
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    Eigen::VectorXd other = chosen.curves.col(static_cast<Eigen::Index>(i));
    other.array() -= other.mean();
    const double norm = other.norm() * centred.norm();
    sum += norm > 0.0 ? other.dot(centred) / norm : 0.0;
  }
  quality.agreement = chosen.size() > 0 ? part(sum / static_cast<double>(chosen.size()), 0.8, 0.95) : 0.0;
  const double level = std::max(saturation * curve.baseline.mean, 3.0 * noise);
  quality.unsaturated = level > 0.0 ? part(smallest / level, 0.5, 1.0) : 1.0;
  return quality;
}

}  // namespace detail
}  // namespace bolus

#pragma once
#include <bolus/dsc/detail/arterial_candidates.hpp>
#include <bolus/dsc/detail/percentile.hpp>
#include <numeric>

namespace bolus::detail {

/// The candidates that are still in the running, with their curves in the window.
struct ArterialPool {
  std::vector<std::uint32_t> voxels;
  std::vector<std::uint8_t> saturated;
  std::vector<ArterialFeatures> features;
  Eigen::MatrixXd curves;  ///< -ln(S / S0), window samples x voxels

  std::size_t size() const { return voxels.size(); }

  /// Keeps those for which `keep(i)` holds, in their order.
  template <class Keep>
  void keep_if(Keep&& keep) {
    std::vector<std::size_t> kept;
    for (std::size_t i = 0; i < size(); ++i) {
      if (keep(i)) kept.push_back(i);
    }
    keep_only(kept);
  }

  /// Keeps these, in this order.
  void keep_only(const std::vector<std::size_t>& kept) {
    ArterialPool rest;
    rest.curves.resize(curves.rows(), static_cast<Eigen::Index>(kept.size()));
    for (std::size_t k = 0; k < kept.size(); ++k) {
      rest.voxels.push_back(voxels[kept[k]]);
      rest.saturated.push_back(saturated[kept[k]]);
      rest.features.push_back(features[kept[k]]);
      rest.curves.col(static_cast<Eigen::Index>(k)) = curves.col(static_cast<Eigen::Index>(kept[k]));
    }
    *this = std::move(rest);
  }

  /// The curves with an area of 1.
  Eigen::MatrixXd shapes() const {
    Eigen::MatrixXd result = curves;
    for (std::size_t i = 0; i < size(); ++i) result.col(static_cast<Eigen::Index>(i)) /= features[i].area;
    return result;
  }

  /// The value below which `percent` of the values of a feature lie.
  double percentile_of(double ArterialFeatures::* feature, double percent) const {
    std::vector<float> values;
    for (const auto& one : features) values.push_back(static_cast<float>(one.*feature));
    return static_cast<double>(percentile(std::move(values), percent));
  }
};

/// Curves and features of the candidates with the indices `chosen`, leaving out those without a positive area.
inline ArterialPool arterial_pool(const PerfusionSeries& series, const ArterialWindow& window,
                                  const ArterialCandidates& candidates, const std::vector<std::size_t>& chosen, int threads) {
  ArterialPool pool;
  pool.curves.resize(window.last - window.first, static_cast<Eigen::Index>(chosen.size()));
  pool.features.resize(chosen.size());
  for (const auto i : chosen) {
    pool.voxels.push_back(candidates.voxels[i]);
    pool.saturated.push_back(candidates.saturated[i]);
  }
  parallel_for(chosen.size(), 256, threads, [&](std::size_t begin, std::size_t end) {
    const auto signals = voxel_block<double>(series, std::span(pool.voxels).subspan(begin, end - begin));
    for (std::size_t k = begin; k < end; ++k) {
      const Eigen::VectorXd depth = window.depth(signals.col(static_cast<Eigen::Index>(k - begin)));
      pool.curves.col(static_cast<Eigen::Index>(k)) = depth;
      pool.features[k] = arterial_features(depth, window.times);
    }
  });
  pool.keep_if([&](std::size_t i) { return pool.features[i].area > 0.0 && pool.features[i].width > 0.0; });
  return pool;
}

}  // namespace bolus::detail

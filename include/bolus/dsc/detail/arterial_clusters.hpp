#pragma once
#include <algorithm>
#include <bolus/core/eigen.hpp>
#include <limits>
#include <numeric>
#include <vector>

namespace bolus::detail {

/// k-means with nothing random in it: the curves (samples x curves) are sorted by first moment and cut into `clusters` parts of
/// equal size, whose means are the first centres (Mouridsen et al., MRM 2006, start at random). Lloyd's iteration follows until
/// no curve changes its cluster. Returns the members of the cluster whose mean first moment is the lowest, in their order.
inline std::vector<std::size_t> earliest_cluster(const Eigen::MatrixXd& curves, const std::vector<double>& first_moments,
                                                 std::size_t clusters) {
  const std::size_t count = first_moments.size();
  clusters = std::clamp<std::size_t>(clusters, 1, std::max<std::size_t>(count, 1));
  std::vector<std::size_t> order(count), cluster(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return first_moments[a] < first_moments[b]; });
  for (std::size_t i = 0; i < count; ++i) cluster[order[i]] = i * clusters / count;

  Eigen::MatrixXd centres(curves.rows(), static_cast<Eigen::Index>(clusters));
  std::vector<double> members(clusters);
  const auto average = [&] {
    Eigen::MatrixXd sums = Eigen::MatrixXd::Zero(curves.rows(), centres.cols());
    std::fill(members.begin(), members.end(), 0.0);
    for (std::size_t i = 0; i < count; ++i) {
      sums.col(static_cast<Eigen::Index>(cluster[i])) += curves.col(static_cast<Eigen::Index>(i));
      members[cluster[i]] += 1.0;
    }
    for (std::size_t k = 0; k < clusters; ++k) {  // an empty cluster keeps its centre
      if (members[k] > 0.0) centres.col(static_cast<Eigen::Index>(k)) = sums.col(static_cast<Eigen::Index>(k)) / members[k];
    }
  };
  average();
  for (int iteration = 0; iteration < 200; ++iteration) {
    bool changed = false;
    for (std::size_t i = 0; i < count; ++i) {
      std::size_t nearest = 0;
      double least = std::numeric_limits<double>::infinity();
      for (std::size_t k = 0; k < clusters; ++k) {
        const double apart =
            (centres.col(static_cast<Eigen::Index>(k)) - curves.col(static_cast<Eigen::Index>(i))).squaredNorm();
        if (apart < least) {
          least = apart;
          nearest = k;
        }
      }
      changed = changed || cluster[i] != nearest;
      cluster[i] = nearest;
    }
    if (!changed) break;
    average();
  }

  std::vector<double> sums(clusters, 0.0);
  for (std::size_t i = 0; i < count; ++i) sums[cluster[i]] += first_moments[i];
  std::size_t earliest = 0;
  double lowest = std::numeric_limits<double>::infinity();
  for (std::size_t k = 0; k < clusters; ++k) {
    if (members[k] > 0.0 && sums[k] / members[k] < lowest) {
      lowest = sums[k] / members[k];
      earliest = k;
    }
  }
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < count; ++i) {
    if (cluster[i] == earliest) chosen.push_back(i);
  }
  return chosen;
}

}  // namespace bolus::detail

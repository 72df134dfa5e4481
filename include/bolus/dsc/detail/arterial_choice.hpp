#pragma once
#include <bolus/dsc/detail/arterial_clusters.hpp>
#include <bolus/dsc/detail/arterial_pool.hpp>
#include <bolus/dsc/detail/arterial_splits.hpp>
#include <bolus/dsc/detail/percentile.hpp>

namespace bolus::detail {

/// Indices of the candidates whose value is at least the given percentile.
inline std::vector<std::size_t> at_least(const std::vector<float>& values, double percent) {
  const float limit = percentile(values, percent);
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] >= limit) found.push_back(i);
  }
  return found;
}

/// Mouridsen's clusters: the earliest of k, and again of what it holds as long as enough voxels for the average are left.
inline void keep_earliest(ArterialPool& pool, std::size_t voxels, std::size_t clusters, int rounds) {
  const std::size_t few = std::min<std::size_t>(voxels, 5);
  for (int round = 0; round < rounds && pool.size() >= 2 * few; ++round) {
    std::vector<double> moments;
    for (const auto& one : pool.features) moments.push_back(one.first_moment);
    const auto chosen = earliest_cluster(pool.shapes(), moments, clusters);
    if (chosen.size() < (round == 0 ? few : voxels)) return;
    pool.keep_only(chosen);
  }
}

/// Peruzzo's splits: of the two parts of the cluster that which rises higher for its width, or where they differ by less than 4
/// % the earlier one, unless it has fewer than four curves and the other has not; until few enough are left. The curves have
/// equal areas, so that the tree sorts by shape; with the measured heights, as in the original, amount of blood comes
/// before shape and a few arterial voxels drown. Of many curves only the highest for their width are split.
inline void keep_highest(ArterialPool& pool, const Eigen::VectorXd& times, std::size_t voxels) {
  constexpr std::size_t most = 2000;  // the tree takes n^2 steps
  if (pool.size() > most) {
    std::vector<std::size_t> order(pool.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto steepness = [&](std::size_t i) { return pool.features[i].height / pool.features[i].width; };
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return steepness(a) > steepness(b); });
    order.resize(most);
    std::sort(order.begin(), order.end());
    pool.keep_only(order);
  }
  const auto tree = ward_tree(pool.shapes());
  std::size_t node = tree.nodes.size() - 1;
  while (tree.nodes[node].size > static_cast<double>(voxels)) {
    const std::size_t left = tree.nodes[node].left, right = tree.nodes[node].right;
    const auto one = arterial_features(tree.nodes[left].mean, times), two = arterial_features(tree.nodes[right].mean, times);
    const double left_peak = one.height / one.width, right_peak = two.height / two.width;
    bool take_left = left_peak >= right_peak;
    if (std::abs(left_peak - right_peak) < 0.04 * std::max(left_peak, right_peak) && one.peak_time != two.peak_time) {
      take_left = one.peak_time < two.peak_time;
    }
    const double taken = tree.nodes[take_left ? left : right].size, other = tree.nodes[take_left ? right : left].size;
    if (taken < 4.0 && other >= 4.0) take_left = !take_left;
    node = take_left ? left : right;
  }
  auto chosen = tree.members(node);
  std::sort(chosen.begin(), chosen.end());
  pool.keep_only(chosen);
}

/// Sorts the chosen by how full of blood they are, the fullest first, and keeps at most `voxels`. The measure is the
/// height of their common shape in each curve by least squares, in which all samples of the pass average the noise. The
/// first five may be half as full as the rest must be: fewer would leave the mean to the noise that made them the highest.
inline void keep_fullest(ArterialPool& pool, std::size_t voxels, double fullness) {
  const Eigen::MatrixXd shapes = pool.shapes();
  Eigen::VectorXd shape = Eigen::VectorXd::Zero(shapes.rows());
  for (Eigen::Index i = 0; i < shapes.cols(); ++i) shape += shapes.col(i);
  const double scale = static_cast<double>(pool.size()) / shape.squaredNorm();  // to a mean shape
  std::vector<double> heights;
  for (Eigen::Index i = 0; i < shapes.cols(); ++i) heights.push_back(scale * pool.curves.col(i).dot(shape));
  std::vector<std::size_t> order(pool.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return heights[a] > heights[b]; });
  double top = 0.0;
  const std::size_t five = std::min<std::size_t>(5, order.size());
  for (std::size_t i = 0; i < five; ++i) top += heights[order[i]] / static_cast<double>(five);
  std::size_t count = 1;
  while (count < std::min(voxels, order.size()) && heights[order[count]] >= (count < five ? 0.5 : 1.0) * fullness * top) {
    ++count;
  }
  order.resize(count);
  pool.keep_only(order);
}

}  // namespace bolus::detail

#pragma once
#include <bolus/core/eigen.hpp>
#include <limits>
#include <vector>

namespace bolus::detail {

/// A tree of clusters: the first nodes are the curves, each later one joins two earlier ones.
struct ClusterTree {
  struct Node {
    std::size_t left = 0, right = 0;  ///< what it joins; itself for a single curve
    double size = 1.0;                ///< curves in it
    double cost = 0.0;                ///< rise of the sum of squares by the join
    Eigen::VectorXd mean;             ///< of its curves
  };
  std::vector<Node> nodes;
  std::size_t leaves = 0;

  /// The curves below a node, in the order of the tree.
  std::vector<std::size_t> members(std::size_t node) const {
    std::vector<std::size_t> found, open{node};
    while (!open.empty()) {
      const auto at = open.back();
      open.pop_back();
      if (at < leaves) {
        found.push_back(at);
      } else {
        open.push_back(nodes[at].left);
        open.push_back(nodes[at].right);
      }
    }
    return found;
  }
};

/// Hierarchical clustering of curves (samples x curves, at least one) by Ward's criterion: a chain of nearest neighbours is
/// followed until two are each other's nearest, and these are joined (Murtagh, Comput J 1983). Exact, n^2 steps, memory n. The
/// last node is the root. The two parts of any node are those that clustering its curves alone into two would give.
inline ClusterTree ward_tree(const Eigen::MatrixXd& curves) {
  ClusterTree tree;
  tree.leaves = static_cast<std::size_t>(curves.cols());
  tree.nodes.reserve(2 * tree.leaves);
  std::vector<std::size_t> active, chain;
  // The means of the active clusters side by side, so that a search for the nearest runs along memory.
  Eigen::MatrixXd means = curves;
  Eigen::VectorXd sizes = Eigen::VectorXd::Ones(curves.cols());
  for (std::size_t i = 0; i < tree.leaves; ++i) {
    tree.nodes.push_back({i, i, 1.0, 0.0, curves.col(static_cast<Eigen::Index>(i))});
    active.push_back(i);
  }
  const auto cost = [&](std::size_t a, std::size_t b) {
    const auto i = static_cast<Eigen::Index>(a), j = static_cast<Eigen::Index>(b);
    return sizes[i] * sizes[j] / (sizes[i] + sizes[j]) * (means.col(i) - means.col(j)).squaredNorm();
  };
  while (active.size() > 1) {  // `chain` holds positions in `active`
    if (chain.empty()) chain.push_back(0);
    const std::size_t tip = chain.back();
    // Of equally near ones the one before in the chain wins, else the first: the chain cannot run in a circle.
    std::size_t nearest = chain.size() > 1 ? chain[chain.size() - 2] : (tip == 0 ? 1 : 0);
    double least = cost(tip, nearest);
    for (std::size_t other = 0; other < active.size(); ++other) {
      if (other == tip || other == nearest) continue;
      const double found = cost(tip, other);
      if (found < least) {
        least = found;
        nearest = other;
      }
    }
    if (chain.size() < 2 || nearest != chain[chain.size() - 2]) {
      chain.push_back(nearest);
      continue;
    }
    chain.resize(chain.size() - 2);
    const std::size_t low = std::min(tip, nearest), high = std::max(tip, nearest), last = active.size() - 1;
    const auto i = static_cast<Eigen::Index>(low), j = static_cast<Eigen::Index>(high), k = static_cast<Eigen::Index>(last);
    const double size = sizes[i] + sizes[j];
    means.col(i) = (sizes[i] * means.col(i) + sizes[j] * means.col(j)).eval() / size;
    tree.nodes.push_back({active[low], active[high], size, least, means.col(i)});
    sizes[i] = size;
    active[low] = tree.nodes.size() - 1;
    means.col(j) = means.col(k).eval();
    sizes[j] = sizes[k];
    active[high] = active[last];
    active.pop_back();
    for (auto& position : chain) {
      if (position == last) position = high;
    }
  }
  return tree;
}

}  // namespace bolus::detail

#include "optimal_surface.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace bolus::preprocess {
namespace {

/// Maximum flow by shortest augmenting paths in layers (Dinic 1970).
class FlowNetwork {
 public:
  using Capacity = std::int64_t;
  static constexpr Capacity endless = std::numeric_limits<Capacity>::max() / 4;

  void connect(int from, int to, Capacity forward, Capacity backward) {
    tail_.push_back(from);
    head_.push_back(to);
    capacity_.push_back(forward);
    tail_.push_back(to);
    head_.push_back(from);
    capacity_.push_back(backward);
  }

  /// Nodes on the source's side of a smallest cut.
  std::vector<bool> cut(int nodes, int source, int sink) {
    begin_.assign(static_cast<std::size_t>(nodes) + 1, 0);
    for (const int from : tail_) ++begin_[static_cast<std::size_t>(from) + 1];
    for (std::size_t n = 1; n < begin_.size(); ++n) begin_[n] += begin_[n - 1];
    arcs_.resize(tail_.size());
    auto place = begin_;
    for (std::size_t arc = 0; arc < tail_.size(); ++arc) arcs_[place[static_cast<std::size_t>(tail_[arc])]++] = arc;
    while (layers(nodes, source, sink)) {
      next_.assign(begin_.begin(), begin_.end() - 1);
      augment(source, sink);
    }
    std::vector<bool> reached(static_cast<std::size_t>(nodes));
    for (std::size_t n = 0; n < reached.size(); ++n) reached[n] = layer_[n] >= 0;
    return reached;
  }

 private:
  bool layers(int nodes, int source, int sink) {
    layer_.assign(static_cast<std::size_t>(nodes), -1);
    queue_.assign(1, source);
    layer_[static_cast<std::size_t>(source)] = 0;
    for (std::size_t i = 0; i < queue_.size(); ++i) {
      const auto node = static_cast<std::size_t>(queue_[i]);
      for (std::size_t k = begin_[node]; k < begin_[node + 1]; ++k) {
        const auto to = static_cast<std::size_t>(head_[arcs_[k]]);
        if (capacity_[arcs_[k]] <= 0 || layer_[to] >= 0) continue;
        layer_[to] = layer_[node] + 1;
        queue_.push_back(static_cast<int>(to));
      }
    }
    return layer_[static_cast<std::size_t>(sink)] >= 0;
  }

  void augment(int source, int sink) {
    std::vector<std::size_t> path;
    int node = source;
    while (true) {
      if (node == sink) {
        Capacity flow = endless;
        for (const auto arc : path) flow = std::min(flow, capacity_[arc]);
        std::size_t full = path.size();
        for (std::size_t i = path.size(); i-- > 0;) {
          capacity_[path[i]] -= flow;
          capacity_[path[i] ^ 1U] += flow;
          if (capacity_[path[i]] == 0) full = i;
        }
        node = tail_[path[full]];
        path.resize(full);
        continue;
      }
      const auto here = static_cast<std::size_t>(node);
      bool advanced = false;
      for (auto& k = next_[here]; k < begin_[here + 1]; ++k) {
        const auto arc = arcs_[k];
        if (capacity_[arc] <= 0 || layer_[static_cast<std::size_t>(head_[arc])] != layer_[here] + 1) continue;
        path.push_back(arc);
        node = head_[arc];
        advanced = true;
        break;
      }
      if (advanced) continue;
      if (node == source) return;
      layer_[here] = -1;
      node = tail_[path.back()];
      path.pop_back();
    }
  }

  std::vector<int> tail_, head_;
  std::vector<Capacity> capacity_;
  std::vector<std::size_t> begin_, next_, arcs_;
  std::vector<int> layer_, queue_;
};

}  // namespace

std::vector<int> optimal_surface(const std::vector<float>& cost, int levels, const std::vector<std::vector<int>>& neighbours,
                                 double smoothness, int largest_step) {
  // Node (column, level) lies on the source's side when the column's choice is that level or higher; level 0 always does.
  const int columns = static_cast<int>(neighbours.size()), source = columns * (levels - 1), sink = source + 1;
  constexpr double unit = 1000.0;
  const auto node = [&](int column, int level) { return column * (levels - 1) + level - 1; };
  FlowNetwork network;
  for (int column = 0; column < columns; ++column) {
    const float* row = cost.data() + static_cast<std::ptrdiff_t>(column) * levels;
    const double smallest = static_cast<double>(*std::min_element(row, row + levels));
    for (int level = 0; level < levels; ++level) {
      const auto capacity = static_cast<std::int64_t>(std::llround((static_cast<double>(row[level]) - smallest) * unit));
      network.connect(level == 0 ? source : node(column, level), level == levels - 1 ? sink : node(column, level + 1), capacity,
                      level == 0 || level == levels - 1 ? 0 : FlowNetwork::endless);
    }
  }
  const auto link = static_cast<std::int64_t>(std::llround(smoothness * unit));
  for (int column = 0; column < columns; ++column) {
    for (const int other : neighbours[static_cast<std::size_t>(column)]) {
      if (other > column) {
        for (int level = 1; level < levels; ++level) network.connect(node(column, level), node(other, level), link, link);
      }
      for (int level = 1 + largest_step; level < levels; ++level) {
        network.connect(node(column, level), node(other, level - largest_step), FlowNetwork::endless, 0);
      }
    }
  }
  const auto inside = network.cut(sink + 1, source, sink);
  std::vector<int> choice(static_cast<std::size_t>(columns), 0);
  for (int column = 0; column < columns; ++column) {
    int level = 0;
    while (level + 1 < levels && inside[static_cast<std::size_t>(node(column, level + 1))]) ++level;
    choice[static_cast<std::size_t>(column)] = level;
  }
  return choice;
}

}  // namespace bolus::preprocess

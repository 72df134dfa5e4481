#pragma once
#include <atomic>
#include <bolus/segment/train_cascade.hpp>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "prepared_case.hpp"

namespace bolus::detail {

/// One network of the cascade to be trained.
struct NetworkPlan {
  CascadeStage stage;
  View view;
  std::size_t epochs;
  AnisotropicNetwork first;  ///< weights to start from
};

struct TrainedNetwork {
  AnisotropicNetwork network;
  SegmentationHistory history;
};

/// Told after every batch: batches done of this network, and the latest Dice, below 0 where there is none yet.
using BatchReport = std::function<void(std::size_t done, double dice)>;

/// Trains on the calling thread, which must be one of `run_on_torch_threads`. Looks at `stop` after every batch, and then
/// throws Cancelled.
TrainedNetwork train_network(const TrainCascade& options, const NetworkPlan& plan, const std::vector<PreparedCase>& training,
                             const std::vector<PreparedCase>& validation, const std::atomic<bool>& stop,
                             const BatchReport& report);

}  // namespace bolus::detail

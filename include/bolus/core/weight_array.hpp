#pragma once
#include <cstddef>
#include <vector>

namespace bolus {

/// One weight array, last dimension fastest.
struct WeightArray {
  std::vector<std::size_t> shape;
  std::vector<float> values;

  bool operator==(const WeightArray&) const = default;
};

}  // namespace bolus

#pragma once
#include <bolus/model/training_history.hpp>
#include <map>
#include <string>

#include "adam.hpp"

namespace bolus::detail {

inline constexpr int training_state_schema_version = 1;

/// Where a training stands after an epoch: all that it takes to go on with the same bits. The order of samples, dropout and
/// augmentation follow from the seed and the epoch; the schedule and early stopping follow from the history.
struct TrainingState {
  std::map<std::string, std::string> origin;  ///< what the training started from, each part as a hash or as text
  std::map<std::string, WeightArray> weights, best_weights;
  Adam::State adam;  ///< moments in the order of `NetworkShape::weight_shapes`
  TrainingHistory history;
};

/// The state as .safetensors, of a kind and schema of its own. Floats and doubles keep their bits.
std::string encode_training_state(const TrainingState& state, const NetworkShape& shape);

/// The state in such bytes, of a training with this shape that started from `origin`. `source` names them in messages. Throws
/// FormatError when they are damaged or hold something else, VersionError for a newer schema, DataError for the state of
/// another training.
TrainingState decode_training_state(const std::string& bytes, const NetworkShape& shape,
                                    const std::map<std::string, std::string>& origin, const std::string& source);

}  // namespace bolus::detail

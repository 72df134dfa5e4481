#pragma once
#include <bolus/core/weight_array.hpp>
#include <cstdio>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "../compute/adam.hpp"

namespace bolus::detail {

/// Where a training stands after an epoch: all that it takes to go on with the same bits. What is random in it follows from the
/// seed and the epoch, schedules and early stopping follow from the history.
struct TrainingState {
  std::map<std::string, std::string> origin;  ///< what the training started from, each part as a hash or as text
  std::map<std::string, WeightArray> weights, best_weights;
  Adam::State adam;                                    ///< moments in the order of the format's shapes
  std::map<std::string, std::vector<double>> history;  ///< columns with an entry per epoch; "validation_..." may be empty
  std::size_t best_epoch = 0;                          ///< from 0
};

/// What a state of one kind of network looks like as .safetensors.
struct TrainingStateFormat {
  const char* kind;    ///< "bolus.training_state"
  int schema_version;  ///< the newest that is read, and the one that is written
  std::vector<std::pair<std::string, std::vector<std::size_t>>> shapes;  ///< of the weights
  std::vector<std::string> columns;                                      ///< of the history
};

/// Numbers as text to the last bit, for `TrainingState::origin`.
template <class... Numbers>
std::string exact_text(const Numbers&... numbers) {
  std::string text;
  const auto add = [&](double number) {
    char digits[40];
    std::snprintf(digits, sizeof digits, "%.17g ", number);
    text += digits;
  };
  (add(static_cast<double>(numbers)), ...);
  return text;
}

/// The state as .safetensors. Floats and doubles keep their bits.
std::string encode_training_state(const TrainingState& state, const TrainingStateFormat& format);

/// The state in such bytes, of a training that started from `origin`. `source` names them in messages. Throws FormatError when
/// they are damaged or hold something else, VersionError for a newer schema, DataError for the state of another training.
TrainingState decode_training_state(const std::string& bytes, const TrainingStateFormat& format,
                                    const std::map<std::string, std::string>& origin, const std::string& source);

}  // namespace bolus::detail

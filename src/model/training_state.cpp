#include "training_state.hpp"

#include <bolus/core/version.hpp>
#include <charconv>
#include <cmath>
#include <cstring>

#include "../weights/safetensors.hpp"

namespace bolus::detail {
namespace {

constexpr const char* kind = "bolus.training_state";

template <class Number>
std::string_view bytes_of(const std::vector<Number>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Number)};
}

/// The arrays and texts of a file, with messages that name what is wrong.
class Reader {
 public:
  Reader(const std::string& bytes, const std::string& source) : content_(decode_safetensors(bytes, source)), source_(source) {}

  const std::string& text(const std::string& name) const {
    const auto found = content_.metadata.find(name);
    require<FormatError>(found != content_.metadata.end(), source_, ": the metadata have no field '", name, "'");
    return found->second;
  }

  std::uint64_t count(const std::string& name) const {
    const auto& digits = text(name);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    require<FormatError>(error == std::errc() && end == digits.data() + digits.size() && !digits.empty(), source_, ": '", name,
                         "' in the metadata is not a whole number");
    return value;
  }

  /// An array of finite numbers, which is then taken out. `shape` empty: any list.
  template <class Number>
  std::vector<Number> take(const std::string& name, const std::vector<std::size_t>& shape) {
    const auto found = content_.arrays.find(name);
    require<FormatError>(found != content_.arrays.end(), source_, ": has no array '", name, "'");
    const auto& array = found->second;
    require<FormatError>(array.dtype == (sizeof(Number) == 4 ? "F32" : "F64") &&
                             (shape.empty() ? array.shape.size() == 1 : array.shape == shape),
                         source_, ": array '", name, "' has another type or shape than this training asks for");
    std::vector<Number> values(array.bytes.size() / sizeof(Number));
    if (!values.empty()) std::memcpy(values.data(), array.bytes.data(), array.bytes.size());
    for (const auto value : values) {
      require<FormatError>(std::isfinite(value), source_, ": array '", name, "' holds NaN or infinity");
    }
    content_.arrays.erase(found);
    return values;
  }

  void require_nothing_left() const {
    require<FormatError>(content_.arrays.empty(), source_, ": holds an unknown array '",
                         content_.arrays.empty() ? "" : content_.arrays.begin()->first, "'");
  }

 private:
  SafeTensors content_;
  const std::string& source_;
};

}  // namespace

std::string encode_training_state(const TrainingState& state, const NetworkShape& shape) {
  SafeTensors content;
  content.metadata = {{"kind", kind},
                      {"schema_version", std::to_string(training_state_schema_version)},
                      {"best_epoch", std::to_string(state.history.best_epoch)},
                      {"steps", std::to_string(state.adam.steps)}};
  for (const auto& [name, value] : state.origin) content.metadata["origin." + name] = value;
  std::size_t p = 0;
  for (const auto& [name, dimensions] : shape.weight_shapes()) {
    const auto add = [&, &key = name, &sizes = dimensions](const char* group, const std::vector<float>& values) {
      content.arrays[group + key] = {"F32", sizes, bytes_of(values)};
    };
    add("weights.", state.weights.at(name).values);
    add("best_weights.", state.best_weights.at(name).values);
    add("first_moment.", state.adam.first[p]);
    add("second_moment.", state.adam.second[p++]);
  }
  const auto add = [&](const char* name, const std::vector<double>& values) {
    content.arrays[name] = {"F64", {values.size()}, bytes_of(values)};
  };
  add("history.loss", state.history.loss);
  add("history.validation_loss", state.history.validation_loss);
  add("history.validation_auc", state.history.validation_auc);
  add("history.learning_rate", state.history.learning_rate);
  add("history.seconds", state.history.seconds);
  return encode_safetensors(content);
}

TrainingState decode_training_state(const std::string& bytes, const NetworkShape& shape,
                                    const std::map<std::string, std::string>& origin, const std::string& source) {
  Reader file(bytes, source);
  require<FormatError>(file.text("kind") == kind, source, ": holds '", file.text("kind"), "'; expected '", kind,
                       "': give checkpoint a path of its own");
  const auto schema = file.count("schema_version");
  require<FormatError>(schema >= 1, source, ": 'schema_version' is 0; expected a positive number");
  require<VersionError>(schema <= training_state_schema_version, source, ": has schema version ", schema, "; this bolus ",
                        BOLUS_VERSION, " reads up to ", training_state_schema_version, ": update bolus");
  TrainingState state{origin, {}, {}, {}, {}};
  for (const auto& [name, value] : origin) {
    require<DataError>(file.text("origin." + name) == value, source, ": is the state of another training, which differs in ",
                       name, "; remove the file to begin anew, or give checkpoint another path");
  }

  auto& history = state.history;
  const auto column = [&](const char* name) { return file.take<double>(std::string("history.") + name, {}); };
  history.loss = column("loss");
  history.validation_loss = column("validation_loss");
  history.validation_auc = column("validation_auc");
  history.learning_rate = column("learning_rate");
  history.seconds = column("seconds");
  history.best_epoch = file.count("best_epoch");
  const auto epochs = history.loss.size(), validated = history.validation_loss.size();
  require<FormatError>(epochs > 0 && history.learning_rate.size() == epochs && history.seconds.size() == epochs &&
                           (validated == 0 || validated == epochs) && history.validation_auc.size() == validated &&
                           history.best_epoch < epochs,
                       source, ": the history is damaged: its columns are not of one length");

  state.adam.steps = file.count("steps");
  for (const auto& [name, dimensions] : shape.weight_shapes()) {
    state.weights[name] = {dimensions, file.take<float>("weights." + name, dimensions)};
    state.best_weights[name] = {dimensions, file.take<float>("best_weights." + name, dimensions)};
    state.adam.first.push_back(file.take<float>("first_moment." + name, dimensions));
    state.adam.second.push_back(file.take<float>("second_moment." + name, dimensions));
    for (const float value : state.adam.second.back()) {
      require<FormatError>(value >= 0.0F, source, ": array 'second_moment.", name, "' holds a negative number");
    }
  }
  file.require_nothing_left();
  return state;
}

}  // namespace bolus::detail

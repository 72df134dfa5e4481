#include "training_state.hpp"

#include <algorithm>
#include <bolus/core/error.hpp>
#include <bolus/core/version.hpp>
#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>

#include "safetensors.hpp"

namespace bolus::detail {
namespace {

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

std::string encode_training_state(const TrainingState& state, const TrainingStateFormat& format) {
  SafeTensors content;
  content.metadata = {{"kind", format.kind},
                      {"schema_version", std::to_string(format.schema_version)},
                      {"best_epoch", std::to_string(state.best_epoch)},
                      {"steps", std::to_string(state.adam.steps)}};
  for (const auto& [name, value] : state.origin) content.metadata["origin." + name] = value;
  std::size_t p = 0;
  for (const auto& [name, dimensions] : format.shapes) {
    const auto add = [&, &key = name, &sizes = dimensions](const char* group, const std::vector<float>& values) {
      content.arrays[group + key] = {"F32", sizes, bytes_of(values)};
    };
    add("weights.", state.weights.at(name).values);
    add("best_weights.", state.best_weights.at(name).values);
    add("first_moment.", state.adam.first[p]);
    add("second_moment.", state.adam.second[p++]);
  }
  for (const auto& name : format.columns) {
    const auto& values = state.history.at(name);
    content.arrays["history." + name] = {"F64", {values.size()}, bytes_of(values)};
  }
  return encode_safetensors(content);
}

TrainingState decode_training_state(const std::string& bytes, const TrainingStateFormat& format,
                                    const std::map<std::string, std::string>& origin, const std::string& source) {
  Reader file(bytes, source);
  require<FormatError>(file.text("kind") == format.kind, source, ": holds '", file.text("kind"), "'; expected '", format.kind,
                       "': give checkpoint a path of its own");
  const auto schema = file.count("schema_version");
  require<FormatError>(schema >= 1, source, ": 'schema_version' is 0; expected a positive number");
  require<VersionError>(schema <= static_cast<std::uint64_t>(format.schema_version), source, ": has schema version ", schema,
                        "; this bolus ", BOLUS_VERSION, " reads up to ", format.schema_version, ": update bolus");
  TrainingState state{origin, {}, {}, {}, {}};
  for (const auto& [name, value] : origin) {
    require<DataError>(file.text("origin." + name) == value, source, ": is the state of another training, which differs in ",
                       name, "; remove the file to begin anew, or give checkpoint another path");
  }

  std::size_t epochs = 0;
  for (const auto& name : format.columns) {
    state.history[name] = file.take<double>("history." + name, {});
    epochs = std::max(epochs, state.history[name].size());
  }
  state.best_epoch = file.count("best_epoch");
  std::optional<bool> validated;
  bool whole = epochs > 0 && state.best_epoch < epochs;
  for (const auto& [name, values] : state.history) {
    if (name.starts_with("validation_")) {
      whole = whole && (values.empty() || values.size() == epochs) && (!validated || *validated == !values.empty());
      validated = !values.empty();
    } else {
      whole = whole && values.size() == epochs;
    }
  }
  require<FormatError>(whole, source, ": the history is damaged: its columns are not of one length");

  state.adam.steps = file.count("steps");
  for (const auto& [name, dimensions] : format.shapes) {
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

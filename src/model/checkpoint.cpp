#include <array>
#include <bit>
#include <bolus/core/version.hpp>
#include <bolus/model/checkpoint.hpp>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>

#include "../weights/read_bytes.hpp"

namespace bolus {
namespace {

using nlohmann::json;

static_assert(std::endian::native == std::endian::little, "safetensors is little-endian; this machine is not");

constexpr std::uint64_t largest_header = 1 << 20;  // bytes; the network's own is some 3000
constexpr const char* kind = "bolus.attention_lstm";
constexpr std::array<const char*, 2> activation_names{"none", "tanh"};

std::string architecture_text(const NetworkShape& shape) {
  return nlohmann::ordered_json{
      {"channels", shape.channels},
      {"hidden_size", shape.hidden_size},
      {"convolution_channels", shape.convolution_channels},
      {"kernel_size", shape.kernel_size},
      {"attention_activation", activation_names[static_cast<std::size_t>(shape.attention_activation)]},
      {"convolution_layers", shape.convolution_layers},
      {"lstm_layers", shape.lstm_layers},
      {"attention_hidden_size", shape.attention_hidden_size}}
      .dump();
}

/// Reads JSON text from outside. Throws FormatError.
json parsed(const std::string& text, const std::string& what, const std::string& source) {
  const auto value = json::parse(text, nullptr, /*allow_exceptions=*/false);
  detail::require<FormatError>(!value.is_discarded(), source, ": ", what, " is not valid JSON");
  return value;
}

/// The fields of a JSON object, with messages that name the field.
class Fields {
 public:
  Fields(const json& object, std::string what, const std::string& source)
      : object_(object), what_(std::move(what)), source_(source) {
    detail::require<FormatError>(object_.is_object(), source_, ": ", what_, " is not a JSON object");
  }

  const json& at(const char* name) const {
    const auto found = object_.find(name);
    detail::require<FormatError>(found != object_.end(), source_, ": ", what_, " has no field '", name, "'");
    return *found;
  }
  std::size_t count(const char* name) const { return count(at(name), name); }
  std::size_t count(const json& value, const char* name) const {
    detail::require<FormatError>(value.is_number_unsigned(), source_, ": '", name, "' in ", what_,
                                 " is not a whole number of at least 0");
    return value.get<std::size_t>();
  }
  std::vector<std::size_t> counts(const char* name) const {
    const auto& list = at(name);
    detail::require<FormatError>(list.is_array() && list.size() <= 8, source_, ": '", name, "' in ", what_,
                                 " is not a list of at most 8 numbers");
    std::vector<std::size_t> values;
    for (const auto& value : list) values.push_back(count(value, name));
    return values;
  }
  std::string text(const char* name) const {
    const auto& value = at(name);
    detail::require<FormatError>(value.is_string(), source_, ": '", name, "' in ", what_, " is not text");
    return value.get<std::string>();
  }
  std::vector<std::string> texts(const char* name) const {
    const auto list = parsed(text(name), detail::message("'", name, "' in ", what_), source_);
    detail::require<FormatError>(list.is_array(), source_, ": '", name, "' in ", what_, " is not a JSON list");
    std::vector<std::string> values;
    for (const auto& value : list) {
      detail::require<FormatError>(value.is_string(), source_, ": '", name, "' in ", what_, " holds something else than text");
      values.push_back(value.get<std::string>());
    }
    return values;
  }
  double number(const char* name) const {
    const auto value = parsed(text(name), detail::message("'", name, "' in ", what_), source_);
    detail::require<FormatError>(value.is_number() && value.get<double>() >= 0.0, source_, ": '", name, "' in ", what_,
                                 " is not a number of at least 0");
    return value.get<double>();
  }

 private:
  const json& object_;
  std::string what_;
  const std::string& source_;
};

/// The name that a weight array has in a file of an older schema.
std::string stored_name(const std::string& name, std::uint64_t schema) {
  constexpr std::string_view first = "convolution.0.";
  return schema == 1 && name.starts_with(first) ? "convolution." + name.substr(first.size()) : name;
}

/// Everything but the weights, from the metadata, and the file's schema version.
std::pair<AttentionLSTM, std::uint64_t> read_metadata(const json& header, const std::string& source) {
  detail::require<FormatError>(header.contains("__metadata__"), source,
                               ": the safetensors file has no metadata, so it is not one that bolus wrote; expected ",
                               "'kind', 'schema_version', 'architecture' and more under '__metadata__'");
  const Fields metadata(header.at("__metadata__"), "the metadata", source);
  detail::require<FormatError>(metadata.text("kind") == kind, source, ": holds '", metadata.text("kind"), "'; expected '", kind,
                               "': give weights of bolus train or IDHClassifier.save");
  const auto schema = parsed(metadata.text("schema_version"), "'schema_version'", source);
  detail::require<FormatError>(schema.is_number_unsigned() && schema.get<std::uint64_t>() >= 1, source,
                               ": 'schema_version' is not a positive whole number");
  detail::require<VersionError>(schema.get<std::uint64_t>() <= checkpoint_schema_version, source, ": has schema version ",
                                schema.get<std::uint64_t>(), ", written by bolus ",
                                header.at("__metadata__").value("bolus_version", json("of another version")).dump(),
                                "; this bolus ", BOLUS_VERSION, " reads up to ", checkpoint_schema_version, ": update bolus");

  AttentionLSTM network;
  const auto architecture = parsed(metadata.text("architecture"), "'architecture'", source);
  const Fields shape(architecture, "the architecture", source);
  network.shape.channels = shape.count("channels");
  network.shape.hidden_size = shape.count("hidden_size");
  network.shape.convolution_channels = shape.count("convolution_channels");
  network.shape.kernel_size = shape.count("kernel_size");
  const auto activation = shape.text("attention_activation");
  detail::require<FormatError>(activation == activation_names[0] || activation == activation_names[1], source,
                               ": 'attention_activation' is '", activation, "'; expected 'none' or 'tanh'");
  network.shape.attention_activation = activation == "tanh" ? AttentionActivation::tanh : AttentionActivation::none;
  if (schema.get<std::uint64_t>() >= 2) {
    network.shape.convolution_layers = shape.count("convolution_layers");
    network.shape.lstm_layers = shape.count("lstm_layers");
    network.shape.attention_hidden_size = shape.count("attention_hidden_size");
  }
  try {
    network.shape.validate();
  } catch (const OptionError& error) {
    throw FormatError(source + ": the architecture is impossible: " + error.what());
  }
  network.channel_names = metadata.texts("channel_names");
  network.steps = static_cast<std::size_t>(metadata.number("steps"));
  network.time_step = metadata.number("time_step");
  network.normalisation = metadata.text("normalisation");
  const auto classes = metadata.texts("classes");
  detail::require<FormatError>(classes.size() == 2, source, ": there are ", classes.size(), " class names; expected 2");
  network.classes = {classes[0], classes[1]};
  const auto simulated = metadata.text("simulated");
  detail::require<FormatError>(simulated == "true" || simulated == "false", source, ": 'simulated' is '", simulated,
                               "'; expected 'true' or 'false'");
  network.simulated = simulated == "true";
  const auto notes = parsed(metadata.text("notes"), "'notes'", source);
  detail::require<FormatError>(notes.is_object(), source, ": 'notes' in the metadata is not a JSON object");
  for (const auto& [name, value] : notes.items()) {
    detail::require<FormatError>(value.is_string(), source, ": note '", name, "' is not text");
    network.notes[name] = value.get<std::string>();
  }
  return {std::move(network), schema.get<std::uint64_t>()};
}

}  // namespace

std::string encode_checkpoint(const AttentionLSTM& network) {
  network.validate();
  nlohmann::ordered_json header;
  try {
    const auto list = [](const auto& names) { return json(names).dump(); };
    const auto number = [](double value) { return json(value).dump(); };
    header["__metadata__"] = {{"kind", kind},
                              {"schema_version", std::to_string(checkpoint_schema_version)},
                              {"bolus_version", BOLUS_VERSION},
                              {"architecture", architecture_text(network.shape)},
                              {"channel_names", list(network.channel_names)},
                              {"steps", std::to_string(network.steps)},
                              {"time_step", number(network.time_step)},
                              {"normalisation", network.normalisation},
                              {"classes", list(network.classes)},
                              {"simulated", network.simulated ? "true" : "false"},
                              {"notes", json(network.notes).dump()}};
  } catch (const json::exception& error) {
    throw FormatError(detail::message("channel names, class names and notes must be UTF-8 text: ", error.what()));
  }
  std::string data;
  for (const auto& [name, dimensions] : network.shape.weight_shapes()) {
    const auto& values = network.weights.at(name).values;
    const auto begin = data.size();
    data.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
    header[name] = {{"dtype", "F32"}, {"shape", dimensions}, {"data_offsets", {begin, data.size()}}};
  }
  std::string text;
  try {
    text = header.dump();
  } catch (const json::exception& error) {
    throw FormatError(detail::message("the note on normalisation must be UTF-8 text: ", error.what()));
  }
  text.append((8 - text.size() % 8) % 8, ' ');  // so that the data are aligned
  detail::require<FormatError>(text.size() <= largest_header, "names and notes take ", text.size(), " bytes; at most ",
                               largest_header, " fit");
  const std::uint64_t length = text.size();
  std::string bytes(reinterpret_cast<const char*>(&length), sizeof length);
  return bytes + text + data;
}

AttentionLSTM decode_checkpoint(const std::string& bytes, const std::string& source) {
  std::uint64_t length = 0;
  detail::require<FormatError>(bytes.size() > sizeof length, source, ": is cut short: ", bytes.size(),
                               " bytes are no safetensors file");
  std::memcpy(&length, bytes.data(), sizeof length);
  detail::require<FormatError>(length >= 2 && length <= largest_header, source,
                               ": is no safetensors file of a network: its header would be ", length,
                               " bytes long; expected 2 to ", largest_header);
  detail::require<FormatError>(length <= bytes.size() - sizeof length, source, ": is cut short: the header is ", length,
                               " bytes long, but only ", bytes.size() - sizeof length, " follow");
  const auto header = parsed(bytes.substr(sizeof length, length), "the header", source);
  detail::require<FormatError>(header.is_object(), source, ": the header is not a JSON object");
  auto [network, schema] = read_metadata(header, source);

  const auto data_size = bytes.size() - sizeof length - length;
  const char* data = bytes.data() + sizeof length + length;
  std::size_t data_expected = 0;
  for (const auto& [current_name, dimensions] : network.shape.weight_shapes()) {
    const auto name = stored_name(current_name, schema);
    detail::require<FormatError>(header.contains(name), source, ": has no weights '", name, "'");
    const Fields entry(header.at(name), detail::message("the entry of weights '", name, "'"), source);
    detail::require<FormatError>(entry.text("dtype") == "F32", source, ": weights '", name, "' have the type ",
                                 entry.text("dtype"), "; expected F32");
    const auto found = entry.counts("shape");
    detail::require<FormatError>(found == dimensions, source, ": weights '", name, "' have the shape ", json(found).dump(),
                                 "; the architecture asks for ", json(dimensions).dump());
    std::size_t count = 1;
    for (const auto size : dimensions) count *= size;  // at most 4096 * 4096 * 4095: no overflow
    const auto offsets = entry.counts("data_offsets");
    detail::require<FormatError>(
        offsets.size() == 2 && offsets[0] <= offsets[1] && offsets[1] - offsets[0] == count * sizeof(float), source,
        ": weights '", name, "' lie at ", json(offsets).dump(), "; expected ", count * sizeof(float), " bytes");
    detail::require<FormatError>(offsets[1] <= data_size, source, ": is cut short: weights '", name, "' end at byte ",
                                 offsets[1], " of the data, but there are ", data_size);
    WeightArray array{dimensions, std::vector<float>(count)};
    std::memcpy(array.values.data(), data + offsets[0], count * sizeof(float));
    network.weights.emplace(current_name, std::move(array));
    data_expected += count * sizeof(float);
  }
  detail::require<FormatError>(header.size() == network.weights.size() + 1, source, ": holds ", header.size() - 1,
                               " weight arrays; the architecture has ", network.weights.size());
  detail::require<FormatError>(data_size == data_expected, source, ": holds ", data_size,
                               " bytes of weights; the architecture has ", data_expected);
  try {
    network.validate();
  } catch (const Error& error) {
    throw FormatError(source + ": " + error.what());
  }
  return network;
}

void save_checkpoint(const AttentionLSTM& network, const std::filesystem::path& path, Overwrite overwrite) {
  write_atomically(path, overwrite, encode_checkpoint(network));
}

AttentionLSTM load_checkpoint(const std::filesystem::path& path) {
  return decode_checkpoint(detail::read_bytes(path), path.string());
}

}  // namespace bolus

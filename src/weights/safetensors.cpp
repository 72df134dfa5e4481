#include "safetensors.hpp"

#include <bit>
#include <bolus/core/error.hpp>
#include <cstdint>
#include <cstring>
#include <nlohmann/json.hpp>

namespace bolus::detail {
namespace {

using nlohmann::json;

static_assert(std::endian::native == std::endian::little, "safetensors is little-endian; this machine is not");

constexpr std::uint64_t largest_header = 1 << 20;  // bytes

TensorBytes read_entry(const json& entry, const std::string& name, std::string_view data, const std::string& source) {
  const auto wrong = [&](bool holds, const auto&... what) {
    require<FormatError>(holds, source, ": the entry of array '", name, "' ", what...);
  };
  wrong(entry.is_object() && entry.contains("dtype") && entry.contains("shape") && entry.contains("data_offsets"),
        "has no 'dtype', 'shape' and 'data_offsets'");
  const auto& type = entry.at("dtype");
  wrong(type == "F32" || type == "F64", "has the type ", type.dump(-1, ' ', true, json::error_handler_t::replace),
        "; expected F32 or F64");
  const auto numbers = [&](const char* field, std::size_t most) {
    const auto& list = entry.at(field);
    wrong(list.is_array() && list.size() <= most, "has a '", field, "' that is no short list");
    std::vector<std::size_t> values;
    for (const auto& value : list) {
      wrong(value.is_number_unsigned(), "has a '", field, "' that holds something else than whole numbers");
      values.push_back(value.get<std::size_t>());
    }
    return values;
  };
  TensorBytes array{type.get<std::string>(), numbers("shape", 8), {}};
  const auto place = numbers("data_offsets", 2);
  wrong(place.size() == 2 && place[0] <= place[1] && place[1] <= data.size(), "lies outside the ", data.size(),
        " bytes of data: the file is cut short or damaged");
  array.bytes = data.substr(place[0], place[1] - place[0]);
  std::size_t size = array.dtype == "F32" ? 4 : 8;
  for (const auto dimension : array.shape) {
    wrong(dimension == 0 || size <= data.size() / dimension, "has a shape larger than the data");
    size *= dimension;
  }
  wrong(size == array.bytes.size(), "has ", array.bytes.size(), " bytes; its shape asks for ", size);
  return array;
}

}  // namespace

std::string encode_safetensors(const SafeTensors& content) {
  nlohmann::ordered_json header;
  header["__metadata__"] = content.metadata;
  std::string data;
  for (const auto& [name, array] : content.arrays) {
    header[name] = {
        {"dtype", array.dtype}, {"shape", array.shape}, {"data_offsets", {data.size(), data.size() + array.bytes.size()}}};
    data += array.bytes;
  }
  std::string text;
  try {
    text = header.dump();
  } catch (const json::exception& error) {
    throw FormatError(message("names and notes must be UTF-8 text: ", error.what()));
  }
  text.append((8 - text.size() % 8) % 8, ' ');  // so that the data are aligned
  require<FormatError>(text.size() <= largest_header, "names and notes take ", text.size(), " bytes; at most ", largest_header,
                       " fit");
  const std::uint64_t length = text.size();
  return std::string(reinterpret_cast<const char*>(&length), sizeof length) + text + data;
}

SafeTensors decode_safetensors(const std::string& bytes, const std::string& source) {
  std::uint64_t length = 0;
  require<FormatError>(bytes.size() > sizeof length, source, ": is cut short: ", bytes.size(),
                       " bytes are no safetensors file");
  std::memcpy(&length, bytes.data(), sizeof length);
  require<FormatError>(length >= 2 && length <= largest_header && length <= bytes.size() - sizeof length, source,
                       ": is no safetensors file or is cut short: its header would be ", length, " bytes long");
  const auto header = json::parse(bytes.data() + sizeof length, bytes.data() + sizeof length + length, nullptr, false);
  require<FormatError>(header.is_object(), source, ": the header is not a JSON object");
  require<FormatError>(header.contains("__metadata__") && header.at("__metadata__").is_object(), source,
                       ": the safetensors file has no metadata, so it is not one that bolus wrote");
  const auto data = std::string_view(bytes).substr(sizeof length + length);
  SafeTensors content;
  std::size_t used = 0;
  for (const auto& [name, entry] : header.items()) {
    if (name == "__metadata__") {
      for (const auto& [key, value] : entry.items()) {
        require<FormatError>(value.is_string(), source, ": '", key, "' in the metadata is not text");
        content.metadata[key] = value.get<std::string>();
      }
      continue;
    }
    used += content.arrays.emplace(name, read_entry(entry, name, data, source)).first->second.bytes.size();
  }
  require<FormatError>(used == data.size(), source, ": holds ", data.size(), " bytes of data; its arrays take ", used);
  return content;
}

}  // namespace bolus::detail

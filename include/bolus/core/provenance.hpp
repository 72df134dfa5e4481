#pragma once
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <bolus/core/detail/sha256.hpp>
#include <bolus/core/error.hpp>
#include <bolus/core/qc_flag.hpp>
#include <bolus/core/version.hpp>

namespace bolus {

/// SHA-256 of a buffer, in hexadecimal.
inline std::string content_hash(const void* data, std::size_t size) {
  detail::Sha256 hash;
  hash.update(data, size);
  return hash.hex();
}

/// SHA-256 of a file's bytes. Throws IoError when it cannot be read.
inline std::string file_hash(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  detail::require<IoError>(stream.good() && !std::filesystem::is_directory(path), "cannot read ", path.string());
  detail::Sha256 hash;
  std::vector<char> buffer(1 << 16);
  while (stream.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || stream.gcount() > 0) {
    hash.update(buffer.data(), static_cast<std::size_t>(stream.gcount()));
  }
  return hash.hex();
}

/// How a result came to be. Inputs are named by role ("flair"), never by path: paths hold patients' names.
struct Provenance {
  std::string step;                            ///< e.g. "predict_study"
  std::string version = BOLUS_VERSION;         ///< of this library
  std::map<std::string, std::string> options;  ///< option name to its value as text
  std::map<std::string, std::string> inputs;   ///< role to SHA-256
  std::optional<std::uint64_t> seed;
  bool simulated = false;  ///< true when any input was simulated
  QcFlags flags;
};

namespace detail {

/// `text` as a JSON string, quotes included.
inline std::string json_quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", c);
      quoted += escape;
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

inline std::string json_object(const std::map<std::string, std::string>& entries) {
  std::string text;
  for (const auto& [key, value] : entries) text += (text.empty() ? "" : ", ") + json_quoted(key) + ": " + json_quoted(value);
  return "{" + text + "}";
}

}  // namespace detail

/// The provenance as a JSON object, keys in a fixed order.
inline std::string to_json(const Provenance& provenance) {
  std::string flags;
  for (const auto& flag : provenance.flags) {
    flags += (flags.empty() ? "" : ", ") + detail::json_object({{"code", flag.code}, {"message", flag.message}});
  }
  return "{\n  \"step\": " + detail::json_quoted(provenance.step) +
         ",\n  \"bolus_version\": " + detail::json_quoted(provenance.version) +
         ",\n  \"options\": " + detail::json_object(provenance.options) +
         ",\n  \"inputs\": " + detail::json_object(provenance.inputs) +
         ",\n  \"seed\": " + (provenance.seed ? std::to_string(*provenance.seed) : "null") +
         ",\n  \"simulated\": " + (provenance.simulated ? "true" : "false") + ",\n  \"flags\": [" + flags + "]\n}\n";
}

}  // namespace bolus

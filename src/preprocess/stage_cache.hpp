#pragma once
// Results of the stages of Preprocess on disk, found again by what they were made from.
#include <bolus/core/provenance.hpp>
#include <cstddef>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace bolus::detail {

/// What is kept of a stage: small values as JSON, large ones as bytes.
struct StageRecord {
  nlohmann::json values;
  std::vector<std::string> blobs;
};

class StageCache {
 public:
  /// An empty folder: nothing is kept. Makes the folder. Throws IoError when that fails or it cannot be written.
  explicit StageCache(std::filesystem::path folder);

  bool is_open() const { return !folder_.empty(); }

  /// Nothing when there is none, or it is damaged: it is then made anew.
  std::optional<StageRecord> find(const std::string& key) const;

  /// Throws IoError.
  void keep(const std::string& key, const StageRecord& record) const;

 private:
  std::filesystem::path path_of(const std::string& key) const { return folder_ / (key + ".stage"); }

  std::filesystem::path folder_;
};

/// The bytes of a range of plain values.
template <class Value>
std::string bytes_of(const Value* data, std::size_t count) {
  return std::string(reinterpret_cast<const char*>(data), count * sizeof(Value));
}

/// Puts them back. Throws FormatError for another number of bytes.
template <class Value>
void bytes_to(const std::string& bytes, Value* data, std::size_t count) {
  require<FormatError>(bytes.size() == count * sizeof(Value), "a cached array has ", bytes.size(), " bytes; expected ",
                       count * sizeof(Value));
  std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(data));
}

}  // namespace bolus::detail

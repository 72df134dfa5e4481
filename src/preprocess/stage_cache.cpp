#include "stage_cache.hpp"

#include <zlib.h>

#include <bolus/core/atomic_file.hpp>
#include <fstream>
#include <iterator>

namespace bolus::detail {
namespace {

constexpr std::string_view magic = "bolus stage 1\n";

// Masks and probabilities are mostly zeros: the quickest level already takes them away.
std::string packed(const std::string& bytes) {
  auto size = compressBound(static_cast<uLong>(bytes.size()));
  std::string result(size, '\0');
  const auto code = compress2(reinterpret_cast<Bytef*>(result.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()),
                              static_cast<uLong>(bytes.size()), 1);
  require<IoError>(code == Z_OK, "no memory to compress a result for the cache");
  result.resize(size);
  return result;
}

bool unpack(std::string_view bytes, std::string& result) {
  auto size = static_cast<uLongf>(result.size());
  return uncompress(reinterpret_cast<Bytef*>(result.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()),
                    static_cast<uLong>(bytes.size())) == Z_OK &&
         size == result.size();
}

}  // namespace

StageCache::StageCache(std::filesystem::path folder) : folder_(std::move(folder)) {
  if (!is_open()) return;
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  require<IoError>(!error && std::filesystem::is_directory(folder_, error), "cannot make the folder of the cache, ",
                   folder_.string(), ": ", error ? error.message() : "something else has that name");
  const auto trial = folder_ / ".writable";
  write_atomically(trial, Overwrite::yes, std::string());  // now, not after minutes of work
  std::filesystem::remove(trial, error);
}

std::optional<StageRecord> StageCache::find(const std::string& key) const {
  if (!is_open()) return std::nullopt;
  std::ifstream stream(path_of(key), std::ios::binary);
  if (!stream.good()) return std::nullopt;
  const std::string content{std::istreambuf_iterator<char>(stream), {}};
  // magic, hash of the rest, rest: one line of JSON, then the compressed blobs.
  const std::size_t head = magic.size() + 65;
  if (content.size() < head || !content.starts_with(magic)) return std::nullopt;
  const std::string_view rest = std::string_view(content).substr(head);
  if (content_hash(rest.data(), rest.size()) != content.substr(magic.size(), 64)) return std::nullopt;
  const auto end = rest.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const auto json = nlohmann::json::parse(rest.substr(0, end), nullptr, false);
  if (!json.is_object()) return std::nullopt;
  StageRecord record{json.at("values"), {}};
  std::size_t place = end + 1;
  for (const auto& blob : json.at("blobs")) {
    const auto size = blob.at(0).get<std::size_t>(), stored = blob.at(1).get<std::size_t>();
    record.blobs.emplace_back(size, '\0');
    if (!unpack(rest.substr(place, stored), record.blobs.back())) return std::nullopt;
    place += stored;
  }
  return record;
}

void StageCache::keep(const std::string& key, const StageRecord& record) const {
  if (!is_open()) return;
  nlohmann::json json{{"values", record.values}, {"blobs", nlohmann::json::array()}};
  std::string blobs;
  for (const auto& blob : record.blobs) {
    const auto bytes = packed(blob);
    json["blobs"].push_back({blob.size(), bytes.size()});
    blobs += bytes;
  }
  const auto rest = json.dump() + "\n" + blobs;
  write_atomically(path_of(key), Overwrite::yes, std::string(magic) + content_hash(rest.data(), rest.size()) + "\n" + rest);
}

}  // namespace bolus::detail

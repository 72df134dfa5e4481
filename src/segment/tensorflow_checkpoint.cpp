#include <array>
#include <bit>
#include <bolus/segment/tensorflow_checkpoint.hpp>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "../weights/read_bytes.hpp"

namespace bolus {
namespace {

using detail::require;

static_assert(std::endian::native == std::endian::little, "checkpoints are little-endian; this machine is not");

constexpr std::uint64_t table_magic = 0xDB4775248B80FB57;
constexpr std::size_t footer_size = 48, trailer_size = 5;  // bytes; a block is followed by its compression and its CRC
constexpr std::uint64_t float32 = 1, largest_shards = 100000;
constexpr std::size_t most_dimensions = 8;

/// CRC-32C (Castagnoli), as LevelDB stores it: rotated, plus a constant.
std::uint32_t masked_crc(std::string_view bytes) {
  static const auto table = [] {
    std::array<std::uint32_t, 256> entries{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t value = i;
      for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ (value & 1 ? 0x82F63B78U : 0U);
      entries[i] = value;
    }
    return entries;
  }();
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char byte : bytes) crc = table[(crc ^ static_cast<std::uint8_t>(byte)) & 0xFF] ^ (crc >> 8);
  crc = ~crc;
  return ((crc >> 15) | (crc << 17)) + 0xA282EAD8U;
}

std::uint32_t fixed32(std::string_view bytes) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

/// Reads numbers from the front of a piece of the file; messages begin with `where`.
class Cursor {
 public:
  Cursor(std::string_view bytes, const std::string& where) : bytes_(bytes), where_(where) {}

  bool at_end() const { return bytes_.empty(); }

  std::string_view take(std::uint64_t count) {
    require<FormatError>(count <= bytes_.size(), where_, ": asks for ", count, " bytes where ", bytes_.size(),
                         " are left: the file is cut short or damaged");
    const auto piece = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return piece;
  }

  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<std::uint8_t>(take(1)[0]);
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) return value;
    }
    throw FormatError(where_ + ": holds a number longer than 64 bits: the file is damaged");
  }

 private:
  std::string_view bytes_;
  const std::string& where_;
};

/// Calls `number(field, value)` and `text(field, bytes)` for the fields of a protocol buffer.
template <class Number, class Text>
void read_message(std::string_view bytes, const std::string& where, Number&& number, Text&& text) {
  Cursor cursor(bytes, where);
  while (!cursor.at_end()) {
    const auto tag = cursor.varint();
    const auto field = tag >> 3;
    switch (tag & 7) {
      case 0:
        number(field, cursor.varint());
        break;
      case 1:
        cursor.take(8);
        break;
      case 2:
        text(field, cursor.take(cursor.varint()));
        break;
      case 5:
        number(field, fixed32(cursor.take(4)));
        break;
      default:
        throw FormatError(detail::message(where, ": field ", field, " has the unknown wire type ", tag & 7));
    }
  }
}

/// One entry of the index.
struct Entry {
  std::uint64_t type = 0, shard = 0, offset = 0, size = 0;
  std::uint32_t crc = 0;
  std::vector<std::size_t> shape;
};

/// The index file: a table whose last block lists the others.
class Index {
 public:
  Index(const std::string& bytes, const std::string& source) : bytes_(bytes), source_(source) {
    require<FormatError>(bytes.size() >= footer_size, source, ": is cut short: ", bytes.size(),
                         " bytes are no index of a TensorFlow checkpoint");
    const auto footer = std::string_view(bytes).substr(bytes.size() - footer_size);
    std::uint64_t magic = 0;
    std::memcpy(&magic, footer.data() + footer_size - sizeof magic, sizeof magic);
    require<FormatError>(
        magic == table_magic, source,
        ": is no index of a TensorFlow V2 checkpoint, or is cut short: its last eight bytes are not the table's "
        "mark");
    Cursor cursor(footer, source_);
    cursor.varint();  // the place of a block of statistics, which nothing needs
    cursor.varint();
    const auto offset = cursor.varint(), size = cursor.varint();
    for_each_record(block(offset, size), [&](const std::string&, std::string_view place) {
      Cursor numbers(place, source_);
      const auto block_offset = numbers.varint(), block_size = numbers.varint();
      for_each_record(block(block_offset, block_size),
                      [&](const std::string& name, std::string_view value) { add(name, value); });
    });
    require<FormatError>(shards_ > 0, source, ": has no header: the file is damaged or no TensorFlow checkpoint");
  }

  const std::map<std::string, Entry>& entries() const { return entries_; }
  std::uint64_t shards() const { return shards_; }

 private:
  std::string_view block(std::uint64_t offset, std::uint64_t size) const {
    const auto end = bytes_.size() - footer_size;
    require<FormatError>(size <= end && offset <= end - size && trailer_size <= end - size - offset, source_, ": a block of ",
                         size, " bytes at ", offset, " lies outside the file of ", bytes_.size(),
                         " bytes: it is cut short or damaged");
    const auto whole = std::string_view(bytes_).substr(offset, size + trailer_size);
    require<FormatError>(masked_crc(whole.substr(0, size + 1)) == fixed32(whole.substr(size + 1)), source_,
                         ": the block at byte ", offset, " does not fit its CRC-32C: the file is damaged");
    require<FormatError>(whole[size] == 0, source_, ": the block at byte ", offset, " is compressed (type ",
                         static_cast<int>(whole[size]), "), which is not supported; TensorFlow writes indices uncompressed");
    return whole.substr(0, size);
  }

  template <class Visit>
  void for_each_record(std::string_view block, Visit&& visit) const {
    require<FormatError>(block.size() >= 4, source_, ": holds a block without an end: the file is damaged");
    const std::uint64_t restarts = fixed32(block.substr(block.size() - 4));
    require<FormatError>(restarts <= (block.size() - 4) / 4, source_, ": holds a block of ", block.size(),
                         " bytes that claims ", restarts, " restart points: the file is damaged");
    Cursor cursor(block.substr(0, block.size() - 4 - 4 * restarts), source_);
    std::string key;
    while (!cursor.at_end()) {
      const auto shared = cursor.varint(), added = cursor.varint(), length = cursor.varint();
      require<FormatError>(shared <= key.size(), source_, ": a name repeats ", shared, " letters of '", key,
                           "': the file is damaged");
      key.resize(shared);
      key += cursor.take(added);
      visit(key, cursor.take(length));
    }
  }

  void add(const std::string& name, std::string_view value) {
    if (name.empty()) {
      shards_ = 1;  // the default of the field
      const auto number = [&](std::uint64_t field, std::uint64_t content) {
        if (field == 1) shards_ = content;
        require<FormatError>(field != 2 || content == 0, source_, ": was written big-endian, which is not supported");
      };
      read_message(value, source_, number, [](std::uint64_t, std::string_view) {});
      require<FormatError>(shards_ >= 1 && shards_ <= largest_shards, source_, ": claims ", shards_, " data files");
      return;
    }
    const auto where = source_ + ": tensor '" + name + "'";
    Entry entry;
    read_message(
        value, where,
        [&](std::uint64_t field, std::uint64_t content) {
          if (field == 1) entry.type = content;
          if (field == 3) entry.shard = content;
          if (field == 4) entry.offset = content;
          if (field == 5) entry.size = content;
          if (field == 6) entry.crc = static_cast<std::uint32_t>(content);
        },
        [&](std::uint64_t field, std::string_view content) {
          require<FormatError>(field != 7, where, " is stored in slices, which is not supported");
          if (field == 2) entry.shape = shape(content, where);
        });
    entries_[name] = std::move(entry);
  }

  static std::vector<std::size_t> shape(std::string_view bytes, const std::string& where) {
    std::vector<std::size_t> dimensions;
    read_message(
        bytes, where, [](std::uint64_t, std::uint64_t) {},
        [&](std::uint64_t field, std::string_view dimension) {
          if (field != 2) return;
          std::uint64_t size = 0;
          read_message(
              dimension, where,
              [&](std::uint64_t inner, std::uint64_t content) {
                if (inner == 1) size = content;
              },
              [](std::uint64_t, std::string_view) {});
          dimensions.push_back(size);
          require<FormatError>(dimensions.size() <= most_dimensions, where, " has more than ", most_dimensions, " dimensions");
        });
    return dimensions;
  }

  const std::string& bytes_;
  const std::string& source_;
  std::map<std::string, Entry> entries_;
  std::uint64_t shards_ = 0;
};

/// ".data-00001-of-00003"
std::string data_ending(std::uint64_t shard, std::uint64_t shards) {
  const auto five = [](std::uint64_t number) {
    const auto digits = std::to_string(number);
    return std::string(digits.size() < 5 ? 5 - digits.size() : 0, '0') + digits;
  };
  return ".data-" + five(shard) + "-of-" + five(shards);
}

}  // namespace

std::map<std::string, WeightArray> read_tensorflow_checkpoint(const std::filesystem::path& path) {
  auto prefix = path;
  if (prefix.extension() == ".index") prefix.replace_extension();
  const auto index_path = prefix.string() + ".index";
  const auto bytes = detail::read_bytes(index_path);
  const Index index(bytes, index_path);

  std::map<std::uint64_t, std::string> data;
  std::map<std::string, WeightArray> tensors;
  for (const auto& [name, entry] : index.entries()) {
    if (entry.type != float32) continue;
    require<FormatError>(entry.shard < index.shards(), index_path, ": tensor '", name, "' lies in data file ", entry.shard,
                         " of ", index.shards());
    const auto file = prefix.string() + data_ending(entry.shard, index.shards());
    if (!data.contains(entry.shard)) data[entry.shard] = detail::read_bytes(file);
    const std::string_view content = data[entry.shard];
    require<FormatError>(entry.size <= content.size() && entry.offset <= content.size() - entry.size, file, ": tensor '", name,
                         "' of ", entry.size, " bytes at ", entry.offset, " lies outside the file of ", content.size(),
                         " bytes: it is cut short");
    std::size_t count = 1;
    for (const auto dimension : entry.shape) {
      require<FormatError>(dimension == 0 || count <= content.size() / dimension, index_path, ": tensor '", name,
                           "' has a shape larger than the data");
      count *= dimension;
    }
    require<FormatError>(count * sizeof(float) == entry.size, index_path, ": tensor '", name, "' has ", entry.size,
                         " bytes; its shape asks for ", count * sizeof(float));
    const auto raw = content.substr(entry.offset, entry.size);
    require<FormatError>(masked_crc(raw) == entry.crc, file, ": tensor '", name,
                         "' does not fit its CRC-32C: the file is damaged");
    WeightArray array{entry.shape, std::vector<float>(count)};
    if (count > 0) std::memcpy(array.values.data(), raw.data(), raw.size());
    tensors.emplace(name, std::move(array));
  }
  return tensors;
}

}  // namespace bolus

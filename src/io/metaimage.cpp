#include "metaimage.hpp"

#include <itk_zlib.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <charconv>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>
#include <vector>

#include "image_file.hpp"

namespace bolus::io {
namespace {

using detail::message;
using detail::require;

constexpr double largest_deflate_ratio = 1032.0;
constexpr std::size_t longest_header = 1 << 16;

std::string trimmed(std::string text) {
  const auto blank = [](unsigned char c) { return std::isspace(c) != 0; };
  while (!text.empty() && blank(text.back())) text.pop_back();
  text.erase(text.begin(), std::find_if_not(text.begin(), text.end(), blank));
  return text;
}

std::vector<double> numbers_of(const std::string& text, const std::filesystem::path& path, const std::string& key) {
  std::vector<double> numbers;
  std::istringstream stream(text);
  std::string word;
  while (stream >> word) {
    double number = 0.0;
    const auto [end, code] = std::from_chars(word.data(), word.data() + word.size(), number);
    require<FormatError>(code == std::errc() && end == word.data() + word.size() && std::isfinite(number), path.string(), ": ",
                         key, " holds something that is no number");
    numbers.push_back(number);
    require<FormatError>(numbers.size() <= 64, path.string(), ": ", key, " holds too many numbers");
  }
  return numbers;
}

std::size_t bytes_of(const std::string& type) {
  static const std::map<std::string, std::size_t> known{
      {"MET_CHAR", 1}, {"MET_UCHAR", 1}, {"MET_SHORT", 2},  {"MET_USHORT", 2},    {"MET_INT", 4},
      {"MET_UINT", 4}, {"MET_FLOAT", 4}, {"MET_DOUBLE", 8}, {"MET_LONG_LONG", 8}, {"MET_ULONG_LONG", 8}};
  const auto found = known.find(type);
  return found == known.end() ? 0 : found->second;
}

template <class T>
void convert(const std::vector<char>& raw, bool big_endian, std::size_t count, float* target) {
  const bool swap = big_endian != (std::endian::native == std::endian::big);
  for (std::size_t i = 0; i < count; ++i) {
    std::array<char, sizeof(T)> bytes;
    std::memcpy(bytes.data(), raw.data() + i * sizeof(T), sizeof(T));
    if (swap) std::reverse(bytes.begin(), bytes.end());
    target[i] = static_cast<float>(std::bit_cast<T>(bytes));
  }
}

void convert(const std::vector<char>& raw, const MetaHeader& header, std::size_t count, float* target) {
  const auto as = [&]<class T>(T) { convert<T>(raw, header.big_endian, count, target); };
  if (header.type == "MET_CHAR") return as(std::int8_t{});
  if (header.type == "MET_UCHAR") return as(std::uint8_t{});
  if (header.type == "MET_SHORT") return as(std::int16_t{});
  if (header.type == "MET_USHORT") return as(std::uint16_t{});
  if (header.type == "MET_INT") return as(std::int32_t{});
  if (header.type == "MET_UINT") return as(std::uint32_t{});
  if (header.type == "MET_FLOAT") return as(float{});
  if (header.type == "MET_DOUBLE") return as(double{});
  if (header.type == "MET_LONG_LONG") return as(std::int64_t{});
  as(std::uint64_t{});
}

void inflate_into(std::ifstream& stream, const MetaHeader& header, std::vector<char>& voxels) {
  z_stream state{};
  require<IoError>(inflateInit2(&state, 47) == Z_OK, "no memory to decompress ", header.data.string());  // 47: zlib or gzip
  struct Ender {
    z_stream& state;
    ~Ender() { inflateEnd(&state); }
  } const ender{state};
  std::vector<char> buffer(1 << 16);
  std::size_t done = 0;
  int code = Z_OK;
  char beyond = 0;
  while (code != Z_STREAM_END) {
    if (state.avail_in == 0) {
      stream.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
      state.avail_in = static_cast<unsigned>(stream.gcount());
      state.next_in = reinterpret_cast<Bytef*>(buffer.data());
      require<FormatError>(state.avail_in > 0, header.data.string(),
                           " ends early: its compressed voxels were cut off; copy it again");
    }
    const bool full = done == voxels.size();
    const auto room = full ? 1U : static_cast<unsigned>(std::min<std::size_t>(voxels.size() - done, 1 << 26));
    state.avail_out = room;
    state.next_out = reinterpret_cast<Bytef*>(full ? &beyond : voxels.data() + done);
    code = inflate(&state, Z_NO_FLUSH);
    require<FormatError>(code == Z_OK || code == Z_STREAM_END, header.data.string(),
                         " is damaged: its voxels cannot be decompressed; copy it again");
    const auto got = room - state.avail_out;
    require<FormatError>(!full || got == 0, header.data.string(),
                         " holds more voxels than its header says: it is damaged; copy it again");
    if (!full) done += got;
  }
  require<FormatError>(done == voxels.size(), header.data.string(), " holds ", done,
                       " bytes of voxels where its header claims ", voxels.size());
}

}  // namespace

MetaHeader read_meta_header(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  require<IoError>(stream.good(), "cannot read ", path.string());
  std::string start(longest_header, '\0');
  stream.read(start.data(), static_cast<std::streamsize>(start.size()));
  start.resize(static_cast<std::size_t>(stream.gcount()));

  std::map<std::string, std::string> fields;
  std::size_t at = 0;
  bool complete = false;
  while (!complete && at < start.size()) {
    const auto end = start.find('\n', at);
    const auto line = start.substr(at, end == std::string::npos ? end : end - at);
    const auto equals = line.find('=');
    require<FormatError>(equals != std::string::npos && equals < 64 && std::isalpha(static_cast<unsigned char>(line[0])),
                         path.string(), " is not a MetaImage file, or its header is damaged");
    const auto key = trimmed(line.substr(0, equals));
    fields[key] = trimmed(line.substr(equals + 1));
    at = end == std::string::npos ? start.size() : end + 1;
    complete = key == "ElementDataFile";
  }
  require<FormatError>(complete, path.string(),
                       " is not a MetaImage file, or its header was cut off: it does not say where its voxels are");
  const auto text = [&](const char* key) {
    const auto found = fields.find(key);
    return found == fields.end() ? std::string() : found->second;
  };
  const auto flag = [&](const char* key) {
    const auto value = text(key);
    return !value.empty() && (value[0] == 'T' || value[0] == 't' || value[0] == '1');
  };
  const auto list = [&](std::initializer_list<const char*> keys) {
    for (const auto* key : keys) {
      if (fields.contains(key)) return numbers_of(fields[key], path, key);
    }
    return std::vector<double>();
  };
  require<FormatError>(text("ObjectType").empty() || text("ObjectType") == "Image", path.string(), " holds no image");
  const auto sizes = list({"DimSize"});
  const auto claimed = list({"NDims"});
  require<FormatError>(
      claimed.size() == 1 && claimed[0] >= 1 && claimed[0] <= 10 && sizes.size() == static_cast<std::size_t>(claimed[0]),
      path.string(), ": NDims and DimSize are missing or do not fit each other");
  const auto channels = list({"ElementNumberOfChannels"});
  MetaHeader header;
  header.type = text("ElementType");
  header.bytes = bytes_of(header.type);
  require<FormatError>(header.bytes > 0, path.string(),
                       " holds voxels of a type that is not read (expected MET_UCHAR to MET_DOUBLE)");
  double needed = static_cast<double>(header.bytes);
  std::string shape;
  std::size_t dimensions = 0;
  for (std::size_t axis = 0; axis < sizes.size(); ++axis) {
    require<FormatError>(sizes[axis] >= 1 && sizes[axis] < 4e9 && sizes[axis] == std::floor(sizes[axis]), path.string(),
                         ": the size along axis ", axis, " is ", sizes[axis]);
    needed *= sizes[axis];
    shape += message(axis ? " x " : "", sizes[axis]);
    if (sizes[axis] > 1 || axis < 3) dimensions = axis + 1;
  }
  require<ShapeError>(dimensions == 3 && (channels.empty() || channels[0] == 1), path.string(), " has the shape ", shape,
                      " with ", channels.empty() ? 1.0 : channels[0], " value(s) per voxel; expected a 3-D image with one");
  header.compressed = flag("CompressedData");
  header.big_endian = flag("BinaryDataByteOrderMSB") || flag("ElementByteOrderMSB");
  require<FormatError>(text("BinaryData").empty() || flag("BinaryData"), path.string(),
                       " holds its voxels as text, which is not read; save it as binary");

  const auto where = text("ElementDataFile");
  if (where == "LOCAL" || where == "Local" || where == "local") {
    header.data = path;
    header.offset = at;
  } else {
    const std::filesystem::path beside(where);
    require<FormatError>(!where.empty() && where != "LIST" && where.find('%') == std::string::npos, path.string(),
                         " spreads its voxels over several files, which is not read; join them first");
    require<FormatError>(beside == beside.filename(), path.string(),
                         " has its voxels in another folder; expected a file beside it");
    header.data = path.parent_path() / beside;
    std::error_code ignored;
    require<IoError>(std::filesystem::is_regular_file(header.data, ignored), path.string(),
                     " has its voxels in a file beside it, and there is no such file; copy both");
    const auto skip = list({"HeaderSize"});
    require<FormatError>(skip.empty() || skip[0] >= -1, path.string(), ": HeaderSize is ", skip.empty() ? 0.0 : skip[0]);
    if (!skip.empty() && skip[0] > 0) header.offset = static_cast<std::uint64_t>(std::min(skip[0], 1e15));
  }
  std::error_code error;
  const auto size = std::filesystem::file_size(header.data, error);
  require<IoError>(!error, "cannot read ", header.data.string(), ": ", error.message());
  const double there = static_cast<double>(size) - static_cast<double>(header.offset);
  require<FormatError>(needed <= (header.compressed ? there * largest_deflate_ratio : there), path.string(), " claims ", needed,
                       " bytes of voxels but has only ", std::max(0.0, there), header.compressed ? " compressed" : "",
                       " ones: it was cut off or its header is damaged; copy it again");

  auto& geometry = header.geometry;
  const auto n = sizes.size();
  auto spacing = list({"ElementSpacing", "ElementSize"});
  auto origin = list({"Offset", "Origin", "Position"});
  const auto matrix = list({"TransformMatrix", "Rotation", "Orientation"});
  require<FormatError>((spacing.empty() || spacing.size() == n) && (origin.empty() || origin.size() == n) &&
                           (matrix.empty() || matrix.size() == n * n),
                       path.string(), ": spacing, offset or matrix do not have ", n, " dimensions");
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const auto i = static_cast<Eigen::Index>(axis);
    geometry.size[axis] = static_cast<std::int64_t>(sizes[axis]);
    if (!spacing.empty()) geometry.spacing[i] = spacing[axis];
    if (!origin.empty()) geometry.origin[i] = origin[axis];
    for (std::size_t row = 0; row < 3 && !matrix.empty(); ++row) {
      geometry.direction(static_cast<Eigen::Index>(row), i) = matrix[axis * n + row];  // one axis after another
    }
  }
  try {
    geometry.validate();
  } catch (const GeometryError& failure) {
    throw GeometryError(message(path.string(), ": ", failure.what()));
  }
  return header;
}

Image<float> read_meta_image(const std::filesystem::path& path) {
  const auto header = read_meta_header(path);
  Image<float> image(header.geometry);
  std::ifstream stream(header.data, std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(header.offset));
  std::vector<char> voxels(image.size() * header.bytes);
  if (header.compressed) {
    inflate_into(stream, header, voxels);
  } else {
    stream.read(voxels.data(), static_cast<std::streamsize>(voxels.size()));
    require<FormatError>(stream.gcount() == static_cast<std::streamsize>(voxels.size()), header.data.string(),
                         " ends early: it was cut off, copy it again");
  }
  convert(voxels, header, image.size(), image.data());
  return image;
}

}  // namespace bolus::io

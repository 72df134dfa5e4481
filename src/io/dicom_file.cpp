#include "dicom_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <map>

#include <bolus/core/error.hpp>

#include "image_file.hpp"

namespace bolus::io {
namespace {

using detail::message;
using detail::require;

constexpr int deepest = 12;  // of nested sequences; real files have 5
constexpr DicomTag item_tag = 0xFFFEE000, item_end = 0xFFFEE00D, sequence_end = 0xFFFEE0DD, pixel_data = 0x7FE00010;

struct Descriptor {
  int file = -1;
  explicit Descriptor(const std::filesystem::path& path) : file(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    require<IoError>(file >= 0, "cannot read ", path.string(), ": ", std::strerror(errno));
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { ::close(file); }
};

bool is_one_of(std::array<char, 2> vr, std::string_view names) {
  for (std::size_t i = 0; i + 1 < names.size(); i += 3) {
    if (vr[0] == names[i] && vr[1] == names[i + 1]) return true;
  }
  return false;
}

/// Those whose length takes four bytes behind two that are reserved.
bool has_long_length(std::array<char, 2> vr) { return is_one_of(vr, "OB OD OF OL OV OW SQ SV UC UN UR UT UV "); }

bool is_vr(std::array<char, 2> vr) {
  return has_long_length(vr) || is_one_of(vr, "AE AS AT CS DA DS DT FL FD IS LO LT PN SH SL SS ST TM UI UL US ");
}

/// Binary numbers among the elements used here, for files that do not say what an element is.
std::string_view standard_vr(DicomTag tag) {
  switch (tag) {
    case 0x00280002:
    case 0x00280006:
    case 0x00280010:
    case 0x00280011:
    case 0x00280100:
    case 0x00280101:
    case 0x00280102:
    case 0x00280103:
      return "US";
    case 0x00209057:
    case 0x00209128:
    case 0x00209157:
      return "UL";
    case 0x00189073:
    case 0x00189074:
    case 0x00189082:
    case 0x00189087:
    case 0x00189220:
      return "FD";
    case 0x00209153:
    case 0x00209165:
      return tag == 0x00209165 ? "AT" : "FD";
    default:
      break;
  }
  // Private ones; the block may be another than the first, its lower byte stays.
  const auto group = tag >> 16, low = tag & 0xFF;
  if (group == 0x0019 && low == 0x0A) return "US";                   // Siemens: images in the mosaic
  if (group == 0x0019 && low == 0x5A) return "FL";                   // GE: duration of the acquisition
  if (group == 0x2005 && (low == 0x0E || low == 0xA0)) return "FL";  // Philips: scale slope, begin of the dynamic scan
  return "";
}

/// Reads on as the parser asks; never more than the file has.
class Parser {
 public:
  explicit Parser(DicomFile& file, const Descriptor& descriptor) : file_(file), descriptor_(descriptor.file) {}

  void load(std::uint64_t end) {
    require<FormatError>(end <= file_.size, file_.path.string(), " ends early: an element reaches to byte ", end,
                         " and the file has only ", file_.size, "; it was cut off or is damaged; copy it again");
    if (end <= file_.bytes.size()) return;
    const auto old = file_.bytes.size();
    const auto wanted = std::min<std::uint64_t>(file_.size, std::max<std::uint64_t>(end, old + (1 << 15)));
    file_.bytes.resize(wanted);
    for (std::uint64_t done = old; done < wanted;) {
      const auto count = ::pread(descriptor_, file_.bytes.data() + done, wanted - done, static_cast<off_t>(done));
      require<IoError>(count > 0, "cannot read ", file_.path.string(), ": ",
                       count < 0 ? std::strerror(errno) : "it has shrunk");
      done += static_cast<std::uint64_t>(count);
    }
  }

  template <class T>
  T get(std::uint64_t offset, bool big) {
    load(offset + sizeof(T));
    std::array<char, sizeof(T)> raw;
    std::memcpy(raw.data(), file_.bytes.data() + offset, sizeof(T));
    if (big != (std::endian::native == std::endian::big)) std::reverse(raw.begin(), raw.end());
    return std::bit_cast<T>(raw);
  }

  DicomTag tag(std::uint64_t offset) {
    return (static_cast<DicomTag>(get<std::uint16_t>(offset, big_endian)) << 16) | get<std::uint16_t>(offset + 2, big_endian);
  }

  /// Elements from `at` to `end` (or to a delimiter where `delimited`); returns where it stopped. At the top, the pixel data
  /// end it.
  std::uint64_t elements(DicomDataset& into, std::uint64_t at, std::uint64_t end, bool delimited, int depth) {
    require<FormatError>(depth <= deepest, file_.path.string(), " nests sequences more than ", deepest,
                         " deep: it is damaged; copy it again");
    while (at < end) {
      // Zeros or a few bytes behind the last element: some writers pad.
      if (depth == 0 && end - at < 8) return end;
      DicomElement element;
      element.tag = tag(at);
      if (delimited && element.tag == item_end) return at + 8;
      at = head(element, at);
      if (depth == 0 && (element.tag == pixel_data || element.tag == 0x7FE00008 || element.tag == 0x7FE00009)) {
        file_.pixels = element;
        return at;
      }
      const bool undefined = element.length == undefined_length;
      if (!undefined) {
        require<FormatError>(element.length <= end - at, file_.path.string(), ": element ", name(element.tag), " claims ",
                             element.length, " bytes where only ", end - at,
                             " are left: the file was cut off or is damaged; copy it again");
      }
      // A sequence of unknown representation shows itself by its first item.
      const bool unknown = element.vr[0] == 0 || element.is("UN");
      element.sequence = element.is("SQ") || (unknown && undefined) ||
                         (unknown && element.length >= 8 && starts_with_item(at, element.length));
      if (element.sequence) {
        const bool was_explicit = explicit_vr;
        if (element.is("UN")) explicit_vr = false;  // PS3.5 6.2.2: implicit inside
        at = items(element, at, undefined ? end : at + element.length, undefined, depth + 1);
        explicit_vr = was_explicit;
      } else {
        require<FormatError>(!undefined, file_.path.string(), ": element ", name(element.tag),
                             " has no length and is no sequence: the file is damaged; copy it again");
        at += element.length;
      }
      into.elements.push_back(std::move(element));
    }
    require<FormatError>(!delimited, file_.path.string(),
                         " ends within a sequence: it was cut off or is damaged; copy it again");
    return at;
  }

  bool big_endian = false, explicit_vr = true;

 private:
  static std::string name(DicomTag tag) {
    char text[16];
    std::snprintf(text, sizeof text, "(%04x,%04x)", tag >> 16, tag & 0xFFFF);
    return text;
  }

  /// Representation and length; returns where the value starts.
  std::uint64_t head(DicomElement& element, std::uint64_t at) {
    const bool delimiter = (element.tag >> 16) == 0xFFFE;
    if (explicit_vr && !delimiter) {
      load(at + 8);
      element.vr = {file_.bytes[at + 4], file_.bytes[at + 5]};
      require<FormatError>(is_vr(element.vr), file_.path.string(), ": element ", name(element.tag),
                           " has an unknown value representation: the file is damaged; copy it again");
      if (has_long_length(element.vr)) {
        element.length = get<std::uint32_t>(at + 8, big_endian);
        element.offset = at + 12;
      } else {
        element.length = get<std::uint16_t>(at + 6, big_endian);
        element.offset = at + 8;
      }
    } else {
      element.length = get<std::uint32_t>(at + 4, big_endian);
      element.offset = at + 8;
    }
    return element.offset;
  }

  bool starts_with_item(std::uint64_t at, std::uint32_t length) {
    if (tag(at) != item_tag) return false;
    const auto inner = get<std::uint32_t>(at + 4, big_endian);
    return inner == undefined_length || inner <= length - 8;
  }

  std::uint64_t items(DicomElement& element, std::uint64_t at, std::uint64_t end, bool delimited, int depth) {
    while (at < end) {
      const auto found = tag(at);
      const auto length = get<std::uint32_t>(at + 4, big_endian);
      at += 8;
      if (delimited && found == sequence_end) return at;
      require<FormatError>(found == item_tag, file_.path.string(), ": sequence ", name(element.tag), " holds ", name(found),
                           " where an item was expected: the file is damaged; copy it again");
      const bool undefined = length == undefined_length;
      require<FormatError>(undefined || length <= end - at, file_.path.string(), ": an item of sequence ", name(element.tag),
                           " claims ", length, " bytes where only ", end - at,
                           " are left: the file was cut off or is damaged; copy it again");
      element.items.emplace_back();
      at = elements(element.items.back(), at, undefined ? end : at + length, undefined, depth);
    }
    require<FormatError>(!delimited, file_.path.string(), " ends within sequence ", name(element.tag),
                         ": it was cut off or is damaged; copy it again");
    return at;
  }

  DicomFile& file_;
  int descriptor_;
};

}  // namespace

const DicomElement* DicomDataset::find(DicomTag tag) const {
  for (const auto& element : elements) {
    if (element.tag == tag) return &element;
  }
  return nullptr;
}

const DicomDataset* DicomDataset::item(DicomTag tag) const {
  const auto* element = find(tag);
  return element && !element->items.empty() ? &element->items.front() : nullptr;
}

std::string_view DicomFile::value(const DicomElement& element) const {
  if (element.sequence || element.length == undefined_length || element.offset + element.length > bytes.size()) return {};
  return std::string_view(bytes).substr(element.offset, element.length);
}

std::string DicomFile::text(const DicomDataset& dataset, DicomTag tag) const {
  const auto* element = dataset.find(tag);
  if (!element) return {};
  auto raw = value(*element);
  const auto padding = [](char c) { return c == ' ' || c == '\0' || c == '\n' || c == '\r' || c == '\t'; };
  while (!raw.empty() && padding(raw.back())) raw.remove_suffix(1);
  while (!raw.empty() && padding(raw.front())) raw.remove_prefix(1);
  return std::string(raw);
}

std::vector<std::string> DicomFile::texts(const DicomDataset& dataset, DicomTag tag) const {
  std::vector<std::string> parts;
  const auto whole = text(dataset, tag);
  if (whole.empty()) return parts;
  for (std::size_t begin = 0;;) {
    const auto end = whole.find('\\', begin);
    auto part = whole.substr(begin, end == std::string::npos ? end : end - begin);
    while (!part.empty() && part.back() == ' ') part.pop_back();
    while (!part.empty() && part.front() == ' ') part.erase(0, 1);
    parts.push_back(std::move(part));
    if (end == std::string::npos) return parts;
    begin = end + 1;
  }
}

std::vector<double> DicomFile::numbers(const DicomElement& element) const {
  std::array<char, 2> vr = element.vr;
  if (vr[0] == 0 || element.is("UN")) {
    const auto known = standard_vr(element.tag);
    vr = known.empty() ? std::array<char, 2>{} : std::array<char, 2>{known[0], known[1]};
  }
  const auto raw = value(element);
  std::vector<double> result;
  const auto binary = [&]<class T>(T) {
    for (std::size_t at = 0; at + sizeof(T) <= raw.size(); at += sizeof(T)) {
      std::array<char, sizeof(T)> bytes_of_value;
      std::memcpy(bytes_of_value.data(), raw.data() + at, sizeof(T));
      if (big_endian != (std::endian::native == std::endian::big)) std::reverse(bytes_of_value.begin(), bytes_of_value.end());
      result.push_back(static_cast<double>(std::bit_cast<T>(bytes_of_value)));
    }
  };
  const auto is = [&](const char* name) { return vr[0] == name[0] && vr[1] == name[1]; };
  if (is("US") || is("AT") || is("OW")) {
    binary(std::uint16_t{});
  } else if (is("SS")) {
    binary(std::int16_t{});
  } else if (is("UL")) {
    binary(std::uint32_t{});
  } else if (is("SL")) {
    binary(std::int32_t{});
  } else if (is("FL") || is("OF")) {
    binary(float{});
  } else if (is("FD") || is("OD")) {
    binary(double{});
  } else if (raw.size() <= 4096) {  // text: decimal or integer strings
    std::size_t begin = 0;
    while (begin < raw.size()) {
      auto end = raw.find('\\', begin);
      if (end == std::string_view::npos) end = raw.size();
      auto part = raw.substr(begin, end - begin);
      while (!part.empty() && (part.front() == ' ' || part.front() == '+')) part.remove_prefix(1);
      while (!part.empty() && (part.back() == ' ' || part.back() == '\0')) part.remove_suffix(1);
      double number = 0.0;
      const auto [stop, code] = std::from_chars(part.data(), part.data() + part.size(), number);
      if (code != std::errc() || stop != part.data() + part.size() || !std::isfinite(number)) return {};
      result.push_back(number);
      begin = end + 1;
    }
  }
  return result;
}

std::vector<double> DicomFile::numbers(const DicomDataset& dataset, DicomTag tag) const {
  const auto* element = dataset.find(tag);
  return element ? numbers(*element) : std::vector<double>();
}

std::optional<double> DicomFile::number(const DicomDataset& dataset, DicomTag tag) const {
  const auto found = numbers(dataset, tag);
  if (found.empty() || !std::isfinite(found.front())) return std::nullopt;
  return found.front();
}

const DicomElement* DicomFile::find_private(const DicomDataset& dataset, std::uint16_t group, std::string_view creator,
                                            std::uint8_t element) const {
  const DicomTag base = static_cast<DicomTag>(group) << 16;
  for (const auto& candidate : dataset.elements) {
    if ((candidate.tag >> 16) != group) continue;
    const auto block = candidate.tag & 0xFFFF;
    if (block < 0x10 || block > 0xFF || !text(dataset, candidate.tag).starts_with(creator)) continue;
    if (const auto* found = dataset.find(base | (block << 8) | element)) return found;
  }
  return nullptr;
}

bool looks_like_dicom(const std::filesystem::path& path) {
  std::array<char, 132> start{};
  const Descriptor descriptor(path);
  const auto count = ::pread(descriptor.file, start.data(), start.size(), 0);
  if (count == 132 && std::memcmp(start.data() + 128, "DICM", 4) == 0) return true;
  // Without preamble: group 0002 or 0008 first, low elements.
  return count >= 16 && (start[0] == 8 || start[0] == 2) && start[1] == 0 && start[3] == 0 &&
         static_cast<unsigned char>(start[2]) <= 0x18;
}

DicomFile read_dicom_file(const std::filesystem::path& path) {
  require_file(path);
  DicomFile file;
  file.path = path;
  std::error_code error;
  file.size = std::filesystem::file_size(path, error);
  require<IoError>(!error, "cannot read ", path.string(), ": ", error.message());
  require<FormatError>(looks_like_dicom(path), path.string(), " is not a DICOM file");
  const Descriptor descriptor(path);
  Parser parser(file, descriptor);
  std::uint64_t at = 0;
  if (file.size >= 132) {
    parser.load(132);
    if (file.bytes.compare(128, 4, "DICM") == 0) at = 132;
  }
  // The meta group is explicit little endian whatever follows.
  file.transfer_syntax = "1.2.840.10008.1.2";
  if (file.size >= at + 8 && parser.tag(at) >> 16 == 0x0002) {
    std::uint64_t end = file.size;
    while (at + 8 <= end && parser.tag(at) >> 16 == 0x0002) {
      DicomDataset one;
      const std::uint64_t before = at;
      // One element at a time: the group's own length is often wrong.
      std::uint64_t length = parser.get<std::uint16_t>(at + 6, false), header = 8;
      parser.load(at + 8);
      if (has_long_length({file.bytes[at + 4], file.bytes[at + 5]})) {
        length = parser.get<std::uint32_t>(at + 8, false);
        header = 12;
      }
      require<FormatError>(length <= file.size - std::min(file.size, at + header), path.string(),
                           " ends within its meta header: it was cut off or is damaged; copy it again");
      at = parser.elements(one, before, before + header + length, false, 1);
      parser.load(at);
      for (auto& element : one.elements) file.meta.elements.push_back(std::move(element));
    }
    const auto syntax = file.text(file.meta, 0x00020010);
    require<FormatError>(!syntax.empty(), path.string(), " does not name its transfer syntax: it is damaged; copy it again");
    file.transfer_syntax = syntax;
  } else if (file.size >= at + 8) {
    parser.load(at + 8);
    if (is_vr({file.bytes[at + 4], file.bytes[at + 5]})) file.transfer_syntax = "1.2.840.10008.1.2.1";
  }
  require<FormatError>(file.transfer_syntax != "1.2.840.10008.1.2.1.99", path.string(),
                       " is deflated as a whole, which is not read; convert it, e.g. with dcmconv +te");
  parser.explicit_vr = file.explicit_vr = file.transfer_syntax != "1.2.840.10008.1.2";
  parser.big_endian = file.big_endian = file.transfer_syntax == "1.2.840.10008.1.2.2";
  parser.elements(file.data, at, file.size, false, 0);
  require<FormatError>(!file.data.elements.empty(), path.string(),
                       " holds no elements: it was cut off or is damaged; copy it again");
  return file;
}

}  // namespace bolus::io

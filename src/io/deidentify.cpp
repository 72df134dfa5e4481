#include <bolus/io/deidentify.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <map>
#include <random>

#include <bolus/core/atomic_file.hpp>
#include <bolus/core/provenance.hpp>

#include "dicom_file.hpp"
#include "dicom_frames.hpp"
#include "dicom_pixels.hpp"

namespace bolus {
namespace {

using detail::message;
using detail::require;
using io::DicomDataset;
using io::DicomElement;
using io::DicomFile;
using io::DicomTag;

constexpr double new_beginning = 10957.0 * 86400.0;  // 1 January 2000

enum class Action { drop, keep, uid, date, time, date_time };

bool has_vr(const DicomElement& element, std::string_view names) {
  if (element.vr[0] == 0) return true;  // not said: the list of tags decides alone
  for (std::size_t i = 0; i + 1 < names.size(); i += 3) {
    if (element.vr[0] == names[i] && element.vr[1] == names[i + 1]) return true;
  }
  return false;
}

/// What stays, of PS3.15 table E.1-1's point of view: nothing in here names a person, place or day.
Action action_of(const DicomElement& element) {
  const auto tag = element.tag;
  const auto group = tag >> 16;
  const bool coded = element.vr[0] != 0 && has_vr(element, "CS DS IS US SS UL SL FL FD AT ");
  switch (tag) {
    case 0x00080005:  // character set
    case 0x00080008:  // image type
    case 0x00080016:  // SOP class
    case 0x00080060:  // modality
    case 0x00080070:  // manufacturer
    case 0x00081090:  // its model
    case 0x00089007:
    case 0x00089205:
    case 0x00089206:
    case 0x00089207:
    case 0x00089208:
    case 0x00089209:
    case 0x00180015:  // body part
    case 0x00180020:
    case 0x00180021:
    case 0x00180022:
    case 0x00180023:
    case 0x00180024:  // sequence name
    case 0x00180050:
    case 0x00180080:
    case 0x00180081:
    case 0x00180082:
    case 0x00180083:
    case 0x00180084:
    case 0x00180085:
    case 0x00180086:
    case 0x00180087:
    case 0x00180088:
    case 0x00180089:
    case 0x00180091:
    case 0x00180093:
    case 0x00180094:
    case 0x00180095:
    case 0x00181060:
    case 0x00181100:
    case 0x00181310:
    case 0x00181312:
    case 0x00181314:
    case 0x00181315:
    case 0x00185100:
    case 0x00200011:
    case 0x00200012:
    case 0x00200013:
    case 0x00200032:
    case 0x00200037:
    case 0x00200100:
    case 0x00200105:
    case 0x00200110:
    case 0x00201002:
    case 0x00201041:
    case 0x00209057:
    case 0x00209111:
    case 0x00209113:
    case 0x00209116:
    case 0x00209128:
    case 0x00209153:
    case 0x00209156:
    case 0x00209157:
    case 0x00209165:
    case 0x00209167:
    case 0x00209221:
    case 0x00209222:
    case 0x00280002:
    case 0x00280004:
    case 0x00280006:
    case 0x00280008:
    case 0x00280010:
    case 0x00280011:
    case 0x00280030:
    case 0x00280100:
    case 0x00280101:
    case 0x00280102:
    case 0x00280103:
    case 0x00281050:
    case 0x00281051:
    case 0x00281052:
    case 0x00281053:
    case 0x00282110:
    case 0x00289110:
    case 0x00289132:
    case 0x00289145:
    case 0x20500020:
    case 0x52009229:
    case 0x52009230:
      return Action::keep;
    case 0x00080018:
    case 0x0020000D:
    case 0x0020000E:
    case 0x00200052:
    case 0x00209164:
      return Action::uid;
    case 0x00080020:
    case 0x00080021:
    case 0x00080022:
    case 0x00080023:
      return Action::date;
    case 0x00080030:
    case 0x00080031:
    case 0x00080032:
    case 0x00080033:
      return Action::time;
    case 0x0008002A:
    case 0x00189074:
    case 0x00189151:
      return Action::date_time;
    default:
      // The sequence parameters of enhanced objects: numbers and coded words, and the sequences that hold them.
      if (group == 0x0018 && (tag & 0xFFFF) >= 0x9004) return coded || element.sequence ? Action::keep : Action::drop;
      return Action::drop;
  }
}

/// Private elements that 4-D series cannot be read without: numbers (PS3.15 E.3.10).
struct SafePrivate {
  std::uint16_t group;
  const char* creator;
  std::uint8_t element;
};
constexpr std::array<SafePrivate, 7> safe_private{{{0x0019, "GEMS_ACQU_01", 0x5A},
                                                   {0x0019, "SIEMENS MR HEADER", 0x0A},
                                                   {0x2005, "Philips MR Imaging DD 001", 0x0E},
                                                   {0x2005, "Philips MR Imaging DD 001", 0xA0},
                                                   {0x2005, "Philips MR Imaging DD 005", 0x09},
                                                   {0x2005, "Philips MR Imaging DD 005", 0x0A},
                                                   {0x2005, "Philips MR Imaging DD 005", 0x0F}}};

std::string new_uid(const std::string& salt, const std::string& uid) {
  if (uid.empty()) return {};
  const auto text = salt + '\0' + uid;
  const auto hash = content_hash(text.data(), text.size());
  std::array<std::uint32_t, 4> words{};
  for (std::size_t i = 0; i < 4; ++i) words[i] = static_cast<std::uint32_t>(std::stoul(hash.substr(8 * i, 8), nullptr, 16));
  words[1] = (words[1] & 0xFFFF0FFFU) | 0x00008000U;  // a UUID of version 8 and variant 1, as PS3.5 B.2 wants below 2.25
  words[2] = (words[2] & 0x3FFFFFFFU) | 0x80000000U;
  std::string digits;
  while (words[0] | words[1] | words[2] | words[3]) {
    std::uint64_t rest = 0;
    for (auto& word : words) {
      const auto value = rest << 32 | word;
      word = static_cast<std::uint32_t>(value / 10);
      rest = value % 10;
    }
    digits += static_cast<char>('0' + rest);
  }
  std::reverse(digits.begin(), digits.end());
  return "2.25." + digits;
}

struct Calendar {
  int year = 0, month = 0, day = 0;
};

Calendar calendar_of(double days) {
  // Civil from days, after H. Hinnant's "chrono-compatible low-level date algorithms".
  const auto z = static_cast<std::int64_t>(days) + 719468;
  const auto era = (z >= 0 ? z : z - 146096) / 146097;
  const auto doe = z - era * 146097;
  const auto yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  const auto doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const auto mp = (5 * doy + 2) / 153;
  Calendar result;
  result.day = static_cast<int>(doy - (153 * mp + 2) / 5 + 1);
  result.month = static_cast<int>(mp < 10 ? mp + 3 : mp - 9);
  result.year = static_cast<int>(yoe + era * 400 + (result.month <= 2 ? 1 : 0));
  return result;
}

std::string date_text(double seconds) {
  const auto c = calendar_of(std::floor(seconds / 86400.0));
  char text[40];
  std::snprintf(text, sizeof text, "%04d%02d%02d", std::clamp(c.year, 0, 9999), c.month, c.day);
  return text;
}

std::string time_text(double seconds) {
  auto microseconds = std::llround((seconds - 86400.0 * std::floor(seconds / 86400.0)) * 1e6);
  microseconds = std::min<long long>(microseconds, 86399999999LL);
  const auto whole = microseconds / 1000000, part = microseconds % 1000000;
  char text[64];
  if (part) {
    std::snprintf(text, sizeof text, "%02lld%02lld%02lld.%06lld", whole / 3600, whole / 60 % 60, whole % 60, part);
  } else {
    std::snprintf(text, sizeof text, "%02lld%02lld%02lld", whole / 3600, whole / 60 % 60, whole % 60);
  }
  return text;
}

/// The earliest moment of a dataset and those within it.
void find_earliest(const DicomFile& file, const DicomDataset& dataset, double& earliest) {
  const auto consider = [&](const std::optional<io::DicomMoment>& moment) {
    if (moment && moment->dated) earliest = std::min(earliest, moment->seconds);
  };
  for (const DicomTag date : {0x00080020U, 0x00080021U, 0x00080022U, 0x00080023U}) {
    consider(io::dicom_moment(file.text(dataset, date), file.text(dataset, date + 0x10)));
  }
  for (const DicomTag tag : {0x0008002AU, 0x00189074U, 0x00189151U}) consider(io::dicom_moment(file.text(dataset, tag)));
  for (const auto& element : dataset.elements) {
    if (action_of(element) == Action::drop && (element.tag >> 16) != 0x2005) continue;
    for (const auto& item : element.items) find_earliest(file, item, earliest);
  }
}

/// Writes elements in the encoding of the file that they come from.
class Writer {
 public:
  Writer(const DicomFile& file, const std::string& salt, double shift)
      : file_(file), salt_(salt), shift_(shift), words_(io::identifying_words(file, io::Identity::patient)) {}

  std::string bytes;

  template <class T>
  static void append(std::string& into, T value, bool big_endian) {
    auto raw = std::bit_cast<std::array<char, sizeof(T)>>(value);
    if (big_endian != (std::endian::native == std::endian::big)) std::reverse(raw.begin(), raw.end());
    into.append(raw.data(), raw.size());
  }

  void head(std::string& into, DicomTag tag, std::array<char, 2> vr, std::uint32_t length, bool explicit_vr,
            bool big_endian) const {
    append(into, static_cast<std::uint16_t>(tag >> 16), big_endian);
    append(into, static_cast<std::uint16_t>(tag & 0xFFFF), big_endian);
    if (!explicit_vr || (tag >> 16) == 0xFFFE) return append(into, length, big_endian);
    into.append(vr.data(), 2);
    const std::string_view longs = "OBODOFOLOVOWSQSVUCUNURUTUV";
    bool is_long = false;
    for (std::size_t i = 0; i < longs.size(); i += 2) is_long = is_long || (vr[0] == longs[i] && vr[1] == longs[i + 1]);
    if (is_long) {
      into.append(2, '\0');
      append(into, length, big_endian);
    } else {
      append(into, static_cast<std::uint16_t>(length), big_endian);
    }
  }

  void text(std::map<DicomTag, std::string>& into, DicomTag tag, const char* vr, std::string value) const {
    if (value.size() % 2) value += vr[0] == 'U' ? '\0' : ' ';
    auto& place = into[tag];
    place.clear();
    head(place, tag, {vr[0], vr[1]}, static_cast<std::uint32_t>(value.size()), file_.explicit_vr, file_.big_endian);
    place += value;
  }

  void raw(std::map<DicomTag, std::string>& into, DicomTag tag, std::array<char, 2> vr, std::string value) const {
    if (value.size() % 2) value += '\0';
    auto& place = into[tag];
    place.clear();
    head(place, tag, vr, static_cast<std::uint32_t>(value.size()), file_.explicit_vr, file_.big_endian);
    place += value;
  }

  /// What stays of a dataset, by tag.
  std::map<DicomTag, std::string> kept(const DicomDataset& dataset) const {
    std::map<DicomTag, std::string> result;
    for (const auto& element : dataset.elements) {
      switch (action_of(element)) {
        case Action::drop:
          break;
        case Action::keep:
          copy(result, element);
          break;
        case Action::uid:
          text(result, element.tag, "UI", new_uid(salt_, file_.text(dataset, element.tag)));
          break;
        case Action::date: {
          const auto day = file_.text(dataset, element.tag), time = file_.text(dataset, element.tag + 0x10);
          const auto moment = io::dicom_moment(day, time.empty() ? "000000" : time);
          text(result, element.tag, "DA", moment && moment->dated ? date_text(moment->seconds - shift_) : "");
          break;
        }
        case Action::time: {
          const auto moment = io::dicom_moment(file_.text(dataset, element.tag - 0x10), file_.text(dataset, element.tag));
          text(result, element.tag, "TM", moment ? time_text(moment->seconds - shift_) : "");
          break;
        }
        case Action::date_time: {
          const auto moment = io::dicom_moment(file_.text(dataset, element.tag));
          text(result, element.tag, "DT",
               moment && moment->dated ? date_text(moment->seconds - shift_) + time_text(moment->seconds - shift_) : "");
          break;
        }
      }
    }
    for (const auto& safe : safe_private) {
      const auto* element = file_.find_private(dataset, safe.group, safe.creator, safe.element);
      if (!element) continue;
      const auto creator = (element->tag & 0xFFFF0000U) | ((element->tag >> 8) & 0xFF);
      text(result, creator, "LO", safe.creator);
      copy(result, *element);
    }
    return result;
  }

 private:
  void copy(std::map<DicomTag, std::string>& into, const DicomElement& element) const {
    auto& place = into[element.tag];
    place.clear();
    if (!element.sequence) {
      const auto value = file_.value(element);
      if (!has_vr(element, "US SS UL SL FL FD AT OB OW ") ||
          element.vr[0] == 0) {  // codes are no place for a name, but who knows
        if (io::has_identity(std::string(value), words_)) {
          into.erase(element.tag);
          return;
        }
      }
      head(place, element.tag, element.vr, static_cast<std::uint32_t>(value.size()), file_.explicit_vr, file_.big_endian);
      place += value;
      return;
    }
    head(place, element.tag, {'S', 'Q'}, io::undefined_length, file_.explicit_vr, file_.big_endian);
    for (const auto& item : element.items) {
      head(place, 0xFFFEE000, {}, io::undefined_length, file_.explicit_vr, file_.big_endian);
      for (const auto& [tag, bytes_of_element] : kept(item)) place += bytes_of_element;
      head(place, 0xFFFEE00D, {}, 0, file_.explicit_vr, file_.big_endian);
    }
    head(place, 0xFFFEE0DD, {}, 0, file_.explicit_vr, file_.big_endian);
  }

  const DicomFile& file_;
  const std::string& salt_;
  double shift_;
  std::vector<std::string> words_;
};

/// A private header with the one thing a mosaic cannot be placed without: the direction of its slices.
std::string siemens_header(const std::vector<io::DicomFrame>& frames) {
  Eigen::Vector3d normal = frames[0].row.cross(frames[0].column);
  if (frames.size() > 1 && (frames[1].position - frames[0].position).dot(normal) < 0.0) normal = -normal;
  std::string bytes = "SV10";
  const auto word = [&](std::uint32_t value) { Writer::append(bytes, value, false); };
  bytes += std::string("\4\3\2\1", 4);
  word(1);
  word(77);
  std::string name = "SliceNormalVector";
  name.resize(64, '\0');
  bytes += name;
  word(3);
  bytes += std::string("FD\0\0", 4);
  word(4);
  word(3);
  word(77);
  for (int axis = 0; axis < 3; ++axis) {
    char number[24];
    const int length = std::snprintf(number, sizeof number, "%.10f", normal[axis]) + 1;
    word(static_cast<std::uint32_t>(length));
    word(static_cast<std::uint32_t>(length));
    word(77);
    word(static_cast<std::uint32_t>(length));
    std::string padded(number);
    padded.resize(static_cast<std::size_t>((length + 3) / 4 * 4), '\0');
    bytes += padded;
  }
  return bytes;
}

/// Voxels as native bytes of the file's byte order, unused bits cleared.
std::string native_voxels(const DicomFile& file, const io::DicomPixels& pixels) {
  std::string bytes;
  const auto width = static_cast<std::size_t>(pixels.bits_allocated / 8);
  const int shift = pixels.high_bit + 1 - pixels.bits_stored;
  const std::uint32_t mask = pixels.bits_stored == 32 ? 0xFFFFFFFFU : (1U << pixels.bits_stored) - 1U;
  for (std::int64_t frame = 0; frame < pixels.frames; ++frame) {
    for (const auto value : io::read_pixels(file, pixels, {frame})) {
      const auto stored = (static_cast<std::uint32_t>(value) & mask) << shift;
      for (std::size_t b = 0; b < width; ++b) {
        const auto place = file.big_endian ? width - 1 - b : b;
        bytes += static_cast<char>(stored >> (8 * place) & 0xFF);
      }
    }
  }
  return bytes;
}

struct Plan {
  std::filesystem::path file;
  std::filesystem::path target;
  std::string description;
  int patient = 0;
};

const char* description_of(SeriesRole role) {
  constexpr std::array<const char*, 6> names{"T1", "T2", "T2 FLAIR", "T1 +C", "DSC perfusion", "other"};
  return names[static_cast<std::size_t>(role)];
}

}  // namespace

DeidentifiedFolder deidentify(const std::filesystem::path& folder, const std::filesystem::path& out,
                              const Deidentification& options) {
  namespace fs = std::filesystem;
  const auto plain = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_'; };
  require<OptionError>(!options.patient.empty() && options.patient.size() <= 48 &&
                           std::all_of(options.patient.begin(), options.patient.end(), plain),
                       "patient is '", options.patient, "'; expected 1 to 48 letters, digits, - or _");
  std::error_code error;
  require<IoError>(!fs::exists(out, error) || (fs::is_directory(out, error) && fs::is_empty(out, error)), out.string(),
                   " exists already and is not an empty folder; choose another one");
  auto found = find_series(folder);
  DeidentifiedFolder result;
  result.left_out = found.unreadable;

  auto salt = options.salt;
  if (salt.empty()) {
    std::random_device device;
    for (int i = 0; i < 8; ++i) salt += std::to_string(device());
  }
  double earliest = std::numeric_limits<double>::infinity();
  std::vector<Plan> plans;
  int series_number = 0;
  for (const auto& series : found.series) {
    char name[24];
    std::snprintf(name, sizeof name, "series_%03d", ++series_number);
    std::size_t number = 0;
    for (const auto& path : series.files) {
      const auto file = io::read_dicom_file(path);
      const auto header = io::dicom_header(file);
      const auto sop = file.text(file.data, 0x00080016);
      if (header.burned_in || sop.starts_with("1.2.840.10008.5.1.4.1.1.7")) {
        result.left_out.push_back({path, "may have text in its pixels (a screenshot, or marked so)"});
        continue;
      }
      find_earliest(file, file.data, earliest);
      char target[24];
      std::snprintf(target, sizeof target, "%06zu.dcm", ++number);
      plans.push_back({path, out / name / target,
                       options.keep_descriptions ? series.description : std::string(description_of(series.role)),
                       series.patient});
    }
  }
  std::sort(result.left_out.begin(), result.left_out.end(), [](const auto& a, const auto& b) { return a.file < b.file; });
  require<DataError>(!plans.empty(), folder.string(), " holds no DICOM image to copy; ", result.left_out.size(),
                     " file(s) cannot be read or were left out");
  const double shift = std::isfinite(earliest) ? std::floor(earliest) - new_beginning : 0.0;

  for (const auto& plan : plans) {
    const auto file = io::read_dicom_file(plan.file);
    const auto header = io::dicom_header(file);
    const Writer writer(file, salt, shift);
    auto elements = writer.kept(file.data);
    const auto patient = plan.patient == 0 ? options.patient : message(options.patient, "-", plan.patient + 1);
    writer.text(elements, 0x0008103E, "LO", plan.description.substr(0, 64));
    writer.text(elements, 0x00080050, "SH", "");
    writer.text(elements, 0x00080090, "PN", "");
    writer.text(elements, 0x00100010, "PN", patient);
    writer.text(elements, 0x00100020, "LO", patient);
    writer.text(elements, 0x00100030, "DA", "");
    writer.text(elements, 0x00100040, "CS", "");
    writer.text(elements, 0x00200010, "SH", "");
    writer.text(elements, 0x00120062, "CS", "YES");
    writer.text(elements, 0x00120063, "LO", "bolus " BOLUS_VERSION ": PS3.15 E, list of what stays");
    writer.text(elements, 0x00280303, "CS", "MODIFIED");
    if (!header.contrast.empty()) {
      const bool none = header.contrast == "NO" || header.contrast == "NONE" || header.contrast == "no";
      writer.text(elements, 0x00180010, "LO", none ? "NONE" : "YES");
    }
    if (header.layout == io::DicomLayout::mosaic) {
      writer.text(elements, 0x00190010, "LO", "SIEMENS MR HEADER");
      std::string tiles;
      Writer::append(tiles, static_cast<std::uint16_t>(header.tiles), file.big_endian);
      writer.raw(elements, 0x0019100A, {'U', 'S'}, tiles);
      writer.text(elements, 0x00290010, "LO", "SIEMENS CSA HEADER");
      writer.raw(elements, 0x00291010, {'O', 'B'}, siemens_header(io::dicom_frames(file, header, 0)));
    }
    const auto syntax = header.pixels.compressed ? std::string("1.2.840.10008.1.2.1") : file.transfer_syntax;
    std::string meta;
    const auto meta_text = [&](DicomTag tag, const char* vr, std::string value) {
      if (value.size() % 2) value += vr[0] == 'U' ? '\0' : ' ';
      writer.head(meta, tag, {vr[0], vr[1]}, static_cast<std::uint32_t>(value.size()), true, false);
      meta += value;
    };
    writer.head(meta, 0x00020001, {'O', 'B'}, 2, true, false);
    meta += std::string("\0\1", 2);
    meta_text(0x00020002, "UI", file.text(file.data, 0x00080016));
    meta_text(0x00020003, "UI", new_uid(salt, file.text(file.data, 0x00080018)));
    meta_text(0x00020010, "UI", syntax);
    meta_text(0x00020012, "UI", new_uid("", "bolus"));
    std::string bytes(128, '\0');
    bytes += "DICM";
    writer.head(bytes, 0x00020000, {'U', 'L'}, 4, true, false);
    Writer::append(bytes, static_cast<std::uint32_t>(meta.size()), false);
    bytes += meta;
    for (const auto& [tag, element] : elements) {
      if (tag < 0x7FE00000U) bytes += element;
    }
    auto voxels = native_voxels(file, header.pixels);
    if (voxels.size() % 2) voxels += '\0';
    writer.head(bytes, 0x7FE00010, {'O', header.pixels.bits_allocated == 8 ? 'B' : 'W'},
                static_cast<std::uint32_t>(voxels.size()), file.explicit_vr, file.big_endian);
    bytes += voxels;
    fs::create_directories(plan.target.parent_path(), error);
    require<IoError>(!error, "cannot make the folder ", plan.target.parent_path().string(), ": ", error.message());
    write_atomically(plan.target, Overwrite::no, bytes);
    result.written.push_back(plan.target);
  }
  return result;
}

}  // namespace bolus

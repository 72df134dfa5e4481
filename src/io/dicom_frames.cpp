#include "dicom_frames.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstring>

#include <bolus/core/error.hpp>

namespace bolus::io {
namespace {

using detail::message;
using detail::require;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::optional<double> in_seconds(std::optional<double> milliseconds) {
  if (!milliseconds) return std::nullopt;
  return *milliseconds / 1e3;  // divided: 1400 ms are 1.4 s to the last bit
}

std::optional<double> positive(std::optional<double> value) { return value && *value > 0.0 ? value : std::nullopt; }

bool digits_only(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

int number_of(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = 10 * value + (c - '0');
  return value;
}

/// Days since 1 January 1970 of the proleptic Gregorian calendar.
std::optional<double> day_of(std::string_view date) {
  if (date.size() < 8 || !digits_only(date.substr(0, 8))) return std::nullopt;
  const int year = number_of(date.substr(0, 4)), month = number_of(date.substr(4, 2)), day = number_of(date.substr(6, 2));
  if (month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
  const int y = month > 2 ? year : year - 1;  // years that start in March put the leap day last
  const int shifted = (month + 9) % 12;
  return 365.0 * y + std::floor(y / 4.0) - std::floor(y / 100.0) + std::floor(y / 400.0) + (153 * shifted + 2) / 5 + day -
         719469;
}

std::optional<DicomMoment> time_of(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), ':'), text.end());  // as ACR-NEMA wrote it
  std::string_view time = text;
  if (time.size() < 6 || !digits_only(time.substr(0, 6))) return std::nullopt;
  const int hours = number_of(time.substr(0, 2)), minutes = number_of(time.substr(2, 2)),
            seconds = number_of(time.substr(4, 2));
  if (hours > 23 || minutes > 59 || seconds > 60) return std::nullopt;
  DicomMoment moment{3600.0 * hours + 60.0 * minutes + seconds, 1.0, false};
  if (time.size() > 7 && time[6] == '.') {
    auto fraction = time.substr(7);
    const auto end = fraction.find_first_not_of("0123456789");
    fraction = fraction.substr(0, std::min<std::size_t>(end, 6));
    if (!fraction.empty()) {
      const double scale = std::pow(10.0, -static_cast<double>(fraction.size()));
      moment.seconds += number_of(fraction) * scale;
      // Zeros throughout: written with a fraction, known to the second. Settled by the reader, which sees all of them.
      moment.resolution = scale;
    }
  }
  return moment;
}

/// The values of Siemens' private header that are needed here. Its layout: 'SV10', the number of elements, then each with a
/// name of 64 bytes and a list of texts.
std::vector<double> siemens_value(std::string_view csa, std::string_view wanted) {
  const auto word = [&](std::size_t at) -> std::uint32_t {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value |= static_cast<std::uint32_t>(static_cast<unsigned char>(csa[at + i])) << (8 * i);
    return value;
  };
  std::vector<double> values;
  const bool second = csa.starts_with("SV10");
  std::size_t at = second ? 8 : 0;
  if (csa.size() < at + 8) return values;
  const auto count = word(at);
  at += 8;
  if (count == 0 || count > 4096) return values;
  for (std::uint32_t element = 0; element < count; ++element) {
    if (at + 84 > csa.size()) return values;
    const auto name = csa.substr(at, 64).substr(0, std::min<std::size_t>(64, csa.substr(at, 64).find('\0')));
    const auto items = word(at + 76);
    at += 84;
    if (items > 4096) return values;
    for (std::uint32_t item = 0; item < items; ++item) {
      if (at + 16 > csa.size()) return values;
      const std::size_t length = second ? word(at + 4) : word(at);
      at += 16;
      if (length > csa.size() - at) return values;
      if (name == wanted && length > 0) {
        const std::string text(csa.substr(at, std::min<std::size_t>(length, 63)));
        char* end = nullptr;
        const double value = std::strtod(text.c_str(), &end);
        if (end != text.c_str() && std::isfinite(value)) values.push_back(value);
      }
      at += (length + 3) / 4 * 4;
      if (at > csa.size()) return values;
    }
    if (name == wanted) return values;
  }
  return values;
}

/// Nested datasets in which a frame's value may stand: its own groups, those of all frames, the file.
struct Lookup {
  const DicomFile& file;
  const DicomDataset* own = nullptr;
  const DicomDataset* shared = nullptr;

  const DicomDataset* group(DicomTag sequence) const {
    const auto* found = own ? own->item(sequence) : nullptr;
    return found || !shared ? found : shared->item(sequence);
  }
  std::vector<double> numbers(DicomTag sequence, DicomTag tag) const {
    const auto* found = group(sequence);
    auto values = found ? file.numbers(*found, tag) : std::vector<double>();
    return values.empty() ? file.numbers(file.data, tag) : values;
  }
  std::optional<double> number(DicomTag sequence, DicomTag tag) const {
    const auto values = numbers(sequence, tag);
    return values.empty() || !std::isfinite(values[0]) ? std::nullopt : std::optional(values[0]);
  }
  std::string text(DicomTag sequence, DicomTag tag) const {
    const auto* found = group(sequence);
    auto value = found ? file.text(*found, tag) : std::string();
    return value.empty() ? file.text(file.data, tag) : value;
  }
};

Lookup lookup_of(const DicomFile& file, std::int64_t frame) {
  Lookup lookup{file};
  lookup.shared = file.data.item(0x52009229);
  if (const auto* frames = file.data.find(0x52009230); frames && frame < static_cast<std::int64_t>(frames->items.size())) {
    lookup.own = &frames->items[static_cast<std::size_t>(frame)];
  }
  return lookup;
}

void set_plane(DicomFrame& frame, const Lookup& lookup, const std::string& name) {
  const auto position = lookup.numbers(0x00209113, 0x00200032);
  const auto orientation = lookup.numbers(0x00209116, 0x00200037);
  const auto spacing = lookup.numbers(0x00289110, 0x00280030);
  require<GeometryError>(position.size() == 3, name,
                         " does not say where its image lies (Image Position Patient); export it again with its geometry");
  require<GeometryError>(orientation.size() == 6, name,
                         " does not say how its image lies (Image Orientation Patient); export it again with its geometry");
  require<GeometryError>(spacing.size() == 2, name,
                         " does not say its voxel size (Pixel Spacing); export it again with its geometry");
  frame.position = Eigen::Vector3d(position.data());
  frame.row = Eigen::Vector3d(orientation.data());
  frame.column = Eigen::Vector3d(orientation.data() + 3);
  frame.row_spacing = spacing[0];
  frame.column_spacing = spacing[1];
  require<GeometryError>(
      frame.row_spacing > 0.0 && frame.column_spacing > 0.0 && frame.row_spacing < 1e3 && frame.column_spacing < 1e3, name,
      ": its voxel size is ", spacing[0], " x ", spacing[1], " mm");
  require<GeometryError>(std::abs(frame.row.norm() - 1.0) < 1e-2 && std::abs(frame.column.norm() - 1.0) < 1e-2 &&
                             std::abs(frame.row.dot(frame.column)) < 1e-2,
                         name, ": its orientation is impossible: rows and columns are not at right angles, or of length ",
                         frame.row.norm(), " and ", frame.column.norm());
  require<GeometryError>(frame.position.cwiseAbs().maxCoeff() < 1e5, name, ": its image lies ", frame.position.norm(),
                         " mm from the scanner's centre: the header is damaged; export it again");
  frame.row.normalize();
  frame.column = (frame.column - frame.row * frame.row.dot(frame.column)).normalized();
}

std::string component_of(const std::vector<std::string>& image_type, const std::string& complex_component) {
  const auto c = lower(complex_component);
  if (c == "magnitude") return "M";
  if (c == "phase") return "P";
  if (c == "real") return "R";
  if (c == "imaginary") return "I";
  for (std::size_t i = 2; i < image_type.size(); ++i) {
    const auto& type = image_type[i];
    if (type == "M" || type == "MAGNITUDE" || type == "M_FFE" || type == "M_SE" || type == "M_IR") return "M";
    if (type == "P" || type == "PHASE" || type == "PHASE MAP" || type == "PHASE_FFE") return "P";
    if (type == "R" || type == "REAL" || type == "R_FFE") return "R";
    if (type == "I" || type == "IMAGINARY" || type == "I_FFE") return "I";
  }
  return {};
}

std::optional<double> private_number(const DicomFile& file, const DicomDataset* dataset, std::uint16_t group,
                                     std::string_view creator, std::uint8_t element) {
  const auto* found = dataset ? file.find_private(*dataset, group, creator, element) : nullptr;
  const auto values = found ? file.numbers(*found) : std::vector<double>();
  return values.empty() || !std::isfinite(values[0]) ? std::nullopt : std::optional(values[0]);
}

/// Philips repeats a classic header for each frame in a private sequence.
const DicomDataset* philips_frame(const DicomFile& file, const Lookup& lookup) {
  const auto* sequence = lookup.own ? file.find_private(*lookup.own, 0x2005, "Philips MR Imaging DD 005", 0x0F) : nullptr;
  return sequence && !sequence->items.empty() ? &sequence->items[0] : nullptr;
}

void set_scaling(DicomFrame& frame, const DicomFile& file, const Lookup& lookup, const DicomDataset* classic) {
  const std::string name = file.path.string();
  auto slope = lookup.number(0x00289145, 0x00281053);
  auto intercept = lookup.number(0x00289145, 0x00281052);
  if (!slope) {
    slope = private_number(file, &file.data, 0x2005, "Philips MR Imaging DD 005", 0x0A);
    intercept = private_number(file, &file.data, 0x2005, "Philips MR Imaging DD 005", 0x09);
  }
  if (slope) {
    require<FormatError>(*slope != 0.0 && std::abs(*slope) < 1e12, name, ": its rescale slope is ", *slope,
                         "; expected a number other than 0: export it again");
    frame.slope = *slope;
    frame.intercept = intercept.value_or(0.0);
    require<FormatError>(std::abs(frame.intercept) < 1e12, name, ": its rescale intercept is ", frame.intercept,
                         "; expected a finite number: export it again");
  }
  auto scale = private_number(file, &file.data, 0x2005, "Philips MR Imaging DD 001", 0x0E);
  if (!scale) scale = private_number(file, classic, 0x2005, "Philips MR Imaging DD 001", 0x0E);
  if (scale && *scale > 1e-20 && *scale < 1e20) frame.scale_slope = scale;
}

}  // namespace

std::optional<DicomMoment> dicom_moment(const std::string& date, const std::string& time) {
  auto moment = time_of(time);
  if (!moment) return std::nullopt;
  std::string plain = date;
  plain.erase(std::remove(plain.begin(), plain.end(), '.'), plain.end());
  if (const auto day = day_of(plain)) {
    moment->seconds += 86400.0 * *day;
    moment->dated = true;
  }
  return moment;
}

std::optional<DicomMoment> dicom_moment(const std::string& date_time) {
  if (date_time.size() < 14) return std::nullopt;
  return dicom_moment(date_time.substr(0, 8), date_time.substr(8));
}

DicomHeader dicom_header(const DicomFile& file) {
  DicomHeader header;
  const auto& data = file.data;
  const std::string name = file.path.string();
  const auto text = [&](DicomTag tag) { return file.text(data, tag); };
  header.series_uid = text(0x0020000E);
  header.study_uid = text(0x0020000D);
  header.instance_uid = text(0x00080018);
  header.patient = text(0x00100020);
  if (header.patient.empty()) header.patient = text(0x00100010);
  header.modality = text(0x00080060);
  header.image_type = file.texts(data, 0x00080008);
  header.description = text(0x0008103E);
  header.protocol = text(0x00181030);
  header.identity_removed = text(0x00120062) == "YES";
  header.burned_in = text(0x00280301) == "YES";
  const auto maker = lower(text(0x00080070));
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 10> makers{{{"siemens", "Siemens"},
                                                                                         {"philips", "Philips"},
                                                                                         {"ge", "GE"},
                                                                                         {"toshiba", "Canon"},
                                                                                         {"canon", "Canon"},
                                                                                         {"hitachi", "Hitachi"},
                                                                                         {"fujifilm", "Fujifilm"},
                                                                                         {"uih", "United Imaging"},
                                                                                         {"united imaging", "United Imaging"},
                                                                                         {"bruker", "Bruker"}}};
  for (const auto& [key, shown] : makers) {
    if (header.manufacturer.empty() && maker.starts_with(key)) header.manufacturer = shown;
  }
  header.pixels = describe_pixels(file);

  auto lookup = lookup_of(file, 0);
  const bool multi_frame = data.find(0x52009230) != nullptr;
  if (multi_frame) {
    header.layout = DicomLayout::multi_frame;
    const auto frames = static_cast<std::int64_t>(data.find(0x52009230)->items.size());
    require<FormatError>(frames == header.pixels.frames, name, " describes ", frames, " frames but claims ",
                         header.pixels.frames, ": it is damaged; copy it again");
  } else {
    require<FormatError>(header.pixels.frames == 1, name, " holds ", header.pixels.frames,
                         " frames without saying where each lies; only enhanced multi-frame files are read: export it as such, "
                         "or as one file per slice");
  }
  const auto* classic = philips_frame(file, lookup);
  const auto either = [&](DicomTag sequence, DicomTag tag) {
    auto value = lookup.number(sequence, tag);
    return value || !classic ? value : file.number(*classic, tag);
  };
  header.scanning_sequence = text(0x00180020);
  header.sequence_variant = text(0x00180021);
  if (header.scanning_sequence.empty() && multi_frame) {  // the same in the words of the enhanced object
    if (text(0x00189018) == "YES") header.scanning_sequence = "EP";
    const auto pulse = text(0x00189008);
    if (pulse == "GRADIENT" || pulse == "BOTH") header.scanning_sequence += "\\GR";
    if (pulse == "SPIN" || pulse == "BOTH") header.scanning_sequence += "\\SE";
    if (lookup.text(0x00189115, 0x00189009) == "YES") header.scanning_sequence += "\\IR";
  }
  header.sequence_name = text(0x00180024).empty() ? text(0x00189005) : text(0x00180024);
  header.contrast = text(0x00180010);
  if (header.contrast.empty() && data.find(0x00180012) && !data.find(0x00180012)->items.empty()) header.contrast = "yes";
  header.acquisition_contrast = text(0x00089209);
  header.series_number = file.number(data, 0x00200011);
  header.repetition_time = in_seconds(positive(either(0x00189112, 0x00180080)));
  header.inversion_time = in_seconds(positive(either(0x00189115, 0x00189079)));
  if (!header.inversion_time) header.inversion_time = in_seconds(positive(either(0x00189115, 0x00180082)));
  header.flip_angle = positive(either(0x00189112, 0x00181314));
  header.field_strength = positive(file.number(data, 0x00180087));
  if (header.field_strength && *header.field_strength > 100.0) *header.field_strength *= 1e-4;  // gauss, in old files
  header.b_value = either(0x00189117, 0x00189087);
  header.slice_thickness = positive(lookup.number(0x00289110, 0x00180050));
  header.slice_spacing = positive(lookup.number(0x00289110, 0x00180088));
  header.temporal_positions = file.number(data, 0x00200105);
  header.temporal_resolution = in_seconds(positive(file.number(data, 0x00200110)));
  header.acquisition_duration = positive(file.number(data, 0x00189073));
  if (const auto microseconds = private_number(file, &data, 0x0019, "GEMS_ACQU_01", 0x5A);
      microseconds && *microseconds > 0.0) {
    header.acquisition_duration = *microseconds * 1e-6;
  }

  const bool mosaic =
      !multi_frame && std::find(header.image_type.begin(), header.image_type.end(), "MOSAIC") != header.image_type.end();
  if (mosaic) {
    header.layout = DicomLayout::mosaic;
    auto tiles = private_number(file, &data, 0x0019, "SIEMENS MR HEADER", 0x0A);
    if (!tiles) {
      const auto* csa = file.find_private(data, 0x0029, "SIEMENS CSA HEADER", 0x10);
      const auto found = csa ? siemens_value(file.value(*csa), "NumberOfImagesInMosaic") : std::vector<double>();
      if (!found.empty()) tiles = found[0];
    }
    require<FormatError>(tiles && *tiles >= 1 && *tiles <= 4096 && *tiles == std::floor(*tiles), name,
                         " is a mosaic but does not say of how many slices: its private header was removed; export it again "
                         "with private elements, or convert it before, e.g. with dcm2niix");
    header.tiles = static_cast<int>(*tiles);
    header.tiles_per_row = static_cast<int>(std::ceil(std::sqrt(*tiles)));
    require<FormatError>(header.pixels.columns % header.tiles_per_row == 0 && header.pixels.rows % header.tiles_per_row == 0,
                         name, ": its ", header.pixels.columns, " x ", header.pixels.rows, " pixels are no mosaic of ",
                         header.tiles, " slices");
  }
  return header;
}

std::vector<DicomFrame> dicom_frames(const DicomFile& file, const DicomHeader& header, std::size_t number) {
  std::vector<DicomFrame> frames;
  const auto& data = file.data;
  const std::string name = file.path.string();

  // Which of a multi-frame file's indices are neither place nor time nor echo: an ASL label, a b-value.
  std::vector<std::size_t> further;
  if (const auto* index = data.find(0x00209222)) {
    for (std::size_t i = 0; i < index->items.size(); ++i) {
      const auto pointer = file.numbers(index->items[i], 0x00209165);
      const auto tag = pointer.size() == 2 ? static_cast<DicomTag>(pointer[0]) << 16 | static_cast<DicomTag>(pointer[1]) : 0;
      switch (tag) {
        case 0x00209056:  // stack
        case 0x00209057:  // place in the stack
        case 0x00200032:
        case 0x00209113:
        case 0x00209128:  // temporal position
        case 0x00209153:  // trigger delay
        case 0x00189074:  // acquisition time
        case 0x00189151:
        case 0x00209156:  // acquisition number
        case 0x00189082:  // echo time
          break;
        default:
          further.push_back(i);
      }
    }
  }

  for (std::int64_t f = 0; f < header.pixels.frames; ++f) {
    const auto lookup = lookup_of(file, f);
    const auto* classic = philips_frame(file, lookup);
    const auto* content = lookup.own ? lookup.own->item(0x00209111) : nullptr;
    DicomFrame frame;
    frame.file = number;
    frame.frame = f;
    set_plane(frame, lookup, header.pixels.frames > 1 ? message(name, ", frame ", f) : name);
    set_scaling(frame, file, lookup, classic);

    const auto* type_group = lookup.group(0x00189226);
    const auto image_type = type_group ? file.texts(*type_group, 0x00089007) : header.image_type;
    frame.component = component_of(image_type, lookup.text(0x00189226, 0x00089208));
    frame.echo_time = in_seconds(positive(lookup.number(0x00189114, 0x00189082)));
    if (!frame.echo_time) frame.echo_time = in_seconds(positive(lookup.number(0x00189114, 0x00180081)));
    if (!frame.echo_time && classic) frame.echo_time = in_seconds(positive(file.number(*classic, 0x00180081)));

    frame.temporal_position = content ? file.number(*content, 0x00209128) : std::nullopt;
    if (!frame.temporal_position) frame.temporal_position = file.number(data, 0x00200100);
    frame.acquisition_number = content ? file.number(*content, 0x00209156) : std::nullopt;
    if (!frame.acquisition_number) frame.acquisition_number = file.number(data, 0x00200012);
    frame.instance_number =
        header.layout == DicomLayout::multi_frame ? std::optional(static_cast<double>(f)) : file.number(data, 0x00200013);
    frame.trigger_time = in_seconds(lookup.number(0x00189118, 0x00209153));
    if (!frame.trigger_time) frame.trigger_time = in_seconds(file.number(data, 0x00181060));
    frame.dynamic_begin = private_number(file, classic ? classic : &data, 0x2005, "Philips MR Imaging DD 001", 0xA0);
    if (content) {
      frame.acquisition = dicom_moment(file.text(*content, 0x00189074));
      if (!frame.acquisition) frame.acquisition = dicom_moment(file.text(*content, 0x00189151));
    }
    if (!frame.acquisition && header.layout != DicomLayout::multi_frame) {
      frame.acquisition = dicom_moment(file.text(data, 0x0008002A));
      if (!frame.acquisition) frame.acquisition = dicom_moment(file.text(data, 0x00080022), file.text(data, 0x00080032));
    }
    frame.content = dicom_moment(file.text(data, 0x00080023), file.text(data, 0x00080033));
    if (content) {
      const auto* indices = content->find(0x00209157);
      const auto values = indices ? file.numbers(*indices) : std::vector<double>();
      for (const auto i : further) {
        if (i < values.size()) frame.dimensions.push_back(static_cast<int>(values[i]));
      }
    }

    if (header.layout != DicomLayout::mosaic) {
      frames.push_back(std::move(frame));
      continue;
    }
    // The header places the mosaic as if it were one image around the first slice's centre.
    const auto step = header.slice_spacing ? header.slice_spacing : header.slice_thickness;
    require<GeometryError>(step.has_value(), name,
                           " is a mosaic but does not say how far its slices are apart; export it again with private elements");
    Eigen::Vector3d normal = frame.row.cross(frame.column);
    if (const auto* csa = file.find_private(data, 0x0029, "SIEMENS CSA HEADER", 0x10)) {
      const auto stated = siemens_value(file.value(*csa), "SliceNormalVector");
      if (stated.size() == 3 && normal.dot(Eigen::Vector3d(stated.data())) < 0.0) normal = -normal;
    }
    const auto n = static_cast<double>(header.tiles_per_row);
    const double columns = static_cast<double>(header.pixels.columns), rows = static_cast<double>(header.pixels.rows);
    const Eigen::Vector3d first = frame.position + frame.row * frame.column_spacing * (columns - columns / n) / 2.0 +
                                  frame.column * frame.row_spacing * (rows - rows / n) / 2.0;
    for (int tile = 0; tile < header.tiles; ++tile) {
      frame.tile = tile;
      frame.position = first + normal * (*step * tile);
      frames.push_back(frame);
    }
  }
  return frames;
}

bool has_identity(const std::string& text, const std::vector<std::string>& words) {
  const auto searched = lower(text);
  return std::any_of(words.begin(), words.end(), [&](const auto& word) { return searched.find(word) != std::string::npos; });
}

std::vector<std::string> identifying_words(const DicomFile& file, Identity identity) {
  std::vector<std::string> words;
  // Persons, numbers, places and days of PS3.15 table E.1-1 that headers repeat in their free text.
  for (const DicomTag tag :
       {0x00100010U, 0x00100020U, 0x00100030U, 0x00101000U, 0x00101001U, 0x00101005U, 0x00101040U, 0x00101060U,
        0x00102154U, 0x00080050U, 0x00080080U, 0x00080081U, 0x00080090U, 0x00081010U, 0x00081040U, 0x00081048U,
        0x00081050U, 0x00081060U, 0x00081070U, 0x00080020U, 0x00080021U, 0x00080022U, 0x00080023U, 0x00181000U,
        0x00200010U, 0x00321032U, 0x00400006U, 0x00400244U, 0x00400253U, 0x00401001U}) {
    if (identity == Identity::patient && (tag >> 16) != 0x0010) continue;
    std::string word;
    const auto text = file.text(file.data, tag);
    const auto add = [&] {
      if (word.size() >= 3) words.push_back(lower(word));
      word.clear();
    };
    if (text.size() >= 3) words.push_back(lower(text));
    for (const char c : text) {
      if (std::isalnum(static_cast<unsigned char>(c)) || static_cast<unsigned char>(c) >= 0x80) {
        word += c;
      } else {
        add();
      }
    }
    add();
  }
  // What a series is called by itself is no secret, even where a station or a department is called so as well.
  static const std::array<std::string_view, 16> harmless{"mri",   "mrt",  "head",  "brain", "the",  "and",       "epi",  "mra",
                                                         "axial", "scan", "flair", "dsc",   "perf", "perfusion", "test", "t1w"};
  std::erase_if(words, [](const auto& word) { return std::find(harmless.begin(), harmless.end(), word) != harmless.end(); });
  std::sort(words.begin(), words.end(),
            [](const auto& a, const auto& b) { return a.size() != b.size() ? a.size() > b.size() : a < b; });
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

std::string without_identity(const std::string& text, const std::vector<std::string>& words) {
  std::string shown;
  for (const char c : text) shown += c >= 0x20 && c < 0x7F ? c : '?';
  for (const auto& word : words) {
    for (auto at = lower(shown).find(word); at != std::string::npos; at = lower(shown).find(word)) {
      shown.replace(at, word.size(), "~");
    }
  }
  // Runs of five digits or more, separators allowed: dates and numbers of persons.
  std::string result;
  for (std::size_t i = 0; i < shown.size();) {
    if (!std::isdigit(static_cast<unsigned char>(shown[i]))) {
      result += shown[i++];
      continue;
    }
    std::size_t end = i, digits = 0;
    while (end < shown.size() && (std::isdigit(static_cast<unsigned char>(shown[end])) ||
                                  (std::strchr("-./:", shown[end]) && end + 1 < shown.size() &&
                                   std::isdigit(static_cast<unsigned char>(shown[end + 1]))))) {
      digits += std::isdigit(static_cast<unsigned char>(shown[end])) != 0;
      ++end;
    }
    result += digits >= 5 ? std::string("~") : shown.substr(i, end - i);
    i = end;
  }
  return result;
}

}  // namespace bolus::io

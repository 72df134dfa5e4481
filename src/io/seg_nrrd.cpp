#include "seg_nrrd.hpp"

#include <itkImageFileWriter.h>
#include <itkMetaDataObject.h>
#include <itkNrrdImageIO.h>

#include <algorithm>
#include <array>
#include <bolus/io/read_image.hpp>
#include <bolus/io/segmentation_file.hpp>
#include <charconv>
#include <cmath>
#include <cstring>
#include <set>
#include <sstream>

#include "image_file.hpp"
#include "itk_image.hpp"

namespace bolus {
namespace {

using detail::message;
using detail::require;

/// What is written of a part of the tumour, and what it is recognised by.
struct Part {
  Region region;
  std::uint8_t value;
  std::string_view id, name, colour;
  std::string_view code;  ///< terminology of its type
};

/// Colours as ITK-SNAP and most papers show the BraTS labels 4, 1 and 2. The codes are those of DICOM segmentations of brain
/// tumours in the Imaging Data Commons; category and region are in the DICOM list of 3D Slicer.
constexpr std::array<Part, 3> parts{
    {{Region::enhancing, LabelValue::enhancing, "ET", "Enhancing tumour (ET)", "1 1 0", "NCIt^C113842^Enhancing Lesion"},
     {Region::non_enhancing, LabelValue::non_enhancing, "NET", "Non-enhancing tumour core (NET)", "1 0 0",
      "NCIt^C81175^Non-Enhancing Lesion"},
     {Region::oedema, LabelValue::oedema, "ED", "Peritumoural oedema (ED)", "0 1 0", "SCT^79654002^Edema"}}};

std::string tags_of(const Part& part) {
  return message("Segmentation.Status:inprogress|TerminologyEntry:Segmentation category and type - DICOM master list",
                 "~SCT^49755003^Morphologically Altered Structure~", part.code,
                 "~^^~Anatomic codes - DICOM master list~SCT^12738006^Brain~^^|");
}

/// Lower case letters and digits alone, American spelling: what names are compared by.
std::string plain(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c))) {
      result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  for (const auto& [british, american] : {std::pair{"tumour", "tumor"}, std::pair{"oedema", "edema"}}) {
    for (auto at = result.find(british); at != std::string::npos; at = result.find(british, at + 1)) {
      result.replace(at, std::strlen(british), american);
    }
  }
  return result;
}

std::optional<Region> region_named(const std::string& text) {
  static const std::map<std::string_view, Region> known{
      {"et", Region::enhancing},
      {"aet", Region::enhancing},
      {"enhancing", Region::enhancing},
      {"enhancingtumor", Region::enhancing},
      {"enhancingtumoret", Region::enhancing},
      {"enhancinglesion", Region::enhancing},
      {"gdenhancingtumor", Region::enhancing},
      {"contrastenhancingtumor", Region::enhancing},
      {"net", Region::non_enhancing},
      {"ncr", Region::non_enhancing},
      {"ncrnet", Region::non_enhancing},
      {"netncr", Region::non_enhancing},
      {"necrosis", Region::non_enhancing},
      {"necrotic", Region::non_enhancing},
      {"necroticcore", Region::non_enhancing},
      {"necrotictumorcore", Region::non_enhancing},
      {"nonenhancing", Region::non_enhancing},
      {"nonenhancingtumor", Region::non_enhancing},
      {"nonenhancingtumorcore", Region::non_enhancing},
      {"nonenhancingtumorcorenet", Region::non_enhancing},
      {"nonenhancinglesion", Region::non_enhancing},
      {"necroticandnonenhancingtumor", Region::non_enhancing},
      {"necroticandnonenhancingtumorcore", Region::non_enhancing},
      {"ed", Region::oedema},
      {"edema", Region::oedema},
      {"peritumoraledema", Region::oedema},
      {"peritumoraledemaed", Region::oedema},
      {"vasogenicedema", Region::oedema},
      {"snfh", Region::oedema},
      {"wt", Region::whole_tumour},
      {"wholetumor", Region::whole_tumour},
      {"wholetumorwt", Region::whole_tumour},
      {"tc", Region::tumour_core},
      {"tumorcore", Region::tumour_core},
      {"tumorcoretc", Region::tumour_core},
  };
  const auto found = known.find(plain(text));
  return found == known.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Region> region_coded(const std::string& terminology) {
  const auto code = terminology.substr(0, terminology.rfind('^'));
  if (code == "NCIt^C113842") return Region::enhancing;
  if (code == "NCIt^C81175" || code == "SCT^6574001") return Region::non_enhancing;  // the second: necrosis
  if (code == "SCT^79654002") return Region::oedema;
  return std::nullopt;
}

/// The type of a terminology entry among the tags of a segment: its third item.
std::string terminology_of(const std::string& tags) {
  constexpr std::string_view key = "TerminologyEntry:";
  auto at = tags.find(key);
  if (at == std::string::npos) return {};
  const auto entry = tags.substr(at + key.size(), tags.find('|', at) - at - key.size());
  std::istringstream items(entry);
  std::string item;
  for (int k = 0; k < 3; ++k) {
    if (!std::getline(items, item, '~')) return {};
  }
  return item == "^^" ? std::string() : item;
}

using Fields = std::map<std::string, std::string>;

std::int64_t integer(const Fields& fields, const char* key, std::int64_t otherwise, const std::string& where) {
  const auto found = fields.find(key);
  if (found == fields.end()) return otherwise;
  std::int64_t value = 0;
  const auto& text = found->second;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  require<FormatError>(failure == std::errc() && end == text.data() + text.size(), where, ": ", key, " is '", text,
                       "'; expected an integer");
  return value;
}

/// The file as stored: voxels of all layers (layer fastest) and the fields of every segment.
struct Stored {
  Geometry geometry;
  std::size_t layers = 1;
  std::vector<std::int32_t> voxels;
  std::map<std::int64_t, Fields> segments;
  std::string representation;
};

template <class T>
void convert(const std::vector<char>& bytes, std::vector<std::int32_t>& values, const std::string& file) {
  T value;
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
    const auto wide = static_cast<double>(value);
    require<FormatError>(std::abs(wide) < 2147483648.0 && wide == std::floor(wide), file, " holds the value ", wide,
                         "; label values are integers of at most 32 bits");
    values[i] = static_cast<std::int32_t>(value);
  }
}

void convert(itk::IOComponentEnum type, const std::vector<char>& bytes, std::vector<std::int32_t>& values,
             const std::string& file) {
  using Type = itk::IOComponentEnum;
  switch (type) {
    case Type::UCHAR:
      return convert<unsigned char>(bytes, values, file);
    case Type::CHAR:
      return convert<signed char>(bytes, values, file);
    case Type::USHORT:
      return convert<unsigned short>(bytes, values, file);
    case Type::SHORT:
      return convert<short>(bytes, values, file);
    case Type::UINT:
      return convert<unsigned int>(bytes, values, file);
    case Type::INT:
      return convert<int>(bytes, values, file);
    case Type::ULONG:
      return convert<unsigned long>(bytes, values, file);
    case Type::LONG:
      return convert<long>(bytes, values, file);
    case Type::ULONGLONG:
      return convert<unsigned long long>(bytes, values, file);
    case Type::LONGLONG:
      return convert<long long>(bytes, values, file);
    case Type::FLOAT:
      return convert<float>(bytes, values, file);
    case Type::DOUBLE:
      return convert<double>(bytes, values, file);
    default:
      throw FormatError(message(file, " holds values of a type that is no label"));
  }
}

/// Sorts "Segment3_Name" into the fields of segment 3.
void read_fields(const itk::MetaDataDictionary& dictionary, Stored& stored) {
  for (const auto& key : dictionary.GetKeys()) {
    std::string value;
    if (!key.starts_with("Segment") || !itk::ExposeMetaData<std::string>(dictionary, key, value)) continue;
    if (key == "Segmentation_SourceRepresentation" || key == "Segmentation_MasterRepresentation") {
      stored.representation = value;
    }
    const auto separator = key.find('_');
    std::int64_t index = -1;
    if (separator == std::string::npos || separator == 7) continue;
    const auto [end, failure] = std::from_chars(key.data() + 7, key.data() + separator, index);
    if (failure != std::errc() || end != key.data() + separator || index < 0) continue;
    stored.segments[index][key.substr(separator + 1)] = value;
  }
}

Stored read_stored(const std::filesystem::path& path) {
  const auto file = path.string();
  try {
    const auto io = itk::NrrdImageIO::New();
    require<FormatError>(io->CanReadFile(path.c_str()), file, " is not an NRRD file");
    io->SetFileName(file);
    io->ReadImageInformation();
    unsigned dimensions = 0;
    std::string shape;
    for (unsigned axis = 0; axis < io->GetNumberOfDimensions(); ++axis) {
      shape += (axis ? " x " : "") + std::to_string(io->GetDimensions(axis));
      if (io->GetDimensions(axis) > 1 || axis < 3) dimensions = axis + 1;
    }
    require<ShapeError>(dimensions == 3 && io->GetNumberOfDimensions() >= 3, file, " has the shape ", shape,
                        "; expected a 3-D segmentation, or layers (list) by x, y, z");
    Stored stored;
    for (unsigned axis = 0; axis < 3; ++axis) {
      stored.geometry.size[axis] = static_cast<std::int64_t>(io->GetDimensions(axis));
      stored.geometry.spacing[axis] = io->GetSpacing(axis);
      stored.geometry.origin[axis] = io->GetOrigin(axis);
      const auto direction = io->GetDirection(axis);
      for (unsigned row = 0; row < 3; ++row) stored.geometry.direction(row, axis) = direction.at(row);
    }
    try {
      stored.geometry.validate();
    } catch (const GeometryError& failure) {
      throw GeometryError(message(file, ": ", failure.what()));
    }
    stored.layers = io->GetNumberOfComponents();
    const double values = static_cast<double>(stored.geometry.voxel_count()) * static_cast<double>(stored.layers);
    const auto size = static_cast<double>(std::filesystem::file_size(path));
    require<FormatError>(values * io->GetComponentSize() <= size * 1032.0, file, " claims ", values, " voxels but has only ",
                         size, " bytes: it was cut off or its header is damaged; copy it again");
    io::require_whole_nrrd(path);
    itk::ImageIORegion region(io->GetNumberOfDimensions());
    for (unsigned axis = 0; axis < io->GetNumberOfDimensions(); ++axis) region.SetSize(axis, io->GetDimensions(axis));
    io->SetIORegion(region);
    std::vector<char> bytes(static_cast<std::size_t>(io->GetImageSizeInBytes()));
    io->Read(bytes.data());
    stored.voxels.resize(static_cast<std::size_t>(values));
    convert(io->GetComponentType(), bytes, stored.voxels, file);
    read_fields(io->GetMetaDataDictionary(), stored);
    return stored;
  } catch (const itk::ExceptionObject& failure) {
    throw FormatError(message(file, " cannot be read: ", failure.GetDescription()));
  } catch (const std::bad_alloc&) {
    throw DataError(message("no memory for the voxels of ", file));
  }
}

std::string described(const Segment& segment) {
  return message("'", segment.name, "' (ID '", segment.id, "', ", segment.voxels, " voxels)");
}

std::vector<Segment> segments_of(const Stored& stored, const std::string& file) {
  std::vector<Segment> segments;
  std::set<std::pair<std::int64_t, std::int64_t>> taken;
  for (const auto& [index, fields] : stored.segments) {
    const auto where = message(file, ", segment ", index);
    const auto text = [&fields = fields](const char* key) {
      const auto found = fields.find(key);
      return found == fields.end() ? std::string() : found->second;
    };
    Segment segment;
    segment.id = text("ID");
    segment.name = text("Name");
    segment.terminology = terminology_of(text("Tags"));
    std::istringstream colour(text("Color"));
    for (double& part : segment.colour) colour >> part;
    // Slicer before 4.11 wrote neither: every segment had a layer of its own, with ones in it.
    segment.layer = integer(fields, "Layer", stored.layers > 1 ? index : 0, where);
    segment.label_value = integer(fields, "LabelValue", 1, where);
    require<FormatError>(segment.layer >= 0 && segment.layer < static_cast<std::int64_t>(stored.layers), where, ": Layer is ",
                         segment.layer, ", but the file has ", stored.layers, " layer(s)");
    require<FormatError>(segment.label_value != 0, where, ": LabelValue is 0, which is background; save it again in 3D Slicer");
    require<FormatError>(taken.insert({segment.layer, segment.label_value}).second, where, ": layer ", segment.layer,
                         " and label value ", segment.label_value,
                         " belong to another segment already; save it again in 3D Slicer");
    segments.push_back(segment);
  }
  return segments;
}

/// Which segment every voxel of every layer belongs to, as its position; -1 for background. Counts the segments' voxels.
std::vector<std::int16_t> owners_of(const Stored& stored, std::vector<Segment>& segments, const std::string& file) {
  std::vector<std::int16_t> owners(stored.voxels.size(), -1);
  for (std::size_t i = 0; i < owners.size(); ++i) {
    const auto value = stored.voxels[i];
    if (value == 0) continue;
    const auto layer = static_cast<std::int64_t>(i % stored.layers);
    for (std::size_t k = 0; k < segments.size() && owners[i] < 0; ++k) {
      if (segments[k].layer == layer && segments[k].label_value == value) {
        owners[i] = static_cast<std::int16_t>(k);
        ++segments[k].voxels;
      }
    }
    require<FormatError>(owners[i] >= 0, file, ": layer ", layer, " holds the value ", value,
                         ", which no segment has as its label value; open the file in 3D Slicer and save it again");
  }
  return owners;
}

void recognise(std::vector<Segment>& segments, const SegmentationReading& options, const std::string& file, QcFlags& flags) {
  constexpr std::string_view advice =
      "; rename it in 3D Slicer, or say what it is, e.g. regions={\"its name or ID\": ET}, or no region to leave it out";
  for (const auto& [name, region] : options.regions) {
    bool there = false;
    std::string known;
    for (const auto& segment : segments) {
      there = there || segment.id == name || segment.name == name;
      known += message(known.empty() ? "" : ", ", described(segment));
    }
    require<OptionError>(there, "regions names the segment '", name, "', but ", file, " has ", known.empty() ? "none" : known);
  }
  std::map<Region, const Segment*> first;
  for (auto& segment : segments) {
    auto given = options.regions.find(segment.id);
    if (given == options.regions.end()) given = options.regions.find(segment.name);
    if (given != options.regions.end()) {
      segment.region = given->second;
      continue;
    }
    const auto by_name = region_named(segment.name), by_id = region_named(segment.id),
               by_code = region_coded(segment.terminology);
    for (const auto& vote : {by_name, by_id, by_code}) {
      if (!vote) continue;
      require<DataError>(!segment.region || segment.region == vote, file, ": the segment ", described(segment),
                         " is told to be ", region_name(segment.region.value_or(*vote)), " and ", region_name(*vote),
                         " by its name, ID and terminology '", segment.terminology, "'", advice);
      segment.region = vote;
    }
    if (!segment.region) {
      require<DataError>(segment.voxels == 0, file, ": the segment ", described(segment), " is none of ET, NET, ED, TC and WT",
                         advice);
      flags.push_back({"io.segmentation.empty_segment", message("the segment ", described(segment), " was left out")});
      continue;
    }
    if (!by_name) {
      flags.push_back(
          {"io.segmentation.renamed", message("the segment ", described(segment), " was taken for ",
                                              region_name(*segment.region), " by its ", by_id ? "ID" : "terminology")});
    }
    const auto [other, fresh] = first.try_emplace(*segment.region, &segment);
    require<DataError>(fresh, file, ": two segments are ", region_name(*segment.region), ": ", described(*other->second),
                       " and ", described(segment), "; join or rename them in 3D Slicer, or say what they are with regions");
  }
}

/// Where the voxels of a file lie on a larger grid. Throws GeometryError unless they coincide.
std::array<std::int64_t, 3> offset_on(const Geometry& grid, const Geometry& file, const std::string& name) {
  const Eigen::Vector3d index = grid.index_of(file.origin);
  std::array<std::int64_t, 3> offset{};
  Geometry part = grid;
  part.size = file.size;
  Eigen::Vector3d first = Eigen::Vector3d::Zero();
  for (int k = 0; k < 3; ++k) {
    const double whole = std::isfinite(index[k]) && std::abs(index[k]) < 1e6 ? std::round(index[k]) : 0.0;
    offset[static_cast<std::size_t>(k)] = static_cast<std::int64_t>(whole);
    first[k] = whole;
  }
  part.origin = grid.point_of(first);
  const auto difference = part.difference(file);
  require<GeometryError>(difference.empty(), name, " does not lie on the voxels of the grid asked for: ", difference,
                         "; was it drawn on another image?");
  return offset;
}

/// Bits of a voxel's regions.
constexpr unsigned bit(Region region) { return 1U << static_cast<unsigned>(region); }

LabelMap labels_of(const Stored& stored, const std::vector<Segment>& segments, const std::vector<std::int16_t>& owners,
                   const SegmentationReading& options, const std::string& file, QcFlags& flags) {
  const Geometry& grid = options.grid ? *options.grid : stored.geometry;
  const auto offset = options.grid ? offset_on(grid, stored.geometry, file) : std::array<std::int64_t, 3>{};
  Image<std::uint8_t> labels(grid);
  const auto& size = stored.geometry.size;
  std::size_t filled_core = 0, filled_oedema = 0, outside = 0;
  std::map<unsigned, std::size_t> shared;
  std::size_t v = 0;
  for (std::int64_t z = 0; z < size[2]; ++z) {
    for (std::int64_t y = 0; y < size[1]; ++y) {
      for (std::int64_t x = 0; x < size[0]; ++x, ++v) {
        unsigned in = 0;
        for (std::size_t layer = 0; layer < stored.layers; ++layer) {
          const auto owner = owners[v * stored.layers + layer];
          if (owner >= 0 && segments[static_cast<std::size_t>(owner)].region) {
            in |= bit(*segments[static_cast<std::size_t>(owner)].region);
          }
        }
        if (in == 0) continue;
        const std::array<std::int64_t, 3> at{x + offset[0], y + offset[1], z + offset[2]};
        if (at[0] < 0 || at[1] < 0 || at[2] < 0 || at[0] >= grid.size[0] || at[1] >= grid.size[1] || at[2] >= grid.size[2]) {
          ++outside;
          continue;
        }
        unsigned among = in & (bit(Region::enhancing) | bit(Region::non_enhancing) | bit(Region::oedema));
        const bool core_and_oedema = (in & bit(Region::tumour_core)) && among == bit(Region::oedema);
        if (core_and_oedema) among |= bit(Region::tumour_core);
        if ((among & (among - 1)) != 0) ++shared[among];
        std::uint8_t value = LabelValue::oedema;
        if (in & bit(Region::enhancing)) {
          value = LabelValue::enhancing;
        } else if (in & (bit(Region::non_enhancing) | bit(Region::tumour_core))) {
          value = LabelValue::non_enhancing;
          filled_core += among == 0;
        } else {
          filled_oedema += among == 0;
        }
        labels(at[0], at[1], at[2]) = value;
      }
    }
  }
  require<GeometryError>(outside == 0, file, " has ", outside,
                         " labelled voxels outside the grid asked for; was it drawn on another image?");
  std::size_t overlapping = 0;
  std::string pairs;
  for (const auto& [bits, count] : shared) {
    std::string names;
    for (const Region region : scored_regions) {
      if (bits & bit(region)) names += message(names.empty() ? "" : " and ", region_name(region));
    }
    pairs += message(pairs.empty() ? "" : ", ", names, " share ", count, " voxels");
    overlapping += count;
  }
  require<DataError>(overlapping == 0 || options.resolve_overlap, file, ": ", pairs,
                     "; mask the segments in 3D Slicer (Segment Editor, 'Modify other segments: Overwrite all'), or read it "
                     "with resolve_overlap, which gives such voxels to the innermost part: ET, then NET, then ED");
  if (overlapping > 0) flags.push_back({"io.segmentation.overlap", pairs + ": given to the innermost part"});
  if (filled_core + filled_oedema > 0) {
    flags.push_back({"io.segmentation.filled", message("of tumour core and whole tumour, ", filled_core,
                                                       " voxels in no part became NET and ", filled_oedema, " became ED")});
  }
  return LabelMap(std::move(labels));
}

}  // namespace

Segmentation read_segmentation(const std::filesystem::path& path, const SegmentationReading& options) {
  io::require_file(path);
  const auto file = path.string();
  require<FormatError>(io::image_ending(path) == ".nrrd", file, " has the ending '", io::image_ending(path),
                       "'; a segmentation of 3D Slicer is a .seg.nrrd file");
  if (options.grid) options.grid->validate();
  auto stored = read_stored(path);
  require<FormatError>(stored.representation.empty() || plain(stored.representation) == "binarylabelmap", file,
                       " is stored as '", stored.representation,
                       "'; expected 'Binary labelmap': in 3D Slicer make it the source representation and save again");
  Segmentation result;
  if (stored.segments.empty()) {  // values without a description: those of BraTS, or nothing can be told
    require<FormatError>(stored.layers == 1, file, " has ", stored.layers, " layers but describes no segments");
    for (const auto value : stored.voxels) {
      require<DataError>(value == 0 || value == 1 || value == 2 || value == 4, file,
                         " describes no segments and holds the value ", value,
                         "; expected the BraTS labels 0, 1 (NET), 2 (ED), 4 (ET)");
    }
    for (const auto& part : parts) {
      stored.segments[part.value] = {
          {"ID", std::string(part.id)}, {"Name", std::string(part.name)}, {"LabelValue", std::to_string(part.value)}};
    }
  }
  result.segments = segments_of(stored, file);
  require<FormatError>(result.segments.size() < 1000, file, " has ", result.segments.size(), " segments");
  const auto owners = owners_of(stored, result.segments, file);
  recognise(result.segments, options, file, result.flags);
  result.labels = labels_of(stored, result.segments, owners, options, file, result.flags);
  for (const auto& part : parts) {
    const bool there = std::any_of(result.segments.begin(), result.segments.end(),
                                   [&](const Segment& segment) { return segment.region == part.region; });
    if (!there) {
      result.flags.push_back({"io.segmentation.missing", message("there is no segment of ", part.id)});
    }
  }
  return result;
}

namespace io {

bool is_segmentation_file(const std::filesystem::path& path) {
  return image_ending(path) == ".nrrd" && image_ending(image_stem(path)) == ".seg";
}

void write_seg_nrrd(const std::filesystem::path& path, const LabelMap& labels) {
  const auto image = to_itk(labels.image());
  auto& dictionary = image->GetMetaDataDictionary();
  const auto add = [&](const std::string& key, const std::string& value) {
    itk::EncapsulateMetaData<std::string>(dictionary, key, value);
  };
  add("Segmentation_ContainedRepresentationNames", "Binary labelmap|");
  add("Segmentation_MasterRepresentation", "Binary labelmap");  // up to Slicer 5.0
  add("Segmentation_SourceRepresentation", "Binary labelmap");
  add("Segmentation_ReferenceImageExtentOffset", "0 0 0");
  const auto& size = labels.geometry().size;
  for (std::size_t k = 0; k < parts.size(); ++k) {
    const auto& part = parts[k];
    std::array<std::int64_t, 3> low = size, high{-1, -1, -1};
    std::size_t v = 0;
    for (std::int64_t z = 0; z < size[2]; ++z) {
      for (std::int64_t y = 0; y < size[1]; ++y) {
        for (std::int64_t x = 0; x < size[0]; ++x, ++v) {
          if (labels.image().data()[v] != part.value) continue;
          low = {std::min(low[0], x), std::min(low[1], y), std::min(low[2], z)};
          high = {std::max(high[0], x), std::max(high[1], y), std::max(high[2], z)};
        }
      }
    }
    if (high[0] < 0) low = {0, 0, 0};
    const auto prefix = message("Segment", k, "_");
    add(prefix + "ID", std::string(part.id));
    add(prefix + "Name", std::string(part.name));
    add(prefix + "NameAutoGenerated", "0");
    add(prefix + "Color", std::string(part.colour));
    add(prefix + "ColorAutoGenerated", "0");
    add(prefix + "LabelValue", std::to_string(part.value));
    add(prefix + "Layer", "0");
    add(prefix + "Extent", message(low[0], " ", high[0], " ", low[1], " ", high[1], " ", low[2], " ", high[2]));
    add(prefix + "Tags", tags_of(part));
  }
  try {
    auto writer = itk::ImageFileWriter<itk::Image<std::uint8_t, 3>>::New();
    writer->SetImageIO(itk::NrrdImageIO::New());
    writer->SetFileName(path.string());
    writer->SetInput(image);
    writer->UseCompressionOn();
    writer->Update();
  } catch (const itk::ExceptionObject& failure) {
    throw IoError(message("cannot write ", path.string(), ": ", failure.GetDescription()));
  }
}

}  // namespace io
}  // namespace bolus

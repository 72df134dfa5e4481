#include <bolus/segment/torchscript_segmenter.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>

namespace bolus {
namespace {

using detail::message;
using detail::require;
using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 4> scalings{"none", "zscore", "zscore_nonzero", "percentile"};
constexpr std::array<std::string_view, 3> activations{"softmax", "sigmoid", "none"};
constexpr std::array<std::string_view, 4> modalities{"t1", "t2", "flair", "cet1"};  // in the order of the enumeration
constexpr std::array<std::string_view, 5> region_names{"ET", "NET", "ED", "WT", "TC"};

template <class Enum, std::size_t N>
Enum choice(const std::string& text, const std::array<std::string_view, N>& names, const std::string& where) {
  const auto found = std::find(names.begin(), names.end(), text);
  std::string known;
  for (const auto name : names) known += message(known.empty() ? "'" : ", '", name, "'");
  require<OptionError>(found != names.end(), where, " is '", text, "'; expected one of ", known);
  return static_cast<Enum>(found - names.begin());
}

}  // namespace

void SegmenterDescription::validate() const {
  require<OptionError>(!channels.empty(), "channels is empty; expected the modalities of the input, in order");
  require<OptionError>(std::set<Modality>(channels.begin(), channels.end()).size() == channels.size(),
                       "channels names a modality twice");
  std::string letters = orientation;
  for (char& c : letters) c = c == 'L' ? 'R' : c == 'P' ? 'A' : c == 'I' ? 'S' : c;
  std::sort(letters.begin(), letters.end());
  require<OptionError>(letters == "ARS", "orientation is '", orientation,
                       "'; expected one letter each of R/L, A/P and S/I, e.g. RAS");
  for (int k = 0; k < 3; ++k) {
    require<OptionError>(std::isfinite(spacing[k]) && spacing[k] > 0.0, "spacing[", k, "] is ", spacing[k],
                         "; expected a positive number of mm");
    const auto size = patch_size[static_cast<std::size_t>(k)];
    require<OptionError>(size >= 1 && size <= 1024, "patch_size[", k, "] is ", size, "; expected 1 to 1024 voxels");
  }
  require<OptionError>(spacing_tolerance >= 0.0 && std::isfinite(spacing_tolerance), "spacing_tolerance is ", spacing_tolerance,
                       "; expected 0 mm or more");
  require<OptionError>(percentiles[0] >= 0.0 && percentiles[1] <= 100.0 && percentiles[0] < percentiles[1], "percentiles are ",
                       percentiles[0], " and ", percentiles[1], "; expected two ascending numbers from 0 to 100");
  require<OptionError>(overlap >= 0.0 && overlap <= 0.95, "overlap is ", overlap, "; expected 0 to 0.95");
  require<OptionError>(threshold > 0.0 && threshold < 1.0, "threshold is ", threshold, "; expected a number between 0 and 1");
  require<OptionError>(labels.empty() != regions.empty(), "expected either labels or regions, found ",
                       labels.empty() ? "neither" : "both");
  for (const int label : labels) {
    require<OptionError>(label == 0 || label == 1 || label == 2 || label == 4, "labels holds ", label,
                         "; expected BraTS values: 0, 1 (NET), 2 (ED), 4 (ET)");
  }
  require<OptionError>(labels.empty() || std::count(labels.begin(), labels.end(), 0) == 1,
                       "labels must name the background (0) once");
  require<OptionError>(labels.empty() || activation != OutputActivation::sigmoid,
                       "sigmoid gives overlapping regions; describe the output by regions, not labels");
  require<OptionError>(regions.empty() || activation != OutputActivation::softmax,
                       "softmax gives exclusive labels; describe the output by labels, not regions");
  require<OptionError>(std::set<Region>(regions.begin(), regions.end()).size() == regions.size(),
                       "regions names a region twice");
  require<OptionError>(flips.size() <= 3 && std::set<int>(flips.begin(), flips.end()).size() == flips.size() &&
                           std::all_of(flips.begin(), flips.end(), [](int axis) { return axis >= 0 && axis <= 2; }),
                       "flips must be different axes from 0 to 2");
}

SegmenterDescription read_segmenter_description(const std::filesystem::path& path) {
  const auto file = path.string();
  std::error_code ignored;
  std::ifstream stream(path);
  require<IoError>(stream.good() && !std::filesystem::is_directory(path, ignored), "cannot read ", file);
  Json json;
  try {
    json = Json::parse(stream);
  } catch (const Json::exception& failure) {
    throw FormatError(message(file, " is not JSON: ", failure.what()));
  }
  require<FormatError>(json.is_object(), file, ": expected a JSON object that describes a segmenter");
  SegmenterDescription d;
  const auto texts = [](const Json& value) { return value.get<std::vector<std::string>>(); };
  const std::map<std::string, std::function<void(const Json&)>> fields{
      {"name", [&](const Json& v) { d.name = v.get<std::string>(); }},
      {"channels",
       [&](const Json& v) {
         for (const auto& text : texts(v)) d.channels.push_back(choice<Modality>(text, modalities, "a channel"));
       }},
      {"orientation", [&](const Json& v) { d.orientation = v.get<std::string>(); }},
      {"spacing", [&](const Json& v) { d.spacing = Eigen::Vector3d(v.get<std::array<double, 3>>().data()); }},
      {"spacing_tolerance", [&](const Json& v) { d.spacing_tolerance = v.get<double>(); }},
      {"normalisation",
       [&](const Json& v) { d.normalisation = choice<IntensityScaling>(v.get<std::string>(), scalings, "normalisation"); }},
      {"percentiles", [&](const Json& v) { d.percentiles = v.get<std::array<double, 2>>(); }},
      {"crop_to_nonzero", [&](const Json& v) { d.crop_to_nonzero = v.get<bool>(); }},
      {"patch_size", [&](const Json& v) { d.patch_size = v.get<std::array<std::int64_t, 3>>(); }},
      {"overlap", [&](const Json& v) { d.overlap = v.get<double>(); }},
      {"activation",
       [&](const Json& v) { d.activation = choice<OutputActivation>(v.get<std::string>(), activations, "activation"); }},
      {"labels", [&](const Json& v) { d.labels = v.get<std::vector<int>>(); }},
      {"regions",
       [&](const Json& v) {
         for (const auto& text : texts(v)) d.regions.push_back(choice<Region>(text, region_names, "a region"));
       }},
      {"threshold", [&](const Json& v) { d.threshold = v.get<double>(); }},
      {"flips", [&](const Json& v) { d.flips = v.get<std::vector<int>>(); }},
  };
  for (const auto& [key, value] : json.items()) {
    const auto field = fields.find(key);
    std::string known;
    for (const auto& [name, read] : fields) known += (known.empty() ? "" : ", ") + name;
    require<FormatError>(field != fields.end(), file, ": '", key, "' is not known; there are: ", known);
    try {
      field->second(value);
    } catch (const Json::exception&) {
      throw FormatError(message(file, ": '", key, "' is ", value.dump(), ", which is of the wrong kind or length"));
    } catch (const OptionError& failure) {
      throw OptionError(message(file, ": ", failure.what()));
    }
  }
  try {
    d.validate();
  } catch (const OptionError& failure) {
    throw OptionError(message(file, ": ", failure.what()));
  }
  return d;
}

std::string to_json(const SegmenterDescription& d) {
  Json json;
  json["name"] = d.name;
  for (const auto channel : d.channels) json["channels"].push_back(modalities[static_cast<std::size_t>(channel)]);
  json["orientation"] = d.orientation;
  json["spacing"] = std::vector<double>{d.spacing[0], d.spacing[1], d.spacing[2]};
  json["spacing_tolerance"] = d.spacing_tolerance;
  json["normalisation"] = scalings[static_cast<std::size_t>(d.normalisation)];
  json["percentiles"] = d.percentiles;
  json["crop_to_nonzero"] = d.crop_to_nonzero;
  json["patch_size"] = d.patch_size;
  json["overlap"] = d.overlap;
  json["activation"] = activations[static_cast<std::size_t>(d.activation)];
  if (!d.labels.empty()) json["labels"] = d.labels;
  for (const auto region : d.regions) json["regions"].push_back(region_name(region));
  json["threshold"] = d.threshold;
  json["flips"] = d.flips;
  return json.dump(2);
}

void write_segmenter_description(const std::filesystem::path& path, const SegmenterDescription& d, Overwrite overwrite) {
  d.validate();
  write_atomically(path, overwrite, to_json(d) + "\n");
}

}  // namespace bolus

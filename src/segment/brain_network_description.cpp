#include <bolus/segment/torchscript_brain_extractor.hpp>

#include <array>
#include <fstream>
#include <nlohmann/json.hpp>

namespace bolus {
namespace {

using detail::message;
using detail::require;
using Json = nlohmann::json;

constexpr std::array<std::string_view, 3> scalings{"none", "zscore", "percentile"};
constexpr std::array<std::string_view, 3> outputs{"logit", "probability", "signed_distance"};

template <class Choice>
Choice choice(const Json& value, const std::array<std::string_view, 3>& names, const std::string& where) {
  for (std::size_t k = 0; k < names.size(); ++k) {
    if (value.is_string() && value.get<std::string>() == names[k]) return static_cast<Choice>(k);
  }
  throw FormatError(message(where, " is ", value.dump(), "; expected '", names[0], "', '", names[1], "' or '", names[2], "'"));
}

}  // namespace

void BrainNetworkDescription::validate() const {
  constexpr std::array<std::string_view, 3> pairs{"RL", "AP", "SI"};
  bool fits = orientation.size() == 3;
  for (const auto pair : pairs) {
    std::size_t found = 0;
    for (const char letter : orientation) found += pair.find(letter) != std::string_view::npos;
    fits = fits && found == 1;
  }
  require<OptionError>(fits, "orientation is '", orientation,
                       "'; expected one letter of each of R/L, A/P and S/I, as in 'LIA'");
  require<OptionError>(spacing.allFinite() && spacing.minCoeff() >= 0.2 && spacing.maxCoeff() <= 20.0, "spacing is (",
                       spacing[0], ", ", spacing[1], ", ", spacing[2], "); expected 0.2 to 20 mm");
  require<OptionError>(multiple >= 1 && multiple <= 512, "multiple is ", multiple, "; expected 1 to 512");
  require<OptionError>(channel >= 0, "channel is ", channel, "; expected 0 or more");
  require<OptionError>(std::isfinite(threshold), "threshold is not a number");
  require<OptionError>(output == Output::signed_distance || (threshold > 0.0 && threshold < 1.0), "threshold is ", threshold,
                       "; expected a probability in (0, 1)");
}

BrainNetworkDescription read_brain_network_description(const std::filesystem::path& path) {
  std::ifstream file(path);
  require<IoError>(file.good(), "cannot read the network's description ", path.string());
  Json json;
  try {
    json = Json::parse(file);
  } catch (const Json::exception& error) {
    throw FormatError(message(path.string(), " is not JSON: ", error.what()));
  }
  require<FormatError>(json.is_object(), path.string(), " does not hold a JSON object");
  BrainNetworkDescription description;
  bool has_threshold = false;
  for (const auto& [key, value] : json.items()) {
    const std::string where = message(path.string(), ": ", key);
    try {
      if (key == "name") {
        description.name = value.get<std::string>();
      } else if (key == "orientation") {
        description.orientation = value.get<std::string>();
      } else if (key == "spacing") {
        const auto numbers = value.get<std::array<double, 3>>();
        require<FormatError>(value.size() == 3, where, " holds ", value.size(), " numbers; expected 3");
        description.spacing = Eigen::Vector3d(numbers.data());
      } else if (key == "multiple") {
        require<FormatError>(value.is_number_integer(), where, " is ", value.dump(), "; expected an integer");
        description.multiple = value.get<int>();
      } else if (key == "scaling") {
        description.scaling = choice<BrainNetworkDescription::Scaling>(value, scalings, where);
      } else if (key == "output") {
        description.output = choice<BrainNetworkDescription::Output>(value, outputs, where);
      } else if (key == "channel") {
        require<FormatError>(value.is_number_integer(), where, " is ", value.dump(), "; expected an integer");
        description.channel = value.get<int>();
      } else if (key == "threshold") {
        description.threshold = value.get<double>();
        has_threshold = true;
      } else {
        throw FormatError(message(where,
                                  " is no field of a network's description; expected name, orientation, spacing, multiple, "
                                  "scaling, output, channel or threshold"));
      }
    } catch (const Json::exception&) {
      throw FormatError(message(where, " is ", value.dump(), ", which is of the wrong kind"));
    }
  }
  if (!has_threshold && description.output != BrainNetworkDescription::Output::signed_distance) description.threshold = 0.5;
  description.validate();
  return description;
}

}  // namespace bolus

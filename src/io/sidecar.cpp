#include "sidecar.hpp"

#include <fstream>

#include <nlohmann/json.hpp>

#include "image_file.hpp"

namespace bolus::io {

using detail::message;
using detail::require;
using nlohmann::json;

std::filesystem::path sidecar_path(const std::filesystem::path& image) {
  return image.parent_path() / (image_stem(image) + ".json");
}

Sidecar read_sidecar(const std::filesystem::path& image) {
  Sidecar sidecar;
  sidecar.path = sidecar_path(image);
  std::error_code ignored;
  if (!std::filesystem::exists(sidecar.path, ignored)) return sidecar;
  require_file(sidecar.path);
  std::ifstream stream(sidecar.path);
  json content;
  try {
    content = json::parse(stream);
  } catch (const json::parse_error& failure) {  // its text quotes the file
    throw FormatError(message(sidecar.path.string(), " is not valid JSON, at byte ", failure.byte, "; mend or remove it"));
  }
  require<FormatError>(content.is_object(), sidecar.path.string(), " is not a JSON object; mend or remove it");
  const auto number = [&](const char* name, double high, const char* hint) -> std::optional<double> {
    const auto found = content.find(name);
    if (found == content.end() || found->is_null()) return std::nullopt;
    require<FormatError>(found->is_number(), sidecar.path.string(), ": ", name, " is of type ", found->type_name(),
                         "; expected a number");
    const auto value = found->get<double>();
    require<FormatError>(value > 0.0 && value <= high, sidecar.path.string(), ": ", name, " is ", value,
                         "; expected more than 0 and at most ", high, hint);
    return value;
  };
  auto& protocol = sidecar.protocol;
  protocol.echo_time = number("EchoTime", 1.0, " s (BIDS stores seconds, not milliseconds)");
  sidecar.volume_step = number("RepetitionTime", 60.0, " s (BIDS stores seconds, not milliseconds)");
  protocol.repetition_time = number("RepetitionTimeExcitation", 60.0, " s (BIDS stores seconds, not milliseconds)");
  if (!protocol.repetition_time) protocol.repetition_time = sidecar.volume_step;
  protocol.inversion_time = number("InversionTime", 60.0, " s (BIDS stores seconds, not milliseconds)");
  protocol.flip_angle = number("FlipAngle", 180.0, " degrees");
  protocol.field_strength = number("MagneticFieldStrength", 30.0, " T");
  if (const auto found = content.find("Manufacturer"); found != content.end() && found->is_string()) {
    protocol.manufacturer = found->get<std::string>();
  }
  if (const auto found = content.find("ContrastBolusAgentGiven"); found != content.end() && found->is_boolean()) {
    protocol.contrast_agent = found->get<bool>();
  } else if (content.contains("ContrastBolusIngredient")) {
    protocol.contrast_agent = true;
  }
  sidecar.simulated = content.value("Simulated", json(false)) == json(true);
  if (const auto found = content.find("VolumeTiming"); found != content.end()) {
    const bool numbers =
        found->is_array() && std::all_of(found->begin(), found->end(), [](const json& item) { return item.is_number(); });
    require<FormatError>(numbers, sidecar.path.string(),
                         ": VolumeTiming is not a list of numbers; expected seconds, one for each volume");
    sidecar.volume_timing = found->get<std::vector<double>>();
  }
  return sidecar;
}

std::optional<double> even_time_step(const Eigen::VectorXd& times) {
  if (times.size() < 2) return std::nullopt;
  const double step = (times[times.size() - 1] - times[0]) / static_cast<double>(times.size() - 1);
  for (Eigen::Index t = 0; t < times.size(); ++t) {
    if (std::abs(times[t] - times[0] - static_cast<double>(t) * step) > 1e-3 * step) return std::nullopt;
  }
  return step;
}

std::string sidecar_text(const PerfusionSeries& series) {
  nlohmann::ordered_json content = nlohmann::ordered_json::object();
  const auto& protocol = series.protocol();
  const auto& times = series.times();
  const auto step = even_time_step(times);
  const auto& repetition = protocol.repetition_time;
  if (protocol.echo_time) content["EchoTime"] = *protocol.echo_time;
  // Every volume one TR after the last: the two names mean the same. Else TR has a name of its own.
  const bool one = repetition && step && std::abs(*repetition - *step) <= 1e-3 * *step;
  if (one) {
    content["RepetitionTime"] = *repetition;
  } else if (repetition) {
    if (step) content["RepetitionTime"] = *step;
    content["RepetitionTimeExcitation"] = *repetition;
  }
  if (protocol.flip_angle) content["FlipAngle"] = *protocol.flip_angle;
  if (protocol.field_strength) content["MagneticFieldStrength"] = *protocol.field_strength;
  if (protocol.simulated) content["Simulated"] = true;
  if (!step) content["VolumeTiming"] = std::vector<double>(times.data(), times.data() + times.size());
  return content.dump(2) + "\n";
}

std::string sidecar_text(const ImageProtocol& protocol) {
  nlohmann::ordered_json content = nlohmann::ordered_json::object();
  const auto put = [&](const char* name, const std::optional<double>& value) {
    if (value) content[name] = *value;
  };
  put("EchoTime", protocol.echo_time);
  put("RepetitionTime", protocol.repetition_time);
  put("InversionTime", protocol.inversion_time);
  put("FlipAngle", protocol.flip_angle);
  put("MagneticFieldStrength", protocol.field_strength);
  if (!protocol.manufacturer.empty()) content["Manufacturer"] = protocol.manufacturer;
  if (protocol.contrast_agent) content["ContrastBolusAgentGiven"] = *protocol.contrast_agent;
  return content.dump(2) + "\n";
}

}  // namespace bolus::io

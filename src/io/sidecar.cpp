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
  } catch (const json::exception& failure) {
    throw FormatError(message(sidecar.path.string(), " is not valid JSON: ", failure.what()));
  }
  require<FormatError>(content.is_object(), sidecar.path.string(), " is not a JSON object");
  const auto number = [&](const char* name, double high, const char* hint) -> std::optional<double> {
    const auto found = content.find(name);
    if (found == content.end() || found->is_null()) return std::nullopt;
    require<FormatError>(found->is_number(), sidecar.path.string(), ": ", name, " is ", found->dump(), "; expected a number");
    const auto value = found->get<double>();
    require<FormatError>(value > 0.0 && value <= high, sidecar.path.string(), ": ", name, " is ", value,
                         "; expected more than 0 and at most ", high, hint);
    return value;
  };
  sidecar.echo_time = number("EchoTime", 1.0, " s (BIDS stores seconds, not milliseconds)");
  sidecar.repetition_time = number("RepetitionTime", 60.0, " s (BIDS stores seconds, not milliseconds)");
  sidecar.flip_angle = number("FlipAngle", 180.0, " degrees");
  sidecar.field_strength = number("MagneticFieldStrength", 30.0, " T");
  sidecar.simulated = content.value("Simulated", json(false)) == json(true);
  if (const auto found = content.find("VolumeTiming"); found != content.end()) {
    const bool numbers =
        found->is_array() && std::all_of(found->begin(), found->end(), [](const json& item) { return item.is_number(); });
    require<FormatError>(numbers, sidecar.path.string(), ": VolumeTiming is not a list of numbers");
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
  if (protocol.echo_time) content["EchoTime"] = *protocol.echo_time;
  if (protocol.repetition_time) content["RepetitionTime"] = *protocol.repetition_time;
  if (protocol.flip_angle) content["FlipAngle"] = *protocol.flip_angle;
  if (protocol.field_strength) content["MagneticFieldStrength"] = *protocol.field_strength;
  if (protocol.simulated) content["Simulated"] = true;
  const auto& times = series.times();
  if (!even_time_step(times)) content["VolumeTiming"] = std::vector<double>(times.data(), times.data() + times.size());
  return content.dump(2) + "\n";
}

}  // namespace bolus::io

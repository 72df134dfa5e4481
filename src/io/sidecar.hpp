#pragma once
// The JSON file beside a NIfTI series, with BIDS names.
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <bolus/core/perfusion_series.hpp>

namespace bolus::io {

struct Sidecar {
  std::filesystem::path path;
  std::optional<double> echo_time, repetition_time, flip_angle, field_strength;  ///< s, s, degrees, T
  bool simulated = false;             ///< not a BIDS name: our own mark on what no scanner acquired
  std::vector<double> volume_timing;  ///< s
};

/// Where the sidecar of an image is.
std::filesystem::path sidecar_path(const std::filesystem::path& image);

/// Empty when there is none. Throws FormatError when it is damaged or a value is impossible.
Sidecar read_sidecar(const std::filesystem::path& image);

/// The text of a sidecar; time stamps only where they are not evenly spaced.
std::string sidecar_text(const PerfusionSeries& series);

/// The one step between all volumes, or empty when they are not evenly spaced (to a thousandth).
std::optional<double> even_time_step(const Eigen::VectorXd& times);

}  // namespace bolus::io

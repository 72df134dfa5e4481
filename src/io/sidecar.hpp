#pragma once
// The JSON file beside an image, with BIDS names.
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <bolus/core/perfusion_series.hpp>
#include <bolus/io/image_protocol.hpp>

namespace bolus::io {

struct Sidecar {
  std::filesystem::path path;
  ImageProtocol protocol;             ///< of RepetitionTimeExcitation, where it is there, as TR
  std::optional<double> volume_step;  ///< RepetitionTime, s: in BIDS, from one volume of a series to the next
  bool simulated = false;             ///< not a BIDS name: our own mark on what no scanner acquired
  std::vector<double> volume_timing;  ///< s
};

/// Where the sidecar of an image is.
std::filesystem::path sidecar_path(const std::filesystem::path& image);

/// Empty when there is none. Throws FormatError when it is damaged or a value is impossible.
Sidecar read_sidecar(const std::filesystem::path& image);

/// The text of a sidecar. RepetitionTime is the time from one volume to the next, as BIDS has it, or VolumeTiming where volumes
/// are not evenly spaced; the protocol's TR is RepetitionTimeExcitation where it differs.
std::string sidecar_text(const PerfusionSeries& series);
std::string sidecar_text(const ImageProtocol& protocol);

/// The one step between all volumes, or empty when they are not evenly spaced (to a thousandth).
std::optional<double> even_time_step(const Eigen::VectorXd& times);

}  // namespace bolus::io

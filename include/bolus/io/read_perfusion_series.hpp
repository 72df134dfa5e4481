#pragma once
#include <filesystem>
#include <optional>

#include <bolus/core/perfusion_series.hpp>
#include <bolus/io/read_image.hpp>

namespace bolus {

/// What the reader is told about a DSC series. Each value given here wins over the sidecar and the header.
struct PerfusionReading {
  std::optional<double> time_step{};        ///< s between volumes
  std::optional<double> echo_time{};        ///< TE, s
  std::optional<double> repetition_time{};  ///< TR, s
  std::optional<double> flip_angle{};       ///< degrees
  std::optional<double> field_strength{};   ///< T
  NonFinite non_finite = NonFinite::error;  ///< what to do with voxels that are NaN or infinite
};

/// Reads a 4-D DSC series (NIfTI-1, time last) as float32, scale and offset applied. Time stamps start at 0 and come from, in
/// this order: `time_step`; `VolumeTiming` of the sidecar; the header's time step with its unit (s, ms, us); the sidecar's
/// `RepetitionTime`. A time step of 1 without a unit counts as missing: tools write it for "not known".
/// A JSON file of the same name beside the series is read as BIDS names it: EchoTime, RepetitionTime (from volume to volume,
/// s), RepetitionTimeExcitation (TR where it is another, s), FlipAngle (degrees), MagneticFieldStrength (T), VolumeTiming (s).
/// Throws as `read_image`; ShapeError for a file that is not 4-D; DataError when the time step is not known; FormatError when
/// it is implausible (over 60 s: milliseconds under the wrong unit) or the sidecar is damaged; OptionError for values given
/// out of range.
PerfusionSeries read_perfusion_series(const std::filesystem::path& path, const PerfusionReading& options = {});

}  // namespace bolus

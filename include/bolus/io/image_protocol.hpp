#pragma once
#include <optional>
#include <string>

namespace bolus {

/// How an image was acquired, as far as its files say. In a sidecar under the BIDS names given.
struct ImageProtocol {
  std::optional<double> echo_time{};        ///< TE, s (EchoTime)
  std::optional<double> repetition_time{};  ///< TR, s (RepetitionTime)
  std::optional<double> inversion_time{};   ///< TI, s (InversionTime)
  std::optional<double> flip_angle{};       ///< degrees (FlipAngle)
  std::optional<double> field_strength{};   ///< T (MagneticFieldStrength)
  std::string manufacturer{};               ///< of the scanner (Manufacturer); empty where it is not known
  std::optional<bool> contrast_agent{};     ///< whether one had been given, where the header says so

  bool operator==(const ImageProtocol&) const = default;
};

}  // namespace bolus

#pragma once
#include <bolus/simulate/gradient_echo.hpp>
#include <optional>
#include <string>
#include <vector>

namespace bolus {

/// A DSC protocol of a simulated cohort.
struct ScanProtocol {
  std::string name;                         ///< as it appears in tables
  double field_strength = 3.0;              ///< T
  double echo_time = 0.03;                  ///< s
  double flip_angle = 35.0;                 ///< degrees
  double share = 1.0;                       ///< of the patients, relative to the other protocols
  std::optional<double> repetition_time{};  ///< TR, s; the cohort's `time_step` when not given
  std::optional<std::size_t> volumes{};     ///< samples of each curve; those of the cohort when not given
  double preload = 0.0;                     ///< dose of an earlier injection over that of the main one; 0: none

  /// The sequence with the contrast agent's relaxivity at this field, at its own repetition time or else at `time_step` s.
  GradientEcho sequence(double time_step) const {
    return {.echo_time = echo_time,
            .repetition_time = repetition_time.value_or(time_step),
            .flip_angle = flip_angle,
            .relaxivity = Relaxivity::at_field(field_strength)};
  }
};

/// Three protocols at 1.5 and 3 T. Choi et al. 2019 used three, but give their parameters in a supplement that is not public:
/// these are typical single-dose protocols without preload (low flip angle), an assumption.
inline std::vector<ScanProtocol> default_scan_protocols() {
  return {{"3T-A", 3.0, 0.030, 35.0, 0.45}, {"3T-B", 3.0, 0.040, 40.0, 0.30}, {"1.5T", 1.5, 0.040, 35.0, 0.25}};
}

}  // namespace bolus

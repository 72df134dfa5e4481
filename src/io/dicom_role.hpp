#pragma once
#include <string>
#include <vector>

#include <bolus/io/dicom.hpp>

#include "dicom_frames.hpp"

namespace bolus::io {

struct RoleGuess {
  SeriesRole role = SeriesRole::other;
  double confidence = 0.0;
  std::vector<std::string> reasons;
  bool says_contrast = false, says_no_contrast = false;  ///< in words or in the contrast agent's tag
};

/// `series` has its size, volumes, echo times and protocol. `parallel`: all its slices lie in parallel planes.
RoleGuess guess_role(const DicomHeader& header, const DicomSeries& series, bool parallel);

}  // namespace bolus::io

#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <bolus/core/atomic_file.hpp>
#include <bolus/core/curve_set.hpp>

namespace bolus {

/// The curves of one patient of a curve table.
struct PatientCurves {
  std::string patient;
  std::optional<int> label;  ///< 1 = IDH-mutant, 0 = wildtype; empty when not known
  CurveSet curves;           ///< T2*-weighted signals
};

/// Reads a table of signal curves: comma-separated, one row per patient and time point, with the columns `patient`, `time`
/// (s), optionally `label` (0, 1, wildtype, mutant or empty) and `simulated` (0, 1), and one column per curve (ET, NET, ED, WT,
/// AIF ...). Rows of a patient stand together in the order of time. Throws IoError; FormatError for a damaged table, with the
/// row; DataError for values that are no curve (NaN, times that do not increase).
std::vector<PatientCurves> read_curves(const std::filesystem::path& path);

/// Writes such a table; numbers survive the way there and back unchanged. All patients must have the same curves. Throws
/// IoError, ShapeError, DataError.
void write_curves(const std::filesystem::path& path, const std::vector<PatientCurves>& patients,
                  Overwrite overwrite = Overwrite::no);

}  // namespace bolus

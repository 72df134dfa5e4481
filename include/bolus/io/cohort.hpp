#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bolus {

/// One patient of a cohort table.
struct CohortRow {
  std::string patient;
  int label = 0;                                ///< 1 = IDH-mutant, 0 = wildtype
  std::optional<std::filesystem::path> folder;  ///< the study's folder
  std::optional<double> age;                    ///< years
  std::optional<std::string> sex;               ///< "F" or "M"
  std::optional<int> grade;                     ///< WHO grade, 1 to 4
  std::map<std::string, std::string> other;     ///< further columns as text, empty cells left out
};

/// A table of patients, in the order of the file.
struct Cohort {
  std::vector<std::string> columns;  ///< names in the file, lower case, in its order
  std::vector<CohortRow> rows;
};

/// Reads a comma-separated table (RFC 4180: quotes, line breaks within quotes; a byte order mark and CRLF are fine) with the
/// columns `patient` and `label` (or `idh`), and where present `folder`, `age`, `sex`, `grade`. Labels are 0, 1, wildtype or
/// mutant in any case; a relative folder counts from the folder of the table.
/// Throws IoError when the file cannot be read; FormatError with every problem at once, each with its row (the header is row
/// 1): missing columns, patients named twice, missing or unknown labels, numbers that are none, folders that are not there.
Cohort read_cohort(const std::filesystem::path& path);

}  // namespace bolus

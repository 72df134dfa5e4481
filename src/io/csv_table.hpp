#pragma once
// Comma-separated tables (RFC 4180), as text.
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace bolus::io {

struct CsvRecord {
  std::size_t line;  ///< of the file where it begins, from 1
  std::vector<std::string> fields;
};

/// The records of a table, header first, fields without the blanks around them; empty lines are passed over. LF, CRLF or CR
/// ends a record; a byte order mark is passed over. Throws IoError; FormatError for a file that is no text, empty, or ill
/// quoted.
std::vector<CsvRecord> read_csv(const std::filesystem::path& path);

/// A field as a finite number; empty when it is none.
std::optional<double> number_of(const std::string& field);

/// 1 for 1 or mutant, 0 for 0 or wildtype, in any case; empty otherwise.
std::optional<int> label_of(const std::string& field);

/// `text` as a field, quoted where it must be.
std::string csv_field(const std::string& text);

std::string lower(std::string text);

}  // namespace bolus::io

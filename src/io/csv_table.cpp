#include "csv_table.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iterator>

#include <bolus/core/error.hpp>

#include "image_file.hpp"

namespace bolus::io {

using detail::require;

namespace {

std::string trimmed(const std::string& text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::vector<CsvRecord> split(const std::string& text, const std::string& name) {
  std::vector<CsvRecord> records;
  std::vector<std::string> fields;
  std::string field;
  std::size_t line = 1, begun = 1;
  bool quoted = false, was_quoted = false;
  const auto end_field = [&] {
    fields.push_back(was_quoted ? field : trimmed(field));
    field.clear();
    was_quoted = false;
  };
  const auto end_record = [&] {
    end_field();
    const bool empty = std::all_of(fields.begin(), fields.end(), [](const auto& value) { return value.empty(); });
    if (!empty) records.push_back({begun, fields});
    fields.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
        field += text[++i];
      } else if (c == '"') {
        quoted = false;
      } else {
        field += c;
        line += c == '\n';
      }
    } else if (c == '"' && trimmed(field).empty() && !was_quoted) {
      quoted = was_quoted = true;
      field.clear();
    } else if (c == ',') {
      end_field();
    } else if (c == '\n' || c == '\r') {
      if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') ++i;
      end_record();
      begun = ++line;
    } else if (!was_quoted) {
      field += c;
    } else {
      require<FormatError>(c == ' ' || c == '\t', name, ", row ", begun,
                           ": text follows a closing quote; a quote within a quoted ", "field is written twice");
    }
  }
  require<FormatError>(!quoted, name, ", row ", begun, ": a quote is opened and never closed");
  if (!field.empty() || !fields.empty() || was_quoted) end_record();
  return records;
}

}  // namespace

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::optional<double> number_of(const std::string& text) {
  double value = 0.0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<int> label_of(const std::string& text) {
  const auto value = lower(text);
  if (value == "1" || value == "mutant") return 1;
  if (value == "0" || value == "wildtype") return 0;
  return std::nullopt;
}

std::string csv_field(const std::string& text) {
  const bool blanks = text != trimmed(text);
  if (!blanks && text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

std::vector<CsvRecord> read_csv(const std::filesystem::path& path) {
  require_file(path);
  std::ifstream stream(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  require<FormatError>(text.find('\0') == std::string::npos, path.string(), " is not a text file (UTF-8)");
  auto records = split(text, path.string());
  require<FormatError>(!records.empty(), path.string(), " is empty; expected a header and rows");
  return records;
}

}  // namespace bolus::io

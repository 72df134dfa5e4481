#include <bolus/io/cohort.hpp>

#include <algorithm>

#include <bolus/core/error.hpp>

#include "csv_table.hpp"

namespace bolus {

using detail::message;
using io::label_of, io::lower, io::number_of;

Cohort read_cohort(const std::filesystem::path& path) {
  const std::string name = path.string();
  const auto records = io::read_csv(path);

  std::vector<std::string> problems;
  const auto problem = [&](const auto&... parts) { problems.push_back(message(parts...)); };
  const auto report = [&] {
    if (problems.empty()) return;
    std::string all;
    for (std::size_t i = 0; i < std::min<std::size_t>(problems.size(), 50); ++i) all += "\n  " + problems[i];
    if (problems.size() > 50) all += message("\n  and ", problems.size() - 50, " more");
    throw FormatError(message(name, " has ", problems.size(), " problem(s):", all));
  };

  Cohort cohort;
  for (const auto& column : records[0].fields) cohort.columns.push_back(lower(column));
  const auto& columns = cohort.columns;
  const auto column_of = [&](const std::string& wanted) -> std::optional<std::size_t> {
    const auto found = std::find(columns.begin(), columns.end(), wanted);
    if (found == columns.end()) return std::nullopt;
    return static_cast<std::size_t>(found - columns.begin());
  };
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (std::find(columns.begin(), columns.begin() + static_cast<std::ptrdiff_t>(i), columns[i]) !=
        columns.begin() + static_cast<std::ptrdiff_t>(i)) {
      problem("row 1: the column '", columns[i], "' is there twice");
    }
  }
  const auto patient_column = column_of("patient");
  const std::string label_name = column_of("label") ? "label" : "idh";
  std::string there;
  for (const auto& column : columns) there += (there.empty() ? "'" : ", '") + column + "'";
  if (!patient_column) problem("row 1: there is no column 'patient'; found: ", there);
  if (!column_of(label_name)) problem("row 1: there is no column 'label' (or 'idh'); found: ", there);
  if (columns.size() == 1 && columns[0].find(';') != std::string::npos)
    problem("row 1: separate columns by commas, not semicolons");
  report();

  std::map<std::string, std::size_t> first_row;
  for (std::size_t r = 1; r < records.size(); ++r) {
    const auto& record = records[r];
    const auto where = message("row ", record.line, ": ");
    if (record.fields.size() != columns.size()) {
      problem(where, "found ", record.fields.size(), " fields, expected ", columns.size());
      continue;
    }
    CohortRow row;
    row.patient = record.fields[*patient_column];
    if (row.patient.empty()) problem(where, "the patient is missing");
    const auto [known, is_new] = first_row.emplace(row.patient, record.line);
    if (!is_new && !row.patient.empty()) problem(where, "patient '", row.patient, "' is already in row ", known->second);
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const auto& column = columns[c];
      const auto& field = record.fields[c];
      if (column == label_name) {
        const auto label = label_of(field);
        if (field.empty()) {
          problem(where, "the ", column, " is missing");
        } else if (!label) {
          problem(where, "the ", column, " is '", field, "'; expected 0, 1, wildtype or mutant");
        }
        row.label = label.value_or(0);
      } else if (field.empty() || column == "patient") {
        continue;
      } else if (column == "folder") {
        const std::filesystem::path folder(field);
        row.folder = (folder.is_absolute() ? folder : path.parent_path() / folder).lexically_normal();
        std::error_code ignored;
        if (!std::filesystem::is_directory(*row.folder, ignored)) problem(where, "there is no folder ", row.folder->string());
      } else if (column == "age") {
        row.age = number_of(field);
        if (!row.age || *row.age < 0.0 || *row.age > 130.0)
          problem(where, "age is '", field, "'; expected years between 0 and 130");
      } else if (column == "sex") {
        const auto sex = lower(field);
        if (sex == "f" || sex == "female") row.sex = "F";
        if (sex == "m" || sex == "male") row.sex = "M";
        if (!row.sex) problem(where, "sex is '", field, "'; expected F or M");
      } else if (column == "grade") {
        const auto grade = number_of(field);
        if (grade && (*grade == 1.0 || *grade == 2.0 || *grade == 3.0 || *grade == 4.0)) {
          row.grade = static_cast<int>(*grade);
        } else {
          problem(where, "grade is '", field, "'; expected a WHO grade from 1 to 4");
        }
      } else {
        row.other[column] = field;
      }
    }
    cohort.rows.push_back(std::move(row));
  }
  if (records.size() == 1) problem("there is a header and no patient");
  report();
  return cohort;
}

}  // namespace bolus

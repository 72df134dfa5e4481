#include <bolus/io/curves.hpp>

#include <algorithm>
#include <charconv>
#include <set>

#include "csv_table.hpp"

namespace bolus {
namespace {

using detail::message;
using detail::require;

std::string shortest(double value) {
  char text[40];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  return {text, end};
}

/// Which column of the table holds what.
struct Layout {
  std::size_t patient = 0, time = 0;
  std::optional<std::size_t> label, simulated;
  std::vector<std::size_t> curves;
  std::vector<std::string> names;
};

Layout layout_of(const std::vector<std::string>& header, const std::string& name) {
  Layout layout;
  std::optional<std::size_t> patient, time;
  std::set<std::string> seen;
  for (std::size_t c = 0; c < header.size(); ++c) {
    const auto column = io::lower(header[c]);
    require<FormatError>(!column.empty() && seen.insert(column).second, name, ", row 1: column ", c + 1, " ('", header[c],
                         "') has no name or one that is there twice");
    if (column == "patient") {
      patient = c;
    } else if (column == "time") {
      time = c;
    } else if (column == "label") {
      layout.label = c;
    } else if (column == "simulated") {
      layout.simulated = c;
    } else {
      layout.curves.push_back(c);
      layout.names.push_back(header[c]);
    }
  }
  require<FormatError>(patient && time && !layout.curves.empty(), name,
                       ", row 1: expected the columns patient, time and at least one curve (ET, NET, ED, WT, AIF ...)");
  layout.patient = *patient;
  layout.time = *time;
  return layout;
}

/// The rows [begin, end) of one patient.
PatientCurves patient_from(const std::vector<io::CsvRecord>& records, std::size_t begin, std::size_t end, const Layout& layout,
                           const std::string& name) {
  const auto value = [&](const io::CsvRecord& record, std::size_t column) {
    const auto number = io::number_of(record.fields[column]);
    require<FormatError>(number.has_value(), name, ", row ", record.line, ", column '", records[0].fields[column], "': '",
                         record.fields[column], "' is not a number; write numbers with a point, and leave none out");
    return *number;
  };
  PatientCurves entry;
  entry.patient = records[begin].fields[layout.patient];
  entry.curves.names = layout.names;
  entry.curves.times.resize(static_cast<Eigen::Index>(end - begin));
  entry.curves.values.resize(entry.curves.times.size(), static_cast<Eigen::Index>(layout.curves.size()));
  for (std::size_t r = begin; r < end; ++r) {
    const auto row = static_cast<Eigen::Index>(r - begin);
    entry.curves.times[row] = value(records[r], layout.time);
    for (std::size_t c = 0; c < layout.curves.size(); ++c) {
      entry.curves.values(row, static_cast<Eigen::Index>(c)) = value(records[r], layout.curves[c]);
    }
    if (layout.simulated) {
      const auto& mark = records[r].fields[*layout.simulated];
      require<FormatError>(mark == "0" || mark == "1", name, ", row ", records[r].line, ": simulated is '", mark,
                           "'; expected 0 or 1");
      entry.curves.simulated = entry.curves.simulated || mark == "1";
    }
    if (!layout.label) continue;
    const auto& field = records[r].fields[*layout.label];
    const auto label = io::label_of(field);
    require<FormatError>(field.empty() || label.has_value(), name, ", row ", records[r].line, ": the label is '", field,
                         "'; expected 0, 1, wildtype, mutant or nothing");
    require<FormatError>(r == begin || label == entry.label, name, ", row ", records[r].line, ": the label of patient '",
                         entry.patient, "' is not that of the rows before; a patient has one label: correct the rows");
    entry.label = label;
  }
  try {
    entry.curves.validate();
  } catch (const DataError& failure) {
    throw DataError(message(name, ", patient '", entry.patient, "': ", failure.what()));
  }
  return entry;
}

}  // namespace

std::vector<PatientCurves> read_curves(const std::filesystem::path& path) {
  const auto records = io::read_csv(path);
  const std::string name = path.string();
  const auto layout = layout_of(records[0].fields, name);
  require<FormatError>(records.size() > 1, name, " has a header and no rows; add one for each patient and time");
  std::vector<PatientCurves> patients;
  std::set<std::string> seen;
  for (std::size_t begin = 1, end = 1; begin < records.size(); begin = end) {
    const auto fits = [&](const io::CsvRecord& record) {
      require<FormatError>(record.fields.size() == records[0].fields.size(), name, ", row ", record.line, ": found ",
                           record.fields.size(), " fields, expected ", records[0].fields.size());
      return record.fields[layout.patient];
    };
    const auto patient = fits(records[begin]);
    require<FormatError>(!patient.empty(), name, ", row ", records[begin].line,
                         ": the patient is missing; every row needs a name in the column patient");
    require<FormatError>(seen.insert(patient).second, name, ", row ", records[begin].line, ": patient '", patient,
                         "' was there before; the rows of a patient must stand together");
    for (end = begin + 1; end < records.size() && fits(records[end]) == patient; ++end) {
    }
    patients.push_back(patient_from(records, begin, end, layout, name));
  }
  return patients;
}

void write_curves(const std::filesystem::path& path, const std::vector<PatientCurves>& patients, Overwrite overwrite) {
  require<DataError>(!patients.empty(), "there are no curves to write to ", path.string());
  const auto& names = patients[0].curves.names;
  const bool simulated =
      std::any_of(patients.begin(), patients.end(), [](const auto& entry) { return entry.curves.simulated; });
  std::string text = simulated ? "patient,label,simulated,time" : "patient,label,time";
  for (const auto& name : names) {
    const auto column = io::lower(name);
    require<DataError>(!name.empty() && column != "patient" && column != "label" && column != "time" && column != "simulated",
                       "a curve cannot be called '", name, "' in a table, where that is a column of its own; rename the curve");
    text += "," + io::csv_field(name);
  }
  text += "\n";
  std::set<std::string> seen;
  for (const auto& entry : patients) {
    require<DataError>(!entry.patient.empty() && seen.insert(entry.patient).second, "patient '", entry.patient,
                       "' has no name or is there twice; give every patient a name of its own");
    entry.curves.validate();
    require<ShapeError>(entry.curves.names == names, "patient '", entry.patient,
                        "' has other curves than the first patient; write the same curves, in the same order, for all");
    const auto first = io::csv_field(entry.patient) + "," + (entry.label ? std::to_string(*entry.label) : "") + "," +
                       (!simulated               ? ""
                        : entry.curves.simulated ? "1,"
                                                 : "0,");
    for (Eigen::Index t = 0; t < entry.curves.times.size(); ++t) {
      text += first + shortest(entry.curves.times[t]);
      for (Eigen::Index c = 0; c < entry.curves.values.cols(); ++c) text += "," + shortest(entry.curves.values(t, c));
      text += "\n";
    }
  }
  write_atomically(path, overwrite, text);
}

}  // namespace bolus

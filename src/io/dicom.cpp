#include <bolus/io/dicom.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <tuple>

#include <bolus/core/parallel.hpp>

#include "dicom_assembly.hpp"
#include "dicom_role.hpp"

namespace bolus {
namespace {

using detail::message;
using detail::require;

std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder) {
  std::error_code error;
  require<IoError>(std::filesystem::exists(folder, error), "there is no folder ", folder.string(), "; check the path");
  require<IoError>(std::filesystem::is_directory(folder, error), folder.string(),
                   " is not a folder; expected one with DICOM files");
  std::vector<std::filesystem::path> files;
  constexpr auto options = std::filesystem::directory_options::skip_permission_denied;
  std::filesystem::recursive_directory_iterator entry(folder, options, error), end;
  while (!error && entry != end) {
    const auto name = entry->path().filename().string();
    std::error_code ignored;
    if (name.starts_with(".")) {
      if (entry->is_directory(ignored)) entry.disable_recursion_pending();
    } else if (entry->is_regular_file(ignored)) {
      files.push_back(entry->path());
    }
    entry.increment(error);
  }
  require<IoError>(!error, "cannot list ", folder.string(), ": ", error.message());
  std::sort(files.begin(), files.end());
  return files;
}

/// What is kept of a file while its series is put together.
struct Entry {
  std::filesystem::path path;
  io::DicomHeader header;
  std::vector<io::DicomFrame> frames;
  std::vector<std::string> words;
  std::string problem;
};

Entry read_entry(const std::filesystem::path& path) {
  Entry entry;
  entry.path = path;
  try {
    const auto file = io::read_dicom_file(path);
    if (file.text(file.meta, 0x00020002) == "1.2.840.10008.1.3.10") {
      entry.problem = "a DICOMDIR, which is not needed";
      return entry;
    }
    entry.header = io::dicom_header(file);
    entry.frames = io::dicom_frames(file, entry.header, 0);
    entry.words = io::identifying_words(file);
  } catch (const Error& failure) {
    entry.problem = failure.what();
    // The list names the file already.
    if (entry.problem.starts_with(path.string())) {
      entry.problem.erase(0, path.string().size());
      entry.problem.erase(0, entry.problem.find_first_not_of(" :"));
    }
  }
  return entry;
}

double start_of(const std::vector<io::DicomFrame>& frames) {
  double start = std::numeric_limits<double>::infinity();
  for (const auto& frame : frames) {
    if (frame.acquisition) start = std::min(start, frame.acquisition->seconds);
  }
  if (std::isfinite(start)) return start;
  for (const auto& frame : frames) {
    if (frame.content) start = std::min(start, frame.content->seconds);
  }
  return start;
}

struct Described {
  DicomSeries series;
  double start = 0.0;
  io::RoleGuess guess;
};

Described describe(std::vector<const Entry*> members) {
  Described described;
  auto& series = described.series;
  const auto& header = members[0]->header;
  io::DicomSource source;
  std::vector<std::string> words;
  for (std::size_t i = 0; i < members.size(); ++i) {
    series.files.push_back(members[i]->path);
    source.headers.push_back(members[i]->header);
    words.insert(words.end(), members[i]->words.begin(), members[i]->words.end());
    for (auto frame : members[i]->frames) {
      frame.file = i;
      source.frames.push_back(std::move(frame));
    }
  }
  std::sort(words.begin(), words.end(),
            [](const auto& a, const auto& b) { return a.size() != b.size() ? a.size() > b.size() : a < b; });
  words.erase(std::unique(words.begin(), words.end()), words.end());
  if (header.series_number && std::abs(*header.series_number) < 1e9) series.number = static_cast<int>(*header.series_number);
  series.description = io::without_identity(header.description.empty() ? header.protocol : header.description, words);
  constexpr std::array<const char*, 3> layouts{"single-frame", "mosaic", "multi-frame"};
  series.layout = layouts[static_cast<std::size_t>(header.layout)];
  const auto parts = io::split_parts(source);
  const auto& first = parts.front();
  const bool parallel = io::is_parallel(source, first);
  const auto slices = io::count_slices(source, first);
  const auto per_row = std::max(1, header.tiles_per_row);
  series.size = {header.pixels.columns / per_row, header.pixels.rows / per_row, static_cast<std::int64_t>(slices)};
  const auto& frame = source.frames[first.frames[0]];
  series.spacing = {frame.column_spacing, frame.row_spacing,
                    header.slice_spacing.value_or(header.slice_thickness.value_or(0.0))};
  if (slices > 1 && parallel) {
    const Eigen::Vector3d normal = frame.row.cross(frame.column);
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (const auto i : first.frames) {
      const double height = source.frames[i].position.dot(normal);
      low = std::min(low, height);
      high = std::max(high, height);
    }
    series.spacing[2] = (high - low) / static_cast<double>(slices - 1);
  }
  series.volumes = static_cast<std::int64_t>((first.frames.size() + slices - 1) / slices);
  std::set<double> echoes;
  for (const auto& part : parts) {
    if (part.echo_time) echoes.insert(*part.echo_time);
  }
  series.echo_times.assign(echoes.begin(), echoes.end());
  series.protocol.echo_time = echoes.empty() ? std::nullopt : std::optional(*echoes.begin());
  series.protocol.repetition_time = header.repetition_time;
  series.protocol.inversion_time = header.inversion_time;
  series.protocol.flip_angle = header.flip_angle;
  series.protocol.field_strength = header.field_strength;
  series.protocol.manufacturer = header.manufacturer;
  if (!header.contrast.empty())
    series.protocol.contrast_agent = header.contrast != "NO" && header.contrast != "NONE" && header.contrast != "no";
  described.guess = io::guess_role(header, series, parallel);
  if (first.component == "P" || first.component == "R" || first.component == "I") {
    described.guess = {};
    described.guess.confidence = 1.0;
    described.guess.reasons = {"phase, or the real or imaginary part"};
  }
  described.start = start_of(source.frames);
  return described;
}

}  // namespace

DicomFolder find_series(const std::filesystem::path& folder) {
  const auto files = files_below(folder);
  std::vector<Entry> entries(files.size());
  parallel_for(files.size(), 16, 0, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) entries[i] = read_entry(files[i]);
  });

  DicomFolder found;
  using Key = std::tuple<std::string, std::string, std::string, std::string, std::int64_t, std::int64_t>;
  std::map<Key, std::vector<const Entry*>> groups;
  for (const auto& entry : entries) {
    if (!entry.problem.empty()) {
      found.unreadable.push_back({entry.path, entry.problem});
      continue;
    }
    const auto& header = entry.header;
    const auto component = header.layout == io::DicomLayout::multi_frame ? std::string() : entry.frames[0].component;
    groups[{header.patient, header.study_uid, header.series_uid, component, header.pixels.rows, header.pixels.columns}]
        .push_back(&entry);
  }

  // Patients and studies are counted in the order of their first file: nothing of what they are called is left.
  std::map<std::string, int> patients, studies;
  for (const auto& entry : entries) {
    if (!entry.problem.empty()) continue;
    if (!entry.header.patient.empty()) patients.emplace(entry.header.patient, static_cast<int>(patients.size()));
    studies.emplace(entry.header.study_uid, static_cast<int>(studies.size()));
  }
  std::vector<Described> all;
  for (const auto& [key, members] : groups) {
    auto described = describe(members);
    // A file that does not name its patient belongs to the first.
    const auto patient = patients.find(members[0]->header.patient);
    described.series.patient = patient == patients.end() ? 0 : patient->second;
    described.series.study = studies.at(members[0]->header.study_uid);
    all.push_back(std::move(described));
  }
  std::stable_sort(all.begin(), all.end(), [](const Described& a, const Described& b) {
    const auto key = [](const Described& d) {
      return std::tuple(d.series.patient, d.series.study, d.start, d.series.number.value_or(0), d.series.files[0]);
    };
    return key(a) < key(b);
  });

  // Before or after the bolus, where no word is lost about it.
  for (auto& t1 : all) {
    if (t1.guess.role == SeriesRole::t1 && !t1.guess.says_contrast && !t1.guess.says_no_contrast) {
      for (const auto& dsc : all) {
        if (dsc.guess.role == SeriesRole::dsc && dsc.guess.confidence >= 0.5 && dsc.series.patient == t1.series.patient &&
            dsc.series.study == t1.series.study && std::isfinite(t1.start) && t1.start > dsc.start) {
          t1.guess.role = SeriesRole::cet1;
          t1.guess.confidence = std::min(t1.guess.confidence, 0.6);
          t1.guess.reasons.push_back("acquired after the bolus passage");
          break;
        }
      }
    }
    t1.series.role = t1.guess.role;
    t1.series.confidence = t1.guess.confidence;
    t1.series.reasons = t1.guess.reasons;
  }
  for (auto& described : all) found.series.push_back(std::move(described.series));
  return found;
}

ChosenSeries choose_series(const DicomFolder& folder, double least_confidence) {
  require<OptionError>(least_confidence >= 0.0 && least_confidence <= 1.0, "least_confidence is ", least_confidence,
                       "; expected 0 to 1");
  std::map<int, std::size_t> patients;
  for (const auto& series : folder.series) patients[series.patient] += series.files.size();
  if (patients.size() > 1) {
    std::string counts;
    for (const auto& [patient, files] : patients) counts += message(counts.empty() ? "" : ", ", files);
    const auto first = std::find_if(folder.series.begin(), folder.series.end(), [](const auto& s) { return s.patient == 0; });
    const auto second = std::find_if(folder.series.begin(), folder.series.end(), [](const auto& s) { return s.patient != 0; });
    throw DataError(message("the folder holds files of ", patients.size(), " patients (", counts, " files), for example ",
                            first->files[0].string(), " and ", second->files[0].string(),
                            "; expected one: give each patient a folder"));
  }
  const auto is_candidate = [&](const DicomSeries& series) {
    return series.role != SeriesRole::other && series.confidence >= least_confidence;
  };
  std::map<int, std::set<SeriesRole>> roles;
  for (const auto& series : folder.series) {
    if (is_candidate(series)) roles[series.study].insert(series.role);
  }
  if (roles.empty()) {
    std::string there;
    for (const auto& series : folder.series) there += message(there.empty() ? "" : ", ", "'", series.description, "'");
    throw DataError(message("no series was recognised as t1, t2, flair, cet1 or dsc with a confidence of ", least_confidence,
                            "; the folder holds ", folder.series.size(), " series",
                            there.empty() ? std::string() : ": " + there, " and ", folder.unreadable.size(),
                            " files that cannot be read; set the role of a series by hand"));
  }
  const auto most = std::max_element(roles.begin(), roles.end(),
                                     [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
  const auto equals =
      std::count_if(roles.begin(), roles.end(), [&](const auto& r) { return r.second.size() == most->second.size(); });
  require<DataError>(equals == 1, "the folder holds ", roles.size(), " studies (examinations) of the patient, and ", equals,
                     " of them have ", most->second.size(), " roles each; give the study to use a folder of its own");
  ChosenSeries chosen;
  if (roles.size() > 1) {
    chosen.flags.push_back({"io.dicom.several_studies", message("the folder holds ", roles.size(),
                                                                " studies (examinations); the one with most roles was taken")});
  }
  for (const auto role : all_series_roles) {
    const DicomSeries *best = nullptr, *next = nullptr;
    for (const auto& series : folder.series) {
      if (series.study != most->first || !is_candidate(series) || series.role != role) continue;
      const auto better = [](const DicomSeries& a, const DicomSeries& b) {
        if (std::abs(a.confidence - b.confidence) > 0.05) return a.confidence > b.confidence;
        return a.size[2] * std::max<std::int64_t>(1, a.volumes) >= b.size[2] * std::max<std::int64_t>(1, b.volumes);
      };
      if (!best || better(series, *best)) {
        next = best;
        best = &series;
      } else if (!next || better(series, *next)) {
        next = &series;
      }
    }
    if (!best) continue;
    const auto name = series_role_name(role);
    if (next && best->confidence - next->confidence <= 0.1) {
      chosen.flags.push_back({"io.dicom.role.ambiguous",
                              message(name, ": '", best->description, "' was taken; '", next->description, "' is as likely")});
    }
    if (best->confidence < 0.7) {
      chosen.flags.push_back({"io.dicom.role.doubtful",
                              message(name, ": '", best->description, "' was taken with a confidence of ", best->confidence)});
    }
    chosen.series.emplace(role, *best);
  }
  return chosen;
}

}  // namespace bolus

#include <bolus/io/study.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <vector>

#include <bolus/io/image_info.hpp>

#include "dicom_file.hpp"
#include "image_file.hpp"

namespace bolus {
namespace {

using detail::message;
using detail::require;

struct Role {
  std::string_view name;
  std::vector<std::string_view> aliases;
};

/// The first four in the order of `all_modalities`.
const std::array<Role, 7>& roles() {
  static const std::array<Role, 7> known{{{"t1", {"t1", "t1w", "t1n", "t1pre"}},
                                          {"t2", {"t2", "t2w"}},
                                          {"flair", {"flair", "t2f", "t2flair"}},
                                          {"cet1", {"cet1", "t1c", "t1ce", "t1gd", "t1post"}},
                                          {"dsc", {"dsc", "perf", "perfusion"}},
                                          {"labels", {"labels", "label", "seg", "segmentation"}},
                                          {"aif", {"aif"}}}};
  return known;
}

/// Position in `roles` by the whole name or what follows its last separator; -1: none. A T1 with the BIDS entity `ce` is CET1.
int role_of(const std::filesystem::path& file) {
  auto stem = io::image_stem(file);
  std::transform(stem.begin(), stem.end(), stem.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto separator = stem.find_last_of("_-. ");
  const auto last = separator == std::string::npos ? stem : stem.substr(separator + 1);
  for (std::size_t i = 0; i < roles().size(); ++i) {
    const auto& aliases = roles()[i].aliases;
    if (std::find(aliases.begin(), aliases.end(), last) == aliases.end()) continue;
    return i == 0 && stem.find("_ce-") != std::string::npos ? 3 : static_cast<int>(i);
  }
  return -1;
}

std::vector<std::filesystem::path> entries_of(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> found;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (!entry->path().filename().string().starts_with(".")) found.push_back(entry->path());
  }
  require<IoError>(!error, "cannot list ", folder.string(), ": ", error.message());
  std::sort(found.begin(), found.end());
  return found;
}

/// Where the images are: below a single `sub-` and a single `ses-` folder, as BIDS has them, or in the folder itself.
std::filesystem::path bids_level(std::filesystem::path folder) {
  for (const std::string_view level : {"sub-", "ses-"}) {
    std::vector<std::filesystem::path> below;
    for (const auto& entry : entries_of(folder)) {
      std::error_code error;
      if (entry.filename().string().starts_with(level) && std::filesystem::is_directory(entry, error)) below.push_back(entry);
    }
    require<DataError>(below.size() < 2, folder.string(), " holds ", below.size(), " folders that start with ", level,
                       "; give one of them: a study is one patient at one time");
    if (!below.empty()) folder = below.front();
  }
  return folder;
}

/// Whether any file in or below the folder is DICOM; stops at the first.
bool holds_dicom(const std::filesystem::path& folder) {
  std::error_code error;
  constexpr auto options = std::filesystem::directory_options::skip_permission_denied;
  for (std::filesystem::recursive_directory_iterator entry(folder, options, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;
    if (!entry->is_regular_file(ignored) || io::is_image_file(entry->path())) continue;
    try {
      if (io::looks_like_dicom(entry->path())) return true;
    } catch (const IoError&) {  // not readable: not ours to complain about
    }
  }
  return false;
}

/// Flags of one image, under its name.
void add_flags(QcFlags& into, std::string_view name, const QcFlags& flags) {
  for (const auto& flag : flags) into.push_back({flag.code, message(name, ": ", flag.message)});
}

}  // namespace

Study find_study(const std::filesystem::path& folder) {
  std::error_code error;
  require<IoError>(std::filesystem::exists(folder, error), "there is no folder ", folder.string(), "; check the path");
  require<IoError>(std::filesystem::is_directory(folder, error), folder.string(),
                   " is not a folder; expected the folder of one study");
  const auto level = bids_level(folder);
  auto files = entries_of(level);
  for (const auto* part : {"anat", "perf"}) {
    if (!std::filesystem::is_directory(level / part, error)) continue;
    const auto below = entries_of(level / part);
    files.insert(files.end(), below.begin(), below.end());
  }

  std::array<std::optional<std::filesystem::path>, 7> chosen;
  std::string there;
  for (const auto& file : files) {
    there += (there.empty() ? "" : ", ") + file.filename().string();
    const int role = io::is_image_file(file) && !std::filesystem::is_directory(file, error) ? role_of(file) : -1;
    if (role < 0) continue;
    auto& taken = chosen[static_cast<std::size_t>(role)];
    require<DataError>(!taken, "two files in ", folder.string(), " could be ", roles()[static_cast<std::size_t>(role)].name,
                       ": ", taken ? taken->filename().string() : "", " and ", file.filename().string(),
                       "; rename or remove one");
    taken = file;
  }
  Study study;
  const auto named = [](const auto& file) { return file.has_value(); };
  if (!std::all_of(chosen.begin(), chosen.begin() + 5, named) && holds_dicom(folder)) {
    const auto series = find_series(folder);
    // Beside named images, DICOM files that are none of the rest (a report, a localiser) are left alone.
    const bool useful = std::any_of(series.series.begin(), series.series.end(), [](const DicomSeries& found) {
      return found.role != SeriesRole::other && found.confidence >= 0.5;
    });
    if (useful || !std::any_of(chosen.begin(), chosen.begin() + 5, named)) {
      auto found = choose_series(series);
      study.flags = found.flags;
      for (auto& [role, one] : found.series) {
        const auto place = static_cast<std::size_t>(role);
        if (chosen[place]) continue;
        if (role == SeriesRole::dsc) {
          study.dicom_perfusion = std::move(one);
        } else {
          study.dicom_images.emplace(all_modalities[place], std::move(one));
        }
      }
    }
  }
  const bool any = std::any_of(chosen.begin(), chosen.end(), named) || !study.dicom_images.empty() || study.dicom_perfusion;
  require<DataError>(
      any, "no file of a study was recognised in ", folder.string(), ", which holds: ", there.empty() ? "nothing" : there,
      "; expected t1, t2, flair, cet1, dsc, labels, aif with the ending .nii, .nii.gz, .nrrd or .mha, or DICOM files");

  const auto full = std::filesystem::absolute(folder, error).lexically_normal();
  study.patient = (full.has_filename() ? full : full.parent_path()).filename().string();
  for (std::size_t i = 0; i < all_modalities.size(); ++i) {
    if (chosen[i]) study.images[all_modalities[i]] = *chosen[i];
  }
  study.perfusion = chosen[4];
  study.labels = chosen[5];
  study.arterial_mask = chosen[6];
  return study;
}

StudyImages read_study(const Study& study) {
  StudyImages images;
  images.patient = study.patient;
  images.flags = study.flags;
  for (const auto& [modality, series] : study.dicom_images) {
    require<DataError>(!study.images.contains(modality), "the study has both a file and a DICOM series for ",
                       modality_name(modality), "; give one of them");
  }
  require<DataError>(!study.perfusion || !study.dicom_perfusion,
                     "the study has both a file and a DICOM series for dsc; give one of them");
  for (const auto& [modality, path] : study.images) {
    images.structural.emplace(modality, read_image(path));
    add_flags(images.flags, modality_name(modality), image_info(path).flags);
  }
  for (const auto& [modality, series] : study.dicom_images) {
    auto read = read_dicom_image(series);
    images.structural.emplace(modality, std::move(read.image));
    add_flags(images.flags, modality_name(modality), read.flags);
  }
  if (study.perfusion) {
    images.perfusion = read_perfusion_series(*study.perfusion, study.perfusion_reading);
    add_flags(images.flags, "dsc", image_info(*study.perfusion).flags);
  } else if (study.dicom_perfusion) {
    auto read = read_dicom_perfusion(*study.dicom_perfusion, study.perfusion_reading);
    const auto distance = [](const PerfusionSeries& echo) { return std::abs(echo.protocol().echo_time.value_or(1.0) - 0.030); };
    const auto best = std::min_element(read.series.begin(), read.series.end(),
                                       [&](const auto& a, const auto& b) { return distance(a) < distance(b); });
    images.perfusion = std::move(*best);
    read.series.erase(best);
    images.other_echoes = std::move(read.series);
    add_flags(images.flags, "dsc", read.flags);
  }
  if (study.labels) {
    images.labels = read_label_map(*study.labels);
    std::string differences;
    bool fits = false;
    const auto compare = [&](const Geometry& grid, std::string_view name) {
      const auto difference = images.labels->geometry().difference(grid);
      fits = fits || difference.empty();
      differences += message(differences.empty() ? "" : "; ", name, ": ", difference);
    };
    for (const auto& [modality, image] : images.structural) compare(image.geometry(), modality_name(modality));
    if (images.perfusion) compare(images.perfusion->geometry(), "dsc");
    require<GeometryError>(fits, "the labels ", study.labels->string(), " lie on the grid of no image of the study (",
                           differences.empty() ? "it has no image" : differences,
                           "); resample them by nearest neighbour onto one of them first");
  }
  if (study.arterial_mask) {
    images.arterial_mask = read_mask(*study.arterial_mask);
    require<GeometryError>(images.perfusion.has_value(), "the study has an arterial mask, ", study.arterial_mask->string(),
                           ", but no perfusion series it could belong to; add the series (dsc), or remove the mask");
    require_same_space(images.arterial_mask->geometry(), images.perfusion->geometry(),
                       "the arterial mask " + study.arterial_mask->string(), "the perfusion series");
  }
  return images;
}

}  // namespace bolus

#include <bolus/io/study.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

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

/// Position in `roles` by the whole name or what follows its last separator; -1: none.
int role_of(const std::filesystem::path& file) {
  auto stem = io::image_stem(file);
  std::transform(stem.begin(), stem.end(), stem.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto separator = stem.find_last_of("_-. ");
  const auto last = separator == std::string::npos ? stem : stem.substr(separator + 1);
  for (std::size_t i = 0; i < roles().size(); ++i) {
    const auto& aliases = roles()[i].aliases;
    if (std::find(aliases.begin(), aliases.end(), last) != aliases.end()) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace

Study find_study(const std::filesystem::path& folder) {
  std::error_code error;
  require<IoError>(std::filesystem::exists(folder, error), "there is no folder ", folder.string());
  require<IoError>(std::filesystem::is_directory(folder, error), folder.string(),
                   " is not a folder; expected the folder of one study");
  std::vector<std::filesystem::path> files;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const auto name = entry->path().filename().string();
    if (!name.starts_with(".")) files.push_back(entry->path());
  }
  require<IoError>(!error, "cannot list ", folder.string(), ": ", error.message());
  std::sort(files.begin(), files.end());

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
  const bool any = std::any_of(chosen.begin(), chosen.end(), [](const auto& file) { return file.has_value(); });
  require<DataError>(any, "no file of a study was recognised in ", folder.string(),
                     ", which holds: ", there.empty() ? "nothing" : there,
                     "; expected t1, t2, flair, cet1, dsc, labels, aif with the ending .nii, .nii.gz or .nrrd");

  Study study;
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
  for (const auto& [modality, path] : study.images) images.structural.emplace(modality, read_image(path));
  if (study.perfusion) images.perfusion = read_perfusion_series(*study.perfusion, study.perfusion_reading);
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
                           ", but no perfusion series it could belong to");
    require_same_space(images.arterial_mask->geometry(), images.perfusion->geometry(),
                       "the arterial mask " + study.arterial_mask->string(), "the perfusion series");
  }
  return images;
}

}  // namespace bolus

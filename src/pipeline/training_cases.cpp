#include <bolus/pipeline/training_cases.hpp>

#include <algorithm>
#include <bolus/io/read_image.hpp>
#include <bolus/io/study.hpp>
#include <string>

namespace bolus {
namespace {

using detail::message;
using detail::require;

/// Enhancing tumour is 3 in the data since 2023.
LabelMap read_labels(const std::filesystem::path& path) {
  const auto image = read_image(path);
  const auto holds = [&](float label) {
    const auto values = image.values();
    return std::find(values.begin(), values.end(), label) != values.end();
  };
  if (!holds(3.0F) || holds(4.0F)) return read_label_map(path);  // which refuses what is neither
  Image<std::uint8_t> labels(image.geometry());
  for (std::size_t v = 0; v < image.size(); ++v) {
    const float value = image.data()[v];
    require<DataError>(value == 0.0F || value == 1.0F || value == 2.0F || value == 3.0F, path.string(), " holds the value ",
                       value, "; expected BraTS labels 0, 1 (NET), 2 (ED), 3 or 4 (ET)");
    labels.data()[v] = value == 3.0F ? LabelValue::enhancing : static_cast<std::uint8_t>(value);
  }
  return LabelMap(std::move(labels));
}

AlignedStudy read_case(const Study& files) {
  AlignedStudy study;
  for (const auto& [modality, path] : files.images) study.structural.emplace(modality, read_image(path));
  study.labels = read_labels(*files.labels);
  return study;
}

}  // namespace

std::vector<TrainingCase> training_cases(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  std::error_code error;
  require<IoError>(fs::is_directory(folder, error), folder.string(), " is not a folder; expected one with a folder per case");
  std::vector<fs::path> folders;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    if (entry->is_directory(ignored) && !entry->path().filename().string().starts_with(".")) folders.push_back(entry->path());
  }
  require<IoError>(!error, "cannot list ", folder.string(), ": ", error.message());
  std::sort(folders.begin(), folders.end());

  std::vector<TrainingCase> cases;
  std::string problems;
  std::size_t wrong = 0;
  for (const auto& one : folders) {
    const auto name = one.filename().string();
    std::string lacking;
    try {
      const auto files = find_study(one);
      for (const auto modality : all_modalities) {
        if (!files.images.contains(modality)) lacking += (lacking.empty() ? "" : ", ") + std::string(modality_name(modality));
      }
      if (!files.labels) lacking += std::string(lacking.empty() ? "" : ", ") + "seg";
      if (lacking.empty()) cases.emplace_back(name, [files] { return read_case(files); });
    } catch (const DataError& failure) {
      lacking = failure.what();
    }
    if (lacking.empty()) continue;
    problems += message("\n  ", name, ": lacks ", lacking);
    ++wrong;
  }
  require<DataError>(wrong == 0, wrong, " of ", folders.size(), " case folders in ", folder.string(),
                     " cannot be trained on; complete them or move them elsewhere:", problems);
  require<DataError>(!cases.empty(), folder.string(), " holds no folder; expected one per case, as the BraTS data come");
  return cases;
}

}  // namespace bolus

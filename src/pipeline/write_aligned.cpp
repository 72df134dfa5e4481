#include <bolus/pipeline/write_aligned.hpp>

#include <bolus/core/provenance.hpp>
#include <bolus/io/write_image.hpp>

#include "input_hash.hpp"

namespace bolus {
namespace {

Provenance provenance_of(const StudyImages& images, const AlignStudy& align, const AlignedStudy& study) {
  Provenance provenance;
  provenance.step = "align_study";
  provenance.options = {{"spacing", detail::message(align.spacing)},
                        {"register_images", align.register_images ? "true" : "false"},
                        {"correct_bias", align.correct_bias ? "true" : "false"}};
  for (const auto& [modality, image] : images.structural) {
    provenance.inputs[std::string(modality_name(modality))] = detail::input_hash(image);
  }
  if (images.labels) provenance.inputs["labels"] = detail::input_hash(images.labels->image());
  provenance.flags = study.flags;
  return provenance;
}

}  // namespace

std::vector<std::filesystem::path> write_aligned(const StudyImages& images, const std::filesystem::path& folder,
                                                 const AlignStudy& align, Overwrite overwrite, const Progress& progress) {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::create_directories(folder, error);
  detail::require<IoError>(!error, "cannot make the folder ", folder.string(), ": ", error.message());

  std::vector<fs::path> paths;
  const auto planned = [&](const std::string& name) {
    paths.push_back(folder / name);
    detail::require<IoError>(overwrite == Overwrite::yes || !fs::exists(paths.back()), paths.back().string(),
                             " exists already; ask for overwriting or choose another folder");
    return paths.back();
  };
  std::map<Modality, fs::path> image_paths, transform_paths;
  for (const auto& [modality, image] : images.structural) {
    image_paths[modality] = planned(std::string(modality_name(modality)) + ".nii.gz");
    if (modality == Modality::cet1 || !align.register_images) continue;
    transform_paths[modality] = planned("cet1_to_" + std::string(modality_name(modality)) + ".tfm");
  }
  const auto perfusion_path = images.perfusion ? planned("dsc_to_cet1.tfm") : fs::path();
  const auto labels_path = images.labels ? planned("labels.nii.gz") : fs::path();
  const auto provenance_path = planned("provenance.json");

  const auto aligned = align(images, progress);
  for (const auto& [modality, path] : image_paths) write_image(path, aligned.study.image(modality), overwrite);
  for (const auto& [modality, path] : transform_paths) {
    write_transform(path, aligned.registrations.at(modality).transform, overwrite);
  }
  if (images.perfusion) write_transform(perfusion_path, RigidTransform{aligned.study.perfusion_to_structural}, overwrite);
  if (images.labels) write_label_map(labels_path, *aligned.study.labels, overwrite);
  write_atomically(provenance_path, overwrite, to_json(provenance_of(images, align, aligned.study)));
  return paths;
}

}  // namespace bolus

#include <bolus/pipeline/write_segmentation.hpp>

#include <bolus/io/write_image.hpp>
#include <nlohmann/json.hpp>

namespace bolus {

std::string to_json(const TumourSegmentation& segmentation) {
  const auto& volumes = segmentation.volumes;
  nlohmann::ordered_json object;
  object["volumes_ml"] = {{"ET", volumes.enhancing},
                          {"NET", volumes.non_enhancing},
                          {"ED", volumes.oedema},
                          {"TC", volumes.tumour_core},
                          {"WT", volumes.whole_tumour}};
  object["components"] = segmentation.components;
  for (const auto stage : all_stages) {
    const auto& box = segmentation.boxes[static_cast<std::size_t>(stage)];
    object["boxes"][std::string(stage_name(stage))] = {{"first", box.first}, {"last", box.last}};
    object["voxels_before_post_processing"][std::string(stage_name(stage))] =
        segmentation.voxels[static_cast<std::size_t>(stage)];
  }
  object["provenance"] = nlohmann::ordered_json::parse(to_json(segmentation.provenance));
  return object.dump(2) + "\n";
}

std::vector<std::filesystem::path> write_segmentation(const TumourSegmentation& segmentation,
                                                      const std::filesystem::path& folder, Overwrite overwrite) {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::create_directories(folder, error);
  detail::require<IoError>(!error, "cannot make the folder ", folder.string(), ": ", error.message());
  std::vector<fs::path> paths;
  for (const char* name : {"labels.nii.gz", "whole_tumour.nii.gz", "tumour_core.nii.gz", "enhancing.nii.gz",
                           "uncertainty.nii.gz", "segmentation.json"}) {
    paths.push_back(folder / name);
    detail::require<IoError>(overwrite == Overwrite::yes || !fs::exists(paths.back()), paths.back().string(),
                             " exists already; ask for overwriting or choose another folder");
  }
  write_label_map(paths[0], segmentation.labels, overwrite);
  write_image(paths[1], segmentation.whole_tumour, overwrite);
  write_image(paths[2], segmentation.tumour_core, overwrite);
  write_image(paths[3], segmentation.enhancing, overwrite);
  write_image(paths[4], segmentation.uncertainty, overwrite);
  write_atomically(paths[5], overwrite, to_json(segmentation));
  return paths;
}

}  // namespace bolus

#include <algorithm>
#include <bolus/core/provenance.hpp>
#include <bolus/io/write_image.hpp>
#include <bolus/pipeline/write_aligned.hpp>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <sstream>

#include "input_hash.hpp"

namespace bolus {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

Provenance provenance_of(const StudyImages& images, const Preprocess& preprocess, const AlignedStudy& study) {
  Provenance provenance;
  provenance.step = "preprocess";
  const auto yes = [](bool value) { return value ? "true" : "false"; };
  provenance.options = {
      {"spacing", detail::message(preprocess.spacing)},    {"register_images", yes(preprocess.register_images)},
      {"extract_brain", yes(preprocess.extract_brain)},    {"brain_consensus", yes(preprocess.brain_consensus)},
      {"correct_bias", yes(preprocess.correct_bias)},      {"correct_motion", yes(preprocess.correct_motion)},
      {"classify_tissue", yes(preprocess.classify_tissue)}};
  for (const auto& [modality, image] : images.structural) {
    provenance.inputs[std::string(modality_name(modality))] = detail::input_hash(image);
  }
  if (images.perfusion) {
    provenance.inputs["dsc"] = detail::input_hash(*images.perfusion);
    provenance.simulated = images.perfusion->protocol().simulated;
  }
  if (images.labels) provenance.inputs["labels"] = detail::input_hash(images.labels->image());
  provenance.seed = preprocess.registration.seed;
  provenance.flags = study.flags;
  return provenance;
}

/// Every name that a run may write.
std::vector<std::string> possible_names() {
  std::vector<std::string> names{"brain.nii.gz",    "tissue.nii.gz",  "white_matter.nii.gz", "labels.nii.gz",
                                 "dsc.nii.gz",      "dsc.json",       "dsc_to_cet1.tfm",     "motion.csv",
                                 "preprocess.json", "provenance.json"};
  for (const auto modality : all_modalities) {
    const std::string name(modality_name(modality));
    for (const auto& file : {name + ".nii.gz", "bias_" + name + ".nii.gz", "cet1_to_" + name + ".tfm"}) names.push_back(file);
  }
  return names;
}

void require_free(const fs::path& folder, Overwrite overwrite) {
  std::error_code error;
  fs::create_directories(folder, error);
  detail::require<IoError>(!error, "cannot make the folder ", folder.string(), ": ", error.message());
  for (const auto& name : possible_names()) {
    detail::require<IoError>(overwrite == Overwrite::yes || !fs::exists(folder / name), (folder / name).string(),
                             " exists already; ask for overwriting or choose another folder");
  }
}

std::string motion_table(const MotionResult& motion, const Eigen::VectorXd& times) {
  std::ostringstream text;
  text << std::setprecision(9) << "time,left,posterior,superior,about_left,about_posterior,about_superior,"
       << "framewise_displacement,displacement\n";
  for (Eigen::Index t = 0; t < times.size(); ++t) {
    text << times[t];
    for (int k = 0; k < 6; ++k) text << ',' << motion.parameters(t, k);
    text << ',' << motion.framewise_displacement[t] << ',' << motion.displacement[t] << '\n';
  }
  return text.str();
}

Json matrix_json(const Eigen::Matrix4d& matrix) {
  Json rows = Json::array();
  for (int r = 0; r < 4; ++r) rows.push_back({matrix(r, 0), matrix(r, 1), matrix(r, 2), matrix(r, 3)});
  return rows;
}

Json flags_json(const QcFlags& flags) {
  Json json = Json::array();
  for (const auto& flag : flags) json.push_back({{"code", flag.code}, {"message", flag.message}});
  return json;
}

Json registration_json(const RegistrationResult& r) {
  return {{"verdict", verdict_name(r.verdict)},
          {"cet1_to_image_ras", matrix_json(r.transform.to_ras())},
          {"metric", r.metric},
          {"initial_metric", r.initial_metric},
          {"chance_metric", r.chance_metric},
          {"overlap", r.overlap},
          {"coverage", r.coverage},
          {"moving_coverage", r.moving_coverage},
          {"agreement", r.agreement},
          {"local_residual_mm", r.local_residual},
          {"rotation_degrees", r.rotation},
          {"translation_mm", r.translation},
          {"flags", flags_json(r.flags)}};
}

}  // namespace

std::string to_json(const PreprocessResult& result) {
  Json json{{"registrations", Json::object()}};
  for (const auto& [modality, registration] : result.registrations) {
    json["registrations"][std::string(modality_name(modality))] = registration_json(registration);
  }
  if (result.perfusion_registration) json["registrations"]["dsc"] = registration_json(*result.perfusion_registration);
  if (const auto& quality = result.brain_quality) {
    json["brain"] = {{"verdict", verdict_name(quality->verdict)},
                     {"volume_ml", quality->volume},
                     {"symmetry", quality->symmetry},
                     {"holes_ml", quality->holes},
                     {"fragments_ml", quality->fragments},
                     {"compactness", quality->compactness},
                     {"border_share", quality->border_share},
                     {"flags", flags_json(quality->flags)}};
  }
  if (const auto& motion = result.motion) {
    json["motion"] = {{"resampled", motion->resampled},
                      {"largest_voxels", motion->largest_motion},
                      {"reference", Json::array({motion->reference_first, motion->reference_last})},
                      {"bolus", Json::array({motion->bolus_first, motion->bolus_last})},
                      {"moved", Json(motion->moved)},
                      {"flags", flags_json(motion->flags)}};
  }
  if (const auto& tissue = result.tissue) {
    json["tissue_ml"] = {{"csf", tissue->volume[0]}, {"grey_matter", tissue->volume[1]}, {"white_matter", tissue->volume[2]}};
  }
  if (const auto& mirror = result.mirror) {
    const auto list = [](const Eigen::Vector3d& v) { return Json{v[0], v[1], v[2]}; };
    json["mirror_plane"] = {{"point_lps", list(mirror->point)}, {"normal_lps", list(mirror->normal)}, {"score", mirror->score}};
  }
  json["flags"] = flags_json(result.study.flags);
  return json.dump(2) + "\n";
}

std::vector<fs::path> write_aligned(const PreprocessResult& result, const StudyImages& images, const fs::path& folder,
                                    const Preprocess& preprocess, Overwrite overwrite) {
  require_free(folder, overwrite);
  std::vector<fs::path> paths;
  const auto to = [&](const std::string& name) { return paths.emplace_back(folder / name); };
  const auto& study = result.study;
  for (const auto& [modality, image] : study.structural) {
    write_image(to(std::string(modality_name(modality)) + ".nii.gz"), image, overwrite);
  }
  for (const auto& [modality, registration] : result.registrations) {
    write_transform(to("cet1_to_" + std::string(modality_name(modality)) + ".tfm"), registration.transform, overwrite);
  }
  if (study.perfusion) {
    write_transform(to("dsc_to_cet1.tfm"), RigidTransform{study.perfusion_to_structural}, overwrite);
  }
  for (const auto& [modality, field] : result.bias_fields) {
    write_image(to("bias_" + std::string(modality_name(modality)) + ".nii.gz"), field, overwrite);
  }
  if (study.brain) write_mask(to("brain.nii.gz"), *study.brain, overwrite);
  if (result.tissue) write_mask(to("tissue.nii.gz"), result.tissue->labels, overwrite);
  if (study.white_matter) write_mask(to("white_matter.nii.gz"), *study.white_matter, overwrite);
  if (study.labels) write_label_map(to("labels.nii.gz"), *study.labels, overwrite);
  if (result.motion) {
    write_atomically(to("motion.csv"), overwrite, motion_table(*result.motion, study.perfusion->times()));
    if (result.motion->resampled) {
      write_perfusion_series(to("dsc.nii.gz"), *study.perfusion, overwrite);
      paths.push_back(folder / "dsc.json");
    }
  }
  write_atomically(to("preprocess.json"), overwrite, to_json(result));
  write_atomically(to("provenance.json"), overwrite, to_json(provenance_of(images, preprocess, study)));
  for (const auto& name : possible_names()) {  // what an earlier run made and this one did not would pass for its result
    if (std::find(paths.begin(), paths.end(), folder / name) == paths.end()) {
      std::error_code ignored;
      fs::remove(folder / name, ignored);
    }
  }
  return paths;
}

}  // namespace bolus

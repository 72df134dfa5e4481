#include <bolus/pipeline/write_maps.hpp>

#include <algorithm>
#include <iomanip>
#include <sstream>

#include <bolus/core/provenance.hpp>
#include <bolus/io/write_image.hpp>

#include "input_hash.hpp"
#include "prepare_perfusion.hpp"

namespace bolus {
namespace {

std::string table_of(const RegionTable& table) {
  std::ostringstream text;
  text << std::setprecision(9)
       << "map,region,voxel_count,valid_count,mean,standard_deviation,median,percentile_5,percentile_95\n";
  for (const auto& row : table.rows) {
    text << row.map << ',' << row.region << ',' << row.voxel_count << ',' << row.valid_count << ',' << row.mean << ','
         << row.standard_deviation << ',' << row.median << ',' << row.percentile_5 << ',' << row.percentile_95 << '\n';
  }
  return text.str();
}

}  // namespace

WrittenMaps WriteMaps::operator()(const StudyImages& images, const std::filesystem::path& folder, Overwrite overwrite,
                                  const Progress& progress) const {
  namespace fs = std::filesystem;
  using detail::require;
  options.validate();
  require<DataError>(images.perfusion.has_value(), "the study has no DSC series; expected a 4-D image called dsc.nii.gz");
  std::error_code error;
  fs::create_directories(folder, error);
  require<IoError>(!error, "cannot make the folder ", folder.string(), ": ", error.message());
  std::vector<std::string> names{"brain", "white_matter", "reference", "arterial"};
  for (const auto quantity : options.quantities) names.emplace_back(quantity_name(quantity));
  for (auto& name : names) name += ".nii.gz";
  names.insert(names.end(), {"regions.csv", "provenance.json"});
  for (const auto& name : names) {
    require<IoError>(overwrite == Overwrite::yes || !fs::exists(folder / name), (folder / name).string(),
                     " exists already; ask for overwriting or choose another folder");
  }

  Provenance provenance;
  provenance.step = "write_maps";
  provenance.simulated = images.perfusion->protocol().simulated;
  provenance.inputs["dsc"] = detail::input_hash(*images.perfusion);
  if (images.labels) provenance.inputs["labels"] = detail::input_hash(images.labels->image());
  const auto [series, labels] = detail::prepare_perfusion(images, nullptr, preprocess, provenance.flags, progress);
  PerfusionGiven given;
  given.labels = labels ? &*labels : nullptr;
  std::optional<ArterialCurve> arterial;
  if (images.arterial_mask) {
    arterial = ArterialInput{.baseline = options.timing.baseline, .threads = options.threads}(series, *images.arterial_mask);
    given.arterial = &*arterial;
    provenance.inputs["arterial_mask"] = detail::input_hash(*images.arterial_mask);
  }
  const auto found = maps(series, given, options, deconvolution, progress);

  WrittenMaps written;
  const auto to = [&](const std::string& name) { return written.files.emplace_back(folder / name); };
  for (const auto& [quantity, image] : found.images) {
    write_image(to(std::string(quantity_name(quantity)) + ".nii.gz"), image, overwrite);
  }
  if (found.delta_r2s) write_perfusion_series(to("delta_r2s.nii.gz"), *found.delta_r2s, overwrite);
  std::vector<NamedMask> regions;
  const auto write_found = [&](const char* name, const TissueMask& tissue) {
    if (tissue.voxel_count > 0) write_mask(to(std::string(name) + ".nii.gz"), tissue.mask, overwrite);
  };
  write_found("brain", found.brain);
  write_found("white_matter", found.white_matter);
  write_found("reference", found.tissue);
  if (found.arterial) write_mask(to("arterial.nii.gz"), found.arterial->mask, overwrite);
  if (found.white_matter.voxel_count > 0) regions.emplace_back("white_matter", found.white_matter.mask);
  if (found.brain.voxel_count > 0) regions.emplace_back("brain", found.brain.mask);
  provenance.flags.insert(provenance.flags.end(), found.flags.begin(), found.flags.end());
  if (!found.images.empty() && (labels || !regions.empty())) {
    written.regions = statistics(found, given.labels, regions);
    provenance.flags.insert(provenance.flags.end(), written.regions.flags.begin(), written.regions.flags.end());
    write_atomically(to("regions.csv"), overwrite, table_of(written.regions));
  }
  std::string wanted;
  for (const auto quantity : options.quantities) wanted += (wanted.empty() ? "" : " ") + std::string(quantity_name(quantity));
  provenance.options = {{"quantities", wanted},
                        {"range", options.range == IntegrationRange::full ? "full" : "first_pass"},
                        {"leakage", options.leakage.model == LeakageModel::bidirectional ? "bidirectional" : "unidirectional"}};
  write_atomically(to("provenance.json"), overwrite, to_json(provenance));
  for (const auto& name : names) {  // what an earlier run found and this one did not would pass for its result
    if (std::find(written.files.begin(), written.files.end(), folder / name) == written.files.end()) {
      fs::remove(folder / name, error);
    }
  }
  written.flags = provenance.flags;
  return written;
}

}  // namespace bolus

#include "stage_results.hpp"

namespace bolus {

// Found by nlohmann through the types' namespace. Doubles are written so that they come back to the last bit.
void to_json(nlohmann::json& json, const QcFlag& flag) { json = {flag.code, flag.message}; }
void from_json(const nlohmann::json& json, QcFlag& flag) {
  json.at(0).get_to(flag.code);
  json.at(1).get_to(flag.message);
}

}  // namespace bolus

namespace bolus::detail {
namespace {

using Json = nlohmann::json;

template <class Matrix>
Json list(const Matrix& matrix) {
  Json json = Json::array();
  for (Eigen::Index c = 0; c < matrix.cols(); ++c) {
    for (Eigen::Index r = 0; r < matrix.rows(); ++r) json.push_back(matrix(r, c));
  }
  return json;
}

template <class Matrix>
void fill(const Json& json, Matrix& matrix) {
  require<FormatError>(json.size() == static_cast<std::size_t>(matrix.size()), "a cached matrix has another size");
  std::size_t i = 0;
  for (Eigen::Index c = 0; c < matrix.cols(); ++c) {
    for (Eigen::Index r = 0; r < matrix.rows(); ++r) matrix(r, c) = json.at(i++).get<double>();
  }
}

Json geometry_json(const Geometry& g) {
  return {{"size", g.size}, {"spacing", list(g.spacing)}, {"origin", list(g.origin)}, {"direction", list(g.direction)}};
}

Geometry geometry_from(const Json& json) {
  Geometry geometry;
  json.at("size").get_to(geometry.size);
  fill(json.at("spacing"), geometry.spacing);
  fill(json.at("origin"), geometry.origin);
  fill(json.at("direction"), geometry.direction);
  geometry.validate();
  return geometry;
}

template <class Value>
void add_image(StageRecord& record, const char* name, const Image<Value>& image) {
  record.values[name] = {{"geometry", geometry_json(image.geometry())}, {"blob", record.blobs.size()}};
  record.blobs.push_back(bytes_of(image.data(), image.size()));
}

template <class Value>
Image<Value> image_from(const StageRecord& record, const char* name) {
  const auto& json = record.values.at(name);
  Image<Value> image(geometry_from(json.at("geometry")));
  bytes_to(record.blobs.at(json.at("blob").get<std::size_t>()), image.data(), image.size());
  return image;
}

template <class Result>
Json registration_json(const Result& r) {
  const auto& [transform, verdict, metric, initial, chance, overlap, coverage, moving_coverage, agreement, residual, rotation,
               translation, iterations, flags] = r;
  return {list(transform.matrix),
          static_cast<int>(verdict),
          metric,
          initial,
          chance,
          overlap,
          coverage,
          moving_coverage,
          agreement,
          residual,
          rotation,
          translation,
          iterations,
          flags};
}

Json quality_json(const BrainMaskQuality& q) {
  const auto& [volume, symmetry, holes, fragments, compactness, border, below, above, verdict, flags] = q;
  return {volume, symmetry, holes, fragments, compactness, border, below, above, static_cast<int>(verdict), flags};
}

void quality_from(const Json& json, BrainMaskQuality& q) {
  auto& [volume, symmetry, holes, fragments, compactness, border, below, above, verdict, flags] = q;
  int number = 0;
  std::size_t i = 0;
  const auto take = [&](auto& value) { json.at(i++).get_to(value); };
  take(volume), take(symmetry), take(holes), take(fragments), take(compactness), take(border), take(below), take(above);
  take(number), take(flags);
  verdict = static_cast<Verdict>(number);
}

}  // namespace

StageRecord to_record(const RegistrationResult& result) { return {{{"registration", registration_json(result)}}, {}}; }

void from_record(const StageRecord& record, RegistrationResult& result) {
  auto& [transform, verdict, metric, initial, chance, overlap, coverage, moving_coverage, agreement, residual, rotation,
         translation, iterations, flags] = result;
  const auto& json = record.values.at("registration");
  std::size_t i = 2;
  const auto take = [&](auto& value) { json.at(i++).get_to(value); };
  fill(json.at(0), transform.matrix);
  verdict = static_cast<Verdict>(json.at(1).get<int>());
  take(metric), take(initial), take(chance), take(overlap), take(coverage), take(moving_coverage), take(agreement),
      take(residual);
  take(rotation), take(translation), take(iterations), take(flags);
}

StageRecord to_record(const BrainExtractionResult& result) {
  StageRecord record{{{"quality", quality_json(result.quality)}, {"flags", result.flags}}, {}};
  add_image(record, "mask", result.mask);
  return record;
}

void from_record(const StageRecord& record, BrainExtractionResult& result) {
  quality_from(record.values.at("quality"), result.quality);
  record.values.at("flags").get_to(result.flags);
  result.mask = image_from<std::uint8_t>(record, "mask");
}

StageRecord to_record(const Mask& result) {
  StageRecord record;
  add_image(record, "mask", result);
  return record;
}

void from_record(const StageRecord& record, Mask& result) { result = image_from<std::uint8_t>(record, "mask"); }

StageRecord to_record(const BiasEstimate& result) {
  const auto& [grid, control_points, coefficients, scale] = result.spline;
  return {{{"grid", geometry_json(grid)},
           {"control_points", control_points},
           {"coefficients", coefficients},
           {"scale", scale},
           {"iterations", result.iterations},
           {"flags", result.flags}},
          {}};
}

void from_record(const StageRecord& record, BiasEstimate& result) {
  auto& [grid, control_points, coefficients, scale] = result.spline;
  grid = geometry_from(record.values.at("grid"));
  record.values.at("control_points").get_to(control_points);
  record.values.at("coefficients").get_to(coefficients);
  record.values.at("scale").get_to(scale);
  record.values.at("iterations").get_to(result.iterations);
  record.values.at("flags").get_to(result.flags);
}

StageRecord to_record(const MotionResult& result) {
  const auto& [corrected, resampled, reference, covered, transforms, parameters, framewise, displacement, largest,
               reference_first, reference_last, bolus_first, bolus_last, moved, flags] = result;
  StageRecord record;
  auto& values = record.values;
  values["resampled"] = resampled;
  values["frames"] = corrected.frames();
  values["transforms"] = Json::array();
  for (const auto& transform : transforms) values["transforms"].push_back(list(transform.matrix));
  values["parameters"] = list(parameters);
  values["framewise"] = list(framewise);
  values["displacement"] = list(displacement);
  values["largest"] = largest;
  values["places"] = Json::array({reference_first, reference_last, bolus_first, bolus_last});
  values["moved"] = Json(moved);
  values["flags"] = Json(flags);
  add_image(record, "reference", reference);
  add_image(record, "covered", covered);
  if (resampled) {
    values["series"] = record.blobs.size();
    record.blobs.push_back(bytes_of(corrected.data(), corrected.voxel_count() * corrected.frames()));
  }
  return record;
}

void from_record(const StageRecord& record, MotionResult& result) {
  auto& [corrected, resampled, reference, covered, transforms, parameters, framewise, displacement, largest, reference_first,
         reference_last, bolus_first, bolus_last, moved, flags] = result;
  const auto& values = record.values;
  values.at("resampled").get_to(resampled);
  const auto frames = values.at("frames").get<std::size_t>();
  transforms.resize(values.at("transforms").size());
  for (std::size_t i = 0; i < transforms.size(); ++i) fill(values.at("transforms").at(i), transforms[i].matrix);
  parameters.resize(static_cast<Eigen::Index>(frames), 6);
  framewise.resize(static_cast<Eigen::Index>(frames));
  displacement.resize(static_cast<Eigen::Index>(frames));
  fill(values.at("parameters"), parameters);
  fill(values.at("framewise"), framewise);
  fill(values.at("displacement"), displacement);
  values.at("largest").get_to(largest);
  values.at("places").at(0).get_to(reference_first);
  values.at("places").at(1).get_to(reference_last);
  values.at("places").at(2).get_to(bolus_first);
  values.at("places").at(3).get_to(bolus_last);
  values.at("moved").get_to(moved);
  values.at("flags").get_to(flags);
  reference = image_from<float>(record, "reference");
  covered = image_from<std::uint8_t>(record, "covered");
  if (!resampled) return;
  PerfusionSeries series(corrected.geometry(), corrected.times(), corrected.protocol());
  bytes_to(record.blobs.at(values.at("series").get<std::size_t>()), series.data(), series.voxel_count() * series.frames());
  corrected = std::move(series);
}

StageRecord to_record(const TissueMaps& result) {
  StageRecord record{
      {{"mean", result.mean}, {"deviation", result.deviation}, {"volume", result.volume}, {"flags", result.flags}}, {}};
  add_image(record, "labels", result.labels);
  add_image(record, "csf", result.csf);
  add_image(record, "grey_matter", result.grey_matter);
  add_image(record, "white_matter", result.white_matter);
  add_image(record, "bias_field", result.bias_field);
  return record;
}

void from_record(const StageRecord& record, TissueMaps& result) {
  record.values.at("mean").get_to(result.mean);
  record.values.at("deviation").get_to(result.deviation);
  record.values.at("volume").get_to(result.volume);
  record.values.at("flags").get_to(result.flags);
  result.labels = image_from<std::uint8_t>(record, "labels");
  result.csf = image_from<float>(record, "csf");
  result.grey_matter = image_from<float>(record, "grey_matter");
  result.white_matter = image_from<float>(record, "white_matter");
  result.bias_field = image_from<float>(record, "bias_field");
}

StageRecord to_record(const WhiteMatterEstimate& result) {
  StageRecord record{{{"point", list(result.mirror.point)},
                      {"normal", list(result.mirror.normal)},
                      {"score", result.mirror.score},
                      {"mirror_flags", result.mirror.flags},
                      {"flags", result.flags}},
                     {}};
  if (!result.mask.empty()) add_image(record, "mask", result.mask);
  return record;
}

void from_record(const StageRecord& record, WhiteMatterEstimate& result) {
  fill(record.values.at("point"), result.mirror.point);
  fill(record.values.at("normal"), result.mirror.normal);
  record.values.at("score").get_to(result.mirror.score);
  record.values.at("mirror_flags").get_to(result.mirror.flags);
  record.values.at("flags").get_to(result.flags);
  if (record.values.contains("mask")) result.mask = image_from<std::uint8_t>(record, "mask");
}

}  // namespace bolus::detail

#include <bolus/segment/correction_audit.hpp>
#include <bolus/segment/segmentation_metrics.hpp>

#include <cmath>
#include <fstream>
#include <functional>

#include "catch.hpp"

namespace {

using namespace bolus;

Geometry grid(std::array<std::int64_t, 3> size, const Eigen::Vector3d& spacing = Eigen::Vector3d::Ones()) {
  Geometry geometry;
  geometry.size = size;
  geometry.spacing = spacing;
  return geometry;
}

Mask where(const Geometry& geometry, const std::function<bool(std::int64_t, std::int64_t, std::int64_t)>& inside) {
  Mask mask(geometry);
  for (std::int64_t z = 0; z < geometry.size[2]; ++z) {
    for (std::int64_t y = 0; y < geometry.size[1]; ++y) {
      for (std::int64_t x = 0; x < geometry.size[0]; ++x) mask(x, y, z) = inside(x, y, z) ? 1 : 0;
    }
  }
  return mask;
}

Mask box(const Geometry& geometry, std::array<std::int64_t, 3> first, std::array<std::int64_t, 3> last) {
  return where(geometry, [&](auto x, auto y, auto z) {
    return x >= first[0] && x <= last[0] && y >= first[1] && y <= last[1] && z >= first[2] && z <= last[2];
  });
}

LabelMap as_labels(const Mask& mask, std::uint8_t value) {
  Image<std::uint8_t> image(mask.geometry());
  for (std::size_t i = 0; i < mask.size(); ++i) image.data()[i] = mask.data()[i] ? value : 0;
  return LabelMap(std::move(image));
}

bool finite(const RegionScore& s) {
  for (const double value :
       {s.predicted_volume, s.reference_volume, s.volume_error, s.relative_volume_error, s.dice, s.sensitivity, s.specificity,
        s.hausdorff95, s.hausdorff, s.surface_dice, s.lesion_dice, s.lesion_hausdorff95}) {
    if (!std::isfinite(value)) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("overlap of two shifted boxes is what counting gives", "[segment]") {
  const auto geometry = grid({20, 12, 10}, {1.0, 2.0, 3.0});
  const auto reference = box(geometry, {4, 4, 4}, {9, 7, 6}), predicted = box(geometry, {6, 4, 4}, {11, 7, 6});
  const auto score = SegmentationMetrics{}(predicted, reference);
  CHECK(score.reference_voxels == 6 * 4 * 3);
  CHECK(score.common_voxels == 4 * 4 * 3);
  CHECK(score.dice == Approx(4.0 / 6.0));
  CHECK(score.sensitivity == Approx(4.0 / 6.0));
  CHECK(score.specificity == Approx(1.0 - 24.0 / (2400.0 - 72.0)));
  CHECK(score.reference_volume == Approx(72.0 * 6.0 / 1000.0));
  CHECK(score.volume_error == 0.0);
  CHECK(score.hausdorff == Approx(2.0));  // mm: two voxels along x
  CHECK(score.found_lesions == 1);
  CHECK(score.lesion_dice == Approx(score.dice));
  CHECK(score.lesion_hausdorff95 == Approx(score.hausdorff95));
}

TEST_CASE("surface distances follow the spacing", "[segment]") {
  const auto geometry = grid({9, 9, 12}, {1.0, 1.0, 5.5});
  const auto plate = box(geometry, {0, 0, 2}, {8, 8, 2}), other = box(geometry, {0, 0, 5}, {8, 8, 5});
  const auto score = SegmentationMetrics{.tolerance = 16.5}(plate, other);
  CHECK(score.hausdorff == Approx(16.5));
  CHECK(score.hausdorff95 == Approx(16.5));
  CHECK(score.surface_dice == 1.0);  // exactly the tolerance
  CHECK(SegmentationMetrics{.tolerance = 16.4}(plate, other).surface_dice == 0.0);
  CHECK(score.dice == 0.0);
}

TEST_CASE("the 95th percentile leaves a single far voxel out, the maximum does not", "[segment]") {
  const auto geometry = grid({40, 12, 12});
  const auto reference = box(geometry, {2, 2, 2}, {9, 9, 9});
  auto predicted = reference;
  predicted(35, 5, 5) = 1;
  const auto score = SegmentationMetrics{}(predicted, reference);
  CHECK(score.hausdorff == Approx(26.0));
  CHECK(score.hausdorff95 == 0.0);
  CHECK(score.false_lesions == 1);
  CHECK(score.lesion_dice == Approx(0.5));                 // one lesion at 1, one false at 0
  CHECK(score.lesion_hausdorff95 == Approx(374.0 / 2.0));  // one at 0, one false at the penalty
}

TEST_CASE("lesions: what touches once dilated is one, what is small does not count, what is missed counts as nothing",
          "[segment]") {
  const auto geometry = grid({60, 20, 20});
  auto reference = box(geometry, {2, 5, 5}, {7, 10, 10});
  const auto add = [](Mask& to, const Mask& from) {
    for (std::size_t i = 0; i < to.size(); ++i) to.data()[i] = to.data()[i] || from.data()[i] ? 1 : 0;
  };
  add(reference, box(geometry, {12, 5, 5}, {15, 10, 10}));  // 4 voxels further: one lesion with the first
  add(reference, box(geometry, {30, 5, 5}, {35, 10, 10}));  // missed
  add(reference, box(geometry, {50, 5, 5}, {52, 7, 7}));    // 27 mm^3: too small
  const auto predicted = box(geometry, {2, 5, 5}, {7, 10, 10});
  const auto score = SegmentationMetrics{}(predicted, reference);
  REQUIRE(score.lesions.size() == 3);
  CHECK(score.found_lesions == 1);
  CHECK(score.missed_lesions == 1);
  CHECK(score.false_lesions == 0);
  CHECK(score.lesions[0].volume == Approx((216.0 + 144.0) / 1000.0));
  CHECK(score.lesions[0].dice == Approx(2.0 * 216.0 / (216.0 + 360.0)));
  CHECK_FALSE(score.lesions[2].counted);
  CHECK(score.lesion_dice == Approx(score.lesions[0].dice / 2.0));
  const auto apart = SegmentationMetrics{.lesion_dilation = 1, .lesion_volume = 0.0}(predicted, reference);
  CHECK(apart.lesions.size() == 4);
  CHECK(apart.missed_lesions == 3);
}

TEST_CASE("empty regions give documented values, never NaN", "[segment]") {
  const auto geometry = grid({8, 8, 8});
  const Mask nothing(geometry);
  const auto something = box(geometry, {2, 2, 2}, {6, 6, 6});
  const SegmentationMetrics metrics;

  const auto both = metrics(nothing, nothing);
  CHECK(finite(both));
  CHECK((both.dice == 1.0 && both.hausdorff95 == 0.0 && both.surface_dice == 1.0 && both.sensitivity == 1.0));
  CHECK((both.lesion_dice == 1.0 && both.lesion_hausdorff95 == 0.0 && both.volume_error == 0.0));

  const auto missed = metrics(nothing, something);
  CHECK(finite(missed));
  CHECK((missed.dice == 0.0 && missed.hausdorff95 == 374.0 && missed.surface_dice == 0.0 && missed.sensitivity == 0.0));
  CHECK((missed.specificity == 1.0 && missed.relative_volume_error == -100.0 && missed.missed_lesions == 1));

  const auto invented = metrics(something, nothing);
  CHECK(finite(invented));
  CHECK((invented.dice == 0.0 && invented.hausdorff == 374.0 && invented.sensitivity == 0.0 && invented.false_lesions == 1));
  CHECK(invented.relative_volume_error == 100.0);
  CHECK(invented.lesion_hausdorff95 == 374.0);

  const auto all = where(geometry, [](auto, auto, auto) { return true; });
  CHECK((metrics(all, all).specificity == 1.0 && metrics(all, all).dice == 1.0));

  const auto scores = metrics(as_labels(something, LabelValue::oedema), as_labels(something, LabelValue::enhancing));
  std::vector<std::string> codes;
  for (const auto& flag : scores.flags) codes.push_back(flag.code);
  CHECK(codes == std::vector<std::string>{"segment.metrics.prediction_empty", "segment.metrics.prediction_empty",
                                          "segment.metrics.both_empty", "segment.metrics.reference_empty"});
  CHECK(scores[Region::whole_tumour].dice == 1.0);
  CHECK_THROWS_AS(
      SegmentationMetrics{.regions = {Region::oedema}}(as_labels(something, 2), as_labels(something, 2))[Region::enhancing],
      OptionError);
}

TEST_CASE("metrics do not depend on the number of threads", "[segment]") {
  const auto geometry = grid({48, 40, 44}, {0.9, 0.9, 5.5});
  const auto reference = where(geometry, [](auto x, auto y, auto z) {
    return (x - 20) * (x - 20) + (y - 18) * (y - 18) + 4 * (z - 20) * (z - 20) < 180;
  });
  const auto predicted = where(geometry, [](auto x, auto y, auto z) {
    return (x - 22) * (x - 22) + (y - 18) * (y - 18) + 3 * (z - 21) * (z - 21) < 200 || (x > 44 && y > 36 && z > 40);
  });
  const auto one = SegmentationMetrics{.threads = 1}(predicted, reference);
  for (const int threads : {2, 4}) {
    const auto more = SegmentationMetrics{.threads = threads}(predicted, reference);
    CHECK(more.hausdorff95 == one.hausdorff95);
    CHECK(more.surface_dice == one.surface_dice);
    CHECK(more.lesion_hausdorff95 == one.lesion_hausdorff95);
  }
}

TEST_CASE("metrics refuse what cannot be compared", "[segment]") {
  const Mask mask(grid({4, 4, 4})), other(grid({4, 4, 5}));
  CHECK_THROWS_AS(SegmentationMetrics{}(mask, other), GeometryError);
  CHECK_THROWS_AS(SegmentationMetrics{}(mask, Mask(grid({4, 4, 4}, {1, 1, 2}))), GeometryError);
  CHECK_THROWS_AS(SegmentationMetrics{}(Mask(), Mask()), DataError);
  CHECK_THROWS_AS(SegmentationMetrics{.tolerance = -1.0}(mask, mask), OptionError);
  CHECK_THROWS_AS(SegmentationMetrics{.missing_distance = std::nan("")}(mask, mask), OptionError);
  CHECK_THROWS_AS(SegmentationMetrics{.lesion_dilation = -1}(mask, mask), OptionError);
  const auto labels = as_labels(box(grid({4, 4, 4}), {1, 1, 1}, {2, 2, 2}), LabelValue::enhancing);
  CHECK_THROWS_AS(SegmentationMetrics{}(labels, labels, [](const ProgressEvent&) { return false; }), Cancelled);
}

TEST_CASE("an audit counts what a correction changed", "[segment]") {
  const auto geometry = grid({10, 10, 10}, {1.0, 1.0, 2.0});
  Image<std::uint8_t> image(geometry);
  for (std::int64_t x = 2; x < 8; ++x) image(x, 5, 5) = LabelValue::oedema;
  image(4, 5, 5) = LabelValue::enhancing;
  image(5, 5, 5) = LabelValue::non_enhancing;
  const LabelMap automatic(image);
  image(5, 5, 5) = LabelValue::enhancing;  // NET to ET
  image(2, 5, 5) = 0;                      // oedema removed
  image(8, 5, 5) = LabelValue::oedema;     // and added
  image(9, 5, 5) = LabelValue::oedema;
  const LabelMap corrected(image);

  const auto audit = CorrectionAudit{}(automatic, corrected);
  CHECK(audit.changed_voxels == 4);
  const auto of = [&](Region region) {
    for (const auto& change : audit.regions) {
      if (change.region == region) return change;
    }
    throw std::logic_error("no such region");
  };
  CHECK((of(Region::enhancing).added == 1 && of(Region::enhancing).removed == 0));
  CHECK(of(Region::enhancing).dice == Approx(2.0 / 3.0));
  CHECK((of(Region::non_enhancing).after == 0 && of(Region::non_enhancing).removed == 1));
  CHECK((of(Region::tumour_core).added == 0 && of(Region::tumour_core).removed == 0 && of(Region::tumour_core).dice == 1.0));
  CHECK((of(Region::whole_tumour).before == 6 && of(Region::whole_tumour).after == 7 && of(Region::whole_tumour).added == 2));
  CHECK(of(Region::whole_tumour).volume_after == Approx(0.014));
  CHECK(audit.automatic_hash != audit.corrected_hash);
  CHECK(audit.corrected_hash == label_hash(corrected));
  REQUIRE(audit.flags.size() == 1);
  CHECK(audit.flags[0].code == "segment.correction.region_emptied");
  CHECK(CorrectionAudit{}(automatic, automatic).flags.at(0).code == "segment.correction.unchanged");
  const auto elsewhere = as_labels(box(geometry, {0, 0, 0}, {1, 1, 1}), LabelValue::oedema);
  const auto flags = CorrectionAudit{}(automatic, elsewhere).flags;
  CHECK(std::any_of(flags.begin(), flags.end(), [](const auto& flag) { return flag.code == "segment.correction.replaced"; }));

  CHECK_THROWS_AS(CorrectionAudit{}(automatic, as_labels(Mask(geometry), 0)), DataError);
  CHECK_THROWS_AS(CorrectionAudit{}(automatic, as_labels(Mask(grid({10, 10, 10})), 0)), GeometryError);
  CHECK_THROWS_AS(CorrectionAudit{}(LabelMap(), LabelMap()), DataError);
}

TEST_CASE("the hash of a label map knows its shape", "[segment]") {
  const auto flat = as_labels(Mask(grid({2, 8, 2})), 0), tall = as_labels(Mask(grid({8, 2, 2})), 0);
  CHECK(label_hash(flat) != label_hash(tall));
}

TEST_CASE("an audit is written whole beside the labels", "[segment]") {
  CHECK(audit_path("a/case.seg.nrrd") == std::filesystem::path("a/case.audit.json"));
  CHECK(audit_path("labels.nii.gz") == std::filesystem::path("labels.audit.json"));
  const auto path = std::filesystem::temp_directory_path() / "bolus_audit_test.audit.json";
  std::filesystem::remove(path);
  const auto labels = as_labels(box(grid({4, 4, 4}), {1, 1, 1}, {2, 2, 2}), LabelValue::enhancing);
  const auto audit = CorrectionAudit{}(labels, labels);
  write_audit(path, audit);
  CHECK_THROWS_AS(write_audit(path, audit), IoError);
  write_audit(path, audit, Overwrite::yes);
  std::ifstream stream(path);
  const std::string text((std::istreambuf_iterator<char>(stream)), {});
  CHECK(text == to_json(audit));
  CHECK(text.find("\"region\": \"TC\"") != std::string::npos);
  std::filesystem::remove(path);
}

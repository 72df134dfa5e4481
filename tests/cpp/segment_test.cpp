#include <bolus/segment/given_labels.hpp>

#include "catch.hpp"

namespace {

using namespace bolus;

Geometry grid(std::int64_t size, double spacing = 1.0) {
  Geometry geometry;
  geometry.size = {size, size, size};
  geometry.spacing.setConstant(spacing);
  return geometry;
}

LabelMap labels_on(const Geometry& geometry, std::uint8_t value = LabelValue::enhancing) {
  Image<std::uint8_t> image(geometry);
  image(1, 1, 1) = value;
  return LabelMap(std::move(image));
}

AlignedStudy study_on(const Geometry& geometry) {
  AlignedStudy study;
  study.structural.emplace(Modality::cet1, Image<float>(geometry));
  return study;
}

/// A segmenter of a user: everything brighter than a threshold is enhancing tumour.
struct Bright : Segmenter {
  LabelMap operator()(const AlignedStudy& study, const Progress&) const override {
    const auto& image = study.image(Modality::cet1);
    Image<std::uint8_t> labels(image.geometry());
    for (std::size_t i = 0; i < image.size(); ++i) labels.data()[i] = image.data()[i] > 0.5F ? LabelValue::enhancing : 0;
    return LabelMap(std::move(labels));
  }
  std::string name() const override { return "bright"; }
};

}  // namespace

TEST_CASE("given labels are handed on when they share a grid with the study", "[segment]") {
  auto study = study_on(grid(4));
  CHECK(GivenLabels(labels_on(grid(4)))(study).voxel_count(Region::whole_tumour) == 1);

  study.perfusion = PerfusionSeries(grid(2, 2.0), Eigen::VectorXd::LinSpaced(3, 0.0, 2.0));
  CHECK(GivenLabels(labels_on(grid(2, 2.0)))(study).geometry().size[0] == 2);

  study.labels = labels_on(grid(4));
  const std::unique_ptr<Segmenter> segmenter = std::make_unique<GivenLabels>();
  CHECK((*segmenter)(study).voxel_count(Region::enhancing) == 1);
  CHECK(segmenter->name() == "given labels");
}

TEST_CASE("given labels are refused with a reason", "[segment]") {
  const auto study = study_on(grid(4));
  CHECK_THROWS_AS(GivenLabels()(study), DataError);
  CHECK_THROWS_AS(GivenLabels(labels_on(grid(4), LabelValue::background))(study), DataError);
  CHECK_THROWS_AS(GivenLabels(labels_on(grid(5)))(study), GeometryError);
  CHECK_THROWS_AS(GivenLabels(labels_on(grid(4, 2.0)))(study), GeometryError);
  CHECK_THROWS_AS(GivenLabels(LabelMap())(study), GeometryError);
  CHECK_THROWS_AS(GivenLabels(labels_on(grid(4)))(study, [](const ProgressEvent&) { return false; }), Cancelled);
}

TEST_CASE("labels outside the brain and missing regions are flagged", "[segment]") {
  Mask brain(grid(4));
  brain(2, 2, 2) = 1;
  Image<std::uint8_t> image(grid(4));
  image(1, 1, 1) = LabelValue::oedema;
  CHECK_THROWS_AS(check_labels(LabelMap(image), brain), DataError);
  image(2, 2, 2) = LabelValue::enhancing;
  const auto flags = check_labels(LabelMap(image), brain);
  REQUIRE(flags.size() == 2);
  CHECK(flags[0].code == "segment.region.empty");
  CHECK(flags[0].message.find("NET") != std::string::npos);
  CHECK(flags[1].code == "segment.outside_brain");
  CHECK_THROWS_AS(check_labels(LabelMap(image), Mask(grid(5))), GeometryError);
  CHECK(check_labels(LabelMap(image)).size() == 1);
}

TEST_CASE("a user's segmenter takes the place of another", "[segment]") {
  auto study = study_on(grid(3));
  study.structural.begin()->second(0, 1, 2) = 1.0F;
  const Bright bright;
  const Segmenter& segmenter = bright;
  CHECK(segmenter(study).voxel_count(Region::enhancing) == 1);
}

#include <algorithm>
#include <bolus/io/read_image.hpp>
#include <bolus/preprocess/bias_correction.hpp>
#include <bolus/preprocess/brain_consensus.hpp>
#include <bolus/preprocess/brain_extractor.hpp>
#include <bolus/preprocess/normal_white_matter.hpp>
#include <bolus/simulate/head_phantom.hpp>
#include <cmath>
#include <limits>

#include "catch.hpp"

namespace {

using namespace bolus;

HeadPhantom still(std::uint64_t seed) {
  HeadPhantom phantom;
  phantom.seed = seed;
  phantom.size = {64, 78, 64};
  phantom.spacing.setConstant(3.0);
  phantom.rotation = phantom.translation = 0.0;
  return phantom;
}

const HeadStudy& head() {
  static const HeadStudy study = still(3)();
  return study;
}

double dice(const Mask& one, const Mask& two) {
  double both = 0.0, sum = 0.0;
  for (std::size_t v = 0; v < one.size(); ++v) {
    both += one.data()[v] && two.data()[v];
    sum += (one.data()[v] != 0) + (two.data()[v] != 0);
  }
  return 2.0 * both / sum;
}

template <class T>
bool same(const Image<T>& one, const Image<T>& two) {
  return std::equal(one.values().begin(), one.values().end(), two.values().begin());
}

bool flagged(const QcFlags& flags, const std::string& code) {
  return std::any_of(flags.begin(), flags.end(), [&](const QcFlag& flag) { return flag.code == code; });
}

Geometry cube(std::int64_t size, double spacing) {
  return HeadPhantom::centred_grid({size, size, size}, Eigen::Vector3d::Constant(spacing));
}

Mask ball(const Geometry& grid, const Eigen::Vector3d& centre, double radius) {
  Mask mask(grid);
  for (std::int64_t z = 0; z < grid.size[2]; ++z) {
    for (std::int64_t y = 0; y < grid.size[1]; ++y) {
      for (std::int64_t x = 0; x < grid.size[0]; ++x) {
        const Eigen::Vector3d at =
            grid.point_of(Eigen::Vector3d(static_cast<double>(x), static_cast<double>(y), static_cast<double>(z)));
        mask(x, y, z) = (at - centre).norm() < radius ? 1 : 0;
      }
    }
  }
  return mask;
}

}  // namespace

TEST_CASE("the brain of a head with a tumour is found in every contrast", "[preprocess][brain]") {
  for (const auto modality : all_modalities) {
    const auto result = BrainExtraction{}(head().image(modality));
    INFO(modality_name(modality));
    CHECK(dice(result.mask, head().brain) > 0.94);
    CHECK(result.quality.verdict == Verdict::good);
    CHECK(result.quality.volume > 1000.0);
    CHECK(result.flags.empty());
  }
}

TEST_CASE("a brain mask has the same bits on any number of threads", "[preprocess][brain]") {
  const auto one = BrainExtraction{.resolution = 3.0, .threads = 1}(head().contrast_t1);
  for (const int threads : {2, 4}) {
    CHECK(same(one.mask, BrainExtraction{.resolution = 3.0, .threads = threads}(head().contrast_t1).mask));
  }
}

TEST_CASE("axes that run elsewhere give the same brain", "[preprocess][brain]") {
  // The same voxels, their axes permuted: what was x is now z, and runs the other way.
  const auto& image = head().t1;
  const Geometry& from = image.geometry();
  Geometry to = from;
  to.size = {from.size[1], from.size[2], from.size[0]};
  to.direction.col(0) = from.direction.col(1);
  to.direction.col(1) = from.direction.col(2);
  to.direction.col(2) = -from.direction.col(0);
  to.origin = from.point_of(Eigen::Vector3d(static_cast<double>(from.size[0] - 1), 0.0, 0.0));
  Image<float> turned(to);
  Mask brain(to);
  for (std::int64_t z = 0; z < to.size[2]; ++z) {
    for (std::int64_t y = 0; y < to.size[1]; ++y) {
      for (std::int64_t x = 0; x < to.size[0]; ++x) {
        turned(x, y, z) = image(from.size[0] - 1 - z, x, y);
        brain(x, y, z) = head().brain(from.size[0] - 1 - z, x, y);
      }
    }
  }
  CHECK(dice(BrainExtraction{}(turned).mask, brain) > 0.94);
}

TEST_CASE("a margin grows and shrinks the brain mask", "[preprocess][brain]") {
  const auto as_is = BrainExtraction{.resolution = 3.0}(head().t1).quality.volume;
  CHECK(BrainExtraction{.resolution = 3.0, .margin = 3.0}(head().t1).quality.volume > 1.08 * as_is);
  CHECK(BrainExtraction{.resolution = 3.0, .margin = -3.0}(head().t1).quality.volume < 0.92 * as_is);
}

TEST_CASE("images without a head are refused", "[preprocess][brain]") {
  const Geometry grid = cube(40, 4.0);
  CHECK_THROWS_AS(BrainExtraction{}(Image<float>()), DataError);
  CHECK_THROWS_AS(BrainExtraction{}(Image<float>(grid, 7.0F)), DataError);
  Image<float> broken(grid);
  broken(1, 1, 1) = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_AS(BrainExtraction{}(broken), DataError);
  Image<float> below(grid, -5.0F);
  below(1, 1, 1) = -6.0F;
  CHECK_THROWS_AS(BrainExtraction{}(below), DataError);
  Image<float> speck(grid);
  speck(20, 20, 20) = 1.0F;
  CHECK_THROWS_AS(BrainExtraction{}(speck), DataError);
  Image<float> slice(HeadPhantom::centred_grid({64, 64, 1}, Eigen::Vector3d(3.0, 3.0, 5.0)));
  slice(3, 3, 0) = 1.0F;
  CHECK_THROWS_AS(BrainExtraction{}(slice), DataError);
  Image<float> tiny(cube(3, 1.0));
  tiny(1, 1, 1) = 1.0F;
  CHECK_THROWS_AS(BrainExtraction{}(tiny), DataError);
  CHECK_THROWS_AS(BrainExtraction{.resolution = 0.1}(head().t1), OptionError);
  CHECK_THROWS_AS(BrainExtraction{.edge = 1.0}(head().t1), OptionError);
  const Progress stop = [](const ProgressEvent&) { return false; };
  CHECK_THROWS_AS(BrainExtraction{}(head().t1, stop), Cancelled);
}

TEST_CASE("the quality of a mask says what is wrong with it", "[preprocess][brain]") {
  const auto& brain = head().brain;
  const auto good = BrainMaskCheck{}(brain);
  CHECK(good.verdict == Verdict::good);
  CHECK(good.symmetry > 0.95);

  const Geometry grid = cube(100, 2.0);
  const auto sphere = BrainMaskCheck{}(ball(grid, Eigen::Vector3d::Zero(), 68.0));
  CHECK(sphere.volume == Approx(4.0 / 3.0 * 3.14159265 * 68.0 * 68.0 * 68.0 / 1000.0).epsilon(0.01));
  CHECK(sphere.compactness == Approx(1.0).margin(0.03));
  CHECK(sphere.symmetry > 0.97);
  CHECK(sphere.verdict == Verdict::good);

  CHECK(BrainMaskCheck{}(Mask(grid)).verdict == Verdict::failed);
  CHECK(flagged(BrainMaskCheck{}(Mask(grid)).flags, "preprocess.brain.empty"));
  CHECK(BrainMaskCheck{}(ball(grid, Eigen::Vector3d::Zero(), 30.0)).verdict == Verdict::failed);

  auto holed = ball(grid, Eigen::Vector3d::Zero(), 68.0);
  const auto hole = ball(grid, Eigen::Vector3d(20.0, 0.0, 0.0), 10.0);
  for (std::size_t v = 0; v < holed.size(); ++v) holed.data()[v] = holed.data()[v] && !hole.data()[v];
  const auto with_hole = BrainMaskCheck{}(holed);
  CHECK(with_hole.holes == Approx(static_cast<double>(std::count(hole.data(), hole.data() + hole.size(), 1)) * 8.0 / 1000.0));
  CHECK(flagged(with_hole.flags, "preprocess.brain.holes"));
  CHECK(with_hole.verdict == Verdict::doubtful);

  auto parted = ball(grid, Eigen::Vector3d(-20.0, 0.0, 0.0), 66.0);
  const auto part = ball(grid, Eigen::Vector3d(85.0, 60.0, 60.0), 12.0);
  for (std::size_t v = 0; v < parted.size(); ++v) parted.data()[v] = parted.data()[v] || part.data()[v];
  CHECK(flagged(BrainMaskCheck{}(parted).flags, "preprocess.brain.fragments"));

  const auto shifted = BrainMaskCheck{}(ball(grid, Eigen::Vector3d(45.0, 0.0, 0.0), 68.0));
  CHECK(flagged(shifted.flags, "preprocess.brain.border"));
  const auto high = BrainMaskCheck{}(ball(grid, Eigen::Vector3d(0.0, 0.0, 70.0), 68.0));
  CHECK(flagged(high.flags, "preprocess.brain.cut"));
  CHECK(high.cut_above > 0.7);
  CHECK(high.cut_below == 0.0);

  // One hemisphere lost in front: no plane makes the halves alike.
  Mask lopsided = brain;
  for (std::size_t v = 0; v < lopsided.size(); ++v) {
    const auto x = static_cast<std::int64_t>(v) % brain.geometry().size[0];
    const auto y = static_cast<std::int64_t>(v) / brain.geometry().size[0] % brain.geometry().size[1];
    if (x > brain.geometry().size[0] / 2 && y < brain.geometry().size[1] / 2) lopsided.data()[v] = 0;
  }
  CHECK(flagged(BrainMaskCheck{}(lopsided).flags, "preprocess.brain.asymmetric"));
  CHECK_THROWS_AS(BrainMaskCheck{.min_volume = -1.0}(brain), OptionError);
  CHECK_THROWS_AS(BrainMaskCheck{}(Mask()), DataError);
}

TEST_CASE("a consensus outvotes the mask that is far off", "[preprocess][brain]") {
  const Geometry grid = cube(80, 2.0);
  const auto truth = ball(grid, Eigen::Vector3d::Zero(), 60.0);
  const auto joined =
      BrainConsensus{}({ball(grid, Eigen::Vector3d::Zero(), 58.0), truth, ball(grid, Eigen::Vector3d::Zero(), 75.0)});
  CHECK(dice(joined.mask, truth) > 0.999);
  CHECK(flagged(joined.flags, "preprocess.brain.disagreement"));
  const auto middle = BrainConsensus{}({ball(grid, Eigen::Vector3d::Zero(), 56.0), ball(grid, Eigen::Vector3d::Zero(), 64.0)});
  CHECK(dice(middle.mask, truth) > 0.99);
  CHECK(same(BrainConsensus{}({truth}).mask, truth));
  CHECK_THROWS_AS(BrainConsensus{}({}), DataError);
  CHECK_THROWS_AS(BrainConsensus{}({truth, Mask(grid)}), DataError);
  CHECK_THROWS_AS(BrainConsensus{}({truth, ball(cube(80, 2.1), Eigen::Vector3d::Zero(), 60.0)}), GeometryError);
}

TEST_CASE("a given brain mask is taken as it is, on its own grid only", "[preprocess][brain]") {
  const GivenBrainMask given(head().brain);
  CHECK(same(given(head().t1), head().brain));
  CHECK(given.name() == "given mask");
  CHECK_THROWS_AS(given(Image<float>(cube(10, 1.0), 1.0F)), GeometryError);
  CHECK_THROWS_AS(GivenBrainMask(Mask(head().t1.geometry()))(head().t1), DataError);
}

TEST_CASE("the mirror plane of a turned head is found to a degree and a millimetre", "[preprocess][mirror]") {
  // The head sampled on a grid that is turned and shifted against it: the truth is known in the grid's own space.
  auto phantom = still(5);
  Geometry grid = HeadPhantom::centred_grid({72, 86, 72}, Eigen::Vector3d::Constant(3.0));
  const Eigen::Matrix3d turn = (Eigen::AngleAxisd(9.0 * 3.14159265358979 / 180.0, Eigen::Vector3d::UnitZ()) *
                                Eigen::AngleAxisd(-6.0 * 3.14159265358979 / 180.0, Eigen::Vector3d::UnitY()))
                                   .toRotationMatrix();
  const Eigen::Vector3d shift(7.0, -4.0, 3.0);
  Geometry sampled = grid;  // scanner point p shows the head's point turn^T (p - shift)
  sampled.direction = turn.transpose();
  sampled.origin = turn.transpose() * (grid.origin - shift);
  phantom.grids[Modality::t1] = sampled;
  const auto study = phantom();
  Image<float> scan(grid);
  std::copy(study.t1.values().begin(), study.t1.values().end(), scan.data());
  const auto plane = SymmetrySearch{}(scan);
  const Eigen::Vector3d normal = turn * Eigen::Vector3d::UnitX();
  CHECK(std::acos(std::min(1.0, plane.normal.dot(normal))) * 180.0 / 3.14159265358979 < 1.0);
  CHECK(std::abs(normal.dot(plane.point - shift)) < 1.0);
  CHECK(plane.score > 0.6);
  CHECK(plane.flags.empty());
  for (const int threads : {1, 4}) {
    const auto again = SymmetrySearch{.threads = threads}(scan);
    CHECK(again.normal == plane.normal);
    CHECK(again.point == plane.point);
  }
}

TEST_CASE("a mask is mirrored across a plane", "[preprocess][mirror]") {
  MirrorPlane plane;
  plane.point = Eigen::Vector3d(2.0, 0.0, 0.0);
  const Geometry grid = cube(41, 2.0);
  const auto mirrored = plane.mirrored(ball(grid, Eigen::Vector3d(20.0, 4.0, -8.0), 12.0));
  CHECK(dice(mirrored, ball(grid, Eigen::Vector3d(-16.0, 4.0, -8.0), 12.0)) == 1.0);
  CHECK(plane.distance(Eigen::Vector3d(5.0, 1.0, 1.0)) == 3.0);
  CHECK_THROWS_AS(plane.mirrored(Mask()), DataError);
}

TEST_CASE("the search for symmetry refuses what has none", "[preprocess][mirror]") {
  CHECK_THROWS_AS(SymmetrySearch{}(Image<float>()), DataError);
  CHECK_THROWS_AS(SymmetrySearch{}(Image<float>(cube(20, 4.0), 3.0F)), DataError);
  CHECK_THROWS_AS(SymmetrySearch{}(head().t1, Mask(cube(20, 4.0))), GeometryError);
  CHECK_THROWS_AS(SymmetrySearch{}(head().t1, Mask(head().t1.geometry())), DataError);
  CHECK_THROWS_AS(SymmetrySearch{.max_angle = 0.0}(head().t1), OptionError);
}

TEST_CASE("tissue classes and normal white matter are those of the phantom", "[preprocess][tissue]") {
  const auto tumour = head().labels.mask(Region::whole_tumour);
  const auto maps = TissueClassification{}(head().t1, head().brain, tumour);
  Mask white(tumour.geometry());
  for (std::size_t v = 0; v < white.size(); ++v) {
    white.data()[v] = head().tissue.data()[v] == static_cast<std::uint8_t>(TissueClass::white_matter) && !tumour.data()[v];
    const float sum = maps.csf.data()[v] + maps.grey_matter.data()[v] + maps.white_matter.data()[v];
    const bool classified = maps.labels.data()[v] != TissueValue::none;
    REQUIRE(sum == (classified ? Approx(1.0).margin(1e-5) : Approx(0.0)));
    if (tumour.data()[v] || !head().brain.data()[v]) REQUIRE_FALSE(classified);
  }
  CHECK(dice(maps.mask(TissueValue::white_matter), white) > 0.9);
  CHECK(maps.mean[0] < maps.mean[1]);
  CHECK(maps.mean[1] < maps.mean[2]);
  const auto again = TissueClassification{.threads = 1}(head().t1, head().brain, tumour);
  CHECK(same(again.labels, maps.labels));
  CHECK(same(again.white_matter, TissueClassification{.threads = 4}(head().t1, head().brain, tumour).white_matter));

  const auto plane = SymmetrySearch{}(head().t1);
  const auto normal = NormalWhiteMatter{}(maps, plane, &head().labels);
  std::size_t pure = 0, tumour_left = 0, tumour_right = 0;
  for (std::size_t v = 0; v < white.size(); ++v) {
    const auto x = static_cast<std::int64_t>(v) % white.geometry().size[0];
    if (tumour.data()[v]) (2 * x < white.geometry().size[0] ? tumour_right : tumour_left) += 1;
  }
  for (std::size_t v = 0; v < white.size(); ++v) {
    if (!normal.mask.data()[v]) continue;
    pure += white.data()[v];
    const auto x = static_cast<std::int64_t>(v) % white.geometry().size[0];
    REQUIRE((2 * x < white.geometry().size[0]) == (tumour_left > tumour_right));
  }
  CHECK(static_cast<double>(pure) > 0.98 * static_cast<double>(normal.voxel_count));
  CHECK(normal.volume > 20.0);
  CHECK(NormalWhiteMatter{}(maps, plane).volume > 1.5 * normal.volume);
  CHECK_THROWS_AS((NormalWhiteMatter{.tumour_margin = 200.0}(maps, plane, &head().labels)), DataError);
  CHECK_THROWS_AS(NormalWhiteMatter{}(TissueMaps{}, plane), DataError);
  CHECK_THROWS_AS((NormalWhiteMatter{.probability = 0.0}(maps, plane)), OptionError);
}

TEST_CASE("tissue is refused where there is none", "[preprocess][tissue]") {
  const auto& image = head().t1;
  CHECK_THROWS_AS(TissueClassification{}(image, Mask(image.geometry())), DataError);
  CHECK_THROWS_AS(TissueClassification{}(image, Mask(cube(9, 1.0))), GeometryError);
  CHECK_THROWS_AS(TissueClassification{}(image, head().brain, Mask(cube(9, 1.0))), GeometryError);
  CHECK_THROWS_AS(TissueClassification{.iterations = 0}(image, head().brain), OptionError);
  Image<float> flat(image.geometry(), 3.0F);
  flat(0, 0, 0) = 2.0F;
  CHECK_THROWS_AS(TissueClassification{}(flat, head().brain), DataError);
}

TEST_CASE("a bias field can be taken from another grid than it was estimated on", "[preprocess][bias]") {
  const auto result = BiasCorrection{.iterations = {20, 20}}(head().t1, head().brain);
  const auto& grid = head().t1.geometry();
  CHECK(same(result.spline(grid), result.field));
  Geometry fine = grid;  // every second voxel lies on one of the field's
  fine.size = {grid.size[0], 20, 20};
  fine.spacing[0] = grid.spacing[0] / 2.0;
  const auto field = result.spline(fine);
  for (std::int64_t x = 0; x < 32; ++x) CHECK(field(2 * x, 7, 9) == Approx(result.field(x, 7, 9)).epsilon(1e-5));
  Eigen::Matrix4d shift = Eigen::Matrix4d::Identity();
  shift.topRightCorner<3, 1>() = grid.direction.col(1) * grid.spacing[1];
  CHECK(result.spline(grid, shift)(30, 20, 25) == Approx(result.field(30, 21, 25)).epsilon(1e-5));
  CHECK(same(divide_bias(head().t1, result.field), result.corrected));
  CHECK_THROWS_AS(divide_bias(head().t1, Image<float>(grid)), DataError);
  CHECK_THROWS_AS(divide_bias(head().t1, Image<float>(cube(9, 1.0), 1.0F)), GeometryError);
  CHECK_THROWS_AS(BiasField{}(grid), GeometryError);
  BiasField broken = result.spline;
  broken.coefficients.pop_back();
  CHECK_THROWS_AS(broken(grid), DataError);
}

TEST_CASE("weights say where a bias field is looked for", "[preprocess][bias]") {
  const auto& image = head().t1;
  const BiasCorrection step{.iterations = {20, 20}};
  const auto plain = step(image, head().brain);
  // Equal weights change nothing but the last bits, voxels of weight 0 nothing at all.
  const auto equal = step(image, head().brain, Image<float>(image.geometry(), 2.0F));
  for (std::size_t v = 0; v < image.size(); v += 997)
    CHECK(equal.field.data()[v] == Approx(plain.field.data()[v]).epsilon(1e-4));
  Image<float> spoilt = image, weights(image.geometry(), 1.0F);
  const auto tumour = head().labels.mask(Region::whole_tumour);
  for (std::size_t v = 0; v < image.size(); ++v) {
    if (!tumour.data()[v]) continue;
    spoilt.data()[v] *= 50.0F;
    weights.data()[v] = 0.0F;
  }
  const auto one = step(image, head().brain, weights), two = step(spoilt, head().brain, weights);
  CHECK(one.spline.coefficients == two.spline.coefficients);
  CHECK_THROWS_AS(step(image, head().brain, Image<float>(image.geometry(), -1.0F)), DataError);
  CHECK_THROWS_AS(step(image, head().brain, Image<float>(image.geometry())), DataError);
  CHECK_THROWS_AS(step(image, head().brain, Image<float>(cube(9, 1.0))), GeometryError);
}

TEST_CASE("a bias field has the same bits on any number of threads", "[preprocess][bias]") {
  const auto one = BiasCorrection{.shrink = 1, .iterations = {5, 5}, .threads = 1}(head().t1);
  for (const int threads : {2, 4}) {
    CHECK(same(one.field, BiasCorrection{.shrink = 1, .iterations = {5, 5}, .threads = threads}(head().t1).field));
  }
}

TEST_CASE("the brain of real heads is found", "[preprocess][brain]") {
  BOLUS_REQUIRE_REAL_DATA();
  const std::array<std::array<const char*, 2>, 2> pairs{{{"tcga-fg-6692/t1c.nii.gz", "tcga-fg-6692/t1c_brain_mask.nii.gz"},
                                                         {"mni152/head_2mm.nii.gz", "mni152/brain_mask_2mm.nii.gz"}}};
  for (const auto& [image, reference] : pairs) {
    const auto truth = read_image(real_data() / reference);
    Mask brain(truth.geometry());
    for (std::size_t v = 0; v < truth.size(); ++v) brain.data()[v] = truth.data()[v] > 0.5F ? 1 : 0;
    const auto result = BrainExtraction{}(read_image(real_data() / image));
    INFO(image);
    CHECK(dice(result.mask, brain) >= 0.95);
    CHECK(result.quality.verdict == Verdict::good);
  }
}

#include <bolus/dsc/brain_mask.hpp>
#include <bolus/dsc/reference_tissue.hpp>
#include <bolus/dsc/white_matter.hpp>
#include <bolus/simulate/head_phantom.hpp>
#include <bolus/simulate/phantom.hpp>
#include <cmath>
#include <limits>
#include <numbers>

#include "catch.hpp"

using namespace bolus;

namespace {

bool has_flag(const QcFlags& flags, const std::string& code) {
  return std::any_of(flags.begin(), flags.end(), [&](const QcFlag& flag) { return flag.code == code; });
}

double dice(const Mask& one, const Mask& other) {
  std::size_t both = 0, sum = 0;
  for (std::size_t v = 0; v < one.size(); ++v) {
    const bool a = one.data()[v] != 0, b = other.data()[v] != 0;
    both += a && b;
    sum += a + b;
  }
  return 2.0 * static_cast<double>(both) / static_cast<double>(sum);
}

bool same(const Mask& one, const Mask& other) {
  return std::equal(one.values().begin(), one.values().end(), other.values().begin(), other.values().end());
}

struct Head {
  LabelMap labels;
  Mask brain;
};

/// An ellipsoid of 140 x 180 x 120 mm with a round tumour on the patient's left, turned by `yaw` degrees about the long axis of
/// the body.
Head ellipsoid_head(double yaw = 0.0, double tumour_radius = 22.0, std::int64_t size = 64) {
  Geometry geometry;
  geometry.size = {size, size, 12};
  geometry.spacing = Eigen::Vector3d(220.0 / static_cast<double>(size), 220.0 / static_cast<double>(size), 6.0);
  geometry.origin = Eigen::Vector3d(-110.0, -110.0, -33.0);
  Mask brain(geometry);
  Image<std::uint8_t> labels(geometry);
  const double angle = yaw * std::numbers::pi / 180.0;
  for (std::int64_t z = 0; z < 12; ++z) {
    for (std::int64_t y = 0; y < size; ++y) {
      for (std::int64_t x = 0; x < size; ++x) {
        const Eigen::Vector3d p = geometry.point_of(Eigen::Vector3d(double(x), double(y), double(z)));
        const Eigen::Vector3d q(std::cos(angle) * p[0] + std::sin(angle) * p[1],
                                -std::sin(angle) * p[0] + std::cos(angle) * p[1], p[2]);
        brain(x, y, z) = q.cwiseQuotient(Eigen::Vector3d(70.0, 90.0, 60.0)).norm() < 1.0;
        const double r = (q - Eigen::Vector3d(34.0, -10.0, 0.0)).norm() / tumour_radius;
        if (r < 1.0) labels(x, y, z) = r < 0.3 ? 1 : r < 0.65 ? 4 : 2;
      }
    }
  }
  return {LabelMap(labels), brain};
}

PhantomStudy study_of(const Head& head, std::uint64_t seed, double snr = 50.0) {
  PerfusionPhantom phantom;
  phantom.volumes = 60;
  phantom.signal_to_noise = snr;
  phantom.seed = seed;
  return phantom(head.labels, head.brain);
}

std::size_t overlap(const Mask& mask, const Mask& other) {
  std::size_t count = 0;
  for (std::size_t v = 0; v < mask.size(); ++v) count += mask.data()[v] && other.data()[v];
  return count;
}

}  // namespace

TEST_CASE("the brain mask is the phantom's brain at every noise level", "[dsc]") {
  const auto head = ellipsoid_head();
  for (const double snr : {10.0, 50.0, std::numeric_limits<double>::infinity()}) {
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
      const auto study = study_of(head, seed, snr);
      const auto found = BrainMask{}(study.series);
      INFO("SNR " << snr << ", seed " << seed);
      CHECK(dice(found.mask, study.brain) > 0.99);
      CHECK(found.flags.empty());
      CHECK(found.voxel_count == overlap(found.mask, found.mask));
    }
  }
}

TEST_CASE("a brain mask leaves out scalp, empty slices and broken voxels, and fills dark holes", "[dsc]") {
  auto study = study_of(ellipsoid_head(), 1);
  const auto& geometry = study.series.geometry();
  Mask expected = study.brain;
  std::size_t broken = 0;
  for (std::int64_t z = 0; z < geometry.size[2]; ++z) {
    for (std::int64_t y = 0; y < geometry.size[1]; ++y) {
      for (std::int64_t x = 0; x < geometry.size[0]; ++x) {
        const auto v = static_cast<std::size_t>(x + geometry.size[0] * (y + geometry.size[1] * z));
        const Eigen::Vector3d p = geometry.point_of(Eigen::Vector3d(double(x), double(y), double(z)));
        const double shell = p.cwiseQuotient(Eigen::Vector3d(70.0, 90.0, 60.0)).norm();
        const bool scalp = shell > 1.18 && shell < 1.25, empty = z < 2,
                   dark = std::hypot(p[0] + 20.0, p[1] - 20.0) < 8.0 && std::abs(p[2]) < 10.0,
                   bad = x == 30 && y == 30 && z == 6;
        for (std::size_t t = 0; t < study.series.frames(); ++t) {
          float& value = study.series.frame(t)[v];
          if (scalp) value = 500.0F;
          if (dark) value *= 0.02F;
          if (empty) value = 0.0F;
          if (bad && t == 40) value = std::numeric_limits<float>::quiet_NaN();
        }
        if (empty || bad) expected.data()[v] = 0;
        broken += bad;
      }
    }
  }
  const auto found = BrainMask{}(study.series);
  CHECK(dice(found.mask, expected) > 0.98);
  CHECK(has_flag(found.flags, "dsc.brain.not_finite"));
  for (std::size_t v = 0; v < found.mask.size(); ++v) {
    if (v < static_cast<std::size_t>(2 * geometry.size[0] * geometry.size[1])) REQUIRE(found.mask.data()[v] == 0);
  }
}

TEST_CASE("a brain mask needs signal and works on very short series", "[dsc]") {
  Geometry geometry;
  geometry.size = {8, 8, 3};
  PerfusionSeries zeros(geometry, Eigen::VectorXd::LinSpaced(20, 0.0, 19.0));
  REQUIRE_THROWS_AS(BrainMask{}(zeros), DataError);
  REQUIRE_THROWS_AS(BrainMask{}(PerfusionSeries()), DataError);
  REQUIRE_THROWS_AS((BrainMask{.fraction = 1.0}(zeros)), OptionError);
  REQUIRE_THROWS_AS((BrainMask{.opening = -1.0}(zeros)), OptionError);
  PerfusionSeries one(geometry, Eigen::VectorXd::Zero(1));
  for (std::size_t v = 0; v < one.voxel_count(); ++v) one.frame(0)[v] = v % 8 >= 2 && v % 8 < 6 ? 100.0F : 1.0F;
  const auto found = BrainMask{}(one);
  CHECK(found.voxel_count == 4 * 8 * 3);
  CHECK(has_flag(found.flags, "dsc.brain.small"));
  for (float& value : one.frame(0)) value = 100.0F;  // constant: nothing darker
  CHECK(BrainMask{}(one).voxel_count == one.voxel_count());
  for (float& value : one.frame(0)) value = std::numeric_limits<float>::infinity();
  REQUIRE_THROWS_AS(BrainMask{}(one), DataError);
}

TEST_CASE("the reference holds no enhancing tumour even without labels", "[dsc]") {
  const auto head = ellipsoid_head();
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    const auto study = study_of(head, seed, seed % 2 ? 50.0 : 30.0);
    const auto enhancing = study.labels.mask(Region::enhancing);
    const auto blind = ReferenceTissue{}(study.series, study.brain);
    INFO("seed " << seed);
    CHECK(static_cast<double>(overlap(blind.mask, enhancing)) < 0.02 * static_cast<double>(overlap(enhancing, enhancing)));
    CHECK(overlap(blind.mask, study.arterial) <= 2);  // of 30
    CHECK(static_cast<double>(blind.voxel_count) > 0.6 * static_cast<double>(overlap(study.brain, study.brain)));
    const auto told = ReferenceTissue{}(study.series, study.brain, &study.labels);
    CHECK(overlap(told.mask, detail::grown(study.labels.mask(Region::whole_tumour), 10.0, 1)) == 0);
    CHECK(told.coefficient_of_variation > 0.0);
    CHECK(told.flags.empty());
  }
}

TEST_CASE("the reference rule is not undone by a high signal-to-noise ratio", "[dsc]") {
  const auto study = study_of(ellipsoid_head(), 3, std::numeric_limits<double>::infinity());
  const auto found = ReferenceTissue{}(study.series, study.brain, &study.labels);
  const auto normal = overlap(study.brain, study.brain) - study.labels.voxel_count(Region::whole_tumour);
  CHECK(static_cast<double>(found.voxel_count) > 0.5 * static_cast<double>(normal));
  CHECK(overlap(found.mask, study.labels.mask(Region::enhancing)) == 0);
}

TEST_CASE("white matter is found in the half without the tumour", "[dsc]") {
  for (const double yaw : {0.0, 10.0, -15.0}) {
    const auto head = ellipsoid_head(yaw);
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
      const auto study = study_of(head, seed);
      const auto found = WhiteMatter{}(study.series, study.brain, &study.labels);
      std::size_t pure = 0, right = 0;
      double volume = 0.0;
      const double angle = yaw * std::numbers::pi / 180.0;
      for (std::size_t v = 0; v < found.mask.size(); ++v) {
        if (!found.mask.data()[v]) continue;
        const double truth = static_cast<double>(study.blood_volume.data()[v]);
        pure += truth < 2.5;  // white matter 2, grey matter 4
        volume += truth;
        const auto p = detail::position_of(study.series.geometry(), v);
        right += std::cos(angle) * p[0] + std::sin(angle) * p[1] < 0.0;
      }
      INFO("yaw " << yaw << ", seed " << seed << ": " << found.voxel_count << " voxels");
      CHECK(found.voxel_count >= 100);
      CHECK(static_cast<double>(pure) > 0.9 * static_cast<double>(found.voxel_count));
      CHECK(volume / static_cast<double>(found.voxel_count) == Approx(2.0).epsilon(0.08));
      CHECK(right == found.voxel_count);
      CHECK(found.flags.empty());
      CHECK(overlap(found.mask, study.arterial) == 0);
    }
  }
}

TEST_CASE("the mirror plane of a turned head is found within two degrees", "[dsc]") {
  for (const double yaw : {-17.0, -6.0, 0.0, 4.0, 12.0}) {
    const auto head = ellipsoid_head(yaw, 0.0, 96);
    const auto plane = detail::find_mirror_plane(head.brain, std::vector<float>(head.brain.size(), 1.0F));
    INFO("yaw " << yaw);
    CHECK(std::atan2(plane.normal[1], plane.normal[0]) * 180.0 / std::numbers::pi == Approx(yaw).margin(2.0));
    CHECK(plane.asymmetry < 0.05);
    CHECK(std::abs(plane.distance(Eigen::Vector3d::Zero())) < 3.0);
  }
}

TEST_CASE("a T1 image that shows white matter keeps it purer", "[dsc]") {
  const auto study = study_of(ellipsoid_head(), 5, 20.0);
  Image<float> t1(study.series.geometry());
  const RandomStream random(7, 1);
  for (std::size_t v = 0; v < t1.size(); ++v) {
    const double volume = static_cast<double>(study.blood_volume.data()[v]);
    t1.data()[v] = static_cast<float>((study.brain.data()[v] ? 1200.0 - 200.0 * volume : 0.0) + 60.0 * random.normal(v));
  }
  const auto purity = [&](const TissueMask& found) {
    std::size_t pure = 0;
    for (std::size_t v = 0; v < t1.size(); ++v) pure += found.mask.data()[v] && study.blood_volume.data()[v] < 2.5F;
    return static_cast<double>(pure) / static_cast<double>(found.voxel_count);
  };
  const auto with = WhiteMatter{}(study.series, study.brain, &study.labels, &t1);
  CHECK(purity(with) > 0.95);
  CHECK(purity(with) >= purity(WhiteMatter{}(study.series, study.brain, &study.labels)) - 0.01);
}

TEST_CASE("masks hold on a head with skull, cortex, ventricles and vessels", "[dsc]") {
  for (std::uint64_t seed = 0; seed < 2; ++seed) {
    HeadPhantom maker;
    maker.seed = seed;
    maker.size = {48, 58, 48};
    maker.spacing = Eigen::Vector3d::Constant(4.0);
    PerfusionPhantom phantom;
    phantom.seed = seed;
    const auto study = phantom(maker(), HeadPhantom::centred_grid({80, 96, 14}, Eigen::Vector3d(2.2, 2.2, 7.0)));
    const auto share_of = [&](const Mask& mask, TissueClass tissue) {
      double sum = 0.0, count = 0.0;
      for (std::size_t v = 0; v < mask.size(); ++v) {
        if (!mask.data()[v]) continue;
        sum += static_cast<double>(study.shares[v][static_cast<std::size_t>(tissue)]);
        count += 1.0;
      }
      return sum / count;
    };
    INFO("seed " << seed);
    const auto brain = BrainMask{}(study.series);
    CHECK(dice(brain.mask, study.brain) > 0.93);  // the fluid around the brain, bright on T2*, cannot be told from it
    CHECK(static_cast<double>(overlap(brain.mask, study.brain)) >
          0.99 * static_cast<double>(overlap(study.brain, study.brain)));
    CHECK(share_of(brain.mask, TissueClass::scalp) < 0.002);

    const auto white = WhiteMatter{}(study.series, brain.mask, &study.labels);
    double volume = 0.0;
    for (std::size_t v = 0; v < white.mask.size(); ++v) {
      volume += white.mask.data()[v] ? static_cast<double>(study.blood_volume.data()[v]) : 0.0;
    }
    CHECK(white.voxel_count >= 300);
    CHECK(share_of(white.mask, TissueClass::white_matter) > 0.93);
    CHECK(volume / static_cast<double>(white.voxel_count) == Approx(phantom.white_matter.blood_volume).epsilon(0.02));
    CHECK(overlap(white.mask, study.labels.mask(Region::whole_tumour)) == 0);

    const auto reference = ReferenceTissue{}(study.series, brain.mask, &study.labels);
    CHECK(overlap(reference.mask, study.labels.mask(Region::whole_tumour)) == 0);
    CHECK(share_of(reference.mask, TissueClass::artery) + share_of(reference.mask, TissueClass::vein) < 0.02);
    CHECK(share_of(ReferenceTissue{}(study.series, brain.mask).mask, TissueClass::enhancing) < 0.005);
  }
}

TEST_CASE("doubtful masks are flagged", "[dsc]") {
  const auto small = study_of(ellipsoid_head(0.0, 22.0, 32), 2);
  const auto few = WhiteMatter{.min_voxels = 100000}(small.series, small.brain, &small.labels);
  CHECK(has_flag(few.flags, "dsc.white_matter.small"));
  CHECK(has_flag(few.flags, "dsc.white_matter.not_eroded"));
  const auto noisy = study_of(ellipsoid_head(), 2, 5.0);
  CHECK(has_flag(WhiteMatter{}(noisy.series, noisy.brain).flags, "dsc.white_matter.heterogeneous"));
  Mask few_voxels(noisy.series.geometry());
  for (std::int64_t x = 14; x < 50; ++x) few_voxels(x, 32, 6) = 1;
  CHECK(has_flag(ReferenceTissue{}(noisy.series, few_voxels).flags, "dsc.reference.small"));
}

TEST_CASE("a series that ends in the first pass gives a flagged reference", "[dsc]") {
  const auto study = study_of(ellipsoid_head(), 2);
  const auto curve = detail::mask_curve(study.series, &study.brain, "the brain", 1, {});
  const auto end = BolusTiming{}(curve.signal, study.series.times()).peak + 2;
  PerfusionSeries part(study.series.geometry(), study.series.times().head(end), study.series.protocol());
  std::copy_n(study.series.data(), part.voxel_count() * part.frames(), part.data());
  const auto found = ReferenceTissue{}(part, study.brain, &study.labels);
  CHECK(has_flag(found.flags, "dsc.reference.no_tail"));
  CHECK(has_flag(found.flags, "dsc.timing.truncated"));
}

TEST_CASE("tissue masks have the same bits on any number of threads", "[dsc]") {
  const auto study = study_of(ellipsoid_head(), 4);
  const auto brain = BrainMask{.threads = 1}(study.series);
  const auto reference = ReferenceTissue{.threads = 1}(study.series, brain.mask, &study.labels);
  const auto white = WhiteMatter{.threads = 1}(study.series, brain.mask, &study.labels);
  for (const int threads : {2, 4}) {
    CHECK(same(BrainMask{.threads = threads}(study.series).mask, brain.mask));
    CHECK(same(ReferenceTissue{.threads = threads}(study.series, brain.mask, &study.labels).mask, reference.mask));
    const auto again = WhiteMatter{.threads = threads}(study.series, brain.mask, &study.labels);
    CHECK(same(again.mask, white.mask));
    CHECK(again.coefficient_of_variation == white.coefficient_of_variation);
  }
}

TEST_CASE("tissue masks refuse what they cannot use", "[dsc]") {
  const auto study = study_of(ellipsoid_head(0.0, 22.0, 32), 2);
  const auto other = ellipsoid_head(0.0, 22.0, 48);
  const Mask nothing(study.series.geometry());
  REQUIRE_THROWS_AS(ReferenceTissue{}(study.series, other.brain), GeometryError);
  REQUIRE_THROWS_AS(ReferenceTissue{}(study.series, study.brain, &other.labels), GeometryError);
  REQUIRE_THROWS_AS(ReferenceTissue{}(study.series, study.brain, nullptr, &other.brain), GeometryError);
  REQUIRE_THROWS_AS(ReferenceTissue{}(study.series, nothing), DataError);
  REQUIRE_THROWS_AS((ReferenceTissue{.tail_samples = 0}(study.series, study.brain)), OptionError);
  REQUIRE_THROWS_AS((ReferenceTissue{.tumour_margin = 500.0}(study.series, study.brain, &study.labels)), DataError);
  REQUIRE_THROWS_AS(WhiteMatter{}(study.series, other.brain), GeometryError);
  REQUIRE_THROWS_AS(WhiteMatter{}(study.series, nothing), DataError);
  REQUIRE_THROWS_AS((WhiteMatter{.edge_margin = 500.0}(study.series, study.brain)), DataError);
  REQUIRE_THROWS_AS((WhiteMatter{.certainty = 1.0}(study.series, study.brain)), OptionError);
  const Image<float> t1(other.brain.geometry());
  REQUIRE_THROWS_AS(WhiteMatter{}(study.series, study.brain, nullptr, &t1), GeometryError);

  PerfusionSeries constant(study.series.geometry(), study.series.times());
  std::fill_n(constant.data(), constant.voxel_count() * constant.frames(), 100.0F);
  REQUIRE_THROWS_AS(ReferenceTissue{}(constant, study.brain), DataError);  // no bolus
  REQUIRE_THROWS_AS(WhiteMatter{}(constant, study.brain), DataError);
  PerfusionSeries negative = study.series;
  for (std::size_t t = 10; t < 12; ++t) {
    for (float& value : negative.frame(t)) value = -1.0F;
  }
  REQUIRE_THROWS_AS(ReferenceTissue{}(negative, study.brain), DataError);
}

TEST_CASE("distances between voxels are exact on uneven spacing", "[dsc]") {
  Geometry geometry;
  geometry.size = {9, 7, 5};
  geometry.spacing = Eigen::Vector3d(1.5, 2.0, 5.0);
  Mask mask(geometry);
  const RandomStream random(3, 1);
  for (std::size_t v = 0; v < mask.size(); ++v) mask.data()[v] = random.uniform(v) < 0.03;
  const auto found = detail::squared_distance(mask, false, 1);
  for (std::size_t v = 0; v < mask.size(); ++v) {
    double nearest = 1e30;
    for (std::size_t w = 0; w < mask.size(); ++w) {
      if (mask.data()[w]) {
        nearest = std::min(nearest, (detail::position_of(geometry, v) - detail::position_of(geometry, w)).squaredNorm());
      }
    }
    REQUIRE(static_cast<double>(found[v]) == Approx(nearest).epsilon(1e-5));
  }
  CHECK(std::isinf(detail::squared_distance(Mask(geometry), false, 1)[0]));
}

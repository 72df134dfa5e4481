#include <algorithm>
#include <bolus/dsc/integral.hpp>
#include <bolus/simulate/phantom.hpp>
#include <cmath>
#include <limits>
#include <numeric>

#include "catch.hpp"

using namespace bolus;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// A small, quick head of 5 mm voxels.
HeadPhantom coarse(std::uint64_t seed = 0) {
  HeadPhantom phantom;
  phantom.seed = seed;
  phantom.size = {38, 46, 38};
  phantom.spacing = {5, 5, 5};
  return phantom;
}

/// The usual one, made once.
const HeadStudy& usual_head() {
  static const HeadStudy head = coarse()();
  return head;
}

Geometry dsc_grid() { return HeadPhantom::centred_grid({64, 64, 10}, {3.6, 3.6, 8}); }

PerfusionPhantom clean() {
  PerfusionPhantom phantom;
  phantom.signal_to_noise = infinity;
  phantom.texture = 0.0;
  return phantom;
}

std::size_t count(const Mask& mask) {
  return static_cast<std::size_t>(std::count_if(mask.values().begin(), mask.values().end(), [](auto v) { return v != 0; }));
}

bool same(const Image<float>& a, const Image<float>& b) {
  return std::equal(a.values().begin(), a.values().end(), b.values().begin(), b.values().end());
}

/// Voxels of which one tissue fills all.
std::vector<std::size_t> pure(const PhantomStudy& study, TissueClass tissue) {
  std::vector<std::size_t> found;
  for (std::size_t v = 0; v < study.shares.size(); ++v) {
    if (study.shares[v][static_cast<std::size_t>(tissue)] > 0.9999F && study.brain.data()[v]) found.push_back(v);
  }
  return found;
}

Eigen::VectorXd curve_at(const PhantomStudy& study, std::size_t voxel) {
  Eigen::VectorXd curve(static_cast<Eigen::Index>(study.series.frames()));
  for (Eigen::Index t = 0; t < curve.size(); ++t) {
    curve[t] = static_cast<double>(study.series.frame(static_cast<std::size_t>(t))[voxel]);
  }
  return curve;
}

Eigen::VectorXd relaxation(const Eigen::VectorXd& signal, double echo_time = 0.03) {
  return -(signal.array() / signal[0]).log() / echo_time;
}

/// Value at a point in LPS mm, straight lines between voxels.
double interpolated(const Image<float>& image, const Eigen::Vector3d& point) {
  const Eigen::Vector3d at = image.geometry().index_of(point);
  double sum = 0.0;
  for (int corner = 0; corner < 8; ++corner) {
    double weight = 1.0;
    std::array<std::int64_t, 3> place;
    for (int axis = 0; axis < 3; ++axis) {
      const double base = std::floor(at[axis]), part = at[axis] - base;
      const int up = (corner >> axis) & 1;
      weight *= up ? part : 1.0 - part;
      place[static_cast<std::size_t>(axis)] = std::clamp<std::int64_t>(
          static_cast<std::int64_t>(base) + up, 0, image.geometry().size[static_cast<std::size_t>(axis)] - 1);
    }
    sum += weight * static_cast<double>(image(place[0], place[1], place[2]));
  }
  return sum;
}

}  // namespace

TEST_CASE("a random field has mean 0, deviation 1, and the gradient of its values", "[simulate]") {
  const detail::RandomField field(RandomStream(3, 1), 5.0, 100.0);
  double sum = 0.0, squares = 0.0, values = 0.0;
  for (double x = -95.0; x < 95.0; x += 3.7) {
    for (double y = -95.0; y < 95.0; y += 3.7) {
      for (double z = -95.0; z < 95.0; z += 3.7) {
        const double value = field({x, y, z});
        sum += value;
        squares += value * value;
        values += 1.0;
      }
    }
  }
  REQUIRE(sum / values == Approx(0.0).margin(0.03));
  REQUIRE(squares / values == Approx(1.0).margin(0.04));
  Eigen::Vector3d gradient;
  const Eigen::Vector3d point(12.3, -40.1, 7.7);
  field(point, &gradient);
  for (int axis = 0; axis < 3; ++axis) {
    Eigen::Vector3d beside = point;
    beside[axis] += 1e-4;
    REQUIRE(gradient[axis] == Approx((field(beside) - field(point)) / 1e-4).epsilon(1e-3));
  }
}

TEST_CASE("tubes fill their volume on fine and coarse grids, wherever the grid lies", "[simulate]") {
  std::vector<detail::TubePiece> tube;
  detail::add_tube(tube, {{-30, 0, 0}, {0, 0, 0}, {30, 0, 0}}, 1.5, 1.5);
  const double volume = 3.14159265 * 1.5 * 1.5 * (60.0 + 4.0 / 3.0 * 1.5);  // a cylinder with half a ball at each end
  const double angle = 0.3;
  Eigen::Matrix4d turned = Eigen::Matrix4d::Identity();
  turned.topLeftCorner<2, 2>() << std::cos(angle), -std::sin(angle), std::sin(angle), std::cos(angle);
  turned(2, 3) = 1.7;
  for (const Eigen::Vector3d& spacing : {Eigen::Vector3d(1, 1, 1), Eigen::Vector3d(1.8, 1.8, 5)}) {
    for (const Eigen::Matrix4d& map : {Eigen::Matrix4d(Eigen::Matrix4d::Identity()), turned}) {
      const auto grid = HeadPhantom::centred_grid({80, 80, 12}, spacing);
      const auto share = detail::tube_occupancy(tube, grid, map, 1);
      const double filled = std::accumulate(share.values().begin(), share.values().end(), 0.0) * spacing.prod();
      REQUIRE(filled == Approx(volume).epsilon(0.03));
    }
  }
}

TEST_CASE("heads have plausible volumes and every part, whatever the seed", "[simulate]") {
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    const auto head = coarse(seed)();
    std::array<double, tissue_class_count> volume{};
    for (const auto tissue : head.tissue.values()) volume[tissue] += 0.125;
    const auto of = [&](TissueClass tissue) { return volume[static_cast<std::size_t>(tissue)]; };
    INFO("seed " << seed);
    REQUIRE(0.125 * static_cast<double>(count(head.brain)) > 1050.0);  // mL
    REQUIRE(0.125 * static_cast<double>(count(head.brain)) < 1600.0);
    REQUIRE(of(TissueClass::grey_matter) > 250.0);
    REQUIRE(of(TissueClass::white_matter) > 350.0);
    REQUIRE(of(TissueClass::csf) > 80.0);
    REQUIRE(of(TissueClass::skull) > 200.0);
    REQUIRE(of(TissueClass::scalp) > 300.0);
    for (const auto region : all_regions) REQUIRE(head.labels.volume(region) > 0.5);
    REQUIRE(head.labels.volume(Region::whole_tumour) < 250.0);
    double arteries = 0.0, veins = 0.0;
    int outside = 0;
    for (std::size_t v = 0; v < head.tissue.size(); ++v) {
      arteries += 0.125 * static_cast<double>(head.artery_share.data()[v]);
      veins += 0.125 * static_cast<double>(head.vein_share.data()[v]);
      outside += head.labels.image().data()[v] && !head.brain.data()[v];
    }
    REQUIRE(outside == 0);
    REQUIRE(arteries > 3.0);
    REQUIRE(arteries < 20.0);
    REQUIRE(veins > 10.0);
    REQUIRE(veins < 50.0);
    REQUIRE(head.provenance.simulated);
  }
}

TEST_CASE("the tumour is a ring around a core with oedema outside, and obeys its options", "[simulate]") {
  auto phantom = coarse();
  phantom.tumour_centre = Eigen::Vector3d(32, 5, 22);
  phantom.core_radius = 16.0;
  phantom.oedema_width = 9.0;
  const auto head = phantom();
  std::array<double, 5> distance{}, voxels{};
  for (std::size_t v = 0; v < head.tissue.size(); ++v) {
    const auto label = head.labels.image().data()[v];
    if (!label) continue;
    distance[label] += (detail::VoxelPoints(head.tissue.geometry())(v) - *phantom.tumour_centre).norm();
    voxels[label] += 1.0;
  }
  const double core = distance[1] / voxels[1], ring = distance[4] / voxels[4], oedema = distance[2] / voxels[2];
  REQUIRE(core < ring);
  REQUIRE(ring < oedema);
  const double expected = 4.0 / 3.0 * 3.14159 * 16.0 * 16.0 * 16.0 / 1000.0;
  REQUIRE(head.labels.volume(Region::enhancing) + head.labels.volume(Region::non_enhancing) == Approx(expected).epsilon(0.35));

  phantom.enhancement = false;
  const auto quiet = phantom();
  REQUIRE(quiet.labels.voxel_count(Region::enhancing) == 0);
  REQUIRE(quiet.labels.voxel_count(Region::whole_tumour) == head.labels.voxel_count(Region::whole_tumour));
  phantom.tumour = false;
  REQUIRE(phantom().labels.voxel_count(Region::whole_tumour) == 0);
}

TEST_CASE("a head is the same on any number of threads, and another one for another seed", "[simulate]") {
  auto phantom = coarse(5);
  phantom.threads = 1;
  const auto one = phantom();
  for (const int threads : {2, 4}) {
    phantom.threads = threads;
    const auto other = phantom();
    for (const auto modality : all_modalities) {
      REQUIRE(same(one.image(modality), other.image(modality)));
      REQUIRE(same(one.bias_fields.at(modality), other.bias_fields.at(modality)));
    }
    REQUIRE(same(one.artery_share, other.artery_share));
    REQUIRE(std::equal(one.tissue.values().begin(), one.tissue.values().end(), other.tissue.values().begin()));
  }
  REQUIRE_FALSE(same(one.t1, coarse(6)().t1));
}

TEST_CASE("the misalignment maps the reference onto each image", "[simulate]") {
  auto phantom = coarse();
  phantom.spacing = {2.5, 2.5, 2.5};
  phantom.size = {77, 93, 77};
  phantom.bias = phantom.texture = 0.0;
  phantom.signal_to_noise = infinity;
  const auto moved = phantom();
  phantom.rotation = phantom.translation = 0.0;
  const auto still = phantom();
  REQUIRE(moved.misalignment.at(Modality::cet1).isIdentity());
  for (const auto modality : {Modality::t1, Modality::t2, Modality::flair}) {
    REQUIRE(still.misalignment.at(modality).isIdentity());
    const Eigen::Matrix4d& map = moved.misalignment.at(modality);
    REQUIRE((map.topLeftCorner<3, 3>().transpose() * map.topLeftCorner<3, 3>()).isIdentity(1e-12));
    double with = 0.0, without = 0.0;
    for (std::size_t v = 0; v < still.brain.size(); v += 7) {
      if (!still.brain.data()[v]) continue;
      const Eigen::Vector3d point = detail::VoxelPoints(still.brain.geometry())(v);
      const double expected = static_cast<double>(still.image(modality).data()[v]);
      with += std::abs(interpolated(moved.image(modality), (map * point.homogeneous()).head<3>()) - expected);
      without += std::abs(interpolated(moved.image(modality), point) - expected);
    }
    REQUIRE(with < 0.35 * without);
  }
}

TEST_CASE("the bias field is the factor on the image, smooth and near 1", "[simulate]") {
  auto phantom = coarse();
  phantom.signal_to_noise = infinity;
  phantom.bias = 0.0;
  const auto plain = phantom();
  phantom.bias = 0.3;
  const auto biased = phantom();
  for (const auto modality : all_modalities) {
    const auto& field = biased.bias_fields.at(modality);
    float least = 10.0F, most = 0.0F;
    double wrong = 0.0, steepest = 0.0;
    for (std::size_t v = 0; v < field.size(); ++v) {
      const double expected = static_cast<double>(plain.image(modality).data()[v] * field.data()[v]);
      wrong = std::max(wrong, std::abs(static_cast<double>(biased.image(modality).data()[v]) - expected) / (1.0 + expected));
      least = std::min(least, field.data()[v]);
      most = std::max(most, field.data()[v]);
      if (v % 38 > 0)
        steepest = std::max(steepest, std::abs(std::log(static_cast<double>(field.data()[v] / field.data()[v - 1]))));
    }
    REQUIRE(wrong < 1e-5);
    REQUIRE(steepest < 0.3 * 5.0 * 6.3 / 180.0);  // no wave is shorter than 180 mm
    REQUIRE(least >= std::exp(-0.3F) - 1e-6F);
    REQUIRE(most <= std::exp(0.3F) + 1e-6F);
    REQUIRE(most / least > 1.1F);
  }
}

TEST_CASE("the images have the contrasts that radiologists expect", "[simulate]") {
  auto phantom = coarse();
  phantom.rotation = phantom.translation = phantom.bias = phantom.texture = 0.0;
  phantom.signal_to_noise = infinity;
  const auto head = phantom();
  const auto mean = [&](Modality modality, TissueClass tissue) {
    double sum = 0.0, voxels = 0.0;
    for (std::size_t v = 0; v < head.tissue.size(); ++v) {
      if (head.tissue.data()[v] != static_cast<std::uint8_t>(tissue)) continue;
      sum += static_cast<double>(head.image(modality).data()[v]);
      voxels += 1.0;
    }
    return sum / voxels;
  };
  using T = TissueClass;
  REQUIRE(mean(Modality::t1, T::white_matter) > mean(Modality::t1, T::grey_matter));
  REQUIRE(mean(Modality::t1, T::grey_matter) > mean(Modality::t1, T::csf));
  REQUIRE(mean(Modality::t2, T::csf) > mean(Modality::t2, T::grey_matter));
  REQUIRE(mean(Modality::flair, T::oedema) > 1.3 * mean(Modality::flair, T::white_matter));
  REQUIRE(mean(Modality::flair, T::csf) < mean(Modality::flair, T::white_matter));
  REQUIRE(mean(Modality::cet1, T::enhancing) > 1.2 * mean(Modality::cet1, T::white_matter));
  REQUIRE(mean(Modality::t1, T::enhancing) < mean(Modality::t1, T::white_matter));
}

TEST_CASE("noise of the images is Rician", "[simulate]") {
  const auto& head = usual_head();
  double sum = 0.0, voxels = 0.0;
  for (std::int64_t z = 32; z < 38; ++z) {
    for (std::int64_t y = 0; y < 8; ++y) {
      for (std::int64_t x = 0; x < 8; ++x) {
        sum += static_cast<double>(head.contrast_t1(x, y, z));
        voxels += 1.0;
      }
    }
  }
  REQUIRE(sum / voxels == Approx(820.0 / 40.0 * std::sqrt(std::acos(-1.0) / 2.0)).epsilon(0.1));
}

TEST_CASE("a modality may have its own grid and still shows the same head", "[simulate]") {
  auto phantom = coarse();
  phantom.rotation = phantom.translation = phantom.bias = phantom.texture = 0.0;
  phantom.signal_to_noise = infinity;
  const auto usual = phantom();
  phantom.grids[Modality::flair] = HeadPhantom::centred_grid({96, 116, 24}, {2, 2, 8});
  const auto own = phantom();
  REQUIRE(own.flair.geometry().size == std::array<std::int64_t, 3>{96, 116, 24});
  REQUIRE(same(own.t1, usual.t1));
  const double fine = std::accumulate(own.flair.values().begin(), own.flair.values().end(), 0.0) * 32.0,
               broad = std::accumulate(usual.flair.values().begin(), usual.flair.values().end(), 0.0) * 125.0;
  REQUIRE(fine == Approx(broad).epsilon(0.01));
  phantom.grids[Modality::flair].spacing[0] = -1.0;
  REQUIRE_THROWS_AS(phantom(), GeometryError);
}

TEST_CASE("impossible heads are refused", "[simulate]") {
  const auto with = [](auto change) {
    auto phantom = coarse();
    change(phantom);
    return phantom;
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  REQUIRE_THROWS_AS(with([](auto& p) { p.core_radius = -1.0; })(), OptionError);
  REQUIRE_THROWS_AS(with([](auto& p) { p.oedema_width = 100.0; })(), OptionError);
  REQUIRE_THROWS_AS(with([&](auto& p) { p.bias = nan; })(), OptionError);
  REQUIRE_THROWS_AS(with([](auto& p) { p.signal_to_noise = 0.0; })(), OptionError);
  REQUIRE_THROWS_AS(with([](auto& p) { p.tumour_centre = Eigen::Vector3d(200, 0, 0); })(), OptionError);
  REQUIRE_THROWS_AS(with([&](auto& p) { p.tumour_centre = Eigen::Vector3d(nan, 0, 0); })(), OptionError);
  REQUIRE_THROWS_AS(with([](auto& p) { p.size = {0, 10, 10}; })(), GeometryError);
  REQUIRE_THROWS_AS(with([](auto& p) { p.spacing[1] = 0.0; })(), GeometryError);
  REQUIRE_THROWS_AS(with([](auto& p) { p.threads = -1; })(), OptionError);
}

TEST_CASE("a series on a head without noise gives the true blood volumes back", "[simulate]") {
  auto phantom = clean();
  phantom.arterial_input.recirculation = phantom.arterial_input.equilibrium = 0.0;
  phantom.volumes = 100;
  phantom.enhancing.transfer_constant = phantom.non_enhancing.transfer_constant = 0.0;
  phantom.heterogeneity = 0.3;
  const auto study = phantom(usual_head(), dsc_grid());
  REQUIRE(study.series.geometry().size == std::array<std::int64_t, 3>{64, 64, 10});
  REQUIRE(study.provenance.simulated);
  const auto area = [&](std::size_t v) { return trapezoid(study.truth.times, relaxation(curve_at(study, v))); };
  const auto white = pure(study, TissueClass::white_matter), grey = pure(study, TissueClass::grey_matter),
             core = pure(study, TissueClass::non_enhancing), oedema = pure(study, TissueClass::oedema);
  REQUIRE(white.size() > 100);
  REQUIRE(grey.size() > 10);
  REQUIRE(core.size() + oedema.size() > 5);
  const double unit = area(white.front()) / 2.0;
  double least = 1e9, most = 0.0;
  for (const auto* voxels : {&grey, &core, &oedema}) {
    for (const auto v : *voxels) {
      const double volume = static_cast<double>(study.blood_volume.data()[v]);
      REQUIRE(area(v) / unit == Approx(volume).epsilon(0.01));
      REQUIRE(study.blood_flow.data()[v] == Approx(60.0 * volume / study.mean_transit_time.data()[v]).epsilon(1e-5));
      if (voxels != &oedema) continue;
      least = std::min(least, volume);
      most = std::max(most, volume);
    }
  }
  REQUIRE(most > 1.2 * least);  // heterogeneous
}

TEST_CASE("voxels of a head mix tissue, arteries and veins by their shares", "[simulate]") {
  auto phantom = clean();
  const auto study = phantom(usual_head(), dsc_grid());
  const detail::SmoothNoise coil(RandomStream(phantom.seed, 2), 80.0);
  const std::array<Eigen::Index, tissue_class_count> channel{-1, 7, -1, 6, 4, 3, 0, 1, 2, 5, 8};
  std::size_t mixed = 0, arterial = 0, misplaced = 0;
  double unfilled = 0.0, wrong = 0.0;
  for (std::size_t v = 0; v < study.shares.size(); ++v) {
    const float sum = std::accumulate(study.shares[v].begin(), study.shares[v].end(), 0.0F);
    unfilled = std::max(unfilled, std::abs(static_cast<double>(sum) - 1.0));
    arterial += study.arterial.data()[v] ? 1U : 0U;
    misplaced += (study.arterial.data()[v] != 0) != (study.artery_share.data()[v] >= 0.3F);
    if (v % 5 != 0 && !study.arterial.data()[v]) continue;
    for (const Eigen::Index t : {0, 18}) {
      double expected = 0.0;
      for (std::size_t k = 0; k < tissue_class_count; ++k) {
        if (channel[k] >= 0) expected += static_cast<double>(study.shares[v][k]) * study.truth.values(t, channel[k]);
      }
      expected *= 0.9 + 0.2 * coil(detail::grid_position(study.brain.geometry(), v));
      wrong = std::max(wrong, std::abs(static_cast<double>(study.series.frame(static_cast<std::size_t>(t))[v]) - expected));
    }
    ++mixed;
  }
  REQUIRE(unfilled < 1e-4);
  REQUIRE(misplaced == 0);
  REQUIRE(wrong < 0.05);  // of signals of some hundred
  REQUIRE(mixed > 5000);
  REQUIRE(arterial > 3);
  // Veins come later than arteries and are lower.
  Eigen::Index artery = 0, vein = 0;
  const double low = study.truth.values.col(5).minCoeff(&artery), other = study.truth.values.col(8).minCoeff(&vein);
  REQUIRE(vein > artery);
  REQUIRE(other > low);
}

TEST_CASE("the map of the leakage rate has the sign that a fit of K2 finds", "[simulate]") {
  const auto& head = usual_head();
  for (const double flip : {15.0, 90.0}) {
    auto phantom = clean();
    phantom.sequence.flip_angle = flip;
    phantom.heterogeneity = 0.3;
    const auto study = phantom(head, dsc_grid());
    const auto reference = relaxation(curve_at(study, pure(study, TissueClass::white_matter).front()));
    Eigen::MatrixXd basis(reference.size(), 2);
    double integral = 0.0;
    for (Eigen::Index t = 0; t < reference.size(); ++t) {
      if (t > 0) integral += 0.5 * 1.5 * (reference[t] + reference[t - 1]);
      basis(t, 0) = reference[t];
      basis(t, 1) = -integral;
    }
    for (const auto v : pure(study, TissueClass::non_enhancing)) {
      const Eigen::Vector2d fit = (basis.transpose() * basis).ldlt().solve(basis.transpose() * relaxation(curve_at(study, v)));
      const double expected = static_cast<double>(study.leakage_rate.data()[v]);
      REQUIRE((expected > 0.0) == (flip > 45.0));
      REQUIRE((fit[1] > 0.0) == (flip > 45.0));
    }
    REQUIRE_FALSE(pure(study, TissueClass::non_enhancing).empty());
  }
}

TEST_CASE("motion is rigid, within its bounds, and what moves the volumes", "[simulate]") {
  const auto& head = usual_head();
  auto phantom = clean();
  phantom.volumes = 8;
  phantom.sequence.repetition_time = 6.0;
  const auto grid = HeadPhantom::centred_grid({46, 46, 16}, {2.5, 2.5, 2.5});
  const auto still = phantom(head, grid);
  for (const auto& matrix : still.motion) REQUIRE(matrix.isIdentity());
  phantom.motion_translation = 3.0;
  phantom.motion_rotation = 2.0;
  const auto moving = phantom(head, grid);
  REQUIRE(moving.motion.size() == 8);
  REQUIRE(moving.motion[0].isIdentity());
  double largest = 0.0;
  for (const auto& matrix : moving.motion) {
    REQUIRE((matrix.topLeftCorner<3, 3>().transpose() * matrix.topLeftCorner<3, 3>()).isIdentity(1e-12));
    for (int axis = 0; axis < 3; ++axis) {
      REQUIRE(std::abs(matrix(axis, 3)) <= 3.0 + 0.06 * 1.0);  // the centre of the grid is the origin
      largest = std::max(largest, std::abs(matrix(axis, 3)));
    }
  }
  REQUIRE(largest > 0.5);
  // The same head sampled where the motion puts it is the moved volume.
  const std::size_t frame = 5;
  auto placed = phantom;
  placed.motion_translation = placed.motion_rotation = 0.0;
  placed.misalignment = moving.motion[frame];
  const auto there = placed(head, grid);
  double with = 0.0, without = 0.0;
  for (std::size_t v = 0; v < still.brain.size(); ++v) {
    const double found = static_cast<double>(moving.series.frame(frame)[v]);
    with += std::abs(found - static_cast<double>(there.series.frame(frame)[v]));
    without += std::abs(found - static_cast<double>(still.series.frame(frame)[v]));
  }
  REQUIRE(without > 0.0);
  REQUIRE(with < 1e-6 * without);
  // On a label map there is nothing to sample again: the volume is interpolated.
  const auto labelled = phantom(still.labels, still.brain);
  REQUIRE(labelled.motion[frame].isApprox(moving.motion[frame]));
}

TEST_CASE("moving a volume moves a smooth object to where the matrix says", "[simulate]") {
  const auto grid = HeadPhantom::centred_grid({40, 40, 20}, {2, 2, 4});
  const auto blob = [](const Eigen::Vector3d& p) {
    return 100.0 *
           std::exp(-0.5 * (std::pow((p[0] - 6.0) / 9.0, 2) + std::pow((p[1] + 4.0) / 12.0, 2) + std::pow(p[2] / 12.0, 2)));
  };
  const Eigen::Matrix4d map = detail::rigid_matrix({0.05, -0.08, 0.15}, {2.3, -1.7, 3.1}, {5, 0, 0});
  const detail::VoxelPoints points(grid), back(grid, detail::rigid_inverse(map));
  std::vector<float> still(grid.voxel_count()), moved(grid.voxel_count());
  for (std::size_t v = 0; v < still.size(); ++v) still[v] = static_cast<float>(blob(points(v)));
  detail::move_volume(still, moved, grid, map);
  double worst = 0.0;
  for (std::size_t v = 0; v < still.size(); ++v)
    worst = std::max(worst, std::abs(static_cast<double>(moved[v]) - blob(back(v))));
  REQUIRE(worst < 0.5);
  REQUIRE((detail::rigid_inverse(map) * map).isIdentity(1e-12));
}

TEST_CASE("moving a volume by whole voxels shifts it exactly", "[simulate]") {
  const auto grid = HeadPhantom::centred_grid({12, 10, 8}, {2, 3, 4});
  std::vector<float> still(grid.voxel_count()), moved(grid.voxel_count());
  for (std::size_t v = 0; v < still.size(); ++v) still[v] = static_cast<float>(RandomStream(1, 1).uniform(v));
  Eigen::Matrix4d shift = Eigen::Matrix4d::Identity();
  shift.topRightCorner<3, 1>() << 2.0, -3.0, 4.0;
  detail::move_volume(still, moved, grid, shift);
  const auto at = [](std::int64_t x, std::int64_t y, std::int64_t z) {
    return static_cast<std::size_t>(x + 12 * (y + 10 * z));
  };
  float wrong = 0.0F;
  for (std::int64_t z = 1; z < 8; ++z) {
    for (std::int64_t y = 0; y < 9; ++y) {
      for (std::int64_t x = 1; x < 12; ++x)
        wrong = std::max(wrong, std::abs(moved[at(x, y, z)] - still[at(x - 1, y + 1, z - 1)]));
    }
  }
  REQUIRE(wrong < 1e-6F);
}

TEST_CASE("the residue function of a voxel starts at its delay and has its transit time as area", "[simulate]") {
  auto phantom = clean();
  phantom.volumes = 5;
  phantom.grey_matter.residue = ResidueFunction::gamma;
  phantom.white_matter.delay = 1.5;
  const auto study = phantom(usual_head(), dsc_grid());
  const Eigen::VectorXd times = Eigen::VectorXd::LinSpaced(20001, 0.0, 200.0);
  for (const auto tissue : {TissueClass::grey_matter, TissueClass::white_matter}) {
    const auto voxel = static_cast<std::int64_t>(pure(study, tissue).front());
    const auto residue = study.residue(voxel % 64, voxel / 64 % 64, voxel / 64 / 64, times);
    REQUIRE(residue.maxCoeff() == Approx(1.0).epsilon(1e-4));
    REQUIRE(trapezoid(times, residue) == Approx(study.mean_transit_time.data()[voxel]).epsilon(5e-3));
    const double delay = static_cast<double>(study.delay.data()[voxel]);
    for (const double share : {0.1, 0.9}) REQUIRE(residue[static_cast<Eigen::Index>(share * delay / 0.01)] == 0.0);
  }
  REQUIRE(study.residue(0, 0, 0, times).isZero());
  REQUIRE_THROWS_AS(study.residue(64, 0, 0, times), ShapeError);
}

TEST_CASE("drift, dummy scans and preload reach the series", "[simulate]") {
  const auto& head = usual_head();
  auto phantom = clean();
  phantom.volumes = 30;
  const auto plain = phantom(head, dsc_grid());
  const auto voxel = pure(plain, TissueClass::white_matter).front();
  phantom.drift = 0.1;
  const auto drifting = phantom(head, dsc_grid());
  REQUIRE(curve_at(drifting, voxel)[0] == Approx(0.95 * curve_at(plain, voxel)[0]));
  REQUIRE(curve_at(drifting, voxel)[29] == Approx(1.05 * curve_at(plain, voxel)[29]));
  phantom.drift = 0.0;
  phantom.sequence.dummy_scans = 0;
  phantom.heterogeneity = 0.2;
  const auto unsteady = phantom(head, dsc_grid());
  REQUIRE(curve_at(unsteady, voxel)[0] > 1.03 * curve_at(unsteady, voxel)[5]);
  REQUIRE(curve_at(unsteady, voxel)[20] == Approx(curve_at(plain, voxel)[20]).epsilon(1e-4));
  const auto tumour = pure(plain, TissueClass::oedema).front();
  REQUIRE(curve_at(unsteady, tumour)[0] > 1.03 * curve_at(unsteady, tumour)[5]);
  phantom.sequence.dummy_scans = std::nullopt;
  phantom.preload = {.dose = 1.0};
  REQUIRE(curve_at(phantom(head, dsc_grid()), voxel)[0] < curve_at(plain, voxel)[0]);
}

TEST_CASE("a series on a head is the same on any number of threads", "[simulate]") {
  const auto& head = usual_head();
  PerfusionPhantom phantom;
  phantom.volumes = 6;
  phantom.heterogeneity = 0.3;
  phantom.motion_translation = 1.0;
  phantom.threads = 1;
  const auto one = phantom(head, dsc_grid());
  for (const int threads : {2, 4}) {
    phantom.threads = threads;
    const auto other = phantom(head, dsc_grid());
    const std::size_t values = one.series.voxel_count() * one.series.frames();
    REQUIRE(std::equal(one.series.data(), one.series.data() + values, other.series.data()));
    REQUIRE(same(one.blood_volume, other.blood_volume));
  }
}

TEST_CASE("without a grid the series lies on the shrunken grid of the head", "[simulate]") {
  PerfusionPhantom phantom;
  phantom.volumes = 12;
  phantom.shrink = {1, 1, 2};
  const auto study = phantom(usual_head());
  REQUIRE(study.series.geometry().size == std::array<std::int64_t, 3>{38, 46, 19});
  REQUIRE(study.series.geometry().spacing.isApprox(Eigen::Vector3d(5, 5, 10)));
}

TEST_CASE("impossible series on a head are refused", "[simulate]") {
  const auto& head = usual_head();
  const auto with = [&](auto change) {
    PerfusionPhantom phantom;
    phantom.volumes = 12;
    change(phantom);
    return phantom(head, dsc_grid());
  };
  REQUIRE_THROWS_AS(PerfusionPhantom{}(HeadStudy{}), DataError);
  auto away = dsc_grid();
  away.origin[0] += 1000.0;
  REQUIRE_THROWS_AS(PerfusionPhantom{}(head, away), DataError);
  away.spacing[0] = 0.0;
  REQUIRE_THROWS_AS(PerfusionPhantom{}(head, away), GeometryError);
  REQUIRE_THROWS_AS(with([](auto& p) { p.heterogeneity = -1.0; }), OptionError);
  REQUIRE_THROWS_AS(with([](auto& p) { p.artery_threshold = 0.0; }), OptionError);
  REQUIRE_THROWS_AS(with([](auto& p) { p.venous_dispersion = -1.0; }), OptionError);
  REQUIRE_THROWS_AS(with([](auto& p) { p.motion_translation = 1000.0; }), OptionError);
  REQUIRE_THROWS_AS(with([](auto& p) { p.drift = 1.0; }), OptionError);
  REQUIRE_THROWS_AS(with([](auto& p) { p.misalignment(0, 0) = 2.0; }), OptionError);
  REQUIRE_THROWS_AS(with([](auto& p) { p.misalignment(0, 0) = -1.0; }), OptionError);
  REQUIRE_THROWS_AS(with([](auto& p) { p.csf.t1 = 0.0; }), OptionError);
  REQUIRE_THROWS_AS(with([](auto& p) { p.preload.dose = -1.0; }), OptionError);
}

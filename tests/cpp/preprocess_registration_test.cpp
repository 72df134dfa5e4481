#include <unistd.h>

#include <cmath>
#include <fstream>
#include <limits>

#include <bolus/preprocess/resample.hpp>
#include <bolus/preprocess/rigid_registration.hpp>
#include <bolus/simulate/head_phantom.hpp>

#include "catch.hpp"

namespace {

using namespace bolus;

HeadStudy small_head(std::uint64_t seed) {
  return HeadPhantom{
      .seed = seed, .size = {64, 78, 64}, .spacing = Eigen::Vector3d::Constant(3), .bias = 0.3, .signal_to_noise = 25.0}();
}

RigidTransform motion(double degrees, const Eigen::Vector3d& axis, const Eigen::Vector3d& shift) {
  RigidTransform transform;
  transform.matrix.topLeftCorner<3, 3>() =
      Eigen::AngleAxisd(degrees * 3.14159265358979 / 180, axis.normalized()).toRotationMatrix();
  transform.matrix.topRightCorner<3, 1>() = shift;
  return transform;
}

/// The same voxels where `move` takes them.
Image<float> moved(const Image<float>& image, const RigidTransform& move) {
  auto grid = image.geometry();
  grid.origin = move(grid.origin);
  grid.direction = move.matrix.topLeftCorner<3, 3>() * grid.direction;
  Image<float> result(grid);
  std::copy(image.values().begin(), image.values().end(), result.data());
  return result;
}

double distance(const RigidTransform& one, const RigidTransform& other, const Mask& mask) {
  const auto& grid = mask.geometry();
  double sum = 0.0, count = 0.0;
  for (std::int64_t z = 0; z < grid.size[2]; ++z) {
    for (std::int64_t y = 0; y < grid.size[1]; ++y) {
      for (std::int64_t x = 0; x < grid.size[0]; ++x) {
        if (mask(x, y, z) == 0) continue;
        const Eigen::Vector3d point = grid.point_of(Eigen::Vector3d(x, y, z));
        sum += (one(point) - other(point)).norm();
        ++count;
      }
    }
  }
  return sum / count;
}

bool has(const QcFlags& flags, const std::string& code) {
  return std::any_of(flags.begin(), flags.end(),
                     [&](const auto& flag) { return flag.code == "preprocess.registration." + code; });
}

Image<float> cube(std::array<std::int64_t, 3> size, float value) {
  Geometry grid;
  grid.size = size;
  return Image<float>(grid, value);
}

}  // namespace

TEST_CASE("registration finds moved heads of another contrast and calls them good", "[preprocess]") {
  const auto head = small_head(1);
  const std::array moves{motion(24, {1, 2, 1}, {10, -15, 12}), motion(-20, {0, 1, -3}, {-14, 10, 16})};
  const std::array modalities{Modality::t2, Modality::flair};
  for (std::size_t i = 0; i < moves.size(); ++i) {
    const auto result = RigidRegistration{}(head.contrast_t1, moved(head.image(modalities[i]), moves[i]));
    const auto truth = moves[i].compose(RigidTransform{head.misalignment.at(modalities[i])});
    CHECK(distance(result.transform, truth, head.brain) < 0.5);
    CHECK(result.verdict == Verdict::good);
    CHECK(result.flags.empty());
    CHECK(result.metric > 1.2 * result.chance_metric);
    CHECK(result.rotation == Approx(truth.rotation_angle()).margin(0.5));
  }
}

TEST_CASE("registration gives the same bits on any number of threads, with and without a mask", "[preprocess]") {
  const auto head = small_head(2);
  for (const auto& mask : {std::optional<Mask>(), std::optional<Mask>(head.brain)}) {
    const auto one = RigidRegistration{.threads = 1}(head.contrast_t1, head.flair, mask);
    CHECK(distance(one.transform, RigidTransform{head.misalignment.at(Modality::flair)}, head.brain) < 0.5);
    for (const int threads : {2, 4, 1}) {
      const auto other = RigidRegistration{.threads = threads}(head.contrast_t1, head.flair, mask);
      CHECK(other.transform.matrix == one.transform.matrix);
      CHECK(other.metric == one.metric);
      CHECK(other.agreement == one.agreement);
      CHECK(other.iterations == one.iterations);
    }
  }
}

TEST_CASE("hopeless pairs are not called good", "[preprocess]") {
  const auto head = small_head(3), other = small_head(4);
  const auto stranger = RigidRegistration{}(head.contrast_t1, other.t1);
  CHECK(stranger.verdict != Verdict::good);
  CHECK(has(stranger.flags, "agreement"));
  auto half = head.t1;
  for (std::int64_t z = 0; z < 64; ++z) {
    for (std::int64_t y = 0; y < 78; ++y) {
      for (std::int64_t x = 0; x < 32; ++x) half(x, y, z) = 0.0F;
    }
  }
  CHECK(RigidRegistration{}(head.contrast_t1, half).verdict != Verdict::good);
  CHECK(RigidRegistration{}(half, head.contrast_t1).verdict != Verdict::good);
}

TEST_CASE("registration refuses what it cannot register", "[preprocess]") {
  const auto head = HeadPhantom{.size = {32, 39, 32}, .spacing = Eigen::Vector3d::Constant(6)}();
  const RigidRegistration step;
  CHECK_THROWS_AS(step(head.t1, Image<float>()), DataError);
  CHECK_THROWS_AS(step(head.t1, cube({20, 20, 20}, 3.0F)), DataError);
  CHECK_THROWS_AS(step(head.t1, cube({20, 20, 1}, 3.0F)), DataError);
  auto broken = head.t2;
  broken(3, 4, 5) = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_AS(step(head.t1, broken), DataError);
  CHECK_THROWS_AS(step(head.t1, head.t2, Mask(cube({9, 9, 9}, 0.0F).geometry(), 1)), GeometryError);
  CHECK_THROWS_AS(step(head.t1, head.t2, Mask(head.t1.geometry())), DataError);
  CHECK_THROWS_AS(RigidRegistration{.bins = 4}(head.t1, head.t2), OptionError);
  CHECK_THROWS_AS(RigidRegistration{.sigmas = {1.0}}(head.t1, head.t2), OptionError);
  CHECK_THROWS_AS(RigidRegistration{.mask_from_level = -1}(head.t1, head.t2), OptionError);
  CHECK_THROWS_AS(step(head.t1, head.t2, std::nullopt, [](const ProgressEvent&) { return false; }), Cancelled);
}

TEST_CASE("transforms survive a text file between RAS points", "[preprocess]") {
  const auto transform = motion(25, {1, -2, 0.5}, {3, -40, 17.25});
  const auto path = std::filesystem::temp_directory_path() / ("bolus-ras-" + std::to_string(::getpid()) + ".txt");
  write_matrix_ras(path, transform);
  CHECK(read_matrix_ras(path).matrix == transform.matrix);
  CHECK_THROWS_AS(write_matrix_ras(path, transform), IoError);
  CHECK_THROWS_AS(write_matrix_ras(path.string() + ".tfm", transform), FormatError);
  for (const char* text : {"1 0 0\n", "a b c\n", "2 0 0 0\n0 2 0 0\n0 0 2 0\n0 0 0 1\n", ""}) {
    std::ofstream(path) << text;
    CHECK_THROWS_AS(read_matrix_ras(path), FormatError);
  }
  std::filesystem::remove(path);
  CHECK_THROWS_AS(read_matrix_ras(path), IoError);
}

TEST_CASE("each interpolation keeps what it promises", "[preprocess]") {
  Geometry grid;
  grid.size = {24, 20, 16};
  grid.spacing = {1.5, 1.5, 3.0};
  const auto wave = [](const Eigen::Vector3d& p) {
    return 50.0 + 20.0 * std::sin(0.5 * p[0]) * std::cos(0.4 * p[1] + 0.15 * p[2]);
  };
  Image<float> image(grid);
  for (std::int64_t z = 0; z < 16; ++z) {
    for (std::int64_t y = 0; y < 20; ++y) {
      for (std::int64_t x = 0; x < 24; ++x) image(x, y, z) = static_cast<float>(wave(grid.point_of(Eigen::Vector3d(x, y, z))));
    }
  }
  Geometry target;
  target.size = {10, 10, 10};
  target.origin = {10, 8, 12};
  target.direction = Eigen::AngleAxisd(0.2, Eigen::Vector3d(1, 1, 0).normalized()).toRotationMatrix();
  const auto largest_error = [&](Interpolation interpolation) {
    const auto result = Resample{.interpolation = interpolation}(image, target);
    for (const int threads : {1, 2, 4}) {
      const auto again = Resample{.interpolation = interpolation, .threads = threads}(image, target);
      CHECK(std::equal(again.values().begin(), again.values().end(), result.values().begin()));
    }
    double error = 0.0;
    for (std::int64_t z = 0; z < 10; ++z) {
      for (std::int64_t y = 0; y < 10; ++y) {
        for (std::int64_t x = 0; x < 10; ++x) {
          error =
              std::max(error, std::abs(static_cast<double>(result(x, y, z)) - wave(target.point_of(Eigen::Vector3d(x, y, z)))));
        }
      }
    }
    return error;
  };
  const double linear = largest_error(Interpolation::linear);
  CHECK(largest_error(Interpolation::bspline) < 0.1 * linear);
  CHECK(largest_error(Interpolation::windowed_sinc) < 0.2 * linear);
  CHECK(largest_error(Interpolation::nearest) > linear);

  auto step_edge = cube({20, 20, 20}, 0.0F);
  for (std::int64_t z = 0; z < 20; ++z) {
    for (std::int64_t y = 0; y < 20; ++y) {
      for (std::int64_t x = 10; x < 20; ++x) step_edge(x, y, z) = 100.0F;
    }
  }
  const auto shifted = motion(0, {0, 0, 1}, {0.4, 0.3, 0.2});
  for (const auto interpolation : {Interpolation::bspline, Interpolation::windowed_sinc}) {
    const auto kept = Resample{.interpolation = interpolation}(step_edge, step_edge.geometry(), shifted);
    CHECK(*std::min_element(kept.values().begin(), kept.values().end()) >= 0.0F);
    const auto ringing = Resample{.interpolation = interpolation, .clamp = false}(step_edge, step_edge.geometry(), shifted);
    CHECK(*std::min_element(ringing.values().begin(), ringing.values().end()) < -2.0F);
    const auto flat = Resample{.interpolation = interpolation, .clamp = false}(cube({12, 12, 12}, 7.0F),
                                                                               cube({8, 8, 8}, 0.0F).geometry(), shifted);
    for (const float value : flat.values()) CHECK(value == Approx(7.0F).epsilon(1e-5));
    step_edge(1, 1, 1) = std::numeric_limits<float>::infinity();
    CHECK_THROWS_AS(Resample{.interpolation = interpolation}(step_edge, step_edge.geometry()), DataError);
    step_edge(1, 1, 1) = 0.0F;
  }
}

TEST_CASE("labels on a coarser grid go to what fills the voxel", "[preprocess]") {
  Geometry fine, coarse;
  fine.size = {24, 24, 24};
  coarse.size = {8, 8, 8};
  coarse.spacing.setConstant(3.0);
  coarse.origin.setConstant(1.0);
  Image<std::uint8_t> values(fine);
  for (std::int64_t z = 0; z < 24; ++z) {
    for (std::int64_t y = 0; y < 24; ++y) {
      for (std::int64_t x = 12; x < 24; ++x)
        values(x, y, z) = x % 3 == 1 ? 4 : 2;  // the middle of each coarse voxel is another
    }
  }
  const LabelMap labels(values);
  const auto nearest = Resample{}(labels, coarse);
  CHECK(nearest.image()(6, 4, 4) == 4);
  const Resample gaussian{.labels = LabelInterpolation::gaussian};
  const auto voted = gaussian(labels, coarse);
  CHECK(voted.image()(6, 4, 4) == 2);
  CHECK(voted.image()(1, 4, 4) == 0);
  for (const int threads : {1, 2, 4}) {
    const auto again = Resample{.labels = LabelInterpolation::gaussian, .threads = threads}(labels, coarse);
    CHECK(std::equal(again.image().values().begin(), again.image().values().end(), voted.image().values().begin()));
  }
}

#include <unistd.h>

#include <cmath>

#include <bolus/preprocess/preprocess.hpp>
#include <bolus/preprocess/reorient.hpp>

#include "catch.hpp"

namespace {

using namespace bolus;

Geometry centred(std::array<std::int64_t, 3> size, double spacing) {
  Geometry geometry;
  geometry.size = size;
  geometry.spacing.setConstant(spacing);
  geometry.origin = -0.5 * spacing * Eigen::Vector3d(size[0] - 1, size[1] - 1, size[2] - 1);
  return geometry;
}

/// A made head with structures that fix all six parameters of a motion.
double head(const Eigen::Vector3d& p) {
  const double radius = std::pow(p[0] / 65, 2) + std::pow(p[1] / 80, 2) + std::pow(p[2] / 60, 2);
  const double inside = 1.0 / (1.0 + std::exp(12.0 * (radius - 1.0)));
  const auto blob = [&](double x, double y, double z, double r) {
    return std::exp(-(p - Eigen::Vector3d(x, y, z)).squaredNorm() / (2 * r * r));
  };
  return inside * (60 + 50 * blob(20, 30, 10, 18) - 35 * blob(-25, 10, -15, 12) + 40 * blob(5, -40, 20, 15) +
                   60 * blob(-20, -30, -20, 10) + 55 * blob(30, -10, 30, 9));
}

template <class Function>
Image<float> sampled(const Geometry& geometry, Function&& function) {
  Image<float> image(geometry);
  for (std::int64_t z = 0; z < geometry.size[2]; ++z) {
    for (std::int64_t y = 0; y < geometry.size[1]; ++y) {
      for (std::int64_t x = 0; x < geometry.size[0]; ++x) {
        image(x, y, z) = static_cast<float>(function(geometry.point_of(Eigen::Vector3d(x, y, z))));
      }
    }
  }
  return image;
}

RigidTransform motion(double degrees, const Eigen::Vector3d& axis, const Eigen::Vector3d& shift) {
  RigidTransform transform;
  transform.matrix.topLeftCorner<3, 3>() =
      Eigen::AngleAxisd(degrees * 3.14159265358979 / 180, axis.normalized()).toRotationMatrix();
  transform.matrix.topRightCorner<3, 1>() = shift;
  return transform;
}

}  // namespace

TEST_CASE("reorienting moves no voxel and comes back exactly", "[preprocess]") {
  auto geometry = centred({4, 5, 6}, 2.0);
  geometry.direction = Eigen::AngleAxisd(0.3, Eigen::Vector3d(1, 1, 2).normalized()).toRotationMatrix();
  const auto image = sampled(geometry, [](const Eigen::Vector3d& p) { return p[0] + 10 * p[1] + 100 * p[2]; });
  for (const char* orientation : {"RAS", "PSR", "AIL"}) {
    const auto turned = Reorient{orientation}(image);
    CHECK(orientation_of(turned.geometry()) == orientation);
    const auto point = turned.geometry().point_of(Eigen::Vector3d(1, 2, 3));
    CHECK(turned(1, 2, 3) == Approx(point[0] + 10 * point[1] + 100 * point[2]).epsilon(1e-5));
    const auto back = Reorient{orientation_of(geometry)}(turned);
    CHECK(std::equal(back.values().begin(), back.values().end(), image.values().begin()));
    CHECK(back.geometry().difference(geometry, 1e-9).empty());
  }
  CHECK_THROWS_AS(Reorient{"LRS"}(image), OptionError);
  CHECK_THROWS_AS(Reorient{}(Image<float>()), DataError);
}

TEST_CASE("rigid transforms invert, compose and survive a file", "[preprocess]") {
  const auto a = motion(20, {1, 0, 1}, {7, 8, 9}), b = motion(-35, {0, 1, 1}, {1, -2, 3});
  const Eigen::Vector3d point(10, 20, 30);
  CHECK((a.inverse()(a(point)) - point).norm() < 1e-12);
  CHECK((a.compose(b)(point) - a(b(point))).norm() < 1e-12);
  CHECK(b.rotation_angle() == Approx(35));
  const auto path = std::filesystem::temp_directory_path() / ("bolus-" + std::to_string(::getpid()) + ".tfm");
  write_transform(path, a);
  CHECK(read_transform(path).matrix == a.matrix);
  CHECK_THROWS_AS(write_transform(path, a), IoError);
  std::filesystem::remove(path);
  CHECK_THROWS_AS(read_transform(path), IoError);
}

TEST_CASE("resampling a linear image is exact", "[preprocess]") {
  const auto linear = [](const Eigen::Vector3d& p) { return p[0] - 2 * p[1] + 0.5 * p[2] + 7; };
  const auto image = sampled(centred({20, 22, 24}, 2.0), linear);
  const auto transform = motion(25, {3, 1, 0}, {1, 2, 3});
  const auto result = Resample{}(image, centred({8, 8, 8}, 1.0), transform);
  const auto expected = sampled(centred({8, 8, 8}, 1.0), [&](const Eigen::Vector3d& p) { return linear(transform(p)); });
  for (std::size_t i = 0; i < result.size(); ++i) CHECK(std::abs(result.data()[i] - expected.data()[i]) < 1e-3F);
  CHECK_THROWS_AS(Resample{}(Image<float>(), image.geometry()), DataError);
  CHECK_THROWS_AS(isotropic_geometry(image.geometry(), -1.0), OptionError);
}

TEST_CASE("known motion between contrasts is recovered", "[preprocess]") {
  const auto truth = motion(12, {1, 2, 1}, {6, -8, 5});
  const auto back = truth.inverse();
  const auto fixed = sampled(centred({48, 54, 42}, 3.5), head);
  const auto moving = sampled(centred({50, 50, 44}, 3.5), [&](const Eigen::Vector3d& p) { return 100 - 0.7 * head(back(p)); });
  const auto result = RigidRegistration{}(fixed, moving);
  for (const auto& p :
       {Eigen::Vector3d(40, 0, 0), Eigen::Vector3d(0, -50, 0), Eigen::Vector3d(0, 0, 35), Eigen::Vector3d(-20, 20, -20)}) {
    CHECK((result.transform(p) - truth(p)).norm() < 1.0);
  }
  CHECK(result.metric > result.initial_metric);
  const auto other = RigidRegistration{.threads = 1}(fixed, moving);
  CHECK(other.transform.matrix == result.transform.matrix);
  CHECK_THROWS_AS(RigidRegistration{}(fixed, Image<float>(centred({9, 9, 9}, 1.0), 3.0F)), DataError);
  CHECK_THROWS_AS(RigidRegistration{}(fixed, moving, std::nullopt, [](const ProgressEvent&) { return false; }), Cancelled);
}

TEST_CASE("a known bias field is divided out and the mean kept", "[preprocess]") {
  const auto clean = sampled(centred({48, 54, 42}, 3.5), [](const Eigen::Vector3d& p) {
    return head(p) < 10 ? 0.0 : head(p) < 70 ? 50.0 : 90.0;
  });
  auto image = clean;
  for (std::int64_t z = 0; z < 42; ++z) {
    for (std::int64_t y = 0; y < 54; ++y) {
      for (std::int64_t x = 0; x < 48; ++x)
        image(x, y, z) *=
            static_cast<float>(std::exp(0.01 * static_cast<double>(x - 24) + 0.0003 * static_cast<double>(y * z)));
    }
  }
  const auto result = BiasCorrection{}(image);
  double before = 0, after = 0, squares_before = 0, squares_after = 0, count = 0;
  for (std::size_t i = 0; i < clean.size(); ++i) {
    if (clean.data()[i] != 50.0F) continue;
    ++count;
    before += image.data()[i];
    squares_before += image.data()[i] * image.data()[i];
    after += result.corrected.data()[i];
    squares_after += result.corrected.data()[i] * result.corrected.data()[i];
  }
  const auto variation = [&](double sum, double squares) {
    return std::sqrt(squares / count - sum * sum / count / count) / (sum / count);
  };
  CHECK(variation(after, squares_after) < 0.35 * variation(before, squares_before));
  CHECK_THROWS_AS(BiasCorrection{}(Image<float>(centred({9, 9, 9}, 1.0))), DataError);
  CHECK_THROWS_AS(BiasCorrection{.shrink = 0}(image), OptionError);
}

TEST_CASE("a study is aligned and its labels reach the series", "[preprocess]") {
  StudyImages images;
  const auto truth = motion(6, {0, 0, 1}, {4, -5, 3});
  const auto back = truth.inverse();
  images.structural.emplace(Modality::cet1, sampled(centred({48, 54, 42}, 3.5), head));
  const auto base = sampled(centred({40, 44, 30}, 4.0), [&](const Eigen::Vector3d& p) { return 100 - 0.7 * head(back(p)); });
  PerfusionSeries series(base.geometry(), Eigen::VectorXd::LinSpaced(3, 0.0, 3.0));
  for (std::size_t t = 0; t < 3; ++t) std::copy(base.values().begin(), base.values().end(), series.frame(t).begin());
  images.perfusion = series;
  Image<std::uint8_t> labels(images.structural.at(Modality::cet1).geometry());
  labels(30, 34, 24) = 4;
  images.labels = LabelMap(labels);
  const auto result = Preprocess{.spacing = 3.5}(images);
  const RigidTransform found{result.study.perfusion_to_structural};
  CHECK((found(truth(Eigen::Vector3d(20, 20, 20))) - Eigen::Vector3d(20, 20, 20)).norm() < 1.0);
  CHECK(labels_on_perfusion_grid(result.study).geometry().difference(base.geometry()).empty());
  images.structural.clear();
  CHECK_THROWS_AS(Preprocess{}(images), DataError);
  CHECK_THROWS_AS(labels_on_perfusion_grid(AlignedStudy{}), DataError);
}

TEST_CASE("a real T1 is registered to its T1c", "[preprocess]") {
  BOLUS_REQUIRE_REAL_DATA();
  const auto folder = real_data() / "tcga-fg-6692";
  const auto mask = read_mask(folder / "t1c_brain_mask.nii.gz");
  const auto result = RigidRegistration{}(read_image(folder / "t1c.nii.gz"), read_image(folder / "t1.nii.gz"));
  double sum = 0.0, count = 0.0;
  const auto& size = mask.geometry().size;
  for (std::int64_t z = 0; z < size[2]; ++z) {
    for (std::int64_t y = 0; y < size[1]; ++y) {
      for (std::int64_t x = 0; x < size[0]; ++x) {
        if (mask(x, y, z) == 0) continue;
        sum += result.transform.displacement(mask.geometry().point_of(Eigen::Vector3d(x, y, z)));
        ++count;
      }
    }
  }
  CHECK(sum / count == Approx(8.58).margin(0.6));
  CHECK(result.flags.empty());
}

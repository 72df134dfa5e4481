#include <cmath>
#include <limits>

#include <bolus/preprocess/motion_correction.hpp>
#include <bolus/simulate/phantom.hpp>

#include "catch.hpp"

namespace {

using namespace bolus;

PhantomStudy series_with(double millimetres, double degrees, std::size_t volumes) {
  const auto head = HeadPhantom{.seed = 5, .size = {48, 58, 48}, .spacing = Eigen::Vector3d::Constant(4)}();
  PerfusionPhantom phantom;
  phantom.seed = 5;
  phantom.volumes = volumes;
  phantom.motion_translation = millimetres;
  phantom.motion_rotation = degrees;
  return phantom(head, HeadPhantom::centred_grid({72, 72, 14}, {2.6, 2.6, 6.0}));
}

/// Mean distance over the brain between the transforms found and the true motion, mm, averaged over the volumes. The truth is
/// against the first volume, the transforms against the reference, which is placed by the mean of what its volumes say.
double mean_error(const PhantomStudy& study, const MotionResult& result) {
  const auto& grid = study.brain.geometry();
  double sum = 0.0, count = 0.0;
  for (std::int64_t z = 0; z < grid.size[2]; ++z) {
    for (std::int64_t y = 0; y < grid.size[1]; y += 3) {
      for (std::int64_t x = 0; x < grid.size[0]; x += 3) {
        if (study.brain(x, y, z) == 0) continue;
        const Eigen::Vector3d point = grid.point_of(Eigen::Vector3d(x, y, z));
        Eigen::Vector3d in_first = Eigen::Vector3d::Zero();
        for (auto t = result.reference_first; t < result.reference_last; ++t) {
          const auto i = static_cast<std::size_t>(t);
          in_first += RigidTransform{study.motion[i]}.inverse()(result.transforms[i](point));
        }
        in_first /= static_cast<double>(result.reference_last - result.reference_first);
        for (std::size_t t = 0; t < study.motion.size(); ++t) {
          sum += (result.transforms[t](point) - RigidTransform{study.motion[t]}(in_first)).norm();
          ++count;
        }
      }
    }
  }
  return sum / count;
}

}  // namespace

TEST_CASE("motion under a bolus is found, on any number of threads the same", "[preprocess]") {
  const auto study = series_with(5.0, 5.0, 26);
  const auto result = MotionCorrection{}(study.series);
  CHECK(mean_error(study, result) < 0.3);
  CHECK(result.resampled);
  CHECK(result.bolus_last > result.bolus_first);
  CHECK(result.displacement.maxCoeff() > 1.5);
  CHECK_FALSE(result.moved.empty());
  CHECK(std::any_of(result.flags.begin(), result.flags.end(),
                    [](const auto& flag) { return flag.code == "preprocess.motion.during_bolus"; }));
  const Eigen::VectorXd change = result.parameters.row(4) - result.parameters.row(3);
  CHECK(result.framewise_displacement[4] ==
        Approx(change.head<3>().cwiseAbs().sum() + 50.0 * 3.14159265358979 / 180.0 * change.tail<3>().cwiseAbs().sum()));
  for (const int threads : {1, 2, 4, 1}) {
    const auto other = MotionCorrection{.threads = threads}(study.series);
    CHECK(other.parameters == result.parameters);
    const std::size_t count = study.series.voxel_count() * study.series.frames();
    CHECK(std::equal(other.corrected.data(), other.corrected.data() + count, result.corrected.data()));
  }
}

TEST_CASE("a series that lies still stays still and is handed back", "[preprocess]") {
  const auto study = series_with(0.0, 0.0, 26);
  const auto result = MotionCorrection{}(study.series);
  CHECK(result.displacement.maxCoeff() < 0.05);
  CHECK_FALSE(result.resampled);
  CHECK(result.corrected.data() == study.series.data());
  CHECK(result.moved.empty());
  const auto forced = MotionCorrection{.resampling = MotionResampling::always}(study.series);
  CHECK(forced.resampled);
  CHECK(forced.parameters == result.parameters);
  // The bolus imitates motion where nothing else is looked at; not much.
  const auto unasked = MotionCorrection{.resampling = MotionResampling::never, .still_tolerance = 0.0}(study.series);
  CHECK(unasked.displacement.maxCoeff() > 0.05);
  CHECK(unasked.displacement.maxCoeff() < 0.3);
}

TEST_CASE("a little motion is not taken for rest", "[preprocess]") {
  const auto study = series_with(0.6, 0.5, 26);
  const auto result = MotionCorrection{.resampling = MotionResampling::never}(study.series);
  CHECK(result.displacement.maxCoeff() > 0.1);
  CHECK(mean_error(study, result) < 0.2);
  auto still = result;
  std::fill(still.transforms.begin(), still.transforms.end(), RigidTransform{});
  CHECK(mean_error(study, result) < mean_error(study, still));
}

TEST_CASE("motion correction refuses what has no motion to see", "[preprocess]") {
  const auto study = series_with(0.0, 0.0, 6);
  const MotionCorrection step;
  CHECK_THROWS_AS(step(PerfusionSeries()), DataError);
  auto broken = study.series;
  broken.frame(2)[100] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_AS(step(broken), DataError);
  Geometry flat;
  flat.size = {64, 64, 1};
  CHECK_THROWS_AS(step(PerfusionSeries(flat, Eigen::VectorXd::LinSpaced(5, 0, 8))), DataError);
  flat.size = {32, 32, 8};
  CHECK_THROWS_AS(step(PerfusionSeries(flat, Eigen::VectorXd::LinSpaced(5, 0, 8))), DataError);
  CHECK_THROWS_AS(step(study.series, Mask(flat, 1)), GeometryError);
  CHECK_THROWS_AS(step(study.series, Mask(study.series.geometry())), DataError);
  CHECK_THROWS_AS(MotionCorrection{.sigmas = {}}(study.series), OptionError);
  CHECK_THROWS_AS(MotionCorrection{.block = 1.0}(study.series), OptionError);
  CHECK_THROWS_AS(MotionCorrection{.still_tolerance = -1.0}(study.series), OptionError);
  CHECK_THROWS_AS(step(study.series, std::nullopt, [](const ProgressEvent&) { return false; }), Cancelled);
  PerfusionSeries single(study.series.geometry(), Eigen::VectorXd::Zero(1));
  std::copy_n(study.series.data(), single.voxel_count(), single.data());
  const auto alone = step(single);
  CHECK(alone.transforms.at(0).matrix == Eigen::Matrix4d::Identity());
  CHECK(alone.flags.at(0).code == "preprocess.motion.one_volume");
}

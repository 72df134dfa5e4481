#include <bolus/core/random.hpp>
#include <bolus/dsc/bolus_alignment.hpp>
#include <bolus/dsc/bolus_segments.hpp>
#include <bolus/dsc/gamma_variate.hpp>
#include <bolus/dsc/normalisation.hpp>
#include <bolus/dsc/protocol_check.hpp>
#include <bolus/dsc/region_curves.hpp>
#include <bolus/dsc/relaxation.hpp>
#include <bolus/dsc/sliding_windows.hpp>
#include <bolus/dsc/steady_state.hpp>
#include <bolus/dsc/volume_outliers.hpp>
#include <bolus/dsc/window_mapping.hpp>
#include <bolus/simulate/phantom.hpp>
#include <cmath>
#include <limits>
#include <set>

#include "catch.hpp"

using namespace bolus;

namespace {

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();

Eigen::VectorXd even_times(Eigen::Index count, double step = 1.5) {
  return Eigen::VectorXd::LinSpaced(count, 0.0, step * static_cast<double>(count - 1));
}

bool has_flag(const QcFlags& flags, const std::string& code) {
  return std::any_of(flags.begin(), flags.end(), [&](const QcFlag& flag) { return flag.code == code; });
}

/// A signal of 1000 with the passage of a gamma variate that lowers it to 1000 exp(-depth) at the peak, with recirculation.
Eigen::VectorXd passage(const Eigen::VectorXd& times, double arrival, double depth, double noise, std::uint64_t seed,
                        double alpha = 3.0, double beta = 1.5) {
  GammaVariate curve;
  curve.arrival = arrival;
  curve.alpha = alpha;
  curve.beta = beta;
  curve.peak = depth;
  const RandomStream random(seed, 9);
  Eigen::VectorXd signal = 1000.0 * (-curve(times)).array().exp();
  for (Eigen::Index t = 0; t < times.size(); ++t) signal[t] += noise * random.normal(static_cast<std::uint64_t>(t));
  return signal;
}

CurveSet curve_set(const Eigen::VectorXd& times, const std::vector<Eigen::VectorXd>& curves,
                   const std::vector<std::string>& names = {"ET", "NET", "ED", "WT", "AIF"}) {
  CurveSet set;
  set.times = times;
  set.names.assign(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(curves.size()));
  set.values.resize(times.size(), static_cast<Eigen::Index>(curves.size()));
  for (std::size_t c = 0; c < curves.size(); ++c) set.values.col(static_cast<Eigen::Index>(c)) = curves[c];
  return set;
}

/// Five curves of one patient as a phantom has them: tissue delayed and dispersed, the artery sharp and deep.
CurveSet patient(const Eigen::VectorXd& times, double arrival, double noise, std::uint64_t seed, double beta = 1.5) {
  return curve_set(times, {passage(times, arrival + 1.0, 0.6, noise, 5 * seed, 3.0, 1.3 * beta),
                           passage(times, arrival + 1.0, 0.4, noise, 5 * seed + 1, 3.0, 1.3 * beta),
                           passage(times, arrival + 1.0, 0.25, noise, 5 * seed + 2, 3.0, 1.2 * beta),
                           passage(times, arrival + 1.0, 0.4, noise, 5 * seed + 3, 3.0, 1.3 * beta),
                           passage(times, arrival, 1.5, noise, 5 * seed + 4, 3.0, beta)});
}

CurveSet with_missing(CurveSet curves, Eigen::Index column) {
  curves.voxel_counts.assign(curves.names.size(), 20);
  curves.voxel_counts[static_cast<std::size_t>(column)] = 0;
  curves.values.col(column).setConstant(nan_value);
  return curves;
}

}  // namespace

TEST_CASE("a curve of NaN passes only where no voxel is behind it and the step says so", "[dsc]") {
  const auto times = even_times(60);
  const auto curves = with_missing(patient(times, 15.0, 5.0, 1), 0);
  REQUIRE(curves.missing(0));
  REQUIRE_FALSE(curves.missing(3));
  REQUIRE_NOTHROW(curves.validate(MissingCurves::allowed));
  REQUIRE_THROWS_AS(curves.validate(), DataError);
  auto counted = curves;
  counted.voxel_counts[0] = 7;
  REQUIRE_THROWS_AS(counted.validate(MissingCurves::allowed), DataError);
  auto partly = curves;
  partly.values(3, 0) = 1.0;
  REQUIRE_THROWS_AS(partly.validate(MissingCurves::allowed), DataError);
  // Steps of one curve each pass it on; what needs all values names it.
  CHECK(ZNormalisation{}(curves).missing(0));
  CHECK(SteadyState{}(curves).curves.missing(0));
  CHECK(VolumeOutliers{}(curves).curves.missing(0));
  CHECK(Resampling{.time_step = 2.0}(curves).missing(0));
  CHECK(BolusAlignment{}(curves).curves.missing(0));
  CHECK(BolusSegments{}(curves).edges[4] == 60);
  REQUIRE_THROWS_WITH(SlidingWindows{}(curves), Catch::Matchers::Contains("ET is missing"));
  REQUIRE_THROWS_WITH((DeltaR2s{.echo_time = 0.03}(curves)), Catch::Matchers::Contains("ET is missing"));
  REQUIRE_THROWS_AS((BolusSegments{.channel = "ET"}(curves)), DataError);
}

TEST_CASE("volumes before the steady state are dropped, and only those", "[dsc]") {
  int wrong = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const auto times = even_times(60, 1.2 + 0.013 * static_cast<double>(seed % 100));
    const Eigen::Index unsteady = static_cast<Eigen::Index>(seed % 5);  // 0 to 4
    auto curves = patient(times, 20.0, 10.0, seed);
    for (Eigen::Index t = 0; t < unsteady; ++t) curves.values.row(t) *= 1.0 + 0.8 * std::exp(-0.6 * static_cast<double>(t));
    const auto found = SteadyState{}(curves);
    wrong += found.dropped != unsteady;
    REQUIRE(found.curves.times.size() == 60 - found.dropped);
    REQUIRE(found.curves.times[0] == times[found.dropped]);
    REQUIRE(has_flag(found.flags, "dsc.steady_state.dropped") == (found.dropped > 0));
  }
  CHECK(wrong <= 2);
  const auto times = even_times(60);
  CHECK(SteadyState{.volumes = 7}(patient(times, 20.0, 10.0, 1)).dropped == 7);
  CHECK(SteadyState{}(patient(times, 20.0, 0.0, 1)).dropped == 0);
  const auto early = SteadyState{}(patient(times, 1.0, 10.0, 1));
  CHECK(early.dropped == 0);
  CHECK(has_flag(early.flags, "dsc.steady_state.no_baseline"));
  REQUIRE_THROWS_AS((SteadyState{.volumes = 60}(patient(times, 20.0, 10.0, 1))), DataError);
  REQUIRE_THROWS_AS((SteadyState{.volumes = -1}(patient(times, 20.0, 10.0, 1))), OptionError);
  REQUIRE_THROWS_AS((SteadyState{.threshold = 0.0}(patient(times, 20.0, 10.0, 1))), OptionError);
}

TEST_CASE("a series without its first volumes is a view", "[dsc]") {
  Geometry geometry;
  geometry.size = {6, 5, 4};
  const auto times = even_times(50);
  const auto curve = passage(times, 20.0, 0.5, 0.0, 1);
  PerfusionSeries series(geometry, times);
  const RandomStream random(4, 4);
  for (std::size_t t = 0; t < 50; ++t) {
    for (std::size_t v = 0; v < 120; ++v) {
      series.frame(t)[v] =
          static_cast<float>(curve[static_cast<Eigen::Index>(t)] * (t < 3 ? 1.3 : 1.0) + 20.0 * random.normal(t * 120 + v));
    }
  }
  const auto steady = SteadyState{}(series);
  REQUIRE(steady.dropped == 3);
  REQUIRE(steady.series.frames() == 47);
  REQUIRE(steady.series.data() == series.frame(3).data());
  REQUIRE(steady.series.times()[0] == times[3]);
  REQUIRE_THROWS_AS(SteadyState{}(PerfusionSeries()), DataError);
}

TEST_CASE("resampling is exact for straight lines and never overshoots", "[dsc]") {
  Eigen::VectorXd times(7);
  times << 0.0, 1.0, 2.5, 3.0, 5.0, 6.0, 8.0;
  const auto line = curve_set(times, {(3.0 + 2.0 * times.array()).matrix()});
  for (const auto kind : {TimeInterpolation::linear, TimeInterpolation::monotone}) {
    for (const double step : {0.4, 1.0, 2.0, 3.0}) {
      const auto result = Resampling{.time_step = step, .interpolation = kind, .anti_alias = false}(line);
      REQUIRE(result.times[result.times.size() - 1] <= 8.0 + 1e-9);
      REQUIRE((result.values.col(0) - (3.0 + 2.0 * result.times.array()).matrix()).cwiseAbs().maxCoeff() < 1e-12);
    }
  }
  const auto fine = even_times(60);
  const auto curves = patient(fine, 15.0, 20.0, 3);
  const auto dense = Resampling{.time_step = 0.1}(curves);
  for (Eigen::Index t = 0; t < dense.times.size(); ++t) {
    const auto k = std::min<Eigen::Index>(58, static_cast<Eigen::Index>(dense.times[t] / 1.5 + 1e-9));
    for (Eigen::Index c = 0; c < 5; ++c) {
      REQUIRE(dense.values(t, c) <= std::max(curves.values(k, c), curves.values(k + 1, c)) + 1e-9);
      REQUIRE(dense.values(t, c) >= std::min(curves.values(k, c), curves.values(k + 1, c)) - 1e-9);
    }
  }
  CHECK(has_flag(dense.flags, "dsc.resampling.finer"));
}

TEST_CASE("anti-aliasing keeps the area and halves the noise that it can", "[dsc]") {
  const auto times = even_times(4001, 0.5);
  Eigen::VectorXd noise(4001);
  const RandomStream random(1, 1);
  for (Eigen::Index t = 0; t < noise.size(); ++t) noise[t] = random.normal(static_cast<std::uint64_t>(t));
  const auto curves = curve_set(times, {noise});
  const auto deviation = [](const CurveSet& set) {
    return std::sqrt((set.values.col(0).array() - set.values.col(0).mean()).square().mean());
  };
  const Resampling averaged{.time_step = 2.0, .interpolation = TimeInterpolation::linear},
      picked{.time_step = 2.0, .interpolation = TimeInterpolation::linear, .anti_alias = false};
  CHECK(deviation(picked(curves)) == Approx(1.0).epsilon(0.07));
  CHECK(deviation(averaged(curves)) == Approx(std::sqrt(3.5) / 4.0).epsilon(0.07));  // weights 1/8, 1/4, 1/4, 1/4, 1/8
  const auto smooth = curve_set(even_times(121, 0.5), {passage(even_times(121, 0.5), 15.0, 0.5, 0.0, 1)});
  const auto coarse = averaged(smooth);
  const Eigen::VectorXd cut = (1000.0 - smooth.values.col(0).array()).matrix();
  CHECK((1000.0 - coarse.values.col(0).array()).sum() * 2.0 == Approx(cut.sum() * 0.5).epsilon(0.01));
}

TEST_CASE("nothing is extrapolated in silence", "[dsc]") {
  const auto curves = patient(even_times(40), 15.0, 5.0, 1);
  Eigen::VectorXd wide(3);
  wide << -2.0, 10.0, 70.0;
  REQUIRE_THROWS_AS(Resampling{}.at(curves, wide), DataError);
  const auto held = Resampling{.anti_alias = false, .outside = OutsideSeries::hold_edge}.at(curves, wide);
  CHECK(held.values.row(0) == curves.values.row(0));
  CHECK(held.values.row(2) == curves.values.row(39));
  CHECK(has_flag(held.flags, "dsc.resampling.extrapolated"));
  wide << 20.0, 10.0, 30.0;
  REQUIRE_THROWS_AS(Resampling{}.at(curves, wide), DataError);  // does not increase
}

TEST_CASE("patients of different protocols join once aligned to the bolus", "[dsc]") {
  std::vector<Dataset> parts;
  std::vector<AlignedCurves> aligned;
  for (const double step : {1.2, 1.5, 2.0, 2.5}) {
    const double arrival = 14.0 + 3.0 * step;
    const auto curves = patient(even_times(static_cast<Eigen::Index>(110.0 / step), step), arrival, 0.5, 7);
    aligned.push_back(BolusAlignment{}(curves));
    REQUIRE(aligned.back().arrival_time == Approx(arrival).margin(step));
    REQUIRE(aligned.back().curves.times.size() == 45);
    REQUIRE(aligned.back().curves.times[8] == Approx(0.0).margin(1e-12));
    parts.push_back(SlidingWindows{}(ZNormalisation{}(aligned.back().curves), "p" + std::to_string(parts.size()), 0));
  }
  const auto joined = join_datasets(parts);
  REQUIRE(joined.curves.samples == 32);
  REQUIRE(joined.time_step == Approx(1.5));
  // The same bolus seen by four protocols: curves agree where the coarsest can follow.
  for (std::size_t k = 1; k < aligned.size(); ++k) {
    const Eigen::VectorXd apart = aligned[k].curves.values.col(3) - aligned[0].curves.values.col(3);
    CHECK(std::sqrt(apart.squaredNorm() / 45.0) < 30.0);  // the drop is 330
  }
}

TEST_CASE("alignment refuses or flags a series that does not cover its window", "[dsc]") {
  const auto curves = patient(even_times(40), 6.0, 2.0, 2);  // 58 s, arrival at 6 s
  REQUIRE_THROWS_AS(BolusAlignment{}(curves), DataError);
  const auto held = BolusAlignment{.resampling = {.outside = OutsideSeries::hold_edge}}(curves);
  CHECK(has_flag(held.curves.flags, "dsc.resampling.extrapolated"));
  CHECK(held.curves.times.size() == 45);
  const auto flat = curve_set(even_times(60), {Eigen::VectorXd::Constant(60, 5.0)});
  REQUIRE_THROWS_AS(BolusAlignment{}(flat), DataError);
  REQUIRE_THROWS_AS((BolusAlignment{.before = -1.0}(curves)), OptionError);
  REQUIRE_THROWS_AS((BolusAlignment{.channel = "vein"}(curves)), DataError);
  REQUIRE_THROWS_AS((Resampling{.time_step = 0.0}(curves)), OptionError);
  REQUIRE_THROWS_AS((BolusAlignment{.resampling = {.time_step = nan_value}}(curves)), OptionError);
  REQUIRE_THROWS_AS(BolusAlignment{}(ZNormalisation{}(curves)), DataError);
}

TEST_CASE("a protocol that is unknown, impossible or not in keeping with its times is flagged", "[dsc]") {
  const PerfusionProtocol good{0.03, 1.5, 35.0, 3.0, false};
  const auto times = even_times(60);
  const ProtocolCheck check;
  CHECK(check.check(good, times).empty());
  for (const char* code : {"echo_time_missing", "repetition_time_missing", "flip_angle_missing", "field_strength_missing"}) {
    CHECK(has_flag(check.check({}, times), std::string("dsc.protocol.") + code));
  }
  const auto flagged = [&](PerfusionProtocol protocol, const Eigen::VectorXd& at, const char* code) {
    return has_flag(check.check(protocol, at), std::string("dsc.protocol.") + code);
  };
  CHECK(flagged({30.0, 1.5, 35.0, 3.0, false}, times, "echo_time_implausible"));
  CHECK(flagged({0.0, 1.5, 35.0, 3.0, false}, times, "echo_time_implausible"));
  CHECK(flagged({nan_value, 1.5, 35.0, 3.0, false}, times, "echo_time_implausible"));
  CHECK(flagged({0.03, 1500.0, 35.0, 3.0, false}, times, "repetition_time_implausible"));
  CHECK(flagged({0.03, 0.0, 35.0, 3.0, false}, times, "repetition_time_implausible"));
  CHECK(flagged({0.03, 2.0, 35.0, 3.0, false}, times, "step_mismatch"));
  CHECK(flagged({0.03, 1.5, 200.0, 3.0, false}, times, "flip_angle_implausible"));
  CHECK(flagged({0.03, 1.5, 35.0, 30000.0, false}, times, "field_strength_implausible"));
  Eigen::VectorXd gap = times;
  gap.tail(20).array() += 1.5;
  CHECK(flagged(good, gap, "gap"));
  CHECK(flagged(good, gap, "uneven"));
  CHECK(flagged({0.03, 3.0, 35.0, 3.0, false}, even_times(60, 3.0), "slow"));
  CHECK(flagged(good, times.head(20), "short"));
  CHECK(flagged(good, times.head(1), "short"));
  REQUIRE_THROWS_AS(check.check(good, Eigen::VectorXd::Zero(5)), DataError);
}

TEST_CASE("the passage of a bolus is never taken for an outlier", "[dsc]") {
  std::size_t repaired = 0;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const double step = 1.0 + 0.25 * static_cast<double>(seed % 7);  // up to 2.5 s
    const double beta = 0.8 + 0.1 * static_cast<double>(seed % 13);  // from an FWHM of about 3.3 s
    const double noise = static_cast<double>(seed % 4) * 4.0;
    const auto curves = patient(even_times(50, step), 15.0 + 0.017 * static_cast<double>(seed), noise, seed, beta);
    repaired += VolumeOutliers{}(curves).outliers.size();
    // The artery alone, where the passage is sharpest.
    repaired += VolumeOutliers{}(curve_set(curves.times, {curves.values.col(4)}, {"AIF"})).outliers.size();
  }
  CHECK(repaired == 0);
}

TEST_CASE("planted spikes and dropouts are found and bridged", "[dsc]") {
  int planted = 0, found = 0, wrong = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const RandomStream random(seed, 77);
    const auto times = even_times(60, seed % 2 ? 1.5 : 2.0);
    const auto clean = patient(times, 20.0, 8.0, seed);
    const auto segments = BolusSegments{}(clean);
    auto curves = clean;
    std::set<Eigen::Index> where;
    const auto wanted = 1 + random.below(0, 3);
    for (std::uint64_t draw = 1; where.size() < wanted; ++draw) {
      const auto t = static_cast<Eigen::Index>(1 + random.below(draw, 58));
      if (t + 2 >= segments.edges[1] && t < segments.edges[3] + 2) continue;  // outside the passage
      if (where.count(t - 1) && where.count(t - 2)) continue;
      if (where.count(t + 1) && (where.count(t + 2) || where.count(t - 1))) continue;
      where.insert(t);
    }
    for (const auto t : where) curves.values.row(t) *= random.uniform(1000 + static_cast<std::uint64_t>(t)) < 0.5 ? 1.25 : 0.6;
    const auto result = VolumeOutliers{}(curves);
    planted += static_cast<int>(where.size());
    for (const auto t : result.outliers) (where.count(t) ? found : wrong) += 1;
    for (const auto t : result.outliers) {
      REQUIRE(std::abs(result.curves.values(t, 3) - clean.values(t, 3)) < 60.0);  // 5 noise standard deviations and the slope
    }
    REQUIRE(has_flag(result.flags, "dsc.volume.outlier") == !result.outliers.empty());
  }
  INFO(found << " of " << planted << " found, " << wrong << " wrong");
  CHECK(found >= 0.95 * planted);
  CHECK(wrong == 0);
}

TEST_CASE("outlying volumes of a series are found even during the passage", "[dsc]") {
  Geometry geometry;
  geometry.size = {24, 24, 6};
  geometry.spacing = Eigen::Vector3d(8.0, 8.0, 10.0);
  Mask brain(geometry);
  Image<std::uint8_t> labels(geometry);
  for (std::int64_t z = 0; z < 6; ++z) {
    for (std::int64_t y = 3; y < 21; ++y) {
      for (std::int64_t x = 4; x < 20; ++x) {
        brain(x, y, z) = 1;
        if (x < 9 && y > 8 && y < 14 && z > 1 && z < 5) labels(x, y, z) = x < 6 ? 4 : 2;
      }
    }
  }
  int found = 0, planted = 0, wrong = 0;
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    PerfusionPhantom phantom;
    phantom.seed = seed;
    phantom.volumes = 50;
    phantom.sequence.repetition_time = seed % 2 ? 1.5 : 2.5;
    auto study = phantom(LabelMap(labels), brain);
    CHECK(VolumeOutliers{}(study.series).outliers.empty());
    CHECK(VolumeOutliers{}(study.series, &study.brain).outliers.empty());
    const auto kept = VolumeOutliers{}(study.series).series;
    CHECK(kept.data() == study.series.data());
    const std::set<std::size_t> where{3 + seed % 3, 30 + seed};
    for (const auto t : where) {
      for (float& value : study.series.frame(t)) value *= seed % 3 ? 0.3F : 1.5F;
    }
    const auto result = VolumeOutliers{}(study.series);
    planted += static_cast<int>(where.size());
    for (const auto t : result.outliers) (where.count(static_cast<std::size_t>(t)) ? found : wrong) += 1;
    for (const auto t : result.outliers) {
      const auto before = study.series.frame(static_cast<std::size_t>(t) - 1),
                 after = study.series.frame(static_cast<std::size_t>(t) + 1);
      const auto middle = result.series.frame(static_cast<std::size_t>(t));
      REQUIRE(middle[1000] == Approx(0.5F * (before[1000] + after[1000])).epsilon(1e-4));
    }
    for (const int threads : {1, 2, 4}) {
      const auto again = VolumeOutliers{.threads = threads}(study.series);
      REQUIRE(again.outliers == result.outliers);
      REQUIRE(std::equal(again.series.data(), again.series.data() + again.series.frames() * again.series.voxel_count(),
                         result.series.data()));
    }
  }
  CHECK(found == planted);
  CHECK(wrong == 0);
}

TEST_CASE("outlier detection refuses what it cannot use", "[dsc]") {
  const auto curves = patient(even_times(60), 20.0, 5.0, 1);
  REQUIRE_THROWS_AS((VolumeOutliers{.threshold = 0.0}(curves)), OptionError);
  REQUIRE_THROWS_AS((VolumeOutliers{.share = 2.0}(curves)), OptionError);
  REQUIRE_THROWS_AS(VolumeOutliers{}((DeltaR2s{.echo_time = 0.03}(curves))), DataError);
  REQUIRE_THROWS_AS(VolumeOutliers{}(PerfusionSeries()), DataError);
  CHECK(VolumeOutliers{}(curve_set(even_times(4), {Eigen::VectorXd::Ones(4)})).outliers.empty());
  CHECK(VolumeOutliers{}(curve_set(even_times(60), {Eigen::VectorXd::Constant(60, 3.0)})).outliers.empty());
  Eigen::VectorXd broken = curves.values.col(0);
  broken[4] = nan_value;
  REQUIRE_THROWS_AS(VolumeOutliers{}(curve_set(even_times(60), {broken})), DataError);
}

TEST_CASE("a robust region mean follows Huber's estimate and ignores a vessel", "[dsc]") {
  Geometry geometry;
  geometry.size = {20, 1, 1};
  PerfusionSeries series(geometry, even_times(6));
  Image<std::uint8_t> labels(geometry);
  const RandomStream random(2, 2);
  for (std::size_t v = 0; v < 20; ++v) {
    labels.data()[v] = v < 19 ? 2 : 4;
    for (std::size_t t = 0; t < 6; ++t) {
      series.frame(t)[v] =
          static_cast<float>(v < 2 ? 5000.0 : 100.0 + static_cast<double>(t) + 2.0 * random.normal(20 * t + v));
    }
  }
  const RegionCurves robust{.average = RegionAverage::robust_mean};
  const auto curves = robust(series, LabelMap(labels)), plain = RegionCurves{}(series, LabelMap(labels));
  const auto ed = curves.channel("ED");
  for (Eigen::Index t = 0; t < 6; ++t) {
    CHECK(curves.values(t, ed) == Approx(100.0 + static_cast<double>(t)).margin(2.5));
    CHECK(plain.values(t, ed) > 500.0);
    CHECK(curves.values(t, curves.channel("ET")) == Approx(series.frame(static_cast<std::size_t>(t))[19]));  // one voxel
    // The estimate is where the clipped residuals cancel.
    std::vector<double> values;
    for (std::size_t v = 0; v < 19; ++v) values.push_back(static_cast<double>(series.frame(static_cast<std::size_t>(t))[v]));
    const double centre = detail::median(values);
    std::vector<double> apart;
    for (const double value : values) apart.push_back(std::abs(value - centre));
    const double reach = 1.345 * detail::median(apart) / 0.67448975;
    double sum = 0.0;
    for (const double value : values) sum += std::clamp(value - curves.values(t, ed), -reach, reach);
    CHECK(std::abs(sum) < 1e-6);
  }
  CHECK(has_flag(curves.flags, "dsc.region.small"));
  for (const int threads : {1, 2, 4}) {
    auto again = robust;
    again.threads = threads;
    const auto set = again(series, LabelMap(labels));
    REQUIRE(set.values.col(ed) == curves.values.col(ed));
  }
}

TEST_CASE("a region without voxels follows the declared policy", "[dsc]") {
  Geometry geometry;
  geometry.size = {12, 1, 1};
  PerfusionSeries series(geometry, even_times(5));
  for (std::size_t v = 0; v < 60; ++v) series.data()[v] = static_cast<float>(v);
  Image<std::uint8_t> labels(geometry);
  std::fill_n(labels.data(), 11, std::uint8_t{2});
  for (const auto average : {RegionAverage::mean, RegionAverage::robust_mean}) {
    const auto stood_in = RegionCurves{.average = average}(series, LabelMap(labels));
    CHECK(stood_in.values.col(0) == stood_in.values.col(3));
    CHECK(stood_in.voxel_counts == std::vector<std::size_t>{0, 0, 11, 11});
    const auto missing = RegionCurves{.empty = EmptyRegion::not_a_number, .average = average}(series, LabelMap(labels));
    CHECK(missing.missing(0));
    CHECK(missing.missing(1));
    CHECK_FALSE(missing.missing(2));
    CHECK(has_flag(missing.flags, "dsc.region.empty"));
    REQUIRE_THROWS_AS(SlidingWindows{.count = 2}(missing), DataError);
    REQUIRE_THROWS_AS((RegionCurves{.empty = EmptyRegion::error, .average = average}(series, LabelMap(labels))), DataError);
    const auto only = RegionCurves{.regions = {Region::oedema}, .empty = EmptyRegion::error}(series, LabelMap(labels));
    CHECK(only.values.col(0) == RegionCurves{}(series, LabelMap(labels)).values.col(2));
  }
}

TEST_CASE("normalised by its baseline a curve keeps its depth in units of the noise", "[dsc]") {
  const auto times = even_times(80);
  const auto curves = patient(times, 60.0, 10.0, 4);
  const ZNormalisation step{.window = NormalisationWindow::baseline};
  const auto result = step(curves);
  for (Eigen::Index c = 0; c < 5; ++c) {
    const Eigen::VectorXd before = result.values.col(c).segment(1, 30);
    CHECK(before.mean() == Approx(0.0).margin(0.4));
    CHECK(std::sqrt((before.array() - before.mean()).square().mean()) == Approx(1.0).margin(0.3));
  }
  CHECK(result.values.col(4).minCoeff() == Approx(-777.0 / 10.0).epsilon(0.4));
  auto scaled = curves;
  scaled.values *= 37.0;
  CHECK((step(scaled).values - result.values).cwiseAbs().maxCoeff() < 1e-9);
  REQUIRE_THROWS_AS(step(result), DataError);
  REQUIRE_THROWS_AS(step(patient(times, 60.0, 0.0, 4)), DataError);  // no noise to normalise by
}

TEST_CASE("segments cut a series without gap or overlap at the times of the bolus", "[dsc]") {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const auto times = even_times(60);
    const double arrival = 12.0 + 0.3 * static_cast<double>(seed);
    const auto found = BolusSegments{}(patient(times, arrival, 5.0, seed));
    REQUIRE(found.edges[0] == 0);
    REQUIRE(found.edges[4] == 60);
    for (Eigen::Index t = 0; t < 60; ++t) {
      const auto segment = found.at(t);
      REQUIRE(t >= found.first(segment));
      REQUIRE(t < found.last(segment));
      REQUIRE(found.at_time(times[t]) == segment);
    }
    INFO("arrival " << arrival);
    CHECK(times[found.first(BolusSegment::downslope)] == Approx(arrival + 1.0).margin(3.1));
    CHECK(times[found.first(BolusSegment::upslope)] == Approx(arrival + 1.0 + 3.0 * 1.3 * 1.5).margin(3.1));
    CHECK(found.flags.empty());
  }
}

TEST_CASE("a missing segment is flagged", "[dsc]") {
  const auto times = even_times(60);
  const auto flat = BolusSegments{}(Eigen::VectorXd::Constant(60, 9.0), times);
  CHECK(flat.at(59) == BolusSegment::baseline);
  CHECK(flat.missing(BolusSegment::plateau));
  CHECK(has_flag(flat.flags, "dsc.segments.missing"));
  const auto curve = passage(times, 20.0, 0.5, 1.0, 1);
  const auto cut = BolusSegments{}(Eigen::VectorXd(curve.head(19)), Eigen::VectorXd(times.head(19)));
  CHECK(cut.missing(BolusSegment::plateau));
  CHECK(has_flag(cut.flags, "dsc.segments.missing"));
  REQUIRE_THROWS_AS(flat.at(60), ShapeError);
  REQUIRE_THROWS_AS(flat.at_time(200.0), DataError);
  REQUIRE_THROWS_AS(BolusSegments{}((DeltaR2s{.echo_time = 0.03}(patient(times, 20.0, 5.0, 1)))), DataError);
}

TEST_CASE("windows map back to the samples they were cut from", "[dsc]") {
  for (Eigen::Index samples = 10; samples < 140; samples += 13) {
    const auto times = even_times(samples, 1.3);
    Eigen::VectorXd ramp = Eigen::VectorXd::LinSpaced(samples, 1.0, static_cast<double>(samples));
    const auto windows = SlidingWindows{}(curve_set(times, {ramp}), "P");
    const auto mapping = map_windows(windows);
    REQUIRE(mapping.times.size() == samples);
    REQUIRE((mapping.times - times).cwiseAbs().maxCoeff() < 1e-9);
    REQUIRE(mapping.coverage.sum() == static_cast<int>(8 * windows.curves.steps));
    Eigen::MatrixXd values(8, static_cast<Eigen::Index>(windows.curves.steps));
    for (std::size_t w = 0; w < 8; ++w) {
      REQUIRE(mapping.window_times(w)[0] == Approx(windows.start_times[w]));
      for (std::size_t t = 0; t < windows.curves.steps; ++t) {
        values(static_cast<Eigen::Index>(w), static_cast<Eigen::Index>(t)) = static_cast<double>(windows.curves(w, 0, t));
      }
    }
    REQUIRE((mapping.average(values) - ramp).cwiseAbs().maxCoeff() < 1e-6);  // the windows' own values: a round trip
  }
}

TEST_CASE("shares of the segments add up to one and follow the attention", "[dsc]") {
  const auto curves = patient(even_times(60), 20.0, 5.0, 3);
  const auto segments = BolusSegments{}(curves);
  const auto windows = SlidingWindows{}(curves, "P");
  const auto mapping = map_windows(windows);
  const auto steps = static_cast<Eigen::Index>(windows.curves.steps);
  const auto even = mapping.segment_shares(mapping.average(Eigen::MatrixXd::Constant(8, steps, 0.1)), segments);
  for (Eigen::Index k = 0; k < 4; ++k) {
    CHECK(even[k] == Approx(static_cast<double>(segments.edges[static_cast<std::size_t>(k) + 1] -
                                                segments.edges[static_cast<std::size_t>(k)]) /
                            60.0));
  }
  Eigen::VectorXd course = Eigen::VectorXd::Zero(60);
  course[segments.first(BolusSegment::upslope)] = 2.0;
  CHECK(mapping.segment_shares(course, segments)[2] == 1.0);
  CHECK(mapping.segment_shares(Eigen::VectorXd::Zero(60), segments).isZero());
  course[0] = -1.0;
  REQUIRE_THROWS_AS(mapping.segment_shares(course, segments), DataError);
  REQUIRE_THROWS_AS(mapping.segment_shares(course.head(59), segments), ShapeError);
  REQUIRE_THROWS_AS(mapping.average(Eigen::MatrixXd::Ones(7, steps)), ShapeError);
  REQUIRE_THROWS_AS(mapping.average(Eigen::MatrixXd::Constant(8, steps, nan_value)), DataError);
  REQUIRE_THROWS_AS(mapping.window_times(8), ShapeError);
  auto two = windows;
  two.patients[3] = "Q";
  REQUIRE_THROWS_AS(map_windows(two), DataError);
  auto shifted = windows;
  shifted.start_times[2] += 0.7;
  REQUIRE_THROWS_AS(map_windows(shifted), DataError);
  REQUIRE_THROWS_AS(map_windows(Dataset{}), DataError);
}

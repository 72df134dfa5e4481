#include <bolus/core/random.hpp>
#include <bolus/dsc/arterial_input.hpp>
#include <bolus/dsc/baseline.hpp>
#include <bolus/dsc/integral.hpp>
#include <bolus/dsc/normalisation.hpp>
#include <bolus/dsc/region_curves.hpp>
#include <bolus/dsc/relaxation.hpp>
#include <bolus/dsc/sliding_windows.hpp>
#include <cmath>
#include <limits>
#include <numbers>

#include "catch.hpp"

using namespace bolus;

namespace {

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();

Eigen::VectorXd even_times(Eigen::Index count, double step = 1.5) {
  return Eigen::VectorXd::LinSpaced(count, 0.0, step * static_cast<double>(count - 1));
}

/// A signal of 100 that falls by `depth` from `arrival` s on, as a gamma variate with its bottom 6 s later.
Eigen::VectorXd bolus_signal(const Eigen::VectorXd& times, double arrival, double depth, double noise, std::uint64_t seed) {
  const RandomStream random(seed, 1);
  Eigen::VectorXd signal(times.size());
  for (Eigen::Index t = 0; t < times.size(); ++t) {
    const double x = std::max(0.0, (times[t] - arrival) / 6.0);
    signal[t] =
        100.0 - depth * std::pow(x, 3.0) * std::exp(3.0 * (1.0 - x)) + noise * random.normal(static_cast<std::uint64_t>(t));
  }
  return signal;
}

CurveSet curve_set(const Eigen::VectorXd& times, const Eigen::VectorXd& curve) {
  return CurveSet{{"WT"}, times, curve, {}, CurveQuantity::signal, {}};
}

bool has_flag(const QcFlags& flags, const std::string& code) {
  for (const auto& flag : flags) {
    if (flag.code == code) return true;
  }
  return false;
}

Geometry grid(std::int64_t x, std::int64_t y, std::int64_t z) {
  Geometry geometry;
  geometry.size = {x, y, z};
  return geometry;
}

/// Four voxels in a row, labels ET, NET, ED, background, signal = 10 (v + 1) + t.
PerfusionSeries small_series(Eigen::Index frames) {
  PerfusionProtocol protocol;
  protocol.echo_time = 0.03;
  PerfusionSeries series(grid(4, 1, 1), even_times(frames), protocol);
  for (std::size_t t = 0; t < series.frames(); ++t) {
    for (std::size_t v = 0; v < 4; ++v) series.frame(t)[v] = static_cast<float>(10 * (v + 1) + t);
  }
  return series;
}

LabelMap small_labels(std::uint8_t a = 4, std::uint8_t b = 1, std::uint8_t c = 2, std::uint8_t d = 0) {
  Image<std::uint8_t> labels(grid(4, 1, 1));
  labels.data()[0] = a;
  labels.data()[1] = b;
  labels.data()[2] = c;
  labels.data()[3] = d;
  return LabelMap(labels);
}

}  // namespace

TEST_CASE("the trapezoid rule is exact for straight lines on uneven times", "[dsc]") {
  Eigen::VectorXd times(4), values(4);
  times << 0.0, 1.0, 4.0, 5.0;
  values = 2.0 * times.array() + 1.0;
  REQUIRE(trapezoid(times, values) == Approx(30.0));
  REQUIRE(trapezoid(times, values, 1, 3) == Approx(18.0));
  REQUIRE(trapezoid(times, values, 2, 3) == 0.0);
  REQUIRE_THROWS_AS(trapezoid(times, values.head(3)), ShapeError);
}

TEST_CASE("the baseline ends at the arrival of the bolus at every noise level", "[dsc]") {
  const auto times = even_times(60);
  for (const double noise : {0.0, 0.2, 0.5, 1.0, 2.0}) {
    int close = 0;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      const double arrival = 15.0 + 0.37 * static_cast<double>(seed);
      const auto signal = bolus_signal(times, arrival, 40.0, noise, seed);
      const auto window = Baseline{}(signal, times);
      INFO("noise " << noise << " seed " << seed << " arrival " << arrival << " found " << window.arrival_time);
      REQUIRE(window.bolus_found);
      // Late by less than two samples always (a gamma variate rises slowly); early, which only costs baseline, rarely.
      REQUIRE(window.arrival_time < arrival + 2.6 * 1.5);
      close += window.arrival_time > arrival - 2.0 * 1.5;
      REQUIRE(window.first == 1);
      REQUIRE(window.mean == Approx(100.0).margin(0.1 + 4.0 * noise / std::sqrt(static_cast<double>(window.last - 1))));
    }
    REQUIRE(close >= 47);
  }
}

TEST_CASE("the baseline window can be given and the first volumes are skipped", "[dsc]") {
  const auto times = even_times(60);
  Eigen::VectorXd signal = bolus_signal(times, 30.0, 40.0, 0.3, 3);
  signal[0] = 180.0;  // not in steady state
  REQUIRE(Baseline{}(signal, times).mean == Approx(100.0).margin(0.5));
  const auto given = Baseline{.first = 4, .last = 9}(signal, times);
  REQUIRE(given.first == 4);
  REQUIRE(given.last == 9);
  REQUIRE(given.mean == Approx(signal.segment(4, 5).mean()));
  REQUIRE_THROWS_AS((Baseline{.first = 9, .last = 4}(signal, times)), OptionError);
  REQUIRE_THROWS_AS((Baseline{.last = 61}(signal, times)), OptionError);
  REQUIRE_THROWS_AS((Baseline{.skip = -1}(signal, times)), OptionError);
  REQUIRE_THROWS_AS((Baseline{.threshold = 0.0}(signal, times)), OptionError);
}

TEST_CASE("a curve without a bolus is flagged", "[dsc]") {
  const auto times = even_times(60);
  const auto constant = Baseline{}(Eigen::VectorXd::Constant(60, 7.0), times);
  REQUIRE_FALSE(constant.bolus_found);
  REQUIRE(has_flag(constant.flags, "dsc.baseline.no_bolus"));
  REQUIRE(constant.mean == 7.0);
  REQUIRE(constant.standard_deviation == 0.0);
  int found = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed)
    found += Baseline{}(bolus_signal(times, 30.0, 0.0, 1.0, seed), times).bolus_found;
  REQUIRE(found <= 2);
}

TEST_CASE("a bolus at the first volume is flagged and bad curves are refused", "[dsc]") {
  const auto times = even_times(60);
  const auto early = Baseline{}(bolus_signal(times, -1.0, 40.0, 0.1, 1), times);
  REQUIRE((has_flag(early.flags, "dsc.baseline.none") || has_flag(early.flags, "dsc.baseline.short")));
  Eigen::VectorXd broken = bolus_signal(times, 30.0, 40.0, 0.1, 1);
  broken[5] = nan_value;
  REQUIRE_THROWS_AS(Baseline{}(broken, times), DataError);
  REQUIRE_THROWS_AS(Baseline{}(broken.head(3).eval(), times.head(3).eval()), DataError);
  REQUIRE_THROWS_AS(Baseline{}(Eigen::VectorXd(), Eigen::VectorXd()), DataError);
  REQUIRE_THROWS_AS(Baseline{}(broken, times.head(59).eval()), ShapeError);
}

TEST_CASE("dR2* of a known exponential is its exponent", "[dsc]") {
  const auto times = even_times(60);
  const double te = 0.03;
  Eigen::VectorXd truth(60);
  for (Eigen::Index t = 0; t < 60; ++t) {
    const double x = std::max(0.0, (times[t] - 30.0) / 6.0);
    truth[t] = 20.0 * std::pow(x, 3.0) * std::exp(3.0 * (1.0 - x));
  }
  const Eigen::VectorXd signal = 250.0 * (-te * truth.array()).exp();
  const auto result = DeltaR2s{.echo_time = te}(curve_set(times, signal));
  REQUIRE(result.quantity == CurveQuantity::delta_r2s);
  REQUIRE((result.values.col(0) - truth).cwiseAbs().maxCoeff() < 1e-9);
  REQUIRE((delta_r2s(signal, 250.0, te) - truth).cwiseAbs().maxCoeff() < 1e-9);
}

TEST_CASE("a signal that is not positive is floored and flagged, never NaN", "[dsc]") {
  const auto times = even_times(60);
  Eigen::VectorXd signal = bolus_signal(times, 30.0, 90.0, 0.0, 1);
  const double smallest = signal.minCoeff();
  signal[24] = 0.0;
  signal[25] = -3.0;
  const auto result = DeltaR2s{.echo_time = 0.03}(curve_set(times, signal));
  REQUIRE(result.values.allFinite());
  REQUIRE(has_flag(result.flags, "dsc.signal.not_positive"));
  REQUIRE(result.values(25, 0) <= Approx(-std::log(smallest / 100.0) / 0.03));
  REQUIRE_THROWS_AS((DeltaR2s{.echo_time = 0.03, .non_positive = NonPositiveSignal::error}(curve_set(times, signal))),
                    DataError);
  REQUIRE_THROWS_AS((DeltaR2s{.echo_time = 0.03}(curve_set(times, Eigen::VectorXd::Zero(60)))), DataError);
  REQUIRE_THROWS_AS((DeltaR2s{.echo_time = 0.03}(curve_set(times, -signal))), DataError);
  REQUIRE_THROWS_AS(DeltaR2s{}(curve_set(times, signal)), DataError);
  REQUIRE_THROWS_AS((DeltaR2s{.echo_time = 30.0}(curve_set(times, signal))), DataError);
  REQUIRE_THROWS_AS((DeltaR2s{.echo_time = 0.03}(ZNormalisation{}(curve_set(times, signal)))), DataError);
  signal[3] = nan_value;
  REQUIRE_THROWS_AS((DeltaR2s{.echo_time = 0.03}(curve_set(times, signal))), DataError);
}

TEST_CASE("region curves are the means of the regions' voxels", "[dsc]") {
  const auto series = small_series(5);
  Mask arterial(grid(4, 1, 1));
  arterial.data()[3] = 1;
  const auto curves = RegionCurves{}(series, small_labels(), arterial);
  REQUIRE(curves.names == std::vector<std::string>{"ET", "NET", "ED", "WT", "AIF"});
  REQUIRE(curves.voxel_counts == std::vector<std::size_t>{1, 1, 1, 3, 1});
  for (Eigen::Index t = 0; t < 5; ++t) {
    const auto time = static_cast<double>(t);
    REQUIRE(curves.values.row(t).isApprox(Eigen::RowVectorXd{{10 + time, 20 + time, 30 + time, 20 + time, 40 + time}}));
  }
  REQUIRE(has_flag(curves.flags, "dsc.region.small"));
}

TEST_CASE("an artery inside the tumour counts in both", "[dsc]") {
  Mask arterial(grid(4, 1, 1));
  arterial.data()[2] = arterial.data()[3] = 1;
  const auto curves = RegionCurves{}(small_series(3), small_labels(), arterial);
  REQUIRE(curves.values(0, 2) == Approx(30.0));
  REQUIRE(curves.values(0, 4) == Approx(35.0));
}

TEST_CASE("an empty region follows the policy", "[dsc]") {
  const auto series = small_series(3);
  const auto labels = small_labels(1, 1, 2, 0);
  const auto fallback = RegionCurves{}(series, labels);
  REQUIRE(has_flag(fallback.flags, "dsc.region.empty"));
  REQUIRE(fallback.values.col(0) == fallback.values.col(3));
  REQUIRE(fallback.voxel_counts[0] == 0);
  REQUIRE(RegionCurves{.empty = EmptyRegion::not_a_number}(series, labels).missing(0));
  REQUIRE_THROWS_AS((RegionCurves{.empty = EmptyRegion::error}(series, labels)), DataError);
  REQUIRE_NOTHROW((RegionCurves{.regions = {Region::whole_tumour}, .empty = EmptyRegion::error}(series, labels)));
}

TEST_CASE("voxels with NaN are left out of every frame", "[dsc]") {
  auto series = small_series(4);
  series.frame(2)[1] = std::numeric_limits<float>::quiet_NaN();
  const auto curves = RegionCurves{}(series, small_labels(1, 1, 2, 0));
  REQUIRE(has_flag(curves.flags, "dsc.region.not_finite"));
  REQUIRE(curves.voxel_counts == std::vector<std::size_t>{0, 1, 1, 2});
  for (Eigen::Index t = 0; t < 4; ++t) REQUIRE(curves.values(t, 1) == Approx(10.0 + static_cast<double>(t)));
  for (std::size_t v = 0; v < 3; ++v) series.frame(0)[v] = std::numeric_limits<float>::infinity();
  REQUIRE_THROWS_AS(RegionCurves{}(series, small_labels()), DataError);
}

TEST_CASE("region curves refuse other grids, no tumour and no arterial voxel", "[dsc]") {
  const auto series = small_series(3);
  const auto labels = small_labels();
  REQUIRE_THROWS_AS(RegionCurves{}(series, LabelMap(Image<std::uint8_t>(grid(4, 1, 2), 4))), GeometryError);
  REQUIRE_THROWS_AS(RegionCurves{}(series, labels, Mask(grid(3, 1, 1), 1)), GeometryError);
  REQUIRE_THROWS_AS(RegionCurves{}(series, small_labels(0, 0, 0, 0)), DataError);
  REQUIRE_THROWS_AS(RegionCurves{}(series, labels, Mask(grid(4, 1, 1), 0)), DataError);
  REQUIRE_THROWS_AS((RegionCurves{.regions = {}}(series, labels)), OptionError);
  REQUIRE_THROWS_AS(RegionCurves{}(PerfusionSeries(), LabelMap()), DataError);
}

TEST_CASE("region curves have the same bits on any number of threads", "[dsc]") {
  PerfusionSeries series(grid(20, 20, 10), even_times(30));
  const RandomStream random(5, 5);
  for (std::size_t i = 0; i < series.voxel_count() * series.frames(); ++i) {
    series.data()[i] = static_cast<float>(100.0 + random.normal(i));
  }
  Image<std::uint8_t> labels(series.geometry());
  constexpr std::array<std::uint8_t, 4> values{0, 1, 2, 4};
  for (std::size_t v = 0; v < labels.size(); ++v) labels.data()[v] = values[random.below(v, 4)];
  const LabelMap map(labels);
  const auto one = RegionCurves{.threads = 1}(series, map);
  for (const int threads : {2, 4}) REQUIRE(RegionCurves{.threads = threads}(series, map).values == one.values);
}

TEST_CASE("the arterial input reports drop, noise and saturation", "[dsc]") {
  const auto times = even_times(60);
  PerfusionSeries series(grid(2, 1, 1), times);
  const auto fill = [&](double depth) {
    const auto signal = bolus_signal(times, 20.0, depth, 0.2, 4);
    for (std::size_t t = 0; t < 60; ++t)
      series.frame(t)[0] = series.frame(t)[1] = static_cast<float>(signal[static_cast<Eigen::Index>(t)]);
  };
  const Mask mask(grid(2, 1, 1), 1);
  fill(70.0);
  const auto good = ArterialInput{}(series, mask);
  REQUIRE(good.voxel_count == 2);
  REQUIRE(good.relative_drop == Approx(0.7).margin(0.02));
  REQUIRE(times[good.peak] == Approx(26.0).margin(1.6));
  REQUIRE(good.flags.empty());
  fill(97.0);
  REQUIRE(has_flag(ArterialInput{}(series, mask).flags, "dsc.aif.saturated"));
  fill(0.0);
  REQUIRE(has_flag(ArterialInput{}(series, mask).flags, "dsc.aif.no_drop"));
  REQUIRE_THROWS_AS(ArterialInput{}(series, Mask(grid(2, 1, 1), 0)), DataError);
  REQUIRE_THROWS_AS(ArterialInput{}(series, Mask(grid(1, 1, 1), 1)), GeometryError);
}

TEST_CASE("z-normalised curves have mean 0 and standard deviation 1", "[dsc]") {
  const auto times = even_times(60);
  const auto curves = curve_set(times, bolus_signal(times, 20.0, 40.0, 1.0, 2));
  const auto result = ZNormalisation{}(curves);
  REQUIRE(result.quantity == CurveQuantity::normalised);
  REQUIRE(result.values.col(0).mean() == Approx(0.0).margin(1e-12));
  REQUIRE(result.values.col(0).squaredNorm() / 60.0 == Approx(1.0));
  const auto constant = ZNormalisation{}(curve_set(times, Eigen::VectorXd::Constant(60, 3.3)));
  REQUIRE(constant.values.isZero());
  REQUIRE(has_flag(constant.flags, "dsc.normalisation.constant"));
  REQUIRE_THROWS_AS(ZNormalisation{}(CurveSet{}), DataError);
}

TEST_CASE("windows are exactly as many as asked for, for any length of the series", "[dsc]") {
  for (std::size_t count = 1; count <= 12; ++count) {
    for (std::size_t samples = count; samples < 130; ++samples) {
      const SlidingWindows windows{.count = count};
      const auto starts = windows.starts_for(samples);
      const auto length = windows.length_for(samples);
      REQUIRE(starts.size() == count);
      REQUIRE(length >= 1);
      REQUIRE(starts.back() + length == samples);
      if (count > 1) REQUIRE(starts.front() == 0);
      for (std::size_t k = 1; k < count; ++k) REQUIRE(starts[k] > starts[k - 1]);
    }
  }
  REQUIRE(SlidingWindows{}.length_for(60) == 45);
}

TEST_CASE("windows hold the curves' samples, their times and labels", "[dsc]") {
  const auto times = even_times(60);
  const auto curves = curve_set(times, times);
  const auto windows = SlidingWindows{}(curves, "P1", 1);
  REQUIRE(windows.curves.samples == 8);
  REQUIRE(windows.curves.steps == 45);
  REQUIRE(windows.time_step == Approx(1.5));
  for (std::size_t k = 0; k < 8; ++k) {
    REQUIRE(windows.curves(k, 0, 0) == Approx(windows.start_times[k]));
    REQUIRE(windows.curves(k, 0, 44) == Approx(windows.start_times[k] + 44 * 1.5));
    REQUIRE(windows.patients[k] == "P1");
    REQUIRE(windows.labels[k] == 1);
  }
  windows.validate();
}

TEST_CASE("windows refuse what they cannot cut", "[dsc]") {
  const auto times = even_times(60);
  const auto curves = curve_set(times, times);
  REQUIRE_THROWS_AS((SlidingWindows{.count = 0}(curves)), OptionError);
  REQUIRE_THROWS_AS((SlidingWindows{.count = 61}(curves)), DataError);
  REQUIRE_THROWS_AS((SlidingWindows{.count = 8, .length = 54}(curves)), DataError);
  REQUIRE_NOTHROW((SlidingWindows{.count = 8, .length = 53}(curves)));
  REQUIRE_THROWS_AS(SlidingWindows{}(curves, "P1", 2), DataError);
  auto uneven = curves;
  uneven.times[30] += 0.1;
  REQUIRE_THROWS_AS(SlidingWindows{}(uneven), DataError);
  auto unsorted = curves;
  std::swap(unsorted.times[3], unsorted.times[4]);
  REQUIRE_THROWS_AS(SlidingWindows{}(unsorted), DataError);
}

TEST_CASE("datasets join in order and refuse what differs", "[dsc]") {
  const auto times = even_times(60);
  const auto first = SlidingWindows{}(curve_set(times, times), "P1", 0);
  const auto second = SlidingWindows{.count = 3, .length = 45}(curve_set(times, -times), "P2", 1);
  const auto joined = join_datasets({first, second});
  joined.validate();
  REQUIRE(joined.curves.samples == 11);
  REQUIRE(joined.labels[7] == 0);
  REQUIRE(joined.patients[8] == "P2");
  REQUIRE(joined.curves(8, 0, 44) == second.curves(0, 0, 44));
  auto other = second;
  other.channel_names = {"AIF"};
  REQUIRE_THROWS_AS(join_datasets({first, other}), ShapeError);
  other = second;
  other.time_step = 2.0;
  REQUIRE_THROWS_AS(join_datasets({first, other}), DataError);
  REQUIRE_THROWS_AS(join_datasets({first, SlidingWindows{.length = 40}(curve_set(times, times), "P3", 0)}), ShapeError);
  REQUIRE_THROWS_AS(join_datasets({first, SlidingWindows{}(curve_set(times, times), "P3")}), DataError);
  REQUIRE_THROWS_AS(join_datasets({}), DataError);
}

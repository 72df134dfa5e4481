#include <bolus/core/random.hpp>
#include <bolus/dsc/arterial_input.hpp>
#include <bolus/dsc/curve_quantities.hpp>
#include <bolus/dsc/deconvolution.hpp>
#include <bolus/dsc/gamma_variate.hpp>
#include <bolus/dsc/perfusion_maps.hpp>
#include <bolus/dsc/region_statistics.hpp>
#include <bolus/simulate/tissue.hpp>
#include <cmath>
#include <cstring>
#include <limits>

#include "catch.hpp"

using namespace bolus;
using Q = PerfusionQuantity;

namespace {

constexpr double te = 0.03;

bool has_flag(const QcFlags& flags, const std::string& code) {
  return std::any_of(flags.begin(), flags.end(), [&](const QcFlag& flag) { return flag.code == code; });
}

Eigen::VectorXd even_times(Eigen::Index count, double step) {
  return Eigen::VectorXd::LinSpaced(count, 0.0, step * static_cast<double>(count - 1));
}

/// A (x e^(1 - x))^alpha, x = (t - t0) / rise: its peak is `height` at t0 + rise.
Eigen::VectorXd gamma_curve(const Eigen::VectorXd& times, double onset, double rise, double alpha, double height) {
  return times.unaryExpr([&](double t) {
    const double x = std::max(0.0, (t - onset) / rise);
    return height * std::pow(x * std::exp(1.0 - x), alpha);
  });
}

Eigen::VectorXd signal_of(const Eigen::VectorXd& relaxation, double s0 = 400.0) {
  return s0 * (-te * relaxation.array()).exp();
}

CurveSet curve_set(const Eigen::VectorXd& times, const std::vector<Eigen::VectorXd>& curves,
                   CurveQuantity quantity = CurveQuantity::signal) {
  CurveSet set;
  set.times = times;
  set.quantity = quantity;
  set.values.resize(times.size(), static_cast<Eigen::Index>(curves.size()));
  for (std::size_t i = 0; i < curves.size(); ++i) {
    set.names.push_back(std::string(1, static_cast<char>('a' + i)));
    set.values.col(static_cast<Eigen::Index>(i)) = curves[i];
  }
  return set;
}

Geometry grid(std::int64_t x, std::int64_t y = 1, std::int64_t z = 1) {
  Geometry geometry;
  geometry.size = {x, y, z};
  return geometry;
}

PerfusionSeries series_of(const std::vector<Eigen::VectorXd>& curves, const Eigen::VectorXd& times, double echo_time = te) {
  PerfusionProtocol protocol;
  protocol.echo_time = echo_time;
  PerfusionSeries series(grid(static_cast<std::int64_t>(curves.size())), times, protocol);
  for (std::size_t t = 0; t < series.frames(); ++t) {
    for (std::size_t v = 0; v < curves.size(); ++v) {
      series.frame(t)[v] = static_cast<float>(curves[v][static_cast<Eigen::Index>(t)]);
    }
  }
  return series;
}

/// Tissue with many transit times, delays, volumes and leaks, an artery in the last voxel, and noise.
struct Voxels {
  Eigen::VectorXd times;
  std::vector<Eigen::VectorXd> signals;
  PerfusionSeries series;
  Mask mask, white_matter, tissue;
};

Voxels random_voxels(std::size_t count, double noise, Eigen::Index frames = 60, double step = 1.5) {
  Voxels made;
  made.times = even_times(frames, step);
  const RandomStream random(3, 7);
  for (std::size_t v = 0; v < count; ++v) {
    const auto u = [&](std::uint64_t k) { return random.uniform(16 * v + k); };
    const bool artery = v + 1 == count;
    Eigen::VectorXd d = gamma_curve(made.times, artery ? 18.0 : 18.5 + 3.0 * u(0), artery ? 4.0 : 6.0 + 3.0 * u(1), 2.5 + u(2),
                                    artery ? 45.0 : 6.0 + 14.0 * u(3));
    d += gamma_curve(made.times, 32.0, 12.0, 2.0, 0.15 * d.maxCoeff());
    if (v % 3 == 2) d.array() += (2.0 * u(4) - 1.0) * 3.0 * (made.times.array() - 20.0).max(0.0).min(30.0) / 30.0;
    Eigen::VectorXd s = signal_of(d, 300.0 + 300.0 * u(5));
    const RandomStream each(9, v);
    for (Eigen::Index t = 0; t < frames; ++t) s[t] += noise * each.normal(static_cast<std::uint64_t>(t));
    made.signals.push_back(s);
  }
  made.series = series_of(made.signals, made.times);
  made.mask = Mask(made.series.geometry(), 1);
  made.white_matter = Mask(made.series.geometry());
  made.tissue = Mask(made.series.geometry());
  for (std::size_t v = 0; v + 1 < count; ++v) {
    made.white_matter.data()[v] = v % 3 == 0;
    made.tissue.data()[v] = v % 3 != 2;
  }
  return made;
}

const std::vector<Q> every_simple{Q::snr,
                                  Q::cnr,
                                  Q::arrival_time,
                                  Q::peak_time,
                                  Q::time_to_peak,
                                  Q::delay,
                                  Q::auc,
                                  Q::FWHM,
                                  Q::wash_in,
                                  Q::wash_out,
                                  Q::rCBV,
                                  Q::nrCBV,
                                  Q::PH,
                                  Q::PSR,
                                  Q::relative_PH,
                                  Q::K1,
                                  Q::K2,
                                  Q::K2_error,
                                  Q::kep,
                                  Q::delta_r2s_max,
                                  Q::corrected_rCBV,
                                  Q::corrected_nrCBV,
                                  Q::normalised_PSR,
                                  Q::delta_r2s};

bool same_maps(const ParametricMaps& one, const ParametricMaps& other) {
  if (one.images.size() != other.images.size() || one.delta_r2s.has_value() != other.delta_r2s.has_value()) return false;
  for (const auto& [quantity, image] : one.images) {
    const auto& values = other[quantity];
    if (std::memcmp(image.data(), values.data(), image.size() * sizeof(float)) != 0) return false;
  }
  if (one.delta_r2s) {
    const auto bytes = one.delta_r2s->voxel_count() * one.delta_r2s->frames() * sizeof(float);
    if (std::memcmp(one.delta_r2s->data(), other.delta_r2s->data(), bytes) != 0) return false;
  }
  return std::equal(one.states.values().begin(), one.states.values().end(), other.states.values().begin());
}

}  // namespace

TEST_CASE("bolus arrival and peak are found within a fraction of TR on simulated curves", "[dsc]") {
  struct Case {
    double step, signal_to_noise, arrival_error, peak_error;  // the errors are 90 % bounds, in TR
  };
  for (const auto& each :
       {Case{1.0, 1e9, 0.8, 0.3}, Case{1.5, 1e9, 0.7, 0.3}, Case{2.5, 1e9, 0.9, 0.4}, Case{1.0, 200.0, 0.9, 0.8},
        Case{1.5, 200.0, 0.7, 0.5}, Case{2.0, 100.0, 0.9, 0.6}, Case{1.5, 50.0, 1.3, 1.2}}) {
    int found = 0, arrival_close = 0, peak_close = 0;
    const int count = 100;
    for (int k = 0; k < count; ++k) {
      const RandomStream random(static_cast<std::uint64_t>(k), 1);
      GammaVariate arterial;
      arterial.arrival = 20.0 + 2.0 * random.uniform(1000);
      arterial.alpha = 2.5 + random.uniform(1001);
      TissueParameters tissue;
      tissue.mean_transit_time = 3.0 + 4.0 * random.uniform(1002);
      tissue.delay = 2.0 * random.uniform(1003);
      const Eigen::VectorXd times = even_times(static_cast<Eigen::Index>(90.0 / each.step), each.step);
      const Eigen::VectorXd fine = even_times(6000, 0.01);
      Eigen::VectorXd curve = TissueModel{}(arterial, tissue, times).vascular;
      Eigen::Index top = 0;
      const double height = TissueModel{}(arterial, tissue, fine).vascular.maxCoeff(&top);
      Eigen::VectorXd signal = 500.0 * (-0.35 / height * curve.array()).exp();
      for (Eigen::Index t = 0; t < signal.size(); ++t) {
        signal[t] += 500.0 / each.signal_to_noise * random.normal(static_cast<std::uint64_t>(t));
      }
      const auto timing = BolusTiming{}(signal, times);
      found += timing.found;
      arrival_close += std::abs(timing.arrival_time - arterial.arrival - tissue.delay) < each.arrival_error * each.step;
      peak_close += std::abs(timing.peak_time - fine[top]) < each.peak_error * each.step;
      REQUIRE(timing.arrival <= timing.peak);
      REQUIRE(timing.peak < timing.first_pass_end);
      REQUIRE(timing.first_pass_end <= timing.plateau_first);
      REQUIRE(timing.plateau_first <= timing.plateau_last);
      REQUIRE(timing.baseline.last <= timing.arrival);
    }
    INFO("TR " << each.step << " SNR " << each.signal_to_noise);
    CHECK(found == count);
    CHECK(arrival_close >= 90);
    CHECK(peak_close >= 90);
  }
}

TEST_CASE("the first pass ends where its gamma variate has fallen to a tenth, or at a minimum before the second pass",
          "[dsc]") {
  const auto times = even_times(120, 1.0);
  // x e^(1 - x) = 0.1^(1/3) at x = 2.7966 for alpha 3.
  const auto alone = BolusTiming{}(signal_of(gamma_curve(times, 20.3, 6.0, 3.0, 15.0)), times);
  CHECK(alone.first_pass_end_time == Approx(20.3 + 6.0 * 2.7966).margin(1.0));
  const Eigen::VectorXd two = gamma_curve(times, 20.3, 5.0, 3.0, 15.0) + gamma_curve(times, 29.0, 8.0, 4.0, 8.0);
  Eigen::Index minimum = 0;
  two.segment(26, 9).minCoeff(&minimum);
  const auto both = BolusTiming{}(signal_of(two), times);
  CHECK(both.first_pass_end_time == Approx(26.0 + static_cast<double>(minimum)).margin(1.5));
  CHECK(both.plateau_first >= both.first_pass_end + 4);
  CHECK(times[both.plateau_last - 1] - times[both.plateau_first] <= 30.0);
}

TEST_CASE("what is wrong with the timing of a curve is flagged", "[dsc]") {
  const auto times = even_times(60, 1.5);
  const auto flat = BolusTiming{}(Eigen::VectorXd::Constant(60, 100.0), times);
  CHECK_FALSE(flat.found);
  CHECK(has_flag(flat.flags, "dsc.timing.no_bolus"));
  CHECK(flat.arrival == 60);
  CHECK(flat.plateau_last == 60);
  CHECK(BolusTiming{}(Eigen::VectorXd::Zero(60), times).found == false);
  const auto early = BolusTiming{}(signal_of(gamma_curve(times, 0.0, 6.0, 3.0, 15.0)), times);
  CHECK(has_flag(early.flags, "dsc.timing.at_start"));
  const Eigen::VectorXd whole = signal_of(gamma_curve(times, 20.0, 6.0, 3.0, 15.0));
  const auto cut = BolusTiming{}(whole.head(19).eval(), times.head(19).eval());
  CHECK(cut.found);
  CHECK(has_flag(cut.flags, "dsc.timing.truncated"));
  CHECK(has_flag(cut.flags, "dsc.timing.no_plateau"));
  CHECK(cut.plateau_first == cut.plateau_last);
  const auto fine = BolusTiming{}(whole, times);
  CHECK(fine.flags.empty());
  Eigen::VectorXd unsorted = times;
  std::swap(unsorted[3], unsorted[4]);
  REQUIRE_THROWS_AS(BolusTiming{}(whole, unsorted), DataError);
  REQUIRE_THROWS_AS(BolusTiming{}(whole.head(3).eval(), times.head(3).eval()), DataError);
  REQUIRE_THROWS_AS(BolusTiming{}(whole, times.head(5).eval()), ShapeError);
  REQUIRE_THROWS_AS(BolusTiming{}(Eigen::VectorXd(), Eigen::VectorXd()), DataError);
  Eigen::VectorXd broken = whole;
  broken[7] = std::numeric_limits<double>::quiet_NaN();
  REQUIRE_THROWS_AS(BolusTiming{}(broken, times), DataError);
  REQUIRE_THROWS_AS((BolusTiming{.tail = 1.0}(whole, times)), OptionError);
  REQUIRE_THROWS_AS((BolusTiming{.longest_rise = 0.0}(whole, times)), OptionError);
  REQUIRE_THROWS_AS((BolusTiming{.plateau_delay = -1.0}(whole, times)), OptionError);
}

TEST_CASE("timing does not change with the scale of the signal or the start of the clock", "[dsc]") {
  const auto times = even_times(60, 1.5);
  const Eigen::VectorXd signal = signal_of(gamma_curve(times, 20.0, 6.0, 3.0, 15.0));
  const auto one = BolusTiming{}(signal, times), scaled = BolusTiming{}(17.0 * signal, times),
             shifted = BolusTiming{}(signal, times.array() + 100.0);
  CHECK(scaled.arrival_time == Approx(one.arrival_time));
  CHECK(scaled.first_pass_end == one.first_pass_end);
  CHECK(shifted.arrival_time == Approx(one.arrival_time + 100.0));
  CHECK(shifted.peak_time == Approx(one.peak_time + 100.0));
  CHECK(shifted.plateau_first == one.plateau_first);
}

TEST_CASE("curve quantities of a gamma variate are those of its formula", "[dsc]") {
  const auto times = even_times(300, 0.25);
  const double onset = 20.1, rise = 6.0, height = 15.0;
  const auto d = gamma_curve(times, onset, rise, 3.0, height);
  const auto m = CurveQuantities{.echo_time = te}(curve_set(times, {signal_of(d, 250.0)}));
  // Area of A (x e^(1 - x))^3: A rise e^3 Gamma(4) / 3^4. Half height at x = 0.4159 and 1.9585, 20 % and 80 % at 0.2501,
  // 0.6611.
  CHECK(m.rCBV[0] == Approx(height * rise * std::exp(3.0) * 6.0 / 81.0).epsilon(1e-4));
  CHECK(m.delta_r2s_max[0] == Approx(height).epsilon(1e-3));
  const auto level = [](double fraction, double low, double high) {
    for (int i = 0; i < 100; ++i) {
      const double x = 0.5 * (low + high);
      const bool above = std::pow(x * std::exp(1.0 - x), 3.0) > fraction;
      (above == (low < 1.0 && high <= 1.0) ? high : low) = x;
    }
    return low;
  };
  CHECK(m.FWHM[0] == Approx(rise * (level(0.5, 1.0, 9.0) - level(0.5, 0.0, 1.0))).epsilon(2e-3));
  CHECK(m.wash_in[0] == Approx(0.6 * height / (rise * (level(0.8, 0.0, 1.0) - level(0.2, 0.0, 1.0)))).epsilon(0.015));
  CHECK(m.wash_out[0] == Approx(-0.3 * height / (rise * (level(0.5, 1.0, 9.0) - level(0.8, 1.0, 9.0)))).epsilon(5e-3));
  CHECK(m.timing[0].peak_time == Approx(onset + rise).margin(0.05));
  CHECK(m.time_to_peak[0] == Approx(rise).margin(0.8));
  CHECK(m.PH[0] == Approx(250.0 * (1.0 - std::exp(-te * height))).epsilon(1e-3));
  CHECK(m.PSR[0] == Approx(100.0).margin(0.5));
  CHECK(m.auc[0] > 0.93 * m.rCBV[0]);
  CHECK(m.nrCBV.size() == 0);
  const auto first = CurveQuantities{.echo_time = te, .range = IntegrationRange::first_pass}(curve_set(times, {signal_of(d)}));
  CHECK(first.rCBV[0] == Approx(m.auc[0]).epsilon(1e-6));
  const auto direct = CurveQuantities{}(curve_set(times, {d}, CurveQuantity::delta_r2s));
  CHECK(direct.rCBV[0] == Approx(m.rCBV[0]).epsilon(1e-6));
  CHECK(direct.FWHM[0] == Approx(m.FWHM[0]).epsilon(1e-3));
  CHECK(direct.PH.size() == 0);
}

TEST_CASE("signal recovery is never clipped", "[dsc]") {
  const auto times = even_times(80, 1.0);
  const Eigen::VectorXd pass = gamma_curve(times, 20.0, 5.0, 3.0, 15.0);
  const Eigen::VectorXd late = (times.array() - 24.0).max(0.0).min(10.0) / 10.0;
  const Eigen::VectorXd lifted = signal_of(pass - 4.0 * late, 100.0), sunk = signal_of(pass + 20.0 * late, 100.0);
  const auto m =
      CurveQuantities{.echo_time = te, .reference_channel = "a"}(curve_set(times, {signal_of(pass, 100.0), lifted, sunk}));
  const double lowest = lifted.segment(20, 15).minCoeff();
  CHECK(m.PSR[1] == Approx(100.0 * (100.0 * std::exp(te * 4.0) - lowest) / (100.0 - lowest)).epsilon(5e-3));
  CHECK(m.PSR[1] > 120.0);
  CHECK(m.PSR[0] == Approx(100.0).margin(1.0));
  CHECK(m.normalised_PSR[1] == Approx(m.PSR[1] / m.PSR[0]));
  CHECK(m.log_PSR_ratio[1] == Approx(std::log(m.PSR[1] / m.PSR[0])));
  CHECK(m.PSR[2] < 20.0);
  CHECK(m.relative_PH[0] == 1.0);
}

TEST_CASE("delays, blood volume by an artery and ratios to a reference refer to the named curves", "[dsc]") {
  const auto times = even_times(80, 1.0);
  const auto arterial = gamma_curve(times, 18.0, 4.0, 3.0, 40.0);
  const auto tissue = gamma_curve(times, 21.0, 7.0, 3.0, 6.0), white = gamma_curve(times, 20.0, 7.0, 3.0, 3.0);
  const auto set = curve_set(times, {signal_of(tissue), signal_of(white), signal_of(arterial)});
  const auto m = CurveQuantities{.echo_time = te, .reference_channel = "b", .arterial_channel = "c"}(set);
  CHECK(m.CBV[0] == Approx(100.0 * 6.0 * 7.0 / (40.0 * 4.0)).epsilon(0.01));
  CHECK(m.nrCBV[0] == Approx(2.0).epsilon(0.01));
  CHECK(m.delay[0] == Approx(3.0).margin(0.6));
  CHECK(m.delay[2] == 0.0);
  const auto alone = CurveQuantities{.echo_time = te, .reference_channel = "b"}(set);
  CHECK(alone.delay[0] == Approx(1.0).margin(0.4));
  CHECK(alone.CBV.size() == 0);
  REQUIRE_THROWS_AS((CurveQuantities{.echo_time = te, .reference_channel = "z"}(set)), DataError);
  REQUIRE_THROWS_AS(CurveQuantities{}(set), DataError);
  auto flat = set;
  flat.values.col(1).setConstant(50.0);
  REQUIRE_THROWS_AS((CurveQuantities{.echo_time = te, .reference_channel = "b"}(flat)), DataError);
  const auto m2 = CurveQuantities{.echo_time = te}(flat);
  CHECK(m2.FWHM[1] == 0.0);
  CHECK(has_flag(m2.flags, "dsc.quantity.undefined"));
  CHECK(m2.FWHM.allFinite());
  CHECK(m2.PSR.allFinite());
  auto normalised = set;
  normalised.quantity = CurveQuantity::normalised;
  REQUIRE_THROWS_AS((CurveQuantities{.echo_time = te}(normalised)), DataError);
}

TEST_CASE("the vectorised logarithm is within one unit in the last place, on every instruction set", "[dsc]") {
  constexpr std::size_t columns = 1024;
  for (const int lanes : {4, 8, 16}) {
    if (lanes > detail::maps_lanes()) continue;
    std::vector<float> signal(2 * columns, 1.0F), relaxation(2 * columns), smooth(32), times{0.0F, 1.0F};
    std::vector<std::uint8_t> states(columns);
    detail::MapsPlan plan;
    plan.frames = 2;
    plan.baseline_last = 1;
    plan.search_last = 2;
    plan.inverse_echo_time = 1.0F;
    plan.relaxation = true;
    plan.times = times.data();
    detail::MapsBlock block;
    block.count = block.stride = columns;
    block.signal = signal.data();
    block.relaxation = relaxation.data();
    block.smooth = smooth.data();
    block.out.state = states.data();
    double worst = 0.0;
    const auto check = [&](auto value_of) {
      for (std::size_t i = 0; i < columns; ++i) signal[columns + i] = value_of(i);
      detail::compute_maps_block(plan, block, lanes);
      for (std::size_t i = 0; i < columns; ++i) {
        const double truth = std::log(static_cast<double>(signal[columns + i]));
        const auto near = static_cast<float>(std::abs(truth));
        const double unit = static_cast<double>(std::nextafter(near, 1e30F) - near);
        if (truth != 0.0) worst = std::max(worst, std::abs(-static_cast<double>(relaxation[columns + i]) - truth) / unit);
      }
    };
    for (std::uint32_t base = 0x00800000U; base < 0x7F000000U; base += columns * 1499U) {
      check([&](std::size_t i) {
        const std::uint32_t bits = base + static_cast<std::uint32_t>(i) * 1499U;
        float value = 0.0F;
        std::memcpy(&value, &bits, sizeof value);
        return value;
      });
    }
    for (int k = 0; k < 400; ++k) {  // around 1, where a signal is compared with its baseline
      check([&](std::size_t i) { return 0.6F + static_cast<float>(i + 1024U * static_cast<unsigned>(k)) * 2e-6F; });
    }
    INFO(lanes << " lanes");
    CHECK(worst < 1.0);
  }
}

TEST_CASE("maps have the same bits on every instruction set and any number of threads", "[dsc]") {
  const auto voxels = random_voxels(3001, 6.0);
  const auto& signal = voxels.mask;
  PerfusionMaps maps{.quantities = every_simple, .threads = 1};
  const PerfusionReferences references{.white_matter = &voxels.white_matter, .tissue = &voxels.tissue};
  const auto one = maps(voxels.series, signal, references);
  for (const int threads : {2, 4}) {
    maps.threads = threads;
    CHECK(same_maps(one, maps(voxels.series, voxels.mask, references)));
  }
  // The kernels themselves, on one block.
  constexpr std::size_t stride = 64;
  std::vector<std::vector<float>> results;
  std::vector<float> times(60), weights(60, 1.5F);
  for (std::size_t t = 0; t < 60; ++t) times[t] = 1.5F * static_cast<float>(t);
  for (const int lanes : {4, 8, 16}) {
    if (lanes > detail::maps_lanes()) continue;
    detail::MapsWorkspace work(60, stride, 15, false);
    work.gather(voxels.series, detail::VoxelRuns(voxels.mask), 0, stride, work.signal.data());
    detail::MapsPlan plan;
    plan.frames = 60;
    plan.baseline_first = 1;
    plan.baseline_last = 11;
    plan.search_first = 9;
    plan.search_last = 32;
    plan.plateau_first = 34;
    plan.plateau_last = 52;
    plan.inverse_echo_time = 33.3F;
    plan.relaxation = plan.timing = true;
    plan.times = times.data();
    plan.volume = plan.area = {weights.data(), 1, 60};
    plan.leakage = {weights.data(), times.data(), weights.data(), times.data(), 1, 60, 1, 11, 0.5F, 0.01F, 1.0F};
    auto block = work.block(stride);
    auto& out = block.out;
    std::size_t k = 0;
    for (float** each : {&out.snr, &out.cnr, &out.arrival, &out.peak_time, &out.largest, &out.width, &out.wash_in,
                         &out.wash_out, &out.drop, &out.recovered, &out.k1, &out.k2, &out.k2_error, &out.volume, &out.area}) {
      *each = work.row(k++);
    }
    detail::compute_maps_block(plan, block, lanes);
    results.push_back(work.values);
    results.back().insert(results.back().end(), work.relaxation.begin(), work.relaxation.end());
    std::vector<double> sums(61, 0.0);
    detail::sum_maps_block(plan, block, sums.data(), lanes);
    for (const double sum : sums) results.back().push_back(static_cast<float>(sum));
    CHECK(sums[60] == 64.0);
    for (std::size_t t = 0; t < 60; ++t) {
      double sum = 0.0;
      for (std::size_t v = 0; v < stride; ++v) sum += static_cast<double>(work.relaxation[t * stride + v]);
      REQUIRE(sums[t] == Approx(sum).margin(1e-2));
    }
  }
  for (const auto& each : results) CHECK(std::memcmp(each.data(), results[0].data(), each.size() * sizeof(float)) == 0);
}

TEST_CASE("maps agree with a plain computation in double precision", "[dsc]") {
  const auto voxels = random_voxels(400, 4.0);
  const PerfusionMaps step{.quantities = every_simple};
  const auto maps = step(voxels.series, voxels.mask, {.white_matter = &voxels.white_matter, .tissue = &voxels.tissue});
  const BolusTimes& timing = maps.timing;
  const auto& times = voxels.times;
  CHECK(maps.flags.size() == (maps.no_bolus_count > 0 ? 1 : 0));
  std::vector<Eigen::VectorXd> relaxations;
  Eigen::VectorXd reference = Eigen::VectorXd::Zero(60);
  double count = 0.0;
  for (std::size_t v = 0; v < voxels.signals.size(); ++v) {
    const Eigen::VectorXd s = voxels.signals[v].cast<float>().cast<double>();
    const auto baseline = s.segment(timing.baseline.first, timing.baseline.last - timing.baseline.first);
    relaxations.push_back(delta_r2s(s, baseline.mean(), te));
    if (!voxels.tissue.data()[v]) continue;
    reference += relaxations.back();
    count += 1.0;
  }
  reference /= count;
  CHECK((maps.reference - reference).cwiseAbs().maxCoeff() < 1e-4);
  const auto leakage = LeakageCorrection{}(
      [&] {
        Eigen::MatrixXd matrix(60, static_cast<Eigen::Index>(relaxations.size()));
        for (std::size_t v = 0; v < relaxations.size(); ++v) matrix.col(static_cast<Eigen::Index>(v)) = relaxations[v];
        return matrix;
      }(),
      times, reference);
  double white = 0.0, white_count = 0.0;
  for (std::size_t v = 0; v < voxels.signals.size(); ++v) {
    const Eigen::VectorXd s = voxels.signals[v].cast<float>().cast<double>();
    const auto& d = relaxations[v];
    const auto at = [&](Q quantity) { return static_cast<double>(maps[quantity].data()[v]); };
    const auto baseline = s.segment(timing.baseline.first, timing.baseline.last - timing.baseline.first);
    const double s0 = baseline.mean();
    const double sd = std::sqrt((baseline.array() - s0).square().sum() / static_cast<double>(baseline.size() - 1));
    INFO("voxel " << v);
    REQUIRE(at(Q::snr) == Approx(s0 / sd).epsilon(1e-4));
    REQUIRE(at(Q::rCBV) == Approx(trapezoid(times, d, timing.baseline.first)).margin(1e-3 * d.cwiseAbs().sum() * 0.1));
    REQUIRE(at(Q::auc) ==
            Approx(trapezoid(times, d, timing.arrival - 1, timing.first_pass_end)).margin(1e-4 * d.cwiseAbs().sum()));
    for (Eigen::Index t = 0; t < 60; ++t) {
      REQUIRE(static_cast<double>(maps.delta_r2s->frame(static_cast<std::size_t>(t))[v]) == Approx(d[t]).margin(2e-5));
    }
    const auto column = static_cast<Eigen::Index>(v);
    const bool border = std::abs(leakage.coefficient_of_variation[column] - 1.0) < 1e-3;
    if (!border) {
      REQUIRE(at(Q::K2) == Approx(leakage.k2[column]).margin(1e-5));
      REQUIRE(at(Q::K1) == Approx(leakage.k1[column]).margin(1e-4));
      REQUIRE(at(Q::K2_error) == Approx(leakage.k2_error[column]).epsilon(1e-3));
      REQUIRE(at(Q::corrected_rCBV) - at(Q::rCBV) ==
              Approx(leakage.blood_volume[column] - leakage.uncorrected_blood_volume[column]).margin(0.02));
    }
    if (voxels.white_matter.data()[v]) {
      white += at(Q::rCBV);
      white_count += 1.0;
    }
    // Peak, widths and slopes by the functions that curves are measured with, in the window of the mean curve.
    Eigen::Index first = timing.baseline.first, last = 60;
    while (first < timing.arrival - 1 && times[first] < timing.arrival_time - 5.0) ++first;
    while (last > timing.first_pass_end && times[last - 1] > timing.first_pass_end_time + 5.0) --last;
    Eigen::VectorXd smooth(60);
    for (Eigen::Index t = 0; t < 60; ++t) smooth[t] = detail::mean_of_three(d, t);
    Eigen::Index top = 0;
    smooth.segment(first, last - first).maxCoeff(&top);
    top += first;
    const double lowest = s.segment(first, last - first).minCoeff();
    REQUIRE(at(Q::PH) == Approx(s0 - lowest).epsilon(1e-4));
    REQUIRE(at(Q::cnr) == Approx((s0 - lowest) / sd).epsilon(1e-3));
    const double after = s.segment(timing.plateau_first, timing.plateau_last - timing.plateau_first).mean();
    REQUIRE(at(Q::PSR) == Approx(100.0 * (after - lowest) / (s0 - lowest)).margin(0.01));
    REQUIRE(at(Q::delta_r2s_max) == Approx(d.segment(first, last - first).maxCoeff()).epsilon(1e-4));
    REQUIRE(at(Q::peak_time) == Approx(detail::vertex_time(smooth, times, top)).margin(2e-3));
    const auto shape = detail::pass_shape(d, times, first, top, last);
    REQUIRE(at(Q::FWHM) == Approx(shape.width.value_or(0.0)).margin(2e-3));
    REQUIRE(at(Q::wash_in) == Approx(shape.wash_in.value_or(0.0)).epsilon(2e-3).margin(1e-3));
    REQUIRE(at(Q::wash_out) == Approx(shape.wash_out.value_or(0.0)).epsilon(2e-3).margin(1e-3));
    if (at(Q::time_to_peak) != 0.0) REQUIRE(at(Q::time_to_peak) == Approx(at(Q::peak_time) - at(Q::arrival_time)).margin(1e-3));
  }
  CHECK(maps.white_matter_means.at(Q::rCBV) == Approx(white / white_count).epsilon(1e-6));
  CHECK(maps[Q::nrCBV].data()[5] == Approx(maps[Q::rCBV].data()[5] / (white / white_count)).epsilon(1e-5));
}

TEST_CASE("voxel arrival and delay follow simulated truth", "[dsc]") {
  const auto times = even_times(60, 1.5);
  std::vector<Eigen::VectorXd> signals;
  std::vector<double> delays;
  GammaVariate arterial;
  arterial.arrival = 20.0;
  const RandomStream random(5, 2);
  for (std::uint64_t v = 0; v < 600; ++v) {
    TissueParameters tissue;
    tissue.mean_transit_time = 4.0 + 2.0 * random.uniform(2 * v);
    tissue.delay = 4.0 * random.uniform(2 * v + 1);
    const auto curve = TissueModel{}(arterial, tissue, times).vascular;
    Eigen::VectorXd signal = 500.0 * (-0.4 / curve.maxCoeff() * curve.array()).exp();
    const RandomStream noise(6, v);
    for (Eigen::Index t = 0; t < 60; ++t) signal[t] += 10.0 * noise.normal(static_cast<std::uint64_t>(t));  // SNR 50
    signals.push_back(signal);
    delays.push_back(tissue.delay);
  }
  const auto series = series_of(signals, times);
  const auto maps = PerfusionMaps{.quantities = {Q::arrival_time, Q::delay}}(series, Mask(series.geometry(), 1));
  double mean = 0.0, square = 0.0, sxy = 0.0, sxx = 0.0, shift = 0.0, shift_square = 0.0;
  for (std::size_t v = 0; v < delays.size(); ++v) {
    const double error = static_cast<double>(maps[Q::arrival_time].data()[v]) - 20.0 - delays[v];
    mean += error / 600.0;
    square += error * error / 600.0;
    const double x = delays[v] - 2.0, delay = static_cast<double>(maps[Q::delay].data()[v]);
    sxy += x * delay;
    sxx += x * x;
    shift += (delay - x) / 600.0;
    shift_square += (delay - x) * (delay - x) / 600.0;
  }
  CHECK(std::abs(mean) < 1.0);                   // bias below 1 s
  CHECK(std::sqrt(square - mean * mean) < 0.8);  // spread below half a TR
  CHECK(sxy / sxx == Approx(1.0).margin(0.05));  // a second later is seen as a second later
  CHECK(std::sqrt(shift_square - shift * shift) < 0.8);
}

TEST_CASE("voxels that cannot be used are counted and 0, never NaN", "[dsc]") {
  auto voxels = random_voxels(64, 3.0);
  auto& series = voxels.series;
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  for (std::size_t t = 0; t < 60; ++t) {
    series.frame(t)[3] = 0.0F;    // all zero
    series.frame(t)[4] = -5.0F;   // never positive
    series.frame(t)[5] = 250.0F;  // constant
  }
  series.frame(7)[1] = nan;
  series.frame(9)[2] = std::numeric_limits<float>::infinity();
  series.frame(17)[6] = 0.0F;
  series.frame(18)[7] = -1.0F;
  voxels.mask.data()[8] = 0;
  const auto maps = PerfusionMaps{.quantities = every_simple, .timing_voxels = 0}(
      series, voxels.mask, {.white_matter = &voxels.white_matter, .tissue = &voxels.tissue});
  const auto state = [&](std::size_t v) { return static_cast<VoxelState>(maps.states.data()[v]); };
  for (const std::size_t v : {1U, 2U, 3U, 4U}) CHECK(state(v) == VoxelState::invalid);
  CHECK(state(5) != VoxelState::invalid);
  CHECK(state(6) == VoxelState::floored);
  CHECK(state(7) == VoxelState::floored);
  CHECK(state(8) == VoxelState::outside);
  CHECK(state(9) == VoxelState::valid);
  CHECK(maps.voxel_count == 63);
  CHECK(maps.invalid_count == 4);
  CHECK(maps.floored_count == 2);
  CHECK(has_flag(maps.flags, "dsc.voxel.invalid"));
  CHECK(has_flag(maps.flags, "dsc.signal.not_positive"));
  CHECK(maps.undefined_counts.at(Q::snr) == 1);  // a baseline without noise
  for (const auto& [quantity, image] : maps.images) {
    INFO(quantity_name(quantity));
    for (const float value : image.values()) REQUIRE(std::isfinite(value));
    for (const std::size_t v : {1U, 2U, 3U, 4U, 8U}) CHECK(image.data()[v] == 0.0F);
  }
  for (std::size_t i = 0; i < 60 * 64; ++i) REQUIRE(std::isfinite(maps.delta_r2s->data()[i]));
}

TEST_CASE("only what is asked for is computed, and it does not depend on what else is", "[dsc]") {
  const auto voxels = random_voxels(500, 5.0);
  const PerfusionReferences references{.white_matter = &voxels.white_matter, .tissue = &voxels.tissue};
  const auto all = PerfusionMaps{.quantities = every_simple}(voxels.series, voxels.mask, references);
  CHECK(all.images.size() == every_simple.size() - 1);
  for (const auto quantity : every_simple) {
    const auto one = PerfusionMaps{.quantities = {quantity}}(voxels.series, voxels.mask, references);
    INFO(quantity_name(quantity));
    if (quantity == Q::delta_r2s) {
      REQUIRE(one.images.empty());
      REQUIRE(std::memcmp(one.delta_r2s->data(), all.delta_r2s->data(), 500 * 60 * sizeof(float)) == 0);
    } else {
      REQUIRE(one.images.size() == 1);
      REQUIRE_FALSE(one.delta_r2s);
      REQUIRE(std::memcmp(one[quantity].data(), all[quantity].data(), 500 * sizeof(float)) == 0);
    }
  }
  REQUIRE_THROWS_AS((PerfusionMaps{.quantities = {Q::snr}}(voxels.series, voxels.mask)[Q::PSR]), DataError);
}

TEST_CASE("maps say what they lack", "[dsc]") {
  const auto voxels = random_voxels(50, 3.0);
  const auto with = [](std::vector<Q> quantities) { return PerfusionMaps{.quantities = std::move(quantities)}; };
  REQUIRE_THROWS_AS(with({})(voxels.series, voxels.mask), OptionError);
  REQUIRE_THROWS_AS(with({Q::nrCBV})(voxels.series, voxels.mask), DataError);
  REQUIRE_THROWS_AS(with({Q::K2})(voxels.series, voxels.mask), DataError);
  REQUIRE_THROWS_AS(with({Q::CBF})(voxels.series, voxels.mask), DataError);
  REQUIRE_THROWS_AS(with({Q::rCBV})(voxels.series, Mask(voxels.series.geometry(), 0)), DataError);
  REQUIRE_THROWS_AS(with({Q::rCBV})(voxels.series, Mask(grid(49), 1)), GeometryError);
  REQUIRE_THROWS_AS(with({Q::rCBV})(PerfusionSeries(), Mask(grid(49), 1)), DataError);
  const Mask other(grid(3), 1), none(voxels.series.geometry(), 0);
  REQUIRE_THROWS_AS(with({Q::nrCBV})(voxels.series, voxels.mask, {.white_matter = &other}), GeometryError);
  REQUIRE_THROWS_AS(with({Q::nrCBV})(voxels.series, voxels.mask, {.white_matter = &none}), DataError);
  REQUIRE_THROWS_AS(with({Q::K2})(voxels.series, voxels.mask, {.tissue = &none}), DataError);
  REQUIRE_THROWS_AS((PerfusionMaps{.search_margin = -1.0}(voxels.series, voxels.mask)), OptionError);

  auto no_echo_time = series_of(voxels.signals, voxels.times);
  no_echo_time =
      PerfusionSeries::wrap(no_echo_time.geometry(), voxels.times, {}, no_echo_time.data(), no_echo_time.shared_data());
  REQUIRE_THROWS_AS(with({Q::rCBV})(no_echo_time, voxels.mask), DataError);
  REQUIRE_NOTHROW(with({Q::PSR, Q::PH, Q::snr, Q::arrival_time, Q::FWHM})(no_echo_time, voxels.mask));
  REQUIRE_NOTHROW((PerfusionMaps{.quantities = {Q::rCBV}, .echo_time = te}(no_echo_time, voxels.mask)));
  REQUIRE_THROWS_AS((PerfusionMaps{.quantities = {Q::rCBV}, .echo_time = 30.0}(no_echo_time, voxels.mask)), DataError);

  const std::vector<Eigen::VectorXd> flat(5, Eigen::VectorXd::Constant(60, 200.0));
  const auto constant = series_of(flat, voxels.times);
  REQUIRE_THROWS_AS(with({Q::rCBV})(constant, Mask(grid(5), 1)), DataError);
  CHECK(has_flag(with({Q::delta_r2s, Q::snr})(constant, Mask(grid(5), 1)).flags, "dsc.timing.no_bolus"));
  const auto few = series_of({voxels.signals[0].head(3)}, voxels.times.head(3));
  REQUIRE_THROWS_AS(with({Q::rCBV})(few, Mask(grid(1), 1)), DataError);
  const auto zeros = series_of(std::vector<Eigen::VectorXd>(4, Eigen::VectorXd::Zero(60)), voxels.times);
  REQUIRE_THROWS_AS(with({Q::rCBV})(zeros, Mask(grid(4), 1)), DataError);
}

TEST_CASE("a series that ends within the bolus, starts with it, or has one voxel is mapped and flagged", "[dsc]") {
  const auto voxels = random_voxels(40, 2.0);
  const auto run = [](const PerfusionSeries& series) {
    return PerfusionMaps{.quantities = {Q::PSR, Q::PH, Q::rCBV, Q::FWHM, Q::arrival_time, Q::wash_out}}(
        series, Mask(series.geometry(), 1));
  };
  std::vector<Eigen::VectorXd> cut, late;
  for (const auto& signal : voxels.signals) {
    cut.push_back(signal.head(19));
    late.push_back(signal.tail(48));  // starts 18 s later: with the bolus
  }
  const auto truncated = run(series_of(cut, voxels.times.head(19)));
  CHECK(has_flag(truncated.flags, "dsc.timing.truncated"));
  CHECK(truncated.undefined_counts.at(Q::PSR) == 40);
  const auto at_start = run(series_of(late, voxels.times.head(48)));
  CHECK((has_flag(at_start.flags, "dsc.timing.at_start") || has_flag(at_start.flags, "dsc.baseline.short")));
  const auto one = run(series_of({voxels.signals[0]}, voxels.times));
  CHECK(one.voxel_count == 1);
  for (const auto* maps : {&truncated, &at_start, &one}) {
    for (const auto& [quantity, image] : maps->images) {
      for (const float value : image.values()) REQUIRE(std::isfinite(value));
    }
  }
}

TEST_CASE("two echoes give a dR2* that T1 does not change", "[dsc]") {
  const auto times = even_times(60, 1.5);
  std::vector<Eigen::VectorXd> first, second;
  for (int v = 0; v < 20; ++v) {
    const Eigen::VectorXd d = gamma_curve(times, 20.0, 7.0, 3.0, 5.0 + v);
    const Eigen::VectorXd t1 = 1.0 + 0.02 * v * (times.array() - 22.0).max(0.0).min(20.0) / 20.0;
    first.push_back(300.0 * t1.array() * (-0.008 * d.array()).exp());
    second.push_back(200.0 * t1.array() * (-0.030 * d.array()).exp());
  }
  const auto short_echo = series_of(first, times, 0.008), long_echo = series_of(second, times, 0.030);
  const Mask mask(short_echo.geometry(), 1);
  const PerfusionMaps step{.quantities = {Q::delta_r2s, Q::rCBV, Q::PSR}};
  const auto maps = step(short_echo, mask, {.second_echo = &long_echo});
  const auto swapped = step(long_echo, mask, {.second_echo = &short_echo});
  CHECK(same_maps(maps, swapped));
  const auto single = step(long_echo, mask);
  for (std::size_t v = 0; v < 20; ++v) {
    const double truth = trapezoid(times, gamma_curve(times, 20.0, 7.0, 3.0, 5.0 + static_cast<double>(v)), 1);
    REQUIRE(static_cast<double>(maps[Q::rCBV].data()[v]) == Approx(truth).epsilon(1e-4));
    REQUIRE(maps[Q::PSR].data()[v] == single[Q::PSR].data()[v]);  // of the longer echo
  }
  REQUIRE_THROWS_AS(step(long_echo, mask, {.second_echo = &long_echo}), DataError);
  const auto shorter = series_of({first[0].head(40)}, times.head(40), 0.008);
  REQUIRE_THROWS_AS(step(series_of({second[0]}, times), Mask(grid(1), 1), {.second_echo = &shorter}), ShapeError);
}

TEST_CASE("flow maps are the deconvolution of each voxel, and bidirectional leakage that of each curve", "[dsc]") {
  const auto voxels = random_voxels(90, 3.0);
  Mask artery(voxels.series.geometry());
  artery.data()[89] = 1;
  const auto arterial = ArterialInput{}(voxels.series, artery);
  const auto prepared = Deconvolution{.method = DeconvolutionMethod::osvd}.prepare(voxels.times, arterial.delta_r2s);
  const PerfusionMaps step{
      .quantities = {Q::CBF, Q::CBV, Q::MTT, Q::Tmax, Q::delta_r2s, Q::delay, Q::K2, Q::kep, Q::corrected_rCBV},
      .leakage = {.model = LeakageModel::bidirectional}};
  const PerfusionReferences references{.tissue = &voxels.tissue, .arterial = &arterial.signal, .deconvolution = &prepared};
  const auto maps = step(voxels.series, voxels.mask, references);
  Eigen::MatrixXd curves(60, 90);
  for (Eigen::Index t = 0; t < 60; ++t) {
    for (Eigen::Index v = 0; v < 90; ++v) {
      curves(t, v) = static_cast<double>(maps.delta_r2s->frame(static_cast<std::size_t>(t))[static_cast<std::size_t>(v)]);
    }
  }
  const auto flows = prepared(curves);
  auto correction = step.leakage;
  const auto fits = correction(curves, voxels.times, maps.reference);
  for (Eigen::Index v = 0; v < 90; ++v) {
    const auto at = [&](Q quantity) { return static_cast<double>(maps[quantity].data()[v]); };
    REQUIRE(at(Q::CBF) == Approx(flows.blood_flow[v]).epsilon(1e-5).margin(1e-6));
    REQUIRE(at(Q::CBV) == Approx(flows.blood_volume[v]).epsilon(1e-5).margin(1e-6));
    REQUIRE(at(Q::MTT) == Approx(flows.mean_transit_time[v]).epsilon(1e-5).margin(1e-6));
    REQUIRE(at(Q::K2) == Approx(fits.k2[v]).epsilon(1e-5).margin(1e-9));
    REQUIRE(at(Q::kep) == Approx(fits.kep[v]).epsilon(1e-5).margin(1e-9));
    REQUIRE(at(Q::corrected_rCBV) == Approx(fits.blood_volume[v]).epsilon(1e-5).margin(1e-4));
  }
  CHECK(std::abs(maps[Q::delay].data()[89]) < 1e-6F);  // the artery itself
  auto again = step;
  again.threads = 3;
  CHECK(same_maps(maps, again(voxels.series, voxels.mask, references)));
  const Eigen::VectorXd short_curve = arterial.signal.head(50);
  REQUIRE_THROWS_AS(
      step(voxels.series, voxels.mask, {.tissue = &voxels.tissue, .arterial = &short_curve, .deconvolution = &prepared}),
      ShapeError);
}

TEST_CASE("region statistics count, interpolate percentiles and flag what is small or empty", "[dsc]") {
  Image<float> image(grid(101, 1, 1));
  Image<std::uint8_t> labels(grid(101, 1, 1));
  for (std::size_t v = 0; v < 101; ++v) {
    image.data()[v] = static_cast<float>(v);
    labels.data()[v] = v < 100 ? 4 : 2;
  }
  const LabelMap map(labels);
  const auto table = RegionStatistics{}(image, "rCBV", &map, {{"all", Mask(grid(101), 1)}});
  REQUIRE(table.rows.size() == 5);
  CHECK(table.rows[0].region == "ET");
  CHECK(table.rows[0].mean == Approx(49.5));
  CHECK(table.rows[0].median == Approx(49.5));
  CHECK(table.rows[0].standard_deviation == Approx(std::sqrt(101.0 * 100.0 / 12.0)));
  CHECK(table.rows[1].valid_count == 0);  // NET is empty
  CHECK(table.rows[1].mean == 0.0);
  CHECK(has_flag(table.flags, "dsc.region.empty"));
  CHECK(table.rows[2].valid_count == 1);
  CHECK(table.rows[2].mean == 100.0);
  CHECK(table.rows[2].standard_deviation == 0.0);
  CHECK(has_flag(table.flags, "dsc.region.small"));
  CHECK(table.rows[4].region == "all");
  CHECK(table.rows[4].percentile_95 == Approx(95.0));
  CHECK(table.rows[4].percentile_5 == Approx(5.0));
  REQUIRE_THROWS_AS((RegionStatistics{}(image, "x", nullptr)), DataError);
  REQUIRE_THROWS_AS((RegionStatistics{}(image, "x", nullptr, {{"m", Mask(grid(5), 1)}})), GeometryError);
  image.data()[7] = std::numeric_limits<float>::quiet_NaN();
  const auto holes = RegionStatistics{}(image, "x", nullptr, {{"m", Mask(grid(101), 1)}});
  CHECK(holes.rows[0].valid_count == 100);
  CHECK(has_flag(holes.flags, "dsc.region.invalid"));

  auto voxels = random_voxels(60, 3.0);
  for (std::size_t t = 0; t < 60; ++t) voxels.series.frame(t)[0] = 0.0F;
  const auto maps = PerfusionMaps{.quantities = {Q::rCBV, Q::PSR}}(voxels.series, voxels.mask);
  const auto regions = RegionStatistics{}(maps, nullptr, {{"half", voxels.white_matter}});
  REQUIRE(regions.rows.size() == 2);
  REQUIRE(regions.flags.size() == 1);  // of both maps together
  CHECK(regions.flags[0].message.find("rCBV, PSR") != std::string::npos);
  CHECK(regions.rows[0].map == "rCBV");
  CHECK(regions.rows[0].valid_count + 1 == regions.rows[0].voxel_count);
}

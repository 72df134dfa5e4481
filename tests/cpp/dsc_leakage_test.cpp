#include <bolus/core/random.hpp>
#include <bolus/dsc/dual_echo_leakage.hpp>
#include <bolus/dsc/leakage_correction.hpp>
#include <bolus/simulate/gradient_echo.hpp>
#include <cmath>
#include <limits>

#include "catch.hpp"

using namespace bolus;

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

Eigen::VectorXd even_times(Eigen::Index count, double step) {
  return Eigen::VectorXd::LinSpaced(count, 0.0, step * static_cast<double>(count - 1));
}

/// dR2* of healthy tissue: a first pass from 18 s on with a peak of 6 1/s, a second one, and a tail.
Eigen::VectorXd healthy(const Eigen::VectorXd& times) {
  const GammaVariate bolus{.arrival = 18.0, .peak = 6.0};
  return bolus(times);
}

/// int r exp(-kep (t - t')) dt' on a grid a hundred times finer, for r given by straight lines between its samples.
Eigen::VectorXd fine_integral(const Eigen::VectorXd& times, const Eigen::VectorXd& r, double kep) {
  Eigen::VectorXd result = Eigen::VectorXd::Zero(times.size());
  double sum = 0.0;
  for (Eigen::Index t = 1; t < times.size(); ++t) {
    const int parts = 100;
    const double step = (times[t] - times[t - 1]) / parts;
    for (int i = 0; i < parts; ++i) {
      const double middle = r[t - 1] + (r[t] - r[t - 1]) * (i + 0.5) / parts;
      sum = std::exp(-kep * step) * sum + std::exp(-0.5 * kep * step) * step * middle;
    }
    result[t] = sum;
  }
  return result;
}

CurveSet relaxation_set(const Eigen::VectorXd& times, const Eigen::MatrixXd& values) {
  CurveSet set;
  set.times = times;
  set.values = values;
  set.quantity = CurveQuantity::delta_r2s;
  for (Eigen::Index c = 0; c < values.cols(); ++c) set.names.push_back("curve " + std::to_string(c));
  return set;
}

/// Curves measured as signal of 1000 at this SNR and TE = 30 ms, and turned into dR2* by the mean of the samples before 15 s.
Eigen::VectorXd measured(const Eigen::VectorXd& times, const Eigen::VectorXd& curve, double snr, std::uint64_t stream) {
  const RandomStream random(7, stream);
  Eigen::VectorXd signal(times.size());
  for (Eigen::Index t = 0; t < times.size(); ++t) {
    signal[t] = 1000.0 * (std::exp(-0.03 * curve[t]) + random.normal(static_cast<std::uint64_t>(t)) / snr);
  }
  return delta_r2s(signal, signal.head(11).mean(), 0.03);
}

std::size_t flags_with(const QcFlags& flags, const std::string& code) {
  std::size_t count = 0;
  for (const auto& flag : flags) count += flag.code == code;
  return count;
}

}  // namespace

TEST_CASE("the leakage integral is the exact one of its rule", "[dsc]") {
  Eigen::VectorXd times(5), r(5);
  times << 0.0, 1.0, 3.0, 4.0, 4.5;
  r << 0.0, 2.0, 4.0, 1.0, 3.0;
  const auto plain = detail::leakage_integral(times, r, 0.0);
  for (Eigen::Index t = 0; t < 5; ++t) CHECK(plain[t] == Approx(trapezoid(times, r, 0, t + 1)));
  const auto late = detail::leakage_integral(times, r, 0.0, 2);
  CHECK(late[2] == 0.0);
  CHECK(late[4] == Approx(2.5 + 1.0));
  SECTION("with back-flux each share of the integrand decays from its time on") {
    const double kep = 0.3;
    const auto back = detail::leakage_integral(times, r, kep);
    for (Eigen::Index t = 0; t < 5; ++t) {
      const Eigen::VectorXd integrand = r.array() * (kep * (times.array() - times[t])).exp();
      CHECK(back[t] == Approx(trapezoid(times, integrand, 0, t + 1)));
    }
  }
  SECTION("its derivative by kep is the limit of differences") {
    Eigen::VectorXd derivative;
    for (const auto rule : {RunningIntegral::trapezoid, RunningIntegral::rectangle}) {
      detail::leakage_integral(times, r, 0.2, 0, rule, &derivative);
      const double h = 1e-5;
      const Eigen::VectorXd difference =
          (detail::leakage_integral(times, r, 0.2 + h, 0, rule) - detail::leakage_integral(times, r, 0.2 - h, 0, rule)) /
          (2 * h);
      CHECK((derivative - difference).norm() < 1e-7 * difference.norm());
    }
  }
  SECTION("the rectangle rule is a cumulative sum times the step") {
    const auto even = even_times(5, 1.5);
    const auto sum = detail::leakage_integral(even, r, 0.0, 0, RunningIntegral::rectangle);
    double total = 0.0;
    for (Eigen::Index t = 0; t < 5; ++t) CHECK(sum[t] == Approx(1.5 * (total += r[t])));
  }
}

TEST_CASE("the basis solves the least-squares problem and knows its covariance", "[dsc]") {
  const auto times = even_times(40, 1.5);
  const auto r = healthy(times);
  const RandomStream random(1, 1);
  Eigen::VectorXd curve(40);
  for (Eigen::Index t = 0; t < 40; ++t) curve[t] = random.normal(static_cast<std::uint64_t>(t));
  for (const double kep : {0.0, 0.02}) {
    const auto basis = detail::leakage_basis(times, r, kep, 3, 37);
    Eigen::MatrixXd a(34, 2);
    a << basis.reference.segment(3, 34), -basis.integral.segment(3, 34);
    const Eigen::Matrix2d inverse = (a.transpose() * a).inverse();
    const Eigen::Vector2d expected = inverse * (a.transpose() * curve.segment(3, 34)), found = basis.solve * curve;
    CHECK((found - expected).norm() < 1e-10 * expected.norm());
    CHECK((basis.covariance - inverse).norm() < 1e-10 * inverse.norm());
    CHECK(basis.solve.leftCols(3).norm() == 0.0);
    CHECK(basis.solve.rightCols(3).norm() == 0.0);
    CHECK((basis.normal * basis.normal.transpose() - Eigen::Matrix2d::Identity()).norm() < 1e-12);
  }
}

TEST_CASE("leakage correction recovers K1, K2 and the blood volume from curves of its own model", "[dsc]") {
  const auto times = even_times(80, 1.5);
  const auto r = healthy(times);
  const double reference = trapezoid(times, r);
  for (const double k1 : {1.0, 4.0}) {
    for (const double k2 : {-0.05, -0.01, 0.0, 0.03, 0.05}) {
      const Eigen::VectorXd curve = k1 * r - k2 * detail::leakage_integral(times, r, 0.0, 1);
      const auto fit = LeakageCorrection{}(curve, times, r);
      CHECK(fit.k1[0] == Approx(k1));
      CHECK(fit.k2[0] == Approx(k2).margin(1e-12));
      CHECK(fit.blood_volume[0] / fit.reference_blood_volume == Approx(k1));
      CHECK(fit.uncorrected_blood_volume[0] == Approx(trapezoid(times, curve, 1)));
      CHECK((fit.corrected.values.col(0) - k1 * r).norm() < 1e-9 * r.norm());
      CHECK(fit.residual[0] < 1e-9);
      CHECK(fit.reference_blood_volume == Approx(reference));
      // The sign: T1 leakage (K2 > 0) makes the blood volume too small, T2* leakage too large.
      if (k2 != 0.0) CHECK((fit.uncorrected_blood_volume[0] < fit.blood_volume[0]) == (k2 > 0.0));
    }
  }
}

TEST_CASE("the bidirectional model recovers kep to its tolerance, where the unidirectional one is biased", "[dsc]") {
  const auto times = even_times(80, 1.5);
  const auto r = healthy(times);
  for (const double kep : {0.0, 0.0007, 0.013, 0.031, 0.0493}) {
    for (const double k2 : {-0.05, 0.02}) {
      const Eigen::VectorXd curve = 2.0 * r - k2 * detail::leakage_integral(times, r, kep, 1);
      const auto fit = LeakageCorrection{.model = LeakageModel::bidirectional}(curve, times, r);
      CHECK(fit.kep[0] == Approx(kep).margin(1e-6));
      CHECK(fit.k1[0] == Approx(2.0).epsilon(1e-5));
      CHECK(fit.k2[0] == Approx(k2).epsilon(1e-4));
      CHECK(fit.blood_volume[0] / fit.reference_blood_volume == Approx(2.0).epsilon(1e-4));
      const auto one_way = LeakageCorrection{}(curve, times, r);
      if (kep > 0.01) CHECK(std::abs(one_way.blood_volume[0] / fit.reference_blood_volume - 2.0) > 0.05);
      CHECK(one_way.kep[0] == 0.0);
      CHECK(one_way.kep_error[0] == 0.0);
    }
  }
  SECTION("an integrand that is curved between the samples costs little") {
    const Eigen::VectorXd curve = 2.0 * r - 0.05 * fine_integral(times, r, 0.02);
    const auto fit = LeakageCorrection{.model = LeakageModel::bidirectional}(curve, times, r);
    CHECK(fit.kep[0] == Approx(0.02).epsilon(0.01));
    CHECK(fit.blood_volume[0] / fit.reference_blood_volume == Approx(2.0).epsilon(0.005));
  }
  SECTION("a kep outside the range ends at its border, and says so") {
    const Eigen::VectorXd curve = 2.0 * r - 0.05 * fine_integral(times, r, 0.08);
    const auto fit = LeakageCorrection{.model = LeakageModel::bidirectional}(curve, times, r);
    CHECK(fit.kep[0] == 0.05);
    CHECK(flags_with(fit.flags, "dsc.leakage.kep_at_border") == 1);
    const auto wide = LeakageCorrection{.model = LeakageModel::bidirectional, .max_kep = 0.2}(curve, times, r);
    CHECK(wide.kep[0] == Approx(0.08).epsilon(0.02));
  }
}

TEST_CASE("the standard errors are the scatter of the estimates", "[dsc]") {
  const auto times = even_times(80, 1.5);
  const auto r = healthy(times);
  const Eigen::Index curves = 2000;
  const double sigma = 0.4;
  for (const auto model : {LeakageModel::unidirectional, LeakageModel::bidirectional}) {
    const double kep = model == LeakageModel::bidirectional ? 0.015 : 0.0;
    Eigen::MatrixXd noisy(80, curves);
    for (Eigen::Index c = 0; c < curves; ++c) {
      const RandomStream random(3, static_cast<std::uint64_t>(c));
      for (Eigen::Index t = 0; t < 80; ++t) noisy(t, c) = sigma * random.normal(static_cast<std::uint64_t>(t));
    }
    noisy.colwise() += Eigen::VectorXd(2.0 * r - 0.05 * detail::leakage_integral(times, r, kep, 1));
    const auto fit = LeakageCorrection{.model = model}(noisy, times, r);
    const auto scatter = [](const Eigen::VectorXd& v) {
      return std::sqrt((v.array() - v.mean()).square().sum() / static_cast<double>(v.size() - 1));
    };
    CHECK(fit.noise.mean() == Approx(sigma).epsilon(0.05));
    CHECK(fit.residual.mean() == Approx(sigma).epsilon(0.02));
    // The scatter of 2000 numbers is known to 1.6 %; a model that is not linear in kep adds to that.
    const double tolerance = model == LeakageModel::bidirectional ? 0.1 : 0.05;
    CHECK(fit.k1_error.mean() == Approx(scatter(fit.k1)).epsilon(tolerance));
    CHECK(fit.k2_error.mean() == Approx(scatter(fit.k2)).epsilon(tolerance));
    if (model == LeakageModel::bidirectional) CHECK(fit.kep_error.mean() == Approx(scatter(fit.kep)).epsilon(tolerance));
  }
}

TEST_CASE("at SNR 50 the mean error of the corrected blood volume is at most 2 percent", "[dsc]") {
  const auto times = even_times(60, 1.5);
  const auto truth = healthy(times);
  const Eigen::Index voxels = 400;
  std::uint64_t stream = 0;
  Eigen::VectorXd r = Eigen::VectorXd::Zero(60);  // the mean of as many noisy healthy voxels
  for (Eigen::Index v = 0; v < voxels; ++v) r += measured(times, truth, 50.0, ++stream) / static_cast<double>(voxels);
  double sum = 0.0, sum_raw = 0.0;
  int cells = 0;
  for (const double rcbv : {1.0, 2.0, 4.0}) {
    for (const double k2 : {-0.05, -0.02, 0.0, 0.02, 0.05}) {
      Eigen::MatrixXd curves(60, voxels);
      const Eigen::VectorXd curve = rcbv * truth - k2 * fine_integral(times, truth, 0.0);
      for (Eigen::Index v = 0; v < voxels; ++v) curves.col(v) = measured(times, curve, 50.0, ++stream);
      const auto fit = LeakageCorrection{}(curves, times, r);
      const double mean = fit.blood_volume.mean() / fit.reference_blood_volume;
      CHECK(mean == Approx(rcbv).epsilon(0.02));
      sum += std::abs(mean / rcbv - 1.0);
      sum_raw += std::abs(fit.uncorrected_blood_volume.mean() / fit.reference_blood_volume / rcbv - 1.0);
      ++cells;
    }
  }
  CHECK(sum / cells < 0.01);
  CHECK(sum_raw / cells > 0.4);
}

TEST_CASE("with back-flux the bidirectional model is nearer to the truth than the unidirectional one", "[dsc]") {
  const auto times = even_times(60, 1.5);
  const auto r = healthy(times);
  std::uint64_t stream = 100000;
  for (const double kep : {0.01, 0.03}) {
    for (const double rcbv : {1.0, 3.0}) {
      for (const double k2 : {-0.05, 0.05}) {
        Eigen::MatrixXd curves(60, 300);
        const Eigen::VectorXd curve = rcbv * r - k2 * fine_integral(times, r, kep);
        for (Eigen::Index v = 0; v < 300; ++v) curves.col(v) = measured(times, curve, 50.0, ++stream);
        double error[2], square[2];
        for (const auto model : {LeakageModel::unidirectional, LeakageModel::bidirectional}) {
          const auto fit = LeakageCorrection{.model = model}(curves, times, r);
          const Eigen::ArrayXd relative = fit.blood_volume.array() / fit.reference_blood_volume / rcbv - 1.0;
          error[static_cast<int>(model)] = std::abs(relative.mean());
          square[static_cast<int>(model)] = relative.square().mean();
        }
        CHECK(error[1] < error[0]);
        CHECK(square[1] < square[0]);
        CHECK(error[1] < 0.02);
      }
    }
  }
}

TEST_CASE("correction brings simulated tissue nearer to its blood volume, whichever way it leaks", "[dsc]") {
  // Physics, not the model's equation: extended Tofts, T1 and T2* in the signal. Short TE and large flip angle show T1.
  const auto times = even_times(80, 1.5);
  const GammaVariate arterial{.arrival = 20.0};
  const auto relaxation = [&](const GradientEcho& sequence, const TissueParameters& tissue) {
    const Eigen::VectorXd signal = sequence.tissue(tissue, TissueModel{}(arterial, tissue, times));
    return delta_r2s(signal, signal[0], sequence.echo_time);
  };
  TissueParameters tumour;
  tumour.blood_volume = 6.0;
  tumour.t1 = 1.4;
  tumour.transfer_constant = 0.1;
  for (const bool t1_dominated : {true, false}) {
    GradientEcho sequence;
    if (t1_dominated) {
      sequence.flip_angle = 70.0;
    } else {
      sequence.echo_time = 0.045;
      sequence.flip_angle = 20.0;
      sequence.relaxivity.r2_star_extravascular = 60.0;
    }
    const auto white = relaxation(sequence, TissueParameters{});
    const auto curve = relaxation(sequence, tumour);
    for (const auto model : {LeakageModel::unidirectional, LeakageModel::bidirectional}) {
      const auto fit = LeakageCorrection{.model = model}(curve, times, white);
      const double before = fit.uncorrected_blood_volume[0] / fit.reference_blood_volume;
      const double after = fit.blood_volume[0] / fit.reference_blood_volume;
      CAPTURE(t1_dominated, before, after, fit.k2[0], fit.kep[0]);
      CHECK((fit.k2[0] > 0.0) == t1_dominated);
      CHECK((before < 3.0) == t1_dominated);
      CHECK(std::abs(after - 3.0) < 0.5 * std::abs(before - 3.0));
    }
  }
}

TEST_CASE("leakage correction gives the same bits on any number of threads", "[dsc]") {
  const auto times = even_times(60, 1.5);
  const auto r = healthy(times);
  Eigen::MatrixXd curves(60, 500);
  for (Eigen::Index c = 0; c < curves.cols(); ++c) {
    curves.col(c) = measured(times, 2.0 * r - 0.0002 * static_cast<double>(c - 250) * fine_integral(times, r, 0.01), 50.0,
                             static_cast<std::uint64_t>(c));
  }
  for (const auto model : {LeakageModel::unidirectional, LeakageModel::bidirectional}) {
    const auto one = LeakageCorrection{.model = model, .threads = 1}(curves, times, r);
    for (const int threads : {2, 4}) {
      const auto more = LeakageCorrection{.model = model, .threads = threads}(curves, times, r);
      CHECK(more.k2 == one.k2);
      CHECK(more.kep == one.kep);
      CHECK(more.kep_error == one.kep_error);
      CHECK(more.blood_volume == one.blood_volume);
      CHECK(more.corrected.values == one.corrected.values);
      CHECK(more.flags == one.flags);
    }
  }
}

TEST_CASE("K2 that noise explains is taken as 0, and the threshold is an option", "[dsc]") {
  const auto times = even_times(60, 1.5);
  const auto r = healthy(times);
  const auto curve = measured(times, r, 20.0, 4);
  for (const auto model : {LeakageModel::unidirectional, LeakageModel::bidirectional}) {
    const auto strict = LeakageCorrection{.model = model, .max_coefficient_of_variation = 1e-3}(curve, times, r);
    CHECK(strict.k2[0] == 0.0);
    CHECK(strict.coefficient_of_variation[0] > 1e-3);
    CHECK(strict.k2_error[0] > 0.0);
    CHECK(strict.blood_volume[0] == strict.uncorrected_blood_volume[0]);
    CHECK(strict.corrected.values.col(0) == curve);
    CHECK(strict.k1[0] == Approx(r.tail(59).dot(curve.tail(59)) / r.tail(59).squaredNorm()));
    CHECK(flags_with(strict.flags, "dsc.leakage.insignificant") == 1);
    const auto never = LeakageCorrection{.model = model, .max_coefficient_of_variation = infinite}(curve, times, r);
    CHECK(never.k2[0] != 0.0);
    CHECK(flags_with(never.flags, "dsc.leakage.insignificant") == 0);
  }
}

TEST_CASE("the integration range changes what is integrated, not the fit", "[dsc]") {
  const auto times = even_times(80, 1.5);
  const auto r = healthy(times);
  const Eigen::VectorXd curve = 2.0 * r - 0.03 * fine_integral(times, r, 0.0);
  const auto full = LeakageCorrection{}(curve, times, r);
  const auto pass = LeakageCorrection{.range = IntegrationRange::first_pass}(curve, times, r);
  CHECK(full.k2 == pass.k2);
  CHECK(pass.reference_blood_volume < 0.8 * full.reference_blood_volume);
  CHECK(pass.blood_volume[0] / pass.reference_blood_volume == Approx(2.0));
  CHECK(std::abs(pass.uncorrected_blood_volume[0] / pass.reference_blood_volume - 2.0) <
        std::abs(full.uncorrected_blood_volume[0] / full.reference_blood_volume - 2.0));
}

TEST_CASE("the result does not depend on the scale of the curves or of the reference", "[dsc]") {
  const auto times = even_times(60, 1.5);
  const auto r = healthy(times);
  const auto curve = measured(times, 2.0 * r - 0.03 * fine_integral(times, r, 0.02), 50.0, 9);
  const LeakageCorrection step{.model = LeakageModel::bidirectional};
  const auto fit = step(curve, times, r), curves = step(Eigen::MatrixXd(3.0 * curve), times, r),
             both = step(Eigen::MatrixXd(3.0 * curve), times, 3.0 * r);
  CHECK(curves.k1[0] == Approx(3.0 * fit.k1[0]));
  CHECK(curves.kep[0] == Approx(fit.kep[0]).margin(1e-6));
  CHECK(both.k2[0] == Approx(fit.k2[0]).epsilon(1e-5));
  CHECK(both.k2_error[0] == Approx(fit.k2_error[0]).epsilon(1e-4));
}

TEST_CASE("leakage correction says what is wrong with its input", "[dsc]") {
  const auto times = even_times(60, 1.5);
  const auto r = healthy(times);
  const auto set = relaxation_set(times, r);
  const LeakageCorrection step;
  SECTION("curves that are not dR2*, not finite, of another length, or with times that do not increase") {
    auto wrong = set;
    wrong.quantity = CurveQuantity::signal;
    CHECK_THROWS_AS(step(wrong, r), DataError);
    wrong = set;
    wrong.values(5, 0) = std::numeric_limits<double>::quiet_NaN();
    CHECK_THROWS_AS(step(wrong, r), DataError);
    wrong = set;
    std::swap(wrong.times[3], wrong.times[4]);
    CHECK_THROWS_AS(step(wrong, r), DataError);
    CHECK_THROWS_AS(step(set, Eigen::VectorXd(r.head(59))), ShapeError);
    CHECK_THROWS_AS(step(set, "NAWM"), DataError);
    CHECK_THROWS_AS(step(CurveSet{}, Eigen::VectorXd()), DataError);
  }
  SECTION("a reference that is not finite or 0") {
    Eigen::VectorXd reference = r;
    reference[7] = infinite;
    CHECK_THROWS_AS(step(set, reference), DataError);
    CHECK_THROWS_AS(step(set, Eigen::VectorXd(Eigen::VectorXd::Zero(60))), DataError);
  }
  SECTION("options out of range") {
    CHECK_THROWS_AS(LeakageCorrection{.max_coefficient_of_variation = 0.0}(set, r), OptionError);
    CHECK_THROWS_AS(LeakageCorrection{.max_kep = -1.0}(set, r), OptionError);
    CHECK_THROWS_AS((LeakageCorrection{.first = 10, .last = 12}(set, r)), OptionError);
    CHECK_THROWS_AS(LeakageCorrection{.last = 61}(set, r), OptionError);
    CHECK_THROWS_AS(LeakageCorrection{.threads = -1}(set, r), OptionError);
  }
  SECTION("a series too short to hold a baseline") {
    CHECK_THROWS_AS(step(relaxation_set(times.head(3), r.head(3)), Eigen::VectorXd(r.head(3))), DataError);
  }
  SECTION("no bolus in the reference is flagged") {
    const Eigen::VectorXd noise = measured(times, Eigen::VectorXd::Zero(60), 50.0, 1);
    const auto fit = step(set, noise);
    CHECK(flags_with(fit.flags, "dsc.leakage.reference") == 1);
    CHECK(flags_with(fit.flags, "dsc.timing.no_bolus") == 1);
    CHECK(fit.blood_volume.allFinite());
  }
  SECTION("a constant reference has no bolus either") {
    const auto fit = step(set, Eigen::VectorXd(Eigen::VectorXd::Constant(60, 2.0)));
    CHECK(flags_with(fit.flags, "dsc.leakage.reference") == 1);
    CHECK(fit.blood_volume.allFinite());
  }
  SECTION("a series that ends within the bolus is flagged") {
    const auto fit = step(relaxation_set(times.head(18), r.head(18)), Eigen::VectorXd(r.head(18)));
    CHECK(flags_with(fit.flags, "dsc.timing.truncated") == 1);
    CHECK(fit.k1[0] == Approx(1.0));
  }
  SECTION("a bolus with the first volumes leaves no noise to measure") {
    const Eigen::VectorXd late = r.tail(48);
    const auto fit = step(relaxation_set(times.head(48), late), late);
    CHECK(flags_with(fit.flags, "dsc.leakage.noise") == 1);
    CHECK(fit.k1[0] == Approx(1.0));
  }
  SECTION("a constant curve stays as it is") {
    for (const auto model : {LeakageModel::unidirectional, LeakageModel::bidirectional}) {
      Eigen::MatrixXd values(60, 3);
      values << r, Eigen::VectorXd::Zero(60), Eigen::VectorXd::Constant(60, 1.5);
      const auto fit = LeakageCorrection{.model = model}(relaxation_set(times, values), r);
      CHECK(flags_with(fit.flags, "dsc.leakage.constant") == 1);
      CHECK(fit.corrected.values.rightCols(2) == values.rightCols(2));
      CHECK(fit.k1.tail(2) == Eigen::Vector2d::Zero());
      CHECK(fit.k2.allFinite());
      CHECK(fit.k2_error.allFinite());
    }
  }
  SECTION("a progress callback may stop it") {
    CHECK_THROWS_AS(step(set, r, [](const ProgressEvent&) { return false; }), Cancelled);
  }
}

TEST_CASE("two echoes tell T1 from T2*", "[dsc]") {
  const auto times = even_times(70, 1.5);
  const GammaVariate arterial{.arrival = 20.0};
  TissueParameters tumour;
  tumour.blood_volume = 5.0;
  tumour.transfer_constant = 0.15;
  const auto concentration = TissueModel{}(arterial, tumour, times);
  GradientEcho sequence;
  sequence.flip_angle = 60.0;
  CurveSet echoes[2];
  const double te[2] = {0.006, 0.03};
  for (int e = 0; e < 2; ++e) {
    sequence.echo_time = te[e];
    echoes[e] = relaxation_set(times, sequence.tissue(tumour, concentration));
    echoes[e].names = {"ET"};
    echoes[e].quantity = CurveQuantity::signal;
  }
  const DualEcho step{.first_echo_time = te[0], .second_echo_time = te[1]};
  const auto curves = step(echoes[0], echoes[1]);
  SECTION("dR2* is what the physics put in, with no T1 in it") {
    const Eigen::VectorXd truth = sequence.relaxivity.r2_star_vascular * concentration.vascular +
                                  sequence.relaxivity.r2_star_extravascular * concentration.extravascular;
    CHECK((curves.delta_r2s.values.col(0) - truth).norm() < 1e-10 * truth.norm());
    CHECK(curves.delta_r2s.quantity == CurveQuantity::delta_r2s);
  }
  SECTION("the signal at TE = 0 is that of T1 alone") {
    for (const Eigen::Index t : {0, 30, 69}) {
      const double expected = sequence.signal(tumour.equilibrium_signal,
                                              1.0 / tumour.t1 + sequence.relaxivity.r1 * concentration.extravascular[t], 0.0);
      CHECK(curves.signal.values(t, 0) == Approx(expected));
    }
  }
  SECTION("both parts make up the dR2* of the second echo") {
    const Eigen::VectorXd single = delta_r2s(echoes[1].values.col(0), curves.baselines[0].mean, te[1]);
    const Eigen::VectorXd sum = curves.delta_r2s.values.col(0) + curves.t1_delta_r2s.values.col(0);
    CHECK((single - sum).norm() < 1e-12 * single.norm());
    CHECK(curves.t1_delta_r2s.values(69, 0) < 0.0);
  }
  SECTION("K2 of the second echo is the sum of its parts") {
    const DualEchoLeakage both{.echoes = step, .correction = {.max_coefficient_of_variation = infinite}};
    CurveSet two[2];
    for (int e = 0; e < 2; ++e) {
      two[e] = echoes[e];
      two[e].names = {"ET", "NAWM"};
      two[e].values.conservativeResize(70, 2);
      sequence.echo_time = te[e];
      two[e].values.col(1) = sequence.tissue({}, TissueModel{}(arterial, {}, times));
    }
    const auto fit = both(two[0], two[1], "NAWM");
    const auto single = delta_r2s(two[1].values.col(0), curves.baselines[0].mean, te[1]);
    const auto one = LeakageCorrection{}(single, times, fit.curves.delta_r2s.values.col(1));
    CHECK(fit.t2_star.k2[0] + fit.t1.k2[0] == Approx(one.k2[0]));
    CHECK(fit.t2_star.k1[0] + fit.t1.k1[0] == Approx(one.k1[0]));
    CHECK(fit.t2_star.k2[0] < 0.0);  // what is left acts through T2*
    CHECK(fit.t1.k2[0] > 0.0);
    CHECK_THROWS_AS(both(two[0], two[1], "white"), DataError);
  }
  SECTION("samples <= 0 are floored and flagged, or refused") {
    auto broken = echoes[1];
    broken.values(30, 0) = 0.0;
    const auto floored = step(echoes[0], broken);
    CHECK(flags_with(floored.flags, "dsc.signal.not_positive") == 1);
    CHECK(floored.delta_r2s.values.allFinite());
    CHECK(floored.signal.values.allFinite());
    auto strict = step;
    strict.non_positive = NonPositiveSignal::error;
    CHECK_THROWS_AS(strict(echoes[0], broken), DataError);
    broken.values.setZero();
    CHECK_THROWS_AS(step(echoes[0], broken), DataError);
  }
  SECTION("echoes that do not belong together, and echo times that cannot be") {
    CHECK_THROWS_AS(DualEcho{.first_echo_time = 0.006}(echoes[0], echoes[1]), DataError);
    CHECK_THROWS_AS((DualEcho{.first_echo_time = 0.03, .second_echo_time = 0.03}(echoes[0], echoes[1])), DataError);
    CHECK_THROWS_AS((DualEcho{.first_echo_time = 0.0, .second_echo_time = 0.03}(echoes[0], echoes[1])), DataError);
    auto other = echoes[1];
    other.names = {"NET"};
    CHECK_THROWS_AS(step(echoes[0], other), ShapeError);
    other = echoes[1];
    other.times.array() += 1.0;
    CHECK_THROWS_AS(step(echoes[0], other), DataError);
    other = echoes[1];
    other.quantity = CurveQuantity::delta_r2s;
    CHECK_THROWS_AS(step(echoes[0], other), DataError);
    other = echoes[1];
    other.values(4, 0) = std::numeric_limits<double>::quiet_NaN();
    CHECK_THROWS_AS(step(echoes[0], other), DataError);
  }
}

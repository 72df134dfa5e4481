#include <algorithm>
#include <bolus/dsc/arterial_input.hpp>
#include <bolus/dsc/curve_quantities.hpp>
#include <bolus/dsc/integral.hpp>
#include <bolus/dsc/perfusion_maps.hpp>
#include <bolus/dsc/region_curves.hpp>
#include <bolus/simulate/cohort.hpp>
#include <bolus/simulate/phantom.hpp>
#include <cmath>
#include <limits>
#include <map>

#include "catch.hpp"

using namespace bolus;

namespace {

Eigen::VectorXd even_times(Eigen::Index count, double step) {
  return Eigen::VectorXd::LinSpaced(count, 0.0, step * static_cast<double>(count - 1));
}

GammaVariate first_pass_only() {
  GammaVariate arterial;
  arterial.recirculation = 0.0;
  arterial.equilibrium = 0.0;
  return arterial;
}

struct Moments {
  double mean, deviation;
};

Moments moments(const std::vector<double>& values) {
  double sum = 0.0, squares = 0.0;
  for (const double value : values) sum += value;
  const double mean = sum / static_cast<double>(values.size());
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {mean, std::sqrt(squares / static_cast<double>(values.size() - 1))};
}

/// A 24 x 24 x 12 mm anatomy: a ball of brain with nested tumour parts off its centre.
struct Anatomy {
  LabelMap labels;
  Mask brain;
};

Anatomy anatomy() {
  Geometry geometry;
  geometry.size = {48, 48, 24};
  geometry.origin = {-10.0, 5.0, 20.0};
  Mask brain(geometry);
  Image<std::uint8_t> labels(geometry);
  for (std::int64_t z = 0; z < 24; ++z) {
    for (std::int64_t y = 0; y < 48; ++y) {
      for (std::int64_t x = 0; x < 48; ++x) {
        const auto square = [](double a) { return a * a; };
        const auto fx = static_cast<double>(x), fy = static_cast<double>(y), fz = static_cast<double>(z);
        if (square((fx - 24) / 22) + square((fy - 24) / 22) + square((fz - 12) / 11) < 1.0) brain(x, y, z) = 1;
        const double r = std::sqrt(square(fx - 15) + square(fy - 24) + square(fz - 12));
        if (r < 9) labels(x, y, z) = r < 4 ? 1 : r < 6.5 ? 4 : 2;
      }
    }
  }
  return {LabelMap(labels), brain};
}

}  // namespace

TEST_CASE("the incomplete gamma function meets its closed forms", "[simulate]") {
  for (const double x : {0.01, 0.5, 1.0, 3.0, 10.0, 50.0}) {
    REQUIRE(detail::incomplete_gamma(1.0, x) == Approx(1.0 - std::exp(-x)).epsilon(1e-12));
    REQUIRE(detail::incomplete_gamma(0.5, x) == Approx(std::erf(std::sqrt(x))).epsilon(1e-12));
    REQUIRE(detail::incomplete_gamma(4.0, x) ==
            Approx(1.0 - std::exp(-x) * (1.0 + x + x * x / 2.0 + x * x * x / 6.0)).epsilon(1e-10).margin(1e-14));
  }
}

TEST_CASE("a gamma variate has its peak where and as high as said, and its analytic area", "[simulate]") {
  const auto arterial = first_pass_only();
  REQUIRE(arterial(arterial.arrival) == 0.0);
  REQUIRE(arterial(arterial.arrival + arterial.alpha * arterial.beta) == Approx(arterial.peak));
  const auto times = even_times(20001, 0.01);
  const Eigen::VectorXd values = arterial(times);
  REQUIRE(values.maxCoeff() == Approx(arterial.peak));
  REQUIRE(trapezoid(times, values) == Approx(arterial.first_pass_integral()).epsilon(1e-6));
  GammaVariate twice = arterial;
  twice.recirculation = 0.3;
  REQUIRE(trapezoid(times, twice(times)) == Approx(1.3 * arterial.first_pass_integral()).epsilon(1e-6));
  GammaVariate full;
  REQUIRE(full(300.0) == Approx(full.equilibrium * full.peak * std::exp(-(300.0 - 25.0) / 600.0)).epsilon(1e-6));
}

TEST_CASE("the convolution with an exponential is that of the closed form", "[simulate]") {
  // A ramp f(t) = t convolved with exp(-k t) is t / k - (1 - exp(-k t)) / k^2: exact, as a ramp is a straight line.
  for (const double rate : {1e-7, 0.01, 0.2, 3.0}) {
    const Eigen::VectorXd ramp = even_times(400, 0.1);
    const auto result = detail::convolve_exponential(ramp, 0.1, rate);
    for (const Eigen::Index i : {1, 50, 399}) {
      const double t = ramp[i];
      const double exact = rate < 1e-6 ? 0.5 * t * t : t / rate - (1.0 - std::exp(-rate * t)) / (rate * rate);
      REQUIRE(result[i] == Approx(exact).epsilon(1e-5));
    }
  }
  const auto box = detail::convolve_box(even_times(400, 0.1), 0.1, 2.345);
  REQUIRE(box[399] == Approx(0.5 * (39.9 * 39.9 - (39.9 - 2.345) * (39.9 - 2.345))).epsilon(1e-12));
}

TEST_CASE("the area of the tissue curve is CBV times that of the arterial one", "[simulate]") {
  const auto arterial = first_pass_only();
  const auto times = even_times(6001, 0.05);
  for (const auto residue : {ResidueFunction::exponential, ResidueFunction::box}) {
    for (const double transit : {2.0, 5.0, 12.0}) {
      for (const double delay : {-1.0, 0.0, 2.3}) {
        TissueParameters tissue;
        tissue.blood_volume = 4.0;
        tissue.mean_transit_time = transit;
        tissue.delay = delay;
        tissue.residue = residue;
        const auto concentration = TissueModel{}(arterial, tissue, times);
        REQUIRE(trapezoid(times, concentration.vascular) == Approx(0.04 * arterial.first_pass_integral()).epsilon(1e-3));
        REQUIRE(concentration.extravascular.isZero());
      }
    }
  }
  REQUIRE(TissueParameters{.blood_volume = 4.0, .mean_transit_time = 4.0}.blood_flow() == Approx(60.0));
}

TEST_CASE("leakage fills the extravascular space to its share of plasma", "[simulate]") {
  // After long at a constant plasma concentration, extended Tofts gives Ce = ve Cp.
  TissueParameters tissue;
  tissue.transfer_constant = 0.5;
  tissue.extravascular_volume = 0.3;
  const TissueModel model;
  const auto times = even_times(2, 600.0);
  const Eigen::VectorXd constant = Eigen::VectorXd::Constant(6002, 1.5);
  const auto concentration = model.from_samples(constant, 0.0, tissue, times);
  REQUIRE(concentration.extravascular[1] == Approx(0.3 * 1.5 / (1.0 - model.haematocrit)).epsilon(1e-3));
}

TEST_CASE("the gradient echo at 90 degrees is saturation recovery with T2* decay", "[simulate]") {
  const GradientEcho sequence{.echo_time = 0.04, .repetition_time = 1.2, .flip_angle = 90.0};
  REQUIRE(sequence.signal(500.0, 0.8, 20.0) == Approx(500.0 * (1.0 - std::exp(-0.96)) * std::exp(-0.8)));
  const GradientEcho ernst{
      .echo_time = 0.04, .repetition_time = 1.2, .flip_angle = std::acos(std::exp(-0.96)) * 180.0 / 3.14159265358979};
  for (const double other : {-5.0, 5.0}) {
    auto beside = ernst;
    beside.flip_angle += other;
    REQUIRE(ernst.signal(1.0, 0.8, 20.0) > beside.signal(1.0, 0.8, 20.0));
  }
}

TEST_CASE("without leakage dR2* is proportional to concentration and blood volume ratios come back", "[simulate]") {
  const auto times = even_times(120, 1.5);
  const auto arterial = first_pass_only();
  const GradientEcho sequence;
  CurveSet curves{{"low", "high"}, times, Eigen::MatrixXd(120, 2), {}, CurveQuantity::signal, {}};
  TissueParameters tissue;
  tissue.blood_volume = 2.0;
  const auto concentration = TissueModel{}(arterial, tissue, times);
  curves.values.col(0) = sequence.tissue(tissue, concentration);
  const auto relaxation =
      DeltaR2s{.echo_time = 0.03}(CurveSet{{"low"}, times, curves.values.col(0), {}, CurveQuantity::signal, {}});
  REQUIRE((relaxation.values.col(0) - sequence.relaxivity.r2_star_vascular * concentration.vascular).cwiseAbs().maxCoeff() <
          1e-9);
  tissue.blood_volume = 7.0;
  tissue.mean_transit_time = 8.0;
  curves.values.col(1) = sequence.tissue(tissue, TissueModel{}(arterial, tissue, times));
  const auto volumes = CurveQuantities{.echo_time = 0.03}(curves).rCBV;
  REQUIRE(volumes[1] / volumes[0] == Approx(3.5).epsilon(0.002));
}

TEST_CASE("leakage shows through T1 at a high flip angle and through T2* at a low one", "[simulate]") {
  const auto times = even_times(80, 1.5);
  const GammaVariate arterial;
  TissueParameters intact{.blood_volume = 6.0, .t1 = 1.3}, leaky = intact;
  leaky.transfer_constant = 0.1;
  const auto last = [&](const TissueParameters& tissue, double flip) {
    const GradientEcho sequence{.flip_angle = flip};
    return sequence.tissue(tissue, TissueModel{}(arterial, tissue, times))[79];
  };
  REQUIRE(last(leaky, 90.0) > last(intact, 90.0));
  REQUIRE(last(leaky, 20.0) < last(intact, 20.0));
}

TEST_CASE("impossible tissues, inputs and protocols are refused", "[simulate]") {
  const auto times = even_times(10, 1.5);
  REQUIRE_THROWS_AS((TissueModel{}({}, TissueParameters{.mean_transit_time = 0.0}, times)), OptionError);
  REQUIRE_THROWS_AS((TissueModel{}({}, TissueParameters{.blood_volume = -1.0}, times)), OptionError);
  REQUIRE_THROWS_AS((TissueModel{}({}, TissueParameters{.transfer_constant = -1.0}, times)), OptionError);
  REQUIRE_THROWS_AS((TissueModel{}(GammaVariate{.peak = std::numeric_limits<double>::quiet_NaN()}, {}, times)), OptionError);
  REQUIRE_THROWS_AS((TissueModel{.step = 0.0}({}, {}, times)), OptionError);
  REQUIRE_THROWS_AS(TissueModel{}({}, {}, Eigen::VectorXd()), DataError);
  REQUIRE_THROWS_AS((GradientEcho{.flip_angle = 0.0}.validate()), OptionError);
  REQUIRE_THROWS_AS((GradientEcho{.repetition_time = 0.01}.validate()), OptionError);
  REQUIRE_THROWS_AS(Relaxivity::at_field(0.0), OptionError);
}

TEST_CASE("the cohort of 463 has the paper's demographics", "[simulate]") {
  const auto cohort = CohortSimulator{}();
  REQUIRE(cohort.patients.size() == 463);
  REQUIRE(cohort.provenance.simulated);
  std::map<std::pair<int, bool>, std::vector<double>> by_idh, by_codeletion;
  std::map<bool, std::vector<double>> age, rcbv;
  std::map<std::pair<bool, bool>, std::vector<double>> rcbv_by_grade;
  int males = 0;
  for (const auto& patient : cohort.patients) {
    const auto& person = patient.demographics;
    by_idh[{person.grade, person.idh_mutant}].push_back(person.age);
    by_codeletion[{person.grade, person.codeleted}].push_back(person.age);
    age[person.idh_mutant].push_back(person.age);
    rcbv[person.idh_mutant].push_back(person.mean_rcbv);
    rcbv_by_grade[{person.grade == 4, person.idh_mutant}].push_back(person.mean_rcbv);
    males += person.male;
    if (person.codeleted) REQUIRE(person.idh_mutant);
    REQUIRE(person.age >= 18.0);
    REQUIRE(person.age <= 90.0);
    REQUIRE(person.mean_rcbv >= (person.idh_mutant ? 0.86 : 1.04));
    REQUIRE(person.mean_rcbv <= (person.idh_mutant ? 5.83 : 11.81));
  }
  REQUIRE(males == 272);
  const auto check = [](const std::vector<double>& values, std::size_t count, double mean, double deviation, double tolerance) {
    INFO("expected " << count << " patients with " << mean << " +- " << deviation << ", found " << values.size() << " with "
                     << moments(values).mean << " +- " << moments(values).deviation);
    REQUIRE(values.size() == count);
    REQUIRE(moments(values).mean == Approx(mean).margin(tolerance));
    REQUIRE(moments(values).deviation == Approx(deviation).margin(2.0 * tolerance));
  };
  check(by_idh[{2, false}], 17, 48.7, 16.3, 0.1);
  check(by_idh[{2, true}], 15, 44.3, 10.9, 0.1);
  check(by_idh[{3, false}], 60, 52.2, 15.2, 0.1);
  check(by_idh[{3, true}], 82, 40.9, 10.2, 0.1);
  check(by_idh[{4, false}], 261, 57.5, 13.5, 0.1);
  check(by_idh[{4, true}], 28, 43.4, 13.9, 0.1);
  check(by_codeletion[{2, true}], 7, 41.4, 10.8, 0.1);
  check(by_codeletion[{2, false}], 25, 48.1, 14.6, 0.1);
  check(by_codeletion[{3, true}], 41, 42.2, 9.3, 0.1);
  check(by_codeletion[{3, false}], 101, 47.1, 14.9, 0.1);
  check(by_codeletion[{4, true}], 8, 54.6, 16.7, 0.3);
  check(by_codeletion[{4, false}], 281, 56.1, 14.1, 0.15);  // Table 1's own rounding: IDH rows sum to 56.18
  REQUIRE(moments(age[false]).mean == Approx(56.1).margin(0.1));
  REQUIRE(moments(age[true]).mean == Approx(41.9).margin(0.1));
  check(rcbv[false], 338, 2.94, 1.25, 0.02);
  check(rcbv[true], 125, 2.19, 0.90, 0.02);
  check(rcbv_by_grade[{false, false}], 77, 2.53, 1.25, 0.02);
  check(rcbv_by_grade[{false, true}], 97, 2.11, 0.75, 0.02);
  check(rcbv_by_grade[{true, false}], 261, 3.07, 1.22, 0.02);
  check(rcbv_by_grade[{true, true}], 28, 2.49, 1.28, 0.02);
}

TEST_CASE("protocols tell nothing about the genotype", "[simulate]") {
  const auto cohort = CohortSimulator{}();
  std::map<std::string, std::array<double, 2>> counts;
  for (const auto& patient : cohort.patients) counts[patient.protocol.name][patient.demographics.idh_mutant ? 1 : 0] += 1.0;
  REQUIRE(counts.size() == 3);
  for (const auto& [name, count] : counts) REQUIRE(std::abs(count[0] / 338.0 - count[1] / 125.0) < 0.01);
}

TEST_CASE("the simulated cohort is the same on any number of threads and in every run", "[simulate]") {
  const auto one = CohortSimulator{.patients = 40, .seed = 3, .threads = 1}();
  for (const int threads : {1, 2, 4}) {
    const auto other = CohortSimulator{.patients = 40, .seed = 3, .threads = threads}();
    for (std::size_t p = 0; p < 40; ++p) {
      REQUIRE(other.patients[p].curves.values == one.patients[p].curves.values);
      REQUIRE(other.patients[p].demographics.age == one.patients[p].demographics.age);
    }
  }
  REQUIRE(CohortSimulator{.patients = 40, .seed = 4}().patients[0].curves.values != one.patients[0].curves.values);
}

TEST_CASE("cohorts of any size work and become a dataset", "[simulate]") {
  for (const std::size_t patients : {1U, 2U, 12U, 100U}) {
    const auto cohort = CohortSimulator{.patients = patients}();
    const auto dataset = cohort.dataset();
    dataset.validate();
    REQUIRE(dataset.curves.samples == 8 * patients);
    REQUIRE(dataset.curves.channels == 5);
    for (const auto& patient : cohort.patients) {
      patient.curves.validate();
      REQUIRE(patient.curves.values.minCoeff() > 0.0);
      if (!patient.demographics.enhancement) {
        REQUIRE(patient.curves.values.col(0) == patient.curves.values.col(3));
        REQUIRE(patient.curves.flags.size() == 1);
      }
    }
  }
  REQUIRE_THROWS_AS(CohortSimulator{.patients = 0}(), OptionError);
  REQUIRE_THROWS_AS(CohortSimulator{.volumes = 3}(), OptionError);
  REQUIRE_THROWS_AS(CohortSimulator{.time_step = 0.0}(), OptionError);
  REQUIRE_THROWS_AS(CohortSimulator{.signal_to_noise = 0.0}(), OptionError);
  REQUIRE_THROWS_AS(CohortSimulator{.protocols = {}}(), OptionError);
  REQUIRE_THROWS_AS(SimulatedCohort{}.dataset(), DataError);
}

TEST_CASE("the cohort's wildtypes recover less of their signal, as the paper reports", "[simulate]") {
  const auto cohort = CohortSimulator{}();
  std::array<std::vector<double>, 2> recovery, drop;
  for (const auto& patient : cohort.patients) {
    const Eigen::VectorXd curve = patient.curves.values.col(3);
    const auto window = Baseline{}(curve, patient.curves.times);
    REQUIRE(window.bolus_found);
    const double low = curve.minCoeff();
    const std::size_t group = patient.demographics.idh_mutant ? 1 : 0;
    recovery[group].push_back((curve.tail(8).mean() - low) / (window.mean - low));
    drop[group].push_back(1.0 - low / window.mean);
  }
  REQUIRE(moments(recovery[0]).mean < moments(recovery[1]).mean - 0.02);
  REQUIRE(moments(drop[0]).mean > moments(drop[1]).mean + 0.02);
}

TEST_CASE("shrinking keeps the anatomy's place and its majorities", "[simulate]") {
  const auto head = anatomy();
  const auto small = shrink_labels(head.labels, {2, 2, 5});
  REQUIRE(small.geometry().size == std::array<std::int64_t, 3>{24, 24, 5});
  REQUIRE(small.geometry().spacing.isApprox(Eigen::Vector3d(2, 2, 5)));
  REQUIRE(small.geometry().point_of({0, 0, 0}).isApprox(head.labels.geometry().point_of({0.5, 0.5, 2.0})));
  const double ratio = small.volume(Region::whole_tumour) / head.labels.volume(Region::whole_tumour);
  REQUIRE(ratio == Approx(1.0).margin(0.1));
  REQUIRE(shrink_labels(head.labels, {1, 1, 1}).image().values()[1000] == head.labels.image().values()[1000]);
  REQUIRE_THROWS_AS(shrink_labels(head.labels, {0, 1, 1}), OptionError);
}

TEST_CASE("a phantom without noise gives its truth back", "[simulate]") {
  const auto head = anatomy();
  PerfusionPhantom phantom;
  phantom.signal_to_noise = std::numeric_limits<double>::infinity();
  phantom.texture = 0.0;
  phantom.shrink = {2, 2, 2};
  phantom.enhancing.transfer_constant = phantom.non_enhancing.transfer_constant = 0.0;
  phantom.arterial_input = first_pass_only();
  const auto study = phantom(head.labels, head.brain);
  REQUIRE(study.series.frames() == 60);
  const auto curves = RegionCurves{}(study.series, study.labels, study.arterial);
  const auto volumes = CurveQuantities{.echo_time = phantom.sequence.echo_time}(curves).rCBV;
  REQUIRE(volumes[0] / volumes[2] == Approx(7.0 / 2.2).epsilon(0.01));  // ET over ED
  // rCBV of each voxel over the white matter's, against the true map.
  Mask tumour = study.labels.mask(Region::whole_tumour);
  Mask reference(study.brain.geometry());
  for (std::size_t v = 0; v < reference.size(); ++v) {
    reference.data()[v] = !tumour.data()[v] && !study.arterial.data()[v] && study.blood_volume.data()[v] == 2.0F;
  }
  const PerfusionMaps step{.quantities = {PerfusionQuantity::nrCBV}};
  const auto map = step(study.series, study.brain, {.white_matter = &reference})[PerfusionQuantity::nrCBV];
  for (std::size_t v = 0; v < reference.size(); ++v) {
    if (tumour.data()[v]) REQUIRE(map.data()[v] == Approx(study.blood_volume.data()[v] / 2.0).epsilon(0.02));
  }
}

TEST_CASE("the phantom is the same on any number of threads and its artery lies in the brain", "[simulate]") {
  const auto head = anatomy();
  PerfusionPhantom phantom;
  phantom.shrink = {3, 3, 3};
  phantom.threads = 1;
  const auto one = phantom(head.labels, head.brain);
  phantom.threads = 4;
  const auto four = phantom(head.labels, head.brain);
  const std::size_t count = one.series.voxel_count() * one.series.frames();
  REQUIRE(std::equal(one.series.data(), one.series.data() + count, four.series.data()));
  std::size_t arterial = 0;
  for (std::size_t v = 0; v < one.arterial.size(); ++v) {
    if (!one.arterial.data()[v]) continue;
    ++arterial;
    REQUIRE(one.brain.data()[v] == 1);
    REQUIRE(one.labels.image().data()[v] == 0);
  }
  REQUIRE(arterial == 30);
  const auto input = ArterialInput{}(one.series, one.arterial);
  REQUIRE(input.baseline.bolus_found);
  REQUIRE(input.relative_drop > 0.4);
}

TEST_CASE("Rician noise without signal has the mean of a Rayleigh distribution", "[simulate]") {
  const auto head = anatomy();
  PerfusionPhantom phantom;
  const auto study = phantom(head.labels, head.brain);
  const double sigma = study.truth.values(0, 3) / phantom.signal_to_noise;
  double sum = 0.0, count = 0.0;
  for (std::size_t v = 0; v < study.brain.size(); ++v) {
    if (study.brain.data()[v]) continue;
    sum += study.series.frame(5)[v];
    count += 1.0;
  }
  REQUIRE(sum / count == Approx(sigma * std::sqrt(std::acos(-1.0) / 2.0)).epsilon(0.02));
}

TEST_CASE("the phantom refuses other grids, an empty brain and no room for the artery", "[simulate]") {
  const auto head = anatomy();
  const PerfusionPhantom phantom;
  Geometry other = head.brain.geometry();
  other.size[0] = 40;
  REQUIRE_THROWS_AS(phantom(head.labels, Mask(other)), GeometryError);
  REQUIRE_THROWS_AS(phantom(head.labels, head.brain, Mask(other, 1)), GeometryError);
  REQUIRE_THROWS_AS(phantom(head.labels, head.brain, Mask(head.brain.geometry(), 0)), DataError);
  REQUIRE_THROWS_AS(phantom(head.labels, Mask(head.brain.geometry(), 0)), DataError);
  REQUIRE_THROWS_AS(phantom(LabelMap(), Mask()), DataError);
  REQUIRE_THROWS_AS((PerfusionPhantom{.shrink = {0, 1, 1}}(head.labels, head.brain)), OptionError);
  REQUIRE_THROWS_AS((PerfusionPhantom{.arterial_voxels = 1000000}(head.labels, head.brain)), DataError);
  REQUIRE_THROWS_AS((PerfusionPhantom{.signal_to_noise = 0.0}(head.labels, head.brain)), OptionError);
}

namespace {

/// K1 and K2 of dR2* = K1 r - K2 int r by least squares, written out here so that it shares no code with the library.
std::array<double, 2> fit_leakage(const Eigen::VectorXd& curve, const Eigen::VectorXd& reference, double step) {
  double rr = 0.0, ri = 0.0, ii = 0.0, rc = 0.0, ic = 0.0, integral = 0.0;
  for (Eigen::Index t = 0; t < curve.size(); ++t) {
    if (t > 0) integral += 0.5 * step * (reference[t] + reference[t - 1]);
    rr += reference[t] * reference[t];
    ri -= reference[t] * integral;
    ii += integral * integral;
    rc += reference[t] * curve[t];
    ic -= integral * curve[t];
  }
  const double determinant = rr * ii - ri * ri;
  return {(ii * rc - ri * ic) / determinant, (rr * ic - ri * rc) / determinant};
}

Eigen::VectorXd relaxation(const Eigen::VectorXd& signal, double echo_time) {
  return -(signal.array() / signal[0]).log() / echo_time;
}

}  // namespace

TEST_CASE("gamma-distributed transit times lie between one compartment and equal capillaries", "[simulate]") {
  const auto arterial = first_pass_only();
  const auto times = even_times(1601, 0.05);
  const auto curve = [&](ResidueFunction residue, double shape) -> Eigen::VectorXd {
    const TissueParameters tissue{.blood_volume = 4.0, .mean_transit_time = 6.0, .residue = residue, .transit_shape = shape};
    return TissueModel{}(arterial, tissue, times).vascular;
  };
  const Eigen::VectorXd exponential = curve(ResidueFunction::exponential, 1.0), box = curve(ResidueFunction::box, 1.0);
  const double most = box.maxCoeff();
  REQUIRE((curve(ResidueFunction::gamma, 1.0) - exponential).cwiseAbs().maxCoeff() < 1e-6 * most);
  double last = 1e300;  // nearer to the box with every larger shape
  for (const double shape : {1.0, 3.0, 10.0, 100.0, 1000.0}) {
    const double distance = (curve(ResidueFunction::gamma, shape) - box).cwiseAbs().maxCoeff();
    REQUIRE(distance < last);
    last = distance;
  }
  REQUIRE(last < 0.01 * most);
  for (const double shape : {0.6, 2.5, 30.0}) {  // the area is CBV times the arterial one, and the residue's is MTT
    REQUIRE(trapezoid(times, curve(ResidueFunction::gamma, shape)) ==
            Approx(0.04 * arterial.first_pass_integral()).epsilon(2e-3));
    const TissueParameters tissue{.mean_transit_time = 6.0, .residue = ResidueFunction::gamma, .transit_shape = shape};
    const Eigen::VectorXd residue = times.unaryExpr([&](double t) { return tissue.residue_at(t); });
    REQUIRE(residue[0] == 1.0);
    REQUIRE(trapezoid(times, residue) == Approx(6.0).epsilon(2e-3));
  }
}

TEST_CASE("the convolution with a gamma residue is exact for straight lines", "[simulate]") {
  // For f = 1 from the start: the integral of Q, by its closed form for shape 2: Q = (1 + x) exp(-x), x = 2 t / mean.
  const double mean = 3.0, step = 0.1;
  const auto result = detail::convolve_gamma(Eigen::VectorXd::Ones(300), step, mean, 2.0);
  for (const Eigen::Index i : {1, 17, 120, 299}) {
    const double x = 2.0 * step * static_cast<double>(i) / mean;
    REQUIRE(result[i] == Approx(0.5 * mean * (2.0 - (2.0 + x) * std::exp(-x))).epsilon(1e-9));
  }
}

TEST_CASE("dispersion keeps the area, delays the middle by its mean, and commutes with the residue", "[simulate]") {
  const auto arterial = first_pass_only();
  const auto times = even_times(4001, 0.05);
  const auto curve = [&](double transit, double dispersion) -> Eigen::VectorXd {
    const TissueParameters tissue{.blood_volume = 4.0, .mean_transit_time = transit, .dispersion = dispersion};
    return TissueModel{}(arterial, tissue, times).vascular;
  };
  const auto middle = [&](const Eigen::VectorXd& values) {
    return trapezoid(times, Eigen::VectorXd(times.cwiseProduct(values))) / trapezoid(times, values);
  };
  const Eigen::VectorXd sharp = curve(5.0, 0.0), smeared = curve(5.0, 2.0);
  REQUIRE(trapezoid(times, smeared) == Approx(trapezoid(times, sharp)).epsilon(1e-3));
  REQUIRE(middle(smeared) - middle(sharp) == Approx(2.0).epsilon(0.01));
  REQUIRE((curve(2.0, 5.0) - smeared).cwiseAbs().maxCoeff() < 2e-3 * smeared.maxCoeff());
}

TEST_CASE("K2 has the sign and size that physics gives it, over all usual protocols", "[simulate]") {
  const GammaVariate arterial;
  const TissueParameters reference{.blood_volume = 2.0};
  int above = 0, below = 0;
  for (const double field : {1.5, 3.0}) {
    for (const double echo_time : {0.02, 0.03, 0.05}) {
      for (const double repetition_time : {1.2, 1.8, 2.5}) {
        for (const double flip_angle : {30.0, 60.0, 90.0}) {
          const GradientEcho sequence{echo_time, repetition_time, flip_angle, Relaxivity::at_field(field), {}};
          const auto times = even_times(std::lround(75.0 / repetition_time), repetition_time);
          TissueParameters leaky{.blood_volume = 6.0, .transfer_constant = 0.0015, .t1 = 1.3};
          const auto curve = [&](const TissueParameters& tissue) {
            return relaxation(sequence.tissue(tissue, TissueModel{}(arterial, tissue, times)), echo_time);
          };
          const auto [k1, k2] = fit_leakage(curve(leaky), curve(reference), repetition_time);
          const double expected = sequence.leakage_rate(leaky, reference.blood_volume);
          INFO("TE " << echo_time << " TR " << repetition_time << " flip " << flip_angle << " at " << field << " T: K2 " << k2
                     << ", expected " << expected);
          REQUIRE(k1 == Approx(3.0).epsilon(0.03));
          REQUIRE(k2 == Approx(expected).epsilon(0.12).margin(2e-4));
          (expected > 0.0 ? above : below)++;
        }
      }
    }
  }
  REQUIRE(above >= 5);  // both signs occur
  REQUIRE(below >= 5);
}

TEST_CASE("all protocols give positive signals that fall and come back, with and without preload", "[simulate]") {
  for (const double field : {1.5, 3.0}) {
    for (const int volumes : {40, 80, 120}) {
      for (const double dose : {0.0, 0.25, 1.0}) {
        const GradientEcho sequence{0.035, 1.2 + 1.3 * (volumes - 40) / 80.0, 35.0, Relaxivity::at_field(field), {}};
        const auto times = even_times(volumes, sequence.repetition_time);
        const TissueModel model{.preload = {.dose = dose}};
        for (const double leak : {0.0, 0.1}) {
          const TissueParameters tissue{.blood_volume = 5.0, .transfer_constant = leak};
          const Eigen::VectorXd signal = sequence.tissue(tissue, model({}, tissue, times));
          REQUIRE(signal.allFinite());
          REQUIRE(signal.minCoeff() > 0.0);
          REQUIRE(signal.minCoeff() < 0.9 * signal[0]);
          REQUIRE(signal[volumes - 1] > signal.minCoeff());
        }
      }
    }
  }
}

TEST_CASE("a preload shortens T1 of leaky tissue beforehand and takes the T1 effect from the main bolus", "[simulate]") {
  const auto times = even_times(70, 1.5);
  const GammaVariate arterial;
  const GradientEcho sequence{.flip_angle = 80.0};
  const TissueParameters intact{.blood_volume = 2.0}, leaky{.blood_volume = 6.0, .transfer_constant = 0.1, .t1 = 1.3};
  const auto signal = [&](const TissueParameters& tissue, double dose) {
    return sequence.tissue(tissue, TissueModel{.preload = {.dose = dose}}(arterial, tissue, times));
  };
  const auto k2 = [&](double dose) {
    return fit_leakage(relaxation(signal(leaky, dose), 0.03), relaxation(signal(intact, dose), 0.03), 1.5)[1];
  };
  REQUIRE(signal(leaky, 1.0)[0] > 1.05 * signal(leaky, 0.0)[0]);
  REQUIRE(signal(intact, 1.0)[0] < signal(intact, 0.0)[0]);  // nothing leaks: only T2* of what is left in the blood
  REQUIRE(k2(0.0) > 0.0);
  REQUIRE(k2(1.0) < 0.8 * k2(0.0));
  // Superposition: the arterial concentration is that of both injections.
  const TissueModel model{.preload = {.dose = 0.5, .interval = 100.0}};
  const Eigen::VectorXd both = model.arterial(arterial, times);
  for (Eigen::Index t = 0; t < times.size(); ++t) {
    REQUIRE(both[t] == Approx(arterial(times[t]) + 0.5 * arterial(times[t] + 100.0)));
  }
}

TEST_CASE("the way to the steady state is geometric", "[simulate]") {
  const TissueParameters tissue{.t1 = 1.4};
  const TissueConcentration none{Eigen::VectorXd::Zero(30), Eigen::VectorXd::Zero(30)};
  for (const double flip : {30.0, 60.0}) {
    const GradientEcho steady{.flip_angle = flip};
    const double cosine = std::cos(flip * std::acos(-1.0) / 180.0), e1 = std::exp(-1.5 / 1.4);
    const double limit = (1.0 - e1) / (1.0 - cosine * e1);
    for (const int dummies : {0, 2}) {
      auto unsteady = steady;
      unsteady.dummy_scans = dummies;
      const Eigen::VectorXd factor = unsteady.tissue(tissue, none).cwiseQuotient(steady.tissue(tissue, none));
      for (const Eigen::Index n : {0, 1, 5, 29}) {
        const double magnetisation = limit + (1.0 - limit) * std::pow(cosine * e1, static_cast<double>(n + dummies));
        REQUIRE(factor[n] == Approx(magnetisation / limit).epsilon(1e-12));
      }
    }
  }
  const GradientEcho saturated{.flip_angle = 90.0, .dummy_scans = 1};
  REQUIRE(saturated.tissue(tissue, none)[0] == Approx(GradientEcho{.flip_angle = 90.0}.tissue(tissue, none)[0]));
  REQUIRE_THROWS_AS((GradientEcho{.dummy_scans = -1}.validate()), OptionError);
}

TEST_CASE("relaxation of blood is linear or quadratic, and the same at 6 mM", "[simulate]") {
  for (const double field : {1.5, 3.0}) {
    const GradientEcho quadratic{.relaxivity = Relaxivity::at_field(field)},
        linear{.relaxivity = Relaxivity::at_field(field, BloodRelaxation::linear)};
    const Eigen::VectorXd concentration = (Eigen::VectorXd(4) << 0.0, 3.0, 6.0, 9.0).finished();
    const Eigen::VectorXd curved = relaxation(quadratic.blood(concentration, 1.0), 0.03),
                          straight = relaxation(linear.blood(concentration, 1.0), 0.03);
    REQUIRE(straight[3] == Approx(3.0 * straight[1]));
    REQUIRE(curved[2] == Approx(straight[2]));
    REQUIRE(curved[1] < straight[1]);
    REQUIRE(curved[3] > straight[3]);
  }
}

TEST_CASE("new options outside their range are refused", "[simulate]") {
  const auto times = even_times(10, 1.5);
  for (const TissueParameters& wrong : {TissueParameters{.dispersion = -1.0}, TissueParameters{.transit_shape = 0.0},
                                        TissueParameters{.dispersion = std::numeric_limits<double>::quiet_NaN()}}) {
    REQUIRE_THROWS_AS(TissueModel{}({}, wrong, times), OptionError);
  }
  REQUIRE_THROWS_AS((TissueModel{.preload = {.dose = -1.0}}({}, {}, times)), OptionError);
  REQUIRE_THROWS_AS((TissueModel{.preload = {.dose = 1.0, .interval = 0.0}}({}, {}, times)), OptionError);
  REQUIRE_THROWS_AS((CohortSimulator{.patients = 5, .age_rcbv_correlation = 2.0}()), OptionError);
  REQUIRE_THROWS_AS((CohortSimulator{.patients = 5, .protocols = {{.name = "A", .volumes = 3}}}()), OptionError);
  REQUIRE_THROWS_AS((CohortSimulator{.patients = 5, .protocols = {{.name = "A", .repetition_time = 0.0}}}()), OptionError);
  REQUIRE_THROWS_AS((CohortSimulator{.patients = 5, .protocols = {{.name = "A", .preload = -1.0}}}()), OptionError);
}

TEST_CASE("protocols of a cohort may differ in repetition time and volumes", "[simulate]") {
  const auto cohort = CohortSimulator{
      .patients = 30,
      .protocols = {{.name = "slow", .repetition_time = 2.2, .volumes = 45}, {.name = "usual", .preload = 0.5}}}();
  std::size_t slow = 0;
  for (const auto& patient : cohort.patients) {
    const bool is_slow = patient.protocol.name == "slow";
    slow += is_slow;
    REQUIRE(patient.curves.times.size() == (is_slow ? 45 : 60));
    REQUIRE(patient.curves.times[1] == Approx(is_slow ? 2.2 : 1.5));
    patient.curves.validate();
  }
  REQUIRE(slow == 15);
  REQUIRE_THROWS_AS(cohort.dataset(), Error);
}

TEST_CASE("every cohort, whatever its seed and size, has the paper's figures within sampling error", "[simulate]") {
  struct Row {
    std::size_t cell;
    double mean, deviation;
  };
  for (const std::size_t patients : {463U, 1000U, 200U}) {
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
      const auto people = draw_demographics(patients, seed, seed % 2 ? -0.3 : 0.0);
      for (const bool four : {false, true}) {
        for (const bool mutant : {false, true}) {
          std::vector<double> rcbv;
          for (const auto& person : people) {
            if ((person.grade == 4) == four && person.idh_mutant == mutant) rcbv.push_back(person.mean_rcbv);
          }
          const double mean = four ? (mutant ? 2.49 : 3.07) : (mutant ? 2.11 : 2.53);
          const double deviation = four ? (mutant ? 1.28 : 1.22) : (mutant ? 0.75 : 1.25);
          const double error = 2.0 / std::sqrt(static_cast<double>(rcbv.size()));
          REQUIRE(moments(rcbv).mean == Approx(mean).margin(deviation * error));
          REQUIRE(moments(rcbv).deviation == Approx(deviation).margin(deviation * error));
        }
      }
      for (const Row& row : {Row{2, 48.7, 16.3}, Row{3, 52.2, 15.2}, Row{4, 57.5, 13.5}, Row{12, 44.3, 10.9},
                             Row{13, 40.9, 10.2}, Row{14, 43.4, 13.9}}) {
        std::vector<double> ages;
        for (const auto& person : people) {
          if (static_cast<std::size_t>(person.grade) + (person.idh_mutant ? 10U : 0U) == row.cell) ages.push_back(person.age);
        }
        const double error = 2.0 / std::sqrt(static_cast<double>(ages.size()));
        REQUIRE(moments(ages).mean == Approx(row.mean).margin(row.deviation * error));
        REQUIRE(moments(ages).deviation == Approx(row.deviation).margin(row.deviation * error));
      }
    }
  }
}

TEST_CASE("a correlation of age and rCBV changes their order and nothing else", "[simulate]") {
  const auto none = draw_demographics(463, 0), some = draw_demographics(463, 0, -0.4);
  std::vector<double> before, after;
  double product = 0.0, age = 0.0, volume = 0.0, count = 0.0;
  std::vector<const Demographics*> group;
  for (std::size_t p = 0; p < 463; ++p) {
    REQUIRE(none[p].age == some[p].age);
    before.push_back(none[p].mean_rcbv);
    after.push_back(some[p].mean_rcbv);
    if (some[p].grade == 4 && !some[p].idh_mutant) group.push_back(&some[p]);
  }
  std::sort(before.begin(), before.end());
  std::sort(after.begin(), after.end());
  REQUIRE(before == after);
  for (const auto* person : group) age += person->age, volume += person->mean_rcbv, count += 1.0;
  double ages = 0.0, volumes = 0.0;
  for (const auto* person : group) {
    product += (person->age - age / count) * (person->mean_rcbv - volume / count);
    ages += std::pow(person->age - age / count, 2);
    volumes += std::pow(person->mean_rcbv - volume / count, 2);
  }
  REQUIRE(product / std::sqrt(ages * volumes) == Approx(-0.4).margin(0.12));
}

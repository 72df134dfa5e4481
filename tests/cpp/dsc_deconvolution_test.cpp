#include <bolus/core/parallel.hpp>
#include <bolus/core/random.hpp>
#include <bolus/dsc/deconvolution.hpp>
#include <bolus/simulate/tissue.hpp>
#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>
#include <thread>

#include "catch.hpp"

using namespace bolus;

namespace {

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();
using Method = DeconvolutionMethod;
const std::vector<Method> every_method{Method::transit_times, Method::ssvd, Method::csvd,         Method::osvd,
                                       Method::l_curve,       Method::gcv,  Method::osipi_l_curve};

Eigen::VectorXd even_times(Eigen::Index count, double step) {
  return Eigen::VectorXd::LinSpaced(count, 0.0, step * static_cast<double>(count - 1));
}

CurveSet curve_set(const Eigen::VectorXd& times, const Eigen::MatrixXd& values) {
  CurveSet set;
  set.times = times;
  set.values = values;
  set.quantity = CurveQuantity::delta_r2s;
  for (Eigen::Index c = 0; c < values.cols(); ++c) set.names.push_back("curve " + std::to_string(c));
  return set;
}

bool has_flag(const QcFlags& flags, const std::string& code) {
  for (const auto& flag : flags) {
    if (flag.code == code) return true;
  }
  return false;
}

TissueParameters tissue(double volume, double transit, double delay, ResidueFunction residue = ResidueFunction::exponential) {
  TissueParameters parameters;
  parameters.blood_volume = volume;
  parameters.mean_transit_time = transit;
  parameters.delay = delay;
  parameters.residue = residue;
  return parameters;
}

/// White noise of a standard deviation of the curve's peak over `contrast_to_noise`.
Eigen::VectorXd noisy(const Eigen::VectorXd& curve, double contrast_to_noise, std::uint64_t stream) {
  const RandomStream random(20, stream);
  Eigen::VectorXd result = curve;
  for (Eigen::Index t = 0; t < curve.size(); ++t) {
    result[t] += curve.maxCoeff() / contrast_to_noise * random.normal(static_cast<std::uint64_t>(t));
  }
  return result;
}

struct DigitalReference {
  Eigen::VectorXd times, arterial, volume, flow;
  Eigen::MatrixXd curves;
};

/// The OSIPI digital reference object: 14 curves, TR 1.243 s.
DigitalReference read_reference() {
  std::ifstream file(real_data() / "osipi-dsc" / "dsc_data.csv");
  REQUIRE(file);
  std::string line;
  std::getline(file, line);
  std::vector<std::vector<double>> rows;
  DigitalReference reference;
  const auto numbers = [](const std::string& text) {
    std::istringstream stream(text);
    std::vector<double> values;
    for (double value; stream >> value;) values.push_back(value);
    return Eigen::VectorXd(Eigen::Map<Eigen::VectorXd>(values.data(), static_cast<Eigen::Index>(values.size())));
  };
  std::vector<Eigen::VectorXd> curves;
  std::vector<double> volume, flow;
  while (std::getline(file, line)) {
    std::vector<std::string> cells;
    std::istringstream stream(line);
    for (std::string cell; std::getline(stream, cell, ',');) cells.push_back(cell);
    curves.push_back(numbers(cells.at(1)));
    reference.arterial = numbers(cells.at(2));
    volume.push_back(std::stod(cells.at(3)));
    flow.push_back(std::stod(cells.at(4)));
  }
  REQUIRE(curves.size() == 14);
  reference.curves.resize(curves[0].size(), 14);
  for (Eigen::Index c = 0; c < 14; ++c) reference.curves.col(c) = curves[static_cast<std::size_t>(c)];
  reference.volume = Eigen::Map<Eigen::VectorXd>(volume.data(), 14);
  reference.flow = Eigen::Map<Eigen::VectorXd>(flow.data(), 14);
  reference.times = even_times(curves[0].size(), 1.243);
  return reference;
}

Eigen::VectorXd reference_flow(const DigitalReference& reference, Method method) {
  return Deconvolution{.method = method}.prepare(reference.times, reference.arterial)(reference.curves).blood_flow;
}

}  // namespace

TEST_CASE("one-sided Jacobi finds the singular values of a known matrix", "[dsc]") {
  // Q1 diag Q2' of two rotations made of reflections.
  const RandomStream random(1, 1);
  Eigen::VectorXd a(12), b(12), values(12);
  for (Eigen::Index i = 0; i < 12; ++i) {
    a[i] = random.normal(static_cast<std::uint64_t>(i));
    b[i] = random.normal(static_cast<std::uint64_t>(100 + i));
    values[i] = i == 11 ? 0.0 : std::pow(10.0, -0.7 * static_cast<double>(i));
  }
  const Eigen::MatrixXd one = Eigen::MatrixXd::Identity(12, 12);
  const Eigen::MatrixXd left = one - 2.0 / a.squaredNorm() * a * a.transpose();
  const Eigen::MatrixXd right = one - 2.0 / b.squaredNorm() * b * b.transpose();
  const Eigen::MatrixXd matrix = left * values.asDiagonal() * right.transpose();
  const auto svd = detail::singular_values(matrix);
  for (Eigen::Index i = 0; i < 12; ++i) REQUIRE(svd.values[i] == Approx(values[i]).epsilon(1e-9).margin(1e-16));
  REQUIRE((svd.left * svd.values.asDiagonal() * svd.right.transpose() - matrix).norm() < 1e-14);
  REQUIRE((svd.right.transpose() * svd.right - one).norm() < 1e-13);
  REQUIRE(detail::singular_values(Eigen::MatrixXd::Zero(4, 3)).values.norm() == 0.0);
}

TEST_CASE("circulant SVD through the Fourier transform is the SVD of the circulant matrix", "[dsc]") {
  const auto times = even_times(24, 1.5);
  const Eigen::VectorXd arterial = GammaVariate{.arrival = 5.0}(times);
  const Eigen::VectorXd curve = noisy(TissueModel{}(GammaVariate{.arrival = 5.0}, tissue(4, 4, 1), times).vascular, 30.0, 1);
  Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(48, 48);
  Eigen::VectorXd column = Eigen::VectorXd::Zero(48), padded = Eigen::VectorXd::Zero(48);
  column[0] = arterial[0];
  for (Eigen::Index k = 1; k < 23; ++k) column[k] = (arterial[k - 1] + 4.0 * arterial[k] + arterial[k + 1]) / 6.0;
  column[23] = (arterial[22] + 4.0 * arterial[23]) / 6.0;
  column[24] = arterial[23] / 6.0;
  for (Eigen::Index i = 0; i < 48; ++i) {
    for (Eigen::Index j = 0; j < 48; ++j) matrix(i, j) = 1.5 * column[(i - j + 48) % 48];
  }
  padded.head(24) = curve;
  const auto svd = detail::singular_values(matrix);
  const auto truncated = [&](double threshold) {
    Eigen::VectorXd coefficients = svd.left.transpose() * padded;
    for (Eigen::Index i = 0; i < 48; ++i) {
      coefficients[i] = svd.values[i] < threshold * svd.values[0] ? 0.0 : coefficients[i] / svd.values[i];
    }
    return Eigen::VectorXd(svd.right * coefficients);
  };
  const auto csvd = Deconvolution{.method = Method::csvd}.prepare(times, arterial)(curve, true);
  REQUIRE((csvd.residues.col(0) - truncated(0.1).head(24)).norm() < 1e-10);
  REQUIRE(csvd.blood_flow[0] == Approx(6000.0 * truncated(0.1).maxCoeff()).epsilon(1e-9));
  // oSVD as the MATLAB toolbox sweeps it.
  Eigen::VectorXd residue;
  for (int percent = 5; percent <= 95; percent += 5) {
    residue = truncated(0.01 * percent);
    double sum = 0.0;
    for (Eigen::Index i = 2; i < 48; ++i) sum += std::abs(residue[i] - 2.0 * residue[i - 1] + residue[i - 2]);
    if (sum / (48.0 * residue.maxCoeff()) < 0.035) break;
  }
  const auto osvd = Deconvolution{.method = Method::osvd}.prepare(times, arterial)(curve, true);
  REQUIRE((osvd.residues.col(0) - residue.head(24)).norm() < 1e-10);
}

TEST_CASE("sSVD without truncation undoes the rectangle rule", "[dsc]") {
  const auto times = even_times(30, 1.5);
  const Eigen::VectorXd arterial = GammaVariate{.arrival = -1.5}(times);
  Eigen::VectorXd residue(30);
  for (Eigen::Index t = 0; t < 30; ++t) residue[t] = 0.01 * std::exp(-times[t] / 5.0);
  const Eigen::VectorXd curve = detail::toeplitz_matrix(arterial, 1.5) * residue;
  const auto found = Deconvolution{.method = Method::ssvd, .ssvd_threshold = 0.0}.prepare(times, arterial)(curve, true);
  REQUIRE((found.residues.col(0) - residue).norm() < 1e-7);
  REQUIRE(found.blood_flow[0] == Approx(60.0).epsilon(1e-5));
}

TEST_CASE("OSIPI reference object: default settings within 10 % of CBV and 15 % of CBF, better than four peers", "[dsc]") {
  BOLUS_REQUIRE_REAL_DATA();
  const auto reference = read_reference();
  const auto found = Deconvolution{}(curve_set(reference.times, reference.curves), reference.arterial);
  const auto worst = [&](const Eigen::VectorXd& flow) {
    return (flow.cwiseQuotient(reference.flow).array() - 1.0).abs().maxCoeff();
  };
  for (Eigen::Index c = 0; c < 14; ++c) {
    // The curves were made with R(0) at full weight, so that their volume is larger by half a sample of flow.
    const double volume = reference.volume[c] + reference.flow[c] * 1.243 / 120.0;
    INFO("CBV " << reference.volume[c] << " CBF " << reference.flow[c]);
    REQUIRE(found.estimates.blood_volume[c] == Approx(volume).epsilon(0.10));
    REQUIRE(found.estimates.blood_flow[c] == Approx(reference.flow[c]).epsilon(0.15));
  }
  REQUIRE(found.flags.empty());
  const double ours = worst(found.estimates.blood_flow);
  REQUIRE(ours < 0.08);
  for (const auto peer : {Method::ssvd, Method::csvd, Method::osvd, Method::osipi_l_curve}) {
    REQUIRE(2.0 * ours < worst(reference_flow(reference, peer)));
  }
}

TEST_CASE("the usual methods give the figures that the public codes give on the reference object", "[dsc]") {
  BOLUS_REQUIRE_REAL_DATA();
  const auto reference = read_reference();
  const auto check = [&](Method method, std::vector<double> figures) {
    const auto flow = reference_flow(reference, method);
    const std::vector<Eigen::Index> rows{0, 3, 6, 7, 10, 13};  // CBF 10, 40, 70 at CBV 4; 5, 20, 35 at CBV 2
    for (std::size_t i = 0; i < rows.size(); ++i) REQUIRE(flow[rows[i]] == Approx(figures[i]).margin(0.051));
  };
  check(Method::ssvd, {9.8, 35.6, 58.0, 5.6, 18.8, 28.6});
  check(Method::csvd, {9.1, 31.6, 49.3, 7.0, 17.2, 24.8});
  check(Method::osipi_l_curve, {10.7, 37.3, 56.8, 5.5, 19.5, 28.5});
}

TEST_CASE("the seven methods are seven methods", "[dsc]") {
  const auto times = even_times(60, 1.5);
  const GammaVariate bolus;
  const Eigen::VectorXd curve = noisy(TissueModel{}(bolus, tissue(4, 3, 1), times).vascular, 40.0, 2);
  std::vector<double> flows;
  for (const auto method : every_method) {
    flows.push_back(Deconvolution{.method = method}.prepare(times, bolus(times))(curve).blood_flow[0]);
  }
  for (std::size_t i = 0; i < flows.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) REQUIRE(std::abs(flows[i] - flows[j]) > 1e-3 * flows[i]);
  }
}

TEST_CASE("the default finds flow, volume and delay of simulated tissue", "[dsc]") {
  for (const double step : {1.2, 1.6, 2.5}) {
    const auto times = even_times(static_cast<Eigen::Index>(90.0 / step), step);
    for (const auto& bolus : {GammaVariate{}, GammaVariate{.arrival = 12.3, .peak = 4.0, .alpha = 4.0, .beta = 1.8}}) {
      const auto prepared = Deconvolution{}.prepare(times, bolus(times));
      for (const auto residue : {ResidueFunction::exponential, ResidueFunction::box}) {
        for (const double transit : {4.0, 8.0, 14.0}) {
          for (const double delay : {0.0, 1.1, 2.6}) {
            const auto truth = tissue(3.0, transit, delay, residue);
            const Eigen::VectorXd clean = TissueModel{}(bolus, truth, times).vascular;
            Eigen::MatrixXd curves(times.size(), 20);
            for (Eigen::Index c = 0; c < 20; ++c) curves.col(c) = noisy(clean, 100.0, static_cast<std::uint64_t>(c));
            const auto found = prepared(curves);
            INFO("TR " << step << " MTT " << transit << " delay " << delay << " box " << (residue == ResidueFunction::box)
                       << " flow " << found.blood_flow.mean() << " of " << truth.blood_flow() << " delay "
                       << found.time_to_maximum.mean());
            // With fewer than three samples in a transit time what is found is an order of magnitude.
            const bool fast = transit < 3.0 * step;
            REQUIRE(found.blood_flow.mean() == Approx(truth.blood_flow()).epsilon(fast ? 0.5 : 0.15));
            // The series ends at 90 s, before slow tissue has emptied.
            REQUIRE(found.blood_volume.mean() == Approx(3.0).epsilon(transit < 10.0 ? 0.08 : 0.13));
            REQUIRE(found.time_to_maximum.mean() == Approx(delay).margin(fast ? 1.0 : 0.7));
          }
        }
      }
    }
  }
}

TEST_CASE("the flow of oSVD and of the default does not depend on the delay, that of sSVD does", "[dsc]") {
  const GammaVariate bolus;
  // Mean of 200 curves of contrast-to-noise 30: the threshold of oSVD jumps from one curve to the next.
  const auto change = [&](Method method, double step, double transit) {
    const auto times = even_times(60, step);
    const auto prepared = Deconvolution{.method = method}.prepare(times, bolus(times));
    double base = 0.0, largest = 0.0;
    for (int half = 0; half <= 6; ++half) {
      const double delay = 0.5 * half;
      const Eigen::VectorXd clean = TissueModel{}(bolus, tissue(4, transit, delay), times).vascular;
      Eigen::MatrixXd curves(60, 200);
      for (Eigen::Index c = 0; c < 200; ++c) curves.col(c) = noisy(clean, 30.0, static_cast<std::uint64_t>(c));
      const double flow = prepared(curves).blood_flow.mean();
      if (half == 0) base = flow;
      largest = std::max(largest, std::abs(flow / base - 1.0));
    }
    return largest;
  };
  for (const double step : {1.243, 1.5}) {
    for (const double transit : {4.0, 6.0, 10.0}) {
      INFO("TR " << step << " MTT " << transit);
      REQUIRE(change(Method::osvd, step, transit) < 0.05);
      REQUIRE(change(Method::csvd, step, transit) < 0.05);
      REQUIRE(change(Method::transit_times, step, transit) < 0.05);
      REQUIRE(change(Method::ssvd, step, transit) > 0.07);
    }
  }
}

TEST_CASE("the posterior's standard deviation of the flow is about the error made", "[dsc]") {
  const auto times = even_times(60, 1.5);
  const GammaVariate bolus;
  const auto prepared = Deconvolution{}.prepare(times, bolus(times));
  const auto truth = tissue(4, 6, 0.8);
  const Eigen::VectorXd clean = TissueModel{}(bolus, truth, times).vascular;
  double last = 0.0;
  for (const double ratio : {10.0, 30.0, 100.0}) {
    Eigen::MatrixXd curves(60, 200);
    for (Eigen::Index c = 0; c < 200; ++c) curves.col(c) = noisy(clean, ratio, static_cast<std::uint64_t>(c));
    const auto found = prepared(curves);
    const Eigen::ArrayXd error = found.blood_flow.array() - truth.blood_flow();
    const auto covered = (error.abs() < 2.0 * found.blood_flow_sd.array()).count();
    INFO("CNR " << ratio << " covered " << covered << " sd " << found.blood_flow_sd.mean() << " error "
                << std::sqrt(error.square().mean()));
    REQUIRE(covered >= 170);
    if (last > 0.0) REQUIRE(found.blood_flow_sd.mean() < last);
    last = found.blood_flow_sd.mean();
  }
}

TEST_CASE("flow and volume scale with the curve and with kH / rho", "[dsc]") {
  const auto times = even_times(50, 1.8);
  const GammaVariate bolus;
  const Eigen::VectorXd arterial = bolus(times);
  const Eigen::VectorXd curve = noisy(TissueModel{}(bolus, tissue(4, 5, 1), times).vascular, 50.0, 3);
  for (const auto method : every_method) {
    const auto one = Deconvolution{.method = method}.prepare(times, arterial)(curve);
    const auto two = Deconvolution{.method = method}.prepare(times, arterial)(2.0 * curve);
    const auto both = Deconvolution{.method = method}.prepare(times, 3.0 * arterial)(3.0 * curve);
    const auto factor = Deconvolution{.method = method, .haematocrit_density_factor = 0.7}.prepare(times, arterial)(curve);
    REQUIRE(two.blood_flow[0] == Approx(2.0 * one.blood_flow[0]));
    REQUIRE(both.blood_flow[0] == Approx(one.blood_flow[0]));
    REQUIRE(both.blood_volume[0] == Approx(one.blood_volume[0]));
    REQUIRE(factor.blood_flow[0] == Approx(0.7 * one.blood_flow[0]));
    REQUIRE(factor.blood_volume[0] == Approx(0.7 * one.blood_volume[0]));
    REQUIRE(factor.mean_transit_time[0] == Approx(one.mean_transit_time[0]));
    REQUIRE(one.mean_transit_time[0] == Approx(60.0 * one.blood_volume[0] / one.blood_flow[0]));
  }
}

TEST_CASE("curves without a bolus are flagged and never give NaN", "[dsc]") {
  const auto times = even_times(60, 1.5);
  const GammaVariate bolus;
  const Eigen::VectorXd arterial = bolus(times);
  const Eigen::VectorXd clean = TissueModel{}(bolus, tissue(4, 5, 1), times).vascular;
  Eigen::MatrixXd curves(60, 5);
  curves.col(0).setZero();
  curves.col(1).setConstant(0.3);
  curves.col(2) = -clean;
  curves.col(3) = noisy(Eigen::VectorXd::Constant(60, 1e-9), 1e-9, 4);
  curves.col(4) = clean;
  for (const auto method : every_method) {
    const auto found = Deconvolution{.method = method}(curve_set(times, curves), arterial);
    const auto& e = found.estimates;
    for (const auto* values : {&e.blood_volume, &e.blood_flow, &e.blood_flow_sd, &e.mean_transit_time, &e.time_to_maximum}) {
      REQUIRE(values->allFinite());
    }
    REQUIRE(e.residues.allFinite());
    REQUIRE(e.blood_flow.minCoeff() >= 0.0);
    REQUIRE(e.blood_flow[0] == 0.0);
    REQUIRE(e.mean_transit_time[2] == 0.0);
    REQUIRE((e.states[0] & FlowEstimates::no_bolus) != 0);
    REQUIRE((e.states[2] & FlowEstimates::no_bolus) != 0);
    int flagged = 0;
    for (const auto& flag : found.flags) flagged += flag.code == "dsc.deconvolution.no_bolus";
    REQUIRE(flagged == 4);
  }
  curves(7, 1) = nan_value;
  const auto voxels = Deconvolution{}.prepare(times, arterial)(curves);
  REQUIRE(voxels.states[1] == (FlowEstimates::not_finite | FlowEstimates::no_bolus));
  REQUIRE(voxels.blood_volume[1] == 0.0);
  REQUIRE(voxels.blood_flow[4] > 0.0);
  REQUIRE_THROWS_AS(Deconvolution{}(curve_set(times, curves), arterial), DataError);
}

TEST_CASE("doubtful arterial curves and residue functions are flagged", "[dsc]") {
  const auto times = even_times(60, 1.5);
  const GammaVariate bolus;
  const Eigen::VectorXd clean = TissueModel{}(bolus, tissue(4, 5, 1), times).vascular;
  const auto set = curve_set(times, clean);
  const Eigen::VectorXd drifting = bolus(times).array() - 2.0;
  const auto negative = Deconvolution{}(set, drifting);
  REQUIRE(has_flag(negative.flags, "dsc.deconvolution.arterial_integral"));
  REQUIRE(negative.estimates.blood_volume[0] == 0.0);
  // A series that ends on the way up.
  const auto early = even_times(14, 1.5);
  REQUIRE(has_flag(Deconvolution{}(curve_set(early, clean.head(14)), bolus(early)).flags, "dsc.deconvolution.truncated"));
  // No regularisation: the residue function oscillates.
  const auto wild =
      Deconvolution{.method = Method::ssvd, .ssvd_threshold = 0.0}(curve_set(times, noisy(clean, 20.0, 5)), bolus(times));
  REQUIRE(has_flag(wild.flags, "dsc.deconvolution.oscillating"));
  // A delay beyond what is searched.
  const Eigen::VectorXd late = TissueModel{}(bolus, tissue(4, 5, 9), times).vascular;
  const auto border = Deconvolution{.prior = {.latest_delay = 3.0}}(curve_set(times, late), bolus(times));
  REQUIRE(has_flag(border.flags, "dsc.deconvolution.delay_at_border"));
  REQUIRE_FALSE(has_flag(Deconvolution{}(curve_set(times, late), bolus(times)).flags, "dsc.deconvolution.delay_at_border"));
}

TEST_CASE("a bolus at the first volume and a series shorter than the bolus give finite numbers", "[dsc]") {
  for (const double arrival : {-4.0, 15.0}) {
    const auto times = even_times(arrival < 0.0 ? 40 : 16, 1.5);
    const GammaVariate bolus{.arrival = arrival};
    const Eigen::VectorXd clean = TissueModel{}(bolus, tissue(4, 5, 1), times).vascular;
    for (const auto method : every_method) {
      const auto found = Deconvolution{.method = method}(curve_set(times, clean), bolus(times));
      REQUIRE(found.estimates.residues.allFinite());
      REQUIRE(std::isfinite(found.estimates.mean_transit_time[0]));
      REQUIRE(found.estimates.blood_flow[0] > 0.0);
      if (arrival > 0.0) REQUIRE(has_flag(found.flags, "dsc.deconvolution.truncated"));
    }
  }
}

TEST_CASE("what cannot be deconvolved is refused", "[dsc]") {
  const auto times = even_times(40, 1.5);
  const Eigen::VectorXd arterial = GammaVariate{.arrival = 6.0}(times);
  const Deconvolution step;
  REQUIRE_THROWS_AS(step.prepare(times, arterial.head(39).eval()), ShapeError);
  REQUIRE_THROWS_AS(step.prepare(times, Eigen::VectorXd::Zero(40)), DataError);
  REQUIRE_THROWS_AS(step.prepare(times, -arterial), DataError);
  REQUIRE_THROWS_AS(step.prepare(times.head(5).eval(), arterial.head(5).eval()), DataError);
  REQUIRE_THROWS_AS(step.prepare(Eigen::VectorXd(), Eigen::VectorXd()), DataError);
  Eigen::VectorXd broken = arterial, uneven = times, backwards = times;
  broken[3] = nan_value;
  uneven[20] += 0.3;
  backwards[20] = 0.0;
  REQUIRE_THROWS_AS(step.prepare(times, broken), DataError);
  REQUIRE_THROWS_AS(step.prepare(uneven, arterial), DataError);
  REQUIRE_THROWS_AS(step.prepare(backwards, arterial), DataError);
  REQUIRE_THROWS_AS(step.prepare(times, arterial)(Eigen::MatrixXd::Zero(39, 2)), ShapeError);
  REQUIRE_THROWS_AS(step.prepare(1000.0 * times, arterial), DataError);  // ms
  REQUIRE_THROWS_AS(step.prepare(1e-3 * times, arterial), DataError);
  auto signal = curve_set(times, arterial);
  signal.quantity = CurveQuantity::signal;
  REQUIRE_THROWS_AS(step(signal, arterial), DataError);
  REQUIRE_THROWS_AS((Deconvolution{.csvd_threshold = 1.0}.prepare(times, arterial)), OptionError);
  REQUIRE_THROWS_AS((Deconvolution{.oscillation_index = 0.0}.prepare(times, arterial)), OptionError);
  REQUIRE_THROWS_AS((Deconvolution{.regularisation = -1.0}.prepare(times, arterial)), OptionError);
  REQUIRE_THROWS_AS((Deconvolution{.haematocrit_density_factor = nan_value}.prepare(times, arterial)), OptionError);
  REQUIRE_THROWS_AS((Deconvolution{.prior = {.transit_time = 0.0}}.prepare(times, arterial)), OptionError);
  REQUIRE_THROWS_AS((Deconvolution{.prior = {.earliest_delay = 1.0}}.prepare(times, arterial)), OptionError);
  REQUIRE(step.prepare(times, arterial)(Eigen::MatrixXd(40, 0)).blood_flow.size() == 0);
}

TEST_CASE("a prepared deconvolution gives the same bits from any number of threads", "[dsc]") {
  const auto times = even_times(60, 1.5);
  const GammaVariate bolus;
  const Eigen::VectorXd clean = TissueModel{}(bolus, tissue(4, 5, 1), times).vascular;
  Eigen::MatrixXd curves(60, 256);
  for (Eigen::Index c = 0; c < 256; ++c)
    curves.col(c) = noisy(clean, 5.0 + static_cast<double>(c), static_cast<std::uint64_t>(c));
  for (const auto method : every_method) {
    const auto prepared = Deconvolution{.method = method}.prepare(times, bolus(times));
    const auto run = [&](int threads) {
      Eigen::VectorXd flow(256);
      parallel_for(256, 64, threads, [&](std::size_t begin, std::size_t end) {
        const auto first = static_cast<Eigen::Index>(begin), width = static_cast<Eigen::Index>(end - begin);
        flow.segment(first, width) = prepared(curves.middleCols(first, width)).blood_flow;
      });
      return flow;
    };
    const auto one = run(1);
    REQUIRE(one == run(2));
    REQUIRE(one == run(4));
  }
}

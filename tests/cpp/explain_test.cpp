#include <bolus/evaluate/chi_square_test.hpp>
#include <bolus/evaluate/pattern_frequencies.hpp>
#include <bolus/evaluate/spearman_correlation.hpp>
#include <bolus/model/attention_faithfulness.hpp>
#include <bolus/model/integrated_gradients.hpp>
#include <bolus/model/temporal_patterns.hpp>
#include <bolus/simulate/cohort.hpp>
#include <limits>

#include "catch.hpp"

namespace {

using namespace bolus;

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

bool has(const QcFlags& flags, const std::string& code) {
  return std::any_of(flags.begin(), flags.end(), [&](const auto& flag) { return flag.code == code; });
}

SampleArray random_curves(std::size_t samples, std::size_t channels, std::size_t steps, std::uint64_t seed = 0) {
  SampleArray curves(samples, channels, steps);
  const RandomStream random(seed, 0);
  for (std::size_t i = 0; i < curves.values.size(); ++i) curves.values[i] = static_cast<float>(2.0 * random.normal(i));
  return curves;
}

AttentionLSTM small_network(std::uint64_t seed = 3) {
  NetworkShape shape;
  shape.channels = 2;
  shape.hidden_size = 4;
  shape.convolution_channels = 3;
  shape.kernel_size = 3;
  return random_network(shape, seed);
}

/// Channel 0 speaks for the positive class, channel 1 against it, channel 2 says nothing. With `right` the states forget at
/// once and attention goes where the evidence is; without, they add up the whole past and attention goes where channel 2 says.
AttentionLSTM handmade(bool right) {
  AttentionLSTM network;
  network.shape = {.channels = 3, .hidden_size = 3, .convolution_channels = 3, .kernel_size = 1};
  for (const auto& [name, dimensions] : network.shape.weight_shapes()) {
    std::size_t count = 1;
    for (const auto size : dimensions) count *= size;
    network.weights[name] = {dimensions, std::vector<float>(count, 0.0F)};
  }
  const auto weight = [&](const std::string& name) -> std::vector<float>& { return network.weights.at(name).values; };
  for (std::size_t k = 0; k < 3; ++k) {
    weight("convolution.0.weight")[k * 4] = 1.0F;
    for (const std::string end : {"_l0", "_l0_reverse"}) {  // gates: input, forget, cell, output, three states each
      auto& bias = weight("lstm.bias_ih" + end);
      bias[k] = bias[9 + k] = 30.0F;
      bias[3 + k] = !right && k < 2 ? 30.0F : -30.0F;
      weight("lstm.weight_ih" + end)[(6 + k) * 3 + k] = right ? 0.5F : 0.2F;
    }
  }
  for (const std::size_t k : {0, 1, 3, 4}) {
    if (right) weight("attention.weight")[k] = 6.0F;
    weight("classifier.weight")[k] = k % 3 == 0 ? 4.0F : -4.0F;
  }
  if (!right) weight("attention.weight")[2] = weight("attention.weight")[5] = 6.0F;
  return network;
}

/// Evidence for the class at three early steps in channel 0 or 1, a distracting bump at a late one in channel 2.
Dataset evidence(std::size_t patients = 24, std::size_t steps = 30) {
  Dataset data;
  data.curves = SampleArray(2 * patients, 3, steps);
  const RandomStream random(5, 0);
  for (std::size_t i = 0; i < 2 * patients; ++i) {
    const int label = static_cast<int>(i / 2 % 2);
    data.labels.push_back(label);
    data.patients.push_back("P" + std::to_string(i / 2));
    for (std::size_t k = 0; k < 3 * steps; ++k) {
      data.curves(i, k / steps, k % steps) = static_cast<float>(0.1 * random.uniform(i * 1000 + k));
    }
    const std::size_t start = 2 + random.below(i * 1000 + 999, 9);
    for (std::size_t t = start; t < start + 3; ++t) data.curves(i, label == 1 ? 0 : 1, t) += 2.0F;
    data.curves(i, 2, 26) += 3.0F;
  }
  return data;
}

AttentionFaithfulness quick() {
  AttentionFaithfulness step;
  step.path_steps = 16;
  step.random_orders = 4;
  step.randomisations = 3;
  step.points = 10;
  step.replicates = 300;
  return step;
}

}  // namespace

TEST_CASE("temporal patterns are numbered as the paper has them", "[explain]") {
  for (std::size_t number = 0; number < 6; ++number) {
    Eigen::Vector4d shares = Eigen::Vector4d::Constant(0.1);
    shares[static_cast<Eigen::Index>(temporal_pattern_segments[number][0])] = 0.3;
    shares[static_cast<Eigen::Index>(temporal_pattern_segments[number][1])] = 0.5;
    const auto pattern = temporal_pattern(shares);
    CHECK(pattern.number == static_cast<int>(number) + 1);
    CHECK(pattern.flags.empty());
  }
  CHECK(temporal_pattern_segments[0] == std::array<std::size_t, 2>{0, 1});  // TP1: baseline and downslope
  CHECK(temporal_pattern_segments[5] == std::array<std::size_t, 2>{2, 3});  // TP6: upslope and plateau
}

TEST_CASE("tied and missing segments are flagged", "[explain]") {
  CHECK(has(temporal_pattern({0.4, 0.2, 0.2, 0.2}).flags, "evaluate.temporal_pattern.tied"));
  CHECK(temporal_pattern({0.4, 0.2, 0.2, 0.2}).number == 1);
  CHECK(temporal_pattern({0.1, 0.2, 0.2, 0.5}).number == 5);  // the earlier of the equal ones
  CHECK(has(temporal_pattern({not_a_number, 0.2, 0.3, 0.5}).flags, "evaluate.temporal_pattern.segment_missing"));
  CHECK(temporal_pattern({not_a_number, 0.2, 0.3, 0.5}).number == 6);
  CHECK(has(temporal_pattern({not_a_number, not_a_number, not_a_number, 0.5}).flags, "evaluate.temporal_pattern.undetermined"));
  CHECK(temporal_pattern({0.0, 0.0, 0.0, 0.0}).number == 0);
  CHECK_THROWS_AS(temporal_pattern({-1.0, 0.0, 0.0, 0.0}), DataError);
  CHECK_THROWS_AS(temporal_pattern({1.0, 0.0, 0.0, 0.0}, -1.0), OptionError);
}

TEST_CASE("pattern frequencies differ by genotype as a chi-square test says", "[explain]") {
  std::vector<int> patterns;
  std::vector<std::string> groups;
  const auto add = [&](int pattern, const char* group, std::size_t count) {
    patterns.insert(patterns.end(), count, pattern);
    groups.insert(groups.end(), count, group);
  };
  add(6, "wildtype", 30);
  add(1, "wildtype", 10);
  add(6, "mutant", 10);
  add(1, "mutant", 30);
  add(0, "mutant", 2);
  const auto found = pattern_frequencies(patterns, groups);
  CHECK(found.groups == std::vector<std::string>{"mutant", "wildtype"});
  CHECK(found.undetermined == std::vector<int>{2, 0});
  CHECK(has(found.flags, "evaluate.pattern_frequencies.undetermined"));
  CHECK(found.occurring() == (Eigen::Matrix2i() << 30, 10, 10, 30).finished());
  CHECK(chi_square_test(found.occurring()).statistic == Approx(20.0));  // by hand: 4 cells of (10)^2 / 20
  CHECK(found.shares()(0, 0) == Approx(0.75));
  CHECK_THROWS_AS(pattern_frequencies(std::vector{7}, std::vector<std::string>{"a"}), DataError);
  CHECK_THROWS_AS(pattern_frequencies(std::vector{1, 2}, std::vector<std::string>{"a"}), ShapeError);
}

TEST_CASE("rank correlation shares ranks where values are equal", "[explain]") {
  const Eigen::VectorXd a = (Eigen::VectorXd(5) << 1, 2, 2, 3, 4).finished(), b = a.array().exp();
  CHECK(*spearman_correlation(a, b) == Approx(1.0));
  CHECK(*spearman_correlation(a, -b) == Approx(-1.0));
  const Eigen::VectorXd c = (Eigen::VectorXd(5) << 2, 1, 3, 5, 4).finished();
  // Ranks 1, 2.5, 2.5, 4, 5 and 2, 1, 3, 5, 4 about 3: 2 + 1 + 0 + 2 + 2 over sqrt(9.5 * 10).
  CHECK(*spearman_correlation(a, c) == Approx(7.0 / std::sqrt(95.0)));
  CHECK_FALSE(spearman_correlation(a, Eigen::VectorXd::Ones(5)));
  CHECK_THROWS_AS(spearman_correlation(a, Eigen::VectorXd::Constant(5, not_a_number)), DataError);
}

TEST_CASE("a cohort's attention gives the pattern of the segments it lies on", "[explain]") {
  const auto cohort = CohortSimulator{.patients = 6, .threads = 1}();
  const auto windows = cohort.dataset();
  std::map<std::string, SegmentedSeries> segments;
  for (const auto& patient : cohort.patients) segments[patient.id] = BolusSegments{}(patient.curves);
  Prediction prediction;
  const auto samples = static_cast<Eigen::Index>(windows.curves.samples);
  prediction.probability = Eigen::VectorXd::Constant(samples, 0.5);
  prediction.attention = Eigen::MatrixXd::Constant(samples, static_cast<Eigen::Index>(windows.curves.steps), 1e-6);
  for (Eigen::Index i = 0; i < samples; ++i) {
    const auto& own = segments[windows.patients[static_cast<std::size_t>(i)]];
    for (Eigen::Index t = 0; t < prediction.attention.cols(); ++t) {
      const double time = windows.start_times[static_cast<std::size_t>(i)] + windows.time_step * static_cast<double>(t);
      const auto segment = own.at_time(time);
      if (segment == BolusSegment::upslope || segment == BolusSegment::plateau) prediction.attention(i, t) = 1.0;
    }
    prediction.attention.row(i) /= prediction.attention.row(i).sum();
  }
  for (const auto measure : {SegmentMeasure::mean, SegmentMeasure::sum}) {
    const auto table = TemporalPatterns{.measure = measure}(windows, prediction, segments);
    CHECK(table.patients.size() == 6);
    CHECK(table.patterns == std::vector<int>(6, 6));
    CHECK((table.shares.rowwise().sum().array() - 1.0).abs().maxCoeff() < 1e-12);
  }
  segments.erase(windows.patients.front());
  CHECK_THROWS_AS(TemporalPatterns{}(windows, prediction, segments), DataError);
}

TEST_CASE("integrated gradients add up to the difference of the logits", "[explain]") {
  const auto network = small_network();
  const auto curves = random_curves(6, 2, 15);
  const auto found = IntegratedGradients{.steps = 256, .threads = 1}(network, curves);
  CHECK(found.gap().cwiseAbs().maxCoeff() < 2e-4);
  CHECK(found.flags.empty());
  CHECK((found.logit - network.predict(curves).logit).cwiseAbs().maxCoeff() < 1e-5);
  CHECK((found.baseline_logit.array() - network.predict(SampleArray(1, 2, 15)).logit[0]).abs().maxCoeff() < 1e-5);
  for (std::size_t i = 0; i < 6; ++i) {  // the steps are the channels' sum
    for (std::size_t t = 0; t < 15; ++t) {
      const double sum = found.values(i, 0, t) + found.values(i, 1, t);
      CHECK(found.steps(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(t)) == Approx(sum).margin(1e-6));
    }
  }
  // A sample explained from itself has nothing to explain.
  CHECK(IntegratedGradients{.threads = 1}(network, curves, curves).steps.cwiseAbs().maxCoeff() == 0.0);
  CHECK(has(IntegratedGradients{.steps = 1, .tolerance = 1e-3, .threads = 1}(network, curves).flags,
            "model.attribution.incomplete"));
}

TEST_CASE("occlusion finds the steps that a network used, and for which class", "[explain]") {
  const auto data = evidence(4);
  const auto found = Occlusion{.window = 3, .threads = 1}(handmade(true), data.curves);
  for (std::size_t i = 0; i < data.curves.samples; ++i) {
    const auto row = static_cast<Eigen::Index>(i);
    Eigen::Index peak = 0;
    found.steps.row(row).cwiseAbs().maxCoeff(&peak);
    CHECK(data.curves(i, data.labels[i] == 1 ? 0 : 1, static_cast<std::size_t>(peak)) > 1.9F);
    CHECK((found.steps(row, peak) > 0.0) == (data.labels[i] == 1));
  }
}

TEST_CASE("attributions do not depend on threads, can be stopped, and refuse bad input", "[explain]") {
  const auto network = small_network();
  const auto curves = random_curves(200, 2, 12);
  const auto one = IntegratedGradients{.steps = 4, .batch_size = 16, .threads = 1}(network, curves).steps;
  const auto hidden = Occlusion{.batch_size = 16, .threads = 1}(network, curves).steps;
  for (const int threads : {2, 4}) {
    CHECK(IntegratedGradients{.steps = 4, .batch_size = 16, .threads = threads}(network, curves).steps == one);
    CHECK(Occlusion{.batch_size = 16, .threads = threads}(network, curves).steps == hidden);
  }
  const Progress stop = [](const ProgressEvent&) { return false; };
  CHECK_THROWS_AS(IntegratedGradients{}(network, curves, stop), Cancelled);
  CHECK_THROWS_AS(Occlusion{}(network, curves, stop), Cancelled);
  CHECK_THROWS_AS(IntegratedGradients{.steps = 0}(network, curves), OptionError);
  CHECK_THROWS_AS(IntegratedGradients{.baseline = not_a_number}(network, curves), OptionError);
  CHECK_THROWS_AS(Occlusion{.window = 12}(network, curves), OptionError);
  CHECK_THROWS_AS(IntegratedGradients{}(network, random_curves(2, 3, 12)), ShapeError);
  CHECK_THROWS_AS(IntegratedGradients{}(network, curves, random_curves(2, 2, 12)), ShapeError);
  auto broken = curves;
  broken.values[7] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_AS(IntegratedGradients{}(network, broken), DataError);
}

TEST_CASE("padding gets no attribution and changes none", "[explain]") {
  const auto network = small_network();
  const auto curves = random_curves(5, 2, 12);
  SampleArray padded(5, 2, 16);
  std::fill(padded.values.begin(), padded.values.end(), std::numeric_limits<float>::quiet_NaN());
  padded.lengths.assign(5, 12);
  for (std::size_t row = 0; row < 10; ++row) {
    for (std::size_t t = 0; t < 12; ++t) padded(row / 2, row % 2, t) = curves(row / 2, row % 2, t);
  }
  const auto plain = IntegratedGradients{.steps = 8, .threads = 1}(network, curves).steps;
  const auto other = IntegratedGradients{.steps = 8, .threads = 1}(network, padded).steps;
  CHECK((other.leftCols(12) - plain).cwiseAbs().maxCoeff() < 1e-5);
  CHECK(other.rightCols(4).cwiseAbs().maxCoeff() == 0.0);
}

TEST_CASE("attention is called faithful where it is, and unfaithful where it is not", "[explain]") {
  const auto data = evidence();
  const auto right = quick()(handmade(true), data), wrong = quick()(handmade(false), data);
  CHECK(right.verdict == AttentionVerdict::faithful);
  CHECK(right.flags.empty());
  CHECK(wrong.verdict == AttentionVerdict::unfaithful);
  CHECK(has(wrong.flags, "model.attention.unfaithful"));
  CHECK(wrong.report().starts_with("Do not trust"));
  CHECK(right.similarity[0] == Approx(1.0));  // attention does not know the classifier
  for (const auto& result : {right, wrong}) {
    CHECK(result.checks.size() == 5);
    for (const auto& check : result.checks) {
      CHECK(check.low <= check.value);
      CHECK(check.value <= check.high);
    }
  }
}

TEST_CASE("a verdict is the same on any number of threads, and needs enough patients", "[explain]") {
  auto step = quick();
  step.threads = 1;
  const auto one = step(handmade(true), evidence(12));
  for (const int threads : {2, 4}) {
    step.threads = threads;
    const auto other = step(handmade(true), evidence(12));
    CHECK(other.per_patient == one.per_patient);
    CHECK(other.deletion == one.deletion);
    CHECK(other.similarity == one.similarity);
  }
  const auto few = step(handmade(false), evidence(2));
  CHECK(few.verdict == AttentionVerdict::undecided);
  CHECK(has(few.flags, "model.attention.undecided"));
  CHECK_THROWS_AS(step(handmade(true), evidence(4), [](const ProgressEvent&) { return false; }), Cancelled);
  step.points = 0;
  CHECK_THROWS_AS(step(handmade(true), evidence(4)), OptionError);
}

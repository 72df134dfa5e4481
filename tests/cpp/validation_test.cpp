#include <algorithm>
#include <bolus/core/random.hpp>
#include <bolus/evaluate/isotonic_calibration.hpp>
#include <bolus/evaluate/platt_calibration.hpp>
#include <bolus/evaluate/roc_curve.hpp>
#include <bolus/evaluate/temperature_calibration.hpp>
#include <bolus/model/aggregate_patients.hpp>
#include <bolus/model/checkpoint.hpp>
#include <bolus/model/codeletion_classifier.hpp>
#include <bolus/model/ensemble.hpp>
#include <bolus/model/nested_cross_validation.hpp>
#include <bolus/simulate/cohort.hpp>
#include <cmath>
#include <fstream>
#include <set>

#include "catch.hpp"

namespace {

using namespace bolus;

/// Curves that fall for label 1 and rise for label 0, under noise.
Dataset easy_data(std::size_t patients, std::size_t windows = 2, float noise = 1.5F) {
  Dataset data;
  const std::size_t steps = 12, channels = 2;
  data.curves = SampleArray(patients * windows, channels, steps);
  data.channel_names = {"ET", "AIF"};
  data.time_step = 1.5;
  const RandomStream random(7, 0);
  for (std::size_t i = 0; i < data.curves.samples; ++i) {
    const int label = static_cast<int>(i / windows % 3 == 0);
    data.labels.push_back(label);
    data.patients.push_back("patient " + std::to_string(i / windows));
    for (std::size_t c = 0; c < channels; ++c) {
      for (std::size_t t = 0; t < steps; ++t) {
        const float slope = (static_cast<float>(t) - 5.5F) / 4.0F * (label == 1 ? -1.0F : 1.0F);
        data.curves(i, c, t) = slope + noise * static_cast<float>(random.normal((i * channels + c) * steps + t));
      }
    }
  }
  return data;
}

IDHClassifier quick() {
  IDHClassifier classifier;
  classifier.hidden_size = 4;
  classifier.convolution_channels = 4;
  classifier.kernel_size = 3;
  classifier.max_epochs = 4;
  classifier.learning_rate = 2e-2;
  classifier.batch_size = 16;
  return classifier;
}

std::string in_tmp(const std::string& name) { return (std::filesystem::temp_directory_path() / name).string(); }

bool same(const CrossValidationResult& a, const CrossValidationResult& b) {
  if (a.prediction.logit != b.prediction.logit || a.prediction.attention != b.prediction.attention) return false;
  return a.pooled_auc == b.pooled_auc;
}

template <class Kind, class Call>
std::string message_of(const Call& call) {
  try {
    call();
  } catch (const Kind& error) {
    return error.what();
  }
  return "nothing was thrown";
}

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("folds give the same networks on any number of threads and in any order", "[validation]") {
  const auto data = easy_data(18);
  const CrossValidation step{.folds = 3, .seed = 4, .threads = 1};
  const auto one = step(quick(), data);
  auto threads = step;
  threads.threads = 3;
  CHECK(same(one, threads(quick(), data)));

  auto folds = step.make_folds(data);
  CHECK(same(one, step(quick(), data, folds)));
  std::rotate(folds.begin(), folds.begin() + 1, folds.end());
  const auto rotated = step(quick(), data, folds);
  CHECK(same(one, rotated));
  CHECK(rotated.seeds[0] == one.seeds[1]);
  CHECK(rotated.models[0].network == one.models[1].network);

  // One by one, last first, as other machines would do it.
  folds = step.make_folds(data);
  const auto seeds = fold_seeds(quick().seed, folds, data);
  std::vector<FoldResult> results(folds.size());
  for (std::size_t k = folds.size(); k-- > 0;) {
    auto classifier = quick();
    classifier.seed = seeds[k];
    results[k] = run_fold(classifier, data, folds[k]);
  }
  CHECK(same(one, join_folds(data, folds, results, seeds)));
  CHECK(std::set<std::uint64_t>(seeds.begin(), seeds.end()) == std::set<std::uint64_t>{0, 1, 2});
}

TEST_CASE("cross-validation gives the AUC of each fold and of all samples together", "[validation]") {
  const auto data = easy_data(18);
  const auto result = CrossValidation{.folds = 3}(quick(), data);
  CHECK(result.pooled_auc == roc_auc(data.labels, {result.prediction.logit.data(), data.labels.size()}));
  for (std::size_t k = 0; k < 3; ++k) {
    std::vector<int> labels;
    std::vector<double> scores;
    for (std::size_t i = 0; i < data.labels.size(); ++i) {
      if (result.fold[i] != k) continue;
      labels.push_back(data.labels[i]);
      scores.push_back(result.prediction.logit[static_cast<Eigen::Index>(i)]);
    }
    CHECK(result.auc[k] == roc_auc(labels, scores));
  }
}

TEST_CASE("folds that leak, or that hold one class, are refused", "[validation]") {
  const auto data = easy_data(18);
  const auto good = CrossValidation{.folds = 3}.make_folds(data);
  const auto refused = [&](const std::vector<FoldIndices>& folds) {
    return message_of<DataError>([&] { CrossValidation{}(quick(), data, folds); });
  };
  auto folds = good;
  folds[1].training.push_back(folds[1].validation.back());
  folds[1].validation.pop_back();
  CHECK(holds(refused(folds), "fold 1 has patient 'patient"));
  folds = good;
  folds[0].training.push_back(1000);
  CHECK(holds(refused(folds), "sample 1000"));
  folds = good;
  folds[2].training.push_back(folds[2].training.front());
  CHECK(holds(refused(folds), "twice"));
  folds = good;
  std::erase_if(folds[0].validation, [&](std::size_t i) { return data.labels[i] == 1; });
  CHECK(holds(refused(folds), "only samples of class 0"));
  CHECK(holds(refused({good[0], good[0]}), "held out by fold 0 and by fold 1"));
  CHECK(holds(refused({good[0], good[1]}), "held out by no fold"));
  CHECK(holds(refused({good[0]}), "at least 2"));
  CHECK(holds(refused({}), "at least 2"));
  auto anonymous = data;
  anonymous.patients.clear();
  CHECK_THROWS_AS(CrossValidation{.folds = 3}(quick(), anonymous), DataError);
  auto scarce = easy_data(7);  // three positive patients
  CHECK_THROWS_AS(CrossValidation{.folds = 5}(quick(), scarce), DataError);
}

TEST_CASE("grids and random draws of options", "[validation]") {
  const auto grid = parameter_grid({{"hidden_size", {std::int64_t{4}, std::int64_t{8}}}, {"dropout", {0.0, 0.5}}});
  REQUIRE(grid.size() == 4);
  CHECK(to_string(grid[0]) == "dropout=0, hidden_size=4");
  CHECK(to_string(grid[1]) == "dropout=0, hidden_size=8");
  CHECK(with_parameters(quick(), grid[3]).dropout == 0.5);
  CHECK(with_parameters(quick(), {{"optimizer", "adamw"}}).optimizer == Optimizer::adamw);

  const ParameterSpace space{{"learning_rate", ParameterRange{1e-4, 1e-1, true, false}},
                             {"hidden_size", ParameterRange{2, 5, false, true}}};
  const auto drawn = random_parameters(space, 3000, 1);
  CHECK(drawn == random_parameters(space, 3000, 1));
  CHECK(drawn != random_parameters(space, 3000, 2));
  CHECK(random_parameters(space, 10, 1)[7] == drawn[7]);
  double mean = 0.0;
  std::array<int, 6> counts{};
  for (const auto& parameters : drawn) {
    const double rate = std::get<double>(parameters.at("learning_rate"));
    REQUIRE((rate >= 1e-4 && rate <= 1e-1));
    mean += std::log10(rate) / 3000.0;
    ++counts.at(static_cast<std::size_t>(std::get<std::int64_t>(parameters.at("hidden_size"))));
  }
  CHECK(std::abs(mean + 2.5) < 0.06);  // of an even distribution over 3 decades: SD 0.87 / sqrt(3000) = 0.016
  for (std::size_t size = 2; size <= 5; ++size) CHECK(std::abs(counts[size] - 750) < 100);

  CHECK(holds(message_of<OptionError>([] { with_parameters({}, {{"hidden", std::int64_t{1}}}); }), "there are: "));
  CHECK(holds(message_of<OptionError>([] { with_parameters({}, {{"hidden_size", 1.5}}); }), "whole number"));
  CHECK(holds(message_of<OptionError>([] { with_parameters({}, {{"loss", "hinge"}}); }), "'focal'"));
  CHECK_THROWS_AS(with_parameters({}, {{"dropout", 2.0}}), OptionError);
  CHECK_THROWS_AS(parameter_grid({{"dropout", {}}}), OptionError);
  CHECK_THROWS_AS(random_parameters({{"learning_rate", ParameterRange{0.0, 1.0, true}}}, 1), OptionError);
  CHECK_THROWS_AS(random_parameters(space, 0), OptionError);
}

TEST_CASE("nested cross-validation chooses within the training patients", "[validation]") {
  const auto data = easy_data(24);
  const auto candidates = parameter_grid({{"learning_rate", {1e-7, 3e-2}}});
  const NestedCrossValidation step{.outer_folds = 3, .inner_folds = 2, .seed = 1, .threads = 2};
  const auto result = step(quick(), data, candidates);
  REQUIRE(result.trials.size() == 6);
  for (const auto& chosen : result.chosen()) CHECK(std::get<double>(chosen.at("learning_rate")) == 3e-2);
  for (const auto& trial : result.trials) CHECK(trial.auc.size() == 2);

  const auto outer = step.make_outer_folds(data);
  for (std::size_t k = 0; k < outer.size(); ++k) {
    std::set<std::string> judged;
    for (const auto i : outer[k].validation) judged.insert(data.patients[i]);
    for (const auto& inner : step.make_inner_folds(data, outer[k], k)) {
      for (const auto i : inner.training) CHECK(judged.count(data.patients[i]) == 0);
      for (const auto i : inner.validation) CHECK(judged.count(data.patients[i]) == 0);
    }
  }
  // What the outer folds say is a plain cross-validation with the chosen options.
  const CrossValidation plain{.folds = 3, .seed = 1, .threads = 1};
  CHECK(same(result.outer, plain(with_parameters(quick(), candidates[1]), data)));
  CHECK_THROWS_AS(step(quick(), data, {}), OptionError);
  CHECK_THROWS_AS(step(quick(), data, {{{"nothing", 1.0}}}), OptionError);
}

TEST_CASE("an ensemble is the mean of its networks, and their spread", "[validation]") {
  const auto data = easy_data(12);
  const auto ensemble = SeedEnsemble{.members = 3, .threads = 1}(quick(), data);
  CHECK(ensemble == SeedEnsemble{.members = 3, .threads = 3}(quick(), data));
  const auto prediction = ensemble.predict(data.curves);
  for (Eigen::Index i = 0; i < prediction.probability.size(); ++i) {
    double sum = 0.0, squares = 0.0;
    for (std::size_t k = 0; k < 3; ++k) sum += ensemble.networks[k].predict(data.curves).probability[i];
    for (std::size_t k = 0; k < 3; ++k) {
      squares += std::pow(ensemble.networks[k].predict(data.curves).probability[i] - sum / 3.0, 2);
    }
    CHECK(std::abs(prediction.probability[i] - sum / 3.0) < 1e-14);
    CHECK(std::abs(prediction.standard_deviation[i] - std::sqrt(squares / 2.0)) < 1e-12);
    CHECK(std::abs(prediction.attention.row(i).sum() - 1.0) < 1e-5);
  }
  const auto patients = ensemble.predict_patients(data);
  CHECK(patients.patients.size() == 12);
  CHECK(std::abs(patients.probability[0] - 0.5 * (prediction.probability[0] + prediction.probability[1])) < 1e-14);

  const auto folds = CrossValidation{.folds = 3}(quick(), data);
  CHECK(fold_ensemble(folds).networks.size() == 3);
  const Ensemble single{{ensemble.networks[0]}};
  CHECK(single.predict(data.curves).flags.back().code == "model.ensemble.one_network");
  CHECK(single.predict(data.curves).standard_deviation.isZero());

  auto other = quick();
  other.hidden_size = 5;  // another size is fine, other channels are not
  Ensemble mixed{{ensemble.networks[0], other.fit(data).network}};
  CHECK_NOTHROW(mixed.validate());
  mixed.networks[1].channel_names = {"NET", "AIF"};
  CHECK_THROWS_AS(mixed.validate(), ShapeError);
  CHECK_THROWS_AS(Ensemble{}.validate(), DataError);
}

TEST_CASE("an ensemble comes back from its file, and broken files are told", "[validation]") {
  Ensemble ensemble;
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    ensemble.networks.push_back(random_network({.channels = 2, .hidden_size = 3, .convolution_channels = 4}, seed));
  }
  const auto path = in_tmp("bolus_ensemble.safetensors");
  save_ensemble(ensemble, path, Overwrite::yes);
  CHECK(load_ensemble(path) == ensemble);
  CHECK_THROWS_AS(save_ensemble(ensemble, path), IoError);
  CHECK_THROWS_AS(load_ensemble(path + ".missing"), IoError);
  const auto bytes = encode_ensemble(ensemble);
  CHECK(holds(message_of<FormatError>([&] { decode_checkpoint(bytes, "it"); }), "bolus.ensemble"));
  CHECK(holds(message_of<FormatError>([&] { decode_ensemble(encode_checkpoint(ensemble.networks[0]), "it"); }),
              "load_checkpoint"));
  for (std::size_t size :
       {std::size_t{0}, std::size_t{7}, std::size_t{8}, std::size_t{100}, bytes.size() / 2, bytes.size() - 1}) {
    CHECK_THROWS_AS(decode_ensemble(bytes.substr(0, size), "it"), FormatError);
  }
  // Any byte changed: an error that says so, or another ensemble, but never a crash.
  const RandomStream random(3, 0);
  for (std::uint64_t i = 0; i < 2000; ++i) {
    auto hostile = bytes;
    hostile[random.below(2 * i, i % 2 == 0 ? 700 : bytes.size())] = static_cast<char>(random.below(2 * i + 1, 256));
    try {
      decode_ensemble(hostile, "it").validate();
    } catch (const Error&) {
    }
  }
  auto newer = bytes;
  const auto place = newer.find("\"schema_version\":\"1\"");
  newer[place + 18] = '9';
  CHECK_THROWS_AS(decode_ensemble(newer, "it"), VersionError);
  std::filesystem::remove(path);
}

TEST_CASE("a patient's windows become one probability as declared", "[validation]") {
  const std::vector<double> probability{0.9, 0.2, 0.4, 0.5}, logit{2.0, -1.0, -0.5, 0.1};
  CHECK(std::abs(aggregate(probability, logit, Aggregation::mean) - 0.5) < 1e-15);
  CHECK(std::abs(aggregate(probability, logit, Aggregation::median) - 0.45) < 1e-15);
  CHECK(aggregate(probability, logit, Aggregation::maximum) == 0.9);
  CHECK(std::abs(aggregate(probability, logit, Aggregation::logit_mean) - 1.0 / (1.0 + std::exp(-0.15))) < 1e-15);
  CHECK_THROWS_AS(aggregate({}, {}, Aggregation::mean), ShapeError);

  const auto data = easy_data(5, 3);
  const auto network = random_network({.channels = 2, .hidden_size = 4}, 1);
  const auto samples = network.predict(data.curves);
  for (const auto how : {Aggregation::mean, Aggregation::median, Aggregation::maximum, Aggregation::logit_mean}) {
    const auto patients = network.predict_patients(data, {.aggregation = how});
    for (Eigen::Index p = 0; p < 5; ++p) {
      const std::span<const double> own{samples.probability.data() + 3 * p, 3}, logits{samples.logit.data() + 3 * p, 3};
      CHECK(patients.probability[p] == aggregate(own, logits, how));
    }
  }
  CHECK_THROWS_AS(aggregate_patients({"one"}, samples), ShapeError);
}

TEST_CASE("calibrations solve their equations", "[validation]") {
  const RandomStream random(5, 0);
  std::vector<int> labels;
  std::vector<double> logits;
  for (std::uint64_t i = 0; i < 400; ++i) {
    logits.push_back(3.0 * random.normal(2 * i));
    labels.push_back(random.uniform(2 * i + 1) < 1.0 / (1.0 + std::exp(-0.5 * logits.back() + 0.3)) ? 1 : 0);
  }
  const auto platt = PlattCalibration{}.fit(labels, logits);
  const auto p = platt(logits);
  const auto positives = static_cast<double>(std::count(labels.begin(), labels.end(), 1));
  double level = 0.0, slope = 0.0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const double target = labels[i] ? (positives + 1.0) / (positives + 2.0) : 1.0 / (402.0 - positives);
    level += p[static_cast<Eigen::Index>(i)] - target;
    slope += (p[static_cast<Eigen::Index>(i)] - target) * logits[i];
  }
  CHECK(std::abs(level) < 1e-9);
  CHECK(std::abs(slope) < 1e-8);

  const auto temperature = TemperatureCalibration{}.fit(labels, logits);
  double gradient = 0.0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    gradient += (1.0 / (1.0 + std::exp(-logits[i] / temperature.temperature)) - labels[i]) * logits[i];
  }
  CHECK(std::abs(gradient) < 1e-6);
  CHECK(temperature.log_loss_after <= temperature.log_loss_before);

  const auto isotonic = IsotonicCalibration{}.fit({std::array{0, 1, 0, 1, 1}}, {std::array{1.0, 2.0, 3.0, 4.0, 4.0}});
  CHECK(isotonic.scores == Eigen::Vector4d(1.0, 2.0, 3.0, 4.0));
  CHECK(isotonic.probabilities == Eigen::Vector4d(0.0, 0.5, 0.5, 1.0));
  CHECK(isotonic({std::array{0.0, 1.5, 3.5, 9.0}}) == Eigen::Vector4d(0.0, 0.25, 0.75, 1.0));

  const std::vector<int> two{0, 1}, ones{1, 1};
  const std::vector<double> equal{0.3, 0.3}, different{0.1, -0.7}, broken{0.1, std::nan("")};
  for (const auto& fit : std::vector<std::function<void(const std::vector<int>&, const std::vector<double>&)>>{
           [](auto& a, auto& b) { PlattCalibration{}.fit(a, b); }, [](auto& a, auto& b) { IsotonicCalibration{}.fit(a, b); },
           [](auto& a, auto& b) { TemperatureCalibration{}.fit(a, b); }}) {
    CHECK(holds(message_of<DataError>([&] { fit(two, equal); }), "all 2 scores are 0.3"));
    CHECK_THROWS_AS(fit(ones, different), DataError);
    CHECK_THROWS_AS(fit(two, broken), DataError);
    CHECK_THROWS_AS(fit({0}, {0.1}), DataError);
    CHECK_THROWS_AS(fit({}, {}), DataError);
    CHECK_THROWS_AS(fit(two, {0.1}), ShapeError);
  }
  CHECK(PlattCalibration{}.fit(two, different).flags.front().code == "evaluate.calibration.inverted");
  CHECK(holds(message_of<DataError>([&] { TemperatureCalibration{}.fit(two, std::vector{0.1, -0.7}); }), "go against"));
  CHECK(holds(message_of<DataError>([&] { TemperatureCalibration{}.fit(two, std::vector{-0.1, 0.7}); }), "sign of its class"));
}

TEST_CASE("a cohort gives 1p/19q labels of its mutants, and by default the curves it always gave", "[validation]") {
  CohortSimulator simulator{.patients = 463, .seed = 2};
  const auto plain = simulator();
  simulator.codeletion_rcbv_correlation = 0.6;
  const auto tied = simulator();
  const auto data = plain.dataset({}, Target::codeletion);
  CHECK(data.curves.samples == 1000);  // 125 mutants, 8 windows each
  CHECK(std::count(data.labels.begin(), data.labels.end(), 1) == 8 * 56);
  const auto difference = [](const SimulatedCohort& cohort) {
    std::array<double, 2> sum{}, count{};
    for (const auto& patient : cohort.patients) {
      if (!patient.demographics.idh_mutant) continue;
      sum[patient.demographics.codeleted] += patient.demographics.mean_rcbv;
      ++count[patient.demographics.codeleted];
    }
    return sum[1] / count[1] - sum[0] / count[0];
  };
  CHECK(difference(tied) > 0.5);
  CHECK(std::abs(difference(plain)) < 0.4);
  double before = 0.0, after = 0.0;
  for (std::size_t p = 0; p < 463; ++p) {
    const auto &a = plain.patients[p].demographics, &b = tied.patients[p].demographics;
    before += a.mean_rcbv;
    after += b.mean_rcbv;
    if (!a.idh_mutant) CHECK(plain.patients[p].curves.values == tied.patients[p].curves.values);
    CHECK((a.age == b.age && a.codeleted == b.codeleted));
  }
  CHECK(std::abs(before - after) < 1e-9);
  simulator.age_rcbv_correlation = 0.9;
  CHECK_THROWS_AS(simulator(), OptionError);
  simulator.codeletion_rcbv_correlation = 1.5;
  CHECK_THROWS_AS(simulator(), OptionError);
  SimulatedCohort wildtype;
  wildtype.patients = {plain.patients[0]};
  wildtype.patients[0].demographics.idh_mutant = false;
  CHECK_THROWS_AS(wildtype.dataset({}, Target::codeletion), DataError);
  CHECK_NOTHROW(codeletion_classifier().validate());
}

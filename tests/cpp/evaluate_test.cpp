#include <algorithm>
#include <bolus/core/random.hpp>
#include <bolus/evaluate/bootstrap.hpp>
#include <bolus/evaluate/confusion_matrix.hpp>
#include <bolus/evaluate/logistic_regression.hpp>
#include <bolus/evaluate/patient_split.hpp>
#include <bolus/evaluate/roc_curve.hpp>
#include <bolus/evaluate/youden_threshold.hpp>
#include <cmath>
#include <fstream>
#include <numeric>
#include <set>
#include <sstream>

#include "catch.hpp"

using namespace bolus;

namespace {

struct Cohort {
  std::vector<int> labels;
  std::vector<double> scores;
  std::vector<std::string> patients;
};

/// `windows` samples per patient; every `every`th patient is positive; scores in steps of `step` (0: no ties), patients
/// correlated.
Cohort cohort(int patients, int windows, int every, double step, std::uint64_t seed = 1) {
  Cohort all;
  const RandomStream random(seed, 99);
  for (int p = 0; p < patients; ++p) {
    const int label = p % every == 0;
    for (int w = 0; w < windows; ++w) {
      const double score = label + random.normal(2 * p) + 0.5 * random.normal(2 * (p * windows + w) + 1);
      all.labels.push_back(label);
      all.scores.push_back(step > 0.0 ? step * std::round(score / step) : score);
      all.patients.push_back(detail::message("P", p));
    }
  }
  return all;
}

/// The definition: the share of pairs in which the positive is above, ties counting half.
double auc_of_pairs(const std::vector<int>& labels, const std::vector<double>& scores,
                    const std::vector<std::uint32_t>& weights) {
  double above = 0.0, pairs = 0.0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    for (std::size_t j = 0; j < labels.size(); ++j) {
      if (labels[i] != 1 || labels[j] != 0) continue;
      const double weight = double(weights[i]) * weights[j];
      pairs += weight;
      above += weight * (scores[i] > scores[j] ? 1.0 : scores[i] == scores[j] ? 0.5 : 0.0);
    }
  }
  return above / pairs;
}

template <class Kind, class Call>
std::string message_of(Call&& call) {
  try {
    call();
  } catch (const Kind& error) {
    return error.what();
  }
  return "nothing of that kind was thrown";
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

const std::vector<int> some_labels{0, 0, 1, 1};
const std::vector<double> some_scores{0.1, 0.4, 0.35, 0.8};

}  // namespace

TEST_CASE("the ROC curve and its area are the textbook's", "[evaluate]") {
  const auto curve = roc_curve(some_labels, some_scores);
  REQUIRE(curve.thresholds.size() == 5);
  CHECK(std::isinf(curve.thresholds[0]));
  CHECK(curve.thresholds[1] == 0.8);
  CHECK(curve.true_positive_rate[1] == 0.5);
  CHECK(curve.false_positive_rate[2] == 0.5);
  CHECK(curve.auc() == Approx(0.75));
  CHECK(roc_auc(some_labels, some_scores) == 0.75);
  CHECK(roc_auc(some_labels, std::vector<double>{1, 1, 1, 1}) == 0.5);
  CHECK(youden_threshold(some_labels, some_scores) == 0.8);
}

TEST_CASE("the area equals the share of ordered pairs, with and without ties", "[evaluate]") {
  for (const double step : {0.0, 0.5}) {
    for (const int every : {2, 5}) {
      auto data = cohort(60, 2, every, step);
      const std::vector<std::uint32_t> once(data.labels.size(), 1);
      CHECK(roc_auc(data.labels, data.scores) == Approx(auc_of_pairs(data.labels, data.scores, once)).epsilon(1e-14));
      CHECK(roc_curve(data.labels, data.scores).auc() == Approx(roc_auc(data.labels, data.scores)).epsilon(1e-13));
      const double area = roc_auc(data.labels, data.scores);
      for (auto& label : data.labels) label = 1 - label;
      CHECK(roc_auc(data.labels, data.scores) == Approx(1.0 - area).epsilon(1e-14));
    }
  }
}

TEST_CASE("bulk Philox words equal the single generator's", "[evaluate]") {
  for (const std::uint64_t seed : {0ull, 0x123456789abcdefull}) {
    const detail::PhiloxWords make{seed, seed * 3 + 7, 5};
    detail::PhiloxWords::Buffer bulk, scalar;
    for (const std::uint32_t first : {0u, 16u, 4294967280u, 4294967290u}) {
      make(first, bulk);
      make.fill_scalar(first, scalar);
      CHECK(bulk == scalar);
#if defined(__x86_64__) && defined(__GNUC__)
      if (__builtin_cpu_supports("avx2")) {
        make.fill_avx2(first, bulk);
        CHECK(bulk == scalar);
      }
      if (__builtin_cpu_supports("avx512f")) {
        make.fill_avx512(first, bulk);
        CHECK(bulk == scalar);
      }
#endif
    }
    CHECK(detail::PhiloxWords{seed, 4, 0}.seed == seed);
  }
  detail::PhiloxWords::Buffer words;
  detail::PhiloxWords{3, 4, 0}(0, words);
  CHECK(words[0] == RandomStream(3, 4).bits(0));
  CHECK(words[2] == RandomStream(3, 4).bits(1));
}

TEST_CASE("bootstrap draws are uniform and as many as there are units", "[evaluate]") {
  for (const std::size_t units : {1, 2, 3, 7, 95, 368, 2944, 100000}) {
    std::vector<std::uint64_t> sums(units);
    const std::size_t rounds = 400000 / units + 1;
    for (std::size_t replicate = 0; replicate < rounds; ++replicate) {
      std::vector<std::uint32_t> counts(units);
      detail::BootstrapDraws{11, replicate, 0}(units, [&](std::size_t i) { ++counts[i]; });
      REQUIRE(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}) == units);
      for (std::size_t i = 0; i < units; ++i) sums[i] += counts[i];
    }
    const double expected = static_cast<double>(rounds);
    double chi_square = 0.0;
    for (const auto sum : sums) chi_square += (double(sum) - expected) * (double(sum) - expected) / expected;
    const double freedom = double(units) - 1.0;
    CHECK(std::abs(chi_square - freedom) <= 5.0 * std::sqrt(2.0 * freedom) + 1e-9);
  }
}

TEST_CASE("each bootstrap replicate is the area of its own resample", "[evaluate]") {
  for (const double step : {0.0, 0.25}) {
    for (const bool stratified : {true, false}) {
      for (const bool clustered : {true, false}) {
        const auto data = cohort(40, 3, 3, step);
        const Patients patients = clustered ? Patients(data.patients) : Patients();
        const Bootstrap bootstrap{.replicates = 50, .seed = 5, .stratified = stratified};
        const auto result = bootstrap(data.labels, data.scores, patients);
        CHECK(result.estimate == roc_auc(data.labels, data.scores));
        REQUIRE(result.values.size() == 50);
        CHECK(result.skipped == 0);
        CHECK(result.low <= result.high);
        for (std::size_t r = 0; r < 50; ++r) {
          const auto counts = bootstrap.resample(data.labels, r, patients);
          CHECK(result.values[Eigen::Index(r)] == Approx(auc_of_pairs(data.labels, data.scores, counts)).epsilon(1e-13));
          if (stratified) {
            std::uint64_t positives = 0;
            for (std::size_t i = 0; i < counts.size(); ++i) positives += counts[i] * std::uint64_t(data.labels[i]);
            CHECK(positives == std::uint64_t(std::count(data.labels.begin(), data.labels.end(), 1)));
          }
          if (clustered) {
            for (std::size_t i = 0; i < counts.size(); i += 3)
              CHECK((counts[i] == counts[i + 1] && counts[i] == counts[i + 2]));
          }
        }
      }
    }
  }
}

TEST_CASE("the bootstrap gives the same bits on any number of threads", "[evaluate]") {
  const auto data = cohort(100, 4, 4, 0.0);
  for (const bool stratified : {true, false}) {
    Bootstrap bootstrap{.replicates = 501, .stratified = stratified, .threads = 1};
    const auto one = bootstrap(data.labels, data.scores, data.patients);
    for (const int threads : {2, 4, 7}) {
      bootstrap.threads = threads;
      const auto many = bootstrap(data.labels, data.scores, data.patients);
      CHECK((one.values.array() == many.values.array()).all());
      CHECK(one.low == many.low);
      CHECK(one.high == many.high);
    }
    bootstrap.seed = 1;
    CHECK_FALSE((one.values.array() == bootstrap(data.labels, data.scores, data.patients).values.array()).all());
  }
}

TEST_CASE("drawing patients whole gives the wider interval", "[evaluate]") {
  const auto data = cohort(120, 8, 3, 0.0);
  const auto rows = Bootstrap{}(data.labels, data.scores);
  const auto whole = Bootstrap{}(data.labels, data.scores, data.patients);
  CHECK(whole.high - whole.low > 1.5 * (rows.high - rows.low));
}

TEST_CASE("replicates of one class are skipped, counted and flagged", "[evaluate]") {
  const std::vector<int> labels{0, 0, 0, 0, 1};
  const std::vector<double> scores{1, 2, 3, 5, 4};
  const auto result = Bootstrap{.stratified = false}(labels, scores);
  // A replicate misses the one positive with probability 0.8^5 = 0.328, and has nothing else with 0.2^5.
  CHECK(std::abs(double(result.skipped) - 328.0) < 75.0);
  CHECK(result.skipped == result.skipped_replicates.size());
  CHECK(result.values.size() == Eigen::Index(1000 - result.skipped));
  CHECK(result.values.allFinite());
  REQUIRE(result.flags.size() == 1);
  CHECK(result.flags[0].code == "evaluate.bootstrap.skipped");
  const auto stratified = Bootstrap{}(labels, scores);
  CHECK(stratified.skipped == 0);
  REQUIRE(stratified.flags.size() == 1);
  CHECK(stratified.flags[0].code == "evaluate.bootstrap.one_unit");

  // One replicate of two samples that happens to draw one class only: an error, not an empty result.
  bool thrown = false;
  for (std::uint64_t seed = 0; seed < 20 && !thrown; ++seed) {
    const Bootstrap one{.replicates = 1, .seed = seed, .stratified = false};
    thrown = has(message_of<DataError>([&] { one(std::vector<int>{0, 1}, std::vector<double>{0, 1}); }), "one class only");
  }
  CHECK(thrown);
}

TEST_CASE("the bootstrap reports progress and can be cancelled", "[evaluate]") {
  const auto data = cohort(40, 1, 3, 0.0);
  std::size_t last = 0;
  Bootstrap{.threads = 1}(data.labels, data.scores, {}, [&](const ProgressEvent& event) {
    last = event.done;
    return true;
  });
  CHECK(last > 0);
  CHECK_THROWS_AS(Bootstrap{}(data.labels, data.scores, {}, [](const ProgressEvent&) { return false; }), Cancelled);
}

TEST_CASE("unusable labels, scores and options say what is wrong", "[evaluate]") {
  const std::vector<int> one_class{1, 1};
  const std::vector<double> two{0.1, 0.2}, bad{0.1, NAN, 0.3, 0.4};
  CHECK(has(message_of<DataError>([&] { roc_auc(one_class, two); }), "all 2 labels are 1"));
  CHECK(has(message_of<DataError>([&] { roc_curve(some_labels, bad); }), "score 1"));
  CHECK(has(message_of<ShapeError>([&] { roc_curve(some_labels, two); }), "4 labels and 2 scores"));
  CHECK(has(message_of<DataError>([&] { roc_auc({}, {}); }), "no labels"));
  CHECK(has(message_of<DataError>([&] { roc_auc(std::vector<int>{0, 2}, two); }), "label 1 is 2"));
  CHECK_THROWS_AS(youden_threshold(some_labels, std::vector<double>{1, 1, 1, 1}), DataError);
  CHECK_THROWS_AS(youden_threshold(some_labels, bad), DataError);

  const std::vector<std::string> mixed{"a", "b", "b", "c"}, few{"a"}, nameless{"a", "", "b", "c"};
  CHECK_THROWS_AS((Bootstrap{.replicates = 0}(some_labels, some_scores)), OptionError);
  CHECK_THROWS_AS((Bootstrap{.confidence = 1.0}(some_labels, some_scores)), OptionError);
  CHECK_THROWS_AS((Bootstrap{.confidence = NAN}(some_labels, some_scores)), OptionError);
  CHECK_THROWS_AS((Bootstrap{.threads = -1}(some_labels, some_scores)), OptionError);
  CHECK_THROWS_AS(Bootstrap{}(some_labels, bad), DataError);
  CHECK_THROWS_AS(Bootstrap{}(one_class, two), DataError);
  CHECK_THROWS_AS(Bootstrap{}(some_labels, two), ShapeError);
  CHECK_THROWS_AS(Bootstrap{}({}, {}), DataError);
  CHECK_THROWS_AS(Bootstrap{}(some_labels, some_scores, few), ShapeError);
  CHECK_THROWS_AS((Bootstrap{.stratified = false}(some_labels, some_scores, few)), ShapeError);
  CHECK_THROWS_AS(Bootstrap{}(some_labels, some_scores, nameless), DataError);
  CHECK(has(message_of<DataError>([&] { Bootstrap{}(some_labels, some_scores, mixed); }), "patient 'b'"));
  CHECK_NOTHROW(Bootstrap{.stratified = false}(some_labels, some_scores, mixed));
  CHECK_THROWS_AS(Bootstrap{}.resample(some_labels, 1000), OptionError);
  CHECK_THROWS_AS(Patients::from_codes({0, 2}, {"a", "b"}), DataError);
  CHECK_THROWS_AS(Patients::from_codes({0, 1}, {"b", "a"}), DataError);
  CHECK_THROWS_AS(Patients::from_codes({0, 0}, {"a", "b"}), DataError);
}

TEST_CASE("the confusion matrix and its rates follow their definitions", "[evaluate]") {
  const auto matrix = confusion_matrix(std::vector<int>{0, 0, 0, 1, 1, 1, 1, 0}, std::vector<int>{0, 1, 0, 1, 1, 0, 1, 0});
  CHECK(matrix.true_negative == 3);
  CHECK(matrix.false_positive == 1);
  CHECK(matrix.false_negative == 1);
  CHECK(matrix.true_positive == 3);
  CHECK(matrix.accuracy() == 0.75);
  CHECK(matrix.sensitivity() == 0.75);
  CHECK(matrix.specificity() == 0.75);
  CHECK(matrix.positive_predictive_value() == 0.75);
  CHECK(matrix.negative_predictive_value() == 0.75);
  CHECK(matrix.normalised().rowwise().sum().isOnes());

  const auto nobody = confusion_matrix(std::vector<int>{0, 1}, std::vector<int>{0, 0});
  CHECK(nobody.sensitivity() == 0.0);
  CHECK(has(message_of<DataError>([&] { (void)nobody.positive_predictive_value(); }), "nothing was predicted positive"));
  const auto healthy = confusion_matrix(std::vector<int>{0, 0}, std::vector<int>{0, 1});
  CHECK_THROWS_AS(healthy.sensitivity(), DataError);
  CHECK_THROWS_AS(healthy.normalised(), DataError);
  CHECK_THROWS_AS(ConfusionMatrix{}.accuracy(), DataError);
  CHECK_THROWS_AS(confusion_matrix({}, {}), DataError);
  CHECK_THROWS_AS(confusion_matrix(std::vector<int>{0, 1}, std::vector<int>{0, 2}), DataError);
  CHECK_THROWS_AS(confusion_matrix(std::vector<int>{0, 1}, std::vector<int>{0}), ShapeError);
}

TEST_CASE("logistic regression on a 2 x 2 table is the log odds ratio", "[evaluate]") {
  // Exposure 0: 10 of 40 are positive; exposure 1: 30 of 50. Intercept log(10/30), slope log(odds ratio), known errors.
  Eigen::MatrixXd x(90, 1);
  std::vector<int> y(90);
  for (int i = 0; i < 90; ++i) {
    x(i, 0) = i >= 40;
    y[std::size_t(i)] = i < 40 ? i < 10 : i < 70;
  }
  const auto fit = LogisticRegression{}.fit(x, y);
  CHECK(fit.intercept == Approx(std::log(10.0 / 30.0)).epsilon(1e-12));
  CHECK(fit.coefficients[0] == Approx(std::log((30.0 / 20.0) / (10.0 / 30.0))).epsilon(1e-12));
  CHECK(fit.standard_errors[0] == Approx(std::sqrt(1.0 / 10 + 1.0 / 30)).epsilon(1e-10));
  CHECK(fit.standard_errors[1] == Approx(std::sqrt(1.0 / 10 + 1.0 / 30 + 1.0 / 30 + 1.0 / 20)).epsilon(1e-10));
  CHECK(fit.z_values[1] == Approx(fit.coefficients[0] / fit.standard_errors[1]));
  CHECK(fit.p_values[1] == Approx(std::erfc(std::abs(fit.z_values[1]) / std::sqrt(2.0))));
  CHECK(fit.log_likelihood ==
        Approx(10 * std::log(0.25) + 30 * std::log(0.75) + 30 * std::log(0.6) + 20 * std::log(0.4)).epsilon(1e-13));
  CHECK(fit.null_log_likelihood == Approx(40 * std::log(4.0 / 9) + 50 * std::log(5.0 / 9)).epsilon(1e-13));
  CHECK(fit.predict_probability(x)[0] == Approx(0.25));
  CHECK(fit.predict_probability(x)[89] == Approx(0.6));

  // Another unit and a far offset change the coefficient alone.
  const Eigen::MatrixXd shifted = (x.array() * 1e-3 + 50.0).matrix();
  const auto same = LogisticRegression{}.fit(shifted, y);
  CHECK(same.coefficients[0] == Approx(1e3 * fit.coefficients[0]).epsilon(1e-9));
  CHECK(same.log_likelihood == Approx(fit.log_likelihood).epsilon(1e-12));
}

TEST_CASE("logistic regression says why it cannot be fitted", "[evaluate]") {
  Eigen::MatrixXd x(8, 2);
  x << 1, 3, 2, 1, 3, 4, 4, 1, 5, 5, 6, 9, 7, 2, 8, 6;
  const std::vector<int> separated{0, 0, 0, 0, 1, 1, 1, 1}, mixed{0, 1, 0, 0, 1, 0, 1, 1};
  CHECK_NOTHROW(LogisticRegression{}.fit(x, mixed));
  CHECK(has(message_of<ConvergenceError>([&] { LogisticRegression{}.fit(x, separated); }), "separate the classes"));
  CHECK_NOTHROW(LogisticRegression{.ridge = 1.0}.fit(x, separated));

  // Quasi-complete separation: a tie across the classes at the boundary.
  Eigen::MatrixXd quasi(6, 1);
  quasi << 1, 2, 3, 3, 4, 5;
  const std::vector<int> halves{0, 0, 0, 1, 1, 1};
  CHECK(has(message_of<ConvergenceError>([&] { LogisticRegression{}.fit(quasi, halves); }), "separate the classes"));

  auto constant = x;
  constant.col(1).setConstant(7.0);
  CHECK(has(message_of<DataError>([&] { LogisticRegression{}.fit(constant, mixed, {"age", "rCBV"}); }), "'rCBV' is constant"));
  auto collinear = x;
  collinear.col(1) = 2.0 * x.col(0).array() + 1.0;
  CHECK(has(message_of<DataError>([&] { LogisticRegression{}.fit(collinear, mixed); }), "determine each other"));
  CHECK_NOTHROW(LogisticRegression{.ridge = 1.0}.fit(collinear, mixed));
  auto missing = x;
  missing(3, 1) = NAN;
  CHECK(
      has(message_of<DataError>([&] { LogisticRegression{}.fit(missing, mixed, {"age", "rCBV"}); }), "row 3 of column 'rCBV'"));
  CHECK_THROWS_AS(LogisticRegression{}.fit(x, std::vector<int>(8, 1)), DataError);
  CHECK_THROWS_AS(LogisticRegression{}.fit(x, std::vector<int>{0, 1}), ShapeError);
  CHECK_THROWS_AS(LogisticRegression{}.fit(Eigen::MatrixXd(8, 0), mixed), ShapeError);
  CHECK_THROWS_AS(LogisticRegression{}.fit(Eigen::MatrixXd(0, 2), std::vector<int>{}), DataError);
  CHECK_THROWS_AS(LogisticRegression{}.fit(x, mixed, {"age"}), ShapeError);
  CHECK_THROWS_AS(LogisticRegression{.ridge = -1.0}.fit(x, mixed), OptionError);
  CHECK_THROWS_AS(LogisticRegression{.tolerance = 0.0}.fit(x, mixed), OptionError);
  CHECK_THROWS_AS(LogisticRegression{.max_iterations = 0}.fit(x, mixed), OptionError);
  CHECK_THROWS_AS(LogisticRegression{.max_iterations = 1}.fit(x, mixed), ConvergenceError);
  CHECK_THROWS_AS(LogisticRegression{}.fit(x, mixed).predict_probability(Eigen::MatrixXd(2, 3)), ShapeError);
  CHECK_THROWS_AS(LogisticRegression{}.fit(x, mixed).predict_probability(missing), DataError);
}

TEST_CASE("a split keeps patients whole and classes in proportion", "[evaluate]") {
  const auto data = cohort(463, 8, 5, 0.0);  // 93 of 463 positive
  const auto split = PatientSplit{}(data.patients, data.labels);
  std::set<std::string> seen;
  std::size_t samples = 0;
  const auto check = [&](const std::vector<std::size_t>& part, std::size_t patients) {
    CHECK(std::is_sorted(part.begin(), part.end()));
    std::set<std::string> own, positive;
    for (const auto i : part) {
      own.insert(data.patients[i]);
      if (data.labels[i]) positive.insert(data.patients[i]);
    }
    CHECK(own.size() == patients);
    CHECK(part.size() == 8 * patients);
    CHECK(std::abs(double(positive.size()) - 93.0 * double(patients) / 463.0) < 1.0);
    for (const auto& name : own) CHECK(seen.insert(name).second);
    samples += part.size();
  };
  check(split.training, 395);
  check(split.validation, 50);
  check(split.test, 18);
  CHECK(samples == data.labels.size());
  CHECK(PatientSplit{.seed = 1}(data.patients, data.labels).test != split.test);
  CHECK(PatientSplit{}(data.patients, data.labels).test == split.test);
}

TEST_CASE("folds partition the patients and each has both classes", "[evaluate]") {
  for (const int patients : {11, 57}) {
    const auto data = cohort(patients, 3, 2, 0.0);
    const auto folds = PatientFolds{}(data.patients, data.labels);
    REQUIRE(folds.size() == 5);
    std::vector<int> times(data.labels.size());
    for (const auto& fold : folds) {
      CHECK(fold.training.size() + fold.validation.size() == data.labels.size());
      std::set<std::string> training, validation;
      std::set<int> classes;
      for (const auto i : fold.training) training.insert(data.patients[i]);
      for (const auto i : fold.validation) {
        CHECK(training.count(data.patients[i]) == 0);
        validation.insert(data.patients[i]);
        classes.insert(data.labels[i]);
        ++times[i];
      }
      CHECK(classes.size() == 2);
      CHECK((int(validation.size()) == patients / 5 || int(validation.size()) == patients / 5 + 1));
    }
    CHECK(std::all_of(times.begin(), times.end(), [](int count) { return count == 1; }));
  }
}

TEST_CASE("splits and folds depend on who the patients are, not on the order of samples", "[evaluate]") {
  const auto data = cohort(40, 2, 3, 0.0);
  const auto order = RandomStream(8, 8).permutation(data.labels.size());
  Cohort mixed;
  for (const auto i : order) {
    mixed.labels.push_back(data.labels[i]);
    mixed.patients.push_back(data.patients[i]);
  }
  const auto names = [](const Cohort& all, const std::vector<std::size_t>& part) {
    std::set<std::string> found;
    for (const auto i : part) found.insert(all.patients[i]);
    return found;
  };
  const PatientSplit split{.training = 28, .validation = 7, .test = 5};
  CHECK(names(data, split(data.patients, data.labels).test) == names(mixed, split(mixed.patients, mixed.labels).test));
  const auto folds = PatientFolds{}(data.patients, data.labels), mixed_folds = PatientFolds{}(mixed.patients, mixed.labels);
  for (std::size_t f = 0; f < 5; ++f) CHECK(names(data, folds[f].validation) == names(mixed, mixed_folds[f].validation));
}

TEST_CASE("class quotas keep to the largest remainder and leave no part without a class", "[evaluate]") {
  CHECK(detail::class_quota({395, 50, 18}, 100) == std::vector<std::size_t>{85, 11, 4});
  CHECK(detail::class_quota({90, 5, 5}, 3) == std::vector<std::size_t>{1, 1, 1});
  CHECK(detail::class_quota({90, 5, 5}, 97) == std::vector<std::size_t>{89, 4, 4});
  CHECK(detail::class_quota({10, 0, 2}, 4) == std::vector<std::size_t>{3, 0, 1});
  for (int a = 2; a < 9; ++a) {
    for (int b = 2; b < 9; ++b) {
      for (std::size_t positives = 2; positives + 2 <= std::size_t(a + b); ++positives) {
        const auto quota = detail::class_quota({a, b}, positives);
        CHECK(quota[0] + quota[1] == positives);
        CHECK((quota[0] >= 1 && quota[1] >= 1 && int(quota[0]) < a && int(quota[1]) < b));
      }
    }
  }
}

TEST_CASE("splits that cannot be made say why", "[evaluate]") {
  const auto data = cohort(20, 2, 5, 0.0);  // 4 of 20 positive
  const auto wrong = message_of<DataError>([&] { PatientSplit{}(data.patients, data.labels); });
  CHECK((has(wrong, "= 463") && has(wrong, "20")));
  CHECK_THROWS_AS((PatientSplit{.training = 19, .validation = 1, .test = 0}(data.patients, data.labels)), DataError);
  CHECK_THROWS_AS((PatientSplit{.training = -1, .validation = 1, .test = 20}(data.patients, data.labels)), OptionError);
  CHECK_NOTHROW(PatientSplit{.training = 18, .validation = 2, .test = 0}(data.patients, data.labels));
  CHECK(has(message_of<DataError>([&] { PatientFolds{}(data.patients, data.labels); }), "class 1 has 4 patient(s)"));
  CHECK_THROWS_AS((PatientFolds{.folds = 1}(data.patients, data.labels)), OptionError);
  const std::vector<std::string> same(4, "a"), four{"a", "b", "c", "d"};
  CHECK_THROWS_AS((PatientFolds{.folds = 2}(same, some_labels)), DataError);
  CHECK_THROWS_AS((PatientFolds{.folds = 2}(four, std::vector<int>{0, 0, 0, 0})), DataError);
  CHECK_THROWS_AS((PatientFolds{.folds = 2}(four, std::vector<int>{0, 1})), ShapeError);
  CHECK_THROWS_AS((PatientFolds{.folds = 2}(Patients{}, std::vector<int>{})), DataError);
  CHECK_NOTHROW(PatientFolds{.folds = 2}(four, some_labels));
  CHECK_THROWS_AS((PatientSplit{.training = 2, .validation = 1, .test = 1}(four, some_labels)), DataError);
}

TEST_CASE("areas on the aSAH data equal the published ones", "[evaluate]") {
  BOLUS_REQUIRE_REAL_DATA();
  std::ifstream file(real_data() / "clinical" / "asah.csv");
  std::string line, field;
  REQUIRE(std::getline(file, line));  // gos6,outcome,gender,age,wfns,s100b,ndka
  std::vector<int> labels;
  std::vector<double> wfns, s100b, ndka;
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    std::vector<std::string> row;
    while (std::getline(fields, field, ',')) row.push_back(field);
    labels.push_back(row.at(1) == "Poor");
    wfns.push_back(std::stod(row.at(4)));
    s100b.push_back(std::stod(row.at(5)));
    ndka.push_back(std::stod(row.at(6)));
  }
  REQUIRE(labels.size() == 113);
  CHECK(roc_auc(labels, wfns) == Approx(0.8236788618).epsilon(1e-9));
  CHECK(roc_auc(labels, ndka) == Approx(0.6119579946).epsilon(1e-9));
  CHECK(roc_auc(labels, s100b) == Approx(0.7313685637).epsilon(1e-9));
}

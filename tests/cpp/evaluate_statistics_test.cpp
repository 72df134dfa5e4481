#include <bolus/core/random.hpp>
#include <bolus/evaluate/brier_score.hpp>
#include <bolus/evaluate/calibration_curve.hpp>
#include <bolus/evaluate/calibration_line.hpp>
#include <bolus/evaluate/chi_square_test.hpp>
#include <bolus/evaluate/decision_curve.hpp>
#include <bolus/evaluate/fisher_exact_test.hpp>
#include <bolus/evaluate/holm.hpp>
#include <bolus/evaluate/hosmer_lemeshow_test.hpp>
#include <bolus/evaluate/logistic_regression.hpp>
#include <bolus/evaluate/mann_whitney_test.hpp>
#include <bolus/evaluate/one_way_anova.hpp>
#include <bolus/evaluate/proportion_interval.hpp>
#include <bolus/evaluate/variance_inflation.hpp>
#include <bolus/evaluate/welch_test.hpp>
#include <cmath>
#include <numbers>
#include <string>

#include "catch.hpp"

using namespace bolus;

namespace {

template <class Kind, class Call>
std::string message_of(Call&& call) {
  try {
    call();
  } catch (const Kind& error) {
    return error.what();
  }
  return "nothing was thrown";
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

bool near(double a, double b, double relative = 1e-12) { return std::abs(a - b) <= relative * std::max(std::abs(b), 1e-300); }

Eigen::MatrixXi table(Eigen::Index rows, std::initializer_list<int> counts) {
  Eigen::MatrixXi result(rows, static_cast<Eigen::Index>(counts.size()) / rows);
  auto next = counts.begin();
  for (Eigen::Index i = 0; i < rows; ++i)
    for (Eigen::Index j = 0; j < result.cols(); ++j) result(i, j) = *next++;
  return result;
}

}  // namespace

TEST_CASE("distributions have their closed forms, far into the tails", "[evaluate]") {
  using std::numbers::pi;
  for (const double t : {1e-6, 0.3, 1.0, 7.0, 1e4}) {
    CHECK(near(detail::student_two_sided(t, 1.0), 2.0 / pi * std::atan(1.0 / t)));  // Cauchy
    CHECK(near(detail::student_two_sided(t, 2.0), 2.0 / (2.0 + t * t) / (1.0 + t / std::sqrt(2.0 + t * t))));
    CHECK(near(detail::f_upper(t, 2.0, 10.0), std::pow(1.0 + 0.2 * t, -5.0)));
  }
  for (const double x : {0.01, 1.0, 50.0, 1400.0}) CHECK(near(detail::chi_square_upper(x, 2.0), std::exp(-0.5 * x)));
  for (const double x : {0.5, 3.84, 40.0}) CHECK(near(detail::chi_square_upper(x, 1.0), std::erfc(std::sqrt(0.5 * x))));
  for (const double p : {1e-200, 1e-9, 0.025, 0.3, 0.5}) {
    CHECK(near(detail::normal_cdf(detail::normal_quantile(p)), p, 1e-11));
    CHECK(near(detail::beta_quantile(3.0, 1.0, p), std::cbrt(p)));
    CHECK(near(detail::student_two_sided(detail::student_two_sided_quantile(p, 4.0), 4.0), p, 1e-11));
  }
  CHECK(near(detail::normal_quantile(0.975), 1.959963984540054));
}

TEST_CASE("intervals of proportions equal published values and stay inside", "[evaluate]") {
  // Newcombe, Stat Med 1998;17:857, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
  const auto wilson = wilson_interval(81, 263);
  CHECK(std::abs(wilson.low - 0.2553) < 5e-5);
  CHECK(std::abs(wilson.high - 0.3662) < 5e-5);
  CHECK(std::abs(wilson_interval(15, 148).low - 0.0624) < 5e-5);
  CHECK(wilson_interval(0, 20).low == 0.0);
  CHECK(std::abs(wilson_interval(0, 20).high - 0.1611) < 5e-5);
  CHECK(std::abs(clopper_pearson_interval(81, 263).low - 0.2527) < 5e-5);
  CHECK(std::abs(clopper_pearson_interval(1, 29).high - 0.1776) < 5e-5);
  CHECK(near(clopper_pearson_interval(0, 20).high, 1.0 - std::pow(0.025, 1.0 / 20.0)));
  CHECK(near(clopper_pearson_interval(20, 20).low, std::pow(0.025, 1.0 / 20.0)));
  CHECK(wilson_interval(1, 1).high == 1.0);
  CHECK(has(message_of<DataError>([] { wilson_interval(0, 0); }), "at least one trial"));
  CHECK(has(message_of<DataError>([] { wilson_interval(3, 2); }), "expected 0 to 2"));
  CHECK_THROWS_AS(clopper_pearson_interval(1, 2, 1.0), OptionError);
}

TEST_CASE("Holm's correction", "[evaluate]") {
  const std::vector<double> p{0.01, 0.04, 0.03, 0.005};
  const auto adjusted = holm(p);
  CHECK(near(adjusted[0], 0.03));
  CHECK(near(adjusted[1], 0.06));
  CHECK(near(adjusted[2], 0.06));
  CHECK(near(adjusted[3], 0.02));
  CHECK(holm(std::vector{0.9, 0.8})[0] == 1.0);
  CHECK_THROWS_AS(holm(std::vector{0.1, std::nan("")}), DataError);
  CHECK_THROWS_AS(holm(std::vector<double>{}), DataError);
}

TEST_CASE("t tests and analysis of variance agree where they must", "[evaluate]") {
  const std::vector<double> a{1.0, 2.0, 3.0, 4.0}, b{3.0, 5.0, 7.0, 9.0};
  const auto student = student_test(a, b);
  CHECK(near(student.statistic, -3.5 / std::sqrt((5.0 / 3.0 + 20.0 / 3.0) / 4.0)));  // by hand
  CHECK(student.degrees_of_freedom == 6.0);
  CHECK(near(welch_test(a, b).statistic, student.statistic));  // groups of one size
  const auto anova = one_way_anova(std::vector{a, b});
  CHECK(near(anova.statistic, student.statistic * student.statistic));
  CHECK(near(anova.p_value, student.p_value, 1e-11));
  const std::vector<double> moved{1e9 + 1.0, 1e9 + 2.0, 1e9 + 3.0, 1e9 + 4.0},
      moved_b{1e9 + 3.0, 1e9 + 5.0, 1e9 + 7.0, 1e9 + 9.0};
  CHECK(near(student_test(moved, moved_b).statistic, student.statistic));
  CHECK_NOTHROW(student_test(std::vector{1.0}, a));
  CHECK(has(message_of<DataError>([] { student_test(std::vector{1.0}, std::vector{2.0}); }), "single value"));
  CHECK(has(message_of<DataError>([&] { welch_test(std::vector{1.0}, a); }), "group a"));
  CHECK(has(message_of<DataError>([&] { student_test(std::vector<double>{}, a); }), "group a is empty"));
  CHECK(has(message_of<DataError>([&] { student_test(a, std::vector{1.0, std::nan("")}); }), "value 1 of group b"));
  CHECK(has(message_of<DataError>([] { student_test(std::vector{0.1, 0.1, 0.1}, std::vector{0.2, 0.2}); }), "constant"));
  CHECK(has(message_of<DataError>([&] { one_way_anova(std::vector<std::vector<double>>{a}); }), "at least two"));
  CHECK_THROWS_AS(one_way_anova(std::vector<std::vector<double>>{{1.0}, {2.0}}), DataError);
}

TEST_CASE("Mann-Whitney: exact by counting, ties, everything equal", "[evaluate]") {
  const std::vector<double> a{1.0, 2.0}, b{3.0, 4.0, 5.0};
  const auto exact = mann_whitney_test(a, b);
  CHECK(exact.method == MannWhitneyMethod::exact);
  CHECK(exact.statistic == 0.0);
  CHECK(near(exact.p_value, 2.0 / 10.0));  // one of ten orders on each side
  CHECK(mann_whitney_test(std::vector{1.0}, std::vector{2.0}).p_value == 1.0);
  const auto equal = mann_whitney_test(std::vector(5, 1.0), std::vector(7, 1.0));
  CHECK(equal.p_value == 1.0);
  CHECK(equal.probability_of_superiority == 0.5);
  CHECK(mann_whitney_test(std::vector{1.0, 2.0}, std::vector{2.0, 3.0}).method == MannWhitneyMethod::asymptotic);
  CHECK_THROWS_AS(mann_whitney_test(std::vector{1.0}, std::vector{1.0}, MannWhitneyMethod::exact), OptionError);
}

TEST_CASE("chi-square and Fisher's test of small tables", "[evaluate]") {
  // Fisher's tea: 3 of 4 cups right.
  const auto tea = table(2, {3, 1, 1, 3});
  const auto fisher = fisher_exact_test(tea);
  CHECK(near(fisher.p_value, 34.0 / 70.0));
  CHECK(near(*fisher.odds_ratio, 9.0));
  CHECK(std::abs(*fisher.conditional_odds_ratio - 6.408309) < 5e-5);  // R's documentation of fisher.test, to R's root search
  // Its margins leave 1, 16, 36, 16, 1 of 70 tables: the tails in closed form.
  const auto weight = [](double t) { return 1.0 + 16.0 * t + 36.0 * t * t + 16.0 * t * t * t + t * t * t * t; };
  CHECK(near((weight(*fisher.low) - 1.0 - 16.0 * *fisher.low - 36.0 * std::pow(*fisher.low, 2)) / weight(*fisher.low), 0.025,
             1e-10));
  CHECK(near(1.0 - std::pow(*fisher.high, 4) / weight(*fisher.high), 0.025, 1e-10));
  // Job satisfaction (Agresti, Categorical Data Analysis, 2002, p. 57), exact P in R's documentation.
  const auto job = table(4, {1, 2, 1, 0, 3, 3, 6, 1, 10, 10, 14, 9, 6, 7, 12, 11});
  CHECK(std::abs(fisher_exact_test(job).p_value - 0.7827) < 5e-5);
  const auto drawn = FisherExactTest{.method = FisherMethod::monte_carlo, .replicates = 20000, .seed = 3};
  const auto sampled = drawn(job);
  CHECK(sampled.p_interval->low < 0.7827);
  CHECK(sampled.p_interval->high > 0.7827);
  auto other = drawn;
  other.threads = 3;
  CHECK(other(job).p_value == sampled.p_value);
  CHECK(has(message_of<DataError>([&] { FisherExactTest{.budget = 10}(job); }), "monte_carlo"));

  const auto chi = chi_square_test(tea);
  CHECK(near(chi.statistic, 2.0));
  CHECK(near(chi.cramers_v, 0.5));
  CHECK(chi.flags.size() == 1);
  CHECK(near(chi_square_test(tea, true).statistic, 0.5));
  CHECK(has(message_of<DataError>([] { chi_square_test(table(2, {1, 0, 2, 0})); }), "column 1 of the table is empty"));
  CHECK_THROWS_AS(chi_square_test(job, true), OptionError);
  CHECK_THROWS_AS(chi_square_test(table(1, {1, 2})), ShapeError);
  CHECK_THROWS_AS(fisher_exact_test(table(2, {0, 0, 0, 0})), DataError);
  CHECK_THROWS_AS(fisher_exact_test(table(2, {1, -1, 0, 4})), DataError);
  const auto empty = fisher_exact_test(table(2, {3, 4, 0, 0}));
  CHECK(empty.p_value == 1.0);
  CHECK(!empty.odds_ratio.has_value());
  CHECK(empty.flags.size() == 1);
}

TEST_CASE("Firth's penalty equals its closed form and survives separation", "[evaluate]") {
  // One binary column: Firth's estimate is the log odds ratio with a half added to every cell.
  Eigen::MatrixXd x(20, 1);
  std::vector<int> y;
  for (int i = 0; i < 20; ++i) {
    x(i, 0) = i < 8;
    y.push_back(i < 8 || i % 3 == 0);
  }
  const LogisticRegression firth{.penalty = LogisticPenalty::firth, .interval = LogisticInterval::profile};
  const auto fit = firth.fit(x, y);
  CHECK(near(fit.coefficients[0], std::log(8.5 / 0.5) - std::log(4.5 / 8.5), 1e-9));
  CHECK(near(fit.intercept, std::log(4.5 / 8.5), 1e-9));
  CHECK(fit.low[1] > 0.0);
  CHECK(std::isfinite(fit.high[1]));
  CHECK(has(message_of<ConvergenceError>([&] { LogisticRegression{}.fit(x, y, {"codeletion"}); }), "'codeletion' by itself"));
  CHECK_THROWS_AS((LogisticRegression{.ridge = 1.0, .penalty = LogisticPenalty::firth}.fit(x, y)), OptionError);
  CHECK_THROWS_AS((LogisticRegression{.penalty = LogisticPenalty::ridge}.fit(x, y)), OptionError);
}

TEST_CASE("profile intervals end where the likelihood has fallen by the quantile", "[evaluate]") {
  const RandomStream random(4, 1);
  const int n = 60;
  Eigen::MatrixXd x(n, 1);
  std::vector<int> y;
  for (int i = 0; i < n; ++i) {
    x(i, 0) = 50.0 + 10.0 * random.normal(static_cast<std::uint64_t>(i));
    y.push_back(random.uniform(static_cast<std::uint64_t>(1000 + i)) < detail::logistic(0.1 * (x(i, 0) - 50.0)));
  }
  const auto fit = LogisticRegression{.interval = LogisticInterval::profile}.fit(x, y);
  const auto likelihood = [&](double intercept, double slope) {
    double sum = 0.0;
    for (int i = 0; i < n; ++i)
      sum += std::log(detail::logistic((y[static_cast<std::size_t>(i)] ? 1 : -1) * (intercept + slope * x(i, 0))));
    return sum;
  };
  for (const double end : {fit.low[1], fit.high[1]}) {
    double best = -1e300;  // over a fine grid of the intercept
    for (double intercept = -0.5; intercept <= 0.5; intercept += 1e-4) {
      const double centre = std::log(static_cast<double>(std::count(y.begin(), y.end(), 1)) /
                                     (n - static_cast<double>(std::count(y.begin(), y.end(), 1))));
      best = std::max(best, likelihood(centre + intercept - end * x.col(0).mean(), end));
    }
    CHECK(std::abs(2.0 * (fit.log_likelihood - best) - 3.841458820694124) < 1e-4);
  }
}

TEST_CASE("variance inflation of two columns is 1 / (1 - r2)", "[evaluate]") {
  Eigen::MatrixXd x(4, 2);
  x << 1, 1, 2, 3, 3, 2, 4, 4;
  const auto inflation = variance_inflation(x);  // r = 0.8
  CHECK(near(inflation.factors[0], 1.0 / 0.36));
  CHECK(near(inflation.factors[1], 1.0 / 0.36));
  CHECK(variance_inflation(x.leftCols(1)).factors[0] == 1.0);
  x.col(1) = 3.0 * x.col(0);
  CHECK(has(message_of<DataError>([&] { variance_inflation(x, {"age", "months"}); }), "determine each other"));
}

TEST_CASE("calibration of probabilities", "[evaluate]") {
  const std::vector<int> labels{0, 0, 1, 1, 1, 0, 1, 1};
  const std::vector<double> p{0.1, 0.3, 0.35, 0.8, 0.9, 0.6, 0.4, 1.0};
  const auto brier = brier_decomposition(labels, p, 5);
  CHECK(near(brier.reliability - brier.resolution + brier.uncertainty + brier.within_bins, brier.score));
  const auto curve = calibration_curve(labels, p, 2);
  CHECK(curve.observed.size() == 2);
  CHECK(curve.observed[0].trials == 4);
  CHECK(near(curve.predicted[0], 0.2875));
  CHECK(near(curve.expected_error, expected_calibration_error(labels, p, 2)));
  // Probabilities of a fit are calibrated on its own samples: intercept 0, slope 1.
  Eigen::MatrixXd x(8, 1);
  x << 1, 2, 3, 4, 5, 6, 2.5, 8;
  const Eigen::VectorXd fitted = LogisticRegression{}.fit(x, labels).predict_probability(x);
  const auto line = calibration_line(labels, std::vector<double>(fitted.begin(), fitted.end()));
  CHECK(std::abs(line.slope - 1.0) < 1e-7);
  CHECK(std::abs(line.intercept) < 1e-7);
  CHECK(calibration_line(labels, p).flags.size() == 1);
  CHECK_THROWS_AS(calibration_line(labels, std::vector(8, 0.5)), DataError);
  CHECK(has(message_of<DataError>([&] { brier_score(labels, std::vector(8, 1.5)); }), "probability 0 is 1.5"));

  const auto decision = decision_curve(labels, p, {0.05, 0.5});
  CHECK(near(decision.net_benefit[0], 5.0 / 8.0 - 3.0 / 8.0 * 0.05 / 0.95));
  CHECK(near(decision.net_benefit[1], 3.0 / 8.0 - 1.0 / 8.0));
  CHECK(near(decision.treat_all[0], decision.net_benefit[0]));
  CHECK_THROWS_AS(decision_curve(labels, p, {1.0}), OptionError);
  CHECK(hosmer_lemeshow_test(labels, std::vector<double>{0.1, 0.3, 0.35, 0.8, 0.9, 0.6, 0.4, 0.95}, 4).degrees_of_freedom == 2);
}

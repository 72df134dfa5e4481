#include <bolus/core/random.hpp>
#include <bolus/evaluate/compare_models.hpp>
#include <bolus/evaluate/compare_subgroups.hpp>
#include <bolus/evaluate/cross_validated_auc.hpp>
#include <bolus/evaluate/operating_point.hpp>
#include <bolus/evaluate/partial_auc.hpp>
#include <bolus/evaluate/precision_recall.hpp>
#include <bolus/evaluate/roc_band.hpp>
#include <cmath>
#include <vector>

#include "catch.hpp"

using namespace bolus;

namespace {

struct Data {
  std::vector<int> labels;
  std::vector<double> first, second;
};

Data data(int samples, double step, std::uint64_t seed = 1) {
  Data all;
  const RandomStream random(seed, 5);
  for (int i = 0; i < samples; ++i) {
    const auto at = static_cast<std::uint64_t>(3 * i);
    all.labels.push_back(i % 3 == 0);
    const double shared = random.normal(at);
    const auto rounded = [&](double x) { return step > 0.0 ? step * std::round(x / step) : x; };
    all.first.push_back(rounded(all.labels.back() + shared + 0.5 * random.normal(at + 1)));
    all.second.push_back(rounded(0.5 * all.labels.back() + shared + random.normal(at + 2)));
  }
  return all;
}

/// DeLong's covariance by its definition, all pairs.
Eigen::Matrix2d by_definition(const Data& d) {
  std::vector<std::size_t> one, zero;
  for (std::size_t i = 0; i < d.labels.size(); ++i) (d.labels[i] ? one : zero).push_back(i);
  const std::vector<double>* scores[2] = {&d.first, &d.second};
  Eigen::MatrixXd v10(one.size(), 2), v01(zero.size(), 2);
  v10.setZero();
  v01.setZero();
  for (int k = 0; k < 2; ++k) {
    for (std::size_t i = 0; i < one.size(); ++i) {
      for (std::size_t j = 0; j < zero.size(); ++j) {
        const double x = (*scores[k])[one[i]], y = (*scores[k])[zero[j]];
        const double psi = x > y ? 1.0 : x == y ? 0.5 : 0.0;
        v10(Eigen::Index(i), k) += psi / double(zero.size());
        v01(Eigen::Index(j), k) += psi / double(one.size());
      }
    }
  }
  const auto part = [](Eigen::MatrixXd v) {
    v.rowwise() -= v.colwise().mean().eval();
    return Eigen::Matrix2d(v.transpose() * v / double(v.rows() - 1) / double(v.rows()));
  };
  return part(v10) + part(v01);
}

bool has_flag(const QcFlags& flags, const char* code) {
  return std::any_of(flags.begin(), flags.end(), [&](const QcFlag& flag) { return flag.code == code; });
}

}  // namespace

TEST_CASE("DeLong's covariance equals its definition, with and without ties", "[evaluate]") {
  for (const double step : {0.0, 0.5, 3.0}) {
    const auto d = data(90, step);
    Eigen::MatrixXd scores(90, 2);
    for (int i = 0; i < 90; ++i) scores.row(i) << d.first[std::size_t(i)], d.second[std::size_t(i)];
    const auto areas = delong_covariance(d.labels, scores);
    CHECK((areas.covariance - by_definition(d)).cwiseAbs().maxCoeff() < 1e-15);
    CHECK(areas.areas[0] == Approx(roc_auc(d.labels, d.first)).margin(1e-15));
    // One sample per patient: Obuchowski's is DeLong's.
    std::vector<std::string> names;
    for (int i = 0; i < 90; ++i) names.push_back(detail::message("P", i));
    CHECK((delong_covariance(d.labels, scores, names).covariance - areas.covariance).cwiseAbs().maxCoeff() < 1e-15);
  }
}

TEST_CASE("samples given twice as one patient change neither area nor variance", "[evaluate]") {
  const auto d = data(60, 0.5);
  Data twice;
  std::vector<std::string> names;
  for (int copy = 0; copy < 2; ++copy) {
    for (std::size_t i = 0; i < 60; ++i) {
      twice.labels.push_back(d.labels[i]);
      twice.first.push_back(d.first[i]);
      names.push_back(detail::message("P", i));
    }
  }
  const auto one = DelongAuc{}(d.labels, d.first), other = DelongAuc{}(twice.labels, twice.first, names);
  CHECK(other.estimate == Approx(one.estimate).margin(1e-15));
  CHECK(other.variance == Approx(one.variance).margin(1e-15));
  CHECK(DelongAuc{}(twice.labels, twice.first).variance < 0.6 * one.variance);
}

TEST_CASE("many scores sort as few do", "[evaluate]") {
  const RandomStream random(3, 3);
  std::vector<double> scores;
  for (std::uint64_t i = 0; i < 5000; ++i)
    scores.push_back(i % 7 == 0 ? 0.0 : std::pow(-1.0, double(i)) * random.normal(i) * std::pow(10.0, double(i % 30)));
  scores[11] = -0.0;
  const auto order = detail::sorted_scores(scores);
  for (std::size_t i = 1; i < order.size(); ++i) {
    const double before = scores[order[i - 1].sample], here = scores[order[i].sample];
    REQUIRE((before < here || (before == here && order[i - 1].sample < order[i].sample)));
  }
  // Scores that differ in their last digits only.
  for (std::size_t i = 0; i < scores.size(); ++i) scores[i] = 1.0 + 1e-15 * double((i * 2654435761u) % 1000);
  const auto close = detail::sorted_scores(scores);
  for (std::size_t i = 1; i < close.size(); ++i) {
    const double before = scores[close[i - 1].sample], here = scores[close[i].sample];
    REQUIRE((before < here || (before == here && close[i - 1].sample < close[i].sample)));
  }
}

TEST_CASE("perfect separation and scores all equal have an interval and a flag", "[evaluate]") {
  const std::vector<int> labels{0, 0, 0, 1, 1, 1};
  const std::vector<double> perfect{1, 2, 3, 4, 5, 6}, equal(6, 0.5);
  const auto one = DelongAuc{}(labels, perfect);
  CHECK(one.estimate == 1.0);
  CHECK(one.high == 1.0);
  CHECK((one.low > 0.2 && one.low < 0.9));
  CHECK(has_flag(one.flags, "evaluate.delong.no_variance"));
  const auto half = DelongAuc{}(labels, equal);
  CHECK(half.estimate == 0.5);
  CHECK((half.low < 0.25 && half.high > 0.75));
  const auto same = CompareAuc{}(labels, perfect, perfect);
  CHECK(same.p_value == 1.0);
  CHECK(has_flag(same.flags, "evaluate.comparison.identical"));
  const auto apart = CompareAuc{}(labels, perfect, equal);
  CHECK(apart.method == ComparisonMethod::permutation);
  CHECK(has_flag(apart.flags, "evaluate.comparison.no_variance"));
  CHECK((apart.p_value > 0.0 && apart.p_value < 1.0));
}

TEST_CASE("bootstrap, permutation and DeLong agree", "[evaluate]") {
  const auto d = data(150, 0.0);
  const auto delong = CompareAuc{}(d.labels, d.first, d.second);
  for (const auto method : {ComparisonMethod::bootstrap, ComparisonMethod::permutation}) {
    const auto other = CompareAuc{.method = method, .replicates = 4000}(d.labels, d.first, d.second);
    CHECK(other.difference == delong.difference);
    CHECK(other.p_value == Approx(delong.p_value).margin(0.05));
    CHECK(other.method == method);
  }
  for (const int threads : {2, 4}) {
    const CompareAuc one{.method = ComparisonMethod::permutation, .threads = 1},
        more{.method = ComparisonMethod::permutation, .threads = threads};
    CHECK(one(d.labels, d.first, d.second).p_value == more(d.labels, d.first, d.second).p_value);
  }
}

TEST_CASE("an operating point is not judged on the samples it was chosen on", "[evaluate]") {
  const auto validation = data(60, 0.0, 1), test = data(60, 0.0, 2);
  std::vector<std::string> here(60, "a"), there(60, "b");
  for (std::size_t i = 0; i < 60; ++i) {
    here[i] += std::to_string(i);
    there[i] += std::to_string(i);
  }
  for (const auto& point : {OperatingPoint::youden(validation.labels, validation.first, here),
                            OperatingPoint::at_sensitivity(validation.labels, validation.first, 0.9, here),
                            OperatingPoint::at_specificity(validation.labels, validation.first, 0.9, here)}) {
    CHECK_THROWS_AS(point(validation.labels, validation.first), DataError);
    CHECK_THROWS_AS(point(test.labels, test.first, here), DataError);
    CHECK(point(test.labels, test.first, there).total() == 60);
  }
  CHECK(OperatingPoint::at_sensitivity(validation.labels, validation.first, 0.9).validation().sensitivity() >= 0.9);
  CHECK(OperatingPoint::at_specificity(validation.labels, validation.first, 0.9).validation().specificity() >= 0.9);
  CHECK(OperatingPoint::fixed(0.5)(validation.labels, validation.first).total() == 60);
}

TEST_CASE("parts of the area add up, a perfect score has all of it", "[evaluate]") {
  const auto d = data(90, 0.5);
  for (const auto range : {PartialAucRange::specificity, PartialAucRange::sensitivity}) {
    const double sum =
        partial_auc(d.labels, d.first, 0.0, 0.37, range).area + partial_auc(d.labels, d.first, 0.37, 1.0, range).area;
    CHECK(sum == Approx(roc_auc(d.labels, d.first)).margin(1e-14));
  }
  std::vector<double> truth(d.labels.begin(), d.labels.end());
  CHECK(partial_auc(d.labels, truth, 0.8, 1.0).corrected == Approx(1.0));
  CHECK(precision_recall_curve(d.labels, truth).auc == Approx(1.0));
  CHECK(precision_recall_curve(d.labels, std::vector<double>(90, 1.0)).auc == Approx(1.0 / 3.0));
  CHECK_THROWS_AS(partial_auc(d.labels, d.first, 0.9, 0.1), OptionError);
}

TEST_CASE("bad input of comparisons", "[evaluate]") {
  const std::vector<int> two{0, 1}, one{1};
  const std::vector<double> scores{0.1, 0.2}, single{0.3};
  CHECK_THROWS_AS(DelongAuc{}(two, scores), DataError);
  CHECK_THROWS_AS(DelongAuc{}(one, single), DataError);
  CHECK_THROWS_AS(DelongAuc{.confidence = 1.0}(std::vector<int>{0, 0, 1, 1}, std::vector<double>{1, 3, 2, 4}), OptionError);
  const auto d = data(30, 0.0);
  CHECK_THROWS_AS(CompareAuc{}(d.labels, d.first, scores), ShapeError);
  CHECK_THROWS_AS(CompareAuc{.method = ComparisonMethod::permutation}.unpaired(d.labels, d.first, d.labels, d.second),
                  OptionError);
}

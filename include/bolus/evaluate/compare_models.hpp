#pragma once
#include <bolus/evaluate/compare_auc.hpp>
#include <bolus/evaluate/holm.hpp>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace bolus {

/// Areas of k models on the same samples, all pairs, and the test that all areas are equal.
struct ModelComparison {
  std::vector<std::string> names;
  std::vector<AucEstimate> models;   ///< one per name
  Eigen::MatrixXd covariance;        ///< of the areas
  std::vector<AucComparison> pairs;  ///< (0, 1), (0, 2) ... (k-2, k-1), with p values adjusted by Holm
  double statistic = 0.0;            ///< chi-square of DeLong's contrast: all areas equal
  double degrees_of_freedom = 0.0;   ///< of the chi-square; 0: no difference has a variance, and no such test exists
  double p_value = 1.0;              ///< of the chi-square
};

namespace detail {

/// Chi-square, degrees of freedom and p value of "all values are equal", for values with a covariance (which may be singular).
struct EqualityTest {
  double statistic = 0.0, degrees_of_freedom = 0.0, p_value = 1.0;
  EqualityTest(const Eigen::VectorXd& values, const Eigen::MatrixXd& covariance) {
    const Eigen::Index k = values.size();
    if (k < 2) return;
    Eigen::MatrixXd contrast = Eigen::MatrixXd::Zero(k - 1, k);
    contrast.col(0).setOnes();
    contrast.rightCols(k - 1).diagonal().setConstant(-1.0);
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(contrast * covariance * contrast.transpose());
    const Eigen::VectorXd along = solver.eigenvectors().transpose() * (contrast * values);
    const double zero = 1e-12 * covariance.diagonal().cwiseAbs().maxCoeff();
    for (Eigen::Index i = 0; i < k - 1; ++i) {
      if (!(solver.eigenvalues()[i] > zero)) continue;
      statistic += along[i] * along[i] / solver.eigenvalues()[i];
      degrees_of_freedom += 1.0;
    }
    if (degrees_of_freedom > 0.0) p_value = chi_square_upper(statistic, degrees_of_freedom);
  }
};

}  // namespace detail

/// Compares k models on the same samples: every pair as CompareAuc, the p values adjusted by Holm, and DeLong's chi-square test
/// that all areas are equal.
struct CompareModels {
  ComparisonMethod method = ComparisonMethod::delong;
  double confidence = 0.95;
  int replicates = 2000;   ///< of bootstrap and permutation
  std::uint64_t seed = 0;  ///< of their random numbers
  int threads = 0;         ///< 0: all cores

  /// `scores` (samples x models), `names` one per model. Throws as CompareAuc; ShapeError where names and models differ in
  /// number or there are fewer than two.
  ModelComparison operator()(std::span<const int> labels, const Eigen::Ref<const Eigen::MatrixXd>& scores,
                             std::vector<std::string> names, const Patients& patients = {},
                             const Progress& progress = {}) const {
    const Eigen::Index count = scores.cols();
    detail::require<ShapeError>(count >= 2 && names.size() == std::size_t(count), "there are ", names.size(),
                                " names and scores of ", count, " models; expected at least two models with one name each");
    const CompareAuc compare{method, confidence, replicates, seed, threads};
    const auto areas = delong_covariance(labels, scores, patients, threads);
    ModelComparison result;
    result.names = std::move(names);
    result.covariance = areas.covariance;
    const auto column = [&](Eigen::Index k) { return std::span(scores.data() + k * scores.outerStride(), labels.size()); };
    const DelongAuc delong{confidence, AucIntervalKind::logit, threads};
    std::vector<double> p_values;
    for (Eigen::Index a = 0; a < count; ++a) {
      result.models.push_back(delong.estimate(areas, a));
      for (Eigen::Index b = a + 1; b < count; ++b) {
        auto pair = compare.pair(labels, column(a), column(b), areas, a, b, patients, progress);
        pair.first = result.names[std::size_t(a)];
        pair.second = result.names[std::size_t(b)];
        p_values.push_back(pair.p_value);
        result.pairs.push_back(std::move(pair));
      }
    }
    const auto adjusted = holm(p_values);
    for (std::size_t i = 0; i < adjusted.size(); ++i) result.pairs[i].p_adjusted = adjusted[i];
    const detail::EqualityTest test(areas.areas, areas.covariance);
    result.statistic = test.statistic;
    result.degrees_of_freedom = test.degrees_of_freedom;
    result.p_value = test.p_value;
    return result;
  }
};

}  // namespace bolus

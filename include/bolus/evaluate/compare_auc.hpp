#pragma once
#include <bolus/evaluate/bootstrap.hpp>
#include <bolus/evaluate/delong.hpp>
#include <bolus/evaluate/detail/auc_permutation.hpp>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>

namespace bolus {

/// How the difference of two areas is tested.
enum class ComparisonMethod {
  delong,      ///< DeLong's z; with patients Obuchowski's
  bootstrap,   ///< difference over its bootstrap standard error, percentile interval
  permutation  ///< models swapped at random within each sample or patient, on ranks (Bandos, Rockette and Gur 2005)
};

/// Two areas, their difference and its test.
struct AucComparison {
  std::string first = "first", second = "second";  ///< names of the models, or of the groups
  double first_auc = 0.0, second_auc = 0.0;
  double difference = 0.0;       ///< first - second
  double standard_error = 0.0;   ///< of the difference
  double statistic = 0.0;        ///< z; for permutation the difference itself
  double p_value = 1.0;          ///< two-sided
  double p_adjusted = 1.0;       ///< by Holm over the pairs of a ModelComparison, else the p value
  double low = 0.0, high = 0.0;  ///< interval of the difference, within -1 to 1
  double confidence = 0.0;
  ComparisonMethod method{};  ///< that gave the p value
  bool paired = true;         ///< both on the same samples
  QcFlags flags;              ///< evaluate.comparison.{identical, no_variance}, and those of the bootstrap
};

/// Tests whether two areas under the ROC curve differ. Both directions are fixed: higher means positive.
struct CompareAuc {
  ComparisonMethod method = ComparisonMethod::delong;
  double confidence = 0.95;  ///< of the interval of the difference
  int replicates = 2000;     ///< of bootstrap and permutation
  std::uint64_t seed = 0;    ///< of their random numbers
  int threads = 0;           ///< 0: all cores

  /// Two models on the same samples (paired). `labels` 0 or 1, scores finite, `patients` none or one per sample. Where the
  /// difference has no variance, the p value is that of the permutation test, and a flag says so. Throws OptionError,
  /// ShapeError, DataError as delong_covariance and Bootstrap.
  AucComparison operator()(std::span<const int> labels, std::span<const double> first, std::span<const double> second,
                           const Patients& patients = {}, const Progress& progress = {}) const {
    validate();
    detail::require<ShapeError>(first.size() == second.size(), "the first model has ", first.size(), " scores, the second ",
                                second.size(), "; paired models need the same samples (unpaired() takes others)");
    Eigen::MatrixXd both(Eigen::Index(first.size()), 2);
    for (std::size_t i = 0; i < first.size(); ++i) both.row(Eigen::Index(i)) << first[i], second[i];
    const auto areas = delong_covariance(labels, both, patients, threads);
    return pair(labels, first, second, areas, 0, 1, patients, progress);
  }

  /// As operator(), for models number `a` and `b` of areas already made.
  AucComparison pair(std::span<const int> labels, std::span<const double> first, std::span<const double> second,
                     const AucCovariance& areas, Eigen::Index a, Eigen::Index b, const Patients& patients = {},
                     const Progress& progress = {}) const {
    const double variance = areas.covariance(a, a) + areas.covariance(b, b) - 2.0 * areas.covariance(a, b);
    // Rounding of equal models' terms leaves less than this.
    const double zero = 1e-14 * (areas.covariance(a, a) + areas.covariance(b, b));
    auto result = by_delong(areas.areas[a], areas.areas[b], variance > zero ? variance : 0.0);
    const bool unknown = result.standard_error == 0.0 && result.difference != 0.0;
    if (method == ComparisonMethod::bootstrap && result.standard_error > 0.0) {
      const Bootstrap bootstrap{replicates, confidence, seed, true, threads};
      by_bootstrap(bootstrap.difference(labels, first, second, patients, {}, progress), result);
    } else if (method == ComparisonMethod::permutation || unknown) {
      result.p_value = detail::permutation_p_value(labels, first, second, patients, replicates, seed, threads, progress);
      result.statistic = result.difference;
      result.method = ComparisonMethod::permutation;
    }
    result.p_adjusted = result.p_value;
    return result;
  }

  /// One model on two sets of samples, or two models on sets of their own (unpaired): no sample and no patient in both.
  /// Not for permutation. Throws as operator(); DataError also where the patients' names overlap, or the difference has no
  /// variance.
  AucComparison unpaired(std::span<const int> first_labels, std::span<const double> first_scores,
                         std::span<const int> second_labels, std::span<const double> second_scores,
                         const Patients& first_patients = {}, const Patients& second_patients = {},
                         const Progress& progress = {}) const {
    validate();
    detail::require<OptionError>(method != ComparisonMethod::permutation,
                                 "the permutation test swaps the models of a sample and needs paired models; use delong or "
                                 "bootstrap for unpaired ones");
    for (const auto& name : first_patients.names()) {
      detail::require<DataError>(!std::binary_search(second_patients.names().begin(), second_patients.names().end(), name),
                                 "patient '", name,
                                 "' is in both sets, so they are not independent; use the paired comparison, "
                                 "or leave the patient out of one");
    }
    const DelongAuc delong{confidence, AucIntervalKind::logit, threads};
    const auto a = delong(first_labels, first_scores, first_patients),
               b = delong(second_labels, second_scores, second_patients);
    auto result = by_delong(a.estimate, b.estimate, a.variance + b.variance);
    result.paired = false;
    detail::require<DataError>(result.standard_error > 0.0, "both areas have no variance (", a.estimate, " and ", b.estimate,
                               "): no test of their difference exists; give each its own interval");
    if (method == ComparisonMethod::bootstrap) {
      const auto one =
          Bootstrap{replicates, confidence, seed, true, threads}(first_labels, first_scores, first_patients, progress);
      auto both = Bootstrap{replicates, confidence, seed + 0x9E3779B97F4A7C15u, true, threads}(second_labels, second_scores,
                                                                                               second_patients, progress);
      both.values = one.values - both.values;
      std::vector<double> values(both.values.begin(), both.values.end());
      std::sort(values.begin(), values.end());
      both.standard_error = std::sqrt((both.values.array() - both.values.mean()).square().sum() / double(values.size() - 1));
      both.low = detail::sorted_quantile(values, (1.0 - confidence) / 2.0);
      both.high = detail::sorted_quantile(values, (1.0 + confidence) / 2.0);
      by_bootstrap(both, result);
    }
    result.p_adjusted = result.p_value;
    return result;
  }

 private:
  void validate() const {
    detail::require_confidence(confidence);
    detail::require<OptionError>(replicates > 1, "replicates is ", replicates, "; expected at least 2");
  }

  AucComparison by_delong(double first, double second, double variance) const {
    AucComparison result;
    result.first_auc = first;
    result.second_auc = second;
    result.difference = first - second;
    result.confidence = confidence;
    result.standard_error = std::sqrt(variance);
    if (variance > 0.0) {
      result.statistic = result.difference / result.standard_error;
      result.p_value = detail::normal_two_sided(result.statistic);
    } else if (result.difference == 0.0) {
      result.flags.push_back(
          {"evaluate.comparison.identical",
           "the two areas are equal and their difference has no variance: the scores rank the samples alike, "
           "or separate the classes both. The p value is 1."});
    } else {
      result.flags.push_back(
          {"evaluate.comparison.no_variance",
           "the difference of the areas has no variance, so the interval has no width; the p value is that of "
           "the permutation test."});
    }
    const double half = -detail::normal_quantile(0.5 * (1.0 - confidence)) * result.standard_error;
    result.low = std::max(-1.0, result.difference - half);
    result.high = std::min(1.0, result.difference + half);
    return result;
  }

  static void by_bootstrap(const BootstrapResult& bootstrap, AucComparison& result) {
    result.method = ComparisonMethod::bootstrap;
    result.flags.insert(result.flags.end(), bootstrap.flags.begin(), bootstrap.flags.end());
    if (!(bootstrap.standard_error > 0.0)) return;
    result.standard_error = bootstrap.standard_error;
    result.statistic = result.difference / bootstrap.standard_error;
    result.p_value = detail::normal_two_sided(result.statistic);
    result.low = bootstrap.low;
    result.high = bootstrap.high;
  }
};

}  // namespace bolus

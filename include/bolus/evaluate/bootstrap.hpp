#pragma once
#include <algorithm>
#include <bolus/core/detail/quantile.hpp>
#include <bolus/core/eigen.hpp>
#include <bolus/core/parallel.hpp>
#include <bolus/core/qc_flag.hpp>
#include <bolus/evaluate/detail/bootstrap_interval.hpp>
#include <bolus/evaluate/detail/bootstrap_statistic.hpp>
#include <bolus/evaluate/patients.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace bolus {

/// How the ends of a bootstrap interval are made from the replicates.
enum class BootstrapInterval {
  percentile,  ///< quantiles of the replicates
  bca          ///< bias-corrected and accelerated (Efron, JASA 1987;82:171): quantiles shifted for bias and skewness
};

/// A figure with its bootstrap confidence interval.
struct BootstrapResult {
  double estimate = 0.0;                        ///< on the samples themselves
  double low = 0.0;                             ///< lower end of the interval
  double high = 0.0;                            ///< upper end of the interval
  double confidence = 0.0;                      ///< of the interval, e.g. 0.95
  double standard_error = 0.0;                  ///< standard deviation of the replicates
  BootstrapMetric metric{};                     ///< what the figure is
  BootstrapInterval interval{};                 ///< how its interval was made
  double bias = 0.0;                            ///< z0 of bca, else 0
  double acceleration = 0.0;                    ///< a of bca, else 0
  Eigen::VectorXd values;                       ///< figure of every replicate that has one, in the order of the replicates
  std::size_t skipped = 0;                      ///< replicates in which the figure does not exist
  std::vector<std::size_t> skipped_replicates;  ///< their numbers, rising
  QcFlags flags;                                ///< evaluate.bootstrap.{skipped, one_unit, no_spread, no_bca}
};

/// Bootstrap interval of a figure (Efron and Tibshirani 1993, chapters 13 and 14; Carpenter and Bithell, Stat Med
/// 2000;19:1141). For areas the scores are sorted once; a replicate then is a set of counts and one linear pass. Where samples
/// share a patient (windows of one series), give the patients: they are drawn whole, since intervals that draw the samples
/// singly come out too narrow. Replicate r depends on (seed, r) alone, not on the threads, the scores or the figure, so that
/// two models or two figures see the same resamples.
struct Bootstrap {
  int replicates = 1000;                                       ///< resamples
  double confidence = 0.95;                                    ///< of the interval, between 0 and 1
  std::uint64_t seed = 0;                                      ///< of the random numbers
  bool stratified = true;                                      ///< draw each class by itself, so that its size stays
  int threads = 0;                                             ///< 0: all cores
  BootstrapInterval interval = BootstrapInterval::percentile;  ///< how its ends are made
  BootstrapMetric metric = BootstrapMetric::auc;               ///< the figure
  double threshold = 0.5;  ///< from which score on a sample counts as positive; used by sensitivity ... f1

  /// `labels` (0 or 1) and `scores` (finite, higher means positive; for brier probabilities), one per sample; `patients` one
  /// per sample, or none. Throws OptionError for an option out of range; ShapeError where lengths differ; DataError for no
  /// samples, one class only, a score that is not finite, a patient of both classes when stratified, or a figure that does not
  /// exist in the samples or in any replicate.
  BootstrapResult operator()(std::span<const int> labels, std::span<const double> scores, const Patients& patients = {},
                             const Progress& progress = {}) const {
    validate();
    detail::require_scores(labels, scores);
    const detail::BootstrapUnits units(labels, patients, stratified);
    const detail::BootstrapStatistic statistic(metric, labels, scores, threshold, units, stratified && patients.empty());
    return finish(units, statistic.estimate(), replicate(units, statistic, progress),
                  [&] { return statistic.jackknife(labels, scores, units); });
  }

  /// The figure of `first` minus that of `second`, both on the same resamples; the second model's threshold may be another
  /// (nothing: the same). Parameters and errors as operator().
  BootstrapResult difference(std::span<const int> labels, std::span<const double> first, std::span<const double> second,
                             const Patients& patients = {}, std::optional<double> second_threshold = {},
                             const Progress& progress = {}) const {
    validate();
    detail::require_scores(labels, first);
    detail::require_scores(labels, second);
    const detail::BootstrapUnits units(labels, patients, stratified);
    const bool singles = stratified && patients.empty();
    const detail::BootstrapStatistic a(metric, labels, first, threshold, units, singles);
    const detail::BootstrapStatistic b(metric, labels, second, second_threshold.value_or(threshold), units, singles);
    auto values = replicate(units, a, progress);
    const auto others = replicate(units, b, progress);
    const auto minus = [](auto& mine, const auto& theirs) {
      for (std::size_t i = 0; i < mine.size(); ++i)
        mine[i] = mine[i] && theirs[i] ? std::optional(*mine[i] - *theirs[i]) : std::nullopt;
    };
    minus(values, others);
    return finish(units, a.estimate() - b.estimate(), values, [&] {
      auto mine = a.jackknife(labels, first, units);
      minus(mine, b.jackknife(labels, second, units));
      return mine;
    });
  }

  /// How often replicate number `replicate` (from 0) draws each sample: the very resample that operator() uses.
  /// Throws OptionError where `replicate` is not below `replicates`, else as operator().
  std::vector<std::uint32_t> resample(std::span<const int> labels, std::size_t replicate, const Patients& patients = {}) const {
    validate();
    detail::require<OptionError>(replicate < static_cast<std::size_t>(replicates), "replicate ", replicate,
                                 " was asked for, but there are ", replicates, ", counted from 0");
    const detail::BootstrapUnits units(labels, patients, stratified);
    std::vector<std::uint32_t> counts, of_samples(labels.size());
    units.draw(seed, replicate, counts);
    for (std::size_t i = 0; i < labels.size(); ++i) of_samples[i] = counts[units.of_sample[i]];
    return of_samples;
  }

 private:
  void validate() const {
    detail::require<OptionError>(replicates > 0, "replicates is ", replicates, "; expected at least 1");
    detail::require_confidence(confidence);
    detail::require<OptionError>(std::isfinite(threshold), "threshold is ", threshold, "; expected a finite number");
  }

  std::vector<std::optional<double>> replicate(const detail::BootstrapUnits& units, const detail::BootstrapStatistic& statistic,
                                               const Progress& progress) const {
    std::vector<std::optional<double>> values(static_cast<std::size_t>(replicates));
    parallel_for(
        values.size(), 32, threads,
        [&](std::size_t begin, std::size_t end) {
          std::vector<std::uint32_t> counts, room(statistic.room());
          for (std::size_t r = begin; r < end; ++r) values[r] = statistic.replicate(units, seed, r, counts, room);
        },
        progress, "bootstrap");
    return values;
  }

  template <class Jackknife>
  BootstrapResult finish(const detail::BootstrapUnits& units, double estimate, const std::vector<std::optional<double>>& all,
                         Jackknife jackknife) const {
    BootstrapResult result;
    result.estimate = estimate;
    result.confidence = confidence;
    result.metric = metric;
    result.interval = interval;
    std::vector<double> values;
    for (std::size_t r = 0; r < all.size(); ++r) {
      if (all[r])
        values.push_back(*all[r]);
      else
        result.skipped_replicates.push_back(r);
    }
    result.skipped = result.skipped_replicates.size();
    detail::require<DataError>(
        !values.empty(), "in all ", all.size(),
        " replicates the figure does not exist (they drew samples of one class only, or none on one side "
        "of the threshold), so there is no interval; more samples are needed, or stratified = true");
    result.values = Eigen::Map<const Eigen::VectorXd>(values.data(), static_cast<Eigen::Index>(values.size()));
    if (values.size() > 1)
      result.standard_error =
          std::sqrt((result.values.array() - result.values.mean()).square().sum() / double(values.size() - 1));
    std::sort(values.begin(), values.end());
    double tails[2] = {(1.0 - confidence) / 2.0, (1.0 + confidence) / 2.0};
    const bool spread = values.front() < values.back();
    if (interval == BootstrapInterval::bca && spread) {
      const auto shift = detail::bca_shift(values, estimate, jackknife(), units.strata);
      if (shift) {
        result.bias = shift->bias;
        result.acceleration = shift->acceleration;
        for (double& tail : tails) tail = shift->moved(tail);
      } else {
        result.interval = BootstrapInterval::percentile;
        result.flags.push_back(
            {"evaluate.bootstrap.no_bca",
             "the bias or the acceleration of the BCa interval does not exist (all replicates lie on one side "
             "of the estimate, or leaving a sample or patient out leaves no figure): it is the percentile interval."});
      }
    }
    result.low = detail::sorted_quantile(values, tails[0]);
    result.high = detail::sorted_quantile(values, tails[1]);
    if (!spread && values.size() > 1)
      result.flags.push_back({"evaluate.bootstrap.no_spread",
                              "every replicate gives the same value, so the interval has no width and says nothing of chance; "
                              "use DeLong's interval (Newcombe's then) for an area, Wilson's for a rate."});
    add_flags(units, result);
    return result;
  }

  static void add_flags(const detail::BootstrapUnits& units, BootstrapResult& result) {
    if (result.skipped > 0) {
      result.flags.push_back({"evaluate.bootstrap.skipped",
                              detail::message("in ", result.skipped,
                                              " replicates the figure does not exist (one class only, or none on one "
                                              "side of the threshold) and they were left out; the interval "
                                              "leans on the others. Use stratified = true, or more samples.")});
    }
    if (std::find(units.strata.begin(), units.strata.end(), std::size_t{1}) != units.strata.end()) {
      result.flags.push_back({"evaluate.bootstrap.one_unit",
                              "a class has a single sample or patient, which every replicate draws: the interval leaves out "
                              "the chance in that class and is too narrow."});
    }
  }
};

}  // namespace bolus

#pragma once
#include <algorithm>
#include <bolus/core/detail/quantile.hpp>
#include <bolus/core/eigen.hpp>
#include <bolus/core/parallel.hpp>
#include <bolus/core/qc_flag.hpp>
#include <bolus/evaluate/detail/binary_labels.hpp>
#include <bolus/evaluate/detail/bootstrap_units.hpp>
#include <bolus/evaluate/detail/weighted_auc.hpp>
#include <bolus/evaluate/patients.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace bolus {

/// An area under the ROC curve with its bootstrap confidence interval.
struct BootstrapResult {
  double estimate = 0.0;                        ///< area on the samples themselves
  double low = 0.0;                             ///< lower end of the interval
  double high = 0.0;                            ///< upper end of the interval
  double confidence = 0.0;                      ///< of the interval, e.g. 0.95
  Eigen::VectorXd values;                       ///< area of every replicate that has one, in the order of the replicates
  std::size_t skipped = 0;                      ///< replicates without an area, because they drew one class only
  std::vector<std::size_t> skipped_replicates;  ///< their numbers, rising
  QcFlags flags;                                ///< evaluate.bootstrap.skipped, evaluate.bootstrap.one_unit
};

/// Bootstrap percentile interval of the area under the ROC curve (Efron and Tibshirani 1993, chapter 13; Carpenter and Bithell,
/// Stat Med 2000;19:1141). The scores are sorted once; a replicate then is a set of counts and one linear pass. Where samples
/// share a patient (windows of one series), give the patients: they are drawn whole, since intervals that draw the samples
/// singly come out too narrow. Replicate r depends on (seed, r) alone, not on the threads and not on the scores, so two sets of
/// scores see the same resamples.
struct BootstrapAuc {
  int replicates = 1000;     ///< resamples
  double confidence = 0.95;  ///< of the interval, between 0 and 1
  std::uint64_t seed = 0;    ///< of the random numbers
  bool stratified = true;    ///< draw each class (of samples, or of patients) by itself, so that its size stays
  int threads = 0;           ///< 0: all cores

  /// `labels` (0 or 1) and `scores` (finite, higher means positive), one per sample; `patients` one per sample, or none.
  /// Throws OptionError for an option out of range; ShapeError where lengths differ; DataError for no samples, one class only,
  /// a score that is not finite, a patient of both classes when stratified, or where every replicate drew one class only.
  BootstrapResult operator()(std::span<const int> labels, std::span<const double> scores, const Patients& patients = {},
                             const Progress& progress = {}) const {
    validate();
    detail::require_scores(labels, scores);
    const detail::BootstrapUnits units(labels, patients, stratified);
    const detail::WeightedAuc area(labels, scores, units.of_sample);
    BootstrapResult result;
    result.estimate = estimate(area, units.count);
    result.confidence = confidence;

    const auto total = static_cast<std::size_t>(replicates);
    std::vector<std::optional<double>> areas(total);
    parallel_for(
        total, 32, threads,
        [&](std::size_t begin, std::size_t end) {
          std::vector<std::uint32_t> counts, room(area.room());
          for (std::size_t replicate = begin; replicate < end; ++replicate) {
            if (stratified && patients.empty()) {
              areas[replicate] = units.area_of_singles(seed, replicate, area, counts, room);
            } else {
              units.draw(seed, replicate, counts);
              areas[replicate] = area(counts.data(), room.data());
            }
          }
        },
        progress, "bootstrap");

    std::vector<double> values;
    for (std::size_t replicate = 0; replicate < total; ++replicate) {
      if (areas[replicate])
        values.push_back(*areas[replicate]);
      else
        result.skipped_replicates.push_back(replicate);
    }
    result.skipped = result.skipped_replicates.size();
    detail::require<DataError>(!values.empty(), "all ", total,
                               " replicates drew samples of one class only, so there is no "
                               "interval; more samples of the rarer class are needed, or stratified = true");
    result.values = Eigen::Map<const Eigen::VectorXd>(values.data(), static_cast<Eigen::Index>(values.size()));
    std::sort(values.begin(), values.end());
    result.low = detail::sorted_quantile(values, (1.0 - confidence) / 2.0);
    result.high = detail::sorted_quantile(values, (1.0 + confidence) / 2.0);
    add_flags(units, result);
    return result;
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
    detail::require<OptionError>(confidence > 0.0 && confidence < 1.0, "confidence is ", confidence,
                                 "; expected a number between 0 and 1, such as 0.95");
  }

  /// The area with every unit counted once: roc_auc from the sort that the replicates use.
  static double estimate(const detail::WeightedAuc& area, std::size_t units) {
    const std::vector<std::uint32_t> once(units, 1);
    std::vector<std::uint32_t> room(area.room());
    return area(once.data(), room.data()).value();
  }

  static void add_flags(const detail::BootstrapUnits& units, BootstrapResult& result) {
    if (result.skipped > 0) {
      result.flags.push_back(
          {"evaluate.bootstrap.skipped", detail::message(result.skipped,
                                                         " replicates drew one class only and were left out; the interval "
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

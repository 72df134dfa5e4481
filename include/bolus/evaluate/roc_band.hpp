#pragma once
#include <bolus/evaluate/bootstrap.hpp>
#include <bolus/evaluate/roc_curve.hpp>

namespace bolus {

/// A ROC curve with a pointwise band.
struct RocBandResult {
  Eigen::VectorXd false_positive_rate;  ///< even grid from 0 to 1
  Eigen::VectorXd true_positive_rate;   ///< of the samples themselves
  Eigen::VectorXd low;                  ///< lower end of the sensitivity's interval at each false positive rate
  Eigen::VectorXd high;                 ///< upper end
  double confidence = 0.0;              ///< at each point, not of the whole curve
  std::size_t skipped = 0;              ///< replicates of one class only
};

/// Bootstrap band of a ROC curve: at each false positive rate of an even grid, the percentile interval of the sensitivity
/// (vertical averaging; Fawcett 2006, section 9). Pointwise: it holds the true sensitivity at a given rate with the confidence,
/// the whole true curve less often. Patients are drawn whole.
struct RocBand {
  int replicates = 1000;
  double confidence = 0.95;
  std::uint64_t seed = 0;
  bool stratified = true;
  int threads = 0;   ///< 0: all cores
  int points = 101;  ///< of the grid

  /// Parameters and errors as Bootstrap; OptionError also for fewer than two points.
  RocBandResult operator()(std::span<const int> labels, std::span<const double> scores, const Patients& patients = {},
                           const Progress& progress = {}) const {
    detail::require<OptionError>(replicates > 0, "replicates is ", replicates, "; expected at least 1");
    detail::require<OptionError>(points > 1, "points is ", points, "; expected at least 2");
    detail::require_confidence(confidence);
    detail::require_scores(labels, scores);
    const detail::BootstrapUnits units(labels, patients, stratified);
    auto order = detail::sorted_scores(scores);
    std::reverse(order.begin(), order.end());
    RocBandResult result;
    result.confidence = confidence;
    result.false_positive_rate = Eigen::VectorXd::LinSpaced(points, 0.0, 1.0);
    std::vector<double> line(static_cast<std::size_t>(points));
    const std::vector<std::uint32_t> once(units.count, 1);
    sensitivities(labels, order, units, once, line);
    result.true_positive_rate = Eigen::Map<const Eigen::VectorXd>(line.data(), points);

    const auto total = static_cast<std::size_t>(replicates);
    std::vector<std::vector<double>> lines(total);
    parallel_for(
        total, 16, threads,
        [&](std::size_t begin, std::size_t end) {
          std::vector<std::uint32_t> counts;
          for (std::size_t r = begin; r < end; ++r) {
            units.draw(seed, r, counts);
            lines[r].resize(static_cast<std::size_t>(points));
            if (!sensitivities(labels, order, units, counts, lines[r])) lines[r].clear();
          }
        },
        progress, "bootstrap");
    std::erase_if(lines, [](const auto& values) { return values.empty(); });
    result.skipped = total - lines.size();
    detail::require<DataError>(!lines.empty(), "all ", total,
                               " replicates drew samples of one class only, so there is no band");
    result.low = result.high = Eigen::VectorXd(points);
    std::vector<double> values(lines.size());
    for (int point = 0; point < points; ++point) {
      for (std::size_t r = 0; r < lines.size(); ++r) values[r] = lines[r][static_cast<std::size_t>(point)];
      std::sort(values.begin(), values.end());
      result.low[point] = detail::sorted_quantile(values, (1.0 - confidence) / 2.0);
      result.high[point] = detail::sorted_quantile(values, (1.0 + confidence) / 2.0);
    }
    return result;
  }

 private:
  /// The sensitivity at each grid point, by straight lines between the curve's points, on a vertical piece its upper end. False
  /// where a class has no weight.
  static bool sensitivities(std::span<const int> labels, const std::vector<detail::ScoreKey>& falling,
                            const detail::BootstrapUnits& units, const std::vector<std::uint32_t>& counts,
                            std::vector<double>& line) {
    std::uint64_t totals[2] = {0, 0}, reached[2] = {0, 0};
    for (std::size_t i = 0; i < labels.size(); ++i) totals[labels[i]] += counts[units.of_sample[i]];
    if (totals[0] == 0 || totals[1] == 0) return false;
    const auto last = static_cast<std::uint64_t>(line.size() - 1);
    std::size_t point = 0;
    for (std::size_t begin = 0, end = 0; begin < falling.size(); begin = end) {
      std::uint64_t more[2] = {0, 0};
      for (; end < falling.size() && falling[end].key == falling[begin].key; ++end) {
        const auto sample = falling[end].sample;
        more[labels[sample]] += counts[units.of_sample[sample]];
      }
      // Grid points strictly before the end of this piece: point / last < (reached + more) / total.
      for (; point < line.size() && point * totals[0] < (reached[0] + more[0]) * last; ++point) {
        const double part =
            (static_cast<double>(point * totals[0]) / static_cast<double>(last) - static_cast<double>(reached[0])) /
            static_cast<double>(more[0]);
        line[point] = (static_cast<double>(reached[1]) + part * static_cast<double>(more[1])) / static_cast<double>(totals[1]);
      }
      for (const int k : {0, 1}) reached[k] += more[k];
    }
    for (; point < line.size(); ++point) line[point] = 1.0;
    return true;
  }
};

}  // namespace bolus

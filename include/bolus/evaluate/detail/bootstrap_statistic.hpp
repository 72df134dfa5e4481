#pragma once
#include <array>
#include <bolus/evaluate/detail/bootstrap_units.hpp>
#include <bolus/evaluate/detail/placements.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace bolus {

/// What a bootstrap is made of. All but auc and brier judge the scores at a threshold.
enum class BootstrapMetric {
  auc,
  sensitivity,
  specificity,
  accuracy,
  positive_predictive_value,
  negative_predictive_value,
  f1,     ///< 2 tp / (2 tp + fp + fn)
  brier,  ///< mean squared difference of score and label; the scores must be probabilities
};

inline constexpr std::array<std::string_view, 8> bootstrap_metric_names{
    "auc", "sensitivity", "specificity", "accuracy", "positive_predictive_value", "negative_predictive_value", "f1", "brier"};

namespace detail {

/// A figure of labels and scores for any counts of the units.
class BootstrapStatistic {
 public:
  BootstrapStatistic(BootstrapMetric metric, std::span<const int> labels, std::span<const double> scores, double threshold,
                     const BootstrapUnits& units, bool singles)
      : metric_(metric), singles_(singles) {
    const std::vector<std::uint32_t> once(units.count, 1);
    if (metric == BootstrapMetric::auc) {
      area_.emplace(labels, scores, units.of_sample);
      std::vector<std::uint32_t> space(room());
      estimate_ = (*area_)(once.data(), space.data()).value();
      return;
    }
    parts_.resize(units.count);
    for (std::size_t i = 0; i < labels.size(); ++i) {
      auto& part = parts_[units.of_sample[i]];
      const double miss = scores[i] - labels[i];
      if (metric == BootstrapMetric::brier) {
        require<DataError>(scores[i] >= 0.0 && scores[i] <= 1.0, "score ", i, " is ", scores[i],
                           "; the Brier score needs probabilities, 0 to 1");
        part[0] += miss * miss;
        part[1] += 1.0;
      } else {
        part[static_cast<std::size_t>(2 * labels[i] + (scores[i] >= threshold ? 1 : 0))] += 1.0;
      }
    }
    for (const auto& part : parts_) add(all_, part, 1.0);
    const auto value = figure(all_);
    require<DataError>(value.has_value(), "the ", bootstrap_metric_names[static_cast<std::size_t>(metric)],
                       " does not exist: no score lies on the side of the threshold ", threshold, " that it judges");
    estimate_ = *value;
  }

  double estimate() const { return estimate_; }
  std::size_t room() const { return area_ ? area_->room() : 0; }

  std::optional<double> replicate(const BootstrapUnits& units, std::uint64_t seed, std::size_t number,
                                  std::vector<std::uint32_t>& counts, std::vector<std::uint32_t>& space) const {
    if (area_ && singles_) return units.area_of_singles(seed, number, *area_, counts, space);
    units.draw(seed, number, counts);
    if (area_) return (*area_)(counts.data(), space.data());
    Part sum{};
    for (std::size_t unit = 0; unit < counts.size(); ++unit) add(sum, parts_[unit], counts[unit]);
    return figure(sum);
  }

  /// The figure with each unit left out in turn, nothing where it does not exist then.
  std::vector<std::optional<double>> jackknife(std::span<const int> labels, std::span<const double> scores,
                                               const BootstrapUnits& units) const {
    std::vector<std::optional<double>> values(units.count);
    if (!area_) {
      for (std::size_t unit = 0; unit < units.count; ++unit) {
        Part rest = all_;
        add(rest, parts_[unit], -1.0);
        values[unit] = figure(rest);
      }
      return values;
    }
    // Twice the pairs won that fall away with a unit: those of its positives and of its negatives, less those counted twice.
    const Placements placements(labels, scores);
    std::vector<std::vector<std::uint32_t>> members(units.count);
    for (std::uint32_t i = 0; i < labels.size(); ++i) members[units.of_sample[i]].push_back(i);
    const auto positives = std::count(labels.begin(), labels.end(), 1);
    for (std::size_t unit = 0; unit < units.count; ++unit) {
      std::vector<int> own_labels;
      std::vector<double> own_scores;
      std::int64_t left = placements.total, own_positives = 0;
      for (const auto i : members[unit]) {
        left -= placements.doubled[i];
        own_positives += labels[i];
        own_labels.push_back(labels[i]);
        own_scores.push_back(scores[i]);
      }
      left += Placements(own_labels, own_scores).total;
      const std::int64_t m = positives - own_positives;
      const std::int64_t n = std::int64_t(labels.size() - members[unit].size()) - m;
      if (m > 0 && n > 0) values[unit] = static_cast<double>(left) / (2.0 * static_cast<double>(m) * static_cast<double>(n));
    }
    return values;
  }

 private:
  using Part = std::array<double, 4>;  ///< brier: sum of squares, samples; else samples by 2 * label + prediction

  static void add(Part& sum, const Part& part, double times) {
    for (std::size_t k = 0; k < 4; ++k) sum[k] += times * part[k];
  }

  std::optional<double> figure(const Part& part) const {
    const auto [tn, fp, fn, tp] = part;
    const auto ratio = [](double above, double below) { return below > 0.0 ? std::optional(above / below) : std::nullopt; };
    switch (metric_) {
      case BootstrapMetric::sensitivity:
        return ratio(tp, tp + fn);
      case BootstrapMetric::specificity:
        return ratio(tn, tn + fp);
      case BootstrapMetric::accuracy:
        return ratio(tp + tn, tp + tn + fp + fn);
      case BootstrapMetric::positive_predictive_value:
        return ratio(tp, tp + fp);
      case BootstrapMetric::negative_predictive_value:
        return ratio(tn, tn + fn);
      case BootstrapMetric::f1:
        return ratio(2.0 * tp, 2.0 * tp + fp + fn);
      case BootstrapMetric::brier:
        return ratio(part[0], part[1]);
      case BootstrapMetric::auc:
        break;
    }
    return std::nullopt;
  }

  BootstrapMetric metric_;
  bool singles_;
  std::optional<WeightedAuc> area_;
  std::vector<Part> parts_;  ///< of each unit
  Part all_{};
  double estimate_ = 0.0;
};

}  // namespace detail
}  // namespace bolus

#pragma once
#include <bolus/core/qc_flag.hpp>
#include <bolus/evaluate/detail/calibration_input.hpp>
#include <numeric>
#include <vector>

namespace bolus {

/// A fitted isotonic calibration: a rising broken line, level outside its first and last point.
struct IsotonicFit {
  Eigen::VectorXd scores;         ///< rising, of the line's points
  Eigen::VectorXd probabilities;  ///< never falling, 0 to 1
  QcFlags flags;                  ///< evaluate.calibration.few_samples

  /// The calibrated probability of each score. Throws DataError for a score that is not finite.
  Eigen::VectorXd operator()(std::span<const double> values) const {
    detail::require_finite_scores(values);
    detail::require<ShapeError>(scores.size() > 0 && scores.size() == probabilities.size(), "the calibration has ",
                                scores.size(), " scores and ", probabilities.size(), " probabilities; fit it first");
    Eigen::VectorXd result(static_cast<Eigen::Index>(values.size()));
    const double *begin = scores.data(), *end = begin + scores.size();
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto above = std::upper_bound(begin, end, values[i]) - begin;
      double& target = result[static_cast<Eigen::Index>(i)];
      if (above == 0) {
        target = probabilities[0];
      } else if (above == scores.size()) {
        target = probabilities[above - 1];
      } else {
        const double share = (values[i] - scores[above - 1]) / (scores[above] - scores[above - 1]);
        target = probabilities[above - 1] + share * (probabilities[above] - probabilities[above - 1]);
      }
    }
    return result;
  }
};

/// Isotonic calibration: the never-falling line nearest to the labels in the least-squares sense, by pooling adjacent violators
/// (Ayer et al., Ann Math Stat 1955;26:641; Zadrozny and Elkan, KDD 2002). Tied scores count as one point with their mean
/// label. The same as scikit-learn's IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip"). It can reach 0 and 1, and
/// wants some hundred samples: below 50 it is flagged.
struct IsotonicCalibration {
  /// `labels` (0 or 1) and `scores`, one each per sample. Throws ShapeError where lengths differ; DataError for one class, a
  /// score that is not finite, or scores that are all equal.
  IsotonicFit fit(std::span<const int> labels, std::span<const double> scores) const {
    detail::require_calibration_input(labels, scores);
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] < scores[b]; });

    struct Block {
      double positives, samples, first, last;  // counts; lowest and highest score
      double mean() const { return positives / samples; }
    };
    std::vector<Block> blocks;
    for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
      Block block{0.0, 0.0, scores[order[begin]], scores[order[begin]]};
      for (; end < order.size() && scores[order[end]] == block.first; ++end) {
        block.positives += labels[order[end]];
        block.samples += 1.0;
      }
      while (!blocks.empty() &&
             blocks.back().mean() >= block.mean()) {  // counts are whole numbers: no rounding but the division
        block.positives += blocks.back().positives;
        block.samples += blocks.back().samples;
        block.first = blocks.back().first;
        blocks.pop_back();
      }
      blocks.push_back(block);
    }
    std::vector<double> x, y;
    for (const auto& block : blocks) {
      x.push_back(block.first);
      y.push_back(block.mean());
      if (block.last == block.first) continue;
      x.push_back(block.last);
      y.push_back(block.mean());
    }
    IsotonicFit result;
    result.scores = Eigen::Map<const Eigen::VectorXd>(x.data(), static_cast<Eigen::Index>(x.size()));
    result.probabilities = Eigen::Map<const Eigen::VectorXd>(y.data(), static_cast<Eigen::Index>(y.size()));
    if (scores.size() < 50) {
      result.flags.push_back(
          {"evaluate.calibration.few_samples",
           detail::message("fitted on ", scores.size(),
                           " samples; an isotonic line follows chance below some hundred: use Platt's curve")});
    }
    return result;
  }
};

}  // namespace bolus

#pragma once
#include <algorithm>
#include <bolus/core/error.hpp>
#include <cmath>
#include <span>
#include <vector>

namespace bolus {

/// How the probabilities of a patient's samples become one.
enum class Aggregation {
  mean,       ///< mean probability
  median,     ///< of an even number the mean of the two in the middle: one broken window does not count
  maximum,    ///< the highest probability: one sure window is enough
  logit_mean  ///< the sigmoid of the mean logit: sure windows count more
};

/// The probability of one patient from the probabilities and logits of the samples, one each. Throws ShapeError for none.
inline double aggregate(std::span<const double> probability, std::span<const double> logit, Aggregation aggregation) {
  detail::require<ShapeError>(!probability.empty() && probability.size() == logit.size(), "there are ", probability.size(),
                              " probabilities and ", logit.size(), " logits to aggregate; expected as many, at least one");
  const auto mean = [](std::span<const double> values) {
    double sum = 0.0;
    for (const double value : values) sum += value;
    return sum / static_cast<double>(values.size());
  };
  switch (aggregation) {
    case Aggregation::mean:
      return mean(probability);
    case Aggregation::median: {
      std::vector<double> sorted(probability.begin(), probability.end());
      std::sort(sorted.begin(), sorted.end());
      return 0.5 * (sorted[(sorted.size() - 1) / 2] + sorted[sorted.size() / 2]);
    }
    case Aggregation::maximum:
      return *std::max_element(probability.begin(), probability.end());
    case Aggregation::logit_mean:
      return 1.0 / (1.0 + std::exp(-mean(logit)));
  }
  throw OptionError("this aggregation does not exist");
}

}  // namespace bolus

#pragma once
#include <algorithm>
#include <array>
#include <bolus/model/training_options.hpp>
#include <cmath>
#include <vector>

namespace bolus::detail {

/// The loss of one sample as a function of the network's log odds, with its derivative.
struct SampleLoss {
  TrainingLoss kind;
  double focal_gamma;
  std::array<double, 2> weights;  ///< of a sample of class 0 and of class 1

  SampleLoss(TrainingLoss kind_, double focal_gamma_, ClassWeights balance, const std::vector<int>& labels)
      : kind(kind_), focal_gamma(focal_gamma_), weights{1.0, 1.0} {
    if (balance == ClassWeights::none) return;
    const auto positives = static_cast<double>(std::count(labels.begin(), labels.end(), 1));
    const auto all = static_cast<double>(labels.size());
    weights = {all / (2.0 * (all - positives)), all / (2.0 * positives)};
  }

  struct Value {
    double loss, slope;
  };

  /// With p the probability of the sample's own class, q = 1 - p and z the log odds of that class: -log p has the derivative
  /// -q, -q^gamma log p has q^gamma (gamma p log p - q). No overflow for any log odds.
  Value operator()(double logit, int label) const {
    const double sign = label == 1 ? 1.0 : -1.0, z = sign * logit;
    const double tail = std::exp(-std::abs(z));
    const double log_p = std::min(z, 0.0) - std::log1p(tail);
    const double q = (z > 0.0 ? tail : 1.0) / (1.0 + tail);
    const double weight = weights[static_cast<std::size_t>(label)];
    if (kind == TrainingLoss::cross_entropy) return {-weight * log_p, -weight * sign * q};
    const double power = std::pow(q, focal_gamma);
    return {-weight * power * log_p, weight * sign * power * (focal_gamma * (1.0 - q) * log_p - q)};
  }
};

}  // namespace bolus::detail

#pragma once
#include <bolus/model/attribution.hpp>

namespace bolus {

/// Integrated gradients (Sundararajan, Taly and Yan, ICML 2017): the gradient of the logit with respect to the input, averaged
/// along the straight line from a baseline to the sample and multiplied by the difference of the two. Attributions of a sample
/// add up to the difference of the logits (completeness). The average is a Gauss-Legendre quadrature.
struct IntegratedGradients {
  std::size_t steps = 64;         ///< points on the line
  double baseline = 0.0;          ///< value of every curve at the start of the line; 0 is the mean of a z-normalised curve
  std::size_t batch_size = 64;    ///< samples that go through the network together
  double tolerance = 0.05;        ///< flagged where a gap exceeds this times the difference of the logits (and this itself)
  int threads = 0;                ///< 0: all cores; the bits do not depend on it
  Engine engine = Engine::fused;  ///< what computes on the CPU
  Device device = Device::cpu;    ///< where to compute; cuda always uses LibTorch

  /// Throws OptionError for an option out of range; ShapeError, DataError as `AttentionLSTM::predict`; Cancelled.
  Attribution operator()(const AttentionLSTM& network, const SampleArray& samples, const Progress& progress = {}) const;

  /// The same from given baselines: one sample for all, or one for each. Throws ShapeError where they do not fit.
  Attribution operator()(const AttentionLSTM& network, const SampleArray& samples, const SampleArray& baselines,
                         const Progress& progress = {}) const;
};

}  // namespace bolus

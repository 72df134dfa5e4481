#pragma once
#include <bolus/model/attribution.hpp>

namespace bolus {

/// What stands in for steps that are hidden from the network.
enum class OcclusionFill {
  baseline,    ///< a fixed value
  interpolate  ///< a line between the nearest steps that are kept; the nearest one at the ends, the baseline when none is left
};

/// Occlusion over time (Zeiler and Fergus 2014): hides every window of steps in all channels at once. A step gets the mean fall
/// of the logit over the windows that hide it.
struct Occlusion {
  std::size_t window = 3;                        ///< steps hidden together
  OcclusionFill fill = OcclusionFill::baseline;  ///< what stands in for them
  double baseline = 0.0;                         ///< 0 is the mean of a z-normalised curve
  std::size_t batch_size = 64;                   ///< samples that go through the network together
  int threads = 0;                               ///< 0: all cores; the bits do not depend on it
  Engine engine = Engine::fused;                 ///< what computes on the CPU
  Device device = Device::cpu;                   ///< where to compute; cuda always uses LibTorch

  /// Throws OptionError for an option out of range or a window that is not shorter than every sample; ShapeError, DataError as
  /// `AttentionLSTM::predict`; Cancelled.
  Attribution operator()(const AttentionLSTM& network, const SampleArray& samples, const Progress& progress = {}) const;
};

}  // namespace bolus

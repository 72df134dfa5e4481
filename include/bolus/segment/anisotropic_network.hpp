#pragma once
#include <array>
#include <bolus/core/compute.hpp>
#include <bolus/core/weight_array.hpp>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace bolus {

/// The network of Wang et al. 2017 ("Automatic brain tumor segmentation using cascaded anisotropic convolutional neural
/// networks"): residual blocks of 1x3x3 convolutions within slices, four 3x1x1 convolutions across them, predictions at three
/// depths put together. Plain values: it can be copied, compared, saved and sent elsewhere.
///
/// Batch norms always take the moments of the batch at hand, as the published weights need: there are no running averages.
struct AnisotropicNetwork {
  static constexpr std::size_t channels = 4;     ///< FLAIR, T1, contrast-enhanced T1, T2, in this order
  static constexpr std::size_t features = 32;    ///< of every layer within
  static constexpr std::size_t lost_slices = 8;  ///< slices that the output has fewer than the input, half of them at each end
  static constexpr double batch_norm_epsilon = 1e-5;

  bool downsample_twice = true;                ///< WNet and TNet; false: ENet, whose first half keeps the full resolution
  std::map<std::string, WeightArray> weights;  ///< the arrays of `weight_shapes`

  bool operator==(const AnisotropicNetwork&) const = default;

  /// Name and dimensions of every array, as PyTorch lays them out: convolutions (out, in, slices, rows, columns), transposed
  /// ones (in, out, ...). "block1_1.bn_0.weight", "fuse1.conv.weight", "pred_up1.deconv.weight", "final_pred.weight", ...
  static std::map<std::string, std::vector<std::size_t>> weight_shapes(bool downsample_twice);

  /// Throws FormatError naming the array when one is missing, unknown, of another shape or not finite.
  void validate() const;

  /// What the network gives before the softmax: (items, slices - 8, rows, columns, 2), class 1 being tumour, last dimension
  /// fastest. `shape` of the input is (items, slices, rows, columns, 4); rows and columns are multiples of 4. The bits depend
  /// on `engine`, and of the fused one on nothing else in `compute`. Throws ShapeError, DataError for values that are not
  /// finite, OptionError for a device that is not there, FormatError as `validate`.
  std::vector<float> logits(std::span<const float> input, const std::array<std::size_t, 5>& shape,
                            const Compute& compute = {}) const;
};

/// A network with random weights: convolutions normal with standard deviation sqrt(2 / fan-in) cut at two of them, as the
/// original's start; batch norms 1 and 0, PReLU 0. The same seed gives the same weights.
AnisotropicNetwork random_anisotropic_network(bool downsample_twice, std::uint64_t seed);

}  // namespace bolus

#pragma once
#include <array>
#include <bolus/core/progress.hpp>
#include <bolus/segment/anisotropic_network.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace bolus::detail {

/// The weights of an anisotropic network as the slice engine reads them.
class PackedNetwork {
 public:
  explicit PackedNetwork(const AnisotropicNetwork& network);

  struct Norm {
    std::vector<float> gamma, beta, alpha;
  };

  bool downsample_twice() const { return downsample_twice_; }
  const float* kernel(const std::string& name) const { return kernels_.at(name).data(); }
  const std::vector<float>& phases(const std::string& name, std::size_t phase) const { return phases_.at(name)[phase]; }
  const Norm& norm(const std::string& name) const { return norms_.at(name); }

 private:
  bool downsample_twice_;
  std::map<std::string, std::vector<float>> kernels_;  ///< of convolutions
  /// Of transposed ones: for output rows and columns even-even, even-odd, odd-even, odd-odd.
  std::map<std::string, std::array<std::vector<float>, 4>> phases_;
  std::map<std::string, Norm> norms_;  ///< by layer and ending: "block1_1_0", "fuse1"
};

/// Runs anisotropic networks on the CPU without LibTorch. Slices lie one after the other, channels fastest. Batch norm and
/// PReLU are applied while a convolution reads its input, skip connections are added and moments taken while it writes its
/// output, so that each layer goes through memory once. Moments are double sums in a fixed order: nothing depends on the
/// threads.
class SliceEngine {
 public:
  struct Shape {
    std::size_t items, slices, rows, columns;
  };

  /// `threads`: 0 means all cores.
  explicit SliceEngine(int threads);
  ~SliceEngine();

  /// Slabs of output slices that overlap in what they need of the input. Moments count a slice as often as slabs see it, so
  /// that one run over all slices gives what a batch of the slabs, each cut out with its surroundings, would.
  struct Slabs {
    std::size_t length = 0;           ///< output slices of each
    std::vector<std::size_t> starts;  ///< first output slices; none: every slice counts once
  };

  /// `input` (items, slices, rows, columns, 4) to `logits` (items, slices - 8, rows, columns, 2). Batch norms take moments over
  /// all items. `tick` is called now and then from this thread and may throw. Memory is kept for runs of the same shape.
  void run(const PackedNetwork& network, const float* input, const Shape& shape, float* logits, const Slabs& slabs,
           const Progress& tick = {});

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace bolus::detail

#pragma once
#include <array>
#include <bolus/core/progress.hpp>
#include <bolus/segment/segment_tumour.hpp>
#include <vector>

#include "cascade_images.hpp"
#include "fused/slice_engine.hpp"

namespace bolus::detail {

/// What the three networks of a stage say about a box of the head, before any post-processing.
struct StageVotes {
  std::vector<float> probability;  ///< mean over the votes
  std::vector<float> deviation;    ///< between them
};

/// Runs the stages of one cascade.
class CascadeVotes {
 public:
  CascadeVotes(const CascadeWeights& weights, const SegmentTumour& options, NumpyNoise& noise);

  /// `channel` holds what lies in a box of `size` whose first voxel is `origin` of the whole grid. `tick` may throw.
  StageVotes operator()(CascadeStage stage, const std::array<std::vector<float>, 4>& channel, const Triple& size,
                        const Triple& origin, const Progress& tick);

 private:
  struct Cut;
  struct Slab;
  void fill(const Cut& cut, const Slab& slab, float* input);
  void fill_from_stream(const Cut& cut, const Slab& slab, float* input);
  void predict(const Cut& cut, std::size_t items, std::size_t slices, const SliceEngine::Slabs& slabs, const Progress& tick);
  void predict_stable(const Cut& cut, std::vector<float>& votes, const Progress& tick);
  void predict_published(const Cut& cut, std::vector<float>& votes, const Progress& tick);
  void write(const Cut& cut, const float* logits, std::int64_t first, std::int64_t count, std::vector<float>& votes) const;

  const CascadeWeights& weights_;
  const SegmentTumour& options_;
  NumpyNoise& noise_;
  SliceEngine engine_;
  std::vector<float> input_, logits_;
};

}  // namespace bolus::detail

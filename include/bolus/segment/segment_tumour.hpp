#pragma once
#include <bolus/core/aligned_study.hpp>
#include <bolus/core/compute.hpp>
#include <bolus/core/progress.hpp>
#include <bolus/segment/segmenter.hpp>
#include <bolus/segment/tumour_segmentation.hpp>
#include <memory>
#include <string>

namespace bolus {

/// How closely to follow the original program.
enum class CascadeMode {
  stable,    ///< without its accidents: no pure-noise volumes in a batch, every slice keeps its own prediction, borders whole
  published  ///< as the original, voxel by voxel where `CascadeNoise::numpy` gives its random numbers; its crashes left out
};

/// Where the noise comes from that the networks know as background.
enum class CascadeNoise {
  counter,  ///< the library's counter-based stream: each voxel's noise is its own, whatever is cut out around it
  numpy     ///< what `numpy.random.seed(seed)` gave the original; needs `CascadeMode::published`
};

/// Finds a glioma and its parts in FLAIR, T1, contrast-enhanced T1 and T2 by the cascade of Wang et al. 2017
/// (doi:10.1007/978-3-319-75238-9_16): whole tumour, tumour core and enhancing tumour one within the other, each by three
/// networks that look at axial, sagittal and coronal slices.
///
/// The images share a grid of 1 mm in any orientation, skull-stripped: voxels outside the brain are 0, or a brain mask makes
/// them so. Any scale of intensities, but no correction of the bias field: N4 takes oedema for a part of it, and the networks
/// were trained without (`Preprocess::correct_bias`). The bits of the result do not depend on `threads`.
struct SegmentTumour {
  CascadeMode mode = CascadeMode::stable;
  CascadeNoise noise = CascadeNoise::counter;
  std::uint64_t seed = 0;           ///< of the noise; below 2^32 for `CascadeNoise::numpy`
  bool mirror = false;              ///< each network also sees the mirrored head: more votes, twice the time; stable mode only
  bool substitute_missing = false;  ///< a missing T1 or CET1 is replaced by the other, so FLAIR and T2; flagged. Else an error
  Engine engine = Engine::fused;
  Device device = Device::cpu;  ///< cuda always uses LibTorch
  int threads = 0;              ///< 0: all cores

  /// `brain`: the study's own mask where none is given. Throws DataError when a modality is missing, holds values that are not
  /// finite, is 0 everywhere or the same within the brain; GeometryError when grids differ or voxels are not 1 mm wide;
  /// OptionError; FormatError as `CascadeWeights::validate`; Cancelled.
  TumourSegmentation operator()(const AlignedStudy& study, const CascadeWeights& weights,
                                const std::optional<Mask>& brain = std::nullopt, const Progress& progress = {}) const;
};

/// The cascade as a segmenter, for whatever asks for one.
class CascadeSegmenter : public Segmenter {
 public:
  /// `brain` masks the images; where it is not given, the study's own mask, if there is one.
  explicit CascadeSegmenter(CascadeWeights weights, SegmentTumour options = {}, std::optional<Mask> brain = std::nullopt)
      : weights_(std::make_shared<const CascadeWeights>(std::move(weights))), options_(options), brain_(std::move(brain)) {}

  LabelMap operator()(const AlignedStudy& study, const Progress& progress = {}) const override {
    return options_(study, *weights_, brain_, progress).labels;
  }

  std::string name() const override { return "cascade"; }

  bool wants_bias_correction() const override { return false; }

 private:
  std::shared_ptr<const CascadeWeights> weights_;
  SegmentTumour options_;
  std::optional<Mask> brain_;
};

}  // namespace bolus

#pragma once
#include <filesystem>
#include <optional>

#include <bolus/core/progress.hpp>
#include <bolus/io/study.hpp>
#include <bolus/preprocess/brain_consensus.hpp>
#include <bolus/preprocess/brain_extraction.hpp>
#include <bolus/preprocess/brain_extractor.hpp>
#include <bolus/preprocess/normal_white_matter.hpp>
#include <bolus/preprocess/preprocess_result.hpp>
#include <bolus/preprocess/resample.hpp>
#include <bolus/preprocess/rigid_registration.hpp>

namespace bolus {

/// Brings a study onto the grid of CET1 at 1 mm:
///
/// 1. the DSC series is corrected for motion;
/// 2. the brain is found in CET1, and after 3. in every other image, and the masks are made one;
/// 3. T1, T2, FLAIR and the mean DSC volume before the bolus are registered to CET1, within the brain after a first pass;
/// 4. the bias field of each structural image is estimated within the brain, on the image's own grid;
/// 5. each structural image is divided by its field and resampled once, from its own grid to the target;
/// 6. tissue, mirror plane and normal white matter are found on the target.
///
/// The DSC series keeps its grid; only its transform is kept, and without motion its signals stay as they are. Labels on a
/// structural grid are carried along, labels on the DSC grid stay there. Every stage can be called by itself. The same bits on
/// any number of threads, from the cache or not.
struct Preprocess {
  double spacing = 1.0;         ///< mm of the target grid
  bool register_images = true;  ///< false: the headers are right already (co-registered data)
  bool extract_brain = true;    ///< false: no brain mask, nor what needs one (tissue)
  bool brain_consensus = true;  ///< false: the brain of CET1 alone
  bool correct_bias = true;     ///< N4 on the structural images
  bool correct_motion = true;   ///< of the DSC series
  bool classify_tissue = true;  ///< tissue, mirror plane, normal white matter
  int baseline_volumes = 5;     ///< first DSC volumes whose mean is registered where motion is not corrected
  RigidRegistration registration{};
  BrainExtraction brain_extraction{};
  BrainMaskCheck brain_check{};
  BiasCorrection bias_correction{};
  MotionCorrection motion_correction{};
  TissueClassification tissue_classification{};
  SymmetrySearch symmetry_search{};
  NormalWhiteMatter normal_white_matter{};
  Interpolation interpolation = Interpolation::linear;      ///< of images; linear as published
  LabelInterpolation labels = LabelInterpolation::nearest;  ///< of labels and masks
  std::optional<std::filesystem::path> cache{};  ///< folder for the stages' results, which are found again by content
  int threads = 0;                               ///< 0: all cores

  /// `extractor` finds the brain in CET1 in place of `brain_extraction`, and alone (a network, or a user's mask as
  /// GivenBrainMask). Throws DataError when CET1 is missing or a voxel is NaN or infinite, IoError for a cache that cannot be
  /// written, and what the steps throw, naming the image. Doubts become flags of the study, their messages led by the image's
  /// name; a verdict `doubtful` or `failed` is flagged, and the result still there to look at.
  PreprocessResult operator()(StudyImages images, const BrainExtractor* extractor = nullptr,
                              const Progress& progress = {}) const;
};

/// The study's labels on the grid of its DSC series, for region curves from native signals. Labels that lie there already stay
/// as they are. Throws DataError when the study has no labels or no series.
LabelMap labels_on_perfusion_grid(const AlignedStudy& study, LabelInterpolation labels = LabelInterpolation::nearest);

}  // namespace bolus

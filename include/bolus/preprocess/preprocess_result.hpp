#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <bolus/core/aligned_study.hpp>
#include <bolus/preprocess/bias_correction.hpp>
#include <bolus/preprocess/brain_mask_quality.hpp>
#include <bolus/preprocess/mirror_plane.hpp>
#include <bolus/preprocess/motion_correction.hpp>
#include <bolus/preprocess/registration_result.hpp>
#include <bolus/preprocess/tissue_classification.hpp>

namespace bolus {

/// How long a stage took.
struct StageTime {
  std::string stage;     ///< e.g. "registration, flair"
  double seconds = 0.0;  ///< by the clock
  bool cached = false;   ///< its result was found in the cache
};

/// A study on one grid, and everything that brought it there.
struct PreprocessResult {
  AlignedStudy study;
  std::map<Modality, RegistrationResult> registrations;      ///< of T1, T2, FLAIR to CET1 (CET1 itself is not in it)
  std::optional<RegistrationResult> perfusion_registration;  ///< of the mean DSC volume before the bolus to CET1
  std::optional<BrainMaskQuality> brain_quality;             ///< of `study.brain`; empty when no brain was extracted
  std::map<Modality, Mask> brain_masks;                      ///< found in each image, on its own grid
  std::map<Modality, Image<float>> bias_fields;              ///< each on its image's own grid
  std::optional<MotionResult> motion;                        ///< of the DSC series; `study.perfusion` is its `corrected`
  std::optional<TissueMaps> tissue;                          ///< on the structural grid
  std::optional<MirrorPlane> mirror;                         ///< between the halves of the head
  std::vector<StageTime> times;                              ///< in the order of the stages
};

}  // namespace bolus

#pragma once
#include <map>
#include <optional>

#include <bolus/core/aligned_study.hpp>
#include <bolus/core/progress.hpp>
#include <bolus/io/study.hpp>
#include <bolus/preprocess/bias_correction.hpp>
#include <bolus/preprocess/resample.hpp>
#include <bolus/preprocess/rigid_registration.hpp>

namespace bolus {

/// A study on one grid, and how it came there.
struct AlignmentResult {
  AlignedStudy study;
  std::map<Modality, RegistrationResult> registrations;      ///< of T1, T2, FLAIR to CET1 (CET1 itself is not in it)
  std::optional<RegistrationResult> perfusion_registration;  ///< of the mean of the first DSC volumes to CET1
  std::map<Modality, Image<float>> bias_fields;              ///< each on its image's own grid
};

/// Brings a study onto the grid of CET1 at 1 mm: T1, T2, FLAIR and the mean of the first DSC volumes are registered to CET1;
/// the bias field of each structural image is estimated and divided out on its own grid; and each is resampled once, from its
/// own grid to the target. The DSC series keeps its grid and its signals; only its transform is kept. Labels on a structural
/// grid are carried along by nearest neighbour, labels on the DSC grid stay there.
struct AlignStudy {
  double spacing = 1.0;         ///< mm of the target grid
  bool register_images = true;  ///< false: the headers are right already (skull-stripped, co-registered data)
  bool correct_bias = true;     ///< N4 on the structural images
  int baseline_volumes = 5;     ///< first DSC volumes whose mean is registered: before the bolus
  RigidRegistration registration{};
  BiasCorrection bias_correction{};
  Interpolation interpolation = Interpolation::linear;
  int threads = 0;  ///< 0: all cores; images are worked on side by side

  /// Throws DataError when CET1 is missing, and what the steps throw, naming the image. Doubts of a registration become flags
  /// of the study, their messages led by the image's name.
  AlignmentResult operator()(StudyImages images, const Progress& progress = {}) const;
};

/// The study's labels on the grid of its DSC series (nearest neighbour), for region curves from native signals.
/// Throws DataError when the study has no labels or no series.
LabelMap labels_on_perfusion_grid(const AlignedStudy& study);

}  // namespace bolus

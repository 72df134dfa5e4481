#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include <bolus/core/image.hpp>
#include <bolus/core/progress.hpp>
#include <bolus/preprocess/registration_result.hpp>

namespace bolus {

/// Rigid registration by mutual information (Mattes et al. 2003: samples of the fixed image fall into bins, those of the moving
/// image are spread over four by a cubic B-spline), coarse to fine, for images of different contrast. From many starts (headers
/// as they are, centres aligned, each turned about the axes) the best are followed through the coarsest level, the best of
/// those to the end. Samples lie on a lattice with a seeded jitter, so that they never sit on voxel borders. Blocks of samples
/// are summed side by side and added in their order: the same bits on any number of threads.
///
/// The verdict rests on what a patient's own images have and others have not: mutual information far above that of poses
/// elsewhere, and blocks of the head which, moved about on their own, each fit best where the transform puts them.
struct RigidRegistration {
  int bins = 32;                                       ///< of the joint histogram, per image; 5 to 128
  double sampling = 0.25;                              ///< share of the lattice points that are used, over 0 to 1
  std::vector<double> spacings{8.0, 4.0, 2.0};         ///< mm between lattice points per level; thick slices keep their own
  std::vector<double> sigmas{4.0, 2.0, 1.0};           ///< mm of Gaussian smoothing per level
  std::vector<int> iterations{100, 100, 100};          ///< evaluations of the metric, at most, per level and start
  std::vector<double> start_angles{0.0, 20.0, -20.0};  ///< degrees; all combinations of them about the axes are tried
  int starts = 8;                                      ///< best of them that are followed through the coarsest level
  int mask_from_level = 1;             ///< first level that is measured within the mask only; coarser ones see the whole head
  double minimum_overlap = 0.3;        ///< of the samples of the smaller image; a start below it is not followed
  double minimum_coverage = 0.6;       ///< doubtful below it
  double minimum_agreement = 0.4;      ///< doubtful below it, failed below half of it
  double largest_rotation = 45.0;      ///< degrees; doubtful above it
  double largest_translation = 100.0;  ///< mm; doubtful above it
  std::uint64_t seed = 0;              ///< of the jitter
  int threads = 0;                     ///< 0: all cores

  /// `fixed_mask`, on the grid of `fixed`, is where the metric is measured after the first pass (a brain mask: skin and eyes
  /// move). Throws OptionError, DataError for empty or constant images, non-finite voxels or fewer than four voxels along an
  /// axis, GeometryError for a mask on another grid, ConvergenceError when the images never overlap, Cancelled.
  RegistrationResult operator()(const Image<float>& fixed, const Image<float>& moving,
                                const std::optional<Mask>& fixed_mask = std::nullopt, const Progress& progress = {}) const;
};

}  // namespace bolus

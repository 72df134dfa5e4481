#pragma once
#include <array>
#include <bolus/core/image.hpp>
#include <bolus/core/progress.hpp>
#include <bolus/core/qc_flag.hpp>
#include <optional>

namespace bolus {

/// Values of a tissue label image.
struct TissueValue {
  static constexpr std::uint8_t none = 0, csf = 1, grey_matter = 2, white_matter = 3;
};

/// Tissue of a brain.
struct TissueMaps {
  Image<std::uint8_t> labels;                   ///< `TissueValue` of the most probable tissue
  Image<float> csf, grey_matter, white_matter;  ///< probabilities, summing to 1 inside the brain without the tumour
  Image<float> bias_field;                      ///< multiplicative, around 1, 1 outside the brain
  std::array<double, 3> mean{}, deviation{};    ///< of CSF, grey and white matter, in the image's units
  std::array<double, 3> volume{};               ///< mL
  QcFlags flags;                                ///< preprocess.tissue.{contrast, share, iterations, excluded}

  Mask mask(std::uint8_t tissue) const;  ///< where the label is `tissue`
};

/// Cerebrospinal fluid, grey and white matter from a T1-weighted image (before or after contrast medium): a mixture of normal
/// distributions with a smooth bias field (Wells et al. 1996), fitted by expectation maximisation from a start that depends on
/// the image alone; then neighbours draw each voxel to what they are (a Markov random field, Zhang et al. 2001).
struct TissueClassification {
  int iterations = 30;       ///< at most
  double neighbours = 0.15;  ///< weight of a voxel's neighbours; 0: each voxel by itself
  double bias_width = 40.0;  ///< mm over which the bias field is smooth; 0: no bias field
  double tolerance = 1e-3;   ///< ends when the mean change of the probabilities falls below
  int threads = 0;           ///< 0: all cores; the result is the same for any number

  /// `brain` and `excluded` (tumour), on the grid of `t1`. Excluded voxels are not classified.
  /// Throws DataError for a non-finite image or fewer than 1000 voxels of brain, GeometryError, OptionError, Cancelled.
  TissueMaps operator()(const Image<float>& t1, const Mask& brain, const std::optional<Mask>& excluded = std::nullopt,
                        const Progress& progress = {}) const;
};

}  // namespace bolus

#pragma once
#include <optional>

#include "mutual_information.hpp"

namespace bolus {

/// How well the parts of a head agree with the transform of the whole.
struct LocalAgreement {
  std::size_t blocks = 0;  ///< that were asked
  double agreement = 0.0;  ///< share of them whose own best place is where the transform puts them, to 3 mm or 3/4 of a voxel
  double residual = 0.0;   ///< median distance of their own best places from there, mm
};

/// Moves blocks of the fixed image, about 24 mm wide, on their own by up to 8 mm and looks where each fits best: where the
/// correlation ratio (Roche et al. 1998) of the moving values given the fixed ones is largest. A patient's own images fit where
/// the transform puts them; another's brain, or a part that is not there, fits anywhere.
LocalAgreement local_agreement(const Image<float>& fixed, const Image<float>& moving, const Mask& foreground,
                               const RigidTransform& transform, std::uint64_t seed, int threads);

/// Share of the foreground that the transform puts where the moving image has signal: more than `floor`.
double coverage_of(const Mask& foreground, const Image<float>& moving, float floor, const RigidTransform& transform);

}  // namespace bolus

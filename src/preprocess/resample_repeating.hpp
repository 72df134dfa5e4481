#pragma once
#include <bolus/preprocess/resample.hpp>

namespace bolus {

/// As `step`, but beyond the image its border goes on instead of 0.
Image<float> resample_repeating(const Resample& step, const Image<float>& image, const Geometry& target,
                                const RigidTransform& transform);

}  // namespace bolus

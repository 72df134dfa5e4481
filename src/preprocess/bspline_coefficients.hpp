#pragma once
#include <bolus/core/image.hpp>

namespace bolus {

/// Coefficients of the cubic B-spline through the voxels (Unser, IEEE Signal Process Mag 1999), the image mirrored at its
/// border voxels. The same bits on any number of threads.
Image<float> bspline_coefficients(const Image<float>& image, int threads);

}  // namespace bolus

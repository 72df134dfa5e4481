#pragma once
#include <array>

#include <bolus/core/image.hpp>

namespace bolus {

/// A Gaussian of `sigma` mm over the image, of which every `step`-th voxel along each axis is kept, at the middle of the voxels
/// it stands for; the kernel is cut at the border and its weights scaled to 1. The same bits on any number of threads.
Image<float> smooth_image(const Image<float>& image, const Eigen::Vector3d& sigma, const std::array<std::int64_t, 3>& step,
                          int threads);

}  // namespace bolus

#include "smooth_image.hpp"

#include <cmath>
#include <vector>

#include <bolus/core/parallel.hpp>

namespace bolus {
namespace {

/// Which input voxels an output voxel is made of.
struct Taps {
  std::int64_t first = 0;
  std::vector<float> weights;
};

std::vector<Taps> taps_along(std::int64_t size, std::int64_t step, double sigma) {
  std::vector<Taps> all(static_cast<std::size_t>(std::max<std::int64_t>(1, size / step)));
  const double reach = std::max(3.0 * sigma, 0.5 * static_cast<double>(step - 1) + 0.25);
  for (std::size_t k = 0; k < all.size(); ++k) {
    const double centre = static_cast<double>(static_cast<std::int64_t>(k) * step) + 0.5 * static_cast<double>(step - 1);
    auto& taps = all[k];
    taps.first = std::max<std::int64_t>(0, static_cast<std::int64_t>(std::ceil(centre - reach)));
    const auto last = std::min(size - 1, static_cast<std::int64_t>(std::floor(centre + reach)));
    double sum = 0.0;
    std::vector<double> weights;
    for (auto i = taps.first; i <= last; ++i) {
      const double away = static_cast<double>(i) - centre;
      weights.push_back(sigma > 0.0 ? std::exp(-0.5 * away * away / (sigma * sigma)) : 1.0);
      sum += weights.back();
    }
    for (const double weight : weights) taps.weights.push_back(static_cast<float>(weight / sum));
  }
  return all;
}

/// One axis. Memory is seen as outer x size x inner values, `inner` of them side by side.
void smooth_axis(const float* in, float* out, std::size_t outer, std::size_t size, std::size_t inner,
                 const std::vector<Taps>& taps, int threads) {
  const std::size_t made = taps.size();
  parallel_for(outer * made, std::max<std::size_t>(1, 16384 / inner), threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t job = begin; job < end; ++job) {
      const auto& [first, weights] = taps[job % made];
      const float* from = in + (job / made * size + static_cast<std::size_t>(first)) * inner;
      float* to = out + job * inner;
      if (inner == 1) {
        float sum = 0.0F;
        for (std::size_t k = 0; k < weights.size(); ++k) sum += weights[k] * from[k];
        *to = sum;
        continue;
      }
      std::fill_n(to, inner, 0.0F);
      for (const float weight : weights) {
        for (std::size_t i = 0; i < inner; ++i) to[i] += weight * from[i];
        from += inner;
      }
    }
  });
}

}  // namespace

Image<float> smooth_image(const Image<float>& image, const Eigen::Vector3d& sigma, const std::array<std::int64_t, 3>& step,
                          int threads) {
  Image<float> current = image;
  // The slowest axis first: its rows are longest, and what it thins out is saved on the others.
  for (int axis = 2; axis >= 0; --axis) {
    const auto k = static_cast<std::size_t>(axis);
    const auto& from = current.geometry();
    const double voxels = sigma[axis] / from.spacing[axis];
    if (step[k] == 1 && voxels < 0.2) continue;
    const auto taps = taps_along(from.size[k], step[k], voxels);
    Geometry grid = from;
    grid.size[k] = static_cast<std::int64_t>(taps.size());
    grid.spacing[axis] *= static_cast<double>(step[k]);
    Eigen::Vector3d first = Eigen::Vector3d::Zero();
    first[axis] = 0.5 * static_cast<double>(step[k] - 1);
    grid.origin = from.point_of(first);
    Image<float> next(grid);
    std::size_t inner = 1, outer = 1;
    for (std::size_t i = 0; i < 3; ++i) {
      if (i < k) inner *= static_cast<std::size_t>(from.size[i]);
      if (i > k) outer *= static_cast<std::size_t>(from.size[i]);
    }
    smooth_axis(current.data(), next.data(), outer, static_cast<std::size_t>(from.size[k]), inner, taps, threads);
    current = std::move(next);
  }
  return current;
}

}  // namespace bolus

#include "grid_filter.hpp"

#include <algorithm>
#include <cmath>

#include <bolus/core/detail/mask_distance.hpp>
#include <bolus/core/parallel.hpp>

namespace bolus::preprocess {
namespace {

/// For each target index the source indices it is made of, with their weights.
struct AxisWeights {
  std::vector<std::int64_t> first;
  std::vector<std::vector<float>> weight;
};

AxisWeights axis_weights(std::int64_t size, double spacing, std::int64_t target_size, double target_spacing) {
  AxisWeights axis;
  const double step = target_spacing / spacing, half = std::max(1.0, step) / 2.0;
  for (std::int64_t i = 0; i < target_size; ++i) {
    const double centre = (static_cast<double>(i) + 0.5) * step - 0.5;  // in source voxels
    std::int64_t first = 0;
    std::vector<float> weight;
    if (step > 1.0) {  // overlap of the target's voxel with each of the source's
      first = std::clamp<std::int64_t>(static_cast<std::int64_t>(std::floor(centre - half + 0.5)), 0, size - 1);
      const auto last = std::clamp<std::int64_t>(static_cast<std::int64_t>(std::floor(centre + half + 0.5)), first, size - 1);
      for (auto k = first; k <= last; ++k) {
        const double overlap =
            std::min(centre + half, static_cast<double>(k) + 0.5) - std::max(centre - half, static_cast<double>(k) - 0.5);
        weight.push_back(static_cast<float>(std::max(overlap, 1e-6)));
      }
    } else {
      const double place = std::clamp(centre, 0.0, static_cast<double>(size - 1));
      first = std::min<std::int64_t>(static_cast<std::int64_t>(place), std::max<std::int64_t>(size - 2, 0));
      const double part = place - static_cast<double>(first);
      weight.push_back(static_cast<float>(1.0 - part));
      if (size > 1) weight.push_back(static_cast<float>(part));
    }
    float sum = 0.0F;
    for (const float w : weight) sum += w;
    for (float& w : weight) w /= sum;
    axis.first.push_back(first);
    axis.weight.push_back(std::move(weight));
  }
  return axis;
}

/// One axis of (outer x count x inner), where `inner` values lie together.
std::vector<float> along_axis(const std::vector<float>& values, std::size_t inner, std::size_t count, const AxisWeights& axis,
                              int threads) {
  const std::size_t outer = values.size() / (inner * count), targets = axis.first.size();
  std::vector<float> result(outer * targets * inner);
  parallel_for(outer * targets, std::max<std::size_t>(1, 16384 / inner), threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      const auto& weight = axis.weight[row % targets];
      const float* source =
          values.data() + (row / targets * count + static_cast<std::size_t>(axis.first[row % targets])) * inner;
      float* target = result.data() + row * inner;
      for (std::size_t k = 0; k < weight.size(); ++k) {
        const float* from = source + k * inner;
        const float w = weight[k];
        for (std::size_t i = 0; i < inner; ++i) target[i] += w * from[i];
      }
    }
  });
  return result;
}

}  // namespace

std::vector<float> gaussian(std::vector<float> values, const Geometry& grid, double sigma, int threads) {
  std::size_t inner = 1;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double width = sigma / grid.spacing[static_cast<Eigen::Index>(axis)];
    const auto count = static_cast<std::size_t>(grid.size[axis]);
    const auto reach = static_cast<std::int64_t>(std::ceil(3.0 * width));
    if (count > 1 && width > 1e-3) {
      std::vector<float> kernel;
      float sum = 0.0F;
      for (auto k = -reach; k <= reach; ++k) {
        const double far = static_cast<double>(k) / width;
        kernel.push_back(static_cast<float>(std::exp(-0.5 * far * far)));
        sum += kernel.back();
      }
      for (float& k : kernel) k /= sum;
      const std::size_t outer = values.size() / (inner * count);
      std::vector<float> result(values.size());
      const auto last = static_cast<std::int64_t>(count) - 1;
      if (axis == 0) {  // rows lie together: a padded copy of each keeps the inner loop plain
        parallel_for(outer, 64, threads, [&](std::size_t begin, std::size_t end) {
          std::vector<float> padded(count + 2 * static_cast<std::size_t>(reach));
          for (std::size_t row = begin; row < end; ++row) {
            const float* source = values.data() + row * count;
            for (std::size_t i = 0; i < padded.size(); ++i) {
              padded[i] = source[std::clamp<std::int64_t>(static_cast<std::int64_t>(i) - reach, 0, last)];
            }
            float* target = result.data() + row * count;
            for (std::size_t k = 0; k < kernel.size(); ++k) {
              const float weight = kernel[k];
              for (std::size_t i = 0; i < count; ++i) target[i] += weight * padded[i + k];
            }
          }
        });
      } else {
        parallel_for(outer * count, std::max<std::size_t>(1, 16384 / inner), threads, [&](std::size_t begin, std::size_t end) {
          for (std::size_t row = begin; row < end; ++row) {
            const auto at = static_cast<std::int64_t>(row % count);
            const float* plane = values.data() + row / count * count * inner;
            float* target = result.data() + row * inner;
            for (auto k = -reach; k <= reach; ++k) {
              const float* source = plane + static_cast<std::size_t>(std::clamp<std::int64_t>(at + k, 0, last)) * inner;
              const float weight = kernel[static_cast<std::size_t>(k + reach)];
              for (std::size_t i = 0; i < inner; ++i) target[i] += weight * source[i];
            }
          }
        });
      }
      values.swap(result);
    }
    inner *= count;
  }
  return values;
}

Geometry with_spacing(const Geometry& grid, const Eigen::Vector3d& spacing) {
  Geometry result = grid;
  const Eigen::Vector3d corner = grid.point_of(Eigen::Vector3d::Constant(-0.5));
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const auto k = static_cast<Eigen::Index>(axis);
    result.spacing[k] = spacing[k];
    result.size[axis] =
        std::max<std::int64_t>(1, std::llround(static_cast<double>(grid.size[axis]) * grid.spacing[k] / spacing[k]));
  }
  result.origin = corner + result.direction * (0.5 * result.spacing);
  result.validate();
  return result;
}

std::vector<float> averaged(const std::vector<float>& values, const Geometry& grid, const Geometry& target, int threads) {
  std::vector<float> result = values;
  std::size_t inner = 1;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const auto k = static_cast<Eigen::Index>(axis);
    const auto weights = axis_weights(grid.size[axis], grid.spacing[k], target.size[axis], target.spacing[k]);
    result = along_axis(result, inner, static_cast<std::size_t>(grid.size[axis]), weights, threads);
    inner *= static_cast<std::size_t>(target.size[axis]);
  }
  return result;
}

std::vector<float> signed_distance(const Mask& mask, double limit, int threads) {
  const auto within = detail::squared_distance(mask, true, threads), without = detail::squared_distance(mask, false, threads);
  const auto half = static_cast<float>(0.5 * mask.geometry().spacing.minCoeff()), cut = static_cast<float>(limit);
  std::vector<float> result(mask.size());
  for (std::size_t v = 0; v < result.size(); ++v) {
    result[v] = std::clamp(mask.data()[v] ? std::sqrt(within[v]) - half : half - std::sqrt(without[v]), -cut, cut);
  }
  return result;
}

double quantile(std::vector<float> values, double share) {
  if (values.empty()) return 0.0;
  const auto rank = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), rank, values.end());
  return static_cast<double>(*rank);
}

void require_usable(const Image<float>& image) {
  detail::require<DataError>(!image.empty(), "the image is empty");
  float low = image.data()[0], high = low;
  for (std::size_t v = 0; v < image.size(); ++v) {
    const float value = image.data()[v];
    detail::require<DataError>(std::isfinite(value), "the image is NaN or infinite at voxel ", v,
                               "; set such voxels to 0 first");
    low = std::min(low, value);
    high = std::max(high, value);
  }
  detail::require<DataError>(high > low, "the image is constant (", low, ")");
}

}  // namespace bolus::preprocess

#include <bolus/preprocess/resample.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include <bolus/core/parallel.hpp>

#include "bspline_coefficients.hpp"
#include "resample_repeating.hpp"

namespace bolus {
namespace {

using detail::require;

/// From a voxel index of the target to one of the image.
struct IndexMap {
  Eigen::Matrix3d matrix;
  Eigen::Vector3d offset;

  IndexMap(const Geometry& image, const Geometry& target, const RigidTransform& transform) {
    const Eigen::Matrix3d to_index = image.spacing.cwiseInverse().asDiagonal() * image.direction.inverse();
    matrix = to_index * transform.matrix.topLeftCorner<3, 3>() * target.direction * target.spacing.asDiagonal();
    offset = to_index * (transform(target.origin) - image.origin);
  }
  Eigen::Vector3d operator()(const Eigen::Vector3d& index) const { return matrix * index + offset; }
};

/// Taps along one axis: where they lie (as offsets in memory) and what they weigh.
template <int Count>
struct AxisTaps {
  std::array<std::int64_t, Count> place;
  std::array<float, Count> weight;
};

/// Beyond the border voxels the border's value goes on; the spline's coefficients are mirrored there, as its prefilter has it.
std::int64_t repeated(std::int64_t i, std::int64_t size) { return std::clamp<std::int64_t>(i, 0, size - 1); }
std::int64_t mirrored(std::int64_t i, std::int64_t size) {
  if (size == 1) return 0;
  const std::int64_t period = 2 * (size - 1);
  i = std::abs(i) % period;
  return i < size ? i : period - i;
}

struct LinearKernel {
  static constexpr int count = 2;
  static void taps(double at, std::int64_t size, std::int64_t stride, AxisTaps<count>& taps) {
    at = std::clamp(at, 0.0, static_cast<double>(size - 1));
    const auto base = static_cast<std::int64_t>(at);
    const auto part = static_cast<float>(at - static_cast<double>(base));
    taps.place = {base * stride, repeated(base + 1, size) * stride};
    taps.weight = {1.0F - part, part};
  }
};

struct SplineKernel {
  static constexpr int count = 4;
  static void taps(double at, std::int64_t size, std::int64_t stride, AxisTaps<count>& taps) {
    const double base = std::floor(at), t = at - base, r = 1.0 - t;
    taps.weight = {static_cast<float>(r * r * r / 6.0), static_cast<float>((t * t * (3.0 * t - 6.0) + 4.0) / 6.0),
                   static_cast<float>((r * r * (3.0 * r - 6.0) + 4.0) / 6.0), static_cast<float>(t * t * t / 6.0)};
    for (std::size_t k = 0; k < 4; ++k)
      taps.place[k] = mirrored(static_cast<std::int64_t>(base) - 1 + static_cast<std::int64_t>(k), size) * stride;
  }
};

struct SincKernel {
  static constexpr int radius = 5, count = 2 * radius;
  static void taps(double at, std::int64_t size, std::int64_t stride, AxisTaps<count>& taps) {
    const double base = std::floor(at), t = at - base;
    std::array<double, count> weight;
    double sum = 0.0;
    for (int k = 0; k < count; ++k) {
      const double x = std::numbers::pi * (t - static_cast<double>(k - radius + 1));
      const double window = x / radius;
      weight[static_cast<std::size_t>(k)] = std::abs(x) < 1e-9 ? 1.0 : std::sin(x) / x * std::sin(window) / window;
      sum += weight[static_cast<std::size_t>(k)];
      taps.place[static_cast<std::size_t>(k)] = repeated(static_cast<std::int64_t>(base) + k - radius + 1, size) * stride;
    }
    for (std::size_t k = 0; k < count; ++k) taps.weight[k] = static_cast<float>(weight[k] / sum);  // constants stay constant
  }
};

enum class Beyond { nothing, border };

/// Calls `voxel(index in the image, index in the target's memory)` for each voxel of the target within half a voxel of the
/// image; those further out are left alone or moved to its border.
template <class Voxel>
void for_each_inside(const Geometry& image, const Geometry& target, const RigidTransform& transform, Beyond beyond, int threads,
                     const Voxel& voxel) {
  const IndexMap map(image, target, transform);
  const auto rows = static_cast<std::size_t>(target.size[1] * target.size[2]);
  parallel_for(rows, 16, threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      const auto y = static_cast<std::int64_t>(row) % target.size[1], z = static_cast<std::int64_t>(row) / target.size[1];
      for (std::int64_t x = 0; x < target.size[0]; ++x) {
        Eigen::Vector3d at = map(Eigen::Vector3d(x, y, z));
        bool inside = true;
        for (int axis = 0; axis < 3; ++axis) {
          const auto last = static_cast<double>(image.size[static_cast<std::size_t>(axis)] - 1);
          inside = inside && at[axis] >= -0.5 && at[axis] < last + 0.5;
          if (beyond == Beyond::border) at[axis] = std::clamp(at[axis], 0.0, last);
        }
        if (inside || beyond == Beyond::border)
          voxel(at, row * static_cast<std::size_t>(target.size[0]) + static_cast<std::size_t>(x));
      }
    }
  });
}

template <class Kernel>
void interpolate(const Image<float>& image, Image<float>& result, const RigidTransform& transform, Beyond beyond, float low,
                 float high, int threads) {
  const auto& size = image.geometry().size;
  const std::int64_t plane = size[0] * size[1];
  const float* data = image.data();
  float* out = result.data();
  for_each_inside(image.geometry(), result.geometry(), transform, beyond, threads,
                  [=](const Eigen::Vector3d& at, std::size_t voxel) {
                    AxisTaps<Kernel::count> x, y, z;
                    Kernel::taps(at[0], size[0], 1, x);
                    Kernel::taps(at[1], size[1], size[0], y);
                    Kernel::taps(at[2], size[2], plane, z);
                    float sum = 0.0F;
                    for (std::size_t k = 0; k < Kernel::count; ++k) {
                      float slice = 0.0F;
                      for (std::size_t j = 0; j < Kernel::count; ++j) {
                        const float* line = data + z.place[k] + y.place[j];
                        float along = 0.0F;
                        for (std::size_t i = 0; i < Kernel::count; ++i) along += x.weight[i] * line[x.place[i]];
                        slice += y.weight[j] * along;
                      }
                      sum += z.weight[k] * slice;
                    }
                    out[voxel] = std::clamp(sum, low, high);
                  });
}

template <class T>
void take_nearest(const Image<T>& image, Image<T>& result, const RigidTransform& transform, Beyond beyond, int threads) {
  for_each_inside(
      image.geometry(), result.geometry(), transform, beyond, threads, [&](const Eigen::Vector3d& at, std::size_t voxel) {
        std::array<std::int64_t, 3> place;
        for (std::size_t i = 0; i < 3; ++i)
          place[i] =
              repeated(static_cast<std::int64_t>(std::floor(at[static_cast<Eigen::Index>(i)] + 0.5)), image.geometry().size[i]);
        result.data()[voxel] = image(place[0], place[1], place[2]);
      });
}

/// Nearest labels at points about the middle of each target voxel, each with the weight of a Gaussian there. Its standard
/// deviation along each axis of the target is a third of a voxel, about that of the voxel itself: wider ones take from small
/// regions what they give to large ones. Where the labels' voxels are coarser it is half of theirs, which takes their corners
/// off. Cut at two standard deviations.
void vote(const Image<std::uint8_t>& labels, Image<std::uint8_t>& result, const RigidTransform& transform, int threads) {
  const auto& from = labels.geometry();
  const auto& target = result.geometry();
  const IndexMap map(from, target, transform);
  std::array<std::int64_t, 3> low = from.size, high{-1, -1, -1};  // the box of what is not background
  const auto* value = labels.data();
  for (std::int64_t z = 0; z < from.size[2]; ++z) {
    for (std::int64_t y = 0; y < from.size[1]; ++y) {
      for (std::int64_t x = 0; x < from.size[0]; ++x) {
        if (*value++ == 0) continue;
        const std::array<std::int64_t, 3> place{x, y, z};
        for (std::size_t i = 0; i < 3; ++i) {
          low[i] = std::min(low[i], place[i]);
          high[i] = std::max(high[i], place[i]);
        }
      }
    }
  }
  if (high[0] < 0) return;
  struct Point {
    Eigen::Vector3d shift;  ///< in voxels of the labels
    float weight;
  };
  std::vector<Point> points{{Eigen::Vector3d::Zero(), 1.0F}};
  for (int axis = 0; axis < 3; ++axis) {
    const Eigen::Vector3d column = map.matrix.col(axis);
    const double source = 1.0 / column.cwiseAbs().maxCoeff();  // a voxel of the labels, in voxels of the target
    const double sigma = std::max(1.0 / 3.0, 0.5 * source);
    const int count = std::clamp(static_cast<int>(std::ceil(8.0 * sigma / source)), 2, 16);
    std::vector<Point> wider;
    for (const auto& point : points) {
      for (int i = -count; i <= count; ++i) {
        const double away = 2.0 * i / count;  // in standard deviations
        wider.push_back(
            {point.shift + column * (away * sigma), point.weight * static_cast<float>(std::exp(-0.5 * away * away))});
      }
    }
    points = std::move(wider);
  }
  Eigen::Vector3d farthest = Eigen::Vector3d::Zero();
  for (const auto& point : points) farthest = farthest.cwiseMax(point.shift.cwiseAbs());
  const auto rows = static_cast<std::size_t>(target.size[1] * target.size[2]);
  parallel_for(rows, 4, threads, [&](std::size_t begin, std::size_t end) {
    std::array<float, 256> votes{};
    for (std::size_t row = begin; row < end; ++row) {
      const auto y = static_cast<std::int64_t>(row) % target.size[1], z = static_cast<std::int64_t>(row) / target.size[1];
      for (std::int64_t x = 0; x < target.size[0]; ++x) {
        const Eigen::Vector3d at = map(Eigen::Vector3d(x, y, z));
        bool close = true;
        for (int i = 0; i < 3; ++i) {
          const auto k = static_cast<std::size_t>(i);
          close = close && at[i] + farthest[i] >= static_cast<double>(low[k]) - 0.5 &&
                  at[i] - farthest[i] <= static_cast<double>(high[k]) + 0.5;
        }
        if (!close) continue;
        votes.fill(0.0F);
        for (const auto& point : points) {
          std::array<std::int64_t, 3> place;
          bool inside = true;
          for (std::size_t i = 0; i < 3; ++i) {
            const auto k = static_cast<Eigen::Index>(i);
            place[i] = static_cast<std::int64_t>(std::floor(at[k] + point.shift[k] + 0.5));
            inside = inside && place[i] >= 0 && place[i] < from.size[i];
          }
          votes[inside ? labels(place[0], place[1], place[2]) : 0] += point.weight;
        }
        const auto most = std::max_element(votes.begin(), votes.end());  // ties go to the smaller label
        result.data()[row * static_cast<std::size_t>(target.size[0]) + static_cast<std::size_t>(x)] =
            static_cast<std::uint8_t>(most - votes.begin());
      }
    }
  });
}

Image<std::uint8_t> resampled_labels(const Image<std::uint8_t>& image, const Geometry& target, const RigidTransform& transform,
                                     LabelInterpolation interpolation, int threads) {
  require<DataError>(!image.empty(), "there are no voxels to resample");
  transform.validate();
  Image<std::uint8_t> result(target);
  if (interpolation == LabelInterpolation::nearest) {
    take_nearest(image, result, transform, Beyond::nothing, threads);
  } else {
    vote(image, result, transform, threads);
  }
  return result;
}

Image<float> resampled(const Resample& step, const Image<float>& image, const Geometry& target, const RigidTransform& transform,
                       Beyond beyond) {
  const auto interpolation = step.interpolation;
  const int threads = step.threads;
  require<DataError>(!image.empty(), "there are no voxels to resample");
  transform.validate();
  Image<float> result(target);
  const bool spreads = interpolation == Interpolation::bspline || interpolation == Interpolation::windowed_sinc;
  float low = -std::numeric_limits<float>::infinity(), high = std::numeric_limits<float>::infinity();
  if (spreads) {
    for (std::size_t i = 0; i < image.size(); ++i) {
      require<DataError>(std::isfinite(image.data()[i]), "the image is NaN or infinite at voxel ", i,
                         ", which B-spline and sinc would spread over its neighbours; set such voxels to 0 first");
    }
    if (step.clamp) {
      const auto [smallest, largest] = std::minmax_element(image.values().begin(), image.values().end());
      low = *smallest;
      high = *largest;
    }
  }
  switch (interpolation) {
    case Interpolation::linear:
      interpolate<LinearKernel>(image, result, transform, beyond, low, high, threads);
      break;
    case Interpolation::bspline:
      interpolate<SplineKernel>(bspline_coefficients(image, threads), result, transform, beyond, low, high, threads);
      break;
    case Interpolation::windowed_sinc:
      interpolate<SincKernel>(image, result, transform, beyond, low, high, threads);
      break;
    case Interpolation::nearest:
      take_nearest(image, result, transform, beyond, threads);
      break;
  }
  return result;
}

}  // namespace

Geometry isotropic_geometry(const Geometry& geometry, double spacing) {
  require<OptionError>(spacing > 0.0 && spacing <= 100.0, "spacing is ", spacing, " mm; expected more than 0 and at most 100");
  geometry.validate();
  Geometry result = geometry;
  for (int axis = 0; axis < 3; ++axis) {
    const double extent = static_cast<double>(geometry.size[static_cast<std::size_t>(axis)]) * geometry.spacing[axis];
    result.size[static_cast<std::size_t>(axis)] = std::max<std::int64_t>(1, std::llround(extent / spacing));
    result.spacing[axis] = spacing;
  }
  const Eigen::Vector3d corner = geometry.point_of(Eigen::Vector3d::Constant(-0.5));
  result.origin = corner + result.direction * Eigen::Vector3d::Constant(0.5 * spacing);
  result.validate();
  return result;
}

Image<float> Resample::operator()(const Image<float>& image, const Geometry& target, const RigidTransform& transform) const {
  return resampled(*this, image, target, transform, Beyond::nothing);
}

Image<float> resample_repeating(const Resample& step, const Image<float>& image, const Geometry& target,
                                const RigidTransform& transform) {
  return resampled(step, image, target, transform, Beyond::border);
}

Mask Resample::operator()(const Mask& mask, const Geometry& target, const RigidTransform& transform) const {
  return resampled_labels(mask, target, transform, labels, threads);
}

LabelMap Resample::operator()(const LabelMap& map, const Geometry& target, const RigidTransform& transform) const {
  return LabelMap(resampled_labels(map.image(), target, transform, labels, threads));
}

}  // namespace bolus

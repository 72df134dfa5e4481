#include <bolus/preprocess/reorient.hpp>

#include <algorithm>
#include <string_view>

namespace bolus {
namespace {

using detail::require;

constexpr std::string_view positive = "LPS", negative = "RAI";

/// How axis k of the result comes from an axis of the source.
struct Permutation {
  std::array<int, 3> from{0, 1, 2};
  std::array<bool, 3> flipped{};
};

/// Patient axis (0 R/L, 1 A/P, 2 S/I) and sign of every grid axis; each patient axis once, strongest alignment first.
std::array<std::pair<int, int>, 3> axes_of(const Geometry& geometry) {
  Eigen::Matrix3d left = geometry.direction.cwiseAbs();
  std::array<std::pair<int, int>, 3> axes;
  for (int round = 0; round < 3; ++round) {
    Eigen::Index row = 0, column = 0;
    left.maxCoeff(&row, &column);
    axes[static_cast<std::size_t>(column)] = {static_cast<int>(row), geometry.direction(row, column) < 0.0 ? -1 : 1};
    left.row(row).setConstant(-1.0);
    left.col(column).setConstant(-1.0);
  }
  return axes;
}

Permutation permutation_to(const std::string& orientation, const Geometry& geometry) {
  const auto axes = axes_of(geometry);
  Permutation permutation;
  std::array<bool, 3> seen{};
  bool possible = orientation.size() == 3;
  for (std::size_t k = 0; possible && k < 3; ++k) {
    const auto up = positive.find(orientation[k]), down = negative.find(orientation[k]);
    possible = up != std::string_view::npos || down != std::string_view::npos;
    if (!possible) break;
    const auto patient_axis = up != std::string_view::npos ? up : down;
    possible = !seen[patient_axis];
    seen[patient_axis] = true;
    for (int source = 0; source < 3; ++source) {
      const auto& [axis, sign] = axes[static_cast<std::size_t>(source)];
      if (axis != static_cast<int>(patient_axis)) continue;
      permutation.from[k] = source;
      permutation.flipped[k] = (sign > 0) != (up != std::string_view::npos);
    }
  }
  require<OptionError>(possible, "orientation is '", orientation,
                       "'; expected one letter each of R/L, A/P and S/I, e.g. LPS or RAS");
  return permutation;
}

Geometry permuted(const Geometry& source, const Permutation& permutation) {
  Geometry result;
  Eigen::Vector3d first = Eigen::Vector3d::Zero();
  for (int k = 0; k < 3; ++k) {
    const int from = permutation.from[static_cast<std::size_t>(k)];
    const bool flipped = permutation.flipped[static_cast<std::size_t>(k)];
    result.size[static_cast<std::size_t>(k)] = source.size[static_cast<std::size_t>(from)];
    result.spacing[k] = source.spacing[from];
    result.direction.col(k) = (flipped ? -1.0 : 1.0) * source.direction.col(from);
    if (flipped) first[from] = static_cast<double>(source.size[static_cast<std::size_t>(from)] - 1);
  }
  result.origin = source.point_of(first);
  return result;
}

template <class T>
void permute(const T* source, const Geometry& from, const Permutation& permutation, const Geometry& to, T* target) {
  const std::array<std::int64_t, 3> strides{1, from.size[0], from.size[0] * from.size[1]};
  std::array<std::int64_t, 3> step{};
  std::int64_t start = 0;
  for (std::size_t k = 0; k < 3; ++k) {
    step[k] = strides[static_cast<std::size_t>(permutation.from[k])];
    if (permutation.flipped[k]) {
      start += step[k] * (to.size[k] - 1);
      step[k] = -step[k];
    }
  }
  for (std::int64_t z = 0; z < to.size[2]; ++z) {
    for (std::int64_t y = 0; y < to.size[1]; ++y) {
      const T* line = source + (start + z * step[2] + y * step[1]);
      for (std::int64_t x = 0; x < to.size[0]; ++x) *target++ = line[x * step[0]];
    }
  }
}

template <class T>
Image<T> reoriented(const Image<T>& image, const std::string& orientation) {
  require<DataError>(!image.empty(), "there are no voxels to reorient");
  const auto permutation = permutation_to(orientation, image.geometry());
  Image<T> result(permuted(image.geometry(), permutation));
  permute(image.data(), image.geometry(), permutation, result.geometry(), result.data());
  return result;
}

}  // namespace

std::string orientation_of(const Geometry& geometry) {
  std::string letters;
  for (const auto& [axis, sign] : axes_of(geometry))
    letters += (sign > 0 ? positive : negative)[static_cast<std::size_t>(axis)];
  return letters;
}

Image<float> Reorient::operator()(const Image<float>& image) const { return reoriented(image, orientation); }

Mask Reorient::operator()(const Mask& mask) const { return reoriented(mask, orientation); }

LabelMap Reorient::operator()(const LabelMap& labels) const { return LabelMap(reoriented(labels.image(), orientation)); }

PerfusionSeries Reorient::operator()(const PerfusionSeries& series) const {
  require<DataError>(series.frames() > 0, "there are no voxels to reorient");
  const auto permutation = permutation_to(orientation, series.geometry());
  PerfusionSeries result(permuted(series.geometry(), permutation), series.times(), series.protocol());
  for (std::size_t t = 0; t < series.frames(); ++t) {
    permute(series.frame(t).data(), series.geometry(), permutation, result.geometry(), result.frame(t).data());
  }
  return result;
}

}  // namespace bolus

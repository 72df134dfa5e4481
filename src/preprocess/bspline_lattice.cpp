#include "bspline_lattice.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include <bolus/core/parallel.hpp>

namespace bolus::preprocess {
namespace {

using Weights = std::vector<std::array<double, 4>>;

/// The four weights of a cubic B-spline at `place` in spans, and the first control point they belong to.
std::pair<int, std::array<double, 4>> cubic_weights(double place, int spans) {
  const int span = std::min(static_cast<int>(place), spans - 1);
  const double t = place - span, s = 1.0 - t;
  return {span,
          {s * s * s / 6.0, (3.0 * t * t * t - 6.0 * t * t + 4.0) / 6.0, (-3.0 * t * t * t + 3.0 * t * t + 3.0 * t + 1.0) / 6.0,
           t * t * t / 6.0}};
}

/// Rows per block so that a block is worth a thread's while.
std::size_t block_of(std::size_t row) { return std::max<std::size_t>(1, 65536 / std::max<std::size_t>(row, 1)); }

/// Sums data (outer x samples x inner) into (outer x control points x inner) with the given weights.
std::vector<double> gathered(const std::vector<double>& data, std::size_t inner, const std::vector<int>& first,
                             const Weights& weights, int control_points, int threads) {
  const std::size_t samples = first.size(), outer = data.size() / (samples * inner);
  const auto points = static_cast<std::size_t>(control_points);
  std::vector<double> result(outer * points * inner, 0.0);
  parallel_for(outer, block_of(samples * inner), threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t o = begin; o < end; ++o) {
      for (std::size_t s = 0; s < samples; ++s) {
        const double* source = data.data() + (o * samples + s) * inner;
        for (std::size_t k = 0; k < 4; ++k) {
          double* target = result.data() + (o * points + static_cast<std::size_t>(first[s]) + k) * inner;
          for (std::size_t i = 0; i < inner; ++i) target[i] += weights[s][k] * source[i];
        }
      }
    }
  });
  return result;
}

/// The reverse: values (outer x control points x inner) to (outer x samples x inner).
std::vector<double> spread(const std::vector<double>& points, std::size_t inner, int control_points, const BsplineAxis& axis,
                           std::size_t begin, std::size_t end, int threads) {
  const auto count = static_cast<std::size_t>(control_points);
  const std::size_t outer = points.size() / (count * inner), samples = end - begin;
  std::vector<double> result(outer * samples * inner, 0.0);
  parallel_for(outer * samples, block_of(4 * inner), threads, [&](std::size_t first, std::size_t last) {
    for (std::size_t row = first; row < last; ++row) {
      const std::size_t o = row / samples, s = row % samples;
      double* target = result.data() + row * inner;
      for (std::size_t k = 0; k < 4; ++k) {
        const double* source = points.data() + (o * count + static_cast<std::size_t>(axis.first[begin + s]) + k) * inner;
        for (std::size_t i = 0; i < inner; ++i) target[i] += axis.value[begin + s][k] * source[i];
      }
    }
  });
  return result;
}

std::vector<double> gather_all(std::vector<double> data, const std::array<BsplineAxis, 3>& axes, const std::array<int, 3>& size,
                               Weights BsplineAxis::* weights, int threads) {
  std::size_t inner = 1;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    data = gathered(data, inner, axes[axis].first, axes[axis].*weights, size[axis], threads);
    inner *= static_cast<std::size_t>(size[axis]);
  }
  return data;
}

/// Doubles the spans along one axis of (outer x count x inner): a new point in the middle of each edge, old ones moved.
std::vector<double> subdivided(const std::vector<double>& points, std::size_t inner, int count) {
  const auto old_count = static_cast<std::size_t>(count), new_count = 2 * old_count - 3;
  const std::size_t outer = points.size() / (old_count * inner);
  std::vector<double> result(outer * new_count * inner);
  for (std::size_t o = 0; o < outer; ++o) {
    for (std::size_t j = 0; j < new_count; ++j) {
      const double* a = points.data() + (o * old_count + j / 2) * inner;
      double* target = result.data() + (o * new_count + j) * inner;
      for (std::size_t i = 0; i < inner; ++i) {
        target[i] = j % 2 == 0 ? (a[i] + a[i + inner]) / 2.0 : (a[i] + 6.0 * a[i + inner] + a[i + 2 * inner]) / 8.0;
      }
    }
  }
  return result;
}

}  // namespace

BsplineAxis::BsplineAxis(int control_points, const std::vector<std::int64_t>& indices, std::int64_t extent) {
  const int spans = control_points - 3;
  for (const auto index : indices) {
    const double place = extent > 1 ? static_cast<double>(index) * spans / static_cast<double>(extent - 1) : 0.5 * spans;
    const auto [span, b] = cubic_weights(place, spans);
    double sum = 0.0;
    for (const double weight : b) sum += weight * weight;
    std::array<double, 4> square, cube;
    for (std::size_t k = 0; k < 4; ++k) {
      square[k] = b[k] * b[k];
      cube[k] = b[k] * b[k] * b[k] / sum;
    }
    first.push_back(span);
    value.push_back(b);
    squared.push_back(square);
    fitting.push_back(cube);
  }
}

BsplineLattice BsplineLattice::refined() const {
  BsplineLattice fine({2 * size_[0] - 3, 2 * size_[1] - 3, 2 * size_[2] - 3});
  fine.points_ = points_;
  std::size_t inner = 1;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    fine.points_ = subdivided(fine.points_, inner, size_[axis]);
    inner *= static_cast<std::size_t>(fine.size_[axis]);
  }
  return fine;
}

std::vector<double> BsplineLattice::support(const std::vector<double>& weight, const std::array<BsplineAxis, 3>& axes,
                                            int threads) const {
  return gather_all(weight, axes, size_, &BsplineAxis::squared, threads);
}

void BsplineLattice::add_fit(const std::vector<double>& data, const std::vector<double>& support,
                             const std::array<BsplineAxis, 3>& axes, int threads) {
  const auto sums = gather_all(data, axes, size_, &BsplineAxis::fitting, threads);
  for (std::size_t i = 0; i < points_.size(); ++i) {
    if (support[i] > 0.0) points_[i] += sums[i] / support[i];
  }
}

std::vector<double> BsplineLattice::evaluate(const std::array<BsplineAxis, 3>& axes, int threads) const {
  auto values =
      spread(points_, static_cast<std::size_t>(size_[0] * size_[1]), size_[2], axes[2], 0, axes[2].first.size(), threads);
  values = spread(values, static_cast<std::size_t>(size_[0]), size_[1], axes[1], 0, axes[1].first.size(), threads);
  return spread(values, 1, size_[0], axes[0], 0, axes[0].first.size(), threads);
}

std::vector<double> BsplineLattice::evaluate_slice(const std::array<BsplineAxis, 3>& axes, std::size_t z) const {
  auto values = spread(points_, static_cast<std::size_t>(size_[0] * size_[1]), size_[2], axes[2], z, z + 1, 1);
  values = spread(values, static_cast<std::size_t>(size_[0]), size_[1], axes[1], 0, axes[1].first.size(), 1);
  return spread(values, 1, size_[0], axes[0], 0, axes[0].first.size(), 1);
}

double BsplineLattice::at(const std::array<double, 3>& index, const std::array<std::int64_t, 3>& extent) const {
  std::array<int, 3> first;
  std::array<std::array<double, 4>, 3> weight;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const int spans = size_[axis] - 3;
    const double last = static_cast<double>(extent[axis] - 1);
    const double place = extent[axis] > 1 ? std::clamp(index[axis], 0.0, last) * spans / last : 0.5 * spans;
    std::tie(first[axis], weight[axis]) = cubic_weights(place, spans);
  }
  double sum = 0.0;
  for (std::size_t z = 0; z < 4; ++z) {
    for (std::size_t y = 0; y < 4; ++y) {
      const auto row = static_cast<std::size_t>(
          first[0] + size_[0] * (first[1] + static_cast<int>(y) + size_[1] * (first[2] + static_cast<int>(z))));
      double along = 0.0;
      for (std::size_t x = 0; x < 4; ++x) along += weight[0][x] * points_[row + x];
      sum += weight[2][z] * weight[1][y] * along;
    }
  }
  return sum;
}

}  // namespace bolus::preprocess

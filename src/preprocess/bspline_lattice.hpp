#pragma once
// A cubic B-spline over a grid, fitted by the multilevel approximation of Lee, Wolberg and Shin (1997) as N4 uses it. The data
// lie on a grid, so the fit, which is a sum over scattered points in general, separates into one sum per axis.
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace bolus::preprocess {

/// The four B-spline weights of every sample along one axis.
struct BsplineAxis {
  BsplineAxis() = default;
  /// `indices` on a grid of `extent` voxels, whose first and last lie on the ends of the spline's domain.
  BsplineAxis(int control_points, const std::vector<std::int64_t>& indices, std::int64_t extent);

  std::vector<int> first;                      ///< control point of the first weight
  std::vector<std::array<double, 4>> value;    ///< B
  std::vector<std::array<double, 4>> squared;  ///< B^2
  std::vector<std::array<double, 4>> fitting;  ///< B^3 / sum of B^2
};

class BsplineLattice {
 public:
  explicit BsplineLattice(std::array<int, 3> size)
      : size_(size),
        points_(static_cast<std::size_t>(size[0]) * static_cast<std::size_t>(size[1]) * static_cast<std::size_t>(size[2])) {}

  BsplineLattice(std::array<int, 3> size, std::vector<double> points) : size_(size), points_(std::move(points)) {}

  int size(std::size_t axis) const { return size_[axis]; }
  const std::vector<double>& points() const { return points_; }  ///< x fastest

  /// The same spline on a lattice with twice the spans.
  BsplineLattice refined() const;

  /// Sum of squared weights at every control point, for data with these weights (x fastest).
  std::vector<double> support(const std::vector<double>& weight, const std::array<BsplineAxis, 3>& axes, int threads) const;

  /// Adds the fit to `data`, each value times its weight.
  void add_fit(const std::vector<double>& data, const std::vector<double>& support, const std::array<BsplineAxis, 3>& axes,
               int threads);

  /// The spline at every sample, x fastest; and of one z alone.
  std::vector<double> evaluate(const std::array<BsplineAxis, 3>& axes, int threads) const;
  std::vector<double> evaluate_slice(const std::array<BsplineAxis, 3>& axes, std::size_t z) const;

  /// The spline at one place, in voxels of a grid of `extent`; beyond the grid as at its border.
  double at(const std::array<double, 3>& index, const std::array<std::int64_t, 3>& extent) const;

 private:
  std::array<int, 3> size_;
  std::vector<double> points_;
};

}  // namespace bolus::preprocess

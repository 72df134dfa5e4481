#pragma once
#include <algorithm>
#include <bolus/core/eigen.hpp>
#include <bolus/core/random.hpp>
#include <cmath>
#include <vector>

namespace bolus::detail {

/// A smooth random field with mean 0 and standard deviation 1 (averaged over space): normal numbers on a lattice `cell` mm
/// wide, as coefficients of quadratic B-splines. It has a continuous gradient, and is the same for a stream wherever asked.
class RandomField {
 public:
  /// Over the cube of `reach` mm around the origin; outside it the field goes on as at its border.
  RandomField(const RandomStream& random, double cell, double reach)
      : inverse_cell_(1.0 / cell), half_(static_cast<int>(std::ceil(reach / cell)) + 2), width_(2 * half_ + 1) {
    values_.resize(static_cast<std::size_t>(width_) * width_ * width_);
    const double scale = std::pow(0.55, -1.5);  // mean over space of the sum of squared weights is 0.55 per axis
    for (std::size_t i = 0; i < values_.size(); ++i) values_[i] = static_cast<float>(scale * random.normal(i));
  }

  /// The value at a position in mm, and the gradient (1/mm) when asked for.
  double operator()(const Eigen::Vector3d& position, Eigen::Vector3d* gradient = nullptr) const {
    int base[3];
    double weight[3][3], slope[3][3];
    for (int axis = 0; axis < 3; ++axis) {
      const double limit = half_ - 2.0;
      const double at = std::clamp(position[axis] * inverse_cell_, -limit, limit);
      const double nearest = std::floor(at + 0.5), part = at - nearest;
      base[axis] = static_cast<int>(nearest) - 1 + half_;
      weight[axis][0] = 0.5 * (0.5 - part) * (0.5 - part);
      weight[axis][1] = 0.75 - part * part;
      weight[axis][2] = 0.5 * (0.5 + part) * (0.5 + part);
      slope[axis][0] = part - 0.5;
      slope[axis][1] = -2.0 * part;
      slope[axis][2] = part + 0.5;
    }
    double value = 0.0, dx = 0.0, dy = 0.0, dz = 0.0;
    for (int k = 0; k < 3; ++k) {
      for (int j = 0; j < 3; ++j) {
        const float* row =
            values_.data() + base[0] + static_cast<std::size_t>(width_) * ((base[1] + j) + width_ * (base[2] + k));
        const double along = weight[0][0] * row[0] + weight[0][1] * row[1] + weight[0][2] * row[2];
        const double outer = weight[1][j] * weight[2][k];
        value += outer * along;
        if (!gradient) continue;
        dx += outer * (slope[0][0] * row[0] + slope[0][1] * row[1] + slope[0][2] * row[2]);
        dy += slope[1][j] * weight[2][k] * along;
        dz += weight[1][j] * slope[2][k] * along;
      }
    }
    if (gradient) *gradient = {inverse_cell_ * dx, inverse_cell_ * dy, inverse_cell_ * dz};
    return value;
  }

 private:
  double inverse_cell_;
  int half_, width_;
  std::vector<float> values_;
};

}  // namespace bolus::detail

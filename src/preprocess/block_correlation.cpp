#include "block_correlation.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <bolus/core/parallel.hpp>

namespace bolus {
namespace {

constexpr int basis_size = 3;  // constant, the volume and its square: tissues within a block darken differently
constexpr double doubt = 1.5;  // standard deviations at which a voxel counts half (Cauchy's weights): vessels, the brain's rim
using Basis = Eigen::Matrix<double, basis_size, 1>;
using Gram = Eigen::Matrix<double, basis_size, basis_size>;

/// Values and slopes by index of a cubic B-spline.
class Spline {
 public:
  explicit Spline(const Image<float>& coefficients) : data_(coefficients.data()) {
    std::int64_t stride = 1;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      size_[axis] = coefficients.geometry().size[axis];
      stride_[axis] = stride;
      stride *= size_[axis];
    }
  }

  bool operator()(const float index[3], float& value, float slope[3]) const {
    std::int64_t place[3][4];
    float weight[3][4], change[3][4];
    for (int axis = 0; axis < 3; ++axis) {
      if (!(index[axis] >= 0.0F && index[axis] <= static_cast<float>(size_[axis] - 1))) return false;
      const auto base = static_cast<std::int64_t>(index[axis]);
      const float t = index[axis] - static_cast<float>(base), r = 1.0F - t;
      float* w = weight[axis];
      float* c = change[axis];
      w[0] = r * r * r * (1.0F / 6.0F);
      w[1] = (t * t * (3.0F * t - 6.0F) + 4.0F) * (1.0F / 6.0F);
      w[2] = (r * r * (3.0F * r - 6.0F) + 4.0F) * (1.0F / 6.0F);
      w[3] = t * t * t * (1.0F / 6.0F);
      c[0] = -0.5F * r * r;
      c[1] = t * (1.5F * t - 2.0F);
      c[2] = -r * (1.5F * r - 2.0F);
      c[3] = 0.5F * t * t;
      for (int k = 0; k < 4; ++k) {
        std::int64_t i = std::abs(base - 1 + k);
        if (i >= size_[axis]) i = 2 * (size_[axis] - 1) - i;
        place[axis][k] = i * stride_[axis];
      }
    }
    value = slope[0] = slope[1] = slope[2] = 0.0F;
    for (int k = 0; k < 4; ++k) {
      float along = 0.0F, along_x = 0.0F, along_y = 0.0F;
      for (int j = 0; j < 4; ++j) {
        const float* line = data_ + place[2][k] + place[1][j];
        float row = 0.0F, row_x = 0.0F;
        for (int i = 0; i < 4; ++i) {
          const float c = line[place[0][i]];
          row += weight[0][i] * c;
          row_x += change[0][i] * c;
        }
        along += weight[1][j] * row;
        along_x += weight[1][j] * row_x;
        along_y += change[1][j] * row;
      }
      value += weight[2][k] * along;
      slope[0] += weight[2][k] * along_x;
      slope[1] += weight[2][k] * along_y;
      slope[2] += change[2][k] * along;
    }
    return true;
  }

 private:
  const float* data_;
  std::int64_t size_[3], stride_[3];
};

struct Sums {
  double cost = 0.0;
  Eigen::Matrix<double, 6, 6> curvature = Eigen::Matrix<double, 6, 6>::Zero();
  Pose slope = Pose::Zero();

  Sums& operator+=(const Sums& other) {
    cost += other.cost;
    curvature += other.curvature;
    slope += other.slope;
    return *this;
  }
};

}  // namespace

BlockCorrelation::BlockCorrelation(const Image<float>& reference, const Mask& mask, const Eigen::Vector3d& centre, double width)
    : centre_(centre) {
  const auto& grid = reference.geometry();
  std::array<std::int64_t, 3> edge, across;
  for (std::size_t i = 0; i < 3; ++i) {
    edge[i] = std::max<std::int64_t>(2, std::llround(width / grid.spacing[static_cast<Eigen::Index>(i)]));
  }
  // Coarse voxels: larger blocks, since a correlation needs enough of them.
  while (edge[0] * edge[1] * edge[2] < 100) {
    std::size_t shortest = 0;
    for (std::size_t i = 1; i < 3; ++i) {
      const auto length = [&](std::size_t k) {
        return static_cast<double>(edge[k]) * grid.spacing[static_cast<Eigen::Index>(k)];
      };
      if (length(i) < length(shortest)) shortest = i;
    }
    ++edge[shortest];
  }
  for (std::size_t i = 0; i < 3; ++i) across[i] = (grid.size[i] + edge[i] - 1) / edge[i];
  double squares = 0.0;
  for (std::int64_t b = 0; b < across[0] * across[1] * across[2]; ++b) {
    const std::array<std::int64_t, 3> first{b % across[0] * edge[0], b / across[0] % across[1] * edge[1],
                                            b / (across[0] * across[1]) * edge[2]};
    Block block{x_.size(), x_.size(), 0.0};
    double sum = 0.0, square = 0.0;
    for (auto z = first[2]; z < std::min(grid.size[2], first[2] + edge[2]); ++z) {
      for (auto y = first[1]; y < std::min(grid.size[1], first[1] + edge[1]); ++y) {
        for (auto x = first[0]; x < std::min(grid.size[0], first[0] + edge[0]); ++x) {
          if (mask(x, y, z) == 0) continue;
          const Eigen::Vector3d away = grid.point_of(Eigen::Vector3d(x, y, z)) - centre;
          const float value = reference(x, y, z);
          x_.push_back(static_cast<float>(away[0]));
          y_.push_back(static_cast<float>(away[1]));
          z_.push_back(static_cast<float>(away[2]));
          value_.push_back(value);
          sum += static_cast<double>(value);
          square += static_cast<double>(value) * static_cast<double>(value);
          squares += away.squaredNorm();
        }
      }
    }
    block.end = x_.size();
    const auto count = static_cast<double>(block.end - block.begin);
    block.spread = count > 0.0 ? square - sum * sum / count : 0.0;
    if (block.end - block.begin >= 40 && block.spread > 1e-9 * square) {
      blocks_.push_back(block);
      continue;
    }
    for (auto* list : {&x_, &y_, &z_, &value_}) list->resize(block.begin);
  }
  detail::require<DataError>(!blocks_.empty(),
                             "the mask of the brain holds no block of voxels that differ: no motion can be seen");
  radius_ = std::max(1.0, std::sqrt(squares / static_cast<double>(x_.size())));
}

BlockCorrelation::Step BlockCorrelation::step(const Image<float>& coefficients, const Pose& pose, int threads) const {
  const Spline spline(coefficients);
  const Interpolated grid(coefficients);
  const auto transform = transform_of(pose, centre_);
  const auto map = grid.to_index(transform, centre_);
  const Eigen::Matrix3d rotation = transform.matrix.topLeftCorner<3, 3>();
  // A small turn after the pose's own moves a point by turn x (rotated point): exact enough, for the step is only proposed.
  const Eigen::Matrix3f rotate = rotation.cast<float>();
  const Eigen::Matrix3f to_mm = grid.index_from_mm().transpose().cast<float>();
  const auto sums =
      parallel_sum<Sums>(blocks_.size(), 4, threads, Sums{}, [&](std::size_t first_block, std::size_t last_block) {
        Sums total;
        std::vector<float> value, slope, reference;
        for (std::size_t b = first_block; b < last_block; ++b) {
          const auto& block = blocks_[b];
          value.clear();
          slope.clear();
          reference.clear();
          double mean = 0.0, square = 0.0;
          for (std::size_t s = block.begin; s < block.end; ++s) {
            float index[3], v = 0.0F, by_index[3];
            for (int i = 0; i < 3; ++i) {
              index[i] = map.matrix[i][0] * x_[s] + map.matrix[i][1] * y_[s] + map.matrix[i][2] * z_[s] + map.offset[i];
            }
            if (!spline(index, v, by_index)) continue;
            const Eigen::Vector3f pull = to_mm * Eigen::Vector3f(by_index[0], by_index[1], by_index[2]);
            const Eigen::Vector3f turn = (rotate * Eigen::Vector3f(x_[s], y_[s], z_[s])).cross(pull);
            value.push_back(v);
            reference.push_back(value_[s]);
            for (int i = 0; i < 3; ++i) slope.push_back(turn[i]);
            for (int i = 0; i < 3; ++i) slope.push_back(pull[i]);
            mean += static_cast<double>(v);
            square += static_cast<double>(v) * static_cast<double>(v);
          }
          const std::size_t count = value.size();
          const auto n = static_cast<double>(block.end - block.begin);
          const double kept = static_cast<double>(count) / n;
          const double worst = n * std::log(block.spread / n);  // of a block without any likeness
          if (count < 30 || kept < 0.3) {
            total.cost += worst;
            continue;
          }
          mean /= static_cast<double>(count);
          const double spread = std::sqrt(std::max(square / static_cast<double>(count) - mean * mean, 0.0));
          if (!(spread > 1e-6 * std::abs(mean))) {
            total.cost += worst;
            continue;
          }
          // Basis in the centred and scaled volume, so that the small systems are well conditioned.
          const auto basis_at = [&](std::size_t s) {
            const double u = (static_cast<double>(value[s]) - mean) / spread;
            return Basis(1.0, u, u * u);
          };
          const double least = 1e-3 * block.spread / n;  // of the variance of what is left: no block counts without bound
          std::vector<double> weight(count, 1.0);
          Eigen::LDLT<Gram> solver;
          Basis fit = Basis::Zero();
          double noise = 0.0;
          for (int round = 0; round < 4; ++round) {
            Gram gram = Gram::Zero();
            Basis right = Basis::Zero();
            for (std::size_t s = 0; s < count; ++s) {
              const Basis basis = basis_at(s);
              gram += weight[s] * basis * basis.transpose();
              right += weight[s] * basis * static_cast<double>(reference[s]);
            }
            solver.compute(gram);
            fit = solver.solve(right);
            double left = 0.0, sum = 0.0;
            for (std::size_t s = 0; s < count; ++s) {
              const double residual = static_cast<double>(reference[s]) - basis_at(s).dot(fit);
              left += weight[s] * residual * residual;
              sum += weight[s];
            }
            noise = round == 0 ? left / sum + least : std::min(noise, left / sum + least);
            if (round == 3) break;
            for (std::size_t s = 0; s < count; ++s) {
              const double residual = static_cast<double>(reference[s]) - basis_at(s).dot(fit);
              weight[s] = 1.0 / (1.0 + residual * residual / (doubt * doubt * noise));
            }
          }
          if (!fit.allFinite()) {
            total.cost += worst;
            continue;
          }
          Eigen::Matrix<double, 6, 6> curvature = Eigen::Matrix<double, 6, 6>::Zero();
          Eigen::Matrix<double, basis_size, 6> mixed = Eigen::Matrix<double, basis_size, 6>::Zero();
          Pose down = Pose::Zero();
          for (std::size_t s = 0; s < count; ++s) {
            const Basis basis = basis_at(s);
            const double residual = static_cast<double>(reference[s]) - basis.dot(fit);
            const double gain = (fit[1] + 2.0 * fit[2] * basis[1]) / spread;
            Pose row;
            for (int i = 0; i < 6; ++i) row[i] = gain * static_cast<double>(slope[6 * s + static_cast<std::size_t>(i)]);
            curvature.selfadjointView<Eigen::Lower>().rankUpdate(row, weight[s]);
            mixed += basis * (weight[s] * row).transpose();
            down += weight[s] * residual * row;
          }
          const Eigen::Matrix<double, 6, 6> full = curvature.selfadjointView<Eigen::Lower>();
          total.curvature += (full - mixed.transpose() * solver.solve(mixed)) / noise;
          total.slope += down / noise;
          total.cost += n * std::log(noise);
        }
        return total;
      });
  Step result;
  result.cost = sums.cost;
  const Pose move = sums.curvature.ldlt().solve(sums.slope);
  if (!move.allFinite()) return result;
  RigidTransform further;
  Pose turn = Pose::Zero();
  turn.head<3>() = move.head<3>();
  further = transform_of(turn, Eigen::Vector3d::Zero());
  RigidTransform next = transform;
  next.matrix.topLeftCorner<3, 3>() = further.matrix.topLeftCorner<3, 3>() * rotation;
  Pose goal = pose_of(next, Eigen::Vector3d::Zero());
  goal.tail<3>() = pose.tail<3>() + move.tail<3>();
  result.move = goal - pose;
  return result;
}

double BlockCorrelation::cost(const Image<float>& coefficients, const Pose& pose, int threads) const {
  return step(coefficients, pose, threads).cost;
}

}  // namespace bolus

#include "block_correlation.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <bolus/core/parallel.hpp>

namespace bolus {
namespace {

constexpr double doubt = 1.5;   // standard deviations at which a voxel counts half (Cauchy's weights): vessels, the brain's rim
constexpr double least = 1e-3;  // of a block's variance counts as left even where all is explained: no block without bound
constexpr double ridge = 1e-9;  // terms may be alike within a block

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

BlockCorrelation::BlockCorrelation(const Image<float>& reference, const std::optional<Image<float>>& drop, const Mask& mask,
                                   const Eigen::Vector3d& centre, double width, bool relative)
    : centre_(centre), relative_(relative) {
  const auto& grid = reference.geometry();
  std::array<std::int64_t, 3> edge, across;
  for (std::size_t i = 0; i < 3; ++i) {
    edge[i] = std::max<std::int64_t>(2, std::llround(width / grid.spacing[static_cast<Eigen::Index>(i)]));
  }
  // Coarse voxels: larger blocks, since a fit needs enough of them.
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
  // The outermost voxels leave the volume at the smallest move, which would make the cost jump there.
  const auto outermost = [&](std::size_t axis, std::int64_t at) {
    return grid.size[axis] >= 6 && (at == 0 || at == grid.size[axis] - 1);
  };
  double squares = 0.0;
  std::vector<float> values, drops;
  for (std::int64_t b = 0; b < across[0] * across[1] * across[2]; ++b) {
    const std::array<std::int64_t, 3> first{b % across[0] * edge[0], b / across[0] % across[1] * edge[1],
                                            b / (across[0] * across[1]) * edge[2]};
    const auto begin = x_.size();
    values.clear();
    drops.clear();
    double away_squares = 0.0;
    for (auto z = first[2]; z < std::min(grid.size[2], first[2] + edge[2]); ++z) {
      for (auto y = first[1]; y < std::min(grid.size[1], first[1] + edge[1]); ++y) {
        for (auto x = first[0]; x < std::min(grid.size[0], first[0] + edge[0]); ++x) {
          if (mask(x, y, z) == 0 || outermost(0, x) || outermost(1, y) || outermost(2, z)) continue;
          const Eigen::Vector3d away = grid.point_of(Eigen::Vector3d(x, y, z)) - centre;
          x_.push_back(static_cast<float>(away[0]));
          y_.push_back(static_cast<float>(away[1]));
          z_.push_back(static_cast<float>(away[2]));
          values.push_back(reference(x, y, z));
          if (drop) drops.push_back((*drop)(x, y, z));
          away_squares += away.squaredNorm();
        }
      }
    }
    const auto blocks = blocks_.size();
    if (values.size() >= 40) add_block(values, drops);
    if (blocks_.size() > blocks) {
      squares += away_squares;
      continue;
    }
    for (auto* list : {&x_, &y_, &z_}) list->resize(begin);
  }
  detail::require<DataError>(!blocks_.empty(),
                             "the mask of the brain holds no block of voxels that differ: no motion can be seen");
  radius_ = std::max(1.0, std::sqrt(squares / static_cast<double>(x_.size())));
}

void BlockCorrelation::add_block(const std::vector<float>& value, const std::vector<float>& drop) {
  const auto scaled = [](const std::vector<float>& values, std::vector<float>& into, double smallest) {
    const auto count = static_cast<double>(values.size());
    double sum = 0.0, square = 0.0;
    for (const float v : values) {
      sum += static_cast<double>(v);
      square += static_cast<double>(v) * static_cast<double>(v);
    }
    const double mean = sum / count, variance = square / count - mean * mean;
    if (!(variance > smallest * square / count)) return 0.0;
    for (const float v : values) into.push_back(static_cast<float>((static_cast<double>(v) - mean) / std::sqrt(variance)));
    return variance;
  };
  Block block{value_.size(), value_.size() + value.size(), 0.0, 3};
  block.variance = scaled(value, value_, 1e-9);
  if (block.variance == 0.0) return;
  if (!drop.empty() && scaled(drop, drop_, 1e-9) > 0.0) {
    block.terms = 5;
  } else {
    drop_.resize(block.end, 0.0F);
  }
  blocks_.push_back(block);
}

BlockCorrelation::Basis BlockCorrelation::basis(const Block& block, std::size_t sample) const {
  Basis terms(block.terms);
  const double value = value_[sample], drop = drop_[sample];
  terms[0] = 1.0;
  terms[1] = value;
  terms[2] = value * value;
  if (block.terms > 3) {
    terms[3] = drop;
    terms[4] = drop * value;
  }
  return terms;
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
  using Gram = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, 0, most_terms, most_terms>;
  using Mixed = Eigen::Matrix<double, Eigen::Dynamic, 6, 0, most_terms, 6>;
  const auto sums =
      parallel_sum<Sums>(blocks_.size(), 4, threads, Sums{}, [&](std::size_t first_block, std::size_t last_block) {
        Sums total;
        std::vector<double> value, weight, left;
        std::vector<Pose> slope;
        std::vector<Basis> terms;
        for (std::size_t b = first_block; b < last_block; ++b) {
          const auto& block = blocks_[b];
          value.clear();
          slope.clear();
          terms.clear();
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
            slope.emplace_back();
            slope.back() << turn.cast<double>(), pull.cast<double>();
            terms.push_back(basis(block, s));
            mean += static_cast<double>(v);
            square += static_cast<double>(v) * static_cast<double>(v);
          }
          const std::size_t count = value.size();
          const auto n = static_cast<double>(block.end - block.begin), used = static_cast<double>(count);
          const double worst = relative_ ? 0.0 : n * std::log(block.variance);  // of a block without any likeness
          mean /= std::max(used, 1.0);
          const double variance = square / std::max(used, 1.0) - mean * mean;
          if (count < 30 || used < 0.3 * n || !(variance > 1e-12 * mean * mean)) {
            total.cost += worst;
            continue;
          }
          // What always counts as left must not depend on the pose when the cost is absolute.
          const double floor = least * (relative_ ? variance : block.variance);
          weight.assign(count, 1.0);
          left.resize(count);
          Gram gram;
          Eigen::LDLT<Gram> solver;
          double noise = 0.0, weights = used;
          for (int round = 0; round < 4; ++round) {
            gram.setZero(block.terms, block.terms);
            Basis right = Basis::Zero(block.terms);
            for (std::size_t s = 0; s < count; ++s) {
              gram.noalias() += weight[s] * terms[s] * terms[s].transpose();
              right += (weight[s] * value[s]) * terms[s];
            }
            gram.diagonal().array() += ridge * gram.trace();
            solver.compute(gram);
            const Basis fit = solver.solve(right);
            double squares = 0.0;
            weights = 0.0;
            for (std::size_t s = 0; s < count; ++s) {
              left[s] = value[s] - terms[s].dot(fit);
              squares += weight[s] * left[s] * left[s];
              weights += weight[s];
            }
            noise = round == 0 ? squares / weights + floor : std::min(noise, squares / weights + floor);
            if (round == 3) break;
            for (std::size_t s = 0; s < count; ++s) weight[s] = 1.0 / (1.0 + left[s] * left[s] / (doubt * doubt * noise));
          }
          if (!std::isfinite(noise)) {
            total.cost += worst;
            continue;
          }
          Eigen::Matrix<double, 6, 6> curvature = Eigen::Matrix<double, 6, 6>::Zero();
          Mixed mixed = Mixed::Zero(block.terms, 6);
          Pose down = Pose::Zero(), contrast = Pose::Zero();
          for (std::size_t s = 0; s < count; ++s) {
            curvature.selfadjointView<Eigen::Lower>().rankUpdate(slope[s], weight[s]);
            mixed.noalias() += terms[s] * (weight[s] * slope[s]).transpose();
            down -= weight[s] * left[s] * slope[s];
            contrast += (value[s] - mean) * slope[s];
          }
          const Eigen::Matrix<double, 6, 6> full = curvature.selfadjointView<Eigen::Lower>();
          total.curvature += (full - mixed.transpose() * solver.solve(mixed)) * (n / (weights * noise));
          total.slope += down * (n / (weights * noise));
          total.cost += n * std::log(noise);
          if (!relative_) continue;
          total.slope += contrast * (n / (used * variance));
          total.cost -= n * std::log(variance);
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

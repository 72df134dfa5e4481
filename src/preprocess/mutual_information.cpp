#include "mutual_information.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <bolus/core/parallel.hpp>

namespace bolus {
namespace {

constexpr std::size_t block = 4096;  // samples summed as one: part of the result's definition, so it depends on nothing

Eigen::Matrix3d cross(const Eigen::Vector3d& v) {
  Eigen::Matrix3d matrix;
  matrix << 0, -v[2], v[1], v[2], 0, -v[0], -v[1], v[0], 0;
  return matrix;
}

Eigen::Matrix3d rotation_of(const Eigen::Vector3d& vector) {
  const double angle = vector.norm();
  if (angle < 1e-12) return Eigen::Matrix3d::Identity() + cross(vector);
  return Eigen::AngleAxisd(angle, vector / angle).toRotationMatrix();
}

/// Derivative of `rotation_of` by each component (Gallego and Yezzi, J Math Imaging Vis 2015).
std::array<Eigen::Matrix3d, 3> rotation_derivatives(const Eigen::Vector3d& vector) {
  std::array<Eigen::Matrix3d, 3> result;
  const Eigen::Matrix3d rotation = rotation_of(vector);
  const double squared = vector.squaredNorm();
  for (int i = 0; i < 3; ++i) {
    const Eigen::Vector3d unit = Eigen::Vector3d::Unit(i);
    if (squared < 1e-16) {
      result[static_cast<std::size_t>(i)] = cross(unit);
      continue;
    }
    const Eigen::Vector3d turned = (Eigen::Matrix3d::Identity() - rotation) * unit;
    result[static_cast<std::size_t>(i)] = (vector[i] * cross(vector) + cross(vector.cross(turned))) / squared * rotation;
  }
  return result;
}

std::pair<float, float> range_of(const Image<float>& image) {
  const auto [low, high] = std::minmax_element(image.values().begin(), image.values().end());
  return {*low, *high};
}

}  // namespace

RigidTransform transform_of(const Pose& pose, const Eigen::Vector3d& centre) {
  RigidTransform result;
  const Eigen::Matrix3d rotation = rotation_of(pose.head<3>());
  result.matrix.topLeftCorner<3, 3>() = rotation;
  result.matrix.topRightCorner<3, 1>() = centre + pose.tail<3>() - rotation * centre;
  return result;
}

Pose pose_of(const RigidTransform& transform, const Eigen::Vector3d& centre) {
  const Eigen::AngleAxisd turn(Eigen::Matrix3d(transform.matrix.topLeftCorner<3, 3>()));
  Pose pose;
  pose.head<3>() = turn.angle() * turn.axis();
  pose.tail<3>() = transform(centre) - centre;
  return pose;
}

Interpolated::Interpolated(const Image<float>& image) : data_(image.data()) {
  const auto& grid = image.geometry();
  std::int64_t stride = 1;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    size_[axis] = grid.size[axis];
    stride_[axis] = stride;
    stride *= grid.size[axis];
  }
  origin_ = grid.origin;
  index_from_mm_ = grid.spacing.cwiseInverse().asDiagonal() * grid.direction.inverse();
}

Interpolated::ToIndex Interpolated::to_index(const RigidTransform& transform, const Eigen::Vector3d& centre) const {
  const Eigen::Matrix3d matrix = index_from_mm_ * transform.matrix.topLeftCorner<3, 3>();
  const Eigen::Vector3d offset = index_from_mm_ * (transform(centre) - origin_);
  ToIndex result;
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) result.matrix[i][j] = static_cast<float>(matrix(i, j));
    result.offset[i] = static_cast<float>(offset[i]);
  }
  return result;
}

bool Interpolated::contains(const float index[3]) const {
  bool inside = true;
  for (int axis = 0; axis < 3; ++axis) {
    inside = inside && index[axis] >= -0.5F && index[axis] <= static_cast<float>(size_[axis]) - 0.5F;
  }
  return inside;
}

bool Interpolated::operator()(const float index[3], float& value, float gradient[3]) const {
  if (!contains(index)) return false;
  std::int64_t place = 0, next[3];
  float t[3];
  for (int axis = 0; axis < 3; ++axis) {
    const float at = std::clamp(index[axis], 0.0F, static_cast<float>(size_[axis] - 1));
    const auto base = std::min(static_cast<std::int64_t>(at), std::max<std::int64_t>(0, size_[axis] - 2));
    t[axis] = at - static_cast<float>(base);
    place += base * stride_[axis];
    next[axis] = size_[axis] > 1 ? stride_[axis] : 0;
  }
  const float* v = data_ + place;
  const float* w = v + next[2];
  const float a = v[0], b = v[next[0]], c = v[next[1]], d = v[next[1] + next[0]];
  const float e = w[0], f = w[next[0]], g = w[next[1]], h = w[next[1] + next[0]];
  const float x = t[0], y = t[1], z = t[2];
  const float ab = b - a, cd = d - c, ef = f - e, gh = h - g;
  const float front0 = a + x * ab, front1 = c + x * cd, back0 = e + x * ef, back1 = g + x * gh;
  const float front = front0 + y * (front1 - front0), back = back0 + y * (back1 - back0);
  value = front + z * (back - front);
  const float front_x = ab + y * (cd - ab), back_x = ef + y * (gh - ef);
  gradient[0] = front_x + z * (back_x - front_x);
  gradient[1] = (front1 - front0) + z * ((back1 - back0) - (front1 - front0));
  gradient[2] = back - front;
  return true;
}

bool Interpolated::operator()(const float index[3], float& value) const {
  float gradient[3];
  return (*this)(index, value, gradient);
}

MutualInformation::MutualInformation(const Image<float>& fixed, const Image<float>& moving,
                                     const std::vector<Eigen::Vector3d>& points, const Eigen::Vector3d& centre, int bins)
    : moving_(moving), centre_(centre), bins_(bins) {
  const auto [fixed_low, fixed_high] = range_of(fixed);
  const auto [low, high] = range_of(moving);
  scale_ = static_cast<float>(bins - 4) / std::max(high - low, 1e-30F);  // two bins at each end for the tails of the spline
  offset_ = 2.0F - low * scale_;
  const Interpolated fixed_values(fixed);
  const auto to_index = fixed_values.to_index({}, centre);
  const float to_bin = static_cast<float>(bins) / std::max(fixed_high - fixed_low, 1e-30F);
  double squares = 0.0;
  for (const auto& point : points) {
    const Eigen::Vector3f from = (point - centre).cast<float>();
    float index[3], value = 0.0F;
    for (int i = 0; i < 3; ++i) {
      const auto& row = to_index.matrix[i];
      index[i] = row[0] * from[0] + row[1] * from[1] + row[2] * from[2] + to_index.offset[i];
    }
    if (!fixed_values(index, value)) continue;
    x_.push_back(from[0]);
    y_.push_back(from[1]);
    z_.push_back(from[2]);
    bin_.push_back(static_cast<std::uint8_t>(std::clamp(static_cast<int>((value - fixed_low) * to_bin), 0, bins - 1)));
    squares += (point - centre).squaredNorm();
  }
  radius_ = std::max(1.0, std::sqrt(squares / static_cast<double>(std::max<std::size_t>(1, x_.size()))));
}

double MutualInformation::overlap(const Pose& pose) const {
  const auto map = moving_.to_index(transform_of(pose, centre_), centre_);
  std::size_t inside = 0;
  for (std::size_t s = 0; s < x_.size(); ++s) {
    float index[3];
    for (int i = 0; i < 3; ++i) {
      index[i] = map.matrix[i][0] * x_[s] + map.matrix[i][1] * y_[s] + map.matrix[i][2] * z_[s] + map.offset[i];
    }
    inside += moving_.contains(index);
  }
  return static_cast<double>(inside) / static_cast<double>(x_.size());
}

double MutualInformation::value(const Pose& pose, double minimum_overlap, int threads) const {
  return evaluate(pose, nullptr, minimum_overlap, threads);
}

double MutualInformation::value_and_gradient(const Pose& pose, Pose& gradient, double minimum_overlap, int threads) const {
  return evaluate(pose, &gradient, minimum_overlap, threads);
}

double MutualInformation::evaluate(const Pose& pose, Pose* gradient, double minimum_overlap, int threads) const {
  const auto bins = static_cast<std::size_t>(bins_), cells = bins * bins;
  const std::size_t count = x_.size(), blocks = (count + block - 1) / block;
  const auto transform = transform_of(pose, centre_);
  const auto map = moving_.to_index(transform, centre_);
  std::vector<double> joint(blocks * cells, 0.0);
  std::vector<std::size_t> inside(blocks, 0);
  std::vector<float> slope(gradient ? 3 * count : 0), place(gradient ? count : 0);
  parallel_for(count, block, threads, [&](std::size_t begin, std::size_t end) {
    double* histogram = joint.data() + begin / block * cells;
    std::size_t found = 0;
    for (std::size_t s = begin; s < end; ++s) {
      float index[3], value = 0.0F, by_index[3];
      for (int i = 0; i < 3; ++i) {
        index[i] = map.matrix[i][0] * x_[s] + map.matrix[i][1] * y_[s] + map.matrix[i][2] * z_[s] + map.offset[i];
      }
      const bool within = moving_(index, value, by_index);
      if (gradient) place[s] = within ? value * scale_ + offset_ : -1.0F;
      if (!within) continue;
      ++found;
      const float u = value * scale_ + offset_;
      const int base = std::clamp(static_cast<int>(u), 2, bins_ - 3);
      const float t = u - static_cast<float>(base), r = 1.0F - t;
      double* cell = histogram + bin_[s] * bins + static_cast<std::size_t>(base) - 1;
      cell[0] += static_cast<double>(r * r * r * (1.0F / 6.0F));
      cell[1] += static_cast<double>((t * t * (3.0F * t - 6.0F) + 4.0F) * (1.0F / 6.0F));
      cell[2] += static_cast<double>((r * r * (3.0F * r - 6.0F) + 4.0F) * (1.0F / 6.0F));
      cell[3] += static_cast<double>(t * t * t * (1.0F / 6.0F));
      if (gradient) std::copy_n(by_index, 3, slope.data() + 3 * s);
    }
    inside[begin / block] = found;
  });
  std::size_t total = 0;
  for (const auto found : inside) total += found;
  if (total == 0 || static_cast<double>(total) < minimum_overlap * static_cast<double>(count)) {
    return -std::numeric_limits<double>::infinity();
  }
  for (std::size_t b = 1; b < blocks; ++b) {
    for (std::size_t i = 0; i < cells; ++i) joint[i] += joint[b * cells + i];
  }
  std::vector<double> by_fixed(bins, 0.0), by_moving(bins, 0.0);
  for (std::size_t f = 0; f < bins; ++f) {
    for (std::size_t m = 0; m < bins; ++m) {
      joint[f * bins + m] /= static_cast<double>(total);
      by_fixed[f] += joint[f * bins + m];
      by_moving[m] += joint[f * bins + m];
    }
  }
  double information = 0.0;
  std::vector<float> ratio(cells, 0.0F);  // log p(f, m) / p(m): what a sample gains by moving from one bin to another
  for (std::size_t f = 0; f < bins; ++f) {
    for (std::size_t m = 0; m < bins; ++m) {
      const double p = joint[f * bins + m];
      if (p < 1e-12) continue;
      const double log_ratio = std::log(p / by_moving[m]);
      information += p * (log_ratio - std::log(by_fixed[f]));
      ratio[f * bins + m] = static_cast<float>(log_ratio);
    }
  }
  if (!gradient) return information;

  // Sums of the samples' gradients by index, and of these times the samples' positions: all six derivatives follow from them.
  using Moments = Eigen::Matrix<double, 3, 4>;
  const Moments moments =
      parallel_sum<Moments>(count, block, threads, Moments::Zero(), [&](std::size_t begin, std::size_t end) {
        Moments sum = Moments::Zero();
        for (std::size_t s = begin; s < end; ++s) {
          if (place[s] < 0.0F) continue;
          const float u = place[s];
          const int base = std::clamp(static_cast<int>(u), 2, bins_ - 3);
          const float t = u - static_cast<float>(base), r = 1.0F - t;
          const float* cell = ratio.data() + bin_[s] * bins + static_cast<std::size_t>(base) - 1;
          const float weight =
              0.5F * (t * t * cell[3] - r * r * cell[0]) + t * (1.5F * t - 2.0F) * cell[1] - r * (1.5F * r - 2.0F) * cell[2];
          for (int i = 0; i < 3; ++i) {
            const auto pull = static_cast<double>(weight * slope[3 * s + static_cast<std::size_t>(i)]);
            sum(i, 0) += pull * static_cast<double>(x_[s]);
            sum(i, 1) += pull * static_cast<double>(y_[s]);
            sum(i, 2) += pull * static_cast<double>(z_[s]);
            sum(i, 3) += pull;
          }
        }
        return sum;
      });
  const Moments in_mm =
      moving_.index_from_mm().transpose() * moments * (static_cast<double>(scale_) / static_cast<double>(total));
  const auto turns = rotation_derivatives(pose.head<3>());
  for (int i = 0; i < 3; ++i) {
    (*gradient)[i] = in_mm.leftCols<3>().cwiseProduct(turns[static_cast<std::size_t>(i)]).sum();
    (*gradient)[3 + i] = in_mm(i, 3);
  }
  return information;
}

}  // namespace bolus

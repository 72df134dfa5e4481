#pragma once
#include <vector>

#include <bolus/core/image.hpp>
#include <bolus/preprocess/rigid_transform.hpp>

namespace bolus {

using Pose = Eigen::Matrix<double, 6, 1>;  ///< rotation vector in rad about a fixed centre, then mm

/// Where a pose takes a point: rotated about `centre`, then shifted.
RigidTransform transform_of(const Pose& pose, const Eigen::Vector3d& centre);

/// The inverse of `transform_of`.
Pose pose_of(const RigidTransform& transform, const Eigen::Vector3d& centre);

/// Linear interpolation between the voxels of an image, by LPS point. Points up to half a voxel outside take the border's
/// value.
class Interpolated {
 public:
  explicit Interpolated(const Image<float>& image);

  /// The matrix and offset that take `point - centre` to a voxel index when the point is moved by `transform` first.
  struct ToIndex {
    float matrix[3][3], offset[3];
  };
  ToIndex to_index(const RigidTransform& transform, const Eigen::Vector3d& centre) const;

  /// False outside. `gradient` is by voxel index.
  bool operator()(const float index[3], float& value, float gradient[3]) const;
  bool operator()(const float index[3], float& value) const;
  bool contains(const float index[3]) const;

  const Eigen::Matrix3d& index_from_mm() const { return index_from_mm_; }

 private:
  const float* data_;
  std::int64_t size_[3], stride_[3];
  Eigen::Vector3d origin_;
  Eigen::Matrix3d index_from_mm_;
};

/// Mutual information between samples of a fixed image and a moving image, as a function of the pose (Mattes et al. 2003).
class MutualInformation {
 public:
  /// `points` are LPS mm within `fixed`. The images must outlive this; their values from `low` to `high` fill the bins.
  MutualInformation(const Image<float>& fixed, const Image<float>& moving, const std::vector<Eigen::Vector3d>& points,
                    const Eigen::Vector3d& centre, int bins);

  /// In nats. Minus infinity where less than `minimum_overlap` of the samples land in the moving image.
  double value(const Pose& pose, double minimum_overlap, int threads) const;
  double value_and_gradient(const Pose& pose, Pose& gradient, double minimum_overlap, int threads) const;

  double overlap(const Pose& pose) const;
  double radius() const { return radius_; }  ///< of the samples about the centre, root mean square, mm
  std::size_t size() const { return x_.size(); }

 private:
  struct Work;
  double evaluate(const Pose& pose, Pose* gradient, double minimum_overlap, int threads) const;

  Interpolated moving_;
  Eigen::Vector3d centre_;
  int bins_;
  double radius_ = 1.0;
  float scale_ = 1.0F, offset_ = 0.0F;  ///< from moving value to bins
  std::vector<float> x_, y_, z_;        ///< of the samples from the centre, mm
  std::vector<std::uint8_t> bin_;       ///< of the fixed value
};

}  // namespace bolus

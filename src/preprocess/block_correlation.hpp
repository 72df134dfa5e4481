#pragma once
#include <vector>

#include "mutual_information.hpp"

namespace bolus {

/// How well a volume fits a reference when within each block its signal may have changed in any smooth way. The cost is what is
/// left of the reference when a parabola in the moved volume is fitted to it block by block: the logarithm of its variance,
/// summed over the voxels. Voxels that fit badly count less. The fits are eliminated (variable projection; Golub and Pereyra,
/// SIAM J Numer Anal 1973), so that Gauss-Newton steps concern the pose alone.
class BlockCorrelation {
 public:
  /// Blocks are `width` mm wide; those with too few voxels of the mask, or none that differ, are left out. Throws DataError
  /// when none is left.
  BlockCorrelation(const Image<float>& reference, const Mask& mask, const Eigen::Vector3d& centre, double width);

  struct Step {
    double cost = 0.0;
    Pose move = Pose::Zero();  ///< in the coordinates of the pose
  };

  /// `coefficients`: of the cubic B-spline through the (smoothed) volume.
  Step step(const Image<float>& coefficients, const Pose& pose, int threads) const;
  double cost(const Image<float>& coefficients, const Pose& pose, int threads) const;

  double radius() const { return radius_; }

 private:
  struct Block {
    std::size_t begin, end;
    double spread;  ///< sum of squares of the reference about its mean
  };
  Eigen::Vector3d centre_;
  double radius_ = 1.0;
  std::vector<Block> blocks_;
  std::vector<float> x_, y_, z_, value_;
};

}  // namespace bolus

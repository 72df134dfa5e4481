#pragma once
#include <optional>
#include <vector>

#include "mutual_information.hpp"

namespace bolus {

/// How well a reference explains a volume when within each block its signal may have changed in any smooth way: the volume is
/// fitted by a parabola in the reference and, where it is known how much the bolus darkens each place, by that darkening and
/// its product with the reference, block by block. The cost is what is left: the logarithm of its variance, summed over the
/// voxels. Voxels that fit badly count less. The fits are eliminated (variable projection; Golub and Pereyra, SIAM J Numer Anal
/// 1973), so that Gauss-Newton steps concern the pose alone.
class BlockCorrelation {
 public:
  /// Blocks are `width` mm wide; those with too few voxels of the mask, or none that differ, are left out. `drop`, on the grid
  /// of the reference: how much the bolus darkens. `relative`: against the volume's own variance in the block, which keeps
  /// blocks from sliding into flat air while the pose is far off, and pulls a little towards contrast once it is near. Throws
  /// DataError when no block is left.
  BlockCorrelation(const Image<float>& reference, const std::optional<Image<float>>& drop, const Mask& mask,
                   const Eigen::Vector3d& centre, double width, bool relative);

  struct Step {
    double cost = 0.0;
    Pose move = Pose::Zero();  ///< in the coordinates of the pose
  };

  /// `coefficients`: of the cubic B-spline through the (smoothed) volume.
  Step step(const Image<float>& coefficients, const Pose& pose, int threads) const;
  double cost(const Image<float>& coefficients, const Pose& pose, int threads) const;

  double radius() const { return radius_; }

 private:
  static constexpr int most_terms = 5;
  using Basis = Eigen::Matrix<double, Eigen::Dynamic, 1, 0, most_terms, 1>;

  struct Block {
    std::size_t begin, end;
    double variance;  ///< of the reference
    int terms;
  };

  Basis basis(const Block& block, std::size_t sample) const;
  void add_block(const std::vector<float>& value, const std::vector<float>& drop);

  Eigen::Vector3d centre_;
  double radius_ = 1.0;
  bool relative_;
  std::vector<Block> blocks_;
  std::vector<float> x_, y_, z_, value_, drop_;  ///< the last two less their block's mean and over its spread
};

}  // namespace bolus

#pragma once
#include <bolus/core/image.hpp>
#include <bolus/core/progress.hpp>
#include <bolus/core/qc_flag.hpp>
#include <optional>

namespace bolus {

/// The plane between the two halves of a head, LPS mm.
struct MirrorPlane {
  Eigen::Vector3d point = Eigen::Vector3d::Zero();
  Eigen::Vector3d normal = Eigen::Vector3d::UnitX();  ///< unit vector, towards the patient's left
  double score = 0.0;                                 ///< how alike the halves are: correlation, 1 for a perfect mirror image
  QcFlags flags;                                      ///< preprocess.mirror.asymmetric, .limit

  /// Signed distance of an LPS point, mm; positive on the patient's left.
  double distance(const Eigen::Vector3d& position) const { return normal.dot(position - point); }

  /// The point on the other side.
  Eigen::Vector3d mirrored(const Eigen::Vector3d& position) const { return position - 2.0 * distance(position) * normal; }

  /// The mask as seen in the mirror, on its own grid (nearest voxel). Throws DataError for an empty mask.
  Mask mirrored(const Mask& mask) const;
};

/// Finds the plane about which an image is most like its mirror image (T1 or contrast-enhanced T1; any contrast with two like
/// halves). What has no counterpart, as a tumour, loses its weight in the course of the search. Nothing in it is random.
struct SymmetrySearch {
  double max_angle = 30.0;  ///< degrees that the plane may be turned away from the sagittal plane of the patient
  double min_score = 0.5;   ///< flagged below
  int threads = 0;          ///< 0: all cores; the result is the same for any number

  /// `brain`, on the grid of `image`, says where the image is compared; the whole head when not given.
  /// Throws DataError for an empty, constant or non-finite image or an empty mask, GeometryError, OptionError, Cancelled.
  MirrorPlane operator()(const Image<float>& image, const std::optional<Mask>& brain = std::nullopt,
                         const Progress& progress = {}) const;
};

}  // namespace bolus

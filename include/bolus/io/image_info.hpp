#pragma once
#include <filesystem>

#include <bolus/core/geometry.hpp>
#include <bolus/core/qc_flag.hpp>
#include <bolus/io/image_protocol.hpp>

namespace bolus {

/// What an image file's header and sidecar say; no voxel is read.
struct ImageInfo {
  Geometry geometry;
  std::int64_t volumes = 1;
  ImageProtocol protocol;  ///< of the JSON sidecar, where there is one
  /// io.nifti.forms_disagree (sform and qform place voxels more than a tenth of a voxel apart; the sform is used),
  /// io.nifti.no_orientation (neither is set).
  QcFlags flags;
};

/// Reads the header of a NIfTI-1, NRRD or MetaImage file. Throws as `read_image`, but does not look at the voxels.
ImageInfo image_info(const std::filesystem::path& path);

}  // namespace bolus

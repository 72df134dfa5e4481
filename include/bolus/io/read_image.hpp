#pragma once
#include <filesystem>

#include <bolus/core/label_map.hpp>

namespace bolus {

/// What a reader does with voxels that are NaN or infinite.
enum class NonFinite {
  error,  ///< throw DataError with their number and the first place
  zero    ///< set them to 0 (some tools write NaN for background)
};

/// Reads a 3-D image as float32, stored scale and offset applied, on the grid its header gives (LPS, mm; of a NIfTI file the
/// sform where its code is set, else the qform, as nibabel does; `image_info` says where they disagree). NIfTI-1 (.nii,
/// .nii.gz), NRRD (.nrrd), MetaImage (.mha, .mhd). A 4-D file with one volume counts as 3-D. Throws IoError when there is no
/// such file or it cannot be opened, FormatError for a damaged, cut-off or unknown file, ShapeError for another number of
/// dimensions, GeometryError for an impossible grid, DataError for voxels that are not finite.
Image<float> read_image(const std::filesystem::path& path, NonFinite non_finite = NonFinite::error);

/// Reads a 3-D mask: voxels that are not 0 become 1. Throws as `read_image`.
Mask read_mask(const std::filesystem::path& path);

/// The same, and checks that it lies on `grid`. Throws GeometryError when a corner lies more than `tolerance` mm off.
Mask read_mask(const std::filesystem::path& path, const Geometry& grid, double tolerance = 1e-2);

/// Reads a tumour segmentation with the BraTS values 0, 1 (NET), 2 (ED), 4 (ET), stored in any type; of a `.seg.nrrd` file the
/// segments, as `read_segmentation` does without options.
/// Throws as `read_image`; DataError for any other value, naming the values found and the first voxel.
LabelMap read_label_map(const std::filesystem::path& path);

/// The same, and checks that it lies on `grid`, as above.
LabelMap read_label_map(const std::filesystem::path& path, const Geometry& grid, double tolerance = 1e-2);

}  // namespace bolus

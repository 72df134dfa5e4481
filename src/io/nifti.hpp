#pragma once
// NIfTI-1 read and written directly, not through ITK: its bundled C library prints to stderr, allocates before it has compared
// a header's claims with the file, holds the voxels twice more, and drops the difference between sform and qform.
#include <array>
#include <filesystem>
#include <string>

#include <bolus/core/geometry.hpp>

namespace bolus::io {

/// A header that was checked against the size of its file.
struct NiftiHeader {
  std::array<std::int64_t, 7> size{1, 1, 1, 1, 1, 1, 1};
  int dimensions = 0;        ///< as written, trailing ones included
  int datatype = 0;          ///< code of the standard
  std::size_t bytes = 0;     ///< of one voxel
  bool swapped = false;      ///< the other byte order
  std::uint64_t offset = 0;  ///< of the first voxel
  double slope = 1.0, intercept = 0.0;
  double time_step = 0.0;  ///< in the file's unit
  double time_unit = 0.0;  ///< s; 0: not given
  Eigen::Matrix4d affine_ras = Eigen::Matrix4d::Identity();
  bool has_orientation = true;    ///< sform or qform are set
  double forms_difference = 0.0;  ///< where both are: how far apart they put a corner of the grid, in voxels

  std::int64_t volumes() const { return size[3]; }
};

/// True for .nii and .nii.gz in any case.
bool is_nifti(const std::filesystem::path& path);

/// Throws FormatError for anything that is not a readable NIfTI-1 file or claims more voxels than the file can hold.
NiftiHeader read_nifti_header(const std::filesystem::path& path);

/// Fills `voxels` (all volumes) as float32, scaled. Throws FormatError when the file ends early or is damaged.
void read_nifti_voxels(const std::filesystem::path& path, const NiftiHeader& header, float* voxels);

enum class NiftiType : std::int16_t { uint8 = 2, float32 = 16 };

/// Writes a single-file NIfTI-1, compressed where `path` ends in .gz. `frames` 0: 3-D. Throws IoError.
void write_nifti(const std::filesystem::path& path, const Geometry& geometry, std::size_t frames, double time_step,
                 NiftiType type, const void* voxels);

}  // namespace bolus::io

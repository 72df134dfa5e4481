#pragma once
// MetaImage (.mha, .mhd with its voxels beside it), read directly: ITK's MetaIO prints to stdout, allocates before it has
// compared a header's claims with the file, and takes a compressed file that was cut off.
#include <filesystem>

#include <bolus/core/image.hpp>

namespace bolus::io {

/// A header that was checked against the size of the file with the voxels.
struct MetaHeader {
  Geometry geometry;
  std::filesystem::path data;  ///< the file itself, or the one beside it
  std::uint64_t offset = 0;
  std::string type;
  std::size_t bytes = 0;  ///< of one voxel
  bool big_endian = false, compressed = false;
};

/// Throws FormatError, ShapeError (not 3-D, several values per voxel), GeometryError.
MetaHeader read_meta_header(const std::filesystem::path& path);

/// Throws FormatError where voxels are cut off or damaged.
Image<float> read_meta_image(const std::filesystem::path& path);

}  // namespace bolus::io

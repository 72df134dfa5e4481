#pragma once
// What every reader and writer shares: file checks, file endings, and the formats that ITK reads.
#include <filesystem>
#include <string>

#include <bolus/core/image.hpp>

namespace bolus::io {

/// .nii, .nii.gz, .nrrd, .mha or .mhd in lower case; else whatever follows the last dot.
std::string image_ending(const std::filesystem::path& path);

/// The file's name without its ending.
std::string image_stem(const std::filesystem::path& path);

/// True for the endings that are read.
bool is_image_file(const std::filesystem::path& path);

/// True for .mha and .mhd in any case.
bool is_meta_image(const std::filesystem::path& path);

/// Throws IoError when there is no such file, it is a folder or cannot be opened; FormatError when it is empty.
void require_file(const std::filesystem::path& path);

/// Throws FormatError for an NRRD file whose compressed voxels are damaged or cut off: NrrdIO reads them up to the last one
/// wanted and never reaches the checksum behind them.
void require_whole_nrrd(const std::filesystem::path& path);

/// NRRD through ITK, and MetaImage for writing. `T` is float or std::uint8_t for writing. Throw as `read_image`, `write_image`.
Geometry read_nrrd_geometry(const std::filesystem::path& path);
Image<float> read_with_itk(const std::filesystem::path& path);
template <class T>
void write_with_itk(const std::filesystem::path& path, const Image<T>& image);

}  // namespace bolus::io

#pragma once
// The voxels of a DICOM file as stored, decompressed where they are compressed: JPEG-LS, JPEG 2000 and lossy JPEG by GDCM.
#include <cstdint>
#include <vector>

#include "dicom_file.hpp"

namespace bolus::io {

/// How a file stores its voxels; checked against the file's length before anything is allocated.
struct DicomPixels {
  std::int64_t columns = 0, rows = 0, frames = 0;
  int bits_allocated = 0, bits_stored = 0, high_bit = 0;
  bool is_signed = false, compressed = false, lossy = false;

  std::size_t frame_voxels() const { return static_cast<std::size_t>(columns * rows); }
};

/// Throws FormatError for colour, floating point, unknown encodings, and for more voxels than the file can hold.
DicomPixels describe_pixels(const DicomFile& file);

/// The stored values of all frames wanted, one after another. Throws IoError; FormatError when they are cut off or damaged.
std::vector<std::int32_t> read_pixels(const DicomFile& file, const DicomPixels& pixels,
                                      const std::vector<std::int64_t>& frames);

}  // namespace bolus::io

#pragma once
#include <filesystem>

#include <bolus/core/atomic_file.hpp>
#include <bolus/core/label_map.hpp>
#include <bolus/core/perfusion_series.hpp>
#include <bolus/io/image_protocol.hpp>

namespace bolus {

// All of these write a whole file or none. The format follows the ending: .nii, .nii.gz, .nrrd, .mha. They throw IoError when
// the folder is missing or not writable, or the file exists and `overwrite` is no; FormatError for an unknown ending;
// DataError for an empty image.

/// Writes an image as float32 with its geometry (NIfTI: sform and qform).
void write_image(const std::filesystem::path& path, const Image<float>& image, Overwrite overwrite = Overwrite::no);

/// Writes an image and beside it a JSON sidecar with what is known of its protocol, under BIDS names. Neither file is written
/// when one of them exists and `overwrite` is no.
void write_image(const std::filesystem::path& path, const Image<float>& image, const ImageProtocol& protocol,
                 Overwrite overwrite = Overwrite::no);

/// Writes a mask as uint8.
void write_mask(const std::filesystem::path& path, const Mask& mask, Overwrite overwrite = Overwrite::no);

/// Writes a segmentation as uint8 with BraTS values; where the ending is `.seg.nrrd` as a segmentation of 3D Slicer: the
/// segments ET, NET and ED, also empty ones, with full names, colours and terminology.
void write_label_map(const std::filesystem::path& path, const LabelMap& labels, Overwrite overwrite = Overwrite::no);

/// Writes a DSC series as 4-D float32 NIfTI (.nii or .nii.gz, time in s) and beside it a JSON sidecar with what is known of
/// EchoTime, RepetitionTime (from volume to volume) or VolumeTiming where volumes are not evenly spaced,
/// RepetitionTimeExcitation (TR where it is another), FlipAngle, MagneticFieldStrength.
/// Neither file is written when one of them exists and `overwrite` is no.
void write_perfusion_series(const std::filesystem::path& path, const PerfusionSeries& series,
                            Overwrite overwrite = Overwrite::no);

}  // namespace bolus

#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include <bolus/io/dicom.hpp>

namespace bolus {

/// How copies without identity are made.
struct Deidentification {
  std::string patient = "anonymous";  ///< name and ID in the copies; with several patients the next get "-2", "-3", ...
  std::string salt{};  ///< decides the new UIDs: the same salt gives the same ones in another call; empty: at random
  bool keep_descriptions = false;  ///< keep the scanner's series descriptions, cleaned; else they say the recognised role
};

/// What `deidentify` did.
struct DeidentifiedFolder {
  std::vector<std::filesystem::path> written;  ///< series_001/000001.dcm and so on, below the new folder
  std::vector<UnreadableFile> left_out;        ///< by path: what is no image, is colour, or may have text in its pixels
};

/// Writes copies of the DICOM images below `folder` to the new or empty folder `out`, without what identifies a patient: the
/// Basic Application Level Confidentiality Profile of DICOM PS3.15 annex E with its options Retain Longitudinal Temporal
/// Information With Modified Dates, Clean Descriptors (where kept) and Retain Safe Private. It works by a list of what stays,
/// not of what goes: geometry, sequence parameters, scaling, and the private elements that 4-D series need; all else is
/// dropped. UIDs are replaced consistently; dates and times are moved together so that the first is 1 January 2000, 0:00, and
/// intervals stay. Voxels are written anew, uncompressed, without overlays in unused bits. File names, which may be patients'
/// names, are not kept. Left out, with the reason: screenshots and whatever else may have text burned in. A face in a
/// structural image stays there. Throws IoError when `folder` is missing, or `out` exists and is not empty, or cannot be
/// written; DataError when nothing is left to write.
DeidentifiedFolder deidentify(const std::filesystem::path& folder, const std::filesystem::path& out,
                              const Deidentification& options = {});

}  // namespace bolus

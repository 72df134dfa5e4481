#pragma once
#include <filesystem>
#include <vector>

#include <bolus/core/atomic_file.hpp>
#include <bolus/segment/tumour_segmentation.hpp>

namespace bolus {

/// Writes a segmentation into `folder`, which is made when missing: `labels.nii.gz` (BraTS values), the probabilities
/// `whole_tumour.nii.gz`, `tumour_core.nii.gz`, `enhancing.nii.gz`, `uncertainty.nii.gz`, and `segmentation.json` with volumes
/// in mL, boxes, QC flags and provenance. Returns the files written. Throws IoError when one of them exists and `overwrite` is
/// no, before any is written.
std::vector<std::filesystem::path> write_segmentation(const TumourSegmentation& segmentation,
                                                      const std::filesystem::path& folder, Overwrite overwrite = Overwrite::no);

/// Volumes, boxes, QC flags and provenance as a JSON object.
std::string to_json(const TumourSegmentation& segmentation);

}  // namespace bolus

#pragma once
// Segmentations of 3D Slicer.
#include <filesystem>

#include <bolus/core/label_map.hpp>

namespace bolus::io {

/// True for `.seg.nrrd` in any case.
bool is_segmentation_file(const std::filesystem::path& path);

/// Writes ET, NET and ED as segments of one layer, with names, colours and terminology. Throws IoError.
void write_seg_nrrd(const std::filesystem::path& path, const LabelMap& labels);

}  // namespace bolus::io

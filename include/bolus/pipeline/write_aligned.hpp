#pragma once
#include <filesystem>
#include <vector>

#include <bolus/core/atomic_file.hpp>
#include <bolus/io/study.hpp>
#include <bolus/preprocess/align_study.hpp>

namespace bolus {

/// Aligns a study and writes what comes out into `folder`, which is made when missing: each structural image on the 1 mm grid
/// (`t1.nii.gz` ...), the labels, each registration from CET1 to its image as ITK stores it (`cet1_to_t1.tfm`), the way from
/// the DSC grid to CET1 (`dsc_to_cet1.tfm`), and `provenance.json` with the hashes of the inputs
/// and the QC flags. Returns the files written. Throws IoError when one of them exists and `overwrite` is no, before any
/// work, and what AlignStudy throws.
std::vector<std::filesystem::path> write_aligned(const StudyImages& images, const std::filesystem::path& folder,
                                                 const AlignStudy& align = {}, Overwrite overwrite = Overwrite::no,
                                                 const Progress& progress = {});

}  // namespace bolus

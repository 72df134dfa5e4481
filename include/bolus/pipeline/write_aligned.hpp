#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include <bolus/core/atomic_file.hpp>
#include <bolus/io/study.hpp>
#include <bolus/preprocess/preprocess.hpp>

namespace bolus {

/// What was found on the way, as a JSON object: registrations (verdict, measures, 4 x 4 matrix in RAS mm), brain mask, motion,
/// tissue, mirror plane. Nothing in it depends on the clock.
std::string to_json(const PreprocessResult& result);

/// Writes what Preprocess gave into `folder`, which is made when missing:
///
/// - each structural image on the 1 mm grid (`t1.nii.gz` ...), `brain`, `tissue`, `white_matter` and `labels.nii.gz` there;
/// - each registration from CET1 to its image as ITK stores it (`cet1_to_t1.tfm`), and from the DSC grid to CET1
///   (`dsc_to_cet1.tfm`);
/// - each bias field on its image's own grid (`bias_t1.nii.gz` ...);
/// - `dsc.nii.gz` where volumes were realigned, and `motion.csv` with six parameters and displacements of each volume;
/// - `preprocess.json`, see `to_json`, and `provenance.json` with options, hashes of the inputs and QC flags.
///
/// `images` are what it was made from, `preprocess` the options: both go into the provenance. Returns the files written. Throws
/// IoError when one of them exists and `overwrite` is no. With `overwrite`, those of an earlier run that this one does not
/// make are removed.
std::vector<std::filesystem::path> write_aligned(const PreprocessResult& result, const StudyImages& images,
                                                 const std::filesystem::path& folder, const Preprocess& preprocess = {},
                                                 Overwrite overwrite = Overwrite::no);

}  // namespace bolus

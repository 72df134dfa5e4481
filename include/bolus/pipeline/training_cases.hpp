#pragma once
#include <bolus/segment/training_case.hpp>
#include <filesystem>
#include <vector>

namespace bolus {

/// The cases of a folder laid out as the BraTS challenge hands its data out: a folder for each, with flair, t1, t1ce (t1c), t2
/// and seg as NIfTI, e.g. `BraTS2021_00000/BraTS2021_00000_t1ce.nii.gz`, or with the names of 2023 (t1n, t1c, t2w, t2f). Files
/// are found by their names alone, as `find_study` does, and read when it is their turn. Enhancing tumour may be 4 or, as since
/// 2023,
/// 3. Cases come in the order of their folders' names, and bear them.
///
/// Throws IoError when there is no such folder; DataError when it holds no case, or listing every case that lacks a file.
std::vector<TrainingCase> training_cases(const std::filesystem::path& folder);

}  // namespace bolus

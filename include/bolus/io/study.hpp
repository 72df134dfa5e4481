#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include <bolus/core/aligned_study.hpp>
#include <bolus/io/read_perfusion_series.hpp>

namespace bolus {

/// Where the files of a patient's study are.
struct Study {
  std::string patient;                                 ///< name for tables and results; the folder's name from `find_study`
  std::map<Modality, std::filesystem::path> images;    ///< structural images
  std::optional<std::filesystem::path> perfusion;      ///< 4-D DSC series
  std::optional<std::filesystem::path> labels;         ///< segmentation, on the grid of a structural image or of the series
  std::optional<std::filesystem::path> arterial_mask;  ///< voxels of the arterial input function, on the grid of the series
  PerfusionReading perfusion_reading;                  ///< echo time and time step, where they are not in the files
};

/// A study's images as read, each on its own grid.
struct StudyImages {
  std::string patient;
  std::map<Modality, Image<float>> structural;
  std::optional<PerfusionSeries> perfusion;
  std::optional<LabelMap> labels;
  std::optional<Mask> arterial_mask;
};

/// Recognises a study's files in `folder` by their names: `t1`, `t2`, `flair`, `cet1` (or t1c, t1ce, t1gd, t1post), `dsc` (or
/// perf, perfusion), `labels` (or seg, segmentation), `aif`; with the ending .nii, .nii.gz or .nrrd, in any case, alone
/// or after a prefix as in `case07_t1ce.nii.gz`. Other files are left alone.
/// Throws IoError when `folder` is missing or not a folder; DataError when two files claim the same role or none is recognised,
/// listing what is there and what was expected.
Study find_study(const std::filesystem::path& folder);

/// Reads all files of a study and checks that they belong together.
/// Throws what the readers throw; GeometryError when the labels lie on no image's grid or the arterial mask not on the series'.
StudyImages read_study(const Study& study);

}  // namespace bolus

#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include <bolus/core/aligned_study.hpp>
#include <bolus/io/read_dicom.hpp>

namespace bolus {

/// Where the files of a patient's study are.
struct Study {
  std::string patient;                                 ///< name for tables and results; the folder's name from `find_study`
  std::map<Modality, std::filesystem::path> images;    ///< structural images
  std::optional<std::filesystem::path> perfusion;      ///< 4-D DSC series
  std::optional<std::filesystem::path> labels;         ///< segmentation, on the grid of a structural image or of the series
  std::optional<std::filesystem::path> arterial_mask;  ///< voxels of the arterial input function, on the grid of the series
  PerfusionReading perfusion_reading;                  ///< echo time and time step, where they are not in the files
  std::map<Modality, DicomSeries> dicom_images;        ///< structural images that are DICOM series
  std::optional<DicomSeries> dicom_perfusion;          ///< a DSC series that is DICOM
  QcFlags flags;                                       ///< doubts about which file or series is which
};

/// A study's images as read, each on its own grid.
struct StudyImages {
  std::string patient;
  std::map<Modality, Image<float>> structural;
  std::optional<PerfusionSeries> perfusion;
  std::optional<LabelMap> labels;
  std::optional<Mask> arterial_mask;
  std::vector<PerfusionSeries> other_echoes;  ///< of a DSC series with several; `perfusion` is the one with TE nearest 30 ms
  QcFlags flags;                              ///< of the study, and what reading its files found doubtful
};

/// Recognises a study's files in `folder` by their names: `t1`, `t2`, `flair`, `cet1` (or t1c, t1ce, t1gd, t1post), `dsc` (or
/// perf, perfusion), `labels` (or seg, segmentation), `aif`; with the ending .nii, .nii.gz, .nrrd or .mha, in any case, alone
/// or after a prefix as in `case07_t1ce.nii.gz`. A BIDS folder of one subject and session is looked through in its `anat` and
/// `perf`, where a T1w with the entity `ce` is CET1. What is missing then is looked for among the DICOM series in and below the
/// folder, as `choose_series` does. Other files are left alone. Throws IoError when `folder` is missing or not a folder;
/// DataError when two files claim the same role, the DICOM files are of several patients, the folder is a BIDS data set of
/// several, or none is recognised, listing what is there and what was expected.
Study find_study(const std::filesystem::path& folder);

/// Reads all files of a study and checks that they belong together. A study without a DSC series is fine.
/// Throws what the readers throw; DataError when one role has a file and a DICOM series as well; GeometryError when the labels
/// lie on no image's grid or the arterial mask not on the series'.
StudyImages read_study(const Study& study);

}  // namespace bolus

#pragma once
#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bolus/core/qc_flag.hpp>
#include <bolus/io/image_protocol.hpp>

namespace bolus {

/// What a DICOM series is in a study.
enum class SeriesRole { t1, t2, flair, cet1, dsc, other };

inline constexpr std::array<SeriesRole, 6> all_series_roles{SeriesRole::t1,   SeriesRole::t2,  SeriesRole::flair,
                                                            SeriesRole::cet1, SeriesRole::dsc, SeriesRole::other};

/// t1, t2, flair, cet1, dsc, other.
constexpr std::string_view series_role_name(SeriesRole role) {
  constexpr std::array<std::string_view, 6> names{"t1", "t2", "flair", "cet1", "dsc", "other"};
  return names[static_cast<std::size_t>(role)];
}

/// One series of a DICOM folder. Nothing here identifies a patient but `files`, which are as they were found.
struct DicomSeries {
  std::vector<std::filesystem::path> files;  ///< in the order of their paths
  SeriesRole role = SeriesRole::other;       ///< recognised from the headers; set it to overrule
  double confidence = 0.0;                   ///< in the role, 0 to 1; 1 where the role is given by a person
  std::vector<std::string> reasons;          ///< what spoke for and against it
  std::optional<int> number;                 ///< on the scanner
  std::string description;                   ///< the scanner's, without names, dates and long numbers
  std::string layout;                        ///< single-frame, mosaic or multi-frame
  std::array<std::int64_t, 3> size{};        ///< columns, rows, slices
  std::array<double, 3> spacing{};           ///< mm
  std::int64_t volumes = 0;                  ///< per echo
  std::vector<double> echo_times;            ///< s, ascending; one for each echo
  ImageProtocol protocol;                    ///< with the first echo's TE
  int patient = 0;                           ///< counted in the folder from 0: series of one patient share it
  int study = 0;                             ///< likewise for studies (examinations)
};

/// A file that is no readable DICOM image.
struct UnreadableFile {
  std::filesystem::path file;
  std::string reason;
};

/// What `find_series` found.
struct DicomFolder {
  std::vector<DicomSeries> series;         ///< by patient, study, and number on the scanner
  std::vector<UnreadableFile> unreadable;  ///< by path; none of them is fatal
};

/// Finds every DICOM series below `folder`: nested folders, files of any name, several series mixed. Files that cannot be read
/// or are no images (reports, directories, colour) are listed, not fatal. Magnitude and phase of one series come apart; echoes
/// stay together. Roles come from sequence type, TE, TR, TI, contrast agent, number of volumes, image type and the words of the
/// description; a T1 without a word about contrast that was acquired after the DSC series of its study counts as enhanced.
/// Throws IoError when there is no such folder or it cannot be listed.
DicomFolder find_series(const std::filesystem::path& folder);

/// One series for each role.
struct ChosenSeries {
  std::map<SeriesRole, DicomSeries> series;
  QcFlags flags;  ///< io.dicom.role.ambiguous, io.dicom.role.doubtful, io.dicom.several_studies
};

/// The likeliest series of each role, all of one study: of several studies (examinations) the one with most roles. Among equals
/// the one with more slices, then the later one: a repeated scan is the better one.
/// Throws DataError when the folder holds more than one patient, no series of a role, or studies between which nothing decides.
ChosenSeries choose_series(const DicomFolder& folder, double least_confidence = 0.5);

}  // namespace bolus

#pragma once
// One record per 2-D image of a DICOM file, whichever way the file packs them: a single frame, a Siemens mosaic's tile, or a
// frame of a multi-frame file.
#include <optional>
#include <string>
#include <vector>

#include <bolus/core/eigen.hpp>

#include "dicom_file.hpp"
#include "dicom_pixels.hpp"

namespace bolus::io {

/// A moment, in seconds since an arbitrary day, and how finely it was written down.
struct DicomMoment {
  double seconds = 0.0;
  double resolution = 0.0;  ///< s: 1 where the file has whole seconds
  bool dated = false;       ///< false: seconds within a day
};

struct DicomFrame {
  std::size_t file = 0;
  std::int64_t frame = 0;  ///< within the file
  int tile = -1;           ///< within a mosaic, else -1
  Eigen::Vector3d position = Eigen::Vector3d::Zero(), row = Eigen::Vector3d::UnitX(), column = Eigen::Vector3d::UnitY();
  double row_spacing = 1.0, column_spacing = 1.0;  ///< mm between rows, between columns
  double slope = 1.0, intercept = 0.0;
  std::optional<double> scale_slope;  ///< Philips: of the stored to the precise value
  std::string component;              ///< M, P, R, I; empty where the file does not say
  std::optional<double> echo_time;    ///< s
  std::vector<int> dimensions;        ///< further indices of a multi-frame file: neither place nor time nor echo
  std::optional<double> temporal_position, acquisition_number, instance_number, trigger_time;  ///< trigger time in s
  std::optional<double> dynamic_begin;                                                         ///< Philips, s
  std::optional<DicomMoment> acquisition, content;
};

enum class DicomLayout { single_frame, mosaic, multi_frame };

/// What a file says for all of its frames.
struct DicomHeader {
  DicomLayout layout = DicomLayout::single_frame;
  std::string series_uid, study_uid, instance_uid, patient;  ///< never shown to anyone
  std::string modality, manufacturer;
  std::vector<std::string> image_type;
  std::string description, protocol, sequence_name, scanning_sequence, sequence_variant, contrast;
  std::string acquisition_contrast;
  std::optional<double> series_number, repetition_time, inversion_time, flip_angle, field_strength, b_value;  ///< s, degrees, T
  std::optional<double> slice_thickness, slice_spacing, temporal_positions, temporal_resolution, acquisition_duration;
  bool identity_removed = false, burned_in = false;
  DicomPixels pixels;
  int tiles = 0, tiles_per_row = 0;
};

/// `file` is the number that the frames carry. Throws FormatError, GeometryError (no or impossible orientation).
DicomHeader dicom_header(const DicomFile& file);
std::vector<DicomFrame> dicom_frames(const DicomFile& file, const DicomHeader& header, std::size_t number);

/// What identifies a patient, a person, a place or a day in a header, as words to be taken out of free text.
enum class Identity { all, patient };
std::vector<std::string> identifying_words(const DicomFile& file, Identity identity = Identity::all);

/// Whether a text holds any of the words, in any case.
bool has_identity(const std::string& text, const std::vector<std::string>& words);

/// Free text as it may be shown: printable ASCII, without the given words and without anything that looks like a date or a long
/// number.
std::string without_identity(const std::string& text, const std::vector<std::string>& words);

std::optional<DicomMoment> dicom_moment(const std::string& date, const std::string& time);
std::optional<DicomMoment> dicom_moment(const std::string& date_time);

}  // namespace bolus::io

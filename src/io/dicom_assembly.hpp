#pragma once
// From the frames of a series to volumes: which slice, which echo, which moment.
#include <string>
#include <vector>

#include <bolus/core/geometry.hpp>
#include <bolus/core/qc_flag.hpp>

#include "dicom_frames.hpp"

namespace bolus::io {

/// Frames that form one 3-D or 4-D image: one echo, one component, one value of each further index.
struct DicomPart {
  std::string component;
  std::optional<double> echo_time;  ///< s
  std::vector<int> dimensions;
  std::vector<std::size_t> frames;                ///< before, and
  Geometry geometry;                              ///< after `assemble`:
  std::vector<std::vector<std::size_t>> volumes;  ///< frames of each volume in time, by slice
};

/// A series as read from its headers.
struct DicomSource {
  std::string name;  ///< for messages
  std::vector<DicomFile> files;
  std::vector<DicomHeader> headers;
  std::vector<DicomFrame> frames;
};

/// Reads the headers of all files; what is read of the files but where their voxels are is given back.
DicomSource read_source(const std::vector<std::filesystem::path>& files);

/// Splits a series by component, further indices and echo (in this order); echoes ascend.
std::vector<DicomPart> split_parts(const DicomSource& source);

/// Drops files that are there twice. Returns how many.
std::size_t drop_copies(DicomSource& source);

/// Slices by place, volumes by time. Throws GeometryError, FormatError, DataError.
void assemble(const DicomSource& source, DicomPart& part, std::vector<std::string>& reasons, QcFlags& flags);

/// s from the first volume on, of a part with several volumes. Throws DataError where nothing tells.
Eigen::VectorXd volume_times(const DicomSource& source, const DicomPart& part, std::vector<std::string>& reasons,
                             QcFlags& flags);

/// Frames sorted into slices along the normal, for a description; never throws.
std::size_t count_slices(const DicomSource& source, const DicomPart& part);

/// True where all frames lie in parallel planes.
bool is_parallel(const DicomSource& source, const DicomPart& part);

}  // namespace bolus::io

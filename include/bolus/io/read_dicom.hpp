#pragma once
#include <string>
#include <vector>

#include <bolus/core/perfusion_series.hpp>
#include <bolus/io/dicom.hpp>
#include <bolus/io/read_perfusion_series.hpp>

namespace bolus {

/// What Philips' voxels mean. Each series, sometimes each slice, has its own factor to what the console displays; only the
/// precise values can be compared (Chenevert et al., Transl Oncol 2014). Without effect on other scanners.
enum class PhilipsValues {
  precise,   ///< (stored x RS + RI) / (RS x SS), as dcm2niix writes them; displayed where the header has no SS
  displayed  ///< stored x RS + RI, as every other reader has them
};

/// A 3-D image from DICOM.
struct DicomImage {
  Image<float> image;
  ImageProtocol protocol;
  std::vector<std::string> reasons;  ///< how slices were put together
  QcFlags flags;
};

/// A 4-D series from DICOM: one PerfusionSeries for each echo, in the order of TE (and for each further index that the file
/// has, an ASL label for one), all on the same grid.
struct DicomPerfusion {
  std::vector<PerfusionSeries> series;
  std::vector<std::string> names;    ///< e.g. "TE 30 ms"; one for each
  ImageProtocol protocol;            ///< with the first echo's TE
  std::vector<std::string> reasons;  ///< which tag ordered the volumes, and where the time stamps come from
  QcFlags flags;
};

/// Reads a 3-D series as float32 on its own grid: x along the rows, y along the columns, z along their cross product; rescale
/// applied. Of several echoes the last is taken for t2 and flair, else the first, and flagged.
/// Throws IoError, FormatError (damaged, cut off, colour, an encoding that is not read, a slice missing), GeometryError (no
/// orientation, slices of several orientations as in a localiser, gantry tilt, uneven spacing), ShapeError (a time series),
/// DataError (one slice, nothing to read).
DicomImage read_dicom_image(const DicomSeries& series, PhilipsValues philips = PhilipsValues::precise);

/// Reads a time series. Slices are grouped by where they lie along their normal, and ordered in time by the best tag there is:
/// temporal position, acquisition number, acquisition time, trigger time, content time, instance number; one that does not tell
/// all volumes of every slice apart is passed over, and `reasons` says why.
/// Times start at 0 and come from `time_step` or else, in this order, from: acquisition times, Philips' begin of the dynamic
/// scan, trigger times, temporal resolution, duration of the acquisition, content times, TR (the last two flagged). Time stamps
/// that are even within their precision become exactly even, with TR as step where it agrees. Flags: io.dicom.incomplete_volume
/// (the last volume lacks slices and was left out), io.dicom.duplicate_files, io.dicom.duplicate_slices,
/// io.dicom.order.conflict, io.dicom.time.irregular, io.dicom.time.from_repetition_time, io.dicom.time.from_content_time,
/// io.dicom.lossy, io.dicom.components. Throws as `read_dicom_image`; ShapeError for a single volume; DataError when nothing
/// says how far volumes are apart.
DicomPerfusion read_dicom_perfusion(const DicomSeries& series, const PerfusionReading& options = {},
                                    PhilipsValues philips = PhilipsValues::precise);

}  // namespace bolus

#pragma once
#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <bolus/core/label_map.hpp>

namespace bolus {

/// A segment as a `.seg.nrrd` file of 3D Slicer describes it.
struct Segment {
  std::string id, name;
  std::string terminology;         ///< code of its type, "scheme^value^meaning"; empty when there is none
  std::array<double, 3> colour{};  ///< red, green, blue, 0 to 1
  std::int64_t layer = 0;          ///< of the file
  std::int64_t label_value = 1;    ///< of its voxels in that layer
  std::size_t voxels = 0;
  std::optional<Region> region;  ///< what it was taken for; empty when it was left out
};

/// A `.seg.nrrd` file as read.
struct Segmentation {
  LabelMap labels;
  std::vector<Segment> segments;  ///< in the order of the file
  QcFlags flags;
};

/// How segments become labels.
struct SegmentationReading {
  /// What a segment is, by its ID or name, where the file does not tell or tells wrongly; no region: leave it out.
  std::map<std::string, std::optional<Region>> regions{};
  bool resolve_overlap = false;  ///< a voxel in more than one part goes to the innermost: ET, then NET, then ED; else an error
  std::optional<Geometry> grid{};  ///< of the images: a file that covers only a part of it is placed on it
};

/// Reads a segmentation of 3D Slicer (`.seg.nrrd`; 3-D, or 4-D with overlapping layers).
///
/// A segment is recognised by its ID, its name ("ET", "enhancing tumour", "oedema" ... in any case and spelling) and the code
/// of its terminology, never by its label value, which Slicer changes. One of the three is enough, so a renamed segment is
/// found
/// ("io.segmentation.renamed"); where they contradict each other it is an error. Whole tumour and tumour core are accepted as
/// well: what they hold beyond the parts becomes oedema and NET ("io.segmentation.filled").
/// A part without a segment is empty ("io.segmentation.missing"), an unknown segment without voxels is left out
/// ("io.segmentation.empty_segment"). A `.seg.nrrd` file that describes no segments is read as a label map with BraTS values.
///
/// Throws IoError, FormatError (also: damaged or cut off, voxels of no segment, contradictory fields), ShapeError,
/// GeometryError (also: not on `grid`) as `read_image`; DataError for two segments of one region, an unknown segment with
/// voxels, a segment whose fields contradict each other, and overlapping parts unless `resolve_overlap`; OptionError when
/// `regions` names a segment that is not there.
Segmentation read_segmentation(const std::filesystem::path& path, const SegmentationReading& options = {});

}  // namespace bolus

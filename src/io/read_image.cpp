#include <bolus/io/read_image.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <set>

#include <bolus/io/image_info.hpp>
#include <bolus/io/read_perfusion_series.hpp>
#include <bolus/io/segmentation_file.hpp>

#include "image_file.hpp"
#include "metaimage.hpp"
#include "nifti.hpp"
#include "perfusion_reading.hpp"
#include "seg_nrrd.hpp"
#include "sidecar.hpp"

namespace bolus {
namespace {

using detail::message;
using detail::require;

std::string place(std::size_t index, const Geometry& geometry) {
  const auto nx = static_cast<std::size_t>(geometry.size[0]), ny = static_cast<std::size_t>(geometry.size[1]);
  const auto nz = static_cast<std::size_t>(geometry.size[2]);
  const auto volume = index / (nx * ny * nz);
  const auto voxel = message(index % nx, ", ", index / nx % ny, ", ", index / (nx * ny) % nz);
  return volume > 0 ? message("(", voxel, ") of volume ", volume) : message("(", voxel, ")");
}

void settle_non_finite(std::span<float> values, NonFinite policy, const std::filesystem::path& path, const Geometry& geometry) {
  std::size_t count = 0, first = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(values[i])) continue;
    if (count++ == 0) first = i;
    if (policy == NonFinite::zero) values[i] = 0.0F;
  }
  require<DataError>(count == 0 || policy == NonFinite::zero, path.string(), " holds ", count,
                     " voxels that are NaN or infinite, the first at ", place(first, geometry),
                     "; repair it, or read it with non_finite = zero to set them to 0");
}

std::shared_ptr<float> new_voxels(std::size_t count, const std::filesystem::path& path) {
  try {
    return {new float[count], std::default_delete<float[]>()};
  } catch (const std::bad_alloc&) {
    throw DataError(message("no memory for the ", count, " voxels of ", path.string()));
  }
}

Geometry geometry_of(const io::NiftiHeader& header, const std::filesystem::path& path) {
  try {
    return Geometry::from_affine_ras(header.affine_ras, {header.size[0], header.size[1], header.size[2]});
  } catch (const GeometryError& failure) {
    throw GeometryError(message(path.string(), ": ", failure.what()));
  }
}

std::string shape_of(const io::NiftiHeader& header) {
  std::string shape;
  for (int axis = 0; axis < header.dimensions; ++axis) shape += (axis ? " x " : "") + std::to_string(header.size[axis]);
  return shape;
}

Image<float> read_nifti_image(const std::filesystem::path& path) {
  const auto header = io::read_nifti_header(path);
  const bool higher = std::any_of(header.size.begin() + 4, header.size.end(), [](auto size) { return size > 1; });
  require<ShapeError>(header.dimensions >= 3 && header.volumes() == 1 && !higher, path.string(), " has the shape ",
                      shape_of(header), "; expected a 3-D image",
                      header.volumes() > 1 ? " (a 4-D series is read by read_perfusion_series)" : "");
  const auto geometry = geometry_of(header, path);
  auto voxels = new_voxels(geometry.voxel_count(), path);
  io::read_nifti_voxels(path, header, voxels.get());
  float* data = voxels.get();
  return Image<float>::wrap(geometry, data, std::move(voxels));
}

void require_on_grid(const std::filesystem::path& path, const Geometry& found, const Geometry& grid, double tolerance,
                     const char* what) {
  require<OptionError>(tolerance >= 0.0 && std::isfinite(tolerance), "tolerance is ", tolerance, " mm; expected 0 or more");
  const auto difference = found.difference(grid, tolerance);
  require<GeometryError>(difference.empty(), what, " ", path.string(), " does not lie on the grid expected: ", difference,
                         "; resample it by nearest neighbour first");
}

Image<float> read_any(const std::filesystem::path& path) {
  io::require_file(path);
  if (io::is_nifti(path)) return read_nifti_image(path);
  return io::is_meta_image(path) ? io::read_meta_image(path) : io::read_with_itk(path);
}

/// Evenly spaced time stamps unless the sidecar lists them.
Eigen::VectorXd times_of(const io::NiftiHeader& header, const io::Sidecar& sidecar, const PerfusionReading& options,
                         const std::filesystem::path& path) {
  const auto frames = header.volumes();
  if (!options.time_step && !sidecar.volume_timing.empty()) {
    require<FormatError>(static_cast<std::int64_t>(sidecar.volume_timing.size()) == frames, sidecar.path.string(), " lists ",
                         sidecar.volume_timing.size(), " volume times, but the series has ", frames,
                         " volumes; correct the list, or take it out and give time_step");
    const Eigen::VectorXd times = Eigen::Map<const Eigen::VectorXd>(sidecar.volume_timing.data(), frames);
    return times.array() - times[0];
  }
  double step = 0.0;
  const double in_header = header.time_step * (header.time_unit > 0.0 ? header.time_unit : 1.0);
  const bool unset = !std::isfinite(in_header) || in_header <= 0.0 || (header.time_unit == 0.0 && in_header == 1.0);
  if (options.time_step) {
    step = *options.time_step;
  } else if (!unset) {
    step = in_header;
  } else if (sidecar.volume_step) {
    step = *sidecar.volume_step;
  }
  require<DataError>(step > 0.0, path.string(), " does not say how far its ", frames,
                     " volumes are apart in time; give it in seconds, e.g. time_step=1.5");
  require<FormatError>(options.time_step || step <= 60.0, path.string(), ": its volumes would be ", step,
                       " s apart; these are probably milliseconds: give the time step in seconds, e.g. time_step=", step / 1e3);
  return Eigen::VectorXd::LinSpaced(frames, 0.0, static_cast<double>(frames - 1)).array() * step;
}

}  // namespace

namespace io {

void validate(const PerfusionReading& options) {
  const auto within = [](const std::optional<double>& value, double high, const char* name, const char* unit) {
    require<OptionError>(!value || (*value > 0.0 && *value <= high), name, " is ", value.value_or(0.0),
                         "; expected more than 0 and at most ", high, unit);
  };
  within(options.time_step, 60.0, "time_step", " s");
  within(options.echo_time, 1.0, "echo_time", " s (30 ms is 0.030)");
  within(options.repetition_time, 60.0, "repetition_time", " s");
  within(options.flip_angle, 180.0, "flip_angle", " degrees");
  within(options.field_strength, 30.0, "field_strength", " T");
}

}  // namespace io

Image<float> read_image(const std::filesystem::path& path, NonFinite non_finite) {
  auto image = read_any(path);
  settle_non_finite(image.values(), non_finite, path, image.geometry());
  return image;
}

Mask read_mask(const std::filesystem::path& path) {
  const auto image = read_image(path);
  Mask mask(image.geometry());
  std::transform(image.values().begin(), image.values().end(), mask.data(), [](float value) { return value != 0.0F ? 1 : 0; });
  return mask;
}

Mask read_mask(const std::filesystem::path& path, const Geometry& grid, double tolerance) {
  auto mask = read_mask(path);
  require_on_grid(path, mask.geometry(), grid, tolerance, "the mask");
  return mask;
}

LabelMap read_label_map(const std::filesystem::path& path, const Geometry& grid, double tolerance) {
  auto labels = read_label_map(path);
  require_on_grid(path, labels.geometry(), grid, tolerance, "the labels");
  return labels;
}

LabelMap read_label_map(const std::filesystem::path& path) {
  if (io::is_segmentation_file(path)) return read_segmentation(path).labels;
  const auto image = read_image(path);
  Image<std::uint8_t> labels(image.geometry());
  std::set<float> wrong;
  std::size_t count = 0, first = 0;
  for (std::size_t i = 0; i < image.size(); ++i) {
    const float value = image.data()[i];
    if (value == 0.0F || value == 1.0F || value == 2.0F || value == 4.0F) {
      labels.data()[i] = static_cast<std::uint8_t>(value);
    } else {
      if (count++ == 0) first = i;
      if (wrong.size() < 6) wrong.insert(value);
    }
  }
  if (count > 0) {
    std::string found;
    for (const auto value : wrong) found += (found.empty() ? "" : ", ") + message(value);
    const bool fractional = std::any_of(wrong.begin(), wrong.end(), [](float value) { return value != std::floor(value); });
    throw DataError(message(
        path.string(), " holds ", count, " voxels with other values than the BraTS labels 0, 1 (NET), 2 (ED), 4 (ET): ", found,
        wrong.size() == 6 ? ", ..." : "", "; the first at ", place(first, image.geometry()),
        fractional ? "; fractions come from resampling labels like an image: resample by nearest neighbour" : "",
        wrong.count(3.0F) ? "; enhancing tumour is 4 in BraTS up to 2022 and 3 later: change 3 to 4" : ""));
  }
  return LabelMap(std::move(labels));
}

ImageInfo image_info(const std::filesystem::path& path) {
  io::require_file(path);
  ImageInfo info;
  info.protocol = io::read_sidecar(path).protocol;
  if (!io::is_nifti(path)) {
    info.geometry = io::is_meta_image(path) ? io::read_meta_header(path).geometry : io::read_nrrd_geometry(path);
    return info;
  }
  const auto header = io::read_nifti_header(path);
  const bool higher = std::any_of(header.size.begin() + 4, header.size.end(), [](auto size) { return size > 1; });
  require<ShapeError>(header.dimensions >= 3 && !higher, path.string(), " has the shape ", shape_of(header),
                      "; expected a 3-D image or a 4-D series");
  info.geometry = geometry_of(header, path);
  info.volumes = header.volumes();
  if (!header.has_orientation) {
    info.flags.push_back({"io.nifti.no_orientation",
                          "neither sform nor qform is set: which side is left is not known, and was taken to be the first"});
  }
  if (header.forms_difference > 0.1) {
    info.flags.push_back({"io.nifti.forms_disagree", message("sform and qform place voxels up to ", header.forms_difference,
                                                             " voxels apart; the sform was used")});
  }
  return info;
}

PerfusionSeries read_perfusion_series(const std::filesystem::path& path, const PerfusionReading& options) {
  io::validate(options);
  io::require_file(path);
  require<FormatError>(io::is_nifti(path), path.string(), " has the ending '", io::image_ending(path),
                       "'; a perfusion series is read from .nii or .nii.gz");
  const auto header = io::read_nifti_header(path);
  const bool higher = std::any_of(header.size.begin() + 4, header.size.end(), [](auto size) { return size > 1; });
  require<ShapeError>(header.volumes() > 1 && !higher, path.string(), " has the shape ", shape_of(header),
                      "; expected a 4-D series: x, y, z and at least two volumes");
  const auto sidecar = io::read_sidecar(path);
  const auto geometry = geometry_of(header, path);
  auto times = times_of(header, sidecar, options, path);
  const auto either = [](const std::optional<double>& given, const std::optional<double>& found) {
    return given ? given : found;
  };
  const PerfusionProtocol protocol{either(options.echo_time, sidecar.protocol.echo_time),
                                   either(options.repetition_time, sidecar.protocol.repetition_time),
                                   either(options.flip_angle, sidecar.protocol.flip_angle),
                                   either(options.field_strength, sidecar.protocol.field_strength), sidecar.simulated};
  const auto count = geometry.voxel_count() * static_cast<std::size_t>(header.volumes());
  auto voxels = new_voxels(count, path);
  io::read_nifti_voxels(path, header, voxels.get());
  settle_non_finite({voxels.get(), count}, options.non_finite, path, geometry);
  float* data = voxels.get();
  return PerfusionSeries::wrap(geometry, std::move(times), protocol, data, std::move(voxels));
}

}  // namespace bolus

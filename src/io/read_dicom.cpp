#include <bolus/io/read_dicom.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>

#include <bolus/core/parallel.hpp>

#include "dicom_assembly.hpp"
#include "perfusion_reading.hpp"

namespace bolus {
namespace {

using detail::message;
using detail::require;

struct Scaling {
  double slope = 1.0, intercept = 0.0;
};

Scaling scaling_of(const io::DicomFrame& frame, bool precise) {
  if (!precise) return {frame.slope, frame.intercept};
  // In single precision, as the header has it and dcm2niix computes it: the same bits.
  const auto slope = static_cast<float>(frame.slope), intercept = static_cast<float>(frame.intercept);
  const float factor = slope * static_cast<float>(*frame.scale_slope);
  return {slope / factor, intercept / factor};
}

/// Fills `target` with the volumes of a part, one after another.
void fill(const io::DicomSource& source, const io::DicomPart& part, bool precise, float* target) {
  struct Place {
    std::size_t frame, slot;
  };
  std::map<std::size_t, std::vector<Place>> by_file;
  const auto slices = part.volumes[0].size();
  for (std::size_t v = 0; v < part.volumes.size(); ++v) {
    for (std::size_t s = 0; s < slices; ++s) {
      const auto frame = part.volumes[v][s];
      by_file[source.frames[frame].file].push_back({frame, v * slices + s});
    }
  }
  const auto columns = part.geometry.size[0], rows = part.geometry.size[1];
  const auto slice_voxels = static_cast<std::size_t>(columns * rows);
  const auto copy = [&](const io::DicomPixels& pixels, int tiles_per_row, const Place& place, const std::int32_t* values) {
    const auto& frame = source.frames[place.frame];
    const auto scaling = scaling_of(frame, precise);
    const auto tile = std::max(0, frame.tile);
    const auto* from = values + (tile / tiles_per_row) * rows * pixels.columns + (tile % tiles_per_row) * columns;
    float* to = target + place.slot * slice_voxels;
    for (std::int64_t y = 0; y < rows; ++y) {
      for (std::int64_t x = 0; x < columns; ++x) {
        to[y * columns + x] = static_cast<float>(from[y * pixels.columns + x] * scaling.slope + scaling.intercept);
      }
    }
  };
  std::vector<std::pair<std::size_t, std::vector<Place>>> jobs;
  constexpr std::size_t batch = 64;  // frames of a multi-frame file at a time
  for (auto& [file, places] : by_file) {
    if (places.size() > 1 && source.headers[file].layout == io::DicomLayout::mosaic) {
      jobs.emplace_back(file, std::move(places));
      continue;
    }
    for (std::size_t begin = 0; begin < places.size(); begin += batch) {
      const auto end = std::min(places.size(), begin + batch);
      jobs.emplace_back(file, std::vector<Place>(places.begin() + static_cast<std::ptrdiff_t>(begin),
                                                 places.begin() + static_cast<std::ptrdiff_t>(end)));
    }
  }
  parallel_for(jobs.size(), 4, 0, [&](std::size_t begin, std::size_t end) {
    for (std::size_t j = begin; j < end; ++j) {
      const auto& [number, places] = jobs[j];
      const auto& header = source.headers[number];
      const bool mosaic = header.layout == io::DicomLayout::mosaic;
      std::vector<std::int64_t> frames;
      for (const auto& place : places) {
        if (!mosaic || frames.empty()) frames.push_back(source.frames[place.frame].frame);
      }
      const auto values = io::read_pixels(source.files[number], header.pixels, frames);
      for (std::size_t i = 0; i < places.size(); ++i) {
        copy(header.pixels, std::max(1, header.tiles_per_row), places[i],
             values.data() + (mosaic ? 0 : i * header.pixels.frame_voxels()));
      }
    }
  });
}

std::shared_ptr<float> new_voxels(std::size_t count, const std::string& name) {
  try {
    return {new float[count], std::default_delete<float[]>()};
  } catch (const std::bad_alloc&) {
    throw DataError(message("no memory for the ", count, " voxels of ", name));
  }
}

ImageProtocol protocol_of(const io::DicomHeader& header, const std::optional<double>& echo_time) {
  ImageProtocol protocol{echo_time,         header.repetition_time, header.inversion_time,
                         header.flip_angle, header.field_strength,  header.manufacturer,
                         std::nullopt};
  if (!header.contrast.empty())
    protocol.contrast_agent = header.contrast != "NO" && header.contrast != "NONE" && header.contrast != "no";
  return protocol;
}

struct Parts {
  io::DicomSource source;
  std::vector<io::DicomPart> parts;
};

/// The parts that are images: magnitude where there are several components.
Parts parts_of(const DicomSeries& series, QcFlags& flags) {
  Parts result;
  result.source = io::read_source(series.files);
  if (const auto copies = io::drop_copies(result.source); copies > 0) {
    flags.push_back({"io.dicom.duplicate_files", message(copies, " files are copies of others and were left out")});
  }
  result.parts = io::split_parts(result.source);
  const auto is_magnitude = [](const io::DicomPart& part) { return part.component == "M" || part.component.empty(); };
  const bool several = std::any_of(result.parts.begin(), result.parts.end(),
                                   [&](const auto& part) { return part.component != result.parts[0].component; });
  if (several && std::any_of(result.parts.begin(), result.parts.end(), is_magnitude)) {
    const auto gone = std::erase_if(result.parts, [&](const auto& part) { return !is_magnitude(part); });
    flags.push_back(
        {"io.dicom.components", message(gone, " part(s) of the series are phase, real or imaginary and were left out")});
  }
  const bool lossy =
      std::any_of(result.source.headers.begin(), result.source.headers.end(), [](const auto& h) { return h.pixels.lossy; });
  if (lossy) flags.push_back({"io.dicom.lossy", "the images were compressed with loss: signals are not what was measured"});
  return result;
}

bool has_precise_values(const io::DicomSource& source, const io::DicomPart& part) {
  return std::all_of(part.frames.begin(), part.frames.end(), [&](auto i) { return source.frames[i].scale_slope.has_value(); });
}

void say_scaling(const io::DicomSource& source, const io::DicomPart& part, bool precise, std::vector<std::string>& reasons) {
  const auto& frame = source.frames[part.frames[0]];
  if (precise) {
    reasons.push_back("Philips' precise values: displayed ones over (rescale slope x scale slope)");
  } else if (frame.slope != 1.0 || frame.intercept != 0.0) {
    reasons.push_back(message("rescaled by slope ", frame.slope, ", intercept ", frame.intercept, " (of the first image)"));
  }
}

}  // namespace

DicomImage read_dicom_image(const DicomSeries& series, PhilipsValues philips) {
  DicomImage result;
  auto [source, parts] = parts_of(series, result.flags);
  const bool last = series.role == SeriesRole::t2 || series.role == SeriesRole::flair;
  auto& part = last ? parts.back() : parts.front();
  if (parts.size() > 1) {
    std::string echoes;
    for (const auto& each : parts) {
      echoes +=
          (echoes.empty() ? "" : ", ") + (each.echo_time ? message(*each.echo_time * 1e3, " ms") : std::string("unknown"));
    }
    result.flags.push_back({"io.dicom.several_echoes", message("the series has ", parts.size(), " images (TE ", echoes,
                                                               "); the ", last ? "last" : "first", " was taken")});
  }
  io::assemble(source, part, result.reasons, result.flags);
  require<ShapeError>(part.volumes.size() == 1, source.name, " holds ", part.volumes.size(),
                      " volumes; expected one (a time series is read by read_dicom_perfusion)");
  const bool precise = philips == PhilipsValues::precise && has_precise_values(source, part);
  say_scaling(source, part, precise, result.reasons);
  auto voxels = new_voxels(part.geometry.voxel_count(), source.name);
  fill(source, part, precise, voxels.get());
  float* data = voxels.get();
  result.image = Image<float>::wrap(part.geometry, data, std::move(voxels));
  result.protocol = protocol_of(source.headers[source.frames[part.volumes[0][0]].file], part.echo_time);
  return result;
}

DicomPerfusion read_dicom_perfusion(const DicomSeries& series, const PerfusionReading& options, PhilipsValues philips) {
  io::validate(options);
  DicomPerfusion result;
  auto [source, parts] = parts_of(series, result.flags);
  const bool by_echo =
      std::any_of(parts.begin(), parts.end(), [&](const auto& part) { return part.echo_time != parts[0].echo_time; });
  result.protocol = protocol_of(source.headers[0], options.echo_time ? options.echo_time : parts[0].echo_time);
  require<OptionError>(!options.echo_time || !by_echo, "echo_time is given, but ", source.name,
                       " has several echoes, each with its own; leave it out");
  bool first = true;
  for (auto& part : parts) {
    std::vector<std::string> reasons;
    QcFlags flags;
    io::assemble(source, part, reasons, flags);
    require<ShapeError>(part.volumes.size() > 1, source.name, " holds one volume", parts.size() > 1 ? " of a part" : "",
                        "; expected a time series (an image is read by read_dicom_image)");
    const auto promised = source.headers[source.frames[part.volumes[0][0]].file].temporal_positions;
    if (promised && *promised > static_cast<double>(part.volumes.size())) {
      flags.push_back(
          {"io.dicom.fewer_volumes", message("the header promises ", *promised, " volumes, and ", part.volumes.size(),
                                             " are there: the scan was stopped, or files are missing")});
    }
    Eigen::VectorXd times;
    if (options.time_step) {
      const auto frames = static_cast<Eigen::Index>(part.volumes.size());
      times = Eigen::VectorXd::LinSpaced(frames, 0.0, static_cast<double>(frames - 1)) * *options.time_step;
      reasons.push_back(message("volumes ", *options.time_step, " s apart, as given"));
    } else {
      times = io::volume_times(source, part, reasons, flags);
    }
    const bool precise = philips == PhilipsValues::precise && has_precise_values(source, part);
    say_scaling(source, part, precise, reasons);
    std::string name =
        part.echo_time ? message("TE ", std::round(*part.echo_time * 1e5) / 100.0, " ms") : std::string("TE unknown");
    if (!part.dimensions.empty()) {
      const bool differ =
          std::any_of(parts.begin(), parts.end(), [&](const auto& other) { return other.dimensions != part.dimensions; });
      for (const auto index : part.dimensions) name += differ ? message(", index ", index) : std::string();
    }
    if (!first) {
      require<GeometryError>(part.geometry.difference(result.series[0].geometry()).empty(), source.name,
                             " has echoes on different grids: ", part.geometry.difference(result.series[0].geometry()));
      require<FormatError>(times.size() == result.series[0].times().size(), source.name, " has ",
                           result.series[0].times().size(), " volumes of ", result.names[0], " and ", times.size(), " of ",
                           name, "; copy the series again as a whole");
    }
    const auto& header = source.headers[source.frames[part.volumes[0][0]].file];
    const auto either = [](const std::optional<double>& given, const std::optional<double>& found) {
      return given ? given : found;
    };
    const PerfusionProtocol protocol{
        either(options.echo_time, part.echo_time), either(options.repetition_time, header.repetition_time),
        either(options.flip_angle, header.flip_angle), either(options.field_strength, header.field_strength), false};
    auto voxels = new_voxels(part.geometry.voxel_count() * part.volumes.size(), source.name);
    fill(source, part, precise, voxels.get());
    float* data = voxels.get();
    result.series.push_back(PerfusionSeries::wrap(part.geometry, std::move(times), protocol, data, std::move(voxels)));
    result.names.push_back(name);
    for (auto& reason : reasons) result.reasons.push_back(parts.size() > 1 ? name + ": " + reason : reason);
    for (auto& flag : flags) result.flags.push_back(parts.size() > 1 ? QcFlag{flag.code, name + ": " + flag.message} : flag);
    first = false;
  }
  return result;
}

}  // namespace bolus

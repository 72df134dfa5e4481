#include "dicom_assembly.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <numeric>
#include <set>

#include <bolus/core/error.hpp>

namespace bolus::io {
namespace {

using detail::message;
using detail::require;

constexpr double same_place = 0.05;      // mm along the normal: headers round
constexpr double same_direction = 2e-3;  // largest difference of a direction cosine within a series
constexpr double even_spacing = 0.02;    // of the slice distance
constexpr double largest_tilt_degrees = 0.5;
constexpr double even_time = 0.02;       // of the time step
constexpr double irregular_time = 0.10;  // of the time step

Eigen::Vector3d normal_of(const DicomFrame& frame) { return frame.row.cross(frame.column); }

/// Frames by slice, along the normal.
std::vector<std::vector<std::size_t>> by_slice(const DicomSource& source, const DicomPart& part) {
  const Eigen::Vector3d normal = normal_of(source.frames[part.frames.front()]);
  const auto height = [&](std::size_t frame) { return source.frames[frame].position.dot(normal); };
  auto order = part.frames;
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return height(a) < height(b); });
  std::vector<std::vector<std::size_t>> slices;
  double last = 0.0;
  for (const auto frame : order) {
    if (slices.empty() || height(frame) - last > same_place) slices.emplace_back();
    slices.back().push_back(frame);
    last = height(frame);
  }
  return slices;
}

Geometry grid_of(const DicomSource& source, const std::vector<std::vector<std::size_t>>& slices) {
  const auto& first = source.frames[slices.front().front()];
  const auto& header = source.headers[first.file];
  const Eigen::Vector3d normal = normal_of(first);
  Geometry geometry;
  const auto per_row = std::max(1, header.tiles_per_row);
  geometry.size = {header.pixels.columns / per_row, header.pixels.rows / per_row, static_cast<std::int64_t>(slices.size())};
  geometry.origin = first.position;
  geometry.direction.col(0) = first.row;
  geometry.direction.col(1) = first.column;
  geometry.direction.col(2) = normal;
  const auto& last = source.frames[slices.back().front()];
  const Eigen::Vector3d way = last.position - first.position;
  const double steps = static_cast<double>(slices.size() - 1);
  const double along = way.dot(normal);
  geometry.spacing = Eigen::Vector3d(first.column_spacing, first.row_spacing, along / steps);

  std::vector<double> heights;
  for (const auto& slice : slices) heights.push_back((source.frames[slice.front()].position - first.position).dot(normal));
  std::vector<double> gaps;
  for (std::size_t i = 1; i < heights.size(); ++i) gaps.push_back(heights[i] - heights[i - 1]);
  auto sorted = gaps;
  const auto middle = (sorted.size() - 1) / 2;  // the lower of two: a slice missing makes gaps larger
  std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(middle), sorted.end());
  const double median = sorted[middle];
  std::string missing, uneven;
  for (std::size_t i = 0; i < gaps.size(); ++i) {
    if (std::abs(gaps[i] - median) <= std::max(even_spacing * median, 0.01)) continue;
    const double ratio = gaps[i] / median;
    auto& list = std::abs(ratio - std::round(ratio)) < 0.05 && ratio > 1.5 ? missing : uneven;
    list += message(list.empty() ? "" : ", ", gaps[i], " mm after slice ", i);
  }
  require<GeometryError>(uneven.empty(), source.name, " has slices at uneven distances: mostly ", median, " mm, but ", uneven,
                         missing.empty() ? "" : ", " + missing, "; several stacks or a localiser are not one volume");
  require<FormatError>(missing.empty(), source.name, " lacks slices: they are ", median, " mm apart, but ", missing,
                       "; copy the series again as a whole");
  const double aside = (way - normal * along).norm();
  const double tilt = std::atan2(aside, along) * 180.0 / 3.14159265358979323846;
  require<GeometryError>(tilt < largest_tilt_degrees, source.name, " has a gantry tilt of ", tilt,
                         " degrees: its slices are not stacked along their normal, and sheared images are not supported; "
                         "resample it first, e.g. with dcm2niix");
  try {
    geometry.validate();
  } catch (const GeometryError& failure) {
    throw GeometryError(message(source.name, ": ", failure.what()));
  }
  return geometry;
}

/// A tag that could order the volumes. `whole`: it has the same value for all slices of a volume.
struct Clock {
  const char* name;
  std::function<std::optional<double>(const DicomFrame&)> value;
  bool whole;
};

const std::vector<Clock>& clocks() {
  const auto moment = [](const std::optional<DicomMoment>& found) {
    return found ? std::optional(found->seconds) : std::nullopt;
  };
  static const std::vector<Clock> known{
      {"temporal position", [](const DicomFrame& f) { return f.temporal_position; }, true},
      {"acquisition number", [](const DicomFrame& f) { return f.acquisition_number; }, true},
      {"acquisition time", [moment](const DicomFrame& f) { return moment(f.acquisition); }, false},
      {"trigger time", [](const DicomFrame& f) { return f.trigger_time; }, false},
      {"content time", [moment](const DicomFrame& f) { return moment(f.content); }, false},
      {"instance number", [](const DicomFrame& f) { return f.instance_number; }, false}};
  return known;
}

/// Why a clock cannot order the volumes; empty where it can.
std::string objection(const Clock& clock, const DicomSource& source, const std::vector<std::vector<std::size_t>>& slices,
                      std::size_t volumes) {
  std::set<double> all;
  for (const auto& slice : slices) {
    std::set<double> values;
    for (const auto frame : slice) {
      const auto value = clock.value(source.frames[frame]);
      if (!value) return "not there";
      values.insert(*value);
      all.insert(*value);
    }
    if (values.size() < slice.size()) return message(values.size(), " value(s) for ", slice.size(), " images of a slice");
  }
  if (clock.whole && all.size() != volumes) return message(all.size(), " values for ", volumes, " volumes");
  return {};
}

/// Times of volumes as one source has them, or nothing.
struct Stamps {
  std::vector<double> seconds;
  double resolution = 0.0;
};

std::optional<Stamps> stamps_of(const DicomSource& source, const DicomPart& part,
                                const std::function<std::optional<DicomMoment>(const DicomFrame&)>& value) {
  Stamps stamps;
  bool whole_seconds = true;
  std::optional<double> start;
  for (const auto& volume : part.volumes) {
    double earliest = std::numeric_limits<double>::infinity();
    for (const auto frame : volume) {
      const auto moment = value(source.frames[frame]);
      if (!moment) return std::nullopt;
      double seconds = moment->seconds;
      if (!start) start = seconds;
      if (!moment->dated && seconds < *start - 43200.0) seconds += 86400.0;  // past midnight
      earliest = std::min(earliest, seconds);
      whole_seconds = whole_seconds && seconds == std::floor(seconds);
    }
    stamps.seconds.push_back(earliest);
  }
  stamps.resolution = whole_seconds ? 1.0 : 0.005;  // finer than 5 ms no scanner's clock is
  const auto& s = stamps.seconds;
  if (s.back() <= s.front()) return std::nullopt;
  for (std::size_t v = 1; v < s.size(); ++v) {
    if (s[v] < s[v - 1] || (s[v] == s[v - 1] && !whole_seconds)) return std::nullopt;
  }
  return stamps;
}

std::optional<DicomMoment> exact(std::optional<double> seconds) {
  if (!seconds) return std::nullopt;
  return DicomMoment{*seconds, 0.0, true};
}

}  // namespace

DicomSource read_source(const std::vector<std::filesystem::path>& files) {
  require<DataError>(!files.empty(), "the DICOM series has no files");
  DicomSource source;
  source.name =
      files.size() == 1 ? files[0].string() : message("the series of ", files[0].string(), " (", files.size(), " files)");
  source.files.reserve(files.size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    auto file = read_dicom_file(files[i]);
    source.headers.push_back(dicom_header(file));
    const auto frames = dicom_frames(file, source.headers.back(), i);
    source.frames.insert(source.frames.end(), frames.begin(), frames.end());
    file.bytes = {};
    file.data = {};
    source.files.push_back(std::move(file));
  }
  return source;
}

std::size_t drop_copies(DicomSource& source) {
  std::set<std::string> seen;
  std::vector<bool> copy(source.files.size(), false);
  std::size_t copies = 0;
  for (std::size_t i = 0; i < source.headers.size(); ++i) {
    const auto& uid = source.headers[i].instance_uid;
    copy[i] = !uid.empty() && !seen.insert(uid).second;
    copies += copy[i];
  }
  std::erase_if(source.frames, [&](const DicomFrame& frame) { return copy[frame.file]; });
  return copies;
}

std::vector<DicomPart> split_parts(const DicomSource& source) {
  std::map<std::tuple<std::string, std::vector<int>, std::int64_t>, DicomPart> parts;
  for (std::size_t i = 0; i < source.frames.size(); ++i) {
    const auto& frame = source.frames[i];
    const auto echo = static_cast<std::int64_t>(std::llround(frame.echo_time.value_or(0.0) * 1e5));  // 0.01 ms
    auto& part = parts[{frame.component, frame.dimensions, echo}];
    part.component = frame.component;
    part.dimensions = frame.dimensions;
    if (!part.echo_time) part.echo_time = frame.echo_time;
    part.frames.push_back(i);
  }
  std::vector<DicomPart> result;
  for (auto& [key, part] : parts) result.push_back(std::move(part));
  return result;
}

bool is_parallel(const DicomSource& source, const DicomPart& part) {
  const auto& first = source.frames[part.frames.front()];
  return std::all_of(part.frames.begin(), part.frames.end(), [&](std::size_t i) {
    const auto& frame = source.frames[i];
    return (frame.row - first.row).cwiseAbs().maxCoeff() < same_direction &&
           (frame.column - first.column).cwiseAbs().maxCoeff() < same_direction;
  });
}

std::size_t count_slices(const DicomSource& source, const DicomPart& part) { return by_slice(source, part).size(); }

void assemble(const DicomSource& source, DicomPart& part, std::vector<std::string>& reasons, QcFlags& flags) {
  const auto& first = source.frames[part.frames.front()];
  const auto& pixels = source.headers[first.file].pixels;
  require<GeometryError>(is_parallel(source, part), source.name,
                         " has slices of several orientations, as a localiser has; expected one stack of parallel slices");
  for (const auto i : part.frames) {
    const auto& frame = source.frames[i];
    const auto& other = source.headers[frame.file].pixels;
    require<FormatError>(other.columns == pixels.columns && other.rows == pixels.rows, source.name, " has images of ",
                         pixels.columns, " x ", pixels.rows, " and of ", other.columns, " x ", other.rows, " pixels (",
                         source.files[frame.file].path.filename().string(), "); give each size a folder of its own");
    require<GeometryError>(
        std::abs(frame.row_spacing - first.row_spacing) < 1e-3 && std::abs(frame.column_spacing - first.column_spacing) < 1e-3,
        source.name, " has images of different voxel sizes: ", first.column_spacing, " x ", first.row_spacing, " and ",
        frame.column_spacing, " x ", frame.row_spacing, " mm (", source.files[frame.file].path.filename().string(), ")");
  }
  const auto slices = by_slice(source, part);
  require<DataError>(slices.size() > 1, source.name, " holds one slice only (", part.frames.size(),
                     " image(s)); expected a stack of at least two");
  part.geometry = grid_of(source, slices);

  std::map<std::size_t, std::size_t> counts;  // images per slice -> slices
  for (const auto& slice : slices) ++counts[slice.size()];
  const auto volumes = counts.rbegin()->first;
  if (volumes == 1) {
    part.volumes.assign(1, {});
    for (const auto& slice : slices) part.volumes[0].push_back(slice[0]);
    return;
  }

  const Clock* clock = nullptr;
  std::string passed;
  for (const auto& candidate : clocks()) {
    const auto why = objection(candidate, source, slices, volumes);
    if (why.empty()) {
      clock = &candidate;
      break;
    }
    passed += message(passed.empty() ? "" : "; ", candidate.name, ": ", why);
  }
  require<FormatError>(clock != nullptr, source.name, " has up to ", volumes,
                       " images of a slice, and nothing tells them apart (", passed,
                       "); images are there twice, or two series have been mixed: give each a folder of its own");
  reasons.push_back(message("volumes ordered by ", clock->name, passed.empty() ? "" : " (" + passed + ")"));

  constexpr auto none = std::numeric_limits<std::size_t>::max();
  part.volumes.assign(volumes, std::vector<std::size_t>(slices.size(), none));
  std::set<double> all;
  for (const auto i : part.frames) all.insert(*clock->value(source.frames[i]));
  std::map<double, std::size_t> rank;
  for (const auto value : all) rank.emplace(value, rank.size());
  for (std::size_t s = 0; s < slices.size(); ++s) {
    auto slice = slices[s];
    std::sort(slice.begin(), slice.end(),
              [&](auto a, auto b) { return *clock->value(source.frames[a]) < *clock->value(source.frames[b]); });
    for (std::size_t k = 0; k < slice.size(); ++k) {
      part.volumes[clock->whole ? rank[*clock->value(source.frames[slice[k]])] : k][s] = slice[k];
    }
  }

  if (counts.size() > 1 || clock->whole) {
    std::string lacking;
    std::size_t incomplete = 0, last_incomplete = 0, slices_lacking = 0;
    for (std::size_t v = 0; v < volumes; ++v) {
      const auto gone = static_cast<std::size_t>(std::count(part.volumes[v].begin(), part.volumes[v].end(), none));
      if (gone == 0) continue;
      ++incomplete;
      last_incomplete = v;
      slices_lacking = gone;
      if (incomplete <= 5) lacking += message(lacking.empty() ? "" : ", ", gone, " of ", slices.size(), " in volume ", v);
    }
    if (incomplete > 0) {
      // By rank alone, a slice missing early shifts all later ones: told by the volumes then overlapping in time.
      bool in_blocks = true;
      if (!clock->whole) {
        double before = -std::numeric_limits<double>::infinity();
        for (const auto& volume : part.volumes) {
          double low = std::numeric_limits<double>::infinity(), high = -low;
          for (const auto frame : volume) {
            if (frame == none) continue;
            const double value = *clock->value(source.frames[frame]);
            low = std::min(low, value);
            high = std::max(high, value);
          }
          in_blocks = in_blocks && low > before;
          before = high;
        }
      }
      require<FormatError>(in_blocks, source.name, " has between ", counts.begin()->first, " and ", volumes,
                           " images of each slice: slices are missing or there twice, and by ", clock->name,
                           " it cannot be told which; copy the series again as a whole");
      require<FormatError>(incomplete == 1 && last_incomplete == volumes - 1, source.name, " lacks slices: ", lacking,
                           incomplete > 5 ? ", ..." : "", "; copy the series again as a whole");
      const bool extra = volumes == 2 && 2 * slices_lacking > slices.size();
      flags.push_back(
          extra ? QcFlag{"io.dicom.duplicate_slices",
                         message(slices.size() - slices_lacking, " of ", slices.size(),
                                 " slices are there twice; the first by ", clock->name, " was taken")}
                : QcFlag{"io.dicom.incomplete_volume", message("the last volume lacks ", slices_lacking, " of ", slices.size(),
                                                               " slices and was left out; ", volumes - 1, " are left")});
      part.volumes.pop_back();
    }
  }

  // The order against the clock on the wall, where there is one for every volume.
  if (part.volumes.size() > 1 && std::string_view(clock->name) != "acquisition time") {
    std::optional<double> before;
    std::size_t backwards = 0;
    for (const auto& volume : part.volumes) {
      const auto& moment = source.frames[volume[0]].acquisition;
      if (!moment) break;
      backwards += before && moment->seconds < *before && *before - moment->seconds < 43200.0;
      before = moment->seconds;
    }
    if (backwards > 0) {
      flags.push_back({"io.dicom.order.conflict", message("ordered by ", clock->name, ", ", backwards,
                                                          " volumes were acquired before the one they follow")});
    }
  }
}

Eigen::VectorXd volume_times(const DicomSource& source, const DicomPart& part, std::vector<std::string>& reasons,
                             QcFlags& flags) {
  const auto volumes = part.volumes.size();
  const auto& header = source.headers[source.frames[part.volumes[0][0]].file];
  const auto repetition = header.repetition_time;
  const auto even = [&](double step) -> Eigen::VectorXd {
    return Eigen::VectorXd::LinSpaced(static_cast<Eigen::Index>(volumes), 0.0, static_cast<double>(volumes - 1)) * step;
  };
  // TR where it is the same within what the source can tell: it is the finer of the two.
  const auto step_or_repetition = [&](double step, double tolerance) {
    const bool agrees = repetition && std::abs(*repetition - step) <= tolerance;
    return agrees ? *repetition : step;
  };
  const auto from_stamps = [&](const Stamps& stamps, const char* name) -> Eigen::VectorXd {
    const auto n = static_cast<double>(volumes - 1);
    Eigen::VectorXd times(static_cast<Eigen::Index>(volumes));
    for (std::size_t v = 0; v < volumes; ++v) times[static_cast<Eigen::Index>(v)] = stamps.seconds[v] - stamps.seconds[0];
    const double mean = times[times.size() - 1] / n;
    double largest = 0.0;
    for (Eigen::Index v = 0; v < times.size(); ++v)
      largest = std::max(largest, std::abs(times[v] - static_cast<double>(v) * mean));
    std::vector<double> steps;
    for (Eigen::Index v = 1; v < times.size(); ++v) steps.push_back(times[v] - times[v - 1]);
    auto sorted = steps;
    std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2), sorted.end());
    const double median = sorted[sorted.size() / 2];
    if (largest <= std::max(even_time * mean, 1.01 * stamps.resolution)) {
      double step = mean;
      if (repetition) {  // volumes exactly TR apart, each stamp rounded the same way, would look like this
        double low = 0.0, high = 0.0;
        for (Eigen::Index v = 0; v < times.size(); ++v) {
          const double rest = times[v] - static_cast<double>(v) * *repetition;
          low = std::min(low, rest);
          high = std::max(high, rest);
        }
        if (high - low < stamps.resolution - 1e-9) step = *repetition;
      }
      reasons.push_back(message("time stamps from ", name, ": evenly ", step, " s apart",
                                repetition ? message(step == *repetition ? ", which is TR" : ", where TR is ",
                                                     step == *repetition ? "" : message(*repetition, " s"))
                                           : ""));
      return even(step);
    }
    // Stamps of whole seconds cannot be told apart within one: move equal ones half way to their neighbours.
    for (Eigen::Index v = 1; v < times.size(); ++v) {
      if (times[v] <= times[v - 1]) times[v] = times[v - 1] + 1e-3;
    }
    const auto off = std::count_if(steps.begin(), steps.end(), [&](double step) {
      return std::abs(step - median) > std::max(irregular_time * median, 1.01 * stamps.resolution);
    });
    reasons.push_back(message("time stamps from ", name, ", as they are: in the median ", median, " s apart"));
    if (off > 0) {
      flags.push_back(
          {"io.dicom.time.irregular", message(off, " of ", steps.size(), " steps between volumes differ from the median of ",
                                              median, " s by more than a tenth")});
    }
    return times;
  };

  if (const auto stamps = stamps_of(source, part, [](const DicomFrame& f) { return f.acquisition; })) {
    return from_stamps(*stamps, "acquisition times");
  }
  if (auto stamps = stamps_of(source, part, [](const DicomFrame& f) { return exact(f.dynamic_begin); })) {
    return from_stamps(*stamps, "the begin of each dynamic scan");
  }
  if (auto stamps = stamps_of(source, part, [](const DicomFrame& f) { return exact(f.trigger_time); })) {
    return from_stamps(*stamps, "trigger times");
  }
  if (header.temporal_resolution) {
    const double step = step_or_repetition(*header.temporal_resolution, 1e-3 * *header.temporal_resolution);
    reasons.push_back(message("volumes ", step, " s apart by temporal resolution"));
    return even(step);
  }
  if (header.acquisition_duration) {
    // Of the whole series where it covers all volumes at a TR or more each; some headers give that of one volume.
    const double step = *header.acquisition_duration / static_cast<double>(header.temporal_positions.value_or(volumes));
    if (step > 0.05 && step < 60.0 && (!repetition || step > 0.9 * *repetition)) {
      const double exact_step = step_or_repetition(step, 0.01 * step);
      reasons.push_back(message("volumes ", exact_step, " s apart: the acquisition's duration by the number of volumes",
                                repetition && exact_step == *repetition ? ", which is TR" : ""));
      return even(exact_step);
    }
  }
  const auto content = stamps_of(source, part, [](const DicomFrame& f) { return f.content; });
  if (content && (!repetition || (content->seconds.back() - content->seconds.front()) >=
                                     0.9 * *repetition * static_cast<double>(volumes - 1))) {
    flags.push_back({"io.dicom.time.from_content_time",
                     "nothing says when volumes were acquired; times are those at which their images were made"});
    return from_stamps(*content, "content times");
  }
  require<DataError>(repetition && *repetition >= 0.2, source.name, " does not say how far its ", volumes,
                     " volumes are apart in time",
                     repetition ? message(" (TR is ", *repetition, " s, of one line of k-space)") : "",
                     "; give it in seconds, e.g. time_step=1.5");
  flags.push_back({"io.dicom.time.from_repetition_time",
                   message("nothing says when volumes were acquired; taken to be one TR, ", *repetition, " s, apart")});
  reasons.push_back(message("volumes one TR, ", *repetition, " s, apart: no time stamps"));
  return even(*repetition);
}

}  // namespace bolus::io

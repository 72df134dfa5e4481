#include <bolus/preprocess/motion_correction.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include <bolus/core/parallel.hpp>
#include <bolus/dsc/bolus_timing.hpp>
#include <bolus/dsc/brain_mask.hpp>

#include "block_correlation.hpp"
#include "bspline_coefficients.hpp"
#include "resample_repeating.hpp"
#include "smooth_image.hpp"

namespace bolus {
namespace {

using detail::message;
using detail::require;

/// mm, mean over the brain: more than the bolus imitates in a series at rest.
constexpr double most_imitated = 0.4;
constexpr double finest_step = 0.004;  // mm at the brain's mean radius, at which a fit is done

void validate(const MotionCorrection& options) {
  const auto positive = [](const char* name, double value, const char* unit) {
    require<OptionError>(std::isfinite(value) && value > 0.0, name, " is ", value, "; expected more than 0", unit);
  };
  require<OptionError>(std::isfinite(options.smallest_motion) && options.smallest_motion >= 0.0, "smallest_motion is ",
                       options.smallest_motion, " voxels; expected 0 or more");
  positive("displacement_threshold", options.displacement_threshold, " mm");
  positive("largest_displacement", options.largest_displacement, " mm");
  require<OptionError>(options.block >= 5.0 && options.block <= 200.0, "block is ", options.block, " mm; expected 5 to 200");
  require<OptionError>(!options.sigmas.empty(), "sigmas is empty; expected one value per pass");
  for (const double sigma : options.sigmas) {
    require<OptionError>(sigma >= 0.0 && sigma <= 20.0, "sigmas holds ", sigma, "; expected 0 to 20 mm");
  }
  require<OptionError>(options.still_tolerance >= 0.0 && options.still_tolerance <= 1.0, "still_tolerance is ",
                       options.still_tolerance, " mm; expected 0 to 1");
  require<OptionError>(options.iterations >= 1, "iterations is ", options.iterations, "; expected 1 or more");
}

void require_usable(const PerfusionSeries& series, int threads) {
  require<DataError>(series.data() != nullptr && series.voxel_count() > 0, "the series is empty");
  const auto& size = series.geometry().size;
  require<DataError>(
      *std::min_element(size.begin(), size.end()) >= 4, "the series has ", size[0], " x ", size[1], " x ", size[2],
      " voxels: motion in space needs at least 4 along each axis; leave it out for such series (correct_motion = false)");
  parallel_for(series.frames(), 1, threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t t = begin; t < end; ++t) {
      const auto frame = series.frame(t);
      for (std::size_t v = 0; v < frame.size(); ++v) {
        require<DataError>(std::isfinite(frame[v]), "volume ", t, " is NaN or infinite at voxel ", v,
                           "; set such voxels to 0 first");
      }
    }
  });
}

Image<float> volume_of(const PerfusionSeries& series, std::size_t t) {
  // Only read from: the view shares the memory of the series.
  return Image<float>::wrap(series.geometry(), const_cast<float*>(series.frame(t).data()), series.shared_data());
}

/// At least half a voxel along each axis: without it, interpolation sharpens and blurs by turns and pulls towards whole voxels.
Image<float> smoothed(const Image<float>& volume, double sigma, int threads) {
  return smooth_image(volume, (0.5 * volume.geometry().spacing).cwiseMax(sigma), {1, 1, 1}, threads);
}

Image<float> smoothed_coefficients(const Image<float>& volume, double sigma, int threads) {
  return bspline_coefficients(smoothed(volume, sigma, threads), threads);
}

/// Mean of some volumes, each brought to where the reference lies.
Image<float> mean_volume(const PerfusionSeries& series, const std::vector<std::size_t>& volumes,
                         const std::vector<RigidTransform>& transforms, bool moved, int threads) {
  Image<float> mean(series.geometry());
  const Resample step{.interpolation = Interpolation::bspline, .threads = threads};
  const auto count = static_cast<float>(volumes.size());
  for (const auto t : volumes) {
    const auto volume = volume_of(series, t);
    const auto in_place = moved ? resample_repeating(step, volume, series.geometry(), transforms[t]) : volume;
    for (std::size_t v = 0; v < mean.size(); ++v) mean.data()[v] += in_place.data()[v] / count;
  }
  return mean;
}

/// The volumes of the first pass in which the brain's signal has fallen by at least half of the most it falls.
std::vector<std::size_t> find_darkest(const Eigen::VectorXd& signal, const MotionResult& found) {
  std::vector<std::size_t> volumes;
  const auto pass = found.bolus_last - found.bolus_first;
  if (pass < 1) return volumes;
  const double before = signal.segment(found.reference_first, found.reference_last - found.reference_first).mean();
  const double lowest = signal.segment(found.bolus_first, pass).minCoeff();
  for (auto t = found.bolus_first; t < found.bolus_last; ++t) {
    if (signal[t] <= 0.5 * (before + lowest)) volumes.push_back(static_cast<std::size_t>(t));
  }
  return volumes;
}

Eigen::Vector3d middle_of(const Mask& mask) {
  const auto& size = mask.geometry().size;
  Eigen::Vector3d sum = Eigen::Vector3d::Zero();
  double count = 0.0;
  const auto* value = mask.data();
  for (std::int64_t z = 0; z < size[2]; ++z) {
    for (std::int64_t y = 0; y < size[1]; ++y) {
      for (std::int64_t x = 0; x < size[0]; ++x) {
        if (*value++ == 0) continue;
        sum += Eigen::Vector3d(x, y, z);
        count += 1.0;
      }
    }
  }
  return mask.geometry().point_of(sum / std::max(count, 1.0));
}

/// How much the bolus darkens each voxel: the logarithm of the reference over the mean of the darkest volumes.
Image<float> darkening(const Image<float>& reference, const Image<float>& darkest) {
  const float most = *std::max_element(reference.values().begin(), reference.values().end());
  const float floor = std::max(0.01F * most, std::numeric_limits<float>::min());
  Image<float> drop(reference.geometry());
  for (std::size_t v = 0; v < drop.size(); ++v) {
    drop.data()[v] = std::log(std::max(reference.data()[v], floor) / std::max(darkest.data()[v], floor));
  }
  return drop;
}

struct Fit {
  Pose pose = Pose::Zero();
  bool settled = false;
};

/// Gauss-Newton steps, halved while they do not help, until they are below `smallest` mm at the brain's mean radius.
Fit fit_volume(const BlockCorrelation& metric, const Image<float>& coefficients, const Pose& pose, int iterations,
               double smallest, int threads) {
  const auto length = [&](const Pose& move) {
    return std::hypot(metric.radius() * move.head<3>().norm(), move.tail<3>().norm());
  };
  Fit fit{pose, false};
  auto here = metric.step(coefficients, pose, threads);
  for (int i = 0; i < iterations && !fit.settled; ++i) {
    Pose move = here.move;
    if (length(move) > 4.0) move *= 4.0 / length(move);
    bool better = false;
    while (length(move) >= smallest) {
      const auto there = metric.step(coefficients, fit.pose + move, threads);
      if (there.cost < here.cost) {
        fit.pose += move;
        here = there;
        better = true;
        break;
      }
      move *= 0.5;
    }
    fit.settled = !better;
  }
  return fit;
}

std::vector<Eigen::Vector3d> points_of(const Mask& mask) {
  const auto& grid = mask.geometry();
  std::vector<Eigen::Vector3d> points;
  const auto* value = mask.data();
  for (std::int64_t z = 0; z < grid.size[2]; ++z) {
    for (std::int64_t y = 0; y < grid.size[1]; ++y) {
      for (std::int64_t x = 0; x < grid.size[0]; ++x) {
        if (*value++ != 0) points.push_back(grid.point_of(Eigen::Vector3d(x, y, z)));
      }
    }
  }
  return points;
}

/// Mean of how far a transform moves points, mm.
double mean_move(const RigidTransform& transform, const std::vector<Eigen::Vector3d>& points) {
  double sum = 0.0;
  for (const auto& point : points) sum += (transform(point) - point).norm();
  return sum / static_cast<double>(points.size());
}

/// Whether the series may have been at rest: the poses found are no larger than what the bolus imitates, and once the volumes
/// are allowed to darken as the series itself says they do while nothing moves, none of them wants to leave its place. A head
/// that moves smears that map and wants to leave all the same, unless it moves exactly with the bolus, there and back.
bool looks_still(const MotionCorrection& options, const PerfusionSeries& series, const Mask& brain,
                 const Eigen::Vector3d& centre, const MotionResult& found, const std::vector<std::size_t>& quiet,
                 const std::vector<std::size_t>& darkest, int threads) {
  const auto points = points_of(brain);
  for (const auto& transform : found.transforms) {
    if (mean_move(transform, points) > most_imitated) return false;
  }
  const std::vector<RigidTransform> at_rest(series.frames());
  const double sigma = options.sigmas.back();
  const auto reference = smoothed(mean_volume(series, quiet, at_rest, false, threads), sigma, threads);
  std::optional<Image<float>> drop;
  if (!darkest.empty()) {
    drop = darkening(reference, smoothed(mean_volume(series, darkest, at_rest, false, threads), sigma, threads));
  }
  const BlockCorrelation metric(reference, drop, brain, centre, options.block, false);
  for (std::size_t t = 0; t < series.frames(); ++t) {
    const auto coefficients = smoothed_coefficients(volume_of(series, t), sigma, threads);
    const auto fit = fit_volume(metric, coefficients, Pose::Zero(), options.iterations, finest_step, threads);
    if (mean_move(transform_of(fit.pose, centre), points) > options.still_tolerance) return false;
  }
  return true;
}

void measure(MotionResult& result, const Mask& mask, const Eigen::Vector3d& centre, int threads) {
  const auto frames = result.transforms.size();
  const auto& grid = mask.geometry();
  result.parameters.resize(static_cast<Eigen::Index>(frames), 6);
  result.framewise_displacement = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(frames));
  result.displacement = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(frames));
  const Eigen::Matrix3d to_index = grid.spacing.cwiseInverse().asDiagonal() * grid.direction.inverse();
  const auto points = points_of(mask);
  std::vector<double> largest(frames, 0.0);
  parallel_for(frames, 1, threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t t = begin; t < end; ++t) {
      for (const auto& point : points) {
        const Eigen::Vector3d move = result.transforms[t](point) - point;
        largest[t] = std::max(largest[t], (to_index * move).cwiseAbs().maxCoeff());
      }
      result.displacement[static_cast<Eigen::Index>(t)] = mean_move(result.transforms[t], points);
    }
  });
  result.largest_motion = *std::max_element(largest.begin(), largest.end());
  for (std::size_t t = 0; t < frames; ++t) {
    const auto row = static_cast<Eigen::Index>(t);
    const Pose pose = pose_of(result.transforms[t], centre);
    result.parameters.row(row) << pose.tail<3>().transpose(), pose.head<3>().transpose() * (180.0 / std::numbers::pi);
    if (t == 0) continue;
    const Eigen::VectorXd change = result.parameters.row(row) - result.parameters.row(row - 1);
    result.framewise_displacement[row] =
        change.head<3>().cwiseAbs().sum() + 50.0 * std::numbers::pi / 180.0 * change.tail<3>().cwiseAbs().sum();
  }
}

void add_flags(MotionResult& result, const MotionCorrection& options, std::size_t unsettled) {
  const auto flag = [&](const char* code, const std::string& text) {
    result.flags.push_back({std::string("preprocess.motion.") + code, text});
  };
  std::string during;
  for (Eigen::Index t = 0; t < result.framewise_displacement.size(); ++t) {
    if (!(result.framewise_displacement[t] > options.displacement_threshold)) continue;
    result.moved.push_back(t);
    if (t >= result.bolus_first && t < result.bolus_last) during += (during.empty() ? "" : ", ") + std::to_string(t);
  }
  if (!during.empty()) {
    flag("during_bolus", message("the head moved by more than ", options.displacement_threshold,
                                 " mm from one volume to the next during the first pass, at volume(s) ", during,
                                 ": realigned curves still hold what the motion did to the magnetisation"));
  }
  Eigen::Index worst = 0;
  const double most = result.displacement.size() > 0 ? result.displacement.maxCoeff(&worst) : 0.0;
  if (most > options.largest_displacement) {
    flag("large", message("the brain lies ", most, " mm from the reference in volume ", worst, ": check it by eye"));
  }
  if (unsettled > 0) flag("not_settled", message("the fit of ", unsettled, " volume(s) stopped at the limit of iterations"));
}

}  // namespace

MotionResult MotionCorrection::operator()(const PerfusionSeries& series, const std::optional<Mask>& mask,
                                          const Progress& progress) const {
  validate(*this);
  const int team = resolve_threads(threads);
  require_usable(series, team);
  if (mask) require_same_space(mask->geometry(), series.geometry(), "the mask", "the series");
  const auto frames = series.frames();
  const auto& grid = series.geometry();
  const auto shared = [&] {
    return PerfusionSeries::wrap(grid, series.times(), series.protocol(), const_cast<float*>(series.data()),
                                 series.shared_data());
  };
  const Mask brain = mask ? *mask : BrainMask{.threads = threads}(series).mask;
  require<DataError>(std::any_of(brain.values().begin(), brain.values().end(), [](auto v) { return v != 0; }),
                     "the mask of the brain holds no voxel; give another, or none");
  const Eigen::Vector3d centre = middle_of(brain);

  MotionResult result;
  result.transforms.resize(frames);
  result.covered = Mask(grid, 1);
  result.reference_last = static_cast<Eigen::Index>(frames);
  const auto flag = [&](const char* code, const std::string& text) {
    result.flags.push_back({std::string("preprocess.motion.") + code, text});
  };
  std::vector<std::size_t> darkest_volumes;
  if (frames >= 5) {
    const auto curve = detail::mask_curve(series, &brain, "the mask of the brain", threads, {});
    const auto timing = BolusTiming{}(curve.signal, series.times());
    result.reference_first = timing.baseline.first;
    result.reference_last = timing.baseline.last;
    result.bolus_first = timing.arrival;
    result.bolus_last = timing.first_pass_end;
    if (timing.found) darkest_volumes = find_darkest(curve.signal, result);
    if (!timing.found) flag("no_bolus", "no bolus was found: the reference is the mean of all volumes");
  }
  const auto first = static_cast<std::size_t>(result.reference_first), last = static_cast<std::size_t>(result.reference_last);
  std::vector<std::size_t> quiet(last - first);
  std::iota(quiet.begin(), quiet.end(), first);
  result.reference = mean_volume(series, quiet, result.transforms, false, team);
  if (frames == 1) flag("one_volume", "the series has one volume: there is no motion to measure");

  // From the reference's middle to both ends, so that each volume has a neighbour that is known.
  std::vector<std::size_t> order;
  const std::size_t middle = (first + last - 1) / 2;
  for (std::size_t t = middle; t < frames; ++t) order.push_back(t);
  for (std::size_t t = middle; t-- > 0;) order.push_back(t);
  std::size_t unsettled = 0;
  std::vector<Pose> poses(frames, Pose::Zero());
  for (std::size_t pass = 0; pass < sigmas.size() && frames > 1; ++pass) {
    if (pass > 0) result.reference = mean_volume(series, quiet, result.transforms, true, team);
    const BlockCorrelation metric(smoothed(result.reference, sigmas[pass], team), std::nullopt, brain, centre, block,
                                  pass == 0);
    const double smallest = pass + 1 < sigmas.size() ? 0.02 : finest_step;
    unsettled = 0;
    for (std::size_t i = 0; i < frames; ++i) {
      report(progress, "motion", pass * frames + i, sigmas.size() * frames);
      const auto t = order[i];
      const auto coefficients = smoothed_coefficients(volume_of(series, t), sigmas[pass], team);
      Pose start = poses[t];
      if (pass == 0 && t != middle) {
        const Pose neighbour = poses[t > middle ? t - 1 : t + 1];
        if (metric.cost(coefficients, neighbour, team) < metric.cost(coefficients, start, team)) start = neighbour;
      }
      const auto fit = fit_volume(metric, coefficients, start, iterations, smallest, team);
      poses[t] = fit.pose;
      result.transforms[t] = transform_of(fit.pose, centre);
      unsettled += fit.settled ? 0 : 1;
    }
  }
  if (frames > 1 && still_tolerance > 0.0 && looks_still(*this, series, brain, centre, result, quiet, darkest_volumes, team)) {
    result.transforms.assign(frames, RigidTransform{});
    unsettled = 0;
  }
  if (frames > 1) result.reference = mean_volume(series, quiet, result.transforms, true, team);

  measure(result, brain, centre, team);
  add_flags(result, *this, unsettled);
  result.resampled = frames > 1 && (resampling == MotionResampling::always ||
                                    (resampling == MotionResampling::when_needed && result.largest_motion >= smallest_motion));
  if (!result.resampled) {
    result.corrected = shared();
    return result;
  }
  result.corrected = PerfusionSeries(grid, series.times(), series.protocol());
  const Mask whole(grid, 1);
  const Resample inside{.interpolation = Interpolation::nearest, .threads = team};
  const Resample step{.interpolation = interpolation, .threads = team};
  for (std::size_t t = 0; t < frames; ++t) {
    report(progress, "resampling", t, frames);
    const auto volume = resample_repeating(step, volume_of(series, t), grid, result.transforms[t]);
    std::copy(volume.values().begin(), volume.values().end(), result.corrected.frame(t).begin());
    const auto here = inside(whole, grid, result.transforms[t]);
    for (std::size_t v = 0; v < here.size(); ++v) result.covered.data()[v] &= here.data()[v];
  }
  report(progress, "resampling", frames, frames);
  return result;
}

}  // namespace bolus

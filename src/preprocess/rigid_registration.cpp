#include <bolus/preprocess/rigid_registration.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include <bolus/core/parallel.hpp>
#include <bolus/core/random.hpp>
#include <bolus/preprocess/bias_correction.hpp>

#include "mutual_information.hpp"
#include "pose_search.hpp"
#include "registration_checks.hpp"
#include "smooth_image.hpp"

namespace bolus {
namespace {

using detail::message;
using detail::require;

void validate(const RigidRegistration& options) {
  require<OptionError>(options.bins >= 5 && options.bins <= 128, "bins is ", options.bins, "; expected 5 to 128");
  require<OptionError>(options.sampling > 0.0 && options.sampling <= 1.0, "sampling is ", options.sampling,
                       "; expected over 0 to 1");
  const auto levels = options.spacings.size();
  require<OptionError>(levels > 0 && options.sigmas.size() == levels && options.iterations.size() == levels,
                       "spacings, sigmas and iterations need one value per level; found ", levels, ", ", options.sigmas.size(),
                       " and ", options.iterations.size());
  for (std::size_t i = 0; i < levels; ++i) {
    require<OptionError>(options.spacings[i] > 0.0, "spacings holds ", options.spacings[i], "; expected more than 0 mm");
    require<OptionError>(options.sigmas[i] >= 0.0 && options.sigmas[i] <= 50.0, "sigmas holds ", options.sigmas[i],
                         "; expected 0 to 50 mm");
    require<OptionError>(options.iterations[i] > 0, "iterations holds ", options.iterations[i], "; expected 1 or more");
  }
  require<OptionError>(!options.start_angles.empty(), "start_angles is empty; 0 alone turns the extra starts off");
  for (const double angle : options.start_angles)
    require<OptionError>(std::abs(angle) <= 180.0, "start_angles holds ", angle, " degrees");
  require<OptionError>(options.starts >= 1, "starts is ", options.starts, "; expected 1 or more");
  require<OptionError>(options.mask_from_level >= 0, "mask_from_level is ", options.mask_from_level, "; expected 0 or more");
  const auto share = [](const char* name, double value) {
    require<OptionError>(value >= 0.0 && value < 1.0, name, " is ", value, "; expected 0 to below 1");
  };
  share("minimum_overlap", options.minimum_overlap);
  share("minimum_coverage", options.minimum_coverage);
  share("minimum_agreement", options.minimum_agreement);
  require<OptionError>(options.largest_rotation > 0.0 && options.largest_translation > 0.0, "largest_rotation is ",
                       options.largest_rotation, " degrees and largest_translation ", options.largest_translation,
                       " mm; expected more than 0");
}

/// The image with its brightest and darkest half percent cut: a few bright vessels would else leave the tissue few bins.
Image<float> clamped(const Image<float>& image, const char* name) {
  require<DataError>(!image.empty(), "the ", name, " image is empty");
  const auto& size = image.geometry().size;
  require<DataError>(*std::min_element(size.begin(), size.end()) >= 4, "the ", name, " image has ", size[0], " x ", size[1],
                     " x ", size[2], " voxels: rigid registration in space needs at least 4 along each axis");
  for (std::size_t i = 0; i < image.size(); ++i) {
    require<DataError>(std::isfinite(image.data()[i]), "the ", name, " image is NaN or infinite at voxel ", i,
                       "; set such voxels to 0 first");
  }
  std::vector<float> values(image.values().begin(), image.values().end());
  const auto quantile = [&](double share) {
    const auto place = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), place, values.end());
    return *place;
  };
  float low = quantile(0.005), high = quantile(0.995);
  if (!(high > low)) {  // almost everything is background
    low = *std::min_element(values.begin(), values.end());
    high = *std::max_element(values.begin(), values.end());
  }
  require<DataError>(high > low, "the ", name, " image is constant (", low, "): there is nothing to register");
  Image<float> result(image.geometry());
  std::transform(image.values().begin(), image.values().end(), result.data(),
                 [=](float value) { return std::clamp(value, low, high); });
  return result;
}

/// Jittered lattice points of the fixed grid within the mask, LPS mm.
std::vector<Eigen::Vector3d> sample_points(const Geometry& geometry, const std::optional<Mask>& mask, double spacing,
                                           double share, std::uint64_t seed, std::uint64_t level) {
  constexpr double enough = 10000.0;  // below it all lattice points are used
  std::array<std::int64_t, 3> step, count;
  double lattice = 1.0;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double wanted = std::round(spacing / geometry.spacing[static_cast<Eigen::Index>(axis)]);
    step[axis] =
        std::clamp<std::int64_t>(static_cast<std::int64_t>(wanted), 1, std::max<std::int64_t>(1, geometry.size[axis] / 16));
    count[axis] = (geometry.size[axis] + step[axis] - 1) / step[axis];
    lattice *= static_cast<double>(count[axis]);
  }
  if (mask) {
    double inside = 0.0;
    for (const auto value : mask->values()) inside += value != 0;
    lattice *= inside / static_cast<double>(mask->size());
  }
  const double used = std::max(share, std::min(1.0, enough / std::max(lattice, 1.0)));
  const RandomStream random(seed, level);
  std::vector<Eigen::Vector3d> points;
  std::uint64_t draw = 0;
  for (std::int64_t z = 0; z < count[2]; ++z) {
    for (std::int64_t y = 0; y < count[1]; ++y) {
      for (std::int64_t x = 0; x < count[0]; ++x, draw += 4) {
        if (random.uniform(draw) >= used) continue;
        const std::array<std::int64_t, 3> place{x, y, z};
        Eigen::Vector3d index;
        for (std::size_t axis = 0; axis < 3; ++axis) {
          const double jitter = random.uniform(draw + 1 + axis) - 0.5;
          const double centre = static_cast<double>(place[axis] * step[axis]) + 0.5 * static_cast<double>(step[axis] - 1);
          index[static_cast<Eigen::Index>(axis)] =
              std::clamp(centre + jitter * static_cast<double>(step[axis]), 0.0, static_cast<double>(geometry.size[axis] - 1));
        }
        if (mask && (*mask)(std::lround(index[0]), std::lround(index[1]), std::lround(index[2])) == 0) continue;
        points.push_back(geometry.point_of(index));
      }
    }
  }
  return points;
}

Eigen::Vector3d grid_centre(const Geometry& geometry) {
  return geometry.point_of(0.5 * Eigen::Vector3d(geometry.size[0] - 1, geometry.size[1] - 1, geometry.size[2] - 1));
}

Eigen::Vector3d mass_centre(const Image<float>& image) {
  const auto& size = image.geometry().size;
  const double low = *std::min_element(image.values().begin(), image.values().end());
  Eigen::Vector3d sum = Eigen::Vector3d::Zero();
  double mass = 0.0;
  const float* value = image.data();
  for (std::int64_t z = 0; z < size[2]; ++z) {
    for (std::int64_t y = 0; y < size[1]; ++y) {
      double line = 0.0, line_x = 0.0;
      for (std::int64_t x = 0; x < size[0]; ++x) {
        const double weight = *value++ - low;
        line += weight;
        line_x += weight * static_cast<double>(x);
      }
      mass += line;
      sum += Eigen::Vector3d(line_x, line * static_cast<double>(y), line * static_cast<double>(z));
    }
  }
  return image.geometry().point_of(sum / mass);
}

/// Both images at one level of the pyramid: smoothed, and thinned out where neighbouring voxels say the same.
Image<float> at_level(const Image<float>& image, double sigma, int threads) {
  const auto& grid = image.geometry();
  std::array<std::int64_t, 3> step;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const auto most = std::max<std::int64_t>(1, grid.size[axis] / 8);
    step[axis] =
        std::clamp<std::int64_t>(static_cast<std::int64_t>(sigma / grid.spacing[static_cast<Eigen::Index>(axis)]), 1, most);
  }
  return smooth_image(image, Eigen::Vector3d::Constant(sigma), step, threads);
}

/// Headers as they are, centres of the grids and of mass put onto each other, each turned by all combinations of the angles.
std::vector<Pose> start_poses(const Image<float>& fixed, const Image<float>& moving, const Eigen::Vector3d& centre,
                              const std::vector<double>& angles) {
  // What each start keeps in place: a point of the fixed image and where it goes.
  const std::array<std::pair<Eigen::Vector3d, Eigen::Vector3d>, 3> kept{
      std::pair(centre, centre), std::pair(grid_centre(fixed.geometry()), grid_centre(moving.geometry())),
      std::pair(mass_centre(fixed), mass_centre(moving))};
  std::vector<Pose> poses;
  for (const auto& [from, to] : kept) {
    for (const double x : angles) {
      for (const double y : angles) {
        for (const double z : angles) {
          Pose pose = Pose::Zero();
          pose.head<3>() = Eigen::Vector3d(x, y, z) * (std::numbers::pi / 180.0);
          pose.tail<3>() = to - transform_of(pose, centre)(from);
          poses.push_back(pose);
        }
      }
    }
  }
  return poses;
}

/// How far apart two poses put the samples, mm, nearly: rotations count at their mean radius.
double apart(const Pose& one, const Pose& other, double radius) {
  return std::hypot(radius * (one - other).head<3>().norm(), (one - other).tail<3>().norm());
}

/// The best starts that are not each other's neighbours. Ties keep the order of the list, in which the headers come first.
std::vector<Pose> best_starts(const MutualInformation& metric, const std::vector<Pose>& poses, double minimum_overlap,
                              int count, int threads) {
  std::vector<double> values(poses.size());
  parallel_for(poses.size(), 1, threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) values[i] = metric.value(poses[i], minimum_overlap, 1);
  });
  std::vector<std::size_t> order(poses.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](auto one, auto other) { return values[one] > values[other]; });
  std::vector<Pose> best;
  for (const auto i : order) {
    if (best.size() == static_cast<std::size_t>(count) || !std::isfinite(values[i])) break;
    const bool known =
        std::any_of(best.begin(), best.end(), [&](const Pose& other) { return apart(poses[i], other, metric.radius()) < 6.0; });
    if (!known) best.push_back(poses[i]);
  }
  return best;
}

/// The largest metric among poses that cannot be right: 12 to 40 mm and 10 to 35 degrees from the one found.
double chance_metric(const MutualInformation& metric, const Pose& found, double minimum_overlap, std::uint64_t seed,
                     int threads) {
  constexpr std::size_t draws = 32;
  const RandomStream random(seed, 99);
  std::vector<double> values(draws);
  parallel_for(draws, 1, threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const auto direction = [&](std::uint64_t first) {
        return Eigen::Vector3d(random.normal(first), random.normal(first + 1), random.normal(first + 2)).normalized();
      };
      const auto first = static_cast<std::uint64_t>(8 * i);
      Pose pose = found;
      pose.head<3>() += direction(first) * (10.0 + 25.0 * random.uniform(first + 6)) * (std::numbers::pi / 180.0);
      pose.tail<3>() += direction(first + 3) * (12.0 + 28.0 * random.uniform(first + 7));
      values[i] = metric.value(pose, 0.5 * minimum_overlap, 1);
    }
  });
  const double largest = *std::max_element(values.begin(), values.end());
  return std::isfinite(largest) ? largest : 0.0;
}

/// A little above the smallest value: air, or where a part of the head was taken away.
float signal_floor(const Image<float>& image) {
  const auto [low, high] = std::minmax_element(image.values().begin(), image.values().end());
  return *low + 0.05F * (*high - *low);
}

/// What the verdict rests on besides the metric, looked at from both images.
void check(RegistrationResult& result, const Mask& foreground, const Image<float>& fixed, const Mask& moving_foreground,
           const Image<float>& moving, std::uint64_t seed, int threads) {
  const auto back = result.transform.inverse();
  result.coverage = coverage_of(foreground, moving, signal_floor(moving), result.transform);
  result.moving_coverage = coverage_of(moving_foreground, fixed, signal_floor(fixed), back);
  const auto there = local_agreement(fixed, moving, foreground, result.transform, seed, threads);
  const auto here = local_agreement(moving, fixed, moving_foreground, back, seed, threads);
  // Voxels may be too coarse for blocks one way round.
  const bool both = there.blocks > 0 && here.blocks > 0;
  result.agreement = both ? std::min(there.agreement, here.agreement) : std::max(there.agreement, here.agreement);
  result.local_residual = std::max(there.residual, here.residual);
}

void judge(RegistrationResult& result, const RigidRegistration& options, bool converged) {
  const auto reason = [&](Verdict verdict, const char* code, const std::string& text) {
    result.verdict = std::max(result.verdict, verdict);
    result.flags.push_back({std::string("preprocess.registration.") + code, text});
  };
  using enum Verdict;
  const auto percent = [](double share) { return std::round(100.0 * share); };
  if (result.coverage < options.minimum_coverage) {
    reason(doubtful, "coverage",
           message("only ", percent(result.coverage), " % of the fixed head lies where the moving image has signal (expected ",
                   percent(options.minimum_coverage), " %)"));
  }
  if (result.moving_coverage < options.minimum_coverage) {
    reason(doubtful, "coverage",
           message("only ", percent(result.moving_coverage),
                   " % of the moving head lies where the fixed image has signal (expected ", percent(options.minimum_coverage),
                   " %)"));
  }
  if (!(result.metric > result.chance_metric)) {
    reason(failed, "gain",
           message("mutual information is ", result.metric, " nats, and ", result.chance_metric,
                   " at a pose that cannot be right: the images do not tell where they belong"));
  }
  if (result.agreement < options.minimum_agreement) {
    reason(result.agreement < 0.5 * options.minimum_agreement ? failed : doubtful, "agreement",
           message("only ", percent(result.agreement), " % of the head's blocks fit best where the transform puts them ",
                   "(expected ", percent(options.minimum_agreement), " %): another patient, a missing part or another pose"));
  }
  if (result.rotation > options.largest_rotation || result.translation > options.largest_translation) {
    reason(doubtful, "motion",
           message("the images would be ", result.rotation, " degrees and ", result.translation,
                   " mm apart, more than patients move: check by eye"));
  }
  if (!converged) reason(doubtful, "iterations", "the finest level stopped at its limit of iterations before it settled");
}

}  // namespace

RegistrationResult RigidRegistration::operator()(const Image<float>& fixed, const Image<float>& moving,
                                                 const std::optional<Mask>& fixed_mask, const Progress& progress) const {
  validate(*this);
  const auto fixed_values = clamped(fixed, "fixed"), moving_values = clamped(moving, "moving");
  if (fixed_mask) require_same_space(fixed_mask->geometry(), fixed.geometry(), "the mask", "the fixed image");
  const int team = resolve_threads(threads);
  const Eigen::Vector3d centre = mass_centre(fixed_values);
  const auto extent = [](const Geometry& grid) { return grid.spacing.prod() * static_cast<double>(grid.voxel_count()); };
  const double overlap = minimum_overlap * std::min(1.0, extent(moving.geometry()) / extent(fixed.geometry()));
  RegistrationResult result;
  std::size_t done = 0, total = 0;
  for (const int most : iterations) total += static_cast<std::size_t>(most);
  const auto tick = [&] { report(progress, "registering", std::min(done++, total - 1), total); };
  std::vector<Pose> starting;
  for (std::size_t level = 0; level < spacings.size(); ++level) {
    tick();
    const bool masked = fixed_mask && static_cast<std::size_t>(mask_from_level) <= level;
    const auto points =
        sample_points(fixed.geometry(), masked ? fixed_mask : std::nullopt, spacings[level], sampling, seed, level);
    require<DataError>(points.size() >= 100, "only ", points.size(),
                       " samples lie in the mask of the fixed image; at least 100 are needed");
    const auto fixed_level = at_level(fixed_values, sigmas[level], team);
    const auto moving_level = at_level(moving_values, sigmas[level], team);
    const MutualInformation metric(fixed_level, moving_level, points, centre, bins);
    if (level == 0) {
      starting = best_starts(metric, start_poses(fixed_values, moving_values, centre, start_angles), overlap, starts, team);
      require<ConvergenceError>(!starting.empty(), "the images never overlapped during registration; are they of one patient?");
    }
    // Several starts go side by side, each on one thread; a single one has all threads.
    const bool single = starting.size() == 1;
    const PoseSearch search{.step = spacings[level],
                            .smallest_step = 0.005 * spacings[level],
                            .iterations = iterations[level],
                            .minimum_overlap = overlap,
                            .threads = single ? team : 1};
    std::vector<Climb> climbs(starting.size());
    if (single) {
      climbs[0] = search(metric, starting[0], tick);
    } else {
      parallel_for(climbs.size(), 1, team, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) climbs[i] = search(metric, starting[i], {});
      });
    }
    std::stable_sort(climbs.begin(), climbs.end(), [](const auto& one, const auto& other) { return one.value > other.value; });
    for (const auto& climb : climbs) result.iterations += climb.iterations;
    require<ConvergenceError>(std::isfinite(climbs[0].value),
                              "the images never overlapped during registration; are they of one patient?");
    starting = {climbs[0].pose};
    if (level == 0 && spacings.size() > 1) {  // the runner-up has a second chance where more can be seen
      for (std::size_t i = 1; i < climbs.size() && starting.size() < 2; ++i) {
        if (std::isfinite(climbs[i].value) && apart(climbs[i].pose, climbs[0].pose, metric.radius()) > 4.0) {
          starting.push_back(climbs[i].pose);
        }
      }
    }
    if (level + 1 < spacings.size()) continue;

    Pose pose = climbs[0].pose;
    result.metric = climbs[0].value;
    const double initial = metric.value(pose_of({}, centre), overlap, team);
    result.initial_metric = std::isfinite(initial) ? initial : 0.0;
    if (result.initial_metric > result.metric) {
      pose = pose_of({}, centre);
      result.metric = result.initial_metric;
      result.flags.push_back(
          {"preprocess.registration.no_gain", "no pose was better than the one in the headers, which is kept"});
    }
    result.transform = transform_of(pose, centre);
    result.overlap = metric.overlap(pose);
    result.rotation = result.transform.rotation_angle();
    result.translation = result.transform.displacement(grid_centre(fixed.geometry()));
    result.chance_metric = chance_metric(metric, pose, overlap, seed, team);
    tick();
    check(result, fixed_mask ? *fixed_mask : foreground_mask(fixed_values), fixed_level, foreground_mask(moving_values),
          moving_level, seed, team);
    judge(result, *this, climbs[0].converged);
  }
  report(progress, "registering", total, total);
  return result;
}

}  // namespace bolus

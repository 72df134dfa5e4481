#include <bolus/preprocess/rigid_registration.hpp>

#include <itkDiscreteGaussianImageFilter.h>
#include <itkEuler3DTransform.h>
#include <itkMattesMutualInformationImageToImageMetricv4.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include <bolus/core/parallel.hpp>
#include <bolus/core/random.hpp>

#include "../io/itk_image.hpp"

namespace bolus {
namespace {

using detail::message;
using detail::require;

using ItkImage = itk::Image<float, 3>;
using Euler = itk::Euler3DTransform<double>;
using Pose = Eigen::Matrix<double, 6, 1>;  ///< three angles in rad about the fixed centre, three mm

/// Mattes' metric summed by one thread: several add up in the order in which they finish. ITK 5.2's own switch for it,
/// SetMaximumNumberOfWorkUnits, sets a limit that the threader of the metric does not look at.
class Metric : public itk::MattesMutualInformationImageToImageMetricv4<ItkImage, ItkImage> {
 public:
  using Self = Metric;
  using Superclass = itk::MattesMutualInformationImageToImageMetricv4<ItkImage, ItkImage>;
  using Pointer = itk::SmartPointer<Self>;
  using ConstPointer = itk::SmartPointer<const Self>;
 itkNewMacro(Self)

     protected : Metric() {
    m_SparseGetValueAndDerivativeThreader->SetNumberOfWorkUnits(1);
    m_DenseGetValueAndDerivativeThreader->SetNumberOfWorkUnits(1);
  }
};

void validate(const RigidRegistration& options) {
  require<OptionError>(options.bins >= 5 && options.bins <= 1024, "bins is ", options.bins, "; expected 5 to 1024");
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
  require<OptionError>(options.minimum_overlap >= 0.0 && options.minimum_overlap < 1.0, "minimum_overlap is ",
                       options.minimum_overlap, "; expected 0 to below 1");
}

/// The image with its brightest and darkest half percent cut: a few bright vessels would else leave the tissue few bins.
Image<float> clamped(const Image<float>& image, const char* name) {
  require<DataError>(!image.empty(), "the ", name, " image is empty");
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

ItkImage::Pointer smoothed(const Image<float>& image, double sigma, int threads) {
  auto source = io::to_itk(image);
  if (sigma == 0.0) return source;
  auto filter = itk::DiscreteGaussianImageFilter<ItkImage, ItkImage>::New();
  filter->SetNumberOfWorkUnits(static_cast<itk::ThreadIdType>(resolve_threads(threads)));
  filter->SetInput(source);
  filter->SetVariance(sigma * sigma);
  filter->SetUseImageSpacingOn();
  filter->SetMaximumError(0.05);
  filter->SetMaximumKernelWidth(4096);
  filter->Update();
  ItkImage::Pointer result = filter->GetOutput();
  result->DisconnectPipeline();
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

/// Mutual information at one level of the pyramid, as a function of the pose.
class Similarity {
 public:
  Similarity(const Image<float>& fixed, const Image<float>& moving, const Eigen::Vector3d& centre, double sigma,
             std::vector<Eigen::Vector3d> points, int bins, int threads)
      : moving_(moving.geometry()),
        to_index_(moving_.spacing.cwiseInverse().asDiagonal() * moving_.direction.inverse()),
        points_(std::move(points)),
        metric_(Metric::New()),
        transform_(Euler::New()) {
    double squares = 0.0;
    auto container = Metric::FixedSampledPointSetType::PointsContainer::New();
    auto& list = container->CastToSTLContainer();
    for (const auto& point : points_) {
      list.emplace_back(point.data());
      squares += (point - centre).squaredNorm();
    }
    radius_ = std::max(1.0, std::sqrt(squares / static_cast<double>(points_.size())));
    auto samples = Metric::FixedSampledPointSetType::New();
    samples->SetPoints(container);
    transform_->SetCenter(Euler::InputPointType(centre.data()));
    const auto fixed_image = smoothed(fixed, sigma, threads);
    metric_->SetFixedImage(fixed_image);
    metric_->SetMovingImage(smoothed(moving, sigma, threads));
    metric_->SetMovingTransform(transform_);
    metric_->SetVirtualDomainFromImage(fixed_image);
    metric_->SetNumberOfHistogramBins(static_cast<itk::SizeValueType>(bins));
    metric_->SetUseMovingImageGradientFilter(false);
    metric_->SetUseFixedImageGradientFilter(false);
    metric_->SetFixedSampledPointSet(samples);
    metric_->SetUseSampledPointSet(true);
    metric_->Initialize();
  }

  RigidTransform transform(const Pose& pose) const {
    set(pose);
    RigidTransform result;
    for (unsigned row = 0; row < 3; ++row) {
      result.matrix(row, 3) = transform_->GetOffset()[row];
      for (unsigned column = 0; column < 3; ++column) result.matrix(row, column) = transform_->GetMatrix()(row, column);
    }
    return result;
  }

  /// Share of the samples that land between the voxels of the moving image.
  double overlap(const Pose& pose) const {
    const auto mapping = transform(pose);
    std::size_t inside = 0;
    for (const auto& point : points_) {
      const Eigen::Vector3d index = to_index_ * (mapping(point) - moving_.origin);
      bool within = true;
      for (int axis = 0; axis < 3; ++axis) {
        within = within && index[axis] >= -0.5 &&
                 index[axis] <= static_cast<double>(moving_.size[static_cast<std::size_t>(axis)]) - 0.5;
      }
      inside += within;
    }
    return static_cast<double>(inside) / static_cast<double>(points_.size());
  }

  /// Mutual information in nats; minus infinity where less than a hundredth of the samples land in the moving image.
  double value(const Pose& pose) const {
    if (overlap(pose) < 0.01) return -std::numeric_limits<double>::infinity();
    set(pose);
    return -metric_->GetValue();
  }

  struct Climb {
    Pose pose = Pose::Zero();
    double value = -std::numeric_limits<double>::infinity();
    int iterations = 0;
    bool converged = false;
  };

  /// Quasi-Newton ascent (BFGS) that only ever goes up; steps are at most `step` mm and end below `smallest_step` mm. Rotations
  /// count as mm at the samples' mean radius. The samples stay the same, so the metric is a fixed function of the pose.
  Climb climb(const Pose& start, double step, double smallest_step, int iterations, const std::function<void()>& tick) const {
    using Matrix = Eigen::Matrix<double, 6, 6>;
    Pose scale, gradient = Pose::Zero(), next_gradient = Pose::Zero();
    scale << radius_, radius_, radius_, 1.0, 1.0, 1.0;
    const auto evaluate = [&](const Pose& pose, Pose& uphill_scaled) {
      tick();
      if (overlap(pose) < 0.01) return -std::numeric_limits<double>::infinity();
      set(pose);
      double cost = 0.0;
      Metric::DerivativeType uphill;
      metric_->GetValueAndDerivative(cost, uphill);
      uphill_scaled = Eigen::Map<const Pose>(uphill.data_block()).cwiseQuotient(scale);
      return -cost;
    };
    Climb best;
    best.pose = start;
    best.value = evaluate(start, gradient);
    best.iterations = 1;
    Matrix inverse_curvature = Matrix::Zero();  // until the first pair of gradients: steepest ascent of full step
    while (std::isfinite(best.value) && best.iterations < iterations) {
      Pose move = inverse_curvature * gradient;
      if (!(move.dot(gradient) > 0.0)) move = gradient / std::max(gradient.norm(), 1e-300) * step;
      if (move.norm() > step) move *= step / move.norm();
      double next = -std::numeric_limits<double>::infinity();
      while (best.iterations < iterations && move.norm() >= smallest_step) {
        next = evaluate(best.pose + move.cwiseQuotient(scale), next_gradient);
        ++best.iterations;
        if (next > best.value + 1e-4 * move.dot(gradient)) break;
        next = -std::numeric_limits<double>::infinity();
        move *= 0.5;
      }
      if (!std::isfinite(next)) {
        best.converged = move.norm() < smallest_step;
        if (inverse_curvature.isZero() || !best.converged) break;
        inverse_curvature.setZero();  // the curvature may have misled: once more along the gradient, with short steps
        step = std::min(step, 16.0 * smallest_step);
        continue;
      }
      best.pose += move.cwiseQuotient(scale);
      best.value = next;
      const Pose change = gradient - next_gradient;  // of the descent direction
      gradient = next_gradient;
      const double curvature = move.dot(change);
      if (curvature <= 1e-12 * move.norm() * change.norm()) continue;
      if (inverse_curvature.isZero()) inverse_curvature = Matrix::Identity() * (curvature / change.squaredNorm());
      const Matrix left = Matrix::Identity() - move * change.transpose() / curvature;
      inverse_curvature = left * inverse_curvature * left.transpose() + move * move.transpose() / curvature;
    }
    return best;
  }

 private:
  void set(const Pose& pose) const {
    Euler::ParametersType parameters(6);
    for (unsigned i = 0; i < 6; ++i) parameters[i] = pose[i];
    transform_->SetParameters(parameters);
  }

  Geometry moving_;
  Eigen::Matrix3d to_index_;
  std::vector<Eigen::Vector3d> points_;
  Metric::Pointer metric_;
  Euler::Pointer transform_;
  double radius_ = 1.0;
};

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

/// Headers as they are, centres of the grids and of mass put onto each other, each turned about each axis.
std::vector<Pose> start_poses(const Image<float>& fixed, const Image<float>& moving, const Eigen::Vector3d& centre,
                              const std::vector<double>& angles) {
  const std::array<Eigen::Vector3d, 3> shifts{Eigen::Vector3d::Zero(), grid_centre(moving.geometry()) - centre,
                                              mass_centre(moving) - mass_centre(fixed)};
  std::vector<Pose> poses;
  for (const auto& shift : shifts) {
    bool upright = false;
    for (const double angle : angles) {
      for (int axis = 0; axis < 3 && !(angle == 0.0 && upright); ++axis) {
        Pose pose = Pose::Zero();
        pose.tail<3>() = shift;
        pose[axis] = angle * std::numbers::pi / 180.0;
        upright = upright || angle == 0.0;
        poses.push_back(pose);
      }
    }
  }
  return poses;
}

void add_flags(RegistrationResult& result, const RigidRegistration& options, const Eigen::Vector3d& centre, bool converged) {
  const auto flag = [&](const char* code, const std::string& text) {
    result.flags.push_back({std::string("preprocess.registration.") + code, text});
  };
  if (result.overlap < options.minimum_overlap) {
    flag("overlap", message("only ", std::round(100.0 * result.overlap), " % of the fixed image lies within the moving one"));
  }
  const double angle = result.transform.rotation_angle(), shift = result.transform.displacement(centre);
  if (angle > 30.0 || shift > 60.0) {
    flag("motion",
         message("the images would be ", angle, " degrees and ", shift, " mm apart, more than patients move: check by eye"));
  }
  if (!converged) flag("iterations", "the finest level stopped at its limit of iterations before it settled");
}

}  // namespace

RegistrationResult RigidRegistration::operator()(const Image<float>& fixed, const Image<float>& moving,
                                                 const std::optional<Mask>& fixed_mask, const Progress& progress) const {
  validate(*this);
  const auto fixed_values = clamped(fixed, "fixed"), moving_values = clamped(moving, "moving");
  if (fixed_mask) require_same_space(fixed_mask->geometry(), fixed.geometry(), "the mask", "the fixed image");
  const Eigen::Vector3d centre = grid_centre(fixed.geometry());
  RegistrationResult result;
  std::size_t done = 0, total = 0;
  for (std::size_t i = 0; i < iterations.size(); ++i) total += static_cast<std::size_t>(iterations[i] * (i == 0 ? starts : 1));
  const auto tick = [&] { report(progress, "registering", std::min(done++, total - 1), total); };
  try {
    Pose pose = Pose::Zero();
    bool converged = true;
    for (std::size_t level = 0; level < spacings.size(); ++level) {
      tick();
      auto points = sample_points(fixed.geometry(), fixed_mask, spacings[level], sampling, seed, level);
      require<DataError>(points.size() >= 100, "only ", points.size(),
                         " samples lie in the mask of the fixed image; at least 100 are needed");
      const Similarity similarity(fixed_values, moving_values, centre, sigmas[level], std::move(points), bins, threads);
      const double step = spacings[level], smallest = 0.005 * spacings[level];
      std::vector<std::pair<double, Pose>> starting;
      if (level == 0) {
        for (const auto& candidate : start_poses(fixed_values, moving_values, centre, start_angles)) {
          tick();
          --done;
          if (similarity.overlap(candidate) < std::max(0.01, minimum_overlap)) continue;
          starting.emplace_back(similarity.value(candidate), candidate);
        }
        std::stable_sort(starting.begin(), starting.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
        if (starting.empty()) {  // thin slabs overlap little: the centres alone
          Pose together = Pose::Zero();
          together.tail<3>() = grid_centre(moving.geometry()) - centre;
          starting.emplace_back(0.0, together);
        }
        if (starting.size() > static_cast<std::size_t>(starts)) starting.resize(static_cast<std::size_t>(starts));
      } else {
        starting.emplace_back(0.0, pose);
      }
      Similarity::Climb best;
      for (const auto& [value, start] : starting) {
        auto climb = similarity.climb(start, step, smallest, iterations[level], tick);
        result.iterations += climb.iterations;
        if (climb.value > best.value) best = climb;
      }
      require<ConvergenceError>(std::isfinite(best.value),
                                "the images never overlapped during registration; are they of one patient?");
      pose = best.pose;
      converged = best.converged;
      if (level + 1 < spacings.size()) continue;
      result.metric = best.value;
      result.initial_metric = similarity.value(Pose::Zero());
      if (result.initial_metric > result.metric) {
        pose = Pose::Zero();
        result.metric = result.initial_metric;
        result.flags.push_back(
            {"preprocess.registration.no_gain", "no pose was better than the one in the headers, which is kept"});
      } else if (!std::isfinite(result.initial_metric)) {
        result.initial_metric = 0.0;
      }
      result.overlap = similarity.overlap(pose);
      result.transform = similarity.transform(pose);
    }
    add_flags(result, *this, centre, converged);
  } catch (const itk::ExceptionObject& failure) {
    throw ConvergenceError(message("registration failed: ", failure.GetDescription()));
  }
  report(progress, "registering", total, total);
  return result;
}

}  // namespace bolus

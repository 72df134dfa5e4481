#include <bolus/preprocess/bias_correction.hpp>

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <numbers>

#include <bolus/core/parallel.hpp>

#include "bspline_lattice.hpp"

namespace bolus {
namespace {

using detail::message;
using detail::require;
using preprocess::BsplineAxis;
using preprocess::BsplineLattice;

/// In-place radix-2 transform of a power of two; sign -1 forward, +1 backward, unscaled.
void fourier(std::vector<std::complex<double>>& values, double sign) {
  const std::size_t n = values.size();
  for (std::size_t i = 1, j = 0; i < n; ++i) {
    std::size_t bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) std::swap(values[i], values[j]);
  }
  for (std::size_t length = 2; length <= n; length *= 2) {
    for (std::size_t k = 0; k < length / 2; ++k) {
      const auto turn = std::polar(1.0, sign * 2.0 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(length));
      for (std::size_t begin = k; begin < n; begin += length) {
        const auto odd = values[begin + length / 2] * turn;
        values[begin + length / 2] = values[begin] - odd;
        values[begin] += odd;
      }
    }
  }
}

/// The expected true log value for every bin of the observed log histogram (Sled et al. 1998): the histogram is deconvolved
/// with the field's Gaussian by a Wiener filter, and the mean of what can have led to each observed value taken from the
/// result.
class Sharpening {
 public:
  Sharpening(const std::vector<double>& values, const BiasCorrection& options) {
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    minimum_ = *low;
    const auto bins = static_cast<std::size_t>(options.bins);
    width_ = (*high - *low) / static_cast<double>(bins - 1);
    if (!(width_ > 0.0)) return;
    std::size_t padded = 2;
    while (padded < 2 * bins) padded *= 2;
    const std::size_t offset = (padded - bins) / 2;
    using Spectrum = std::vector<std::complex<double>>;
    Spectrum histogram(padded), gaussian(padded);
    for (const double value : values) {
      const double place = (value - minimum_) / width_;
      const auto bin = static_cast<std::size_t>(place);
      const double part = place - static_cast<double>(bin);
      histogram[offset + bin] += 1.0 - part;
      if (part > 0.0 && bin + 1 < bins) histogram[offset + bin + 1] += part;
    }
    const double full_width = options.full_width / width_;
    const double decay = 4.0 * std::numbers::ln2 / (full_width * full_width);
    const double height = 2.0 * std::sqrt(std::numbers::ln2 / std::numbers::pi) / full_width;
    for (std::size_t n = 0; n < padded; ++n) {
      const auto distance = static_cast<double>(std::min(n, padded - n));
      gaussian[n] = height * std::exp(-decay * distance * distance);
    }
    fourier(histogram, -1.0);
    fourier(gaussian, -1.0);
    for (std::size_t n = 0; n < padded; ++n) {
      const double response = gaussian[n].real();  // even and real: so is its spectrum
      histogram[n] *= response / (response * response + options.wiener_noise);
    }
    fourier(histogram, 1.0);
    Spectrum weighted(padded);
    for (std::size_t n = 0; n < padded; ++n) {
      const double count = std::max(histogram[n].real(), 0.0);
      const double value = minimum_ + (static_cast<double>(n) - static_cast<double>(offset)) * width_;
      histogram[n] = count;
      weighted[n] = count * value;
    }
    for (auto* spectrum : {&histogram, &weighted}) {
      fourier(*spectrum, -1.0);
      for (std::size_t n = 0; n < padded; ++n) (*spectrum)[n] *= gaussian[n].real();
      fourier(*spectrum, 1.0);
    }
    expected_.resize(bins);
    for (std::size_t n = 0; n < bins; ++n) {
      const double count = histogram[offset + n].real();
      expected_[n] = count != 0.0 ? weighted[offset + n].real() / count : 0.0;
    }
  }

  double operator()(double value) const {
    if (expected_.empty()) return value;  // one value only: nothing to sharpen
    const double place = (value - minimum_) / width_;
    const auto bin = static_cast<std::size_t>(place);
    if (bin + 1 >= expected_.size()) return expected_.back();
    return expected_[bin] + (expected_[bin + 1] - expected_[bin]) * (place - static_cast<double>(bin));
  }

 private:
  double minimum_ = 0.0, width_ = 0.0;
  std::vector<double> expected_;
};

/// Standard deviation of exp(change) over its mean.
double variation(const std::vector<double>& before, const std::vector<double>& after) {
  double mean = 0.0, squares = 0.0, n = 0.0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const double ratio = std::exp(before[i] - after[i]);
    n += 1.0;
    const double delta = ratio - mean;
    mean += delta / n;
    squares += delta * (ratio - mean);
  }
  return n > 1.0 ? std::sqrt(squares / (n - 1.0)) / mean : 0.0;
}

void require_finite(const Image<float>& image) {
  require<DataError>(!image.empty(), "the image is empty");
  for (std::size_t i = 0; i < image.size(); ++i) {
    require<DataError>(std::isfinite(image.data()[i]), "the image is NaN or infinite at voxel ", i,
                       "; set such voxels to 0 first");
  }
}

void validate(const BiasCorrection& options) {
  require<OptionError>(options.shrink >= 1 && options.shrink <= 64, "shrink is ", options.shrink, "; expected 1 to 64");
  require<OptionError>(!options.iterations.empty() && options.iterations.size() <= 8, "iterations has ",
                       options.iterations.size(), " levels; expected 1 to 8");
  for (const int count : options.iterations)
    require<OptionError>(count >= 0, "iterations holds ", count, "; expected 0 or more");
  require<OptionError>(options.tolerance >= 0.0, "tolerance is ", options.tolerance, "; expected 0 or more");
  require<OptionError>(options.control_points >= 4 && options.control_points <= 64, "control_points is ",
                       options.control_points, "; expected 4 to 64");
  require<OptionError>(options.bins >= 10 && options.bins <= 100000, "bins is ", options.bins, "; expected 10 to 100000");
  require<OptionError>(options.full_width > 0.0, "full_width is ", options.full_width, "; expected more than 0");
  require<OptionError>(options.wiener_noise > 0.0, "wiener_noise is ", options.wiener_noise, "; expected more than 0");
}

/// Voxels used along each axis: every step-th, centred.
std::array<std::vector<std::int64_t>, 3> sample_indices(const Geometry& geometry, int shrink) {
  std::array<std::vector<std::int64_t>, 3> indices;
  // Coarse voxels are thinned less: samples too far apart let the finest lattice follow the anatomy.
  const double finest = geometry.spacing.minCoeff(), apart = std::min(shrink * finest, std::max(finest, 5.0));
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double wanted = std::round(apart / geometry.spacing[static_cast<Eigen::Index>(axis)]);
    const auto step =
        std::clamp<std::int64_t>(static_cast<std::int64_t>(wanted), 1, std::max<std::int64_t>(1, geometry.size[axis] / 8));
    const auto count = geometry.size[axis] / step;
    const auto first = (geometry.size[axis] - 1 - (count - 1) * step) / 2;
    for (std::int64_t i = 0; i < count; ++i) indices[axis].push_back(first + i * step);
  }
  return indices;
}

/// Every voxel of the grid as a sample.
std::array<BsplineAxis, 3> all_samples(const BsplineLattice& lattice, const Geometry& grid) {
  std::array<BsplineAxis, 3> axes;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    std::vector<std::int64_t> all(static_cast<std::size_t>(grid.size[axis]));
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::int64_t>(i);
    axes[axis] = BsplineAxis(lattice.size(axis), all, grid.size[axis]);
  }
  return axes;
}

void require_weights(const Image<float>& weights, const Geometry& geometry) {
  require_same_space(weights.geometry(), geometry, "the weights", "the image");
  for (std::size_t v = 0; v < weights.size(); ++v) {
    const float weight = weights.data()[v];
    require<DataError>(weight >= 0.0F && std::isfinite(weight), "the weight of voxel ", v, " is ", weight,
                       "; expected 0 or more");
  }
}

}  // namespace

Mask foreground_mask(const Image<float>& image, int bins) {
  require<OptionError>(bins >= 2, "bins is ", bins, "; expected 2 or more");
  require_finite(image);
  const auto [low, high] = std::minmax_element(image.values().begin(), image.values().end());
  const double minimum = *low, width = (static_cast<double>(*high) - minimum) / bins;
  require<DataError>(width > 0.0, "the image is constant (", minimum, "): it has no foreground");
  std::vector<double> histogram(static_cast<std::size_t>(bins));
  const auto bin_of = [&](float value) {
    return std::min(static_cast<std::size_t>((static_cast<double>(value) - minimum) / width),
                    static_cast<std::size_t>(bins) - 1);
  };
  for (const float value : image.values()) histogram[bin_of(value)] += 1.0;
  double total = 0.0;
  for (std::size_t b = 0; b < histogram.size(); ++b) total += histogram[b] * static_cast<double>(b);
  double below = 0.0, sum_below = 0.0, best = -1.0;
  std::size_t threshold = 0;
  const auto count = static_cast<double>(image.size());
  for (std::size_t b = 0; b + 1 < histogram.size(); ++b) {
    below += histogram[b];
    sum_below += histogram[b] * static_cast<double>(b);
    const double above = count - below;
    if (below == 0.0 || above == 0.0) continue;
    const double gap = sum_below / below - (total - sum_below) / above;
    const double between = below * above * gap * gap;
    if (between > best) {
      best = between;
      threshold = b;
    }
  }
  Mask mask(image.geometry());
  for (std::size_t i = 0; i < image.size(); ++i) mask.data()[i] = bin_of(image.data()[i]) > threshold;
  return mask;
}

Image<float> BiasField::operator()(const Geometry& target, const Eigen::Matrix4d& to_grid, int threads) const {
  grid.validate();
  target.validate();
  require<GeometryError>(to_grid.allFinite(), "the matrix from the target to the field's grid holds NaN or infinity");
  const std::size_t expected = static_cast<std::size_t>(std::max(control_points[0], 0)) *
                               static_cast<std::size_t>(std::max(control_points[1], 0)) *
                               static_cast<std::size_t>(std::max(control_points[2], 0));
  require<DataError>(*std::min_element(control_points.begin(), control_points.end()) >= 4 && coefficients.size() == expected,
                     "the field holds ", coefficients.size(), " coefficients for ", control_points[0], " x ", control_points[1],
                     " x ", control_points[2], " control points; expected at least 4 per axis and one for each");
  const BsplineLattice lattice(control_points, coefficients);
  Image<float> field(target);
  const auto slice = static_cast<std::size_t>(target.size[0] * target.size[1]);
  if (to_grid == Eigen::Matrix4d::Identity() && target.difference(grid, 1e-6).empty()) {
    const auto axes = all_samples(lattice, grid);
    parallel_for(static_cast<std::size_t>(target.size[2]), 1, threads, [&](std::size_t begin, std::size_t end) {
      for (std::size_t z = begin; z < end; ++z) {
        const auto log_field = lattice.evaluate_slice(axes, z);
        for (std::size_t i = 0; i < slice; ++i)
          field.data()[z * slice + i] = static_cast<float>(std::exp(log_field[i]) * scale);
      }
    });
    return field;
  }
  // From index to index is one affine map.
  const auto mapped = [&](double x, double y, double z) {
    const Eigen::Vector4d point = to_grid * target.point_of(Eigen::Vector3d(x, y, z)).homogeneous();
    return grid.index_of(point.head<3>());
  };
  const Eigen::Vector3d start = mapped(0, 0, 0), by_x = mapped(1, 0, 0) - start, by_y = mapped(0, 1, 0) - start,
                        by_z = mapped(0, 0, 1) - start;
  parallel_for(static_cast<std::size_t>(target.size[1] * target.size[2]), 64, threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      const auto y = static_cast<double>(row % static_cast<std::size_t>(target.size[1])),
                 z = static_cast<double>(row / static_cast<std::size_t>(target.size[1]));
      for (std::size_t x = 0; x < static_cast<std::size_t>(target.size[0]); ++x) {
        const Eigen::Vector3d index = start + static_cast<double>(x) * by_x + y * by_y + z * by_z;
        field.data()[row * static_cast<std::size_t>(target.size[0]) + x] =
            static_cast<float>(std::exp(lattice.at({index[0], index[1], index[2]}, grid.size)) * scale);
      }
    }
  });
  return field;
}

Image<float> divide_bias(const Image<float>& image, const Image<float>& field) {
  require<DataError>(!image.empty(), "the image is empty");
  require_same_space(field.geometry(), image.geometry(), "the field", "the image");
  Image<float> corrected(image.geometry());
  for (std::size_t v = 0; v < image.size(); ++v) {
    const float value = image.data()[v], bias = field.data()[v];
    require<DataError>(bias > 0.0F && std::isfinite(bias), "the field is ", bias, " at voxel ", v,
                       "; expected positive numbers");
    corrected.data()[v] = value > 0.0F ? value / bias : value;
  }
  return corrected;
}

BiasCorrectionResult BiasCorrection::operator()(const Image<float>& image, const std::optional<Mask>& mask,
                                                const std::optional<Image<float>>& weights, const Progress& progress) const {
  validate(*this);
  require_finite(image);
  const auto& geometry = image.geometry();
  if (mask) require_same_space(mask->geometry(), geometry, "the mask", "the image");
  bool any = std::any_of(image.values().begin(), image.values().end(), [](float value) { return value > 0.0F; });
  require<DataError>(
      any, "the image has no positive voxel: there is nothing to correct; check that it is the right image, and its scaling");
  if (weights) require_weights(*weights, geometry);
  const Mask used = mask ? *mask : foreground_mask(image);

  const auto indices = sample_indices(geometry, shrink);
  std::array<std::size_t, 3> samples;
  for (std::size_t axis = 0; axis < 3; ++axis) samples[axis] = indices[axis].size();
  std::vector<std::size_t> places;  // of the samples within the mask, in the thinned grid
  std::vector<double> log_values, certainty;
  for (std::size_t z = 0, place = 0; z < samples[2]; ++z) {
    for (std::size_t y = 0; y < samples[1]; ++y) {
      for (std::size_t x = 0; x < samples[0]; ++x, ++place) {
        const float value = image(indices[0][x], indices[1][y], indices[2][z]);
        const float weight = weights ? (*weights)(indices[0][x], indices[1][y], indices[2][z]) : 1.0F;
        if (used(indices[0][x], indices[1][y], indices[2][z]) == 0 || value <= 0.0F || weight <= 0.0F) continue;
        places.push_back(place);
        log_values.push_back(std::log(static_cast<double>(value)));
        certainty.push_back(static_cast<double>(weight));
      }
    }
  }
  require<DataError>(places.size() >= 10, "only ", places.size(),
                     " of the voxels used lie in the mask, are positive and have weight; expected at ",
                     "least 10: check the mask, or lower shrink (", shrink, ")");

  BiasCorrectionResult result;
  BsplineLattice lattice({control_points, control_points, control_points});
  std::vector<double> field(log_values.size(), 0.0), residual(samples[0] * samples[1] * samples[2], 0.0);
  std::vector<double> weight(residual.size(), 0.0), uncorrected = log_values;
  for (std::size_t i = 0; i < places.size(); ++i) weight[places[i]] = certainty[i];
  for (std::size_t level = 0; level < iterations.size(); ++level) {
    if (level > 0) lattice = lattice.refined();
    std::array<BsplineAxis, 3> axes;
    for (std::size_t axis = 0; axis < 3; ++axis)
      axes[axis] = BsplineAxis(lattice.size(axis), indices[axis], geometry.size[axis]);
    const auto support = lattice.support(weight, axes, threads);
    int done = 0;
    double change = std::numeric_limits<double>::max();
    while (done < iterations[level] && change > tolerance) {
      report(progress, "correcting the bias field",
             level * 1000 + static_cast<std::size_t>(done) * 1000 / static_cast<std::size_t>(iterations[level]),
             iterations.size() * 1000);
      const Sharpening sharpened(uncorrected, *this);
      for (std::size_t i = 0; i < places.size(); ++i) {
        residual[places[i]] = certainty[i] * (uncorrected[i] - sharpened(uncorrected[i]));
      }
      lattice.add_fit(residual, support, axes, threads);
      const auto evaluated = lattice.evaluate(axes, threads);
      std::vector<double> updated(places.size());
      for (std::size_t i = 0; i < places.size(); ++i) updated[i] = evaluated[places[i]];
      change = variation(field, updated);
      field = std::move(updated);
      for (std::size_t i = 0; i < places.size(); ++i) uncorrected[i] = log_values[i] - field[i];
      ++done;
    }
    result.iterations.push_back(done);
    if (iterations[level] > 0 && change > std::max(tolerance, 1e-3)) {
      result.flags.push_back({"preprocess.bias.iterations",
                              message("level ", level, " stopped after ", done, " iterations while the field still changed by ",
                                      change, " (coefficient of variation); raise iterations")});
    }
  }

  // The field on every voxel, one slice after another; then the mean within the mask is restored.
  result.spline = {geometry, {lattice.size(0), lattice.size(1), lattice.size(2)}, lattice.points(), 1.0};
  result.field = result.spline(geometry, Eigen::Matrix4d::Identity(), threads);
  const auto slice = static_cast<std::size_t>(geometry.size[0] * geometry.size[1]);
  const auto slices = static_cast<std::size_t>(geometry.size[2]);
  std::vector<double> sums(2 * slices, 0.0);
  parallel_for(slices, 1, threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t z = begin; z < end; ++z) {
      for (std::size_t voxel = z * slice; voxel < (z + 1) * slice; ++voxel) {
        const double value = static_cast<double>(image.data()[voxel]);
        if (used.data()[voxel] == 0 || value <= 0.0) continue;
        sums[2 * z] += value;
        sums[2 * z + 1] += value / static_cast<double>(result.field.data()[voxel]);
      }
    }
  });
  double before = 0.0, after = 0.0;
  for (std::size_t z = 0; z < slices; ++z) {
    before += sums[2 * z];
    after += sums[2 * z + 1];
  }
  result.spline.scale = after / before;
  result.field = result.spline(geometry, Eigen::Matrix4d::Identity(), threads);
  result.corrected = divide_bias(image, result.field);
  report(progress, "correcting the bias field", iterations.size() * 1000, iterations.size() * 1000);
  return result;
}

}  // namespace bolus

#include "bspline_coefficients.hpp"

#include <cmath>
#include <vector>

#include <bolus/core/parallel.hpp>

namespace bolus {
namespace {

const double pole = std::sqrt(3.0) - 2.0;
constexpr std::size_t horizon = 24;  // |pole|^24 is below 1e-13: what the mirrored start is summed over

/// `lines` lines side by side, each `size` long with `stride` between its values.
void filter(float* data, std::size_t size, std::size_t stride, std::size_t lines, std::vector<double>& work) {
  work.resize(size * lines);
  const auto row = [&](std::size_t i) { return work.data() + i * lines; };
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t k = 0; k < lines; ++k) row(i)[k] = 6.0 * static_cast<double>(data[i * stride + k]);
  }
  const std::size_t period = 2 * (size - 1);
  std::vector<double> start(lines, 0.0);
  double power = 1.0, first = 0.0;
  for (std::size_t n = 0; n < std::min(horizon, period); ++n, power *= pole) {
    const std::size_t i = n < size ? n : period - n;
    for (std::size_t k = 0; k < lines; ++k) start[k] += power * row(i)[k];
    first = power * pole;
  }
  if (period <= horizon) {
    for (auto& value : start) value /= 1.0 - first;  // the mirrored line repeats
  }
  std::copy(start.begin(), start.end(), row(0));
  for (std::size_t i = 1; i < size; ++i) {
    for (std::size_t k = 0; k < lines; ++k) row(i)[k] += pole * row(i - 1)[k];
  }
  for (std::size_t k = 0; k < lines; ++k) {
    row(size - 1)[k] = pole / (pole * pole - 1.0) * (row(size - 1)[k] + pole * row(size - 2)[k]);
  }
  for (std::size_t i = size - 1; i-- > 0;) {
    for (std::size_t k = 0; k < lines; ++k) row(i)[k] = pole * (row(i + 1)[k] - row(i)[k]);
  }
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t k = 0; k < lines; ++k) data[i * stride + k] = static_cast<float>(row(i)[k]);
  }
}

}  // namespace

Image<float> bspline_coefficients(const Image<float>& image, int threads) {
  Image<float> result = image;
  const auto& size = result.geometry().size;
  const auto x = static_cast<std::size_t>(size[0]), y = static_cast<std::size_t>(size[1]),
             z = static_cast<std::size_t>(size[2]);
  float* data = result.data();
  if (x > 1) {
    parallel_for(y * z, 64, threads, [&](std::size_t begin, std::size_t end) {
      std::vector<double> work;
      for (std::size_t row = begin; row < end; ++row) filter(data + row * x, x, 1, 1, work);
    });
  }
  if (y > 1) {
    parallel_for(z, 1, threads, [&](std::size_t begin, std::size_t end) {
      std::vector<double> work;
      for (std::size_t slice = begin; slice < end; ++slice) filter(data + slice * x * y, y, x, x, work);
    });
  }
  if (z > 1) {
    parallel_for(y, 1, threads, [&](std::size_t begin, std::size_t end) {
      std::vector<double> work;
      for (std::size_t row = begin; row < end; ++row) filter(data + row * x, z, x * y, x, work);
    });
  }
  return result;
}

}  // namespace bolus

#pragma once
#include <bolus/core/eigen.hpp>
#include <bolus/dsc/detail/incomplete_gamma.hpp>
#include <cmath>

namespace bolus::detail {

/// The residue function of gamma-distributed transit times (Mouridsen et al., NeuroImage 2006): mean `mean` s and shape
/// `shape`, of which 1 is the exponential; 0 stands for a shape without bound, one transit time for all: the box.
struct GammaResidue {
  double shape = 1.0;
  double mean = 5.0;

  /// Share of the agent still in the tissue t s after it arrived; 0 before.
  double operator()(double t) const {
    if (t < 0.0) return 0.0;
    if (shape == 0.0) return t < mean ? 1.0 : 0.0;
    return 1.0 - incomplete_gamma(shape, shape * t / mean);
  }

  /// Its integral from 0, taken twice.
  double second_integral(double t) const {
    if (t <= 0.0) return 0.0;
    if (shape == 0.0) return t < mean ? 0.5 * t * t : mean * (t - 0.5 * mean);
    const double x = shape * t / mean;
    return 0.5 * t * t * (1.0 - incomplete_gamma(shape, x)) + t * mean * incomplete_gamma(shape + 1.0, x) -
           0.5 * mean * mean * (shape + 1.0) / shape * incomplete_gamma(shape + 2.0, x);
  }

  /// f * R at the samples of f, which are `step` s apart with straight lines between them and 0 before the first: exact.
  Eigen::VectorXd convolve(const Eigen::VectorXd& f, double step) const {
    const Eigen::Index count = f.size();
    Eigen::VectorXd weights(count);
    double before = 0.0, here = 0.0;
    Eigen::Index used = 0;
    for (Eigen::Index j = 0; j < count; ++j) {
      const double after = second_integral(step * static_cast<double>(j + 1));
      weights[j] = j == 0 ? after / step : (after - 2.0 * here + before) / step;
      if (weights[j] > 1e-9 * step) used = j + 1;
      before = here;
      here = after;
    }
    Eigen::VectorXd result = Eigen::VectorXd::Zero(count);
    for (Eigen::Index j = 0; j < used; ++j) result.tail(count - j) += weights[j] * f.head(count - j);
    return result;
  }
};

}  // namespace bolus::detail

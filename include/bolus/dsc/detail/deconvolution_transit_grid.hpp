#pragma once
#include <algorithm>
#include <array>
#include <bolus/dsc/detail/deconvolution_kernel.hpp>
#include <bolus/dsc/detail/deconvolution_residue_model.hpp>
#include <bolus/dsc/detail/deconvolution_spline.hpp>
#include <bolus/dsc/detail/singular_values.hpp>
#include <bolus/dsc/transit_time_prior.hpp>
#include <vector>

namespace bolus::detail {

/// The tissue curves that one arterial curve can make: every shape and mean of the transit times with every delay, in this
/// order, the delay fastest.
struct TransitTimeGrid {
  static constexpr std::array<double, 4> shapes{1.0, 2.0, 4.0, 0.0};  ///< from one well-mixed compartment to the box
  static constexpr double ratio = 1.12;                               ///< of neighbouring means
  std::vector<double> means;                                          ///< s, 1 .. 34
  Eigen::Index delays = 0;                                            ///< number of delays
  double first_delay = 0.0, delay_step = 0.0;                         ///< s
  Eigen::MatrixXd basis;                                              ///< rank x samples: the directions the curves span
  Eigen::MatrixXd candidates;                                         ///< grid x rank: each curve, of norm 1
  Eigen::VectorXd scale;                                              ///< 1 / norm of the curve of a blood volume of 1
  Eigen::VectorXd prior;                                              ///< logarithm, with the volume integrated out
  Eigen::VectorXd transit_time;                                       ///< s: volume over flow, read as the prior says
  double unexplained = 0.0;                                           ///< share of a curve that is the model's own error

  TransitTimeGrid(const Eigen::VectorXd& arterial, double step, const TransitTimePrior& belief) {
    const Eigen::Index samples = arterial.size(), parts = 8;
    const double fine = step / static_cast<double>(parts);
    const auto stride = std::max<Eigen::Index>(2, std::llround(0.25 / fine));  // a quarter sample or 0.25 s
    delay_step = fine * static_cast<double>(stride);
    const auto first = static_cast<Eigen::Index>(std::ceil(belief.earliest_delay / delay_step - 1e-9));
    delays = static_cast<Eigen::Index>(std::floor(belief.latest_delay / delay_step + 1e-9)) - first + 1;
    first_delay = delay_step * static_cast<double>(first);
    // Tissue that arrives early needs the arterial curve past its end, where it is taken as constant.
    Eigen::VectorXd input = natural_spline(arterial, parts);
    double between = 0.0;  // how far the spline lies from straight lines: what is not known between the samples
    for (Eigen::Index i = 0; i + 1 < samples; ++i) {
      const double away = input[i * parts + parts / 2] - 0.5 * (arterial[i] + arterial[i + 1]);
      between += away * away;
    }
    unexplained = std::max(0.01, 0.5 * std::sqrt(between) / arterial.norm());
    input.conservativeResize(input.size() - first * stride);
    input.tail(-first * stride).setConstant(arterial[samples - 1]);
    for (int i = 0; i < 32; ++i) means.push_back(std::pow(ratio, i));

    const auto count = static_cast<Eigen::Index>(shapes.size() * means.size()) * delays;
    Eigen::MatrixXd curves(samples, count);
    for (auto* values : {&scale, &prior, &transit_time}) values->resize(count);
    Eigen::Index k = 0;
    for (const double shape : shapes) {
      for (const double mean : means) {
        const GammaResidue residue{shape, mean};
        const Eigen::VectorXd dense = residue.convolve(input, fine) / mean;  // for a blood volume of 1
        const double z = std::log(mean / belief.transit_time) / belief.transit_time_spread;
        for (Eigen::Index d = first; d < first + delays; ++d, ++k) {
          for (Eigen::Index t = 0; t < samples; ++t) {
            const Eigen::Index at = t * parts - d * stride;
            curves(t, k) = at < 0 ? 0.0 : dense[at];
          }
          const double delay = delay_step * static_cast<double>(d), y = delay / belief.delay_spread;
          const double norm = curves.col(k).norm();
          transit_time[k] = mean / std::max(residue(std::max(0.0, belief.first_reading - delay)), 0.05);
          scale[k] = norm > 0.0 ? 1.0 / norm : 0.0;
          prior[k] = norm > 0.0 ? -0.5 * (z * z + y * y) - std::log(norm) : -1e9;
          curves.col(k) *= scale[k];
        }
      }
    }
    // The curves span few directions: the rest of a measured curve is noise to all of them alike.
    const auto svd = singular_values(multiply(curves, curves.transpose()));
    Eigen::Index rank = 1;
    while (rank < samples && svd.values[rank] > 1e-7 * svd.values[0]) ++rank;
    basis = svd.left.leftCols(rank).transpose();
    candidates = multiply(basis, curves).transpose();
  }

  /// A place on the grid.
  struct Place {
    std::size_t shape, mean;
    Eigen::Index delay;
    bool at_border;  ///< of the delays
    bool inside;     ///< with neighbours on all sides
  };
  Place place(Eigen::Index k) const {
    const Eigen::Index row = k / delays, delay = k % delays;
    const auto mean = static_cast<std::size_t>(row) % means.size();
    const bool at_border = delay == 0 || delay + 1 == delays;
    return {static_cast<std::size_t>(row) / means.size(), mean, delay, at_border,
            !at_border && mean > 0 && mean + 1 < means.size()};
  }
};

}  // namespace bolus::detail

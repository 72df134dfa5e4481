#pragma once
#include <bolus/core/error.hpp>
#include <bolus/dsc/detail/deconvolution_kernel.hpp>
#include <memory>
#include <optional>

namespace bolus {

/// What deconvolution finds in each of n curves. Every vector has n elements and none holds NaN.
struct FlowEstimates {
  enum : std::uint8_t {
    fine = 0,
    not_finite = 1,   ///< the curve holds NaN or infinity: all its results are 0
    no_bolus = 2,     ///< volume or flow is not positive: the transit time is 0
    oscillating = 4,  ///< the oscillation index exceeds the limit
    at_border = 8     ///< the delay lies at the end of what could be found
  };
  Eigen::VectorXd blood_volume;       ///< CBV, mL/100 mL (CAPLEX Q.PH1.001.[b])
  Eigen::VectorXd blood_flow;         ///< CBF, mL/100 mL/min (CAPLEX Q.PH1.003)
  Eigen::VectorXd blood_flow_sd;      ///< posterior standard deviation of CBF, same unit; 0 where the method gives none
  Eigen::VectorXd mean_transit_time;  ///< MTT = CBV / CBF, s (CAPLEX Q.PH1.006.[b])
  Eigen::VectorXd time_to_maximum;    ///< Tmax of the residue function, s; with the default method the delay
  Eigen::VectorXd oscillation;        ///< oscillation index of the residue function, no unit; 0 with the default method
  std::vector<std::uint8_t> states;   ///< sum of the values above
  Eigen::MatrixXd residues;           ///< samples x n when asked for: CBF times residue function, 1/s, sample t at t * step
};

/// A deconvolution prepared for one arterial curve: apply it to as many tissue curves as there are. Made by
/// Deconvolution::prepare. Copies share the prepared part; calls from several threads at once are safe.
class DeconvolutionOperator {
 public:
  DeconvolutionOperator(std::shared_ptr<const detail::DeconvolutionKernel> kernel, Eigen::VectorXd integral_weights,
                        double scale, double oscillation_limit)
      : kernel_(std::move(kernel)),
        integral_weights_(std::move(integral_weights)),
        scale_(scale),
        oscillation_limit_(oscillation_limit) {}

  /// Samples of a curve.
  Eigen::Index samples() const { return integral_weights_.size(); }

  /// `curves`: samples x n, dR2* or concentration in the unit of the arterial curve. A curve with NaN gives zeros and
  /// not_finite. The result of a curve does not depend on the number of threads. Throws ShapeError.
  FlowEstimates operator()(const Eigen::MatrixXd& curves, bool residues = false) const {
    detail::require<ShapeError>(curves.rows() == samples(), "deconvolution: curves have ", curves.rows(),
                                " samples, the arterial curve has ", samples(), "; expected samples x curves");
    const Eigen::Index count = curves.cols();
    FlowEstimates result;
    result.states.assign(static_cast<std::size_t>(count), FlowEstimates::fine);
    std::optional<Eigen::MatrixXd> repaired;
    for (Eigen::Index c = 0; c < count; ++c) {
      if (curves.col(c).allFinite()) continue;
      if (!repaired) repaired = curves;
      repaired->col(c).setZero();
      result.states[static_cast<std::size_t>(c)] |= FlowEstimates::not_finite;
    }
    const Eigen::MatrixXd& finite = repaired ? *repaired : curves;
    const auto found = kernel_->solve(finite, residues ? &result.residues : nullptr);
    for (auto* values : {&result.blood_volume, &result.blood_flow, &result.blood_flow_sd, &result.mean_transit_time,
                         &result.time_to_maximum, &result.oscillation}) {
      values->setZero(count);
    }
    for (Eigen::Index c = 0; c < count; ++c) {
      const auto& one = found[static_cast<std::size_t>(c)];
      auto& state = result.states[static_cast<std::size_t>(c)];
      result.blood_volume[c] = 100.0 * scale_ * integral_weights_.dot(finite.col(c));
      result.blood_flow[c] = 6000.0 * scale_ * one.flow;
      result.blood_flow_sd[c] = 6000.0 * scale_ * one.standard_deviation;
      if (one.flow > 0.0) {
        result.time_to_maximum[c] = one.time_to_maximum;
        result.oscillation[c] = one.oscillation;
      }
      if (result.blood_flow[c] > 0.0 && result.blood_volume[c] > 0.0) {
        result.mean_transit_time[c] = 60.0 * result.blood_volume[c] / result.blood_flow[c];
      } else {
        state |= FlowEstimates::no_bolus;
      }
      if (one.oscillation > oscillation_limit_) state |= FlowEstimates::oscillating;
      if (one.at_border) state |= FlowEstimates::at_border;
    }
    return result;
  }

 private:
  std::shared_ptr<const detail::DeconvolutionKernel> kernel_;
  Eigen::VectorXd integral_weights_;  ///< of the trapezoid rule, over the arterial integral
  double scale_;                      ///< kH / rho
  double oscillation_limit_;
};

}  // namespace bolus

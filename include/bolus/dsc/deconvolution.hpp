#pragma once
#include <bolus/core/curve_set.hpp>
#include <bolus/dsc/deconvolution_operator.hpp>
#include <bolus/dsc/detail/arrival_search.hpp>
#include <bolus/dsc/detail/deconvolution_tikhonov.hpp>
#include <bolus/dsc/detail/deconvolution_transit.hpp>
#include <bolus/dsc/detail/deconvolution_truncated.hpp>
#include <bolus/dsc/detail/even_step.hpp>
#include <bolus/dsc/integral.hpp>

namespace bolus {

/// How the residue function is found. All but the first are the field's usual methods, as published.
enum class DeconvolutionMethod {
  transit_times,  ///< Bayesian, gamma-distributed transit times with a delay: the default of this library
  ssvd,           ///< standard SVD, Toeplitz matrix (Ostergaard et al., MRM 1996); a delay of the tissue lowers CBF
  csvd,           ///< block-circulant SVD (Wu et al., MRM 2003)
  osvd,           ///< the same with the threshold that limits oscillation (Wu et al., MRM 2003)
  l_curve,        ///< Tikhonov, Volterra matrix, corner of each curve's L-curve (Sourbron et al., Phys Med Biol 2007)
  gcv,  ///< Tikhonov, Volterra matrix, generalised cross-validation (Golub, Heath and Wahba 1979), degrees of freedom times 1.4
  osipi_l_curve  ///< as the OSIPI code collection: the corner follows from the arterial curve alone
};

/// Blood volume, flow and transit times of each curve.
struct DeconvolutionResult {
  std::vector<std::string> names;  ///< one per curve
  Eigen::VectorXd times;           ///< s after the arrival of the arterial curve: of the residue functions
  FlowEstimates estimates;         ///< with the residue functions
  QcFlags flags;  ///< dsc.deconvolution.arterial_integral, .truncated, .no_bolus, .oscillating, .delay_at_border
};

/// Perfusion by deconvolution: C = (rho / kH) CBF Ca * R (Meier and Zierler 1954; Ostergaard et al., MRM 1996). Curves are dR2*
/// or concentrations, tissue and artery in the same unit.
struct Deconvolution {
  DeconvolutionMethod method = DeconvolutionMethod::transit_times;
  double ssvd_threshold = 0.2;                ///< share of the largest singular value below which ssvd leaves out
  double csvd_threshold = 0.1;                ///< the same for csvd
  double oscillation_index = 0.035;           ///< osvd raises its threshold until the index is below this
  std::optional<double> regularisation = {};  ///< mu of the Tikhonov methods, s times the arterial unit; chosen when not given
  double haematocrit_density_factor = 1.0;    ///< kH / rho: CBV and CBF are multiplied by it; 0.73 / 1.04 is common
  double oscillation_limit = 0.2;             ///< an index above this is flagged
  TransitTimePrior prior = {};                ///< of the method transit_times

  /// Throws OptionError for a value outside its range.
  void validate() const {
    for (const double threshold : {ssvd_threshold, csvd_threshold}) {
      detail::require<OptionError>(threshold >= 0.0 && threshold < 1.0, "an SVD threshold is ", threshold,
                                   "; expected a share in [0, 1)");
    }
    for (const double value :
         {oscillation_index, oscillation_limit, haematocrit_density_factor, regularisation.value_or(1.0)}) {
      detail::require<OptionError>(std::isfinite(value) && value > 0.0,
                                   "oscillation_index, oscillation_limit, haematocrit_density_factor and regularisation must "
                                   "be positive; found ",
                                   value);
    }
    prior.validate();
  }

  /// Does all that depends on the arterial curve alone. `times`: s, even within 1 %; `arterial`: samples, dR2* or
  /// concentration. Throws ShapeError, DataError (fewer than 8 or more than 2000 samples, uneven times or a
  /// step outside 0.05 .. 20 s, NaN, an arterial curve that never is
  /// positive) and OptionError. An arterial integral that is not positive makes every blood volume 0.
  DeconvolutionOperator prepare(const Eigen::VectorXd& times, const Eigen::VectorXd& arterial) const {
    validate();
    CurveSet{{"arterial"}, times, arterial, {}, CurveQuantity::delta_r2s, {}}.validate();
    const Eigen::Index count = times.size();
    detail::require<DataError>(count >= 8 && count <= 2000, "deconvolution needs 8 to 2000 samples; found ", count);
    const double step = detail::even_step(times);
    detail::require<DataError>(step >= 0.05 && step <= 20.0, "samples are ", step,
                               " s apart; expected 0.05 to 20 s (are the times in another unit than seconds?)");
    detail::require<DataError>(arterial.maxCoeff() > 0.0,
                               "the arterial curve is never positive; expected dR2* or concentration of an artery");
    Eigen::VectorXd weights = Eigen::VectorXd::Zero(count);
    for (Eigen::Index t = 1; t < count; ++t) {
      weights[t - 1] += 0.5 * (times[t] - times[t - 1]);
      weights[t] += 0.5 * (times[t] - times[t - 1]);
    }
    const double integral = trapezoid(times, arterial);
    weights *= integral > 0.0 ? 1.0 / integral : 0.0;
    return {kernel(arterial, step), std::move(weights), haematocrit_density_factor, oscillation_limit};
  }

  /// Deconvolves every curve of `tissue` with `arterial`, which has the same times. Throws as `prepare`, and DataError when
  /// the curves are signals or z-scores.
  DeconvolutionResult operator()(const CurveSet& tissue, const Eigen::VectorXd& arterial) const {
    tissue.validate();
    detail::require<DataError>(tissue.quantity == CurveQuantity::delta_r2s,
                               "deconvolution needs dR2* or concentration curves; turn signals into dR2* with DeltaR2s first");
    DeconvolutionResult result{tissue.names, tissue.times.array() - tissue.times[0],
                               prepare(tissue.times, arterial)(tissue.values, true), tissue.flags};
    const auto flag = [&](const char* code, const auto&... parts) {
      result.flags.push_back({std::string("dsc.deconvolution.") + code, detail::message(parts...)});
    };
    if (!(trapezoid(tissue.times, arterial) > 0.0)) {
      flag("arterial_integral", "the integral of the arterial curve is not positive: blood volumes are 0, flows doubtful");
    }
    if (arterial.tail(2).mean() > 0.5 * arterial.maxCoeff()) {
      flag("truncated", "the arterial curve ends above half its peak: the series may be shorter than the bolus");
    }
    for (Eigen::Index c = 0; c < tissue.values.cols(); ++c) {
      const auto& name = tissue.names[static_cast<std::size_t>(c)];
      const auto state = result.estimates.states[static_cast<std::size_t>(c)];
      if ((state & FlowEstimates::no_bolus) || !detail::find_arrival(-tissue.values.col(c), 0, 5.0).found) {
        flag("no_bolus", name, ": no bolus stands out from the noise; its results mean little");
      }
      if (state & FlowEstimates::oscillating) {
        flag("oscillating", name, ": the residue function oscillates (index ", result.estimates.oscillation[c], ")");
      }
      if (state & FlowEstimates::at_border) {
        flag("delay_at_border", name, ": the delay of ", result.estimates.time_to_maximum[c],
             " s lies at the end of the range that was searched");
      }
    }
    return result;
  }

 private:
  std::shared_ptr<const detail::DeconvolutionKernel> kernel(const Eigen::VectorXd& arterial, double step) const {
    using Tikhonov = detail::TikhonovDeconvolution;
    using Truncated = detail::TruncatedDeconvolution;
    switch (method) {
      case DeconvolutionMethod::ssvd:
        return std::make_shared<Truncated>(Truncated::standard(arterial, step, ssvd_threshold));
      case DeconvolutionMethod::csvd:
        return std::make_shared<Truncated>(Truncated::circulant(arterial, step, csvd_threshold));
      case DeconvolutionMethod::osvd:
        return std::make_shared<detail::OscillationDeconvolution>(arterial, step, oscillation_index);
      case DeconvolutionMethod::l_curve:
        return std::make_shared<Tikhonov>(arterial, step, Tikhonov::Choice::l_curve, regularisation);
      case DeconvolutionMethod::gcv:
        return std::make_shared<Tikhonov>(arterial, step, Tikhonov::Choice::gcv, regularisation);
      case DeconvolutionMethod::osipi_l_curve:
        if (regularisation) return std::make_shared<Tikhonov>(arterial, step, Tikhonov::Choice::fixed, regularisation);
        return std::make_shared<Tikhonov>(Tikhonov::osipi(arterial, step));
      case DeconvolutionMethod::transit_times:
        break;
    }
    return std::make_shared<detail::TransitTimeDeconvolution>(arterial, step, prior);
  }
};

}  // namespace bolus

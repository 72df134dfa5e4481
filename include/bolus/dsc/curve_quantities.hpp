#pragma once
#include <bolus/dsc/bolus_timing.hpp>
#include <bolus/dsc/integral.hpp>
#include <bolus/dsc/integration_range.hpp>
#include <bolus/dsc/relaxation.hpp>
#include <map>

namespace bolus {

/// Perfusion quantities of each of n curves. What a curve does not have is 0 and flagged dsc.quantity.undefined; what was not
/// asked for, or follows from a signal that was not given, is empty. Definitions are those of `PerfusionQuantity`.
struct CurveMeasures {
  std::vector<std::string> names;  ///< n
  std::vector<BolusTimes> timing;  ///< n
  Eigen::VectorXd snr;             ///< S0 over the standard deviation of the baseline; empty for dR2* curves
  Eigen::VectorXd cnr;             ///< S0 - Smin over the same; empty for dR2* curves
  Eigen::VectorXd time_to_peak;    ///< peak minus arrival, s (CAPLEX Q.CD1.010)
  Eigen::VectorXd delay;           ///< arrival after that of the arterial, else the reference curve, s; empty without either
  Eigen::VectorXd delta_r2s_max;   ///< largest dR2* of the first pass, 1/s
  Eigen::VectorXd auc;             ///< integral of dR2* over the first pass, no unit (CAPLEX Q.CD1.013)
  Eigen::VectorXd FWHM;            ///< full width of the first pass at half its largest dR2*, s
  Eigen::VectorXd wash_in;         ///< slope of dR2* between 20 and 80 % of its peak, 1/s^2 (CAPLEX Q.CD1.011)
  Eigen::VectorXd wash_out;        ///< slope of dR2* from 80 down to 50 % of its peak, 1/s^2, negative (CAPLEX Q.CD1.012)
  Eigen::VectorXd rCBV;            ///< integral of dR2* over the chosen range, no unit
  Eigen::VectorXd nrCBV;           ///< rCBV over that of the reference curve; empty without one
  Eigen::VectorXd CBV;             ///< 100 rCBV over that of the arterial curve, mL/100 mL; empty without one
  Eigen::VectorXd PH;              ///< peak height S0 - Smin, signal units; empty for dR2* curves
  Eigen::VectorXd relative_PH;     ///< PH over that of the reference curve; empty without one
  Eigen::VectorXd PSR;             ///< 100 (Spost - Smin) / (S0 - Smin), never clipped; empty for dR2* curves
  Eigen::VectorXd normalised_PSR;  ///< PSR over that of the reference curve; empty without one
  Eigen::VectorXd log_PSR_ratio;   ///< natural logarithm of the same
  QcFlags
      flags;  ///< of the timing, and dsc.quantity.weak_drop, .undefined, dsc.signal.not_positive, each with the curve's name
};

/// Measures signal or dR2* curves, each with the windows of its own timing: S0 before the bolus, Smin and dR2*max in the first
/// pass, Spost in the plateau. PSR is 100 (Spost - Smin) / (S0 - Smin), never clipped: above 100 % where T1 leakage lifts the
/// signal over its baseline, below 0 where it goes on falling.
struct CurveQuantities {
  std::optional<double> echo_time = {};             ///< TE, s; must be given for signals
  BolusTiming timing = {};                          ///< windows of each curve
  IntegrationRange range = IntegrationRange::full;  ///< samples that make rCBV
  std::string reference_channel = {};  ///< curve that others are set in relation to, e.g. of normal white matter; '' for none
  std::string arterial_channel = {};   ///< curve that CBV and delay refer to; '' for none
  double contrast_threshold = 3.0;     ///< S0 - Smin below this many standard deviations is flagged dsc.quantity.weak_drop

  /// Of each curve of `curves` (quantity signal, or delta_r2s, which may hold concentrations). Throws DataError (normalised
  /// curves, no TE, S0 <= 0, no such channel, an arterial or reference integral <= 0), ShapeError, OptionError.
  CurveMeasures operator()(const CurveSet& curves) const;
};

}  // namespace bolus

#include <bolus/dsc/detail/measure_curves.hpp>

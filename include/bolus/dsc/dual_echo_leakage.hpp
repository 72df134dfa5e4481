#pragma once
#include <bolus/dsc/dual_echo.hpp>
#include <bolus/dsc/leakage_correction.hpp>

namespace bolus {

/// Leakage in two echoes, by the part that acts through T2* and the part that acts through T1.
struct DualEchoLeakageFit {
  DualEchoCurves curves;  ///< the curves that were fitted
  LeakageFit t2_star;     ///< of the dual-echo dR2*: its corrected curves and blood volumes are free of either kind of leakage
  LeakageFit t1;          ///< of what T1 adds to the second echo; K2 of the second echo alone is the sum of both K2
};

/// Leakage correction with two echoes: T1 leakage falls out, T2* leakage is left and corrected by the same model.
struct DualEchoLeakage {
  DualEcho echoes = {};               ///< echo times and baseline
  LeakageCorrection correction = {};  ///< model of the leakage

  /// Signals as for `DualEcho`; `reference` names the curve of tissue that does not enhance, whose dual-echo dR2* is the
  /// reference. Throws as both steps.
  DualEchoLeakageFit operator()(const CurveSet& first, const CurveSet& second, const std::string& reference,
                                const Progress& progress = {}) const {
    DualEchoLeakageFit result;
    result.curves = echoes(first, second);
    const CurveSet& relaxation = result.curves.delta_r2s;
    const Eigen::VectorXd curve = relaxation.values.col(relaxation.channel(reference));
    result.t2_star = correction(relaxation, curve, progress);
    result.t1 = correction(result.curves.t1_delta_r2s, curve, progress);
    return result;
  }
};

}  // namespace bolus

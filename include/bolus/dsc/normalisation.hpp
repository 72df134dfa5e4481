#pragma once
#include <bolus/core/curve_set.hpp>
#include <bolus/dsc/baseline.hpp>
#include <cmath>

namespace bolus {

/// Which samples of a curve give the mean and the standard deviation that normalise it.
enum class NormalisationWindow {
  curve,    ///< all of them, as Choi et al. 2019: takes the depth of the drop out
  baseline  ///< those before the bolus: the drop is then measured in standard deviations of the noise
};

/// z-normalisation of each curve, by its own mean and standard deviation. Over the whole curve (with n) it takes out scanner
/// units and makes curves of different patients comparable, and it takes out the depth of the drop with them: what is left is
/// the shape. Over the baseline (with n - 1) the depth stays, but scales with the signal-to-noise ratio of the region.
struct ZNormalisation {
  NormalisationWindow window = NormalisationWindow::curve;  ///< samples that give mean and standard deviation
  Baseline baseline = {};                                   ///< how the baseline of a signal curve is found

  /// times x channels in any unit -> the same shape without unit. A constant curve becomes zeros and is flagged
  /// dsc.normalisation.constant; a missing one stays missing. By baseline only signals can be normalised, and the flags of the
  /// baselines are passed on. Throws ShapeError and DataError for curves that are not valid, DataError for a baseline of one
  /// sample or without noise.
  CurveSet operator()(const CurveSet& curves) const {
    curves.validate(MissingCurves::allowed);
    detail::require<DataError>(window == NormalisationWindow::curve || curves.quantity == CurveQuantity::signal,
                               "normalisation by baseline needs signal curves; these are dR2* or normalised already");
    CurveSet result = curves;
    result.quantity = CurveQuantity::normalised;
    for (Eigen::Index c = 0; c < curves.values.cols(); ++c) {
      if (curves.missing(c)) continue;
      const std::string& name = curves.names[static_cast<std::size_t>(c)];
      const Eigen::VectorXd curve = curves.values.col(c);
      double mean = curve.mean();
      double deviation = std::sqrt((curve.array() - mean).square().sum() / static_cast<double>(curve.size()));
      if (deviation <= 1e-9 * std::abs(mean) || deviation == 0.0) {
        result.values.col(c).setZero();
        result.flags.push_back({"dsc.normalisation.constant", name + " is constant: it has no shape and becomes zeros"});
        continue;
      }
      if (window == NormalisationWindow::baseline) {
        const auto found = baseline(curve, curves.times);
        for (const auto& flag : found.flags) result.flags.push_back({flag.code, name + ": " + flag.message});
        mean = found.mean;
        deviation = found.standard_deviation;
        detail::require<DataError>(deviation > 1e-9 * std::abs(mean), "curve ", name, ": the baseline of ",
                                   found.last - found.first, " samples has no noise to normalise by; normalise by the curve");
      }
      result.values.col(c) = (curve.array() - mean) / deviation;
    }
    return result;
  }
};

}  // namespace bolus

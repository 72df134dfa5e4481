#pragma once
#include <bolus/core/curve_set.hpp>
#include <cmath>

namespace bolus {

/// z-normalisation of each curve by its own mean and standard deviation (n) over the whole curve, as Choi et al. 2019 feed
/// to the network. It takes out scanner units and makes curves of different patients comparable, and it takes out the
/// depth of the drop with them: what is left is the shape.
struct ZNormalisation {
  /// times x channels in any unit -> the same shape without unit. A constant curve becomes zeros and is flagged
  /// dsc.normalisation.constant. Throws ShapeError and DataError for curves that are not valid.
  CurveSet operator()(const CurveSet& curves) const {
    curves.validate();
    CurveSet result = curves;
    result.quantity = CurveQuantity::normalised;
    for (Eigen::Index c = 0; c < curves.values.cols(); ++c) {
      const double mean = curves.values.col(c).mean();
      const Eigen::VectorXd centred = curves.values.col(c).array() - mean;
      const double deviation = std::sqrt(centred.squaredNorm() / static_cast<double>(centred.size()));
      if (deviation <= 1e-9 * std::abs(mean) || deviation == 0.0) {
        result.values.col(c).setZero();
        result.flags.push_back({"dsc.normalisation.constant",
                                curves.names[static_cast<std::size_t>(c)] + " is constant: it has no shape and becomes zeros"});
      } else {
        result.values.col(c) = centred / deviation;
      }
    }
    return result;
  }
};

}  // namespace bolus

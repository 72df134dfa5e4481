#pragma once
#include <cmath>
#include <string>
#include <vector>

#include <bolus/core/eigen.hpp>
#include <bolus/core/error.hpp>
#include <bolus/core/qc_flag.hpp>

namespace bolus {

/// What the values of a curve are.
enum class CurveQuantity {
  signal,     ///< T2*-weighted signal, scanner units (CAPLEX Q.MS1.001)
  delta_r2s,  ///< change of R2*, 1/s (CAPLEX Q.EL1.009)
  normalised  ///< z-score, no unit
};

/// Whether a set may hold missing curves, see `CurveSet::missing`.
enum class MissingCurves { refused, allowed };

/// One patient's curves on a shared time axis: the regions of the tumour and the arterial input function.
struct CurveSet {
  std::vector<std::string> names;         ///< one per channel, e.g. ET, NET, ED, WT, AIF
  Eigen::VectorXd times;                  ///< s, strictly increasing
  Eigen::MatrixXd values;                 ///< times x channels
  std::vector<std::size_t> voxel_counts;  ///< voxels averaged into each channel; 0: none, or a curve measured as such
  CurveQuantity quantity = CurveQuantity::signal;
  QcFlags flags;
  bool simulated = false;  ///< simulated, not measured

  /// Column of the channel called `name`. Throws DataError naming the channels there are.
  Eigen::Index channel(const std::string& name) const {
    std::string known;
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i] == name) return static_cast<Eigen::Index>(i);
      known += (known.empty() ? "" : ", ") + names[i];
    }
    throw DataError(detail::message("no curve is called '", name, "'; there are: ", known));
  }

  /// Whether a channel is missing: no voxel is behind it (count 0) and every sample is NaN. A region that a patient does
  /// not have can be carried along in this way; a step that needs its values throws.
  bool missing(Eigen::Index channel) const {
    return static_cast<std::size_t>(channel) < voxel_counts.size() && voxel_counts[static_cast<std::size_t>(channel)] == 0 &&
           values.rows() > 0 && values.col(channel).array().isNaN().all();
  }

  /// Throws ShapeError when the parts do not fit, DataError for no time point, times that do not increase, NaN, and for
  /// missing channels unless they are `allowed`.
  void validate(MissingCurves missing_curves = MissingCurves::refused) const {
    detail::require<DataError>(times.size() > 0, "a curve set needs at least one time point");
    detail::require<ShapeError>(values.rows() == times.size(), "curves have ", values.rows(), " samples but there are ",
                                times.size(), " time points");
    detail::require<ShapeError>(values.cols() == static_cast<Eigen::Index>(names.size()), "there are ", values.cols(),
                                " curves but ", names.size(), " names");
    detail::require<ShapeError>(voxel_counts.empty() || voxel_counts.size() == names.size(), "there are ", voxel_counts.size(),
                                " voxel counts for ", names.size(), " curves");
    detail::require<DataError>(times.allFinite(), "the time axis holds NaN or infinity");
    for (Eigen::Index t = 1; t < times.size(); ++t) {
      detail::require<DataError>(times[t] > times[t - 1], "time must increase: sample ", t, " is at ", times[t],
                                 " s, the one before at ", times[t - 1], " s");
    }
    for (Eigen::Index c = 0; c < values.cols(); ++c) {
      if (missing(c)) {
        detail::require<DataError>(missing_curves == MissingCurves::allowed, "curve ", names[static_cast<std::size_t>(c)],
                                   " is missing (no voxel, all NaN): leave it out, or let the whole tumour's curve stand in "
                                   "for it (RegionCurves, empty = whole_tumour)");
        continue;
      }
      for (Eigen::Index t = 0; t < values.rows(); ++t) {
        detail::require<DataError>(std::isfinite(values(t, c)), "curve ", names[static_cast<std::size_t>(c)],
                                   " is not finite at sample ", t, "; repair or drop it first");
      }
    }
  }
};

}  // namespace bolus

#pragma once
#include <bolus/core/curve_set.hpp>
#include <bolus/core/parallel.hpp>
#include <bolus/dsc/bolus_timing.hpp>
#include <bolus/dsc/detail/leakage_result.hpp>
#include <bolus/dsc/detail/leakage_solver.hpp>
#include <bolus/dsc/integration_range.hpp>
#include <optional>

namespace bolus {

/// What happens to contrast agent that has left the vessels.
enum class LeakageModel {
  unidirectional,  ///< it stays: dR2*(t) = K1 r(t) - K2 int r (Boxerman, Schmainda and Weisskoff, AJNR 2006; CAPLEX M.LC1.001)
  bidirectional  ///< it flows back: dR2*(t) = K1 r(t) - K2 int r(t') exp(-kep (t - t')) dt' (Leu et al., AJNR 2016; M.LC1.002)
};

/// What leakage did to each of n curves, and the curves without it. An error is a standard error; it takes the noise of the
/// curve as white and the reference as exact, and leaves out the uncertainty of S0.
struct LeakageFit {
  std::vector<std::string> names;  ///< n
  Eigen::VectorXd k1;              ///< K1, scale of the reference curve in the curve, no unit
  Eigen::VectorXd k1_error;        ///< no unit
  Eigen::VectorXd k2;              ///< K2, 1/s: positive where T1 rules (volume underestimated), negative where T2* does
  Eigen::VectorXd k2_error;        ///< 1/s; with kep fitted, its uncertainty included
  Eigen::VectorXd kep;             ///< 1/s; 0 for the unidirectional model and where K2 is 0
  Eigen::VectorXd kep_error;       ///< 1/s; infinite where the curve says nothing about kep
  Eigen::VectorXd coefficient_of_variation;  ///< of K2 at the kep found, before it was taken as 0
  Eigen::VectorXd noise;                     ///< standard deviation of each curve before the bolus, 1/s
  Eigen::VectorXd residual;                  ///< root mean square of what the model leaves, 1/s
  Eigen::VectorXd blood_volume;              ///< integral of the corrected curve (relative CBV), no unit
  Eigen::VectorXd uncorrected_blood_volume;  ///< integral of the curve as it was, no unit
  double reference_blood_volume = 0.0;       ///< integral of the reference curve over the same samples, no unit
  CurveSet corrected;                        ///< dR2* without leakage, times x n, 1/s
  QcFlags flags;  ///< of the reference's timing, and dsc.leakage.reference, .noise, .insignificant, .misfit, .kep_at_border,
                  ///< .kep_unidentifiable, .constant
};

/// Corrects dR2* curves for contrast agent that leaks out of vessels, which raises the signal through T1 and lowers it through
/// T2*. Each curve is fitted by linear least squares to the mean curve of tissue that does not enhance; kep, where fitted,
/// by variable projection over a grid with refinement.
struct LeakageCorrection {
  LeakageModel model = LeakageModel::unidirectional;      ///< whether leaked agent flows back
  double max_coefficient_of_variation = 1.0;              ///< K2 is taken as 0 where its CV exceeds this; inf: never
  double max_kep = 0.05;                                  ///< 1/s; kep is sought from 0 to this
  IntegrationRange range = IntegrationRange::full;        ///< samples that make the blood volume
  RunningIntegral integral = RunningIntegral::trapezoid;  ///< how int r is taken
  Baseline baseline = {};                                 ///< finds the samples before the bolus in the reference curve
  std::optional<Eigen::Index> first = {};                 ///< first sample that is fitted; that of the baseline when not given
  std::optional<Eigen::Index> last = {};                  ///< one past the last; the end of the series when not given
  int threads = 0;                                        ///< 0: all cores; the result is the same for any number

  /// `delta_r2s`: times x n, 1/s; `reference`: as many samples, mean dR2* of tissue that does not enhance. Throws ShapeError,
  /// DataError (NaN, not dR2*, times that do not increase, a reference that is 0, too few samples), OptionError, Cancelled.
  LeakageFit operator()(const CurveSet& delta_r2s, const Eigen::VectorXd& reference, const Progress& progress = {}) const {
    delta_r2s.validate();
    detail::require<DataError>(delta_r2s.quantity == CurveQuantity::delta_r2s,
                               "leakage is corrected in dR2* curves; turn signals into them with DeltaR2s or DualEcho first");
    LeakageFit result;
    const auto solver = prepare(delta_r2s.times, reference, &result.flags);
    const auto count = static_cast<std::size_t>(delta_r2s.values.cols());
    result.corrected = delta_r2s;
    std::vector<detail::CurveLeakage> fits(count);
    parallel_for(
        count, 64, threads,
        [&](std::size_t begin, std::size_t end) {
          for (std::size_t i = begin; i < end; ++i) {
            const auto column = static_cast<Eigen::Index>(i);
            const Eigen::VectorXd curve = delta_r2s.values.col(column);
            fits[i] = solver(curve);
            if (fits[i].k2 != 0.0) result.corrected.values.col(column) = curve - solver.leaked(fits[i]);
          }
        },
        progress, "leakage correction");
    result.reference_blood_volume = trapezoid(solver.times, reference, solver.volume_first, solver.volume_last);
    detail::collect_leakage(result, fits, delta_r2s.names, solver);
    return result;
  }

  /// The same with the reference among the curves, by its name; it is corrected as well.
  LeakageFit operator()(const CurveSet& delta_r2s, const std::string& reference, const Progress& progress = {}) const {
    return (*this)(delta_r2s, Eigen::VectorXd(delta_r2s.values.col(delta_r2s.channel(reference))), progress);
  }

  /// The same for a matrix of curves (times x n, 1/s) with its time axis in s; the curves are named by their numbers.
  LeakageFit operator()(const Eigen::MatrixXd& delta_r2s, const Eigen::VectorXd& times, const Eigen::VectorXd& reference,
                        const Progress& progress = {}) const {
    CurveSet curves;
    curves.times = times;
    curves.values = delta_r2s;
    curves.quantity = CurveQuantity::delta_r2s;
    for (Eigen::Index i = 0; i < delta_r2s.cols(); ++i) curves.names.push_back(std::to_string(i));
    return (*this)(curves, reference, progress);
  }

  /// Everything that curves with this time axis and reference share, for fitting them one by one. `flags` gets what is doubtful
  /// about the reference. Throws as above.
  detail::LeakageSolver prepare(const Eigen::VectorXd& times, const Eigen::VectorXd& reference,
                                QcFlags* flags = nullptr) const {
    detail::require<OptionError>(max_coefficient_of_variation > 0.0, "max_coefficient_of_variation is ",
                                 max_coefficient_of_variation, "; expected a positive number");
    detail::require<OptionError>(std::isfinite(max_kep) && max_kep > 0.0, "max_kep is ", max_kep,
                                 "; expected a positive number, in 1/s");
    detail::require<ShapeError>(reference.size() == times.size(), "the reference curve has ", reference.size(),
                                " samples but there are ", times.size(), " time points");
    detail::require<DataError>(reference.allFinite(), "the reference curve holds NaN or infinity; repair it first");
    const auto timing = BolusTiming{.baseline = baseline}(-reference, times);
    detail::LeakageSolver solver;
    solver.times = times;
    solver.reference = reference;
    solver.first = first.value_or(timing.baseline.first);
    solver.last = last.value_or(times.size());
    detail::require<OptionError>(solver.first >= 0 && solver.first + 3 <= solver.last && solver.last <= times.size(),
                                 "the samples [", solver.first, ", ", solver.last, ") cannot be fitted in a curve of ",
                                 times.size(), "; expected at least 3 of them");
    solver.noise_first = timing.baseline.first;
    solver.noise_last = timing.found ? timing.baseline.last : timing.baseline.first;
    solver.volume_first = solver.first;
    solver.volume_last = solver.last;
    if (range == IntegrationRange::first_pass && timing.found) {
      solver.volume_first = std::max<Eigen::Index>(timing.arrival - 1, 0);
      solver.volume_last = timing.first_pass_end;
    }
    solver.max_coefficient_of_variation = max_coefficient_of_variation;
    solver.rule = integral;
    solver.prepare(model == LeakageModel::bidirectional ? max_kep : 0.0, 26);
    if (flags) detail::flag_reference(timing, solver, *flags);
    return solver;
  }
};

}  // namespace bolus

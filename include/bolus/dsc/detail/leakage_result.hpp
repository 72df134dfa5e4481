#pragma once
#include <bolus/core/qc_flag.hpp>
#include <bolus/dsc/bolus_timing.hpp>
#include <bolus/dsc/detail/leakage_solver.hpp>
#include <string>
#include <vector>

namespace bolus::detail {

/// What is doubtful about a reference curve: no bolus, one that is cut off, or one that is its own integral's likeness.
inline void flag_reference(const BolusTimes& timing, const LeakageSolver& solver, QcFlags& flags) {
  for (const auto& flag : timing.flags) {
    if (flag.code != "dsc.timing.no_plateau") flags.push_back({flag.code, "reference: " + flag.message});
  }
  const auto doubt = [&](const auto&... parts) { flags.push_back({"dsc.leakage.reference", message(parts...)}); };
  if (!timing.found) {
    doubt("the reference curve holds no bolus: K1 and K2 are fits to its noise or drift, and mean nothing");
  } else if (solver.plain.independent_share < 0.1) {
    doubt("the reference curve resembles its own integral (angle of ", std::asin(solver.plain.independent_share) * 57.29578,
          " degrees): K1 and K2 are hard to tell apart");
  }
  if (solver.noise_last - solver.noise_first < 5) {
    flags.push_back({"dsc.leakage.noise", message("only ", solver.noise_last - solver.noise_first,
                                                  " samples before the bolus: what the fit leaves stands in for the noise")});
  }
}

/// One flag for all curves of which `doubtful` holds, naming the first few.
template <class Doubtful>
void flag_curves(QcFlags& flags, const std::vector<CurveLeakage>& fits, const std::vector<std::string>& names, const char* code,
                 const std::string& meaning, const Doubtful& doubtful) {
  std::size_t count = 0;
  std::string some;
  for (std::size_t i = 0; i < fits.size(); ++i) {
    if (doubtful(fits[i]) && ++count <= 5) some += (count > 1 ? ", " : "") + names[i];
  }
  if (count == 0) return;
  flags.push_back({code, message(count, " of ", fits.size(), " curves (", some, count > 5 ? ", ..." : "", "): ", meaning)});
}

/// Fills a result's vectors and flags from the fits of single curves.
template <class Result>
void collect_leakage(Result& result, const std::vector<CurveLeakage>& fits, const std::vector<std::string>& names,
                     const LeakageSolver& solver) {
  result.names = names;
  const auto take = [&](Eigen::VectorXd& values, double CurveLeakage::* member) {
    values.resize(static_cast<Eigen::Index>(fits.size()));
    for (std::size_t i = 0; i < fits.size(); ++i) values[static_cast<Eigen::Index>(i)] = fits[i].*member;
  };
  take(result.k1, &CurveLeakage::k1);
  take(result.k1_error, &CurveLeakage::k1_error);
  take(result.k2, &CurveLeakage::k2);
  take(result.k2_error, &CurveLeakage::k2_error);
  take(result.kep, &CurveLeakage::kep);
  take(result.kep_error, &CurveLeakage::kep_error);
  take(result.coefficient_of_variation, &CurveLeakage::coefficient_of_variation);
  take(result.noise, &CurveLeakage::noise);
  take(result.residual, &CurveLeakage::residual);
  take(result.blood_volume, &CurveLeakage::corrected_volume);
  take(result.uncorrected_blood_volume, &CurveLeakage::volume);

  const auto flag = [&](const char* code, const std::string& meaning, const auto& doubtful) {
    flag_curves(result.flags, fits, names, code, meaning, doubtful);
  };
  flag("dsc.leakage.constant", "constant, nothing to fit; left as they are", [](const auto& fit) { return fit.constant; });
  flag("dsc.leakage.insignificant",
       message("the coefficient of variation of K2 exceeds ", solver.max_coefficient_of_variation, ": K2 is taken as 0"),
       [](const auto& fit) { return fit.insignificant; });
  flag("dsc.leakage.misfit",
       "the model leaves more than three times the noise: standard errors, which are from the noise, are too small",
       [](const auto& fit) { return fit.residual > 3.0 * fit.noise && !fit.constant && fit.noise > 0.0; });
  if (solver.grid.size() == 0) return;
  flag("dsc.leakage.kep_at_border",
       message("kep is at the border of its range, 0 or ", solver.grid[solver.grid.size() - 1], " 1/s"),
       [](const auto& fit) { return fit.at_border; });
  flag("dsc.leakage.kep_unidentifiable", "the standard error of kep exceeds its whole range: the curve says nothing about it",
       [&](const auto& fit) {
         return !fit.insignificant && !fit.constant && !(fit.kep_error <= solver.grid[solver.grid.size() - 1]);
       });
}

}  // namespace bolus::detail

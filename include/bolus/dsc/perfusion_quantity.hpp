#pragma once
#include <array>
#include <bolus/core/error.hpp>
#include <cstdint>
#include <string_view>

namespace bolus {

/// What can be mapped. Times are s on the time axis of the series unless said otherwise; "pass" is the first pass of the bolus.
enum class PerfusionQuantity : std::uint8_t {
  delta_r2s,        ///< dR2* of every volume, 1/s (CAPLEX Q.EL1.009): a series, not a map
  snr,              ///< S0 over the standard deviation of the baseline
  cnr,              ///< S0 - Smin over the standard deviation of the baseline
  arrival_time,     ///< bolus arrival, s (CAPLEX Q.BA1.001)
  peak_time,        ///< peak of the pass, s
  time_to_peak,     ///< peak minus arrival of the same voxel, s (CAPLEX Q.CD1.010)
  delay,            ///< arrival after that of the arterial input, or of the mean curve without one, s
  delta_r2s_max,    ///< largest dR2* of the pass, 1/s
  auc,              ///< integral of dR2* over the pass of the mean curve, no unit (CAPLEX Q.CD1.013)
  FWHM,             ///< full width of the pass at half its largest dR2*, s
  wash_in,          ///< slope of dR2* between 20 and 80 % of its peak, 1/s^2 (CAPLEX Q.CD1.011)
  wash_out,         ///< slope of dR2* from 80 down to 50 % of its peak, 1/s^2, negative (CAPLEX Q.CD1.012)
  rCBV,             ///< relative blood volume, the integral of dR2*, no unit
  nrCBV,            ///< rCBV over its mean in normal-appearing white matter
  corrected_rCBV,   ///< rCBV without leakage (CAPLEX M.LC1.001 or .002)
  corrected_nrCBV,  ///< corrected rCBV over its mean in normal-appearing white matter
  K1,               ///< scale of the reference curve in the voxel, no unit
  K2,               ///< leakage, 1/s: positive where T1 rules, negative where T2* does
  K2_error,         ///< standard error of K2, 1/s
  kep,              ///< back-flux of the bidirectional leakage model, 1/s
  PH,               ///< peak height S0 - Smin, signal units (after CAPLEX Q.MS1.003)
  relative_PH,      ///< PH over its mean in normal-appearing white matter
  PSR,              ///< percentage of signal recovery, 100 (Spost - Smin) / (S0 - Smin), never clipped (not in CAPLEX)
  normalised_PSR,   ///< PSR over that of normal-appearing white matter
  CBF,              ///< blood flow, mL/100 mL/min (CAPLEX Q.PH1.003)
  CBV,              ///< blood volume by the arterial input, mL/100 mL (CAPLEX Q.PH1.001.[b])
  MTT,              ///< mean transit time CBV / CBF, s (CAPLEX Q.PH1.006.[b])
  Tmax              ///< time of the largest residue, s
};

namespace detail {

struct QuantityFacts {
  std::string_view name, unit;
};
inline constexpr std::array<QuantityFacts, 28> quantity_facts{{{"delta_r2s", "1/s"},
                                                               {"snr", ""},
                                                               {"cnr", ""},
                                                               {"arrival_time", "s"},
                                                               {"peak_time", "s"},
                                                               {"time_to_peak", "s"},
                                                               {"delay", "s"},
                                                               {"delta_r2s_max", "1/s"},
                                                               {"auc", ""},
                                                               {"FWHM", "s"},
                                                               {"wash_in", "1/s^2"},
                                                               {"wash_out", "1/s^2"},
                                                               {"rCBV", ""},
                                                               {"nrCBV", ""},
                                                               {"corrected_rCBV", ""},
                                                               {"corrected_nrCBV", ""},
                                                               {"K1", ""},
                                                               {"K2", "1/s"},
                                                               {"K2_error", "1/s"},
                                                               {"kep", "1/s"},
                                                               {"PH", "signal"},
                                                               {"relative_PH", ""},
                                                               {"PSR", "%"},
                                                               {"normalised_PSR", ""},
                                                               {"CBF", "mL/100 mL/min"},
                                                               {"CBV", "mL/100 mL"},
                                                               {"MTT", "s"},
                                                               {"Tmax", "s"}}};

}  // namespace detail

/// The name of a quantity, as that of its enumerator.
constexpr std::string_view quantity_name(PerfusionQuantity quantity) {
  return detail::quantity_facts[static_cast<std::size_t>(quantity)].name;
}

/// The unit of a quantity; empty where it has none.
constexpr std::string_view quantity_unit(PerfusionQuantity quantity) {
  return detail::quantity_facts[static_cast<std::size_t>(quantity)].unit;
}

}  // namespace bolus

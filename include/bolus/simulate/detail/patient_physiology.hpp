#pragma once
#include <array>
#include <bolus/core/label_map.hpp>
#include <bolus/simulate/demographics.hpp>
#include <bolus/simulate/gradient_echo.hpp>

namespace bolus::detail {

/// What one simulated patient's curves are computed from.
struct PatientPhysiology {
  GammaVariate arterial;
  std::array<TissueParameters, 3> tissues;    ///< ET, NET, ED
  std::array<std::size_t, 3> voxel_counts{};  ///< DSC voxels of ET, NET, ED
  double arterial_share = 0.5;                ///< blood in the voxels of the arterial input; the rest is tissue
  double signal_to_noise = 100.0;             ///< of a region's mean curve
  double drift = 0.0;                         ///< relative change of the signal over the series
};

/// White matter's blood volume, the unit of rCBV, in mL/100 mL.
inline constexpr double white_matter_blood_volume = 2.0;

/// Draws a patient. Blood volumes follow the patient's mean rCBV. Everything else is an assumption: medians are textbook
/// values, spreads are wide, and `effect` moves the medians of wildtype and mutant apart in the direction that Choi et
/// al. 2019 report: wildtype vessels leak more and are slower to clear (Ktrans and MTT up), and the oedema is infiltrated and
/// so better supplied. Grade acts through rCBV and enhancement only.
inline PatientPhysiology draw_physiology(const Demographics& person, double effect, double signal_to_noise,
                                         const RandomStream& random) {
  std::uint64_t draw = 0;
  const auto normal = [&] { return std::clamp(random.normal(draw++), -3.0, 3.0); };
  const auto spread = [&](double median, double sigma) { return median * std::exp(sigma * normal()); };
  const double side = person.idh_mutant ? -effect : effect;
  PatientPhysiology patient;

  // Injection and circulation: arrival, cardiac output (width at constant area), dose.
  patient.arterial.arrival = 14.0 + 12.0 * random.uniform(draw++);
  patient.arterial.alpha = std::clamp(spread(3.0, 0.12), 2.0, 4.5);
  patient.arterial.beta = spread(1.5, 0.15);
  patient.arterial.peak =
      spread(42.0, 0.12) /
      (GammaVariate{.peak = 1.0, .alpha = patient.arterial.alpha, .beta = patient.arterial.beta}.first_pass_integral());
  patient.arterial.recirculation = spread(0.20, 0.20);
  patient.arterial.recirculation_delay = spread(10.0, 0.12);
  patient.arterial.equilibrium = spread(0.09, 0.20);

  // Sizes in DSC voxels of 20 mm^3.
  const double voxels = spread(2500.0, 0.6);
  const double enhancing = person.enhancement ? 0.08 + 0.32 * random.uniform(draw++) : 0.0;
  const double core = (1.0 - enhancing) * (0.2 + 0.3 * random.uniform(draw++));
  const std::array<double, 3> shares{enhancing, core, 1.0 - enhancing - core};
  for (std::size_t r = 0; r < 3; ++r) patient.voxel_counts[r] = static_cast<std::size_t>(shares[r] * voxels);

  // Vessels. The patient's own deviation is shared by the regions, each adds its own.
  const double slow = 0.10 * normal() + 0.20 * side, leaky = 0.45 * normal() + 0.65 * side, infiltrated = 0.15 * side;
  std::array<double, 3> relative{spread(1.6, 0.2), spread(1.1, 0.2), spread(0.65, 0.2) * std::exp(infiltrated)};
  double weighted = 0.0, count = 0.0;
  for (std::size_t r = 0; r < 3; ++r) {
    weighted += relative[r] * static_cast<double>(patient.voxel_counts[r]);
    count += static_cast<double>(patient.voxel_counts[r]);
  }
  constexpr std::array<double, 3> leak{0.06, 0.02, 0.006}, transit{5.5, 5.0, 4.6}, t1{1.3, 1.4, 1.3},
      t2_star{0.060, 0.070, 0.080}, equilibrium{1000.0, 1050.0, 1150.0};
  const double scanner = spread(1.0, 0.3), offset = 0.5 * normal();
  for (std::size_t r = 0; r < 3; ++r) {
    auto& tissue = patient.tissues[r];
    tissue.blood_volume = std::min(60.0, white_matter_blood_volume * person.mean_rcbv * relative[r] * count / weighted);
    tissue.mean_transit_time = transit[r] * std::exp(slow + 0.06 * normal());
    tissue.delay = 1.0 + offset + 0.3 * normal();
    tissue.transfer_constant = (person.enhancement ? 1.0 : 0.15) * leak[r] * std::exp(leaky + 0.2 * normal());
    tissue.extravascular_volume = std::clamp(spread(0.25, 0.25), 0.05, 0.8);
    tissue.t1 = t1[r] * std::exp(0.08 * normal());
    tissue.t2_star = t2_star[r] * std::exp(0.08 * normal());
    tissue.equilibrium_signal = equilibrium[r] * scanner;
  }
  patient.arterial_share = 0.35 + 0.4 * random.uniform(draw++);
  patient.signal_to_noise = spread(signal_to_noise, 0.3);
  patient.drift = 0.006 * normal();
  return patient;
}

}  // namespace bolus::detail

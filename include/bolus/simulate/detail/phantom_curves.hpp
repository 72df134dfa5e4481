#pragma once
#include <bolus/simulate/detail/phantom_composition.hpp>

namespace bolus::detail {

/// The classes that are tissue with capillaries, and their parameters.
struct PhantomTissue {
  TissueClass tissue;
  const TissueParameters* parameters;
};

inline std::array<PhantomTissue, 7> phantom_tissues(const PerfusionPhantom& phantom) {
  return {{{TissueClass::enhancing, &phantom.enhancing},
           {TissueClass::non_enhancing, &phantom.non_enhancing},
           {TissueClass::oedema, &phantom.oedema},
           {TissueClass::white_matter, &phantom.white_matter},
           {TissueClass::grey_matter, &phantom.grey_matter},
           {TissueClass::csf, &phantom.csf},
           {TissueClass::scalp, &phantom.scalp}}};
}

/// The few curves that all voxels are made of.
struct PhantomCurves {
  Eigen::MatrixXd signal;                     ///< time x TissueClass, without noise
  std::array<TissueConcentration, 3> tumour;  ///< of ET, NET, ED, for voxels that differ from their class
  std::array<Eigen::VectorXd, 3> unsteady;    ///< magnetisation of theirs over that of the steady state
};

/// Blood in the veins: that in the arteries, later and smeared.
inline Eigen::VectorXd venous_concentration(const PerfusionPhantom& phantom, const Eigen::VectorXd& times) {
  const TissueParameters whole{.blood_volume = 100.0,  // CBV of 100 %: the concentration in the blood itself
                               .mean_transit_time = std::max(phantom.venous_dispersion, 1e-3),
                               .delay = phantom.venous_delay};
  return TissueModel{.preload = phantom.preload}(phantom.arterial_input, whole, times).vascular;
}

inline PhantomCurves phantom_curves(const PerfusionPhantom& phantom, const Eigen::VectorXd& times) {
  PhantomCurves curves;
  curves.signal.setZero(times.size(), tissue_class_count);
  const auto put = [&](TissueClass tissue, const Eigen::VectorXd& signal) {
    for (Eigen::Index t = 0; t < signal.size(); ++t) curves.signal(t, static_cast<Eigen::Index>(tissue)) = signal[t];
  };
  const TissueModel model{.preload = phantom.preload};
  std::size_t part = 0;
  for (const auto& [tissue, parameters] : phantom_tissues(phantom)) {
    auto concentration = model(phantom.arterial_input, *parameters, times);
    put(tissue, phantom.sequence.tissue(*parameters, concentration));
    if (part >= 3) continue;
    curves.unsteady[part] = phantom.sequence.dummy_scans
                                ? phantom.sequence.steady_state_factors(*parameters, concentration.extravascular)
                                : Eigen::VectorXd::Ones(times.size()).eval();
    curves.tumour[part++] = std::move(concentration);
  }
  const double equilibrium = phantom.white_matter.equilibrium_signal;
  put(TissueClass::artery, phantom.sequence.blood(model.arterial(phantom.arterial_input, times), equilibrium));
  put(TissueClass::vein, phantom.sequence.blood(venous_concentration(phantom, times), equilibrium));
  return curves;
}

/// The true maps of a study from what its voxels hold.
inline void fill_truth_maps(PhantomStudy& study, const std::vector<TissueShares>& shares, const TumourVariation& variation,
                            const PerfusionPhantom& phantom) {
  const Geometry& grid = study.labels.geometry();
  for (auto* map : {&study.blood_volume, &study.blood_flow, &study.mean_transit_time, &study.delay, &study.transfer_constant,
                    &study.artery_share, &study.vein_share, &study.leakage_rate}) {
    *map = Image<float>(grid);
  }
  study.tissue = Image<std::uint8_t>(grid);
  study.blood_variation = Image<float>(grid, 1.0F);
  const auto tissues = phantom_tissues(phantom);
  std::array<double, 7> rates{};
  for (std::size_t k = 0; k < tissues.size(); ++k) {
    study.tissues[k] = *tissues[k].parameters;
    rates[k] = phantom.sequence.leakage_rate(study.tissues[k], phantom.white_matter.blood_volume);
  }
  std::size_t next = 0;
  for (std::size_t v = 0; v < shares.size(); ++v) {
    const bool varied = next < variation.voxels.size() && variation.voxels[next] == v;
    const double blood = varied ? variation.blood[next] : 1.0, leakage = varied ? variation.leakage[next] : 1.0;
    next += varied;
    study.blood_variation.data()[v] = static_cast<float>(blood);
    study.tissue.data()[v] = static_cast<std::uint8_t>(largest_share(shares[v]));
    study.artery_share.data()[v] = shares[v][index_of(TissueClass::artery)];
    study.vein_share.data()[v] = shares[v][index_of(TissueClass::vein)];
    if (!study.brain.data()[v]) continue;
    double volume = 0.0, flow = 0.0, delay = 0.0, transfer = 0.0, rate = 0.0;
    for (std::size_t k = 0; k < 5; ++k) {
      const double share = shares[v][index_of(tissues[k].tissue)];
      const auto& tissue = *tissues[k].parameters;
      const double part = share * tissue.blood_volume * (k < 3 ? blood : 1.0);
      volume += part;
      flow += 60.0 * part / tissue.mean_transit_time;
      delay += part * tissue.delay;
      transfer += share * tissue.transfer_constant * (k < 3 ? leakage : 1.0);
      rate += share * rates[k] * (k < 3 ? leakage : 1.0);
    }
    study.leakage_rate.data()[v] = static_cast<float>(rate);
    study.transfer_constant.data()[v] = static_cast<float>(transfer);
    if (study.arterial.data()[v] || study.veins.data()[v] || volume <= 0.0) continue;
    study.blood_volume.data()[v] = static_cast<float>(volume);
    study.blood_flow.data()[v] = static_cast<float>(flow);
    study.mean_transit_time.data()[v] = static_cast<float>(60.0 * volume / flow);
    study.delay.data()[v] = static_cast<float>(delay / volume);
  }
}

}  // namespace bolus::detail

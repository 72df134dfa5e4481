#pragma once
#include <bolus/dsc/gamma_variate.hpp>
#include <bolus/simulate/detail/convolution.hpp>

namespace bolus {

/// How long contrast agent stays in the capillaries: the share R(t) still there t after arriving, R(0) = 1.
enum class ResidueFunction {
  exponential,  ///< exp(-t / MTT): one well-mixed compartment
  box,          ///< 1 until MTT: all capillaries alike
  gamma         ///< gamma-distributed transit times (Mouridsen et al., MRM 2006): between the other two for shapes from 1 on
};

/// What a tissue is to perfusion imaging. The defaults are normal white matter at 3 T.
struct TissueParameters {
  double blood_volume = 2.0;                               ///< CBV, mL/100 mL (CAPLEX Q.PH1.001.[b])
  double mean_transit_time = 5.0;                          ///< MTT, s (CAPLEX Q.PH1.006.[b])
  double delay = 0.0;                                      ///< arrival after the arterial input function, s (CAPLEX Q.PH1.007)
  ResidueFunction residue = ResidueFunction::exponential;  ///< distribution of transit times
  double transfer_constant = 0.0;      ///< Ktrans, 1/min (CAPLEX Q.PH1.008): 0 with an intact blood-brain barrier
  double extravascular_volume = 0.2;   ///< ve, extravascular extracellular volume fraction
  double t1 = 0.9;                     ///< s, before contrast agent
  double t2_star = 0.05;               ///< s, before contrast agent
  double equilibrium_signal = 1000.0;  ///< signal of full magnetisation at TE = 0, scanner units
  double dispersion = 0.0;             ///< s: mean of the exponential that smears the arterial input on its way to the tissue
  double transit_shape = 3.0;          ///< shape of the gamma distribution of transit times, no unit; 1 is exponential

  /// CBF = CBV / MTT in mL/100 mL/min (central volume theorem; CAPLEX Q.PH1.003).
  double blood_flow() const { return 60.0 * blood_volume / mean_transit_time; }

  /// R(t), the share of agent still in the capillaries `time` s after it arrived there; 0 before.
  double residue_at(double time) const {
    if (time < 0.0) return 0.0;
    const double x = time / mean_transit_time;
    if (residue == ResidueFunction::exponential) return std::exp(-x);
    if (residue == ResidueFunction::box) return x < 1.0 ? 1.0 : 0.0;
    return 1.0 - detail::incomplete_gamma(transit_shape, transit_shape * x);
  }

  /// Throws OptionError for a parameter that is not finite or outside its range.
  void validate() const {
    const auto positive = [](const char* name, double value) {
      detail::require<OptionError>(std::isfinite(value) && value > 0.0, name, " is ", value, "; expected a positive number");
    };
    positive("mean_transit_time", mean_transit_time);
    positive("extravascular_volume", extravascular_volume);
    positive("t1", t1);
    positive("t2_star", t2_star);
    positive("equilibrium_signal", equilibrium_signal);
    detail::require<OptionError>(std::isfinite(blood_volume) && blood_volume >= 0.0 && blood_volume <= 100.0,
                                 "blood_volume is ", blood_volume, "; expected mL/100 mL between 0 and 100");
    detail::require<OptionError>(std::isfinite(delay), "delay is not a finite number of seconds");
    detail::require<OptionError>(std::isfinite(transfer_constant) && transfer_constant >= 0.0, "transfer_constant is ",
                                 transfer_constant, "; expected 0 or more, in 1/min");
    detail::require<OptionError>(std::isfinite(dispersion) && dispersion >= 0.0, "dispersion is ", dispersion,
                                 "; expected 0 or more, in s");
    detail::require<OptionError>(transit_shape >= 0.5 && transit_shape <= 1000.0, "transit_shape is ", transit_shape,
                                 "; expected 0.5 to 1000");
    detail::require<OptionError>(extravascular_volume <= 1.0, "extravascular_volume is ", extravascular_volume,
                                 "; expected a fraction of at most 1");
  }
};

/// An earlier injection of the same agent, as many protocols give it so that leakage shows less in T1.
struct Preload {
  double dose = 0.0;        ///< over that of the main bolus; 0: no preload
  double interval = 360.0;  ///< s from the preload to the main bolus

  /// Throws OptionError.
  void validate() const {
    detail::require<OptionError>(dose >= 0.0 && dose <= 10.0, "the preload's dose is ", dose,
                                 "; expected 0 to 10 times the main one");
    detail::require<OptionError>(interval >= 30.0 && interval <= 3600.0, "the preload's interval is ", interval,
                                 "; expected 30 to 3600 s");
  }
};

/// Contrast agent in a tissue over time, in mmol per litre of tissue.
struct TissueConcentration {
  Eigen::VectorXd vascular;       ///< in its capillaries
  Eigen::VectorXd extravascular;  ///< leaked out of them
};

/// Concentration in tissue from the arterial one: C = CBF Ca * R in the capillaries (Meier and Zierler 1954, Ostergaard et al.,
/// MRM 1996; density and haematocrit ratios taken as 1, so that the areas of C and Ca differ by CBV), and extended Tofts
/// for what leaks, Ce = Ktrans Ca / (1 - Hct) * exp(-Ktrans t / ve) (Tofts et al., JMRI 1999). Both start from the arterial
/// input delayed and, where the tissue has a dispersion, convolved with exp(-t / dispersion) / dispersion (Calamante et al.,
/// MRM 2000).
struct TissueModel {
  double haematocrit = 0.42;  ///< share of red cells in blood; only plasma leaks
  double step = 0.1;          ///< s between the samples of the inner grid, on which the convolution is exact
  Preload preload = {};       ///< what an earlier injection has left is there from the start

  /// Arterial concentration at `times` (s), mM, with what the preload has left. Throws OptionError.
  Eigen::VectorXd arterial(const GammaVariate& bolus, const Eigen::VectorXd& times) const {
    preload.validate();
    Eigen::VectorXd result = bolus(times);
    if (preload.dose > 0.0) {
      for (Eigen::Index t = 0; t < times.size(); ++t) result[t] += preload.dose * bolus(times[t] + preload.interval);
    }
    return result;
  }

  /// At `times` (s, increasing), n values each. Throws OptionError and DataError.
  TissueConcentration operator()(const GammaVariate& arterial_input, const TissueParameters& tissue,
                                 const Eigen::VectorXd& times) const {
    arterial_input.validate();
    preload.validate();
    detail::require<OptionError>(std::isfinite(step) && step > 0.0, "step is ", step,
                                 "; expected a positive number of seconds");
    detail::require<DataError>(times.size() > 0 && times.allFinite(), "the time axis is empty or not finite");
    const double start = arterial_input.arrival - (preload.dose > 0.0 ? preload.interval : 0.0);
    const double end = times.maxCoeff() - start - std::min(tissue.delay, 0.0);
    detail::require<DataError>(end / step < 1e7, "the series reaches ", end, " s past the arrival: too long for a step of ",
                               step, " s");
    const auto count = static_cast<Eigen::Index>(std::max(0.0, end) / step) + 2;
    Eigen::VectorXd input(count);
    for (Eigen::Index i = 0; i < count; ++i) {
      const double at = start + step * static_cast<double>(i);
      input[i] = arterial_input(at);
      if (preload.dose > 0.0) input[i] += preload.dose * arterial_input(at + preload.interval);
    }
    return from_samples(input, start, tissue, times);
  }

  /// The same for an arterial concentration given as samples `step` apart from `start` s on (at least 2).
  TissueConcentration from_samples(const Eigen::VectorXd& input, double start, const TissueParameters& tissue,
                                   const Eigen::VectorXd& times) const {
    tissue.validate();
    detail::require<ShapeError>(input.size() >= 2, "the arterial input has ", input.size(), " samples; expected at least 2");
    detail::require<OptionError>(haematocrit >= 0.0 && haematocrit < 1.0, "haematocrit is ", haematocrit,
                                 "; expected a fraction in [0, 1)");
    const double flow = tissue.blood_volume / 100.0 / tissue.mean_transit_time;  // 1/s
    const bool smeared = tissue.dispersion > 0.0;
    const Eigen::VectorXd dispersed =
        smeared ? Eigen::VectorXd(detail::convolve_exponential(input, step, 1.0 / tissue.dispersion) / tissue.dispersion)
                : Eigen::VectorXd();
    const Eigen::VectorXd& supply = smeared ? dispersed : input;
    Eigen::VectorXd vascular;
    switch (tissue.residue) {
      case ResidueFunction::exponential:
        vascular = detail::convolve_exponential(supply, step, 1.0 / tissue.mean_transit_time);
        break;
      case ResidueFunction::box:
        vascular = detail::convolve_box(supply, step, tissue.mean_transit_time);
        break;
      case ResidueFunction::gamma:
        vascular = detail::convolve_gamma(supply, step, tissue.mean_transit_time, tissue.transit_shape);
        break;
    }
    vascular *= flow;
    TissueConcentration result{Eigen::VectorXd(times.size()), Eigen::VectorXd::Zero(times.size())};
    for (Eigen::Index t = 0; t < times.size(); ++t) {
      result.vascular[t] = detail::interpolate(vascular, start + tissue.delay, step, times[t]);
    }
    if (tissue.transfer_constant > 0.0) {
      const double transfer = tissue.transfer_constant / 60.0;  // 1/s
      const Eigen::VectorXd leaked =
          transfer / (1.0 - haematocrit) * detail::convolve_exponential(supply, step, transfer / tissue.extravascular_volume);
      for (Eigen::Index t = 0; t < times.size(); ++t) {
        result.extravascular[t] = detail::interpolate(leaked, start + tissue.delay, step, times[t]);
      }
    }
    return result;
  }
};

}  // namespace bolus

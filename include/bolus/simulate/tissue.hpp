#pragma once
#include <bolus/simulate/detail/convolution.hpp>
#include <bolus/dsc/gamma_variate.hpp>

namespace bolus {

/// How long contrast agent stays in the capillaries: the share R(t) still there t after arriving, R(0) = 1.
enum class ResidueFunction {
  exponential,  ///< exp(-t / MTT): one well-mixed compartment
  box           ///< 1 until MTT: all capillaries alike
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

  /// CBF = CBV / MTT in mL/100 mL/min (central volume theorem; CAPLEX Q.PH1.003).
  double blood_flow() const { return 60.0 * blood_volume / mean_transit_time; }

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
    detail::require<OptionError>(extravascular_volume <= 1.0, "extravascular_volume is ", extravascular_volume,
                                 "; expected a fraction of at most 1");
  }
};

/// Contrast agent in a tissue over time, in mmol per litre of tissue.
struct TissueConcentration {
  Eigen::VectorXd vascular;       ///< in its capillaries
  Eigen::VectorXd extravascular;  ///< leaked out of them
};

/// Concentration in tissue from the arterial one: C = CBF Ca * R in the capillaries (Meier and Zierler 1954, Ostergaard et al.,
/// MRM 1996; density and haematocrit ratios taken as 1, so that the areas of C and Ca differ by CBV), and extended Tofts
/// for what leaks, Ce = Ktrans Ca / (1 - Hct) * exp(-Ktrans t / ve) (Tofts et al., JMRI 1999).
struct TissueModel {
  double haematocrit = 0.42;  ///< share of red cells in blood; only plasma leaks
  double step = 0.1;          ///< s between the samples of the inner grid, on which the convolution is exact

  /// At `times` (s, increasing), n values each. Throws OptionError and DataError.
  TissueConcentration operator()(const GammaVariate& arterial, const TissueParameters& tissue,
                                 const Eigen::VectorXd& times) const {
    arterial.validate();
    detail::require<OptionError>(std::isfinite(step) && step > 0.0, "step is ", step,
                                 "; expected a positive number of seconds");
    detail::require<DataError>(times.size() > 0 && times.allFinite(), "the time axis is empty or not finite");
    const double end = times.maxCoeff() - arterial.arrival - std::min(tissue.delay, 0.0);
    detail::require<DataError>(end / step < 1e7, "the series reaches ", end, " s past the arrival: too long for a step of ",
                               step, " s");
    const auto count = static_cast<Eigen::Index>(std::max(0.0, end) / step) + 2;
    Eigen::VectorXd input(count);
    for (Eigen::Index i = 0; i < count; ++i) input[i] = arterial(arterial.arrival + step * static_cast<double>(i));
    return from_samples(input, arterial.arrival, tissue, times);
  }

  /// The same for an arterial concentration given as samples `step` apart from `start` s on (at least 2).
  TissueConcentration from_samples(const Eigen::VectorXd& input, double start, const TissueParameters& tissue,
                                   const Eigen::VectorXd& times) const {
    tissue.validate();
    detail::require<ShapeError>(input.size() >= 2, "the arterial input has ", input.size(), " samples; expected at least 2");
    detail::require<OptionError>(haematocrit >= 0.0 && haematocrit < 1.0, "haematocrit is ", haematocrit,
                                 "; expected a fraction in [0, 1)");
    const double flow = tissue.blood_volume / 100.0 / tissue.mean_transit_time;  // 1/s
    const Eigen::VectorXd vascular = flow * (tissue.residue == ResidueFunction::exponential
                                                 ? detail::convolve_exponential(input, step, 1.0 / tissue.mean_transit_time)
                                                 : detail::convolve_box(input, step, tissue.mean_transit_time));
    TissueConcentration result{Eigen::VectorXd(times.size()), Eigen::VectorXd::Zero(times.size())};
    for (Eigen::Index t = 0; t < times.size(); ++t) {
      result.vascular[t] = detail::interpolate(vascular, start + tissue.delay, step, times[t]);
    }
    if (tissue.transfer_constant > 0.0) {
      const double transfer = tissue.transfer_constant / 60.0;  // 1/s
      const Eigen::VectorXd leaked =
          transfer / (1.0 - haematocrit) * detail::convolve_exponential(input, step, transfer / tissue.extravascular_volume);
      for (Eigen::Index t = 0; t < times.size(); ++t) {
        result.extravascular[t] = detail::interpolate(leaked, start + tissue.delay, step, times[t]);
      }
    }
    return result;
  }
};

}  // namespace bolus

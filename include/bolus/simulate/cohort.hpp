#pragma once
#include <bolus/core/parallel.hpp>
#include <bolus/core/provenance.hpp>
#include <bolus/dsc/normalisation.hpp>
#include <bolus/dsc/sliding_windows.hpp>
#include <bolus/simulate/detail/patient_physiology.hpp>
#include <bolus/simulate/scan_protocol.hpp>
#include <cmath>
#include <string>
#include <vector>

namespace bolus {

/// A patient who does not exist, with the truth behind the curves.
struct SimulatedPatient {
  std::string id;                         ///< sim-0001 and so on
  Demographics demographics;              ///< grade, genotype, age, sex, enhancement, true mean rCBV
  ScanProtocol protocol;                  ///< how the patient was scanned
  GammaVariate arterial;                  ///< true arterial concentration, mM
  std::vector<TissueParameters> tissues;  ///< truth for ET, NET, ED
  CurveSet curves;  ///< signal of ET, NET, ED, WT, AIF; ET is WT (flagged) in a tumour without enhancement
};

/// What the samples of a cohort are labelled with.
enum class Target {
  idh,        ///< 1: IDH-mutant, 0: wildtype; all patients
  codeletion  ///< 1: 1p/19q codeleted, 0: not; IDH-mutant patients alone, as the second model of Choi et al. 2019
};

/// Simulated patients, and the input of the model made from them.
struct SimulatedCohort {
  std::vector<SimulatedPatient> patients;
  Provenance provenance;  ///< always marked as simulated

  /// The windows of the target's patients in order, curves z-normalised as in Choi et al. 2019, labelled with the target.
  /// Throws what SlidingWindows throws; DataError or ShapeError where protocols differ in TR or volumes (resample the curves
  /// first), and DataError where no patient has an IDH mutation and codeletion is the target.
  Dataset dataset(const SlidingWindows& windows = {}, Target target = Target::idh) const {
    std::vector<Dataset> parts;
    parts.reserve(patients.size());
    for (const auto& patient : patients) {
      const auto& person = patient.demographics;
      if (target == Target::codeletion && !person.idh_mutant) continue;
      const bool positive = target == Target::idh ? person.idh_mutant : person.codeleted;
      parts.push_back(windows(ZNormalisation{}(patient.curves), patient.id, positive ? 1 : 0));
    }
    detail::require<DataError>(!parts.empty(), "the cohort has no patient for this target; 1p/19q needs IDH-mutant patients");
    return join_datasets(parts);
  }
};

/// Simulates a cohort with the demographics and blood volumes of Choi et al. 2019 and curves from tracer kinetics and the
/// physics of the signal. Counts, ages, sexes and rCBV are published; how much permeability and transit separate the
/// genotypes beyond rCBV is not, and is the one free parameter `genotype_effect`. Its default was set so that a linear
/// classifier on z-normalised curves, aligned to the arterial bolus, has a cross-validated AUC near the 0.96 that the paper
/// reports for its network: an AUC near that on this cohort was put in, not found. Results on it show that software works,
/// and nothing about patients.
struct CohortSimulator {
  std::size_t patients = 463;      ///< 463 gives the published groups exactly; other numbers scale them
  std::uint64_t seed = 0;          ///< same seed, same cohort, on any number of threads
  std::size_t volumes = 60;        ///< samples of each curve
  double time_step = 1.5;          ///< TR, s
  double genotype_effect = 1.0;    ///< 0: genotypes differ in rCBV and age only; 1: the default separation
  double signal_to_noise = 120.0;  ///< median over patients, of a region's mean curve before the bolus
  std::vector<ScanProtocol> protocols = default_scan_protocols();  ///< given out independently of the genotype
  int threads = 0;                                                 ///< 0: all cores
  double age_rcbv_correlation = 0.0;  ///< of age and rCBV within each grade and genotype; not published, so none by default
  double codeletion_rcbv_correlation = 0.0;  ///< of 1p/19q codeletion and rCBV within the mutants of each grade; 0: curves do
                                             ///< not depend on codeletion, so nothing can be learnt about it from them

  /// Throws OptionError for options outside their range.
  SimulatedCohort operator()(const Progress& progress = {}) const {
    const auto countable = [](std::size_t count) {
      detail::require<OptionError>(count >= 10 && count <= 100000, "volumes is ", count, "; expected 10 to 100000");
    };
    countable(volumes);
    for (const auto& protocol : protocols) countable(protocol.volumes.value_or(volumes));
    detail::require<OptionError>(std::isfinite(time_step) && time_step > 0.0 && time_step < 100.0, "time_step is ", time_step,
                                 "; expected a positive number of seconds");
    detail::require<OptionError>(std::isfinite(genotype_effect) && genotype_effect >= 0.0 && genotype_effect <= 5.0,
                                 "genotype_effect is ", genotype_effect, "; expected a number between 0 and 5");
    detail::require<OptionError>(signal_to_noise > 0.0, "signal_to_noise is ", signal_to_noise, "; expected a positive number");
    detail::require<OptionError>(!protocols.empty(), "there is no protocol to scan with");
    const auto people = draw_demographics(patients, seed, age_rcbv_correlation, codeletion_rcbv_correlation);
    const auto assigned = assign_protocols(people);
    SimulatedCohort cohort;
    cohort.patients.resize(patients);
    parallel_for(
        patients, 8, threads,
        [&](std::size_t begin, std::size_t end) {
          for (std::size_t p = begin; p < end; ++p) {
            cohort.patients[p] = simulate(people[p], protocols[assigned[p]], p);
          }
        },
        progress, "simulating patients");
    cohort.provenance.step = "simulate_cohort";
    cohort.provenance.simulated = true;
    cohort.provenance.seed = seed;
    cohort.provenance.options = {{"patients", std::to_string(patients)},
                                 {"volumes", std::to_string(volumes)},
                                 {"time_step", detail::message(time_step)},
                                 {"genotype_effect", detail::message(genotype_effect)},
                                 {"signal_to_noise", detail::message(signal_to_noise)},
                                 {"age_rcbv_correlation", detail::message(age_rcbv_correlation)}};
    if (codeletion_rcbv_correlation != 0.0) {
      cohort.provenance.options["codeletion_rcbv_correlation"] = detail::message(codeletion_rcbv_correlation);
    }
    return cohort;
  }

 private:
  /// Protocols in their shares within each genotype, so that they tell nothing about it.
  std::vector<std::size_t> assign_protocols(const std::vector<Demographics>& people) const {
    std::vector<double> shares;
    for (const auto& protocol : protocols) {
      protocol.sequence(time_step).validate();
      Preload{.dose = protocol.preload}.validate();
      detail::require<OptionError>(protocol.share > 0.0, "the share of protocol ", protocol.name, " is ", protocol.share,
                                   "; expected a positive number");
      shares.push_back(protocol.share);
    }
    std::vector<std::size_t> assigned(people.size());
    for (const bool mutant : {false, true}) {
      std::vector<std::size_t> members;
      for (std::size_t p = 0; p < people.size(); ++p) {
        if (people[p].idh_mutant == mutant) members.push_back(p);
      }
      const auto counts = detail::share_out(members.size(), shares);
      const auto order = RandomStream(seed, detail::protocol_stream).permutation(members.size(), mutant ? 1U << 24 : 0);
      std::size_t next = 0;
      for (std::size_t k = 0; k < counts.size(); ++k) {
        for (std::size_t i = 0; i < counts[k]; ++i) assigned[members[order[next++]]] = k;
      }
    }
    return assigned;
  }

  SimulatedPatient simulate(const Demographics& person, const ScanProtocol& protocol, std::size_t index) const {
    const RandomStream random(seed, detail::first_patient_stream + 2 * index),
        noise(seed, detail::first_patient_stream + 2 * index + 1);
    const auto physiology = detail::draw_physiology(person, genotype_effect, signal_to_noise, random);
    SimulatedPatient patient{"sim-" + padded(index + 1),
                             person,
                             protocol,
                             physiology.arterial,
                             {physiology.tissues.begin(), physiology.tissues.end()},
                             {}};
    const auto count = static_cast<Eigen::Index>(protocol.volumes.value_or(volumes));
    const auto sequence = protocol.sequence(time_step);
    const TissueModel model{.preload = {.dose = protocol.preload}};
    auto& curves = patient.curves;
    curves.simulated = true;
    curves.names = {"ET", "NET", "ED", "WT", "AIF"};
    curves.times = Eigen::VectorXd::LinSpaced(count, 0.0, sequence.repetition_time * static_cast<double>(count - 1));
    curves.values.setZero(count, 5);
    const Eigen::ArrayXd drift = 1.0 + physiology.drift * (curves.times.array() / curves.times[count - 1] - 0.5);
    const auto noisy = [&](const Eigen::VectorXd& signal, double relative, Eigen::Index channel) {
      for (Eigen::Index t = 0; t < count; ++t) {
        const double value =
            drift[t] * signal[t] + relative * signal[0] * noise.normal(static_cast<std::uint64_t>(channel * count + t));
        curves.values(t, channel) = std::max(value, 1e-3 * signal[0]);  // a magnitude image is never 0 or less
      }
    };
    std::size_t whole = 0;
    for (std::size_t r = 0; r < 3; ++r) {
      const auto concentration = model(physiology.arterial, physiology.tissues[r], curves.times);
      noisy(sequence.tissue(physiology.tissues[r], concentration), 1.0 / physiology.signal_to_noise,
            static_cast<Eigen::Index>(r));
      curves.values.col(3) += static_cast<double>(physiology.voxel_counts[r]) * curves.values.col(static_cast<Eigen::Index>(r));
      whole += physiology.voxel_counts[r];
    }
    curves.values.col(3) /= static_cast<double>(whole);
    if (physiology.voxel_counts[0] == 0) {
      curves.values.col(0) = curves.values.col(3);
      curves.flags.push_back({"dsc.region.empty", "ET has no voxel: the whole tumour's curve stands in for it"});
    }
    // Arterial voxels hold blood and tissue around it (here like white matter).
    TissueParameters around;
    around.equilibrium_signal = physiology.tissues[0].equilibrium_signal;
    const Eigen::VectorXd blood = sequence.blood(model.arterial(physiology.arterial, curves.times), around.equilibrium_signal);
    const Eigen::VectorXd tissue = sequence.tissue(around, model(physiology.arterial, around, curves.times));
    noisy(physiology.arterial_share * blood + (1.0 - physiology.arterial_share) * tissue, 2.0 / physiology.signal_to_noise, 4);
    curves.voxel_counts = {physiology.voxel_counts[0], physiology.voxel_counts[1], physiology.voxel_counts[2], whole, 0};
    return patient;
  }

  static std::string padded(std::size_t number) {
    const std::string digits = std::to_string(number);
    return std::string(digits.size() < 4 ? 4 - digits.size() : 0, '0') + digits;
  }
};

}  // namespace bolus

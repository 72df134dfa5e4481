// Simulation: tracer kinetics, gradient-echo signal and cohort. The head and the phantom are in simulate_head.cpp.
#include <bolus/simulate/cohort.hpp>

#include "arrays.hpp"
#include "progress.hpp"
#include "simulate.hpp"

BOLUS_STRING_ENUM(bolus::ResidueFunction, "residue", "typing.Literal['exponential', 'box', 'gamma']",
                  std::string_view("exponential"), std::string_view("box"), std::string_view("gamma"))
BOLUS_STRING_ENUM(bolus::BloodRelaxation, "blood", "typing.Literal['quadratic', 'linear']", std::string_view("quadratic"),
                  std::string_view("linear"))

BOLUS_STRING_ENUM(bolus::Target, "target", "typing.Literal['idh', 'codeletion']", std::string_view("idh"),
                  std::string_view("codeletion"))

namespace {

using namespace bolus;
using Released = py::call_guard<py::gil_scoped_release>;

void bind_kinetics(py::module_& m) {
  py::class_<TissueParameters> tissue(m, "TissueParameters",
                                      R"(What a tissue is to perfusion imaging; by default white matter at 3 T.

Parameters
----------
blood_volume : float
    CBV, mL/100 mL.
mean_transit_time : float
    MTT, s.
delay : float
    Arrival after the arterial input function, s.
residue : {'exponential', 'box', 'gamma'}
    Distribution of transit times.
transfer_constant : float
    Ktrans, 1/min; 0 with an intact blood-brain barrier.
extravascular_volume : float
    ve, a fraction.
t1, t2_star : float
    s, before contrast agent.
equilibrium_signal : float
    Scanner units.
dispersion : float
    s: mean of the exponential that smears the arterial input on its way to the tissue.
transit_shape : float
    Shape of the gamma distribution of transit times; 1 is exponential.
)");
  add_options(tissue, "TissueParameters", Field{"blood_volume", &TissueParameters::blood_volume, "mL/100 mL"},
              Field{"mean_transit_time", &TissueParameters::mean_transit_time, "s"},
              Field{"delay", &TissueParameters::delay, "s"},
              Field{"residue", &TissueParameters::residue, "'exponential', 'box' or 'gamma'"},
              Field{"transfer_constant", &TissueParameters::transfer_constant, "1/min"},
              Field{"extravascular_volume", &TissueParameters::extravascular_volume, "Fraction."},
              Field{"t1", &TissueParameters::t1, "s"}, Field{"t2_star", &TissueParameters::t2_star, "s"},
              Field{"equilibrium_signal", &TissueParameters::equilibrium_signal, "Scanner units."},
              Field{"dispersion", &TissueParameters::dispersion, "s"},
              Field{"transit_shape", &TissueParameters::transit_shape, "Of the gamma distribution."});
  tissue.def_property_readonly("blood_flow", &TissueParameters::blood_flow, "CBF, mL/100 mL/min.")
      .def("residue_at", py::vectorize(&TissueParameters::residue_at), "time"_a,
           "R(t): share of agent still in the capillaries `time` s after it arrived there; 0 before.");

  py::class_<Preload> preload(m, "Preload", R"(An earlier injection of the same agent.

Parameters
----------
dose : float
    Over that of the main bolus; 0: no preload.
interval : float
    s from the preload to the main bolus.
)");
  add_options(preload, "Preload", Field{"dose", &Preload::dose, "Over the main bolus's."},
              Field{"interval", &Preload::interval, "s"});

  py::class_<TissueConcentration> concentration(m, "TissueConcentration",
                                                "Contrast agent in a tissue over time, mmol/L of tissue.");
  add_results(concentration, "TissueConcentration",
              Field{"vascular", &TissueConcentration::vascular, "In the capillaries (t,)."},
              Field{"extravascular", &TissueConcentration::extravascular, "Leaked out of them (t,)."});
  concentration
      .def("to_frame",
           [](const TissueConcentration& c) {
             return data_frame(py::dict("vascular"_a = c.vascular, "extravascular"_a = c.extravascular));
           })
      .def("__repr__", [](const TissueConcentration& c) {
        return detail::message("TissueConcentration(", c.vascular.size(), " time points)");
      });
  add_html(concentration);
  py::class_<TissueModel> model(m, "TissueModel",
                                R"(Concentration in tissue from the arterial one: CBF Ca * R, and extended Tofts for leakage.

Parameters
----------
haematocrit : float
    Share of red cells in blood; only plasma leaks.
step : float
    s between the samples of the inner grid.
preload : Preload
    What an earlier injection has left is there from the start.
)");
  add_options(model, "TissueModel", Field{"haematocrit", &TissueModel::haematocrit, "Fraction."},
              Field{"step", &TissueModel::step, "s"}, Field{"preload", &TissueModel::preload, "An earlier injection."});
  model
      .def("__call__", &TissueModel::operator(), "arterial"_a, "tissue"_a, "times"_a, Released(),
           "TissueConcentration at `times` (s). Raises OptionError, DataError.")
      .def("arterial", &TissueModel::arterial, "bolus"_a, "times"_a, Released(),
           "Arterial concentration (t,) in mM, with what the preload has left.")
      .def("from_samples", &TissueModel::from_samples, "input"_a, "start"_a, "tissue"_a, "times"_a, Released(),
           "TissueConcentration for an arterial concentration given as samples `step` s apart from `start` s on.");
}

void bind_signal(py::module_& m) {
  py::class_<Relaxivity> relaxivity(m, "Relaxivity", R"(How strongly contrast agent changes relaxation; by default at 3 T.

Parameters
----------
r1 : float
    1/(s mM), of extravascular agent.
r2_star_vascular, r2_star_extravascular : float
    1/(s mM), per mmol per litre of tissue.
blood_linear, blood_quadratic : float
    1/(s mM) and 1/(s mM^2), in arterial blood.
)");
  add_options(relaxivity, "Relaxivity", Field{"r1", &Relaxivity::r1, "1/(s mM)"},
              Field{"r2_star_vascular", &Relaxivity::r2_star_vascular, "1/(s mM)"},
              Field{"r2_star_extravascular", &Relaxivity::r2_star_extravascular, "1/(s mM)"},
              Field{"blood_linear", &Relaxivity::blood_linear, "1/(s mM)"},
              Field{"blood_quadratic", &Relaxivity::blood_quadratic, "1/(s mM^2)"});
  relaxivity.def_static("at_field", &Relaxivity::at_field, "field_strength"_a, "blood"_a = BloodRelaxation::quadratic,
                        "The values for a field strength in T; blood 'quadratic' or 'linear' (the same R2* at 6 mM).");

  py::class_<GradientEcho> sequence(m, "GradientEcho", R"(Signal of a spoiled gradient-echo (EPI) sequence.

Parameters
----------
echo_time, repetition_time : float
    s.
flip_angle : float
    Degrees.
relaxivity : Relaxivity
    Of the contrast agent at the field strength.
dummy_scans : int, optional
    Excitations before the first sample of a series, from 0 on: its first samples are then brighter. None: the steady state is
    reached.
)");
  add_options(sequence, "GradientEcho", Field{"echo_time", &GradientEcho::echo_time, "s"},
              Field{"repetition_time", &GradientEcho::repetition_time, "s"},
              Field{"flip_angle", &GradientEcho::flip_angle, "Degrees."},
              Field{"relaxivity", &GradientEcho::relaxivity, "Of the contrast agent."},
              Field{"dummy_scans", &GradientEcho::dummy_scans, "Excitations before the first sample, or None."});
  sequence
      .def("signal", &GradientEcho::signal, "equilibrium_signal"_a, "r1"_a, "r2_star"_a, "Signal for relaxation rates in 1/s.")
      .def("tissue", &GradientEcho::tissue, "parameters"_a, "concentration"_a,
           "Signal (t,) of a tissue with contrast agent in it.")
      .def("tissue_signal", &GradientEcho::tissue_signal, "parameters"_a, "vascular"_a, "extravascular"_a,
           "Signal of a tissue in the steady state with agent (mM of tissue) inside and outside its capillaries.")
      .def("steady_state_factors", &GradientEcho::steady_state_factors, "parameters"_a, "extravascular"_a,
           "Longitudinal magnetisation over that of the steady state in each sample (t,).")
      .def("leakage_relaxivity", &GradientEcho::leakage_relaxivity, "t1"_a,
           "Change of the apparent dR2* per mM of agent outside the capillaries, 1/(s mM); below 0, T1 wins.")
      .def("leakage_rate", &GradientEcho::leakage_rate, "tissue"_a, "reference_blood_volume"_a, "haematocrit"_a = 0.42,
           "K2 (1/s) of a tissue's leakage to first order; above 0 where T1 wins.")
      .def("blood", &GradientEcho::blood, "concentration"_a, "equilibrium_signal"_a, "r1"_a = 0.6, "r2_star"_a = 15.0,
           "Signal (t,) of arterial blood with a concentration in mM.");

  py::class_<ScanProtocol> protocol(m, "ScanProtocol", R"(A DSC protocol of a simulated cohort.

Parameters
----------
name : str
field_strength : float
    T.
echo_time : float
    s.
flip_angle : float
    Degrees.
share : float
    Of the patients, relative to the other protocols.
repetition_time : float, optional
    TR, s; the cohort's `time_step` when None.
volumes : int, optional
    Samples of each curve; those of the cohort when None.
preload : float
    Dose of an earlier injection over that of the main one.
)");
  add_options(protocol, "ScanProtocol", Field{"name", &ScanProtocol::name, ""},
              Field{"field_strength", &ScanProtocol::field_strength, "T"}, Field{"echo_time", &ScanProtocol::echo_time, "s"},
              Field{"flip_angle", &ScanProtocol::flip_angle, "Degrees."},
              Field{"share", &ScanProtocol::share, "Of the patients."},
              Field{"repetition_time", &ScanProtocol::repetition_time, "s, or None."},
              Field{"volumes", &ScanProtocol::volumes, "Samples, or None."},
              Field{"preload", &ScanProtocol::preload, "Dose over the main one's."});
  protocol.def("sequence", &ScanProtocol::sequence, "time_step"_a,
               "The GradientEcho at its own repetition time, or else at `time_step` s.");
  m.def("default_scan_protocols", &default_scan_protocols, "Three typical protocols at 1.5 and 3 T (an assumption).");
}

py::object cohort_frame(const SimulatedCohort& cohort) {
  py::list id, grade, mutant, codeleted, age, sex, enhancement, rcbv, protocol, field;
  for (const auto& patient : cohort.patients) {
    const auto& person = patient.demographics;
    id.append(patient.id);
    grade.append(person.grade);
    mutant.append(person.idh_mutant);
    codeleted.append(person.codeleted);
    age.append(person.age);
    sex.append(person.male ? "male" : "female");
    enhancement.append(person.enhancement);
    rcbv.append(person.mean_rcbv);
    protocol.append(patient.protocol.name);
    field.append(patient.protocol.field_strength);
  }
  return data_frame(py::dict("patient"_a = id, "grade"_a = grade, "idh_mutant"_a = mutant, "codeleted"_a = codeleted,
                             "age"_a = age, "sex"_a = sex, "enhancement"_a = enhancement, "mean_rcbv"_a = rcbv,
                             "protocol"_a = protocol, "field_strength"_a = field));
}

void bind_cohort(py::module_& m) {
  py::class_<Demographics> person(m, "Demographics", "What is known about a patient besides images.");
  add_options(person, "Demographics", Field{"grade", &Demographics::grade, "WHO grade, 2 to 4."},
              Field{"idh_mutant", &Demographics::idh_mutant, "IDH genotype."},
              Field{"codeleted", &Demographics::codeleted, "1p/19q codeletion."}, Field{"age", &Demographics::age, "Years."},
              Field{"male", &Demographics::male, "Sex."},
              Field{"enhancement", &Demographics::enhancement, "Takes up contrast agent."},
              Field{"mean_rcbv", &Demographics::mean_rcbv, "Mean blood volume over white matter's."});

  py::class_<SimulatedPatient> patient(m, "SimulatedPatient",
                                       "A patient who does not exist, with the truth behind the curves.");
  add_results(patient, "SimulatedPatient", Field{"id", &SimulatedPatient::id, "sim-0001 and so on."},
              Field{"demographics", &SimulatedPatient::demographics, "Demographics."},
              Field{"protocol", &SimulatedPatient::protocol, "ScanProtocol."},
              Field{"arterial", &SimulatedPatient::arterial, "True arterial concentration, a GammaVariate."},
              Field{"tissues", &SimulatedPatient::tissues, "True TissueParameters of ET, NET, ED."},
              Field{"curves", &SimulatedPatient::curves, "CurveSet of the signal of ET, NET, ED, WT, AIF."});
  const auto known = [&](const char* name, auto member, const char* doc) {
    patient.def_property_readonly(name, [member](const SimulatedPatient& self) { return self.demographics.*member; }, doc);
  };
  known("grade", &Demographics::grade, "WHO grade, 2 to 4.");
  known("idh_mutant", &Demographics::idh_mutant, "IDH genotype.");
  known("codeleted", &Demographics::codeleted, "1p/19q codeletion.");
  known("age", &Demographics::age, "Years.");
  known("enhancement", &Demographics::enhancement, "Takes up contrast agent.");
  known("mean_rcbv", &Demographics::mean_rcbv, "True mean blood volume over white matter's.");
  patient.def_property_readonly("sex", [](const SimulatedPatient& p) { return p.demographics.male ? "male" : "female"; })
      .def("_repr_html_", &notebook_html)
      .def("__repr__", [](const SimulatedPatient& p) {
        return detail::message("SimulatedPatient(", p.id, ", grade ", p.demographics.grade, ", IDH ",
                               p.demographics.idh_mutant ? "mutant" : "wildtype", ", ", p.protocol.name, ")");
      });

  py::class_<SimulatedCohort> cohort(m, "SimulatedCohort", "Simulated patients, and the input of the model made from them.");
  cohort.def_readonly("patients", &SimulatedCohort::patients, "List of SimulatedPatient.")
      .def_readonly("provenance", &SimulatedCohort::provenance, "Always marked as simulated.")
      .def("dataset", &SimulatedCohort::dataset, "windows"_a = SlidingWindows{}, "target"_a = Target::idh, Released(),
           R"(Windows of the target's patients, curves z-normalised, as a Dataset.

Parameters
----------
windows : bolus.dsc.SlidingWindows
target : {'idh', 'codeletion'}
    'idh': all patients, label 1 for IDH-mutant. 'codeletion': IDH-mutant patients alone, label 1 for 1p/19q codeleted.
)")
      .def("to_frame", &cohort_frame, "One row per patient as a pandas DataFrame.")
      .def("__len__", [](const SimulatedCohort& self) { return self.patients.size(); })
      .def("__getitem__",
           [](const SimulatedCohort& self, py::ssize_t index) {
             const auto count = static_cast<py::ssize_t>(self.patients.size());
             if (index < -count || index >= count) throw py::index_error("no such patient");
             return self.patients[static_cast<std::size_t>(index < 0 ? index + count : index)];
           })
      .def("__repr__",
           [](const SimulatedCohort& self) {
             std::size_t mutants = 0;
             for (const auto& p : self.patients) mutants += p.demographics.idh_mutant;
             return detail::message("SimulatedCohort(", self.patients.size(), " simulated patients, ", mutants, " IDH-mutant)");
           })
      .def(py::pickle([](const SimulatedCohort& self) { return py::make_tuple(self.patients, self.provenance.seed); },
                      [](const py::tuple& state) {
                        SimulatedCohort restored{state[0].cast<std::vector<SimulatedPatient>>(), {}};
                        restored.provenance.step = "simulate_cohort";
                        restored.provenance.simulated = true;
                        restored.provenance.seed = state[1].cast<std::optional<std::uint64_t>>();
                        return restored;
                      }));
  cohort.def("_repr_html_", &notebook_html);

  py::class_<CohortSimulator> simulator(m, "CohortSimulator", R"(Simulates a cohort with the demographics of Choi et al. 2019.

Counts, ages, sexes and rCBV are published; how much permeability and transit separate the genotypes beyond rCBV is not, and
is the one free parameter `genotype_effect`. Its default was set so that a linear classifier on aligned curves has a
cross-validated AUC near the 0.96 that the paper reports: an AUC near that on this cohort was put in, not found. Results on it
show that software works, and nothing about patients.

Parameters
----------
patients : int
    463 gives the published groups exactly; other numbers scale them.
seed : int
    Same seed, same cohort, on any number of threads.
volumes : int
    Samples of each curve.
time_step : float
    TR, s.
genotype_effect : float
    0: genotypes differ in rCBV and age only; 1: the default separation.
signal_to_noise : float
    Median over patients, of a region's mean curve.
protocols : sequence of ScanProtocol
    Given out independently of the genotype.
threads : int
    0: all cores.
age_rcbv_correlation : float
    Of age and rCBV within each grade and genotype; not published, so 0.
codeletion_rcbv_correlation : float
    Of 1p/19q codeletion and rCBV within the mutants of each grade. Above 0 the codeleted have the higher rCBV, as
    oligodendrogliomas have; at 0 the curves do not depend on codeletion.
)");
  add_options(simulator, "CohortSimulator", Field{"patients", &CohortSimulator::patients, "Number of patients."},
              Field{"seed", &CohortSimulator::seed, "Of all randomness."},
              Field{"volumes", &CohortSimulator::volumes, "Samples."},
              Field{"time_step", &CohortSimulator::time_step, "TR, s."},
              Field{"genotype_effect", &CohortSimulator::genotype_effect, "Separation beyond rCBV and age."},
              Field{"signal_to_noise", &CohortSimulator::signal_to_noise, "Of a region's mean curve."},
              Field{"protocols", &CohortSimulator::protocols, "ScanProtocols."},
              Field{"threads", &CohortSimulator::threads, "0 means all cores."},
              Field{"age_rcbv_correlation", &CohortSimulator::age_rcbv_correlation, "Within grade and genotype."},
              Field{"codeletion_rcbv_correlation", &CohortSimulator::codeletion_rcbv_correlation, "Within mutants and grade."});
  simulator.def(
      "__call__",
      [](const CohortSimulator& self, const py::object& progress) {
        const auto callback = progress_from(progress);
        const py::gil_scoped_release release;
        return self(callback);
      },
      "progress"_a = py::none(), "Simulate the cohort. Raises OptionError.");
}

}  // namespace

void bind_simulate(py::module_& module) {
  auto m = module.def_submodule("simulate", "Simulated perfusion with known truth.");
  bind_kinetics(m);
  bind_signal(m);
  bind_cohort(m);
  bind_simulate_head(m);
}

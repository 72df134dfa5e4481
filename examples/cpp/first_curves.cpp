// A patient's signal curves from tracer kinetics, and what perfusion analysis makes of them. Needs headers and Eigen alone.
#include <cstdio>

#include <bolus/dsc/baseline.hpp>
#include <bolus/dsc/curve_quantities.hpp>
#include <bolus/simulate/cohort.hpp>

int main() {
  try {
    const auto cohort = bolus::CohortSimulator{.patients = 12, .seed = 1}();
    const auto& patient = cohort.patients.front();
    const auto& curves = patient.curves;
    const auto baseline = bolus::Baseline{}(curves.values.col(curves.channel("WT")), curves.times);
    std::printf("%s: WHO grade %d, IDH-%s (simulated), bolus arrival %.1f s\n", patient.id.c_str(), patient.demographics.grade,
                patient.demographics.idh_mutant ? "mutant" : "wildtype", baseline.arrival_time);
    const auto measures = bolus::CurveQuantities{.echo_time = patient.protocol.echo_time}(curves);
    for (std::size_t i = 0; i < curves.names.size(); ++i) {
      const auto c = static_cast<Eigen::Index>(i);
      std::printf("  %-4s integral of dR2* %7.2f, signal recovery %5.1f %%\n", curves.names[i].c_str(), measures.rCBV[c],
                  measures.PSR[c]);
    }
    return 0;
  } catch (const bolus::Error& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
}

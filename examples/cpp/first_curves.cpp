// A patient's signal curves from tracer kinetics, and what perfusion analysis makes of them. Needs headers and Eigen alone.
#include <cstdio>

#include <bolus/dsc/baseline.hpp>
#include <bolus/dsc/blood_volume.hpp>
#include <bolus/simulate/cohort.hpp>

int main() {
  try {
    const auto cohort = bolus::CohortSimulator{.patients = 12, .seed = 1}();
    const auto& patient = cohort.patients.front();
    const auto& curves = patient.curves;
    const auto baseline = bolus::Baseline{}(curves.values.col(curves.channel("WT")), curves.times);
    const auto delta_r2s = bolus::DeltaR2s{.echo_time = patient.protocol.echo_time}(curves);
    std::printf("%s: WHO grade %d, IDH-%s (simulated), bolus arrival %.1f s\n", patient.id.c_str(), patient.demographics.grade,
                patient.demographics.idh_mutant ? "mutant" : "wildtype", baseline.arrival_time);
    const auto volumes = bolus::RelativeBloodVolume{}(delta_r2s);
    for (std::size_t i = 0; i < curves.names.size(); ++i) {
      std::printf("  %-4s integral of dR2* %7.2f\n", curves.names[i].c_str(), volumes.values[static_cast<Eigen::Index>(i)]);
    }
    return 0;
  } catch (const bolus::Error& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
}

// Trains on a simulated cohort, predicts patients that it never saw, and saves the network.
//
//   example_model weights.safetensors
#include <cstdio>

#include <bolus/evaluate/patient_split.hpp>
#include <bolus/model/checkpoint.hpp>
#include <bolus/model/idh_classifier.hpp>
#include <bolus/simulate/cohort.hpp>

int main(int count, char** arguments) {
  if (count != 2) return 2;
  try {
    const auto data = bolus::CohortSimulator{.patients = 60, .seed = 0}().dataset();
    const auto parts = bolus::PatientSplit{.training = 36, .validation = 12, .test = 12}(data.patients, data.labels);
    const auto fitted = bolus::IDHClassifier{.max_epochs = 10}.fit(data.select(parts.training), data.select(parts.validation));
    for (const auto& flag : fitted.flags) std::printf("note: %s\n", flag.message.c_str());

    const auto found = fitted.network.predict_patients(data.select(parts.test));
    for (std::size_t i = 0; i < found.patients.size(); ++i) {
      Eigen::Index step = 0;
      found.attention.row(static_cast<Eigen::Index>(i)).maxCoeff(&step);
      std::printf("%s: %.3f, most attention %.1f s into its windows\n", found.patients[i].c_str(),
                  found.probability[static_cast<Eigen::Index>(i)], data.time_step * static_cast<double>(step));
    }
    bolus::save_checkpoint(fitted.network, arguments[1], bolus::Overwrite::yes);
    return 0;
  } catch (const bolus::Error& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
}

// Reads trained weights and a study, and prints the probability of an IDH mutation and where in time the model looked.
//
//   example_predict weights.safetensors study_folder
//
// The study folder holds dsc.nii.gz, labels.nii.gz (BraTS values) and aif.nii.gz (arterial mask), and cet1.nii.gz where the
// labels were drawn on it.
#include <exception>

#include <fmt/format.h>
#include <bolus/bolus.hpp>

int main(int count, char** arguments) {
  if (count != 3) {
    fmt::print(stderr, "usage: {} WEIGHTS.safetensors STUDY_FOLDER\n", arguments[0]);
    return 2;
  }
  try {
    const auto network = bolus::load_checkpoint(arguments[1]);
    const auto study = bolus::read_study(bolus::find_study(arguments[2]));
    const auto prediction = bolus::PredictStudy{}(study, network);

    fmt::print("{}: probability of an IDH mutation {:.3f}\n", prediction.patient, prediction.probability);
    for (const auto& flag : prediction.flags) fmt::print("  note: {} ({})\n", flag.message, flag.code);
    const auto& [times, attention] = prediction.attention;
    const double largest = attention.maxCoeff();
    for (Eigen::Index t = 0; t < times.size(); ++t) {
      fmt::print("{:7.1f} s {:6.4f} {:#<{}}\n", times[t], attention[t], "", static_cast<int>(50.0 * attention[t] / largest));
    }
    fmt::print("Research software, not a medical device.\n");
    return 0;
  } catch (const bolus::Error& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
  }
}

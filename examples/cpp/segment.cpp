// Finds the tumour in a patient's FLAIR, T1, contrast-enhanced T1 and T2, and writes labels, probabilities and uncertainty.
//
//   example_segment cascade.safetensors study_folder output_folder
//
// The study folder holds flair, t1, cet1 and t2 (.nii.gz) on one grid of 1 mm, skull-stripped: what preprocessing leaves. The
// weights come from 'bolus weights convert', or from bolus::convert_weights.
#include <exception>

#include <fmt/format.h>
#include <bolus/bolus.hpp>

int main(int count, char** arguments) {
  if (count != 4) {
    fmt::print(stderr, "usage: {} CASCADE.safetensors STUDY_FOLDER OUTPUT_FOLDER\n", arguments[0]);
    return 2;
  }
  try {
    const auto weights = bolus::load_cascade(arguments[1]);
    bolus::AlignedStudy study;
    study.structural = bolus::read_study(bolus::find_study(arguments[2])).structural;

    const auto found = bolus::SegmentTumour{}(study, weights);

    const auto& volumes = found.volumes;
    fmt::print("enhancing {:.2f} mL, non-enhancing {:.2f} mL, oedema {:.2f} mL\n", volumes.enhancing, volumes.non_enhancing,
               volumes.oedema);
    for (const auto& flag : found.flags) fmt::print("  note: {} ({})\n", flag.message, flag.code);
    for (const auto& path : bolus::write_segmentation(found, arguments[3], bolus::Overwrite::yes)) {
      fmt::print("{}\n", path.string());
    }
    fmt::print("Research software, not a medical device.\n");
    return 0;
  } catch (const bolus::Error& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
  }
}

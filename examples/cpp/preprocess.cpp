// A study as scanned, DICOM or NIfTI, onto one 1 mm grid, with a verdict on every stage.
#include <fmt/format.h>

#include <bolus/io/study.hpp>
#include <bolus/pipeline/write_aligned.hpp>
#include <bolus/preprocess/preprocess.hpp>
#include <cstdio>

int main(int count, char** arguments) {
  if (count < 3) {
    std::fputs("usage: example_preprocess STUDY OUTPUT [CACHE]\n", stderr);
    return 2;
  }
  try {
    const auto images = bolus::read_study(bolus::find_study(arguments[1]));
    bolus::Preprocess preprocess;
    if (count > 3) preprocess.cache = arguments[3];
    const auto result = preprocess(images);
    for (const auto& [modality, found] : result.registrations) {
      fmt::print("{:<6} {:<9} moved {:.1f} mm and {:.1f} degrees\n", bolus::modality_name(modality),
                 bolus::verdict_name(found.verdict), found.translation, found.rotation);
    }
    if (result.brain_quality) {
      fmt::print("brain  {:<9} {:.0f} mL\n", bolus::verdict_name(result.brain_quality->verdict), result.brain_quality->volume);
    }
    for (const auto& time : result.times) {
      fmt::print("{:<28} {:6.2f} s{}\n", time.stage, time.seconds, time.cached ? " (kept from before)" : "");
    }
    for (const auto& flag : result.study.flags) fmt::print("note: {}\n", flag.message);
    const auto files = bolus::write_aligned(result, images, arguments[2], preprocess, bolus::Overwrite::yes);
    fmt::print("{} files written\n", files.size());
    return 0;
  } catch (const bolus::Error& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
  }
}

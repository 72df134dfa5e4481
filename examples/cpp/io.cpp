// Writes a patient's files into a folder, then reads the folder as a study.
//
//   example_io folder
#include <cstdio>

#include <bolus/io/study.hpp>
#include <bolus/io/write_image.hpp>

int main(int count, char** arguments) {
  if (count != 2) return 2;
  try {
    const std::filesystem::path folder = arguments[1];
    std::filesystem::create_directories(folder);
    const bolus::Geometry grid{{24, 24, 10}, {2.0, 2.0, 5.0}, {-23.0, -23.0, -22.5}, Eigen::Matrix3d::Identity()};  // LPS, mm
    const bolus::ImageProtocol protocol{.echo_time = 0.01, .repetition_time = 0.5};                                 // s
    bolus::write_image(folder / "t1ce.nii.gz", bolus::Image<float>(grid, 100.0F), protocol, bolus::Overwrite::yes);
    bolus::Image<std::uint8_t> labels(grid);
    labels(12, 12, 5) = bolus::LabelValue::enhancing;
    bolus::write_label_map(folder / "labels.seg.nrrd", bolus::LabelMap(labels), bolus::Overwrite::yes);  // for 3D Slicer

    const auto study = bolus::find_study(folder);  // DICOM series as well, by what their headers say
    const auto images = bolus::read_study(study);  // and checks that they belong together
    for (const auto& [modality, image] : images.structural) {
      const auto& size = image.geometry().size;
      std::printf("%s: %lld x %lld x %lld\n", std::string(bolus::modality_name(modality)).c_str(),
                  static_cast<long long>(size[0]), static_cast<long long>(size[1]), static_cast<long long>(size[2]));
    }
    std::printf("enhancing tumour: %.2f mL\n", images.labels->volume(bolus::Region::enhancing));
    for (const auto& flag : images.flags) std::printf("note: %s\n", flag.message.c_str());
    return 0;
  } catch (const bolus::Error& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
}

// Writes phantom studies and random weights into a folder: what the examples are run on by the tests.
#include <filesystem>

#include <bolus/io/write_image.hpp>
#include <bolus/model/checkpoint.hpp>
#include <bolus/segment/cascade_weights.hpp>
#include <bolus/simulate/head_phantom.hpp>
#include <bolus/simulate/phantom.hpp>

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const std::filesystem::path folder = arguments[1];
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder / "study");

  const bolus::Geometry grid{{16, 16, 10}, {4, 4, 5}, {-30, -30, -22}, Eigen::Matrix3d::Identity()};
  bolus::Image<std::uint8_t> labels(grid);
  for (int x = 4; x < 9; ++x) {
    for (int y = 4; y < 9; ++y) {
      for (int z = 3; z < 7; ++z) labels(x, y, z) = x < 6 ? 1 : x < 8 ? 2 : 4;
    }
  }
  const auto phantom = bolus::PerfusionPhantom{.seed = 1}(bolus::LabelMap(labels), bolus::Mask(grid, 1));
  bolus::write_perfusion_series(folder / "study" / "dsc.nii.gz", phantom.series);
  bolus::write_label_map(folder / "study" / "labels.nii.gz", phantom.labels);
  bolus::write_mask(folder / "study" / "aif.nii.gz", phantom.arterial);

  auto network = bolus::random_network(bolus::NetworkShape{}, 1);
  network.channel_names = {"ET", "NET", "ED", "WT", "AIF"};
  network.simulated = true;
  bolus::save_checkpoint(network, folder / "weights.safetensors");

  // As scanned: misaligned, with skull and bias field.
  std::filesystem::create_directories(folder / "scanned");
  const auto head = bolus::HeadPhantom{.seed = 2, .size = {64, 76, 60}, .spacing = Eigen::Vector3d::Constant(3)}();
  for (const auto modality : bolus::all_modalities) {
    bolus::write_image(folder / "scanned" / (std::string(bolus::modality_name(modality)) + ".nii.gz"), head.image(modality));
  }
  std::filesystem::create_directories(folder / "head");
  const bolus::Geometry millimetres{{16, 16, 16}, {1, 1, 1}, {0, 0, 0}, Eigen::Matrix3d::Identity()};
  for (const auto modality : bolus::all_modalities) {
    bolus::Image<float> image(millimetres);
    for (std::size_t i = 0; i < image.size(); ++i) {
      const bool inside = i % 16 > 1 && i / 16 % 16 > 1 && i / 256 > 1;
      image.data()[i] = inside ? 100.0F + static_cast<float>(i * 7 % (11 + static_cast<std::size_t>(modality))) : 0.0F;
    }
    bolus::write_image(folder / "head" / (std::string(bolus::modality_name(modality)) + ".nii.gz"), image);
  }
  bolus::save_cascade(bolus::random_cascade(1), folder / "cascade.safetensors");
}

// Values and their conventions: a grid in LPS millimetres, a label map, a loop that gives the same bits on any number of
// threads, an error that says what to do, and provenance.
#include <cstdio>

#include <bolus/core/label_map.hpp>
#include <bolus/core/parallel.hpp>
#include <bolus/core/provenance.hpp>

int main() {
  bolus::Geometry grid;
  grid.size = {40, 40, 24};
  grid.spacing = {1.0, 1.0, 2.0};  // mm
  bolus::Image<std::uint8_t> labels(grid);
  for (int x = 10; x < 20; ++x) {
    for (int y = 10; y < 20; ++y) labels(x, y, 12) = bolus::LabelValue::enhancing;
  }
  const bolus::LabelMap tumour(labels);
  std::printf("enhancing tumour %.2f mL\n", tumour.volume(bolus::Region::enhancing));

  const auto voxels = tumour.image().values();
  const auto labelled = bolus::parallel_sum(voxels.size(), 4096, 0, std::size_t{0}, [&](std::size_t begin, std::size_t end) {
    std::size_t count = 0;
    for (std::size_t i = begin; i < end; ++i) count += voxels[i] != 0;
    return count;
  });
  bolus::Provenance provenance;
  provenance.step = "count_voxels";
  provenance.inputs["labels"] = bolus::content_hash(voxels.data(), voxels.size());
  std::printf("%zu voxels\n%s", labelled, bolus::to_json(provenance).c_str());

  try {
    labels(0, 0, 0) = 3;
    const bolus::LabelMap wrong(labels);
  } catch (const bolus::Error& error) {
    std::printf("%s\n", error.what());
  }
}

// What runs on a GPU, beside the same on the CPU. Says so and passes where there is no GPU.
#include <ATen/Context.h>

#include <bolus/core/random.hpp>
#include <bolus/model/idh_classifier.hpp>
#include <bolus/model/integrated_gradients.hpp>
#include <bolus/segment/segment_tumour.hpp>
#include <bolus/segment/train_cascade.hpp>
#include <cmath>

#include "catch.hpp"

namespace {

using namespace bolus;

bool no_gpu() {
  if (at::hasCUDA()) return false;
  WARN("no GPU here: nothing was tested");
  return true;
}

/// Curves whose dip is deeper in class 1.
Dataset curves(std::size_t count) {
  Dataset data;
  data.curves = SampleArray(count, 2, 40);
  for (std::size_t i = 0; i < count; ++i) {
    const RandomStream random(3, i);
    data.labels.push_back(static_cast<int>(i % 2));
    data.patients.push_back("p" + std::to_string(i));
    for (std::size_t c = 0; c < 2; ++c) {
      for (std::size_t t = 0; t < 40; ++t) {
        const double dip = std::exp(-0.02 * std::pow(static_cast<double>(t) - 18.0, 2.0));
        data.curves(i, c, t) = static_cast<float>(0.3 * random.normal(c * 40 + t) - dip * (1.0 + static_cast<double>(i % 2)));
      }
    }
  }
  return data;
}

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  double largest = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

/// A block of brain with a tumour, four noisy images of it, and labels.
AlignedStudy block(std::uint64_t seed) {
  Geometry grid;
  grid.size = {32, 32, 32};
  AlignedStudy study;
  Image<std::uint8_t> labels(grid);
  for (std::size_t m = 0; m < 4; ++m) {
    const RandomStream random(seed, m);
    Image<float> image(grid);
    for (std::int64_t v = 0; v < 32 * 32 * 32; ++v) {
      const double x = static_cast<double>(v % 32) - 15.5, y = static_cast<double>(v / 32 % 32) - 13.0,
                   z = static_cast<double>(v / 1024) - 17.0;
      const double distance = std::sqrt(x * x + y * y + z * z);
      const auto label = distance < 3 ? 4 : distance < 5 ? 1 : distance < 8 ? 2 : 0;
      labels.data()[v] = static_cast<std::uint8_t>(label);
      image.data()[v] = static_cast<float>(100.0 + 10.0 * random.normal(static_cast<std::uint64_t>(v)) +
                                           (m >= 1 && label ? 40.0 : 0.0) + (m == 3 && label == 4 ? 40.0 : 0.0));
    }
    study.structural.emplace(all_modalities[m], std::move(image));
  }
  study.labels = LabelMap(std::move(labels));
  return study;
}

}  // namespace

TEST_CASE("the model predicts on a GPU what it predicts on the CPU", "[cuda]") {
  if (no_gpu()) return;
  const auto data = curves(64);
  const auto network = random_network(NetworkShape{.channels = 2}, 5);
  PredictOptions on_cpu, on_gpu;
  on_gpu.device = Device::cuda;
  const auto expected = network.predict(data.curves, on_cpu), found = network.predict(data.curves, on_gpu);
  CHECK((expected.probability - found.probability).cwiseAbs().maxCoeff() < 1e-5);
}

TEST_CASE("the model trains on a GPU as on the CPU", "[cuda]") {
  if (no_gpu()) return;
  const auto data = curves(200);
  IDHClassifier on_cpu;
  on_cpu.max_epochs = 5;
  on_cpu.engine = Engine::libtorch;
  auto on_gpu = on_cpu;
  on_gpu.device = Device::cuda;
  const auto expected = on_cpu.fit(data), found = on_gpu.fit(data);
  CHECK(largest_difference(expected.history.loss, found.history.loss) < 1e-3);
  CHECK(found.history.loss.back() < found.history.loss.front());
}

TEST_CASE("networks of the cascade give on a GPU what they give on the CPU", "[cuda]") {
  if (no_gpu()) return;
  for (const bool twice : {true, false}) {
    const auto network = random_anisotropic_network(twice, 2);
    const std::array<std::size_t, 5> shape{2, 19, 48, 64, 4};
    std::vector<float> input(2 * 19 * 48 * 64 * 4);
    for (std::size_t i = 0; i < input.size(); ++i) input[i] = static_cast<float>(RandomStream(1, 0).normal(i));
    const auto expected = network.logits(input, shape), found = network.logits(input, shape, {.device = Device::cuda});
    double largest = 0.0;
    for (std::size_t i = 0; i < expected.size(); ++i)
      largest = std::max(largest, std::abs(static_cast<double>(expected[i]) - found[i]));
    INFO("largest difference " << largest);
    CHECK(largest < 0.05);  // a GPU's convolutions may round to TF32
  }
}

TEST_CASE("the cascade trains on a GPU, and segments there", "[cuda]") {
  if (no_gpu()) return;
  const std::vector<TrainingCase> cases{{"a", block(1)}, {"b", block(2)}}, held_out{{"c", block(3)}};
  TrainCascade step;
  step.epochs = 4;
  step.view_epochs = 1;
  step.epoch_batches = 20;
  step.batch_size = 3;
  step.slices = 11;
  step.patch_size = {32, 24, 16};
  step.device = Device::cuda;
  const auto trained = step(cases, held_out);
  for (const auto stage : all_stages) {
    const auto& history = trained.history(stage, View::axial);
    INFO(stage_name(stage) << " " << history.validation_dice.back());
    CHECK(history.validation_dice[history.best_epoch] > 0.6);
  }
  auto on_cpu = step;
  on_cpu.device = Device::cpu;
  on_cpu.epochs = on_cpu.view_epochs = 1;
  on_cpu.epoch_batches = 1;
  auto on_gpu = on_cpu;
  on_gpu.device = Device::cuda;
  const auto expected = on_cpu(cases), found = on_gpu(cases);
  CHECK(std::abs(expected.history(CascadeStage::whole_tumour, View::axial).loss[0] -
                 found.history(CascadeStage::whole_tumour, View::axial).loss[0]) < 1e-3);

  SegmentTumour segment;
  const auto there = segment(block(4), trained.weights);
  segment.device = Device::cuda;
  const auto here = segment(block(4), trained.weights);
  std::size_t different = 0;
  for (std::size_t v = 0; v < here.labels.image().size(); ++v) {
    different += here.labels.image().data()[v] != there.labels.image().data()[v];
  }
  INFO(different << " voxels differ");
  CHECK(different < 50);
}

// Looks into the sources, too: where patches come from, and what the loss is.
#include <bolus/segment/train_cascade.hpp>
#include <cmath>
#include <filesystem>
#include <set>

#include "../../src/segment/training/network_training.hpp"
#include "../../src/segment/training/patch_sampler.hpp"
#include "../../src/segment/view_axes.hpp"
#include "catch.hpp"

namespace {

using namespace bolus;
using bolus::detail::PatchBatch;
using bolus::detail::PatchSampler;
using bolus::detail::PreparedCase;
using bolus::detail::Triple;

/// A block of brain with a tumour in it. Each image holds one coordinate (FLAIR x, T1 y, CET1 z) or their sum (T2), plus 1.
AlignedStudy coordinate_study(const std::array<std::int64_t, 3>& size = {20, 24, 28}) {
  Geometry grid;
  grid.size = size;
  AlignedStudy study;
  Image<std::uint8_t> labels(grid);
  for (const auto modality : all_modalities) study.structural.emplace(modality, Image<float>(grid));
  for (std::int64_t z = 0; z < size[2]; ++z) {
    for (std::int64_t y = 0; y < size[1]; ++y) {
      for (std::int64_t x = 0; x < size[0]; ++x) {
        study.structural.at(Modality::flair)(x, y, z) = static_cast<float>(x + 1);
        study.structural.at(Modality::t1)(x, y, z) = static_cast<float>(y + 1);
        study.structural.at(Modality::cet1)(x, y, z) = static_cast<float>(z + 1);
        study.structural.at(Modality::t2)(x, y, z) = static_cast<float>(x + y + z + 1);
        const auto within = [&](std::int64_t most) {
          return std::abs(x - 9) <= most && std::abs(y - 11) <= most && std::abs(z - 13) <= most;
        };
        labels(x, y, z) = within(1) ? 4 : within(2) ? 1 : within(4) ? 2 : 0;
      }
    }
  }
  study.labels = LabelMap(std::move(labels));
  return study;
}

/// What normalisation made of a coordinate: mean and standard deviation of 1 .. count.
struct Scale {
  double mean, deviation;
  explicit Scale(std::int64_t count)
      : mean(0.5 * static_cast<double>(count + 1)), deviation(std::sqrt((static_cast<double>(count * count) - 1.0) / 12.0)) {}
  double coordinate(float value) const { return static_cast<double>(value) * deviation + mean - 1.0; }
};

TrainCascade small_options() {
  TrainCascade options;
  options.batch_size = 3;
  options.slices = 11;
  options.patch_size = {12, 12, 8};
  options.epochs = options.view_epochs = 1;
  options.epoch_batches = 2;
  return options;
}

std::vector<PreparedCase> prepared(const AlignedStudy& study) {
  std::vector<PreparedCase> cases;
  cases.emplace_back(TrainingCase("block", study), 0, "");
  return cases;
}

}  // namespace

TEST_CASE("patches hold what lies at their place in each view, and the labels of their inner slices", "[segment][training]") {
  const std::array<std::int64_t, 3> size{20, 24, 28};  // x, y, z
  const auto cases = prepared(coordinate_study(size));
  auto options = small_options();
  const Scale x_scale(20), y_scale(24), z_scale(28);
  for (const bool flip : {false, true}) {
    options.augmentation.flip = flip;
    bool any_flipped = false, any_plain = false;
    for (const auto view : all_views) {
      const PatchSampler sampler(options, CascadeStage::whole_tumour, view, cases);
      REQUIRE(sampler.cases() == 1);
      const auto& axes = detail::view_axes[static_cast<std::size_t>(view)];
      PatchBatch batch;
      std::size_t inside = 0, marked = 0;
      for (std::uint64_t number = 0; number < 12; ++number) {
        sampler.draw(number, batch);
        REQUIRE(std::count(batch.target.begin(), batch.target.end(), 1) > 0);
        for (std::size_t item = 0; item < 3; ++item) {
          // The first voxel that is no noise says where the patch lies and whether it is mirrored.
          for (std::size_t d = 0; d < 11; ++d) {
            for (std::size_t h = 0; h < 12; ++h) {
              for (std::size_t w = 0; w < 12; ++w) {
                const auto* voxel = batch.input.data() + (((item * 11 + d) * 12 + h) * 12 + w) * 4;
                const double x = x_scale.coordinate(voxel[0]), y = y_scale.coordinate(voxel[1]),
                             z = z_scale.coordinate(voxel[2]);
                const auto whole = [](double value) { return std::abs(value - std::round(value)) < 1e-4; };
                if (!whole(x) || !whole(y) || !whole(z)) continue;  // noise around the block
                ++inside;
                const std::array<double, 3> place{z, y, x};
                if (w + 1 < 12) {  // columns run along their own axis, one voxel at a time
                  const double next_z = z_scale.coordinate(voxel[6]), next_y = y_scale.coordinate(voxel[5]),
                               next_x = x_scale.coordinate(voxel[4]);
                  const std::array<double, 3> next{next_z, next_y, next_x};
                  const double along = next[axes[2]] - place[axes[2]];
                  if (whole(along) && whole(next[axes[0]])) {
                    CHECK(std::abs(std::abs(along) - 1.0) < 1e-3);
                    CHECK(std::abs(next[axes[0]] - place[axes[0]]) < 1e-3);
                    CHECK(std::abs(next[axes[1]] - place[axes[1]]) < 1e-3);
                    (along < 0 ? any_flipped : any_plain) = true;
                  }
                }
                if (d < 4 || d >= 7) continue;
                const auto target = batch.target[((item * 3 + d - 4) * 12 + h) * 12 + w];
                const bool tumour = std::abs(x - 9) < 4.5 && std::abs(y - 11) < 4.5 && std::abs(z - 13) < 4.5;
                REQUIRE(static_cast<bool>(target) == tumour);
                marked += target;
              }
            }
          }
        }
      }
      CHECK(inside > 1000);
      CHECK(marked > 100);
    }
    CHECK(any_plain);
    CHECK(any_flipped == flip);
  }
}

TEST_CASE("each stage is taught what it looks for, within its own region", "[segment][training]") {
  const auto cases = prepared(coordinate_study());
  const std::array<std::int64_t, 3> tumour_size{19, 19, 19};  // 9 voxels and 5 on each side
  CHECK(cases[0].region(CascadeStage::whole_tumour).size() == Triple{28, 24, 20});
  CHECK(cases[0].region(CascadeStage::tumour_core).size() == Triple(tumour_size));
  CHECK(cases[0].region(CascadeStage::enhancing).size() == Triple{15, 15, 15});
  CHECK(cases[0].positive_voxels(CascadeStage::whole_tumour) == 9 * 9 * 9);
  CHECK(cases[0].positive_voxels(CascadeStage::tumour_core) == 5 * 5 * 5);
  CHECK(cases[0].positive_voxels(CascadeStage::enhancing) == 3 * 3 * 3);
}

TEST_CASE("a turned patch holds the turned image, and labels that go with it", "[segment][training]") {
  const auto cases = prepared(coordinate_study({40, 40, 12}));
  auto options = small_options();
  options.augmentation.rotation = 30.0;
  options.patch_size = {16, 12, 8};
  const PatchSampler sampler(options, CascadeStage::whole_tumour, View::axial, cases);
  const Scale x_scale(40), y_scale(40);
  PatchBatch batch;
  std::set<long> angles;
  for (std::uint64_t number = 0; number < 8; ++number) {
    sampler.draw(number, batch);
    for (std::size_t item = 0; item < 3; ++item) {
      const auto at = [&](std::size_t h, std::size_t w) {
        return batch.input.data() + (((item * 11 + 5) * 16 + h) * 16 + w) * 4;
      };
      const auto x = [&](std::size_t h, std::size_t w) { return x_scale.coordinate(at(h, w)[0]); };
      const auto y = [&](std::size_t h, std::size_t w) { return y_scale.coordinate(at(h, w)[1]); };
      // In the middle of the block: one step along a row is one voxel, at the same angle everywhere.
      const double dx = x(7, 8) - x(7, 7), dy = y(7, 8) - y(7, 7);
      if (std::abs(std::hypot(dx, dy) - 1.0) > 1e-3) continue;  // a slice outside of the block: noise
      const double angle = std::atan2(dy, dx) * 180.0 / 3.14159265358979;
      CHECK(std::abs(angle) < 30.001);
      angles.insert(std::lround(angle));
      CHECK(std::abs(x(9, 8) - x(9, 7) - dx) < 1e-3);
      CHECK(std::abs(x(8, 7) - x(7, 7) + dy) < 1e-3);  // rows stand at a right angle to it
      CHECK(std::abs(y(8, 7) - y(7, 7) - dx) < 1e-3);
    }
  }
  CHECK(angles.size() > 3);
}

TEST_CASE("intensities vary as asked, and outside of the brain there is standard noise", "[segment][training]") {
  auto study = coordinate_study();
  const auto cases = prepared(study);
  auto options = small_options();
  options.patch_size = {64, 12, 8};  // larger than the block
  PatchBatch plain, varied;
  PatchSampler(options, CascadeStage::whole_tumour, View::axial, cases).draw(3, plain);
  double sum = 0.0, squares = 0.0, count = 0.0;
  for (std::size_t h = 0; h < 12; ++h) {  // rows above the block, which is 24 voxels high and in the middle
    for (std::size_t w = 0; w < 64 * 4; ++w) {
      const double value = plain.input[(h * 64) * 4 + w];
      sum += value;
      squares += value * value;
      ++count;
    }
  }
  CHECK(std::abs(sum / count) < 0.06);
  CHECK(std::abs(squares / count - 1.0) < 0.1);

  options.augmentation.intensity_scale = 0.2;
  options.augmentation.intensity_shift = 0.3;
  PatchSampler(options, CascadeStage::whole_tumour, View::axial, cases).draw(3, varied);
  CHECK(varied.target == plain.target);
  std::size_t changed = 0;
  for (std::size_t v = 0; v < plain.input.size() / 4; v += 7) changed += plain.input[4 * v] != varied.input[4 * v];
  CHECK(changed > 100);
  // One factor and one shift for the whole image of a patch.
  const auto middle = ((5 * 64 + 32) * 64 + 32) * 4;
  const auto slope = (varied.input[middle + 8] - varied.input[middle]) / (plain.input[middle + 8] - plain.input[middle]);
  CHECK(std::abs((varied.input[middle + 4] - varied.input[middle]) / (plain.input[middle + 4] - plain.input[middle]) - slope) <
        1e-3);
  CHECK(slope != 1.0F);
}

TEST_CASE("the loss of a batch is the published soft Dice", "[segment][training]") {
  const auto cases = prepared(coordinate_study());
  auto options = small_options();
  options.epoch_batches = 1;
  const std::atomic<bool> stop{false};
  for (const auto loss : {SegmentationLoss::dice, SegmentationLoss::dice_cross_entropy}) {
    options.loss = loss;
    for (const auto stage : {CascadeStage::whole_tumour, CascadeStage::enhancing}) {
      const detail::NetworkPlan plan{stage, View::sagittal, 1, random_anisotropic_network(stage != CascadeStage::enhancing, 5)};
      const auto trained = detail::train_network(options, plan, cases, {}, stop, [](std::size_t, double) {});
      CHECK(!(trained.network == plan.first));

      const PatchSampler sampler(options, stage, View::sagittal, cases);
      PatchBatch batch;
      sampler.draw(0, batch);
      const auto side = sampler.side();
      const auto logits = plan.first.logits(batch.input, {3, 11, side, side, 4});
      double products[2]{}, squares[2]{}, truths[2]{}, entropy = 0.0;
      long long both = 0, predicted = 0, sought = 0;
      for (std::size_t v = 0; v < batch.target.size(); ++v) {
        const double p1 = 1.0 / (1.0 + std::exp(static_cast<double>(logits[2 * v]) - static_cast<double>(logits[2 * v + 1])));
        const double p[2]{1.0 - p1, p1}, g[2]{1.0 - batch.target[v], 1.0 * batch.target[v]};
        for (int c = 0; c < 2; ++c) {
          products[c] += p[c] * g[c];
          squares[c] += p[c] * p[c];
          truths[c] += g[c];
        }
        entropy -= std::log(batch.target[v] ? p[1] : p[0]);
        const bool marked = logits[2 * v + 1] > logits[2 * v];
        predicted += marked;
        sought += batch.target[v];
        both += marked && batch.target[v];
      }
      double expected = 1.0;
      for (int c = 0; c < 2; ++c) expected -= 0.5 * 2.0 * products[c] / (squares[c] + truths[c] + 1e-5);
      if (loss == SegmentationLoss::dice_cross_entropy) expected += entropy / static_cast<double>(batch.target.size());
      CHECK(std::abs(trained.history.loss.at(0) - expected) < 2e-5);
      CHECK(std::abs(trained.history.dice.at(0) - 2.0 * static_cast<double>(both) / static_cast<double>(predicted + sought)) <
            2e-3);
    }
  }
}

TEST_CASE("a prepared case in the scratch folder gives the same patches and leaves no file", "[segment][training]") {
  const auto folder = std::filesystem::temp_directory_path() / "bolus-segment-training-test";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  const auto study = coordinate_study();
  const auto held = prepared(study);
  std::vector<PreparedCase> mapped;
  mapped.emplace_back(TrainingCase("block", study), 0, folder);
  CHECK(std::filesystem::is_empty(folder));
  CHECK(mapped[0].hash == held[0].hash);
  const auto options = small_options();
  PatchBatch one, other;
  PatchSampler(options, CascadeStage::tumour_core, View::coronal, held).draw(4, one);
  PatchSampler(options, CascadeStage::tumour_core, View::coronal, mapped).draw(4, other);
  CHECK(one.input == other.input);
  CHECK(one.target == other.target);
  auto with_threads = options;
  with_threads.device = Device::cuda;  // then all cores draw
  PatchSampler(with_threads, CascadeStage::tumour_core, View::coronal, held).draw(4, other);
  CHECK(one.input == other.input);
  std::filesystem::remove_all(folder);
  CHECK_THROWS_AS(PreparedCase(TrainingCase("block", study), 0, folder), IoError);
}

// Makes its networks with LibTorch, so this file includes it.
#include <torch/csrc/jit/api/module.h>
#include <unistd.h>

#include <bolus/segment/torchscript_brain_extractor.hpp>
#include <cmath>
#include <fstream>

#include "catch.hpp"

namespace {

using namespace bolus;
namespace fs = std::filesystem;
using Description = BrainNetworkDescription;

/// A file that is gone after the test.
struct TemporaryFile {
  fs::path path;
  explicit TemporaryFile(const std::string& ending) {
    static int number = 0;
    path = fs::temp_directory_path() / ("bolus-brain-" + std::to_string(::getpid()) + "-" + std::to_string(number++) + ending);
  }
  ~TemporaryFile() { fs::remove(path); }
};

/// A scripted network.
struct Network : TemporaryFile {
  explicit Network(const std::string& body) : TemporaryFile(".pt") {
    torch::jit::Module module("network");
    module.define("def forward(self, x):\n  " + body + "\n");
    module.save(path.string());
  }
};

/// A bright ball of 20 mm at LPS (6, -4, 2) on an oblique grid of thick slices.
Image<float> ball_image(bool anisotropic) {
  Geometry grid;
  grid.size = anisotropic ? std::array<std::int64_t, 3>{60, 50, 14} : std::array<std::int64_t, 3>{50, 52, 54};
  grid.spacing = anisotropic ? Eigen::Vector3d(1.0, 1.2, 5.0) : Eigen::Vector3d::Constant(1.0);
  if (anisotropic) {
    grid.direction = (Eigen::AngleAxisd(0.2, Eigen::Vector3d::UnitX()) * Eigen::AngleAxisd(0.1, Eigen::Vector3d::UnitZ()))
                         .toRotationMatrix();
    grid.direction.col(0) *= -1.0;
    grid.direction.col(1) *= -1.0;
  }
  const Eigen::Vector3d extent(static_cast<double>(grid.size[0]), static_cast<double>(grid.size[1]),
                               static_cast<double>(grid.size[2]));
  grid.origin = -(grid.direction * (grid.spacing.cwiseProduct(extent) / 2.0));
  Image<float> image(grid);
  for (std::int64_t z = 0; z < grid.size[2]; ++z) {
    for (std::int64_t y = 0; y < grid.size[1]; ++y) {
      for (std::int64_t x = 0; x < grid.size[0]; ++x) {
        const Eigen::Vector3d at =
            grid.point_of(Eigen::Vector3d(static_cast<double>(x), static_cast<double>(y), static_cast<double>(z)));
        image(x, y, z) = static_cast<float>(std::clamp(20.5 - (at - Eigen::Vector3d(6.0, -4.0, 2.0)).norm(), 0.0, 1.0));
      }
    }
  }
  return image;
}

double dice(const Mask& mask, const Image<float>& image) {
  double both = 0.0, sum = 0.0;
  for (std::size_t v = 0; v < mask.size(); ++v) {
    const bool one = mask.data()[v] != 0, two = image.data()[v] > 0.5F;
    both += one && two;
    sum += one + two;
  }
  return 2.0 * both / sum;
}

Description described(Description::Output output, double threshold) {
  Description description;
  description.scaling = Description::Scaling::none;
  description.output = output;
  description.threshold = threshold;
  return description;
}

}  // namespace

TEST_CASE("a brain network's output comes back to the image, whatever its axes and voxels", "[segment][brain]") {
  const Network network("return x");
  for (const bool anisotropic : {false, true}) {
    const auto image = ball_image(anisotropic);
    for (const char* orientation : {"LIA", "SPL", "RAS", "IRP"}) {
      auto description = described(Description::Output::probability, 0.5);
      description.orientation = orientation;
      description.multiple = 16;
      const TorchScriptBrainExtractor extractor(network.path, description);
      const auto mask = extractor(image);
      INFO(orientation << ", anisotropic " << anisotropic);
      CHECK(dice(mask, image) > (anisotropic ? 0.97 : 0.9999));
    }
    auto coarse = described(Description::Output::probability, 0.5);
    coarse.spacing = Eigen::Vector3d(2.0, 3.0, 2.5);
    CHECK(dice(TorchScriptBrainExtractor(network.path, coarse)(image), image) > 0.93);
  }
}

TEST_CASE("a brain network sees the axes it was described with", "[segment][brain]") {
  // Brain where the index along the tensor's first axis, L, is past the middle: the patient's left half.
  const Network network("return (torch.arange(x.size(2)).reshape(1, 1, -1, 1, 1) + 0.0 * x >= x.size(2) // 2).float()");
  auto description = described(Description::Output::probability, 0.5);
  const auto image = ball_image(false);
  description.orientation = "LIA";
  const auto left = TorchScriptBrainExtractor(network.path, description)(image);
  CHECK(left(40, 20, 20) == 1);
  CHECK(left(10, 20, 20) == 0);
  description.orientation = "SPL";
  const auto top = TorchScriptBrainExtractor(network.path, description)(image);
  CHECK(top(20, 20, 45) == 1);
  CHECK(top(20, 20, 5) == 0);
}

TEST_CASE("logits, probabilities and distances mean what they say", "[segment][brain]") {
  const auto image = ball_image(false);
  const Network logit("return 8 * x - 4");
  CHECK(dice(TorchScriptBrainExtractor(logit.path, described(Description::Output::logit, 0.5))(image), image) > 0.9999);
  const Network two("return torch.cat([4 - 8 * x, 8 * x - 4], 1)");
  auto second = described(Description::Output::logit, 0.5);
  second.channel = 1;
  CHECK(dice(TorchScriptBrainExtractor(two.path, second)(image), image) > 0.9999);
  const Network distance("return 1 - 2 * x");
  CHECK(dice(TorchScriptBrainExtractor(distance.path, described(Description::Output::signed_distance, 0.0))(image), image) >
        0.9999);
  // The lowest value to 0, the 99th percentile to 1.
  auto scaled = described(Description::Output::probability, 0.5);
  scaled.scaling = Description::Scaling::percentile;
  auto brighter = image;
  for (auto& value : brighter.values()) value = 700.0F * value + 100.0F;
  const Network identity("return x");
  CHECK(dice(TorchScriptBrainExtractor(identity.path, scaled)(brighter), image) > 0.999);
  scaled.scaling = Description::Scaling::zscore;
  const Network positive("return (x > 0).float()");
  CHECK(dice(TorchScriptBrainExtractor(positive.path, scaled)(brighter), image) > 0.95);
}

TEST_CASE("a brain network gives the same bits call after call", "[segment][brain]") {
  const Network network("return torch.sigmoid(torch.max_pool3d(torch.tanh(x), [3, 3, 3], [1, 1, 1], [1, 1, 1]) * 6 - 2)");
  const TorchScriptBrainExtractor extractor(network.path, described(Description::Output::probability, 0.5));
  const auto image = ball_image(true);
  const auto first = extractor(image);
  for (int k = 0; k < 4; ++k) {
    const auto again = extractor(image);
    CHECK(std::equal(first.values().begin(), first.values().end(), again.values().begin()));
  }
}

TEST_CASE("brain networks that do not fit are refused with a reason", "[segment][brain]") {
  const auto image = ball_image(false);
  const auto probability = described(Description::Output::probability, 0.5);
  CHECK_THROWS_AS(TorchScriptBrainExtractor("no-such-network.pt", probability), IoError);
  const TemporaryFile garbage(".pt");
  std::ofstream(garbage.path) << "not a network";
  CHECK_THROWS_AS(TorchScriptBrainExtractor(garbage.path, probability), FormatError);
  const Network fine("return x"), flat("return x[0, 0]"), nan("return x / 0 * 0"), none("return 0 * x"),
      failing("return x.reshape(7, -1)"), smaller("return x[:, :, 1:]");
  CHECK_THROWS_AS(TorchScriptBrainExtractor(fine.path, probability, "abacus"), OptionError);
  CHECK_THROWS_AS(TorchScriptBrainExtractor(flat.path, probability)(image), ShapeError);
  CHECK_THROWS_AS(TorchScriptBrainExtractor(smaller.path, probability)(image), ShapeError);
  CHECK_THROWS_AS(TorchScriptBrainExtractor(nan.path, probability)(image), DataError);
  CHECK_THROWS_AS(TorchScriptBrainExtractor(none.path, probability)(image), DataError);
  CHECK_THROWS_AS(TorchScriptBrainExtractor(failing.path, probability)(image), DataError);
  CHECK_THROWS_AS(TorchScriptBrainExtractor(fine.path, probability)(Image<float>()), DataError);
  auto channel = probability;
  channel.channel = 1;
  CHECK_THROWS_AS(TorchScriptBrainExtractor(fine.path, channel)(image), ShapeError);
  auto broken = image;
  broken(1, 2, 3) = NAN;
  CHECK_THROWS_AS(TorchScriptBrainExtractor(fine.path, probability)(broken), DataError);
}

TEST_CASE("a brain network is described in JSON", "[segment][brain]") {
  const TemporaryFile file(".json");
  const auto read = [&](const std::string& text) {
    std::ofstream(file.path) << text;
    return read_brain_network_description(file.path);
  };
  const auto description = read(R"({"name": "HD-BET", "orientation": "SPL", "spacing": [1.0, 1.5, 2.0], "multiple": 32,
                                    "scaling": "zscore", "output": "logit", "channel": 1})");
  CHECK(description.name == "HD-BET");
  CHECK(description.orientation == "SPL");
  CHECK(description.spacing == Eigen::Vector3d(1.0, 1.5, 2.0));
  CHECK(description.multiple == 32);
  CHECK(description.scaling == Description::Scaling::zscore);
  CHECK(description.output == Description::Output::logit);
  CHECK(description.channel == 1);
  CHECK(description.threshold == 0.5);
  CHECK(read("{}").threshold == 1.0);
  CHECK_THROWS_AS(read("["), FormatError);
  CHECK_THROWS_AS(read("[1]"), FormatError);
  CHECK_THROWS_AS(read(R"({"colour": "red"})"), FormatError);
  CHECK_THROWS_AS(read(R"({"spacing": 1})"), FormatError);
  CHECK_THROWS_AS(read(R"({"channel": 1.5})"), FormatError);
  CHECK_THROWS_AS(read(R"({"output": "mask"})"), FormatError);
  CHECK_THROWS_AS(read(R"({"orientation": "LRA"})"), OptionError);
  CHECK_THROWS_AS(read(R"({"output": "probability", "threshold": 1.5})"), OptionError);
  CHECK_THROWS_AS(read_brain_network_description("no-such-file.json"), IoError);
}

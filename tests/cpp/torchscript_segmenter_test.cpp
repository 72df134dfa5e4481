// Makes its networks with LibTorch, so this file includes it.
#include <torch/csrc/jit/api/module.h>
#include <unistd.h>

#include <bolus/segment/torchscript_segmenter.hpp>
#include <fstream>

#include "catch.hpp"

namespace {

using namespace bolus;
namespace fs = std::filesystem;

/// A scripted network in a file that is gone after the test.
struct Network {
  fs::path path;
  explicit Network(const std::string& body) {
    static int number = 0;
    path = fs::temp_directory_path() / ("bolus-network-" + std::to_string(::getpid()) + "-" + std::to_string(number++) + ".pt");
    torch::jit::Module module("network");
    module.define("def forward(self, x):\n  " + body + "\n");
    module.save(path.string());
  }
  ~Network() { fs::remove(path); }
};

AlignedStudy study(std::array<std::int64_t, 3> size, double spacing = 1.0) {
  Geometry geometry;
  geometry.size = size;
  geometry.spacing.setConstant(spacing);
  Image<float> image(geometry);
  for (std::size_t i = 0; i < image.size(); ++i) image.data()[i] = static_cast<float>(i % 3);
  AlignedStudy result;
  result.structural.emplace(Modality::flair, std::move(image));
  return result;
}

SegmenterDescription described() {
  SegmenterDescription description;
  description.channels = {Modality::flair};
  description.normalisation = IntensityScaling::none;
  description.patch_size = {6, 7, 5};
  description.labels = {0, 2, 4};
  return description;
}

}  // namespace

TEST_CASE("a TorchScript network gives its labels, patch by patch, on any number of threads", "[segment]") {
  const Network network("return torch.cat([-x * x, -(x - 1) * (x - 1), -(x - 2) * (x - 2)], 1)");
  const auto images = study({11, 8, 13});
  const TorchScriptSegmenter segmenter(network.path, described());
  const auto labels = segmenter(images);
  for (std::size_t i = 0; i < labels.image().size(); ++i) REQUIRE(labels.image().data()[i] == (i % 3) * 2);
  CHECK(segmenter.name() == "TorchScript");

  const auto one = TorchScriptSegmenter(network.path, described(), "cpu", 1).probabilities(images);
  const auto four = TorchScriptSegmenter(network.path, described(), "cpu", 4).probabilities(images);
  REQUIRE(one.size() == 5);
  for (const auto& [region, image] : one) {
    CHECK(std::equal(image.values().begin(), image.values().end(), four.at(region).values().begin()));
  }
}

TEST_CASE("a network that does not fit is told so", "[segment]") {
  const Network network("return torch.cat([x, x, x], 1)"), narrow("return x"), failing("return x.reshape(7, 11)");
  const auto images = study({8, 8, 8});
  CHECK_THROWS_AS(TorchScriptSegmenter("nowhere.pt", described()), IoError);
  CHECK_THROWS_AS(TorchScriptSegmenter(narrow.path, described())(images), ShapeError);
  CHECK_THROWS_AS(TorchScriptSegmenter(failing.path, described())(images), DataError);
  CHECK_THROWS_AS(TorchScriptSegmenter(network.path, described())(study({8, 8, 8}, 2.0)), GeometryError);
  CHECK_THROWS_AS(TorchScriptSegmenter(network.path, described())(AlignedStudy{}), DataError);
  CHECK_THROWS_AS(TorchScriptSegmenter(network.path, described(), "abacus"), OptionError);
  auto wrong = described();
  wrong.labels = {0, 3, 4};
  CHECK_THROWS_AS(TorchScriptSegmenter(network.path, wrong), OptionError);
  std::ofstream(narrow.path, std::ios::trunc) << "no model";
  CHECK_THROWS_AS(TorchScriptSegmenter(narrow.path, described()), FormatError);
  const auto stop = [](const ProgressEvent&) { return false; };
  CHECK_THROWS_AS(TorchScriptSegmenter(network.path, described())(images, stop), Cancelled);
}

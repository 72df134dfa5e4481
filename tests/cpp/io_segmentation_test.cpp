#include <unistd.h>

#include <bolus/io/read_image.hpp>
#include <bolus/io/segmentation_file.hpp>
#include <bolus/io/write_image.hpp>
#include <fstream>

#include "catch.hpp"

namespace {

using namespace bolus;
namespace fs = std::filesystem;

/// A folder that is gone after the test.
struct Folder {
  fs::path path;
  Folder() : path(fs::temp_directory_path() / ("bolus-segmentation-test-" + std::to_string(::getpid()))) {
    fs::remove_all(path);
    fs::create_directories(path);
  }
  ~Folder() { fs::remove_all(path); }
};

LabelMap labels() {
  Geometry geometry;
  geometry.size = {7, 6, 5};
  geometry.spacing = Eigen::Vector3d(0.9, 1.1, 5.5);
  geometry.origin = Eigen::Vector3d(-71.3, 12.9, 300.7);
  geometry.direction = Eigen::AngleAxisd(0.4, Eigen::Vector3d(1, 2, -1).normalized()).toRotationMatrix();
  Image<std::uint8_t> image(geometry);
  for (std::int64_t x = 1; x < 6; ++x) image(x, 3, 2) = x < 3 ? LabelValue::oedema : LabelValue::non_enhancing;
  image(3, 3, 2) = LabelValue::enhancing;
  return LabelMap(std::move(image));
}

std::string content(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

void write_bytes(const fs::path& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

bool same(const LabelMap& a, const LabelMap& b) {
  return std::equal(a.image().values().begin(), a.image().values().end(), b.image().values().begin()) &&
         a.geometry().difference(b.geometry(), 1e-4).empty();
}

}  // namespace

TEST_CASE("a segmentation of 3D Slicer comes back as it was", "[io]") {
  const Folder folder;
  const auto path = folder.path / "labels.seg.nrrd";
  write_label_map(path, labels());
  CHECK_THROWS_AS(write_label_map(path, labels()), IoError);
  CHECK(same(read_label_map(path), labels()));
  const auto read = read_segmentation(path, {.grid = labels().geometry()});
  CHECK(same(read.labels, labels()));
  REQUIRE(read.segments.size() == 3);
  CHECK(read.segments[0].id == "ET");
  CHECK(read.segments[0].terminology == "NCIt^C113842^Enhancing Lesion");
  CHECK(read.segments[2].voxels == labels().voxel_count(Region::oedema));
  CHECK(read.flags.empty());
  Geometry other = labels().geometry();
  other.origin[0] += 0.5;
  CHECK_THROWS_AS(read_segmentation(path, {.grid = other}), GeometryError);
  CHECK_THROWS_AS(write_label_map(folder.path / "empty.seg.nrrd", LabelMap()), DataError);
}

TEST_CASE("a segment is known by what Slicer keeps, and doubt is an error", "[io]") {
  const Folder folder;
  const auto path = folder.path / "labels.seg.nrrd";
  write_label_map(path, labels());
  const auto whole = content(path);
  const auto with = [&](const std::string& from, const std::string& to) {
    auto bytes = whole;
    const auto at = bytes.find(from);
    REQUIRE(at != std::string::npos);
    bytes.replace(at, from.size(), to);
    write_bytes(path, bytes);
  };
  with("Segment0_Name:=Enhancing tumour (ET)", "Segment0_Name:=hot");
  CHECK(read_segmentation(path).flags.at(0).code == "io.segmentation.renamed");
  CHECK(same(read_label_map(path), labels()));
  with("Segment0_Name:=Enhancing tumour (ET)", "Segment0_Name:=oedema");
  CHECK_THROWS_AS(read_label_map(path), DataError);
  CHECK(same(read_segmentation(path, {.regions = {{"ET", Region::enhancing}}}).labels, labels()));
  CHECK(read_segmentation(path, {.regions = {{"ET", std::nullopt}}}).labels.voxel_count(Region::enhancing) == 0);
  CHECK_THROWS_AS(read_segmentation(path, {.regions = {{"none", Region::enhancing}}}), OptionError);
}

TEST_CASE("a damaged segmentation is an error, never a crash", "[io]") {
  const Folder folder;
  const auto path = folder.path / "labels.seg.nrrd";
  write_label_map(path, labels());
  const auto whole = content(path);
  const auto header = whole.find("\n\n") + 2;
  for (std::size_t length = 0; length<whole.size(); length += length> header ? 1 : 37) {
    write_bytes(path, whole.substr(0, length));
    CHECK_THROWS_AS(read_label_map(path), Error);
  }
  std::uint32_t state = 1;
  std::size_t refused = 0;
  for (int round = 0; round < 400; ++round) {
    auto bytes = whole;
    for (int change = 0; change < 3; ++change) {
      state = state * 1664525U + 1013904223U;
      bytes[(state >> 8) % header] = static_cast<char>(" 09:=|~^xS\n-"[(state >> 3) % 12]);
    }
    write_bytes(path, bytes);
    try {
      const auto read = read_label_map(path);  // outside of CHECK, which would take the exception
      CHECK(read.image().size() > 0);
    } catch (const Error&) {
      ++refused;
    }
  }
  CHECK(refused > 50);
}

#include <atomic>
#include <fstream>
#include <numeric>

#include <bolus/core/aligned_study.hpp>
#include <bolus/core/atomic_file.hpp>
#include <bolus/core/curve_set.hpp>
#include <bolus/core/dataset.hpp>
#include <bolus/core/label_map.hpp>
#include <bolus/core/parallel.hpp>
#include <bolus/core/perfusion_series.hpp>
#include <bolus/core/provenance.hpp>
#include <bolus/core/random.hpp>

#include "catch.hpp"

using namespace bolus;
namespace fs = std::filesystem;

namespace {

Geometry oblique() {
  Geometry geometry{{4, 5, 6}, {0.9, 0.9, 5.5}, {-80.0, 40.0, 12.0}, Eigen::Matrix3d::Identity()};
  geometry.direction = Eigen::AngleAxisd(0.2, Eigen::Vector3d(1, 2, 3).normalized()).toRotationMatrix();
  return geometry;
}

fs::path scratch(const std::string& name) {
  const auto folder = fs::temp_directory_path() / ("bolus-core-test-" + name);
  fs::remove_all(folder);
  fs::create_directories(folder);
  return folder;
}

std::string content(const fs::path& path) {
  std::ifstream stream(path);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

TEST_CASE("philox gives the published test vectors", "[core]") {
  // Random123 1.09, kat_vectors, philox4x32 with 10 rounds.
  using Words = std::array<std::uint32_t, 4>;
  CHECK(philox4x32({0, 0, 0, 0}, {0, 0}) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  const std::uint32_t ones = 0xffffffff;
  CHECK(philox4x32({ones, ones, ones, ones}, {ones, ones}) == Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("random streams have the moments of their distributions and do not depend on the order of drawing", "[core]") {
  const RandomStream stream(7, 3);
  double sum = 0.0, square = 0.0, uniform = 0.0;
  const int count = 200000;
  for (int i = 0; i < count; ++i) {
    const double value = stream.normal(static_cast<std::uint64_t>(i));
    sum += value;
    square += value * value;
    const double u = stream.uniform(static_cast<std::uint64_t>(i));
    REQUIRE(u >= 0.0);
    REQUIRE(u < 1.0);
    uniform += u;
  }
  CHECK(std::abs(sum / count) < 4.0 / std::sqrt(count));
  CHECK(square / count == Approx(1.0).margin(4.0 * std::sqrt(2.0 / count)));
  CHECK(uniform / count == Approx(0.5).margin(4.0 / std::sqrt(12.0 * count)));
  CHECK(stream.normal(99) == RandomStream(7, 3).normal(99));
  CHECK(stream.normal(99) != RandomStream(7, 4).normal(99));
  CHECK(stream.normal(99) != RandomStream(8, 3).normal(99));
}

TEST_CASE("integers below a bound are uniform and a permutation holds every index once", "[core]") {
  const RandomStream stream(1, 2);
  std::array<int, 6> counts{};
  for (int i = 0; i < 60000; ++i) ++counts[stream.below(static_cast<std::uint64_t>(i), 6)];
  double chi_square = 0.0;
  for (const int seen : counts) chi_square += (seen - 10000.0) * (seen - 10000.0) / 10000.0;
  CHECK(chi_square < 20.5);  // 99.9 % quantile with 5 degrees of freedom
  auto order = stream.permutation(1000);
  CHECK(order != RandomStream(1, 3).permutation(1000));
  std::sort(order.begin(), order.end());
  std::vector<std::size_t> expected(1000);
  std::iota(expected.begin(), expected.end(), std::size_t{0});
  CHECK(order == expected);
  CHECK(stream.permutation(0).empty());
}

TEST_CASE("parallel_for visits every index once on any number of threads", "[core]") {
  for (const int threads : {1, 2, 4}) {
    for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{1000}}) {
      std::vector<int> seen(count, 0);
      parallel_for(count, 7, threads, [&](std::size_t begin, std::size_t end) {
        for (auto i = begin; i < end; ++i) ++seen[i];
      });
      CHECK(std::all_of(seen.begin(), seen.end(), [](int times) { return times == 1; }));
    }
  }
}

TEST_CASE("parallel_sum gives the same bits on 1, 2 and 4 threads", "[core]") {
  const RandomStream stream(5, 5);
  const auto sum = [&](int threads) {
    return parallel_sum(100000, 128, threads, 0.0, [&](std::size_t begin, std::size_t end) {
      double part = 0.0;
      for (auto i = begin; i < end; ++i) part += stream.normal(i);
      return part;
    });
  };
  CHECK(sum(1) == sum(2));
  CHECK(sum(1) == sum(4));
}

TEST_CASE("parallel_for rethrows the failure of the first block and can be cancelled", "[core]") {
  const auto failing = [](std::size_t begin, std::size_t) { throw DataError("block " + std::to_string(begin)); };
  CHECK_THROWS_AS(parallel_for(100, 10, 4, failing), DataError);
  CHECK_THROWS_WITH(parallel_for(100, 10, 1, failing), "block 0");
  std::atomic<int> done{0};
  const Progress stop_after_two = [](const ProgressEvent& event) { return event.done < 2; };
  CHECK_THROWS_AS(parallel_for(1000, 1, 1, [&](std::size_t, std::size_t) { ++done; }, stop_after_two), Cancelled);
  CHECK(done < 1000);
  // One block, which any thread may take: the callback is heard all the same, at the start and at the end.
  for (int attempt = 0; attempt < 50; ++attempt) {
    std::vector<std::size_t> seen;
    const Progress count_calls = [&](const ProgressEvent& event) {
      seen.push_back(event.done);
      return true;
    };
    parallel_for(4, 1, 4, [](std::size_t, std::size_t) {}, count_calls);
    REQUIRE(seen.front() == 0);
    REQUIRE(seen.back() == 4);
  }
  CHECK_THROWS_AS(parallel_for(10, 1, -1, [](std::size_t, std::size_t) {}), OptionError);
}

TEST_CASE("a geometry survives the way to a RAS affine and back", "[core]") {
  const auto geometry = oblique();
  const auto back = Geometry::from_affine_ras(geometry.affine_ras(), geometry.size);
  CHECK(geometry.difference(back, 1e-9).empty());
  const Eigen::Vector3d index(1.5, 2.0, 3.25);
  CHECK((geometry.index_of(geometry.point_of(index)) - index).norm() < 1e-12);
  // RAS differs from LPS in the sign of x and y.
  const Eigen::Vector4d ras = geometry.affine_ras() * Eigen::Vector4d(1, 2, 3, 1);
  const Eigen::Vector3d lps = geometry.point_of({1, 2, 3});
  CHECK(ras[0] == Approx(-lps[0]));
  CHECK(ras[1] == Approx(-lps[1]));
  CHECK(ras[2] == Approx(lps[2]));
}

TEST_CASE("impossible geometries are refused", "[core]") {
  const auto broken = [](auto change) {
    auto geometry = oblique();
    change(geometry);
    return geometry;
  };
  CHECK_THROWS_AS(broken([](Geometry& g) { g.size[1] = 0; }).validate(), GeometryError);
  CHECK_THROWS_AS(broken([](Geometry& g) { g.size = {1 << 20, 1 << 20, 1 << 20}; }).validate(), GeometryError);
  CHECK_THROWS_AS(broken([](Geometry& g) { g.spacing[2] = -1.0; }).validate(), GeometryError);
  CHECK_THROWS_AS(broken([](Geometry& g) { g.spacing[0] = std::nan(""); }).validate(), GeometryError);
  CHECK_THROWS_AS(broken([](Geometry& g) { g.origin[0] = INFINITY; }).validate(), GeometryError);
  CHECK_THROWS_AS(broken([](Geometry& g) { g.direction(0, 1) += 0.1; }).validate(), GeometryError);
  CHECK_THROWS_AS(Geometry::from_affine_ras(Eigen::Matrix4d::Zero(), {1, 1, 1}), GeometryError);
}

TEST_CASE("grids that differ are told apart and the message says how", "[core]") {
  const auto a = oblique();
  auto b = a;
  CHECK(a.difference(b).empty());
  b.origin[0] += 0.005;
  CHECK(a.difference(b).empty());
  b.origin[0] += 1.0;
  CHECK_FALSE(a.difference(b).empty());
  b = a;
  b.size[0] = 7;
  CHECK_THROWS_WITH(
      require_same_space(b, a, "the label map", "the DSC series"),
      Catch::Matchers::Contains("the label map does not lie on the grid of the DSC series: size 7x5x6 and 4x5x6"));
}

TEST_CASE("an image copies its voxels, moves them, and wraps foreign memory without copying", "[core]") {
  Image<float> image(oblique(), 2.0f);
  Image<float> copy = image;
  copy(1, 2, 3) = 9.0f;
  CHECK(image(1, 2, 3) == 2.0f);
  const auto* memory = copy.data();
  Image<float> moved = std::move(copy);
  CHECK(moved.data() == memory);
  auto owner = std::make_shared<std::vector<float>>(120, 1.0f);
  auto wrapped = Image<float>::wrap(oblique(), owner->data(), owner);
  wrapped(0, 0, 0) = 5.0f;
  CHECK((*owner)[0] == 5.0f);
  CHECK(owner.use_count() == 2);
  CHECK(Image<float>().empty());
  CHECK_THROWS_AS(Image<float>::wrap(oblique(), nullptr, owner), DataError);
}

TEST_CASE("regions of a label map follow the BraTS values", "[core]") {
  Image<std::uint8_t> labels(Geometry{{4, 1, 1}, {10, 10, 10}, Eigen::Vector3d::Zero(), Eigen::Matrix3d::Identity()});
  const std::array<std::uint8_t, 4> values{0, 1, 2, 4};
  std::copy(values.begin(), values.end(), labels.data());
  const LabelMap map(labels);
  CHECK(map.voxel_count(Region::enhancing) == 1);
  CHECK(map.voxel_count(Region::whole_tumour) == 3);
  CHECK(map.volume(Region::whole_tumour) == Approx(3.0));
  CHECK(map.mask(Region::oedema)(2, 0, 0) == 1);
  labels(0, 0, 0) = 3;
  CHECK_THROWS_AS(LabelMap(labels), DataError);
}

TEST_CASE("a perfusion series needs increasing finite times", "[core]") {
  const auto geometry = oblique();
  CHECK_THROWS_AS(PerfusionSeries(geometry, Eigen::VectorXd()), DataError);
  CHECK_THROWS_AS(PerfusionSeries(geometry, Eigen::Vector3d(0, 2, 1)), DataError);
  CHECK_THROWS_AS(PerfusionSeries(geometry, Eigen::Vector3d(0, 1, std::nan(""))), DataError);
  PerfusionSeries series(geometry, Eigen::Vector3d(0, 1.5, 3.2), {.echo_time = 0.03});
  CHECK(series.frame(2).data() == series.data() + 2 * geometry.voxel_count());
  CHECK(series.protocol().required_echo_time() == 0.03);
  CHECK_THROWS_AS(PerfusionProtocol{}.required_echo_time(), DataError);
  CHECK_THROWS_AS(PerfusionProtocol{.echo_time = 30.0}.required_echo_time(), DataError);
}

TEST_CASE("curve sets and datasets refuse parts that do not fit", "[core]") {
  CurveSet curves{{"ET", "AIF"}, Eigen::Vector3d(0, 1, 2), Eigen::MatrixXd::Ones(3, 2), {}, CurveQuantity::signal, {}};
  CHECK_NOTHROW(curves.validate());
  CHECK(curves.channel("AIF") == 1);
  CHECK_THROWS_AS(curves.channel("ED"), DataError);
  curves.values(1, 1) = std::nan("");
  CHECK_THROWS_WITH(curves.validate(), Catch::Matchers::Contains("curve AIF is not finite at sample 1"));
  curves.values.resize(2, 2);
  CHECK_THROWS_AS(curves.validate(), ShapeError);

  Dataset data{SampleArray(3, 2, 4), {"a", "b"}, {0, 1, 0}, {"p", "q", "p"}, {0, 1, 2}, 1.5};
  CHECK_NOTHROW(data.validate());
  data.curves(2, 1, 3) = 8.0f;
  const auto part = data.select({2, 0});
  CHECK(part.curves(0, 1, 3) == 8.0f);
  CHECK(part.patients == std::vector<std::string>{"p", "p"});
  CHECK(part.start_times == std::vector<double>{2, 0});
  CHECK_THROWS_AS(data.select({3}), ShapeError);
  data.labels = {0, 2, 0};
  CHECK_THROWS_AS(data.validate(), DataError);
  data.labels = {0};
  CHECK_THROWS_AS(data.validate(), ShapeError);
  CHECK_THROWS_AS(SampleArray().validate(), ShapeError);
}

TEST_CASE("SHA-256 gives the published digests", "[core]") {
  // FIPS 180-4 examples.
  CHECK(content_hash("abc", 3) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(content_hash("", 0) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  const std::string long_text(1000000, 'a');
  CHECK(content_hash(long_text.data(), long_text.size()) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  CHECK_THROWS_AS(file_hash("no/such/file"), IoError);
  CHECK_THROWS_AS(file_hash(fs::temp_directory_path()), IoError);
}

TEST_CASE("provenance is valid JSON whatever the texts hold", "[core]") {
  Provenance provenance;
  provenance.step = "a \"quoted\"\nname";
  provenance.seed = 4;
  provenance.flags = {{"x", "y\\z"}};
  const auto json = to_json(provenance);
  CHECK_THAT(json, Catch::Matchers::Contains("a \\\"quoted\\\"\\u000aname"));
  CHECK_THAT(json, Catch::Matchers::Contains("\"message\": \"y\\\\z\""));
  CHECK_THAT(json, Catch::Matchers::Contains("\"seed\": 4"));
}

TEST_CASE("files are written whole or not at all, and never overwritten unasked", "[core]") {
  const auto folder = scratch("write");
  const auto path = folder / "result.json";
  write_atomically(path, Overwrite::no, "first");
  CHECK_THROWS_AS(write_atomically(path, Overwrite::no, "second"), IoError);
  CHECK(content(path) == "first");
  write_atomically(path, Overwrite::yes, "third");
  CHECK(content(path) == "third");
  const auto fail = [](const fs::path& temporary) {
    std::ofstream(temporary) << "half";
    throw DataError("stopped half way");
  };
  CHECK_THROWS_AS(write_atomically(path, Overwrite::yes, fail), DataError);
  CHECK(content(path) == "third");
  CHECK(std::distance(fs::directory_iterator(folder), fs::directory_iterator()) == 1);
  CHECK_THROWS_AS(write_atomically(folder / "missing" / "x", Overwrite::no, "x"), IoError);
  CHECK_THROWS_AS(write_atomically(folder, Overwrite::yes, "x"), IoError);
}

TEST_CASE("a study names what it has when an image is missing", "[core]") {
  AlignedStudy study;
  study.structural.emplace(Modality::t1, Image<float>(oblique()));
  CHECK(study.image(Modality::t1).size() == 120);
  CHECK_THROWS_WITH(study.image(Modality::flair), "the study has no flair image; it has: t1");
}

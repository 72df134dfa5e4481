// Looks into the sources, too: the engine against LibTorch, the noise against numpy, the rules of the regions.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <bolus/core/axis_order.hpp>
#include <bolus/core/random.hpp>
#include <bolus/segment/segment_tumour.hpp>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "../../src/segment/cascade_votes.hpp"
#include "../../src/segment/fused/slice_engine.hpp"
#include "../../src/segment/numpy_noise.hpp"
#include "../../src/segment/torch_anisotropic_network.hpp"
#include "catch.hpp"

namespace {

using namespace bolus;
using bolus::detail::Box;
using bolus::detail::Marks;
using bolus::detail::NumpyNoise;
using bolus::detail::PackedNetwork;
using bolus::detail::RegionRules;
using bolus::detail::SliceEngine;
using bolus::detail::TorchAnisotropicNetwork;
using bolus::detail::Triple;

/// Random kernels, and batch norms and PReLUs that are not those of the start.
AnisotropicNetwork uneven_network(bool downsample_twice, std::uint64_t seed) {
  auto network = random_anisotropic_network(downsample_twice, seed);
  const RandomStream random(seed, 1000);
  std::uint64_t draw = 0;
  for (auto& [name, array] : network.weights) {
    if (array.shape.size() != 1) continue;
    for (auto& value : array.values) value += 0.3F * static_cast<float>(random.normal(draw++));
  }
  return network;
}

std::vector<float> random_values(std::size_t count, std::uint64_t seed) {
  const RandomStream random(seed, 7);
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<float>(0.5 + 2.0 * random.normal(i));
  return values;
}

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  double largest = a.size() == b.size() ? 0.0 : 1e30;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    const double difference = std::abs(static_cast<double>(a[i]) - b[i]);
    largest = difference <= largest ? largest : std::isnan(difference) ? 1e30 : difference;
  }
  return largest;
}

struct InstructionSet {
  explicit InstructionSet(const char* name) { setenv("BOLUS_SIMD", name, 1); }
  ~InstructionSet() { unsetenv("BOLUS_SIMD"); }
};

/// A head of some 24 voxels across in a grid that reads out in the given directions, all of it in LPS order from `value`.
AlignedStudy small_study(std::int64_t size = 24) {
  Geometry geometry;
  geometry.size = {size, size + 3, size - 2};
  AlignedStudy study;
  for (const auto modality : all_modalities) {
    const RandomStream random(5, static_cast<std::uint64_t>(modality));
    Image<float> image(geometry);
    std::size_t i = 0;
    for (std::int64_t z = 0; z < geometry.size[2]; ++z) {
      for (std::int64_t y = 0; y < geometry.size[1]; ++y) {
        for (std::int64_t x = 0; x < geometry.size[0]; ++x, ++i) {
          const double r = std::hypot(x - size / 2.0, std::hypot(y - size / 2.0, z - size / 2.0));
          image(x, y, z) =
              r < size / 2.0 - 2.0 ? static_cast<float>(100.0 + 20.0 * random.normal(i) + (x > size / 2 ? 40.0 : 0.0)) : 0.0F;
        }
      }
    }
    study.structural.emplace(modality, std::move(image));
  }
  return study;
}

/// The same head with another order and direction of axes.
AlignedStudy turned(const AlignedStudy& study) {
  AlignedStudy result;
  for (const auto& [modality, image] : study.structural) {
    const bolus::detail::AxisOrder order{{2, 0, 1}, {true, true, false}};
    result.structural.emplace(modality, bolus::detail::reordered(image, order));
  }
  return result;
}

std::vector<float> values_of(const Image<float>& image) { return {image.data(), image.data() + image.size()}; }

}  // namespace

TEST_CASE("the noise stream is numpy's", "[segment]") {
  // numpy.random.seed(s); numpy.random.normal(size=2000)
  NumpyNoise zero(0), other(12345);
  CHECK(zero.normal() == 0x1.c398ef3e5cfa5p+0);
  CHECK(zero.normal() == 0x1.99c2cfacc8953p-2);
  CHECK(zero.normal() == 0x1.f51d25222c9abp-1);
  zero.skip(996);
  CHECK(zero.normal() == -0x1.6eb574c9b16b2p-2);
  CHECK(other.normal() == -0x1.a33dc4f5d203dp-3);
  other.skip(1);
  CHECK(other.normal() == -0x1.09f3df0ae3d0ep-1);
  other.skip(1996);
  CHECK(other.normal() == 0x1.eb1c75cb681b4p+0);
}

TEST_CASE("the slice engine agrees with LibTorch, on every instruction set", "[segment]") {
  for (const bool twice : {true, false}) {
    const auto network = uneven_network(twice, 3);
    const std::array<std::size_t, 5> shape{2, 13, 20, 28, 4};
    const auto input = random_values(2 * 13 * 20 * 28 * 4, 1);
    const auto expected = network.logits(input, shape, {Engine::libtorch, Device::cpu, 1});
    double scale = 0.0;
    for (const float value : expected) scale = std::max(scale, std::abs(static_cast<double>(value)));
    REQUIRE(scale > 0.1);
    for (const char* name : {"avx512", "avx2", "neon", "portable"}) {
      const InstructionSet wanted(name);
      try {
        const auto found = network.logits(input, shape);
        INFO(name << ", downsample twice " << twice);
        CHECK(largest_difference(found, expected) < 2e-4 * scale);
        CHECK(network.logits(input, shape, {Engine::fused, Device::cpu, 1}) == found);
        CHECK(network.logits(input, shape, {Engine::fused, Device::cpu, 4}) == found);
      } catch (const OptionError&) {  // this machine lacks it
      }
    }
  }
}

TEST_CASE("a run over all slices gives what the batch of its slabs gives", "[segment]") {
  const auto network = uneven_network(false, 4);
  const std::size_t rows = 12, columns = 16, slices = 30;  // 22 in the end: slabs of 11 from 0, 6 and 11 on
  const std::vector<std::size_t> starts{0, 6, 11};
  const auto input = random_values(slices * rows * columns * 4, 2);
  SliceEngine engine(2);
  const PackedNetwork packed(network);
  std::vector<float> whole(22 * rows * columns * 2), unweighted(whole.size());
  engine.run(packed, input.data(), {1, slices, rows, columns}, whole.data(), {11, starts});
  engine.run(packed, input.data(), {1, slices, rows, columns}, unweighted.data(), {});
  CHECK(largest_difference(whole, unweighted) > 1e-3);
  std::vector<float> batch;
  for (const auto start : starts) {
    const auto* first = input.data() + start * rows * columns * 4;
    batch.insert(batch.end(), first, first + 19 * rows * columns * 4);
  }
  const auto expected = network.logits(batch, {3, 19, rows, columns, 4});
  for (std::size_t i = 0; i < 3; ++i) {
    const std::size_t size = 11 * rows * columns * 2;
    const std::vector<float> slab(expected.begin() + static_cast<std::ptrdiff_t>(i * size),
                                  expected.begin() + static_cast<std::ptrdiff_t>((i + 1) * size));
    const auto* first = whole.data() + starts[i] * rows * columns * 2;
    CHECK(largest_difference(slab, {first, first + size}) < 1e-4);
  }
}

TEST_CASE("gradients reach every weight and are right", "[segment]") {
  for (const bool twice : {true, false}) {
    const auto network = uneven_network(twice, 5);
    const auto values = random_values(1 * 11 * 8 * 8 * 4, 3);
    const auto input =
        at::from_blob(const_cast<float*>(values.data()), {1, 11, 8, 8, 4}).to(at::kDouble).permute({0, 4, 1, 2, 3});
    const TorchAnisotropicNetwork trained(network, true, at::kCPU, at::kDouble);
    const auto loss_of = [&](const TorchAnisotropicNetwork& net) {
      return at::softmax(net.forward(input), 1).select(1, 1).pow(2).sum();
    };
    std::vector<at::Tensor> parameters;
    std::vector<std::string> names;
    for (const auto& [name, tensor] : trained.parameters()) {
      names.push_back(name);
      parameters.push_back(tensor);
    }
    const auto gradients = torch::autograd::grad({loss_of(trained)}, parameters);
    for (std::size_t i = 0; i < names.size(); ++i) {
      INFO(names[i]);
      CHECK(gradients[i].abs().max().item<double>() > 0.0);
      if (i % 20 != 0) continue;  // the difference quotient of some
      auto parameter = parameters[i].detach();
      auto first = parameter.view({-1}).narrow(0, 0, 1);
      constexpr double step = 1e-5;
      first.add_(step);
      const double above = loss_of(trained).item<double>();
      first.sub_(2 * step);
      const double below = loss_of(trained).item<double>();
      first.add_(step);
      const double expected = (above - below) / (2 * step);
      CHECK(gradients[i].reshape({-1})[0].item<double>() == Approx(expected).epsilon(1e-3).margin(1e-6));
    }
    CHECK(trained.values() == network);
  }
}

TEST_CASE("regions are closed and chosen as the original does, and without its accidents", "[segment]") {
  const RegionRules published{true}, stable{false};
  const Triple size{20, 20, 20};
  const auto mark = [&](Marks& marks, const Box& box) {
    for (auto z = box.first[0]; z <= box.last[0]; ++z) {
      for (auto y = box.first[1]; y <= box.last[1]; ++y) {
        for (auto x = box.first[2]; x <= box.last[2]; ++x) marks.values[bolus::detail::place_of(size, z, y, x)] = 1;
      }
    }
  };
  SECTION("closing fills a gap of one voxel and keeps the rest") {
    Marks marks(size);
    mark(marks, {{5, 5, 5}, {9, 9, 9}});
    CHECK(stable.close(marks).values == marks.values);
    auto holed = marks;
    holed.values[bolus::detail::place_of(size, 7, 7, 7)] = 0;
    CHECK(stable.close(holed).values == marks.values);
    CHECK(published.close(holed).values == marks.values);
  }
  SECTION("at the border the original loses what it closes") {
    Marks marks(size);
    mark(marks, {{0, 5, 5}, {4, 9, 9}});
    CHECK(stable.close(marks).values == marks.values);
    Marks eroded(size);
    mark(eroded, {{1, 5, 5}, {4, 9, 9}});
    CHECK(published.close(marks).values == eroded.values);
  }
  SECTION("regions that share an edge are one, those that share a corner are two") {
    Marks edge(size), corner(size);
    mark(edge, {{1, 1, 1}, {2, 2, 2}});
    mark(edge, {{3, 3, 1}, {4, 4, 2}});
    CHECK(bolus::detail::region_sizes(edge) == std::vector<std::size_t>{16});
    mark(corner, {{1, 1, 1}, {2, 2, 2}});
    mark(corner, {{3, 3, 3}, {4, 4, 4}});
    CHECK(bolus::detail::region_sizes(corner) == std::vector<std::size_t>{8, 8});
    // Two of the same size: the original drops both.
    CHECK(published.keep_two(corner).count() == 0);
    CHECK(stable.keep_two(corner).count() == 16);
    // All of them small: the original keeps nothing and fails.
    CHECK(published.keep_large(corner).count() == 0);
    CHECK(stable.keep_large(corner).count() == 16);
  }
  SECTION("the largest, and the second when it is more than a tenth") {
    Marks marks(size);
    mark(marks, {{1, 1, 1}, {10, 10, 10}});  // 1000
    mark(marks, {{12, 1, 1}, {16, 5, 4}});   // 100: not more than a tenth
    CHECK(published.keep_two(marks).count() == 1000);
    mark(marks, {{12, 1, 5}, {12, 1, 5}});
    CHECK(published.keep_two(marks).count() == 1101);
    mark(marks, {{1, 12, 1}, {18, 19, 19}});
    CHECK(published.keep_large(marks).count() == 18 * 8 * 19);
    CHECK(stable.keep_large(marks).count() == 18 * 8 * 19);
  }
  SECTION("a region stays when half of it lies within") {
    Marks marks(size), within(size);
    mark(marks, {{1, 1, 1}, {2, 2, 2}});
    mark(marks, {{6, 6, 6}, {7, 7, 7}});
    mark(within, {{1, 1, 1}, {2, 2, 1}});
    mark(within, {{6, 6, 6}, {6, 6, 7}});
    CHECK(published.keep_overlapping(marks, within).count() == 8);
  }
}

TEST_CASE("the cascade does not depend on threads, runs or the direction of the axes", "[segment]") {
  const auto study = small_study(16);
  const auto weights = random_cascade(1);
  SegmentTumour segment;
  segment.threads = 2;
  const auto first = segment(study, weights);
  segment.threads = 1;
  const auto single = segment(study, weights);
  segment.threads = 4;
  const auto four = segment(study, weights);
  for (const auto* other : {&single, &four}) {
    CHECK(values_of(other->whole_tumour) == values_of(first.whole_tumour));
    CHECK(values_of(other->enhancing) == values_of(first.enhancing));
    CHECK(values_of(other->uncertainty) == values_of(first.uncertainty));
    CHECK(std::equal(first.labels.image().values().begin(), first.labels.image().values().end(),
                     other->labels.image().values().begin()));
  }
  REQUIRE(*std::max_element(first.whole_tumour.data(), first.whole_tumour.data() + first.whole_tumour.size()) > 0.0F);

  const auto other_axes = turned(study);
  const auto other = segment(other_axes, weights);
  CHECK(other.labels.geometry().difference(other_axes.structural.begin()->second.geometry()).empty());
  const bolus::detail::AxisOrder back{{2, 0, 1}, {true, true, false}};
  CHECK(values_of(other.whole_tumour) == values_of(bolus::detail::reordered(first.whole_tumour, back)));
  // The box covers the same voxels: x, y, z of the turned image are z, x, y, the first two the other way round.
  const auto& a = first.boxes[0];
  const auto& b = other.boxes[0];
  CHECK(b.first[0] == study.structural.begin()->second.geometry().size[2] - 1 - a.last[2]);
  CHECK(b.first[1] == study.structural.begin()->second.geometry().size[0] - 1 - a.last[0]);
  CHECK(b.first[2] == a.first[1]);
}

TEST_CASE("LibTorch's operators do not depend on its threads", "[segment]") {
  const int before = at::get_num_threads();
  for (const bool twice : {true, false}) {
    const auto network = uneven_network(twice, 6);
    const std::array<std::size_t, 5> shape{2, 13, 48, 40, 4};
    const auto input = random_values(2 * 13 * 48 * 40 * 4, 4);
    std::vector<float> first;
    for (const int threads : {2, 2, 1, 4}) {
      at::set_num_threads(threads);
      const auto found = network.logits(input, shape, {Engine::libtorch, Device::cpu, threads});
      if (first.empty()) first = found;
      CHECK(found == first);
    }
  }
  at::set_num_threads(before);
}

TEST_CASE("published mode does not depend on threads or runs", "[segment]") {
  const auto weights = random_cascade(2);
  const Triple size{13, 10, 12};
  std::array<std::vector<float>, 4> channel;
  for (std::size_t c = 0; c < 4; ++c) channel[c] = random_values(bolus::detail::voxel_count(size), c);
  for (const auto noise : {CascadeNoise::numpy, CascadeNoise::counter}) {
    const auto votes = [&](int threads) {
      const SegmentTumour options{.mode = CascadeMode::published, .noise = noise, .threads = threads};
      NumpyNoise stream(0);
      return bolus::detail::CascadeVotes(weights, options, stream)(CascadeStage::enhancing, channel, size, {0, 0, 0}, {});
    };
    const auto four = votes(4), one = votes(1);
    CHECK(four.probability == one.probability);
    CHECK(four.deviation == one.deviation);
  }
}

TEST_CASE("engines agree on a stage, and modes and options do what they say", "[segment]") {
  const auto weights = random_cascade(2);
  const Triple size{23, 10, 12};
  std::array<std::vector<float>, 4> channel;
  for (std::size_t c = 0; c < 4; ++c) channel[c] = random_values(bolus::detail::voxel_count(size), c);
  const auto votes = [&](const SegmentTumour& options) {
    NumpyNoise noise(static_cast<std::uint32_t>(options.seed));
    return bolus::detail::CascadeVotes(weights, options, noise)(CascadeStage::enhancing, channel, size, {3, 4, 5}, {})
        .probability;
  };
  const auto fused = votes({});
  CHECK(largest_difference(fused, votes({.engine = Engine::libtorch})) < 1e-3);  // slab by slab
  CHECK(votes({.seed = 1}) != fused);
  CHECK(votes({.mirror = true}) != fused);
  const auto published = votes({.mode = CascadeMode::published, .noise = CascadeNoise::numpy});
  CHECK(largest_difference(published,
                           votes({.mode = CascadeMode::published, .noise = CascadeNoise::numpy, .engine = Engine::libtorch})) <
        1e-3);
  CHECK(votes({.mode = CascadeMode::published}) != published);

  const auto study = small_study(16);
  CHECK_THROWS_AS((SegmentTumour{.noise = CascadeNoise::numpy}(study, weights)), OptionError);
  CHECK_THROWS_AS((SegmentTumour{.mode = CascadeMode::published, .mirror = true}(study, weights)), OptionError);
  CHECK_THROWS_AS((SegmentTumour{.mode = CascadeMode::published, .noise = CascadeNoise::numpy, .seed = std::uint64_t{1} << 32}(
                      study, weights)),
                  OptionError);
}

TEST_CASE("what the cascade cannot use is refused with a reason", "[segment]") {
  const auto weights = random_cascade(3);
  const SegmentTumour segment;
  const auto with = [&](Modality modality, const std::function<void(Image<float>&)>& change) {
    auto study = small_study(16);
    change(study.structural.at(modality));
    return study;
  };
  auto study = small_study(16);
  study.structural.erase(Modality::t2);
  CHECK_THROWS_WITH(segment(study, weights),
                    Catch::Matchers::Contains("no t2") && Catch::Matchers::Contains("substitute_missing"));
  const auto substituted = SegmentTumour{.substitute_missing = true}(study, weights);
  CHECK(std::any_of(substituted.flags.begin(), substituted.flags.end(),
                    [](const QcFlag& flag) { return flag.code == "segment.modality.substituted"; }));
  CHECK_THROWS_WITH(segment(with(Modality::t1, [](auto& image) { image(3, 3, 3) = NAN; }), weights),
                    Catch::Matchers::Contains("not finite"));
  CHECK_THROWS_WITH(segment(with(Modality::flair, [](auto& image) { image = Image<float>(image.geometry()); }), weights),
                    Catch::Matchers::Contains("0 everywhere"));
  CHECK_THROWS_WITH(segment(with(Modality::cet1, [](auto& image) { image = Image<float>(image.geometry(), 7.0F); }), weights),
                    Catch::Matchers::Contains("same value"));
  CHECK_THROWS_AS(segment(with(Modality::t1,
                               [](auto& image) {
                                 auto geometry = image.geometry();
                                 geometry.size[0] += 1;
                                 image = Image<float>(geometry, 1.0F);
                               }),
                          weights),
                  GeometryError);
  auto coarse = small_study(16);
  for (auto& [modality, image] : coarse.structural) {
    auto geometry = image.geometry();
    geometry.spacing[2] = 5.0;
    image = Image<float>(geometry, 1.0F);
  }
  CHECK_THROWS_WITH(segment(coarse, weights), Catch::Matchers::Contains("resample"));
  const auto geometry = small_study(16).structural.begin()->second.geometry();
  CHECK_THROWS_WITH(segment(small_study(16), weights, Mask(geometry)), Catch::Matchers::Contains("empty"));
  CHECK_THROWS_AS(segment(small_study(16), weights, std::nullopt, [](const ProgressEvent&) { return false; }), Cancelled);
  auto damaged = weights;
  damaged.networks[1][2].weights.erase("fuse2.bn.bias");
  CHECK_THROWS_WITH(segment(small_study(16), damaged),
                    Catch::Matchers::Contains("TC, coronal") && Catch::Matchers::Contains("fuse2.bn.bias"));
}

TEST_CASE("a head of a single slice is segmented and flagged", "[segment]") {
  Geometry geometry;
  geometry.size = {30, 30, 1};
  AlignedStudy study;
  for (const auto modality : all_modalities) {
    Image<float> image(geometry);
    const auto values = random_values(image.size(), static_cast<std::uint64_t>(modality));
    for (std::size_t i = 0; i < image.size(); ++i) image.data()[i] = 100.0F + values[i];
    study.structural.emplace(modality, std::move(image));
  }
  const auto found = SegmentTumour{}(study, random_cascade(4));
  CHECK(std::all_of(found.whole_tumour.data(), found.whole_tumour.data() + found.whole_tumour.size(),
                    [](float value) { return std::isfinite(value); }));
  CHECK(std::any_of(found.flags.begin(), found.flags.end(),
                    [](const QcFlag& flag) { return flag.code == "segment.few_slices"; }));
}

TEST_CASE("a cascade is saved and read back, and damage is named", "[segment]") {
  const auto folder = std::filesystem::temp_directory_path() / "bolus_cascade_test";
  std::filesystem::create_directories(folder);
  const auto path = folder / "cascade.safetensors";
  auto weights = random_cascade(5);
  weights.notes["licence"] = "none";
  save_cascade(weights, path, Overwrite::yes);
  CHECK(load_cascade(path) == weights);
  CHECK_THROWS_AS(save_cascade(weights, path), IoError);
  const auto size = std::filesystem::file_size(path);
  std::filesystem::resize_file(path, size - 10);
  CHECK_THROWS_AS(load_cascade(path), FormatError);
  CHECK_THROWS_AS(load_cascade(folder / "none.safetensors"), IoError);
  CHECK_THROWS_WITH(read_brats17_weights(folder), Catch::Matchers::Contains("msnet_wt32_20000.ckpt.index"));
  std::filesystem::remove_all(folder);
}

#include <algorithm>
#include <bolus/core/error.hpp>
#include <bolus/core/random.hpp>
#include <bolus/segment/anisotropic_network.hpp>
#include <cmath>

#include "fused/slice_engine.hpp"
#include "network_layers.hpp"
#include "torch_anisotropic_network.hpp"

namespace bolus {
namespace {

using detail::require;

std::string text_of(const std::vector<std::size_t>& shape) {
  std::string text;
  for (const auto size : shape) text += (text.empty() ? "" : ", ") + std::to_string(size);
  return "(" + text + ")";
}

}  // namespace

std::map<std::string, std::vector<std::size_t>> AnisotropicNetwork::weight_shapes(bool downsample_twice) {
  std::map<std::string, std::vector<std::size_t>> shapes;
  const auto batch_norm = [&](const std::string& layer, const std::string& ending, std::size_t count) {
    for (const char* name : {".weight", ".bias"}) shapes[layer + ".bn" + ending + name] = {count};
    shapes[layer + ".prelu" + ending + ".weight"] = {count};
  };
  const auto convolution = [&](const std::string& name, std::size_t slices) {
    shapes[name + ".conv.weight"] = {features, features, slices, slices == 1 ? 3U : 1U, slices == 1 ? 3U : 1U};
    batch_norm(name, "", features);
  };
  const auto transposed = [&](const std::string& name, std::size_t inputs, std::size_t outputs) {
    shapes[name + ".deconv.weight"] = {inputs, outputs, 1, 3, 3};
    batch_norm(name, "", outputs);
  };
  for (const auto& level : detail::residual_blocks()) {
    for (const auto& [name, dilation] : level) {
      const std::string layer = name;
      const std::size_t inputs = layer == "block1_1" ? channels : features;
      batch_norm(layer, "_0", inputs);
      batch_norm(layer, "_1", features);
      shapes[layer + ".conv_0.weight"] = {features, inputs, 1, 3, 3};
      shapes[layer + ".conv_1.weight"] = {features, features, 1, 3, 3};
    }
  }
  for (const char* name : {"fuse1", "fuse2", "fuse3", "fuse4"}) convolution(name, 3);
  if (downsample_twice) convolution("downsample1", 1);
  convolution("downsample2", 1);
  if (downsample_twice) {
    transposed("pred_up1", features, 2);
    transposed("pred_up2_2", 4, 4);
    transposed("pred_up3_2", 8, 8);
  } else {
    shapes["pred1.weight"] = {2, features, 1, 3, 3};
  }
  transposed("pred_up2_1", features, 4);
  transposed("pred_up3_1", features, 8);
  shapes["final_pred.weight"] = {detail::classes, detail::predictions, 1, 3, 3};
  return shapes;
}

void AnisotropicNetwork::validate() const {
  const auto shapes = weight_shapes(downsample_twice);
  for (const auto& [name, shape] : shapes) {
    const auto found = weights.find(name);
    require<FormatError>(found != weights.end(), "the network has no weights '", name, "'");
    require<FormatError>(found->second.shape == shape, "weights '", name, "' have the shape ", text_of(found->second.shape),
                         "; the network asks for ", text_of(shape));
    std::size_t count = 1;
    for (const auto size : shape) count *= size;
    const auto& values = found->second.values;
    require<FormatError>(values.size() == count, "weights '", name, "' have ", values.size(), " values; the shape ",
                         text_of(shape), " asks for ", count);
    require<FormatError>(std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); }),
                         "weights '", name, "' hold a value that is not finite");
  }
  for (const auto& [name, array] : weights) {
    require<FormatError>(shapes.contains(name), "the network has no place for weights '", name, "'");
  }
}

std::vector<float> AnisotropicNetwork::logits(std::span<const float> input, const std::array<std::size_t, 5>& shape,
                                              const Compute& compute) const {
  validate();
  const auto [items, slices, rows, columns, depth] = shape;
  require<ShapeError>(
      items > 0 && slices > lost_slices && rows > 0 && columns > 0 && rows % 4 == 0 && columns % 4 == 0 && depth == channels,
      "the input has the shape ", text_of({shape.begin(), shape.end()}),
      "; expected (items, slices > 8, rows, columns, 4), rows and columns multiples of 4");
  require<ShapeError>(input.size() == items * slices * rows * columns * depth, "the input has ", input.size(),
                      " values; the shape asks for ", items * slices * rows * columns * depth);
  require<DataError>(std::all_of(input.begin(), input.end(), [](float value) { return std::isfinite(value); }),
                     "the input holds a value that is not finite");
  std::vector<float> result(items * (slices - lost_slices) * rows * columns * detail::classes);
  if (compute.engine == Engine::fused && compute.device == Device::cpu) {
    detail::SliceEngine engine(compute.threads);
    engine.run(detail::PackedNetwork(*this), input.data(), {items, slices, rows, columns}, result.data(), {});
  } else {
    detail::torch_logits(*this, input.data(), shape, compute.device, result.data());
  }
  return result;
}

AnisotropicNetwork random_anisotropic_network(bool downsample_twice, std::uint64_t seed) {
  AnisotropicNetwork network;
  network.downsample_twice = downsample_twice;
  std::uint64_t stream = 0;
  for (const auto& [name, shape] : AnisotropicNetwork::weight_shapes(downsample_twice)) {
    const RandomStream random(seed, stream++);
    std::size_t count = 1;
    for (const auto size : shape) count *= size;
    WeightArray array{shape, std::vector<float>(count, 0.0F)};
    const bool kernel = shape.size() == 5;
    if (kernel) {
      const auto inputs = name.find("deconv") == std::string::npos ? shape[1] : shape[0];
      const double deviation = std::sqrt(2.0 / static_cast<double>(inputs * shape[2] * shape[3] * shape[4]));
      std::uint64_t draw = 0;
      for (auto& value : array.values) {
        double normal = random.normal(draw++);
        while (std::abs(normal) > 2.0) normal = random.normal(draw++);
        value = static_cast<float>(deviation * normal);
      }
    } else if (name.find(".bn") != std::string::npos && name.ends_with(".weight")) {
      std::fill(array.values.begin(), array.values.end(), 1.0F);
    }
    network.weights.emplace(name, std::move(array));
  }
  return network;
}

}  // namespace bolus

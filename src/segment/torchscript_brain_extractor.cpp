#include <bolus/segment/torchscript_brain_extractor.hpp>

#include <ATen/core/Tensor.h>
#include <ATen/ops/from_blob.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/csrc/jit/serialization/import.h>

#include <algorithm>
#include <atomic>
#include <bolus/core/detail/mask_components.hpp>
#include <bolus/core/detail/trilinear.hpp>
#include <cmath>

#include "../compute/torch_team.hpp"

namespace bolus {
namespace {

using detail::message;
using detail::require;
using detail::Trilinear;

constexpr const char* stage = "extracting the brain";

/// The grid of the network over the box of an image: x fastest is the tensor's last axis.
Geometry network_grid(const Geometry& image, const BrainNetworkDescription& d) {
  // For each letter the patient's axis and the direction along it, LPS.
  const auto towards = [](char letter) {
    constexpr std::string_view letters = "LRPASI";
    const auto at = static_cast<Eigen::Index>(letters.find(letter));
    return std::pair{at / 2, at % 2 == 0 ? 1.0 : -1.0};
  };
  // Each of the tensor's axes takes one of the image's, so that all together lie nearest.
  std::array<std::size_t, 3> order{0, 1, 2}, best = order;
  double nearest = -1.0;
  do {
    double sum = 0.0;
    for (std::size_t k = 0; k < 3; ++k) {
      sum += std::abs(image.direction(towards(d.orientation[k]).first, static_cast<Eigen::Index>(order[k])));
    }
    if (sum > nearest + 1e-9) {
      nearest = sum;
      best = order;
    }
  } while (std::next_permutation(order.begin(), order.end()));
  Geometry grid;
  Eigen::Vector3d corner = Eigen::Vector3d::Constant(-0.5);
  for (std::size_t k = 0; k < 3; ++k) {
    const auto from = best[2 - k];  // the tensor's last axis is the fastest one
    const auto column = static_cast<Eigen::Index>(from), to = static_cast<Eigen::Index>(k);
    const auto [axis, sign] = towards(d.orientation[2 - k]);
    const bool flipped = image.direction(axis, column) * sign < 0.0;
    grid.direction.col(to) = image.direction.col(column) * (flipped ? -1.0 : 1.0);
    if (flipped) corner[column] = static_cast<double>(image.size[from]) - 0.5;
    grid.spacing[to] = d.spacing[static_cast<Eigen::Index>(2 - k)];
    const double extent = static_cast<double>(image.size[from]) * image.spacing[column];
    grid.size[k] = std::max<std::int64_t>(1, std::llround(extent / grid.spacing[to]));
    grid.size[k] = (grid.size[k] + d.multiple - 1) / d.multiple * d.multiple;
  }
  grid.origin = image.point_of(corner) + grid.direction * (0.5 * grid.spacing);
  grid.validate();
  return grid;
}

void scale(std::vector<float>& values, BrainNetworkDescription::Scaling scaling) {
  if (scaling == BrainNetworkDescription::Scaling::none) return;
  double shift = 0.0, width = 0.0;
  if (scaling == BrainNetworkDescription::Scaling::zscore) {
    for (const float value : values) shift += static_cast<double>(value);
    shift /= static_cast<double>(values.size());
    for (const float value : values) width += (static_cast<double>(value) - shift) * (static_cast<double>(value) - shift);
    width = std::sqrt(width / static_cast<double>(values.size()));
  } else {
    auto sorted = values;
    const auto rank = sorted.begin() + static_cast<std::ptrdiff_t>(0.99 * static_cast<double>(sorted.size() - 1));
    shift = static_cast<double>(*std::min_element(sorted.begin(), sorted.end()));
    std::nth_element(sorted.begin(), rank, sorted.end());
    width = static_cast<double>(*rank) - shift;
  }
  require<DataError>(width > 0.0, "the image cannot be normalised: almost all of it is ", shift);
  for (float& value : values) {
    const double scaled = (static_cast<double>(value) - shift) / width;
    value = static_cast<float>(scaling == BrainNetworkDescription::Scaling::percentile ? std::clamp(scaled, 0.0, 1.0) : scaled);
  }
}

std::string reason(const std::exception& failure) {
  const auto* own = dynamic_cast<const c10::Error*>(&failure);
  std::string text = own ? own->what_without_backtrace() : failure.what();
  while (!text.empty() && text.back() == '\n') text.pop_back();
  const auto line = own ? text.find('\n') : text.rfind('\n');  // TorchScript's own errors begin with a traceback
  if (line == std::string::npos) return text;
  return own ? text.substr(0, line) : text.substr(line + 1);
}

}  // namespace

struct TorchScriptBrainExtractor::Network {
  BrainNetworkDescription description;
  mutable torch::jit::Module module;
  c10::Device device;

  /// Brain where the values exceed 0, on `grid`.
  std::vector<float> operator()(std::vector<float>& input, const Geometry& grid) const {
    const torch::jit::GraphOptimizerEnabledGuard unoptimised(false);  // else the first calls round differently from later ones
    const c10::InferenceMode inference;
    const std::vector<std::int64_t> shape{1, 1, grid.size[2], grid.size[1], grid.size[0]};
    at::Tensor output;
    try {
      const auto tensor = at::from_blob(input.data(), shape, at::kFloat).to(device);
      const auto answer = module.forward({tensor});
      require<ShapeError>(answer.isTensor(), "the network ", description.name, " does not return one tensor");
      output = answer.toTensor().to(at::kCPU, at::kFloat).contiguous();
    } catch (const Error&) {
      throw;
    } catch (const std::exception& failure) {
      throw DataError(message("the network ", description.name, " failed on an input of 1 x 1 x ", grid.size[2], " x ",
                              grid.size[1], " x ", grid.size[0], ": ", reason(failure)));
    }
    const bool fits = output.dim() == 5 && output.size(0) == 1 && output.size(1) > description.channel &&
                      output.size(2) == grid.size[2] && output.size(3) == grid.size[1] && output.size(4) == grid.size[0];
    std::string found;
    for (std::int64_t k = 0; k < output.dim(); ++k) found += message(k ? " x " : "", output.size(k));
    require<ShapeError>(fits, "the network ", description.name, " returned ", found, "; expected 1 x at least ",
                        description.channel + 1, " x ", grid.size[2], " x ", grid.size[1], " x ", grid.size[0]);
    const auto voxels = static_cast<std::int64_t>(grid.voxel_count()), channels = output.size(1);
    const float* values = output.data_ptr<float>();
    std::vector<float> result(grid.voxel_count());
    const double threshold = description.threshold;
    for (std::int64_t v = 0; v < voxels; ++v) {
      const double value = static_cast<double>(values[description.channel * voxels + v]);
      double brain = 0.0;
      if (description.output == BrainNetworkDescription::Output::signed_distance) {
        brain = threshold - value;
      } else if (description.output == BrainNetworkDescription::Output::probability) {
        brain = value - threshold;
      } else {  // the logit against the rest, so that it goes through 0 evenly
        double rest = 0.0, largest = -1e300;
        for (std::int64_t c = 0; c < channels; ++c) largest = std::max(largest, static_cast<double>(values[c * voxels + v]));
        if (channels == 1) {
          brain = value;
        } else {
          for (std::int64_t c = 0; c < channels; ++c) {
            if (c != description.channel) rest += std::exp(static_cast<double>(values[c * voxels + v]) - largest);
          }
          brain = value - largest - std::log(std::max(rest, 1e-300));
        }
        brain -= std::log(threshold / (1.0 - threshold));
      }
      require<DataError>(!std::isnan(brain), "the network ", description.name,
                         " gives NaN; is its scaling that of the description?");
      result[static_cast<std::size_t>(v)] = static_cast<float>(std::clamp(brain, -1e6, 1e6));
    }
    return result;
  }
};

TorchScriptBrainExtractor::TorchScriptBrainExtractor(const std::filesystem::path& model, BrainNetworkDescription description,
                                                     const std::string& device) {
  description.validate();
  require<IoError>(std::filesystem::is_regular_file(model), "there is no file ", model.string(),
                   "; check the path of the TorchScript network");
  c10::Device place(c10::kCPU);
  try {
    place = c10::Device(device);
  } catch (const std::exception&) {
    throw OptionError(message("device is '", device, "'; expected cpu, cuda or cuda:1"));
  }
  torch::jit::Module module;
  try {
    module = torch::jit::load(model.string(), c10::Device(c10::kCPU));
    module.eval();
  } catch (const std::exception& failure) {
    throw FormatError(message(model.string(), " is not a network saved with TorchScript: ", reason(failure)));
  }
  try {
    module.to(place);
  } catch (const std::exception& failure) {
    throw OptionError(message("device '", device, "' cannot be used: ", reason(failure)));
  }
  network_ = std::make_shared<const Network>(Network{std::move(description), std::move(module), place});
}

TorchScriptBrainExtractor::~TorchScriptBrainExtractor() = default;

std::string TorchScriptBrainExtractor::name() const { return network_->description.name; }

const BrainNetworkDescription& TorchScriptBrainExtractor::description() const { return network_->description; }

Mask TorchScriptBrainExtractor::operator()(const Image<float>& image, const Progress& progress) const {
  report(progress, stage, 0, 3);
  require<DataError>(!image.empty(), "the image is empty");
  for (std::size_t v = 0; v < image.size(); ++v) {
    require<DataError>(std::isfinite(image.data()[v]), "the image is NaN or infinite at voxel ", v,
                       "; set such voxels to 0 first");
  }
  const Geometry& geometry = image.geometry();
  const Geometry grid = network_grid(geometry, network_->description);
  std::vector<float> input(grid.voxel_count(), 0.0F);
  const Trilinear source(image);
  std::size_t v = 0;
  const auto each = [](const Geometry& on, auto&& visit) {
    for (std::int64_t z = 0; z < on.size[2]; ++z) {
      for (std::int64_t y = 0; y < on.size[1]; ++y) {
        for (std::int64_t x = 0; x < on.size[0]; ++x) {
          visit(on.point_of(Eigen::Vector3d(static_cast<double>(x), static_cast<double>(y), static_cast<double>(z))));
        }
      }
    }
  };
  float lowest = *std::min_element(image.values().begin(), image.values().end());
  each(grid, [&](const Eigen::Vector3d& point) { input[v++] = source.inside(point) ? source(point) : std::min(lowest, 0.0F); });
  scale(input, network_->description.scaling);
  report(progress, stage, 1, 3);

  std::vector<float> output;
  std::atomic<bool> stop{false};
  detail::run_on_torch_threads(
      1, 1, [&](std::size_t) { output = (*network_)(input, grid); }, [&] { report(progress, stage, 1, 3); }, stop);
  report(progress, stage, 2, 3);

  const Trilinear brain(grid, output.data());
  Mask mask(geometry);
  v = 0;
  bool any = false;
  each(geometry, [&](const Eigen::Vector3d& point) {
    mask.data()[v] = brain(point) > 0.0F ? 1 : 0;
    any = any || mask.data()[v] != 0;
    ++v;
  });
  require<DataError>(any, "the network ", network_->description.name,
                     " finds no brain; do its description (orientation, spacing, scaling) and the image fit?");
  mask = detail::largest_component(mask);
  report(progress, stage, 3, 3);
  return mask;
}

}  // namespace bolus

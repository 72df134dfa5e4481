#include <bolus/segment/torchscript_segmenter.hpp>

#include <ATen/ops/add.h>
#include <ATen/ops/div.h>
#include <ATen/ops/flip.h>
#include <ATen/ops/select.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/python/update_graph_executor_opt.h>
#include <torch/csrc/jit/serialization/import.h>

#include <algorithm>
#include <bolus/core/axis_order.hpp>
#include <bolus/core/detail/quantile.hpp>
#include <bolus/core/parallel.hpp>
#include <bolus/core/provenance.hpp>
#include <bolus/segment/detail/mask_box.hpp>
#include <cmath>
#include <condition_variable>
#include <mutex>

#include "../compute/torch_team.hpp"

namespace bolus {
namespace {

using detail::message;
using detail::require;
using Size = std::array<std::int64_t, 3>;

std::int64_t volume(const Size& size) { return size[0] * size[1] * size[2]; }

/// The first line of what LibTorch says, without its own places in the code.
std::string reason(const std::exception& failure) {
  const auto* own = dynamic_cast<const c10::Error*>(&failure);
  std::string text = own ? own->what_without_backtrace() : failure.what();
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.pop_back();
  // TorchScript's own errors begin with a traceback; what went wrong stands in the last line.
  const auto line = own ? text.find('\n') : text.rfind('\n');
  if (line == std::string::npos) return text;
  return own ? text.substr(0, line) : text.substr(line + 1);
}

/// The images of a study on the network's axes: channels one after another, last axis fastest.
struct Input {
  Geometry source;          ///< of the study
  detail::AxisOrder order;  ///< from the study's axes, x fastest
  Size size{};              ///< along the tensor's axes
  Size first{}, part{};     ///< the box to run on: its first voxel and its size
  std::vector<float> values;
};

void normalise(float* values, std::size_t count, const SegmenterDescription& d, std::string_view channel) {
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < count; ++i) wrong += !std::isfinite(values[i]);
  require<DataError>(wrong == 0, "the ", channel, " image holds ", wrong,
                     " voxels that are NaN or infinite; set them to 0 first");
  if (d.normalisation == IntensityScaling::none) return;
  const bool all = d.normalisation == IntensityScaling::zscore;
  std::vector<double> used;
  for (std::size_t i = 0; i < count; ++i) {
    if (all || values[i] != 0.0F) used.push_back(values[i]);
  }
  require<DataError>(!used.empty(), "the ", channel, " image is 0 everywhere");
  double shift = 0.0, scale = 0.0;
  if (d.normalisation == IntensityScaling::percentile) {
    std::sort(used.begin(), used.end());
    shift = detail::sorted_quantile(used, d.percentiles[0] / 100.0);
    scale = detail::sorted_quantile(used, d.percentiles[1] / 100.0) - shift;
  } else {
    for (const double value : used) shift += value;
    shift /= static_cast<double>(used.size());
    for (const double value : used) scale += (value - shift) * (value - shift);
    scale = std::sqrt(scale / static_cast<double>(used.size()));
  }
  require<DataError>(scale > 1e-7 * std::abs(shift) && scale > 0.0, "the ", channel, " image is constant (", used.front(),
                     ") where it is not 0, so it cannot be normalised; is it the right image?");
  for (std::size_t i = 0; i < count; ++i) {
    if (d.normalisation == IntensityScaling::percentile) {
      values[i] = static_cast<float>(std::clamp((values[i] - shift) / scale, 0.0, 1.0));
    } else if (all || values[i] != 0.0F) {
      values[i] = static_cast<float>((values[i] - shift) / scale);
    }
  }
}

Input input_of(const AlignedStudy& study, const SegmenterDescription& d) {
  Input input;
  const auto& first = study.image(d.channels.front());
  require<DataError>(!first.empty(), "the ", modality_name(d.channels.front()), " image has no voxels");
  input.source = first.geometry();
  // The tensor's last axis is the fastest one, as x is in an image.
  input.order = detail::axis_order(input.source, std::string(d.orientation.rbegin(), d.orientation.rend()));
  const auto grid = detail::reordered(input.source, input.order);
  std::string found;
  bool fits = true;
  for (int k = 0; k < 3; ++k) {
    const double here = grid.spacing[2 - k];
    fits = fits && std::abs(here - d.spacing[k]) <= d.spacing_tolerance;
    found += message(k ? " x " : "", here);
    input.size[static_cast<std::size_t>(k)] = grid.size[static_cast<std::size_t>(2 - k)];
  }
  require<GeometryError>(fits, "the images have voxels of ", found, " mm along the axes ", d.orientation,
                         ", but the network expects ", d.spacing[0], " x ", d.spacing[1], " x ", d.spacing[2],
                         " mm; resample them first (preprocessing does)");
  const auto count = static_cast<std::size_t>(volume(input.size));
  input.values.resize(count * d.channels.size());
  for (std::size_t c = 0; c < d.channels.size(); ++c) {
    const auto& image = study.image(d.channels[c]);
    const auto name = modality_name(d.channels[c]);
    require_same_space(image.geometry(), input.source, message("the ", name, " image"),
                       message("the ", modality_name(d.channels.front()), " image"));
    detail::reorder_voxels(image.data(), input.source.size, input.order, input.values.data() + c * count);
  }
  input.part = input.size;
  if (d.crop_to_nonzero) {
    const auto box = detail::box_of({input.size[2], input.size[1], input.size[0]}, [&](std::size_t v) {
      for (std::size_t c = 0; c < d.channels.size(); ++c) {
        if (input.values[c * count + v] != 0.0F) return true;
      }
      return false;
    });
    require<DataError>(!box.empty(), "all images are 0 everywhere; are they the right ones?");
    input.first = {box.first[2], box.first[1], box.first[0]};
    input.part = {box.size[2], box.size[1], box.size[0]};
  }
  for (std::size_t c = 0; c < d.channels.size(); ++c) {
    normalise(input.values.data() + c * count, count, d, modality_name(d.channels[c]));
  }
  return input;
}

/// First voxels of patches that cover `length`, spread evenly, neighbours at most `patch` * (1 - overlap) apart.
std::vector<std::int64_t> patch_starts(std::int64_t length, std::int64_t patch, double overlap) {
  if (length <= patch) return {0};
  const double wanted = static_cast<double>(patch) * (1.0 - overlap);
  const auto steps = static_cast<std::int64_t>(std::ceil(static_cast<double>(length - patch) / wanted - 1e-9));
  std::vector<std::int64_t> starts;
  for (std::int64_t k = 0; k <= steps; ++k) {
    starts.push_back(std::llround(static_cast<double>(k * (length - patch)) / static_cast<double>(steps)));
  }
  return starts;
}

/// Weights of a patch's voxels: a Gaussian about its middle with a standard deviation of an eighth of it.
std::vector<float> patch_weights(const Size& patch) {
  std::array<std::vector<double>, 3> along;
  for (std::size_t k = 0; k < 3; ++k) {
    const double middle = static_cast<double>(patch[k] - 1) / 2.0, sigma = static_cast<double>(patch[k]) / 8.0;
    for (std::int64_t i = 0; i < patch[k]; ++i) {
      const double apart = (static_cast<double>(i) - middle) / sigma;
      along[k].push_back(std::exp(-0.5 * apart * apart));
    }
  }
  std::vector<float> weights;
  weights.reserve(static_cast<std::size_t>(volume(patch)));
  for (const double a : along[0]) {
    for (const double b : along[1]) {
      for (const double c : along[2]) weights.push_back(static_cast<float>(a * b * c));
    }
  }
  return weights;
}

/// Calls `row(in patch, in grid, length)` for the rows that a patch at `start` shares with the grid.
template <class Row>
void for_each_row(const Size& patch, const Size& start, const Size& grid, Row&& row) {
  const std::int64_t low = std::max<std::int64_t>(0, -start[2]), high = std::min(patch[2], grid[2] - start[2]);
  for (std::int64_t a = 0; a < patch[0]; ++a) {
    if (start[0] + a < 0 || start[0] + a >= grid[0]) continue;
    for (std::int64_t b = 0; b < patch[1]; ++b) {
      if (start[1] + b < 0 || start[1] + b >= grid[1] || high <= low) continue;
      row((a * patch[1] + b) * patch[2] + low, ((start[0] + a) * grid[1] + start[1] + b) * grid[2] + start[2] + low,
          high - low);
    }
  }
}

at::Tensor first_tensor(const c10::IValue& value) {
  if (value.isTensor()) return value.toTensor();
  if (value.isTuple() && !value.toTupleRef().elements().empty()) return first_tensor(value.toTupleRef().elements()[0]);
  if (value.isTensorList() && value.toTensorVector().size() > 0) return value.toTensorVector()[0];
  throw ShapeError(
      message("the network returned ", value.tagKind(), "; expected a tensor, or a tuple or list that begins with one"));
}

}  // namespace

struct TorchScriptSegmenter::Network {
  SegmenterDescription description;
  at::Device device = at::kCPU;
  int threads = 0;
  mutable torch::jit::Module module;
  std::string key;

  std::size_t outputs() const { return std::max(description.labels.size(), description.regions.size()); }

  /// One patch (1, channels, ...) through the network, mirrored as described; (outputs, ...) on the CPU.
  at::Tensor patch_output(const at::Tensor& patch) const {
    const auto& d = description;
    at::Tensor sum;
    const int ways = 1 << d.flips.size();
    for (int way = 0; way < ways; ++way) {
      std::vector<std::int64_t> mirrored;
      for (std::size_t k = 0; k < d.flips.size(); ++k) {
        if (way >> k & 1) mirrored.push_back(d.flips[k] + 2);
      }
      auto output = first_tensor(module.forward({mirrored.empty() ? patch : at::flip(patch, mirrored)}));
      bool fits = output.dim() == 5 && output.size(0) == 1 && output.size(1) == static_cast<std::int64_t>(outputs());
      for (int k = 2; fits && k < 5; ++k) fits = output.size(k) == patch.size(k);
      require<ShapeError>(fits, "the network made ", message(output.sizes()), " of a patch of ", message(patch.sizes()),
                          "; described are ", outputs(), " output channels of the patch's size");
      if (!mirrored.empty()) output = at::flip(output, mirrored);
      sum = sum.defined() ? at::add(sum, output) : output;
    }
    if (ways > 1) sum = at::div(sum, at::Scalar(ways));
    return at::select(sum, 0, 0).to(at::kCPU, at::kFloat).contiguous();
  }

  /// The output of a channel where it is certain that there is no tumour: outside the box.
  float background(std::size_t channel) const {
    const bool is_background = !description.labels.empty() && description.labels[channel] == 0;
    if (description.activation == OutputActivation::none) return is_background ? 1.0F : 0.0F;
    return is_background ? 50.0F : -50.0F;
  }

  std::vector<float> run(const Input& input, const Progress& progress) const;
  std::vector<float> activated(const AlignedStudy& study, Input& input, const Progress& progress) const;
  std::vector<Size> starts_on(const Input& input) const;
};

/// Where the patches lie on the box; a side shorter than the patch is padded on both ends.
std::vector<Size> TorchScriptSegmenter::Network::starts_on(const Input& input) const {
  std::array<std::vector<std::int64_t>, 3> along;
  for (std::size_t k = 0; k < 3; ++k) {
    along[k] = patch_starts(input.part[k], description.patch_size[k], description.overlap);
    const std::int64_t padding = std::max<std::int64_t>(0, description.patch_size[k] - input.part[k]) / 2;
    for (auto& start : along[k]) start += input.first[k] - padding;
  }
  std::vector<Size> starts;
  for (const auto a : along[0]) {
    for (const auto b : along[1]) {
      for (const auto c : along[2]) starts.push_back({a, b, c});
    }
  }
  return starts;
}

/// The weighted mean of the outputs of all patches: channels one after another.
std::vector<float> TorchScriptSegmenter::Network::run(const Input& input, const Progress& progress) const {
  const auto& d = description;
  const auto count = static_cast<std::size_t>(volume(input.size)), patch_count = static_cast<std::size_t>(volume(d.patch_size));
  const auto weights = patch_weights(d.patch_size);
  const auto starts = starts_on(input);
  std::vector<float> sums(count * outputs(), 0.0F), total(count, 0.0F);
  std::mutex lock;
  std::condition_variable turned;
  std::size_t turn = 0;
  std::atomic<bool> stop{false};

  const auto compute = [&](std::size_t index) {
    torch::jit::setGraphExecutorOptimize(false);  // of this thread: profiling would change the code from call to call
    const c10::InferenceMode inference;
    const auto& start = starts[index];
    auto patch =
        at::zeros({1, static_cast<std::int64_t>(d.channels.size()), d.patch_size[0], d.patch_size[1], d.patch_size[2]});
    float* values = patch.data_ptr<float>();
    for (std::size_t c = 0; c < d.channels.size(); ++c) {
      for_each_row(d.patch_size, start, input.size, [&](std::int64_t in_patch, std::int64_t in_grid, std::int64_t length) {
        std::copy_n(input.values.data() + c * count + static_cast<std::size_t>(in_grid), length,
                    values + c * patch_count + static_cast<std::size_t>(in_patch));
      });
    }
    return patch_output(patch.to(device));
  };
  const auto add = [&](std::size_t index, const at::Tensor& output) {
    const float* values = output.data_ptr<float>();
    std::size_t wrong = 0;
    for (std::int64_t i = 0; i < output.numel(); ++i) wrong += !std::isfinite(values[i]);
    const auto& start = starts[index];
    require<DataError>(wrong == 0, "the network gave ", wrong, " values that are NaN or infinite in the patch from voxel ",
                       start[0], ", ", start[1], ", ", start[2]);
    for_each_row(d.patch_size, start, input.size, [&](std::int64_t in_patch, std::int64_t in_grid, std::int64_t length) {
      const auto p = static_cast<std::size_t>(in_patch), g = static_cast<std::size_t>(in_grid);
      for (std::size_t i = 0; i < static_cast<std::size_t>(length); ++i) total[g + i] += weights[p + i];
      for (std::size_t c = 0; c < outputs(); ++c) {
        for (std::size_t i = 0; i < static_cast<std::size_t>(length); ++i) {
          sums[c * count + g + i] += weights[p + i] * values[c * patch_count + p + i];
        }
      }
    });
  };
  const auto job = [&](std::size_t index) {
    try {
      const auto output = compute(index);
      std::unique_lock guard(lock);  // in the order of the patches, whichever is ready first
      while (turn != index && !stop) turned.wait_for(guard, std::chrono::milliseconds(50));
      if (stop) return;
      add(index, output);
      ++turn;
      turned.notify_all();
    } catch (const Error&) {
      stop = true;
      throw;
    } catch (const std::exception& failure) {
      stop = true;
      throw DataError(message("the network '", d.name, "' failed: ", reason(failure)));
    }
  };
  int at_once = threads;
  if (device.is_cuda()) {
    at_once = 1;
  } else if (threads == 0) {
    const auto most = std::max<std::size_t>(1, (std::size_t{1} << 22) / patch_count);
    at_once = static_cast<int>(std::min<std::size_t>(most, static_cast<std::size_t>(resolve_threads(0))));
  }
  report(progress, "segmenting", 0, starts.size());
  const auto tick = [&] {
    std::size_t done = 0;
    {
      const std::lock_guard guard(lock);
      done = turn;
    }
    if (done < starts.size()) report(progress, "segmenting", done, starts.size());
  };
  detail::run_on_torch_threads(starts.size(), at_once, job, tick, stop);
  report(progress, "segmenting", starts.size(), starts.size());
  std::size_t v = 0;
  for (std::int64_t i = 0; i < input.size[0]; ++i) {
    for (std::int64_t j = 0; j < input.size[1]; ++j) {
      for (std::int64_t k = 0; k < input.size[2]; ++k, ++v) {
        const Size at{i - input.first[0], j - input.first[1], k - input.first[2]};
        const bool inside =
            at[0] >= 0 && at[1] >= 0 && at[2] >= 0 && at[0] < input.part[0] && at[1] < input.part[1] && at[2] < input.part[2];
        for (std::size_t c = 0; c < outputs(); ++c) {
          auto& value = sums[c * count + v];
          value = inside ? value / total[v] : background(c);
        }
      }
    }
  }
  return sums;
}

std::vector<float> TorchScriptSegmenter::Network::activated(const AlignedStudy& study, Input& input,
                                                            const Progress& progress) const {
  input = input_of(study, description);
  auto values = run(input, progress);
  const auto count = static_cast<std::size_t>(volume(input.size));
  if (description.activation == OutputActivation::sigmoid) {
    for (float& value : values) value = 1.0F / (1.0F + std::exp(-value));
  } else if (description.activation == OutputActivation::softmax) {
    for (std::size_t v = 0; v < count; ++v) {
      float largest = values[v], sum = 0.0F;
      for (std::size_t c = 1; c < outputs(); ++c) largest = std::max(largest, values[c * count + v]);
      for (std::size_t c = 0; c < outputs(); ++c) sum += values[c * count + v] = std::exp(values[c * count + v] - largest);
      for (std::size_t c = 0; c < outputs(); ++c) values[c * count + v] /= sum;
    }
  }
  return values;
}

TorchScriptSegmenter::TorchScriptSegmenter(const std::filesystem::path& model, SegmenterDescription description,
                                           const std::string& device, int threads) {
  description.validate();
  auto network = std::make_shared<Network>();
  network->description = std::move(description);
  network->threads = threads;
  resolve_threads(threads);
  try {
    network->device = at::Device(device);
  } catch (const std::exception&) {
    throw OptionError(message("device is '", device, "'; expected 'cpu', 'cuda' or 'cuda:1'"));
  }
  require<OptionError>(network->device.is_cpu() || (network->device.is_cuda() && at::hasCUDA()), "device is '", device,
                       "', which this PyTorch cannot use");
  std::error_code ignored;
  require<IoError>(std::filesystem::exists(model, ignored), "there is no file ", model.string(),
                   "; check the path of the TorchScript network");
  require<IoError>(!std::filesystem::is_directory(model, ignored), model.string(), " is a folder; expected a TorchScript file");
  try {
    network->module = torch::jit::load(model.string(), network->device);
    network->module.eval();
  } catch (const std::exception& failure) {
    throw FormatError(message(model.string(), " cannot be loaded as TorchScript: ", reason(failure),
                              "; save the network with torch.jit.script(net).save(...) or torch.jit.trace(...).save(...)"));
  }
  const auto facts = message(file_hash(model), to_json(network->description), device);
  network->key = content_hash(facts.data(), facts.size());
  network_ = std::move(network);
}

TorchScriptSegmenter::~TorchScriptSegmenter() = default;

std::string TorchScriptSegmenter::name() const { return network_->description.name; }

std::string TorchScriptSegmenter::key() const { return network_->key; }

const SegmenterDescription& TorchScriptSegmenter::description() const { return network_->description; }

LabelMap TorchScriptSegmenter::operator()(const AlignedStudy& study, const Progress& progress) const {
  Input input;
  const auto values = network_->activated(study, input, progress);
  const auto& d = network_->description;
  const auto outputs = network_->outputs(), count = static_cast<std::size_t>(volume(input.size));
  auto grid = detail::reordered(input.source, input.order);
  Image<std::uint8_t> labels(grid);
  for (std::size_t v = 0; v < count; ++v) {
    if (!d.labels.empty()) {
      std::size_t best = 0;  // of equal channels the first
      for (std::size_t c = 1; c < outputs; ++c) {
        if (values[c * count + v] > values[best * count + v]) best = c;
      }
      labels.data()[v] = static_cast<std::uint8_t>(d.labels[best]);
      continue;
    }
    std::array<bool, 5> in{};
    for (std::size_t c = 0; c < outputs; ++c) {
      in[static_cast<std::size_t>(d.regions[c])] = static_cast<double>(values[c * count + v]) >= d.threshold;
    }
    const auto is = [&](Region region) { return in[static_cast<std::size_t>(region)]; };
    labels.data()[v] = is(Region::enhancing)                                  ? LabelValue::enhancing
                       : is(Region::non_enhancing) || is(Region::tumour_core) ? LabelValue::non_enhancing
                       : is(Region::oedema) || is(Region::whole_tumour)       ? LabelValue::oedema
                                                                              : LabelValue::background;
  }
  Image<std::uint8_t> result(input.source);
  const auto back = detail::axis_order(grid, orientation_of(input.source));
  detail::reorder_voxels(labels.data(), grid.size, back, result.data());
  return LabelMap(std::move(result));
}

std::map<Region, Image<float>> TorchScriptSegmenter::probabilities(const AlignedStudy& study, const Progress& progress) const {
  Input input;
  const auto values = network_->activated(study, input, progress);
  const auto& d = network_->description;
  const auto count = static_cast<std::size_t>(volume(input.size));
  const auto grid = detail::reordered(input.source, input.order);
  const auto back = detail::axis_order(grid, orientation_of(input.source));
  std::map<Region, Image<float>> result;
  std::vector<float> region_values(count);
  const auto keep = [&](Region region) {
    Image<float> image(input.source);
    detail::reorder_voxels(region_values.data(), grid.size, back, image.data());
    result.emplace(region, std::move(image));
  };
  for (std::size_t c = 0; c < d.regions.size(); ++c) {
    std::copy_n(values.data() + c * count, count, region_values.data());
    keep(d.regions[c]);
  }
  for (const Region region : scored_regions) {
    if (d.labels.empty()) break;
    std::fill(region_values.begin(), region_values.end(), 0.0F);
    for (std::size_t c = 0; c < d.labels.size(); ++c) {
      if (!LabelMap::belongs(static_cast<std::uint8_t>(d.labels[c]), region)) continue;
      for (std::size_t v = 0; v < count; ++v) region_values[v] += values[c * count + v];
    }
    keep(region);
  }
  return result;
}

}  // namespace bolus

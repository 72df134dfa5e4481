#include <bolus/core/error.hpp>
#include <bolus/core/version.hpp>
#include <bolus/segment/cascade_weights.hpp>
#include <bolus/segment/tensorflow_checkpoint.hpp>
#include <cstring>
#include <string_view>
#include <utility>

#include "../weights/read_bytes.hpp"
#include "../weights/safetensors.hpp"

namespace bolus {
namespace {

using detail::require;

constexpr const char* kind = "bolus.segmentation_cascade";
constexpr const char* schema_version = "1";

constexpr const char* licence = R"(Copyright (c) 2017-2018, University College London
All rights reserved.

Redistribution and use in source and binary forms, with or without
modification, are permitted provided that the following conditions are met:

* Redistributions of source code must retain the above copyright notice, this
list of conditions and the following disclaimer.

* Redistributions in binary form must reproduce the above copyright notice,
this list of conditions and the following disclaimer in the documentation
and/or other materials provided with the distribution.

* Neither the name of this software nor the names of its
contributors may be used to endorse or promote products derived from
this software without specific prior written permission.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS"
AND ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE
IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE
FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.)";

/// "WT.axial."
std::string prefix_of(CascadeStage stage, View view) {
  return std::string(stage_name(stage)) + "." + std::string(view_name(view)) + ".";
}

void replace_ending(std::string& text, std::string_view ending, std::string_view other) {
  if (text.ends_with(ending)) text.replace(text.size() - ending.size(), ending.size(), other);
}

/// "block1_1/bn_0/gamma" to "block1_1.bn_0.weight"; "" for what is not part of the network: averages and the optimiser's state.
std::string own_name(std::string name) {
  for (const char* other : {"moving_mean", "moving_variance", "/Adam", "/biased", "/local_step"}) {
    if (name.find(other) != std::string::npos) return {};
  }
  if (const auto place = name.find("_bn_prelu/"); place != std::string::npos) name.erase(place, std::strlen("_bn_prelu"));
  if (const auto place = name.find("prelu_acti"); place != std::string::npos) name.erase(place + 5, std::strlen("_acti"));
  for (auto& letter : name) letter = letter == '/' ? '.' : letter;
  if (const auto place = name.find("_."); place != std::string::npos) name.erase(place, 1);
  for (const char* ending : {".gamma", ".alpha", ".w"}) replace_ending(name, ending, ".weight");
  replace_ending(name, ".beta", ".bias");
  return name;
}

/// TensorFlow's kernels (slices, rows, columns, in, out), or for transposed ones (..., out, in), as PyTorch lays them out.
WeightArray transposed_kernel(const WeightArray& kernel) {
  const auto& s = kernel.shape;
  WeightArray result{{s[4], s[3], s[0], s[1], s[2]}, std::vector<float>(kernel.values.size())};
  const std::size_t taps = s[0] * s[1] * s[2];
  for (std::size_t tap = 0; tap < taps; ++tap) {
    for (std::size_t a = 0; a < s[3]; ++a) {
      for (std::size_t b = 0; b < s[4]; ++b)
        result.values[(b * s[3] + a) * taps + tap] = kernel.values[(tap * s[3] + a) * s[4] + b];
    }
  }
  return result;
}

std::string text_of(const std::vector<std::size_t>& shape) {
  std::string text;
  for (const auto size : shape) text += (text.empty() ? "" : ", ") + std::to_string(size);
  return "(" + text + ")";
}

}  // namespace

void CascadeWeights::validate() const {
  for (const auto stage : all_stages) {
    for (const auto view : all_views) {
      const auto name = std::string(stage_name(stage)) + ", " + std::string(view_name(view));
      const auto& net = network(stage, view);
      require<FormatError>(net.downsample_twice == (stage != CascadeStage::enhancing), "the network for ", name,
                           " downsamples ", net.downsample_twice ? "twice" : "once",
                           "; WT and TC do it twice, ET does it once");
      try {
        net.validate();
      } catch (const FormatError& error) {
        throw FormatError(name + ": " + error.what());
      }
    }
  }
}

CascadeWeights random_cascade(std::uint64_t seed) {
  CascadeWeights weights;
  std::uint64_t number = 9 * seed;
  for (const auto stage : all_stages) {
    for (auto& network : weights.networks[static_cast<std::size_t>(stage)]) {
      network = random_anisotropic_network(stage != CascadeStage::enhancing, number++);
    }
  }
  weights.notes["source"] = "random";
  return weights;
}

AnisotropicNetwork read_brats17_network(const std::filesystem::path& checkpoint) {
  const auto tensors = read_tensorflow_checkpoint(checkpoint);
  AnisotropicNetwork network;
  network.downsample_twice = false;
  std::map<std::string, std::string> original;  // name of each array in the checkpoint
  std::string scope;
  for (const auto& [name, array] : tensors) {
    const auto slash = name.find('/');
    const auto own = slash == std::string::npos ? std::string() : own_name(name.substr(slash + 1));
    if (own.empty()) continue;
    require<FormatError>(scope.empty() || name.starts_with(scope), checkpoint.string(), ": tensor '", name,
                         "' belongs to another network than '", scope, "'");
    scope = name.substr(0, slash + 1);
    original[own] = name;
    network.downsample_twice = network.downsample_twice || own.starts_with("downsample1.");
    network.weights[own] = array.shape.size() == 5 ? transposed_kernel(array) : array;
  }
  for (const auto& [name, shape] : AnisotropicNetwork::weight_shapes(network.downsample_twice)) {
    const auto found = network.weights.find(name);
    require<FormatError>(found != network.weights.end(), checkpoint.string(), ": has no tensor for the weights '", name,
                         "'; is it a checkpoint of MSNet?");
    require<FormatError>(found->second.shape == shape, checkpoint.string(), ": tensor '", original[name], "' has the shape ",
                         text_of(tensors.at(original[name]).shape), ", which does not give ", text_of(shape), " for '", name,
                         "'");
  }
  for (const auto& [name, array] : network.weights) {
    require<FormatError>(AnisotropicNetwork::weight_shapes(network.downsample_twice).contains(name), checkpoint.string(),
                         ": tensor '", original[name], "' has no place in the network");
  }
  try {
    network.validate();
  } catch (const FormatError& error) {
    throw FormatError(checkpoint.string() + ": " + error.what());
  }
  return network;
}

CascadeWeights read_brats17_weights(const std::filesystem::path& folder) {
  constexpr std::array<const char*, 3> stages{"wt32", "tc32", "en32"}, views{"", "sg", "cr"};
  std::error_code ignored;
  require<IoError>(std::filesystem::is_directory(folder, ignored), "there is no folder ", folder.string(),
                   "; expected the folder model17 of https://github.com/taigw/brats17");
  CascadeWeights weights;
  for (std::size_t stage = 0; stage < 3; ++stage) {
    for (std::size_t view = 0; view < 3; ++view) {
      const auto name = std::string("msnet_") + stages[stage] + views[view] + "_20000.ckpt";
      auto& network = weights.networks[stage][view];
      network = read_brats17_network(folder / name);
      require<FormatError>(network.downsample_twice == (stage < 2), (folder / name).string(),
                           ": holds a network of another stage than its name says; give the published folder model17 as it is");
    }
  }
  weights.notes = {{"licence", "BSD-3-Clause"},
                   {"licence_text", licence},
                   {"source", "https://github.com/taigw/brats17, commit d44297e, folder model17"},
                   {"citation",
                    "Wang G, Li W, Ourselin S, Vercauteren T. Automatic brain tumor segmentation using cascaded anisotropic "
                    "convolutional neural networks. BrainLes 2017, LNCS 10670:178-190. doi:10.1007/978-3-319-75238-9_16"},
                   {"training_data", "BraTS 2017 training set (285 patients)"}};
  return weights;
}

void save_cascade(const CascadeWeights& weights, const std::filesystem::path& path, Overwrite overwrite) {
  weights.validate();
  detail::SafeTensors content;
  content.metadata = weights.notes;
  content.metadata["kind"] = kind;
  content.metadata["schema_version"] = schema_version;
  content.metadata["bolus_version"] = BOLUS_VERSION;
  for (const auto stage : all_stages) {
    for (const auto view : all_views) {
      for (const auto& [name, array] : weights.network(stage, view).weights) {
        content.arrays[prefix_of(stage, view) + name] = {
            "F32", array.shape, {reinterpret_cast<const char*>(array.values.data()), array.values.size() * sizeof(float)}};
      }
    }
  }
  write_atomically(path, overwrite, detail::encode_safetensors(content));
}

CascadeWeights load_cascade(const std::filesystem::path& path) {
  const auto bytes = detail::read_bytes(path);
  const auto source = path.string();
  auto content = detail::decode_safetensors(bytes, source);
  require<FormatError>(content.metadata["kind"] == kind, source, ": holds '", content.metadata["kind"], "'; expected '", kind,
                       "', as 'bolus weights convert' writes it");
  const auto& schema = content.metadata["schema_version"];
  require<VersionError>(schema == schema_version, source, ": has the schema version '", schema, "'; this bolus (",
                        BOLUS_VERSION, ") reads version ", schema_version, "; a newer bolus may read it");
  CascadeWeights weights;
  std::size_t used = 0;
  for (const auto stage : all_stages) {
    for (const auto view : all_views) {
      auto& network = weights.networks[static_cast<std::size_t>(stage)][static_cast<std::size_t>(view)];
      network.downsample_twice = stage != CascadeStage::enhancing;
      for (const auto& [name, shape] : AnisotropicNetwork::weight_shapes(network.downsample_twice)) {
        const auto full = prefix_of(stage, view) + name;
        const auto found = content.arrays.find(full);
        require<FormatError>(found != content.arrays.end(), source, ": has no array '", full, "'");
        const auto& array = found->second;
        require<FormatError>(array.dtype == "F32", source, ": array '", full, "' has the type ", array.dtype, "; expected F32");
        require<FormatError>(array.shape == shape, source, ": array '", full, "' has the shape ", text_of(array.shape),
                             "; expected ", text_of(shape));
        WeightArray values{shape, std::vector<float>(array.bytes.size() / sizeof(float))};
        std::memcpy(values.values.data(), array.bytes.data(), array.bytes.size());
        network.weights.emplace(name, std::move(values));
        ++used;
      }
    }
  }
  require<FormatError>(used == content.arrays.size(), source, ": holds ", content.arrays.size(), " arrays; a cascade has ",
                       used);
  for (auto& [key, value] : content.metadata) {
    if (key != "kind" && key != "schema_version" && key != "bolus_version") weights.notes[key] = value;
  }
  try {
    weights.validate();
  } catch (const FormatError& error) {
    throw FormatError(source + ": " + error.what());
  }
  return weights;
}

void convert_weights(const std::filesystem::path& folder, const std::filesystem::path& path, Overwrite overwrite) {
  save_cascade(read_brats17_weights(folder), path, overwrite);
}

}  // namespace bolus

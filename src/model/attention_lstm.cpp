#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <atomic>
#include <bolus/core/parallel.hpp>
#include <bolus/core/random.hpp>
#include <bolus/model/aggregate_patients.hpp>
#include <cmath>
#include <numeric>

#include "../compute/require_device.hpp"
#include "../compute/torch_team.hpp"
#include "fused/fused_network.hpp"
#include "random_streams.hpp"
#include "torch_network.hpp"

namespace bolus {
namespace {

std::string dimensions_text(const std::vector<std::size_t>& dimensions) {
  std::string text;
  for (const auto size : dimensions) text += (text.empty() ? "" : " x ") + std::to_string(size);
  return text.empty() ? "no dimension" : text;
}

void predict_fused(const AttentionLSTM& network, const SampleView& samples, const PredictOptions& options,
                   const Progress& progress, Prediction& prediction) {
  const detail::fused::FusedNetwork<float> fused(network.shape, 1);
  std::vector<float> parameters;
  for (const auto& [name, dimensions] : network.shape.weight_shapes()) {
    const auto& values = network.weights.at(name).values;
    if (!name.starts_with("classifier")) parameters.insert(parameters.end(), values.begin(), values.end());
  }
  const auto weights = fused.pack(parameters.data());
  const auto& classifier = network.weights.at("classifier.weight").values;
  const float bias = network.weights.at("classifier.bias").values[0];
  const std::vector<std::int64_t> lengths(samples.lengths.begin(), samples.lengths.end());

  constexpr std::size_t together = 64;
  const auto predict = [&](std::size_t begin, std::size_t end) {
    samples.require_finite(begin, end);  // here, as the network is about to read them too
    detail::fused::Batch<float> batch;
    batch.curves = samples.sample(begin).data();
    batch.count = end - begin;
    batch.steps = samples.steps;
    if (!lengths.empty()) batch.lengths = lengths.data() + begin;
    fused.predict(batch, weights.get(), classifier.data(), bias, prediction.logit.data() + begin,
                  prediction.attention.data() + begin, samples.samples);
  };
  parallel_for(samples.samples, together, options.threads, predict, progress, "predicting");
}

void predict_by_torch(const AttentionLSTM& network, const SampleView& samples, const PredictOptions& options,
                      const Progress& progress, Prediction& prediction) {
  const auto batch = std::min(options.batch_size, samples.samples);
  const auto batches = (samples.samples + batch - 1) / batch;
  const detail::TorchNetwork torch_network(network, false, {Engine::libtorch, options.device, 1});
  std::atomic<bool> stop{false};
  std::atomic<std::size_t> finished{0};
  const auto predict_batch = [&](std::size_t index) {
    const c10::NoGradGuard no_gradients;
    std::vector<std::size_t> rows(std::min(batch, samples.samples - index * batch));
    std::iota(rows.begin(), rows.end(), index * batch);
    const auto output = torch_network.forward(detail::gather(samples, rows.data(), rows.size()));
    const auto attention = output.attention.contiguous();
    const float* logits = output.logit.const_data_ptr<float>();
    const float* weight = attention.const_data_ptr<float>();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto row = static_cast<Eigen::Index>(rows[i]);
      prediction.logit[row] = logits[i];
      for (std::size_t t = 0; t < samples.steps; ++t) {
        prediction.attention(row, static_cast<Eigen::Index>(t)) = weight[t * rows.size() + i];
      }
    }
    ++finished;
  };
  detail::run_on_torch_threads(
      batches, options.threads, predict_batch, [&] { report(progress, "predicting", finished, batches); }, stop);
  report(progress, "predicting", batches, batches);
}

}  // namespace

void AttentionLSTM::validate() const {
  shape.validate();
  const auto expected = shape.weight_shapes();
  for (const auto& [name, dimensions] : expected) {
    const auto found = weights.find(name);
    detail::require<FormatError>(found != weights.end(), "the network has no weights '", name, "'");
    detail::require<FormatError>(found->second.shape == dimensions, "weights '", name, "' are ",
                                 dimensions_text(found->second.shape), "; expected ", dimensions_text(dimensions));
    const auto count = std::accumulate(dimensions.begin(), dimensions.end(), std::size_t{1}, std::multiplies<>());
    const auto& values = found->second.values;
    detail::require<FormatError>(values.size() == count, "weights '", name, "' hold ", values.size(), " values; expected ",
                                 count);
    for (std::size_t i = 0; i < values.size(); ++i) {
      detail::require<FormatError>(std::isfinite(values[i]), "weights '", name, "' hold NaN or infinity at position ", i);
    }
  }
  detail::require<FormatError>(weights.size() == expected.size(), "the network holds ", weights.size(),
                               " weight arrays; expected ", expected.size());
  detail::require<ShapeError>(channel_names.empty() || channel_names.size() == shape.channels, "there are ",
                              channel_names.size(), " channel names for ", shape.channels, " channels");
}

Prediction AttentionLSTM::predict(const SampleView& samples, const PredictOptions& options, const Progress& progress) const {
  validate();
  samples.validate_sizes();
  detail::require<OptionError>(options.batch_size > 0, "batch_size is 0; expected a positive number");
  detail::require<ShapeError>(samples.channels == shape.channels, "samples have ", samples.channels,
                              " channels; the network takes ", shape.channels,
                              ": select those of its training, in their order");
  Prediction prediction;
  prediction.logit.resize(static_cast<Eigen::Index>(samples.samples));
  prediction.attention.resize(static_cast<Eigen::Index>(samples.samples), static_cast<Eigen::Index>(samples.steps));
  if (steps != 0 && samples.steps != steps) {
    prediction.flags.push_back(
        {"model.steps.differ", detail::message("samples have ", samples.steps, " steps; the network was trained on ", steps)});
  }

  detail::require_device(options.device);
  if (options.engine == Engine::fused && options.device == Device::cpu) {
    predict_fused(*this, samples, options, progress, prediction);
  } else {
    samples.require_finite(0, samples.samples);
    predict_by_torch(*this, samples, options, progress, prediction);
  }
  prediction.probability = (1.0 + (-prediction.logit.array()).exp()).inverse();
  return prediction;
}

PatientPrediction AttentionLSTM::predict_patients(const Dataset& dataset, const PredictOptions& options,
                                                  const Progress& progress) const {
  dataset.validate();
  detail::require<DataError>(!dataset.patients.empty(),
                             "the data set does not say which patient each sample belongs to; give it patients");
  detail::require<DataError>(dataset.channel_names.empty() || channel_names.empty() || dataset.channel_names == channel_names,
                             "the channels of the data set are not those of training, or in another order: found ",
                             detail::joined(dataset.channel_names), "; expected ", detail::joined(channel_names));
  return aggregate_patients(dataset.patients, predict(dataset.curves, options, progress), options.aggregation);
}

AttentionLSTM random_network(const NetworkShape& shape, std::uint64_t seed) {
  shape.validate();
  AttentionLSTM network;
  network.shape = shape;
  std::uint64_t index = 0;
  for (const auto& [name, dimensions] : shape.weight_shapes()) {
    double fan_in = static_cast<double>(2 * shape.hidden_size);
    if (name.starts_with("convolution")) {
      const auto inputs = name.starts_with("convolution.0") ? shape.channels : shape.convolution_channels;
      fan_in = static_cast<double>(inputs * shape.kernel_size);
    }
    if (name.starts_with("lstm")) fan_in = static_cast<double>(shape.hidden_size);
    if (name.starts_with("attention.") && shape.attention_hidden_size > 0) {
      fan_in = static_cast<double>(shape.attention_hidden_size);
    }
    const double bound = 1.0 / std::sqrt(fan_in);
    const RandomStream stream(seed, detail::random_stream(detail::Randomness::weights, index++));
    WeightArray array{dimensions, {}};
    array.values.resize(std::accumulate(dimensions.begin(), dimensions.end(), std::size_t{1}, std::multiplies<>()));
    for (std::size_t i = 0; i < array.values.size(); ++i) {
      array.values[i] = static_cast<float>(bound * (2.0 * stream.uniform(i) - 1.0));
    }
    network.weights.emplace(name, std::move(array));
  }
  return network;
}

}  // namespace bolus

#include <bolus/model/integrated_gradients.hpp>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numbers>
#include <numeric>

#include "../compute/torch_team.hpp"
#include "torch_network.hpp"

namespace bolus {
namespace {

struct Quadrature {
  std::vector<double> places, weights;  ///< on 0 to 1; the weights sum to 1
};

/// Gauss-Legendre: the roots of the Legendre polynomial, by Newton's method from Tricomi's first guess.
Quadrature gauss_legendre(std::size_t count) {
  Quadrature rule{std::vector<double>(count), std::vector<double>(count)};
  const auto n = static_cast<double>(count);
  for (std::size_t i = 0; i < count; ++i) {
    double x = std::cos(std::numbers::pi * (static_cast<double>(i) + 0.75) / (n + 0.5)), slope = 1.0;
    for (int round = 0; round < 100; ++round) {
      double before = 1.0, value = x;  // P0 and P1
      for (std::size_t k = 2; k <= count; ++k) {
        const auto order = static_cast<double>(k);
        const double next = ((2.0 * order - 1.0) * x * value - (order - 1.0) * before) / order;
        before = value;
        value = next;
      }
      slope = n * (x * value - before) / (x * x - 1.0);
      const double change = value / slope;
      x -= change;
      if (std::abs(change) < 1e-15) break;
    }
    rule.places[count - 1 - i] = 0.5 * (1.0 + x);
    rule.weights[count - 1 - i] = 1.0 / ((1.0 - x * x) * slope * slope);
  }
  return rule;
}

}  // namespace

Attribution IntegratedGradients::operator()(const AttentionLSTM& network, const SampleArray& samples,
                                            const Progress& progress) const {
  detail::require<OptionError>(std::isfinite(baseline), "baseline is ", baseline, "; expected a finite value");
  samples.validate();
  SampleArray constant(1, samples.channels, samples.steps);
  std::fill(constant.values.begin(), constant.values.end(), static_cast<float>(baseline));
  return (*this)(network, samples, constant, progress);
}

Attribution IntegratedGradients::operator()(const AttentionLSTM& network, const SampleArray& samples,
                                            const SampleArray& baselines, const Progress& progress) const {
  detail::require<OptionError>(steps >= 1 && steps <= 4096, "steps is ", steps, "; expected 1 to 4096 points on the path");
  detail::require<OptionError>(batch_size > 0, "batch_size is 0; expected a positive number");
  detail::require<OptionError>(tolerance > 0.0, "tolerance is ", tolerance, "; expected a positive number");
  network.validate();
  samples.validate();
  baselines.validate();
  detail::require<ShapeError>(samples.channels == network.shape.channels, "samples have ", samples.channels,
                              " channels; the network takes ", network.shape.channels);
  detail::require<ShapeError>((baselines.samples == 1 || baselines.samples == samples.samples) &&
                                  baselines.channels == samples.channels && baselines.steps == samples.steps,
                              "the baselines are ", baselines.samples, " x ", baselines.channels, " x ", baselines.steps,
                              "; expected 1 or ", samples.samples, " x ", samples.channels, " x ", samples.steps);

  const auto count = static_cast<Eigen::Index>(samples.samples);
  Attribution result;
  result.method = "integrated gradients";
  result.steps = Eigen::MatrixXd::Zero(count, static_cast<Eigen::Index>(samples.steps));
  result.values = SampleArray(samples.samples, samples.channels, samples.steps);
  result.values.lengths = samples.lengths;
  result.logit.resize(count);
  result.baseline_logit.resize(count);

  const auto rule = gauss_legendre(steps);
  // The weights need no gradient, the curves do. Autograd is on, so the LSTM runs in training mode, which cuDNN's backward
  // pass demands, and nothing is dropped.
  const detail::TorchNetwork torch_network(network, false, {.engine = engine, .device = device, .threads = 1});
  const auto batch = std::min(batch_size, samples.samples);
  const auto batches = (samples.samples + batch - 1) / batch;
  std::atomic<bool> stop{false};
  std::atomic<std::size_t> finished{0};

  const auto explain = [&](std::size_t index) {
    const c10::AutoGradMode gradients(true);
    std::vector<std::size_t> rows(std::min(batch, samples.samples - index * batch));
    std::iota(rows.begin(), rows.end(), index * batch);
    auto part = detail::gather(samples, rows.data(), rows.size());
    SampleArray start = baselines.select(baselines.samples == 1 ? std::vector<std::size_t>(rows.size(), 0) : rows);
    start.lengths.clear();
    for (const auto row : rows) {
      if (!samples.lengths.empty()) start.lengths.push_back(samples.lengths[row]);  // padding of both is 0: no difference
    }
    std::vector<std::size_t> all(rows.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    const auto from = detail::gather(start, all.data(), all.size()).curves;
    const auto to = part.curves;
    const auto difference = to - from;
    auto sum = at::zeros(to.sizes(), to.options().dtype(at::kDouble));
    for (std::size_t k = 0; k < rule.places.size(); ++k) {
      if (stop) return;
      auto point = (from + rule.places[k] * difference).detach().requires_grad_(true);
      part.curves = point;
      torch_network.forward(part).logit.sum().backward();
      sum += rule.weights[k] * point.grad().to(at::kDouble);
    }
    const c10::NoGradGuard no_gradients;
    const auto attribution = (sum * difference.to(at::kDouble)).to(at::kCPU).contiguous();
    part.curves = to;
    const auto end_logit = torch_network.forward(part).logit.to(at::kCPU).contiguous();
    part.curves = from;
    const auto start_logit = torch_network.forward(part).logit.to(at::kCPU).contiguous();
    const double* value = attribution.const_data_ptr<double>();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto row = static_cast<Eigen::Index>(rows[i]);
      result.logit[row] = end_logit.const_data_ptr<float>()[i];
      result.baseline_logit[row] = start_logit.const_data_ptr<float>()[i];
      for (std::size_t c = 0; c < samples.channels; ++c) {
        for (std::size_t t = 0; t < samples.steps; ++t, ++value) {
          result.values(rows[i], c, t) = static_cast<float>(*value);
          result.steps(row, static_cast<Eigen::Index>(t)) += *value;
        }
      }
    }
    ++finished;
  };
  detail::run_on_torch_threads(
      batches, device == Device::cuda ? 1 : threads, explain,
      [&] { report(progress, "integrated gradients", finished, batches); }, stop);
  report(progress, "integrated gradients", batches, batches);

  const Eigen::ArrayXd gap = result.gap().array().abs();
  const auto incomplete = (gap > tolerance * (1.0 + (result.logit - result.baseline_logit).array().abs())).count();
  if (incomplete > 0) {
    result.flags.push_back(
        {"model.attribution.incomplete", detail::message("the attributions of ", incomplete, " of ", count,
                                                         " samples do not add up to the difference of the logits (by ",
                                                         gap.maxCoeff(), " at most): use more than ", steps, " steps")});
  }
  return result;
}

}  // namespace bolus

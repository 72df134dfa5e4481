#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <bolus/core/random.hpp>
#include <bolus/model/attention_lstm.hpp>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "../../src/model/fused/fused_network.hpp"
#include "../../src/model/torch_network.hpp"
#include "catch.hpp"

namespace {

using namespace bolus;
using bolus::detail::TorchBatch;
using bolus::detail::TorchNetwork;

constexpr Compute reference{Engine::libtorch, Device::cpu, 1};
constexpr Compute fused{Engine::fused, Device::cpu, 1};

/// Sets BOLUS_SIMD for the time that it lives.
struct InstructionSet {
  explicit InstructionSet(const std::string& name) { setenv("BOLUS_SIMD", name.c_str(), 1); }
  ~InstructionSet() { unsetenv("BOLUS_SIMD"); }
};

std::vector<std::string> instruction_sets() {
  std::vector<std::string> names;
  for (const char* name : {"avx512", "avx2", "neon", "portable"}) {
    try {
      const InstructionSet wanted(name);
      names.emplace_back(bolus::detail::fused::machine_kernel().name);
    } catch (const OptionError&) {  // this machine lacks it
    }
  }
  return names;
}

struct Case {
  std::string name;
  NetworkShape shape;
  std::int64_t batch = 20, steps = 24;
  bool lengths = false, dropout = false;
};

std::vector<Case> cases() {
  const auto shape = [](std::size_t channels, std::size_t hidden, std::size_t filters, std::size_t kernel,
                        AttentionActivation activation = AttentionActivation::none, std::size_t convolutions = 1,
                        std::size_t layers = 1, std::size_t inner = 0) {
    return NetworkShape{channels, hidden, filters, kernel, activation, convolutions, layers, inner};
  };
  const auto tanh = AttentionActivation::tanh;
  return {{"the paper's", shape(5, 16, 16, 5), 37, 40, false, false},
          {"one sample", shape(5, 16, 16, 5), 1, 40, false, false},
          {"one step", shape(3, 8, 8, 3), 17, 1, false, false},
          {"one of everything", shape(1, 1, 1, 1), 1, 1, false, false},
          {"kernel longer than the series", shape(2, 4, 6, 15), 5, 4, false, false},
          {"odd sizes", shape(3, 5, 7, 3), 19, 11, false, false},
          {"tanh scores and dropout", shape(5, 16, 16, 5, tanh), 33, 20, false, true},
          {"two convolutions, three layers", shape(4, 6, 10, 3, tanh, 2, 3), 18, 13, false, true},
          {"inner attention", shape(5, 9, 8, 5, AttentionActivation::none, 1, 1, 7), 21, 17, false, false},
          {"lengths", shape(5, 16, 16, 5), 35, 30, true, true},
          {"lengths and all options", shape(2, 7, 5, 5, tanh, 3, 2, 10), 18, 15, true, true},
          {"large", shape(5, 64, 16, 5), 16, 12, false, false}};
}

TorchBatch batch_of(const Case& one, std::uint64_t seed = 0) {
  const RandomStream random(seed, 0);
  TorchBatch batch;
  const auto channels = static_cast<std::int64_t>(one.shape.channels),
             states = static_cast<std::int64_t>(2 * one.shape.hidden_size);
  batch.curves = at::empty({one.batch, channels, one.steps}, at::kFloat);
  for (std::int64_t i = 0; i < batch.curves.numel(); ++i) {
    batch.curves.data_ptr<float>()[i] = static_cast<float>(random.normal(static_cast<std::uint64_t>(i)));
  }
  const RandomStream other(seed, 1);
  if (one.lengths) {
    batch.lengths = at::empty({one.batch}, at::kLong);
    for (std::int64_t i = 0; i < one.batch; ++i) {
      const auto drawn =
          1 + static_cast<std::int64_t>(other.uniform(static_cast<std::uint64_t>(i)) * static_cast<double>(one.steps));
      batch.lengths.data_ptr<std::int64_t>()[i] = i == 0 ? one.steps : std::min(drawn, one.steps);
    }
  }
  for (std::size_t layer = 0; layer < one.shape.lstm_layers && one.dropout; ++layer) {
    auto mask = at::empty({one.batch, states}, at::kFloat);
    for (std::int64_t i = 0; i < mask.numel(); ++i) {
      mask.data_ptr<float>()[i] =
          other.uniform(1000000 * (layer + 1) + static_cast<std::uint64_t>(i)) < 0.3 ? 0.0F : 1.0F / 0.7F;
    }
    batch.dropout.push_back(mask);
  }
  return batch;
}

/// Output and gradients of a loss that uses the logit and the attention.
struct Result {
  at::Tensor logit, attention;
  std::vector<at::Tensor> gradients;  ///< of the parameters, then of the curves
};

at::Tensor loss_of(const TorchNetwork::Output& output) {
  const auto options = output.attention.options();
  const auto steps = at::arange(output.attention.size(0), options).unsqueeze(1);
  const auto samples = at::arange(output.attention.size(1), options);
  return (at::sin(samples + 1.0) * output.logit).sum() + (at::cos(steps * 0.7 + samples) * output.attention).sum();
}

Result run(const AttentionLSTM& weights, TorchBatch batch, const Compute& compute, at::ScalarType scalar = at::kFloat) {
  TorchNetwork network(weights, true, compute, scalar);
  batch.curves = batch.curves.to(scalar).clone().set_requires_grad(true);
  const auto output = network.forward(batch);
  auto wanted = network.parameters();
  wanted.push_back(batch.curves);
  const auto gradients = torch::autograd::grad({loss_of(output)}, wanted);
  return {output.logit.detach(), output.attention.detach(), gradients};
}

double difference(const at::Tensor& a, const at::Tensor& b) {
  const auto x = a.to(at::kDouble), y = b.to(at::kDouble);
  const double scale = y.norm().item<double>();
  const double apart = (x - y).norm().item<double>();
  return scale > 0.0 ? apart / scale : apart;
}

bool identical(const Result& a, const Result& b) {
  bool same = at::equal(a.logit, b.logit) && at::equal(a.attention, b.attention);
  for (std::size_t i = 0; i < a.gradients.size(); ++i) same = same && at::equal(a.gradients[i], b.gradients[i]);
  return same;
}

}  // namespace

TEST_CASE("outputs and gradients of the fused engine are LibTorch's", "[fused]") {
  for (const auto& one : cases()) {
    const auto weights = random_network(one.shape, 1);
    const auto batch = batch_of(one);
    const auto expected = run(weights, batch, reference, at::kDouble);
    double scale = 0.0;  // one that is 0 but for rounding (the bias of the scores) is compared with the others
    for (const auto& gradient : expected.gradients) scale = std::max(scale, gradient.norm().item<double>());
    for (const auto& simd : instruction_sets()) {
      const InstructionSet wanted(simd);
      INFO(simd << ", " << one.name);
      const auto found = run(weights, batch, fused);
      CHECK((found.logit - expected.logit).abs().max().item<double>() < 2e-6);
      CHECK((found.attention - expected.attention).abs().max().item<double>() < 1e-6);
      const auto precise = run(weights, batch, fused, at::kDouble);
      CHECK(difference(precise.logit, expected.logit) < 1e-13);
      REQUIRE(found.gradients.size() == expected.gradients.size());
      for (std::size_t i = 0; i < found.gradients.size(); ++i) {
        INFO("gradient " << i);
        REQUIRE(found.gradients[i].sizes() == expected.gradients[i].sizes());
        const double norm = expected.gradients[i].norm().item<double>();
        const double apart = (found.gradients[i].to(at::kDouble) - expected.gradients[i]).norm().item<double>();
        CHECK(apart <= 1e-5 * norm + 1e-6 * scale);
        CHECK((precise.gradients[i] - expected.gradients[i]).norm().item<double>() <= 1e-12 * norm + 1e-14 * scale);
      }
    }
  }
}

TEST_CASE("gradients of the fused engine are finite differences", "[fused]") {
  for (const auto& simd : instruction_sets()) {
    const InstructionSet wanted(simd);
    for (const auto& one : {Case{"all", {2, 3, 4, 3, AttentionActivation::tanh, 2, 2, 3}, 5, 6, true, true},
                            Case{"plain", {3, 4, 4, 5, AttentionActivation::none, 1, 1, 0}, 3, 7, false, false}}) {
      INFO(simd << ", " << one.name);
      TorchNetwork network(random_network(one.shape, 5), true, fused, at::kDouble);
      auto batch = batch_of(one, 7);
      batch.curves = batch.curves.to(at::kDouble).set_requires_grad(true);
      auto variables = network.parameters();
      variables.push_back(batch.curves);
      const auto gradients = torch::autograd::grad({loss_of(network.forward(batch))}, variables);
      const c10::NoGradGuard no_gradients;
      constexpr double step = 1e-6;
      for (std::size_t v = 0; v < variables.size(); ++v) {
        double* values = variables[v].data_ptr<double>();
        for (std::int64_t i = 0; i < variables[v].numel(); ++i) {
          const double value = values[i];
          values[i] = value + step;
          const double above = loss_of(network.forward(batch)).item<double>();
          values[i] = value - step;
          const double below = loss_of(network.forward(batch)).item<double>();
          values[i] = value;
          const double expected = (above - below) / (2.0 * step), found = gradients[v].contiguous().data_ptr<double>()[i];
          if (std::abs(found - expected) > 1e-7 + 1e-6 * std::abs(expected)) {
            FAIL_CHECK("variable " << v << ", element " << i << ": " << found << " for " << expected);
          }
        }
      }
    }
  }
}

TEST_CASE("the bits of a training step do not depend on threads nor on repetition", "[fused]") {
  const Case one{"", {5, 16, 16, 5, AttentionActivation::none, 1, 1, 0}, 301, 40, false, false};
  const auto weights = random_network(one.shape, 1);
  const auto batch = batch_of(one);
  const auto alone = run(weights, batch, fused);
  for (const int threads : {1, 2, 3, 4}) {
    const Compute compute{Engine::fused, Device::cpu, threads};
    for (int again = 0; again < 3; ++again) CHECK(identical(run(weights, batch, compute), alone));
  }
  // Side by side through one network: one of them gets the team.
  TorchNetwork network(weights, false, {Engine::fused, Device::cpu, 2});
  std::vector<std::thread> threads;
  std::vector<at::Tensor> logits(4);
  for (auto& logit : logits) {
    threads.emplace_back([&] {
      const c10::NoGradGuard no_gradients;
      for (int i = 0; i < 10; ++i) logit = network.forward(batch).logit;
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& logit : logits) CHECK(at::equal(logit, alone.logit));
}

TEST_CASE("a pass too large to be kept is computed again, with the same bits", "[fused]") {
  // 64 MiB are kept: 1400 samples of 60 steps are more.
  const Case large{"", {5, 16, 16, 5, AttentionActivation::none, 1, 1, 0}, 1400, 60, false, false};
  const auto weights = random_network(large.shape, 2);
  const auto batch = batch_of(large);
  const auto found = run(weights, batch, {Engine::fused, Device::cpu, 2});
  for (std::int64_t begin = 0; begin < large.batch; begin += 350) {  // parts that are kept
    auto part = batch;
    part.curves = batch.curves.narrow(0, begin, 350).to(at::kDouble);
    const auto kept = run(weights, part, fused, at::kDouble);
    CHECK((kept.logit - found.logit.narrow(0, begin, 350)).abs().max().item<double>() < 2e-6);
  }
  auto part = batch;
  part.curves = batch.curves.narrow(0, 0, 32);
  CHECK(at::equal(run(weights, part, fused).logit, found.logit.narrow(0, 0, 32)));
  CHECK(identical(run(weights, batch, fused), found));

  // Twice through the same graph: the second time nothing is kept any more.
  TorchNetwork network(weights, true, fused);
  const auto loss = loss_of(network.forward(part));
  const auto first = torch::autograd::grad({loss}, network.parameters(), {}, true);
  const auto second = torch::autograd::grad({loss}, network.parameters(), {}, true);
  for (std::size_t i = 0; i < first.size(); ++i) CHECK(at::equal(first[i], second[i]));
  CHECK_THROWS_WITH(torch::autograd::grad({loss}, network.parameters(), {}, true, true), Catch::Contains("engine='libtorch'"));
}

TEST_CASE("a sample's prediction does not depend on the samples beside it", "[fused]") {
  SampleArray samples(203, 5, 33);
  const RandomStream random(3, 0);
  for (std::size_t i = 0; i < samples.values.size(); ++i) samples.values[i] = static_cast<float>(random.normal(i));
  for (const auto& simd : instruction_sets()) {
    const InstructionSet wanted(simd);
    const auto network = random_network({5, 16, 16, 5, AttentionActivation::none, 1, 1, 0}, 0);
    const auto all = network.predict(samples);
    for (const std::size_t i : {0, 15, 16, 100, 202}) {
      const auto alone = network.predict(samples.select({i}), {.batch_size = 7, .threads = 1});
      CHECK(alone.logit[0] == all.logit[static_cast<Eigen::Index>(i)]);
      CHECK(alone.attention.row(0) == all.attention.row(static_cast<Eigen::Index>(i)));
    }
    PredictOptions by_torch;
    by_torch.engine = Engine::libtorch;
    const auto expected = network.predict(samples, by_torch);
    CHECK((expected.logit - all.logit).cwiseAbs().maxCoeff() < 2e-6);
    CHECK((expected.attention - all.attention).cwiseAbs().maxCoeff() < 1e-6);
  }
}

TEST_CASE("prediction reads samples where they lie and names the first value that is not finite", "[fused]") {
  SampleArray samples(300, 5, 33);
  const RandomStream random(3, 0);
  for (std::size_t i = 0; i < samples.values.size(); ++i) samples.values[i] = static_cast<float>(random.normal(i));
  const auto network = random_network({}, 0);
  const auto all = network.predict(samples);
  SampleView view(samples);
  view.samples = 100;  // part of the memory, from sample 70 on
  view.values = view.values.subspan(70 * 5 * 33, 100 * 5 * 33);
  CHECK(network.predict(view).logit == all.logit.segment(70, 100));
  CHECK(network.predict(view).attention == all.attention.middleRows(70, 100));
  view.samples = 101;
  CHECK_THROWS_AS(network.predict(view), ShapeError);
  CHECK_THROWS_AS(network.predict(SampleView()), ShapeError);

  samples(250, 1, 2) = std::numeric_limits<float>::quiet_NaN();
  samples(131, 3, 32) = -std::numeric_limits<float>::infinity();
  samples(131, 4, 0) = std::numeric_limits<float>::quiet_NaN();
  for (const auto engine : {Engine::fused, Engine::libtorch}) {
    for (const int threads : {1, 2, 4}) {
      PredictOptions options;
      options.engine = engine;
      options.threads = threads;
      CHECK_THROWS_AS(network.predict(samples, options), DataError);
      CHECK_THROWS_WITH(network.predict(samples, options),
                        Catch::Contains("sample 131, channel 3, step 32 is NaN or infinite"));
    }
  }
  samples.lengths.assign(300, 33);
  samples.lengths[131] = 32;  // its first channel that is not finite within this is 4
  CHECK_THROWS_WITH(network.predict(samples), Catch::Contains("sample 131, channel 4, step 0 is NaN or infinite"));
  samples(131, 4, 0) = 3.0e38F;  // finite, and so an answer
  samples(250, 1, 2) = -3.0e38F;
  CHECK(network.predict(samples).logit.allFinite());
}

TEST_CASE("padding has no attention and no effect on a prediction", "[fused]") {
  SampleArray samples(20, 3, 12);
  const RandomStream random(4, 0);
  for (std::size_t i = 0; i < samples.values.size(); ++i) samples.values[i] = static_cast<float>(random.normal(i));
  const auto network = random_network({3, 8, 8, 5, AttentionActivation::tanh, 2, 2, 4}, 0);
  for (std::size_t i = 0; i < samples.samples; ++i) samples.lengths.push_back(1 + i % 12);
  for (std::size_t i = 0; i < samples.samples; ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      for (std::size_t t = samples.lengths[i]; t < 12; ++t) samples(i, c, t) = std::numeric_limits<float>::quiet_NaN();
    }
  }
  for (const auto engine : {Engine::fused, Engine::libtorch}) {
    PredictOptions options;
    options.engine = engine;
    const auto padded = network.predict(samples, options);
    for (std::size_t i = 0; i < samples.samples; ++i) {
      const auto used = samples.lengths[i];
      SampleArray cut(1, 3, used);
      for (std::size_t c = 0; c < 3; ++c) {
        for (std::size_t t = 0; t < used; ++t) cut(0, c, t) = samples(i, c, t);
      }
      const auto row = static_cast<Eigen::Index>(i), length = static_cast<Eigen::Index>(used);
      const auto alone = network.predict(cut, options);
      CHECK(padded.logit[row] == Approx(alone.logit[0]).margin(1e-6));
      CHECK((padded.attention.row(row).head(length) - alone.attention.row(0)).cwiseAbs().maxCoeff() < 1e-6);
      CHECK(padded.attention.row(row).tail(12 - length).cwiseAbs().sum() == 0.0);
    }
  }
}

TEST_CASE("extreme weights saturate and never give NaN", "[fused]") {
  for (const auto& simd : instruction_sets()) {
    const InstructionSet wanted(simd);
    auto weights = random_network({5, 16, 16, 5, AttentionActivation::none, 1, 1, 0}, 0);
    for (auto& [name, array] : weights.weights) {
      for (auto& value : array.values) value *= name.starts_with("classifier") ? 1.0F : 1e6F;
    }
    const auto result = run(weights, batch_of({"", weights.shape, 20, 24, false, false}), fused);
    CHECK(at::isfinite(result.logit).all().item<bool>());
    CHECK((result.attention.sum(0) - 1.0).abs().max().item<float>() < 1e-5F);
    for (const auto& gradient : result.gradients) CHECK(at::isfinite(gradient).all().item<bool>());
    // NaN is not hidden, and stays in its sample.
    auto batch = batch_of({"", weights.shape, 20, 24, false, false});
    batch.curves.data_ptr<float>()[3] = std::numeric_limits<float>::quiet_NaN();
    const auto network = TorchNetwork(random_network(weights.shape, 0), false, fused);
    const auto logit = network.forward(batch).logit;
    CHECK(std::isnan(logit.data_ptr<float>()[0]));
    CHECK(at::isfinite(logit.slice(0, 1)).all().item<bool>());
  }
}

TEST_CASE("unknown instruction sets and devices are refused", "[fused]") {
  const auto network = random_network({}, 0);
  SampleArray samples(1, 5, 10);
  {
    const InstructionSet wanted("mmx");
    CHECK_THROWS_AS(network.predict(samples), OptionError);
    CHECK_THROWS_WITH(network.predict(samples), Catch::Contains("BOLUS_SIMD is 'mmx'") && Catch::Contains("portable"));
  }
  CHECK_THROWS_AS(network.predict(samples, {.threads = -1}), OptionError);
  if (!at::globalContext().hasCUDA()) {
    PredictOptions options;
    options.device = Device::cuda;
    CHECK_THROWS_AS(network.predict(samples, options), OptionError);
    CHECK_THROWS_WITH(network.predict(samples, options), Catch::Contains("device is 'cuda'"));
  }
}

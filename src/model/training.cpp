#include "training.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <array>
#include <bolus/core/random.hpp>
#include <bolus/evaluate/roc_curve.hpp>
#include <cmath>
#include <numeric>
#include <span>

#include "adam.hpp"
#include "random_streams.hpp"
#include "torch_network.hpp"

namespace bolus::detail {
namespace {

/// What a sample of class 0 and of class 1 counts in the loss.
std::array<double, 2> class_weights(ClassWeights kind, const std::vector<int>& labels) {
  if (kind == ClassWeights::none) return {1.0, 1.0};
  const auto positives = static_cast<double>(std::count(labels.begin(), labels.end(), 1));
  const auto all = static_cast<double>(labels.size());
  return {all / (2.0 * (all - positives)), all / (2.0 * positives)};
}

/// Labels and loss weights of a batch, (batch) each.
std::pair<at::Tensor, at::Tensor> targets(const std::vector<int>& labels, const std::size_t* rows, std::size_t count,
                                          const std::array<double, 2>& weights) {
  auto label = at::empty({static_cast<std::int64_t>(count)}, at::kFloat);
  auto weight = at::empty_like(label);
  for (std::size_t i = 0; i < count; ++i) {
    label.data_ptr<float>()[i] = static_cast<float>(labels[rows[i]]);
    weight.data_ptr<float>()[i] = static_cast<float>(weights[static_cast<std::size_t>(labels[rows[i]])]);
  }
  return {label, weight};
}

std::vector<at::Tensor> dropout_masks(const IDHClassifier& classifier, std::size_t step, std::size_t count) {
  if (classifier.dropout == 0.0) return {};
  auto mask = at::empty({static_cast<std::int64_t>(count), static_cast<std::int64_t>(2 * classifier.hidden_size)}, at::kFloat);
  const RandomStream stream(classifier.seed, random_stream(Randomness::dropout, step));
  const auto kept = static_cast<float>(1.0 / (1.0 - classifier.dropout));
  float* values = mask.data_ptr<float>();
  for (std::int64_t i = 0; i < mask.numel(); ++i) {
    values[i] = stream.uniform(static_cast<std::uint64_t>(i)) < classifier.dropout ? 0.0F : kept;
  }
  return {mask};
}

struct Score {
  double loss, auc;
};

/// Weighted loss and AUC on samples that take no part in training.
Score score(const TorchNetwork& network, const Dataset& data, std::size_t batch_size, const std::array<double, 2>& weights,
            const std::atomic<bool>& stop) {
  const c10::NoGradGuard no_gradients;
  std::vector<double> logits;
  double loss = 0.0;
  for (std::size_t begin = 0; begin < data.labels.size() && !stop; begin += batch_size) {
    std::vector<std::size_t> rows(std::min(batch_size, data.labels.size() - begin));
    std::iota(rows.begin(), rows.end(), begin);
    const auto output = network.forward(gather(data.curves, rows.data(), rows.size()));
    const float* values = output.logit.const_data_ptr<float>();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const double logit = values[i];
      const int label = data.labels[rows[i]];
      logits.push_back(logit);  // -log sigmoid(+-logit), without overflow
      const double signed_logit = label == 1 ? logit : -logit;
      loss += weights[static_cast<std::size_t>(label)] *
              (std::max(-signed_logit, 0.0) + std::log1p(std::exp(-std::abs(signed_logit))));
    }
  }
  if (stop) return {0.0, 0.0};
  return {loss / static_cast<double>(data.labels.size()), roc_auc(data.labels, logits)};
}

}  // namespace

FittedModel train(const IDHClassifier& classifier, const TrainingPlan& plan, std::atomic<std::size_t>& epochs_done,
                  const std::atomic<bool>& stop) {
  const auto& data = plan.training;
  FittedModel fitted;
  fitted.flags = plan.flags;
  const NetworkShape shape{data.curves.channels, classifier.hidden_size, classifier.convolution_channels,
                           classifier.kernel_size, classifier.attention_activation};
  fitted.network = random_network(shape, classifier.seed);
  fitted.network.channel_names = data.channel_names;
  fitted.network.steps = data.curves.steps;
  fitted.network.time_step = data.time_step;
  fitted.network.simulated = data.simulated;

  TorchNetwork network(fitted.network, true);
  Adam adam(network.parameters(), classifier.learning_rate, classifier.weight_decay, classifier.gradient_clip);
  const auto weights = class_weights(classifier.class_weights, data.labels);
  auto& history = fitted.history;
  double best_loss = std::numeric_limits<double>::infinity();
  std::size_t steps = 0;

  for (std::size_t epoch = 0; epoch < classifier.max_epochs; ++epoch) {
    const auto order = RandomStream(classifier.seed, random_stream(Randomness::order, epoch)).permutation(data.curves.samples);
    double sum = 0.0;
    for (std::size_t begin = 0; begin < order.size(); begin += classifier.batch_size) {
      require<Cancelled>(!stop, "stopped during training, in epoch ", epoch + 1);
      const auto count = std::min(classifier.batch_size, order.size() - begin);
      const auto [label, weight] = targets(data.labels, order.data() + begin, count, weights);
      auto batch = gather(data.curves, order.data() + begin, count);
      batch.dropout = dropout_masks(classifier, steps++, count);
      const auto output = network.forward(batch);
      const auto loss = at::binary_cross_entropy_with_logits(output.logit, label, weight);
      sum += loss.item<double>() * static_cast<double>(count);
      loss.backward();
      require<ConvergenceError>(adam.step(), "the training diverged in epoch ", epoch + 1,
                                ": gradients are not finite; normalise the curves or lower the learning rate (now ",
                                classifier.learning_rate, ")");
    }
    history.loss.push_back(sum / static_cast<double>(order.size()));

    bool better = true;
    if (plan.validation) {
      const auto [loss, auc] = score(network, *plan.validation, classifier.batch_size, weights, stop);
      require<Cancelled>(!stop, "stopped during training, in epoch ", epoch + 1);
      history.validation_loss.push_back(loss);
      history.validation_auc.push_back(auc);
      better = loss < best_loss;
      if (better) best_loss = loss;
    }
    if (better) {
      history.best_epoch = epoch;
      network.copy_to(fitted.network);
    }
    epochs_done = epoch + 1;
    if (plan.validation && epoch - history.best_epoch >= classifier.patience) {
      history.stopped_early = true;
      break;
    }
  }
  if (plan.validation && !history.stopped_early) {
    fitted.flags.push_back(
        {"model.training.not_converged",
         message("the validation loss was still best in epoch ", history.best_epoch + 1, " of ", classifier.max_epochs,
                 ", less than patience (", classifier.patience, ") epochs before the end; more epochs may do better")});
  }
  fitted.network.validate();
  return fitted;
}

}  // namespace bolus::detail

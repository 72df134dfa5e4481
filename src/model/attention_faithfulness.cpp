#include <bolus/model/attention_faithfulness.hpp>

#include <algorithm>
#include <bolus/core/detail/quantile.hpp>
#include <bolus/core/random.hpp>
#include <bolus/evaluate/spearman_correlation.hpp>
#include <bolus/model/integrated_gradients.hpp>
#include <cmath>
#include <map>
#include <numeric>

#include "hidden_steps.hpp"

namespace bolus {
namespace {

// Streams of random numbers: a sample's orders have its own number.
constexpr std::uint64_t bootstrap_stream = std::uint64_t{1} << 40, weights_stream = bootstrap_stream + 1;

enum Check : Eigen::Index { gradients, occlusion, deletion, insertion, randomisation };
constexpr std::array check_names{"gradients", "occlusion", "deletion", "insertion", "randomisation"};
constexpr std::array order_names{"attention", "gradients", "occlusion", "random"};

/// Which patient each sample belongs to, as its place among `names`.
struct Grouping {
  std::vector<std::string> names;
  std::vector<Eigen::Index> of;

  explicit Grouping(const Dataset& dataset) {
    std::map<std::string, Eigen::Index> places;
    for (std::size_t i = 0; i < dataset.curves.samples; ++i) {
      const auto name = dataset.patients.empty() ? detail::message("sample ", i) : dataset.patients[i];
      const auto [entry, added] = places.emplace(name, static_cast<Eigen::Index>(names.size()));
      if (added) names.push_back(name);
      of.push_back(entry->second);
    }
  }

  /// Mean of the rows (samples x anything) of each patient.
  Eigen::MatrixXd mean(const Eigen::MatrixXd& values) const {
    Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(names.size()), values.cols());
    Eigen::VectorXd count = Eigen::VectorXd::Zero(sum.rows());
    for (std::size_t i = 0; i < of.size(); ++i) {
      sum.row(of[i]) += values.row(static_cast<Eigen::Index>(i));
      count[of[i]] += 1.0;
    }
    for (Eigen::Index p = 0; p < sum.rows(); ++p) sum.row(p) /= count[p];
    return sum;
  }
};

/// Percentile bootstrap of the column means over the rows: (2 x columns), low and high.
Eigen::MatrixXd bootstrap_means(const Eigen::MatrixXd& rows, const AttentionFaithfulness& options) {
  Eigen::MatrixXd means(static_cast<Eigen::Index>(options.replicates), rows.cols());
  const auto count = static_cast<std::size_t>(rows.rows());
  const RandomStream random(options.seed, bootstrap_stream);
  for (std::size_t r = 0; r < options.replicates; ++r) {
    Eigen::RowVectorXd sum = Eigen::RowVectorXd::Zero(rows.cols());
    for (std::size_t i = 0; i < count; ++i) sum += rows.row(static_cast<Eigen::Index>(random.below(r * count + i, count)));
    means.row(static_cast<Eigen::Index>(r)) = sum / static_cast<double>(count);
  }
  Eigen::MatrixXd ends(2, rows.cols());
  for (Eigen::Index c = 0; c < rows.cols(); ++c) {
    std::vector<double> values(means.col(c).begin(), means.col(c).end());
    std::sort(values.begin(), values.end());
    ends(0, c) = detail::sorted_quantile(values, 0.5 - 0.5 * options.confidence);
    ends(1, c) = detail::sorted_quantile(values, 0.5 + 0.5 * options.confidence);
  }
  return ends;
}

/// Steps by falling value, equal ones by time.
std::vector<std::size_t> falling(const Eigen::VectorXd& values) {
  std::vector<std::size_t> order(static_cast<std::size_t>(values.size()));
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](auto a, auto b) { return values[static_cast<Eigen::Index>(a)] > values[static_cast<Eigen::Index>(b)]; });
  return order;
}

double sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }

double area(const Eigen::VectorXd& curve) {
  return (curve.sum() - 0.5 * (curve[0] + curve[curve.size() - 1])) / static_cast<double>(curve.size() - 1);
}

void validate(const AttentionFaithfulness& options) {
  const auto positive = [](std::size_t value, const char* name) {
    detail::require<OptionError>(value > 0 && value <= 100000, name, " is ", value, "; expected 1 to 100000");
  };
  positive(options.points, "points");
  positive(options.random_orders, "random_orders");
  positive(options.randomisations, "randomisations");
  positive(options.replicates, "replicates");
  detail::require<OptionError>(options.confidence > 0.0 && options.confidence < 1.0, "confidence is ", options.confidence,
                               "; expected a number between 0 and 1");
  detail::require<OptionError>(std::abs(options.min_correlation) <= 1.0, "min_correlation is ", options.min_correlation,
                               "; expected -1 to 1");
  detail::require<OptionError>(std::abs(options.max_similarity) <= 1.0, "max_similarity is ", options.max_similarity,
                               "; expected -1 to 1");
}

/// Deletion and insertion curves of all samples, one column per order; the random one is the mean of `random_orders`.
struct HidingCurves {
  std::array<Eigen::MatrixXd, 4> deletion, insertion;  ///< (samples x points + 1) probability of the class predicted

  HidingCurves(const AttentionFaithfulness& options, const AttentionLSTM& network, const SampleArray& samples,
               const std::array<Eigen::MatrixXd, 3>& importance, const Eigen::VectorXd& logit, const PredictOptions& predict,
               const Progress& progress) {
    const std::size_t width = options.points + 1, orders = 3 + options.random_orders;
    for (std::size_t o = 0; o < 4; ++o) {
      deletion[o] = insertion[o] = Eigen::MatrixXd::Zero(logit.size(), static_cast<Eigen::Index>(width));
    }
    std::vector<std::vector<std::size_t>> ranking;  // of the sample at hand
    std::size_t at_hand = samples.samples;
    std::vector<char> hidden(samples.steps);
    detail::predict_variants(
        network, samples, predict, [&](std::size_t) { return 2 * orders * width; },
        [&](std::size_t i, std::size_t variant, SampleArray& target, std::size_t place) {
          const std::size_t used = samples.length(i);
          if (i != at_hand) {
            at_hand = i;
            ranking.clear();
            for (const auto& values : importance) {
              ranking.push_back(
                  falling(values.row(static_cast<Eigen::Index>(i)).head(static_cast<Eigen::Index>(used)).transpose()));
            }
            const RandomStream random(options.seed, i);
            for (std::size_t r = 0; r < options.random_orders; ++r) {
              ranking.push_back(random.permutation(used, r * (samples.steps + 1)));
            }
          }
          const bool insert = variant % 2 == 1;
          const auto& order = ranking[variant / 2 / width];
          const auto share = static_cast<double>(variant / 2 % width) / static_cast<double>(options.points);
          const auto taken = static_cast<std::size_t>(std::llround(share * static_cast<double>(used)));
          std::fill(hidden.begin(), hidden.end(), static_cast<char>(insert));
          for (std::size_t k = 0; k < taken; ++k) hidden[order[k]] = static_cast<char>(!insert);
          detail::hide_steps(samples, i, hidden, options.fill, options.baseline, target, place);
        },
        [&](std::size_t i, const Eigen::VectorXd& changed) {
          const auto row = static_cast<Eigen::Index>(i);
          const double sign = logit[row] >= 0.0 ? 1.0 : -1.0;
          for (std::size_t v = 0; v < 2 * orders * width; ++v) {
            const std::size_t order = v / 2 / width, column = std::min<std::size_t>(order, 3);
            const double share = order < 3 ? 1.0 : 1.0 / static_cast<double>(options.random_orders);
            auto& curves = v % 2 == 1 ? insertion[column] : deletion[column];
            curves(row, static_cast<Eigen::Index>(v / 2 % width)) +=
                share * sigmoid(sign * changed[static_cast<Eigen::Index>(v)]);
          }
        },
        progress, "deletion and insertion");
  }
};

/// Names of the weights from the top of the network down, as far as they are drawn anew together.
std::vector<std::pair<std::string, std::vector<std::string>>> layers_from_the_top(const NetworkShape& shape) {
  std::vector<std::pair<std::string, std::vector<std::string>>> layers{{"classifier", {"classifier."}},
                                                                       {"attention", {"attention.", "attention_hidden."}}};
  for (std::size_t layer = shape.lstm_layers; layer-- > 0;) {
    const auto end = "_l" + std::to_string(layer);
    std::vector<std::string> names;
    for (const char* part : {"weight_ih", "weight_hh", "bias_ih", "bias_hh"}) names.push_back("lstm." + (part + end));
    layers.push_back({"lstm " + std::to_string(layer), names});
  }
  for (std::size_t layer = shape.convolution_layers; layer-- > 0;) {
    const auto name = "convolution." + std::to_string(layer);
    layers.push_back({"convolution " + std::to_string(layer), {name + "."}});
  }
  return layers;
}

/// Rank correlation of each row's first `length` values; 0 where one side does not vary, which `constant` counts.
Eigen::VectorXd row_correlations(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b, const SampleArray& samples,
                                 std::size_t& constant) {
  Eigen::VectorXd result(a.rows());
  for (Eigen::Index i = 0; i < a.rows(); ++i) {
    const auto used = static_cast<Eigen::Index>(samples.length(static_cast<std::size_t>(i)));
    const auto found = used < 2 ? std::nullopt : spearman_correlation(a.row(i).head(used), b.row(i).head(used));
    constant += !found;
    result[i] = found.value_or(0.0);
  }
  return result;
}

AttentionVerdict outcome_of(const FaithfulnessCheck& check, bool at_most, bool enough) {
  if (!enough) return AttentionVerdict::undecided;
  if (at_most ? check.high <= check.limit : check.low > check.limit) return AttentionVerdict::faithful;
  if (at_most ? check.low > check.limit : check.high <= check.limit) return AttentionVerdict::unfaithful;
  return AttentionVerdict::undecided;
}

std::string rounded(double value) { return detail::message(std::round(value * 1000.0) / 1000.0); }

std::string meaning_of(Eigen::Index check, const FaithfulnessCheck& found) {
  const auto figure = rounded(found.value) + " (" + rounded(found.low) + " to " + rounded(found.high) + ")";
  const bool good = found.outcome == AttentionVerdict::faithful, bad = found.outcome == AttentionVerdict::unfaithful;
  const std::string end = good || bad ? "." : ", which does not decide it.";
  switch (check) {
    case gradients:
    case occlusion:
      return std::string("Attention ranks the steps ") +
             (good  ? "as "
              : bad ? "otherwise than "
                    : "perhaps as ") +
             (check == gradients ? "integrated gradients do" : "occlusion does") + ": rank correlation " + figure + end;
    case deletion:
    case insertion:
      return std::string(check == deletion ? "Hiding" : "Showing") + " the most attended steps first changes the prediction " +
             (good  ? "faster"
              : bad ? "no faster"
                    : "perhaps faster") +
             " than in random order: difference of the areas " + figure + end;
    default:
      return std::string("With all weights drawn anew attention ") +
             (good  ? "changes"
              : bad ? "stays much the same, so it shows little of what was learned"
                    : "may stay the same") +
             ": rank correlation with before " + figure + end;
  }
}

}  // namespace

std::string FaithfulnessResult::report() const {
  std::string text;
  switch (verdict) {
    case AttentionVerdict::faithful:
      text = "Attention can be read as what the model used: all checks hold.";
      break;
    case AttentionVerdict::unfaithful:
      text = "Do not trust the attention of this model: it does not show what the prediction rests on.";
      break;
    default:
      text = "Do not rely on the attention of this model: whether it shows what the prediction rests on is undecided.";
  }
  for (const auto& check : checks) text += " " + check.meaning;
  return text;
}

FaithfulnessResult AttentionFaithfulness::operator()(const AttentionLSTM& network, const Dataset& dataset,
                                                     const Progress& progress) const {
  validate(*this);
  dataset.validate();
  detail::require<DataError>(
      dataset.channel_names.empty() || network.channel_names.empty() || dataset.channel_names == network.channel_names,
      "the channels of the data set are not those of training, or in another order: select the same, in the same order");
  const auto& samples = dataset.curves;
  const PredictOptions predict{.batch_size = batch_size, .threads = threads, .engine = engine, .device = device};
  const auto prediction = network.predict(samples, predict);
  const auto by_gradients = IntegratedGradients{.steps = path_steps,
                                                .baseline = baseline,
                                                .batch_size = batch_size,
                                                .threads = threads,
                                                .engine = engine,
                                                .device = device}(network, samples, progress);
  const auto by_occlusion = Occlusion{.window = window,
                                      .fill = fill,
                                      .baseline = baseline,
                                      .batch_size = batch_size,
                                      .threads = threads,
                                      .engine = engine,
                                      .device = device}(network, samples, progress);
  const std::array<Eigen::MatrixXd, 3> importance{prediction.attention, by_gradients.steps.cwiseAbs(),
                                                  by_occlusion.steps.cwiseAbs()};
  const HidingCurves curves(*this, network, samples, importance, prediction.logit, predict, progress);

  const Grouping patients(dataset);
  FaithfulnessResult result;
  result.patients = patients.names;
  result.flags = by_gradients.flags;
  result.orders.assign(order_names.begin(), order_names.end());
  const auto width = static_cast<Eigen::Index>(points) + 1;
  result.fraction = Eigen::VectorXd::LinSpaced(width, 0.0, 1.0);
  result.deletion.resize(width, 4);
  result.insertion.resize(width, 4);
  result.areas.resize(4, 2);
  for (std::size_t o = 0; o < 4; ++o) {
    const auto column = static_cast<Eigen::Index>(o);
    result.deletion.col(column) = patients.mean(curves.deletion[o]).colwise().mean().transpose();
    result.insertion.col(column) = patients.mean(curves.insertion[o]).colwise().mean().transpose();
    result.areas.row(column) << area(result.deletion.col(column)), area(result.insertion.col(column));
  }

  std::size_t constant = 0, constant_new = 0;
  Eigen::MatrixXd found(static_cast<Eigen::Index>(samples.samples), 5);
  found.col(gradients) = row_correlations(importance[0], importance[1], samples, constant);
  std::size_t constant_occlusion = 0;
  found.col(occlusion) = row_correlations(importance[0], importance[2], samples, constant_occlusion);
  for (Eigen::Index i = 0; i < found.rows(); ++i) {
    found(i, deletion) = area(curves.deletion[3].row(i)) - area(curves.deletion[0].row(i));
    found(i, insertion) = area(curves.insertion[0].row(i)) - area(curves.insertion[3].row(i));
  }

  // Weights drawn anew from the top down: after the last layer nothing learned is left.
  const auto layers = layers_from_the_top(network.shape);
  Eigen::MatrixXd similar = Eigen::MatrixXd::Zero(found.rows(), static_cast<Eigen::Index>(layers.size()));
  for (std::size_t draw = 0; draw < randomisations; ++draw) {
    const auto fresh = random_network(network.shape, RandomStream(seed, weights_stream).bits(draw));
    auto changed = network;
    for (std::size_t layer = 0; layer < layers.size(); ++layer) {
      report(progress, "randomised weights", draw * layers.size() + layer, randomisations * layers.size());
      for (auto& [name, weights] : changed.weights) {
        const bool now = std::any_of(layers[layer].second.begin(), layers[layer].second.end(),
                                     [&](const auto& start) { return name.starts_with(start); });
        if (now) weights = fresh.weights.at(name);
      }
      similar.col(static_cast<Eigen::Index>(layer)) +=
          row_correlations(prediction.attention, changed.predict(samples, predict).attention, samples, constant_new) /
          static_cast<double>(randomisations);
    }
  }
  report(progress, "randomised weights", randomisations * layers.size(), randomisations * layers.size());
  found.col(randomisation) = similar.col(similar.cols() - 1);
  for (const auto& [name, names] : layers) result.randomised.push_back(name);
  result.similarity = patients.mean(similar).colwise().mean().transpose();

  result.per_patient = patients.mean(found);
  const auto ends = bootstrap_means(result.per_patient, *this);
  const bool enough = patients.names.size() >= std::max<std::size_t>(min_patients, 2);
  std::string fails, open;
  for (Eigen::Index c = 0; c < 5; ++c) {
    FaithfulnessCheck check{.name = check_names[static_cast<std::size_t>(c)],
                            .value = result.per_patient.col(c).mean(),
                            .low = ends(0, c),
                            .high = ends(1, c),
                            .limit = c <= occlusion       ? min_correlation
                                     : c == randomisation ? max_similarity
                                                          : 0.0,
                            .meaning = {}};
    check.outcome = outcome_of(check, c == randomisation, enough);
    check.meaning = meaning_of(c, check);
    if (check.outcome == AttentionVerdict::unfaithful) fails += (fails.empty() ? "" : " ") + check.meaning;
    if (check.outcome == AttentionVerdict::undecided) open += (open.empty() ? "" : " ") + check.meaning;
    result.checks.push_back(check);
  }
  result.verdict = !fails.empty()  ? AttentionVerdict::unfaithful
                   : !open.empty() ? AttentionVerdict::undecided
                                   : AttentionVerdict::faithful;
  if (result.verdict == AttentionVerdict::unfaithful) result.flags.push_back({"model.attention.unfaithful", fails});
  if (result.verdict == AttentionVerdict::undecided) {
    result.flags.push_back({"model.attention.undecided",
                            (enough ? std::string()
                                    : detail::message("There are ", patients.names.size(), " patients; at least ",
                                                      std::max<std::size_t>(min_patients, 2), " are needed for a verdict. ")) +
                                open});
  }
  if (constant > 0) {
    result.flags.push_back(
        {"model.attention.constant", detail::message("attention or gradients are the same at every step of ", constant, " of ",
                                                     samples.samples, " samples: their rank correlation counts as 0")});
  }
  return result;
}

}  // namespace bolus

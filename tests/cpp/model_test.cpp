#include <bolus/core/random.hpp>
#include <bolus/evaluate/roc_curve.hpp>
#include <bolus/model/checkpoint.hpp>
#include <bolus/model/cross_validation.hpp>
#include <cstring>
#include <fstream>
#include <set>
#include <thread>

#include "catch.hpp"

namespace {

using namespace bolus;

/// Curves that fall for label 1 and rise for label 0, under noise: easy to tell apart.
Dataset easy_data(std::size_t patients, std::size_t windows = 2, std::uint64_t seed = 0, float noise = 0.5F) {
  Dataset data;
  const std::size_t steps = 12, channels = 2;
  data.curves = SampleArray(patients * windows, channels, steps);
  data.channel_names = {"ET", "AIF"};
  data.time_step = 1.5;
  const RandomStream random(seed, 0);
  for (std::size_t i = 0; i < data.curves.samples; ++i) {
    const int label = static_cast<int>(i / windows % 3 == 0);
    data.labels.push_back(label);
    data.patients.push_back("patient " + std::to_string(i / windows));
    data.start_times.push_back(1.5 * static_cast<double>(i % windows));
    for (std::size_t c = 0; c < channels; ++c) {
      for (std::size_t t = 0; t < steps; ++t) {
        const float slope = (static_cast<float>(t) - 5.5F) / 4.0F * (label == 1 ? -1.0F : 1.0F);
        data.curves(i, c, t) = slope + noise * static_cast<float>(random.normal((i * channels + c) * steps + t));
      }
    }
  }
  return data;
}

IDHClassifier quick() {
  IDHClassifier classifier;
  classifier.hidden_size = 4;
  classifier.convolution_channels = 4;
  classifier.kernel_size = 3;
  classifier.max_epochs = 6;
  classifier.learning_rate = 2e-2;
  classifier.batch_size = 16;
  return classifier;
}

std::string in_tmp(const std::string& name) { return (std::filesystem::temp_directory_path() / name).string(); }

double sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }

/// The network written out in double precision, one number at a time, from its equations.
std::pair<double, std::vector<double>> by_hand(const AttentionLSTM& network, const SampleArray& samples, std::size_t sample) {
  const auto& shape = network.shape;
  const auto weight = [&](const std::string& name, std::size_t i) {
    return static_cast<double>(network.weights.at(name).values[i]);
  };
  const std::size_t steps = samples.steps, hidden = shape.hidden_size, half = shape.kernel_size / 2;
  std::vector<std::vector<double>> features(steps, std::vector<double>(shape.convolution_channels));
  for (std::size_t t = 0; t < steps; ++t) {
    for (std::size_t f = 0; f < shape.convolution_channels; ++f) {
      double sum = weight("convolution.0.bias", f);
      for (std::size_t c = 0; c < shape.channels; ++c) {
        for (std::size_t k = 0; k < shape.kernel_size; ++k) {
          if (t + k < half || t + k - half >= steps) continue;
          sum += weight("convolution.0.weight", (f * shape.channels + c) * shape.kernel_size + k) *
                 samples(sample, c, t + k - half);
        }
      }
      features[t][f] = std::max(sum, 0.0);
    }
  }
  std::vector<std::vector<double>> states(steps, std::vector<double>(2 * hidden));
  for (std::size_t direction = 0; direction < 2; ++direction) {
    const std::string end = direction == 0 ? "_l0" : "_l0_reverse";
    std::vector<double> h(hidden), c(hidden);
    for (std::size_t s = 0; s < steps; ++s) {
      const std::size_t t = direction == 0 ? s : steps - 1 - s;
      std::vector<double> gates(4 * hidden);
      for (std::size_t g = 0; g < gates.size(); ++g) {
        gates[g] = weight("lstm.bias_ih" + end, g) + weight("lstm.bias_hh" + end, g);
        for (std::size_t f = 0; f < features[t].size(); ++f) {
          gates[g] += weight("lstm.weight_ih" + end, g * features[t].size() + f) * features[t][f];
        }
        for (std::size_t j = 0; j < hidden; ++j) gates[g] += weight("lstm.weight_hh" + end, g * hidden + j) * h[j];
      }
      for (std::size_t j = 0; j < hidden; ++j) {
        c[j] = sigmoid(gates[hidden + j]) * c[j] + sigmoid(gates[j]) * std::tanh(gates[2 * hidden + j]);
        h[j] = sigmoid(gates[3 * hidden + j]) * std::tanh(c[j]);
        states[t][direction * hidden + j] = h[j];
      }
    }
  }
  std::vector<double> attention(steps);
  double total = 0.0;
  for (std::size_t t = 0; t < steps; ++t) {
    double e = weight("attention.bias", 0);
    for (std::size_t j = 0; j < 2 * hidden; ++j) e += weight("attention.weight", j) * states[t][j];
    if (shape.attention_activation == AttentionActivation::tanh) e = std::tanh(e);
    total += attention[t] = std::exp(e);
  }
  double logit = weight("classifier.bias", 0);
  for (std::size_t t = 0; t < steps; ++t) {
    attention[t] /= total;
    for (std::size_t j = 0; j < 2 * hidden; ++j) logit += weight("classifier.weight", j) * attention[t] * states[t][j];
  }
  return {sigmoid(logit), attention};
}

bool same(const Prediction& a, const Prediction& b) {
  return a.probability == b.probability && a.logit == b.logit && a.attention == b.attention;
}

}  // namespace

TEST_CASE("the network computes its equations", "[model]") {
  const auto data = easy_data(7);
  for (const auto activation : {AttentionActivation::none, AttentionActivation::tanh}) {
    const auto network = random_network({2, 5, 6, 3, activation}, 3);
    const auto prediction = network.predict(data.curves);
    CHECK(prediction.flags.empty());
    for (std::size_t i = 0; i < data.curves.samples; ++i) {
      const auto row = static_cast<Eigen::Index>(i);
      const auto [probability, attention] = by_hand(network, data.curves, i);
      CHECK(prediction.probability[row] == Approx(probability).margin(1e-6));
      CHECK(prediction.attention.row(row).sum() == Approx(1.0).margin(1e-5));
      for (std::size_t t = 0; t < data.curves.steps; ++t) {
        CHECK(prediction.attention(row, static_cast<Eigen::Index>(t)) == Approx(attention[t]).margin(1e-6));
      }
    }
  }
}

TEST_CASE("first weights are uniform within PyTorch's bounds", "[model]") {
  const NetworkShape shape;
  const auto network = random_network(shape, 0);
  CHECK(network == random_network(shape, 0));
  CHECK_FALSE(network == random_network(shape, 1));
  const auto largest = [&](const char* name) {
    double value = 0.0;
    for (const float w : network.weights.at(name).values) value = std::max(value, std::abs(static_cast<double>(w)));
    return value;
  };
  CHECK(largest("lstm.weight_hh_l0") <= 0.25);
  CHECK(largest("lstm.weight_hh_l0") > 0.24);
  CHECK(largest("convolution.0.weight") <= 0.2);
  CHECK(largest("convolution.0.weight") > 0.19);
  CHECK(largest("classifier.weight") <= 1.0 / std::sqrt(32.0));
}

TEST_CASE("training tells easy classes apart in patients it never saw", "[model]") {
  const auto fitted = quick().fit(easy_data(60));
  const auto fresh = easy_data(60, 2, 99);
  const auto prediction = fitted.network.predict(fresh.curves);
  const std::vector<double> scores(prediction.probability.begin(), prediction.probability.end());
  CHECK(roc_auc(fresh.labels, scores) > 0.99);
  CHECK(fitted.history.loss.back() < fitted.history.loss.front());
  CHECK(fitted.history.validation_loss.size() == fitted.history.loss.size());
  CHECK(fitted.network.steps == 12);
  CHECK(fitted.network.time_step == 1.5);
  CHECK(fitted.network.channel_names == std::vector<std::string>{"ET", "AIF"});

  const auto patients = fitted.network.predict_patients(fresh);
  REQUIRE(patients.patients.size() == 60);
  CHECK(patients.sample_counts[5] == 2);
  CHECK(patients.probability[5] == Approx((prediction.probability[10] + prediction.probability[11]) / 2.0));
}

TEST_CASE("the weights kept are those of the best epoch", "[model]") {
  auto classifier = quick();
  classifier.max_epochs = 40;
  classifier.patience = 3;
  classifier.learning_rate = 0.05;
  const auto training = easy_data(30, 2, 0, 2.5F), validation = [] {
    auto data = easy_data(30, 2, 5, 2.5F);
    for (auto& patient : data.patients) patient += " of another hospital";
    return data;
  }();
  const auto fitted = classifier.fit(training, validation);
  const auto& losses = fitted.history.validation_loss;
  REQUIRE(fitted.history.stopped_early);
  CHECK(losses.size() == fitted.history.best_epoch + 1 + 3);
  CHECK(*std::min_element(losses.begin(), losses.end()) == losses[fitted.history.best_epoch]);

  const auto prediction = fitted.network.predict(validation.curves);
  double loss = 0.0;  // balanced weights: a third of the patients is of class 1
  for (std::size_t i = 0; i < validation.labels.size(); ++i) {
    const double p = prediction.probability[static_cast<Eigen::Index>(i)];
    loss -= validation.labels[i] == 1 ? 1.5 * std::log(p) : 0.75 * std::log(1.0 - p);
  }
  CHECK(loss / static_cast<double>(validation.labels.size()) == Approx(losses[fitted.history.best_epoch]).epsilon(1e-5));
}

TEST_CASE("training gives the same bits alone, beside others and call after call", "[model]") {
  auto classifier = quick();
  classifier.dropout = 0.3;
  classifier.weight_decay = 1e-3;
  const auto data = easy_data(30);
  const auto alone = classifier.fit(data);
  CHECK(classifier.fit(data).network == alone.network);

  std::vector<FittedModel> beside(3);
  std::vector<std::thread> threads;
  for (auto& fitted : beside) threads.emplace_back([&] { fitted = classifier.fit(data); });
  for (auto& thread : threads) thread.join();
  for (const auto& fitted : beside) {
    CHECK(fitted.network == alone.network);
    CHECK(fitted.history.loss == alone.history.loss);
  }
  classifier.seed = 1;
  CHECK_FALSE(classifier.fit(data).network == alone.network);
}

TEST_CASE("prediction gives the same bits on any number of threads", "[model]") {
  const auto data = easy_data(150);
  const auto network = random_network({2, 16, 16, 5, AttentionActivation::none}, 0);
  const auto one = network.predict(data.curves, {.threads = 1});
  for (const int threads : {2, 3, 4}) CHECK(same(network.predict(data.curves, {.threads = threads}), one));
  const auto single = network.predict(data.select({7}).curves);
  CHECK(single.probability[0] == Approx(one.probability[7]).margin(1e-6));
}

TEST_CASE("cross-validation predicts every sample out of its fold, with the same bits on any number of threads", "[model]") {
  auto classifier = quick();
  classifier.max_epochs = 5;
  const auto data = easy_data(36);
  std::size_t last = 0;
  const auto caller = std::this_thread::get_id();
  const auto one = CrossValidation{.folds = 3, .seed = 4, .threads = 1}(classifier, data, [&](const ProgressEvent& event) {
    CHECK(std::this_thread::get_id() == caller);
    CHECK(event.done >= last);
    last = event.done;
    return true;
  });
  CHECK(last == 15);
  for (const int threads : {2, 4}) {
    const auto other = CrossValidation{.folds = 3, .seed = 4, .threads = threads}(classifier, data);
    CHECK(same(other.prediction, one.prediction));
    CHECK(other.auc == one.auc);
    for (std::size_t k = 0; k < 3; ++k) CHECK(other.models[k].network == one.models[k].network);
  }
  REQUIRE(one.models.size() == 3);
  CHECK(one.mean_auc() > 0.9);
  for (std::size_t i = 0; i < data.curves.samples; ++i) {
    CHECK(one.fold[i] == one.fold[i / 2 * 2]);  // whole patients
    const auto again = one.models[one.fold[i]].network.predict(data.select({i}).curves);
    CHECK(again.probability[0] == Approx(one.prediction.probability[static_cast<Eigen::Index>(i)]).margin(1e-6));
  }
  // A fold can be trained by itself, with the seed that the result names.
  std::vector<std::size_t> rest;
  for (std::size_t i = 0; i < data.curves.samples; ++i) {
    if (one.fold[i] != 2) rest.push_back(i);
  }
  classifier.seed = one.seeds[2];
  CHECK(classifier.fit(data.select(rest)).network == one.models[2].network);
}

TEST_CASE("long work can be cancelled", "[model]") {
  auto classifier = quick();
  classifier.max_epochs = 100000;
  classifier.patience = 100000;
  const auto data = easy_data(60);
  const auto stop_soon = [calls = 0](const ProgressEvent&) mutable { return ++calls < 3; };
  CHECK_THROWS_AS(classifier.fit(data, std::nullopt, stop_soon), Cancelled);
  CHECK_THROWS_AS(CrossValidation{}(classifier, data, stop_soon), Cancelled);
  CHECK_THROWS_AS(random_network({.channels = 2}, 0).predict(data.curves, {}, [](const ProgressEvent&) { return false; }),
                  Cancelled);
}

TEST_CASE("unusable training data are refused with a reason", "[model]") {
  const auto good = easy_data(20);
  const auto broken = [&](auto&& change) {
    auto data = good;
    change(data);
    return data;
  };
  const auto classifier = quick();
  CHECK_THROWS_AS(classifier.fit(Dataset{}), ShapeError);
  CHECK_THROWS_AS(classifier.fit(broken([](auto& d) { d.curves(3, 1, 2) = std::nanf(""); })), DataError);
  CHECK_THROWS_AS(classifier.fit(broken([](auto& d) { d.labels.assign(d.labels.size(), 1); })), DataError);
  CHECK_THROWS_AS(classifier.fit(broken([](auto& d) { d.labels.clear(); })), DataError);
  CHECK_THROWS_AS(classifier.fit(broken([](auto& d) { d.labels[3] = 2; })), DataError);
  CHECK_THROWS_AS(classifier.fit(broken([](auto& d) { d.labels.pop_back(); })), ShapeError);
  CHECK_THROWS_AS(classifier.fit(broken([](auto& d) { d.patients.assign(d.patients.size(), "one"); })), DataError);
  CHECK_THROWS_AS(classifier.fit(good.select({0, 1, 2, 3})), DataError);  // one patient of each class
  CHECK_THROWS_AS(classifier.fit(good, good), DataError);                 // a patient on both sides
  CHECK_THROWS_AS(classifier.fit(good, easy_data(20).select({0, 1})), DataError);
  auto other_steps = good;
  other_steps.curves = SampleArray(40, 2, 5);
  CHECK_THROWS_AS(classifier.fit(good, other_steps), ShapeError);
  CHECK_THROWS_AS(CrossValidation{}(classifier, broken([](auto& d) { d.patients.clear(); })), DataError);
  CHECK_THROWS_AS(CrossValidation{.folds = 8}(classifier, good), DataError);  // 7 patients of class 1
  CHECK_THROWS_AS(CrossValidation{.folds = 1}(classifier, good), OptionError);
  CHECK_THROWS_AS((CrossValidation{.threads = -1}(classifier, good)), OptionError);
}

TEST_CASE("two patients are enough without a held-out part", "[model]") {
  auto classifier = quick();
  classifier.validation_fraction = 0.0;
  const auto fitted = classifier.fit(easy_data(20).select({0, 1, 2, 3}));
  CHECK(fitted.history.validation_loss.empty());
  CHECK(fitted.history.best_epoch == 5);
}

TEST_CASE("constant and unnormalised channels are flagged", "[model]") {
  auto data = easy_data(20);
  for (std::size_t i = 0; i < data.curves.samples; ++i) {
    for (std::size_t t = 0; t < 12; ++t) {
      data.curves(i, 0, t) = 3.0F;
      data.curves(i, 1, t) *= 500.0F;
    }
  }
  const auto fitted = quick().fit(data);
  REQUIRE(fitted.flags.size() >= 2);
  CHECK(fitted.flags[0].code == "model.channel.constant");
  CHECK(fitted.flags[0].message.find("ET") != std::string::npos);
  CHECK(fitted.flags[1].code == "model.input.not_normalised");
}

TEST_CASE("options out of range are named", "[model]") {
  const auto data = easy_data(20);
  const auto refuses = [&](auto&& change) {
    auto classifier = quick();
    change(classifier);
    CHECK_THROWS_AS(classifier.fit(data), OptionError);
  };
  refuses([](auto& c) { c.hidden_size = 0; });
  refuses([](auto& c) { c.kernel_size = 4; });
  refuses([](auto& c) { c.dropout = 1.0; });
  refuses([](auto& c) { c.learning_rate = 0.0; });
  refuses([](auto& c) { c.learning_rate = std::nan(""); });
  refuses([](auto& c) { c.batch_size = 0; });
  refuses([](auto& c) { c.max_epochs = 0; });
  refuses([](auto& c) { c.patience = 0; });
  refuses([](auto& c) { c.validation_fraction = 0.9; });
  refuses([](auto& c) { c.weight_decay = -1.0; });
  refuses([](auto& c) { c.gradient_clip = -1.0; });
}

TEST_CASE("unusable samples are refused in prediction", "[model]") {
  const auto network = random_network({.channels = 2}, 0);
  CHECK_THROWS_AS(network.predict(SampleArray()), ShapeError);
  CHECK_THROWS_AS(network.predict(SampleArray(3, 4, 12)), ShapeError);
  SampleArray samples(3, 2, 12);
  CHECK(network.predict(samples).probability.size() == 3);
  samples(1, 1, 1) = INFINITY;
  CHECK_THROWS_AS(network.predict(samples), DataError);
  CHECK_THROWS_AS(network.predict(SampleArray(3, 2, 12), {.batch_size = 0}), OptionError);
  CHECK_THROWS_AS(AttentionLSTM().predict(samples), FormatError);
  auto data = easy_data(3);
  auto named = network;
  named.channel_names = {"AIF", "ET"};
  CHECK_THROWS_AS(named.predict_patients(data), DataError);
  data.patients.clear();
  CHECK_THROWS_AS(network.predict_patients(data), DataError);

  auto trained = network;
  trained.steps = 40;
  const auto flags = trained.predict(SampleArray(3, 2, 12)).flags;
  REQUIRE(flags.size() == 1);
  CHECK(flags[0].code == "model.steps.differ");
  CHECK(network.predict(SampleArray(1, 2, 1)).attention(0, 0) == 1.0);
}

TEST_CASE("a checkpoint brings back the network", "[model][checkpoint]") {
  auto network = random_network({3, 4, 5, 3, AttentionActivation::tanh}, 1);
  network.channel_names = {"ET", "WT \"quoted\"", "AIF \xc3\xa9"};
  network.steps = 40;
  network.time_step = 1.3;
  network.simulated = true;
  network.classes = {"non-codeleted", "codeleted"};
  network.notes["cohort"] = "simulated, 463 patients";
  const auto path = in_tmp("bolus_model_test.safetensors");
  save_checkpoint(network, path, Overwrite::yes);
  CHECK(load_checkpoint(path) == network);
  CHECK_THROWS_AS(save_checkpoint(network, path), IoError);
  save_checkpoint(network, path, Overwrite::yes);
  std::filesystem::remove(path);
  CHECK_THROWS_AS(load_checkpoint(path), IoError);
  CHECK_THROWS_AS(load_checkpoint(std::filesystem::temp_directory_path()), IoError);
  CHECK_THROWS_AS(save_checkpoint(network, "/no/such/folder/x.safetensors"), IoError);
  network.notes["bytes"] = "\xff\xfe";
  CHECK_THROWS_AS(encode_checkpoint(network), FormatError);
}

TEST_CASE("a damaged or foreign checkpoint is refused with a reason", "[model][checkpoint]") {
  const auto network = random_network({3, 4, 5, 3, AttentionActivation::none}, 1);
  const auto good = encode_checkpoint(network);
  const auto message_of = [](const std::string& bytes) -> std::string {
    try {
      decode_checkpoint(bytes, "file");
    } catch (const FormatError& error) {
      return error.what();
    }
    return "nothing was thrown";
  };
  for (std::size_t size = 0; size < good.size(); ++size) {
    REQUIRE_THROWS_AS(decode_checkpoint(good.substr(0, size), "file"), FormatError);
  }
  const auto replaced = [&](const std::string& from, const std::string& to) {
    auto bytes = good;
    const auto place = bytes.find(from);
    REQUIRE(place != std::string::npos);
    bytes.replace(place, from.size(), to);
    std::uint64_t length = 0;
    std::memcpy(&length, bytes.data(), 8);
    length += to.size() - from.size();
    std::memcpy(bytes.data(), &length, 8);
    return bytes;
  };
  CHECK(message_of(good + "more").find("bytes of weights") != std::string::npos);
  CHECK(message_of(std::string(100, '\xff')).find("header") != std::string::npos);
  CHECK(message_of(replaced("\"F32\"", "\"F64\"")).find("F64") != std::string::npos);
  CHECK(
      message_of(replaced("lstm.weight_hh_l0_reverse\":", "lstm.weight_xx_l0_reverse\":")).find("lstm.weight_hh_l0_reverse") !=
      std::string::npos);
  CHECK(message_of(replaced("\\\"hidden_size\\\":4", "\\\"hidden_size\\\":8")).find("lstm.weight_ih_l0") != std::string::npos);
  CHECK(message_of(replaced("\\\"hidden_size\\\":4", "\\\"hidden_size\\\":9000000000")).find("hidden_size") !=
        std::string::npos);
  CHECK(message_of(replaced("\\\"hidden_size\\\":4", "\\\"hidden_size\\\":-4")).find("hidden_size") != std::string::npos);
  CHECK(message_of(replaced("bolus.attention_lstm", "someone's network")).find("someone's") != std::string::npos);
  CHECK(message_of(replaced("__metadata__", "__something__")).find("metadata") != std::string::npos);
  CHECK(message_of(replaced("\"simulated\":\"false\"", "\"simulated\":\"maybe\"")).find("maybe") != std::string::npos);
  CHECK_THROWS_AS(decode_checkpoint(replaced("\"schema_version\":\"2\"", "\"schema_version\":\"3\""), "file"), VersionError);

  auto bytes = good;
  const float nan = std::nanf("");
  std::memcpy(bytes.data() + bytes.size() - sizeof nan, &nan, sizeof nan);
  CHECK(message_of(bytes).find("classifier.bias") != std::string::npos);

  auto wrong = network;
  wrong.weights.erase("attention.bias");
  CHECK_THROWS_AS(encode_checkpoint(wrong), FormatError);

  // Any single damaged byte of the header is an error or harmless, never a crash.
  std::uint64_t length = 0;
  std::memcpy(&length, good.data(), 8);
  for (std::size_t i = 0; i < 8 + length; ++i) {
    for (const char value : {'\0', '"', '9', '{', '\xff'}) {
      auto damaged = good;
      damaged[i] = value;
      try {
        decode_checkpoint(damaged, "file");
      } catch (const Error&) {
      }
    }
  }
}

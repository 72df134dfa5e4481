#include <bolus/model/ensemble.hpp>

#include <algorithm>
#include <atomic>
#include <bolus/core/parallel.hpp>
#include <bolus/core/version.hpp>
#include <bolus/model/checkpoint.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "../compute/torch_team.hpp"
#include "../weights/read_bytes.hpp"
#include "fold_team.hpp"

namespace bolus {
namespace {

using detail::require;

constexpr const char* ensemble_kind = "bolus.ensemble";
constexpr std::uint64_t largest_header = 1 << 20;  // bytes
constexpr std::size_t most_networks = 1000;

/// Row means and standard deviations (n - 1; 0 for one column) in a fixed order.
void summarise(const Eigen::MatrixXd& members, Eigen::VectorXd& mean, Eigen::VectorXd& deviation) {
  const auto count = static_cast<double>(members.cols());
  mean = Eigen::VectorXd::Zero(members.rows());
  deviation = Eigen::VectorXd::Zero(members.rows());
  for (Eigen::Index m = 0; m < members.cols(); ++m) mean += members.col(m) / count;
  if (members.cols() < 2) return;
  for (Eigen::Index m = 0; m < members.cols(); ++m) deviation.array() += (members.col(m) - mean).array().square();
  deviation = (deviation / (count - 1.0)).cwiseSqrt();
}

void add_flags(QcFlags& flags, const QcFlags& more) {
  for (const auto& flag : more) {
    if (std::find(flags.begin(), flags.end(), flag) == flags.end()) flags.push_back(flag);
  }
}

void flag_one(QcFlags& flags, std::size_t networks) {
  if (networks > 1) return;
  flags.push_back({"model.ensemble.one_network", "the ensemble has one network: its standard deviation of 0 says nothing"});
}

Progress part_of(const Progress& progress, std::size_t part, std::size_t parts) {
  if (!progress) return {};
  return [=, &progress](const ProgressEvent& event) {
    constexpr std::size_t steps = 1000;
    const auto share = event.total == 0 ? 0 : steps * std::min(event.done, event.total) / event.total;
    return progress(ProgressEvent{event.stage, part * steps + share, parts * steps});
  };
}

}  // namespace

void Ensemble::validate() const {
  require<DataError>(!networks.empty(), "the ensemble has no network; expected at least one");
  require<DataError>(networks.size() <= most_networks, "the ensemble has ", networks.size(), " networks; at most ",
                     most_networks);
  const auto& first = networks.front();
  for (std::size_t k = 0; k < networks.size(); ++k) {
    const auto& other = networks[k];
    other.validate();
    require<ShapeError>(other.shape.channels == first.shape.channels && other.channel_names == first.channel_names, "network ",
                        k, " takes other channels than network 0; an ensemble has one kind of input");
    require<ShapeError>(other.classes == first.classes, "network ", k, " tells other classes apart than network 0");
    require<ShapeError>(other.steps == first.steps, "network ", k, " was trained on ", other.steps, " steps, network 0 on ",
                        first.steps);
  }
}

EnsemblePrediction Ensemble::predict(const SampleView& samples, const PredictOptions& options, const Progress& progress) const {
  validate();
  EnsemblePrediction result;
  const auto count = static_cast<double>(networks.size());
  for (std::size_t k = 0; k < networks.size(); ++k) {
    const auto own = networks[k].predict(samples, options, part_of(progress, k, networks.size()));
    if (k == 0) {
      result.members.resize(own.probability.size(), static_cast<Eigen::Index>(networks.size()));
      result.attention = Eigen::MatrixXd::Zero(own.attention.rows(), own.attention.cols());
      result.logit = Eigen::VectorXd::Zero(own.logit.size());
    }
    result.members.col(static_cast<Eigen::Index>(k)) = own.probability;
    result.logit += own.logit / count;
    result.attention += own.attention / count;
    add_flags(result.flags, own.flags);
  }
  summarise(result.members, result.probability, result.standard_deviation);
  flag_one(result.flags, networks.size());
  return result;
}

EnsemblePatientPrediction Ensemble::predict_patients(const Dataset& dataset, const PredictOptions& options,
                                                     const Progress& progress) const {
  validate();
  EnsemblePatientPrediction result;
  const auto count = static_cast<double>(networks.size());
  for (std::size_t k = 0; k < networks.size(); ++k) {
    auto own = networks[k].predict_patients(dataset, options, part_of(progress, k, networks.size()));
    if (k == 0) {
      result.members.resize(own.probability.size(), static_cast<Eigen::Index>(networks.size()));
      result.attention = Eigen::MatrixXd::Zero(own.attention.rows(), own.attention.cols());
      result.patients = std::move(own.patients);
      result.sample_counts = std::move(own.sample_counts);
    }
    result.members.col(static_cast<Eigen::Index>(k)) = own.probability;
    result.attention += own.attention / count;
    add_flags(result.flags, own.flags);
  }
  summarise(result.members, result.probability, result.standard_deviation);
  flag_one(result.flags, networks.size());
  return result;
}

Ensemble fold_ensemble(const CrossValidationResult& result) {
  Ensemble ensemble;
  for (const auto& model : result.models) ensemble.networks.push_back(model.network);
  ensemble.validate();
  return ensemble;
}

Ensemble SeedEnsemble::operator()(const IDHClassifier& classifier, const Dataset& training,
                                  const std::optional<Dataset>& validation, const Progress& progress) const {
  require<OptionError>(members >= 1 && members <= static_cast<int>(most_networks), "members is ", members, "; expected 1 to ",
                       most_networks);
  const auto count = static_cast<std::size_t>(members);
  Ensemble ensemble;
  ensemble.networks.resize(count);
  std::vector<std::atomic<std::size_t>> epochs(count);
  std::atomic<bool> stop{false};
  const auto total = count * classifier.max_epochs;
  const auto run = [&](std::size_t k) {
    auto options = classifier;
    options.seed += k;
    options.threads = 1;
    if (!options.checkpoint.empty()) options.checkpoint += ".seed-" + std::to_string(options.seed);
    ensemble.networks[k] = options
                               .fit(training, validation,
                                    [&](const ProgressEvent& event) {
                                      epochs[k] = event.done;
                                      return !stop;
                                    })
                               .network;
  };
  const auto tick = [&] {
    std::size_t done = 0;
    for (const auto& epoch : epochs) done += epoch;
    report(progress, "training", std::min(done, total), total);
  };
  tick();
  detail::run_on_torch_threads(count, threads, run, tick, stop);
  report(progress, "training", total, total);
  return ensemble;
}

std::string encode_ensemble(const Ensemble& ensemble) {
  ensemble.validate();
  nlohmann::ordered_json header;
  header["__metadata__"] = {{"kind", ensemble_kind},
                            {"schema_version", std::to_string(ensemble_schema_version)},
                            {"bolus_version", BOLUS_VERSION},
                            {"networks", std::to_string(ensemble.networks.size())}};
  std::string data;
  for (std::size_t k = 0; k < ensemble.networks.size(); ++k) {
    const auto bytes = encode_checkpoint(ensemble.networks[k]);
    header["network." + std::to_string(k)] = {
        {"dtype", "U8"}, {"shape", {bytes.size()}}, {"data_offsets", {data.size(), data.size() + bytes.size()}}};
    data += bytes;
  }
  auto text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');
  const std::uint64_t length = text.size();
  return std::string(reinterpret_cast<const char*>(&length), sizeof length) + text + data;
}

Ensemble decode_ensemble(const std::string& bytes, const std::string& source) {
  using nlohmann::json;
  std::uint64_t length = 0;
  require<FormatError>(bytes.size() > sizeof length, source, ": is cut short: ", bytes.size(),
                       " bytes are no safetensors file");
  std::memcpy(&length, bytes.data(), sizeof length);
  require<FormatError>(length >= 2 && length <= largest_header && length <= bytes.size() - sizeof length, source,
                       ": is cut short or no safetensors file of an ensemble: its header would be ", length, " bytes long");
  const auto header = json::parse(bytes.substr(sizeof length, length), nullptr, false);
  require<FormatError>(header.is_object() && header.contains("__metadata__") && header["__metadata__"].is_object(), source,
                       ": the header is not a JSON object with '__metadata__', so it is not one that bolus wrote");
  const auto text_of = [&](const char* name) {
    const auto& metadata = header["__metadata__"];
    require<FormatError>(metadata.contains(name) && metadata[name].is_string(), source, ": the metadata has no text '", name,
                         "'");
    return metadata[name].get<std::string>();
  };
  const auto number_of = [&](const char* name) {
    const auto text = text_of(name);
    require<FormatError>(!text.empty() && text.size() <= 6 && text.find_first_not_of("0123456789") == std::string::npos, source,
                         ": '", name, "' is '", text.substr(0, 20), "'; expected a whole number");
    return static_cast<std::size_t>(std::stoul(text));
  };
  require<FormatError>(text_of("kind") == ensemble_kind, source, ": holds '", text_of("kind"), "'; expected '", ensemble_kind,
                       "'", text_of("kind") == "bolus.attention_lstm" ? ": it is one network, for load_checkpoint" : "");
  require<VersionError>(number_of("schema_version") <= ensemble_schema_version, source, ": has schema version ",
                        text_of("schema_version"), "; this bolus reads up to ", ensemble_schema_version, ": update bolus");
  const auto count = number_of("networks");
  require<FormatError>(count >= 1 && count <= most_networks && header.size() == count + 1, source, ": holds ",
                       header.size() - 1, " arrays, and says ", count, " networks; expected as many, 1 to ", most_networks);
  const auto data_size = bytes.size() - sizeof length - length;
  Ensemble ensemble;
  std::size_t expected = 0;
  for (std::size_t k = 0; k < count; ++k) {
    const auto name = "network." + std::to_string(k);
    require<FormatError>(header.contains(name), source, ": has no array '", name, "'");
    const auto& entry = header[name];
    const bool offsets_there = entry.is_object() && entry.value("dtype", json()) == "U8" && entry.contains("data_offsets") &&
                               entry["data_offsets"].is_array() && entry["data_offsets"].size() == 2 &&
                               entry["data_offsets"][0].is_number_unsigned() && entry["data_offsets"][1].is_number_unsigned();
    require<FormatError>(offsets_there, source, ": the entry of '", name, "' is not that of an array of bytes (U8)");
    const auto begin = entry["data_offsets"][0].get<std::size_t>(), end = entry["data_offsets"][1].get<std::size_t>();
    require<FormatError>(begin == expected && begin <= end && end <= data_size, source, ": '", name, "' lies at ", begin,
                         " to ", end, " of ", data_size, " bytes; expected it to begin at ", expected);
    ensemble.networks.push_back(
        decode_checkpoint(bytes.substr(sizeof length + length + begin, end - begin), source + ", " + name));
    expected = end;
  }
  require<FormatError>(expected == data_size, source, ": holds ", data_size, " bytes; its networks take ", expected);
  try {
    ensemble.validate();
  } catch (const Error& error) {
    throw FormatError(source + ": " + error.what());
  }
  return ensemble;
}

void save_ensemble(const Ensemble& ensemble, const std::filesystem::path& path, Overwrite overwrite) {
  write_atomically(path, overwrite, encode_ensemble(ensemble));
}

Ensemble load_ensemble(const std::filesystem::path& path) { return decode_ensemble(detail::read_bytes(path), path.string()); }

}  // namespace bolus

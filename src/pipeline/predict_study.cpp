#include <bolus/pipeline/predict_study.hpp>

#include <bolus/model/checkpoint.hpp>
#include <nlohmann/json.hpp>

#include "input_hash.hpp"

namespace bolus {
namespace {

std::string content_hash_of(const CurveSet& curves) {
  const Eigen::MatrixXd& values = curves.values;
  return content_hash(values.data(), static_cast<std::size_t>(values.size()) * sizeof(double));
}

std::string weights_hash(const AttentionLSTM& network) {
  const auto bytes = encode_checkpoint(network);
  return content_hash(bytes.data(), bytes.size());
}

std::vector<double> list(const Eigen::VectorXd& values) { return {values.data(), values.data() + values.size()}; }

}  // namespace

StudyPrediction PredictStudy::operator()(const StudyImages& images, const AttentionLSTM& network, const Segmenter* segmenter,
                                         const Progress& progress) const {
  const auto curves = extract(images, segmenter, progress);
  auto prediction = from_curves(curves.signals, network, curves.patient, progress);
  prediction.flags.insert(prediction.flags.begin(), curves.flags.begin(), curves.flags.end());
  prediction.provenance.flags = prediction.flags;
  prediction.provenance.options["segmenter"] = segmenter ? segmenter->name() : "given labels";
  prediction.provenance.inputs["dsc"] = detail::input_hash(*images.perfusion);
  prediction.provenance.inputs["labels"] = detail::input_hash(curves.labels.image());
  return prediction;
}

StudyPrediction PredictStudy::from_curves(const CurveSet& signals, const AttentionLSTM& network, const std::string& patient,
                                          const Progress& progress) const {
  StudyPrediction result;
  result.patient = patient;
  result.signals = signals;
  const auto data = make_windows.for_network(signals, network, patient, std::nullopt, result.flags);
  result.windows = network.predict(data.curves, predict, progress);
  result.flags.insert(result.flags.end(), result.windows.flags.begin(), result.windows.flags.end());
  result.probability = result.windows.probability.mean();
  result.attention = attention_course(data, result.windows.attention);
  if (network.simulated) {
    result.flags.push_back({"model.simulated",
                            "the network was trained on simulated patients: the probability is no evidence "
                            "about a real one"});
  }
  result.provenance.step = "predict_study";
  result.provenance.inputs = {{"curves", content_hash_of(signals)}, {"weights", weights_hash(network)}};
  result.provenance.options = {{"windows.count", std::to_string(make_windows.windows.count)},
                               {"windows.length", std::to_string(data.curves.steps)}};
  result.provenance.simulated = network.simulated || signals.simulated;
  result.provenance.flags = result.flags;
  return result;
}

std::string to_json(const StudyPrediction& prediction) {
  nlohmann::ordered_json json;
  json["patient"] = prediction.patient;
  json["probability_idh_mutant"] = prediction.probability;
  json["window_probabilities"] = list(prediction.windows.probability);
  json["attention"] = {{"time_s", list(prediction.attention.times)}, {"weight", list(prediction.attention.attention)}};
  for (auto& flag : prediction.flags) json["flags"].push_back({{"code", flag.code}, {"message", flag.message}});
  if (prediction.flags.empty()) json["flags"] = nlohmann::ordered_json::array();
  json["provenance"] = nlohmann::ordered_json::parse(to_json(prediction.provenance));
  json["notice"] = "Research software, not a medical device.";
  return json.dump(2) + "\n";
}

}  // namespace bolus

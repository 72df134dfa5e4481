#pragma once
#include <bolus/model/attention_lstm.hpp>
#include <unordered_map>

namespace bolus {

/// One probability per patient from those of the patient's samples; attention is averaged. `patients`: one name per sample.
/// Patients come in the order of their first sample. Throws ShapeError where the parts do not fit.
inline PatientPrediction aggregate_patients(const std::vector<std::string>& patients, const Prediction& samples,
                                            Aggregation aggregation = Aggregation::mean) {
  const auto count = static_cast<std::size_t>(samples.probability.size());
  detail::require<ShapeError>(patients.size() == count && static_cast<std::size_t>(samples.logit.size()) == count &&
                                  static_cast<std::size_t>(samples.attention.rows()) == count,
                              "there are ", patients.size(), " patients and ", count, " predictions; expected one for each");
  PatientPrediction result;
  result.flags = samples.flags;
  std::unordered_map<std::string, std::size_t> places;
  std::vector<std::vector<Eigen::Index>> rows;
  for (std::size_t i = 0; i < count; ++i) {
    const auto [entry, added] = places.emplace(patients[i], rows.size());
    if (added) {
      result.patients.push_back(patients[i]);
      rows.emplace_back();
    }
    rows[entry->second].push_back(static_cast<Eigen::Index>(i));
  }
  result.probability.resize(static_cast<Eigen::Index>(rows.size()));
  result.attention = Eigen::MatrixXd::Zero(result.probability.size(), samples.attention.cols());
  std::vector<double> probability, logit;
  for (std::size_t p = 0; p < rows.size(); ++p) {
    const auto place = static_cast<Eigen::Index>(p);
    probability.clear();
    logit.clear();
    for (const auto row : rows[p]) {
      probability.push_back(samples.probability[row]);
      logit.push_back(samples.logit[row]);
      result.attention.row(place) += samples.attention.row(row) / static_cast<double>(rows[p].size());
    }
    result.probability[place] = aggregate(probability, logit, aggregation);
    result.sample_counts.push_back(rows[p].size());
  }
  return result;
}

}  // namespace bolus

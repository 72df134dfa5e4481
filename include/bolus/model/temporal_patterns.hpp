#pragma once
#include <bolus/evaluate/temporal_pattern.hpp>
#include <bolus/model/attention_course.hpp>
#include <bolus/model/attention_lstm.hpp>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace bolus {

/// What "the highest attention" of a segment means; the paper does not say. Segments differ in length.
enum class SegmentMeasure {
  sum,  ///< the segment's share of all attention, which is its weight in the context vector that the network decides by; grows
        ///< with the segment, so that even attention prefers the longest two, usually baseline and plateau (TP3)
  mean  ///< attention per second: what the eye sees in a heat map; does not depend on how long a series goes on, and even
        ///< attention prefers no segment
};

/// The temporal pattern of every patient, with what it comes from. Segments are baseline, downslope, upslope, plateau.
struct TemporalPatternTable {
  std::vector<std::string> patients;  ///< in the order of their first window
  std::vector<int> labels;            ///< 1 mutant, 0 wildtype; empty when the data set has none
  Eigen::VectorXd probability;        ///< (patients) of the positive class, mean over the windows
  std::vector<int> patterns;          ///< 1 to 6; 0: not determined, see the patient's flags
  Eigen::MatrixXd shares;             ///< (patients x 4) share of all attention; rows sum to 1; 0 where the segment is missing
  Eigen::MatrixXd density;            ///< (patients x 4) 1/s, attention per second; NaN where the segment is missing
  Eigen::VectorXd arrival_times;      ///< s of the series at which the bolus arrives; NaN where none was found
  std::vector<AttentionCourse> courses;  ///< attention over the seconds of each patient's series
  std::vector<QcFlags> patient_flags;    ///< of the segments, and evaluate.temporal_pattern.*
  QcFlags flags;                         ///< model.temporal_patterns.tied, .segment_missing, .undetermined, with their number
};

/// From the attention of every window to the temporal pattern of every patient (Choi et al. 2019): windows are mapped back to
/// seconds and averaged, the seconds are cut by the patient's segments, the top two segments give the pattern.
struct TemporalPatterns {
  SegmentMeasure measure = SegmentMeasure::sum;  ///< by which segments are compared
  double tie = 1e-9;                             ///< segments closer than this times the largest are tied

  /// `windows` with patients, start times and time step; `prediction` of these windows; `segments` of each patient's series, in
  /// the same seconds. Throws ShapeError where they do not fit; DataError for a patient without segments, with windows outside
  /// them or with windows of both labels; OptionError.
  TemporalPatternTable operator()(const Dataset& windows, const Prediction& prediction,
                                  const std::map<std::string, SegmentedSeries>& segments) const {
    windows.validate();
    detail::require<DataError>(!windows.patients.empty(), "the data set does not say which patient each window belongs to");
    const auto samples = static_cast<Eigen::Index>(windows.curves.samples);
    detail::require<ShapeError>(prediction.attention.rows() == samples && prediction.probability.size() == samples,
                                "there are ", samples, " windows, but a prediction of ", prediction.attention.rows());
    TemporalPatternTable table;
    std::map<std::string, std::size_t> places;
    std::vector<std::vector<std::size_t>> rows;
    for (std::size_t i = 0; i < windows.patients.size(); ++i) {
      const auto [entry, added] = places.emplace(windows.patients[i], rows.size());
      if (added) {
        rows.emplace_back();
        table.patients.push_back(windows.patients[i]);
      }
      rows[entry->second].push_back(i);
    }
    const auto count = static_cast<Eigen::Index>(rows.size());
    table.probability.resize(count);
    table.shares.setZero(count, 4);
    table.density.setConstant(count, 4, std::numeric_limits<double>::quiet_NaN());
    table.arrival_times.setConstant(count, std::numeric_limits<double>::quiet_NaN());
    for (std::size_t p = 0; p < rows.size(); ++p) {
      const auto known = segments.find(table.patients[p]);
      detail::require<DataError>(known != segments.end(), "there are no segments for patient '", table.patients[p], "'");
      add(table, p, windows.select(rows[p]), prediction, rows[p], known->second);
    }
    for (const char* kind : {"tied", "segment_missing", "undetermined"}) {
      std::size_t found = 0;
      for (const auto& flags : table.patient_flags) {
        found += std::any_of(flags.begin(), flags.end(),
                             [&](const auto& flag) { return flag.code == std::string("evaluate.temporal_pattern.") + kind; });
      }
      if (found == 0) continue;
      table.flags.push_back({std::string("model.temporal_patterns.") + kind,
                             detail::message(found, " of ", rows.size(), " patients: see their flags")});
    }
    return table;
  }

 private:
  void add(TemporalPatternTable& table, std::size_t patient, const Dataset& windows, const Prediction& prediction,
           const std::vector<std::size_t>& rows, const SegmentedSeries& segments) const {
    const auto place = static_cast<Eigen::Index>(patient);
    Eigen::MatrixXd attention(static_cast<Eigen::Index>(rows.size()), prediction.attention.cols());
    double probability = 0.0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      attention.row(static_cast<Eigen::Index>(i)) = prediction.attention.row(static_cast<Eigen::Index>(rows[i]));
      probability += prediction.probability[static_cast<Eigen::Index>(rows[i])] / static_cast<double>(rows.size());
    }
    table.probability[place] = probability;
    if (!windows.labels.empty()) {
      for (const int label : windows.labels) {
        detail::require<DataError>(label == windows.labels.front(), "patient '", table.patients[patient],
                                   "' has windows of both labels; correct the labels or the patient names");
      }
      table.labels.push_back(windows.labels.front());
    }
    const auto course = attention_course(windows, attention);
    Eigen::Vector4d sum = Eigen::Vector4d::Zero(), steps = Eigen::Vector4d::Zero();
    for (Eigen::Index t = 0; t < course.times.size(); ++t) {
      const auto segment = static_cast<Eigen::Index>(segments.at_time(course.times[t]));
      sum[segment] += course.attention[t];
      steps[segment] += 1.0;
    }
    table.shares.row(place) = sum;
    const double step = windows.time_step > 0.0 ? windows.time_step : 1.0;
    Eigen::Vector4d judged;
    for (Eigen::Index k = 0; k < 4; ++k) {
      judged[k] = std::numeric_limits<double>::quiet_NaN();
      if (steps[k] == 0.0) continue;
      table.density(place, k) = sum[k] / (steps[k] * step);
      judged[k] = measure == SegmentMeasure::mean ? table.density(place, k) : sum[k];
    }
    if (segments.timing.found) table.arrival_times[place] = segments.timing.arrival_time;
    auto pattern = temporal_pattern(judged, tie);
    table.patterns.push_back(pattern.number);
    table.courses.push_back(course);
    table.patient_flags.push_back(segments.flags);
    auto& flags = table.patient_flags.back();
    flags.insert(flags.end(), pattern.flags.begin(), pattern.flags.end());
  }
};

}  // namespace bolus

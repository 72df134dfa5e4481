#pragma once
#include <optional>
#include <string>
#include <vector>

#include <bolus/dsc/normalisation.hpp>
#include <bolus/dsc/sliding_windows.hpp>
#include <bolus/io/curves.hpp>
#include <bolus/model/attention_lstm.hpp>

namespace bolus {

/// Cuts signal curves into the model's samples, as the paper does: z-score of each curve, then sliding windows.
struct MakeWindows {
  ZNormalisation normalisation{};  ///< of each curve over its whole series
  SlidingWindows windows{};        ///< 8 per patient

  /// The samples of one patient, every curve a channel. Throws DataError for curves that are not signals, and what the
  /// steps throw.
  Dataset operator()(const CurveSet& signals, const std::string& patient = "", std::optional<int> label = std::nullopt) const;

  /// The samples of many patients. Either all patients have labels or none. Throws DataError, naming the patient.
  Dataset operator()(const std::vector<PatientCurves>& patients) const;

  /// The samples of one patient as a trained network wants them: its channels in its order, and its window length where
  /// `windows.length` is 0. Adds "pipeline.time_step.differs" to `flags` where the series is sampled otherwise than in
  /// training. Throws DataError naming the channels that are missing.
  Dataset for_network(const CurveSet& signals, const AttentionLSTM& network, const std::string& patient,
                      std::optional<int> label, QcFlags& flags) const;

  /// The samples of many patients as a trained network wants them.
  Dataset for_network(const std::vector<PatientCurves>& patients, const AttentionLSTM& network, QcFlags& flags) const;
};

}  // namespace bolus

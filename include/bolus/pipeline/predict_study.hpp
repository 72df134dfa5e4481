#pragma once
#include <bolus/core/provenance.hpp>
#include <bolus/model/attention_course.hpp>
#include <bolus/model/attention_lstm.hpp>
#include <bolus/pipeline/extract_curves.hpp>
#include <bolus/pipeline/make_windows.hpp>

namespace bolus {

/// What the model says about one patient, and why.
struct StudyPrediction {
  std::string patient;
  double probability = 0.0;   ///< of an IDH mutation: mean over the windows
  Prediction windows;         ///< each window on its own
  AttentionCourse attention;  ///< over the seconds of the series
  CurveSet signals;           ///< the curves the model saw, as T2*-weighted signal
  QcFlags flags;              ///< of every step on the way
  Provenance provenance;      ///< marked as simulated where the network or the curves are
};

/// From a study to the probability of an IDH mutation, in one call.
struct PredictStudy {
  ExtractCurves extract{};     ///< images to curves
  MakeWindows make_windows{};  ///< curves to samples
  PredictOptions predict{};    ///< samples to probability and attention

  /// Throws what its steps throw; nothing is written. `segmenter`: see ExtractCurves.
  StudyPrediction operator()(const StudyImages& images, const AttentionLSTM& network, const Segmenter* segmenter = nullptr,
                             const Progress& progress = {}) const;

  /// The second half alone: from signal curves on, e.g. measured elsewhere.
  StudyPrediction from_curves(const CurveSet& signals, const AttentionLSTM& network, const std::string& patient = "",
                              const Progress& progress = {}) const;
};

/// The prediction as a JSON object: patient, probability, attention over time, windows, flags, provenance.
std::string to_json(const StudyPrediction& prediction);

}  // namespace bolus

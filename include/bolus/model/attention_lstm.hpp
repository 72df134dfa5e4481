#pragma once
#include <array>
#include <bolus/core/compute.hpp>
#include <bolus/core/dataset.hpp>
#include <bolus/core/progress.hpp>
#include <bolus/core/qc_flag.hpp>
#include <bolus/core/sample_view.hpp>
#include <bolus/core/weight_array.hpp>
#include <bolus/model/aggregation.hpp>
#include <bolus/model/network_shape.hpp>
#include <map>
#include <string>
#include <vector>

namespace bolus {

/// What the network says about each sample.
struct Prediction {
  Eigen::VectorXd probability;  ///< (samples) of the positive class, 0 to 1
  Eigen::VectorXd logit;        ///< (samples) log odds of the positive class, before the sigmoid
  Eigen::MatrixXd attention;    ///< (samples x steps) weight of each time step; each row sums to 1, and is 0 in padding
  QcFlags flags;
};

/// What the network says about each patient.
struct PatientPrediction {
  std::vector<std::string> patients;       ///< in the order of their first sample
  Eigen::VectorXd probability;             ///< (patients) of the patient's samples, put together as asked for
  Eigen::MatrixXd attention;               ///< (patients x steps) mean over the patient's samples
  std::vector<std::size_t> sample_counts;  ///< samples averaged
  QcFlags flags;
};

/// How to run a prediction. The bits of the result do not depend on `threads`; with the fused engine, those of a sample do not
/// depend on the samples beside it nor on `batch_size` either.
struct PredictOptions {
  std::size_t batch_size = 64;                  ///< samples that go through the network together
  int threads = 0;                              ///< 0: all cores
  Engine engine = Engine::fused;                ///< what computes on the CPU
  Device device = Device::cpu;                  ///< where to compute; cuda always uses LibTorch
  Aggregation aggregation = Aggregation::mean;  ///< of a patient's samples, in `predict_patients`
};

/// A trained attention-LSTM: plain values, no LibTorch inside, so it can be copied, compared, saved and sent elsewhere.
/// `IDHClassifier` makes one, `load_checkpoint` reads one.
struct AttentionLSTM {
  NetworkShape shape;
  std::map<std::string, WeightArray> weights;  ///< the arrays of `NetworkShape::weight_shapes`, by name
  std::vector<std::string> channel_names;      ///< input curves in order; empty when not known
  std::size_t steps = 0;                       ///< time steps per sample in training; 0 when not known
  double time_step = 0.0;                      ///< s between steps in training; 0 when not known
  std::string normalisation = "z-score of each curve over its whole series";  ///< what was done to the curves before
  std::array<std::string, 2> classes{"wildtype", "mutant"};  ///< names of label 0 and of label 1, the positive class
  bool simulated = false;                    ///< trained on simulated patients: not for conclusions about real ones
  std::map<std::string, std::string> notes;  ///< further text that is saved with the weights

  bool operator==(const AttentionLSTM&) const = default;

  /// Throws FormatError naming the array when weights are missing, unknown, of another shape or not finite; ShapeError when
  /// channel names do not fit; OptionError for an impossible shape.
  void validate() const;

  /// Probability and attention of each sample, in parallel over batches. Flags "model.steps.differ" when samples have
  /// another number of steps than those in training. Throws ShapeError for another number of channels, DataError for NaN,
  /// OptionError for options out of range and for a device that is not there, Cancelled.
  Prediction predict(const SampleView& samples, const PredictOptions& options = {}, const Progress& progress = {}) const;

  /// The samples of each patient put together (`PredictOptions::aggregation`; attention: mean). Throws as `predict`, DataError
  /// when the data set names no patients or its channel names are others than in training.
  PatientPrediction predict_patients(const Dataset& dataset, const PredictOptions& options = {},
                                     const Progress& progress = {}) const;
};

/// A network with random weights, drawn as PyTorch does: uniform within 1/sqrt(fan-in) for the convolution and the
/// feed-forward layers, within 1/sqrt(hidden_size) for the LSTM. The same shape and seed give the same weights.
AttentionLSTM random_network(const NetworkShape& shape, std::uint64_t seed);

}  // namespace bolus

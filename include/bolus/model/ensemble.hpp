#pragma once
#include <bolus/core/atomic_file.hpp>
#include <bolus/model/cross_validation.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace bolus {

/// What several networks say about each sample.
struct EnsemblePrediction {
  Eigen::VectorXd probability;         ///< (samples) mean over the networks
  Eigen::VectorXd standard_deviation;  ///< (samples) of the networks' probabilities (n - 1): how far they disagree
  Eigen::VectorXd logit;               ///< (samples) mean over the networks: what to calibrate
  Eigen::MatrixXd attention;           ///< (samples x steps) mean over the networks
  Eigen::MatrixXd members;             ///< (samples x networks) probability by each
  QcFlags flags;
};

/// What several networks say about each patient.
struct EnsemblePatientPrediction {
  std::vector<std::string> patients;       ///< in the order of their first sample
  Eigen::VectorXd probability;             ///< (patients) mean over the networks
  Eigen::VectorXd standard_deviation;      ///< (patients) of the networks' probabilities (n - 1)
  Eigen::MatrixXd attention;               ///< (patients x steps) mean over samples and networks
  Eigen::MatrixXd members;                 ///< (patients x networks) probability by each
  std::vector<std::size_t> sample_counts;  ///< samples of each patient
  QcFlags flags;
};

/// Several networks of one kind of input: of the folds of a cross-validation, or of other seeds. Their mean is steadier than
/// each, their standard deviation says how much of the probability is the training's chance (Lakshminarayanan et al., NeurIPS
/// 2017). It knows nothing of what all networks get wrong together.
struct Ensemble {
  std::vector<AttentionLSTM> networks;

  bool operator==(const Ensemble&) const = default;

  /// Throws DataError for no network, FormatError for a broken one, ShapeError where they differ in channels, classes or steps.
  void validate() const;

  /// Throws as `AttentionLSTM::predict`. Flags "model.ensemble.one_network" where there is only one, so no disagreement.
  EnsemblePrediction predict(const SampleView& samples, const PredictOptions& options = {},
                             const Progress& progress = {}) const;

  /// Each network's samples are aggregated to patients first (`PredictOptions::aggregation`). Throws as
  /// `AttentionLSTM::predict_patients`.
  EnsemblePatientPrediction predict_patients(const Dataset& dataset, const PredictOptions& options = {},
                                             const Progress& progress = {}) const;
};

/// The networks of a cross-validation. They are for new patients: each has seen most of the old ones.
Ensemble fold_ensemble(const CrossValidationResult& result);

/// Trains the same options with several seeds, side by side, with the same bits on any number of threads.
struct SeedEnsemble {
  int members = 5;  ///< networks; number k has the classifier's seed + k, and so its own validation patients
  int threads = 0;  ///< networks trained at the same time; 0: all cores

  /// Throws as `IDHClassifier::fit`.
  Ensemble operator()(const IDHClassifier& classifier, const Dataset& training,
                      const std::optional<Dataset>& validation = std::nullopt, const Progress& progress = {}) const;
};

/// Version of what `save_ensemble` writes.
inline constexpr int ensemble_schema_version = 1;

/// Writes an ensemble as one .safetensors file: each network as `save_checkpoint` writes it, as an array of bytes (U8) called
/// "network.0" and so on. Atomic. Throws IoError, and as `Ensemble::validate`.
void save_ensemble(const Ensemble& ensemble, const std::filesystem::path& path, Overwrite overwrite = Overwrite::no);

/// Reads an ensemble; trusts nothing in the file, as `load_checkpoint`.
Ensemble load_ensemble(const std::filesystem::path& path);

/// The bytes `save_ensemble` writes, and the ensemble in such bytes.
std::string encode_ensemble(const Ensemble& ensemble);
Ensemble decode_ensemble(const std::string& bytes, const std::string& source);

}  // namespace bolus

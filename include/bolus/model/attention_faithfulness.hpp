#pragma once
#include <bolus/model/occlusion.hpp>
#include <string>
#include <vector>

namespace bolus {

/// Whether attention can be read as what the network used.
enum class AttentionVerdict {
  faithful,    ///< every check holds with its whole interval
  unfaithful,  ///< some check fails with its whole interval
  undecided    ///< neither: too few patients, or intervals across a limit
};

/// One question to the attention, with its answer over patients.
struct FaithfulnessCheck {
  std::string name;                                        ///< gradients, occlusion, deletion, insertion, randomisation
  double value = 0.0;                                      ///< mean over patients
  double low = 0.0;                                        ///< of the bootstrap interval over patients
  double high = 0.0;                                       ///< of the bootstrap interval over patients
  double limit = 0.0;                                      ///< what the value must reach or, for randomisation, not exceed
  AttentionVerdict outcome = AttentionVerdict::undecided;  ///< of this check
  std::string meaning;                                     ///< a sentence for a report
};

/// What the checks found.
struct FaithfulnessResult {
  std::vector<std::string> patients;      ///< in the order of their first sample
  std::vector<FaithfulnessCheck> checks;  ///< five
  Eigen::MatrixXd per_patient;            ///< (patients x checks) mean over the patient's samples
  Eigen::VectorXd fraction;               ///< (points + 1) of the steps, 0 to 1
  std::vector<std::string> orders;        ///< attention, gradients, occlusion, random: by what steps are ordered
  Eigen::MatrixXd deletion;   ///< (points + 1 x orders) mean probability of the predicted class, most important steps hidden
  Eigen::MatrixXd insertion;  ///< the same, all steps hidden but the most important
  Eigen::MatrixXd areas;      ///< (orders x 2) under the mean curves of deletion (low is good) and insertion (high is good)
  std::vector<std::string> randomised;  ///< weights drawn anew so far, from the top of the network down
  Eigen::VectorXd similarity;           ///< (randomised) rank correlation of attention before and after, mean over patients
  AttentionVerdict verdict = AttentionVerdict::undecided;
  QcFlags flags;  ///< model.attention.unfaithful, .undecided, .constant, model.attribution.incomplete

  /// The verdict and its reasons as sentences.
  std::string report() const;
};

/// Asks whether attention is a faithful explanation, since it need not be one (Jain and Wallace 2019): it weighs hidden states,
/// each of which knows its neighbours' input. Attention is held beside integrated gradients and occlusion (rank correlation
/// over the steps of a sample, with the size of the attribution), steps are hidden in its order and in random orders (deletion
/// and insertion, Petsiuk et al. 2018), and weights are drawn anew from the top down, which must change it (Adebayo et al.
/// 2018). Samples are averaged per patient; intervals are bootstraps over patients. The limits are choices of this library.
struct AttentionFaithfulness {
  std::size_t path_steps = 64;                   ///< of the integrated gradients
  std::size_t window = 3;                        ///< steps hidden together by the occlusion
  OcclusionFill fill = OcclusionFill::baseline;  ///< of occlusion, deletion and insertion
  double baseline = 0.0;                         ///< of all; 0 is the mean of a z-normalised curve
  std::size_t points = 20;                       ///< of the deletion and insertion curves, after the first
  std::size_t random_orders = 10;                ///< orders that attention must beat
  std::size_t randomisations = 5;                ///< draws of new weights
  double min_correlation = 0.3;                  ///< attention must reach with gradients and with occlusion
  double max_similarity = 0.5;                   ///< of attention before and after all weights are new
  std::size_t min_patients = 10;                 ///< with fewer the verdict is undecided
  std::size_t replicates = 1000;                 ///< of the bootstrap
  double confidence = 0.95;                      ///< of the intervals
  std::size_t batch_size = 64;                   ///< samples that go through the network together
  int threads = 0;                               ///< 0: all cores; the bits do not depend on it
  Engine engine = Engine::fused;                 ///< what computes on the CPU
  Device device = Device::cpu;                   ///< where to compute; cuda always uses LibTorch
  std::uint64_t seed = 0;                        ///< of orders, new weights and the bootstrap

  /// Without patients in `dataset` every sample counts as one. Throws OptionError; ShapeError, DataError as
  /// `AttentionLSTM::predict_patients`; Cancelled.
  FaithfulnessResult operator()(const AttentionLSTM& network, const Dataset& dataset, const Progress& progress = {}) const;
};

}  // namespace bolus

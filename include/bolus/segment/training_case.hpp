#pragma once
#include <bolus/core/aligned_study.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace bolus {

/// A patient to learn segmentation from: FLAIR, T1, contrast-enhanced T1 and T2 on one grid of 1 mm, skull-stripped (0 outside
/// the brain, or with `AlignedStudy::brain`), and the labels that an expert gave, on the same grid.
struct TrainingCase {
  std::string name;                    ///< for messages; no patient's name: it is written nowhere else
  std::function<AlignedStudy()> load;  ///< gives the study, labels included; called once, from the thread that trains
  double weight = 1.0;                 ///< how often patches are cut from it, relative to the other cases
  bool simulated = false;              ///< marks what is trained on it

  TrainingCase() = default;

  /// A study that is read when it is its turn.
  TrainingCase(std::string case_name, std::function<AlignedStudy()> loader, double case_weight = 1.0, bool is_simulated = false)
      : name(std::move(case_name)), load(std::move(loader)), weight(case_weight), simulated(is_simulated) {}

  /// A study that is held in memory.
  TrainingCase(std::string case_name, AlignedStudy study, double case_weight = 1.0, bool is_simulated = false)
      : TrainingCase(std::move(case_name), [study = std::move(study)] { return study; }, case_weight, is_simulated) {}
};

/// Cases to train on and cases to judge by.
struct HeldOut {
  std::vector<TrainingCase> training, validation;
};

/// Takes a share of the cases, at random by `seed`, out of training: at least one where `fraction` is above 0. Their order is
/// kept. Throws OptionError unless `fraction` is 0 to 0.5, DataError where nothing would be left to train on.
HeldOut hold_out(const std::vector<TrainingCase>& cases, double fraction = 0.1, std::uint64_t seed = 0);

}  // namespace bolus

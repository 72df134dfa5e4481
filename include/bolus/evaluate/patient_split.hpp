#pragma once
#include <array>
#include <bolus/core/random.hpp>
#include <bolus/evaluate/detail/binary_labels.hpp>
#include <bolus/evaluate/detail/class_quota.hpp>
#include <bolus/evaluate/patients.hpp>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace bolus {

/// Indices of samples, rising, of the three parts of a split.
struct SplitIndices {
  std::vector<std::size_t> training;
  std::vector<std::size_t> validation;
  std::vector<std::size_t> test;
};

/// Indices of samples, rising, of one fold.
struct FoldIndices {
  std::vector<std::size_t> training;
  std::vector<std::size_t> validation;
};

namespace detail {

/// Patients of each class in a random order that depends on the seed, the purpose and the patients' names, not on the order of
/// the samples. Throws ShapeError or DataError for unusable patients or labels.
inline std::array<std::vector<std::size_t>, 2> shuffled_by_class(const Patients& patients, std::span<const int> labels,
                                                                 std::uint64_t seed, std::uint64_t purpose) {
  require<ShapeError>(patients.samples() == labels.size(), "there are ", labels.size(), " labels and ", patients.samples(),
                      " patients; expected one patient for each label");
  require_both_classes(labels);
  const auto classes = class_of_patients(patients, labels);
  std::array<std::vector<std::size_t>, 2> by_class, shuffled;
  for (std::size_t patient = 0; patient < classes.size(); ++patient) {
    by_class[static_cast<std::size_t>(classes[patient])].push_back(patient);
  }
  for (std::size_t c = 0; c < 2; ++c) {
    for (const auto place : RandomStream(seed, 2 * purpose + c).permutation(by_class[c].size())) {
      shuffled[c].push_back(by_class[c][place]);
    }
  }
  return shuffled;
}

}  // namespace detail

/// Splits patients at random into training, validation and test: all samples of a patient fall into one part, each part has
/// the classes in the share of the whole (largest remainder) and at least one patient of each. Depends on the seed and
/// the patients' names, not on the order of the samples.
struct PatientSplit {
  int training = 395;      ///< patients
  int validation = 50;     ///< patients; 0: no such part
  int test = 18;           ///< patients; 0: no such part
  std::uint64_t seed = 0;  ///< of the random numbers

  /// `patients` and `labels` (0 or 1), one per sample. Throws OptionError for a negative count; ShapeError where lengths
  /// differ; DataError where the counts do not sum to the number of patients, a patient has two classes, or there are too
  /// few patients of a class to have one in every part.
  SplitIndices operator()(const Patients& patients, std::span<const int> labels) const {
    const std::array<int, 3> wanted{training, validation, test};
    constexpr std::array<const char*, 3> names{"training", "validation", "test"};
    for (std::size_t part = 0; part < 3; ++part) {
      detail::require<OptionError>(wanted[part] >= (part == 0 ? 1 : 0), names[part], " is ", wanted[part], "; expected ",
                                   part == 0 ? "a positive number" : "0 or a positive number", " of patients");
    }
    const auto shuffled = detail::shuffled_by_class(patients, labels, seed, 0);
    const auto sum = std::int64_t{training} + validation + test;
    detail::require<DataError>(sum == static_cast<std::int64_t>(patients.count()), "training + validation + test is ", training,
                               " + ", validation, " + ", test, " = ", sum, " patients, but there are ", patients.count(),
                               "; the parts must add up to all of them");
    const auto positives = detail::class_quota({wanted.begin(), wanted.end()}, shuffled[1].size());

    std::vector<std::size_t> part_of_patient(patients.count());
    std::array<std::size_t, 2> next{};
    for (std::size_t part = 0; part < 3; ++part) {
      const std::array<std::size_t, 2> quota{static_cast<std::size_t>(wanted[part]) - positives[part], positives[part]};
      for (std::size_t c = 0; c < 2; ++c) {
        for (std::size_t i = 0; i < quota[c]; ++i) part_of_patient[shuffled[c][next[c]++]] = part;
      }
    }
    SplitIndices split;
    const std::array<std::vector<std::size_t>*, 3> parts{&split.training, &split.validation, &split.test};
    for (std::size_t i = 0; i < labels.size(); ++i) parts[part_of_patient[patients.codes()[i]]]->push_back(i);
    return split;
  }
};

/// Folds for cross-validation: every patient is in the validation part of one fold, with all samples; the folds share each
/// class evenly (counts differ by at most one) and each has both. Depends on the seed and the patients' names, not on
/// the order of the samples.
struct PatientFolds {
  int folds = 5;           ///< at least 2
  std::uint64_t seed = 0;  ///< of the random numbers

  /// `patients` and `labels` (0 or 1), one per sample. Throws OptionError for fewer than 2 folds; ShapeError where lengths
  /// differ; DataError where a patient has two classes or a class has fewer patients than there are folds.
  std::vector<FoldIndices> operator()(const Patients& patients, std::span<const int> labels) const {
    detail::require<OptionError>(folds >= 2, "folds is ", folds, "; expected at least 2");
    const auto shuffled = detail::shuffled_by_class(patients, labels, seed, 1);
    const auto count = static_cast<std::size_t>(folds);
    for (std::size_t c = 0; c < 2; ++c) {
      detail::require<DataError>(shuffled[c].size() >= count, "class ", c, " has ", shuffled[c].size(),
                                 " patient(s), fewer than the ", folds,
                                 " folds, and each fold needs one; use fewer folds or more patients");
    }
    std::vector<std::size_t> fold_of_patient(patients.count());
    std::size_t next = 0;  // goes on from class to class, so that the folds' sizes differ by at most one
    for (const auto& members : shuffled) {
      for (const auto patient : members) fold_of_patient[patient] = next++ % count;
    }
    std::vector<FoldIndices> result(count);
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const auto own = fold_of_patient[patients.codes()[i]];
      for (std::size_t fold = 0; fold < count; ++fold) {
        (fold == own ? result[fold].validation : result[fold].training).push_back(i);
      }
    }
    return result;
  }
};

}  // namespace bolus

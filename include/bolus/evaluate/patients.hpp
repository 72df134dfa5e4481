#pragma once
#include <algorithm>
#include <bolus/core/error.hpp>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace bolus {

/// Which patient each sample belongs to. Made from one name per sample; patients are numbered in the sorted order of their
/// names, so that what is drawn for a patient does not depend on the order of the samples. Empty: every sample stands alone.
class Patients {
 public:
  Patients() = default;

  /// One name per sample. Throws DataError where a name is empty.
  Patients(std::span<const std::string> names_of_samples) : codes_(names_of_samples.size()) {  // NOLINT: implicit by intent
    std::vector<std::size_t> order(codes_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return names_of_samples[a] < names_of_samples[b]; });
    for (const auto sample : order) {
      const auto& name = names_of_samples[sample];
      detail::require<DataError>(!name.empty(), "the patient of sample ", sample, " has an empty name; name every patient");
      if (names_.empty() || names_.back() != name) names_.push_back(name);
      codes_[sample] = static_cast<std::uint32_t>(names_.size() - 1);
    }
  }
  Patients(const std::vector<std::string>& names_of_samples)  // NOLINT: implicit by intent
      : Patients(std::span<const std::string>(names_of_samples)) {}

  /// The same from numbers: `codes` (one per sample) point into `names`, which must be sorted, distinct and all in use.
  /// Throws DataError where they are not.
  static Patients from_codes(std::vector<std::uint32_t> codes, std::vector<std::string> names) {
    detail::require<DataError>(names.empty() || !names.front().empty(), "a patient has an empty name; name every patient");
    for (std::size_t i = 1; i < names.size(); ++i) {
      detail::require<DataError>(names[i - 1] < names[i], "patient names must be sorted and distinct, but '", names[i - 1],
                                 "' stands before '", names[i], "'");
    }
    std::vector<bool> used(names.size());
    for (std::size_t i = 0; i < codes.size(); ++i) {
      detail::require<DataError>(codes[i] < names.size(), "the patient of sample ", i, " is number ", codes[i],
                                 ", but there are ", names.size(), " names");
      used[codes[i]] = true;
    }
    const auto unused = std::find(used.begin(), used.end(), false);
    detail::require<DataError>(unused == used.end(), "no sample belongs to patient number ", unused - used.begin());
    Patients patients;
    patients.codes_ = std::move(codes);
    patients.names_ = std::move(names);
    return patients;
  }

  bool empty() const { return codes_.empty(); }
  std::size_t samples() const { return codes_.size(); }
  std::size_t count() const { return names_.size(); }                 ///< number of distinct patients
  const std::vector<std::uint32_t>& codes() const { return codes_; }  ///< patient number of each sample
  const std::vector<std::string>& names() const { return names_; }    ///< sorted; the patient's number is its place

 private:
  std::vector<std::uint32_t> codes_;
  std::vector<std::string> names_;
};

namespace detail {

/// The class of each patient. Throws ShapeError where lengths differ, DataError where a patient has samples of both classes.
inline std::vector<int> class_of_patients(const Patients& patients, std::span<const int> labels) {
  require<ShapeError>(patients.samples() == labels.size(), "there are ", labels.size(), " labels and ", patients.samples(),
                      " patients; expected one patient for each label");
  std::vector<int> classes(patients.count(), -1);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    auto& known = classes[patients.codes()[i]];
    if (known < 0) known = labels[i];
    require<DataError>(known == labels[i], "patient '", patients.names()[patients.codes()[i]],
                       "' has samples of both classes (sample ", i, " is ", labels[i], ", an earlier one is ", known,
                       "); to stratify, a patient needs one class: correct the labels or the patient names");
  }
  return classes;
}

}  // namespace detail
}  // namespace bolus

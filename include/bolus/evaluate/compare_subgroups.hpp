#pragma once
#include <bolus/evaluate/compare_models.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bolus {

/// One model, or two, in one subgroup.
struct SubgroupAuc {
  std::string name;
  std::size_t samples = 0, positives = 0;   ///< samples, not patients
  AucEstimate auc;                          ///< of the (first) model
  std::optional<AucComparison> comparison;  ///< of the two models, where a second one was given
};

/// What subgroups show, and whether they differ by more than chance.
struct SubgroupComparison {
  std::vector<SubgroupAuc> groups;  ///< by name; those without an area are left out and flagged
  double statistic = 0.0;           ///< chi-square of the interaction
  double degrees_of_freedom = 0.0;  ///< groups with a variance - 1; 0: no test
  double p_value = 1.0;             ///< of the interaction: all areas (or all differences of the two models) are equal
  QcFlags flags;                    ///< evaluate.subgroup.{no_area, no_variance}
};

/// The area in each subgroup (grade, field strength, protocol), and the test of interaction: whether the areas differ between
/// subgroups. With two models, whether the difference of their areas does (Altman and Bland, BMJ 2003;326:219, for more than
/// two groups Cochran's Q). A subgroup that is significant beside one that is not shows no interaction; this test does.
struct CompareSubgroups {
  double confidence = 0.95;
  int threads = 0;  ///< 0: all cores

  /// `groups` one name per sample; `second` the scores of another model, or empty. Samples of a patient may not lie in two
  /// groups. Throws as DelongAuc; DataError where a patient is in two groups, a name is empty, or no group has an area.
  SubgroupComparison operator()(std::span<const int> labels, std::span<const double> scores,
                                std::span<const std::string> groups, const Patients& patients = {},
                                std::span<const double> second = {}) const {
    detail::require_confidence(confidence);
    detail::require_scores(labels, scores);
    if (!second.empty()) detail::require_scores(labels, second);
    detail::require<ShapeError>(groups.size() == labels.size(), "there are ", labels.size(), " labels and ", groups.size(),
                                " groups; expected one group for each label");
    detail::require<ShapeError>(patients.empty() || patients.samples() == labels.size(), "there are ", labels.size(),
                                " labels and ", patients.samples(), " patients; expected one patient for each label");
    std::map<std::string, std::vector<std::size_t>> members;
    std::vector<const std::string*> group_of_patient(patients.count(), nullptr);
    for (std::size_t i = 0; i < groups.size(); ++i) {
      detail::require<DataError>(!groups[i].empty(), "the group of sample ", i, " has an empty name");
      members[groups[i]].push_back(i);
      if (patients.empty()) continue;
      auto& known = group_of_patient[patients.codes()[i]];
      if (!known) known = &groups[i];
      detail::require<DataError>(*known == groups[i], "patient '", patients.names()[patients.codes()[i]], "' is in group '",
                                 *known, "' and in group '", groups[i],
                                 "'; subgroups must be of patients, so that they are independent");
    }
    SubgroupComparison result;
    std::vector<double> values, variances;
    for (const auto& [name, samples] : members) {
      std::vector<int> own_labels;
      std::vector<double> own, other;
      std::vector<std::string> own_patients;
      for (const auto i : samples) {
        own_labels.push_back(labels[i]);
        own.push_back(scores[i]);
        if (!second.empty()) other.push_back(second[i]);
        if (!patients.empty()) own_patients.push_back(patients.names()[patients.codes()[i]]);
      }
      SubgroupAuc group{name, samples.size(), std::size_t(std::count(own_labels.begin(), own_labels.end(), 1)), {}, {}};
      const Patients clusters = own_patients.empty() ? Patients{} : Patients(own_patients);
      try {
        group.auc = DelongAuc{confidence, AucIntervalKind::logit, threads}(own_labels, own, clusters);
        if (!second.empty()) {
          CompareAuc compare;
          compare.confidence = confidence;
          compare.threads = threads;
          group.comparison = compare(own_labels, own, other, clusters);
        }
      } catch (const DataError& error) {
        result.flags.push_back(
            {"evaluate.subgroup.no_area", detail::message("group '", name, "' (", group.samples, " samples, ", group.positives,
                                                          " positive) is left out: ", error.what())});
        continue;
      }
      const double error = group.comparison ? group.comparison->standard_error : group.auc.standard_error;
      if (error > 0.0) {
        values.push_back(group.comparison ? group.comparison->difference : group.auc.estimate);
        variances.push_back(error * error);
      } else {
        result.flags.push_back({"evaluate.subgroup.no_variance",
                                detail::message("group '", name,
                                                "' has no variance (its scores separate the classes, or the models "
                                                "rank alike), so the test of interaction leaves it out")});
      }
      result.groups.push_back(std::move(group));
    }
    detail::require<DataError>(!result.groups.empty(), "no group has an area: each lacks a class, or has one sample of it");
    if (values.size() >= 2) {
      const auto map = [](const std::vector<double>& v) {
        return Eigen::Map<const Eigen::VectorXd>(v.data(), Eigen::Index(v.size()));
      };
      const detail::EqualityTest test(map(values), map(variances).asDiagonal());
      result.statistic = test.statistic;
      result.degrees_of_freedom = test.degrees_of_freedom;
      result.p_value = test.p_value;
    }
    return result;
  }
};

}  // namespace bolus

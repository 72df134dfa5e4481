#pragma once
#include <array>
#include <bolus/core/error.hpp>
#include <bolus/simulate/detail/matched_sample.hpp>
#include <string>
#include <vector>

namespace bolus {

/// What is known about a patient besides images.
struct Demographics {
  int grade = 4;            ///< WHO grade, 2 to 4
  bool idh_mutant = false;  ///< IDH genotype
  bool codeleted = false;   ///< 1p/19q codeletion; only with an IDH mutation
  double age = 0.0;         ///< years
  bool male = true;         ///< sex
  bool enhancement = true;  ///< whether the tumour takes up contrast agent
  double mean_rcbv = 0.0;   ///< mean blood volume of the whole tumour over that of white matter, no unit
};

namespace detail {

/// One row of Table 1 of Choi et al. 2019: patients and ages. The paper gives ages per grade and IDH, and per grade and
/// 1p/19q. With all codeletions among the mutants, those of the mutants without codeletion follow from both (the mean from
/// the sum, the standard deviation from the sum of squares). Enhancement is not published per group: an assumption that
/// gives age + enhancement an AUC near the published 0.80.
struct CohortCell {
  int grade;
  bool idh_mutant, codeleted;
  double patients, age_mean, age_deviation, enhancing;
};

inline constexpr std::array<CohortCell, 9> cohort_cells{{{2, false, false, 17, 48.7, 16.3, 0.50},
                                                         {2, true, false, 8, 46.84, 11.04, 0.35},
                                                         {2, true, true, 7, 41.4, 10.8, 0.35},
                                                         {3, false, false, 60, 52.2, 15.2, 0.70},
                                                         {3, true, false, 41, 39.60, 10.99, 0.55},
                                                         {3, true, true, 41, 42.2, 9.3, 0.55},
                                                         {4, false, false, 261, 57.5, 13.5, 0.96},
                                                         {4, true, false, 20, 38.92, 9.89, 0.90},
                                                         {4, true, true, 8, 54.6, 16.7, 0.90}}};

/// Mean and standard deviation of the mean rCBV, per grade II-III or IV and IDH, with the range of the genotype.
struct RcbvCell {
  bool grade_four, idh_mutant;
  double mean, deviation, low, high;
};

inline constexpr std::array<RcbvCell, 4> rcbv_cells{{{false, false, 2.53, 1.25, 1.04, 11.81},
                                                     {false, true, 2.11, 0.75, 0.86, 5.83},
                                                     {true, false, 3.07, 1.22, 1.04, 11.81},
                                                     {true, true, 2.49, 1.28, 0.86, 5.83}}};

/// Streams of random numbers of a cohort: patient p uses stream first_patient + p, so no use of chance meets another.
enum CohortStream : std::uint64_t {
  age_stream = 1,
  rcbv_stream = 64,
  order_stream = 128,
  sex_stream,
  protocol_stream,
  enhancement_stream = 192,
  pair_stream = 256,
  codeletion_stream = 320,
  first_patient_stream = 1024
};

}  // namespace detail

/// `patients` people with the demographics of Choi et al. 2019 in a random order: for 463 every count is the published one
/// and ages and rCBV have the published mean and standard deviation in each group; for other numbers groups are scaled
/// by largest remainder. Ages lie between 18 and 90 years. `age_rcbv_correlation` orders the values of rCBV within each grade
/// and genotype by a mixture of the ranks of age and chance, and so changes no mean, deviation or range.
/// `codeletion_rcbv_correlation` does the same among the mutants with 1p/19q codeletion: above 0 the codeleted have the higher
/// rCBV, as oligodendrogliomas have (Latysheva et al., Neuroradiology 2019;61:545; Lev et al., AJNR 2004;25:214). Throws
/// OptionError for no patient or more than a million, or correlations outside [-1, 1] or whose squares add up to more than 1.
inline std::vector<Demographics> draw_demographics(std::size_t patients, std::uint64_t seed, double age_rcbv_correlation = 0.0,
                                                   double codeletion_rcbv_correlation = 0.0) {
  detail::require<OptionError>(patients > 0 && patients <= 1000000, "patients is ", patients, "; expected 1 to 1000000");
  detail::require<OptionError>(age_rcbv_correlation >= -1.0 && age_rcbv_correlation <= 1.0, "age_rcbv_correlation is ",
                               age_rcbv_correlation, "; expected -1 to 1");
  detail::require<OptionError>(codeletion_rcbv_correlation >= -1.0 && codeletion_rcbv_correlation <= 1.0,
                               "codeletion_rcbv_correlation is ", codeletion_rcbv_correlation, "; expected -1 to 1");
  const double together = std::hypot(age_rcbv_correlation, codeletion_rcbv_correlation);
  detail::require<OptionError>(together <= 1.0 + 1e-9, "age_rcbv_correlation is ", age_rcbv_correlation,
                               " and codeletion_rcbv_correlation ", codeletion_rcbv_correlation,
                               "; their squares may add up to 1 at most");
  std::vector<double> weights;
  for (const auto& cell : detail::cohort_cells) weights.push_back(cell.patients);
  const auto counts = detail::share_out(patients, weights);

  std::vector<Demographics> people;
  for (std::size_t c = 0; c < counts.size(); ++c) {
    const auto& cell = detail::cohort_cells[c];
    const auto ages = detail::matched_sample(RandomStream(seed, detail::age_stream + c), counts[c], cell.age_mean,
                                             cell.age_deviation, 18.0, 90.0, false);
    const auto enhance = detail::share_out(counts[c], {cell.enhancing, 1.0 - cell.enhancing})[0];
    const auto order = RandomStream(seed, detail::enhancement_stream + c).permutation(counts[c]);
    for (std::size_t i = 0; i < counts[c]; ++i) {
      people.push_back({cell.grade, cell.idh_mutant, cell.codeleted, ages[i], false, order[i] < enhance, 0.0});
    }
  }
  for (std::size_t c = 0; c < detail::rcbv_cells.size(); ++c) {
    const auto& cell = detail::rcbv_cells[c];
    std::vector<std::size_t> members;
    for (std::size_t p = 0; p < people.size(); ++p) {
      if ((people[p].grade == 4) == cell.grade_four && people[p].idh_mutant == cell.idh_mutant) members.push_back(p);
    }
    auto values = detail::matched_sample(RandomStream(seed, detail::rcbv_stream + c), members.size(), cell.mean, cell.deviation,
                                         cell.low, cell.high, true);
    if (cell.idh_mutant && codeletion_rcbv_correlation != 0.0) {
      std::vector<double> ages, codeleted, partners(members.size());
      for (const auto p : members) {
        ages.push_back(people[p].age);
        codeleted.push_back(people[p].codeleted ? 1.0 : 0.0);
      }
      const auto age_scores = detail::standard_scores(ages), codeletion_scores = detail::standard_scores(codeleted);
      for (std::size_t i = 0; i < partners.size(); ++i) {
        partners[i] = age_rcbv_correlation * age_scores[i] + codeletion_rcbv_correlation * codeletion_scores[i];
      }
      values =
          detail::paired_sample(RandomStream(seed, detail::codeletion_stream + c), partners, values, std::min(together, 1.0));
    } else if (age_rcbv_correlation != 0.0) {
      std::vector<double> ages;
      for (const auto p : members) ages.push_back(people[p].age);
      values = detail::paired_sample(RandomStream(seed, detail::pair_stream + c), ages, values, age_rcbv_correlation);
    }
    for (std::size_t i = 0; i < members.size(); ++i) people[members[i]].mean_rcbv = values[i];
  }
  const auto males = detail::share_out(patients, {272.0, 191.0})[0];
  const auto sexes = RandomStream(seed, detail::sex_stream).permutation(patients);
  const auto order = RandomStream(seed, detail::order_stream).permutation(patients);
  std::vector<Demographics> shuffled;
  for (std::size_t p = 0; p < patients; ++p) {
    shuffled.push_back(people[order[p]]);
    shuffled.back().male = sexes[p] < males;
  }
  return shuffled;
}

}  // namespace bolus

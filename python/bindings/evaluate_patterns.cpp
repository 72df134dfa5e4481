// Temporal patterns of attention, how often they occur, and the rank correlation.
#include <bolus/evaluate/pattern_frequencies.hpp>
#include <bolus/evaluate/spearman_correlation.hpp>

#include "evaluate.hpp"

namespace {

using namespace evaluate_binding;

std::vector<std::string> names_from(const py::object& values, const char* what) {
  std::vector<std::string> names;
  for (const auto& value : one_dimensional(values, what)) names.push_back(patient_name(value, names.size()));
  return names;
}

std::vector<int> patterns_from(const py::object& values) {
  const auto numbers = as_numbers(one_dimensional(values, "pattern"), "pattern");
  std::vector<int> patterns;
  for (py::ssize_t i = 0; i < numbers.size(); ++i) {
    const double value = numbers.data()[i];
    require<DataError>(value >= 0.0 && value <= 6.0 && value == std::floor(value), "the pattern of patient ", i, " is ", value,
                       "; expected 1 to 6, or 0 where it is not determined");
    patterns.push_back(static_cast<int>(value));
  }
  return patterns;
}

void bind_pattern(py::module_& m) {
  using T = TemporalPattern;
  py::class_<T> pattern(m, "TemporalPattern", "The two segments of a bolus passage with the most attention.");
  add_results(pattern, "TemporalPattern", Field{"number", &T::number, "1 to 6; 0: not determined."},
              Field{"segments", &T::segments, "The two, rising: 0 baseline, 1 downslope, 2 upslope, 3 plateau."},
              Field{"tied", &T::tied, "The second and the third are equal: the earlier one was taken."},
              Field{"flags", &T::flags, "evaluate.temporal_pattern.tied, .segment_missing, .undetermined."});
  pattern
      .def(
          "to_frame",
          [](const T& self) {
            return data_frame(py::dict("pattern"_a = std::vector{self.number}, "first"_a = std::vector{self.segments[0]},
                                       "second"_a = std::vector{self.segments[1]}, "tied"_a = std::vector<bool>{self.tied},
                                       "flags"_a = std::vector{self.flags.size()}));
          },
          "One row as a pandas DataFrame.")
      .def("__repr__",
           [](const T& self) { return detail::message("TemporalPattern(", self.number, ", ", self.flags.size(), " flags)"); });
  add_html(pattern);
  m.def("temporal_pattern", &temporal_pattern, "shares"_a, "tie"_a = 1e-9, R"(The temporal pattern of Choi et al. 2019.

TP1 = baseline + downslope, TP2 = baseline + upslope, TP3 = baseline + plateau, TP4 = downslope + upslope, TP5 = downslope + plateau,
TP6 = upslope + plateau. The numbers are inferred: the paper names TP1 and TP6.

Parameters
----------
shares : array (4,)
    Attention of baseline, downslope, upslope and plateau, on any common scale; NaN is a segment that the series does not have.
tie : float
    Where the second and third differ by at most this times the largest, they are tied, and the earlier one is taken.

Returns
-------
TemporalPattern
    Its number is 0, not determined, where fewer than two segments are there or none has any attention.

Raises
------
DataError
    For a negative or infinite share.
)");
}

void bind_frequencies(py::module_& m) {
  using F = PatternFrequencies;
  py::class_<F> frequencies(m, "PatternFrequencies", "How often each temporal pattern occurs in each group of patients.");
  add_results(frequencies, "PatternFrequencies",
              Field{"stratum", &F::stratum, "Part of the patients that was counted; empty: all of them."},
              Field{"groups", &F::groups, "Sorted."}, Field{"counts", &F::counts, "(groups, 6) patients with TP1 to TP6."},
              Field{"undetermined", &F::undetermined, "Patients of each group without a pattern: not in `counts`."},
              Field{"flags", &F::flags, "evaluate.pattern_frequencies.undetermined, .one_group."});
  frequencies.def("shares", &F::shares, "(groups, 6) share of each pattern among the group's patients that have one.")
      .def("occurring", &F::occurring, "`counts` without the patterns and groups that nobody has: what tests take.")
      .def(
          "to_frame",
          [](const F& self) {
            const auto shares = self.shares();
            py::list group, pattern, count, share, stratum;
            for (Eigen::Index g = 0; g < self.counts.rows(); ++g) {
              for (Eigen::Index p = 0; p < 6; ++p) {
                stratum.append(self.stratum);
                group.append(self.groups[static_cast<std::size_t>(g)]);
                pattern.append(detail::message("TP", p + 1));
                count.append(self.counts(g, p));
                share.append(shares(g, p));
              }
            }
            py::dict columns;
            if (!self.stratum.empty()) columns["stratum"] = stratum;
            columns["group"] = group;
            columns["pattern"] = pattern;
            columns["count"] = count;
            columns["share"] = share;
            return data_frame(columns);
          },
          "One row per group and pattern as a pandas DataFrame: group, pattern, count, share.")
      .def("__repr__", [](const F& self) {
        std::string text = "PatternFrequencies(";
        if (!self.stratum.empty()) text += "stratum " + self.stratum + ", ";
        for (Eigen::Index g = 0; g < self.counts.rows(); ++g) {
          text += (g > 0 ? ", " : "") + self.groups[static_cast<std::size_t>(g)] + ": " +
                  detail::message(self.counts.row(g).sum(), " patients");
        }
        return text + ")";
      });
  add_html(frequencies);
  m.def(
      "pattern_frequencies",
      [](const py::object& patterns, const py::object& groups, const py::object& strata) -> py::object {
        const auto numbers = patterns_from(patterns);
        const auto names = names_from(groups, "group");
        if (strata.is_none()) return py::cast(pattern_frequencies(numbers, names));
        return py::cast(pattern_frequencies(numbers, names, names_from(strata, "stratum")));
      },
      "patterns"_a, "groups"_a, "strata"_a = py::none(), R"(Count temporal patterns by group, one of each per patient.

Parameters
----------
patterns : array (patients,) of int
    1 to 6; 0 where it is not determined.
groups : sequence (patients,)
    E.g. 'mutant' and 'wildtype'.
strata : sequence (patients,), optional
    E.g. the grade: counts each stratum by itself.

Returns
-------
PatternFrequencies, or with strata a list of them, sorted

Raises
------
ShapeError, DataError
)");
}

}  // namespace

void bind_evaluate_patterns(py::module_& m) {
  bind_pattern(m);
  bind_frequencies(m);
  m.def("spearman_correlation", &spearman_correlation, "a"_a, "b"_a,
        R"(Spearman's rank correlation, equal values sharing their rank.

Parameters
----------
a, b : array (n,)

Returns
-------
float or None
    None where one side is constant.

Raises
------
ShapeError, DataError
)");
}

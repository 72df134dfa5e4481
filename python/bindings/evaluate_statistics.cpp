// Tests of group differences and of tables, intervals of proportions, Holm's correction.
#include <bolus/evaluate/chi_square_test.hpp>
#include <bolus/evaluate/fisher_exact_test.hpp>
#include <bolus/evaluate/holm.hpp>
#include <bolus/evaluate/mann_whitney_test.hpp>
#include <bolus/evaluate/one_way_anova.hpp>
#include <bolus/evaluate/proportion_interval.hpp>
#include <bolus/evaluate/welch_test.hpp>

#include "evaluate.hpp"

BOLUS_STRING_ENUM(bolus::FisherMethod, "method", "typing.Literal['exact', 'monte_carlo']", std::string_view("exact"),
                  std::string_view("monte_carlo"))
BOLUS_STRING_ENUM(bolus::MannWhitneyMethod, "method", "typing.Literal['automatic', 'exact', 'asymptotic']",
                  std::string_view("automatic"), std::string_view("exact"), std::string_view("asymptotic"))

namespace {

using namespace evaluate_binding;

std::vector<double> values_from(const py::object& values, const char* what) {
  const auto numbers = as_numbers(one_dimensional(values, what), what);
  return {numbers.data(), numbers.data() + numbers.size()};
}

/// Counts of a table, from whole numbers of any type, or a DataFrame such as pandas.crosstab gives.
Eigen::MatrixXi table_from(const py::object& values) {
  const auto array = as_array(values, "count");
  require<ShapeError>(array.ndim() == 2, "expected the table as a two-dimensional array of counts, found ", array.ndim(),
                      " dimension(s)");
  const auto numbers = as_numbers(array, "count");
  Eigen::MatrixXi table(numbers.shape(0), numbers.shape(1));
  for (py::ssize_t row = 0; row < numbers.shape(0); ++row) {
    for (py::ssize_t column = 0; column < numbers.shape(1); ++column) {
      const double value = numbers.at(row, column);
      require<DataError>(value == std::floor(value) && std::abs(value) < 2147483647.0, "the count in row ", row, ", column ",
                         column, " is ", value, "; expected a whole number of patients, not a share");
      table(row, column) = static_cast<int>(value);
    }
  }
  return table;
}

template <class T>
std::vector<T> one(T value) {
  return {value};
}

void bind_intervals(py::module_& m) {
  using P = ProportionInterval;
  py::class_<P> interval(m, "ProportionInterval", "A proportion with its confidence interval. Unpacks into (low, high).");
  add_results(interval, "ProportionInterval", Field{"successes", &P::successes, "Successes."},
              Field{"trials", &P::trials, "Trials."}, Field{"estimate", &P::estimate, "successes / trials."},
              Field{"low", &P::low, "Lower end of the interval."}, Field{"high", &P::high, "Upper end of the interval."},
              Field{"confidence", &P::confidence, "Of the interval."});
  interval.def("__iter__", [](const P& p) { return py::iter(py::make_tuple(p.low, p.high)); })
      .def(
          "to_frame",
          [](const P& p) {
            return data_frame(py::dict("successes"_a = one(p.successes), "trials"_a = one(p.trials),
                                       "estimate"_a = one(p.estimate), "low"_a = one(p.low), "high"_a = one(p.high),
                                       "confidence"_a = one(p.confidence)));
          },
          "One row as a pandas DataFrame.")
      .def("__repr__", [](const P& p) {
        return detail::message("ProportionInterval(", p.successes, "/", p.trials, " = ", p.estimate, ", ", 100.0 * p.confidence,
                               " % interval ", p.low, " to ", p.high, ")");
      });
  add_html(interval);
  m.def("wilson_interval", &wilson_interval, "successes"_a, "trials"_a, "confidence"_a = 0.95,
        R"(Wilson's score interval of a proportion, without continuity correction.

About the stated coverage on average, also near 0 and 1, and never outside them (Wilson, JASA 1927).

Parameters
----------
successes, trials : int
confidence : float

Returns
-------
ProportionInterval

Raises
------
OptionError
    If the confidence is not between 0 and 1.
DataError
    If there are no trials, or successes out of 0 to trials.
)");
  m.def("clopper_pearson_interval", &clopper_pearson_interval, "successes"_a, "trials"_a, "confidence"_a = 0.95,
        R"(Clopper and Pearson's exact interval of a proportion: coverage never below the stated one, wider than Wilson's.

Parameters, returns, raises: see wilson_interval.
)");
  m.def(
      "holm",
      [](const py::object& p_values) {
        const auto adjusted = holm(values_from(p_values, "p value"));
        return Eigen::VectorXd(Eigen::Map<const Eigen::VectorXd>(adjusted.data(), static_cast<Eigen::Index>(adjusted.size())));
      },
      "p_values"_a, R"(P values adjusted for their number (Holm 1979), in the order given.

Parameters
----------
p_values : array (n,)

Returns
-------
array (n,)
    Compare each with the level of the whole family.

Raises
------
DataError
    If there are none, or one is not between 0 and 1.
)");
}

void bind_means(py::module_& m) {
  py::class_<GroupSummary> summary(m, "GroupSummary", "Size, mean and spread of a group of values.");
  add_results(summary, "GroupSummary", Field{"count", &GroupSummary::count, "Values."},
              Field{"mean", &GroupSummary::mean, "Mean."},
              Field{"standard_deviation", &GroupSummary::standard_deviation, "With count - 1; 0 for a single value."});
  summary
      .def(
          "to_frame",
          [](const GroupSummary& g) {
            return data_frame(
                py::dict("count"_a = one(g.count), "mean"_a = one(g.mean), "standard_deviation"_a = one(g.standard_deviation)));
          },
          "One row as a pandas DataFrame.")
      .def("__repr__", [](const GroupSummary& g) {
        return detail::message("GroupSummary(count=", g.count, ", mean=", g.mean, ", standard_deviation=", g.standard_deviation,
                               ")");
      });
  add_html(summary);

  using D = MeanDifference;
  py::class_<D> difference(m, "MeanDifference", "Difference of the means of two groups, with its t test.");
  add_results(difference, "MeanDifference", Field{"statistic", &D::statistic, "t."},
              Field{"degrees_of_freedom", &D::degrees_of_freedom, "Of t."}, Field{"p_value", &D::p_value, "Two-sided."},
              Field{"difference", &D::difference, "Mean of a - mean of b."},
              Field{"standard_error", &D::standard_error, "Of the difference."},
              Field{"low", &D::low, "Lower end of its confidence interval."},
              Field{"high", &D::high, "Upper end of its confidence interval."},
              Field{"confidence", &D::confidence, "Of the interval."},
              Field{"cohens_d", &D::cohens_d, "Difference / pooled standard deviation."},
              Field{"a", &D::a, "Size, mean and spread of a."}, Field{"b", &D::b, "Size, mean and spread of b."});
  difference
      .def(
          "to_frame",
          [](const D& d) {
            return data_frame(py::dict("mean_a"_a = one(d.a.mean), "mean_b"_a = one(d.b.mean),
                                       "difference"_a = one(d.difference), "low"_a = one(d.low), "high"_a = one(d.high),
                                       "t"_a = one(d.statistic), "degrees_of_freedom"_a = one(d.degrees_of_freedom),
                                       "p"_a = one(d.p_value), "cohens_d"_a = one(d.cohens_d)));
          },
          "One row as a pandas DataFrame.")
      .def("__repr__", [](const D& d) {
        return detail::message("MeanDifference(difference=", d.difference, ", ", 100.0 * d.confidence, " % interval ", d.low,
                               " to ", d.high, ", t=", d.statistic, ", degrees_of_freedom=", d.degrees_of_freedom,
                               ", p_value=", d.p_value, ")");
      });
  add_html(difference);

  const auto test = [](auto function) {
    return [function](const py::object& a, const py::object& b, double confidence) {
      return function(values_from(a, "value"), values_from(b, "value"), confidence);
    };
  };
  m.def("student_test", test(&student_test), "a"_a, "b"_a, "confidence"_a = 0.95,
        R"(Student's t test of two independent groups with equal variances, two-sided.

Parameters
----------
a, b : array (n,)
confidence : float
    Of the interval of the difference of the means.

Returns
-------
MeanDifference

Raises
------
OptionError
    If the confidence is not between 0 and 1.
DataError
    If a group is empty, a value is not finite, each group has a single value, or both are constant.
)");
  m.def("welch_test", test(&welch_test), "a"_a, "b"_a, "confidence"_a = 0.95,
        R"(Welch's t test of two independent groups whose variances may differ, two-sided.

Parameters, returns: see student_test. A group with a single value raises DataError.
)");

  using A = AnovaResult;
  py::class_<A> anova(m, "AnovaResult", "One-way analysis of variance: whether the means of several groups differ.");
  add_results(anova, "AnovaResult", Field{"statistic", &A::statistic, "F."},
              Field{"degrees_between", &A::degrees_between, "Groups - 1."},
              Field{"degrees_within", &A::degrees_within, "Values - groups."}, Field{"p_value", &A::p_value, "Of F."},
              Field{"sum_squares_between", &A::sum_squares_between, "Between the groups."},
              Field{"sum_squares_within", &A::sum_squares_within, "In the groups."},
              Field{"eta_squared", &A::eta_squared, "Share of the variance that the groups explain."},
              Field{"groups", &A::groups, "Size, mean and spread of each group."});
  anova
      .def(
          "to_frame",
          [](const A& a) {
            const py::object missing = py::float_(std::nan(""));
            return data_frame(py::dict("source"_a = std::vector<std::string>{"between groups", "within groups"},
                                       "sum_of_squares"_a = std::vector{a.sum_squares_between, a.sum_squares_within},
                                       "degrees_of_freedom"_a = std::vector{a.degrees_between, a.degrees_within},
                                       "F"_a = py::make_tuple(a.statistic, missing),
                                       "p"_a = py::make_tuple(a.p_value, missing)));
          },
          "The table of the analysis as a pandas DataFrame.")
      .def("__repr__", [](const A& a) {
        return detail::message("AnovaResult(", a.groups.size(), " groups, F(", a.degrees_between, ", ", a.degrees_within,
                               ")=", a.statistic, ", p_value=", a.p_value, ", eta_squared=", a.eta_squared, ")");
      });
  add_html(anova);
  m.def(
      "one_way_anova",
      [](const py::iterable& groups) {
        std::vector<std::vector<double>> values;
        for (const auto& group : groups) {
          values.push_back(values_from(py::reinterpret_borrow<py::object>(group), "value"));
        }
        return one_way_anova(values);
      },
      "groups"_a, R"(One-way analysis of variance.

Parameters
----------
groups : sequence of arrays
    Values of each group.

Returns
-------
AnovaResult

Raises
------
DataError
    If there are fewer than two groups, one is empty, a value is not finite, each has a single value, or each is constant.
)");

  using W = MannWhitneyResult;
  py::class_<W> ranks(m, "MannWhitneyResult", "Whether values of one group tend to be larger than those of another.");
  add_results(ranks, "MannWhitneyResult", Field{"statistic", &W::statistic, "U of a: pairs in which a is larger, ties half."},
              Field{"p_value", &W::p_value, "Two-sided."}, Field{"method", &W::method, "'exact' or 'asymptotic'."},
              Field{"probability_of_superiority", &W::probability_of_superiority, "U / pairs, which is the ROC area."},
              Field{"rank_biserial", &W::rank_biserial, "Effect size, -1 to 1."},
              Field{"tied", &W::tied, "Values that equal another one."}, Field{"count_a", &W::count_a, "Values of a."},
              Field{"count_b", &W::count_b, "Values of b."});
  ranks
      .def(
          "to_frame",
          [](const W& w) {
            return data_frame(py::dict("count_a"_a = one(w.count_a), "count_b"_a = one(w.count_b), "U"_a = one(w.statistic),
                                       "p"_a = one(w.p_value), "method"_a = one(w.method),
                                       "probability_of_superiority"_a = one(w.probability_of_superiority),
                                       "rank_biserial"_a = one(w.rank_biserial)));
          },
          "One row as a pandas DataFrame.")
      .def("__repr__", [](const py::object& self) {
        const auto& w = self.cast<const W&>();
        return detail::message("MannWhitneyResult(U=", w.statistic, ", p_value=", w.p_value, " (",
                               py::str(self.attr("method")).cast<std::string>(),
                               "), probability_of_superiority=", w.probability_of_superiority, ")");
      });
  add_html(ranks);
  m.def(
      "mann_whitney_test",
      [](const py::object& a, const py::object& b, MannWhitneyMethod method) {
        const auto first = values_from(a, "value"), second = values_from(b, "value");
        const py::gil_scoped_release release;
        return mann_whitney_test(first, second, method);
      },
      "a"_a, "b"_a, "method"_a = MannWhitneyMethod::automatic,
      R"(Mann and Whitney's U test of two independent groups, two-sided.

Parameters
----------
a, b : array (n,)
method : str
    "automatic": exact where the smaller group has at most 8 values and none are tied, else asymptotic. "exact": over all orders,
    without ties. "asymptotic": normal approximation with correction for ties and continuity.

Returns
-------
MannWhitneyResult

Raises
------
OptionError
    If the exact distribution is asked for and values are tied, or there are more than 1e7 pairs.
DataError
    If a group is empty or a value is not finite.
)");
}

void bind_tables(py::module_& m) {
  using C = ChiSquareResult;
  py::class_<C> chi(m, "ChiSquareResult", "Pearson's chi-square test of independence.");
  add_results(chi, "ChiSquareResult", Field{"statistic", &C::statistic, "Chi-square."},
              Field{"degrees_of_freedom", &C::degrees_of_freedom, "(rows - 1) (columns - 1)."},
              Field{"p_value", &C::p_value, "Of the chi-square distribution."},
              Field{"expected", &C::expected, "Counts (rows, columns) if rows and columns were independent."},
              Field{"residuals", &C::residuals, "Adjusted residuals (rows, columns)."},
              Field{"cramers_v", &C::cramers_v, "Effect size, 0 to 1, without correction."},
              Field{"yates_correction", &C::yates_correction, "Whether the statistic has it."},
              Field{"flags", &C::flags, "QC flags: evaluate.chi_square.small_expected."});
  chi.def(
         "to_frame",
         [](const C& c) {
           return data_frame(py::dict("chi_square"_a = one(c.statistic), "degrees_of_freedom"_a = one(c.degrees_of_freedom),
                                      "p"_a = one(c.p_value), "cramers_v"_a = one(c.cramers_v),
                                      "least_expected"_a = one(c.expected.minCoeff()), "flags"_a = one(c.flags.size())));
         },
         "One row as a pandas DataFrame.")
      .def("__repr__", [](const C& c) {
        return detail::message("ChiSquareResult(statistic=", c.statistic, ", degrees_of_freedom=", c.degrees_of_freedom,
                               ", p_value=", c.p_value, ", cramers_v=", c.cramers_v, ", ", c.flags.size(), " flags)");
      });
  add_html(chi);
  m.def(
      "chi_square_test", [](const py::object& table, bool yates) { return chi_square_test(table_from(table), yates); },
      "table"_a, "yates"_a = false, R"(Pearson's chi-square test of independence.

Parameters
----------
table : array (rows, columns) of int, or DataFrame
    Counts; pandas.crosstab makes them.
yates : bool
    Continuity correction, 2 x 2 only; R's chisq.test and scipy's chi2_contingency have it on by default.

Returns
-------
ChiSquareResult
    Flagged where an expected count is below 5: use fisher_exact_test.

Raises
------
ShapeError
    If the table is smaller than 2 x 2.
OptionError
    If ``yates`` is asked for a larger table.
DataError
    If a count is negative or no whole number, or a row or column is empty.
)");

  using R = FisherResult;
  py::class_<R> fisher(m, "FisherResult", "Fisher's exact test of independence, two-sided.");
  add_results(fisher, "FisherResult", Field{"p_value", &R::p_value, "Two-sided."},
              Field{"method", &R::method, "'exact' or 'monte_carlo'."},
              Field{"odds_ratio", &R::odds_ratio, "2 x 2: ad / bc, may be infinite; None where it is 0 / 0."},
              Field{"conditional_odds_ratio", &R::conditional_odds_ratio, "2 x 2: maximum likelihood given the margins."},
              Field{"low", &R::low, "2 x 2: lower end of its exact interval."},
              Field{"high", &R::high, "2 x 2: upper end of its exact interval."},
              Field{"confidence", &R::confidence, "Of the interval."},
              Field{"replicates", &R::replicates, "Random tables; 0: exact."},
              Field{"p_interval", &R::p_interval, "Monte Carlo: 99 % interval of the exact P value."},
              Field{"flags", &R::flags, "QC flags: evaluate.fisher.empty_margin."});
  fisher
      .def(
          "to_frame",
          [](const R& r) {
            return data_frame(py::dict("p"_a = one(r.p_value), "method"_a = one(r.method), "odds_ratio"_a = one(r.odds_ratio),
                                       "conditional_odds_ratio"_a = one(r.conditional_odds_ratio), "low"_a = one(r.low),
                                       "high"_a = one(r.high), "flags"_a = one(r.flags.size())));
          },
          "One row as a pandas DataFrame.")
      .def("__repr__", [](const py::object& self) {
        const auto& r = self.cast<const R&>();
        auto text = detail::message("FisherResult(p_value=", r.p_value, ", method='",
                                    py::str(self.attr("method")).cast<std::string>(), "'");
        if (r.odds_ratio) text += detail::message(", odds_ratio=", *r.odds_ratio);
        if (r.low && r.high) text += detail::message(", ", 100.0 * r.confidence, " % interval ", *r.low, " to ", *r.high);
        return text + detail::message(", ", r.flags.size(), " flags)");
      });
  add_html(fisher);

  using F = FisherExactTest;
  py::class_<F> step(m, "FisherExactTest", R"(Fisher's exact test of independence with options, two-sided.

Parameters
----------
method : str
    "exact", or "monte_carlo": random tables with the same margins. A table too large for the exact method raises DataError.
confidence : float
    Of the interval of the odds ratio (2 x 2).
replicates, seed : int
    Of the Monte Carlo method.
threads : int
    0: all cores. The result is the same for any number.
budget : int
    Steps of the exact method before it gives up.
)");
  add_options(step, "FisherExactTest", Field{"method", &F::method, "'exact' or 'monte_carlo'."},
              Field{"confidence", &F::confidence, "Of the interval of the odds ratio."},
              Field{"replicates", &F::replicates, "Random tables."}, Field{"seed", &F::seed, "Of the random tables."},
              Field{"threads", &F::threads, "0 means all cores."}, Field{"budget", &F::budget, "Steps of the exact method."});
  step.def(
      "__call__",
      [](const F& self, const py::object& table, const py::object& progress) {
        const auto counts = table_from(table);
        const auto callback = progress_from(progress);
        const py::gil_scoped_release release;
        return self(counts, callback);
      },
      "table"_a, "progress"_a = py::none(), R"(Test.

Parameters
----------
table : array (rows, columns) of int, or DataFrame
    Counts.
progress : callable, optional
    Called with (stage, done, total); returning False stops.

Returns
-------
FisherResult

Raises
------
OptionError, ShapeError
DataError
    If a count is negative or no whole number, all are 0, or the table is too large for the exact method.
)");
  m.def(
      "fisher_exact_test",
      [](const py::object& table, FisherMethod method) {
        const auto counts = table_from(table);
        const py::gil_scoped_release release;
        return fisher_exact_test(counts, method);
      },
      "table"_a, "method"_a = FisherMethod::exact,
      R"(Fisher's exact test of independence with default options, 2 x 2 or larger: see FisherExactTest.

Parameters
----------
table : array (rows, columns) of int, or DataFrame
    Counts.
method : str
    "exact" or "monte_carlo" (100,000 random tables, seed 0).

Returns
-------
FisherResult
)");
}

}  // namespace

void bind_evaluate_statistics(py::module_& m) {
  bind_intervals(m);
  bind_means(m);
  bind_tables(m);
}

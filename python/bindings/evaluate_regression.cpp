// Logistic regression and variance inflation.
#include <bolus/evaluate/logistic_regression.hpp>
#include <bolus/evaluate/variance_inflation.hpp>

#include "evaluate.hpp"

BOLUS_STRING_ENUM(bolus::LogisticPenalty, "penalty", "typing.Literal['none', 'ridge', 'firth']", std::string_view("none"),
                  std::string_view("ridge"), std::string_view("firth"))
BOLUS_STRING_ENUM(bolus::LogisticInterval, "interval", "typing.Literal['wald', 'profile']", std::string_view("wald"),
                  std::string_view("profile"))

namespace {

using namespace evaluate_binding;

/// Names given, or those of a DataFrame's columns.
std::vector<std::string> names_from(const py::object& x, const py::object& names) {
  std::vector<std::string> columns;
  const py::object given = names.is_none() && py::hasattr(x, "columns") ? x.attr("columns") : names;
  if (given.is_none()) return columns;
  for (const auto& name : given) columns.push_back(py::str(name).cast<std::string>());
  return columns;
}

void bind_logistic(py::module_& m) {
  using L = LikelihoodRatio;
  py::class_<L> ratio(m, "LikelihoodRatio", "A test that some coefficients are 0, by the likelihood.");
  add_results(ratio, "LikelihoodRatio", Field{"statistic", &L::statistic, "Twice the difference of the log likelihoods."},
              Field{"degrees_of_freedom", &L::degrees_of_freedom, "Coefficients tested."},
              Field{"p_value", &L::p_value, "Of the chi-square distribution."});
  ratio
      .def(
          "to_frame",
          [](const L& l) {
            return data_frame(py::dict("chi_square"_a = std::vector{l.statistic},
                                       "degrees_of_freedom"_a = std::vector{l.degrees_of_freedom},
                                       "p"_a = std::vector{l.p_value}));
          },
          "One row as a pandas DataFrame.")
      .def("__repr__", [](const L& l) {
        return detail::message("LikelihoodRatio(statistic=", l.statistic, ", degrees_of_freedom=", l.degrees_of_freedom,
                               ", p_value=", l.p_value, ")");
      });
  add_html(ratio);

  using F = LogisticFit;
  py::class_<F> fit(m, "LogisticFit", "A fitted logistic regression. Arrays of length 1 + columns have the intercept first.");
  add_results(
      fit, "LogisticFit", Field{"intercept", &F::intercept, "Log odds where every column is 0."},
      Field{"coefficients", &F::coefficients, "(columns,) change of the log odds per unit of the column."},
      Field{"standard_errors", &F::standard_errors, "(1 + columns,) from the inverse information."},
      Field{"z_values", &F::z_values, "(1 + columns,) Wald: estimate / standard error."},
      Field{"p_values", &F::p_values, "(1 + columns,) two-sided; of Wald's test or the likelihood ratio, as `interval`."},
      Field{"covariance", &F::covariance, "(1 + columns, 1 + columns)."},
      Field{"log_likelihood", &F::log_likelihood, "At the fit, without the penalty."},
      Field{"null_log_likelihood", &F::null_log_likelihood, "Of the intercept alone."},
      Field{"iterations", &F::iterations, "Newton steps."}, Field{"names", &F::names, "Of the columns."},
      Field{"low", &F::low, "(1 + columns,) lower ends of the intervals of intercept and coefficients."},
      Field{"high", &F::high, "(1 + columns,) upper ends."}, Field{"confidence", &F::confidence, "Of the intervals."},
      Field{"penalty", &F::penalty, "'none', 'ridge' or 'firth'."}, Field{"interval", &F::interval, "'wald' or 'profile'."},
      Field{"likelihood_ratio", &F::likelihood_ratio, "Against the intercept alone."});
  fit.def_property_readonly("odds_ratios", &F::odds_ratios, "(columns,) factor of the odds per unit of the column.")
      .def(
          "predict_probability", [](const F& self, const py::object& x) { return self.predict_probability(matrix_from(x)); },
          "x"_a, "Probability of class 1 per row of `x` (rows, columns).")
      .def(
          "to_frame",
          [](const F& self) {
            std::vector<std::string> terms{"intercept"};
            terms.insert(terms.end(), self.names.begin(), self.names.end());
            const Eigen::VectorXd estimates = self.estimates(), odds = estimates.array().exp();
            const Eigen::VectorXd low = self.low.array().exp(), high = self.high.array().exp();
            return data_frame(py::dict("term"_a = terms, "coefficient"_a = estimates, "standard_error"_a = self.standard_errors,
                                       "z"_a = self.z_values, "p"_a = self.p_values, "odds_ratio"_a = odds,
                                       "odds_ratio_low"_a = low, "odds_ratio_high"_a = high));
          },
          "One row per term as a pandas DataFrame, with the odds ratio and its interval.")
      .def("_repr_html_", &html)
      .def("__repr__", [](const F& self) {
        auto text = detail::message("LogisticFit(intercept=", self.intercept);
        for (std::size_t i = 0; i < self.names.size(); ++i) {
          text += detail::message(", ", self.names[i], "=", self.coefficients[static_cast<Eigen::Index>(i)]);
        }
        return text + detail::message(", log_likelihood=", self.log_likelihood, ")");
      });
  m.def("likelihood_ratio_test", &likelihood_ratio_test, "larger"_a, "smaller"_a,
        R"(Likelihood ratio test of a fit against one on fewer of its columns and the same rows.

Parameters
----------
larger, smaller : LogisticFit
    Without a penalty.

Returns
-------
LikelihoodRatio

Raises
------
OptionError
    If a fit has a penalty.
DataError
    If the smaller has a column that the larger has not, as many columns, other rows, or a higher likelihood.
)");

  using R = LogisticRegression;
  py::class_<R> regression(m, "LogisticRegression", R"(Logistic regression by maximum likelihood (Newton's method).

Parameters
----------
max_iterations : int
    Newton steps before giving up.
tolerance : float
    Stop when no coefficient of the standardised columns moves by more than this, relative to the largest.
ridge : float
    The log likelihood loses ridge / 2 * the sum of squared coefficients, not the intercept: scikit-learn's C = 1 / ridge.
penalty : str
    "none", "ridge" (needs ``ridge``; ``ridge`` > 0 alone means it too), or "firth": finite also where the classes are separated.
interval : str
    "wald", or "profile": of the (penalised) likelihood; P values are then those of the likelihood ratio.
confidence : float
    Of the intervals.
)");
  add_options(regression, "LogisticRegression", Field{"max_iterations", &R::max_iterations, "Newton steps."},
              Field{"tolerance", &R::tolerance, "Stop when no coefficient moves by more."},
              Field{"ridge", &R::ridge, "Penalty of the squares; 0: none."},
              Field{"penalty", &R::penalty, "'none', 'ridge' or 'firth'."},
              Field{"interval", &R::interval, "'wald' or 'profile'."},
              Field{"confidence", &R::confidence, "Of the intervals."});
  regression.def(
      "fit",
      [](const LogisticRegression& self, const py::object& x, const py::object& y, const py::object& names) {
        const auto columns = names_from(x, names);
        const auto inputs = matrix_from(x);
        const auto labels = labels_from(y);
        const py::gil_scoped_release release;
        return self.fit(inputs, labels, columns);
      },
      "x"_a, "y"_a, "names"_a = py::none(), R"(Fit.

Parameters
----------
x : array (rows, columns) or DataFrame
    Without a column of ones.
y : array (rows,) of bool or int
    0 or 1.
names : sequence of str, optional
    Of the columns; those of the DataFrame, or x0, x1, ... when not given.

Returns
-------
LogisticFit

Raises
------
OptionError
    If an option is out of range.
ShapeError
    If lengths differ.
DataError
    If there is one class only, a value that is not finite, a constant column, or columns that determine each other.
ConvergenceError
    If the columns separate the classes, so that no finite maximum exists (the message names the column), or the steps run out.
)");
}

void bind_inflation(py::module_& m) {
  using V = VarianceInflation;
  py::class_<V> inflation(m, "VarianceInflation", "How much the other columns inflate the variance of each coefficient.");
  add_results(inflation, "VarianceInflation", Field{"factors", &V::factors, "(columns,) 1 / (1 - R2), 1 or more."},
              Field{"names", &V::names, "Of the columns."},
              Field{"flags", &V::flags, "QC flags: evaluate.variance_inflation.high, above 10."});
  inflation
      .def(
          "to_frame", [](const V& v) { return data_frame(py::dict("column"_a = v.names, "variance_inflation"_a = v.factors)); },
          "One row per column as a pandas DataFrame.")
      .def("__repr__", [](const V& v) {
        std::string text = "VarianceInflation(";
        for (std::size_t i = 0; i < v.names.size(); ++i) {
          text += detail::message(i ? ", " : "", v.names[i], "=", v.factors[static_cast<Eigen::Index>(i)]);
        }
        return text + ")";
      });
  add_html(inflation);
  m.def(
      "variance_inflation",
      [](const py::object& x, const py::object& names) { return variance_inflation(matrix_from(x), names_from(x, names)); },
      "x"_a, "names"_a = py::none(), R"(Variance inflation factors.

Parameters
----------
x : array (rows, columns) or DataFrame
    Without a column of ones; an intercept is always in.
names : sequence of str, optional
    Of the columns.

Returns
-------
VarianceInflation

Raises
------
ShapeError
    If there are no columns, or another number of names.
DataError
    If a value is not finite, a column is constant, or columns determine each other.
)");
}

}  // namespace

void bind_evaluate_regression(py::module_& m) {
  bind_logistic(m);
  bind_inflation(m);
}

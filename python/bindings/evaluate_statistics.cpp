// Regression and tests.
#include <bolus/evaluate/logistic_regression.hpp>

#include "evaluate.hpp"

namespace {

using namespace evaluate_binding;

void bind_logistic(py::module_& m) {
  py::class_<LogisticFit>(m, "LogisticFit",
                          R"(A fitted logistic regression. Arrays of length 1 + columns have the intercept first.

Attributes
----------
intercept : float
coefficients : array (columns,)
    Change of the log odds per unit of the column.
standard_errors, z_values, p_values : array (1 + columns,)
    Wald; p two-sided.
covariance : array (1 + columns, 1 + columns)
log_likelihood, null_log_likelihood : float
    At the fit, and of the intercept alone; without the penalty.
iterations : int
names : list of str
)")
      .def_readonly("intercept", &LogisticFit::intercept)
      .def_readonly("coefficients", &LogisticFit::coefficients)
      .def_readonly("standard_errors", &LogisticFit::standard_errors)
      .def_readonly("z_values", &LogisticFit::z_values)
      .def_readonly("p_values", &LogisticFit::p_values)
      .def_readonly("covariance", &LogisticFit::covariance)
      .def_readonly("log_likelihood", &LogisticFit::log_likelihood)
      .def_readonly("null_log_likelihood", &LogisticFit::null_log_likelihood)
      .def_readonly("iterations", &LogisticFit::iterations)
      .def_readonly("names", &LogisticFit::names)
      .def(
          "predict_probability",
          [](const LogisticFit& self, const py::object& x) { return self.predict_probability(matrix_from(x)); }, "x"_a,
          "Probability of class 1 per row of `x` (rows, columns).")
      .def(
          "to_frame",
          [](const LogisticFit& self) {
            std::vector<std::string> terms{"intercept"};
            terms.insert(terms.end(), self.names.begin(), self.names.end());
            Eigen::VectorXd estimates(1 + self.coefficients.size());
            estimates << self.intercept, self.coefficients;
            const Eigen::VectorXd odds = estimates.array().exp();
            const Eigen::VectorXd margin = 1.959963984540054 * self.standard_errors;  // normal quantile of 0.975
            const Eigen::VectorXd low = (estimates - margin).array().exp(), high = (estimates + margin).array().exp();
            return data_frame(py::dict("term"_a = terms, "coefficient"_a = estimates, "standard_error"_a = self.standard_errors,
                                       "z"_a = self.z_values, "p"_a = self.p_values, "odds_ratio"_a = odds,
                                       "odds_ratio_low"_a = low, "odds_ratio_high"_a = high));
          },
          "One row per term as a pandas DataFrame, with the odds ratio and its 95 % Wald interval.")
      .def("_repr_html_", &html)
      .def("__repr__",
           [](const LogisticFit& self) {
             auto text = detail::message("LogisticFit(intercept=", self.intercept);
             for (std::size_t i = 0; i < self.names.size(); ++i) {
               text += detail::message(", ", self.names[i], "=", self.coefficients[static_cast<Eigen::Index>(i)]);
             }
             return text + detail::message(", log_likelihood=", self.log_likelihood, ")");
           })
      .def(py::pickle(
          [](const LogisticFit& self) {
            return py::make_tuple(self.intercept, self.coefficients, self.standard_errors, self.z_values, self.p_values,
                                  self.covariance, self.log_likelihood, self.null_log_likelihood, self.iterations, self.names);
          },
          [](const py::tuple& s) {
            const auto vector = [&](std::size_t i) { return s[i].cast<Eigen::VectorXd>(); };
            return LogisticFit{s[0].cast<double>(), vector(1),
                               vector(2),           vector(3),
                               vector(4),           s[5].cast<Eigen::MatrixXd>(),
                               s[6].cast<double>(), s[7].cast<double>(),
                               s[8].cast<int>(),    s[9].cast<std::vector<std::string>>()};
          }));

  const LogisticRegression defaults;
  py::class_<LogisticRegression>(m, "LogisticRegression", R"(Logistic regression by maximum likelihood (Newton's method).

Parameters
----------
max_iterations : int
    Newton steps before giving up.
tolerance : float
    Stop when no coefficient of the standardised columns moves by more than this, relative to the largest.
ridge : float
    The log likelihood loses ridge / 2 * the sum of squared coefficients, not the intercept: scikit-learn's C = 1 / ridge.
)")
      .def(py::init([](int max_iterations, double tolerance, double ridge) {
             return LogisticRegression{max_iterations, tolerance, ridge};
           }),
           "max_iterations"_a = defaults.max_iterations, "tolerance"_a = defaults.tolerance, "ridge"_a = defaults.ridge)
      .def_readwrite("max_iterations", &LogisticRegression::max_iterations)
      .def_readwrite("tolerance", &LogisticRegression::tolerance)
      .def_readwrite("ridge", &LogisticRegression::ridge)
      .def(
          "fit",
          [](const LogisticRegression& self, const py::object& x, const py::object& y, const py::object& names) {
            std::vector<std::string> columns;
            const py::object given = names.is_none() && py::hasattr(x, "columns") ? x.attr("columns") : names;
            if (!given.is_none()) {
              for (const auto& name : given) columns.push_back(py::str(name).cast<std::string>());
            }
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
    If the columns separate the classes, so that no finite maximum exists, or the steps run out.
)")
      .def("__repr__",
           [](const LogisticRegression& self) {
             return detail::message("LogisticRegression(max_iterations=", self.max_iterations, ", tolerance=", self.tolerance,
                                    ", ridge=", self.ridge, ")");
           })
      .def(py::pickle(
          [](const LogisticRegression& self) { return py::make_tuple(self.max_iterations, self.tolerance, self.ridge); },
          [](const py::tuple& state) {
            return LogisticRegression{state[0].cast<int>(), state[1].cast<double>(), state[2].cast<double>()};
          }));
}

}  // namespace

void bind_evaluate_statistics(py::module_& m) { bind_logistic(m); }

// DeLong's intervals, comparisons of models and of subgroups, cross-validated areas.
#include <bolus/evaluate/compare_models.hpp>
#include <bolus/evaluate/compare_subgroups.hpp>
#include <bolus/evaluate/cross_validated_auc.hpp>

#include "evaluate.hpp"

using namespace std::string_view_literals;

BOLUS_STRING_ENUM(bolus::AucIntervalKind, "interval", "typing.Literal['logit', 'normal']", "logit"sv, "normal"sv)
BOLUS_STRING_ENUM(bolus::ComparisonMethod, "method", "typing.Literal['delong', 'bootstrap', 'permutation']", "delong"sv,
                  "bootstrap"sv, "permutation"sv)

namespace {

using namespace evaluate_binding;

/// Columns of a pandas DataFrame, filled row by row.
struct Table {
  py::dict columns;
  template <class Value>
  Table& add(const char* name, const Value& value) {
    if (!columns.contains(name)) columns[name] = py::list();
    columns[name].cast<py::list>().append(value);
    return *this;
  }
  py::object frame() const { return data_frame(columns); }
};

void add_area(Table& table, const AucEstimate& area) {
  table.add("auc", area.estimate)
      .add("standard_error", area.standard_error)
      .add("low", area.low)
      .add("high", area.high)
      .add("confidence", area.confidence)
      .add("positives", area.positives)
      .add("negatives", area.negatives);
}

void add_pair(Table& table, const AucComparison& pair) {
  table.add("first", pair.first)
      .add("second", pair.second)
      .add("first_auc", pair.first_auc)
      .add("second_auc", pair.second_auc)
      .add("difference", pair.difference)
      .add("low", pair.low)
      .add("high", pair.high)
      .add("statistic", pair.statistic)
      .add("p_value", pair.p_value)
      .add("p_adjusted", pair.p_adjusted)
      .add("method", py::cast(pair.method));
}

/// Scores of several models: a mapping or DataFrame of name to scores, or an array (samples, models).
std::pair<Eigen::MatrixXd, std::vector<std::string>> models_from(const py::object& scores) {
  std::vector<std::string> names;
  if (py::hasattr(scores, "keys") && py::hasattr(scores, "__getitem__")) {
    std::vector<std::vector<double>> columns;
    for (const auto& key : scores.attr("keys")()) {
      names.push_back(py::str(key).cast<std::string>());
      columns.push_back(scores_from(scores[key]));
      require<ShapeError>(columns.back().size() == columns.front().size(), "model '", names.back(), "' has ",
                          columns.back().size(), " scores, model '", names.front(), "' ", columns.front().size());
    }
    Eigen::MatrixXd matrix(columns.empty() ? 0 : Eigen::Index(columns.front().size()), Eigen::Index(columns.size()));
    for (std::size_t k = 0; k < columns.size(); ++k) {
      matrix.col(Eigen::Index(k)) = Eigen::Map<const Eigen::VectorXd>(columns[k].data(), matrix.rows());
    }
    return {std::move(matrix), std::move(names)};
  }
  auto matrix = matrix_from(scores);
  for (Eigen::Index k = 0; k < matrix.cols(); ++k) names.push_back(detail::message("model ", k));
  return {std::move(matrix), std::move(names)};
}

void bind_delong(py::module_& m) {
  py::class_<AucEstimate> area(m, "AucEstimate", "An area under the ROC curve with its standard error and interval.");
  add_results(area, "AucEstimate", Field{"estimate", &AucEstimate::estimate, "The area."},
              Field{"variance", &AucEstimate::variance, "DeLong's, or with patients Obuchowski's."},
              Field{"standard_error", &AucEstimate::standard_error, "Its root."},
              Field{"low", &AucEstimate::low, "Lower end of the interval."}, Field{"high", &AucEstimate::high, "Upper end."},
              Field{"confidence", &AucEstimate::confidence, "Of the interval."},
              Field{"positives", &AucEstimate::positives, "Positive samples, or patients that have any."},
              Field{"negatives", &AucEstimate::negatives, "Negative samples, or patients that have any."},
              Field{"flags", &AucEstimate::flags, "List of QcFlag: evaluate.delong.no_variance."});
  area.def(
          "to_frame",
          [](const AucEstimate& self) {
            Table table;
            add_area(table, self);
            return table.frame();
          },
          "One row as a pandas DataFrame.")
      .def("_repr_html_", &html)
      .def("__repr__", [](const AucEstimate& self) {
        return detail::message("AucEstimate(", self.estimate, ", ", 100.0 * self.confidence, " % interval ", self.low, " to ",
                               self.high, ", ", self.positives, " positive, ", self.negatives, " negative)");
      });

  py::class_<DelongAuc> step(m, "DelongAuc", R"(Area under the ROC curve with DeLong's standard error and interval.

Parameters
----------
confidence : float
    Of the interval, between 0 and 1.
interval : {"logit", "normal"}
    On the scale of the log odds, or estimate +- z standard errors cut off at 0 and 1.
threads : int
    0: all cores.
)");
  add_options(step, "DelongAuc", Field{"confidence", &DelongAuc::confidence, "Of the interval."},
              Field{"interval", &DelongAuc::interval, "logit or normal."},
              Field{"threads", &DelongAuc::threads, "0: all cores."});
  step.def(
      "__call__",
      [](const DelongAuc& self, const py::object& labels, const py::object& scores, const py::object& patients) {
        const auto truth = labels_from(labels);
        const auto values = scores_from(scores);
        const auto grouping = patients_from(patients);
        const py::gil_scoped_release release;
        return self(truth, values, grouping);
      },
      "labels"_a, "scores"_a, "patients"_a = py::none(), R"(Estimate the area.

Parameters
----------
labels : array (samples,) of bool or int
    1 is positive, 0 negative.
scores : array (samples,)
    Finite; higher means positive.
patients : sequence (samples,), optional
    Where samples share them: the variance is then Obuchowski's for clustered data.

Returns
-------
AucEstimate

Raises
------
OptionError, ShapeError
DataError
    If there are no samples, one class only, a score that is not finite, or a class with a single sample or patient.
)");
  m.def(
      "delong_covariance",
      [](const py::object& labels, const py::object& scores, const py::object& patients, int threads) {
        const auto truth = labels_from(labels);
        const auto models = models_from(scores);
        const auto grouping = patients_from(patients);
        AucCovariance result;
        {
          const py::gil_scoped_release release;
          result = delong_covariance(truth, models.first, grouping, threads);
        }
        return py::make_tuple(result.areas, result.covariance);
      },
      "labels"_a, "scores"_a, "patients"_a = py::none(), "threads"_a = 0,
      R"(Areas of several models on the same samples, and their covariance.

Parameters
----------
labels : array (samples,)
scores : array (samples, models), mapping or DataFrame of name to scores
patients : sequence (samples,), optional
threads : int
    0: all cores.

Returns
-------
areas : array (models,)
covariance : array (models, models)
)");
}

void bind_comparison(py::module_& m) {
  py::class_<AucComparison> result(m, "AucComparison", "Two areas, their difference and its test.");
  add_results(result, "AucComparison", Field{"first", &AucComparison::first, "Name of the first model."},
              Field{"second", &AucComparison::second, "Name of the second."},
              Field{"first_auc", &AucComparison::first_auc, "Area of the first."},
              Field{"second_auc", &AucComparison::second_auc, "Area of the second."},
              Field{"difference", &AucComparison::difference, "First minus second."},
              Field{"standard_error", &AucComparison::standard_error, "Of the difference."},
              Field{"statistic", &AucComparison::statistic, "z; for permutation the difference itself."},
              Field{"p_value", &AucComparison::p_value, "Two-sided."},
              Field{"p_adjusted", &AucComparison::p_adjusted, "By Holm over the pairs of a ModelComparison."},
              Field{"low", &AucComparison::low, "Lower end of the difference's interval."},
              Field{"high", &AucComparison::high, "Upper end."},
              Field{"confidence", &AucComparison::confidence, "Of the interval."},
              Field{"method", &AucComparison::method, "That gave the p value: delong, bootstrap or permutation."},
              Field{"paired", &AucComparison::paired, "Both on the same samples."},
              Field{"flags", &AucComparison::flags, "List of QcFlag."});
  result
      .def(
          "to_frame",
          [](const AucComparison& self) {
            Table table;
            add_pair(table, self);
            return table.frame();
          },
          "One row as a pandas DataFrame.")
      .def("_repr_html_", &html)
      .def("__repr__", [](const AucComparison& self) {
        return detail::message("AucComparison(", self.first, " ", self.first_auc, " - ", self.second, " ", self.second_auc,
                               " = ", self.difference, " (", self.low, " to ", self.high, "), P ", self.p_value, ")");
      });

  py::class_<CompareAuc> step(m, "CompareAuc", R"(Tests whether two areas under the ROC curve differ.

Parameters
----------
method : {"delong", "bootstrap", "permutation"}
confidence : float
    Of the interval of the difference.
replicates : int
    Of bootstrap and permutation.
seed : int
    Of their random numbers.
threads : int
    0: all cores.
)");
  add_options(step, "CompareAuc", Field{"method", &CompareAuc::method, "delong, bootstrap or permutation."},
              Field{"confidence", &CompareAuc::confidence, "Of the interval."},
              Field{"replicates", &CompareAuc::replicates, "Of bootstrap and permutation."},
              Field{"seed", &CompareAuc::seed, "Of their random numbers."},
              Field{"threads", &CompareAuc::threads, "0: all cores."});
  step.def(
          "__call__",
          [](const CompareAuc& self, const py::object& labels, const py::object& first, const py::object& second,
             const py::object& patients, const py::object& progress) {
            const auto truth = labels_from(labels);
            const auto one = scores_from(first), two = scores_from(second);
            const auto grouping = patients_from(patients);
            const auto reporting = progress_from(progress);
            const py::gil_scoped_release release;
            return self(truth, one, two, grouping, reporting);
          },
          "labels"_a, "first"_a, "second"_a, "patients"_a = py::none(), "progress"_a = py::none(),
          R"(Two models on the same samples (paired).

Parameters
----------
labels : array (samples,)
first, second : array (samples,)
    Scores of the two models, higher means positive; their scales may differ.
patients : sequence (samples,), optional
    Where samples share them.

Returns
-------
AucComparison
)")
      .def(
          "unpaired",
          [](const CompareAuc& self, const py::object& first_labels, const py::object& first_scores,
             const py::object& second_labels, const py::object& second_scores, const py::object& first_patients,
             const py::object& second_patients, const py::object& progress) {
            const auto a = labels_from(first_labels), b = labels_from(second_labels);
            const auto one = scores_from(first_scores), two = scores_from(second_scores);
            const auto mine = patients_from(first_patients), theirs = patients_from(second_patients);
            const auto reporting = progress_from(progress);
            const py::gil_scoped_release release;
            return self.unpaired(a, one, b, two, mine, theirs, reporting);
          },
          "first_labels"_a, "first_scores"_a, "second_labels"_a, "second_scores"_a, "first_patients"_a = py::none(),
          "second_patients"_a = py::none(), "progress"_a = py::none(),
          "Areas on two sets of samples that share no sample and no patient. Not for permutation. Returns AucComparison.");

  py::class_<ModelComparison> models(m, "ModelComparison", "Areas of k models on the same samples, and all pairs.");
  add_results(models, "ModelComparison", Field{"names", &ModelComparison::names, "Of the models."},
              Field{"models", &ModelComparison::models, "List of AucEstimate."},
              Field{"covariance", &ModelComparison::covariance, "Array (models, models), of the areas."},
              Field{"pairs", &ModelComparison::pairs, "List of AucComparison, p values adjusted by Holm."},
              Field{"statistic", &ModelComparison::statistic, "Chi-square: all areas equal."},
              Field{"degrees_of_freedom", &ModelComparison::degrees_of_freedom, "0: no such test exists."},
              Field{"p_value", &ModelComparison::p_value, "Of the chi-square."});
  models
      .def(
          "to_frame",
          [](const ModelComparison& self) {
            Table table;
            for (const auto& pair : self.pairs) add_pair(table, pair);
            return table.frame();
          },
          "One row per pair as a pandas DataFrame.")
      .def(
          "models_frame",
          [](const ModelComparison& self) {
            Table table;
            for (std::size_t i = 0; i < self.names.size(); ++i) {
              table.add("model", self.names[i]);
              add_area(table, self.models[i]);
            }
            return table.frame();
          },
          "One row per model as a pandas DataFrame.")
      .def("_repr_html_", &html)
      .def("__repr__", [](const ModelComparison& self) {
        return detail::message("ModelComparison(", self.names.size(), " models, chi-square ", self.statistic, " with ",
                               self.degrees_of_freedom, " degrees of freedom, P ", self.p_value, ")");
      });
  py::class_<CompareModels> many(m, "CompareModels", R"(Compares k models on the same samples: all pairs, Holm, and all equal.

Parameters
----------
method, confidence, replicates, seed, threads
    As `CompareAuc`.
)");
  add_options(many, "CompareModels", Field{"method", &CompareModels::method, "delong, bootstrap or permutation."},
              Field{"confidence", &CompareModels::confidence, "Of the intervals."},
              Field{"replicates", &CompareModels::replicates, "Of bootstrap and permutation."},
              Field{"seed", &CompareModels::seed, "Of their random numbers."},
              Field{"threads", &CompareModels::threads, "0: all cores."});
  many.def(
      "__call__",
      [](const CompareModels& self, const py::object& labels, const py::object& scores, const py::object& patients,
         const py::object& progress) {
        const auto truth = labels_from(labels);
        const auto given = models_from(scores);
        const auto grouping = patients_from(patients);
        const auto reporting = progress_from(progress);
        const py::gil_scoped_release release;
        return self(truth, given.first, given.second, grouping, reporting);
      },
      "labels"_a, "scores"_a, "patients"_a = py::none(), "progress"_a = py::none(), R"(Compare.

Parameters
----------
labels : array (samples,)
scores : mapping or DataFrame of name to scores, or array (samples, models)
patients : sequence (samples,), optional

Returns
-------
ModelComparison
)");
}

std::vector<std::string> names_from(const py::object& values) {
  std::vector<std::string> names;
  std::size_t sample = 0;
  for (const auto& value : one_dimensional(values, "group").attr("tolist")()) {
    const bool missing = value.is_none() || (py::isinstance<py::float_>(value) && std::isnan(value.cast<double>()));
    require<DataError>(!missing, "the group of sample ", sample, " is missing; leave the sample out, or name a group for it");
    names.push_back(py::str(value).cast<std::string>());
    ++sample;
  }
  return names;
}

void bind_subgroups(py::module_& m) {
  py::class_<SubgroupAuc> group(m, "SubgroupAuc", "One model, or two, in one subgroup.");
  add_results(group, "SubgroupAuc", Field{"name", &SubgroupAuc::name, "Of the subgroup."},
              Field{"samples", &SubgroupAuc::samples, "Samples in it."},
              Field{"positives", &SubgroupAuc::positives, "Positive samples in it."},
              Field{"auc", &SubgroupAuc::auc, "AucEstimate of the (first) model."},
              Field{"comparison", &SubgroupAuc::comparison, "AucComparison of the two models, or None."});
  group.def("__repr__", [](const SubgroupAuc& self) {
    return detail::message("SubgroupAuc(", self.name, ", ", self.samples, " samples, AUC ", self.auc.estimate, ")");
  });
  py::class_<SubgroupComparison> result(m, "SubgroupComparison", "What subgroups show, and the test of interaction.");
  add_results(result, "SubgroupComparison", Field{"groups", &SubgroupComparison::groups, "List of SubgroupAuc."},
              Field{"statistic", &SubgroupComparison::statistic, "Chi-square of the interaction."},
              Field{"degrees_of_freedom", &SubgroupComparison::degrees_of_freedom, "0: no test."},
              Field{"p_value", &SubgroupComparison::p_value, "Of the interaction."},
              Field{"flags", &SubgroupComparison::flags, "List of QcFlag: evaluate.subgroup.no_area, no_variance."});
  result
      .def(
          "to_frame",
          [](const SubgroupComparison& self) {
            Table table;
            for (const auto& each : self.groups) {
              table.add("group", each.name).add("samples", each.samples).add("positive", each.positives);
              add_area(table, each.auc);
              if (!each.comparison) continue;
              table.add("second_auc", each.comparison->second_auc)
                  .add("difference", each.comparison->difference)
                  .add("difference_low", each.comparison->low)
                  .add("difference_high", each.comparison->high)
                  .add("p_value", each.comparison->p_value);
            }
            return table.frame();
          },
          "One row per subgroup as a pandas DataFrame.")
      .def("_repr_html_", &html)
      .def("__repr__", [](const SubgroupComparison& self) {
        return detail::message("SubgroupComparison(", self.groups.size(), " groups, interaction chi-square ", self.statistic,
                               " with ", self.degrees_of_freedom, " degrees of freedom, P ", self.p_value, ")");
      });
  py::class_<CompareSubgroups> step(m, "CompareSubgroups", R"(Area in each subgroup and the test of interaction.

Parameters
----------
confidence : float
    Of the intervals.
threads : int
    0: all cores.
)");
  add_options(step, "CompareSubgroups", Field{"confidence", &CompareSubgroups::confidence, "Of the intervals."},
              Field{"threads", &CompareSubgroups::threads, "0: all cores."});
  step.def(
      "__call__",
      [](const CompareSubgroups& self, const py::object& labels, const py::object& scores, const py::object& groups,
         const py::object& patients, const py::object& second) {
        const auto truth = labels_from(labels);
        const auto values = scores_from(scores);
        const auto names = names_from(groups);
        const auto grouping = patients_from(patients);
        const auto other = second.is_none() ? std::vector<double>{} : scores_from(second);
        const py::gil_scoped_release release;
        return self(truth, values, names, grouping, other);
      },
      "labels"_a, "scores"_a, "groups"_a, "patients"_a = py::none(), "second"_a = py::none(), R"(Compare.

Parameters
----------
labels, scores : array (samples,)
groups : sequence (samples,)
    Such as grade, field strength or protocol.
patients : sequence (samples,), optional
    Where samples share them; a patient may lie in one group only.
second : array (samples,), optional
    Scores of another model: the interaction is then that of the difference of the two areas.

Returns
-------
SubgroupComparison
)");

  py::class_<CrossValidatedAuc> folds(m, "CrossValidatedAuc", "Areas of each fold, and of all out-of-fold scores in one pool.");
  add_results(
      folds, "CrossValidatedAuc", Field{"folds", &CrossValidatedAuc::folds, "Numbers of the folds with an area."},
      Field{"areas", &CrossValidatedAuc::areas, "One per fold."},
      Field{"without_area", &CrossValidatedAuc::without_area, "Folds with one class only."},
      Field{"mean", &CrossValidatedAuc::mean, "Of the folds' areas."},
      Field{"standard_deviation", &CrossValidatedAuc::standard_deviation, "Between folds; no standard error of the mean."},
      Field{"pooled", &CrossValidatedAuc::pooled, "AucEstimate of all scores together."},
      Field{"flags", &CrossValidatedAuc::flags, "List of QcFlag: evaluate.folds.no_area, evaluate.folds.shifted."});
  folds
      .def(
          "to_frame",
          [](const CrossValidatedAuc& self) {
            Table table;
            for (std::size_t i = 0; i < self.folds.size(); ++i)
              table.add("fold", py::str(std::to_string(self.folds[i]))).add("auc", self.areas[i]);
            table.add("fold", "mean").add("auc", self.mean).add("fold", "pooled").add("auc", self.pooled.estimate);
            return table.frame();
          },
          "One row per fold, then mean and pooled, as a pandas DataFrame.")
      .def("_repr_html_", &html)
      .def("__repr__", [](const CrossValidatedAuc& self) {
        return detail::message("CrossValidatedAuc(", self.folds.size(), " folds, mean ", self.mean, ", SD ",
                               self.standard_deviation, ", pooled ", self.pooled.estimate, ")");
      });
  m.def(
      "cross_validated_auc",
      [](const py::object& labels, const py::object& scores, const py::object& fold_numbers, const py::object& patients,
         double confidence) {
        const auto numbers = as_numbers(one_dimensional(fold_numbers, "fold"), "fold");
        std::vector<int> fold_of(static_cast<std::size_t>(numbers.size()));
        for (std::size_t i = 0; i < fold_of.size(); ++i) {
          require<DataError>(numbers.data()[i] == std::floor(numbers.data()[i]) && std::abs(numbers.data()[i]) < 1e9, "fold ",
                             i, " is ", numbers.data()[i], "; expected whole numbers");
          fold_of[i] = static_cast<int>(numbers.data()[i]);
        }
        return cross_validated_auc(labels_from(labels), scores_from(scores), fold_of, patients_from(patients), confidence);
      },
      "labels"_a, "scores"_a, "folds"_a, "patients"_a = py::none(), "confidence"_a = 0.95,
      R"(Pooled and per-fold area of out-of-fold scores.

Parameters
----------
labels, scores : array (samples,)
folds : array (samples,) of int
    Number of the fold that scored each sample.
patients : sequence (samples,), optional

Returns
-------
CrossValidatedAuc
)");
}

}  // namespace

void bind_evaluate_comparison(py::module_& m) {
  bind_delong(m);
  bind_comparison(m);
  bind_subgroups(m);
}

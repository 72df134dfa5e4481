// Cross-validation, plain and nested, and the options to search over.
#include <bolus/model/codeletion_classifier.hpp>
#include <bolus/model/nested_cross_validation.hpp>

#include "model.hpp"

namespace {

using namespace model_binding;

std::vector<std::size_t> indices_from(const py::handle& values, std::size_t fold) {
  const auto array = py::array_t<std::int64_t, py::array::c_style | py::array::forcecast>::ensure(values);
  if (!array) PyErr_Clear();
  detail::require<ShapeError>(array && array.ndim() == 1, "fold ", fold,
                              " is not a pair of lists of sample indices: (training, validation)");
  std::vector<std::size_t> indices;
  for (py::ssize_t i = 0; i < array.size(); ++i) {
    detail::require<DataError>(array.at(i) >= 0, "fold ", fold, " holds the sample index ", array.at(i),
                               "; expected 0 or a positive number");
    indices.push_back(static_cast<std::size_t>(array.at(i)));
  }
  return indices;
}

/// Folds from FoldIndices or from pairs of arrays, as the splitters of scikit-learn give them.
std::vector<FoldIndices> folds_from(const py::object& folds) {
  std::vector<FoldIndices> result;
  for (const auto& fold : folds) {
    py::list parts;
    for (const auto& part : fold) parts.append(part);
    detail::require<ShapeError>(parts.size() == 2, "fold ", result.size(), " has ", parts.size(),
                                " parts; expected (training, validation)");
    result.push_back({indices_from(parts[0], result.size()), indices_from(parts[1], result.size())});
  }
  return result;
}

py::array_t<double> array_of(const std::vector<double>& values) {
  return py::array_t<double>(static_cast<py::ssize_t>(values.size()), values.data());
}

/// The function of bolus.executors that does what a C++ call does, on an executor.
py::object on_executor(const char* name) { return py::module_::import("bolus.executors").attr(name); }

void bind_fold_result(py::module_& m) {
  py::class_<FoldResult> bound(m, "FoldResult", "One fold: a network, and what it says about the patients it never saw.");
  add_results(bound, "FoldResult", Field{"model", &FoldResult::model, "FittedModel."},
              Field{"prediction", &FoldResult::prediction, "Of the held-out samples."},
              Field{"auc", &FoldResult::auc, "Area under the ROC curve of the held-out samples."});
  bound
      .def(
          "to_frame", [](const FoldResult& self) { return py::cast(self.prediction).attr("to_frame")(); },
          "The prediction as a pandas DataFrame.")
      .def("__repr__", [](const FoldResult& self) {
        return detail::message("FoldResult(", self.prediction.probability.size(), " samples, AUC ", self.auc, ")");
      });
  add_html(bound);
  m.def(
      "run_fold",
      [](const py::object& classifier, const Dataset& dataset, const py::object& fold, const py::object& progress) {
        const auto options = classifier_from(classifier);
        const auto indices = folds_from(py::make_tuple(fold));
        const auto report = progress_from(progress);
        const py::gil_scoped_release release;
        return run_fold(options, dataset, indices.front(), report);
      },
      "classifier"_a, "dataset"_a, "fold"_a, "progress"_a = py::none(), R"(Train one fold and predict what it holds out.

Parameters
----------
classifier : IDHClassifier
    Trained with its own seed.
dataset : Dataset
    With labels and patients.
fold : FoldIndices or (training, validation)
progress : callable (stage, done, total), optional

Returns
-------
FoldResult
)");
  m.def(
      "require_folds",
      [](const py::object& folds, const Dataset& dataset) {
        const auto indices = folds_from(folds);
        require_folds(indices, dataset);
      },
      "folds"_a, "dataset"_a,
      "Raise DataError where a patient is on both sides of a fold, a side has one class, or a sample is not held out once.");
  m.def(
      "fold_seeds",
      [](std::uint64_t seed, const py::object& folds, const Dataset& dataset) {
        return fold_seeds(seed, folds_from(folds), dataset);
      },
      "seed"_a, "folds"_a, "dataset"_a, "The seed of each fold: `seed` + its rank by the name of its first held-out patient.");
}

void bind_cross_validation(py::module_& m) {
  using Result = CrossValidationResult;
  py::class_<Result> result(m, "CrossValidationResult", "Every sample predicted by a network that never saw its patient.");
  add_results(result, "CrossValidationResult",
              Field{"prediction", &Result::prediction, "Out-of-fold Prediction, one entry per sample."},
              Field{"fold", &Result::fold, ""}, Field{"models", &Result::models, "One FittedModel per fold."},
              Field{"auc", &Result::auc, ""}, Field{"seeds", &Result::seeds, "That each fold was trained with."},
              Field{"pooled_auc", &Result::pooled_auc,
                    "Of all samples together: scores of several networks, so not one classifier's."});
  result
      .def_property_readonly(
          "fold", [](const Result& self) { return py::array_t<std::size_t>(self.fold.size(), self.fold.data()); },
          "(samples,) fold that held the sample out, from 0.")
      .def_property_readonly(
          "auc", [](const Result& self) { return array_of(self.auc); },
          "(folds,) area under the ROC curve of each fold's held-out samples.")
      .def_property_readonly("mean_auc", &Result::mean_auc, "Mean of `auc`.")
      .def_property_readonly("standard_deviation_auc", &Result::standard_deviation_auc, "Sample standard deviation of `auc`.")
      .def(
          "to_frame",
          [](const Result& self) {
            std::vector<std::size_t> folds, epochs, samples(self.auc.size());
            for (const auto fold : self.fold) ++samples[fold];
            for (std::size_t k = 0; k < self.auc.size(); ++k) {
              folds.push_back(k);
              epochs.push_back(self.models[k].history.best_epoch + 1);
            }
            return data_frame(py::dict("fold"_a = folds, "samples"_a = samples, "best_epoch"_a = epochs, "auc"_a = self.auc));
          },
          "Samples held out, best epoch (from 1) and AUC per fold as a pandas DataFrame.")
      .def("__repr__", [](const Result& self) {
        return detail::message("CrossValidationResult(", self.auc.size(), " folds, AUC ", self.mean_auc(), " +- ",
                               self.standard_deviation_auc(), ", pooled ", self.pooled_auc, ")");
      });
  add_html(result);
  m.def(
      "join_folds",
      [](const Dataset& dataset, const py::object& folds, std::vector<FoldResult> results, std::vector<std::uint64_t> seeds) {
        const auto indices = folds_from(folds);
        return join_folds(dataset, indices, std::move(results), std::move(seeds));
      },
      "dataset"_a, "folds"_a, "results"_a, "seeds"_a, "The results of all folds as a CrossValidationResult.");

  py::class_<CrossValidation> cross_validation(m, "CrossValidation", R"(Cross-validation by patient, stratified by class.

Folds run side by side, one core each, with the same numbers on any number of threads, in any order, and on any executor.

Parameters
----------
folds : int
    2 or more, at most the patients of the smaller class.
seed : int
    Of the division into folds. The networks' seeds come from the classifier's, see `fold_seeds`.
threads : int
    Folds trained at the same time; 0: all cores.
)");
  add_options(cross_validation, "CrossValidation", Field{"folds", &CrossValidation::folds, "2 or more."},
              Field{"seed", &CrossValidation::seed, "Of the division into folds."},
              Field{"threads", &CrossValidation::threads, "Folds trained at the same time; 0 means all cores."});
  cross_validation.def("make_folds", &CrossValidation::make_folds, "dataset"_a, "The folds: a list of FoldIndices.")
      .def(
          "__call__",
          [](const CrossValidation& self, const py::object& classifier, const Dataset& dataset, const py::object& folds,
             const py::object& executor, const py::object& progress) -> py::object {
            const auto options = classifier_from(classifier);
            const auto indices = folds.is_none() ? self.make_folds(dataset) : folds_from(folds);
            if (!executor.is_none()) return on_executor("cross_validate")(options, dataset, indices, executor, progress);
            const auto report = progress_from(progress);
            std::optional<Result> found;
            {
              const py::gil_scoped_release release;
              found = self(options, dataset, indices, report);
            }
            return py::cast(std::move(*found));
          },
          "classifier"_a, "dataset"_a, "folds"_a = py::none(), "executor"_a = py::none(), "progress"_a = py::none(),
          R"(Train and predict every fold.

Parameters
----------
classifier : IDHClassifier
    Its options are used; it is not changed.
dataset : Dataset
    With labels and patients.
folds : sequence of FoldIndices or (training, validation), optional
    Folds of your own; a patient on both sides, or a part with one class, is an error.
executor : concurrent.futures.Executor or dask.distributed.Client, optional
    Where folds are trained; threads of this process when not given. The numbers are the same.
progress : callable (stage, done, total), optional
    Returning False stops.

Returns
-------
CrossValidationResult

Raises
------
ShapeError, DataError, OptionError, Cancelled
)");
}

void bind_hyper_parameters(py::module_& m) {
  py::class_<ParameterRange> range(m, "ParameterRange", R"(A range to draw a number from.

Parameters
----------
low, high : float
    Smallest and largest value.
logarithmic : bool
    Draw the logarithm evenly, as fits a learning rate.
integer : bool
    Whole numbers, both ends included.
)");
  add_options(range, "ParameterRange", Field{"low", &ParameterRange::low, "Smallest value."},
              Field{"high", &ParameterRange::high, "Largest value."},
              Field{"logarithmic", &ParameterRange::logarithmic, "Draw the logarithm evenly."},
              Field{"integer", &ParameterRange::integer, "Whole numbers."});
  m.def("parameter_grid", &parameter_grid, "values"_a, R"(Every combination of the values.

Parameters
----------
values : dict of str to list
    E.g. ``{"hidden_size": [8, 16], "dropout": [0.0, 0.3]}``.

Returns
-------
list of dict
    The last name, in alphabetical order, changes fastest.
)");
  m.def("random_parameters", &random_parameters, "space"_a, "count"_a, "seed"_a = 0, R"(Independent random draws of options.

Parameters
----------
space : dict of str to ParameterRange or list
    What to draw each option from.
count : int
seed : int
    Draw i of an option depends on the seed, the option's name and i alone.

Returns
-------
list of dict
)");
  m.def("codeletion_classifier", &codeletion_classifier,
        "Training options for 1p/19q codeletion among IDH-mutant gliomas; the estimator is bolus.CodeletionClassifier.");
  m.def(
      "with_parameters",
      [](const py::object& classifier, const Parameters& parameters) {
        return with_parameters(classifier_from(classifier), parameters);
      },
      "classifier"_a, "parameters"_a, "The training options with these changed. Raises OptionError.");
}

py::object trial_frame(const NestedCrossValidationResult& self) {
  std::map<std::string, py::list> columns;
  for (const auto& trial : self.trials) {
    for (const auto& [name, value] : trial.parameters) columns[name] = py::list();
  }
  py::list outer, mean, deviation, chosen;
  for (const auto& trial : self.trials) {
    outer.append(trial.outer_fold);
    mean.append(trial.mean_auc());
    deviation.append(trial.standard_deviation_auc());
    chosen.append(trial.chosen);
    for (auto& [name, column] : columns) {
      const auto found = trial.parameters.find(name);
      column.append(found == trial.parameters.end() ? py::object(py::none()) : py::cast(found->second));
    }
  }
  py::dict table("outer_fold"_a = outer);
  for (const auto& [name, column] : columns) table[py::str(name)] = column;
  table["mean_auc"] = mean;
  table["standard_deviation_auc"] = deviation;
  table["chosen"] = chosen;
  return data_frame(table);
}

void bind_nested(py::module_& m) {
  py::class_<NestedTrial> trial(m, "NestedTrial", "One set of options, tried on the training patients of one outer fold.");
  trial.def(py::init([](std::size_t outer_fold, Parameters parameters, std::vector<double> auc) {
              return NestedTrial{outer_fold, std::move(parameters), std::move(auc), false};
            }),
            "outer_fold"_a, "parameters"_a, "auc"_a);
  add_results(trial, "NestedTrial", Field{"outer_fold", &NestedTrial::outer_fold, "From 0."},
              Field{"parameters", &NestedTrial::parameters, "Dict of what was changed."},
              Field{"auc", &NestedTrial::auc, "Of each inner fold."},
              Field{"chosen", &NestedTrial::chosen, "The best of its fold."});
  trial.def_property_readonly("mean_auc", &NestedTrial::mean_auc, "Mean of `auc`.")
      .def_property_readonly("standard_deviation_auc", &NestedTrial::standard_deviation_auc, "Sample standard deviation.")
      .def(
          "to_frame",
          [](const NestedTrial& self) {
            std::vector<std::size_t> folds;
            for (std::size_t i = 0; i < self.auc.size(); ++i) folds.push_back(i);
            return data_frame(py::dict("inner_fold"_a = folds, "auc"_a = self.auc));
          },
          "AUC per inner fold as a pandas DataFrame.")
      .def("__repr__", [](const NestedTrial& self) {
        return detail::message("NestedTrial(outer fold ", self.outer_fold, ", ", to_string(self.parameters), ", AUC ",
                               self.mean_auc(), self.chosen ? ", chosen)" : ")");
      });
  add_html(trial);

  using Result = NestedCrossValidationResult;
  py::class_<Result> result(m, "NestedCrossValidationResult", "A search judged by patients who took no part in it.");
  result.def(py::init([](std::vector<NestedTrial> trials, CrossValidationResult outer) {
               return Result{std::move(trials), std::move(outer)};
             }),
             "trials"_a, "outer"_a);
  add_results(result, "NestedCrossValidationResult", Field{"trials", &Result::trials, "List of NestedTrial."},
              Field{"outer", &Result::outer, "CrossValidationResult of the chosen options."});
  result.def_property_readonly("chosen", &Result::chosen, "List of dict: the chosen options of each outer fold.")
      .def("to_frame", &trial_frame, "Options and inner AUC of every trial as a pandas DataFrame.")
      .def("__repr__", [](const Result& self) {
        return detail::message("NestedCrossValidationResult(", self.trials.size(), " trials, outer AUC ", self.outer.mean_auc(),
                               " +- ", self.outer.standard_deviation_auc(), ")");
      });
  add_html(result);
  m.def(
      "choose_trials",
      [](std::vector<NestedTrial> trials, std::size_t outer_folds) {
        auto best = choose_trials(trials, outer_folds);
        return py::make_tuple(std::move(trials), std::move(best));
      },
      "trials"_a, "outer_folds"_a, "The trials with the best of each outer fold marked, and its options per outer fold.");

  py::class_<NestedCrossValidation> nested(m, "NestedCrossValidation", R"(A search over options that is judged fairly.

The inner folds, within the training patients of an outer fold, choose the options; the outer fold judges them.

Parameters
----------
outer_folds : int
    Judge.
inner_folds : int
    Choose.
seed : int
    Of the division into folds.
threads : int
    Networks trained at the same time; 0: all cores.
)");
  add_options(nested, "NestedCrossValidation", Field{"outer_folds", &NestedCrossValidation::outer_folds, "Judge."},
              Field{"inner_folds", &NestedCrossValidation::inner_folds, "Choose."},
              Field{"seed", &NestedCrossValidation::seed, "Of the division into folds."},
              Field{"threads", &NestedCrossValidation::threads, "Networks trained at the same time; 0 means all cores."});
  nested.def("make_outer_folds", &NestedCrossValidation::make_outer_folds, "dataset"_a, "List of FoldIndices.")
      .def(
          "make_inner_folds",
          [](const NestedCrossValidation& self, const Dataset& dataset, const py::object& outer, std::size_t number) {
            const auto indices = folds_from(py::make_tuple(outer));
            return self.make_inner_folds(dataset, indices.front(), number);
          },
          "dataset"_a, "outer"_a, "number"_a, "List of FoldIndices within the training part of outer fold `number`.")
      .def(
          "__call__",
          [](const NestedCrossValidation& self, const py::object& classifier, const Dataset& dataset,
             const py::object& candidates, const py::object& executor, const py::object& progress) -> py::object {
            const auto options = classifier_from(classifier);
            if (py::hasattr(candidates, "search_within")) {
              return on_executor("nested_search")(self, options, dataset, candidates, executor, progress);
            }
            if (!executor.is_none()) {
              return on_executor("nested_cross_validate")(self, options, dataset, candidates, executor, progress);
            }
            const auto list = candidates.cast<std::vector<Parameters>>();
            const auto report = progress_from(progress);
            std::optional<Result> found;
            {
              const py::gil_scoped_release release;
              found = self(options, dataset, list, report);
            }
            return py::cast(std::move(*found));
          },
          "classifier"_a, "dataset"_a, "candidates"_a, "executor"_a = py::none(), "progress"_a = py::none(),
          R"(Search and judge.

Parameters
----------
classifier : IDHClassifier
    Its options hold where a candidate does not change them.
dataset : Dataset
    With labels and patients.
candidates : list of dict, or OptunaSearch
    Options to try: from `parameter_grid`, `random_parameters` or your own.
executor : concurrent.futures.Executor or dask.distributed.Client, optional
    Where networks are trained. The numbers are the same.
progress : callable (stage, done, total), optional

Returns
-------
NestedCrossValidationResult

Raises
------
ShapeError, DataError, OptionError, Cancelled
)");
}

}  // namespace

void bind_model_validation(py::module_& m) {
  bind_fold_result(m);
  bind_cross_validation(m);
  bind_hyper_parameters(m);
  bind_nested(m);
}

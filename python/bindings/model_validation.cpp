// Cross-validation.
#include <bolus/model/cross_validation.hpp>

#include "model.hpp"

namespace {

using namespace model_binding;

void bind_cross_validation(py::module_& m) {
  using Result = CrossValidationResult;
  py::class_<Result> result(m, "CrossValidationResult", "Every sample predicted by a network that never saw its patient.");
  add_results(result, "CrossValidationResult",
              Field{"prediction", &Result::prediction, "Out-of-fold Prediction, one entry per sample."},
              Field{"fold", &Result::fold, ""}, Field{"models", &Result::models, "One FittedModel per fold."},
              Field{"auc", &Result::auc, ""});
  result
      .def_property_readonly(
          "fold", [](const Result& self) { return py::array_t<std::size_t>(self.fold.size(), self.fold.data()); },
          "(samples,) fold that held the sample out, from 0.")
      .def_property_readonly(
          "auc", [](const Result& self) { return py::array_t<double>(self.auc.size(), self.auc.data()); },
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
                               self.standard_deviation_auc(), ")");
      });
  add_html(result);

  py::class_<CrossValidation> cross_validation(m, "CrossValidation", R"(Cross-validation by patient, stratified by class.

Folds run side by side, one core each, with the same numbers on any number of threads.

Parameters
----------
folds : int
    2 or more, at most the patients of the smaller class.
seed : int
    Of the division into folds. Fold k is trained with the classifier's seed + k.
threads : int
    Folds trained at the same time; 0: all cores.
)");
  add_options(cross_validation, "CrossValidation", Field{"folds", &CrossValidation::folds, "2 or more."},
              Field{"seed", &CrossValidation::seed, "Of the division into folds."},
              Field{"threads", &CrossValidation::threads, "Folds trained at the same time; 0 means all cores."});
  cross_validation.def(
      "__call__",
      [](const CrossValidation& self, const py::object& classifier, const Dataset& dataset, const py::object& progress) {
        const auto options = classifier_from(classifier);
        const auto report = progress_from(progress);
        const py::gil_scoped_release release;
        return self(options, dataset, report);
      },
      "classifier"_a, "dataset"_a, "progress"_a = py::none(), R"(Train and predict every fold.

Parameters
----------
classifier : IDHClassifier
    Its options are used; it is not changed.
dataset : Dataset
    With labels and patients.
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

}  // namespace

void bind_model_validation(py::module_& m) { bind_cross_validation(m); }

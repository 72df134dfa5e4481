#pragma once
// What the binding files of the model module share: enumerations as strings, sizes, and each file's function.
#include <bolus/model/idh_classifier.hpp>

#include "arrays.hpp"
#include "option_class.hpp"
#include "progress.hpp"

BOLUS_STRING_ENUM(bolus::AttentionActivation, "attention_activation", "typing.Literal['none', 'tanh']",
                  std::string_view("none"), std::string_view("tanh"))
BOLUS_STRING_ENUM(bolus::ClassWeights, "class_weights", "typing.Literal['balanced', 'none']", std::string_view("balanced"),
                  std::string_view("none"))
BOLUS_STRING_ENUM(bolus::Optimizer, "optimizer", "typing.Literal['adam', 'adamw']", std::string_view("adam"),
                  std::string_view("adamw"))
BOLUS_STRING_ENUM(bolus::TrainingLoss, "loss", "typing.Literal['cross_entropy', 'focal']", std::string_view("cross_entropy"),
                  std::string_view("focal"))
BOLUS_STRING_ENUM(bolus::LearningRateSchedule, "schedule", "typing.Literal['constant', 'cosine', 'plateau']",
                  std::string_view("constant"), std::string_view("cosine"), std::string_view("plateau"))
BOLUS_STRING_ENUM(bolus::StoppingCriterion, "early_stopping", "typing.Literal['loss', 'auc']", std::string_view("loss"),
                  std::string_view("auc"))
BOLUS_STRING_ENUM(bolus::BatchOrder, "batches", "typing.Literal['shuffled', 'mixed']", std::string_view("shuffled"),
                  std::string_view("mixed"))
BOLUS_STRING_ENUM(bolus::Engine, "engine", "typing.Literal['fused', 'libtorch']", std::string_view("fused"),
                  std::string_view("libtorch"))
BOLUS_STRING_ENUM(bolus::Device, "device", "typing.Literal['cpu', 'cuda']", std::string_view("cpu"), std::string_view("cuda"))

BOLUS_STRING_ENUM(bolus::Aggregation, "aggregation", "typing.Literal['mean', 'median', 'maximum', 'logit_mean']",
                  std::string_view("mean"), std::string_view("median"), std::string_view("maximum"),
                  std::string_view("logit_mean"))

namespace model_binding {

using namespace bolus;

/// A size from Python, where -1 is a number like any other.
inline std::size_t size_from(const char* name, std::int64_t value) {
  detail::require<OptionError>(value >= 0, name, " is ", value, "; expected a positive number");
  return static_cast<std::size_t>(value);
}

/// numpy values as they lie: (samples, channels, steps), or (samples, steps) for one channel. Throws ShapeError.
inline SampleView samples_in(const py::array_t<float, py::array::c_style | py::array::forcecast>& array) {
  detail::require<ShapeError>(array.ndim() == 3 || array.ndim() == 2,
                              "expected an array of samples x channels x steps (or samples x steps), found ", array.ndim(),
                              " dimension(s)");
  const auto dimension = [&](int axis) { return static_cast<std::size_t>(array.shape(axis)); };
  SampleView samples;
  samples.samples = dimension(0);
  samples.channels = array.ndim() == 3 ? dimension(1) : 1;
  samples.steps = dimension(static_cast<int>(array.ndim()) - 1);
  samples.values = {array.data(), static_cast<std::size_t>(array.size())};
  return samples;
}

/// The option given in Python, which may be the scikit-learn estimator.
inline IDHClassifier classifier_from(py::object classifier) {
  if (py::hasattr(classifier, "_options")) classifier = classifier.attr("_options")();
  detail::require<OptionError>(py::isinstance<IDHClassifier>(classifier), "classifier is ",
                               py::str(py::type::of(classifier)).cast<std::string>(), "; expected a bolus.IDHClassifier");
  return classifier.cast<IDHClassifier>();
}

}  // namespace model_binding

void bind_model_explain(py::module_& m);
void bind_model_training(py::module_& m);
void bind_model_validation(py::module_& m);
void bind_model_ensemble(py::module_& m);

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

namespace model_binding {

using namespace bolus;

/// A size from Python, where -1 is a number like any other.
inline std::size_t size_from(const char* name, std::int64_t value) {
  detail::require<OptionError>(value >= 0, name, " is ", value, "; expected a positive number");
  return static_cast<std::size_t>(value);
}

/// The option given in Python, which may be the scikit-learn estimator.
inline IDHClassifier classifier_from(py::object classifier) {
  if (py::hasattr(classifier, "_options")) classifier = classifier.attr("_options")();
  detail::require<OptionError>(py::isinstance<IDHClassifier>(classifier), "classifier is ",
                               py::str(py::type::of(classifier)).cast<std::string>(), "; expected a bolus.IDHClassifier");
  return classifier.cast<IDHClassifier>();
}

}  // namespace model_binding

void bind_model_training(py::module_& m);
void bind_model_validation(py::module_& m);

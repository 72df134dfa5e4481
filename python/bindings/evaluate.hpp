#pragma once
// What the binding files of the evaluation module share: labels, scores, patients and tables from numpy, and each file's
// function.
#include <algorithm>
#include <bolus/evaluate/patients.hpp>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "arrays.hpp"
#include "option_class.hpp"
#include "progress.hpp"

namespace evaluate_binding {

using namespace bolus;
using detail::require;

inline py::array as_array(const py::object& values, const char* what) {
  try {
    return py::module_::import("numpy").attr("asarray")(values).cast<py::array>();
  } catch (py::error_already_set& error) {
    if (!error.matches(PyExc_ValueError)) throw;
    throw ShapeError(detail::message("the ", what, "s cannot be made an array: ", py::str(error.value()).cast<std::string>()));
  }
}

inline py::array one_dimensional(const py::object& values, const char* what) {
  auto array = as_array(values, what);
  require<ShapeError>(array.ndim() == 1, "expected the ", what, "s as a one-dimensional array, found ", array.ndim(),
                      " dimension(s)");
  return array;
}

/// Numbers as float64, not copied where they are so already. Throws DataError for what is no number.
template <int order = py::array::c_style>
py::array_t<double, order> as_numbers(const py::array& array, const char* what) {
  try {
    require<DataError>(array.dtype().kind() != 'c', "the ", what, "s are complex; expected real numbers");
    const py::object numbers = array.attr("astype")("float64", "copy"_a = false);
    return numbers.template cast<py::array_t<double, order>>();
  } catch (py::error_already_set& error) {
    if (!error.matches(PyExc_ValueError) && !error.matches(PyExc_TypeError)) throw;
    throw DataError(detail::message("the ", what, "s are not numbers: ", py::str(error.value()).cast<std::string>()));
  }
}

/// Labels or predictions, 0 or 1, from booleans, integers, or floats that are exactly that.
inline std::vector<int> labels_from(const py::object& values, const char* what = "label") {
  const auto array = one_dimensional(values, what);
  require<DataError>(array.size() == 0 || std::string("biuf").find(array.dtype().kind()) != std::string::npos, "the ", what,
                     "s are of dtype ", py::str(array.dtype()).cast<std::string>(),
                     "; expected booleans or integers, 0 (IDH-wildtype) and 1 (IDH-mutant)");
  std::vector<int> labels(static_cast<std::size_t>(array.size()));
  const auto take = [&](const auto* numbers) {
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const auto value = numbers[i];
      require<DataError>(value == 0 || value == 1, what, " ", i, " is ", value,
                         "; expected 0 (negative, IDH-wildtype) or 1 (positive, IDH-mutant)");
      labels[i] = static_cast<int>(value);
    }
  };
  if (py::isinstance<py::array_t<std::int64_t, py::array::c_style>>(array)) {
    take(static_cast<const std::int64_t*>(array.data()));  // what numpy makes of integers
  } else {
    take(as_numbers(array, what).data());
  }
  return labels;
}

inline std::vector<double> scores_from(const py::object& values) {
  const auto numbers = as_numbers(one_dimensional(values, "score"), "score");
  return {numbers.data(), numbers.data() + numbers.size()};
}

inline std::string patient_name(const py::handle& value, std::size_t sample) {
  const bool missing = value.is_none() || (py::isinstance<py::float_>(value) && std::isnan(value.cast<double>())) ||
                       py::type::of(value).attr("__name__").cast<std::string>() == "NAType";
  require<DataError>(!missing, "the patient of sample ", sample, " is missing; name every patient");
  auto name = py::str(value).cast<std::string>();
  require<DataError>(!name.empty(), "the patient of sample ", sample, " has an empty name; name every patient");
  return name;
}

/// One patient per sample, told apart by their text. Arrays of numbers or text are sorted by numpy, which is quick.
inline Patients patients_from(const py::object& values) {
  if (values.is_none()) return {};
  const auto array = one_dimensional(values, "patient");
  std::vector<std::uint32_t> codes(static_cast<std::size_t>(array.size()));
  std::vector<std::string> found;  // names in the order of the codes, which may repeat (1 and "1")
  if (array.dtype().kind() == 'O') {
    std::map<std::string, std::uint32_t> known;
    std::size_t sample = 0;
    for (const auto& value : array) {
      const auto [entry, added] = known.try_emplace(patient_name(value, sample), static_cast<std::uint32_t>(found.size()));
      if (added) found.push_back(entry->first);
      codes[sample++] = entry->second;
    }
  } else {
    const py::tuple unique =
        py::module_::import("numpy").attr("unique")(array, "return_index"_a = true, "return_inverse"_a = true);
    const auto first = unique[1].cast<py::array_t<std::int64_t>>();
    const auto inverse = unique[2].cast<py::array_t<std::int64_t>>();
    py::ssize_t place = 0;
    for (const auto& value : unique[0].attr("tolist")()) {
      found.push_back(patient_name(value, static_cast<std::size_t>(first.at(place++))));
    }
    for (std::size_t i = 0; i < codes.size(); ++i)
      codes[i] = static_cast<std::uint32_t>(inverse.at(static_cast<py::ssize_t>(i)));
  }
  auto names = found;
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::vector<std::uint32_t> sorted(found.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    sorted[i] = static_cast<std::uint32_t>(std::lower_bound(names.begin(), names.end(), found[i]) - names.begin());
  }
  for (auto& code : codes) code = sorted[code];
  return Patients::from_codes(std::move(codes), std::move(names));
}

inline Eigen::MatrixXd matrix_from(const py::object& values) {
  const auto array = as_array(values, "input");
  require<ShapeError>(array.ndim() == 2, "expected the inputs as a two-dimensional array (rows, columns), found ", array.ndim(),
                      " dimension(s)");
  const auto numbers = as_numbers<py::array::f_style>(array, "input");
  return Eigen::Map<const Eigen::MatrixXd>(numbers.data(), numbers.shape(0), numbers.shape(1));
}

template <class Integer>
py::array_t<std::int64_t> index_array(const std::vector<Integer>& values) {
  py::array_t<std::int64_t> array(static_cast<py::ssize_t>(values.size()));
  std::copy(values.begin(), values.end(), array.mutable_data());
  return array;
}

inline const char* python_bool(bool value) { return value ? "True" : "False"; }

inline py::object html(const py::object& self) { return self.attr("to_frame")().attr("to_html")("index"_a = false); }

}  // namespace evaluate_binding

void bind_evaluate_calibration(py::module_& m);
void bind_evaluate_regression(py::module_& m);
void bind_evaluate_roc(py::module_& m);
void bind_evaluate_comparison(py::module_& m);
void bind_evaluate_patterns(py::module_& m);
void bind_evaluate_statistics(py::module_& m);
void bind_evaluate_calibrators(py::module_& m);

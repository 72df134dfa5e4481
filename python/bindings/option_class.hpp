#pragma once
// Plain structs as Python classes: one list of fields gives the keyword constructor with the C++ defaults, the attributes,
// the repr and pickling. And enumerations as strings.
#include <string>
#include <utility>
#include <vector>

#include "choices.hpp"
#include "module.hpp"

/// Lets an enumeration pass as one of the given strings, in the order of its values; another string raises OptionError.
#define BOLUS_STRING_ENUM(Type, option, literal, ...)                                    \
  namespace pybind11::detail {                                                           \
  template <>                                                                            \
  struct type_caster<Type> {                                                             \
    PYBIND11_TYPE_CASTER(Type, const_name(literal));                                     \
    static constexpr std::array names{__VA_ARGS__};                                      \
    bool load(handle source, bool) {                                                     \
      if (!isinstance<str>(source)) return false;                                        \
      value = static_cast<Type>(choice_from(option, source.cast<std::string>(), names)); \
      return true;                                                                       \
    }                                                                                    \
    static handle cast(Type source, return_value_policy, handle) {                       \
      return str(std::string(names[static_cast<std::size_t>(source)])).release();        \
    }                                                                                    \
  };                                                                                     \
  }

/// A member of a struct with its name and meaning in Python.
template <class Struct, class Value>
struct Field {
  const char* name;
  Value Struct::* member;
  const char* doc;
};
template <class Struct, class Value>
Field(const char*, Value Struct::*, const char*) -> Field<Struct, Value>;

namespace option_class_detail {

template <class Struct, class... Options, class... Values>
void add_pickle_and_repr(py::class_<Struct, Options...>& bound, const char* name, bool show_all,
                         Field<Struct, Values>... fields) {
  bound.def(py::pickle(
      [=](const Struct& self) { return py::make_tuple(py::cast(self.*fields.member, py::return_value_policy::copy)...); },
      [=](const py::tuple& state) {
        Struct value;
        std::size_t i = 0;
        ((value.*fields.member = state[i++].template cast<Values>()), ...);
        return value;
      }));
  if (!show_all) return;
  bound.def("__repr__", [=](const py::object& self) {
    std::string text = name;
    [[maybe_unused]] const char* separator = "(";
    ((text += separator + std::string(fields.name) + "=" + std::string(py::str(py::repr(self.attr(fields.name)))),
      separator = ", "),
     ...);
    return text + (sizeof...(fields) == 0 ? "()" : ")");
  });
}

}  // namespace option_class_detail

/// Binds a struct of options: `__init__` by keyword or position with the struct's own defaults, writable attributes.
template <class Struct, class... Options, class... Values>
void add_options(py::class_<Struct, Options...>& bound, const char* name, Field<Struct, Values>... fields) {
  [[maybe_unused]] const Struct defaults{};
  bound.def(py::init([=](Values... values) {
              Struct options;
              ((options.*fields.member = std::move(values)), ...);
              return options;
            }),
            (py::arg(fields.name) = defaults.*fields.member)...);
  (bound.def_readwrite(fields.name, fields.member, fields.doc), ...);
  option_class_detail::add_pickle_and_repr(bound, name, true, fields...);
}

/// Binds a struct of results: read-only attributes and pickling. Give it its own `__repr__`.
template <class Struct, class... Options, class... Values>
void add_results(py::class_<Struct, Options...>& bound, const char* name, Field<Struct, Values>... fields) {
  (bound.def_property_readonly(
       fields.name, [member = fields.member](const Struct& self) { return self.*member; }, fields.doc),
   ...);
  option_class_detail::add_pickle_and_repr(bound, name, false, fields...);
}

/// `_repr_html_` through `to_frame`, for notebooks.
template <class Class>
void add_html(Class& bound) {
  bound.def("_repr_html_", [](const py::object& self) { return self.attr("to_frame")().attr("to_html")("max_rows"_a = 12); });
}

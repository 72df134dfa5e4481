#include "module.hpp"

void bind_evaluate(py::module_& module) {
  auto m = module.def_submodule("evaluate");
}

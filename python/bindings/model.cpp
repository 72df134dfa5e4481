#include "module.hpp"

void bind_model(py::module_& module) {
  auto m = module.def_submodule("model");
}

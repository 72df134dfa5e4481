#include "module.hpp"

void bind_dsc(py::module_& module) {
  auto m = module.def_submodule("dsc");
}

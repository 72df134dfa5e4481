#include "module.hpp"

void bind_simulate(py::module_& module) {
  auto m = module.def_submodule("simulate");
}

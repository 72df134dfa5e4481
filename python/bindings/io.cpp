#include "module.hpp"

void bind_io(py::module_& module) {
  auto m = module.def_submodule("io");
}

#include "module.hpp"

void bind_pipeline(py::module_& module) {
  auto m = module.def_submodule("pipeline");
}

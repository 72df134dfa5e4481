#include "module.hpp"

void bind_preprocess(py::module_& module) {
  auto m = module.def_submodule("preprocess");
}

#include "module.hpp"

void bind_segment(py::module_& module) {
  auto m = module.def_submodule("segment");
}

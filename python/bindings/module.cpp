#include "module.hpp"

#include <bolus/core/version.hpp>

PYBIND11_MODULE(_core, module) {
  module.doc() = "The compiled part of bolus. Use the package bolus, which presents all of it.";
  module.attr("__version__") = BOLUS_VERSION;
  bind_core(module);
  bind_dsc(module);
  bind_simulate(module);
  bind_evaluate(module);
#ifdef BOLUS_WITH_IMAGING
  bind_io(module);
  bind_preprocess(module);
#endif
#ifdef BOLUS_WITH_NN
  bind_segment(module);
  bind_model(module);
#endif
#if defined(BOLUS_WITH_IMAGING) && defined(BOLUS_WITH_NN)
  bind_segment_brain(module);
  bind_pipeline(module);
#endif
}

// From images as scanned to a study on one grid.
#include <bolus/preprocess/reorient.hpp>

#include "arrays.hpp"
#include "option_class.hpp"
#include "preprocess.hpp"
#include "progress.hpp"

using namespace bolus;

namespace {

using Unlocked = py::call_guard<py::gil_scoped_release>;

void bind_reorient(py::module_& m) {
  m.def("orientation_of", &orientation_of, "geometry"_a, R"(How the axes of a grid run.

Parameters
----------
geometry : bolus.Geometry

Returns
-------
str
    For x, y, z the letter of R/L, A/P, S/I towards which the index grows, as nibabel's aff2axcodes.
)");
  auto reorient =
      py::class_<Reorient>(m, "Reorient", R"(Permutes and flips axes until they run as asked; no voxel changes or moves.

Parameters
----------
orientation : str
    One letter of each of R/L, A/P, S/I, in any order: towards growing index.
)");
  add_options(reorient, "Reorient", Field{"orientation", &Reorient::orientation, "e.g. 'LPS'"});
  const char* doc = R"(Reorient an image, mask, label map or series.

Raises
------
OptionError
    If the orientation is impossible.
DataError
    If the image is empty.
)";
  reorient
      .def("__call__", py::overload_cast<const Image<float>&>(&Reorient::operator(), py::const_), "image"_a, Unlocked(), doc)
      .def("__call__", py::overload_cast<const Mask&>(&Reorient::operator(), py::const_), "image"_a, Unlocked(), doc)
      .def("__call__", py::overload_cast<const LabelMap&>(&Reorient::operator(), py::const_), "image"_a, Unlocked(), doc)
      .def("__call__", py::overload_cast<const PerfusionSeries&>(&Reorient::operator(), py::const_), "image"_a, Unlocked(),
           doc);
}

}  // namespace

void bind_preprocess(py::module_& module) {
  auto m = module.def_submodule("preprocess", "From images as scanned to a study on one 1 mm grid.");
  bind_reorient(m);
  bind_preprocess_registration(m);
  bind_preprocess_motion(m);
  bind_preprocess_bias(m);
  bind_preprocess_brain(m);
  bind_preprocess_study(m);
}

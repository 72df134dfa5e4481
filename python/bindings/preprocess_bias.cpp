// The bias field of an image.
#include <bolus/preprocess/bias_correction.hpp>

#include "arrays.hpp"
#include "preprocess.hpp"
#include "preprocess_brain.hpp"
#include "progress.hpp"

using namespace bolus;

namespace {

void bind_field(py::module_& m) {
  using F = BiasField;
  py::class_<F, std::shared_ptr<F>> field(m, "BiasField",
                                          R"(A smooth multiplicative field over the box of a grid: exp of a cubic B-spline.

It is known wherever it is asked for, so it can be estimated on one image and taken from another, raw or resampled, of the same scan.
)");
  add_results(field, "BiasField", Field{"grid", &F::grid, "Whose box the spline covers."},
              Field{"control_points", &F::control_points, "Of the spline, per axis."},
              Field{"coefficients", &F::coefficients, "x fastest, of the log field."},
              Field{"scale", &F::scale, "Factor that keeps the mean within the mask."});
  field
      .def(
          "__call__",
          [](const F& self, const Geometry& target, const Eigen::Matrix4d& to_grid, int threads) {
            const py::gil_scoped_release release;
            return std::make_shared<Image<float>>(self(target, to_grid, threads));
          },
          "target"_a, "to_grid"_a = Eigen::Matrix4d::Identity().eval(), "threads"_a = 0, R"(The field on any grid.

Parameters
----------
target : bolus.Geometry
to_grid : array (4, 4)
    LPS mm: maps points of the target to points of the grid.
threads : int
    0: all cores.

Returns
-------
bolus.Image
    Beyond the box the value at its edge.

Raises
------
GeometryError
    If target or matrix are impossible.
)")
      .def("__repr__", [](const F& self) {
        return detail::message("BiasField(", self.control_points[0], " x ", self.control_points[1], " x ",
                               self.control_points[2], " control points)");
      });
  m.def(
      "divide_bias",
      [](const Image<float>& image, const Image<float>& bias) {
        const py::gil_scoped_release release;
        return std::make_shared<Image<float>>(divide_bias(image, bias));
      },
      "image"_a, "field"_a, R"(image / field, voxel by voxel; voxels at 0 or below stay as they are.

Parameters
----------
image, field : bolus.Image

Returns
-------
bolus.Image

Raises
------
GeometryError
    If they lie on different grids.
DataError
    If the field is not positive.
)");
}

void bind_correction(py::module_& m) {
  m.def("foreground_mask", &foreground_mask, "image"_a, "bins"_a = 200, py::call_guard<py::gil_scoped_release>(),
        R"(Where the image is not air: voxels above Otsu's threshold.

Parameters
----------
image : bolus.Image
bins : int
    Of the histogram.

Returns
-------
bolus.Mask

Raises
------
DataError
    If the image is empty, constant or not finite.
)");
  using Result = std::shared_ptr<BiasCorrectionResult>;
  py::class_<BiasCorrectionResult, Result>(m, "BiasCorrectionResult", "An image without its bias field.")
      .def_property_readonly(
          "corrected", [](const Result& self) { return std::shared_ptr<Image<float>>(self, &self->corrected); },
          "image / field")
      .def_property_readonly(
          "field", [](const Result& self) { return std::shared_ptr<Image<float>>(self, &self->field); },
          "Multiplicative, around 1.")
      .def_property_readonly(
          "spline", [](const Result& self) { return std::shared_ptr<BiasField>(self, &self->spline); },
          "The same field for other grids.")
      .def_readonly("iterations", &BiasCorrectionResult::iterations, "Done, per level.")
      .def_readonly("flags", &BiasCorrectionResult::flags)
      .def(
          "to_frame",
          [](const BiasCorrectionResult& self) {
            py::list levels;
            for (std::size_t i = 0; i < self.iterations.size(); ++i) levels.append(i + 1);
            return data_frame(py::dict("level"_a = levels, "iterations"_a = self.iterations));
          },
          "Iterations per level as a pandas DataFrame.")
      .def("_repr_html_", [](const py::object& self) { return self.attr("to_frame")().attr("to_html")("index"_a = false); })
      .def("__repr__", [](const BiasCorrectionResult& self) {
        const auto [low, high] = std::minmax_element(self.field.values().begin(), self.field.values().end());
        return detail::message("BiasCorrectionResult(field ", *low, " to ", *high, ", ", self.flags.size(), " flags)");
      });

  auto correction = py::class_<BiasCorrection>(m, "BiasCorrection", R"(N4 bias field correction (Tustison et al. 2010).

The mean within the mask is preserved; voxels at 0 or below take no part and stay as they are. The same bits on any number of
threads.

Parameters
----------
shrink : int
    Step between the voxels used, at most 5 mm; axes with thick voxels are thinned less.
iterations : sequence of int
    At most, per level; each level doubles the spans of the spline's lattice.
tolerance : float
    A level ends when the coefficient of variation of the field's change falls below.
control_points : int
    Per axis at the first level, at least 4.
bins : int
    Of the log histogram.
full_width : float
    FWHM of the Gaussian that widens the log histogram.
wiener_noise : float
    Noise term of the deconvolution.
threads : int
    0: all cores.
)");
  add_options(correction, "BiasCorrection", Field{"shrink", &BiasCorrection::shrink, "Step between the voxels used."},
              Field{"iterations", &BiasCorrection::iterations, "At most, per level."},
              Field{"tolerance", &BiasCorrection::tolerance, "Ends a level."},
              Field{"control_points", &BiasCorrection::control_points, "Per axis at the first level."},
              Field{"bins", &BiasCorrection::bins, "Of the log histogram."},
              Field{"full_width", &BiasCorrection::full_width, "FWHM in log intensity."},
              Field{"wiener_noise", &BiasCorrection::wiener_noise, "Of the deconvolution."},
              Field{"threads", &BiasCorrection::threads, "0 means all cores."});
  correction.def(
      "__call__",
      [](const BiasCorrection& self, const Image<float>& image, const Mask* mask, const Image<float>* weights,
         const py::object& progress) {
        const auto callback = progress_from(progress);
        const py::gil_scoped_release unlocked;
        return std::make_shared<BiasCorrectionResult>(self(image, mask ? std::optional<Mask>(*mask) : std::nullopt,
                                                           weights ? std::optional<Image<float>>(*weights) : std::nullopt,
                                                           callback));
      },
      "image"_a, "mask"_a = py::none(), "weights"_a = py::none(), "progress"_a = py::none(), R"(Correct an image.

Parameters
----------
image : bolus.Image
mask : bolus.Mask, optional
    `foreground_mask(image)` when not given.
weights : bolus.Image, optional
    0 or more: how much a voxel of the mask counts in the fit, e.g. the probability of white matter.
progress : callable (stage, done, total), optional
    Return False to stop.

Returns
-------
BiasCorrectionResult

Raises
------
DataError
    If the image is not finite or has no positive voxel in the mask.
GeometryError
    If mask or weights lie on another grid.
OptionError
    If an option is out of range.
)");
}

}  // namespace

void bind_preprocess_bias(py::module_& m) {
  bind_field(m);
  bind_correction(m);
}

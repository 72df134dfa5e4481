// Masks found from the series.
#include <bolus/dsc/brain_mask.hpp>
#include <bolus/dsc/reference_tissue.hpp>
#include <bolus/dsc/white_matter.hpp>

#include "arrays.hpp"
#include "dsc.hpp"
#include "progress.hpp"

namespace {

using namespace bolus;

void bind_result(py::module_& m) {
  using T = TissueMask;
  py::class_<T> mask(m, "TissueMask", "Voxels of one tissue, found automatically, with what speaks for or against them.");
  add_results(mask, "TissueMask", Field{"mask", &T::mask, "Mask on the grid of the series."},
              Field{"voxel_count", &T::voxel_count, "Voxels of the mask."},
              Field{"coefficient_of_variation", &T::coefficient_of_variation,
                    "Standard deviation over mean of what the step measures in the mask."},
              Field{"flags", &T::flags, "QC flags: reasons to doubt the mask."});
  mask.def(
          "to_frame",
          [](const T& t) {
            return data_frame(py::dict(
                "voxels"_a = std::vector{t.voxel_count},
                "volume_ml"_a = std::vector{static_cast<double>(t.voxel_count) * t.mask.geometry().spacing.prod() / 1000.0},
                "coefficient_of_variation"_a = std::vector{t.coefficient_of_variation},
                "flags"_a = std::vector{t.flags.size()}));
          },
          "One row as a pandas DataFrame.")
      .def("__repr__", [](const T& t) {
        return detail::message("TissueMask(", t.voxel_count, " voxels, coefficient of variation ", t.coefficient_of_variation,
                               ", ", t.flags.size(), " flags)");
      });
  add_html(mask);
}

void bind_brain(py::module_& m) {
  using B = BrainMask;
  py::class_<B> step(m, "BrainMask", R"(Brain of a T2*-weighted series from its intensity alone.

The mean baseline image is cut between its background and its tissue level (Otsu 1979), thin bridges are opened, the largest part
is kept and the holes of its slices are filled. A skull strip of a structural image, brought to this grid, is better.

Parameters
----------
baseline : Baseline
    How the pre-bolus window of the whole series is found.
fraction : float
    Threshold between the median of the background (0) and that of the tissue (1).
opening : float
    mm eroded before the largest part is chosen, and grown back.
threads : int
    0: all cores. The result is the same for any number.
)");
  add_options(step, "BrainMask", Field{"baseline", &B::baseline, "How the pre-bolus window is found."},
              Field{"fraction", &B::fraction, "Threshold between background (0) and tissue (1)."},
              Field{"opening", &B::opening, "mm eroded and grown back."}, Field{"threads", &B::threads, "0 means all cores."});
  step.def(
      "__call__",
      [](const B& self, const PerfusionSeries& series, const py::object& progress) {
        const auto callback = progress_from(progress);
        const py::gil_scoped_release release;
        return self(series, callback);
      },
      "series"_a, "progress"_a = py::none(), R"(Find the brain.

Parameters
----------
series : PerfusionSeries
progress : callable, optional
    Called with (stage, done, total); returning False stops.

Returns
-------
TissueMask
    Its coefficient of variation is that of the baseline signal. Flags of the baseline, and dsc.brain.not_finite, .no_background,
    .small, .fragmented.

Raises
------
DataError
    If no voxel has signal.
)");
}

void bind_reference(py::module_& m) {
  using R = ReferenceTissue;
  py::class_<R> step(m, "ReferenceTissue", R"(Brain tissue that does not enhance, the reference of leakage correction.

Voxels whose signal comes back after the bolus: the mean of the last samples lies at most `above` baseline standard deviations over
S0 (Boxerman et al., AJNR 2006), and their median dR2* within `within` of what is usual for a voxel with that blood volume.
The tumour with a margin, vessels, voxels without a bolus and voxels with a signal <= 0 are left out.

Parameters
----------
timing : BolusTiming
    Of the mean curve of the brain.
tail_samples : int
    Samples at the end of the series that are judged.
above, within : float
    Standard deviations, see above.
vessel_percentile : float
    Voxels above it in blood volume, or early and above it in peak, are vessels.
tumour_margin : float
    mm around the tumour that are left out.
threads : int
    0: all cores. The result is the same for any number.
)");
  add_options(step, "ReferenceTissue", Field{"timing", &R::timing, "Of the mean curve of the brain."},
              Field{"tail_samples", &R::tail_samples, "Samples at the end that are judged."},
              Field{"above", &R::above, "Standard deviations that the tail may lie over S0."},
              Field{"within", &R::within, "Standard deviations that its dR2* may lie from what is usual."},
              Field{"vessel_percentile", &R::vessel_percentile, "Above it in blood volume, a voxel is a vessel."},
              Field{"tumour_margin", &R::tumour_margin, "mm around the tumour that are left out."},
              Field{"threads", &R::threads, "0 means all cores."});
  step.def(
      "__call__",
      [](const R& self, const PerfusionSeries& series, const Mask& brain, const LabelMap* labels, const Mask* vessels,
         const py::object& progress) {
        const auto callback = progress_from(progress);
        const py::gil_scoped_release release;
        return self(series, brain, labels, vessels, callback);
      },
      "series"_a, "brain"_a, "labels"_a = py::none(), "vessels"_a = py::none(), "progress"_a = py::none(),
      R"(Find the reference.

Parameters
----------
series : PerfusionSeries
brain : Mask
    On the grid of the series.
labels : LabelMap, optional
    Tumour, on the grid of the series.
vessels : Mask, optional
    Voxels to leave out, on the grid of the series.
progress : callable, optional

Returns
-------
TissueMask
    Its coefficient of variation is that of the relative blood volume. Flags of the timing, and dsc.reference.no_tail, .small,
    .few, .not_positive.

Raises
------
GeometryError, OptionError
DataError
    If the mask is empty, there is no bolus, or no voxel is left.
)");
}

void bind_white_matter(py::module_& m) {
  using W = WhiteMatter;
  py::class_<W> step(m, "WhiteMatter", R"(Normal-appearing white matter for normalising blood volume.

White matter of the half of the brain without the tumour. The halves are told apart by the plane about which the brain is most
symmetric; white matter is the class of low blood volume and low T2*-weighted baseline signal (bright on T1 where that is given) in
a mixture of three normal distributions, without its border. Nothing in it is random.

Parameters
----------
timing : BolusTiming
    Of the mean curve of the brain.
tumour_margin : float
    mm around the tumour and around its mirror image that are left out.
edge_margin, midline_margin : float
    mm of the brain's edge, and to each side of the mirror plane, that are left out.
vessel_ratio, fluid_ratio : float
    A blood volume above or below this times the median is a vessel or fluid.
certainty : float
    Least probability of the class.
erosion : int
    Voxels taken off the class in its slice.
min_voxels : int
    Flagged when fewer are found.
max_variation : float
    Flagged when the coefficient of variation is larger.
threads : int
    0: all cores. The result is the same for any number.
)");
  add_options(step, "WhiteMatter", Field{"timing", &W::timing, "Of the mean curve of the brain."},
              Field{"tumour_margin", &W::tumour_margin, "mm around the tumour and its mirror image."},
              Field{"edge_margin", &W::edge_margin, "mm of the brain's edge."},
              Field{"midline_margin", &W::midline_margin, "mm to each side of the mirror plane."},
              Field{"vessel_ratio", &W::vessel_ratio, "Above this times the median, a voxel is a vessel."},
              Field{"fluid_ratio", &W::fluid_ratio, "Below this times the median, a voxel is fluid."},
              Field{"certainty", &W::certainty, "Least probability of the class."},
              Field{"erosion", &W::erosion, "Voxels taken off the class in its slice."},
              Field{"min_voxels", &W::min_voxels, "Flagged when fewer are found."},
              Field{"max_variation", &W::max_variation, "Flagged when the coefficient of variation is larger."},
              Field{"threads", &W::threads, "0 means all cores."});
  step.def(
      "__call__",
      [](const W& self, const PerfusionSeries& series, const Mask& brain, const LabelMap* labels, const Image<float>* t1,
         const Image<float>* flair, const py::object& progress) {
        const auto callback = progress_from(progress);
        const py::gil_scoped_release release;
        return self(series, brain, labels, t1, flair, callback);
      },
      "series"_a, "brain"_a, "labels"_a = py::none(), "t1"_a = py::none(), "flair"_a = py::none(), "progress"_a = py::none(),
      R"(Find the white matter.

Parameters
----------
series : PerfusionSeries
brain : Mask
    On the grid of the series.
labels : LabelMap, optional
    Tumour, on the grid of the series; without one both halves are used.
t1, flair : Image, optional
    On the grid of the series.
progress : callable, optional

Returns
-------
TissueMask
    Its coefficient of variation is that of the relative blood volume. Flags of the timing, and
    dsc.white_matter.crosses_midline, .not_symmetric, .not_eroded, .small, .heterogeneous.

Raises
------
GeometryError, OptionError
DataError
    If the mask is empty, there is no bolus, or nothing is left.
)");
}

}  // namespace

void bind_dsc_masks(py::module_& m) {
  bind_result(m);
  bind_brain(m);
  bind_reference(m);
  bind_white_matter(m);
}

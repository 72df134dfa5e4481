// The arterial input function.
#include <bolus/dsc/arterial_search.hpp>
#include <bolus/dsc/gamma_variate_fit.hpp>
#include <bolus/dsc/population_input.hpp>
#include <bolus/dsc/venous_rescaling.hpp>

#include "arrays.hpp"
#include "dsc.hpp"
#include "progress.hpp"

BOLUS_STRING_ENUM(bolus::ArterialMethod, "method", "typing.Literal['mouridsen', 'peruzzo']", std::string_view("mouridsen"),
                  std::string_view("peruzzo"))

namespace {

using namespace bolus;
using Released = py::call_guard<py::gil_scoped_release>;

/// A tumour given as Mask, as LabelMap (all of it), or not at all; another type raises TypeError.
class TumourMask {
 public:
  explicit TumourMask(const py::object& tumour) {
    if (tumour.is_none()) return;
    if (py::isinstance<Mask>(tumour)) {
      mask_ = &tumour.cast<const Mask&>();
    } else if (py::isinstance<LabelMap>(tumour)) {
      whole_ = tumour.cast<const LabelMap&>().mask(Region::whole_tumour);
      mask_ = &whole_;
    } else {
      throw py::type_error("tumour must be a Mask, a LabelMap or None");
    }
  }
  TumourMask(const TumourMask&) = delete;
  TumourMask& operator=(const TumourMask&) = delete;
  const Mask* get() const { return mask_; }

 private:
  Mask whole_;
  const Mask* mask_ = nullptr;
};

void bind_gamma_variate(py::module_& m) {
  py::class_<GammaVariate> arterial(m, "GammaVariate", R"(Concentration of contrast agent in arterial blood over time.

A gamma variate as first pass, a broader one as recirculation, and a tail.

Parameters
----------
arrival : float
    s.
peak : float
    Concentration at the peak of the first pass, mM.
alpha, beta : float
    Shape (no unit) and scale (s); the first pass peaks alpha * beta after the arrival.
recirculation : float
    Area of the second pass over that of the first.
recirculation_delay : float
    s.
recirculation_width : float
    beta of the second pass over that of the first.
equilibrium : float
    Height of the tail over the peak.
clearance_time : float
    Time constant of the tail, s.
)");
  add_options(arterial, "GammaVariate", Field{"arrival", &GammaVariate::arrival, "s"}, Field{"peak", &GammaVariate::peak, "mM"},
              Field{"alpha", &GammaVariate::alpha, "Shape."}, Field{"beta", &GammaVariate::beta, "Scale, s."},
              Field{"recirculation", &GammaVariate::recirculation, "Area of the second pass over the first."},
              Field{"recirculation_delay", &GammaVariate::recirculation_delay, "s"},
              Field{"recirculation_width", &GammaVariate::recirculation_width, "Over the first pass."},
              Field{"equilibrium", &GammaVariate::equilibrium, "Height of the tail over the peak."},
              Field{"clearance_time", &GammaVariate::clearance_time, "s"});
  arterial
      .def("__call__", py::overload_cast<const Eigen::VectorXd&>(&GammaVariate::operator(), py::const_), "times"_a,
           "Concentration in mM at `times` (s). Raises OptionError for impossible parameters.")
      .def("first_pass_integral", &GammaVariate::first_pass_integral, "Area of the first pass in mM s.");
}

void bind_gamma_variate_fit(py::module_& m) {
  using Fitted = FittedGammaVariate;
  py::class_<Fitted> fitted(m, "FittedGammaVariate", R"(A gamma variate through a measured curve, with the quality of the fit.

Heights are in the unit of the curve: 1/s for dR2*, mM for a concentration.
)");
  add_results(fitted, "FittedGammaVariate", Field{"curve", &Fitted::curve, "GammaVariate with the fitted parameters."},
              Field{"fitted", &Fitted::fitted, "Its values at the samples (t,)."},
              Field{"first_pass_integral", &Fitted::first_pass_integral, "Area of the first pass alone, unit times s."},
              Field{"integral_error", &Fitted::integral_error, "Standard error of that area."},
              Field{"r_squared", &Fitted::r_squared, "Share of the variance that is explained."},
              Field{"residual_deviation", &Fitted::residual_deviation, "Standard deviation of the residuals."},
              Field{"converged", &Fitted::converged, "Whether the iteration reached its end."},
              Field{"iterations", &Fitted::iterations, "Steps in all."},
              Field{"parameters", &Fitted::parameters, "Names of the fitted parameters, as in GammaVariate."},
              Field{"standard_errors", &Fitted::standard_errors, "One per name; 0 at a bound."},
              Field{"flags", &Fitted::flags, "QC flags of the timing, dsc.gamma.not_converged, .at_bound, .poor, .truncated."});
  fitted
      .def(
          "to_frame",
          [](const py::object& self) {
            const auto& fit = self.cast<const Fitted&>();
            const py::object curve = self.attr("curve");
            std::vector<double> values;
            for (const auto& name : fit.parameters) values.push_back(curve.attr(name.c_str()).cast<double>());
            return data_frame(
                py::dict("parameter"_a = fit.parameters, "value"_a = values, "standard_error"_a = fit.standard_errors));
          },
          "Parameters, values and standard errors as a pandas DataFrame.")
      .def("__repr__", [](const Fitted& f) {
        return detail::message("FittedGammaVariate(first_pass_integral=", f.first_pass_integral, " +- ", f.integral_error,
                               ", r_squared=", f.r_squared, f.converged ? "" : ", not converged", ", ", f.flags.size(),
                               " flags)");
      });
  add_html(fitted);

  py::class_<GammaVariateFit> fit(m, "GammaVariateFit",
                                  R"(Fits a gamma variate with recirculation and tail to a curve that rises with the bolus.

Robust least squares (Huber's weights) by Levenberg-Marquardt with bounds: first the first pass alone, then everything.

Parameters
----------
recirculation : bool
    Fit the second pass and the tail too; else only samples of the first pass are fitted.
clearance_time : float
    Time constant of the tail's decay, s; not fitted.
poor : float
    Flagged when less of the variance than this is explained.
max_iterations : int
    Steps of each fit.
timing : BolusTiming
    Where the first pass lies.
)");
  add_options(fit, "GammaVariateFit", Field{"recirculation", &GammaVariateFit::recirculation, "Fit the second pass too."},
              Field{"clearance_time", &GammaVariateFit::clearance_time, "s"},
              Field{"poor", &GammaVariateFit::poor, "Share of the variance below which the fit is flagged."},
              Field{"max_iterations", &GammaVariateFit::max_iterations, "Steps of each fit."},
              Field{"timing", &GammaVariateFit::timing, "Where the first pass lies."});
  fit.def("__call__", &GammaVariateFit::operator(), "curve"_a, "times"_a, Released(), R"(Fit.

Parameters
----------
curve : array (t,)
    dR2* in 1/s, or a concentration.
times : array (t,)
    Seconds.

Returns
-------
FittedGammaVariate

Raises
------
ShapeError, DataError, OptionError
    If lengths differ, a sample is not finite, there is no bolus, or fewer than 6 samples follow its arrival.
)");
}

void bind_arterial_input(py::module_& m) {
  py::class_<ArterialCurve> curve(m, "ArterialCurve",
                                  "An arterial input function as signal and, where TE is known, as dR2*, with what speaks for "
                                  "or against it.");
  add_results(curve, "ArterialCurve", Field{"times", &ArterialCurve::times, "Seconds."},
              Field{"signal", &ArterialCurve::signal, "Mean signal of the voxels (t,)."},
              Field{"voxel_count", &ArterialCurve::voxel_count, "Voxels averaged; 0 for a population's."},
              Field{"baseline", &ArterialCurve::baseline, "BaselineWindow of the mean curve."},
              Field{"relative_drop", &ArterialCurve::relative_drop, "(S0 - Smin) / S0."},
              Field{"contrast_to_noise", &ArterialCurve::contrast_to_noise, "(S0 - Smin) / noise."},
              Field{"peak", &ArterialCurve::peak, "Sample of the smallest signal."},
              Field{"flags", &ArterialCurve::flags, "QC flags of the baseline, dsc.aif.no_drop, .saturated, .population."},
              Field{"echo_time", &ArterialCurve::echo_time, "TE in s, or None."},
              Field{"delta_r2s", &ArterialCurve::delta_r2s, "dR2* in 1/s (t,); empty when TE is not known."});
  curve
      .def(
          "to_frame",
          [](const ArterialCurve& c) {
            py::dict columns("time"_a = c.times, "signal"_a = c.signal);
            if (c.delta_r2s.size() > 0) columns["delta_r2s"] = py::cast(c.delta_r2s);
            return data_frame(columns);
          },
          "Time, signal and, where TE is known, dR2* as a pandas DataFrame.")
      .def("__repr__", [](const ArterialCurve& c) {
        return detail::message("ArterialCurve(", c.voxel_count, " voxels, drop ", c.relative_drop, " of S0, contrast to noise ",
                               c.contrast_to_noise, ", ", c.flags.size(), " flags)");
      });
  add_html(curve);
  py::class_<ArterialInput> input(m, "ArterialInput", R"(The arterial input function as the mean of the voxels of a mask.

Parameters
----------
baseline : Baseline
    How the pre-bolus window is found.
saturation : float
    Flagged when the signal falls below this fraction of S0.
echo_time : float, optional
    TE in s; that of the series when None.
threads : int
    0: all cores.
)");
  add_options(input, "ArterialInput", Field{"baseline", &ArterialInput::baseline, "How the pre-bolus window is found."},
              Field{"saturation", &ArterialInput::saturation, "Fraction of S0."},
              Field{"echo_time", &ArterialInput::echo_time, "TE in s, or None."},
              Field{"threads", &ArterialInput::threads, "0 means all cores."});
  input.def(
      "__call__",
      [](const ArterialInput& self, const PerfusionSeries& series, const Mask& mask, const py::object& progress) {
        const auto callback = progress_from(progress);
        const py::gil_scoped_release release;
        return self(series, mask, callback);
      },
      "series"_a, "mask"_a, "progress"_a = py::none(),
      "Mean curve of the voxels of `mask`, as an ArterialCurve. Raises GeometryError, DataError.");

  py::class_<PopulationInput> population(m, "PopulationInput", R"(An arterial input function that was measured in nobody.

For where the patient's own cannot be measured. Its shape is not the patient's: flow and transit times from it are no more than
relative. dR2* = linear c + quadratic c^2.

Parameters
----------
arrival : float
    Of the bolus, s, e.g. BolusTimes.arrival_time.
shape : GammaVariate
    Concentration in mM; its own arrival is not used. alpha 3 and beta 1.5 s as in Ostergaard et al. 1996; the peak of 6 mM is an
    assumption.
linear, quadratic : float
    dR2* of blood per mM and per mM squared at 3 T; at 1.5 T take 7.62 and 0.574.
baseline_signal : float
    S0 of the signal.
echo_time : float
    TE in s.
)");
  add_options(population, "PopulationInput", Field{"arrival", &PopulationInput::arrival, "s"},
              Field{"shape", &PopulationInput::shape, "Concentration, mM."},
              Field{"linear", &PopulationInput::linear, "1/(s mM)"},
              Field{"quadratic", &PopulationInput::quadratic, "1/(s mM^2)"},
              Field{"baseline_signal", &PopulationInput::baseline_signal, "S0."},
              Field{"echo_time", &PopulationInput::echo_time, "TE in s."});
  population.def("concentration", &PopulationInput::concentration, "The GammaVariate with its arrival, in mM.")
      .def("__call__", &PopulationInput::operator(), "times"_a, Released(), R"(The curve at the given times.

Parameters
----------
times : array (t,)
    Seconds.

Returns
-------
ArterialCurve
    Flagged dsc.aif.population.
)");
}

void bind_arterial_search(py::module_& m) {
  py::class_<ArterialQuality> parts(m, "ArterialQuality",
                                    R"(How much an arterial input function looks like one, in parts from 0 (no) to 1.

The features are those of the mean curve of the chosen voxels beside those of the mean curve of the searched brain.
)");
  add_results(
      parts, "ArterialQuality", Field{"contrast", &ArterialQuality::contrast, "Peak over noise: 0 at 5, 1 at 20."},
      Field{"height", &ArterialQuality::height, "Peak over the brain's: 0 at 1.25, 1 at 2.5."},
      Field{"lead", &ArterialQuality::lead, "First moment before the brain's: 0 at 0 s, 1 at 1.5 s."},
      Field{"narrowness", &ArterialQuality::narrowness, "Width over the brain's: 0 at 1, 1 at 0.75."},
      Field{"agreement", &ArterialQuality::agreement, "Mean correlation with the mean curve: 0 at 0.8, 1 at 0.95."},
      Field{"unsaturated", &ArterialQuality::unsaturated, "Smallest signal over the saturated level: 0 at 0.5, 1 at 1."});
  parts.def("overall", &ArterialQuality::overall, "The smallest part.")
      .def(
          "to_frame",
          [](const ArterialQuality& q) {
            return data_frame(py::dict(
                "part"_a = std::vector<std::string>{"contrast", "height", "lead", "narrowness", "agreement", "unsaturated"},
                "value"_a = std::vector{q.contrast, q.height, q.lead, q.narrowness, q.agreement, q.unsaturated}));
          },
          "The parts as a pandas DataFrame.")
      .def("__repr__", [](const ArterialQuality& q) {
        return detail::message("ArterialQuality(contrast=", q.contrast, ", height=", q.height, ", lead=", q.lead,
                               ", narrowness=", q.narrowness, ", agreement=", q.agreement, ", unsaturated=", q.unsaturated,
                               ")");
      });
  add_html(parts);

  using Selection = ArterialSelection;
  py::class_<Selection> selection(m, "ArterialSelection", "The arterial input function that was found, and where.");
  add_results(selection, "ArterialSelection",
              Field{"curve", &Selection::curve, "ArterialCurve, the mean of the chosen voxels."},
              Field{"mask", &Selection::mask, "Mask of the chosen voxels, on the grid of the series."},
              Field{"voxels", &Selection::voxels, "Their indices (x, y, z), the fullest of blood first."},
              Field{"candidates", &Selection::candidates, "Indices of all voxels that could be an artery's."},
              Field{"quality", &Selection::quality, "In [0, 1], the smallest of the parts; below 0.3 flagged."},
              Field{"parts", &Selection::parts, "ArterialQuality: what the quality is made of."},
              Field{"brain", &Selection::brain, "BolusTimes of the mean curve of the searched voxels."},
              Field{"searched_count", &Selection::searched_count, "Voxels of the brain outside the tumour and its margin."},
              Field{"tumour_count", &Selection::tumour_count, "Voxels of the brain left out for the tumour."},
              Field{"invalid_count", &Selection::invalid_count, "Left out: NaN, a signal <= 0, or S0 too near the noise."},
              Field{"saturated_count", &Selection::saturated_count, "Candidates left out because their peak is cut off."},
              Field{"flags", &Selection::flags,
                    "QC flags dsc.aif.not_arterial, .few_voxels, .voxels_saturated, .voxels_invalid, .low_quality."});
  selection
      .def(
          "to_frame",
          [](const Selection& s) {
            std::array<std::vector<std::int64_t>, 3> index;
            std::array<std::vector<double>, 3> point;
            for (const auto& voxel : s.voxels) {
              const Eigen::Vector3d at = s.mask.geometry().point_of(
                  Eigen::Vector3d(static_cast<double>(voxel[0]), static_cast<double>(voxel[1]), static_cast<double>(voxel[2])));
              for (std::size_t k = 0; k < 3; ++k) {
                index[k].push_back(voxel[k]);
                point[k].push_back(at[static_cast<Eigen::Index>(k)]);
              }
            }
            return data_frame(py::dict("x"_a = index[0], "y"_a = index[1], "z"_a = index[2], "left_mm"_a = point[0],
                                       "posterior_mm"_a = point[1], "superior_mm"_a = point[2]));
          },
          "One row per chosen voxel: index, and LPS position in mm, as a pandas DataFrame.")
      .def("__repr__", [](const Selection& s) {
        return detail::message("ArterialSelection(", s.voxels.size(), " voxels of ", s.candidates.size(),
                               " candidates, quality ", s.quality, ", ", s.flags.size(), " flags)");
      });
  add_html(selection);

  using Search = ArterialSearch;
  py::class_<Search> search(m, "ArterialSearch", R"(Finds the arterial input function in the whole brain, with nothing clicked.

Voxels that carry much agent until the brain's mean curve peaks, whose curves are smooth, and which arrive no later, run through
sooner, rise higher and are no wider than the brain's mean are the candidates; the method chooses among them, and of its
choice those fullest of blood are averaged. Nothing is random.

Parameters
----------
method : {'mouridsen', 'peruzzo'}
    k-means of curves of equal area, the earliest cluster (Mouridsen et al. 2006), or hierarchical clustering split towards the
    higher, narrower peak (Peruzzo et al. 2011).
voxels : int
    At most this many are averaged.
fullness : float
    A chosen voxel's height is at least this fraction of the mean of the five fullest.
tumour_margin : float
    mm around the tumour that are left out.
signal_to_noise : float
    Voxels with a smaller S0 over the noise are left out.
saturation : float
    Fraction of S0 below which a voxel is saturated; below 3 noise it always is.
area_percentile, irregularity_percentile : float
    Of Mouridsen's method: voxels with a smaller early area, and more irregular ones, are left out.
clusters, rounds : int
    Of its k-means: how many, and how often the earliest cluster is clustered again.
timing : BolusTiming
    Of the mean curve of the searched voxels.
echo_time : float, optional
    TE in s; that of the series when None.
threads : int
    0: all cores. The result is the same for any number.
)");
  add_options(search, "ArterialSearch", Field{"method", &Search::method, "'mouridsen' or 'peruzzo'."},
              Field{"voxels", &Search::voxels, "At most this many are averaged."},
              Field{"fullness", &Search::fullness, "Smallest height over that of the five fullest."},
              Field{"tumour_margin", &Search::tumour_margin, "mm"},
              Field{"signal_to_noise", &Search::signal_to_noise, "Smallest S0 over the noise."},
              Field{"saturation", &Search::saturation, "Fraction of S0."},
              Field{"area_percentile", &Search::area_percentile, "Of the early area."},
              Field{"irregularity_percentile", &Search::irregularity_percentile, "Of the irregularity."},
              Field{"clusters", &Search::clusters, "Of the k-means."},
              Field{"rounds", &Search::rounds, "How often the earliest cluster is clustered."},
              Field{"timing", &Search::timing, "Of the mean curve."},
              Field{"echo_time", &Search::echo_time, "TE in s, or None."},
              Field{"threads", &Search::threads, "0 means all cores."});
  search.def(
      "__call__",
      [](const Search& self, const PerfusionSeries& series, const Mask& brain, const py::object& tumour,
         const py::object& progress) {
        const auto callback = progress_from(progress);
        const TumourMask mask(tumour);
        const py::gil_scoped_release release;
        return self.compute(series, brain, mask.get(), callback);
      },
      "series"_a, "brain"_a, "tumour"_a = py::none(), "progress"_a = py::none(), R"(Find the arterial input.

Parameters
----------
series : PerfusionSeries
brain : Mask
    On the grid of the series.
tumour : Mask or LabelMap, optional
    Left out with its margin.
progress : callable, optional
    Called with (stage, done, total); returning False stops.

Returns
-------
ArterialSelection

Raises
------
GeometryError
    If the grids differ.
DataError
    If the brain is empty, the tumour leaves nothing, there is no bolus or no usable voxel.
OptionError
    If an option is outside its range.
)");
}

void bind_venous_rescaling(py::module_& m) {
  using Rescaled = RescaledArterial;
  py::class_<Rescaled> rescaled(m, "RescaledArterial", "An arterial input function scaled to the area of the venous output.");
  add_results(rescaled, "RescaledArterial", Field{"arterial", &Rescaled::arterial, "ArterialCurve, its dR2* times the factor."},
              Field{"venous", &Rescaled::venous, "ArterialCurve of the venous voxels."},
              Field{"mask", &Rescaled::mask, "Mask of the venous voxels."},
              Field{"arterial_area", &Rescaled::arterial_area, "Area of the first pass of -ln(S / S0), s."},
              Field{"venous_area", &Rescaled::venous_area, "The same of the venous output."},
              Field{"factor", &Rescaled::factor, "Venous over arterial area, at least 1."},
              Field{"flags", &Rescaled::flags, "QC flags dsc.venous.not_larger, .few_voxels, .no_fit."});
  rescaled
      .def(
          "to_frame",
          [](const Rescaled& r) {
            return data_frame(py::dict("time"_a = r.arterial.times, "arterial_signal"_a = r.arterial.signal,
                                       "venous_signal"_a = r.venous.signal));
          },
          "Time, rescaled arterial and venous signal as a pandas DataFrame.")
      .def("__repr__", [](const Rescaled& r) {
        return detail::message("RescaledArterial(factor=", r.factor, ", ", r.venous.voxel_count, " venous voxels, ",
                               r.flags.size(), " flags)");
      });
  add_html(rescaled);
  using Step = VenousRescaling;
  py::class_<Step> step(m, "VenousRescaling", R"(Makes up for partial volume in an arterial input function.

The area of its first pass is made that of a large vein's, where partial volume is small. Partial volume acts on the signal, not
on its logarithm: a factor can mend the area but not the shape.

Parameters
----------
voxels : int
    Venous voxels averaged when they are found automatically, at most.
area_percentile : float
    Venous voxels have an area above it.
tumour_margin : float
    mm around the tumour that are left out.
signal_to_noise, saturation : float
    As in ArterialSearch.
timing : BolusTiming
    Of the mean curve of the searched voxels.
threads : int
    0: all cores.
)");
  add_options(step, "VenousRescaling", Field{"voxels", &Step::voxels, "At most this many."},
              Field{"area_percentile", &Step::area_percentile, "Of the area."},
              Field{"tumour_margin", &Step::tumour_margin, "mm"},
              Field{"signal_to_noise", &Step::signal_to_noise, "Smallest S0 over the noise."},
              Field{"saturation", &Step::saturation, "Fraction of S0."}, Field{"timing", &Step::timing, "Of the mean curve."},
              Field{"threads", &Step::threads, "0 means all cores."});
  step.def(
      "__call__",
      [](const Step& self, const PerfusionSeries& series, const Mask& brain, const ArterialCurve& arterial, const Mask* venous,
         const py::object& tumour, const py::object& progress) {
        const auto callback = progress_from(progress);
        const TumourMask mask(tumour);
        const py::gil_scoped_release release;
        return self(series, brain, arterial, venous, mask.get(), callback);
      },
      "series"_a, "brain"_a, "arterial"_a, "venous"_a = py::none(), "tumour"_a = py::none(), "progress"_a = py::none(),
      R"(Rescale.

Parameters
----------
series : PerfusionSeries
brain : Mask
    On the grid of the series.
arterial : ArterialCurve
    On the times of the series.
venous : Mask, optional
    Venous voxels; found automatically when None.
tumour : Mask or LabelMap, optional
    Left out of the automatic search with its margin.
progress : callable, optional
    Called with (stage, done, total); returning False stops.

Returns
-------
RescaledArterial

Raises
------
GeometryError, ShapeError, DataError, OptionError
    If grids or times differ, or there is no venous voxel or no bolus.
)");
}

}  // namespace

void bind_dsc_arterial(py::module_& m) {
  bind_gamma_variate(m);
  bind_arterial_input(m);
  bind_arterial_search(m);
  bind_gamma_variate_fit(m);
  bind_venous_rescaling(m);
}

// Deconvolution: blood flow and transit times.
#include <bolus/dsc/deconvolution.hpp>

#include "arrays.hpp"
#include "dsc.hpp"

BOLUS_STRING_ENUM(bolus::DeconvolutionMethod, "method",
                  "typing.Literal['transit_times', 'ssvd', 'csvd', 'osvd', 'l_curve', 'gcv', 'osipi_l_curve']",
                  std::string_view("transit_times"), std::string_view("ssvd"), std::string_view("csvd"),
                  std::string_view("osvd"), std::string_view("l_curve"), std::string_view("gcv"),
                  std::string_view("osipi_l_curve"))

namespace {

using namespace bolus;
using Released = py::call_guard<py::gil_scoped_release>;

py::dict columns(const FlowEstimates& e) {
  return py::dict("blood_volume"_a = e.blood_volume, "blood_flow"_a = e.blood_flow, "blood_flow_sd"_a = e.blood_flow_sd,
                  "mean_transit_time"_a = e.mean_transit_time, "time_to_maximum"_a = e.time_to_maximum,
                  "oscillation"_a = e.oscillation,
                  "state"_a = py::array_t<std::uint8_t>(static_cast<py::ssize_t>(e.states.size()), e.states.data()));
}

void bind_prior(py::module_& m) {
  py::class_<TransitTimePrior> prior(m, "TransitTimePrior",
                                     R"(What is believed about tissue before its curve is seen, for the default deconvolution.

Parameters
----------
transit_time : float
    Median of the mean transit time, s; its logarithm is normal.
transit_time_spread : float
    Standard deviation of that logarithm.
delay_spread : float
    Standard deviation of the arrival in tissue after that in the artery, s.
earliest_delay, latest_delay : float
    Delays are sought from here to here, s.
first_reading : float
    The residue function is read from here on, s; 0 or less.
)");
  add_options(prior, "TransitTimePrior", Field{"transit_time", &TransitTimePrior::transit_time, "Median, s."},
              Field{"transit_time_spread", &TransitTimePrior::transit_time_spread, "Of its logarithm."},
              Field{"delay_spread", &TransitTimePrior::delay_spread, "Standard deviation, s."},
              Field{"earliest_delay", &TransitTimePrior::earliest_delay, "s"},
              Field{"latest_delay", &TransitTimePrior::latest_delay, "s"},
              Field{"first_reading", &TransitTimePrior::first_reading, "s"});
}

void bind_results(py::module_& m) {
  py::class_<FlowEstimates> estimates(m, "FlowEstimates", R"(What deconvolution finds in each of n curves.

`states` holds sums of 1 (the curve is not finite), 2 (no bolus), 4 (the residue function oscillates) and 8 (the delay lies at
the end of the range searched); 0 is fine.
)");
  add_results(
      estimates, "FlowEstimates", Field{"blood_volume", &FlowEstimates::blood_volume, "CBV (n,), mL/100 mL."},
      Field{"blood_flow", &FlowEstimates::blood_flow, "CBF (n,), mL/100 mL/min."},
      Field{"blood_flow_sd", &FlowEstimates::blood_flow_sd, "Posterior standard deviation of CBF (n,); 0: not given."},
      Field{"mean_transit_time", &FlowEstimates::mean_transit_time, "MTT = CBV / CBF (n,), s."},
      Field{"time_to_maximum", &FlowEstimates::time_to_maximum, "Tmax (n,), s; the delay with the default method."},
      Field{"oscillation", &FlowEstimates::oscillation, "Oscillation index of the residue function (n,)."},
      Field{"states", &FlowEstimates::states, "Sum of what is doubtful (n,)."},
      Field{"residues", &FlowEstimates::residues, "CBF times residue function (samples, n), 1/s; empty unless asked for."});
  estimates
      .def(
          "to_frame", [](const FlowEstimates& e) { return data_frame(columns(e)); },
          "One row per curve, as a pandas DataFrame.")
      .def("__repr__",
           [](const FlowEstimates& e) { return detail::message("FlowEstimates(", e.blood_flow.size(), " curves)"); });
  add_html(estimates);

  py::class_<DeconvolutionResult> result(m, "DeconvolutionResult", "Blood volume, flow and transit times of named curves.");
  add_results(result, "DeconvolutionResult", Field{"names", &DeconvolutionResult::names, "One per curve."},
              Field{"times", &DeconvolutionResult::times, "Times of the residue functions (samples,), s."},
              Field{"estimates", &DeconvolutionResult::estimates, "FlowEstimates with the residue functions."},
              Field{"flags", &DeconvolutionResult::flags, "QC flags."});
  result
      .def(
          "to_frame",
          [](const DeconvolutionResult& r) {
            py::dict all("curve"_a = r.names);
            all.attr("update")(columns(r.estimates));
            return data_frame(all);
          },
          "One row per curve, as a pandas DataFrame.")
      .def("__repr__", [](const DeconvolutionResult& r) {
        std::string text;
        for (std::size_t i = 0; i < r.names.size(); ++i) {
          const auto c = static_cast<Eigen::Index>(i);
          text += detail::message(i ? ", " : "", r.names[i], ": CBV ", r.estimates.blood_volume[c], ", CBF ",
                                  r.estimates.blood_flow[c], ", MTT ", r.estimates.mean_transit_time[c]);
        }
        return detail::message("DeconvolutionResult(", text, "; ", r.flags.size(), " flags)");
      });
  add_html(result);

  py::class_<DeconvolutionOperator>(m, "DeconvolutionOperator",
                                    "A deconvolution prepared for one arterial curve. Made by Deconvolution.prepare.")
      .def_property_readonly("samples", &DeconvolutionOperator::samples, "Samples of a curve.")
      .def("__call__", &DeconvolutionOperator::operator(), "curves"_a, "residues"_a = false, Released(),
           R"(Deconvolve many curves.

Parameters
----------
curves : array (samples, n)
    dR2* or concentration, in the unit of the arterial curve. A curve with NaN gives zeros and state 1.
residues : bool
    Whether to return the residue functions.

Returns
-------
FlowEstimates

Raises
------
ShapeError
    If the number of samples is not that of the arterial curve.
)")
      .def("__repr__", [](const DeconvolutionOperator& self) {
        return detail::message("DeconvolutionOperator(", self.samples(), " samples)");
      });
}

}  // namespace

void bind_dsc_deconvolution(py::module_& m) {
  bind_prior(m);  // first: the options hold one as default
  bind_results(m);
  py::class_<Deconvolution> step(m, "Deconvolution", R"(Blood volume, flow and transit times by deconvolution.

Parameters
----------
method : {'transit_times', 'ssvd', 'csvd', 'osvd', 'l_curve', 'gcv', 'osipi_l_curve'}
    How the residue function is found. The default is Bayesian, with gamma-distributed transit times and a delay.
ssvd_threshold, csvd_threshold : float
    Share of the largest singular value below which it is left out.
oscillation_index : float
    'osvd' raises its threshold until the residue function's index is below this.
regularisation : float, optional
    mu of the Tikhonov methods, s times the arterial unit; chosen when not given.
haematocrit_density_factor : float
    kH / rho; CBV and CBF are multiplied by it.
oscillation_limit : float
    An oscillation index above this is flagged.
prior : TransitTimePrior
    Of the method 'transit_times'.
)");
  add_options(step, "Deconvolution", Field{"method", &Deconvolution::method, "How the residue function is found."},
              Field{"ssvd_threshold", &Deconvolution::ssvd_threshold, "Share of the largest singular value."},
              Field{"csvd_threshold", &Deconvolution::csvd_threshold, "Share of the largest singular value."},
              Field{"oscillation_index", &Deconvolution::oscillation_index, "Aim of 'osvd'."},
              Field{"regularisation", &Deconvolution::regularisation, "mu of the Tikhonov methods, or None."},
              Field{"haematocrit_density_factor", &Deconvolution::haematocrit_density_factor, "kH / rho."},
              Field{"oscillation_limit", &Deconvolution::oscillation_limit, "An index above this is flagged."},
              Field{"prior", &Deconvolution::prior, "Of the method 'transit_times'."});
  step.def("prepare", &Deconvolution::prepare, "times"_a, "arterial"_a, Released(),
           R"(Do all that depends on the arterial curve alone.

Parameters
----------
times : array (samples,)
    Seconds, even within 1 %.
arterial : array (samples,)
    dR2* or concentration.

Returns
-------
DeconvolutionOperator

Raises
------
ShapeError, DataError, OptionError
    If lengths differ, there are fewer than 8 samples or more than 2000, times are uneven or in another unit than seconds, or the
    curve is not finite or never positive.
)")
      .def("__call__", &Deconvolution::operator(), "tissue"_a, "arterial"_a, Released(),
           R"(Deconvolve every curve of a CurveSet.

Parameters
----------
tissue : CurveSet
    dR2* or concentrations.
arterial : array (samples,)
    Of the same times and unit.

Returns
-------
DeconvolutionResult

Raises
------
ShapeError, DataError, OptionError
    As `prepare`, and if the curves are signals or z-scores.
)");
}

// Leakage correction, and what two echoes tell apart.
#include <variant>

#include <bolus/dsc/dual_echo_leakage.hpp>
#include <bolus/dsc/leakage_correction.hpp>

#include "arrays.hpp"
#include "dsc.hpp"
#include "progress.hpp"

BOLUS_STRING_ENUM(bolus::LeakageModel, "model", "typing.Literal['unidirectional', 'bidirectional']",
                  std::string_view("unidirectional"), std::string_view("bidirectional"))
BOLUS_STRING_ENUM(bolus::RunningIntegral, "integral", "typing.Literal['trapezoid', 'rectangle']", std::string_view("trapezoid"),
                  std::string_view("rectangle"))

namespace {

using namespace bolus;
using Released = py::call_guard<py::gil_scoped_release>;

py::object leakage_frame(const LeakageFit& fit) {
  return data_frame(py::dict("curve"_a = fit.names, "k1"_a = fit.k1, "k1_error"_a = fit.k1_error, "k2"_a = fit.k2,
                             "k2_error"_a = fit.k2_error, "kep"_a = fit.kep, "kep_error"_a = fit.kep_error,
                             "coefficient_of_variation"_a = fit.coefficient_of_variation, "noise"_a = fit.noise,
                             "residual"_a = fit.residual, "blood_volume"_a = fit.blood_volume,
                             "uncorrected_blood_volume"_a = fit.uncorrected_blood_volume));
}

void bind_leakage_fit(py::module_& m) {
  py::class_<LeakageFit> fit(m, "LeakageFit", R"(What leakage did to each of n curves, and the curves without it.

An error is a standard error; it takes the noise of the curve as white and the reference as exact, and leaves out the
uncertainty of S0.
)");
  using F = LeakageFit;
  add_results(
      fit, "LeakageFit", Field{"names", &F::names, "Of the curves (n)."},
      Field{"k1", &F::k1, "K1 (n,), scale of the reference curve in the curve."},
      Field{"k1_error", &F::k1_error, "Standard error (n,)."},
      Field{"k2", &F::k2, "K2 (n,), 1/s: positive where T1 rules, negative where T2* does."},
      Field{"k2_error", &F::k2_error, "Standard error (n,), 1/s; with kep fitted, its uncertainty included."},
      Field{"kep", &F::kep, "(n,), 1/s; 0 for the unidirectional model and where K2 is 0."},
      Field{"kep_error", &F::kep_error, "Standard error (n,), 1/s; inf where the curve says nothing about kep."},
      Field{"coefficient_of_variation", &F::coefficient_of_variation, "Of K2 (n,) at the kep found, before it was taken as 0."},
      Field{"noise", &F::noise, "Standard deviation of each curve before the bolus (n,), 1/s."},
      Field{"residual", &F::residual, "Root mean square of what the model leaves (n,), 1/s."},
      Field{"blood_volume", &F::blood_volume, "Integral of the corrected curve (n,), relative CBV."},
      Field{"uncorrected_blood_volume", &F::uncorrected_blood_volume, "Integral of the curve as it was (n,)."},
      Field{"reference_blood_volume", &F::reference_blood_volume, "Integral of the reference over the same samples."},
      Field{"corrected", &F::corrected, "CurveSet of dR2* without leakage, 1/s."},
      Field{"flags", &F::flags,
            "QC flags of the reference's timing, dsc.leakage.reference, .noise, .insignificant, .misfit, .kep_at_border, "
            ".kep_unidentifiable, .constant."});
  fit.def("to_frame", &leakage_frame, "One row per curve as a pandas DataFrame.").def("__repr__", [](const F& f) {
    const bool any = f.k2.size() > 0;
    return detail::message("LeakageFit(", f.names.size(), " curves, K2 ", any ? f.k2.minCoeff() : 0.0, " to ",
                           any ? f.k2.maxCoeff() : 0.0, " 1/s, ", f.flags.size(), " flags)");
  });
  add_html(fit);
}

void bind_correction(py::module_& m) {
  py::class_<LeakageCorrection> step(m, "LeakageCorrection",
                                     R"(Corrects dR2* curves for contrast agent that leaks out of vessels.

Each curve is fitted to the mean curve of tissue that does not enhance: dR2*(t) = K1 r(t) - K2 int r (Boxerman, Schmainda and
Weisskoff, AJNR 2006; CAPLEX M.LC1.001), or with back-flux r(t') exp(-kep (t - t')) in the integral (Leu et al., AJNR 2016;
M.LC1.002). What is taken away is the second term.

Parameters
----------
model : {'unidirectional', 'bidirectional'}
    Whether leaked agent flows back.
max_coefficient_of_variation : float
    K2 is taken as 0 where its coefficient of variation exceeds this; inf: never.
max_kep : float
    1/s; kep is sought from 0 to this.
range : {'full', 'first_pass'}
    Samples that make the blood volume.
integral : {'trapezoid', 'rectangle'}
    How int r is taken. 'rectangle' is a cumulative sum times the step.
baseline : Baseline
    Finds the samples before the bolus in the reference curve.
first, last : int, optional
    Samples that are fitted: the first and one past the last. From the baseline to the end when not given.
threads : int
    0: all cores. The result is the same for any number.
)");
  using C = LeakageCorrection;
  add_options(step, "LeakageCorrection", Field{"model", &C::model, "'unidirectional' or 'bidirectional'."},
              Field{"max_coefficient_of_variation", &C::max_coefficient_of_variation, "Above it K2 is taken as 0."},
              Field{"max_kep", &C::max_kep, "1/s"}, Field{"range", &C::range, "'full' or 'first_pass'."},
              Field{"integral", &C::integral, "'trapezoid' or 'rectangle'."},
              Field{"baseline", &C::baseline, "Of the reference curve."}, Field{"first", &C::first, "First sample fitted."},
              Field{"last", &C::last, "One past the last."}, Field{"threads", &C::threads, "0 means all cores."});
  step.def(
          "__call__",
          [](const C& self, const CurveSet& curves, const std::variant<std::string, Eigen::VectorXd>& reference,
             const py::object& progress) {
            const auto callback = progress_from(progress);
            const py::gil_scoped_release release;
            return std::visit([&](const auto& value) { return self(curves, value, callback); }, reference);
          },
          "delta_r2s"_a, "reference"_a, "progress"_a = py::none(), R"(Correct curves.

Parameters
----------
delta_r2s : CurveSet
    Of dR2* in 1/s, n curves.
reference : str or array (t,)
    Mean dR2* of tissue that does not enhance: the name of one of the curves, or its samples.
progress : callable, optional
    Called with (stage, done, total); returning False stops.

Returns
-------
LeakageFit

Raises
------
ShapeError, DataError, OptionError
    If lengths differ; if the curves are not dR2* or not finite, times do not increase, there are too few samples or the
    reference is 0 or unknown; if an option is out of range.
)")
      .def(
          "__call__",
          [](const C& self, const Eigen::MatrixXd& curves, const Eigen::VectorXd& times, const Eigen::VectorXd& reference,
             const py::object& progress) {
            const auto callback = progress_from(progress);
            const py::gil_scoped_release release;
            return self(curves, times, reference, callback);
          },
          "delta_r2s"_a, "times"_a, "reference"_a, "progress"_a = py::none(), R"(Correct a matrix of curves.

Parameters
----------
delta_r2s : array (t, n)
    1/s.
times : array (t,)
    Seconds.
reference : array (t,)
    Mean dR2* of tissue that does not enhance.
progress : callable, optional

Returns
-------
LeakageFit
    Its curves are named by their numbers.
)");
}

void bind_dual_echo(py::module_& m) {
  py::class_<DualEchoCurves> curves(m, "DualEchoCurves", "What two echoes of one excitation tell apart: T2* and T1.");
  using D = DualEchoCurves;
  add_results(curves, "DualEchoCurves", Field{"delta_r2s", &D::delta_r2s, "CurveSet of dR2* free of T1, 1/s."},
              Field{"signal", &D::signal, "CurveSet of the signal extrapolated to TE = 0: what T1 makes of it."},
              Field{"t1_delta_r2s", &D::t1_delta_r2s,
                    "CurveSet of what T1 adds to the dR2* of the second echo alone, 1/s: negative where T1 shortens."},
              Field{"baselines", &D::baselines, "BaselineWindow of each curve."},
              Field{"flags", &D::flags, "QC flags of the baselines, and dsc.signal.not_positive."});
  curves
      .def(
          "to_frame",
          [](const D& d) {
            py::dict columns("time"_a = d.delta_r2s.times);
            for (std::size_t c = 0; c < d.delta_r2s.names.size(); ++c) {
              const auto column = static_cast<Eigen::Index>(c);
              const auto& name = d.delta_r2s.names[c];
              columns[py::str(name + " delta_r2s")] = Eigen::VectorXd(d.delta_r2s.values.col(column));
              columns[py::str(name + " signal")] = Eigen::VectorXd(d.signal.values.col(column));
              columns[py::str(name + " t1_delta_r2s")] = Eigen::VectorXd(d.t1_delta_r2s.values.col(column));
            }
            return data_frame(columns);
          },
          "Time and three columns per curve as a pandas DataFrame.")
      .def("__repr__", [](const D& d) {
        return detail::message("DualEchoCurves(", d.delta_r2s.names.size(), " curves, ", d.delta_r2s.times.size(), " samples, ",
                               d.flags.size(), " flags)");
      });
  add_html(curves);

  py::class_<DualEcho> step(m, "DualEcho", R"(dR2* from two echoes, free of T1, and what T1 does.

dR2*(t) = ln[(S1 / S1_0) / (S2 / S2_0)] / (TE2 - TE1) (Vonken et al., JMRI 1999; CAPLEX Q.EL1.009).

Parameters
----------
first_echo_time, second_echo_time : float
    TE1 < TE2 in s; must be given.
baseline : Baseline
    How S0 is found, in the second echo and for both.
non_positive : {'floor', 'error'}
    What a signal <= 0 becomes: the smallest positive sample of the curve (flagged), or an error.
)");
  add_options(step, "DualEcho", Field{"first_echo_time", &DualEcho::first_echo_time, "TE1, s."},
              Field{"second_echo_time", &DualEcho::second_echo_time, "TE2, s."},
              Field{"baseline", &DualEcho::baseline, "How S0 is found."},
              Field{"non_positive", &DualEcho::non_positive, "'floor' or 'error'."});
  step.def("__call__", &DualEcho::operator(), "first"_a, "second"_a, Released(), R"(Combine two echoes.

Parameters
----------
first, second : CurveSet
    Signals with the same names and times.

Returns
-------
DualEchoCurves

Raises
------
DataError, ShapeError
    If an echo time is missing or impossible, S0 is not positive, or the curves are not signals or do not belong together.
)");

  py::class_<DualEchoLeakageFit> fit(
      m, "DualEchoLeakageFit", "Leakage in two echoes, by the part that acts through T2* and the part that acts through T1.");
  using L = DualEchoLeakageFit;
  add_results(fit, "DualEchoLeakageFit", Field{"curves", &L::curves, "DualEchoCurves that were fitted."},
              Field{"t2_star", &L::t2_star, "LeakageFit of the dual-echo dR2*: free of either kind of leakage."},
              Field{"t1", &L::t1, "LeakageFit of what T1 adds to the second echo; both K2 sum to that echo's own."});
  fit.def(
         "to_frame",
         [](const L& l) {
           const py::dict parts("t2_star"_a = leakage_frame(l.t2_star), "t1"_a = leakage_frame(l.t1));
           return py::module_::import("pandas").attr("concat")(parts, "names"_a = std::vector<std::string>{"part", "row"});
         },
         "The rows of both fits as a pandas DataFrame, by part.")
      .def("__repr__", [](const L& l) { return detail::message("DualEchoLeakageFit(", l.t2_star.names.size(), " curves)"); });
  add_html(fit);

  py::class_<DualEchoLeakage> both(
      m, "DualEchoLeakage",
      R"(Leakage correction with two echoes: T1 leakage falls out, T2* leakage is left and corrected.

Parameters
----------
echoes : DualEcho
    Echo times and baseline.
correction : LeakageCorrection
    Model of the leakage.
)");
  add_options(both, "DualEchoLeakage", Field{"echoes", &DualEchoLeakage::echoes, "Echo times and baseline."},
              Field{"correction", &DualEchoLeakage::correction, "Model of the leakage."});
  both.def(
      "__call__",
      [](const DualEchoLeakage& self, const CurveSet& first, const CurveSet& second, const std::string& reference,
         const py::object& progress) {
        const auto callback = progress_from(progress);
        const py::gil_scoped_release release;
        return self(first, second, reference, callback);
      },
      "first"_a, "second"_a, "reference"_a, "progress"_a = py::none(), R"(Correct two echoes.

Parameters
----------
first, second : CurveSet
    Signals with the same names and times.
reference : str
    Curve of tissue that does not enhance; its dual-echo dR2* is the reference.
progress : callable, optional
    Called with (stage, done, total); returning False stops.

Returns
-------
DualEchoLeakageFit

Raises
------
DataError, ShapeError, OptionError
    As DualEcho and LeakageCorrection.
)");
}

}  // namespace

void bind_dsc_leakage(py::module_& m) {
  bind_leakage_fit(m);
  bind_correction(m);
  bind_dual_echo(m);
}

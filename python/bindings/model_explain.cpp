// Explanation: temporal patterns, attributions, and whether attention can be trusted.
#include <bolus/model/attention_faithfulness.hpp>
#include <bolus/model/integrated_gradients.hpp>
#include <bolus/model/temporal_patterns.hpp>

#include "model.hpp"

BOLUS_STRING_ENUM(bolus::SegmentMeasure, "measure", "typing.Literal['sum', 'mean']", std::string_view("sum"),
                  std::string_view("mean"))
BOLUS_STRING_ENUM(bolus::OcclusionFill, "fill", "typing.Literal['baseline', 'interpolate']", std::string_view("baseline"),
                  std::string_view("interpolate"))
BOLUS_STRING_ENUM(bolus::AttentionVerdict, "verdict", "typing.Literal['faithful', 'unfaithful', 'undecided']",
                  std::string_view("faithful"), std::string_view("unfaithful"), std::string_view("undecided"))

namespace {

using namespace model_binding;

constexpr std::array segment_names{"baseline", "downslope", "upslope", "plateau"};

/// A network, or a fitted classifier that holds one.
const AttentionLSTM& network_from(const py::object& network) {
  const py::object held = py::hasattr(network, "network_") ? network.attr("network_") : network;
  detail::require<OptionError>(py::isinstance<AttentionLSTM>(held), "network is ",
                               py::str(py::type::of(held)).cast<std::string>(),
                               "; expected a bolus.model.AttentionLSTM or a fitted bolus.IDHClassifier");
  return held.cast<const AttentionLSTM&>();  // which `network` keeps alive
}

/// Samples from a Dataset or an array.
SampleArray samples_from(const py::object& samples) {
  if (py::isinstance<Dataset>(samples)) return samples.cast<const Dataset&>().curves;
  const auto array = py::array_t<float, py::array::c_style | py::array::forcecast>::ensure(samples);
  if (!array) throw ShapeError("the samples cannot be made an array of numbers");
  return sample_array(array);
}

void bind_patterns(py::module_& m) {
  using T = TemporalPatternTable;
  py::class_<T> table(m, "TemporalPatternTable", "The temporal pattern of every patient, with what it comes from.");
  add_results(table, "TemporalPatternTable", Field{"patients", &T::patients, "In the order of their first window."},
              Field{"labels", &T::labels, ""},
              Field{"probability", &T::probability, "(patients,) of the positive class, mean over the windows."},
              Field{"patterns", &T::patterns, ""},
              Field{"shares", &T::shares, "(patients, 4) share of all attention; 0 where the segment is missing."},
              Field{"density", &T::density, "(patients, 4) 1/s, attention per second; NaN where the segment is missing."},
              Field{"arrival_times", &T::arrival_times, "s of the series; NaN where no bolus was found."},
              Field{"courses", &T::courses, "AttentionCourse of each patient's series."},
              Field{"patient_flags", &T::patient_flags, "QC flags of each patient."},
              Field{"flags", &T::flags, "model.temporal_patterns.tied, .segment_missing, .undetermined, with their number."});
  table
      .def_property_readonly(
          "labels",
          [](const T& self) { return py::array_t<int>(static_cast<py::ssize_t>(self.labels.size()), self.labels.data()); },
          "(patients,) 1 mutant, 0 wildtype; empty when the data set has none.")
      .def_property_readonly(
          "patterns",
          [](const T& self) { return py::array_t<int>(static_cast<py::ssize_t>(self.patterns.size()), self.patterns.data()); },
          "(patients,) 1 to 6; 0: not determined, see the patient's flags.")
      .def("__len__", [](const T& self) { return self.patients.size(); })
      .def(
          "to_frame",
          [](const T& self) {
            py::dict columns("patient"_a = self.patients);
            if (!self.labels.empty()) columns["label"] = self.labels;
            columns["probability"] = self.probability;
            columns["pattern"] = self.patterns;
            for (Eigen::Index k = 0; k < 4; ++k) {
              const std::string name = segment_names[static_cast<std::size_t>(k)];
              columns[py::str("share_" + name)] = Eigen::VectorXd(self.shares.col(k));
            }
            for (Eigen::Index k = 0; k < 4; ++k) {
              const std::string name = segment_names[static_cast<std::size_t>(k)];
              columns[py::str("density_" + name)] = Eigen::VectorXd(self.density.col(k));
            }
            columns["arrival_time"] = self.arrival_times;
            py::list flags;
            for (const auto& of_patient : self.patient_flags) {
              std::string text;
              for (const auto& flag : of_patient) text += (text.empty() ? "" : ", ") + flag.code;
              flags.append(text);
            }
            columns["flags"] = flags;
            return data_frame(columns);
          },
          "One row per patient as a pandas DataFrame.")
      .def("__repr__", [](const T& self) {
        return detail::message("TemporalPatternTable(", self.patients.size(), " patients, ", self.flags.size(), " flags)");
      });
  add_html(table);

  py::class_<TemporalPatterns> step(m, "TemporalPatterns",
                                    R"(From the attention of every window to the temporal pattern of every patient.

Windows are mapped back to seconds and averaged, the seconds are cut by the patient's segments, the top two segments give the
pattern (Choi et al. 2019).

Parameters
----------
measure : {'sum', 'mean'}
    What the highest attention of a segment means. 'sum': its share of all attention, which is its weight in the context vector;
    even attention then prefers the longest. 'mean': attention per second, which does not depend on how long a series goes on.
tie : float
    Segments closer than this times the largest are tied.
)");
  add_options(step, "TemporalPatterns", Field{"measure", &TemporalPatterns::measure, "By which segments are compared."},
              Field{"tie", &TemporalPatterns::tie, "Segments closer than this times the largest are tied."});
  step.def(
      "__call__",
      [](const TemporalPatterns& self, const Dataset& windows, const py::object& prediction,
         const std::map<std::string, SegmentedSeries>& segments) {
        Prediction given;  // any object with these two, such as the prediction of an ensemble
        given.attention = prediction.attr("attention").cast<Eigen::MatrixXd>();
        given.probability = prediction.attr("probability").cast<Eigen::VectorXd>();
        const py::gil_scoped_release release;
        return self(windows, given, segments);
      },
      "windows"_a, "prediction"_a, "segments"_a, R"(Find the patterns.

Parameters
----------
windows : Dataset
    With patients, start times and time step.
prediction : Prediction
    Of these windows: anything with `attention` (windows, steps) and `probability` (windows,).
segments : dict of str to SegmentedSeries
    Of each patient's series: ``{p.id: bolus.dsc.BolusSegments()(p.curves) for p in cohort.patients}``.

Returns
-------
TemporalPatternTable

Raises
------
ShapeError, OptionError
DataError
    For a patient without segments, with windows outside them, or with windows of both labels.
)");
}

void bind_attribution(py::module_& m) {
  using A = Attribution;
  py::class_<A> attribution(m, "Attribution", "How much each time step moved the network's logit.");
  attribution
      .def_property_readonly(
          "method", [](const A& self) { return self.method; }, "'integrated gradients' or 'occlusion'.")
      .def_property_readonly(
          "steps", [](const A& self) { return self.steps; },
          "(samples, steps) towards the positive class where > 0; 0 in padding.")
      .def_property_readonly(
          "values",
          [](const py::object& self) -> py::object {
            const auto& values = self.cast<const A&>().values;
            if (values.samples == 0) return py::none();
            return sample_view(values, self);
          },
          "(samples, channels, steps) the same by channel; None for occlusion.")
      .def_property_readonly(
          "logit", [](const A& self) { return self.logit; }, "(samples,) of the samples as they are.")
      .def_property_readonly(
          "baseline_logit", [](const A& self) { return self.baseline_logit; },
          "(samples,) of the baseline; empty for occlusion.")
      .def_property_readonly(
          "flags", [](const A& self) { return self.flags; }, "model.attribution.incomplete.")
      .def("gap", &A::gap, R"((samples,) What integrated gradients miss of the difference of the logits.

0 by their completeness axiom, up to the number of path steps. Raises DataError for occlusion, which has no such axiom.)")
      .def("__len__", [](const A& self) { return self.steps.rows(); })
      .def(
          "to_frame",
          [](const A& self) {
            std::vector<Eigen::Index> sample, step;
            std::vector<double> value;
            for (Eigen::Index i = 0; i < self.steps.rows(); ++i) {
              for (Eigen::Index t = 0; t < self.steps.cols(); ++t) {
                sample.push_back(i);
                step.push_back(t);
                value.push_back(self.steps(i, t));
              }
            }
            return data_frame(py::dict("sample"_a = sample, "step"_a = step, "attribution"_a = value));
          },
          "One row per sample and step as a pandas DataFrame.")
      .def("__repr__",
           [](const A& self) {
             return detail::message("Attribution(", self.method, ", ", self.steps.rows(), " samples x ", self.steps.cols(),
                                    " steps, ", self.flags.size(), " flags)");
           })
      .def(py::pickle(
          [](const A& self) {
            return py::make_tuple(self.method, self.steps, self.logit, self.baseline_logit, self.flags, self.values.samples,
                                  self.values.channels, self.values.steps, self.values.values, self.values.lengths);
          },
          [](const py::tuple& state) {
            A self{state[0].cast<std::string>(),     state[1].cast<Eigen::MatrixXd>(), {},
                   state[2].cast<Eigen::VectorXd>(), state[3].cast<Eigen::VectorXd>(), state[4].cast<QcFlags>()};
            self.values.samples = state[5].cast<std::size_t>();
            self.values.channels = state[6].cast<std::size_t>();
            self.values.steps = state[7].cast<std::size_t>();
            self.values.values = state[8].cast<std::vector<float>>();
            self.values.lengths = state[9].cast<std::vector<std::size_t>>();
            return self;
          }));
  add_html(attribution);

  using G = IntegratedGradients;
  py::class_<G> gradients(m, "IntegratedGradients", R"(Integrated gradients (Sundararajan, Taly and Yan, ICML 2017).

The gradient of the logit with respect to the input, averaged along the straight line from a baseline to the sample (Gauss-Legendre)
and multiplied by the difference of the two. Attributions of a sample add up to the difference of the logits.

Parameters
----------
steps : int
    Points on the line.
baseline : float
    Value of every curve at its start; 0 is the mean of a z-normalised curve.
batch_size : int
    Samples that go through the network together.
tolerance : float
    Flagged where a gap exceeds this times the difference of the logits (and this itself).
threads : int
    0: all cores. The result does not depend on it.
engine : {'fused', 'libtorch'}
    What computes on the CPU.
device : {'cpu', 'cuda'}
    Where to compute; 'cuda' always uses LibTorch.
)");
  add_options(gradients, "IntegratedGradients", Field{"steps", &G::steps, "Points on the line."},
              Field{"baseline", &G::baseline, "Value of every curve at its start."},
              Field{"batch_size", &G::batch_size, "Samples that go through the network together."},
              Field{"tolerance", &G::tolerance, "Of the gap, before it is flagged."},
              Field{"threads", &G::threads, "0 means all cores."}, Field{"engine", &G::engine, "What computes on the CPU."},
              Field{"device", &G::device, "Where to compute."});
  gradients.def(
      "__call__",
      [](const G& self, const py::object& network, const py::object& samples, const py::object& baselines,
         const py::object& progress) {
        const auto& model = network_from(network);
        const auto array = samples_from(samples);
        const auto given = baselines.is_none() ? SampleArray{} : samples_from(baselines);
        const auto callback = progress_from(progress);
        const py::gil_scoped_release release;
        return given.samples == 0 ? self(model, array, callback) : self(model, array, given, callback);
      },
      "network"_a, "samples"_a, "baselines"_a = py::none(), "progress"_a = py::none(), R"(Attribute the logit to the input.

Parameters
----------
network : AttentionLSTM, or fitted IDHClassifier
samples : array (samples, channels, steps), or Dataset
baselines : array (1 or samples, channels, steps), optional
    In place of `baseline`.
progress : callable (stage, done, total), optional
    Returning False stops.

Returns
-------
Attribution
    Flag model.attribution.incomplete where the gap is large: use more steps.

Raises
------
ShapeError, DataError, OptionError, Cancelled
)");

  using O = Occlusion;
  py::class_<O> occlusion(m, "Occlusion", R"(Occlusion over time (Zeiler and Fergus 2014).

Hides every window of steps in all channels at once; a step gets the mean fall of the logit over the windows that hide it.

Parameters
----------
window : int
    Steps hidden together.
fill : {'baseline', 'interpolate'}
    What stands in for them: a fixed value, or a line between the nearest steps that are kept.
baseline : float
    0 is the mean of a z-normalised curve.
batch_size : int
    Samples that go through the network together.
threads : int
    0: all cores. The result does not depend on it.
engine : {'fused', 'libtorch'}
    What computes on the CPU.
device : {'cpu', 'cuda'}
    Where to compute; 'cuda' always uses LibTorch.
)");
  add_options(occlusion, "Occlusion", Field{"window", &O::window, "Steps hidden together."},
              Field{"fill", &O::fill, "What stands in for them."}, Field{"baseline", &O::baseline, "The fixed value."},
              Field{"batch_size", &O::batch_size, "Samples that go through the network together."},
              Field{"threads", &O::threads, "0 means all cores."}, Field{"engine", &O::engine, "What computes on the CPU."},
              Field{"device", &O::device, "Where to compute."});
  occlusion.def(
      "__call__",
      [](const O& self, const py::object& network, const py::object& samples, const py::object& progress) {
        const auto& model = network_from(network);
        const auto array = samples_from(samples);
        const auto callback = progress_from(progress);
        const py::gil_scoped_release release;
        return self(model, array, callback);
      },
      "network"_a, "samples"_a, "progress"_a = py::none(), R"(Attribute the logit to the steps.

Parameters
----------
network : AttentionLSTM, or fitted IDHClassifier
samples : array (samples, channels, steps), or Dataset
progress : callable (stage, done, total), optional
    Returning False stops.

Returns
-------
Attribution

Raises
------
ShapeError, DataError, OptionError, Cancelled
)");
}

void bind_faithfulness_result(py::module_& m) {
  using C = FaithfulnessCheck;
  py::class_<C> check(m, "FaithfulnessCheck", "One question to the attention, with its answer over patients.");
  add_results(
      check, "FaithfulnessCheck", Field{"name", &C::name, "gradients, occlusion, deletion, insertion or randomisation."},
      Field{"value", &C::value, "Mean over patients."}, Field{"low", &C::low, "Of the bootstrap interval over patients."},
      Field{"high", &C::high, "Of the bootstrap interval over patients."},
      Field{"limit", &C::limit, "What the value must reach or, for randomisation, not exceed."},
      Field{"outcome", &C::outcome, "'faithful', 'unfaithful' or 'undecided'."},
      Field{"meaning", &C::meaning, "A sentence for a report."});
  check.def("__repr__", [](const C& self) {
    return detail::message("FaithfulnessCheck(", self.name, ": ", self.value, " (", self.low, " to ", self.high, "), ",
                           py::cast(self.outcome).cast<std::string>(), ")");
  });

  using R = FaithfulnessResult;
  py::class_<R> result(m, "FaithfulnessResult", "Whether attention can be read as what the network used, and why.");
  add_results(
      result, "FaithfulnessResult", Field{"patients", &R::patients, "In the order of their first sample."},
      Field{"checks", &R::checks, "Five FaithfulnessCheck."},
      Field{"per_patient", &R::per_patient, "(patients, checks) mean over the patient's samples."},
      Field{"fraction", &R::fraction, "(points + 1,) of the steps, 0 to 1."},
      Field{"orders", &R::orders, "attention, gradients, occlusion, random."},
      Field{"deletion", &R::deletion, "(points + 1, orders) probability of the class predicted, most important steps hidden."},
      Field{"insertion", &R::insertion, "(points + 1, orders) the same, all steps hidden but the most important."},
      Field{"areas", &R::areas, "(orders, 2) under the curves of deletion (low is good) and insertion (high is good)."},
      Field{"randomised", &R::randomised, "Weights drawn anew so far, from the top of the network down."},
      Field{"similarity", &R::similarity, "(randomised,) rank correlation of attention before and after."},
      Field{"verdict", &R::verdict, "'faithful', 'unfaithful' or 'undecided'."},
      Field{"flags", &R::flags, "model.attention.unfaithful, .undecided, .constant, model.attribution.incomplete."});
  result.def("report", &R::report, "The verdict and its reasons as sentences.")
      .def(
          "to_frame",
          [](const R& self) {
            py::list name, value, low, high, limit, outcome;
            for (const auto& of : self.checks) {
              name.append(of.name);
              value.append(of.value);
              low.append(of.low);
              high.append(of.high);
              limit.append(of.limit);
              outcome.append(py::cast(of.outcome));
            }
            return data_frame(py::dict("check"_a = name, "value"_a = value, "low"_a = low, "high"_a = high, "limit"_a = limit,
                                       "outcome"_a = outcome));
          },
          "One row per check as a pandas DataFrame.")
      .def("__repr__", [](const R& self) {
        return detail::message("FaithfulnessResult(", py::cast(self.verdict).cast<std::string>(), ", ", self.patients.size(),
                               " patients, ", self.flags.size(), " flags)");
      });
  add_html(result);
}

void bind_faithfulness(py::module_& m) {
  using F = AttentionFaithfulness;
  py::class_<F> step(m, "AttentionFaithfulness", R"(Asks whether attention is a faithful explanation.

It need not be one (Jain and Wallace 2019): it weighs hidden states, each of which knows its neighbours' input. Attention is held
beside integrated gradients and occlusion (rank correlation over the steps of a sample), steps are hidden in its order and in random
orders (deletion and insertion, Petsiuk et al. 2018), and weights are drawn anew from the top down, which must change it (Adebayo et
al. 2018). Samples are averaged per patient; intervals are bootstraps over patients. The limits are choices of this library.

Parameters
----------
path_steps : int
    Of the integrated gradients.
window : int
    Steps hidden together by the occlusion.
fill : {'baseline', 'interpolate'}
    What stands in for hidden steps.
baseline : float
    0 is the mean of a z-normalised curve.
points : int
    Of the deletion and insertion curves, after the first.
random_orders : int
    Orders that attention must beat.
randomisations : int
    Draws of new weights.
min_correlation : float
    That attention must reach with gradients and with occlusion.
max_similarity : float
    Of attention before and after all weights are new.
min_patients : int
    With fewer the verdict is 'undecided'.
replicates : int
    Of the bootstrap.
confidence : float
    Of the intervals.
batch_size : int
    Samples that go through the network together.
threads : int
    0: all cores. The result does not depend on it.
engine : {'fused', 'libtorch'}
    What computes on the CPU.
device : {'cpu', 'cuda'}
    Where to compute; 'cuda' always uses LibTorch.
seed : int
    Of orders, new weights and the bootstrap.
)");
  add_options(
      step, "AttentionFaithfulness", Field{"path_steps", &F::path_steps, "Of the integrated gradients."},
      Field{"window", &F::window, "Steps hidden together by the occlusion."},
      Field{"fill", &F::fill, "What stands in for hidden steps."},
      Field{"baseline", &F::baseline, "0 is the mean of a z-normalised curve."},
      Field{"points", &F::points, "Of the deletion and insertion curves."},
      Field{"random_orders", &F::random_orders, "Orders that attention must beat."},
      Field{"randomisations", &F::randomisations, "Draws of new weights."},
      Field{"min_correlation", &F::min_correlation, "With gradients and with occlusion."},
      Field{"max_similarity", &F::max_similarity, "Of attention before and after all weights are new."},
      Field{"min_patients", &F::min_patients, "With fewer the verdict is 'undecided'."},
      Field{"replicates", &F::replicates, "Of the bootstrap."}, Field{"confidence", &F::confidence, "Of the intervals."},
      Field{"batch_size", &F::batch_size, "Samples that go through the network together."},
      Field{"threads", &F::threads, "0 means all cores."}, Field{"engine", &F::engine, "What computes on the CPU."},
      Field{"device", &F::device, "Where to compute."}, Field{"seed", &F::seed, "Of orders, new weights and the bootstrap."});
  step.def(
      "__call__",
      [](const F& self, const py::object& network, const Dataset& dataset, const py::object& progress) {
        const auto& model = network_from(network);
        const auto callback = progress_from(progress);
        const py::gil_scoped_release release;
        return self(model, dataset, callback);
      },
      "network"_a, "dataset"_a, "progress"_a = py::none(), R"(Ask.

Parameters
----------
network : AttentionLSTM, or fitted IDHClassifier
dataset : Dataset
    Samples that the network was not trained on. Without patients every sample counts as one.
progress : callable (stage, done, total), optional
    Returning False stops.

Returns
-------
FaithfulnessResult
    Flagged model.attention.unfaithful, with the reasons, when attention should not be trusted.

Raises
------
ShapeError, DataError, OptionError, Cancelled
)");
}

}  // namespace

void bind_model_explain(py::module_& m) {
  bind_patterns(m);
  bind_attribution(m);
  bind_faithfulness_result(m);
  bind_faithfulness(m);
}

// Perfusion quantities of curves and of every voxel, and statistics of them over regions.
#include <bolus/dsc/curve_quantities.hpp>
#include <bolus/dsc/maps.hpp>
#include <bolus/dsc/region_statistics.hpp>

#include "arrays.hpp"
#include "dsc.hpp"
#include "progress.hpp"

BOLUS_STRING_ENUM(
    bolus::PerfusionQuantity, "quantity",
    "typing.Literal['delta_r2s', 'snr', 'cnr', 'arrival_time', 'peak_time', 'time_to_peak', 'delay', 'delta_r2s_max', 'auc', "
    "'FWHM', 'wash_in', 'wash_out', 'rCBV', 'nrCBV', 'corrected_rCBV', 'corrected_nrCBV', 'K1', 'K2', 'K2_error', 'kep', 'PH', "
    "'relative_PH', 'PSR', 'normalised_PSR', 'CBF', 'CBV', 'MTT', 'Tmax']",
    std::string_view("delta_r2s"), std::string_view("snr"), std::string_view("cnr"), std::string_view("arrival_time"),
    std::string_view("peak_time"), std::string_view("time_to_peak"), std::string_view("delay"),
    std::string_view("delta_r2s_max"), std::string_view("auc"), std::string_view("FWHM"), std::string_view("wash_in"),
    std::string_view("wash_out"), std::string_view("rCBV"), std::string_view("nrCBV"), std::string_view("corrected_rCBV"),
    std::string_view("corrected_nrCBV"), std::string_view("K1"), std::string_view("K2"), std::string_view("K2_error"),
    std::string_view("kep"), std::string_view("PH"), std::string_view("relative_PH"), std::string_view("PSR"),
    std::string_view("normalised_PSR"), std::string_view("CBF"), std::string_view("CBV"), std::string_view("MTT"),
    std::string_view("Tmax"))

namespace {

using namespace bolus;
using Released = py::call_guard<py::gil_scoped_release>;

void bind_curve_quantities(py::module_& m) {
  using M = CurveMeasures;
  py::class_<M> measures(m, "CurveMeasures", R"(Perfusion quantities of each of n curves.

What a curve does not have is 0 and flagged dsc.quantity.undefined; what was not asked for, or follows from a signal that was not
given, is empty.
)");
  add_results(
      measures, "CurveMeasures", Field{"names", &M::names, "n names."}, Field{"timing", &M::timing, "n BolusTimes."},
      Field{"snr", &M::snr, "S0 over the standard deviation of the baseline (n,); empty for dR2* curves."},
      Field{"cnr", &M::cnr, "S0 - Smin over the same (n,); empty for dR2* curves."},
      Field{"time_to_peak", &M::time_to_peak, "Peak minus arrival, s (n,) (CAPLEX Q.CD1.010)."},
      Field{"delay", &M::delay, "Arrival after that of the arterial, else the reference curve, s (n,)."},
      Field{"delta_r2s_max", &M::delta_r2s_max, "Largest dR2* of the first pass, 1/s (n,)."},
      Field{"auc", &M::auc, "Integral of dR2* over the first pass (n,) (CAPLEX Q.CD1.013)."},
      Field{"FWHM", &M::FWHM, "Full width of the first pass at half its largest dR2*, s (n,)."},
      Field{"wash_in", &M::wash_in, "Slope of dR2* between 20 and 80 % of its peak, 1/s^2 (n,) (CAPLEX Q.CD1.011)."},
      Field{"wash_out", &M::wash_out, "Slope of dR2* from 80 down to 50 % of its peak, 1/s^2 (n,) (CAPLEX Q.CD1.012)."},
      Field{"rCBV", &M::rCBV, "Integral of dR2* over the chosen range (n,)."},
      Field{"nrCBV", &M::nrCBV, "rCBV over that of the reference curve (n,); empty without one."},
      Field{"CBV", &M::CBV, "100 rCBV over that of the arterial curve, mL/100 mL (n,); empty without one."},
      Field{"PH", &M::PH, "Peak height S0 - Smin (n,); empty for dR2* curves."},
      Field{"relative_PH", &M::relative_PH, "PH over that of the reference curve (n,); empty without one."},
      Field{"PSR", &M::PSR, "100 (Spost - Smin) / (S0 - Smin), never clipped (n,); empty for dR2* curves."},
      Field{"normalised_PSR", &M::normalised_PSR, "PSR over that of the reference curve (n,); empty without one."},
      Field{"log_PSR_ratio", &M::log_PSR_ratio, "Natural logarithm of the same (n,)."},
      Field{"flags", &M::flags, "QC flags of the timing, and dsc.quantity.weak_drop, .undefined, dsc.signal.not_positive."});
  measures
      .def(
          "to_frame",
          [](const M& self) {
            std::vector<double> arrival;
            for (const auto& timing : self.timing) arrival.push_back(timing.arrival_time);
            py::dict columns("curve"_a = self.names, "arrival_time"_a = arrival);
            const std::pair<const char*, const Eigen::VectorXd*> all[] = {{"time_to_peak", &self.time_to_peak},
                                                                          {"delay", &self.delay},
                                                                          {"delta_r2s_max", &self.delta_r2s_max},
                                                                          {"auc", &self.auc},
                                                                          {"FWHM", &self.FWHM},
                                                                          {"wash_in", &self.wash_in},
                                                                          {"wash_out", &self.wash_out},
                                                                          {"rCBV", &self.rCBV},
                                                                          {"nrCBV", &self.nrCBV},
                                                                          {"CBV", &self.CBV},
                                                                          {"PH", &self.PH},
                                                                          {"relative_PH", &self.relative_PH},
                                                                          {"PSR", &self.PSR},
                                                                          {"normalised_PSR", &self.normalised_PSR},
                                                                          {"log_PSR_ratio", &self.log_PSR_ratio},
                                                                          {"snr", &self.snr},
                                                                          {"cnr", &self.cnr}};
            for (const auto& [name, values] : all) {
              if (values->size() > 0) columns[name] = *values;
            }
            return data_frame(columns);
          },
          "One row per curve as a pandas DataFrame, with the columns that there are.")
      .def("__repr__", [](const M& self) {
        std::string text;
        for (std::size_t i = 0; i < self.names.size(); ++i) text += (i ? ", " : "") + self.names[i];
        return detail::message("CurveMeasures(", text, "; ", self.flags.size(), " flags)");
      });
  add_html(measures);

  using C = CurveQuantities;
  py::class_<C> step(m, "CurveQuantities",
                     R"(Perfusion quantities of signal or dR2* curves, each with the windows of its own timing.

S0 is the mean before the bolus, Smin and dR2*max lie in the first pass, Spost is the mean of the plateau. PSR is
100 (Spost - Smin) / (S0 - Smin) and never clipped.

Parameters
----------
echo_time : float, optional
    TE in s; must be given for signals.
timing : BolusTiming
    Windows of each curve.
range : {'full', 'first_pass'}
    Samples that make rCBV.
reference_channel : str
    Curve that others are set in relation to, e.g. of normal white matter; '' for none.
arterial_channel : str
    Curve that CBV and delay refer to; '' for none.
contrast_threshold : float
    S0 - Smin below this many standard deviations of the baseline is flagged dsc.quantity.weak_drop.
)");
  add_options(step, "CurveQuantities", Field{"echo_time", &C::echo_time, "TE in s, or None."},
              Field{"timing", &C::timing, "Windows of each curve."}, Field{"range", &C::range, "'full' or 'first_pass'."},
              Field{"reference_channel", &C::reference_channel, "Curve that others are set in relation to, or ''."},
              Field{"arterial_channel", &C::arterial_channel, "Curve that CBV and delay refer to, or ''."},
              Field{"contrast_threshold", &C::contrast_threshold, "Standard deviations of the baseline."});
  step.def("__call__", &C::operator(), "curves"_a, Released(), R"(Measure each curve.

Parameters
----------
curves : CurveSet
    Signals, or dR2* curves, which may hold concentrations.

Returns
-------
CurveMeasures

Raises
------
DataError
    If curves are normalised, TE is not given, S0 is not positive, there is no such channel, or what is divided by is not positive.
ShapeError, OptionError
)");
}

/// The same image without a copy of its voxels.
template <class T>
py::object shared_image(const Image<T>& image) {
  if (image.empty()) return py::none();
  using Value = std::remove_const_t<T>;
  const auto& memory = image.shared_data();
  return py::cast(std::make_shared<Image<Value>>(
      Image<Value>::wrap(image.geometry(), memory.get(), std::shared_ptr<void>(memory, memory.get()))));
}

py::object image_called(const ParametricMaps& maps, PerfusionQuantity quantity) { return shared_image(maps[quantity]); }

void bind_parametric_maps(py::module_& m) {
  using P = ParametricMaps;
  py::class_<P> maps(m, "ParametricMaps", R"(Maps of perfusion quantities on the grid of a series.

``maps["rCBV"]`` is an Image. No map holds NaN.
)");
  add_results(
      maps, "ParametricMaps", Field{"images", &P::images, "Image by the name of its quantity."},
      Field{"delta_r2s", &P::delta_r2s, "PerfusionSeries of dR2* in 1/s, when asked for."},
      Field{"states", &P::states, "Mask of 0 outside, 1 valid, 2 samples <= 0 were floored, 3 no bolus, 4 invalid."},
      Field{"voxel_count", &P::voxel_count, "Voxels of the mask."},
      Field{"invalid_count", &P::invalid_count, "Of those, with NaN, infinity, S0 <= 0 or no positive sample; 0 in every map."},
      Field{"floored_count", &P::floored_count, "Of those, with samples <= 0 that were taken as the smallest positive one."},
      Field{"no_bolus_count", &P::no_bolus_count, "Of those, with a drop within the noise."},
      Field{"undefined_counts", &P::undefined_counts, "Usable voxels in which a quantity has no value and is 0, by quantity."},
      Field{"white_matter_means", &P::white_matter_means, "What maps were divided by, by quantity."},
      Field{"times", &P::times, "Seconds (t,)."},
      Field{"mean_signal", &P::mean_signal, "Mean curve of the mask (t,), from which the windows were found."},
      Field{"reference", &P::reference, "Reference dR2* of the leakage correction (t,), 1/s; empty without one."},
      Field{"timing", &P::timing, "BolusTimes of the mean curve."},
      Field{"flags", &P::flags,
            "QC flags of the timing and the leakage reference, and dsc.voxel.invalid, dsc.signal.not_positive, "
            "dsc.maps.no_bolus."});
  maps.def_property_readonly(
          "images",
          [](const P& self) {
            py::dict images;
            for (const auto& [quantity, image] : self.images) images[py::cast(quantity)] = shared_image(image);
            return images;
          },
          "Image by the name of its quantity; the voxels are shared, not copied.")
      .def_property_readonly(
          "states", [](const P& self) { return shared_image(self.states); },
          "Mask of 0 outside, 1 valid, 2 samples <= 0 were floored, 3 no bolus, 4 invalid.")
      .def("__getitem__", &image_called, "quantity"_a, "The Image of a quantity. Raises DataError when it was not asked for.")
      .def(
          "__contains__", [](const P& self, PerfusionQuantity quantity) { return self.images.count(quantity) > 0; },
          "quantity"_a)
      .def(
          "to_frame",
          [](const P& self) {
            std::vector<std::string> names, units;
            std::vector<double> means;
            std::vector<std::size_t> undefined;
            for (const auto& [quantity, image] : self.images) {
              double sum = 0.0;
              std::size_t count = 0;
              const auto found = self.undefined_counts.find(quantity);
              undefined.push_back(found == self.undefined_counts.end() ? 0 : found->second);
              for (std::size_t v = 0; v < image.size(); ++v) {
                const auto state = static_cast<VoxelState>(self.states.data()[v]);
                if (state == VoxelState::outside || state == VoxelState::invalid) continue;
                sum += static_cast<double>(image.data()[v]);
                ++count;
              }
              count -= std::min(count, undefined.back());
              names.emplace_back(quantity_name(quantity));
              units.emplace_back(quantity_unit(quantity));
              means.push_back(count > 0 ? sum / static_cast<double>(count) : 0.0);
            }
            return data_frame(py::dict("map"_a = names, "unit"_a = units, "mean"_a = means, "undefined_voxels"_a = undefined));
          },
          "One row per map as a pandas DataFrame: unit, mean over the voxels with a value, and voxels without one.")
      .def("__repr__", [](const P& self) {
        std::string text;
        for (const auto& [quantity, image] : self.images)
          text += (text.empty() ? "" : ", ") + std::string(quantity_name(quantity));
        return detail::message("ParametricMaps(", text, self.delta_r2s ? "; delta_r2s" : "", "; ", self.voxel_count,
                               " voxels, ", self.invalid_count, " invalid, ", self.flags.size(), " flags)");
      });
  add_html(maps);

  using F = FoundMaps;
  py::class_<F, P> found(m, "FoundMaps", "Parametric maps, and what was found on the way to them.");
  found
      .def_property_readonly(
          "brain", [](const F& self) { return self.brain.mask.empty() ? py::object(py::none()) : py::cast(self.brain); },
          "TissueMask of the brain, or None where it was given.")
      .def_property_readonly(
          "white_matter",
          [](const F& self) { return self.white_matter.mask.empty() ? py::object(py::none()) : py::cast(self.white_matter); },
          "TissueMask of normal-appearing white matter, or None where it was given or not needed.")
      .def_property_readonly(
          "tissue", [](const F& self) { return self.tissue.mask.empty() ? py::object(py::none()) : py::cast(self.tissue); },
          "TissueMask of the reference tissue, or None where it was given or not needed.")
      .def_property_readonly(
          "arterial", [](const F& self) { return py::cast(self.arterial); },
          "ArterialSelection, or None where it was given or not needed.")
      .def(py::pickle(
          [](const F& self) {
            return py::make_tuple(py::cast(static_cast<const P&>(self), py::return_value_policy::copy), self.brain,
                                  self.white_matter, self.tissue, self.arterial);
          },
          [](const py::tuple& state) {
            F restored;
            static_cast<P&>(restored) = state[0].cast<P>();
            restored.brain = state[1].cast<TissueMask>();
            restored.white_matter = state[2].cast<TissueMask>();
            restored.tissue = state[3].cast<TissueMask>();
            restored.arterial = state[4].cast<std::optional<ArterialSelection>>();
            return restored;
          }));
}

/// An arterial signal from an ArterialCurve or an array.
std::optional<Eigen::VectorXd> arterial_signal(const py::object& arterial) {
  if (arterial.is_none()) return {};
  if (py::isinstance<ArterialCurve>(arterial)) return arterial.cast<const ArterialCurve&>().signal;
  return arterial.cast<Eigen::VectorXd>();
}

void bind_perfusion_maps(py::module_& m) {
  using S = PerfusionMaps;
  py::class_<S> step(m, "PerfusionMaps", R"(Maps any set of perfusion quantities.

The windows come from the timing of the mask's mean curve; then the series is read once, in blocks of voxels. What is not asked for
is not computed. With two echoes dR2* is free of T1, and signal quantities and timing are those of the longer echo.

Parameters
----------
quantities : sequence of str
    What is mapped: 'delta_r2s', 'snr', 'cnr', 'arrival_time', 'peak_time', 'time_to_peak', 'delay', 'delta_r2s_max', 'auc',
    'FWHM', 'wash_in', 'wash_out', 'rCBV', 'nrCBV', 'corrected_rCBV', 'corrected_nrCBV', 'K1', 'K2', 'K2_error', 'kep', 'PH',
    'relative_PH', 'PSR', 'normalised_PSR', 'CBF', 'CBV', 'MTT', 'Tmax'.
echo_time : float, optional
    TE of the series in s; that of its protocol when not given.
timing : BolusTiming
    Of the mean curve.
range : {'full', 'first_pass'}
    Samples that make rCBV, also the corrected one.
leakage : LeakageCorrection
    Its model, max_kep and limit of K2; range, baseline and threads are those here.
search_margin : float
    s that a voxel's pass may begin before or end after that of the mean curve.
contrast_threshold : float
    S0 - Smin below this many standard deviations of the baseline is no bolus.
timing_voxels : int
    About so many voxels, evenly spread, make the mean curve; 0 for all of the mask.
threads : int
    0: all cores. The result is the same for any number.
)");
  add_options(step, "PerfusionMaps", Field{"quantities", &S::quantities, "What is mapped."},
              Field{"echo_time", &S::echo_time, "TE in s, or None."}, Field{"timing", &S::timing, "Of the mean curve."},
              Field{"range", &S::range, "'full' or 'first_pass'."},
              Field{"leakage", &S::leakage, "Model and limits of the leakage correction."},
              Field{"search_margin", &S::search_margin, "s before and after the mean curve's pass."},
              Field{"contrast_threshold", &S::contrast_threshold, "Standard deviations of the baseline."},
              Field{"timing_voxels", &S::timing_voxels, "Voxels that make the mean curve; 0 for all."},
              Field{"threads", &S::threads, "0 means all cores."});
  step.def(
      "__call__",
      [](const S& self, const PerfusionSeries& series, const Mask& mask, const Mask* white_matter, const Mask* tissue,
         const py::object& arterial, const DeconvolutionOperator* deconvolution, const PerfusionSeries* second_echo,
         const py::object& progress) {
        const auto signal = arterial_signal(arterial);
        const auto callback = progress_from(progress);
        const py::gil_scoped_release release;
        return self(series, mask, {white_matter, tissue, signal ? &*signal : nullptr, deconvolution, second_echo}, callback);
      },
      "series"_a, "mask"_a, "white_matter"_a = py::none(), "tissue"_a = py::none(), "arterial"_a = py::none(),
      "deconvolution"_a = py::none(), "second_echo"_a = py::none(), "progress"_a = py::none(), R"(Map each voxel of `mask`.

Parameters
----------
series : PerfusionSeries
mask : Mask
    On the grid of the series, as all other masks.
white_matter : Mask, optional
    Normal-appearing: for nrCBV, corrected_nrCBV, relative_PH and normalised_PSR.
tissue : Mask, optional
    Brain that does not enhance: the reference of the leakage correction.
arterial : ArterialCurve or array (t,), optional
    Arterial signal that delays are counted from; the mean curve without it.
deconvolution : DeconvolutionOperator, optional
    Prepared with the arterial dR2*: for CBF, CBV, MTT and Tmax.
second_echo : PerfusionSeries, optional
    Another echo of the same volumes, with its TE.
progress : callable, optional
    Called with (stage, done, total); returning False stops.

Returns
-------
ParametricMaps

Raises
------
GeometryError, ShapeError
    If grids or lengths differ.
DataError
    If the mask is empty, TE is not known, the mean curve has no bolus, or a reference is missing or of no use.
OptionError
)");

  m.def(
      "maps",
      [](const PerfusionSeries& series, const std::optional<std::vector<PerfusionQuantity>>& quantities, const Mask* brain,
         const LabelMap* labels, const Mask* white_matter, const Mask* tissue, const ArterialCurve* arterial,
         const PerfusionSeries* second_echo, const std::optional<S>& options, const Deconvolution& deconvolution,
         const py::object& progress) {
        const auto callback = progress_from(progress);
        const py::gil_scoped_release release;
        S chosen = options.value_or(S{.quantities = detail::usual_quantities()});
        if (quantities) chosen.quantities = *quantities;
        return maps(series, {brain, labels, white_matter, tissue, arterial, second_echo}, chosen, deconvolution, callback);
      },
      "series"_a, "quantities"_a = py::none(), "brain"_a = py::none(), "labels"_a = py::none(), "white_matter"_a = py::none(),
      "tissue"_a = py::none(), "arterial"_a = py::none(), "second_echo"_a = py::none(), "options"_a = py::none(),
      "deconvolution"_a = Deconvolution{}, "progress"_a = py::none(),
      R"(Map a series with nothing else at hand.

Finds the brain, and as far as the quantities need them normal-appearing white matter, reference tissue and arterial input, with
each step's defaults. What is given is used as it is.

Parameters
----------
series : PerfusionSeries
quantities : sequence of str, optional
    As of PerfusionMaps; they replace those of `options`. The usual ones when neither is given.
brain : Mask, optional
    Else BrainMask finds it.
labels : LabelMap, optional
    The tumour, which the references keep away from.
white_matter : Mask, optional
    Else WhiteMatter finds it.
tissue : Mask, optional
    Else ReferenceTissue finds it.
arterial : ArterialCurve, optional
    Else ArterialSearch finds it.
second_echo : PerfusionSeries, optional
    Another echo of the same volumes, with its TE.
options : PerfusionMaps, optional
deconvolution : Deconvolution
    Method of CBF, CBV, MTT and Tmax.
progress : callable, optional
    Called with (stage, done, total); returning False stops.

Returns
-------
FoundMaps
    The maps, and what was found.

Raises
------
GeometryError, ShapeError, DataError, OptionError
    As the steps; the message says which could not find what.
)");
}

void bind_region_statistics(py::module_& m) {
  using R = RegionRow;
  py::class_<R> row(m, "RegionRow", "One map in one region.");
  add_results(row, "RegionRow", Field{"map", &R::map, "Name of the quantity."},
              Field{"region", &R::region, "Name of the region."},
              Field{"voxel_count", &R::voxel_count, "Voxels of the region."},
              Field{"valid_count", &R::valid_count, "Of those, with a value."}, Field{"mean", &R::mean, "0 without a value."},
              Field{"standard_deviation", &R::standard_deviation, "n - 1; 0 for one voxel."}, Field{"median", &R::median, ""},
              Field{"percentile_5", &R::percentile_5, ""}, Field{"percentile_95", &R::percentile_95, ""});
  row.def("__repr__", [](const R& self) {
    return detail::message("RegionRow(", self.map, " in ", self.region, ": ", self.mean, " +- ", self.standard_deviation, ", ",
                           self.valid_count, " of ", self.voxel_count, " voxels)");
  });
  py::class_<RegionTable> table(m, "RegionTable", "Every map in every region.");
  add_results(table, "RegionTable", Field{"rows", &RegionTable::rows, "RegionRow by region, then map."},
              Field{"flags", &RegionTable::flags, "QC flags dsc.region.empty, .small, .invalid."});
  table
      .def(
          "to_frame",
          [](const RegionTable& self) {
            std::vector<std::string> regions, maps;
            std::vector<std::size_t> voxels, valid;
            std::vector<double> columns[5];
            for (const auto& each : self.rows) {
              regions.push_back(each.region);
              maps.push_back(each.map);
              voxels.push_back(each.voxel_count);
              valid.push_back(each.valid_count);
              const double values[] = {each.mean, each.standard_deviation, each.median, each.percentile_5, each.percentile_95};
              for (std::size_t k = 0; k < 5; ++k) columns[k].push_back(values[k]);
            }
            return data_frame(py::dict("region"_a = regions, "map"_a = maps, "voxels"_a = voxels, "valid_voxels"_a = valid,
                                       "mean"_a = columns[0], "standard_deviation"_a = columns[1], "median"_a = columns[2],
                                       "percentile_5"_a = columns[3], "percentile_95"_a = columns[4]));
          },
          "One row per region and map as a pandas DataFrame.")
      .def("__repr__", [](const RegionTable& self) {
        return detail::message("RegionTable(", self.rows.size(), " rows, ", self.flags.size(), " flags)");
      });
  add_html(table);

  py::class_<RegionStatistics> step(m, "RegionStatistics", R"(Statistics of maps over regions.

Percentiles interpolate between voxels as numpy does. Left out are voxels outside the mask of the maps, invalid ones, and those in
which a quantity is undefined.

Parameters
----------
regions : sequence of {'ET', 'NET', 'ED', 'WT'}
    Parts of the tumour, where labels are given.
)");
  add_options(step, "RegionStatistics", Field{"regions", &RegionStatistics::regions, "Parts of the tumour."});
  const auto named = [](const py::dict& masks) {
    std::vector<NamedMask> all;
    for (const auto& [name, mask] : masks) all.emplace_back(name.cast<std::string>(), mask.cast<const Mask&>());
    return all;
  };
  step.def(
          "__call__",
          [named](const RegionStatistics& self, const ParametricMaps& maps, const LabelMap* labels, const py::dict& masks) {
            return self(maps, labels, named(masks));
          },
          "maps"_a, "labels"_a = py::none(), "masks"_a = py::dict(), R"(Of every map, over labels and masks.

Parameters
----------
maps : ParametricMaps
labels : LabelMap, optional
    On the grid of the maps.
masks : dict of str to Mask
    Further regions by name.

Returns
-------
RegionTable

Raises
------
GeometryError, DataError
    If grids differ, or there is no map or no region.
)")
      .def(
          "__call__",
          [named](const RegionStatistics& self, const Image<float>& image, const std::string& name, const LabelMap* labels,
                  const py::dict& masks) { return self(image, name, labels, named(masks)); },
          "image"_a, "name"_a, "labels"_a = py::none(), "masks"_a = py::dict(),
          "The same of any Image, called `name`; voxels that are not finite are left out.");
}

}  // namespace

void bind_dsc_maps(py::module_& m) {
  bind_curve_quantities(m);
  bind_parametric_maps(m);
  bind_perfusion_maps(m);
  bind_region_statistics(m);
}

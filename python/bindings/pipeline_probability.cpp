// Voxel-wise probability maps.
#include <bolus/pipeline/probability_map.hpp>

#include "choices.hpp"
#include "model.hpp"

BOLUS_STRING_ENUM(bolus::VoxelChannels, "channels", "typing.Literal['tissue', 'region']", std::string_view("tissue"),
                  std::string_view("region"))

namespace {

using namespace bolus;

void bind_result(py::module_& m) {
  using Result = VoxelProbability;
  py::class_<Result>(m, "VoxelProbability", "Probability of an IDH mutation in every voxel of a tumour.")
      .def_property_readonly(
          "probability", [](const Result& self) { return std::make_shared<Image<float>>(self.probability); },
          "Image on the grid of the series; NaN outside the tumour and where nothing could be said.")
      .def_property_readonly(
          "standard_deviation", [](const Result& self) { return std::make_shared<Image<float>>(self.standard_deviation); },
          "Image: of the probabilities of the voxel's windows.")
      .def_readonly("voxel_count", &Result::voxel_count, "Voxels with a probability.")
      .def_readonly("excluded_count", &Result::excluded_count, "Tumour voxels without one.")
      .def_readonly("mean", &Result::mean, "Of the probability over its voxels.")
      .def_readonly("flags", &Result::flags, "Reasons to doubt the map.")
      .def_readonly("provenance", &Result::provenance)
      .def(
          "to_frame",
          [](const Result& self) {
            return data_frame(py::dict("voxels"_a = std::vector{self.voxel_count},
                                       "excluded"_a = std::vector{self.excluded_count}, "mean"_a = std::vector{self.mean},
                                       "flags"_a = std::vector{self.flags.size()}));
          },
          "One row: voxels, excluded, mean probability, number of flags.")
      .def("_repr_html_", &notebook_html)
      .def("__repr__",
           [](const Result& self) {
             return detail::message("VoxelProbability(", self.voxel_count, " voxels, mean probability ", self.mean, ", ",
                                    self.flags.size(), " flags)");
           })
      .def(py::pickle(
          [](const Result& self) {
            const auto& p = self.provenance;
            return py::make_tuple(std::make_shared<Image<float>>(self.probability),
                                  std::make_shared<Image<float>>(self.standard_deviation), self.voxel_count,
                                  self.excluded_count, self.mean, self.flags,
                                  py::make_tuple(p.step, p.version, p.options, p.inputs, p.seed, p.simulated, p.flags));
          },
          [](const py::tuple& state) {
            using Texts = std::map<std::string, std::string>;
            const auto image = [&](int i) { return *state[static_cast<std::size_t>(i)].cast<std::shared_ptr<Image<float>>>(); };
            const py::tuple p = state[6];
            Result result;
            result.probability = image(0);
            result.standard_deviation = image(1);
            result.voxel_count = state[2].cast<std::size_t>();
            result.excluded_count = state[3].cast<std::size_t>();
            result.mean = state[4].cast<double>();
            result.flags = state[5].cast<QcFlags>();
            result.provenance = {p[0].cast<std::string>(),
                                 p[1].cast<std::string>(),
                                 p[2].cast<Texts>(),
                                 p[3].cast<Texts>(),
                                 p[4].cast<std::optional<std::uint64_t>>(),
                                 p[5].cast<bool>(),
                                 p[6].cast<QcFlags>()};
            return result;
          }));
}

}  // namespace

void bind_probability_map(py::module_& m) {
  bind_result(m);
  const ProbabilityMap d;
  const auto make = [](VoxelChannels channels, const MakeWindows& make_windows, Aggregation aggregation,
                       const std::string& region, std::int64_t block, Engine engine, int threads) {
    ProbabilityMap map;
    map.channels = channels;
    map.make_windows = make_windows;
    map.predict.aggregation = aggregation;
    map.predict.engine = engine;
    map.predict.threads = threads;
    map.region = region_from(region);
    map.block = model_binding::size_from("block", block);
    return map;
  };
  py::class_<ProbabilityMap>(m, "ProbabilityMap", R"(Sends every voxel's curve of a tumour through the model.

The model was trained on mean curves of regions, which have far less noise than a voxel: read the map for where, not for how
probable.

Parameters
----------
channels : {'tissue', 'region'}
    Which channels the voxel's own curve takes. 'tissue': all but AIF, as if the whole tumour were like this voxel. 'region': that
    of the voxel's own region (ET, NET or ED) alone; the others keep the patient's curves.
make_windows : MakeWindows
    Normalisation and windows, as in training.
aggregation : {'mean', 'median', 'maximum', 'logit_mean'}
    Of the voxel's windows.
region : {'WT', 'ET', 'NET', 'ED'}
    The voxels to map.
block : int
    Voxels that go through the network together.
engine : {'fused', 'libtorch'}
    Which code runs the network.
threads : int
    0: all cores. The result does not depend on it.
)")
      .def(py::init(make), "channels"_a = d.channels, "make_windows"_a = d.make_windows,
           "aggregation"_a = d.predict.aggregation, "region"_a = std::string(region_name(d.region)), "block"_a = d.block,
           "engine"_a = d.predict.engine, "threads"_a = d.predict.threads)
      .def_readwrite("channels", &ProbabilityMap::channels)
      .def_readwrite("make_windows", &ProbabilityMap::make_windows)
      .def_property(
          "aggregation", [](const ProbabilityMap& self) { return self.predict.aggregation; },
          [](ProbabilityMap& self, Aggregation value) { self.predict.aggregation = value; })
      .def_property(
          "region", [](const ProbabilityMap& self) { return std::string(region_name(self.region)); },
          [](ProbabilityMap& self, const std::string& value) { self.region = region_from(value); })
      .def_readwrite("block", &ProbabilityMap::block)
      .def_property(
          "engine", [](const ProbabilityMap& self) { return self.predict.engine; },
          [](ProbabilityMap& self, Engine value) { self.predict.engine = value; })
      .def_property(
          "threads", [](const ProbabilityMap& self) { return self.predict.threads; },
          [](ProbabilityMap& self, int value) { self.predict.threads = value; })
      .def("__repr__",
           [](const py::object& self) {
             std::string text = "ProbabilityMap(";
             for (const char* name : {"channels", "make_windows", "aggregation", "region", "block", "engine", "threads"}) {
               text +=
                   (text.back() == '(' ? "" : ", ") + std::string(name) + "=" + py::repr(self.attr(name)).cast<std::string>();
             }
             return text + ")";
           })
      .def(
          "__call__",
          [](const ProbabilityMap& self, const PerfusionSeries& series, const LabelMap& labels, const CurveSet& signals,
             const AttentionLSTM& network, const py::object& progress) {
            const auto callback = progress_from(progress);
            const py::gil_scoped_release unlocked;
            return self(series, labels, signals, network, callback);
          },
          "series"_a, "labels"_a, "signals"_a, "network"_a, "progress"_a = py::none(), R"(Map.

Parameters
----------
series : PerfusionSeries
labels : LabelMap
    On the grid of the series.
signals : CurveSet
    The patient's curves, as ExtractCurves or bolus.dsc.RegionCurves make them.
network : bolus.model.AttentionLSTM
progress : callable (stage, done, total), optional
    Return False to stop.

Returns
-------
VoxelProbability
    Write its images with ``bolus.io.write_image(path, result.probability)``.

Raises
------
GeometryError, DataError, OptionError, Cancelled
)");
}

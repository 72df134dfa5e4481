#include <bolus/segment/given_labels.hpp>

#include "segment.hpp"

#include "images.hpp"
#include "progress.hpp"
#include "segment_cascade.hpp"

namespace {

using namespace bolus;

/// Lets a Python class be a Segmenter. The study is handed over without a copy and must not be kept after the call.
class PythonSegmenter : public Segmenter {
 public:
  LabelMap operator()(const AlignedStudy& study, const Progress& progress) const override {
    const py::gil_scoped_acquire lock;
    const auto method = overridden("__call__");
    py::object callback = py::none();
    if (progress) {
      callback = py::cpp_function([&progress](const std::string& stage, std::size_t done, std::size_t total) {
        return progress({stage, done, total});
      });
    }
    const std::shared_ptr<AlignedStudy> borrowed(std::shared_ptr<void>(), const_cast<AlignedStudy*>(&study));
    const py::object answer = method(borrowed, "progress"_a = callback);
    detail::require<DataError>(py::isinstance<LabelMap>(answer), "the segmenter ", name(), " returned ",
                               py::str(py::type::of(answer)).cast<std::string>(), "; expected a LabelMap");
    return *answer.cast<std::shared_ptr<LabelMap>>();
  }

  std::string name() const override {
    const py::gil_scoped_acquire lock;
    return overridden("name")().cast<std::string>();
  }

  std::string key() const override {
    const py::gil_scoped_acquire lock;
    const auto found = py::get_override(static_cast<const Segmenter*>(this), "key");
    return found ? found().cast<std::string>() : Segmenter::key();
  }

  bool wants_bias_correction() const override {
    const py::gil_scoped_acquire lock;
    const auto found = py::get_override(static_cast<const Segmenter*>(this), "wants_bias_correction");
    return found ? found().cast<bool>() : Segmenter::wants_bias_correction();
  }

 private:
  py::function overridden(const char* method) const {
    const auto found = py::get_override(static_cast<const Segmenter*>(this), method);
    detail::require<OptionError>(static_cast<bool>(found), "a subclass of Segmenter must define ", method);
    return found;
  }
};

constexpr const char* call_doc = R"(Find the tumour.

Parameters
----------
study : AlignedStudy
progress : callable (stage, done, total), optional
    Called now and then; returning False stops.

Returns
-------
LabelMap
    On the grid of the study's structural images, or of its DSC series.

Raises
------
DataError, GeometryError, Cancelled
)";

}  // namespace

void bind_segment(py::module_& module) {
  auto m = module.def_submodule("segment", "Where the tumour is.");

  py::class_<Segmenter, PythonSegmenter, std::shared_ptr<Segmenter>>(m, "Segmenter",
                                                                     R"(Finds the tumour and its parts in a study.

Subclass it to bring your own: define ``__call__(self, study, progress=None)``, returning a LabelMap, and ``name(self)``. The study
must not be kept after the call.
)")
      .def(py::init<>())
      .def(
          "__call__",
          [](const Segmenter& self, const AlignedStudy& study, const py::object& progress) {
            const auto report = progress_from(progress);
            const py::gil_scoped_release release;
            return std::make_shared<LabelMap>(self(study, report));
          },
          "study"_a, "progress"_a = py::none(), call_doc)
      .def("name", &Segmenter::name, "A short name for reports and provenance.")
      .def("key", &Segmenter::key,
           "Tells apart segmenters that find different things: finished work is found again by it. The name when not "
           "overridden, so a network of yours should add a hash of its weights.")
      .def("wants_bias_correction", &Segmenter::wants_bias_correction,
           "Whether images that are prepared for this segmenter should be corrected for the bias field; True when not "
           "overridden.");

  py::class_<GivenLabels, Segmenter, std::shared_ptr<GivenLabels>>(m, "GivenLabels",
                                                                   R"(The segmenter for a tumour outlined already.

Parameters
----------
labels : LabelMap, optional
    BraTS values, on the grid of the study's structural images or of its DSC series. When not given, the study's own.

Raises
------
DataError
    When called, if there is no label map or it marks no tumour.
GeometryError
    When called, if the label map lies on none of the study's grids.
)")
      .def(py::init([](const LabelMap* labels) { return labels ? GivenLabels(*labels) : GivenLabels(); }),
           "labels"_a = py::none())
      .def("__repr__", [](const GivenLabels&) { return "GivenLabels()"; });

  m.def(
      "check_labels",
      [](const LabelMap& labels, const Mask* brain) {
        return check_labels(labels, brain ? std::optional<Mask>(*brain) : std::nullopt);
      },
      "labels"_a, "brain"_a = py::none(), R"(Doubts about a label map.

Parameters
----------
labels : LabelMap
brain : Mask, optional
    Brain voxels, on the same grid.

Returns
-------
list of QcFlag
    "segment.region.empty" for each of ET, NET, ED without a voxel; "segment.outside_brain".

Raises
------
DataError
    If nothing is labelled, or nothing labelled lies in the brain.
GeometryError
    If the mask lies on another grid.
)");
  bind_segment_metrics(m);
  bind_correction_audit(m);
  bind_torchscript_segmenter(m);
  bind_segment_cascade(m);
  bind_segment_training(m);
}

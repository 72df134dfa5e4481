// Networks of others, saved with TorchScript.
#include <bolus/segment/torchscript_segmenter.hpp>

#include "segment.hpp"

#include "arrays.hpp"
#include "modalities.hpp"
#include "progress.hpp"
#include "regions.hpp"

BOLUS_STRING_ENUM(bolus::IntensityScaling, "normalisation", "typing.Literal['none', 'zscore', 'zscore_nonzero', 'percentile']",
                  std::string_view("none"), std::string_view("zscore"), std::string_view("zscore_nonzero"),
                  std::string_view("percentile"))
BOLUS_STRING_ENUM(bolus::OutputActivation, "activation", "typing.Literal['softmax', 'sigmoid', 'none']",
                  std::string_view("softmax"), std::string_view("sigmoid"), std::string_view("none"))

using namespace bolus;

void bind_torchscript_segmenter(py::module_& m) {
  using D = SegmenterDescription;
  auto description = py::class_<D>(m, "SegmenterDescription",
                                   R"(What must be known of somebody's network to use it.

Axes are those of its input tensor (batch, channel, first, second, third).

Parameters
----------
name : str
    For reports and provenance.
channels : sequence of {'t1', 't2', 'flair', 'cet1'}
    Input channels, in order.
orientation : str
    How the three axes run: MONAI 'RAS', nnU-Net 'SPL'.
spacing : (float, float, float)
    Along the axes, mm.
spacing_tolerance : float
    mm
normalisation : {'none', 'zscore', 'zscore_nonzero', 'percentile'}
    Voxels that are 0 count as background.
percentiles : (float, float)
    Become 0 and 1 where normalisation is 'percentile'.
crop_to_nonzero : bool
    Run on the box where any channel is not 0, as nnU-Net does.
patch_size : (int, int, int)
    Voxels along the axes.
overlap : float
    Of neighbouring patches, as a share of the patch.
activation : {'softmax', 'sigmoid', 'none'}
labels : sequence of int
    BraTS value of each output channel; the largest channel wins.
regions : sequence of {'ET', 'NET', 'ED', 'WT', 'TC'}
    Or: region of each output channel, which may overlap.
threshold : float
    From which a voxel belongs to a region.
flips : sequence of int
    Axes (0 to 2) to mirror along; all combinations are averaged.
)");
  add_options(description, "SegmenterDescription", Field{"name", &D::name, "For reports."},
              Field{"channels", &D::channels, "Modalities, in order."},
              Field{"orientation", &D::orientation, "How the tensor's axes run."},
              Field{"spacing", &D::spacing, "Along the axes, mm."}, Field{"spacing_tolerance", &D::spacing_tolerance, "mm"},
              Field{"normalisation", &D::normalisation, ""}, Field{"percentiles", &D::percentiles, "%"},
              Field{"crop_to_nonzero", &D::crop_to_nonzero, ""}, Field{"patch_size", &D::patch_size, "voxels"},
              Field{"overlap", &D::overlap, "share of the patch"}, Field{"activation", &D::activation, ""},
              Field{"labels", &D::labels, "BraTS value of each channel."},
              Field{"regions", &D::regions, "Or: region of each channel."}, Field{"threshold", &D::threshold, ""},
              Field{"flips", &D::flips, "Axes to mirror along."});
  description.def("validate", &D::validate, "Raises OptionError naming the field and what was expected.");
  m.def("read_segmenter_description", &read_segmenter_description, "path"_a, py::call_guard<py::gil_scoped_release>(),
        R"(Read the description of a network from JSON.

Parameters
----------
path : path
    An object with the names of `SegmenterDescription`. What is left out has the default; channels and one of labels and regions must
    be there.

Returns
-------
SegmenterDescription

Raises
------
IoError
    If it cannot be read.
FormatError
    For damaged JSON, an unknown name or a value of the wrong kind.
OptionError
    For a value out of range.
)");
  m.def(
      "write_segmenter_description",
      [](const std::filesystem::path& path, const D& self, bool overwrite) {
        write_segmenter_description(path, self, overwrite ? Overwrite::yes : Overwrite::no);
      },
      "path"_a, "description"_a, "overwrite"_a = false,
      "Write a description as JSON, whole or not at all. Raises IoError, OptionError.");

  using T = TorchScriptSegmenter;
  py::class_<T, Segmenter, std::shared_ptr<T>>(m, "TorchScriptSegmenter",
                                               R"(Any network that was saved with TorchScript, e.g. from nnU-Net or MONAI.

The images are brought to the network's axes, normalised and cut into overlapping patches; the outputs are averaged with Gaussian
weights and activated. The result does not depend on the number of threads.

Parameters
----------
model : path
    From ``torch.jit.script(net).save(...)`` or ``torch.jit.trace(...).save(...)``.
description : path or SegmenterDescription
    A path leads to JSON, see `read_segmenter_description`.
device : str
    'cpu', 'cuda' or 'cuda:1'.
threads : int
    Patches computed at the same time on the CPU, each with working memory of its own. 0: all cores, but patches of no more than 4
    million voxels together.

Raises
------
IoError
    If a file cannot be read.
FormatError
    If the model is no TorchScript, or the JSON is damaged.
OptionError
    If the description or the device cannot be.
)")
      .def(py::init([](const std::filesystem::path& model, const D& described, const std::string& device, int threads) {
             const py::gil_scoped_release release;
             return std::make_shared<T>(model, described, device, threads);
           }),
           "model"_a, "description"_a, "device"_a = "cpu", "threads"_a = 0)
      .def(py::init([](const std::filesystem::path& model, const std::filesystem::path& described, const std::string& device,
                       int threads) {
             const py::gil_scoped_release release;
             return std::make_shared<T>(model, read_segmenter_description(described), device, threads);
           }),
           "model"_a, "description"_a, "device"_a = "cpu", "threads"_a = 0)
      .def_property_readonly("description", &T::description, "SegmenterDescription")
      .def(
          "probabilities",
          [](const T& self, const AlignedStudy& study, const py::object& progress) {
            const auto report = progress_from(progress);
            std::map<Region, Image<float>> images;
            {
              const py::gil_scoped_release release;
              images = self.probabilities(study, report);
            }
            py::dict result;
            for (auto& [region, image] : images) result[py::cast(region)] = std::make_shared<Image<float>>(std::move(image));
            return result;
          },
          "study"_a, "progress"_a = py::none(), R"(The probability of each region.

Parameters
----------
study : AlignedStudy
progress : callable (stage, done, total), optional

Returns
-------
dict of str to Image
    ET, NET, ED, TC and WT where labels are described, else the described regions.

Raises
------
DataError, GeometryError, ShapeError, Cancelled
)")
      .def("__repr__", [](const T& self) { return detail::message("TorchScriptSegmenter('", self.name(), "')"); });
}

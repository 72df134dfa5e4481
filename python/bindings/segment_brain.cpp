// Networks that find the brain. Needs both halves of the library: the interface is one of preprocessing.
#include <bolus/segment/torchscript_brain_extractor.hpp>

#include "arrays.hpp"
#include "option_class.hpp"

BOLUS_STRING_ENUM(bolus::BrainNetworkDescription::Scaling, "scaling", "typing.Literal['none', 'zscore', 'percentile']",
                  std::string_view("none"), std::string_view("zscore"), std::string_view("percentile"))
BOLUS_STRING_ENUM(bolus::BrainNetworkDescription::Output, "output", "typing.Literal['logit', 'probability', 'signed_distance']",
                  std::string_view("logit"), std::string_view("probability"), std::string_view("signed_distance"))

using namespace bolus;

void bind_segment_brain(py::module_& module) {
  auto m = module.attr("segment").cast<py::module_>();
  using D = BrainNetworkDescription;
  py::class_<D> description(m, "BrainNetworkDescription", R"(What must be known of somebody's skull-stripping network to use it.

Axes are those of its input tensor (1, 1, first, second, third). The defaults are those of SynthStrip.

Parameters
----------
name : str
    For reports and provenance.
orientation : str
    How the three axes run: SynthStrip 'LIA', nnU-Net (HD-BET) 'SPL'.
spacing : (float, float, float)
    Along the axes, mm; the image is resampled to it.
multiple : int
    Sizes are padded with zeros to multiples of it.
scaling : {'none', 'zscore', 'percentile'}
    'zscore': over all voxels; 'percentile': lowest value to 0, 99th percentile to 1.
output : {'logit', 'probability', 'signed_distance'}
    A signed distance is in mm and negative inside.
channel : int
    Of the output.
threshold : float
    mm for a signed distance, else a probability.
)");
  add_options(description, "BrainNetworkDescription", Field{"name", &D::name, "For reports."},
              Field{"orientation", &D::orientation, "How the axes run."}, Field{"spacing", &D::spacing, "mm"},
              Field{"multiple", &D::multiple, "Sizes are padded to it."}, Field{"scaling", &D::scaling, "Of intensities."},
              Field{"output", &D::output, "What the network gives."}, Field{"channel", &D::channel, "Of the output."},
              Field{"threshold", &D::threshold, "Of the output."});
  description.def("validate", &D::validate, "Raises OptionError naming the field and what was expected.");
  m.def("read_brain_network_description", &read_brain_network_description, "path"_a, py::call_guard<py::gil_scoped_release>(),
        R"(Read the description of a network from JSON.

Parameters
----------
path : path
    An object with the names of `BrainNetworkDescription`. What is left out has the default; the threshold of a logit or probability
    is then 0.5.

Returns
-------
BrainNetworkDescription

Raises
------
IoError
    If the file cannot be read.
FormatError
    If it is damaged or holds an unknown name or a value of the wrong kind.
OptionError
    If a value is out of range.
)");

  using T = TorchScriptBrainExtractor;
  py::class_<T, BrainExtractor, std::shared_ptr<T>>(m, "TorchScriptBrainExtractor",
                                                    R"(Any skull-stripping network that was saved with TorchScript.

The image is brought to the network's axes and voxels by trilinear interpolation, the network's output back to the image's, where it is
cut at the threshold; the largest part is kept.

Parameters
----------
model : path
description : BrainNetworkDescription
device : str
    'cpu', 'cuda' or 'cuda:1'.

Raises
------
IoError
    If the file cannot be read.
FormatError
    If it is no TorchScript.
OptionError
    If description or device are impossible.
)")
      .def(py::init<const std::filesystem::path&, D, const std::string&>(), "model"_a, "description"_a, "device"_a = "cpu",
           py::call_guard<py::gil_scoped_release>())
      .def_property_readonly("description", &T::description)
      .def("__repr__", [](const T& self) { return "TorchScriptBrainExtractor(" + self.name() + ")"; });
}

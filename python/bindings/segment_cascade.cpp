// The cascade of anisotropic networks: weights, networks, and the segmentation of a study.
#include "segment_cascade.hpp"

#include <bolus/segment/segment_tumour.hpp>
#include <bolus/segment/tensorflow_checkpoint.hpp>

#include "images.hpp"
#include "model.hpp"

BOLUS_STRING_ENUM(bolus::CascadeMode, "mode", "typing.Literal['stable', 'published']", std::string_view("stable"),
                  std::string_view("published"))
BOLUS_STRING_ENUM(bolus::CascadeNoise, "noise", "typing.Literal['counter', 'numpy']", std::string_view("counter"),
                  std::string_view("numpy"))

namespace {

using namespace bolus;
using Unlocked = py::call_guard<py::gil_scoped_release>;
using FloatArray = py::array_t<float, py::array::c_style | py::array::forcecast>;

py::dict array_dict(const std::map<std::string, WeightArray>& weights) {
  py::dict arrays;
  for (const auto& [name, array] : weights) {
    FloatArray copy(std::vector<py::ssize_t>(array.shape.begin(), array.shape.end()));
    std::copy(array.values.begin(), array.values.end(), copy.mutable_data());
    arrays[py::str(name)] = copy;
  }
  return arrays;
}

AnisotropicNetwork network_from(bool downsample_twice, const py::dict& weights) {
  AnisotropicNetwork network;
  network.downsample_twice = downsample_twice;
  for (const auto& [name, value] : weights) {
    const auto array = FloatArray::ensure(value);
    detail::require<ShapeError>(static_cast<bool>(array), "weights '", name.cast<std::string>(), "' are no array");
    network.weights[name.cast<std::string>()] = {{array.shape(), array.shape() + array.ndim()},
                                                 {array.data(), array.data() + array.size()}};
  }
  network.validate();
  return network;
}

void bind_anisotropic_network(py::module_& m) {
  py::class_<AnisotropicNetwork>(m, "AnisotropicNetwork", R"(The network of Wang et al. 2017 for one region and view.

Residual blocks of 1x3x3 convolutions within slices, four 3x1x1 convolutions across them, predictions at three depths put together.
Batch norms always take the moments of the batch at hand: there are no running averages.

Parameters
----------
downsample_twice : bool
    True for WNet and TNet, False for ENet.
weights : dict of str to array
    Named and shaped as `weight_shapes` says.

Raises
------
FormatError
    If weights are missing, unknown, of another shape or not finite.
)")
      .def(py::init(&network_from), "downsample_twice"_a, "weights"_a)
      .def_readonly("downsample_twice", &AnisotropicNetwork::downsample_twice)
      .def_property_readonly(
          "weights", [](const AnisotropicNetwork& self) { return array_dict(self.weights); },
          "Copies of the weight arrays, float32, by name, laid out as PyTorch's.")
      .def_static(
          "weight_shapes",
          [](bool downsample_twice) {
            py::dict shapes;
            for (const auto& [name, dimensions] : AnisotropicNetwork::weight_shapes(downsample_twice)) {
              shapes[py::str(name)] = py::tuple(py::cast(dimensions));
            }
            return shapes;
          },
          "downsample_twice"_a, "Name and dimensions of every weight array.")
      .def(
          "logits",
          [](const AnisotropicNetwork& self, const FloatArray& input, Engine engine, Device device, int threads) {
            detail::require<ShapeError>(input.ndim() == 5, "expected an array of items x slices x rows x columns x 4, found ",
                                        input.ndim(), " dimension(s)");
            std::array<std::size_t, 5> shape{};
            for (std::size_t k = 0; k < 5; ++k) shape[k] = static_cast<std::size_t>(input.shape(static_cast<py::ssize_t>(k)));
            std::vector<float> values;
            {
              const py::gil_scoped_release unlocked;
              values = self.logits({input.data(), static_cast<std::size_t>(input.size())}, shape, {engine, device, threads});
            }
            FloatArray result(std::vector<py::ssize_t>{input.shape(0),
                                                       input.shape(1) - py::ssize_t{AnisotropicNetwork::lost_slices},
                                                       input.shape(2), input.shape(3), 2});
            std::copy(values.begin(), values.end(), result.mutable_data());
            return result;
          },
          "input"_a, "engine"_a = Engine::fused, "device"_a = Device::cpu, "threads"_a = 0,
          R"(What the network gives before the softmax.

Parameters
----------
input : array (items, slices, rows, columns, 4)
    FLAIR, T1, contrast-enhanced T1, T2; more than 8 slices, rows and columns multiples of 4. Batch norms take moments over all of it.
engine : {'fused', 'libtorch'}
    The library's own kernels, or LibTorch's operators.
device : {'cpu', 'cuda'}
    cuda always uses LibTorch.
threads : int
    Of the fused engine; 0: all cores. The result does not depend on it.

Returns
-------
array (items, slices - 8, rows, columns, 2), float32
    Class 1 is tumour.

Raises
------
ShapeError, DataError, OptionError
    If the shape does not fit, a value is not finite, there is no such device.
)")
      .def(
          "__eq__", [](const AnisotropicNetwork& a, const AnisotropicNetwork& b) { return a == b; }, py::is_operator())
      .def("__repr__",
           [](const AnisotropicNetwork& self) {
             std::size_t count = 0;
             for (const auto& [name, array] : self.weights) count += array.values.size();
             return detail::message("AnisotropicNetwork(downsample_twice=", self.downsample_twice ? "True" : "False", ", ",
                                    count, " weights)");
           })
      .def(py::pickle(
          [](const AnisotropicNetwork& self) { return py::make_tuple(self.downsample_twice, array_dict(self.weights)); },
          [](const py::tuple& state) { return network_from(state[0].cast<bool>(), state[1].cast<py::dict>()); }));
  m.def("random_anisotropic_network", &random_anisotropic_network, "downsample_twice"_a, "seed"_a,
        "An AnisotropicNetwork with random weights, distributed as at the start of the original's training.");
  m.def(
      "read_tensorflow_checkpoint",
      [](const std::filesystem::path& path) {
        std::map<std::string, WeightArray> tensors;
        {
          const py::gil_scoped_release unlocked;
          tensors = read_tensorflow_checkpoint(path);
        }
        return array_dict(tensors);
      },
      "path"_a, R"(The float32 tensors of a TensorFlow V2 checkpoint, without TensorFlow.

Parameters
----------
path : path
    "model.ckpt" or "model.ckpt.index"; the data files lie beside it.

Returns
-------
dict of str to array

Raises
------
IoError
    If a file is missing.
FormatError
    Naming file and tensor, if one is cut short, damaged (every block and tensor has a CRC-32C) or of another kind.
)");
}

/// Views into a cascade are copies: networks are plain values.
void bind_cascade_weights(py::module_& m) {
  using Networks = std::map<std::pair<CascadeStage, View>, AnisotropicNetwork>;
  const auto from_networks = [](const Networks& networks, std::map<std::string, std::string> notes) {
    CascadeWeights weights;
    for (const auto stage : all_stages) {
      for (const auto view : all_views) {
        const auto found = networks.find({stage, view});
        detail::require<FormatError>(found != networks.end(), "there is no network for ('", stage_name(stage), "', '",
                                     view_name(view), "')");
        weights.networks[static_cast<std::size_t>(stage)][static_cast<std::size_t>(view)] = found->second;
      }
    }
    weights.notes = std::move(notes);
    weights.validate();
    return weights;
  };
  const auto networks_of = [](const CascadeWeights& self) {
    py::dict networks;
    for (const auto stage : all_stages) {
      for (const auto view : all_views) networks[py::make_tuple(stage, view)] = py::cast(self.network(stage, view));
    }
    return networks;
  };
  py::class_<CascadeWeights, std::shared_ptr<CascadeWeights>>(m, "CascadeWeights", R"(The nine networks of the cascade.

Parameters
----------
networks : dict of (stage, view) to AnisotropicNetwork
    Stages 'WT', 'TC', 'ET'; views 'axial', 'sagittal', 'coronal'.
notes : dict of str to str, optional
    Licence, source and the like; saved with the weights.

Raises
------
FormatError
    If a network is missing or does not fit.
)")
      .def(py::init(from_networks), "networks"_a, "notes"_a = std::map<std::string, std::string>{})
      .def_property_readonly("networks", networks_of, "AnisotropicNetwork by (stage, view).")
      .def(
          "network", [](const CascadeWeights& self, CascadeStage stage, View view) { return self.network(stage, view); },
          "stage"_a, "view"_a, "The AnisotropicNetwork of one stage and view.")
      .def_readwrite("notes", &CascadeWeights::notes, "Licence, source and the like; saved with the weights.")
      .def(
          "__eq__", [](const CascadeWeights& a, const CascadeWeights& b) { return a == b; }, py::is_operator())
      .def("__repr__",
           [](const CascadeWeights& self) {
             const auto found = self.notes.find("source");
             return "CascadeWeights(9 networks" + (found == self.notes.end() ? "" : ", source: " + found->second) + ")";
           })
      .def(py::pickle([networks_of](const CascadeWeights& self) { return py::make_tuple(networks_of(self), self.notes); },
                      [from_networks](const py::tuple& state) {
                        return from_networks(state[0].cast<Networks>(), state[1].cast<std::map<std::string, std::string>>());
                      }));

  m.def("random_cascade", &random_cascade, "seed"_a, "CascadeWeights of random networks.");
  m.def("read_brats17_network", &read_brats17_network, "checkpoint"_a, Unlocked(),
        R"(One published network (https://github.com/taigw/brats17) from its TensorFlow checkpoint.

Parameters
----------
checkpoint : path
    e.g. "model17/msnet_wt32_20000.ckpt".

Returns
-------
AnisotropicNetwork

Raises
------
IoError, FormatError
    If the file is missing; naming the tensor that is missing, damaged or of another shape.
)");
  m.def("read_brats17_weights", &read_brats17_weights, "folder"_a, Unlocked(),
        R"(All nine published networks from their folder "model17".

Returns
-------
CascadeWeights
    Licence and source in its notes.

Raises
------
IoError, FormatError
    If a file is missing; naming the tensor that is missing, damaged or of another shape.
)");
  m.def(
      "save_cascade",
      [](const CascadeWeights& weights, const std::filesystem::path& path, bool overwrite) {
        save_cascade(weights, path, overwrite ? Overwrite::yes : Overwrite::no);
      },
      "weights"_a, "path"_a, "overwrite"_a = false, Unlocked(), R"(Write the nine networks as one .safetensors file.

Raises
------
IoError
    If the folder is missing or not writable, or the file exists and `overwrite` is false.
)");
  m.def("load_cascade", &load_cascade, "path"_a, Unlocked(), R"(Read what `save_cascade` or `convert_weights` wrote.

Returns
-------
CascadeWeights

Raises
------
IoError, FormatError, VersionError
    If the file cannot be read; naming the array that is missing, damaged or of another shape; for a newer schema.
)");
  m.def(
      "convert_weights",
      [](const std::filesystem::path& folder, const std::filesystem::path& path, bool overwrite) {
        convert_weights(folder, path, overwrite ? Overwrite::yes : Overwrite::no);
      },
      "folder"_a, "path"_a, "overwrite"_a = false, Unlocked(),
      R"(The published folder of TensorFlow checkpoints as one .safetensors file, licence and source in its metadata.

Parameters
----------
folder : path
    "model17" of https://github.com/taigw/brats17.
path : path
    Where to write.
overwrite : bool

Raises
------
IoError, FormatError
    As `read_brats17_weights` and `save_cascade`.
)");
}

void bind_tumour_segmentation(py::module_& m) {
  py::class_<VoxelBox> box(m, "VoxelBox", "Voxels of a box, both ends included, along x, y, z of the image.");
  add_results(box, "VoxelBox", Field{"first", &VoxelBox::first, "First voxel."}, Field{"last", &VoxelBox::last, "Last voxel."});
  box.def(
         "__eq__", [](const VoxelBox& a, const VoxelBox& b) { return a == b; }, py::is_operator())
      .def("__repr__", [](const VoxelBox& self) {
        const auto& [a, b] = self;
        return detail::message("VoxelBox((", a[0], ", ", a[1], ", ", a[2], ") to (", b[0], ", ", b[1], ", ", b[2], "))");
      });
  py::class_<TumourVolumes> volumes(m, "TumourVolumes", "Volumes in mL.");
  add_results(volumes, "TumourVolumes", Field{"enhancing", &TumourVolumes::enhancing, "ET."},
              Field{"non_enhancing", &TumourVolumes::non_enhancing, "NET."}, Field{"oedema", &TumourVolumes::oedema, "ED."},
              Field{"tumour_core", &TumourVolumes::tumour_core, "ET and NET."},
              Field{"whole_tumour", &TumourVolumes::whole_tumour, "All of it."});
  volumes.def("__repr__", [](const TumourVolumes& self) {
    return detail::message("TumourVolumes(ET ", self.enhancing, ", NET ", self.non_enhancing, ", ED ", self.oedema, ", TC ",
                           self.tumour_core, ", WT ", self.whole_tumour, " mL)");
  });

  using Result = TumourSegmentation;
  const auto image = [](auto member) {
    return [member](const std::shared_ptr<Result>& self) { return std::shared_ptr<Image<float>>(self, &((*self).*member)); };
  };
  py::class_<Result, std::shared_ptr<Result>>(m, "TumourSegmentation", "What the cascade found, on the grid of the images.")
      .def_property_readonly(
          "labels", [](const std::shared_ptr<Result>& self) { return std::shared_ptr<LabelMap>(self, &self->labels); },
          "LabelMap: 1 NET, 2 ED, 4 ET.")
      .def_property_readonly("whole_tumour", image(&Result::whole_tumour),
                             "Image: probability of the whole tumour, before post-processing.")
      .def_property_readonly("tumour_core", image(&Result::tumour_core),
                             "Image: probability of the tumour core; 0 where its stage did not look.")
      .def_property_readonly("enhancing", image(&Result::enhancing),
                             "Image: probability of enhancing tumour; 0 where its stage did not look.")
      .def_property_readonly(
          "uncertainty", image(&Result::uncertainty),
          "Image: standard deviation of the votes' probabilities, 0 to 0.5, of the stage where it is largest.")
      .def_readonly("volumes", &Result::volumes, "TumourVolumes, mL.")
      .def_readonly("boxes", &Result::boxes, "Where each of the three stages looked.")
      .def_readonly("voxels", &Result::voxels, "Voxels that each stage marked, before post-processing.")
      .def_readonly("components", &Result::components, "Separate parts of the whole tumour.")
      .def_readonly("flags", &Result::flags, "Reasons to doubt.")
      .def_readonly("provenance", &Result::provenance)
      .def(
          "to_frame",
          [](const Result& self) {
            const auto& v = self.volumes;
            return data_frame(py::dict(
                "region"_a = std::vector<std::string>{"ET", "NET", "ED", "TC", "WT"},
                "volume_ml"_a = std::vector<double>{v.enhancing, v.non_enhancing, v.oedema, v.tumour_core, v.whole_tumour}));
          },
          "Volumes as a pandas DataFrame.")
      .def("_repr_html_", &notebook_html)
      .def("__repr__", [](const Result& self) {
        const auto& v = self.volumes;
        return detail::message("TumourSegmentation(ET ", v.enhancing, ", NET ", v.non_enhancing, ", ED ", v.oedema, " mL, ",
                               self.flags.size(), " flags)");
      });
}

void bind_segment_tumour(py::module_& m) {
  py::class_<SegmentTumour> step(m, "SegmentTumour", R"(Finds a glioma and its parts by the cascade of Wang et al. 2017.

Whole tumour, tumour core and enhancing tumour one within the other, each by three networks that look at axial, sagittal and coronal
slices. The images share a grid of 1 mm in any orientation and are skull-stripped, or a brain mask makes them so. Their bias field is
best left alone (Preprocess(correct_bias=False)): N4 takes oedema for a part of it. Results do not depend on `threads`.

Parameters
----------
mode : {'stable', 'published'}
    The original without its accidents, or as it was (its crashes left out).
noise : {'counter', 'numpy'}
    Where the noise comes from that the networks know as background: the library's counter-based stream, or what
    numpy.random.seed gave the original, for mode='published'.
seed : int
    Of the noise.
mirror : bool
    Each network also sees the mirrored head: more votes, twice the time. mode='stable' only.
substitute_missing : bool
    A missing T1 or CET1 is replaced by the other, so FLAIR and T2; flagged. Otherwise an error.
engine : {'fused', 'libtorch'}
    The library's own kernels, or LibTorch's operators.
device : {'cpu', 'cuda'}
    cuda always uses LibTorch.
threads : int
    0: all cores.
)");
  add_options(
      step, "SegmentTumour", Field{"mode", &SegmentTumour::mode, "'stable' or 'published'."},
      Field{"noise", &SegmentTumour::noise, "'counter' or 'numpy'."}, Field{"seed", &SegmentTumour::seed, "Of the noise."},
      Field{"mirror", &SegmentTumour::mirror, "Vote on the mirrored head, too."},
      Field{"substitute_missing", &SegmentTumour::substitute_missing, "A similar image for a missing one."},
      Field{"engine", &SegmentTumour::engine, "'fused' or 'libtorch'."},
      Field{"device", &SegmentTumour::device, "'cpu' or 'cuda'."}, Field{"threads", &SegmentTumour::threads, "0: all cores."});
  step.def(
      "__call__",
      [](const SegmentTumour& self, const AlignedStudy& study, const CascadeWeights& weights, const Mask* brain,
         const py::object& progress) {
        const auto callback = progress_from(progress);
        const auto mask = brain ? std::optional<Mask>(*brain) : std::nullopt;
        const py::gil_scoped_release unlocked;
        return std::make_shared<TumourSegmentation>(self(study, weights, mask, callback));
      },
      "study"_a, "weights"_a, "brain"_a = py::none(), "progress"_a = py::none(), R"(Segment a study.

Parameters
----------
study : AlignedStudy
    With flair, t1, cet1 and t2.
weights : CascadeWeights
brain : Mask, optional
    Voxels outside are set to 0. Default: the study's own mask; without one the images must be 0 there already.
progress : callable (stage, done, total), optional
    Return False to stop.

Returns
-------
TumourSegmentation

Raises
------
DataError
    If a modality is missing, holds values that are not finite, is 0 everywhere or the same within the brain.
GeometryError
    If grids differ or voxels are not 1 mm wide.
OptionError, FormatError, Cancelled
)");

  py::class_<CascadeSegmenter, Segmenter, std::shared_ptr<CascadeSegmenter>>(m, "CascadeSegmenter",
                                                                             R"(The cascade as a Segmenter.

Parameters
----------
weights : CascadeWeights
options : SegmentTumour, optional
brain : Mask, optional
    Masks the images. Default: the study's own mask, if it has one.
)")
      .def(py::init([](const CascadeWeights& weights, const SegmentTumour& options, const Mask* brain) {
             return CascadeSegmenter(weights, options, brain ? std::optional<Mask>(*brain) : std::nullopt);
           }),
           "weights"_a, "options"_a = SegmentTumour{}, "brain"_a = py::none())
      .def("__repr__", [](const CascadeSegmenter&) { return "CascadeSegmenter()"; });
}

}  // namespace

void bind_segment_cascade(py::module_& m) {
  bind_anisotropic_network(m);
  bind_cascade_weights(m);
  bind_tumour_segmentation(m);
  bind_segment_tumour(m);
}

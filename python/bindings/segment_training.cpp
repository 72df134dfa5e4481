// Training of the cascade.
#include <bolus/segment/train_cascade.hpp>

#include "images.hpp"
#include "model.hpp"
#include "segment_cascade.hpp"

BOLUS_STRING_ENUM(bolus::SegmentationLoss, "loss", "typing.Literal['dice', 'dice_cross_entropy']", std::string_view("dice"),
                  std::string_view("dice_cross_entropy"))

namespace {

using namespace bolus;

py::dict history_columns(const SegmentationHistory& history) {
  std::vector<std::size_t> epochs;
  for (std::size_t i = 0; i < history.loss.size(); ++i) epochs.push_back(i + 1);
  py::dict columns("epoch"_a = epochs, "loss"_a = history.loss, "dice"_a = history.dice);
  if (!history.validation_loss.empty()) {
    columns["validation_loss"] = history.validation_loss;
    columns["validation_dice"] = history.validation_dice;
  }
  columns["seconds"] = history.seconds;
  return columns;
}

void bind_training_case(py::module_& m) {
  py::class_<TrainingCase>(m, "TrainingCase", R"(A patient to learn segmentation from.

Parameters
----------
name : str
    For messages only.
study : AlignedStudy
    flair, t1, cet1 and t2 on one grid of 1 mm, skull-stripped (0 outside the brain, or with its brain mask), and the expert's labels
    on the same grid. It is held without a copy.
weight : float
    How often patches are cut from it, relative to the other cases.
simulated : bool
    Marks what is trained on it.
)")
      .def(py::init([](std::string name, const std::shared_ptr<AlignedStudy>& study, double weight, bool simulated) {
             return TrainingCase(std::move(name), [study] { return *study; }, weight, simulated);
           }),
           "name"_a, "study"_a, "weight"_a = 1.0, "simulated"_a = false)
      .def_readonly("name", &TrainingCase::name, "For messages only.")
      .def_readwrite("weight", &TrainingCase::weight, "How often patches are cut from it, relative to the other cases.")
      .def_readwrite("simulated", &TrainingCase::simulated, "Marks what is trained on it.")
      .def(
          "load",
          [](const TrainingCase& self) {
            const py::gil_scoped_release unlocked;
            return std::make_shared<AlignedStudy>(self.load());
          },
          "The AlignedStudy with its labels.")
      .def("__repr__", [](const TrainingCase& self) {
        return detail::message("TrainingCase('", self.name, "', weight=", self.weight, ")");
      });
  m.def(
      "hold_out",
      [](const std::vector<TrainingCase>& cases, double fraction, std::uint64_t seed) {
        auto parts = hold_out(cases, fraction, seed);
        return py::make_tuple(std::move(parts.training), std::move(parts.validation));
      },
      "cases"_a, "fraction"_a = 0.1, "seed"_a = 0, R"(Take a share of the cases out of training, at random by `seed`.

Parameters
----------
cases : list of TrainingCase
fraction : float
    0 to 0.5; at least one case where it is above 0.
seed : int

Returns
-------
training, validation : lists of TrainingCase

Raises
------
OptionError
DataError
    If nothing would be left to train on.
)");
}

void bind_train_cascade(py::module_& m) {
  py::class_<PatchAugmentation> augmentation(m, "PatchAugmentation",
                                             R"(How patches are varied in training. By default not at all, as published.

Parameters
----------
flip : bool
    Left and right change places in half of the patches.
rotation : float
    Largest turn within the slices, degrees.
intensity_scale : float
    Standard deviation of the logarithm of a factor on each image.
intensity_shift : float
    Standard deviation of what is added to each image, in units of its own.
noise : float
    Standard deviation of noise added to every voxel, in the same units.
)");
  add_options(augmentation, "PatchAugmentation", Field{"flip", &PatchAugmentation::flip, "Left and right change places."},
              Field{"rotation", &PatchAugmentation::rotation, "Largest turn within the slices, degrees."},
              Field{"intensity_scale", &PatchAugmentation::intensity_scale, "SD of the logarithm of a factor."},
              Field{"intensity_shift", &PatchAugmentation::intensity_shift, "SD of what is added."},
              Field{"noise", &PatchAugmentation::noise, "SD of noise on every voxel."});

  py::class_<SegmentationHistory> history(m, "SegmentationHistory",
                                          "The course of one network's training, one entry per epoch.");
  add_results(history, "SegmentationHistory",
              Field{"loss", &SegmentationHistory::loss, "Mean over the epoch's batches, while training."},
              Field{"dice", &SegmentationHistory::dice, "Dice of the epoch's patches together, as predicted while training."},
              Field{"validation_loss", &SegmentationHistory::validation_loss, "After the epoch; empty without validation."},
              Field{"validation_dice", &SegmentationHistory::validation_dice, "After the epoch; empty without validation."},
              Field{"seconds", &SegmentationHistory::seconds, "That the epoch took."},
              Field{"best_epoch", &SegmentationHistory::best_epoch, "Epoch, from 0, whose weights were kept."});
  history.def("__len__", [](const SegmentationHistory& self) { return self.loss.size(); })
      .def(
          "to_frame", [](const SegmentationHistory& self) { return data_frame(history_columns(self)); },
          "Epoch (from 1), losses, Dice and seconds as a pandas DataFrame.")
      .def(
          "__eq__", [](const SegmentationHistory& a, const SegmentationHistory& b) { return a == b; }, py::is_operator(),
          "Whether the numbers are the same; the seconds are not compared.")
      .def("__repr__", [](const SegmentationHistory& self) {
        return detail::message("SegmentationHistory(", self.loss.size(), " epochs, best_epoch=", self.best_epoch, ")");
      });
  add_html(history);

  py::class_<TrainedCascade>(m, "TrainedCascade", "The result of a training.")
      .def_readonly("weights", &TrainedCascade::weights, "CascadeWeights, ready for SegmentTumour.")
      .def_property_readonly(
          "histories",
          [](const TrainedCascade& self) {
            py::dict all;
            for (const auto stage : all_stages) {
              for (const auto view : all_views) {
                const auto& one = self.history(stage, view);
                if (!one.loss.empty()) all[py::make_tuple(stage, view)] = py::cast(one);
              }
            }
            return all;
          },
          "SegmentationHistory by (stage, view) of each network that was trained.")
      .def_readonly("flags", &TrainedCascade::flags, "Reasons to doubt the training.")
      .def(
          "to_frame",
          [](const py::object& self) {
            py::list frames;
            for (const auto& [key, one] : self.attr("histories").cast<py::dict>()) {
              const py::object frame = one.attr("to_frame")();
              frame.attr("insert")(0, "stage", key[py::int_(0)]);
              frame.attr("insert")(1, "view", key[py::int_(1)]);
              frames.append(frame);
            }
            return py::module_::import("pandas").attr("concat")(frames, "ignore_index"_a = true);
          },
          "All histories as one pandas DataFrame, with stage and view.")
      .def("_repr_html_", [](const py::object& self) { return self.attr("to_frame")().attr("to_html")("max_rows"_a = 12); })
      .def("__repr__", [](const TrainedCascade& self) {
        std::size_t trained = 0;
        for (const auto& stage : self.histories) {
          for (const auto& one : stage) trained += !one.loss.empty();
        }
        return detail::message("TrainedCascade(", trained, " networks, ", self.flags.size(), " flags)");
      });

  py::class_<TrainCascade> step(m, "TrainCascade",
                                R"(Trains the networks of the cascade on labelled cases, as Wang et al. 2017 did.

Patches are cut at random from the brain (WT), from the box around the tumour (TC) or around its core (ET), each batch with at least
one voxel of what is sought. The networks of the three stages are trained side by side, then those of the other views, which start
from the axial one. On the CPU the same cases, options and seed give bit-identical weights on any number of threads, and also when
the training was killed and resumed; on a GPU they do not.

Parameters
----------
stages : list of {'WT', 'TC', 'ET'}
    Which to train.
views : list of {'axial', 'sagittal', 'coronal'}
    Which to train.
epochs : int
    Of the axial networks.
view_epochs : int
    Of the other views' where they start from the axial one.
views_from_axial : bool
    False: they start from random weights and train for `epochs`.
epoch_batches : int
    Batches in an epoch.
batch_size : int
    Patches in a batch, whose moments normalise the layers.
slices : int
    Slices of a patch; the inner ones, 8 fewer, are predicted.
patch_size : tuple of 3 int
    Rows and columns of WT, TC and ET, multiples of 4.
loss : {'dice', 'dice_cross_entropy'}
    The published soft Dice, or that plus the mean cross-entropy.
learning_rate, weight_decay, gradient_clip : float
    Of Adam; L2 penalty; largest norm of the gradient (0: not clipped).
augmentation : PatchAugmentation
    How patches are varied.
validation_patches : int
    Of each validation case, the same in every epoch.
device : {'cpu', 'cuda'}
    cuda: one network after the other.
threads : int
    Networks trained at once on the CPU, each on a thread of its own; 0: all cores.
checkpoint : str
    Folder for each network's state after each epoch; resumed where there is one.
scratch : str
    Folder for prepared cases, which are then mapped rather than held in memory.
seed : int
    Of weights, patches, noise and augmentation.
)");
  using T = TrainCascade;
  add_options(
      step, "TrainCascade", Field{"stages", &T::stages, "Which to train."}, Field{"views", &T::views, "Which to train."},
      Field{"epochs", &T::epochs, "Of the axial networks."}, Field{"view_epochs", &T::view_epochs, "Of the other views'."},
      Field{"views_from_axial", &T::views_from_axial, "The other views start from the axial network."},
      Field{"epoch_batches", &T::epoch_batches, "Batches in an epoch."},
      Field{"batch_size", &T::batch_size, "Patches in a batch."}, Field{"slices", &T::slices, "Slices of a patch."},
      Field{"patch_size", &T::patch_size, "Rows and columns of WT, TC and ET."},
      Field{"loss", &T::loss, "'dice' or 'dice_cross_entropy'."},
      Field{"learning_rate", &T::learning_rate, "Step size of Adam."}, Field{"weight_decay", &T::weight_decay, "L2 penalty."},
      Field{"gradient_clip", &T::gradient_clip, "Largest norm of the gradient; 0: not clipped."},
      Field{"augmentation", &T::augmentation, "How patches are varied."},
      Field{"validation_patches", &T::validation_patches, "Of each validation case."},
      Field{"device", &T::device, "'cpu' or 'cuda'."}, Field{"threads", &T::threads, "Networks trained at once."},
      Field{"checkpoint", &T::checkpoint, "Folder for states."}, Field{"scratch", &T::scratch, "Folder for prepared cases."},
      Field{"seed", &T::seed, "Of everything random."});
  step.def(
      "__call__",
      [](const TrainCascade& self, const std::vector<TrainingCase>& training, const std::vector<TrainingCase>& validation,
         const py::object& progress, const CascadeWeights* initial) {
        const auto callback = progress_from(progress);
        const py::gil_scoped_release unlocked;
        return self(training, validation, callback, initial ? std::optional<CascadeWeights>(*initial) : std::nullopt);
      },
      "training"_a, "validation"_a = std::vector<TrainingCase>{}, "progress"_a = py::none(), "initial"_a = py::none(),
      R"(Train.

Parameters
----------
training : list of TrainingCase
validation : list of TrainingCase, optional
    Judged after every epoch; the weights of the best one are kept. Without them those of the last.
progress : callable (stage, done, total), optional
    Gets the batches done, with the latest Dice in the name of the stage. Return False to stop.
initial : CascadeWeights, optional
    Weights to start from, and those of what is not trained. Without it these are random, and flagged.

Returns
-------
TrainedCascade

Raises
------
DataError
    Naming the case whose images or labels are missing or do not fit; or if no case has what a stage looks for.
GeometryError, OptionError, IoError, FormatError, VersionError
    Naming the case, the option, or the checkpoint that cannot be used.
ConvergenceError
    If gradients are not finite.
Cancelled
)");
}

}  // namespace

void bind_segment_training(py::module_& m) {
  bind_training_case(m);
  bind_train_cascade(m);
}

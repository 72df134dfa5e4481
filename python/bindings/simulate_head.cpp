// Simulated heads, and DSC series on them or on any other anatomy.
#include <bolus/simulate/phantom.hpp>

#include "arrays.hpp"
#include "modalities.hpp"
#include "progress.hpp"
#include "simulate.hpp"

BOLUS_STRING_ENUM(bolus::NoiseModel, "noise", "typing.Literal['rician', 'gaussian']", std::string_view("rician"),
                  std::string_view("gaussian"))

namespace {

using namespace bolus;

/// A member of a result as an object of its own that keeps the result alive: no copy.
template <class Class, class Result, class Part>
void add_part(Class& bound, const char* name, Part Result::* member, const char* doc) {
  bound.def_property_readonly(
      name, [member](const std::shared_ptr<Result>& self) { return std::shared_ptr<Part>(self, &((*self).*member)); }, doc);
}

/// Members of a result, to a tuple and back.
template <class Result, class... Parts>
auto pickle_parts(Parts Result::*... members) {
  return py::pickle(
      [members...](const std::shared_ptr<Result>& self) {
        return py::make_tuple(py::cast((*self).*members, py::return_value_policy::copy)..., self->provenance.step,
                              self->provenance.seed);
      },
      [members...](const py::tuple& state) {
        auto result = std::make_shared<Result>();
        std::size_t i = 0;
        (((*result).*members = state[i++].template cast<Parts>()), ...);
        result->provenance.step = state[i].template cast<std::string>();
        result->provenance.seed = state[i + 1].template cast<std::optional<std::uint64_t>>();
        result->provenance.simulated = true;
        return result;
      });
}

py::dict image_dict(const py::object& owner, const std::map<Modality, Image<float>>& images) {
  py::dict result;
  const auto study = owner.cast<std::shared_ptr<HeadStudy>>();
  for (const auto& [modality, image] : images) {
    result[py::cast(modality)] = std::shared_ptr<Image<float>>(study, const_cast<Image<float>*>(&image));
  }
  return result;
}

/// One row per tissue: its voxels, and the mean of the given maps over them.
py::object tissue_frame(const Image<std::uint8_t>& tissue,
                        const std::vector<std::pair<const char*, const Image<float>*>>& maps) {
  std::array<double, tissue_class_count> count{};
  std::vector<std::array<double, tissue_class_count>> sums(maps.size());
  for (std::size_t v = 0; v < tissue.size(); ++v) {
    const auto k = tissue.data()[v];
    count[k] += 1.0;
    for (std::size_t m = 0; m < maps.size(); ++m) sums[m][k] += static_cast<double>(maps[m].second->data()[v]);
  }
  py::list names, voxels, volume;
  std::vector<py::list> means(maps.size());
  for (std::size_t k = 0; k < tissue_class_count; ++k) {
    names.append(std::string(tissue_class_name(static_cast<TissueClass>(k))));
    voxels.append(static_cast<std::size_t>(count[k]));
    volume.append(count[k] * tissue.geometry().spacing.prod() / 1000.0);
    for (std::size_t m = 0; m < maps.size(); ++m) means[m].append(count[k] > 0.0 ? sums[m][k] / count[k] : 0.0);
  }
  py::dict columns("tissue"_a = names, "voxels"_a = voxels, "volume_ml"_a = volume);
  for (std::size_t m = 0; m < maps.size(); ++m) columns[maps[m].first] = means[m];
  return data_frame(columns);
}

void bind_head(py::module_& m) {
  py::class_<HeadStudy, std::shared_ptr<HeadStudy>> study(m, "HeadStudy",
                                                          R"(A simulated head with its truth.

Truth maps lie on the grid of `contrast_t1`; each image lies in its own scanner space.
)");

  py::class_<HeadPhantom> head(m, "HeadPhantom",
                               R"(Makes a geometric head with skull, brain, tumour and vessels, and its images.

No real data. Brain and skull are ellipsoids, the cortex a folded ribbon along the zero surface of a smooth random field, vessels
are curved tubes. The head lies in LPS mm with the middle of the brain near the origin. Each modality but CET1 is moved by a
random rigid transform, which is known.

Parameters
----------
seed : int
    Same seed, same head, on any number of threads.
size : sequence of 3 int
    Voxels of the grid, centred on the head.
spacing : sequence of 3 float
    mm.
grids : dict of {'t1', 't2', 'flair', 'cet1'} to Geometry
    Own grids of some modalities; others have the head's.
tumour, enhancement : bool
    Whether there is a tumour, and whether it has an enhancing ring.
tumour_centre : array (3,), optional
    LPS mm; random in the cerebrum when None.
core_radius, oedema_width : float, optional
    mm; random when None.
ring_width : float
    Mean thickness of the enhancing ring, mm.
rotation, translation : float
    Largest misalignment of a modality about each axis, degrees, and along each, mm; at least half of it.
bias : float
    Largest log of the bias field.
texture : float
    Standard deviation of the tissue's smooth texture, relative.
signal_to_noise : float
    Of white matter in each image; inf for no noise.
threads : int
    0: all cores.
)");
  using H = HeadPhantom;
  add_options(head, "HeadPhantom", Field{"seed", &H::seed, "Of all randomness."}, Field{"size", &H::size, "Voxels."},
              Field{"spacing", &H::spacing, "mm"}, Field{"grids", &H::grids, "Own grids of some modalities."},
              Field{"tumour", &H::tumour, "Whether there is one."},
              Field{"enhancement", &H::enhancement, "Whether it has an enhancing ring."},
              Field{"tumour_centre", &H::tumour_centre, "LPS mm, or None."},
              Field{"core_radius", &H::core_radius, "mm, or None."}, Field{"oedema_width", &H::oedema_width, "mm, or None."},
              Field{"ring_width", &H::ring_width, "mm"}, Field{"rotation", &H::rotation, "Degrees."},
              Field{"translation", &H::translation, "mm"}, Field{"bias", &H::bias, "Largest log of the bias field."},
              Field{"texture", &H::texture, "Relative."}, Field{"signal_to_noise", &H::signal_to_noise, "Of white matter."},
              Field{"threads", &H::threads, "0 means all cores."});
  head.def(
          "__call__",
          [](const HeadPhantom& self, const py::object& progress) {
            const auto callback = progress_from(progress);
            const py::gil_scoped_release release;
            return std::make_shared<HeadStudy>(self(callback));
          },
          "progress"_a = py::none(), "HeadStudy. Raises OptionError, GeometryError.")
      .def_static("centred_grid", &HeadPhantom::centred_grid, "size"_a, "spacing"_a,
                  "The Geometry of `size` voxels of `spacing` mm around the middle of the head, axes along LPS.");

  using S = HeadStudy;
  add_part(study, "t1", &S::t1, "Image, in its own scanner space.");
  add_part(study, "t2", &S::t2, "Image, in its own scanner space.");
  add_part(study, "flair", &S::flair, "Image, in its own scanner space.");
  add_part(study, "contrast_t1", &S::contrast_t1, "Image: T1 after contrast agent, the reference.");
  add_part(study, "labels", &S::labels, "LabelMap of ET, NET, ED.");
  add_part(study, "tissue", &S::tissue, "Mask of the position in TISSUE_CLASSES of the largest share.");
  add_part(study, "brain", &S::brain, "Mask of the brain with its CSF.");
  add_part(study, "arteries", &S::arteries, "Mask: at least half of the voxel.");
  add_part(study, "veins", &S::veins, "Mask: at least half of the voxel.");
  add_part(study, "artery_share", &S::artery_share, "Image: share of the voxel's volume.");
  add_part(study, "vein_share", &S::vein_share, "Image: share of the voxel's volume.");
  study
      .def_property_readonly(
          "bias_fields", [](const py::object& self) { return image_dict(self, self.cast<const HeadStudy&>().bias_fields); },
          "Dict of modality to Image: the factor on each image, on its grid.")
      .def_property_readonly(
          "misalignment", [](const HeadStudy& self) { return self.misalignment; },
          "Dict of modality to (4, 4), LPS mm: maps a point of `contrast_t1` to that of the image, as a registration with "
          "`contrast_t1` fixed finds it.")
      .def_property_readonly(
          "phantom", [](const HeadStudy& self) { return self.phantom; }, "The HeadPhantom that made it.")
      .def_readonly("provenance", &S::provenance, "Always marked as simulated.")
      .def(
          "image",
          [](const std::shared_ptr<HeadStudy>& self, Modality modality) {
            return std::shared_ptr<Image<float>>(self, const_cast<Image<float>*>(&self->image(modality)));
          },
          "modality"_a, "The Image of 't1', 't2', 'flair' or 'cet1'.")
      .def(
          "to_frame", [](const HeadStudy& self) { return tissue_frame(self.tissue, {}); },
          "Voxels and volume (mL) of each tissue as a pandas DataFrame.")
      .def("__repr__",
           [](const HeadStudy& self) {
             const auto& size = self.tissue.geometry().size;
             return detail::message("HeadStudy(", size[0], " x ", size[1], " x ", size[2], ", seed ", self.phantom.seed, ", ",
                                    self.labels.voxel_count(Region::whole_tumour), " tumour voxels)");
           })
      .def(pickle_parts(&S::t1, &S::t2, &S::flair, &S::contrast_t1, &S::labels, &S::tissue, &S::brain, &S::arteries, &S::veins,
                        &S::artery_share, &S::vein_share, &S::bias_fields, &S::misalignment, &S::phantom));
  study.def("_repr_html_", &notebook_html);
}

void bind_study(py::class_<PhantomStudy, std::shared_ptr<PhantomStudy>>& study) {
  using S = PhantomStudy;
  add_part(study, "series", &S::series, "PerfusionSeries.");
  add_part(study, "labels", &S::labels, "LabelMap on the grid of the series, as all that follow.");
  add_part(study, "brain", &S::brain, "Mask of the brain with its CSF.");
  add_part(study, "arterial", &S::arterial, "Mask of the voxels that hold an artery.");
  add_part(study, "veins", &S::veins, "Mask of the voxels that hold a vein; none without a head.");
  add_part(study, "tissue", &S::tissue, "Mask of the position in TISSUE_CLASSES of the largest share.");
  add_part(study, "artery_share", &S::artery_share, "Image: share of the voxel's volume.");
  add_part(study, "vein_share", &S::vein_share, "Image: share of the voxel's volume.");
  add_part(study, "blood_volume", &S::blood_volume, "Image of the tissue's true CBV, mL/100 mL.");
  add_part(study, "blood_flow", &S::blood_flow, "Image of the true CBF, mL/100 mL/min.");
  add_part(study, "mean_transit_time", &S::mean_transit_time, "Image of the true MTT, s.");
  add_part(study, "delay", &S::delay, "Image of the true delay, s.");
  add_part(study, "transfer_constant", &S::transfer_constant, "Image of the true Ktrans, 1/min.");
  add_part(study, "leakage_rate", &S::leakage_rate, "Image of K2 to first order, 1/s; above 0 where T1 wins.");
  add_part(study, "blood_variation", &S::blood_variation, "Image of the factor on the tumour's CBV and CBF.");
  study
      .def_readonly("truth", &S::truth,
                    "CurveSet without noise of ET, NET, ED, white_matter, grey_matter, AIF, csf, scalp, vein.")
      .def_readonly("provenance", &S::provenance, "Always marked as simulated.")
      .def_property_readonly(
          "tissues", [](const S& self) { return self.tissues; },
          "TissueParameters of ET, NET, ED, white matter, grey matter, CSF, scalp.")
      .def_property_readonly(
          "motion",
          [](const S& self) {
            py::array_t<double> stack({static_cast<py::ssize_t>(self.motion.size()), py::ssize_t{4}, py::ssize_t{4}});
            auto view = stack.mutable_unchecked<3>();
            for (std::size_t t = 0; t < self.motion.size(); ++t) {
              for (int i = 0; i < 16; ++i) view(static_cast<py::ssize_t>(t), i / 4, i % 4) = self.motion[t](i / 4, i % 4);
            }
            return stack;
          },
          "(volumes, 4, 4), LPS mm: maps a point of the head in the first volume to where it then lies.")
      .def_property_readonly(
          "shares",
          [](const py::object& object) {
            const auto& self = object.cast<const S&>();
            const auto& size = self.labels.geometry().size;
            constexpr py::ssize_t voxel = sizeof(TissueShares);
            return py::array(py::dtype::of<float>(),
                             std::vector<py::ssize_t>{size[0], size[1], size[2], static_cast<py::ssize_t>(tissue_class_count)},
                             std::vector<py::ssize_t>{voxel, voxel * size[0], voxel * size[0] * size[1], sizeof(float)},
                             self.shares.data(), object);
          },
          "(x, y, z, tissue): share of each of TISSUE_CLASSES in each voxel, a view of the same memory.")
      .def("residue", &S::residue, "x"_a, "y"_a, "z"_a, "times"_a,
           "R(t) of a voxel's tissue at `times` (s after arrival in the arteries). Raises ShapeError outside the grid.")
      .def(
          "to_frame",
          [](const S& self) {
            return tissue_frame(self.tissue, {{"blood_volume", &self.blood_volume},
                                              {"blood_flow", &self.blood_flow},
                                              {"mean_transit_time", &self.mean_transit_time},
                                              {"delay", &self.delay},
                                              {"transfer_constant", &self.transfer_constant},
                                              {"leakage_rate", &self.leakage_rate}});
          },
          "Voxels of each tissue and the mean of the true maps over them, as a pandas DataFrame.")
      .def("__repr__",
           [](const S& self) {
             const auto& size = self.series.geometry().size;
             return detail::message("PhantomStudy(", size[0], " x ", size[1], " x ", size[2], ", ", self.series.frames(),
                                    " volumes)");
           })
      .def(pickle_parts(&S::series, &S::labels, &S::brain, &S::arterial, &S::blood_volume, &S::truth, &S::veins, &S::tissue,
                        &S::artery_share, &S::vein_share, &S::blood_flow, &S::mean_transit_time, &S::delay,
                        &S::transfer_constant, &S::leakage_rate, &S::motion, &S::tissues, &S::shares, &S::blood_variation));
  study.def("_repr_html_", &notebook_html);
}

void bind_phantom(py::module_& m) {
  py::class_<PhantomStudy, std::shared_ptr<PhantomStudy>> study(
      m, "PhantomStudy", "A simulated DSC series on an anatomy, with its truth as it lies in the first volume.");
  bind_study(study);
  py::class_<PerfusionPhantom> phantom(m, "PerfusionPhantom",
                                       R"(Makes a 4-D DSC series on a simulated head, or on any brain with labels.

Parameters
----------
enhancing, non_enhancing, oedema, white_matter, grey_matter : TissueParameters
    The tissues; without a head, normal brain is a smooth mixture of the last two.
arterial_input : GammaVariate
    Concentration in arterial blood.
sequence : GradientEcho
    The volumes are TR apart.
field_strength : float
    T, written to the protocol.
volumes : int
shrink : sequence of 3 int
    Blocks of this many label voxels become one voxel of the series.
arterial_share : float
    Blood in the voxels of the artery, without a head.
arterial_voxels : int
    Size of the artery when neither a head nor a mask is given.
texture : float
    Standard deviation of each voxel's scale, relative.
signal_to_noise : float
    Of white matter before the bolus; inf for no noise.
noise : {'rician', 'gaussian'}
seed : int
threads : int
    0: all cores.
csf, scalp : TissueParameters
    Of a head.
venous_delay, venous_dispersion : float
    s: how much later and how much more smeared blood is in the veins of a head.
artery_threshold : float
    Share from which a voxel of a head counts as artery or vein.
heterogeneity : float
    Standard deviation of the log of CBV, and of Ktrans with ve, within the tumour.
heterogeneity_scale : float
    mm over which they vary.
preload : Preload
    An earlier injection.
drift : float
    Relative change of the signal over the series.
motion_translation, motion_rotation : float
    mm and degrees: each volume moves smoothly by up to this against the first, along and about each axis.
misalignment : array (4, 4)
    LPS mm: maps a point of a head to that of the series; rigid.
)");
  using P = PerfusionPhantom;
  add_options(
      phantom, "PerfusionPhantom", Field{"enhancing", &P::enhancing, "ET"}, Field{"non_enhancing", &P::non_enhancing, "NET"},
      Field{"oedema", &P::oedema, "ED"}, Field{"white_matter", &P::white_matter, "Normal."},
      Field{"grey_matter", &P::grey_matter, "Normal."}, Field{"arterial_input", &P::arterial_input, "mM"},
      Field{"sequence", &P::sequence, "TE, TR, flip angle, relaxivity."}, Field{"field_strength", &P::field_strength, "T"},
      Field{"volumes", &P::volumes, "Frames."}, Field{"shrink", &P::shrink, "Label voxels per voxel."},
      Field{"arterial_share", &P::arterial_share, "Fraction of blood."},
      Field{"arterial_voxels", &P::arterial_voxels, "Size of the artery."}, Field{"texture", &P::texture, "Relative."},
      Field{"signal_to_noise", &P::signal_to_noise, "Of white matter."}, Field{"noise", &P::noise, "'rician' or 'gaussian'."},
      Field{"seed", &P::seed, "Of all randomness."}, Field{"threads", &P::threads, "0 means all cores."},
      Field{"csf", &P::csf, "Of a head."}, Field{"scalp", &P::scalp, "Of a head."},
      Field{"venous_delay", &P::venous_delay, "s"}, Field{"venous_dispersion", &P::venous_dispersion, "s"},
      Field{"artery_threshold", &P::artery_threshold, "Share of the voxel."},
      Field{"heterogeneity", &P::heterogeneity, "Of the tumour, standard deviation of the log."},
      Field{"heterogeneity_scale", &P::heterogeneity_scale, "mm"}, Field{"preload", &P::preload, "An earlier injection."},
      Field{"drift", &P::drift, "Relative, over the series."}, Field{"motion_translation", &P::motion_translation, "mm"},
      Field{"motion_rotation", &P::motion_rotation, "Degrees."}, Field{"misalignment", &P::misalignment, "Rigid, LPS mm."});
  phantom
      .def(
          "__call__",
          [](const P& self, const LabelMap& labels, const Mask& brain, const Mask* arterial, const py::object& progress) {
            const auto callback = progress_from(progress);
            const py::gil_scoped_release release;
            return std::make_shared<PhantomStudy>(
                self(labels, brain, arterial ? std::optional<Mask>(*arterial) : std::nullopt, callback));
          },
          "labels"_a, "brain"_a, "arterial"_a = py::none(), "progress"_a = py::none(), R"(Simulate the series.

Parameters
----------
labels : LabelMap
brain : Mask
arterial : Mask, optional
    Placed opposite the tumour when not given. All on one grid.
progress : callable, optional
    Called with (stage, done, total); returning False stops.

Returns
-------
PhantomStudy

Raises
------
GeometryError, DataError, OptionError
)")
      .def(
          "__call__",
          [](const P& self, const HeadStudy& head, const std::optional<Geometry>& grid, const py::object& progress) {
            const auto callback = progress_from(progress);
            const py::gil_scoped_release release;
            return std::make_shared<PhantomStudy>(self(head, grid, callback));
          },
          "head"_a, "grid"_a = py::none(), "progress"_a = py::none(), R"(Simulate the series on a head.

Parameters
----------
head : HeadStudy
    Sampled again from its shape.
grid : Geometry, optional
    Of the series, e.g. HeadPhantom.centred_grid((128, 128, 20), (1.8, 1.8, 5)); the head's own, shrunk by `shrink`, when None.
progress : callable, optional
    Called with (stage, done, total); returning False stops.

Returns
-------
PhantomStudy

Raises
------
GeometryError, DataError, OptionError
)");
  m.def(
      "shrink_labels",
      [](const LabelMap& labels, const std::array<int, 3>& factors) {
        return std::make_shared<LabelMap>(shrink_labels(labels, factors));
      },
      "labels"_a, "factors"_a, "Labels on a coarser grid: the most frequent one of each block of `factors` voxels.");
  m.def(
      "shrink_mask",
      [](const Mask& mask, const std::array<int, 3>& factors) { return std::make_shared<Mask>(shrink_mask(mask, factors)); },
      "mask"_a, "factors"_a, "A mask on a coarser grid: blocks of which at least half belong to it.");
}

}  // namespace

void bind_simulate_head(py::module_& m) {
  py::tuple names(tissue_class_count);
  for (std::size_t k = 0; k < tissue_class_count; ++k) {
    names[k] = std::string(tissue_class_name(static_cast<TissueClass>(k)));
  }
  m.attr("TISSUE_CLASSES") = names;
  bind_head(m);
  bind_phantom(m);
}

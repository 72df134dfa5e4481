// Where the brain is, its tissue, and its plane of symmetry.
#include <bolus/preprocess/brain_consensus.hpp>
#include <bolus/preprocess/brain_extraction.hpp>
#include <bolus/preprocess/brain_extractor.hpp>
#include <bolus/preprocess/normal_white_matter.hpp>
#include <bolus/preprocess/tissue_classification.hpp>

#include "arrays.hpp"
#include "option_class.hpp"
#include "preprocess.hpp"
#include "preprocess_brain.hpp"
#include "progress.hpp"

using namespace bolus;

namespace {

template <class T>
std::optional<T> optional_of(const T* value) {
  return value ? std::optional<T>(*value) : std::nullopt;
}

/// A member of a result as a view that keeps the result alive, so that images are not copied.
template <class Class, class Struct, class Value>
void add_view(Class& bound, const char* name, Value Struct::* member, const char* doc) {
  bound.def_property_readonly(
      name, [member](const std::shared_ptr<Struct>& self) { return std::shared_ptr<Value>(self, &(self.get()->*member)); },
      doc);
}

py::list one(const auto& value) {
  py::list values;
  values.append(value);
  return values;
}

/// Lets a Python class be a BrainExtractor. The image is handed over without a copy and must not be kept after the call.
class PythonBrainExtractor : public BrainExtractor {
 public:
  Mask operator()(const Image<float>& image, const Progress& progress) const override {
    const py::gil_scoped_acquire lock;
    const auto method = overridden("__call__");
    py::object callback = py::none();
    if (progress) {
      callback = py::cpp_function([&progress](const std::string& stage, std::size_t done, std::size_t total) {
        return progress({stage, done, total});
      });
    }
    const std::shared_ptr<Image<float>> borrowed(std::shared_ptr<void>(), const_cast<Image<float>*>(&image));
    const py::object answer = method(borrowed, "progress"_a = callback);
    detail::require<DataError>(py::isinstance<Mask>(answer), "the brain extractor ", name(), " returned ",
                               py::str(py::type::of(answer)).cast<std::string>(), "; expected a Mask");
    Mask mask = *answer.cast<std::shared_ptr<Mask>>();
    require_brain_mask(mask, image.geometry());
    return mask;
  }

  std::string name() const override {
    const py::gil_scoped_acquire lock;
    return overridden("name")().cast<std::string>();
  }

 private:
  py::function overridden(const char* method) const {
    const auto found = py::get_override(static_cast<const BrainExtractor*>(this), method);
    detail::require<OptionError>(static_cast<bool>(found), "a subclass of BrainExtractor must define ", method);
    return found;
  }
};

void bind_quality(py::module_& m) {
  using Q = BrainMaskQuality;
  py::class_<Q> quality(m, "BrainMaskQuality", "What a brain mask looks like, in numbers.");
  add_results(quality, "BrainMaskQuality", Field{"volume", &Q::volume, "mL"},
              Field{"symmetry", &Q::symmetry, "Dice of the mask with its mirror image, 0 to 1."},
              Field{"holes", &Q::holes, "mL enclosed that do not belong to it."},
              Field{"fragments", &Q::fragments, "mL outside its largest part."},
              Field{"compactness", &Q::compactness, "1 for a sphere."},
              Field{"border_share", &Q::border_share, "Of its surface, on a side of the image."},
              Field{"cut_below", &Q::cut_below, "Area of the image's lowest section over the largest one."},
              Field{"cut_above", &Q::cut_above, "The same of the highest section."},
              Field{"verdict", &Q::verdict, "'good', 'doubtful' or 'failed'."}, Field{"flags", &Q::flags, "Reasons to doubt."});
  quality
      .def(
          "to_frame",
          [](const Q& q) {
            return data_frame(py::dict(
                "volume_ml"_a = one(q.volume), "symmetry"_a = one(q.symmetry), "holes_ml"_a = one(q.holes),
                "fragments_ml"_a = one(q.fragments), "compactness"_a = one(q.compactness),
                "border_share"_a = one(q.border_share), "cut_below"_a = one(q.cut_below), "cut_above"_a = one(q.cut_above),
                "verdict"_a = one(std::string(verdict_name(q.verdict))), "flags"_a = one(q.flags.size())));
          },
          "One row as a pandas DataFrame.")
      .def("__repr__", [](const Q& q) {
        return detail::message("BrainMaskQuality(", verdict_name(q.verdict), ", ", q.volume, " mL, symmetry ", q.symmetry, ", ",
                               q.flags.size(), " flags)");
      });
  add_html(quality);

  using C = BrainMaskCheck;
  py::class_<C> check(m, "BrainMaskCheck", R"(Judges a brain mask by itself.

Its volume, how alike its halves are, holes, parts, shape, and whether it touches the border of the image. The limits hold for the
whole brain of an adult; for a child or a slab give your own.

Parameters
----------
min_volume, max_volume : float
    mL, doubtful outside; failed below half of the first or above one and a half times the second.
min_symmetry : float
    Dice of the halves, doubtful below; failed below it by 0.15.
max_holes, max_fragments : float
    mL, doubtful above.
min_compactness : float
    Doubtful below.
max_border_share, max_cut : float
    Doubtful above.
threads : int
    0: all cores. The result is the same for any number.
)");
  add_options(check, "BrainMaskCheck", Field{"min_volume", &C::min_volume, "mL"}, Field{"max_volume", &C::max_volume, "mL"},
              Field{"min_symmetry", &C::min_symmetry, "Dice"}, Field{"max_holes", &C::max_holes, "mL"},
              Field{"max_fragments", &C::max_fragments, "mL"}, Field{"min_compactness", &C::min_compactness, "1: a sphere"},
              Field{"max_border_share", &C::max_border_share, "Of the surface."},
              Field{"max_cut", &C::max_cut, "Of the largest section."}, Field{"threads", &C::threads, "0 means all cores."});
  check.def("__call__", &C::operator(), "mask"_a, py::call_guard<py::gil_scoped_release>(), R"(Judge a mask.

Parameters
----------
mask : bolus.Mask

Returns
-------
BrainMaskQuality
    An empty mask is 'failed'.

Raises
------
OptionError
    If a limit is out of range.
)");
}

void bind_extraction(py::module_& m) {
  using R = BrainExtractionResult;
  py::class_<R, std::shared_ptr<R>> result(m, "BrainExtractionResult", "A brain mask, with what speaks for or against it.");
  add_view(result, "mask", &R::mask, "On the grid of the image.");
  result.def_readonly("quality", &R::quality, "Of the mask.")
      .def_readonly("flags", &R::flags, "Reasons to doubt.")
      .def(
          "to_frame", [](const R& r) { return py::cast(r.quality).attr("to_frame")(); }, "The quality as one row.")
      .def("__repr__", [](const R& r) {
        return detail::message("BrainExtractionResult(", r.quality.volume, " mL, ", verdict_name(r.quality.verdict), ", ",
                               r.flags.size(), " flags)");
      });
  add_html(result);

  using E = BrainExtraction;
  py::class_<E> step(m, "BrainExtraction", R"(Skull stripping without weights or atlas.

A surface model of the kind of the Brain Extraction Tool (Smith, Human Brain Mapping 2002). What brain looks like is learned from the middle
of the head and what surrounds it from the rim, in whatever contrast the image has; the best closed surface between the two is a minimum
cut (Li et al., IEEE PAMI 2006), which then settles on the best smooth border near it. Nothing in it is random.

Parameters
----------
resolution : float
    mm of the voxels worked on; the border lies between them.
smoothness : float
    mm: folds of the border finer than this are smoothed away.
edge : float
    Where the fall from brain (1) to what is darkest outside (0) counts as the border.
margin : float
    mm to be added to the mask, or taken off where negative.
threads : int
    0: all cores. The result is the same for any number.
)");
  add_options(step, "BrainExtraction", Field{"resolution", &E::resolution, "mm"}, Field{"smoothness", &E::smoothness, "mm"},
              Field{"edge", &E::edge, "Share of the fall."}, Field{"margin", &E::margin, "mm"},
              Field{"threads", &E::threads, "0 means all cores."});
  step.def(
      "__call__",
      [](const E& self, const Image<float>& image, const py::object& progress) {
        const auto callback = progress_from(progress);
        const py::gil_scoped_release release;
        return std::make_shared<R>(self(image, callback));
      },
      "image"_a, "progress"_a = py::none(), R"(Find the brain.

Parameters
----------
image : bolus.Image
    A head in any structural contrast, or the mean of an echo-planar series.
progress : callable (stage, done, total), optional
    Return False to stop.

Returns
-------
BrainExtractionResult
    Flags of the quality, and preprocess.brain.no_boundary.

Raises
------
DataError
    If the image is empty, constant or not finite, a single slice, or holds no head.
OptionError
    If an option is out of range.
)");

  using C = BrainConsensus;
  py::class_<C> consensus(m, "BrainConsensus", R"(One brain mask from those of several images on one grid.

Inside where the median of the signed distances to their borders is, so that one mask that is far off has no say.

Parameters
----------
min_agreement : float
    Dice with the consensus below which a mask is flagged.
threads : int
    0: all cores. The result is the same for any number.
)");
  add_options(consensus, "BrainConsensus", Field{"min_agreement", &C::min_agreement, "Dice"},
              Field{"threads", &C::threads, "0 means all cores."});
  consensus.def(
      "__call__",
      [](const C& self, const std::vector<Mask>& masks, const py::object& progress) {
        const auto callback = progress_from(progress);
        const py::gil_scoped_release release;
        return std::make_shared<R>(self(masks, callback));
      },
      "masks"_a, "progress"_a = py::none(), R"(Join masks.

Parameters
----------
masks : sequence of bolus.Mask
    On one grid.
progress : callable (stage, done, total), optional

Returns
-------
BrainExtractionResult
    Flags of the quality, and preprocess.brain.disagreement for each mask unlike the consensus.

Raises
------
DataError
    If there is no mask, or one marks nothing.
GeometryError
    If grids differ.
)");

  py::class_<BrainExtractor, PythonBrainExtractor, std::shared_ptr<BrainExtractor>>(m, "BrainExtractor",
                                                                                    R"(Finds the brain in an image of a head.

Subclass it to bring your own: define ``__call__(self, image, progress=None)``, returning a Mask on the image's grid, and
``name(self)``. The image must not be kept after the call.
)")
      .def(py::init<>())
      .def(
          "__call__",
          [](const BrainExtractor& self, const Image<float>& image, const py::object& progress) {
            const auto callback = progress_from(progress);
            const py::gil_scoped_release release;
            return std::make_shared<Mask>(self(image, callback));
          },
          "image"_a, "progress"_a = py::none(), R"(Find the brain.

Parameters
----------
image : bolus.Image
progress : callable (stage, done, total), optional
    Return False to stop.

Returns
-------
bolus.Mask

Raises
------
DataError, GeometryError, Cancelled
)")
      .def("name", &BrainExtractor::name, "A short name for reports and provenance.");
  py::class_<GivenBrainMask, BrainExtractor, std::shared_ptr<GivenBrainMask>>(m, "GivenBrainMask",
                                                                              R"(The extractor for a brain outlined already.

Parameters
----------
mask : bolus.Mask
    Accepted as it is.

Raises
------
GeometryError
    When called, if the mask lies on another grid than the image.
DataError
    When called, if it marks no voxel.
)")
      .def(py::init<Mask>(), "mask"_a)
      .def("__repr__", [](const GivenBrainMask&) { return "GivenBrainMask()"; });
}

void bind_mirror(py::module_& m) {
  using P = MirrorPlane;
  py::class_<P> plane(m, "MirrorPlane", "The plane between the two halves of a head, LPS mm.");
  add_results(plane, "MirrorPlane", Field{"point", &P::point, "A point in it, LPS mm."},
              Field{"normal", &P::normal, "Unit vector towards the patient's left."},
              Field{"score", &P::score, "Correlation of the halves, 1 for a perfect mirror image."},
              Field{"flags", &P::flags, "Reasons to doubt."});
  plane.def("distance", &P::distance, "position"_a, "Signed distance of an LPS point, mm; positive on the patient's left.")
      .def("mirrored", py::overload_cast<const Mask&>(&P::mirrored, py::const_), "mask"_a,
           "The mask as seen in the mirror, on its own grid.")
      .def("mirrored", py::overload_cast<const Eigen::Vector3d&>(&P::mirrored, py::const_), "position"_a,
           "The LPS point on the other side.")
      .def(
          "to_frame",
          [](const P& p) {
            return data_frame(py::dict("x"_a = one(p.point[0]), "y"_a = one(p.point[1]), "z"_a = one(p.point[2]),
                                       "normal_x"_a = one(p.normal[0]), "normal_y"_a = one(p.normal[1]),
                                       "normal_z"_a = one(p.normal[2]), "score"_a = one(p.score),
                                       "flags"_a = one(p.flags.size())));
          },
          "One row as a pandas DataFrame.")
      .def("__repr__", [](const P& p) {
        return detail::message("MirrorPlane(point (", p.point[0], ", ", p.point[1], ", ", p.point[2], "), normal (",
                               p.normal[0], ", ", p.normal[1], ", ", p.normal[2], "), score ", p.score, ", ", p.flags.size(),
                               " flags)");
      });
  add_html(plane);

  using S = SymmetrySearch;
  py::class_<S> search(m, "SymmetrySearch", R"(Finds the plane about which an image is most like its mirror image.

T1 or contrast-enhanced T1; any contrast with two like halves. What has no counterpart, as a tumour, loses its weight in the course of
the search. Nothing in it is random.

Parameters
----------
max_angle : float
    Degrees that the plane may be turned away from the sagittal plane of the patient.
min_score : float
    Flagged below.
threads : int
    0: all cores. The result is the same for any number.
)");
  add_options(search, "SymmetrySearch", Field{"max_angle", &S::max_angle, "degrees"},
              Field{"min_score", &S::min_score, "Flagged below."}, Field{"threads", &S::threads, "0 means all cores."});
  search.def(
      "__call__",
      [](const S& self, const Image<float>& image, const Mask* brain, const py::object& progress) {
        const auto callback = progress_from(progress);
        const py::gil_scoped_release release;
        return self(image, optional_of(brain), callback);
      },
      "image"_a, "brain"_a = py::none(), "progress"_a = py::none(), R"(Find the plane.

Parameters
----------
image : bolus.Image
brain : bolus.Mask, optional
    On the grid of `image`: where it is compared, with 8 mm around. The whole head when not given.
progress : callable (stage, done, total), optional

Returns
-------
MirrorPlane
    Flags preprocess.mirror.asymmetric, .limit.

Raises
------
DataError
    If the image is empty, constant or not finite, or the mask is empty.
GeometryError
    If the mask lies on another grid.
)");
}

void bind_tissue(py::module_& m) {
  using T = TissueMaps;
  py::class_<T, std::shared_ptr<T>> maps(m, "TissueMaps", "Tissue of a brain.");
  add_view(maps, "labels", &T::labels, "0 none, 1 CSF, 2 grey matter, 3 white matter.");
  add_view(maps, "csf", &T::csf, "Probability.");
  add_view(maps, "grey_matter", &T::grey_matter, "Probability.");
  add_view(maps, "white_matter", &T::white_matter, "Probability.");
  add_view(maps, "bias_field", &T::bias_field, "Multiplicative, around 1.");
  maps.def_readonly("mean", &T::mean, "Of CSF, grey and white matter, in the image's units.")
      .def_readonly("deviation", &T::deviation, "Standard deviations of the three.")
      .def_readonly("volume", &T::volume, "mL of the three.")
      .def_readonly("flags", &T::flags, "Reasons to doubt.")
      .def("mask", &T::mask, "tissue"_a, "Where the label is 1 (CSF), 2 (grey) or 3 (white matter).")
      .def(
          "to_frame",
          [](const T& t) {
            return data_frame(py::dict("tissue"_a = std::vector<std::string>{"csf", "grey_matter", "white_matter"},
                                       "volume_ml"_a = t.volume, "mean"_a = t.mean, "deviation"_a = t.deviation));
          },
          "One row per tissue as a pandas DataFrame.")
      .def("__repr__", [](const T& t) {
        return detail::message("TissueMaps(CSF ", t.volume[0], ", grey matter ", t.volume[1], ", white matter ", t.volume[2],
                               " mL, ", t.flags.size(), " flags)");
      });
  add_html(maps);

  using C = TissueClassification;
  py::class_<C> step(m, "TissueClassification", R"(Cerebrospinal fluid, grey and white matter from a T1-weighted image.

A mixture of normal distributions with a smooth bias field (Wells et al. 1996), fitted by expectation maximisation from a start that
depends on the image alone; then neighbours draw each voxel to what they are (a Markov random field, Zhang et al. 2001).

Parameters
----------
iterations : int
    At most.
neighbours : float
    Weight of a voxel's neighbours; 0: each voxel by itself.
bias_width : float
    mm over which the bias field is smooth; 0: no bias field.
tolerance : float
    Ends when the mean change of the probabilities falls below.
threads : int
    0: all cores. The result is the same for any number.
)");
  add_options(step, "TissueClassification", Field{"iterations", &C::iterations, "At most."},
              Field{"neighbours", &C::neighbours, "Weight of a voxel's neighbours."}, Field{"bias_width", &C::bias_width, "mm"},
              Field{"tolerance", &C::tolerance, "Of the mean change."}, Field{"threads", &C::threads, "0 means all cores."});
  step.def(
      "__call__",
      [](const C& self, const Image<float>& t1, const Mask& brain, const Mask* excluded, const py::object& progress) {
        const auto callback = progress_from(progress);
        const py::gil_scoped_release release;
        return std::make_shared<T>(self(t1, brain, optional_of(excluded), callback));
      },
      "t1"_a, "brain"_a, "excluded"_a = py::none(), "progress"_a = py::none(), R"(Classify.

Parameters
----------
t1 : bolus.Image
    Before or after contrast medium.
brain : bolus.Mask
excluded : bolus.Mask, optional
    Voxels that are not classified: the tumour.
progress : callable (stage, done, total), optional

Returns
-------
TissueMaps
    Flags preprocess.tissue.contrast, .share, .iterations, .excluded.

Raises
------
DataError
    If the image is not finite or fewer than 1000 voxels of brain are left.
GeometryError
    If grids differ.
)");

  using W = NormalWhiteMatterResult;
  py::class_<W, std::shared_ptr<W>> white(m, "NormalWhiteMatterResult", "White matter taken as normal.");
  add_view(white, "mask", &W::mask, "On the grid of the tissue maps.");
  white.def_readonly("voxel_count", &W::voxel_count, "Voxels of the mask.")
      .def_readonly("volume", &W::volume, "mL")
      .def_readonly("flags", &W::flags, "Reasons to doubt.")
      .def(
          "to_frame",
          [](const W& w) {
            return data_frame(
                py::dict("voxels"_a = one(w.voxel_count), "volume_ml"_a = one(w.volume), "flags"_a = one(w.flags.size())));
          },
          "One row as a pandas DataFrame.")
      .def("__repr__", [](const W& w) {
        return detail::message("NormalWhiteMatterResult(", w.volume, " mL, ", w.flags.size(), " flags)");
      });
  add_html(white);

  using N = NormalWhiteMatter;
  py::class_<N> normal(m, "NormalWhiteMatter", R"(Normal-appearing white matter from the tissue of a structural image.

White matter of the half without the tumour, without its border, away from the midline, from the tumour and from what mirrors it.
`bolus.dsc.WhiteMatter` finds it on the grid of the series from the perfusion itself; this one does not depend on the perfusion.

Parameters
----------
probability : float
    Least probability of white matter.
erosion : float
    mm taken off the border of white matter.
tumour_margin : float
    mm around the tumour and around its mirror image that are left out.
midline_margin : float
    mm to each side of the mirror plane that are left out.
min_volume : float
    mL, flagged below.
threads : int
    0: all cores. The result is the same for any number.
)");
  add_options(normal, "NormalWhiteMatter", Field{"probability", &N::probability, "Of white matter."},
              Field{"erosion", &N::erosion, "mm"}, Field{"tumour_margin", &N::tumour_margin, "mm"},
              Field{"midline_margin", &N::midline_margin, "mm"}, Field{"min_volume", &N::min_volume, "mL"},
              Field{"threads", &N::threads, "0 means all cores."});
  normal.def(
      "__call__",
      [](const N& self, const T& tissue, const MirrorPlane& plane, const LabelMap* labels) {
        const py::gil_scoped_release release;
        return std::make_shared<W>(self(tissue, plane, labels));
      },
      "tissue"_a, "plane"_a, "labels"_a = py::none(), R"(Find it.

Parameters
----------
tissue : TissueMaps
plane : MirrorPlane
labels : bolus.LabelMap, optional
    The tumour, on the grid of the tissue maps. Without it both halves are used.

Returns
-------
NormalWhiteMatterResult
    Flags preprocess.white_matter.small, .crosses_midline, .not_eroded.

Raises
------
GeometryError
    If grids differ.
DataError
    If nothing is left.
)");
}

}  // namespace

void bind_preprocess_brain(py::module_& m) {
  bind_quality(m);
  bind_extraction(m);
  bind_mirror(m);
  bind_tissue(m);
}

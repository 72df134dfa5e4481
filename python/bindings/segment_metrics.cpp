// How well two segmentations agree.
#include <bolus/segment/segmentation_metrics.hpp>

#include "segment.hpp"

#include "arrays.hpp"
#include "progress.hpp"
#include "regions.hpp"

using namespace bolus;

namespace {

template <class Value>
py::list column(const std::vector<RegionScore>& scores, Value RegionScore::* member) {
  py::list values;
  for (const auto& score : scores) values.append(score.*member);
  return values;
}

py::object frame(const SegmentationScores& self) {
  const auto& s = self.scores;
  using R = RegionScore;
  py::list names;
  for (const Region region : self.regions) names.append(py::cast(region));
  return data_frame(
      py::dict("region"_a = names, "dice"_a = column(s, &R::dice), "hausdorff95"_a = column(s, &R::hausdorff95),
               "surface_dice"_a = column(s, &R::surface_dice), "sensitivity"_a = column(s, &R::sensitivity),
               "specificity"_a = column(s, &R::specificity), "reference_volume"_a = column(s, &R::reference_volume),
               "predicted_volume"_a = column(s, &R::predicted_volume), "volume_error"_a = column(s, &R::volume_error),
               "relative_volume_error"_a = column(s, &R::relative_volume_error), "lesion_dice"_a = column(s, &R::lesion_dice),
               "lesion_hausdorff95"_a = column(s, &R::lesion_hausdorff95), "found_lesions"_a = column(s, &R::found_lesions),
               "missed_lesions"_a = column(s, &R::missed_lesions), "false_lesions"_a = column(s, &R::false_lesions)));
}

void bind_scores(py::module_& m) {
  using L = LesionScore;
  auto lesion = py::class_<L>(m, "LesionScore", "One lesion of the reference and what was predicted there.");
  add_results(lesion, "LesionScore", Field{"volume", &L::volume, "Of the reference's lesion, mL."},
              Field{"predicted_parts", &L::predicted_parts, "Parts of the prediction that touch it; 0: it was missed."},
              Field{"dice", &L::dice, ""}, Field{"hausdorff95", &L::hausdorff95, "mm"},
              Field{"counted", &L::counted, "False: too small to count."});
  lesion.def("__repr__", [](const L& self) {
    return detail::message("LesionScore(", self.volume, " mL, ", self.predicted_parts > 0 ? "found" : "missed", ", Dice ",
                           self.dice, self.counted ? ")" : ", not counted)");
  });

  using R = RegionScore;
  auto region = py::class_<R>(m, "RegionScore", "How well a predicted region agrees with a reference; no value is ever NaN.");
  add_results(region, "RegionScore", Field{"predicted_voxels", &R::predicted_voxels, ""},
              Field{"reference_voxels", &R::reference_voxels, ""}, Field{"common_voxels", &R::common_voxels, ""},
              Field{"predicted_volume", &R::predicted_volume, "mL"}, Field{"reference_volume", &R::reference_volume, "mL"},
              Field{"volume_error", &R::volume_error, "Predicted - reference, mL."},
              Field{"relative_volume_error", &R::relative_volume_error, "% of the reference"}, Field{"dice", &R::dice, ""},
              Field{"sensitivity", &R::sensitivity, "Share of the reference that was found."},
              Field{"specificity", &R::specificity, "Share of the voxels outside the reference that were left out."},
              Field{"hausdorff95", &R::hausdorff95, "mm"}, Field{"hausdorff", &R::hausdorff, "mm"},
              Field{"surface_dice", &R::surface_dice, "Share of both surfaces within the tolerance of the other."},
              Field{"lesion_dice", &R::lesion_dice, "Mean over lesions and false lesions."},
              Field{"lesion_hausdorff95", &R::lesion_hausdorff95, "Mean over lesions and false lesions, mm."},
              Field{"found_lesions", &R::found_lesions, ""}, Field{"missed_lesions", &R::missed_lesions, ""},
              Field{"false_lesions", &R::false_lesions, ""},
              Field{"lesions", &R::lesions, "list of LesionScore: lesions of the reference."});
  region.def("__repr__", [](const R& self) {
    return detail::message("RegionScore(Dice ", self.dice, ", HD95 ", self.hausdorff95, " mm, surface Dice ", self.surface_dice,
                           ", volume error ", self.volume_error, " mL)");
  });

  using S = SegmentationScores;
  auto scores =
      py::class_<S>(m, "SegmentationScores", "The agreement of two label maps; ``scores['ET']`` is that of a region.");
  add_results(scores, "SegmentationScores", Field{"regions", &S::regions, "Names, in the order asked for."},
              Field{"scores", &S::scores, "list of RegionScore, one per region"}, Field{"flags", &S::flags, "list of QcFlag"});
  scores
      .def(
          "__getitem__", [](const S& self, Region name) { return self[name]; }, "region"_a,
          "The RegionScore of a region. Raises OptionError when it was not asked for.")
      .def("__len__", [](const S& self) { return self.scores.size(); })
      .def("to_frame", &frame, "One row per region as a pandas DataFrame.")
      .def("__repr__", [](const S& self) {
        std::string text = "SegmentationScores(Dice";
        for (std::size_t i = 0; i < self.scores.size(); ++i) {
          text += detail::message(i ? ", " : " ", region_name(self.regions[i]), " ", self.scores[i].dice);
        }
        return text + ")";
      });
  add_html(scores);
}

}  // namespace

void bind_segment_metrics(py::module_& m) {
  bind_scores(m);
  using M = SegmentationMetrics;
  auto metrics = py::class_<M>(m, "SegmentationMetrics", R"(Compares a predicted segmentation with a reference.

Surfaces are the voxels of a region with a face on something else, distances are Euclidean between their centres. ``hausdorff95`` is
the larger of the two directed 95th percentiles. Lesion by lesion as the BraTS 2023 evaluation for gliomas. Empty regions give
documented values and flags, never NaN.

Parameters
----------
regions : sequence of {'ET', 'TC', 'WT', 'NET', 'ED'}
tolerance : float
    Of the surface Dice, mm.
missing_distance : float
    Distance where only one side has a region, mm.
lesion_dilation : int
    Voxels; lesions of the reference that touch when grown by this are one.
lesion_volume : float
    mm^3; lesions of the reference up to this do not count.
threads : int
    0: all cores; the result does not depend on it.
)");
  add_options(metrics, "SegmentationMetrics", Field{"regions", &M::regions, "Names, in the order of the result."},
              Field{"tolerance", &M::tolerance, "mm"}, Field{"missing_distance", &M::missing_distance, "mm"},
              Field{"lesion_dilation", &M::lesion_dilation, "voxels"}, Field{"lesion_volume", &M::lesion_volume, "mm^3"},
              Field{"threads", &M::threads, "0: all cores."});
  metrics
      .def(
          "__call__",
          [](const M& self, const LabelMap& predicted, const LabelMap& reference, const py::object& progress) {
            const auto report = progress_from(progress);
            const py::gil_scoped_release release;
            return self(predicted, reference, report);
          },
          "predicted"_a, "reference"_a, "progress"_a = py::none(), R"(Compare two label maps.

Parameters
----------
predicted, reference : LabelMap
    On one grid.
progress : callable (stage, done, total), optional
    Called now and then; returning False stops.

Returns
-------
SegmentationScores

Raises
------
GeometryError
    If the grids differ.
DataError
    If there are no voxels.
OptionError
    If an option is out of range.
)")
      .def(
          "__call__", [](const M& self, const Mask& predicted, const Mask& reference) { return self(predicted, reference); },
          "predicted"_a, "reference"_a, py::call_guard<py::gil_scoped_release>(),
          "Compare two masks of one region; returns a RegionScore. Raises as above.");
}

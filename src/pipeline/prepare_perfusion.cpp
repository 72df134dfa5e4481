#include "prepare_perfusion.hpp"

namespace bolus::detail {
namespace {

PerfusionSeries same_memory(const PerfusionSeries& series) {
  auto data = series.shared_data();
  return PerfusionSeries::wrap(series.geometry(), series.times(), series.protocol(), data.get(), data);
}

/// What the way of the labels to the series needs: CET1, and the image on whose grid they lie.
StudyImages needed_for_labels(const StudyImages& images) {
  StudyImages needed;
  needed.patient = images.patient;
  needed.perfusion = same_memory(*images.perfusion);
  needed.labels = images.labels;
  const auto cet1 = images.structural.find(Modality::cet1);
  if (cet1 == images.structural.end()) return needed;
  needed.structural.insert(*cet1);
  if (images.labels->geometry().difference(cet1->second.geometry()).empty()) return needed;
  for (const auto& [modality, image] : images.structural) {
    if (images.labels->geometry().difference(image.geometry()).empty()) needed.structural.emplace(modality, image);
  }
  return needed;
}

}  // namespace

PreparedPerfusion prepare_perfusion(const StudyImages& images, const Segmenter* segmenter, const Preprocess& preprocess,
                                    QcFlags& flags, const Progress& progress) {
  require<DataError>(images.perfusion.has_value(), "the study has no DSC series; expected a 4-D image called dsc.nii.gz");
  const auto& grid = images.perfusion->geometry();
  const bool on_series = images.labels && images.labels->geometry().difference(grid).empty();
  if (!segmenter && (!images.labels || on_series)) {
    PreparedPerfusion prepared{same_memory(*images.perfusion), images.labels};
    if (!preprocess.correct_motion || prepared.series.frames() == 1) return prepared;
    try {
      auto motion = preprocess.motion_correction(prepared.series, std::nullopt, progress);
      flags.insert(flags.end(), motion.flags.begin(), motion.flags.end());
      prepared.series = std::move(motion.corrected);
    } catch (const DataError& reason) {
      flags.push_back({"preprocess.motion.skipped", message("motion was not corrected: ", reason.what())});
    }
    return prepared;
  }
  require<DataError>(!images.structural.empty(), "the label map does not lie on the grid of the DSC series (",
                     images.labels ? images.labels->geometry().difference(grid) : "there is none",
                     "), and there is no CET1 image to align them by; give cet1.nii.gz, or labels on the grid of the series");
  auto step = preprocess;
  if (!segmenter) step.classify_tissue = false;
  step.correct_bias = step.correct_bias && segmenter && segmenter->wants_bias_correction();
  auto aligned = step(segmenter ? images : needed_for_labels(images), nullptr, progress).study;
  if (segmenter) aligned.labels = (*segmenter)(aligned, progress);
  flags.insert(flags.end(), aligned.flags.begin(), aligned.flags.end());
  auto labels = labels_on_perfusion_grid(aligned);
  return {std::move(*aligned.perfusion), std::move(labels)};
}

PreparedPerfusion prepare_labelled_perfusion(const StudyImages& images, const Segmenter* segmenter,
                                             const Preprocess& preprocess, QcFlags& flags, const Progress& progress) {
  require<DataError>(!images.perfusion || segmenter || images.labels,
                     "the study has no label map; expected an image called labels.nii.gz, or give a segmenter");
  return prepare_perfusion(images, segmenter, preprocess, flags, progress);
}

}  // namespace bolus::detail

#include "study_labels.hpp"

namespace bolus::detail {

LabelMap study_labels(const StudyImages& images, const Segmenter* segmenter, const AlignStudy& align, QcFlags& flags,
                      const Progress& progress) {
  require<DataError>(images.perfusion.has_value(), "the study has no DSC series; expected a 4-D image called dsc.nii.gz");
  require<DataError>(segmenter || images.labels,
                     "the study has no label map; expected an image called labels.nii.gz, or give a segmenter");
  const auto& grid = images.perfusion->geometry();
  if (!segmenter && images.labels->geometry().difference(grid).empty()) return *images.labels;
  require<DataError>(!images.structural.empty(), "the label map does not lie on the grid of the DSC series (",
                     images.labels ? images.labels->geometry().difference(grid) : "there is none",
                     "), and there is no CET1 image to align them by; give cet1.nii.gz, or labels on the grid of the series");
  auto aligned = align(images, progress).study;
  if (segmenter) aligned.labels = (*segmenter)(aligned, progress);
  flags.insert(flags.end(), aligned.flags.begin(), aligned.flags.end());
  return labels_on_perfusion_grid(aligned);
}

}  // namespace bolus::detail

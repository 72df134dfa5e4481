#include <bolus/pipeline/extract_curves.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include <bolus/segment/given_labels.hpp>

namespace bolus {
namespace {

/// Voxels whose mean signal is at least a tenth of the bright ones' (98th percentile): outside them there is air or nothing.
Mask voxels_with_signal(const PerfusionSeries& series) {
  std::vector<double> mean(series.voxel_count(), 0.0);
  for (std::size_t t = 0; t < series.frames(); ++t) {
    const auto frame = series.frame(t);
    for (std::size_t v = 0; v < mean.size(); ++v) mean[v] += std::isfinite(frame[v]) ? frame[v] : 0.0;
  }
  auto sorted = mean;
  const auto bright = sorted.begin() + static_cast<std::ptrdiff_t>(0.98 * static_cast<double>(sorted.size() - 1));
  std::nth_element(sorted.begin(), bright, sorted.end());
  Mask mask(series.geometry());
  for (std::size_t v = 0; v < mean.size(); ++v) mask.data()[v] = mean[v] > 0.1 * *bright ? 1 : 0;
  return mask;
}

}  // namespace

StudyCurves ExtractCurves::operator()(const StudyImages& images, const Segmenter* segmenter, const Progress& progress) const {
  using detail::require;
  require<DataError>(images.perfusion.has_value(), "the study has no DSC series; expected a 4-D image called dsc.nii.gz");
  require<DataError>(segmenter || images.labels,
                     "the study has no label map; expected an image called labels.nii.gz, or give a "
                     "segmenter");
  StudyCurves result;
  result.patient = images.patient;
  const auto& grid = images.perfusion->geometry();
  if (!segmenter && images.labels->geometry().difference(grid).empty()) {
    result.labels = *images.labels;
  } else {
    require<DataError>(!images.structural.empty(), "the label map does not lie on the grid of the DSC series (",
                       images.labels ? images.labels->geometry().difference(grid) : "there is none",
                       "), and there is no CET1 image to align them by; give cet1.nii.gz, or labels on the grid of the series");
    auto aligned = align(images, progress).study;
    if (segmenter) aligned.labels = (*segmenter)(aligned, progress);
    result.flags = aligned.flags;
    result.labels = labels_on_perfusion_grid(aligned);
  }
  const auto doubts = check_labels(result.labels, voxels_with_signal(*images.perfusion));
  for (const auto& doubt : doubts) {
    if (doubt.code == "segment.outside_brain") result.flags.push_back(doubt);  // empty regions are flagged with the curves
  }
  const Mask* arterial = images.arterial_mask ? &*images.arterial_mask : nullptr;
  result.signals = region_curves.compute(*images.perfusion, result.labels, arterial, progress);
  result.flags.insert(result.flags.end(), result.signals.flags.begin(), result.signals.flags.end());
  return result;
}

}  // namespace bolus

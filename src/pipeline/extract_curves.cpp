#include <bolus/pipeline/extract_curves.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include <bolus/dsc/brain_mask.hpp>
#include <bolus/segment/given_labels.hpp>

#include "prepare_perfusion.hpp"

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

/// Searches the brain for an artery. A series in which there is none to find still has the curves of its regions.
void find_artery(const PerfusionSeries& series, const ArterialSearch& search, const Progress& progress, StudyCurves& result) {
  try {
    const auto brain = BrainMask{}(series, progress);
    result.arterial = search(series, brain.mask, result.labels, progress);
    result.flags.insert(result.flags.end(), result.arterial->flags.begin(), result.arterial->flags.end());
  } catch (const DataError& reason) {
    result.flags.push_back({"dsc.aif.not_found", detail::message("no arterial input was found: ", reason.what(),
                                                                 "; give a mask of an artery (aif.nii.gz)")});
  }
}

}  // namespace

StudyCurves ExtractCurves::operator()(const StudyImages& images, const Segmenter* segmenter, const Progress& progress) const {
  StudyCurves result;
  result.patient = images.patient;
  auto prepared = detail::prepare_labelled_perfusion(images, segmenter, preprocess, result.flags, progress);
  const auto& series = prepared.series;
  result.labels = std::move(*prepared.labels);
  const auto doubts = check_labels(result.labels, voxels_with_signal(series));
  for (const auto& doubt : doubts) {
    if (doubt.code == "segment.outside_brain") result.flags.push_back(doubt);  // empty regions are flagged with the curves
  }
  const Mask* arterial = images.arterial_mask ? &*images.arterial_mask : nullptr;
  if (!arterial) {
    find_artery(series, arterial_search, progress, result);
    if (result.arterial) arterial = &result.arterial->mask;
  }
  result.signals = region_curves.compute(series, result.labels, arterial, progress);
  result.flags.insert(result.flags.end(), result.signals.flags.begin(), result.signals.flags.end());
  return result;
}

}  // namespace bolus

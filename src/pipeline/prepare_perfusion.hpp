#pragma once
#include <bolus/io/study.hpp>
#include <bolus/preprocess/preprocess.hpp>
#include <bolus/segment/segmenter.hpp>
#include <optional>

namespace bolus::detail {

/// A study as the perfusion steps take it.
struct PreparedPerfusion {
  PerfusionSeries series;          ///< without motion; the memory of the series given where nothing was resampled
  std::optional<LabelMap> labels;  ///< on its grid
};

/// The series without motion, and the labels on its grid: as they are where they lie on it, else through the registration to
/// CET1. Of `preprocess` only those stages run that this needs, all of them for a segmenter. `segmenter`: nullptr for the
/// study's own labels, of which there may be none. Flags go to `flags`. Throws DataError without a series or a way to bring the
/// labels to it, and what preprocessing and segmenter throw.
PreparedPerfusion prepare_perfusion(const StudyImages& images, const Segmenter* segmenter, const Preprocess& preprocess,
                                    QcFlags& flags, const Progress& progress);

/// As above; throws DataError also where there are no labels.
PreparedPerfusion prepare_labelled_perfusion(const StudyImages& images, const Segmenter* segmenter,
                                             const Preprocess& preprocess, QcFlags& flags, const Progress& progress);

}  // namespace bolus::detail

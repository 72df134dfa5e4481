#pragma once
#include <bolus/io/study.hpp>
#include <bolus/preprocess/align_study.hpp>
#include <bolus/segment/segmenter.hpp>

namespace bolus::detail {

/// The labels of a study on the grid of its DSC series: as they are where they lie on it, else through the alignment to CET1,
/// whose flags go to `flags`. `segmenter`: nullptr for the study's own labels. Throws DataError, and what alignment and
/// segmenter throw.
LabelMap study_labels(const StudyImages& images, const Segmenter* segmenter, const AlignStudy& align, QcFlags& flags,
                      const Progress& progress);

}  // namespace bolus::detail

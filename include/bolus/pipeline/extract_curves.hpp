#pragma once
#include <optional>
#include <string>

#include <bolus/dsc/arterial_search.hpp>
#include <bolus/dsc/region_curves.hpp>
#include <bolus/io/study.hpp>
#include <bolus/preprocess/preprocess.hpp>
#include <bolus/segment/segmenter.hpp>

namespace bolus {

/// A patient's curves and the labels they were taken from.
struct StudyCurves {
  std::string patient;
  CurveSet signals;  ///< mean T2*-weighted signal of ET, NET, ED, WT and, where an artery is known or found, AIF
  LabelMap labels;   ///< on the grid of the DSC series
  std::optional<ArterialSelection> arterial;  ///< the artery that was found; empty where the study has a mask of it
  QcFlags flags;                              ///< of every step on the way
};

/// From a study's images to its curves. Labels that lie on the grid of the DSC series are used as they are; others are
/// carried there through the registration to CET1. The series keeps its grid, and its signals where nothing moved.
struct ExtractCurves {
  Preprocess preprocess{};           ///< motion, and how the labels come to the series; stages not needed do not run
  RegionCurves region_curves{};      ///< which regions, and what an empty one becomes
  ArterialSearch arterial_search{};  ///< finds the artery where the study has no mask of it

  /// `segmenter` finds the tumour, on images whose bias field is corrected only when it wants so; nullptr: the study's own
  /// label map. Labels where the series has next to no signal are
  /// flagged segment.outside_brain. Where no artery is found the curves have no AIF, flagged dsc.aif.not_found. Throws
  /// DataError when there is no DSC series, no tumour, or no label where there is signal; and what alignment, segmenter and
  /// curves throw.
  StudyCurves operator()(const StudyImages& images, const Segmenter* segmenter = nullptr, const Progress& progress = {}) const;
};

}  // namespace bolus
